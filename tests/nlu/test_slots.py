"""What is said about a booking becomes values: people, dates, times and names. The clock is a Friday at six."""

import json
import sys
from datetime import date, datetime, time
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.__main__ import main
from nlu.calendar_dates import find_date
from nlu.clock_times import find_time
from nlu.party import count_people
from nlu.slot_tagger import SLOTS, allowed, best_spans, tokens
from nlu.slots import SlotReader, load_slot_reader
from nlu.spoken_numbers import as_digits

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=ZONE)
VALUES = [json.loads(row) for row in (Path(__file__).parent / "slot_values.jsonl").read_text("utf-8").splitlines()]


def open_at(moment: datetime) -> bool:
    return 11 <= moment.hour < 22


def value_of(slot: str, text: str) -> Any:
    if slot == "people":
        return count_people(text)
    found = find_date(text, NOW) if slot == "date" else find_time(text, NOW, None, open_at)
    return found and found.isoformat()[: 10 if slot == "date" else 5]


@pytest.mark.parametrize("row", VALUES, ids=lambda row: f"{row['slot']}: {row['text']}")
def test_words_mean_what_was_labelled_by_hand(row: dict[str, Any]) -> None:
    assert value_of(row["slot"], row["text"]) == row["value"]


@given(st.text() | st.lists(st.sampled_from([row["text"] for row in VALUES]), max_size=4).map(" ".join))
def test_any_words_give_a_value_or_none(text: str) -> None:
    for slot in ("people", "date", "time"):
        value_of(slot, text)
    assert isinstance(as_digits(text), str)


@pytest.mark.parametrize(
    "now, friday",
    [
        (datetime(2026, 11, 19, 23, 59), date(2026, 11, 27)),
        (datetime(2026, 11, 20, 0, 1), date(2026, 11, 27)),
        (datetime(2026, 11, 21, 0, 1), date(2026, 11, 27)),
        (datetime(2026, 11, 22, 23, 59), date(2026, 11, 27)),
        (datetime(2026, 11, 23, 0, 0), date(2026, 12, 4)),
    ],
)
def test_next_friday_is_that_of_next_week_on_either_side_of_midnight(now: datetime, friday: date) -> None:
    assert find_date("next friday", now) == friday


def test_hours_from_now_are_real_hours_where_the_clocks_change() -> None:
    before = datetime(2026, 10, 31, 23, 30, tzinfo=ZONE)  # at two in the night the clock goes back an hour
    assert find_time("in three hours", before) == time(1, 30)
    assert find_date("in three hours", before) == date(2026, 11, 1)
    spring = datetime(2027, 3, 14, 1, 30, tzinfo=ZONE)
    assert find_time("in one hour", spring) == time(3, 30)


def test_the_last_day_of_a_year_and_of_february() -> None:
    assert find_date("the 1st", datetime(2026, 12, 31, 12)) == date(2027, 1, 1)
    assert find_date("feb 29", datetime(2027, 6, 1)) == date(2028, 2, 29)
    assert find_date("the 30th", datetime(2027, 2, 1)) == date(2027, 3, 30)


def test_a_time_without_half_is_the_one_inside_opening_hours() -> None:
    assert find_time("9", NOW, None, lambda moment: 7 <= moment.hour < 12) == time(9)
    assert find_time("9", NOW, None, lambda moment: 7 <= moment.hour) == time(21)
    assert find_time("9", NOW, None, lambda moment: False) == time(21)
    assert find_time("9", NOW, None, lambda moment: moment.date() == date(2026, 11, 20)) == time(21)
    assert find_time("9", NOW, None, open_at, around="for breakfast at, please") == time(9)


@pytest.fixture(scope="module")
def reader() -> SlotReader:
    return load_slot_reader()


@pytest.mark.parametrize(
    "text, requested, people, day, clock, name",
    [
        ("table for two tomorrow at 7, John Smith", [], 2, date(2026, 11, 21), time(19), "John Smith"),
        ("seven thirty", ["time"], None, None, time(19, 30), None),
        ("me and four friends", ["people"], 5, None, None, None),
        ("next friday at 9 in the evening for 6 people", [], 6, date(2026, 11, 27), time(21), None),
        ("party of 4 on february 30th", [], 4, None, None, None),
        ("hello there", [], None, None, None, None),
        ("", ["date"], None, None, None, None),
        ("?!", [], None, None, None, None),
    ],
)
def test_an_utterance_is_read_at_once(
    reader: SlotReader,
    text: str,
    requested: list[str],
    people: int | None,
    day: date | None,
    clock: time | None,
    name: str | None,
) -> None:
    slots = reader.read(text, requested, NOW, open_at)
    assert (slots.people, slots.date, slots.time) == (people, day, clock)
    assert (f"{slots.first_name} {slots.last_name}" if slots.first_name else None) == name


def test_what_cannot_be_resolved_keeps_its_words(reader: SlotReader) -> None:
    slots = reader.read("can I book for february 30th", [], NOW, open_at)
    assert slots.words == {"date": "february 30th"} and slots.date is None


def test_a_bare_number_is_what_was_asked_for(reader: SlotReader) -> None:
    assert reader.read("4", ["people"], NOW, open_at).people == 4
    assert reader.read("8", ["time"], NOW, open_at).time == time(20)


def test_a_bare_name_is_the_one_that_was_asked_for(reader: SlotReader) -> None:
    for name in ("Denver", "Rosalind", "Smith"):
        assert reader.read(name, ["first_name"], NOW).words == {"first_name": name}
        assert reader.read(name, ["last_name"], NOW).words == {"last_name": name}


def test_long_texts_and_odd_signs_are_read_without_an_error(reader: SlotReader) -> None:
    for text in ("a table for two " * 500, "\0\ud83d\ude00 für 2 ☃", "1" * 3000, "\n\t"):
        assert set(reader.read(text, [], NOW, open_at).words) <= set(SLOTS)


def test_spans_run_forwards_and_absence_can_win() -> None:
    import numpy as np

    words = tokens("for two at 7")
    scores = np.zeros((2, len(SLOTS), 4, 4), np.float32)
    scores[:, :, 3, 0] = 9  # ends before it begins
    scores[:, 0, 1, 1] = 5
    scores[0, 1, 3, 3] = 2  # one model alone is not enough
    scores[:, 2, 3, 3] = 1.5  # nor is little more than absence, unless it was asked for
    absent = np.ones((2, len(SLOTS)), np.float32)
    assert best_spans(words, [], scores, absent) == {"people": (4, 7)}
    assert best_spans(words, ["time"], scores, absent) == {"people": (4, 7), "time": (11, 12)}
    assert not allowed(30)[0, 29]


def command(
    given: bytes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, list[Any]]:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given)))
    status = main(["slots", "--now", "2026-11-20T18:00", *more])
    return status, [json.loads(row) for row in capsys.readouterr().out.splitlines()]


def test_the_command_prints_a_line_for_each_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given = b'{"text": "for two at 7", "requested": []}\n\n{"text": "8"}\n'
    status, rows = command(given, monkeypatch, capsys)
    assert status == 0 and len(rows) == 3
    assert rows[0]["values"] == {"people": 2, "time": "19:00"} and rows[1] == {"text": "", "slots": {}, "values": {}}


def test_a_faulty_line_is_an_error_line_and_the_others_still_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [
        b"x",
        b"[]",
        b'{"text": 5}',
        b'{"text": "a", "requested": ["colour"]}',
        b'{"text": "a", "requested": "date"}',
        b"\xff",
    ]
    status, rows = command(b"\n".join([*faults, b'{"text": "for two"}']), monkeypatch, capsys)
    assert status == 1 and ["error" in row for row in rows] == [True] * 6 + [False]


@pytest.mark.parametrize("option", [("--now", "soon"), ("--open", "always")])
def test_a_bad_option_is_refused(
    option: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(["slots", *option])
    assert leaving.value.code and "write" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words, people",
    [
        ("for three no four people", 4),
        ("two sorry three", 3),
        ("3 adults and no kids", 3),
        ("four and one of them is a baby", 4),
    ],
)
def test_the_number_of_people_that_is_said_last_counts(words: str, people: int) -> None:
    assert count_people(words) == people
