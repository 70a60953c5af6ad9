"""The date that a guest means: "tomorrow", "next Friday", "the 24th", "24 August", "in 3 days", "Christmas Eve".

Dates without a year lie ahead. A date that does not exist, that has passed or that contradicts its weekday is None.
Digits alone are month/day as in the US, unless only day/month makes sense; with dots the day is first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from dateutil.easter import easter
from dateutil.relativedelta import TH, relativedelta

from nlu.moment_words import AM_PM
from nlu.spoken_numbers import as_digits

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"\b(mon|tue|wed|thu|fri|sat|sun)(?:s|rs|urs|nes|ur|r|n|nesday|rsday|ursday|urday|sday|day)?\b\.?(?!')"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|tember|t|ober|ember)?\b\.?"
_YEAR = r"(?:,? ?\b((?:19|20)\d\d|'\d\d)\b(?! ?(?:pm|am|people|guests)))?"
_DAY = rf"(?<![\d:.])(\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]\d|/| ?{AM_PM}| (?:people|of us|guests|persons|pax|days|weeks|o'clock))"
_LONGEST_AHEAD = 3660  # days


def find_date(text: str, now: datetime) -> date | None:
    """The date named in ``text``, seen from ``now``; None when there is none, or none that can be meant."""
    words = re.sub(r"\s+", " ", as_digits(text))
    today = now.date()
    if beside := re.search(r"\b(?:day|night|evening) (before|after) (?!tomorrow|tmrw|tmw|yesterday)(.+)", words):
        base = find_date(beside[2], now)
        return base + timedelta(-1 if beside[1] == "before" else 1) if base else None
    for reader in (_absolute, _holiday, _from_now, _weekday, _day_of_month, _today):
        found, answered = reader(words, now)
        if answered:
            return found if found is not None and today <= found <= today + timedelta(_LONGEST_AHEAD) else None
    return None


_Reading = tuple["date | None", bool]


def _absolute(words: str, now: datetime) -> _Reading:
    if match := re.search(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\b", words):
        return _checked(words, _date(int(match[1]), int(match[2]), int(match[3]))), True
    if match := re.search(
        rf"(?<![\d:])(\d{{1,2}})([/.-])(\d{{1,2}})(?:\2(\d{{4}}|\d{{2}}))?(?![\d:/])(?! ?{AM_PM})", words
    ):
        first, second = int(match[1]), int(match[3])
        day_first = (match[2] == "." and second <= 12) or (first > 12 >= second)
        month, day = (second, first) if day_first else (first, second)
        if match[4] or match[2] == "/":
            return _in_year(words, now, month, day, match[4])
    if match := re.search(rf"{_DAY}(?: day)?(?: of)?,? ?{_MONTH}{_YEAR}", words):
        return _in_year(words, now, _MONTHS.index(match[2]) + 1, int(match[1]), match[3])
    if match := re.search(rf"{_MONTH},? ?(?:the )?{_DAY}{_YEAR}", words):
        return _in_year(words, now, _MONTHS.index(match[1]) + 1, int(match[2]), match[3])
    return None, False


def _in_year(words: str, now: datetime, month: int, day: int, year: str | None) -> _Reading:
    if year:
        number = int(year.strip("'"))
        return _checked(words, _date(number + 2000 if number < 100 else number, month, day)), True
    this = _date(now.year, month, day)
    ahead = this if this is not None and this >= now.date() else _date(now.year + 1, month, day)
    if ahead is None or (ahead.year > now.year and _checked(words, ahead) is None):
        return None, True
    return _checked(words, ahead), True


def _checked(words: str, found: date | None) -> date | None:
    """None when a weekday is said as well and it is not that day's."""
    said = re.search(_WEEKDAY, words)
    if found is None or (said and _WEEKDAYS.index(said[1]) != found.weekday()):
        return None
    return found


_HOLIDAYS: tuple[tuple[str, Callable[[int], date]], ...] = (
    (r"\b(christmas|xmas) eve\b", lambda year: date(year, 12, 24)),
    (r"\bboxing day\b", lambda year: date(year, 12, 26)),
    (r"\b(christmas|xmas)( day)?\b", lambda year: date(year, 12, 25)),
    (r"\bnew year'?s? eve\b|\bnye\b", lambda year: date(year, 12, 31)),
    (r"\bnew year'?s?( day)?\b", lambda year: date(year, 1, 1)),
    (r"\bvalentine'?s?( day)?\b", lambda year: date(year, 2, 14)),
    (r"\bst\.? patrick'?s( day)?\b", lambda year: date(year, 3, 17)),
    (r"\bindependence day\b", lambda year: date(year, 7, 4)),
    (r"\bhalloween\b", lambda year: date(year, 10, 31)),
    (r"\bthanksgiving( day)?\b", lambda year: date(year, 11, 1) + relativedelta(weekday=TH(4))),
    (r"\bgood friday\b", lambda year: easter(year) - timedelta(2)),
    (r"\beaster monday\b", lambda year: easter(year) + timedelta(1)),
    (r"\beaster( sunday)?\b", easter),
)


HOLIDAY = "|".join(pattern for pattern, _ in _HOLIDAYS)


def _holiday(words: str, now: datetime) -> _Reading:
    for pattern, of_year in _HOLIDAYS:
        if re.search(pattern, words):
            ahead = next(day for day in map(of_year, (now.year, now.year + 1)) if day >= now.date())
            return _shifted(words, ahead), True
    return None, False


def _from_now(words: str, now: datetime) -> _Reading:
    today = now.date()
    if re.search(r"\bday after (tomorrow|tmrw|tmw)\b|\bovermorrow\b", words):
        return today + timedelta(2), True
    if re.search(r"\byesterday\b|\bago\b|\blast (night|week|month|year|mon|tue|wed|thu|fri|sat|sun)", words):
        return None, True
    count = r"(?:(\d{1,4})(?: more)?|an?|a couple(?: of)?|half an?)"
    if match := re.search(rf"\b(?:in )?(?:about )?{count} (minute|min|hour|hr)s?( and a half)?\b", words):
        hours = "h" == match[2][0]
        amount = int(match[1]) if match[1] else 2 if "couple" in match[0] else 1
        ahead = timedelta(hours=amount) if hours else timedelta(minutes=amount)
        if "half an" in match[0]:
            ahead /= 2
        if match[3]:
            ahead += timedelta(minutes=30)
        if re.search(r"\b(in|from now)\b", words):
            return later(now, ahead).date(), True
    unit = r"(day|night|week|fortnight|month|year)s?(?:'s?)?"
    if match := re.search(rf"\b{count} {unit}(?: time)?\b", words):
        amount = int(match[1]) if match[1] else 2 if "couple" in match[0] else 1
        if amount > _LONGEST_AHEAD:
            return None, True
        step = {"night": "days", "day": "days", "week": "weeks", "month": "months", "year": "years"}
        span: dict[str, Any] = {"days": 14 * amount} if match[2] == "fortnight" else {step[match[2]]: amount}
        days = relativedelta(**span)
        if after := re.search(rf"{match[2]}s? (?:from|on|after|past|this|come) (.+)", words):
            if not after[1].startswith(("now", "today")):
                base = find_date(after[1], now)
                return (base + days if base else None), True
            return today + days, True
        if re.search(r"\b(in|from now|time|hence)\b", words):
            return today + days, True
    if re.search(r"\b(tomorrow|tmrw|tmw|tmr|tomorow|tommorow|tommorrow|2moro)\b", words):
        return today + timedelta(1), True
    return None, False


def later(now: datetime, ahead: timedelta) -> datetime:
    """``now`` and so much real time, also where the clocks change in between."""
    if now.tzinfo is None:
        return now + ahead
    return (now.astimezone(timezone.utc) + ahead).astimezone(now.tzinfo)


def _weekday(words: str, now: datetime) -> _Reading:
    match = re.search(_WEEKDAY, words)
    if match is None:
        return None, False
    today, number = now.date(), _WEEKDAYS.index(match[1])
    if day := re.search(_DAY.replace(r"(?:st|nd|rd|th)?", r"(?:st|nd|rd|th)"), words) or re.search(
        rf"{_WEEKDAY},? (?:the )?{_DAY}$", words
    ):
        wanted = int(day[day.lastindex or 1])
        ahead = (today + timedelta(days) for days in range(92))
        return next((d for d in ahead if d.day == wanted and d.weekday() == number), None), True
    coming = today + timedelta((number - today.weekday()) % 7)
    before = words[: match.start()]
    if re.search(r"\bnext( week)?( on)? $|\bnext week\b", before) or re.search(r"\bnext week\b", words[match.end() :]):
        monday = (
            today - timedelta(today.weekday()) + timedelta(7)
        )  # next Friday is the one of next week, from Monday on
        return monday + timedelta(number), True
    return _shifted(words, coming), True


def _shifted(words: str, day: date) -> date:
    """ "Friday week", "a week on Friday"."""
    return day + timedelta(7) if re.search(r"\b(week|1 week) (on|from|after|this|come)\b|day week\b", words) else day


def _day_of_month(words: str, now: datetime) -> _Reading:
    match = re.search(r"(?<![\d:.])(\d{1,2})(?:st|nd|rd|th)\b", words) or re.fullmatch(
        r"\W*(?:the |on |on the )*(\d{1,2})\W*", words
    )
    if match is None:
        return None, False
    wanted, months = int(match[1]), range(13)
    if not 1 <= wanted <= 31:
        return None, True
    if re.search(r"\bnext month\b", words):
        months = range(1, 2)
    elif re.search(r"\bthis month\b", words):
        months = range(1)
    for month in months:
        first = now.date().replace(day=1) + relativedelta(months=month)
        day = _date(first.year, first.month, wanted)
        if day is not None and day >= now.date():
            return day, True
    return None, True


def _today(words: str, now: datetime) -> _Reading:
    if re.search(
        r"\b(today|tonight|tonite|2night|now|asap|immediately|straight ?away|right away)\b|\bthis (morning|noon|afternoon|evening|lunch\w*)\b|\bthe same day\b",
        words,
    ):
        return now.date(), True
    return None, False


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
