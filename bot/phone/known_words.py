"""Hearing without error, for figures: what a scripted caller of the same process said is looked up, not recognised.

It separates what turn taking and the dialogue get wrong from what the recogniser gets wrong.
"""

from __future__ import annotations

import numpy as np

from bot.core.turn import House
from bot.phone import audio
from bot.phone.call import Heard
from bot.phone.caller import Played

_LEAST_OVERLAP = 0.5
_PART = 800  # samples: silence between the parts of a text is longer


class KnownWords:
    """In place of ``Ears``. ``calls`` are the calls under way; texts are those of their scripts."""

    def __init__(self) -> None:
        self.calls: list[Played] = []

    def prepare(self, house: House) -> None:
        return None

    def hear(self, samples: np.ndarray, expecting: str | None, house: House) -> Heard:
        wanted = audio.encode(samples)
        for call in reversed(self.calls):
            at = bytes(call.sent).find(wanted)
            if at >= 0:
                return Heard(" ".join(self._said(call, at, at + len(wanted))), 1.0)
        return Heard("", 1.0)

    def _said(self, call: Played, first: int, last: int) -> list[str]:
        found = []
        for start, end, text in call.spoken:
            parts = text.split(" ... ")
            if len(parts) == 1:
                bounds = [(start, end)]
            else:
                bounds = _parts(audio.decode(bytes(call.sent[start:end])), start, len(parts))
            for part, (begin, stop) in zip(parts, bounds):
                overlap = min(last, stop) - max(first, begin)
                if overlap > _LEAST_OVERLAP * (stop - begin):
                    found.append(part)
        return found


def _parts(samples: np.ndarray, start: int, count: int) -> list[tuple[int, int]]:
    """Where the parts of a text lie: cut at its ``count - 1`` longest silences."""
    loud = np.flatnonzero(np.abs(samples) > 0.25 * float(np.abs(samples).max() + 1e-9))
    gaps = np.diff(loud)
    cuts = sorted(np.argsort(gaps)[-(count - 1) :])
    edges = [0, *((loud[cut] + loud[cut + 1]) // 2 for cut in cuts), len(samples)]
    return [(start + int(a), start + int(b)) for a, b in zip(edges, edges[1:])]
