"""Which of the readings a question allows, and which language the recogniser listens for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.core.turn import House
from bot.phone.ears import Ears, reading
from bot.phone.expected_words import SHARE, Known, with_answers
from nlu.parser import OrderParser
from speech.decoder import Hypothesis
from speech.language import Context, WordModel
from speech.recogniser import Transcript
from tests.bot.parts import MENU, RESTAURANT

HOUSE = House(RESTAURANT, MENU, OrderParser(MENU), None)  # type: ignore[arg-type]
SOUND = np.full(8000, 0.1, np.float32)


def transcript(*texts: str) -> Transcript:
    return Transcript(texts[0], (), 0.7, tuple(Hypothesis(text, 0.0, 0.0) for text in texts), 1.0)


class Engine:
    """Says which contexts it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def context(self, expect: str = "anything", menu: Any = None) -> str:
        self.asked.append(expect)
        return expect

    def session(self, context: Any, rate: int) -> Engine:
        self.listens_for = context
        return self

    def accept(self, samples: np.ndarray) -> None:
        return None

    def finish(self) -> Transcript:
        return transcript("one lasagna")


def test_of_several_readings_the_one_that_answers_is_taken() -> None:
    assert reading(transcript("a long yeah", "a lasagna"), "order", HOUSE) == "a lasagna"
    assert reading(transcript("two oh seven", "two oh seven five five five oh one two three"), "phone", HOUSE).endswith(
        "three"
    )
    assert reading(transcript("under", "anna"), "name", HOUSE) == "anna"
    assert reading(transcript("yes", "no"), "confirm", HOUSE) == "yes"
    assert reading(Transcript("", (), 1.0, (), 0.5), "order", HOUSE) == ""


@pytest.mark.parametrize(
    ("expecting", "context"), [(None, "order"), ("phone", "digits"), ("confirm", "confirm"), ("time", "anything")]
)
def test_the_question_decides_what_is_listened_for(expecting: str | None, context: str) -> None:
    engine = Engine()
    ears = Ears(engine, Path("menu.yml"))  # type: ignore[arg-type]
    assert ears.hear(SOUND, expecting, HOUSE).text == "one lasagna"
    assert engine.listens_for == context
    ears.hear(SOUND, expecting, HOUSE)
    assert engine.asked == [context]


def test_a_new_menu_makes_new_contexts() -> None:
    engine = Engine()
    ears = Ears(engine, Path("menu.yml"))  # type: ignore[arg-type]
    for house in (HOUSE, HOUSE, House(RESTAURANT, MENU, HOUSE.reader, None)):  # type: ignore[arg-type]
        ears.hear(SOUND, None, house)
    assert engine.asked == ["order", "order"]


def test_silence_is_never_recognised() -> None:
    engine = Engine()
    assert Ears(engine, Path("menu.yml")).hear(SOUND * 1e-4, None, HOUSE).text == ""  # type: ignore[arg-type]
    assert engine.asked == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("time", "as soon as possible"),
        ("type", "pickup please"),
        ("order", "that's all"),
        ("people", "four people"),
        ("place", "the harbour"),
        ("name", "my name is anna"),
        ("date", "tomorrow"),
    ],
)
def test_answers_to_the_question_are_likelier_than_without_it(kind: str, words: str) -> None:
    base = WordModel()
    for sentence in ("two spaghetti bolognese please", "four peppers", "as possible as my name is", "that's fall"):
        base.add(sentence)
    plain = Context([(base, 1.0)])
    known = Known(places=("the harbour",), dishes=("lasagna",))
    assert score(with_answers(plain, kind, known, None), words) > score(plain, words)
    assert kind in SHARE and with_answers(plain, "confirm", known, None).network is None


def score(context: Context, text: str) -> float:
    """ln P of the words."""
    history: tuple[str, ...] = ("<s>", "<s>")
    total = 0.0
    for word in (*text.split(), "</s>"):
        total += context.log_probability(history, word)
        history = (*history[1:], word)
    return total
