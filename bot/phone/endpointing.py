"""When a caller begins and when they are done: it depends on what was asked and on whether the words are complete."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from enum import Enum

import numpy as np

from bot.phone.dictation import COMPLETE, dictated
from bot.phone.vad import WINDOW_MS

SPEECH, NO_SPEECH = 0.5, 0.35  # probabilities at which a window counts as speech, and no longer
START_MS = 64  # of speech before it is believed: a "yes" in noise is short, and noise is told by recognition
BARGE_IN_MS = 288  # … while the bot speaks: shorter than that is a cough or "mm"
LEAD_MS = 320  # of sound kept from before the start
THINK_AT_MS = 192  # of silence at which recognition starts, long before the caller's time is up
LONGEST_MS = 30_000  # of one utterance

_YES_NO = re.compile(
    r"(uh |um |oh )?(yes|yeah|yep|yup|no|nope|nah|sure|okay|ok|correct|right|wrong|that's right|go ahead|perfect)"
    r"( (please|thanks|thank you|that's (right|correct|fine|it|all)|it is|go ahead|correct|sir|ma'am))*"
)
_HANGING = re.compile(
    r"\b(and|with|a|an|the|of|or|no|but|um|uh|also|then|to|for|can i|could i|i'd like|i want|it's|is|my|plus|extra|"
    r"without|on|at|please add|two|three)$"
)
_CLOSING = re.compile(r"\b(that's (all|it|everything)|that is all|please|thanks|thank you|nothing else)$")


@dataclass(frozen=True)
class Patience:
    """Milliseconds of silence after which the turn is the bot's."""

    complete: int  # the words answer the question whole
    usual: int
    hanging: int  # the words promise more, or the answer is incomplete


# By what the dialogue expects (``Conversation.expecting``); None is the order itself.
PATIENCE = {
    "confirm": Patience(350, 700, 1100),
    "phone": Patience(450, 900, 1300),
    "address": Patience(600, 1100, 1300),
    "name": Patience(550, 700, 1200),
    "order": Patience(550, 800, 1400),
    "any": Patience(450, 750, 1200),
}
_KINDS = {
    None: "order", "start": "order", "dish": "order", "mend": "order", "option": "order", "choice": "order", "phone": "phone", "callback": "phone", "address": "address",
    "name": "name", "confirm": "confirm", "confirm table": "confirm", "upsell": "confirm", "cancel": "confirm", "drop": "confirm",
    "check": "confirm", "person": "confirm",
}  # fmt: skip


def kind_of(expecting: str | None) -> str:
    """order, phone, address, name, confirm or any."""
    return _KINDS.get(expecting, "any")


def patience_ms(expecting: str | None, text: str | None, before: tuple[str, ...] = ()) -> int:
    """How long to wait in silence. ``text`` is what was heard so far, None while that is not known; ``before`` are
    breaths of the same number that were heard earlier."""
    kind = kind_of(expecting)
    patience = PATIENCE[kind]
    if text is None:
        return patience.usual
    text = text.strip()
    if not text:
        return patience.complete
    if kind == "phone":
        count = len(dictated([*before, text]))
        if count == COMPLETE:
            return patience.complete
        return patience.hanging if 0 < count < COMPLETE else patience.usual
    if _YES_NO.fullmatch(text):
        return PATIENCE["confirm"].complete
    if kind == "address":
        return (
            patience.complete if re.search(r"\d{5}$|(\w+ ){4}\w+$", text) and _ends_in_zip(text) else patience.hanging
        )
    if _HANGING.search(text):
        return patience.hanging
    if _CLOSING.search(text):
        return patience.complete
    if kind in ("name", "any") and len(text.split()) >= 2:
        return patience.complete
    return patience.usual


def _ends_in_zip(text: str) -> bool:
    tail = " ".join(text.split()[-5:])
    return len(dictated([tail])) == 5


class Event(Enum):
    STARTED = "started"
    PAUSED = "paused"  # worth recognising now
    RESUMED = "resumed"  # after a pause
    TOO_LONG = "too long"


class Endpointer:
    """Follows the probabilities of one call. Times are of the caller's audio, in ms since the call began."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.speaking = False  # an utterance is open, pauses included
        self.start_ms = 0
        self.last_speech_ms = 0
        self._paused = False
        self._run_ms = 0  # of speech in a row, before it is believed
        self._active = False
        self._kept: deque[np.ndarray] = deque()
        self._kept_ms = 0

    @property
    def silence_ms(self) -> int:
        """Since the last speech of the open utterance."""
        return self.now_ms - self.last_speech_ms if self.speaking else 0

    def hear(self, window: np.ndarray, probability: float, start_ms: int = START_MS) -> Event | None:
        """The next window of sound (256,) with its probability of speech."""
        self.now_ms += WINDOW_MS
        self._active = probability >= (NO_SPEECH if self._active else SPEECH)
        self._kept.append(window)
        self._kept_ms += WINDOW_MS
        if not self.speaking:
            # A run may have one weak window in it: consonants are.
            self._run_ms = self._run_ms + WINDOW_MS if self._active else max(0, self._run_ms - WINDOW_MS)
            while self._kept_ms > LEAD_MS + max(start_ms, self._run_ms):
                self._kept.popleft()
                self._kept_ms -= WINDOW_MS
            if self._run_ms < start_ms:
                return None
            self.speaking, self._paused = True, False
            self.start_ms, self.last_speech_ms = self.now_ms - self._run_ms, self.now_ms
            return Event.STARTED
        if self._active:
            self.last_speech_ms = self.now_ms
            if self._paused:
                self._paused = False
                return Event.RESUMED
        elif not self._paused and self.silence_ms >= THINK_AT_MS:
            self._paused = True
            return Event.PAUSED
        if self.now_ms - self.start_ms >= LONGEST_MS:
            return Event.TOO_LONG
        return None

    def utterance(self) -> np.ndarray:
        """The sound of the open utterance so far, float32 (N,), with a little of what came before."""
        return np.concatenate(self._kept) if self._kept else np.zeros(0, np.float32)

    def close(self) -> None:
        """The utterance is over; wait for the next."""
        self.speaking = self._paused = False
        self._run_ms = 0
        self._kept.clear()
        self._kept_ms = 0
