"""Orders out of what guests write and say, on any menu, without training for it.

The way of an utterance: names of the menu are found (``lexicon``, ``elements``), every element is marked with what it
does (``tagger``), and lines that the menu allows are built from the marks (``builder``). How sure that is comes from
what had to be swallowed on the way (``confidence``). ``edits`` reads the same elements against an order that is there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from nlu.amounts import OwnAmounts
from nlu.builder import Builder, Built, Draft
from nlu.confidence import Confidence, evidence, shipped_confidence, shipped_edit_confidence
from nlu.edit_kit import Kit, unknown_food
from nlu.edits import EditReader, opens_list
from nlu.elements import Element, elements_of
from nlu.halves import find_halves, read_halves
from nlu.headings import itemised
from nlu.lexicon import Lexicon
from nlu.marks import NONE, Mark
from nlu.menu import Menu
from nlu.order_lines import Add, Asked, Choice, Line, Option, Question, Reading, Unfit
from nlu.requests import Request, split_requests
from nlu.rules import mark_by_rules
from nlu.tagger import Tagger, shipped_tagger

_MOST_OFFERED = 4  # titles that a waiter would say in one breath
_SPARED = frozenset("except but besides minus without".split())
_ASKING = frozenset("order get have want like add need take gimme give without with do want try a an some".split())


@dataclass(frozen=True)
class Parse:
    """A fresh order. ``confidence`` is the calibrated chance (0..1) that ``lines`` are exactly what was meant.

    ``unknown`` holds the guest's words that look like food but are not on the menu, ``unfit`` what is on it but not for
    the item that it was wanted on.
    """

    lines: tuple[Line, ...] = ()
    confidence: float = 0.0
    question: Question | None = None
    unknown: tuple[str, ...] = ()
    unfit: tuple[Unfit, ...] = ()


@dataclass(frozen=True)
class Trace:
    """What each stage of the parser said about some elements."""

    marks: tuple[Mark, ...]
    built: Built
    evidence: tuple[float, ...]


class OrderParser:
    """Reads orders against one menu. Building it is cheap; ``unavailable`` are item ids that are not sold now.

    Where a name may mean several items, those that are sold now come first. ``tagger``, ``confidence``
    and ``edit_confidence`` are the shipped models unless given.
    """

    def __init__(
        self,
        menu: Menu,
        *,
        unavailable: Collection[str] = (),
        tagger: Tagger | None = None,
        confidence: Confidence | None = None,
        edit_confidence: Confidence | None = None,
    ) -> None:
        self._menu = menu
        self._unavailable = frozenset(unavailable)
        self._lexicon = Lexicon(menu)
        self._builder = Builder(menu)
        self._own = OwnAmounts(menu)
        self._tagger = tagger or shipped_tagger()
        self._confidence = confidence or shipped_confidence()
        kit = Kit(menu, self._builder, self._read, self._mark, self._own.phrases)
        self._editor = EditReader(kit, edit_confidence or shipped_edit_confidence())

    def parse(self, text: str) -> Parse:
        """The order in ``text``, as if nothing was ordered before."""
        return self._read(self._settled(self._elements(text)))

    def edits(self, text: str, order: Sequence[Line], asked: Asked | None = None) -> Reading:
        """What ``text`` changes in ``order``; empty with confidence near 0 when it holds nothing of an order.

        Raises:
            IndexError: ``asked`` names a line that the order does not have.
        """
        if asked is not None and not 0 <= asked.line < len(order):
            raise IndexError(f"asked about line {asked.line} of an order of {len(order)}")
        ordered = [line.item for line in order]
        return self._editor.read(self._elements(text, ordered), tuple(order), asked)

    def trace(self, text: str) -> Trace:
        """The stages behind ``parse``, to look inside and to fit the confidence."""
        return self._trace(self._settled(self._elements(text)))

    def _elements(self, text: str, ordered: Collection[str] = ()) -> list[Element]:
        """The row of the text, what a heading says told of each item under it."""
        elements = elements_of(text, self._lexicon, ordered)
        told = itemised(text, elements, self._menu)
        return elements if told is None else elements_of(told, self._lexicon, ordered)

    def _settled(self, elements: Sequence[Element]) -> Sequence[Element]:
        """The elements with a name that is a dish and a part of dishes ("cola", alone and in a combo) made a dish
        where nothing else that is named can have it."""
        settled = []
        for place, element in enumerate(elements):
            if element.match and element.is_item and element.is_value and opens_list(elements, place):
                element = replace(element, match=replace(element.match, senses=element.items))
            others = {sense.id for other in elements if other is not element for sense in other.items}
            if element.match and element.is_item and element.is_value:
                if not any(self._builder.allows(home, sense) for home in others for sense in element.values):
                    element = replace(element, match=replace(element.match, senses=element.items))
            settled.append(element)
        return settled

    def _trace(self, elements: Sequence[Element]) -> Trace:
        marks = self._mark(elements)
        built = self._builder.build(elements, marks)
        words = {element.word for element in elements}
        if not built.drafts and "everything" in words and words & _SPARED:  # "everything on the burger except onions"
            marks = mark_by_rules(elements, self._builder)
            built = self._builder.build(elements, marks)
        ruled = self._builder.build(elements, self._own.marked(elements, mark_by_rules(elements, self._builder)))
        agree = _same(built.drafts, ruled.drafts)
        return Trace(tuple(marks), built, evidence(elements, marks, built, rules_agree=agree))

    def _read(self, elements: Sequence[Element]) -> Parse:
        """The order in the elements; cheap when none of them can be food."""
        if not any(element.match or element.unknown for element in elements):
            return Parse()
        elements, requests = split_requests(_without_instead(elements), self._own.phrases)
        halves = None if "half" in self._own.phrases else find_halves(elements)
        if halves is not None:
            whole = read_halves(elements, halves, self._menu, self._builder, self._read)
            if whole is not None:
                return whole
        trace = self._trace(elements)
        lines = [draft.line() for draft in trace.built.drafts]
        unknown, unfit = unknown_food(elements, trace.marks), trace.built.unfit
        if not lines:
            asking = any(element.match is not None or element.word in _ASKING for element in elements)
            return Parse(unknown=unknown if asking else (), unfit=unfit)
        lines = _noted(lines, elements, requests)
        chance = self._confidence.chance(trace.evidence)
        which = self._which(trace.built.drafts) or self._unsettled(trace.built.drafts, lines)
        if which is not None:
            return Parse(tuple(lines), round(min(chance, 0.5), 4), which, unknown, unfit)
        return Parse(tuple(lines), round(chance, 4), self._open(lines), unknown, unfit)

    def _mark(self, elements: Sequence[Element]) -> list[Mark]:
        return self._own.marked(elements, self._tagger.mark(elements, self._builder))

    def _which(self, drafts: Sequence[Draft]) -> Question | None:
        """The question that settles a name which several items share."""
        for draft in drafts:
            items = [item for item in draft.items if item not in self._unavailable] or list(draft.items)
            if len(items) > 1:
                others = tuple(Add(other.line()) for other in drafts if other is not draft)
                choices = tuple(Choice(self._menu.by_id[i].title, (*others, Add(self._as(draft, i)))) for i in items)
                return Question(_offer([choice.label for choice in choices]), choices)
        return None

    def _as(self, draft: Draft, item: str) -> Line:
        groups = self._menu.by_id[item].groups
        line = draft.line()
        return replace(line, item=item, options=tuple(o for o in line.options if o.group in groups))

    def _unsettled(self, drafts: Sequence[Draft], lines: Sequence[Line]) -> Question | None:
        """The question which of several values a word stands for that is a part of all their names."""
        for number, draft in enumerate(drafts):
            for option in lines[number].options:
                if (option.group, option.value) in draft.unsettled:
                    return self._ask(lines, number, option, draft.unsettled[option.group, option.value])
        return None

    def _open(self, lines: Sequence[Line]) -> Question | None:
        """The question about a value that stands for several ("beans"), with one choice for each of them."""
        for number, line in enumerate(lines):
            for option in line.options:
                meant = self._menu.groups[option.group].by_id[option.value].any_of
                if meant and option.amount != NONE:
                    return self._ask(lines, number, option, meant)
        return None

    def _ask(self, lines: Sequence[Line], number: int, option: Option, values: Sequence[str]) -> Question:
        """Which of these values, in place of ``option`` on line ``number``?"""
        group = self._menu.groups[option.group]
        choices = []
        for value in values:
            options = tuple(replace(o, value=value) if o is option else o for o in lines[number].options)
            after = [*lines[:number], replace(lines[number], options=options), *lines[number + 1 :]]
            choices.append(Choice(group.by_id[value].title, tuple(Add(line) for line in after)))
        return Question(f"{_or([choice.label.capitalize() for choice in choices])}?", tuple(choices))


def _without_instead(elements: Sequence[Element]) -> list[Element]:
    """ "The arancini instead with garlic mayo": of a fresh order it says nothing, and "instead with" takes nothing off."""
    after = [element.word for element in elements[1:]] + [""]
    return [e for e, word in zip(elements, after) if e.word != "instead" or word != "with"]


def _noted(lines: list[Line], elements: Sequence[Element], requests: Sequence[Request]) -> list[Line]:
    """The lines with requests as notes, each on the dish that was named before it, or else on the last line."""
    for request in requests:
        named = [element for element in elements if element.is_item and element.start < request.start]
        at = len(lines) - 1
        for element in reversed(named):
            ids = {sense.id for sense in element.items}
            own = [number for number, line in enumerate(lines) if line.item in ids]
            if own:
                times = sum(bool(ids & {sense.id for sense in other.items}) for other in named)
                at = own[min(times, len(own)) - 1]
                break
        note = "; ".join(filter(None, (lines[at].note, request.words)))
        lines = [*lines[:at], replace(lines[at], note=note), *lines[at + 1 :]]
    return lines


def _same(one: Sequence[Draft], other: Sequence[Draft]) -> bool:
    def key(draft: Draft) -> tuple[str, int, frozenset[tuple[tuple[str, str], str]]]:
        return draft.item, draft.quantity, frozenset(draft.options.items())

    return sorted(map(key, one), key=repr) == sorted(map(key, other), key=repr)


def _offer(titles: Sequence[str]) -> str:
    if len(titles) <= _MOST_OFFERED + 1:
        return f"Which one would you like: {_or(titles)}?"
    return (
        f"Which one would you like? We have {', '.join(titles[:_MOST_OFFERED])} and {len(titles) - _MOST_OFFERED} more."
    )


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
