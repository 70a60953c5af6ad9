"""Words for days and times of day that several readers share."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.moment_words import AM_PM, DAY, SHORT_WEEKDAY, WEEKDAYS, near_day

FRIDAY = date(2026, 11, 20)


@given(today=st.dates(date(2020, 1, 1), date(2040, 1, 1)), number=st.integers(0, 6))
def test_a_weekday_is_the_next_one_and_today_s_is_today(today: date, number: int) -> None:
    day = near_day(f"a table on {WEEKDAYS[number]} at noon", today)
    assert day is not None and day.weekday() == number and timedelta(0) <= day - today < timedelta(7)


@pytest.mark.parametrize(
    ("words", "days"),
    [("tomorrow at noon", 1), ("tonight", 0), ("this evening", 0), ("on sundays", 2), ("at seven", None)],
)
def test_a_near_day_is_told_from_none(words: str, days: int | None) -> None:
    assert near_day(words, FRIDAY) == (None if days is None else FRIDAY + timedelta(days))


def test_next_and_today_s_weekday_is_in_a_week() -> None:
    assert near_day("next friday", FRIDAY) == FRIDAY + timedelta(7)
    assert near_day("next sunday", FRIDAY) == FRIDAY + timedelta(2)


def test_each_weekday_is_found_in_full_and_short() -> None:
    for name in WEEKDAYS:
        assert re.fullmatch(DAY, name) and re.fullmatch(SHORT_WEEKDAY, name)
        assert re.fullmatch(SHORT_WEEKDAY, name[:3])


@pytest.mark.parametrize(("words", "found"), [("7 pm", True), ("7 p.m.", True), ("7 a.m", True), ("7 pmx", False)])
def test_the_half_of_the_day_is_found_as_written(words: str, found: bool) -> None:
    assert bool(re.search(AM_PM, words)) is found
