"""Hearing for calls: which language to listen for, and which of the readings the question allows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.core.turn import House
from bot.hearing import choose
from bot.phone.audio import SAMPLE_RATE_HZ
from bot.phone.call import Heard
from bot.phone.certainty import sounds_of, surest_number
from bot.phone.dictation import COMPLETE, dictated
from bot.phone.endpointing import kind_of
from bot.phone.expected_words import OPEN, SHARE, Known, with_answers
from nlu.parser import OrderParser
from speech.decoder import Hypothesis, align, without_silence
from speech.expected import NAME_OPENERS
from speech.features import log_mel
from speech.language import Context
from speech.recogniser import FRAME_S, LONGEST_SEGMENT_S, Engine, Recogniser, Transcript, confidence_features

_CONTEXTS = {"order": "order", "phone": "digits", "confirm": "confirm"}
_QUIET = 3e-4  # root mean square below which nothing was said
_OTHER_WORDS = 0.8  # nats a letter: what costs so much more than the best way was not said this time
# Logistic regression of the meaning being right on tuning utterances of training voices, at 15 and 6 dB of pink noise:
# nats a letter against any letters (with and without the blank lowered), ln of the unsurest word.
_CALIBRATION = (3.41, -0.19, 0.34, 0.72)


@dataclass(frozen=True)
class _Hearing:
    """One sound: its log-probabilities (T, symbols), those with the blank lowered, and the best of these added up."""

    log_probs: np.ndarray
    lowered: np.ndarray
    favourite: float

    def cost(self, text: str, sound: float) -> float:
        """Nats a letter that a text costs against any letters."""
        return (self.favourite - sound) / max(1, len(text))


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

    def hear(
        self, samples: np.ndarray, expecting: str | None, house: House, before: Sequence[np.ndarray] = ()
    ) -> Heard:
        """Samples (N,) at 8 kHz of one utterance to its words; no words for noise.

        ``before``: the same words said earlier, that were not understood; all hearings count together.
        """
        if not len(samples) or float(np.sqrt(np.mean(np.square(samples)))) < _QUIET:
            return Heard("", 1.0)
        kind, context = kind_of(expecting), self._context(expecting, house)
        if isinstance(self._engine, Recogniser) and len(samples) <= LONGEST_SEGMENT_S * SAMPLE_RATE_HZ:
            asked = _asked(expecting)
            found = _by_network(self._engine, [*before, samples], asked, context)
            if found is not None:
                return found
        session = self._engine.session(context, SAMPLE_RATE_HZ)
        session.accept(samples)
        transcript = session.finish()
        text = reading(transcript, kind, house)
        return Heard(text, transcript.confidence)

    def _context(self, expecting: str | None, house: House) -> Any:
        if house is not self._house:
            self._contexts, self._house = {}, house
        asked = _asked(expecting)
        context = self._contexts.get(asked)
        if context is None:
            kind = kind_of(expecting)
            if isinstance(self._engine, Recogniser):  # a caller may order whatever was asked, but for the open answers
                listening = "anything" if asked in OPEN else _CONTEXTS.get(kind, "order")
                orders = self._engine.context("order", self._menu).network
                context = self._engine.context(listening, self._menu)
                context = with_answers(context, asked, Known.of(house), orders)
            else:  # other engines have grammars of their own
                context = self._engine.context(_CONTEXTS.get(kind, "anything"), self._menu)
            self._contexts[asked] = context
        return context


def _asked(expecting: str | None) -> str:
    """What is listened for: one of ``SHARE``, phone or confirm."""
    if expecting in SHARE:
        return str(expecting)
    kind = kind_of(expecting)
    return "order" if kind == "any" else kind


def _by_network(engine: Recogniser, sounds: Sequence[np.ndarray], asked: str, context: Context) -> Heard | None:
    """The best way of all hearings together through the context's network; None where other words are likelier."""
    hearings = [_hearing(engine, samples) for samples in sounds]
    newest = hearings[-1]
    paths = [
        context.network.best_path(hearing.lowered, engine.weights.network) for hearing in hearings if context.network
    ]
    if not paths or paths[-1] is None:
        return None
    own = float(sounds_of(newest.lowered, [paths[-1][0]])[0])
    best = Heard("")
    most, cost = -math.inf, math.inf
    for path in paths:
        if path is None:
            continue
        text, sure = surest_number([h.lowered for h in hearings], path[0]) if asked == "phone" else (path[0], 1.0)
        scores = [float(sounds_of(hearing.lowered, [text])[0]) for hearing in hearings]
        total = sum(scores) + engine.weights.network * path[1]
        if newest.cost(text, scores[-1]) - newest.cost(paths[-1][0], own) <= _OTHER_WORDS and total > most:
            costs = [hearing.cost(text, score) for hearing, score in zip(hearings, scores)]
            most, cost = total, sum(costs) / len(costs)
            best = Heard(text, round(sure * _certainty(newest.log_probs, text, cost), 3))
    if cost > engine.weights.doubt and asked in ("order", *OPEN):
        return None
    return best


def _hearing(engine: Recogniser, samples: np.ndarray) -> _Hearing:
    log_probs = engine.log_probs(log_mel(samples))
    lowered = without_silence(log_probs, engine.weights.network_blank)
    return _Hearing(log_probs, lowered, float(lowered.max(axis=1).sum()) if len(lowered) else 0.0)


def _certainty(log_probs: np.ndarray, text: str, cost: float) -> float:
    """How likely the meaning is right, 0..1."""
    words = align(log_probs, text, FRAME_S)
    gap, unsure, _ = confidence_features(log_probs, words, [Hypothesis(text, 0.0, 0.0)])
    bias, for_cost, for_gap, for_word = _CALIBRATION
    score = bias + for_cost * cost + for_gap * gap + for_word * unsure
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


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
