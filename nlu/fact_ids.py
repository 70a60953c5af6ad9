"""Facts and words as the ids that the responder's network reads and writes."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.facts import KINDS, Facts, kind_of

SLOTS = tuple(dict.fromkeys(slot for slots in KINDS.values() for slot in slots))
# Values that choose words; of all others only the slot is seen, and the value is copied.
CLOSED = {
    "priceRange": ("cheap", "moderate", "high", "less than £20", "£20-25", "more than £30"),
    "customer rating": ("low", "average", "high", "1 out of 5", "3 out of 5", "5 out of 5"),
    "familyFriendly": ("yes", "no"),
    "area": ("riverside", "city centre"),
}
_VALUES = {pair: number for number, pair in enumerate(((s, v) for s, vs in CLOSED.items() for v in vs), 2)}
VALUES = len(_VALUES) + 1
OPEN_VALUE = 1
BEGIN, END = "<begin>", "<end>"


def fact_ids(facts: Facts) -> tuple[list[int], list[int]]:
    """Slot ids and value ids, from 1, in the slots' own order."""
    known = [slot for slot in KINDS[kind_of(facts)] if slot in facts]
    return [SLOTS.index(slot) + 1 for slot in known], [_VALUES.get((s, facts[s].lower()), OPEN_VALUE) for s in known]


class Vocabulary:
    """Words, then one token ``<slot>`` for each slot."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self._tokens = [*words, *(f"<{slot}>" for slot in SLOTS)]
        self._ids = {token: number for number, token in enumerate(self._tokens)}
        self.begin, self.end = self._ids[BEGIN], self._ids[END]

    def ids(self, tokens: Sequence[str]) -> list[int]:
        return [self._ids[token] for token in tokens]

    def tokens(self, ids: Sequence[int]) -> list[str]:
        return [self._tokens[number] for number in ids]
