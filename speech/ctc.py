"""How well a text fits a sound: the probability that CTC gives it, all of its paths added up.

The recursion is that of Graves et al. 2006 (section 4.1), compiled by Numba: every hearing holds a few hundred texts
against its sound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from speech.alphabet import BLANK, encode

_NEVER = -1e30
_NO_MATTER = 36.0  # nats: what is so much less likely changes no digit of a sum


def sound_of(log_probs: np.ndarray, text: str) -> float:
    """ln P(text | sound) of one text; ``log_probs`` is (T, symbols), T > 0."""
    return float(sounds_of(log_probs, [text])[0])


def sounds_of(log_probs: np.ndarray, texts: Sequence[str]) -> np.ndarray:
    """ln P(text | sound) of each text, (N,); very low, but finite, for one that is too long for the frames."""
    states = [[BLANK, *(s for letter in encode(text) for s in (letter, BLANK))] for text in texts]
    ends = np.cumsum([len(row) for row in states])
    return _totals(np.ascontiguousarray(log_probs, np.float32), np.array([s for row in states for s in row]), ends)


@njit(cache=True, nogil=True)
def _sum(a: float, b: float) -> float:
    """ln(e^a + e^b)."""
    if a < b:
        a, b = b, a
    return a if a - b > _NO_MATTER else a + math.log1p(math.exp(b - a))


@njit(cache=True, nogil=True)
def _totals(log_probs: NDArray[np.float32], states: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.float64]:
    """``states`` (S,) holds letters with blanks around each, text after text; ``ends`` (N,) where each text ends."""
    totals = np.empty(len(ends))
    begin = 0
    for n in range(len(ends)):
        text, last = states[begin : ends[n]], ends[n] - begin - 1
        score = np.full(last + 1, _NEVER)
        score[0] = log_probs[0, text[0]]
        if last > 0:
            score[1] = log_probs[0, text[1]]
        for t in range(1, len(log_probs)):
            # No state can be reached that is further on, and none that is further back can still get to the end.
            furthest, nearest = min(last, 2 * t + 1), max(0, last - 2 * (len(log_probs) - t))
            for at in range(furthest, nearest - 1, -1):
                reached = score[at]
                if at > 0:
                    reached = _sum(reached, score[at - 1])
                if at > 1 and text[at] != BLANK and text[at] != text[at - 2]:
                    reached = _sum(reached, score[at - 2])
                score[at] = max(reached + log_probs[t, text[at]], _NEVER)
        totals[n] = _sum(score[last], score[last - 1]) if last > 0 else score[0]
        begin = ends[n]
    return totals
