"""Invented sentences: everything can be written with the recogniser's letters, and numbers are said as they are meant."""

from __future__ import annotations

import itertools
import random

from hypothesis import given
from hypothesis import strategies as st

from speech.alphabet import decode, encode
from speech.language import as_digits
from speech.sentences import KINDS, cardinal, digits, ordinal, plain, sentences


@given(st.integers(0, 10_000))
def test_every_sentence_can_be_written_with_the_recognisers_letters(seed: int) -> None:
    for kind, sentence in itertools.islice(sentences(random.Random(seed)), 20):
        assert kind in KINDS and sentence
        written = sentence.lower()
        assert decode(encode(written)) == written


@given(st.integers(0, 10_000), st.integers(1, 10))
def test_digits_said_in_any_way_are_as_many_as_were_asked_for(seed: int, count: int) -> None:
    said = digits(random.Random(seed), count).lower()
    assert len("".join(c for c in as_digits(said) if c.isdigit())) == count


def test_numbers_are_written_out() -> None:
    assert [cardinal(n) for n in (0, 7, 12, 21, 40)] == ["zero", "seven", "twelve", "twenty one", "forty"]
    assert [ordinal(n) for n in (1, 2, 3, 12, 20, 21, 30)] == [
        *("first", "second", "third", "twelfth", "twentieth", "twenty first", "thirtieth")
    ]


def test_only_plain_sentences_are_taken_from_other_texts() -> None:
    assert plain("What's the weather like?") == "what's the weather like"
    assert plain("Play 99 red balloons") is None
