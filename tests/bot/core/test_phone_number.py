"""What may become a number that is texted, and that it is not written into logs."""

from __future__ import annotations

import pytest

from bot.core.phone_number import Candidate, ConfirmedNumber, NotANumber, NotConfirmed, confirmed_from_row


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("2075550123", "+12075550123"),
        ("(207) 555-0123", "+12075550123"),
        ("1 207 555 0123", "+12075550123"),
        ("+44 20 7946 0958", "+442079460958"),
        ("(+44) 20 7946 0958", "+442079460958"),
        ("0000000000", "+10000000000"),
    ],
)
def test_a_number_is_kept_as_written_in_e164(written: str, e164: str) -> None:
    assert Candidate.of(written, "US").e164 == e164


@pytest.mark.parametrize(
    "written", ["", "   ", "call me", "555", "5550123", "123456789012345", "+", "+999999999999999", "9" * 500, "１２"]
)
def test_what_cannot_be_a_number_is_told_in_words(written: str) -> None:
    with pytest.raises(NotANumber, match="number"):
        Candidate.of(written, "US")


def test_the_numbering_plan_is_a_hint_and_overrules_nothing() -> None:
    assert Candidate.of("2075550123", "US").plausible
    odd = Candidate.of("1115550123", "US")
    assert not odd.plausible and odd.confirmed(odd.e164).e164 == "+11115550123"


def test_a_confirmation_answers_the_exact_number_it_was_asked_about() -> None:
    candidate = Candidate.of("207 555 0123", "US")
    assert candidate.shown == "(207) 555-0123"
    assert candidate.confirmed("+12075550123") == ConfirmedNumber("+12075550123")
    for other in ("+12075550124", "2075550123", "", "yes"):
        with pytest.raises(NotConfirmed):
            candidate.confirmed(other)


@pytest.mark.parametrize(
    "e164", ["2075550123", "+0123456789", "+1207555012x", "+12345", "+1234567890123456", "", "+1207555\n"]
)
def test_only_e164_is_a_confirmed_number(e164: str) -> None:
    with pytest.raises(NotANumber):
        ConfirmedNumber(e164)
    assert confirmed_from_row(e164) is None


def test_printing_a_confirmed_number_shows_its_last_two_digits_only() -> None:
    number = ConfirmedNumber("+12075550123")
    for printed in (str(number), repr(number), f"{number}", f"{[number]}"):
        assert "23" in printed and "0123" not in printed and "555" not in printed
