"""How far a hearing can be believed: answers of training voices on lines with noise, heard, and held against what was
said. The weights of ``ears`` are fitted here; simulated callers have voices of their own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.core.guest_details import find_type
from bot.core.ordering import says_all
from bot.core.turn import House, agrees, refuses
from bot.core.when import parse_when, wants_asap
from bot.phone.audio import SAMPLE_RATE_HZ
from bot.phone.call import Situation
from bot.phone.caller_voice import CallerVoice, Noise, at_level
from bot.phone.certainty import content
from bot.phone.dictation import dictated
from bot.phone.ears import Ears
from bot.phone.expected_words import CLOSE, SOON
from bot.phone.scenario import CallerSettings, Scenario
from bot.settings import ROOT
from nlu.order_lines import Line
from nlu.parser import OrderParser
from speech.sentences import FIRST_NAMES, ONES
from speech.synthesis import draw_neural_voice, draw_voice

NOW = datetime.fromisoformat("2026-11-20T18:00:00-05:00")
_LEAD_S, _TAIL_S = 0.3, 0.2  # of the line's noise around the words
_NOISES = (15.0, 9.0, 6.0, 3.0)  # harder than life, as voices that were trained on are heard better than others
_SAID = ROOT / "data" / "answers.yml"
_CHANGES = re.compile(r"\b(remove|take off|cancel|swap|change|no more|drop|hold|skip|replace|switch|instead)\b")


@dataclass(frozen=True)
class Sample:
    """An answer that was heard: whether its meaning was, and ``Answer.evidence``."""

    asked: str | None
    snr_db: float | None
    said: str
    heard: str
    right: bool
    evidence: tuple[float, ...]
    confidence: float


def samples(ears: Ears, house: House, voices: int, seed: int = 11) -> Iterator[Sample]:
    """Each answer by so many drawn training voices, each on one line or another."""
    rng = random.Random(seed)
    speaker = CallerVoice(Scenario("answers", ()))
    for asked, said in [*_answers(rng)] * voices:
        voice = (draw_neural_voice if rng.random() < 0.6 else draw_voice)(rng)
        snr_db = rng.choice(_NOISES)
        try:
            sound = at_level(speaker.say(said, str(voice), round(rng.uniform(0.9, 1.2), 2)))
        except ValueError:  # a voice that is not installed
            continue
        around = [np.zeros(int(seconds * SAMPLE_RATE_HZ), np.float32) for seconds in (_LEAD_S, _TAIL_S)]
        line = Noise(CallerSettings(snr_db=snr_db, seed=rng.randrange(10**6)), Path())
        whole = np.concatenate([around[0], sound, around[1]])
        known = situation(asked, said, house, rng)
        answer = ears.answer(whole + line.chunk(len(whole)), asked, house, known)
        if answer is None:
            continue
        right = meaning(asked, answer.text, house, known.ordered) == meaning(asked, said, house, known.ordered)
        yield Sample(asked, snr_db, said, answer.text, right, answer.evidence, answer.confidence)
    speaker.close()


def situation(asked: str | None, said: str, house: House, rng: random.Random) -> Situation:
    """What the call knows when that is said: who changes an order has ordered what is changed, and something else."""
    if asked not in (None, "confirm", "mend") or not isinstance(house.reader, OrderParser):
        return Situation()
    changed = [line.item for line in house.reader.parse(said).lines[:1]] if _CHANGES.search(said) else []
    return Situation(ordered=tuple(sorted({*changed, rng.choice(house.menu.items).id})))


def _answers(rng: random.Random) -> Iterator[tuple[str | None, str]]:
    for asked, said in yaml.safe_load(_SAID.read_text(encoding="utf-8")).items():
        for words in said:
            yield None if asked == "order" else asked, words
    for name in rng.sample(FIRST_NAMES, 8):
        yield "name", name
    for _ in range(16):
        digits = [
            rng.choice("two three four five six seven eight nine".split()),
            *rng.choices(["oh", *ONES[1:10]], k=9),
        ]
        yield "phone", " ".join(digits)


def meaning(asked: str | None, text: str, house: House, ordered: Sequence[str] = ()) -> Any:
    """What an answer comes to, so far as the call goes by it; ``ordered``: ids of the dishes in the order."""
    if asked == "phone":
        return dictated([text])
    if asked == "type":
        return find_type(text, asked=True) or text
    if asked in ("time", "date"):
        moment = parse_when(text if asked == "time" else f"{text} at noon", NOW, house.restaurant.places[0])
        return "soon" if asked == "time" and (wants_asap(text) or text in SOON) else moment or text
    if _CHANGES.search(text):
        return str(house.reader.edits(text, [Line(dish) for dish in ordered]).edits) or content(text)
    if asked in (None, "start", "dish", "confirm", "mend") and isinstance(house.reader, OrderParser):
        if lines := house.reader.parse(text).lines:
            return lines
    if asked in ("confirm", "upsell") and refuses(text):
        return "no"
    if asked in ("confirm", "upsell") and agrees(text):
        return "yes"
    return "close" if asked is None and (text in CLOSE or says_all(text)) else content(text)


def fitted(known: Sequence[Sample], rounds: int = 5000, pull: float = 0.01) -> list[float]:
    """Logistic regression (bias first) of ``right`` on the evidence, by gradient descent, pulled a little to zero."""
    evidence = np.array([sample.evidence for sample in known])
    right = np.array([sample.right for sample in known], float)
    mean, spread = evidence.mean(axis=0), evidence.std(axis=0) + 1e-9
    inputs = np.concatenate([np.ones((len(known), 1)), (evidence - mean) / spread], axis=1)
    weights = np.zeros(inputs.shape[1])
    for _ in range(rounds):
        slope = inputs.T @ (1 / (1 + np.exp(-inputs @ weights)) - right) / len(known)
        slope[1:] += pull * weights[1:]
        weights -= 0.5 * slope
    own = weights[1:] / spread
    return [float(weights[0] - own @ mean), *map(float, own)]


def area_under_curve(known: Sequence[Sample]) -> float:
    """How often a right answer is surer than a wrong one."""
    sure = [sample.confidence for sample in known if sample.right]
    wrong = np.array([sample.confidence for sample in known if not sample.right])
    return float(np.mean([np.mean(one > wrong) + np.mean(one == wrong) / 2 for one in sure]))
