"""The words for days and times of day, as parts of patterns: whoever looks for them takes them from here."""

from __future__ import annotations

import re
from datetime import date, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)})"
SHORT_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
NEAR_DAY = r"(?:today|tonight|tomorrow)"
DAY = rf"(?:{NEAR_DAY}|{WEEKDAY})"
AM_PM = r"[ap]\.? ?m\b"
NOON = r"(?:noon|midday)"
PAST_TO = r"(?:half|quarter) (?:past|to)"
EVENING = r"(?:evening|tonight|afternoon|at night)"


def near_day(words: str, today: date) -> date | None:
    """Today, tomorrow or the next of a weekday, where one is named."""
    if re.search(r"\btomorrow\b", words):
        return today + timedelta(days=1)
    if re.search(r"\b(today|tonight|this (evening|afternoon|morning))\b", words):
        return today
    named = re.search(rf"\b(next )?({WEEKDAY})s?\b", words)
    if named is None:
        return None
    days = (WEEKDAYS.index(named[2]) - today.weekday()) % 7
    return today + timedelta(days=7 if named[1] and not days else days)  # on a Friday, "next Friday" is not today
