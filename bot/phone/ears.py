"""Hearing for calls: which language to listen for, and which of the readings the question allows."""

from __future__ import annotations

import math
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

import numpy as np

from bot.core.guest_details import find_type
from bot.core.ordering import declines_more, says_all
from bot.core.turn import House, agrees, refuses
from bot.core.when import parse_when, wants_asap
from bot.hearing import choose
from bot.phone.audio import SAMPLE_RATE_HZ
from bot.phone.call import NOTHING_BEFORE, Heard, Situation
from bot.phone.certainty import content, share_of_meaning, surest_number
from bot.phone.dictation import COMPLETE, dictated
from bot.phone.endpointing import kind_of
from bot.phone.expected_words import (
    CHANGES_SHARE,
    CLOSE,
    OBJECTIONS,
    OPEN,
    SHARE,
    SOON,
    WHOLE,
    Known,
    changes_of,
    with_answers,
)
from nlu.order_lines import Change, Line
from nlu.parser import OrderParser
from speech.ctc import sounds_of
from speech.decoder import Hypothesis, align, without_silence
from speech.expected import NAME_OPENERS
from speech.features import log_mel
from speech.grammar import PhraseNetwork
from speech.language import Context, Phrases, menu_phrases, spoken
from speech.recogniser import FRAME_S, LONGEST_SEGMENT_S, Engine, Recogniser, Transcript, confidence_features
from speech.sentences import ONES, TENS, WEEKDAYS
from speech.suppression import suppress

_CONTEXTS = {"order": "order", "phone": "digits", "confirm": "confirm"}
_QUIET = 3e-4  # root mean square below which nothing was said
_OTHER_WORDS = 0.8  # nats a letter: what costs so much more than the best way was not said this time
# Nats a letter from which on words are looked for that the question's network lacks; never where answers are few.
_OTHER_WORDS_LIKELY = {"order": 1.6, "start": 1.6, "address": 1.6, "name": 2.2}
_READINGS, _KEPT = 150, 12  # of one hearing: looked at, and held against the others
_PATIENT = 0.5  # more of them for each time that the same was said before
_LONGEST_FIRST = sorted(OBJECTIONS, key=len, reverse=True)
_SMALL_WORDS = frozenset([*ONES, *TENS, "no", "and", "with", "without", "small", "medium", "large", "regular", "want"])
_ADDS = re.compile(r"\b(too|also|as well|another|one more|else)\b")
_NAMES_ANEW = re.compile(r"no (it's |i (said|meant|wanted) )?(the|an?)\b")  # "no the salmon" is no topping
_TABLE = re.compile(r"\b(table|book|booking|reserve|reservation)\b")
_OF_A_TABLE = frozenset([*ONES, *TENS, *WEEKDAYS, *"today tonight tomorrow noon half quarter past to couple".split()])
_DETAILS = ("type", "time", "date", "people", "place", "name")
# Taken off the blank, and the weight of the shares, for answers and for orders: best on training voices.
_SEARCH, _SEARCH_FOR_ORDERS = (3.0, 2.0), (2.0, 1.0)
_ORDERS_KEPT = 64
_MAY_ORDER, _YES_OR_NO = ("order", "start", "dish", "confirm", "mend"), ("confirm", "confirm table", "upsell")
_SOME_EVENING = datetime(2026, 11, 20, 18, tzinfo=timezone.utc)  # times are only compared
_ORDERS = ("order", "start", "dish", "mend", "option", "choice")
_OFFERED_SHARE = 0.7
_FAR, _NO_NUMBER = -4.6, -4.6  # ln: of a hundred numbers one comes from afar; fewer still cannot be dialled
# Logistic regression of the meaning being right on ``Answer.evidence``: ``bench-calls --only certainty`` fits it.
_CALIBRATION = (-1.17, -0.34, -0.05, 0.45, 3.98)


@dataclass(frozen=True)
class Answer:
    """Words that were expected, and what speaks for them.

    ``evidence``: nats a letter against any letters, with the blank lowered and without, ln of the unsurest word, and
    the share (0..1) that this meaning has of all that the sound could be.
    """

    text: str
    evidence: tuple[float, float, float, float]

    @property
    def confidence(self) -> float:
        """How likely the meaning is right, 0..1."""
        score = _CALIBRATION[0] + sum(weight * value for weight, value in zip(_CALIBRATION[1:], self.evidence))
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))), 3)


@dataclass(frozen=True)
class _Hearing:
    """One sound: its log-probabilities (T, symbols), those with the blank lowered, and the best of these added up."""

    log_probs: np.ndarray
    lowered: np.ndarray
    favourite: float


class Ears:
    """The recogniser with its contexts for the menu in use. Methods block and are safe in threads."""

    def __init__(self, engine: Engine, menu: Any) -> None:
        """``menu``: the menu file."""
        self._engine, self._menu = engine, menu
        self._contexts: dict[str, Any] = {}
        self._of_orders: dict[tuple[str, ...], PhraseNetwork] = {}
        self._house: House | None = None
        self._phrases = Phrases()

    def prepare(self, house: House) -> None:
        """Build what a call will need, before it needs it."""
        hiss = np.random.default_rng(0).normal(0, 0.05, SAMPLE_RATE_HZ // 2).astype(np.float32)
        for expecting in (None, "phone", "confirm", "confirm table", "any", *SHARE):
            self.hear(hiss, expecting, house)

    def hear(
        self, samples: np.ndarray, expecting: str | None, house: House, situation: Situation = NOTHING_BEFORE
    ) -> Heard:
        """Samples (N,) at 8 kHz of one utterance to its words; no words for noise."""
        if not len(samples) or float(np.sqrt(np.mean(np.square(samples)))) < _QUIET:
            return Heard("", 1.0)
        found = self.answer(samples, expecting, house, situation)
        if found is not None:
            text = WHOLE.get(found.text, found.text)
            asked, sure = _asked(expecting), found.confidence
            if asked == "phone":  # no digit may be wrong, however well the rest is heard
                sure = min(sure, found.evidence[-1])
            without = does_without(text, house, situation.ordered)
            dishes = _dishes(text, house) if asked in ("order", "start", "confirm") else 0
            return Heard(text, sure, digression=_digresses(asked, text, house), does_without=without, dishes=dishes)
        kind, context = kind_of(expecting), self._context(expecting, house)
        session = self._engine.session(context, SAMPLE_RATE_HZ)
        session.accept(samples)
        transcript = session.finish()
        text = reading(transcript, kind, house)
        return Heard(text, transcript.confidence)

    def answer(
        self, samples: np.ndarray, expecting: str | None, house: House, situation: Situation = NOTHING_BEFORE
    ) -> Answer | None:
        """The same, where the words are among those that are expected."""
        if not isinstance(self._engine, Recogniser) or len(samples) > LONGEST_SEGMENT_S * SAMPLE_RATE_HZ:
            return None
        context, asked = self._context(expecting, house), _asked(expecting)
        changes = self._changes(asked, situation, house)
        return _by_network(self._engine, samples, asked, context, house, situation, changes)

    def _changes(self, asked: str, situation: Situation, house: House) -> PhraseNetwork | None:
        """What may be done to the dishes in the order, where that is likely."""
        dishes = [house.menu.by_id[dish] for dish in situation.ordered if dish in house.menu.by_id]
        if asked not in CHANGES_SHARE or not dishes:
            return None
        if situation.ordered not in self._of_orders:
            if len(self._of_orders) >= _ORDERS_KEPT:
                self._of_orders.clear()
            self._of_orders[situation.ordered] = changes_of(dishes, Known.of(house))
        return self._of_orders[situation.ordered]

    def _context(self, expecting: str | None, house: House) -> Any:
        if house is not self._house:
            self._contexts, self._of_orders, self._house = {}, {}, house
            self._phrases = menu_phrases(self._menu) if isinstance(self._engine, Recogniser) else Phrases()
        asked = _asked(expecting)
        context = self._contexts.get(asked)
        if context is None:
            kind = kind_of(expecting)
            if isinstance(self._engine, Recogniser):  # a caller may order whatever was asked, but for the open answers
                listening = "anything" if asked in OPEN else _CONTEXTS.get(kind, "order")
                orders = self._engine.context("order", self._phrases).network
                context = self._engine.context(listening, self._phrases)
                context = with_answers(context, asked, Known.of(house), orders)
            else:  # other engines have grammars of their own
                context = self._engine.context(_CONTEXTS.get(kind, "anything"), self._menu)
            self._contexts[asked] = context
        return context


def _asked(expecting: str | None) -> str:
    """What is listened for: one of ``SHARE``, phone, confirm or "confirm table"."""
    if expecting in SHARE or expecting == "confirm table":
        return str(expecting)
    kind = kind_of(expecting)
    return "order" if kind == "any" else kind


def _by_network(
    engine: Recogniser,
    samples: np.ndarray,
    asked: str,
    context: Context,
    house: House,
    situation: Situation,
    changes: PhraseNetwork | None,
) -> Answer | None:
    """The best way through the context's network; None where other words are likelier.

    All hearings of a number count together. Other words said before count no more than that they were not understood:
    people put it otherwise the second time, and the same mistake twice only looks surer.
    ``changes``: a further network, of what may be done to the order.
    """
    if context.network is None:
        return None
    blank, weight = _SEARCH_FOR_ORDERS if asked in _ORDERS else _SEARCH
    sounds = (*situation.before, samples) if asked == "phone" else (samples,)
    hearings = [_hearing(engine, sound, blank) for sound in sounds]
    newest = hearings[-1]
    networks = [(context.network, 0.0)]
    if changes is not None:
        networks.append((changes, math.log(CHANGES_SHARE[asked])))

    def likely_texts(wrong: Sequence[str]) -> dict[str, float]:
        texts: dict[str, float] = {}
        for hearing in hearings:
            for network, share in networks:
                for text, own in _likely(hearing, asked, network, weight, wrong).items():
                    texts[text] = max(own + share, texts.get(text, -math.inf))
        return texts

    found = likely_texts(())  # texts with ln of their shares
    if asked in ("option", "choice", "place"):
        found |= _offered(situation.question, house)
    wrong = [text for text in situation.wrong if not _objects(text) or any(map(_objects, found))]
    if wrong:
        found |= likely_texts(wrong)
    for text in wrong:
        not_meant = _meaning(asked, _without_objection(text), house, situation.ordered)
        found = {
            said: share
            for said, share in found.items()
            if _meaning(asked, _without_objection(said), house, situation.ordered) != not_meant
            or (_objects(text) and not _objects(said))
        }
    if not found:
        return None
    sure, areas = 1.0, Known.of(house).areas if asked == "phone" else ()

    def likely(text: str) -> float:
        return _likely_number(text, areas) if asked == "phone" else 0.0

    if asked == "phone":
        found = {surest_number([h.lowered for h in hearings], t, likely)[0]: share for t, share in found.items()}
    texts = list(found)
    scores = np.array([sounds_of(hearing.lowered, texts) for hearing in hearings])  # (hearings, texts)
    letters = np.array([len(text) for text in texts])
    costs = (np.array([[hearing.favourite] for hearing in hearings]) - scores) / letters
    total = scores.sum(axis=0) + weight * np.array(list(found.values())) + np.array([likely(text) for text in texts])
    # What the newest hearing speaks against was not said this time, whatever was before.
    order = np.argsort(-np.where(costs[-1] - costs[-1].min() <= _OTHER_WORDS, total, -np.inf), kind="stable")
    texts, costs, total = [texts[at] for at in order], costs[:, order], total[order]
    text, cost = texts[0], float(costs[:, 0].mean())
    if asked == "phone":
        sure = surest_number([h.lowered for h in hearings], text, likely)[1]
    else:
        sure = share_of_meaning(total, [_meaning(asked, text, house, situation.ordered) for text in texts])
    if (
        asked in _OTHER_WORDS_LIKELY
        and cost > _OTHER_WORDS_LIKELY[asked] + _PATIENT * len(situation.before)
        and not wrong
    ):
        return None
    words = align(newest.log_probs, text, FRAME_S)
    gap, unsure, _ = confidence_features(newest.log_probs, words, [Hypothesis(text, 0.0, 0.0)])
    return Answer(text, (cost, gap, unsure, sure))


def _likely(
    hearing: _Hearing, asked: str, network: PhraseNetwork, weight: float, wrong: Sequence[str]
) -> dict[str, float]:
    """The readings of a hearing that are worth holding against each other, with ln of their shares."""
    readings = network.readings(
        hearing.lowered, weight, _READINGS if asked != "phone" else 1, _named_in(wrong, network)
    )
    if len(readings) > _KEPT:
        scores = sounds_of(hearing.lowered, [text for text, _ in readings])
        scores += weight * np.array([share for _, share in readings])
        readings = [readings[at] for at in np.argsort(-scores)[:_KEPT]]
    return dict(readings)


def _offered(question: str, house: House) -> dict[str, float]:
    """The choices that a question names, as they are said, with ln of their shares."""
    known, words = Known.of(house), f" {spoken(question)} "
    named = [name for name in {*known.choices, *known.dishes, *known.places} if f" {name} " in words]
    said = [lead + name + tail for name in named for lead in ("", "a ", "the ") for tail in ("", " please", " one")]
    return {text: math.log(_OFFERED_SHARE / len(said)) for text in said}


def _named_in(texts: Sequence[str], network: PhraseNetwork) -> frozenset[str]:
    """The phrases of a network that make what these texts mean: dishes, wishes, no small words and numbers."""
    words = " ".join(f" {text} " for text in texts)
    return frozenset(
        phrase
        for phrase in network.phrases
        if f" {phrase} " in words and any(word not in _SMALL_WORDS for word in content(phrase))
    )


def _without_objection(text: str) -> str:
    lead = next((lead for lead in _LONGEST_FIRST if text.startswith(f"{lead} ")), "")
    return text[len(lead) :].strip()


def _objects(text: str) -> bool:
    return _without_objection(text) != text


def _likely_number(text: str, areas: Sequence[str]) -> float:
    """ln of how likely a number is before it is heard, up to a constant: one of the neighbourhood, and one that can be
    dialled."""
    number = dictated([text])
    if len(number) != COMPLETE:
        return 0.0
    return _FAR * (number[:3] not in areas) + _NO_NUMBER * (number[0] in "01" or number[3] in "01")


def _meaning(asked: str, text: str, house: House, ordered: Sequence[str] = ()) -> Hashable:
    """What the dialogue makes of words: hearings that come to the same are no rivals. ``ordered``: ids of dishes."""
    if asked == "phone":
        return dictated([text]) or text
    reader = house.reader if asked in _MAY_ORDER and isinstance(house.reader, OrderParser) else None
    if reader and (edits := reader.edits(text, [Line(dish) for dish in ordered]).edits):
        return str(edits)
    if asked in ("order", "start", "dish") and _TABLE.search(text):
        return "table", tuple(word for word in text.split() if word in _OF_A_TABLE)
    if asked == "time" and (wants_asap(text) or text in SOON):
        return "soon"
    if asked in ("time", "date"):
        moment = parse_when(text if asked == "time" else f"{text} at noon", _SOME_EVENING, house.restaurant.places[0])
        return moment or content(text)
    if asked == "type" and (kind := find_type(text, asked=True)):
        return kind
    if asked in _YES_OR_NO and (refuses(text) or agrees(text)):
        return refuses(text)
    if asked in ("order", "start", "dish", "mend") and (text in CLOSE or says_all(text)):
        return "close"
    return content(text)


def _digresses(asked: str, text: str, house: House) -> bool:
    """Whether the words want a table or dishes though something else was asked; tables are for the start."""
    if _TABLE.search(text):
        return asked not in ("start", "dish", "people", "date", "place")
    return asked in _DETAILS and isinstance(house.reader, OrderParser) and bool(house.reader.parse(text).lines)


def _dishes(text: str, house: House) -> int:
    return len(house.reader.parse(text).lines) if isinstance(house.reader, OrderParser) else 0


def does_without(text: str, house: House, ordered: Sequence[str]) -> bool:
    """Whether a no at the beginning takes back nothing: it belongs to "anything else?" ("no I'm only feeding myself"),
    to words that only change what is ordered ("no cheese", "no, hang on, make that three") or to what is wanted
    beside it ("wait, she wants one too")."""
    if not isinstance(house.reader, OrderParser):
        return False
    if says_all(text):
        return True
    edits = house.reader.edits(text, [Line(dish, 2) for dish in ordered]).edits
    if not edits and declines_more(text):
        return True
    changes = all(isinstance(edit, Change) for edit in edits) and not _NAMES_ANEW.match(text)
    return bool(edits) and (changes or _ADDS.search(text) is not None)


def _hearing(engine: Recogniser, samples: np.ndarray, blank: float) -> _Hearing:
    plain, quieter = engine.log_probs(log_mel(samples)), engine.log_probs(log_mel(suppress(samples)))
    mean = (plain + quieter) / 2
    log_probs = (mean - np.logaddexp.reduce(mean, axis=1, keepdims=True)).astype(np.float32)
    lowered = without_silence(log_probs, blank)
    return _Hearing(log_probs, lowered, float(lowered.max(axis=1).sum()) if len(lowered) else 0.0)


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
