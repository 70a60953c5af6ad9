"""Orders out of what guests write and say, on any menu, without training for it.

The way of an utterance: names of the menu are found (``lexicon``), every element is marked with what it does
(``marks``), and lines that the menu allows are built from the marks (``builder``).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nlu.builder import Builder, Built, Draft
from nlu.edits import EditReader
from nlu.elements import Element, elements_of
from nlu.lexicon import Lexicon
from nlu.marks import OUT, Mark
from nlu.menu import Menu
from nlu.order_lines import Add, Asked, Choice, Line, Question, Reading
from nlu.rules import mark_by_rules


@dataclass(frozen=True)
class Parse:
    """A fresh order. ``confidence`` is the calibrated chance (0..1) that ``lines`` are exactly what was meant.

    ``unknown`` holds the guest's words that look like food but are not on the menu.
    """

    lines: tuple[Line, ...] = ()
    confidence: float = 0.0
    question: Question | None = None
    unknown: tuple[str, ...] = ()


class OrderParser:
    """Reads orders against one menu. Building it is cheap; ``unavailable`` are item ids that are not sold now."""

    def __init__(self, menu: Menu, *, unavailable: Collection[str] = ()) -> None:
        self._menu = menu
        self._unavailable = frozenset(unavailable)
        self._lexicon = Lexicon(menu)
        self._builder = Builder(menu)
        self._editor = EditReader(menu, self._builder, self._parse_elements, self._mark)

    def parse(self, text: str) -> Parse:
        """The order in ``text``, as if nothing was ordered before."""
        return self._parse_elements(elements_of(text, self._lexicon))

    def edits(self, text: str, order: Sequence[Line], asked: Asked | None = None) -> Reading:
        """What ``text`` changes in ``order``; empty with confidence near 0 when it holds nothing of an order.

        Raises:
            IndexError: ``asked`` names a line that the order does not have.
        """
        if asked is not None and not 0 <= asked.line < len(order):
            raise IndexError(f"asked about line {asked.line} of an order of {len(order)}")
        return self._editor.read(elements_of(text, self._lexicon), tuple(order), asked)

    def _parse_elements(self, elements: Sequence[Element]) -> Parse:
        if not any(element.match or element.unknown for element in elements):
            return Parse()
        marks = self._mark(elements)
        built = self._builder.build(elements, marks)
        lines = tuple(draft.line() for draft in built.drafts)
        unknown = _unknown(elements) if lines or _asks(elements) else ()
        if not lines:
            return Parse(unknown=unknown)
        question = self._question(built)
        return Parse(lines, self._confidence(elements, marks, built, question), question, unknown)

    def _mark(self, elements: Sequence[Element]) -> list[Mark]:
        return mark_by_rules(elements, self._builder)

    def _confidence(
        self, elements: Sequence[Element], marks: Sequence[Mark], built: Built, question: Question | None
    ) -> float:
        chance = 0.99
        for element, mark in zip(elements, marks):
            if element.match is not None:
                chance *= 1 - 0.3 * element.match.cost
                if mark.role == OUT:
                    chance *= 0.7
            elif element.unknown:
                chance *= 0.6
        chance *= 0.8 ** (len(built.left) + built.fixes)
        return round(min(chance, 0.5) if question else chance, 4)

    def _question(self, built: Built) -> Question | None:
        for position, draft in enumerate(built.drafts):
            if len(draft.items) > 1:
                return self._which(draft, [d for i, d in enumerate(built.drafts) if i != position])
        for draft in built.drafts:
            for group, value in draft.options:
                meant = self._menu.groups[group].by_id[value].any_of
                if meant and draft.options[group, value] != "none":
                    return Question(f"{_or([self._menu.groups[group].by_id[v].title.capitalize() for v in meant])}?")
        return None

    def _which(self, draft: Draft, others: Sequence[Draft]) -> Question:
        choices = []
        for item in draft.items:
            line = Draft((item,), draft.quantity, options=draft.options).line()
            kept = tuple(o for o in line.options if o.group in self._menu.by_id[item].groups)
            line = Line(line.item, line.quantity, kept)
            adds = tuple(Add(other.line()) for other in others) + (Add(line),)
            choices.append(Choice(self._menu.by_id[item].title, adds))
        return Question(f"Which one would you like: {_or([c.label for c in choices])}?", tuple(choices))


def _unknown(elements: Sequence[Element]) -> tuple[str, ...]:
    """Runs of words that neither the menu nor ordering speech knows."""
    found: list[str] = []
    run: list[str] = []
    for element in [*elements, None]:
        if element is not None and element.unknown:
            run.append(element.text)
        elif run:
            found.append(" ".join(run))
            run = []
    return tuple(found)


def _asks(elements: Sequence[Element]) -> bool:
    """Whether the words around ask for something to eat, so that an unknown word may be food."""
    words = {element.word for element in elements}
    return bool(words & {"order", "get", "have", "want", "like", "add", "need", "take", "gimme", "give", "without"})


def _or(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " or " + names[-1]
