"""The time at which a guest wants the food, from words like "half past seven", "in 20 minutes", "tomorrow at noon"."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from bot.core.restaurant import Place
from nlu.clock_times import clock_said, duration
from nlu.moment_words import AM_PM, EVENING, NOON, PAST_TO, near_day
from nlu.spoken_numbers import as_digits

# "Soon as it's off the grill", "fast as you're able": at once, unless a clock time says when.
_SOON = re.compile(
    r"\basap\b|\b(soon|early|fast|quick|quickly|prompt(ly)?) as (?!\d)|\b(straight|right) ?(away|off)\b|\bimmediately\b|"
    r"(?<!for )(?<!all )(?<!else )(?<!it )\b(straight|right) now\b|\bat once\b|\bthis (minute|second|instant)\b|"
    r"^(\W|so|oh|um|uh|just|well|yes|yeah)*now\b(?! (that|i|we|you|can|could|what|how|where)\b)|\bnow('?s| is| would| if| works| please)\b|"
    r"\b(it|them|food|order|house|home) now\b|\b(soon|quick|fast|earli)est\b|\b(soon|quick|fast|earli)er the better\b|\bquickly\b|"
    r"\b(fairly|quite|pretty|very|real|really|rather|as) soon\b|^(soon|quick|hurry)\b|"
    r"\bso (now|soon)\b|\bsoon please\b|\b(i'?m|we'?re) (already |just )?on (my|our) way( now| over| already)?\W*$|"
    r"\bfirst (available|possible|slot|opening)\b|\bstart cooking\b"
)
_NO_HURRY = re.compile(
    r"\b(no|not in (a|any)|without) (particular |great |big )?(rush|hurry)\b|\bwhenever\b|\btake your time\b|"
    r"\bin (your|its) own time\b|\b(when|once) (it'?s|it is|they'?re|that'?s|the \w+ (is|are)) (ready|done|made|cooked|finished)\b|"
    r"\bno (special|particular|set|certain|specific) time\b"
)
_ANY_TIME = re.compile(
    r"\b(any ?time|any time at all)\b(?! (after|before|from|between))|\b(don'?t|doesn'?t|does not|do not) (mind|care|matter)\b|"
    r"\b(you (tell|decide|choose|pick|say)|up to you|i'?m (easy|flexible)|all the same)\b"
)
_CLOCK_TIME = re.compile(
    rf"\b(in|at|for|around|about|by|till|until) \d|\bfrom now\b|\d ?{AM_PM}|\d ?o'?clock|\b{PAST_TO}\b|\d{{1,2}}[:.]\d\d\b|"
    rf"\b\d{{1,2}} [0-5]\d\b|\b{NOON}\b"
)
_ONE_OF = re.compile(
    r"\b(first|second|third|other|next|earlier|later|last|that|this|either|which|same) (one|1|thing|two|2)\b('s)?|\bfirst thing\b"
)
_IN_MINUTES = re.compile(
    r"\bin (about |like |maybe )?(5|10|15|20|25|30|35|40|45|50)(?= (please|or so|then|max|tops)|\W*$)"
)
_BARE_PAST = re.compile(r"\b(half|quarter) (?:past|after)\b(?! (?:\d|noon|midday|midnight))")
_CORRECTED = re.compile(
    r"\b(?:no,? wait|wait,? no|no,? sorry|sorry|actually|make (?:it|that)|i mean(?:t)?|or rather|let'?s say|say|scratch that)\b"
)


def wants_asap(text: str) -> bool:
    """ "As soon as possible" and "no hurry" in their many forms; a time that is named counts for more."""
    words = as_digits(text)
    if _SOON.search(words):
        return not _CLOCK_TIME.search(words)
    return _NO_HURRY.search(words) is not None and not re.search(r"\d(?!\d* ?min)", words)


def leaves_time_open(text: str) -> bool:
    """Whether the answer to "when?" is that any time is fine."""
    return _ANY_TIME.search(text.lower()) is not None and not re.search(r"\d", as_digits(text))


def time_ahead(text: str) -> timedelta | None:
    """How far ahead it is wanted: "in 20 minutes", "I can be there in ten"; None when no such thing is said."""
    return duration(_plain(text), bare=True)


def _plain(text: str) -> str:
    """The words with digits, without those that only look like a time of day ("the second one")."""
    return _IN_MINUTES.sub(r"in \2 minutes", as_digits(_ONE_OF.sub(" ", text.lower())))


def parse_when(text: str, now: datetime, place: Place) -> datetime | None:
    """The moment meant, local to the place; None when the words name no time.

    A time without am or pm is the next one inside opening hours, or simply the next one when there is none.
    """
    words = _plain(text)
    local = place.local(now)
    if (ahead := time_ahead(text)) is not None:
        return local + ahead
    minutes = _minute_of_day(words)
    if minutes is None and (bare := _BARE_PAST.search(words)):  # "half past is fine", of this hour or the next
        moment = local.replace(minute=30 if bare[1] == "half" else 15, second=0, microsecond=0)
        return moment if moment > local else moment + timedelta(hours=1)
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
    for said in reversed(_CORRECTED.split(words)):  # "7, no, make it 8"
        said, *refused = re.split(r"\bnot (?=(?:at |for )?(?:\d|half|quarter|noon|midday))", said)
        for part in (said, *refused):  # "8, not 7"
            if (found := _of_part(part, words)) is not None:
                return found
    return None


def _of_part(part: str, words: str) -> list[int] | None:
    if re.search(rf"\b{NOON}\b", part):
        return [720]
    if re.search(r"\bmidnight\b", part):
        return [0]
    hour, minute, half = clock_said(part) or (99, 0, None)
    return _halves(hour, minute, half, words)


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
