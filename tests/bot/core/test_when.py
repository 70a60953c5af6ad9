from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.when import parse_when, wants_asap
from tests.bot.parts import EVENING, HARBOUR, MILL

WORDS = (
    "at in by for half quarter past to before after noon midnight today tonight tomorrow friday sunday morning evening "
    "seven thirty twenty five oclock o'clock am pm a.m. p.m. minutes hours an a about : - . 0 7 12 24 99 23 59 60 7:30"
)


@given(st.text() | st.lists(st.sampled_from(WORDS.split()), max_size=7).map(" ".join))
@example("99 past 23")
@example("80 minutes past 11 pm")
@example("99 to 1")
def test_any_words_give_a_moment_or_none(text: str) -> None:
    moment = parse_when(text, EVENING, HARBOUR)
    assert moment is None or moment.tzinfo is not None
    assert wants_asap(text) in (True, False)


@pytest.mark.parametrize(
    "text, day, clock",
    [
        ("at 7", 20, "19:00"),
        ("seven thirty", 20, "19:30"),
        ("half past seven", 20, "19:30"),
        ("quarter to eight", 20, "19:45"),
        ("ten past 9", 20, "21:10"),
        ("7:45 pm", 20, "19:45"),
        ("at 20.15", 20, "20:15"),
        ("in 45 minutes", 20, "18:45"),
        ("in an hour", 20, "19:00"),
        ("in half an hour", 20, "18:30"),
        ("tomorrow at noon", 21, "12:00"),
        ("tomorrow at 1", 21, "13:00"),
        ("sunday at twelve thirty", 22, "12:30"),
        ("tonight at nine", 20, "21:00"),
        ("11 am", 21, "11:00"),
    ],
)
def test_the_usual_ways_to_say_a_time_are_understood(text: str, day: int, clock: str) -> None:
    moment = parse_when(text, EVENING, HARBOUR)
    assert moment is not None
    assert (moment.day, f"{moment:%H:%M}") == (day, clock)


def test_a_time_without_am_or_pm_is_the_next_one_inside_opening_hours() -> None:
    morning = EVENING.replace(hour=8)
    assert parse_when("at 9", morning, HARBOUR) == EVENING.replace(hour=21)
    assert parse_when("at 12", morning, HARBOUR) == EVENING.replace(hour=12)


@given(st.integers(0, 23), st.integers(0, 59), st.integers(0, 6 * 24))
@example(12, 0, 42)
def test_a_full_clock_time_is_never_in_the_past_and_less_than_a_day_away(hour: int, minute: int, later: int) -> None:
    now: datetime = EVENING + timedelta(hours=later)
    moment = parse_when(f"{hour:02d}:{minute:02d}", now, MILL)
    assert moment is not None and moment.minute == minute
    assert moment.hour % 12 == hour % 12 and (moment.hour == hour or hour <= 12)
    assert now < moment <= now + timedelta(days=1)


def test_words_without_a_time_give_none() -> None:
    for text in ("", "pickup", "whenever you like", "Anna", "99 past 23", "at 25:00"):
        assert parse_when(text, EVENING, HARBOUR) is None


def test_as_soon_as_possible_is_heard_in_its_usual_forms() -> None:
    for text in ("ASAP", "as soon as possible", "right now", "whenever it's ready", "as soon as it's ready"):
        assert wants_asap(text)
    for text in ("at 7", "tomorrow", "I know"):
        assert not wants_asap(text)
