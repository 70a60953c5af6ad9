"""Hearing without error, for figures: what a scripted caller of the same process said is looked up, not recognised.

It separates what turn taking and the dialogue get wrong from what the recogniser gets wrong.
"""

from __future__ import annotations

import numpy as np

from bot.core.turn import House
from bot.phone import audio
from bot.phone.call import NOTHING_BEFORE, Heard, Situation
from bot.phone.caller import Played
from bot.phone.ears import does_without

_LEAST_OVERLAP = 0.5
_ZEROS = (b"\x7f", b"\xff")  # mu-law's two ways to write silence


class KnownWords:
    """In place of ``Ears``. ``calls`` are the calls under way; texts are those of their scripts."""

    def __init__(self) -> None:
        self.calls: list[Played] = []

    def prepare(self, house: House) -> None:
        return None

    def hear(
        self,
        samples: np.ndarray,
        expecting: str | None,
        house: House,
        situation: Situation = NOTHING_BEFORE,
    ) -> Heard:
        wanted = audio.encode(samples).replace(*_ZEROS)
        for call in reversed(self.calls):
            at = bytes(call.sent).replace(*_ZEROS).find(wanted)
            if at >= 0:
                text = " ".join(self._said(call, at, at + len(wanted)))
                return Heard(text, 1.0, does_without=does_without(text, house, situation.ordered))
        return Heard("", 1.0)

    def _said(self, call: Played, first: int, last: int) -> list[str]:
        return [
            text
            for start, end, text in call.spoken
            if min(last, end) - max(first, start) > _LEAST_OVERLAP * (end - start)
        ]
