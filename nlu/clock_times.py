"""The time of day that a guest means: "7", "half past seven", "19:30", "quarter to 8 in the evening", "in an hour".

A time without am or pm is the one inside opening hours, evening if both are or neither is. Of a range it is the start.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from nlu.calendar_dates import later
from nlu.spoken_numbers import as_digits

OpenAt = Callable[[datetime], bool]
_EVENING = re.compile(r"\b(evening|tonight|tonite|afternoon|at night|night|dinner|supper)\b")
_MORNING = re.compile(r"\b(morning|breakfast|brunch)\b")


def find_time(
    text: str, now: datetime, day: date | None = None, open_at: OpenAt | None = None, around: str = ""
) -> time | None:
    """The time named in ``text``; None when there is none, or none that exists.

    ``day`` is the date it is for (``now``'s when not known), ``open_at`` says whether the place is open at a moment
    of it, ``around`` are words nearby that may say which half of the day is meant.
    """
    words = re.sub(r"\s+", " ", as_digits(text)).strip()
    ahead = _ahead(words)
    if ahead is not None:
        return later(now, ahead).time().replace(second=0, microsecond=0, tzinfo=None)
    found = clock_said(words)
    if found is None:
        return None
    hour, minute, half = found
    if not (0 <= hour <= 24 and 0 <= minute < 60) or (hour == 24 and minute):
        return None
    if half is None and not 0 < hour <= 12:
        return time(hour % 24, minute)
    hints = f"{words} {around.lower()}"
    if half is None:
        half = _half_of_hints(words) or _half_of_hints(hints)
    if hour > 12 or hour == 0:  # "19:30 pm"
        return time(hour % 24, minute)
    morning, evening = time(hour % 12, minute), time(hour % 12 + 12, minute)
    if half is not None:
        if half == "p" and hour == 12 and re.search(r"\b(night|tonight|midnight)\b", hints) and "pm" not in words:
            return morning  # twelve at night
        return evening if half == "p" else morning
    if open_at is None:
        return morning if 11 <= hour < 12 else evening
    moment = datetime.combine(day or now.date(), time(0), now.tzinfo)
    inside = [t for t in (evening, morning) if open_at(moment.replace(hour=t.hour, minute=t.minute))]
    return (inside or [evening])[0]


def _half_of_hints(words: str) -> str | None:
    if _MORNING.search(words):
        return None if _EVENING.search(words) else "a"
    return "p" if _EVENING.search(words) else None


def _ahead(words: str) -> timedelta | None:
    """The time from now that the words name."""
    if (
        re.search(
            r"\b(right now|now|asap|as soon as possible|immediately|straight away|right away)\b(?! (on|at|the))", words
        )
        and "from now" not in words
        and not re.search(r"\d", words)
    ):
        return timedelta(0)
    return duration(words)


_DURATION = re.compile(
    r"\b(?P<in>in )?(?:(?:about|around|roughly|maybe|like|say|another) )*(?:(?P<count>\d{1,3})(?P<dot>[.,]5)?|an?|"
    r"(?P<two>a couple of)|(?P<half>half(?: an?)?|a half)|(?P<quarters>a quarter|(?:a )?3 quarters) of an) "
    r"(?P<unit>minutes?|mins?|hours?|hrs?)\b(?P<more> and a half| and half)?(?P<from> from now|'?s? time)?"
    r"(?P<no> (?:or so |or two )?(?:past|after|to|before|late|later|early|earlier|ago)\b)?"
)


def duration(words: str, bare: bool = False) -> timedelta | None:
    """How far ahead the words, with digits, are: "in 20 minutes", "an hour from now"; where ``bare``, "about an hour"."""
    match = _DURATION.search(words)
    if match is None or not (match["in"] or match["from"] or (bare and not match["no"])):
        return None
    if match["quarters"]:
        return timedelta(minutes=45 if "3" in match["quarters"] else 15)
    count = float(match["count"] or (2 if match["two"] else 0.5 if match["half"] else 1)) + (0.5 if match["dot"] else 0)
    if match["more"]:
        count += 0.5
    return timedelta(hours=count) if match["unit"].startswith("h") else timedelta(minutes=count)


def clock_said(words: str) -> tuple[int, int, str | None] | None:
    """Hour, minute and "a" or "p" where it is said, of words with digits; the caller looks whether they exist."""
    if not re.search(r"\d|\b(half|quarter)\b", words):
        if re.search(r"\b(noon|midday|mid-day)\b", words):
            return 12, 0, "p"
        if re.search(r"\bmidnight\b", words):
            return 24, 0, None
    said_half = re.search(r"(?:\d|\b) ?\b([ap])\.?\s?m\b", re.sub(r"(\d)([ap])", r"\1 \2", words))
    half = said_half[1] if said_half else None
    target = r"(?:(?P<hour>\d{1,2})(?:[:.]00)?|(?P<noon>noon|midday|midnight))"
    if match := re.search(
        rf"\b(?:(?P<word>half|(?:a )?quarter)|(?P<minute>\d{{1,2}})(?: ?min(?:ute)?s?)?) ?(?P<way>past|after|to|before|till|til|of) {target}",
        words,
    ):
        minute = {"half": 30}.get(match["word"] or "", 15) if match["word"] else int(match["minute"])
        if match["noon"]:
            hour, half = 12, "p" if match["noon"] != "midnight" else "a"
        else:
            hour = int(match["hour"])
        if match["minute"] and match["way"] == "to" and not re.search(r"min", match[0]) and minute % 5:
            return minute, 0, half  # "7 to 8" is a range
        if match["way"] in ("past", "after"):
            return hour, minute, half
        if hour == 12 and half:  # a quarter to noon is in the morning
            half = "a" if half == "p" else "p"
        return (hour - 1) % 24 or 12, 60 - minute, half
    if match := re.search(r"\bhalf (\d{1,2})\b", words):  # half eight is 8:30 in British English
        return int(match[1]), 30, half
    patterns = (
        r"(?<!\d)(?P<h>\d{1,2}) ?[:.h] ?(?P<m>\d{2})(?!\d)",
        r"\b(?P<h>\d{1,2}) (?:o|oh|0) ?(?P<m>[1-9])\b",
        r"\b(?P<h>\d{1,2}) (?P<m>[0-5]\d)\b",
        r"(?<![\d:.])(?P<h>\d{1,2})(?P<m>\d{2})(?= ?(?:[ap]\.?m|h|hrs?|hours)?\b)(?!\d| people)",
        r"(?<![\d:.])(?P<h>\d{1,2})(?!\d|[:.]\d)",
    )
    for pattern in patterns:
        if match := re.search(pattern, words):
            groups = match.groupdict()
            return int(groups["h"]), int(groups.get("m") or 0), half
    return None
