from datetime import datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.when import leaves_time_open, parse_when, wants_asap
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
        ("half seven", 20, "19:30"),
        ("twenty to eight", 20, "19:40"),
        ("forty five minutes from now", 20, "18:45"),
        ("in about three quarters of an hour", 20, "18:45"),
    ],
)
def test_the_usual_ways_to_say_a_time_are_understood(text: str, day: int, clock: str) -> None:
    moment = parse_when(text, EVENING, HARBOUR)
    assert moment is not None
    assert (moment.day, f"{moment:%H:%M}") == (day, clock)


@pytest.mark.parametrize(
    "text, clock",
    [
        ("gimme like an hour", "19:00"),
        ("give me forty five minutes", "18:45"),
        ("an hour or so", "19:00"),
        ("about an hour and a half", "19:30"),
        ("half an hour later", None),
    ],
)
def test_a_bare_length_of_time_counts_from_now(text: str, clock: str | None) -> None:
    moment = parse_when(text, EVENING, HARBOUR)
    assert (f"{moment:%H:%M}" if moment else None) == clock


@pytest.mark.parametrize(
    "text, clock",
    [
        ("seven no wait make it eight", "20:00"),
        ("noon, sorry, quarter to eight", "19:45"),
        ("sorry eight o'clock not seven", "20:00"),
        ("not seven, eight thirty", "20:30"),
        ("actually half past seven is better for us", "19:30"),
        ("no earlier than eight", "20:00"),
    ],
)
def test_of_a_time_and_its_correction_the_correction_counts(text: str, clock: str) -> None:
    moment = parse_when(text, EVENING, HARBOUR)
    assert moment is not None and f"{moment:%H:%M}" == clock


def test_on_a_friday_next_friday_is_in_a_week() -> None:
    moment = parse_when("next friday at seven", EVENING, HARBOUR)
    assert moment == EVENING.replace(hour=19) + timedelta(days=7)


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


@pytest.mark.parametrize(
    "text",
    [
        "ASAP", "as soon as possible", "right now", "whenever it's ready", "as soon as it's ready", "as early as possible",
        "fast as you're able", "quick as you can", "soon as it's off the grill", "as soon as it suits the kitchen",
        "straight away", "immediately please", "now's good", "now", "the sooner the better", "the earliest you can is fine",
        "no rush", "no hurry soon as it's ready", "in no particular rush", "when it's done",
    ],
)  # fmt: skip
def test_as_soon_as_possible_is_heard_in_all_its_forms(text: str) -> None:
    assert wants_asap(text)


@pytest.mark.parametrize(
    "text",
    [
        "at 7", "tomorrow", "I know", "no rush, eight is fine", "as early as seven", "as soon as you can after 7 pm",
        "forty five minutes from now", "that's all for now", "nothing else right now", "okay now that's it",
        "yep now it's right", "now what was the total",
    ],
)  # fmt: skip
def test_who_names_a_time_or_only_says_now_does_not_want_it_at_once(text: str) -> None:
    assert not wants_asap(text)


def test_any_time_is_an_answer_that_names_none() -> None:
    for text in ("any time is fine", "i don't mind you tell me", "it doesn't matter", "up to you"):
        assert leaves_time_open(text)
    for text in ("any time after eight", "i don't mind seven", "at noon"):
        assert not leaves_time_open(text)


@pytest.mark.parametrize(
    "words",
    ["fairly soon please", "no special time just when it's done", "it takes me ten minutes to get there so whenever it's done",
     "we're hungry so now", "i'm on my way now", "whenever the food is ready"],
)  # fmt: skip
def test_a_hurry_or_none_is_as_soon_as_possible(words: str) -> None:
    assert wants_asap(words)


@pytest.mark.parametrize("words", ["the second one's fine", "the other one", "first thing", "this one please"])
def test_one_of_several_is_no_time_of_day(words: str) -> None:
    assert parse_when(words, EVENING, HARBOUR) is None


def test_a_bare_number_behind_in_is_of_minutes() -> None:
    assert parse_when("i can be there in twenty", EVENING, HARBOUR) == EVENING + timedelta(minutes=20)
