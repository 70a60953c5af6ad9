"""Amounts that only one menu has ("on the side", "half"): said beside the modifier that they are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nlu.elements import Element
from nlu.marks import AMOUNTS, OUT, REGULAR, Mark
from nlu.menu import Menu

_NEAR = 5  # words between a modifier and its amount
_SMALL = frozenset({"the", "a"})


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
                    said = self._said(words, elements, position)
                    if said:
                        new[position] = replace(new[position], amount=amount)
                        for i in said:  # "on the side" where the menu has an item "side"
                            new[i] = replace(new[i], role=OUT)
        return new

    def _said(self, words: tuple[str, ...], elements: Sequence[Element], position: int) -> list[int]:
        """Where the amount stands, right before or soon after the modifier; empty where it is not said."""
        wanted = [word for word in words if word not in _SMALL]
        for near in (range(position - 1, position - 1 - _NEAR, -1), range(position + 1, position + 1 + _NEAR)):
            places: list[int] = []
            for i in near:
                if not 0 <= i < len(elements) or (elements[i].match is not None and elements[i].word not in wanted):
                    break
                if elements[i].word not in _SMALL and elements[i].word != "of":
                    places.append(i)
            places = sorted(places[: len(wanted)])
            if wanted and [elements[i].word for i in places] == wanted:
                return places
        return []
