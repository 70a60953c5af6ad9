"""Misspelt words of ordering speech: "withot", "exra". Their meaning must not be lost to a similar menu word."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from nlu.words import COMMON, LESS, MORE, NEGATIVE, NUMBERS

_SHORTEST = 4
_STEERING = frozenset(
    word
    for word in NEGATIVE
    | MORE
    | LESS
    | NUMBERS.keys()
    | {"please", "thanks", "thank", "would", "with", "want", "instead"}
    if len(word) >= _SHORTEST
)
_OTHERS = tuple(sorted(word for word in COMMON - _STEERING if len(word) >= _SHORTEST + 1))


@lru_cache(maxsize=20_000)
def steering_slip(word: str) -> str | None:
    """The word that steers an order (a negation, an amount, a number) of which ``word`` is one slip away."""
    if len(word) < _SHORTEST or word in COMMON:
        return None
    found = extractOne(word, _STEERING, scorer=OSA.distance, score_cutoff=1)
    if found is None or not (found[0][0] == word[0] or found[0][1:] == word):  # "xtra" lost its first letter
        return None
    return found[0]


@lru_cache(maxsize=20_000)
def common_slip(word: str) -> str | None:
    """Any word of ordering speech of which ``word`` is one slip away."""
    if len(word) < _SHORTEST or word in COMMON:
        return None
    found = extractOne(word, _OTHERS, scorer=OSA.distance, score_cutoff=1)
    return found[0] if found is not None and found[0][0] == word[0] else steering_slip(word)
