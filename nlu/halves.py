"""Two halves of one thing ("half pepperoni, half mushroom") on a menu that has no halves: it is asked what is meant.

What one dish can carry goes on the whole of it; two dishes that cannot be joined are offered each and both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nlu.builder import Builder
from nlu.elements import Element
from nlu.lexicon import Sense
from nlu.menu import Menu
from nlu.order_lines import Add, Choice, Line, Question

if TYPE_CHECKING:
    from nlu.parser import Parse

_NEAR = 4  # words between "half" and its name
_BETWEEN = frozenset("and , the other with plus / on".split())
_FEWEST_SHARED = 4  # of "six wings, half mild half hot" three are meant


@dataclass(frozen=True)
class Halves:
    """Where "half A and half B" stands: ``elements[start:end]``, and what A and B are."""

    start: int
    end: int
    names: tuple[Element, Element]


def find_halves(elements: Sequence[Element]) -> Halves | None:
    """The two halves of one thing; None where a number of things is halved, or fewer or more are named."""
    halves = [i for i, e in enumerate(elements) if e.word == "half" and e.match is None and e.number is None]
    if len(halves) != 2:
        return None
    ends = [
        next((n for n in range(i + 1, i + 1 + _NEAR) if n < len(elements) and elements[n].match), 0) for i in halves
    ]
    counts = [e.number for e in elements[: halves[0]] if e.number]
    between = {e.word for e in elements[ends[0] + 1 : halves[1]]}
    if not all(ends) or not ends[0] < halves[1] or between - _BETWEEN or (counts and counts[-1] >= _FEWEST_SHARED):
        return None
    return Halves(halves[0], ends[1] + 1, (elements[ends[0]], elements[ends[1]]))


def read_halves(
    elements: Sequence[Element],
    halves: Halves,
    menu: Menu,
    builder: Builder,
    read: Callable[[Sequence[Element]], Parse],
) -> Parse | None:
    """The order with both on the whole dish, and the question whether that will do; None where no dish takes both."""
    before, after = elements[: halves.start], elements[halves.end :]
    homes = {sense.id for e in (*before, *after) for sense in e.items}
    values = [_only(name, values=tuple(s for s in name.values if _many(s.group, menu))) for name in halves.names]
    homes = {h for h in homes if all(any(builder.allows(h, s) for s in value.values) for value in values)}
    hosts = [_host(name, value, homes, builder) for name, value in zip(halves.names, reversed(values))]
    host = next((n for n, dish in enumerate(hosts) if dish is not None), None)
    if host is not None and len(homes) != 1:
        dish = hosts[host]
        assert dish is not None
        kept = [[e for e in part if not homes & {s.id for s in e.items}] for part in (before, after)]
        joined = [*kept[0], dish, _word("with", dish), values[1 - host], *kept[1]]
    elif homes:
        joined = [*before, _word("with", values[0]), values[0], _word("and", values[1]), values[1], *after]
    else:
        return _apart(elements, halves, menu, read)
    parse = read(joined)
    whole = next((line for line in parse.lines if line.options), None)
    if whole is None:
        return None
    title = menu.by_id[whole.item].title
    together = tuple(Add(line) for line in parse.lines)
    others = [_plain(name, whole) for name in halves.names]
    if all(others):
        rest = tuple(Add(line) for line in parse.lines if line is not whole)
        each = Choice("one of each", (*rest, *(Add(line) for line in others if line)))
        text = f"We don't make halves. Which would you like: both on one {title}, or one of each?"
        question = Question(text, (Choice("both on one", together), each))
    else:
        question = Question(f"We don't make halves. Shall I put both on one {title}?", (Choice("yes", together),))
    return replace(parse, confidence=min(parse.confidence, 0.5), question=question)


def _apart(
    elements: Sequence[Element], halves: Halves, menu: Menu, read: Callable[[Sequence[Element]], Parse]
) -> Parse | None:
    """ "Half margherita, half diavola": no dish takes the other, so it is one of them or both."""
    if not all(name.is_item for name in halves.names):
        return None
    one, other = (_only(name, items=name.items[:1]) for name in halves.names)
    kept = [[e for e in part if not e.is_item] for part in (elements[: halves.start], elements[halves.end :])]
    parse = read([*kept[0], one, _word("and", other), other, *kept[1]])
    if len(parse.lines) != 2:
        return None
    choices = [Choice(menu.by_id[line.item].title, (Add(line),)) for line in parse.lines]
    text = f"We don't make halves. Which would you like: {choices[0].label}, {choices[1].label} or one of each?"
    both = Choice("one of each", tuple(Add(line) for line in parse.lines))
    return replace(parse, confidence=min(parse.confidence, 0.5), question=Question(text, (*choices, both)))


def _host(name: Element, other: Element, homes: set[str], builder: Builder) -> Element | None:
    """The dish that a half names, where it takes the other half and is a kind of what else was named ("pizza")."""
    dishes = tuple(
        sense
        for sense in name.items
        if (not homes or sense.id in homes) and any(builder.allows(sense.id, value) for value in other.values)
    )
    return _only(name, items=dishes) if dishes else None


def _plain(name: Element, like: Line) -> Line | None:
    """The dish that a half names by itself, as many of it as of the whole one."""
    return Line(name.items[0].id, like.quantity) if name.is_item else None


def _many(group: str | None, menu: Menu) -> bool:
    return group is not None and not menu.groups[group].select_one and menu.groups[group].least == 0


def _only(element: Element, *, items: Sequence[Sense] = (), values: Sequence[Sense] = ()) -> Element:
    assert element.match is not None
    return replace(element, match=replace(element.match, senses=(*items, *values)))


def _word(word: str, near: Element) -> Element:
    return Element(word, word, near.start, near.start)
