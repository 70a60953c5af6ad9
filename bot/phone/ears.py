"""Hearing for calls: which language to listen for, and which of the readings the question allows."""

from __future__ import annotations

from typing import Any

import numpy as np

from bot.core.turn import House
from bot.hearing import choose
from bot.phone.audio import SAMPLE_RATE_HZ
from bot.phone.call import Heard
from bot.phone.dictation import COMPLETE, dictated
from bot.phone.endpointing import kind_of
from bot.phone.expected_words import OPEN, SHARE, with_answers
from nlu.parser import OrderParser
from speech.expected import NAME_OPENERS
from speech.recogniser import Engine, Recogniser, Transcript

_CONTEXTS = {"order": "order", "phone": "digits", "confirm": "confirm"}
_QUIET = 3e-4  # root mean square below which nothing was said


class Ears:
    """The recogniser with its contexts for the menu in use. Methods block and are safe in threads."""

    def __init__(self, engine: Engine, menu: Any) -> None:
        """``menu``: the menu file."""
        self._engine, self._menu = engine, menu
        self._contexts: dict[str, Any] = {}
        self._house: House | None = None

    def prepare(self, house: House) -> None:
        """Build what a call will need, before it needs it."""
        for expecting in (None, "phone", "confirm", "any", *SHARE):
            self._context(expecting, house)

    def hear(self, samples: np.ndarray, expecting: str | None, house: House) -> Heard:
        """Samples (N,) at 8 kHz of one utterance to its words; no words for noise."""
        if not len(samples) or float(np.sqrt(np.mean(np.square(samples)))) < _QUIET:
            return Heard("", 1.0)
        kind = kind_of(expecting)
        session = self._engine.session(self._context(expecting, house), SAMPLE_RATE_HZ)
        session.accept(samples)
        transcript = session.finish()
        text = reading(transcript, kind, house)
        return Heard(text, transcript.confidence)

    def _context(self, expecting: str | None, house: House) -> Any:
        if house is not self._house:
            self._contexts, self._house = {}, house
        kind = kind_of(expecting)
        asked = expecting if kind == "any" and expecting in SHARE else kind
        context = self._contexts.get(asked)
        if context is None:
            if isinstance(self._engine, Recogniser):  # a caller may order whatever was asked, but for the open answers
                listening = "anything" if asked in OPEN else _CONTEXTS.get(kind, "order")
                names = [name for place in house.restaurant.places for name in place.names]
                context = self._engine.context(listening, self._menu)
                context = with_answers(context, "order" if asked == "any" else asked, names)
            else:  # other engines have grammars of their own
                context = self._engine.context(_CONTEXTS.get(kind, "anything"), self._menu)
            self._contexts[asked] = context
        return context


def reading(transcript: Transcript, kind: str, house: House) -> str:
    """The reading that answers the question: an order that the menu allows, a whole number, a name; else the likeliest."""
    if not transcript.text:
        return ""
    if kind == "order" and isinstance(house.reader, OrderParser):
        return choose(transcript, house.reader).text
    if kind == "name":
        for hypothesis in transcript.n_best:
            if hypothesis.text not in NAME_OPENERS:
                return hypothesis.text
    if kind == "phone":
        for hypothesis in transcript.n_best:
            if len(dictated([hypothesis.text])) == COMPLETE:
                return hypothesis.text
    return transcript.text
