"""Noise has the level it is asked for, the telephone keeps speech, and hardening only adds."""

from __future__ import annotations

import numpy as np
import pytest

from speech.augment import Augmenter, Recipe, add_noise, change_speed, frayed, loudest_power, mu_law, tilted

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("ratio_db", [6, 15, 24])
def test_noise_stands_below_the_loudest_samples_by_the_ratio(ratio_db: float) -> None:
    samples = np.concatenate([np.zeros(4000), 0.3 * RNG.standard_normal(4000)]).astype(np.float32)
    noise = RNG.standard_normal(8000).astype(np.float32)
    added = add_noise(samples, noise, ratio_db) - samples
    measured = 10 * np.log10(loudest_power(samples) / np.mean(added**2))
    assert measured == pytest.approx(ratio_db, abs=0.01)


def test_mu_law_is_nearly_transparent_at_any_level() -> None:
    for level in (1.0, 0.1, 0.01):
        samples = (level * np.sin(np.arange(2000) / 5)).astype(np.float32)
        error = mu_law(samples) - samples
        assert 10 * np.log10(np.mean(samples**2) / np.mean(error**2)) > 25


def test_speed_changes_the_length() -> None:
    assert len(change_speed(np.zeros(8000, np.float32), 1.25)) == pytest.approx(6400, abs=2)


def test_a_frayed_word_keeps_its_middle_and_its_source() -> None:
    word = np.ones(4000, np.float32)
    for seed in range(50):
        worn = frayed(np.random.default_rng(seed), word)
        assert 4000 - 2 * 240 <= len(worn) <= 4000
        middle = worn[len(worn) // 2 - 500 : len(worn) // 2 + 500]
        assert np.ptp(middle) == 0 and 0.5 < middle[0] < 2
    assert np.all(word == 1)


def test_an_empty_recipe_changes_nothing_but_level_and_margins() -> None:
    samples = RNG.standard_normal(4000).astype(np.float32)
    changed = Augmenter(Recipe().scaled(0), [], [])(np.random.default_rng(1), samples)
    start = int(np.flatnonzero(changed)[0])
    inside = changed[start : start + len(samples)]
    np.testing.assert_allclose(inside / np.abs(inside).max(), samples / np.abs(samples).max(), atol=1e-4)


def test_the_full_recipe_gives_finite_audio() -> None:
    augment = Augmenter(Recipe(*[1.0] * 9), [RNG.standard_normal(5000).astype(np.float32)], [])
    for seed in range(20):
        changed = augment(np.random.default_rng(seed), 0.1 * RNG.standard_normal(8000).astype(np.float32))
        assert np.isfinite(changed).all() and np.abs(changed).max() <= 1.01


def test_varied_noise_is_as_long_as_asked_and_no_two_pieces_are_alike() -> None:
    augment = Augmenter(Recipe(), [RNG.standard_normal(5000).astype(np.float32)], [])
    pieces = [augment.varied_noise(np.random.default_rng(seed), 7001) for seed in range(20)]
    assert all(len(noise) == 7001 and np.isfinite(noise).all() and noise.any() for noise in pieces)
    assert len({noise.tobytes() for noise in pieces}) == 20


@pytest.mark.parametrize("seed", range(5))
def test_tilting_changes_the_balance_of_treble_and_bass_by_at_most_15_db(seed: int) -> None:
    noise = RNG.standard_normal(16000).astype(np.float32)
    before, after = (np.abs(np.fft.rfft(x)) ** 2 for x in (noise, tilted(np.random.default_rng(seed), noise)))
    change_db = 10 * np.log10(after / before)[100:-100]
    assert np.ptp(change_db) <= 15.1
