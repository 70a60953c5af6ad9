"""A network of wordings hears what its patterns say, what can be put together from them, and no other words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from speech.patterns import parse
from speech.wordings import wordings_network

Spoken = Callable[[str], np.ndarray]
NAMES = {"dish": ["cola", "lasagna"], "number": ["two", "three"]}
NETWORK = wordings_network(
    [(parse(p), 1.0) for p in ("take the {dish} off", "take the {dish} away please", "make it {number}", "by {time}")],
    NAMES,
)


@pytest.mark.parametrize(
    "said", ["take the cola off", "take the lasagna away please", "make it two", "take the lasagna off please"]
)
def test_patterns_and_what_is_made_of_their_parts_are_heard(spoken: Spoken, said: str) -> None:
    found = NETWORK.best_path(spoken(said), 0.5)
    assert found is not None and found[0] == said


def test_a_whole_pattern_is_likelier_than_parts_of_two(spoken: Spoken) -> None:
    shares = [NETWORK.best_path(spoken(said), 0.5) for said in ("take the cola off", "take the cola off please")]
    assert shares[0] is not None and shares[1] is not None and shares[0][1] > shares[1][1]


def test_patterns_with_slots_that_have_no_names_are_left_out() -> None:
    assert not any(phrase.startswith("by") for phrase in NETWORK.phrases)


def test_words_that_often_stand_together_are_one_unit() -> None:
    assert "take the" in NETWORK.phrases
