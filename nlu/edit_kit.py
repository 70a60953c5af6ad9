"""What every kind of edit needs: the menu, the parser's stages, and the question "which one do you mean?"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nlu.builder import Builder, Draft
from nlu.elements import Element
from nlu.lexicon import Sense
from nlu.marks import NONE, NOT_EXTRA, OUT, UNKNOWN, Mark
from nlu.menu import Menu
from nlu.order_lines import Choice, Edit, Line, Option, Question, Reading, Unfit
from nlu.references import Meant, lines_meant
from nlu.words import ARTICLES, DESCRIPTORS, LESS, MORE

if TYPE_CHECKING:
    from nlu.parser import Parse

Order = tuple[Line, ...]
Drop = tuple[tuple[str, str], ...]
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


@dataclass(frozen=True)
class Kit:
    """``parse`` reads a fresh order out of elements, ``mark`` says what each of them does."""

    menu: Menu
    builder: Builder
    parse: Callable[[Sequence[Element]], Parse]
    mark: Callable[[Sequence[Element]], Sequence[Mark]]
    own_phrases: frozenset[str]  # words for amounts that only this menu has: never a wish for the kitchen

    def meant(self, elements: Sequence[Element], order: Order) -> Meant:
        return lines_meant(elements, order, self.menu)

    def senses_on(self, element: Element, line: Line) -> tuple[Sense, ...]:
        """The element's values that this line can carry."""
        return tuple(sense for sense in element.values if self.builder.allows(line.item, sense))

    def carried(self, element: Element, line: Line) -> Drop:
        """Those of the element's values that the line carries now."""
        has = {(o.group, o.value) for o in line.options if o.amount != NONE}
        return tuple((s.group, s.id) for s in element.values if s.group is not None and (s.group, s.id) in has)

    def takers(self, values: Sequence[Element], order: Order) -> tuple[int, ...]:
        """The lines that can carry most of these values, if any can carry one."""
        counts = [sum(bool(self.senses_on(e, line)) for e in values) for line in order]
        most = max(counts, default=0)
        return tuple(index for index, count in enumerate(counts) if count == most and most > 0)

    def options(self, elements: Sequence[Element], line: Line) -> tuple[tuple[Option, ...], Drop]:
        """What the words put on this line and what they take off it."""
        marks = self.mark(elements)
        wanted = [
            (self._of_line(e, line), m)
            for e, m in zip(elements, marks)
            if e.is_value and not self._names_the_line(e, elements, line)
        ]
        draft = Draft((line.item,))
        self.builder.fill_line(draft, wanted)
        put, drop = [], []
        has = {(o.group, o.value): o.amount for o in line.options}
        for option in draft.line().options:
            key = (option.group, option.value)
            if option.amount == NONE and has.get(key, NONE) != NONE:
                drop.append(key)
            else:
                put.append(option)
        placed = {(o.group, o.value) for o in put}
        for element, mark in wanted:
            if mark.amount in (NONE, NOT_EXTRA):
                drop += [key for key in self.carried(element, line) if key not in placed]
        return tuple(put), tuple(dict.fromkeys([*drop, *self.settled(put, line)]))

    def _of_line(self, element: Element, line: Line) -> Element:
        """ "no cheese", "light on the dressing": a general name means the one of its kind that the line has."""
        if element.match is None:
            return element
        meant = tuple(
            Sense(option.value, option.group)
            for sense in element.values
            for option in line.options
            if option.group == sense.group
            and option.value in self.menu.groups[option.group].by_id[sense.id].any_of
            and option.amount != NONE
        )
        return replace(element, match=replace(element.match, senses=meant)) if len(meant) == 1 else element

    def settled(self, put: Sequence[Option], line: Line) -> Drop:
        """The general values on the line ("beans") that a value put on it makes definite ("black beans")."""
        return tuple(
            (old.group, old.value)
            for old in line.options
            for new in put
            if new.group == old.group and new.value in self.menu.groups[old.group].by_id[old.value].any_of
        )

    def _names_the_line(self, element: Element, elements: Sequence[Element], line: Line) -> bool:
        """ "make the large cola small": a value that the line has, beside another of its group, only says which line."""
        has = set(self.carried(element, line))
        others = {s.group for e in elements if e is not element for s in e.values}
        return any(group in others and self.menu.groups[group].select_one for group, _ in has)

    def unknown(self, elements: Sequence[Element]) -> tuple[str, ...]:
        """Wanted words that the menu lacks."""
        if not any(element.unknown for element in elements):
            return ()
        return unknown_food(elements, self.mark(elements))

    def unfit(self, elements: Sequence[Element], order: Order, targets: Sequence[int]) -> tuple[Unfit, ...]:
        """The wanted values that none of these lines can carry."""
        item = order[targets[0]].item if len({order[target].item for target in targets}) == 1 else None
        marks = self.mark(elements)
        return tuple(
            Unfit(element.text, item)
            for at, (element, mark) in enumerate(zip(elements, marks))
            if element.is_value and not element.is_item and mark.amount not in (NONE, NOT_EXTRA)
            and not any(self.senses_on(element, order[target]) for target in targets)
            and not (element.word in MORE | LESS and any(e.is_value for e in elements[at + 1 : at + 3]))  # "double cheese"
        )  # fmt: skip

    def title(self, item: str) -> str:
        return self.menu.by_id[item].title if item in self.menu.by_id else item.replace("_", " ")

    def which(
        self, order: Order, options: Sequence[tuple[int, tuple[Edit, ...]]], unknown: tuple[str, ...] = ()
    ) -> Reading:
        """No edit yet, but the question which of these lines is meant, with the edits that each answer means."""
        labels = [self.label(order, target) for target, _ in options]
        choices = tuple(Choice(label, edits) for label, (_, edits) in zip(labels, options))
        text = f"Which one do you mean, {', '.join(labels[:-1])} or {labels[-1]}?"
        return Reading((), 0.5, Question(text, choices), unknown)

    def label(self, order: Order, target: int) -> str:
        """A line in words that tell it from its twins: "the small margherita", "the second cola"."""
        line = order[target]
        title = self.title(line.item).lower()
        twins = [i for i, other in enumerate(order) if other.item == line.item]
        if len(twins) == 1:
            return f"the {title}"
        shared = set.intersection(*({(o.group, o.value) for o in order[i].options} for i in twins))
        own = [o for o in line.options if (o.group, o.value) not in shared and o.amount != NONE]
        others = {(o.group, o.value) for i in twins if i != target for o in order[i].options}
        first = next((o for o in own if (o.group, o.value) not in others), None)
        if first is None:
            return f"the {_ORDINALS[min(twins.index(target), 9)]} {title}"
        value = self.menu.groups[first.group].by_id[first.value].title
        return f"the {value} {title}" if self.menu.groups[first.group].select_one else f"the {title} with {value}"


def unknown_food(elements: Sequence[Element], marks: Sequence[Mark]) -> tuple[str, ...]:
    """Runs of words that are wanted but that the menu lacks, alone or of a dish: the tofu of "a tofu burger"."""
    found: list[str] = []
    run: list[str] = []
    for position, (element, mark) in enumerate(zip(elements, marks)):
        before = position + 1 < len(elements) and elements[position + 1].is_item and marks[position + 1].role != OUT
        wanted = mark.role == UNKNOWN or (before and element.word not in DESCRIPTORS)
        if element.unknown and wanted and not _is_person(elements, position):
            run.append(element.text)
        elif run:
            found.append(" ".join(run))
            run = []
    return (*found, " ".join(run)) if run else tuple(found)


def _is_person(elements: Sequence[Element], position: int) -> bool:
    """ "for Gregor", "for my friend Gregor"."""
    before = [element.word for element in elements[max(0, position - 3) : position]]
    return "for" in before and before[-1] not in ARTICLES


def number_in(elements: Sequence[Element]) -> int | None:
    """The first number said, if it can be a quantity."""
    return next((e.number for e in elements if e.number is not None and e.number > 0), None)


def together(readings: Sequence[Reading]) -> Reading:
    """One reading of several parts; one doubtful part makes the whole doubtful."""
    told = [r for r in readings if r.edits or r.question or r.unknown or r.unfit]
    confidence = 1.0
    for reading in told:
        if reading.edits or reading.question or reading.unknown or len(told) == 1:
            confidence *= reading.confidence
    return Reading(
        tuple(edit for r in told for edit in r.edits),
        round(confidence, 4) if told else 0.0,
        next((r.question for r in told if r.question), None),
        tuple(dict.fromkeys(word for r in told for word in r.unknown)),
        tuple(dict.fromkeys(unfit for r in told for unfit in r.unfit)),
    )
