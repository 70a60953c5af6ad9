"""A phone number as people dictate it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phone.dictation import dictated, is_address, written_address

NAMES = "zero one two three four five six seven eight nine".split()


@pytest.mark.parametrize(
    "breaths",
    [
        ["two oh seven five five five oh one two three"],
        ["two oh seven", "five five five", "oh one two three"],
        ["207 555 0123"],
        ["area code two zero seven then triple five zero one twenty three"],
        ["one two oh seven five five five oh one two three"],
        ["two oh seven five five six no wait five five five oh one two three"],
        ["two oh seven five five six", "sorry five five five", "oh one two three"],
        ["two oh seven five five five oh one two four", "no two three"],
        ["nine nine nine", "start over two oh seven five five five oh one two three"],
        ["two oh seven", "two oh seven five five five oh one two three"],
        ["two oh seven five fifty five oh one two three"],
    ],
)
def test_each_way_of_saying_it_gives_the_number(breaths: list[str]) -> None:
    assert dictated(breaths) == "2075550123"


@given(st.text("23456789", min_size=10, max_size=10), st.sets(st.integers(1, 9)))
def test_where_one_breathes_makes_no_difference(number: str, cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), 10]
    breaths = [" ".join(NAMES[int(d)] for d in number[a:b]) for a, b in zip(edges, edges[1:])]
    assert dictated(breaths) == number


@given(st.lists(st.text(max_size=30), max_size=4))
def test_any_words_give_digits_or_nothing(breaths: list[str]) -> None:
    assert all(c in "0123456789" for c in dictated(breaths))


def test_an_address_is_written_with_figures() -> None:
    assert written_address("forty four pine street oh four one nine eight") == "44 pine street 04198"
    assert written_address("six kittery close oh four one double nine") == "6 kittery close 04199"
    assert written_address("twelve main street oh four one nine nine") == "12 main street 04199"
    assert written_address("two hundred five oak avenue zero four one nine eight") == "205 oak avenue 04198"


@pytest.mark.parametrize(
    ("said", "written"), [("fifteen forty", "1540"), ("two oh five", "205"), ("one twenty three", "123"), ("nine", "9")]
)
def test_a_house_number_said_in_parts_is_one_number(said: str, written: str) -> None:
    assert written_address(f"it's {said} lake street oh four one nine seven") == f"it's {written} lake street 04197"


@pytest.mark.parametrize(
    ("said", "whether"),
    [
        ("nine ocean avenue oh four one nine seven", True),
        ("deliver it to twelve harbour street zero four one nine nine", True),
        ("two oh seven five five five oh one two three", False),
        ("a lasagna and a tiramisu sent to eighty eight harbor view drive in oh four one nine nine", True),
        ("two lasagnas and a cola", False),
        ("five main street", False),
    ],
)
def test_an_address_is_known_by_its_house_number_and_its_zip_code(said: str, whether: bool) -> None:
    assert is_address(said) is whether
