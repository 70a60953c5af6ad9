"""What is fitted tells right hearings from wrong ones, and meanings are compared as a call goes by them."""

from __future__ import annotations

import numpy as np
import pytest

from bot.core.turn import House
from bot.phone.calibration import Sample, area_under_curve, fitted, meaning
from nlu.parser import OrderParser
from tests.bot.parts import MENU, RESTAURANT

HOUSE = House(RESTAURANT, MENU, OrderParser(MENU), None)  # type: ignore[arg-type]


def test_the_fit_finds_the_evidence_that_counts() -> None:
    rng = np.random.default_rng(3)
    known = []
    for _ in range(600):
        evidence = rng.normal(size=4)
        right = rng.random() < 1 / (1 + np.exp(-(1 - 2 * evidence[0])))
        known.append(Sample("time", None, "", "", bool(right), tuple(evidence), 0.5))
    bias, first, *others = fitted(known, pull=0.0)
    assert bias == pytest.approx(1, abs=0.5) and first == pytest.approx(-2, abs=0.6)
    assert all(abs(other) < 0.4 for other in others)


def test_a_right_hearing_that_is_surer_than_every_wrong_one_is_told_apart() -> None:
    def sample(right: bool, confidence: float) -> Sample:
        return Sample("time", None, "", "", right, (), confidence)

    assert area_under_curve([sample(True, 0.9), sample(False, 0.3), sample(False, 0.5)]) == 1
    assert area_under_curve([sample(True, 0.4), sample(False, 0.3), sample(False, 0.5)]) == 0.5


@pytest.mark.parametrize(
    ("asked", "one", "other", "same"),
    [
        ("phone", "two oh seven", "two zero seven", True),
        ("type", "pickup please", "i'll pick it up", True),
        ("type", "pickup", "delivery", False),
        ("time", "as soon as possible", "right away", True),
        ("time", "at seven thirty", "seven thirty p m", True),
        ("time", "at seven thirty", "at seven forty", False),
        (None, "that's all", "nothing else", True),
        ("start", "a margherita please", "i'd like a margarita", True),
        ("confirm", "yes", "no", False),
        ("confirm", "yeah", "that's right", True),
    ],
)
def test_answers_that_come_to_the_same_are_the_same(asked: str | None, one: str, other: str, same: bool) -> None:
    assert (meaning(asked, one, HOUSE) == meaning(asked, other, HOUSE)) is same
