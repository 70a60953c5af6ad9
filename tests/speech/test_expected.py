"""What a menu, a number and a yes can be said as."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.expected import (
    address_network,
    booking_network,
    changes_network,
    confirm_network,
    dates_network,
    digits_network,
    names_network,
    order_network,
    party_network,
    plural,
    times_network,
)
from speech.grammar import PhraseNetwork
from speech.language import Group, Kind, Phrases, as_digits
from speech.sentences import ONES

Spoken = Callable[[str], np.ndarray]

MENU = Phrases(
    (
        Kind(("flat white", "mocha"), (Group(("small", "large")), Group(("oat milk", "sugar"), ("extra", "a little")))),
        Kind(("ginger beer",)),
        Kind(("soup",), (Group(("cup", "bowl")), Group(("basil",), ("none", "extra")))),
    )
)
ORDER, DIGITS, CONFIRM = order_network(MENU), digits_network(), confirm_network(MENU)
NAMES = names_network()


@pytest.mark.parametrize(
    "said",
    [
        "can i get a large flat white with oat milk",
        "two small mochas with extra sugar and a little oat milk please",
        "hi i'd like a mocha and two ginger beers",
        "large with sugar",
        "remove the oat milk from the flat white",
        "no wait two mocha",
        "um a mocha without sugar",
        "swap the mocha for a large flat white",
        "a large sorry a small mocha",
        "two no three mochas",
        "just a ginger beer please",
        "a soup with no basil",
        "a cup of soup and a mocha",
        "flat white mocha and a ginger beer",
    ],
)
def test_orders_of_the_menu_are_heard_as_said(spoken: Spoken, said: str) -> None:
    found = ORDER.best_path(spoken(said), 0.5)
    assert found is not None and found[0] == said


def test_what_is_said_of_one_kind_of_dish_is_not_said_of_another(spoken: Spoken) -> None:
    found = ORDER.best_path(spoken("a ginger beer with oat milk"), 0.5)
    assert found is not None and found[0] != "a ginger beer with oat milk"


@given(st.lists(st.integers(0, 9), min_size=10, max_size=10))
def test_any_ten_digits_can_be_heard(spoken: Spoken, digits: list[int]) -> None:
    found = DIGITS.best_path(spoken(" ".join(ONES[digit] for digit in digits)), 0.2)
    assert found is not None and as_digits(found[0]) == "".join(map(str, digits))


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("my number is four one two double five five oh one two three", "my number is 4125550123"),
        ("eight hundred five five five twelve thirty four", "8005551234"),
        ("five five five one two three four", "5551234"),
        ("four one two triple five oh one two three", "4125550123"),
    ],
)
def test_numbers_are_heard_in_every_way_of_saying_them(spoken: Spoken, said: str, number: str) -> None:
    found = DIGITS.best_path(spoken(said), 0.2)
    assert found is not None and as_digits(found[0]) == number


def test_a_corrected_number_is_heard_as_it_was_said(spoken: Spoken) -> None:
    said = "four one two five five six no wait five five five oh one two three"
    found = DIGITS.best_path(spoken(said), 0.2)
    assert found is not None and found[0] == said


@pytest.mark.parametrize("said", ["yes", "no thank you", "that's right", "no make it a large mocha"])
def test_yes_and_no_are_heard_and_so_is_a_change_of_mind(spoken: Spoken, said: str) -> None:
    found = CONFIRM.best_path(spoken(said), 0.5)
    assert found is not None and found[0] == said


@pytest.mark.parametrize("said", ["anna", "it's maria garcia", "under smith"])
def test_names_are_heard(spoken: Spoken, said: str) -> None:
    found = NAMES.best_path(spoken(said), 0.5)
    assert found is not None and found[0] == said


ADDRESS = address_network(("04198", "04199"), ("harbour",), ("port ellis",))
TIMES, DATES, PARTY, TABLE = times_network(), dates_network(), party_network(), booking_network()


@pytest.mark.parametrize(
    ("network", "said"),
    [
        (ADDRESS, "forty four pine street oh four one nine eight"),
        (ADDRESS, "two hundred five oak avenue zero four one nine nine"),
        (ADDRESS, "it's fifteen forty north lake road oh four one nine eight please"),
        (ADDRESS, "one oh three harbour street apartment two oh four one nine nine"),
        (ADDRESS, "seven johnson lane port ellis oh three one nine nine"),
        (ADDRESS, "oh four one nine eight"),
        (TIMES, "seven thirty"),
        (TIMES, "at half past six"),
        (TIMES, "tomorrow at eight p m please"),
        (TIMES, "in twenty minutes"),
        (DATES, "next friday"),
        (DATES, "on november twenty first"),
        (DATES, "the day after tomorrow"),
        (PARTY, "we are six people"),
        (PARTY, "four please"),
        (TABLE, "i would like to book a table"),
        (TABLE, "a table for two tomorrow at eight p m please"),
        (TABLE, "book a table for tomorrow please"),
        (CONFIRM, "yes yes go ahead"),
        (CONFIRM, "no that's wrong"),
    ],
)
def test_what_answers_a_question_is_heard_as_said(spoken: Spoken, network: PhraseNetwork, said: str) -> None:
    found = network.best_path(spoken(said), 0.5)
    assert found is not None and found[0] == said


def test_plurals_follow_the_plain_rules() -> None:
    names = ["mocha", "sandwich", "curry", "bay", "fries", "swiss"]
    assert [plural(name) for name in names] == ["mochas", "sandwiches", "curries", "bays", "fries", "swisses"]


@pytest.mark.parametrize(
    "said", ["remove the mocha", "no swap my mocha for a large soup", "add two ginger beer please"]
)
def test_what_was_ordered_is_what_is_changed(spoken: Spoken, said: str) -> None:
    network = changes_network(["mocha", "mochas"], ["mocha", "soup", "ginger beer"], ["small", "large"])
    assert network.best_path(spoken(said), 0.5)[0] == said  # type: ignore[index]
    assert network.best_path(spoken("remove the soup"), 0.5)[0] != "remove the soup"  # type: ignore[index]


def test_networks_are_the_same_each_time() -> None:
    random.seed(3)
    assert confirm_network(MENU)._phrases == CONFIRM._phrases
