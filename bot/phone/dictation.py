"""A phone number as people dictate it: in groups, with "double", with corrections, over several breaths."""

from __future__ import annotations

import re

from bot.core.guest_details import spoken_digits
from nlu.spoken_numbers import as_digits

COMPLETE = 10  # digits of a national number
_TEENS = {
    word: str(number)
    for number, word in enumerate(
        "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(), start=10
    )
}
_TENS = {
    word: str(number) for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_CORRECTION = re.compile(
    r"\b(?:no wait|wait no|no sorry|sorry no|i mean|i meant|make that|correction|sorry|no|wait|not)\b"
)
_RESTART = re.compile(r"\b(?:start (?:over|again)|from the (?:top|beginning|start)|let me start)\b")


def digits_in(text: str) -> list[str]:
    """The groups of digits in the words, in order: "five five five oh one" is one group, a pause mark starts another."""
    words = re.sub(r"\b(hundred)\b", "zero zero", text.lower())
    words = re.sub(rf"\b({'|'.join(_TENS)})[ -](one|two|three|four|five|six|seven|eight|nine)\b", _tens_and_one, words)
    words = re.sub(rf"\b({'|'.join(_TENS)})\b", lambda match: f"{_TENS[match[1]]}0", words)
    words = re.sub(rf"\b({'|'.join(_TEENS)})\b", lambda match: _TEENS[match[1]], words)
    written = re.sub(r"(?<=\d)[ .()-]+(?=\d)", " ", spoken_digits(words))
    return [group.replace(" ", "") for group in re.findall(r"\d(?:[\d ]*\d)?", written)]


def dictated(texts: list[str]) -> str:
    """All digits so far, out of what was said in each breath.

    After a correction the new group takes the place of the last digits: as many as it has itself ("... five five six,
    no, five six six"), more when the number would get too long. "Start over" forgets what came before; a whole number
    said again counts alone.
    """
    number = ""
    for text in texts:
        lower = text.lower()
        if restart := list(_RESTART.finditer(lower)):
            number, lower = "", lower[restart[-1].end() :]
        parts = _CORRECTION.split(lower)
        for at, part in enumerate(parts):
            said = "".join(digits_in(part))
            if not said:
                continue
            if len(said) >= COMPLETE:
                number = said
            elif at and number:
                over = len(number) + len(said) > COMPLETE
                number = number[: max(0, COMPLETE - len(said) if over else len(number) - len(said))] + said
            else:
                number += said
    return number[1:] if len(number) == COMPLETE + 1 and number.startswith("1") else number


_DIGITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NUMBER = rf"(?:{'|'.join([*_TENS, *_TEENS])}|zero|oh|{'|'.join(_DIGITS)})"
_HOUSE = re.compile(  # a house number said in several: "fifteen forty", "two oh five"
    r"^((?:(?:it'?s|to|at|deliver|it|bring|my|the|address|is|i|live) )*)"
    rf"({_NUMBER}(?: {_NUMBER})+) (?=[a-z])(?!hundred|{_NUMBER})"
)


_ADDRESS = re.compile(
    rf"^(?:[\w']+ )*?{_NUMBER}\b.* (?:[a-z']{{4,}}|in|is|zip|st|rd|ave|ln|dr) (?:(?:oh|o|zero|{'|'.join(_DIGITS)})(?: |$)){{5}}(?:please|thanks|thank you)?$"
)


def is_address(text: str) -> bool:
    """Whether the words are a house number, a street and five single digits, whatever was asked."""
    return _ADDRESS.search(text) is not None and len(dictated([text])) < COMPLETE


def written_address(text: str) -> str:
    """An address as it is written: "forty four pine street oh four one nine eight" is "44 pine street 04198"."""
    text = _HOUSE.sub(lambda match: f"{match[1]}{''.join(digits_in(match[2]))} ", text)
    text = re.sub(r"\bdouble (oh|o|zero|one|two|three|four|five|six|seven|eight|nine)\b", r"\1 \1", text)
    written = as_digits(text)
    single = re.compile(r"\b(?:(?:oh|o|zero|\d)(?: |$)){5}(?!\d)")
    return single.sub(lambda match: "".join(digits_in(match[0])) + " ", written).strip()


def _tens_and_one(match: re.Match[str]) -> str:
    return _TENS[match[1]] + spoken_digits(match[2])
