"""How sure a hearing is, and that several hearings of the same words are surer than one."""

from __future__ import annotations

import numpy as np
import pytest

from bot.phone.certainty import surest_number
from speech.alphabet import BLANK, SYMBOLS, encode


def said(text: str, sure: float = 0.9) -> np.ndarray:
    """Log-probabilities in which each letter of ``text`` has that probability for one frame, blanks between."""
    rows = []
    for letter in encode(text):
        for symbol in (letter, BLANK):
            row = np.full(len(SYMBOLS), (1 - sure) / (len(SYMBOLS) - 1))
            row[symbol] = sure
            rows.append(row)
    return np.log(np.array(rows, np.float32))


def test_a_clear_number_is_sure_and_an_unclear_one_is_not() -> None:
    number = "two oh seven five"
    clear, unclear = surest_number([said(number, 0.95)], number), surest_number([said(number, 0.3)], number)
    assert clear[0] == unclear[0] == number
    assert clear[1] > 0.8 > 0.3 > unclear[1]


def test_a_digit_that_the_sound_likes_better_takes_the_place_of_another() -> None:
    assert surest_number([said("two oh seven five")], "two oh seven nine")[0] == "two oh seven five"
    assert surest_number([said("forty eight twelve")], "fifty eight eleven")[0] == "forty eight twelve"


def test_hearings_together_are_surer_than_each() -> None:
    number = "nine one five"
    one = surest_number([said(number, 0.3)], number)[1]
    assert surest_number([said(number, 0.3)] * 2, number)[1] > one


def test_an_oh_and_a_one_are_held_against_each_other() -> None:
    blurred = np.logaddexp(said("two one seven", 0.9)[:22], said("two oh seven", 0.9)[:22]) - np.log(2)
    assert surest_number([blurred], "two one seven")[1] < 0.9
    assert surest_number([said("two oh seven")], "two one seven")[0] == "two oh seven"


def test_of_two_numbers_that_sound_alike_the_likelier_is_taken() -> None:
    def local(number: str) -> float:
        return 0.0 if number.startswith("two") else -20.0

    unclear = said("six five", 0.25)
    assert surest_number([unclear], "six five")[0] == "six five"
    assert surest_number([unclear], "six five", local)[0] == "two five"


@pytest.mark.parametrize("text", ["yes", "that is all"])
def test_words_that_are_no_number_stay(text: str) -> None:
    assert surest_number([said(text)], text) == (text, 1.0)
