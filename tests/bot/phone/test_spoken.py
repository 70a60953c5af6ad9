"""What a voice reads: no figures, no marks, every price, time and number as people say it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.spoken import clock, number, phone, pieces, plain, price
from bot.core.spoken_wording import SPOKEN_FORMS
from bot.core.wording import FORMS

WORDS = {number(n): n for n in range(1000)}


@given(st.text(max_size=200))
def test_nothing_is_left_that_a_voice_would_spell(text: str) -> None:
    said = plain(text)
    assert not re.search(r"[*_#|<>\[\]{}~^\\\n$€£×]", said)
    assert not re.search(r"[0-9]", said)


@given(st.integers(0, 999), st.integers(0, 99))
def test_every_price_can_be_heard_back(whole: int, cents: int) -> None:
    said = plain(f"That is ${whole}.{cents:02d}.")
    words = said.removeprefix("That is ").rstrip(".")
    if "dollar" in words:
        dollars, _, rest = re.sub(r"dollars?", "|", words).partition("|")
        found = WORDS[dollars.strip()] * 100 + (WORDS[re.sub(r"and | cents?", "", rest).strip()] if rest.strip() else 0)
    else:
        found = WORDS[re.sub(r" cents?", "", words)]
    assert found == whole * 100 + cents


@given(st.integers(0, 10**12))
def test_every_number_has_words_of_its_own(value: int) -> None:
    assert number(value) != number(value + 1)


@given(st.text("0123456789", min_size=10, max_size=10))
def test_a_phone_number_is_read_digit_by_digit_in_three_groups(written: str) -> None:
    said = phone(written)
    assert said.count(",") == 2
    names = "oh one two three four five six seven eight nine".split()
    assert "".join(str(names.index(word)) for word in said.replace(",", "").split()) == written


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("6:40 pm", "six forty p m"),
        ("6:05 pm.", "six oh five p m."),
        ("18:30", "six thirty p m"),
        ("12:00 am", "twelve a m"),
        ("7 pm", "seven p m"),
        ("call +12075550123", "call two oh seven, five five five, oh one two three"),
        ("$12.50", "twelve dollars fifty"),
        ("$1.05", "one dollar and five cents"),
        ("$0.80", "eighty cents"),
        ("on Nov 26", "on November twenty sixth"),
        ("Mon-Thu 11:00-22:00", "Monday to Thursday eleven a m to ten p m"),
        ("Your order number is **101**.", "Your order number is one hundred and one."),
        ("04199", "oh four one nine nine"),
        ("2 × Cola (large, no ice)", "two Cola, large, no ice"),
    ],
)
def test_read_as_people_say_it(written: str, said: str) -> None:
    assert plain(written) == said


def test_an_order_is_read_back_in_pieces_that_an_ear_can_follow() -> None:
    text = (
        "Let me read it back:\n- 2 × Margherita (large, no basil)\n- 1 × Cola\n\nThe total is $41.58. Shall I place it?"
    )
    assert pieces(text) == [
        "Let me read it back.",
        "two Margherita, large, no basil.",
        "one Cola.",
        "The total is forty one dollars fifty eight.",
        "Shall I place it?",
    ]


@given(st.text(max_size=600))
def test_pieces_lose_no_word_and_stay_short(text: str) -> None:
    found = pieces(text)
    assert " ".join(found).split() == plain(text).split()
    assert all(len(piece) <= 160 or " " not in piece[40:160] for piece in found)


@given(st.integers(0, 23), st.integers(0, 59))
def test_no_two_times_sound_alike(hour: int, minute: int) -> None:
    others = {clock(h, m, None) for h in range(24) for m in range(60) if (h, m) != (hour, minute)}
    assert clock(hour, minute, None) not in others


def test_words_for_callers_are_forms_that_the_chat_knows_and_hold_the_same_facts() -> None:
    told_later = {"subtotal", "pay", "phone", "place"}
    for kind, forms in SPOKEN_FORMS.items():
        for form in forms:
            facts = set(re.findall(r"{(\w+)}", form))
            known = set(re.findall(r"{(\w+)}", FORMS[kind][0]))
            assert facts <= known, kind
            assert known - facts <= told_later, kind


def test_a_price_in_pounds_has_pence() -> None:
    assert price("£", 0, 50) == "fifty pence"
