"""Marks by a handful of rules: the baseline that the learned tagger is measured against."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.builder import Builder
from nlu.elements import Element
from nlu.marks import BEGIN, EXTRA, IN, LIGHT, NONE, NOT_EXTRA, OUT, REGULAR, Mark
from nlu.words import LESS, MORE, NEGATIVE

_CLOSE = frozenset("a an the any some of in it on as to add adding put want that size sized - please".split())
_BEFORE = frozenset("a an the another one".split())


def mark_by_rules(elements: Sequence[Element], builder: Builder) -> list[Mark]:
    """A new line begins at the article or number before its item; qualifiers reach the next modifier."""
    begins = set()
    previous = -1
    items = [i for i, e in enumerate(elements) if e.is_item and not (e.is_value and _beside_item(elements, i))]
    for position in items:
        begins.add(_beginning(elements, position, previous, builder))
        previous = position
    marks = []
    for position, element in enumerate(elements):
        plain = element.match is None and element.number is None
        role = BEGIN if position in begins else OUT if plain or position < min(begins, default=0) else IN
        marks.append(Mark(role, _amount(elements, position) if element.is_value else REGULAR))
    if not begins and any(e.is_value for e in elements):
        first = next(i for i, e in enumerate(elements) if e.is_value or e.number is not None)
        marks = [Mark(BEGIN if i == first else IN if m.role == OUT and elements[i].match else m.role, m.amount)
                 for i, m in enumerate(marks)]  # fmt: skip
    return marks


def _beside_item(elements: Sequence[Element], position: int) -> bool:
    """A name that is both item and value, in a row with an item, is meant as the value."""
    return any(e.is_item and not e.is_value for e in elements[position + 1 : position + 6])


def _beginning(elements: Sequence[Element], position: int, previous: int, builder: Builder) -> int:
    """Where the line of the item at ``position`` begins: at the number or article nearest to it."""
    begin = position
    for i in range(position - 1, previous, -1):
        element = elements[i]
        if element.number is not None or element.word in _BEFORE:
            return i if element.number is not None or i + 1 <= position else begin
        if element.is_value:
            if not any(builder.allows(s.id, v) for s in elements[position].items for v in element.values):
                break
            begin = i
        elif element.word in ("with", "also", "to", "on", ".", ",", "no", "without"):
            break
        elif element.word not in ("and", "size", "sized", "or", "extra"):
            break
    if previous >= 0 and begin < position and elements[begin - 1].word == "with":
        return position
    return begin


def _amount(elements: Sequence[Element], position: int) -> str:
    none = more = less = False
    for i in range(position - 1, max(-1, position - 7), -1):
        element = elements[i]
        if element.match is not None:
            break
        if element.word in NEGATIVE:
            none = True
        elif element.word in MORE:
            more = True
        elif element.word in LESS:
            less = True
        elif element.word in ("and", "with", "but"):
            break
    if none:
        return NOT_EXTRA if more else NONE
    return EXTRA if more else LIGHT if less else REGULAR
