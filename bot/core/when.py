"""The time at which a guest wants the food, from words like "half past seven", "in 20 minutes", "tomorrow at noon"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.core.restaurant import Place
from nlu.moment_words import AM_PM, EVENING, NOON, near_day

_NUMBERS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50}
_ASAP = re.compile(
    r"\b(asap|as soon as (possible|you can|it'?s ready)|right (now|away)|now|soonest|whenever|quick(ly|est)?)\b"
)
_CLOCK = re.compile(rf"\b(\d{{1,2}})(?:[:.h](\d{{2}}))?\s*({AM_PM})?(?:\s*o'?clock)?")


def wants_asap(text: str) -> bool:
    return _ASAP.search(text.lower()) is not None


def parse_when(text: str, now: datetime, place: Place) -> datetime | None:
    """The moment meant, local to the place; None when the words name no time.

    A time without am or pm is the next one inside opening hours, or simply the next one when there is none.
    """
    words = _digits(text.lower())
    local = place.local(now)
    if match := re.search(r"\bin (?:about )?(?:an?|(\d{1,3})) (minute|min|hour|hr)s?\b", words):
        count = int(match[1] or 1)
        return local + timedelta(minutes=count * (60 if match[2].startswith("h") else 1))
    if re.search(r"\bin half an hour\b", words):
        return local + timedelta(minutes=30)
    minutes = _minute_of_day(words)
    if minutes is None:
        return None
    named = near_day(words, local.date())
    day, certain = local + ((named or local.date()) - local.date()), named is not None
    candidates = []
    for minute in minutes:
        moment = day.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
        if moment <= local and not certain:
            moment += timedelta(days=1)
        candidates.append(moment)
    candidates.sort()
    upcoming = [moment for moment in candidates if moment > local] or candidates
    return next((moment for moment in upcoming if place.open_at(moment)), upcoming[0])


def _minute_of_day(words: str) -> list[int] | None:
    """The minutes after midnight that the words can mean: both halves of the day when neither is said."""
    if re.search(rf"\b{NOON}\b", words):
        return [720]
    if re.search(r"\bmidnight\b", words):
        return [0]
    if match := re.search(r"\b(half|quarter|(\d{1,2})(?: minutes?)?) (past|after|to|before) (\d{1,2})\b", words):
        shift = {"half": 30, "quarter": 15}.get(match[1]) or int(match[2] or 0)
        hour, minute = int(match[4]), shift
        if match[3] in ("to", "before"):
            hour, minute = hour - 1, 60 - shift
        half = re.search(rf"\b{AM_PM}", words)
        return _halves(hour, minute, half[0][0] if half else None, words)
    if match := re.search(rf"\b(\d{{1,2}}) (\d{{2}})\b(?:\s*({AM_PM}))?", words):
        if int(match[1]) <= 24 and int(match[2]) < 60:
            return _halves(int(match[1]), int(match[2]), match[3] and match[3][0], words)
    for match in _CLOCK.finditer(words):
        hour, minute = int(match[1]), int(match[2] or 0)
        if hour <= 24 and minute < 60:
            return _halves(hour, minute, match[3][0] if match[3] else None, words)
    return None


def _halves(hour: int, minute: int, half: str | None, words: str) -> list[int] | None:
    if not (0 <= hour <= 24 and 0 <= minute < 60):
        return None
    hour %= 24
    if half is None and re.search(rf"\b{EVENING}\b", words):
        half = "p"
    elif half is None and re.search(r"\bmorning\b", words):
        half = "a"
    if hour > 12 or (hour == 0 and half is None):
        return [hour * 60 + minute]
    base = hour % 12 * 60 + minute
    return {"a": [base], "p": [base + 720], None: [base, base + 720]}[half]


def _digits(text: str) -> str:
    """Number words as digits: "seven thirty" → "7 30", "twenty five" → "25"."""
    words = re.findall(r"[a-z']+|\d+|[^\w\s]+|\s+", text.replace("-", " "))
    out: list[str] = []
    for word in words:
        number = _NUMBERS.get(word)
        if number is None:
            out.append(word)
            continue
        tens = len(out) >= 2 and out[-1].isspace() and out[-2] in ("20", "30", "40", "50")
        if tens and 0 < number < 10:
            out[-2:] = [str(int(out[-2]) + number)]
        else:
            out.append(str(number))
    return "".join(out)
