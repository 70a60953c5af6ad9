"""Amounts that only one menu has ("on the side", "half"): said beside the modifier that they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nlu.elements import Element
from nlu.marks import AMOUNTS, OUT, REGULAR, Mark
from nlu.menu import Menu

_NEAR = 5  # words between a modifier and its amount


class OwnAmounts:
    """The amounts of a menu's groups beyond light, extra and none, and how they are said."""

    def __init__(self, menu: Menu) -> None:
        self._groups: dict[str, dict[str, tuple[str, ...]]] = {}
        for group in menu.groups.values():
            own = {amount: tuple(amount.lower().replace("_", " ").split()) for amount in group.amounts}
            own = {amount: words for amount, words in own.items() if amount not in AMOUNTS and words}
            if own:
                self._groups[group.id] = own
        phrases = {words for own in self._groups.values() for words in own.values()}
        self.phrases = frozenset(" ".join(words) for words in phrases) | frozenset(
            " ".join([*words[:-1], "the", words[-1]]) for words in phrases
        )

    def marked(self, elements: Sequence[Element], marks: Sequence[Mark]) -> list[Mark]:
        """The marks, with an own amount where one is said right before or soon after the modifier."""
        if not self._groups:
            return list(marks)
        new = list(marks)
        for position, element in enumerate(elements):
            for group in {sense.group for sense in element.values} & self._groups.keys():
                if new[position].role == OUT or new[position].amount != REGULAR:
                    continue
                for amount, words in self._groups[group or ""].items():
                    if self._said(words, elements, position):
                        new[position] = replace(new[position], amount=amount)
        return new

    def _said(self, words: tuple[str, ...], elements: Sequence[Element], position: int) -> bool:
        before: list[str] = []
        for element in reversed(elements[max(0, position - _NEAR) : position]):
            if element.match is not None:
                break
            before.insert(0, element.word)
        after: list[str] = []
        for element in elements[position + 1 : position + 1 + _NEAR]:
            if element.match is not None:
                break
            after.append(element.word)
        behind = tuple(word for word in after if word not in ("the", "a"))[: len(words)]
        ahead = tuple(word for word in before if word not in ("the", "a", "of"))[-len(words) :]
        return words in (behind, ahead)
