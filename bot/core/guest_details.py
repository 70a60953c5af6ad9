"""The guest's name, phone, address and way of getting the food, taken from the words of an answer."""

from __future__ import annotations

import re
from collections.abc import Collection

import phonenumbers

_NAME_LEAD = re.compile(
    r"(?i)^(?:(?:uh|um|er|ok|okay|yes|yeah|sure|hi|hello|well)[,.!]?\s+)*"
    r"(?:(?:my name is|my name's|the name is|name is|name's|name:?|(?:it is|it's|its|that's|thats)(?: for)?|this is|i am|i'm|im|"
    r"put it (?:down )?(?:for|under)|under(?: the name(?: of)?)?|call me|for|make it)\s+)?"
)
_NAME_TAIL = re.compile(r"(?i)[\s,]+(?:please|thanks|thank you|here|speaking|is my name)[.!]*$")
_NAME = re.compile(r"[^\W\d_][^\W\d_'’.\-]*(?:[ '’.\-]+[^\W\d_]+[^\W\d_'’.\-]*){0,3}\.?")
_NOT_NAMES = frozenset(
    "yes no yeah nope ok okay sure what why who when how pickup delivery order cancel nothing none thanks please wait "
    "stop help hello hi hey pizza change remove add undo later now asap maybe skip actually instead people table us our "
    "tonight tomorrow is are was can could does did would should it that there we you they at to of with about if".split()
)
_DIGIT_WORDS = {
    "zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_REPEAT = {"double": 2, "triple": 3}
_DELIVERY = re.compile(
    r"(?i)\b(deliver(y|ed|s|ing)?|bring it|to my (house|home|place|door|office|apartment)|drop it off|ship(ped)?)\b"
)
_PICKUP = re.compile(
    r"(?i)\b(pick(ing)?[ -]?(it |that |this |them )?up|pickup|take[ -]?(away|out)|to go|collect(ion|ing)?|"
    r"come (and |to )?(get|by)|carry[ -]?out|i'?ll (get|fetch) it)\b"
)


def find_name(text: str) -> str | None:
    """A name as it would be called out, or None when the words are no name."""
    text = _NAME_TAIL.sub("", _NAME_LEAD.sub("", text.strip(), count=1)).strip(" .,!")
    if len(text) > 40 or not _NAME.fullmatch(text):
        return None
    words = text.lower().split()
    if any(word in _NOT_NAMES for word in words):
        return None
    return text.title() if text == text.lower() or text == text.upper() else text


def find_phone(text: str, region: str = "US") -> str | None:
    """The first possible phone number in the words, in E.164; digits may be spoken ("five five five double oh")."""
    written = spoken_digits(re.sub(r"(?<=\w)[,;]\s+", " ", text))
    for match in phonenumbers.PhoneNumberMatcher(written, region, leniency=phonenumbers.Leniency.POSSIBLE):
        if phonenumbers.is_possible_number(match.number) and len(str(match.number.national_number)) >= 7:
            if len(re.sub(r"\D", "", match.raw_string)) >= 10 or match.raw_string.startswith("+"):
                return str(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    return None


def count_digits(text: str) -> int:
    """How many digits the words hold, written or spoken: a bad number is told what is wrong."""
    return len(re.sub(r"\D", "", spoken_digits(text)))


def spoken_digits(text: str) -> str:
    """ "oh two double seven" → "0277"; other words stay."""
    tokens = re.findall(r"[A-Za-z]+|[^A-Za-z]+", text)
    out: list[str] = []
    repeat = 1
    for token in tokens:
        word = token.lower()
        if word in _REPEAT:
            repeat = _REPEAT[word]
        elif word in _DIGIT_WORDS:
            if out and out[-1].isspace() and len(out) > 1 and out[-2].isdigit():
                out.pop()
            out.append(_DIGIT_WORDS[word] * repeat)
            repeat = 1
        elif repeat > 1 and token.isspace():
            continue
        else:
            if repeat > 1 and (digit := re.match(r"\s*(\d)(?!\d)", token)):
                token = digit[1] * repeat + token[digit.end() :]
            out.append(token)
            repeat = 1
    return "".join(out)


def find_type(text: str) -> str | None:
    """ "pickup" or "delivery", when exactly one of them is said."""
    delivery, pickup = _DELIVERY.search(text), _PICKUP.search(text)
    if bool(delivery) == bool(pickup):
        return None
    return "delivery" if delivery else "pickup"


_TO = r"(?i)^(?:(?:it'?s|my address is|the address is|address is|address:?|deliver (?:it )?to|to|at)\s+)+"


def find_street(text: str) -> str | None:
    """A house number and a street without a zip code: "22 Pine Street"."""
    street = re.sub(_TO, "", text.strip()).strip(" .!")
    return street[:200] if re.match(r"(?i)\d{1,5}[a-z]? +[a-z]{3}|\d{1,5}[a-z]? +[nsew]\b", street) else None


def find_address(text: str, zips: Collection[str]) -> tuple[str, str] | None:
    """(address, zip code) when the words hold a house number, a street and a five-digit code."""
    codes = re.findall(r"(?<!\d)\d{5}(?!\d)", text)
    if not codes:
        return None
    code = next((code for code in codes if code in zips), codes[-1])
    address = re.sub(_TO, "", text.strip()).strip(" .!")
    street = address.replace(code, "")
    if not re.search(r"\d", street) or not re.search(r"[^\W\d_]{3}", street):
        return None
    return address[:200], code
