"""A telephone's keys in place of words that the line swallows: choices by number, dishes by their first letters.

The letters are those of ITU-T E.161, as on every keypad; directories have long been searched by them.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence

from bot.core import spoken

LETTERS = 4  # of a dish, that are asked for
MOST_CHOICES = 8  # more than that no caller sits through
_KEYS = {
    letter: key for key, letters in zip("23456789", "abc def ghi jkl mno pqrs tuv wxyz".split()) for letter in letters
}


def keys_of(name: str) -> str:
    """The keys that carry the letters of a name; all else in it is passed over."""
    return "".join(_KEYS.get(letter, "") for letter in spoken.plain(name).lower())


def spelled(keys: str, menu: Mapping[str, Sequence[str]]) -> list[str]:
    """The ids of the dishes that have a name which begins with the letters on these keys."""
    return [dish for dish, names in menu.items() if any(keys_of(name).startswith(keys) for name in names)]


def menu_of(choices: Sequence[str]) -> str:
    """The sentence that tells which key is for what: "For small press one, for large press two."."""
    parts = [f"for {choice.lower().rstrip('.!?')} press {spoken.number(at)}" for at, choice in enumerate(choices, 1)]
    return f"{', '.join(parts)}.".capitalize()


def moment_of(keys: str, asked: str) -> str | None:
    """A time or a date in words: "730" is "7:30", "1125" is "November 25"; None where the keys are neither."""
    if asked == "time" and (time := re.fullmatch(r"(1[0-2]|[1-9])([0-5]\d)", keys)):
        return f"{time[1]}:{time[2]}"
    if asked == "date" and (date := re.fullmatch(r"(1[0-2]|0?[1-9])([0-2]\d|3[01])", keys)):
        return f"{calendar.month_name[int(date[1])]} {int(date[2])}"
    return None
