"""What is typed on a telephone's keys means what a caller would expect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phone import keypad

MENU = {"gnocchi": ("Gnocchi al Pesto", "gnocchi", "pesto gnocchi"), "lemonade": ("Homemade Lemonade", "lemonade")}


def test_letters_are_where_every_telephone_has_them() -> None:
    assert keypad.keys_of("pizza") == "74992"
    assert keypad.keys_of("Gnocchi al Pesto") == "46622442573786"


@given(st.sampled_from([(dish, name) for dish, names in MENU.items() for name in names]), st.integers(1, 6))
def test_a_dish_is_found_by_the_first_letters_of_any_of_its_names(named: tuple[str, str], letters: int) -> None:
    dish, name = named
    assert dish in keypad.spelled(keypad.keys_of(name)[:letters], MENU)


def test_what_begins_alike_is_found_together_and_nothing_else_is() -> None:
    assert keypad.spelled("466", MENU) == ["gnocchi", "lemonade"]
    assert keypad.spelled("4662", MENU) == ["gnocchi"]
    assert keypad.spelled("9999", MENU) == []


def test_choices_are_told_with_their_keys() -> None:
    assert keypad.menu_of(["Half rack", "Yes, please"]) == "For half rack press one, for yes, please press two."


@pytest.mark.parametrize(
    ("keys", "asked", "words"),
    [
        ("730", "time", "7:30"),
        ("1215", "time", "12:15"),
        ("1125", "date", "November 25"),
        ("0704", "date", "July 4"),
        ("99", "time", None),
        ("1399", "date", None),
        ("730", "people", None),
    ],
)
def test_times_and_dates_are_typed_in_figures(keys: str, asked: str, words: str | None) -> None:
    assert keypad.moment_of(keys, asked) == words
