"""Steady noise is taken away, speech is left, and nothing is made up."""

from __future__ import annotations

import numpy as np
import pytest

from speech.suppression import WINDOW, suppress

RNG = np.random.default_rng(0)
NOISE = (0.05 * RNG.standard_normal(16_000)).astype(np.float32)
TONE = np.zeros(16_000, np.float32)
TONE[6_000:10_000] = 0.5 * np.sin(np.arange(4_000) * 2 * np.pi * 440 / 8000)


def power(samples: np.ndarray) -> float:
    return float(np.mean(samples.astype(np.float64) ** 2))


def test_noise_around_a_sound_is_weaker_and_the_sound_is_not() -> None:
    clean = suppress(TONE + NOISE)
    assert power(clean[:5_000]) < 0.3 * power(NOISE[:5_000])
    assert power(clean[6_500:9_500]) > 0.9 * power(TONE[6_500:9_500])


def test_silence_stays_silent_and_a_clean_sound_stays_as_it_is() -> None:
    assert not suppress(np.zeros(8_000, np.float32)).any()
    assert np.allclose(suppress(TONE)[6_500:9_500], TONE[6_500:9_500], atol=0.01)


@pytest.mark.parametrize("length", [0, 1, WINDOW, 5 * WINDOW // 2, 3 * WINDOW + 17, 8_001])
def test_as_many_samples_come_out_as_went_in(length: int) -> None:
    assert suppress(NOISE[:length]).shape == (length,)
