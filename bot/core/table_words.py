"""How parties, days, times and waits are said when it is about tables."""

from __future__ import annotations

import re
from datetime import date, datetime, time

from bot.core.restaurant import Place


def people_words(count: int | None) -> str:
    return "1 person" if count == 1 else f"{count} people"


def day_words(day: date, now: datetime, place: Place) -> str:
    ahead = (day - place.local(now).date()).days
    words = f"{day:%A}, {day:%B} {day.day}"
    if abs(ahead) > 300:
        words += f", {day.year}"
    return {0: f"today, {words}", 1: f"tomorrow, {words}"}.get(ahead, words)


def clock_words(moment: datetime | time) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"


def wait_words(ahead: int, low: int, high: int) -> str:
    parties = (
        "nobody is ahead of you" if not ahead else f"{ahead} {'party is' if ahead == 1 else 'parties are'} ahead of you"
    )
    minutes = "a table should be free right away" if high <= 5 else f"the wait is about {low} to {high} minutes"
    return f"{parties} and {minutes}"


def grouped_phone(phone: str | None) -> str:
    """+12075550123 as it is read out: +1 207 555 0123."""
    if phone and re.fullmatch(r"\+1\d{10}", phone):
        return f"+1 {phone[2:5]} {phone[5:8]} {phone[8:]}"
    return phone or ""


def when_words(moment: datetime, now: datetime, place: Place) -> str:
    local = place.local(moment)
    return f"{day_words(local.date(), now, place)} at {clock_words(local)}"
