"""A phone number's way to a text: what was read, typed or said is a candidate; only a confirmed number can be texted."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

from bot.core.privacy import mask_phone

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_COUNTRY = re.compile(r"[\s(]*\+")


class NotANumber(ValueError):
    """What was written cannot be a phone number; the message is a sentence for the guest."""


class NotConfirmed(ValueError):
    """A confirmation that does not name the candidate that it was asked about."""


@dataclass(frozen=True)
class ConfirmedNumber:
    """A number in E.164 that the guest has said yes to. Whatever sends a text asks for this type.

    It comes from ``Candidate.confirmed``, or from a row that was stored with such a number.
    """

    e164: str

    def __post_init__(self) -> None:
        if not _E164.fullmatch(self.e164):
            raise NotANumber("a confirmed number is written in E.164")

    @property
    def masked(self) -> str:
        """For logs and boards: the country and the last two digits."""
        return mask_phone(self.e164)

    def __repr__(self) -> str:
        return f"ConfirmedNumber({self.masked})"

    def __str__(self) -> str:
        return self.masked


@dataclass(frozen=True)
class Candidate:
    """A number that could be the guest's.

    shown: as it is put before the guest, in the groups of its country. plausible: the numbering plan has such a
    number; where it has not, the guest is asked once more, never overruled.
    """

    e164: str
    shown: str
    plausible: bool

    @staticmethod
    def of(written: str, region: str) -> Candidate:
        """From digits as read or typed; without a country code they are a number of this region.

        Raises:
            NotANumber: too short, too long, or no digits.
        """
        digits = re.sub(r"\D", "", written[:60])
        if not digits:
            raise NotANumber("There is no number yet.")
        plus = "+" if _COUNTRY.match(written) else ""
        try:
            number = phonenumbers.parse(plus + digits, region)
        except phonenumbers.NumberParseException:
            raise NotANumber(f"{len(digits)} digits do not make a phone number here.") from None
        reason = phonenumbers.is_possible_number_with_reason(number)
        e164 = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
        if reason != phonenumbers.ValidationResult.IS_POSSIBLE or not _E164.fullmatch(e164):
            raise NotANumber(f"{len(digits)} digits do not make a phone number here.")
        at_home = number.country_code == phonenumbers.country_code_for_region(region)
        style = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
        return Candidate(e164, str(phonenumbers.format_number(number, style)), phonenumbers.is_valid_number(number))

    def confirmed(self, by: str) -> ConfirmedNumber:
        """The guest's yes to exactly this number: ``by`` is the E.164 number that stood on the page.

        Raises:
            NotConfirmed: the guest saw another number.
        """
        if by != self.e164:
            raise NotConfirmed("That is not the number that was shown. Please look at it once more.")
        return ConfirmedNumber(self.e164)


def confirmed_from_row(e164: str | None) -> ConfirmedNumber | None:
    """A stored number that was confirmed before it was stored; None when there is none."""
    return ConfirmedNumber(e164) if e164 and _E164.fullmatch(e164) else None


def region_of(phone: str) -> str:
    """The region of a number written with its country code, "US" for +1 207 555 0142 and where it cannot be told."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone, None)) or "US"
    except phonenumbers.NumberParseException:
        return "US"
