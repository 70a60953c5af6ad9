"""The sum over CTC's paths is what writing down every path gives."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech import alphabet
from speech.ctc import sound_of, sounds_of


@pytest.mark.parametrize("seed", range(5))
def test_the_sound_of_a_text_is_the_sum_of_all_its_paths(seed: int) -> None:
    symbols = [alphabet.BLANK, *alphabet.encode(" ab")]
    log_probs = np.full((6, len(alphabet.SYMBOLS)), -1e30, np.float32)
    scores = np.random.default_rng(seed).standard_normal((6, len(symbols))) * 2
    log_probs[:, symbols] = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    totals: dict[str, float] = {}
    for path in itertools.product(symbols, repeat=len(log_probs)):
        written = [s for at, s in enumerate(path) if s != alphabet.BLANK and (at == 0 or path[at - 1] != s)]
        score = sum(log_probs[t, s] for t, s in enumerate(path))
        text = alphabet.decode(written)
        totals[text] = np.logaddexp(totals.get(text, -np.inf), score)
    for text in ("", "a", "ab", "aa", "a b", "abab"):
        assert sound_of(log_probs, text) == pytest.approx(totals[text], abs=1e-4), text


@given(st.lists(st.text("ab e", min_size=0, max_size=6), min_size=1, max_size=4), st.integers(0, 5))
def test_all_texts_at_once_are_what_each_is_alone(texts: list[str], seed: int) -> None:
    log_probs = np.log(np.random.default_rng(seed).dirichlet(np.ones(len(alphabet.SYMBOLS)), 14)).astype(np.float32)
    np.testing.assert_allclose(sounds_of(log_probs, texts), [sound_of(log_probs, text) for text in texts])


def test_a_text_that_is_too_long_for_the_sound_is_as_good_as_impossible() -> None:
    log_probs = np.full((3, len(alphabet.SYMBOLS)), -3.0, np.float32)
    assert sound_of(log_probs, "abcd") < -1e20
    assert np.isfinite(sound_of(log_probs, "abcd"))
    assert sound_of(log_probs, "aab") < -1e20  # the two letters alike need a blank between them
