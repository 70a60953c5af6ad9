"""Tuning: a calibration says how often such a transcript is right."""

from __future__ import annotations

import numpy as np

from speech.labels import holds_all
from speech.tuning import calibration


def test_a_calibration_gives_the_share_that_was_right() -> None:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((3000, 2))
    truth = 1 / (1 + np.exp(-(0.5 + 2.0 * features[:, 0])))
    bias, first, second = calibration(features, rng.random(3000) < truth)
    said = 1 / (1 + np.exp(-(bias + features @ [first, second])))
    assert np.abs(said - truth).mean() < 0.05
    assert abs(second) < 0.2


def test_a_transcript_that_lacks_a_slot_is_no_label() -> None:
    slots = {"coffeeDrink": "latte", "size": "large"}
    assert holds_all("a large latte please", slots)
    assert not holds_all("a latte please", slots)
    assert not holds_all("a larger latte", slots)
