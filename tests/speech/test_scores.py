"""Word errors and intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.scores import bootstrap_ratio, edit_distance, wilson, word_errors

WORDS = st.lists(st.sampled_from("abc"), max_size=8)


@given(WORDS, WORDS, WORDS)
def test_the_edit_distance_is_a_distance(a: list[str], b: list[str], c: list[str]) -> None:
    assert edit_distance(a, a) == 0
    assert edit_distance(a, b) == edit_distance(b, a) >= abs(len(a) - len(b))
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


def test_a_wrong_a_lost_and_an_added_word_are_one_error_each() -> None:
    assert word_errors("a large latte please", "a small latte please now") == 2
    assert word_errors("a large latte", "a latte") == 1


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_holds_the_share(successes: int, trials: int) -> None:
    successes = min(successes, trials)
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials + 1e-9 and successes / trials - 1e-9 <= high <= 1


def test_the_interval_of_no_trials_is_everything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_bootstrap_of_equal_ratios_has_no_width() -> None:
    low, high = bootstrap_ratio([(1.0, 4.0)] * 20)
    assert low == high == pytest.approx(0.25)
