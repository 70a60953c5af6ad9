"""Tokens move as CTC and the network let them; the ways themselves are tested with the networks (test_grammar)."""

from __future__ import annotations

import numpy as np
import pytest

from speech.alphabet import BLANK, SPACE, SYMBOLS, encode
from speech.token_passing import NEVER, pass_tokens

PHRASES = ("ab", "b")


def passed(log_probs: np.ndarray, width: float = 1e9) -> tuple[np.ndarray, ...]:
    """Through a network in which either phrase leads from the only door to the only place behind it, once or more."""
    letters = [[SPACE, *encode(phrase)] for phrase in PHRASES]
    symbols = np.array([symbol for part in letters for symbol in part])
    last = np.cumsum([len(part) for part in letters]) - 1
    first = last - [len(part) - 1 for part in letters]
    one_door, places = np.zeros(2, np.int64), np.zeros(2, np.int64)
    share, reach = np.log(np.array([0.5, 0.5], np.float32)), np.zeros((1, 1), np.float32)
    doubled = np.zeros(len(symbols), bool)
    return pass_tokens(log_probs, symbols, doubled, first, last, one_door, places, share, reach, np.float32(width))


def frames(text: str, sure: float = 0.9) -> np.ndarray:
    """Log-probabilities (T, symbols) of one clear frame for each letter; "_" is the blank."""
    rows = np.full((len(text), len(SYMBOLS)), np.log((1 - sure) / (len(SYMBOLS) - 1)), np.float32)
    for row, letter in zip(rows, text):
        row[BLANK if letter == "_" else encode(letter)[0]] = np.log(sure)
    return rows


def test_a_phrase_is_over_when_its_last_letter_was_heard() -> None:
    ends, since, _, _ = passed(frames("_ab_"))
    assert ends[0, 0] == NEVER  # one frame is too short for two letters
    assert ends[2, 0] == pytest.approx(np.log(0.5) + 3 * np.log(0.9), abs=1e-4)
    assert since[2, 0] == ~1  # begun with the second frame, with nothing before it


def test_a_phrase_behind_another_begins_with_a_space() -> None:
    ends, since, came, standing = passed(frames("ab b"))
    assert ends[3, 1] == pytest.approx(2 * np.log(0.5) + 4 * np.log(0.9), abs=1e-4)
    assert since[3, 1] == 2
    assert standing[0] == ends[3].max()


def test_what_is_much_worse_than_the_best_is_not_followed() -> None:
    narrow, wide = passed(frames("ab_", sure=0.999), 5.0), passed(frames("ab_", sure=0.999))
    assert narrow[3][0] == wide[3][0]
    assert narrow[0][2, 1] == NEVER < wide[0][2, 1]


def test_no_frames_reach_nothing() -> None:
    assert passed(np.zeros((0, len(SYMBOLS)), np.float32))[3][0] == NEVER
