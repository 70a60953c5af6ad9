"""The floor by itself: who can have which table when, near times, the clocks' changes, and the quoted wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.floor import (
    Problem,
    choices,
    day_problem,
    end_of,
    free_tables,
    is_doubled,
    moment_at,
    moment_problem,
    most_seated,
    near_times,
    nearest_slot,
    next_days,
    quarters,
    quote,
    slots,
)
from nlu.menu import Hours
from tests.bot.parts import EVENING, HARBOUR, MILL

SEATS = {table.id: table.seats for table in HARBOUR.tables}
NIGHT_BAR = replace(HARBOUR, hours=(Hours(frozenset(range(7)), 18 * 60, 28 * 60),), exceptions={})
SEVEN = EVENING + timedelta(hours=1)

busy_floors = st.dictionaries(
    st.sampled_from(sorted(SEATS)),
    st.sets(st.sampled_from(list(quarters(EVENING, EVENING + timedelta(hours=5)))), max_size=8),
)
moments = st.sampled_from(list(slots(HARBOUR, EVENING.date())))


@settings(max_examples=40)
@given(st.integers(1, 12), moments, busy_floors)
def test_tables_given_are_free_for_the_whole_stay_and_large_enough(
    people: int, start: datetime, busy: dict[str, set[int]]
) -> None:
    tables = free_tables(HARBOUR, people, start, busy)
    stay = set(quarters(start, end_of(HARBOUR, people, start)))
    if tables is None:
        assert all(any(stay & busy.get(table, set()) for table in option) for option in choices(HARBOUR, people))
        return
    assert sum(SEATS[table] for table in tables) >= people
    assert not any(stay & busy.get(table, set()) for table in tables)
    assert len(tables) == 1 or tables in HARBOUR.joins


@settings(max_examples=40)
@given(st.integers(1, 12), moments, busy_floors)
def test_times_offered_instead_are_free_and_the_nearest_on_each_side(
    people: int, moment: datetime, busy: dict[str, set[int]]
) -> None:
    near = near_times(HARBOUR, people, moment, busy, EVENING - timedelta(hours=2))
    assert near == sorted(near) and moment not in near
    assert len([slot for slot in near if slot < moment]) <= 2 and len([slot for slot in near if slot > moment]) <= 2
    for slot in near:
        assert free_tables(HARBOUR, people, slot, busy) and moment_problem(HARBOUR, slot, EVENING) != Problem.OUTSIDE
    for slot in next_days(HARBOUR, people, moment, busy, EVENING):
        assert slot.date() > moment.date() and day_problem(HARBOUR, slot.date(), EVENING) is None


def test_a_party_gets_the_smallest_table_that_fits_or_the_one_that_it_wishes() -> None:
    assert free_tables(HARBOUR, 2, SEVEN, {}) == ("W1",)
    assert free_tables(HARBOUR, 3, SEVEN, {}) == ("M1",)
    assert free_tables(HARBOUR, 2, SEVEN, {}, "on the terrace") == ("T1",)
    assert most_seated(HARBOUR) == 8 and choices(HARBOUR, 9) == []


def test_parties_are_seated_until_an_hour_before_closing() -> None:
    day = list(slots(MILL, date(2026, 11, 21)))
    assert (day[0].time(), day[-1].time()) == (time(11, 30), time(20, 30))
    assert list(slots(MILL, date(2026, 11, 23))) == []  # a Monday
    assert nearest_slot(HARBOUR, SEVEN + timedelta(minutes=10)) == SEVEN + timedelta(minutes=15)


def test_hours_past_midnight_belong_to_the_night_but_to_the_calendar_s_day() -> None:
    saturday = list(slots(NIGHT_BAR, date(2026, 11, 21)))
    assert saturday[0].time() == time(0) and time(3) in [slot.time() for slot in saturday]
    assert time(3, 15) not in [slot.time() for slot in saturday] and saturday[-1].time() == time(23, 45)


@pytest.mark.parametrize(
    "day, at, exists, doubled",
    [
        (date(2027, 3, 14), time(2, 30), False, False),
        (date(2027, 3, 14), time(3, 0), True, False),
        (date(2026, 11, 1), time(1, 30), True, True),
        (date(2026, 11, 1), time(2, 30), True, False),
    ],
)
def test_a_time_that_the_clocks_skip_does_not_exist_and_a_doubled_one_is_its_first(
    day: date, at: time, exists: bool, doubled: bool
) -> None:
    moment = moment_at(HARBOUR, day, at)
    assert (moment is not None) is exists
    if moment is not None:
        assert is_doubled(moment) is doubled
        assert not doubled or moment.utcoffset() == timedelta(hours=-4)


@given(st.integers(0, 95), st.integers(1, 8), st.sampled_from([date(2027, 3, 13), date(2026, 10, 31)]))
def test_a_stay_is_as_long_on_the_night_when_the_clocks_change(quarter: int, people: int, day: date) -> None:
    start = NIGHT_BAR.local(datetime.combine(day, time(12), timezone.utc) + timedelta(minutes=15 * quarter))
    stay = end_of(NIGHT_BAR, people, start).astimezone(timezone.utc) - start.astimezone(timezone.utc)
    assert stay == timedelta(minutes=NIGHT_BAR.bookings.stay_min(people))


parties = st.lists(
    st.tuples(st.sampled_from([(t,) for t in SEATS]), st.integers(-40, 120)), max_size=14, unique_by=lambda p: p[0]
)


@settings(max_examples=40)
@given(st.integers(1, 10), parties, st.lists(st.integers(1, 8), max_size=6), busy_floors)
def test_a_quoted_wait_is_a_range_that_counts_the_parties_ahead_and_is_always_the_same(
    people: int, seated: list[tuple[tuple[str], int]], waiting: list[int], busy: dict[str, set[int]]
) -> None:
    sitting = [(tables, EVENING + timedelta(minutes=left)) for tables, left in seated]
    wait = quote(HARBOUR, people, EVENING, busy, sitting, waiting)
    assert wait.ahead == len(waiting)
    assert 0 <= wait.low_min < wait.high_min and wait.low_min % 5 == wait.high_min % 5 == 0
    assert wait == quote(HARBOUR, people, EVENING, busy, sitting, waiting)


def test_nobody_waits_at_an_empty_floor_and_a_full_one_waits_for_the_first_to_leave() -> None:
    assert quote(HARBOUR, 2, EVENING, {}, [], []).high_min == 5
    full = [((table,), EVENING + timedelta(minutes=60)) for table in SEATS]
    wait = quote(HARBOUR, 2, EVENING, {}, full, [])
    assert 40 <= wait.low_min <= 60 <= wait.high_min <= 90
    assert quote(HARBOUR, 2, EVENING, {}, full, [2] * 20).low_min > wait.low_min
