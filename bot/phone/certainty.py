"""How sure a hearing is: what else the sound could be, and what several hearings of the same words say together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from speech.ctc import sounds_of
from speech.sentences import ONES, TENS

_GROUPS = (ONES[1:10], ONES[10:20], TENS[2:])  # words of a number that are mistaken for each other
# Words that change nothing in an answer: texts that differ in them mean the same.
_POLITE = frozenset(
    "please thanks thank you the a an at for on of us people persons guests we are there it's is i'd like make it with "
    "p m in evening tonight okay um uh i want wanted said meant would get have me can could order one".split()
)
_SHARPNESS = 0.3  # frames are no independent witnesses: scores are weighed less than they claim


def surest_number(
    hearings: Sequence[np.ndarray], text: str, likely: Callable[[str], float] = lambda number: 0.0
) -> tuple[str, float]:
    """The spoken number with each digit as all hearings (T, symbols) together like it best, and how sure that is.

    One word at a time is held against those that could stand in its place; words that are no numbers stay. ``likely``:
    ln of how likely the words of a number are before anything is heard, up to a constant.
    """
    words = text.split()
    zeros = sorted({"oh", "zero"} & set(words)) or ["oh", "zero"]
    places = [(at, others) for at, word in enumerate(words) if (others := _others(word, zeros))]
    certainty = 1.0
    for _ in range(2):  # a change may make another one better
        before, certainty = list(words), 1.0
        variants = [[*words[:at], other, *words[at + 1 :]] for at, others in places for other in others]
        texts = [" ".join(variant) for variant in (words, *variants)]
        scores = np.sum([sounds_of(hearing, texts) for hearing in hearings], axis=0)
        scores += np.array([likely(text) for text in texts]) / _SHARPNESS
        row = 1
        for at, others in places:
            own = scores[row : row + len(others)]
            row += len(others)
            best = int(own.argmax())
            likeliest = max(scores[0], own[best])
            certainty *= 1 / float(np.exp(_SHARPNESS * (np.array([scores[0], *own]) - likeliest)).sum())
            if own[best] > scores[0]:
                words[at] = others[best]
        if words == before:
            break
        places = [(at, _others(words[at], zeros)) for at, _ in places]
    return " ".join(words), certainty


def _others(word: str, zeros: Sequence[str]) -> list[str]:
    """What could stand in the word's place; zero is said as it is said elsewhere in the number."""
    if word in ("oh", "zero"):
        return ONES[1:10]
    found = next(([other for other in group if other != word] for group in _GROUPS if word in group), [])
    return [*found, *zeros] if word in ONES[1:10] else found


def share_of_meaning(scores: np.ndarray, meanings: Sequence[Hashable]) -> float:
    """How much of the texts' weight those have that mean the same as the first; ``scores`` (N,) of the texts."""
    weights = np.exp(_SHARPNESS * (scores - scores.max()))
    same = np.array([meaning == meanings[0] for meaning in meanings])
    return float(weights[same].sum() / weights.sum())


def content(text: str) -> tuple[str, ...]:
    """What of an answer matters."""
    return tuple(word for word in text.split() if word not in _POLITE)
