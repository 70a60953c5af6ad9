"""What texts say and when; what replies mean."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.core import texts
from bot.core.texts import COMING, GIVE_UP, HELP, LATE, OPT_IN, OPT_OUT, OTHER, TEMPLATES, read_reply
from tests.bot.parts import EVENING, HARBOUR, RESTAURANT

FACTS = {
    "people": 4, "hold": 10, "minutes": 15, "number": 101, "address": HARBOUR.address, "day": "tomorrow",
    "time": "7:30 pm", "words": "Hi, this is Jo.",
}  # fmt: skip


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_text_says_who_writes_and_fits_two_segments_of_plain_letters(template: str) -> None:
    words = texts.body(template, RESTAURANT, HARBOUR, name="Ada", **FACTS)
    assert words.startswith("Olive & Ember, Harbour Street: ")
    assert len(words) <= 306 and words.isascii() and "{" not in words


def test_no_text_asks_the_guest_to_write_a_word_that_the_carrier_takes_as_leaving() -> None:
    for template in TEMPLATES.values():
        said = template.form.replace("Opt out: STOP", "")
        assert not {"STOP", "CANCEL", "END", "QUIT", "YES", "UNSUBSCRIBE"} & set(said.upper().replace(".", " ").split())


def test_what_a_guest_began_ends_with_how_to_leave() -> None:
    for name in (texts.TABLE_READY, texts.RUNNING_LATE, texts.ORDER_READY, texts.REMINDER, texts.FEEDBACK):
        assert TEMPLATES[name].form.endswith("Opt out: STOP")


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Ada", "Ada, your"),
        ("Mary-Jane O'Neil", "Mary-Jane O'Neil, your"),
        ("Zoë", "Zoë, your"),
        ("evil.example/x", "evil, your"),
        ("http://evil.example", "http, your"),
        ("{0} %s", ": your"),
        ("12345", ": your"),
        ("", ": your"),
        (None, ": your"),
    ],
)
def test_a_name_is_greeted_and_nothing_in_it_is_a_link_or_a_form(name: str | None, greeted: str) -> None:
    words = texts.body(texts.TABLE_READY, RESTAURANT, HARBOUR, name=name, people=2, hold=10)
    assert greeted in words and "example" not in words


def test_braces_and_lines_in_a_fact_stay_as_they_are_on_one_line() -> None:
    assert texts.body(texts.STAFF, RESTAURANT, HARBOUR, words="a\n{b}\x20 c").endswith(": a {b} c")


@pytest.mark.parametrize(
    ("hour", "day", "at"), [(7, 0, 8), (8, 0, None), (20, 0, None), (21, 1, 8), (23, 1, 8), (0, 0, 8)]
)
def test_what_can_wait_is_sent_in_the_day_of_the_place(hour: int, day: int, at: int | None) -> None:
    now = EVENING.replace(hour=hour)
    expected = now if at is None else now.replace(hour=at) + timedelta(days=day)
    seen_from_elsewhere = now.astimezone(tz=None)
    assert texts.send_at(texts.REMINDER, HARBOUR, RESTAURANT.policies, seen_from_elsewhere) == expected
    assert texts.send_at(texts.TABLE_READY, HARBOUR, RESTAURANT.policies, now) == now


def test_the_night_ends_at_the_same_hour_when_the_clocks_change() -> None:
    night = datetime(2026, 10, 31, 23, 30, tzinfo=HARBOUR.zone)
    morning = texts.send_at(texts.REMINDER, HARBOUR, RESTAURANT.policies, night)
    assert (morning.day, morning.hour, morning.utcoffset()) == (1, 8, timedelta(hours=-5))


def test_a_ready_table_is_not_news_after_an_hour() -> None:
    assert texts.is_stale(texts.TABLE_READY, EVENING, EVENING + timedelta(hours=1))
    assert not texts.is_stale(texts.FEEDBACK, EVENING, EVENING + timedelta(hours=1))


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        *((word, OPT_OUT) for word in (
            "STOP", "stop.", " Stop! ", "STOPALL", "unsubscribe", "CANCEL", "End", "QUIT", "revoke", "Opt out",
            "stop texting me", "Please stop sending me messages", "don't text me again", "Do not contact us anymore",
            "no more texts please", "unsubscribe me",
        )),
        *((word, OPT_IN) for word in ("START", "unstop", "Start.")),
        *((word, HELP) for word in ("HELP", "help?", "info")),
        *((word, COMING) for word in (
            "1", "On my way", "on my way!", "We're on our way", "OMW", "ok, coming", "I'm coming", "Almost there!",
            "we'll be right there", "Thanks, on our way", "yes on my way", "here",
        )),
        *((word, LATE) for word in (
            "2", "10 minutes late", "Ten minutes late", "10 min late", "running late", "we're running 5 minutes late",
            "Sorry, running a bit late", "late", "10 mins", "need 10 more minutes", "We will be about ten minutes late",
        )),
        *((word, GIVE_UP) for word in (
            "3", "give up my place", "Give up", "we give up our table", "Not coming", "sorry, we can't make it",
            "we won't come anymore", "cancel my table", "Take me off the list",
        )),
        *((word, OTHER) for word in (
            "", "yes", "YES", "no", "stop by later?", "can we stay at the bar until then?", "4", "123", "is it late?",
            "how late are you open", "can you cancel the wine", "we are here since an hour and nobody comes",
            "30 minutes late", "the food was late and cold", "one of us is coming later", "help me, she can't breathe",
            "🎉", "x" * 5000, "start without us", "it came to an end", "dont", "it was great, thanks",
        )),
    ],
)  # fmt: skip
def test_what_a_reply_means(words: str, meaning: str) -> None:
    assert read_reply(words) == meaning


def test_yes_brings_back_only_somebody_who_had_left() -> None:
    assert read_reply("Yes", opted_out=True) == OPT_IN
    assert read_reply("Yes") == OTHER


def test_days_and_hours_are_said_as_people_do() -> None:
    local = HARBOUR.local(EVENING)
    assert texts.day_in_words(local, local) == "today"
    assert texts.day_in_words(local + timedelta(days=1), local) == "tomorrow"
    assert texts.day_in_words(local + timedelta(days=2), local) == "on Sunday"
    assert texts.hour_in_words(local) == "6:00 pm"
    assert texts.hour_in_words(local.replace(hour=0, minute=5)) == "12:05 am"
