from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.restaurant import Kitchen, Restaurant, load_restaurant
from nlu.located_yaml import FileError
from tests.bot.parts import EVENING, HARBOUR, MILL, RESTAURANT

ONE = """name: Corner
places:
- id: corner
  name: Corner Café
  address: 1 Street
  phone: "+1 207 555 0100"
  time_zone: America/New_York
  hours: {fri: "18:00-02:00", sat: closed, sun: "10:00-12:00,14:00-16:00"}
"""


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Restaurant]:
    def loaded(text: str) -> Restaurant:
        path = tmp_path / "restaurant.yml"
        path.write_text(text, encoding="utf-8")
        return load_restaurant(path)

    return loaded


def test_a_night_s_hours_last_past_midnight_into_the_next_day(load: Callable[[str], Restaurant]) -> None:
    place = load(ONE).places[0]
    friday = datetime(2026, 11, 20, tzinfo=place.zone)
    for hour, is_open in ((17.9, False), (18, True), (23.9, True), (25.9, True), (26, False)):
        assert place.open_at(friday + timedelta(hours=hour)) is is_open, hour
    assert place.closing_after(friday + timedelta(hours=25)) == friday + timedelta(hours=26)
    assert place.closing_after(friday) is None


def test_the_next_opening_skips_closed_days(load: Callable[[str], Restaurant]) -> None:
    place = load(ONE).places[0]
    saturday = datetime(2026, 11, 21, 12, tzinfo=place.zone)
    assert place.next_opening(saturday) == datetime(2026, 11, 22, 10, tzinfo=place.zone)
    assert place.next_opening(saturday + timedelta(hours=23)) == datetime(2026, 11, 22, 14, tzinfo=place.zone)


def test_a_place_that_never_opens_has_no_next_opening(load: Callable[[str], Restaurant]) -> None:
    place = load(ONE.replace('{fri: "18:00-02:00", sat: closed, sun: "10:00-12:00,14:00-16:00"}', "{daily: closed}"))
    assert place.places[0].next_opening(EVENING) is None
    assert not place.places[0].open_at(EVENING)


def test_an_exception_replaces_the_hours_of_its_day() -> None:
    assert HARBOUR.hours_on(date(2026, 12, 25)) == ()
    assert HARBOUR.hours_in_words(date(2026, 12, 25)) == "closed"
    assert HARBOUR.hours_in_words(date(2026, 12, 24)) == "11:00–15:00"


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda moment: moment.replace(tzinfo=timezone.utc)))
def test_opening_times_agree_with_each_other_at_every_moment(moment: datetime) -> None:
    for place in RESTAURANT.places:
        opening, closing = place.next_opening(moment), place.closing_after(moment)
        assert (closing is not None) is place.open_at(moment)
        assert opening is not None and opening > moment and place.open_at(opening)
        if closing is not None:
            assert closing > moment and not place.open_at(closing)


def test_days_in_a_row_with_the_same_hours_share_a_row() -> None:
    assert HARBOUR.week_in_words() == [
        ("Mon–Thu", "11:00–22:00"),
        ("Fri–Sat", "11:00–23:30"),
        ("Sun", "12:00–21:30"),
    ]
    assert MILL.week_in_words() == [("Mon", "closed"), ("Tue–Sun", "11:30–21:30")]


def test_a_place_is_found_by_the_words_of_a_guest_when_they_name_just_one() -> None:
    assert RESTAURANT.place_named("at the Old Mill, please") is MILL
    assert RESTAURANT.place_named("harbor street") is HARBOUR
    for text in ("", "the harbour or the mill?", "windmills", "downtown"):
        assert RESTAURANT.place_named(text) is None, text


def test_the_only_place_needs_no_name(load: Callable[[str], Restaurant]) -> None:
    corner = load(ONE)
    assert corner.place(None) is corner.places[0]
    assert corner.place("elsewhere") is None
    assert RESTAURANT.place(None) is None


@given(st.integers(1, 60), st.integers(0, 300), st.integers(1, 10))
def test_more_to_cook_never_takes_less_time_and_more_cooks_never_more(items: int, queued: int, cooks: int) -> None:
    kitchen = Kitchen(15, 3, cooks)
    minutes = kitchen.minutes_for(items, queued)
    assert minutes >= 15 + 3 * items / cooks
    assert kitchen.minutes_for(items, queued + 1) >= minutes
    assert Kitchen(15, 3, cooks + 1).minutes_for(items, queued) <= minutes


@pytest.mark.parametrize(
    "old, new, line, words",
    [
        ("name: Corner\n", "nmae: Corner\n", 1, "no key 'nmae'"),
        ("America/New_York", "Mars/Olympus", 7, "is not a time zone"),
        ("sat: closed", "someday: closed", 8, "is not a day"),
        ("18:00-02:00", "6 pm to 2", 8, "write 11:00-22:00"),
        ("  phone:", "  fone:", 6, "no key 'fone'"),
        ('  phone: "+1 207 555 0100"\n', "", 3, "needs the key 'phone'"),
        ("  time_zone", '  tax_percent: "eight"\n  time_zone', 7, "a number like 8.25"),
        ("  time_zone", '  tax_percent: "99"\n  time_zone', 7, "between 0 and 50"),
        ("  time_zone", '  tax_percent: "NaN"\n  time_zone', 7, "between 0 and 50"),
        ("  time_zone", "  exceptions: {christmas: closed}\n  time_zone", 7, "is not a date"),
        ("  time_zone", "  kitchen: {base_min: 1, item_min: 2, cooks: 0}\n  time_zone", 7, "cooks must be between"),
        ("  time_zone", "  kitchen: {base_min: --5, item_min: 2, cooks: 1}\n  time_zone", 7, "a whole number"),
        ("  time_zone", "  delivery: {fee: cheap, zips: []}\n  time_zone", 7, "must look like 5.50"),
        ("  time_zone", "  pickup: perhaps\n  time_zone", 7, "true or false"),
        ("  time_zone", "  tables: [{id: A}]\n  time_zone", 7, "needs the key 'seats'"),
        ("places:\n", "policies: {max_quantity: 0}\nplaces:\n", 2, "between 1"),
        ("  time_zone", "  tables: [{id: A, seats: 2}, {id: A, seats: 4}]\n  time_zone", 7, "'A' stands twice"),
        ("  time_zone", "  tables: [{id: A, seats: 2, x: 3}]\n  time_zone", 7, "both x and y"),
        ("  time_zone", "  tables: [{id: A, seats: 0}]\n  time_zone", 7, "between 1 and 200"),
        ("  time_zone", "  tables: [{id: A, seats: 2}]\n  joins: [[A, B]]\n  time_zone", 8, "no table 'B' to join"),
        ("  time_zone", "  tables: [{id: A, seats: 2}]\n  joins: [[A, A]]\n  time_zone", 8, "two different tables"),
        ("places:\n", "bookings: {stays: {2: 100}}\nplaces:\n", 2, "a multiple of 15"),
        ("places:\n", "bookings: {stays: {some: 90}}\nplaces:\n", 2, "people and minutes"),
        ("places:\n", "bookings: {stays: {}}\nplaces:\n", 2, "at least one entry"),
        ("places:\n", "bookings: {slot_min: 20}\nplaces:\n", 2, "a multiple of 15"),
        ("places:\n", "bookings: {largest_party: 0}\nplaces:\n", 2, "between 1 and 200"),
        ("places:\n", "bookings: {largest: 8}\nplaces:\n", 2, "no key 'largest'"),
    ],
)
def test_a_fault_in_the_file_is_told_with_its_line_and_the_cure(
    load: Callable[[str], Restaurant], old: str, new: str, line: int, words: str
) -> None:
    assert old in ONE
    with pytest.raises(FileError, match=words) as error:
        load(ONE.replace(old, new, 1))
    assert error.value.line == line


def test_two_places_with_one_id_are_refused(load: Callable[[str], Restaurant]) -> None:
    with pytest.raises(FileError, match="stands twice"):
        load(ONE + ONE.partition("places:\n")[2])


def test_a_restaurant_without_places_is_refused(load: Callable[[str], Restaurant]) -> None:
    with pytest.raises(FileError, match="at least one place"):
        load("name: Nowhere\nplaces: []\n")


def test_two_tables_on_one_spot_are_refused_and_tables_without_spots_stand_apart(
    load: Callable[[str], Restaurant],
) -> None:
    with pytest.raises(FileError, match="give one of them another spot"):
        load(ONE + "  tables: [{id: A, seats: 2, x: 1, y: 1}, {id: B, seats: 2, x: 1, y: 1}]\n")
    tables = ", ".join(f"{{id: T{number}, seats: 2}}" for number in range(20))
    place = load(ONE + f"  tables: [{tables}]\n").places[0]
    assert len({(table.x, table.y) for table in place.tables}) == 20


def test_a_place_changes_some_booking_rules_and_keeps_the_rest(load: Callable[[str], Restaurant]) -> None:
    text = ONE.replace("places:\n", "bookings: {stays: {2: 60, 6: 120}, largest_party: 9}\nplaces:\n")
    rules = load(text + "  bookings: {days_ahead: 5}\n").places[0].bookings
    assert (rules.days_ahead, rules.largest_party) == (5, 9)
    assert [rules.stay_min(people) for people in (1, 2, 3, 6, 50)] == [60, 60, 120, 120, 120]
