"""What is known so far of a booking, a change of one, or a place on the waitlist: read from words, checked, kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta

from bot.core import guest_details
from bot.core.floor import (
    Problem,
    day_problem,
    is_doubled,
    moment_at,
    moment_problem,
    most_seated,
    nearest_slot,
    slots,
)
from bot.core.restaurant import Place
from bot.core.table_words import clock_words, day_words
from bot.core.turn import Turn
from nlu.calendar_dates import HOLIDAY, find_date
from nlu.clock_times import find_time
from nlu.moment_words import AM_PM, DAY, MONTH, NOON, PAST_TO, SHORT_WEEKDAY
from nlu.party import count_people
from nlu.spoken_numbers import as_digits

FORM = "booking"  # ``conversation.pending["form"]`` while a question of this module is open
BOOK, MOVE, CANCEL, FIND, LATE, WAIT, LEAVE = "book", "move", "cancel", "find", "late", "wait", "leave"
_NAME_CUE = re.compile(
    r"(?i)\b(?:my name is|my name'?s|the name is|(?:the |my )?name should be|name is|name'?s|name|under(?: the name(?: of)?)?|call me)\s+"
)
_MORE_PEOPLE = re.compile(
    r"\b(?:(?:one|two|three|four|\d+) more|add (?:a|one|two|three|four|\d+)) (?:person|people|guests?|seats?)\b|"
    r"\b(?:one|two|three|four|\d+) more(?= of us|[.!]*$)|\b(?:one|two|three|four|\d+) extra (?:person|people|guests?)\b"
)
_FEWER_PEOPLE = re.compile(r"\b(one|two|three|four|\d+) (fewer|less)( of us| people| person| guests?)?[.!]*$")
_SPAN = (
    r"(?:half an hour|(?:an?|one|two|three|\d+) hours?|(?:\d+|fifteen|thirty|twenty|forty five|ten) min\w*|an? (?:tiny |little )?bit|"
    r"a little|slightly)"
)
_SHIFT = re.compile(
    rf"\b{_SPAN} (?P<after>later|earlier|back|forward|sooner)\b|"
    rf"\b(?P<before>later|earlier|back|forward|out|off|up|sooner) (?:by )?(?:about |maybe |like )?{_SPAN}"
)
_A_BIT_MIN = 30
_AN_HOUR = re.compile(
    rf"\b(do|at|around|until) ({PAST_TO} )?(\d{{1,2}}|six|seven|eight|nine)\b(?! (people|of us|persons?|guests?))"
)
_A_DAY = re.compile(r"\b(the|on|meant|rather) \d{1,2}(st|nd|rd|th)\b")  # of the month
NOTES = (
    "high chair",
    "highchair",
    "wheelchair",
    "birthday",
    "anniversary",
    "stroller",
    "pram",
    "baby",
    "dog",
    "quiet",
)
_WEEKDAY = re.compile(rf"(?i)^(on |this |the )*{SHORT_WEEKDAY}$")
_OUTSIDE = re.compile(r"\b(outside|outdoors?|outdoor seating|al fresco)\b")
_OUTSIDE_WORDS = ("terrace", "garden", "patio", "outside", "courtyard", "deck")


_ALONE = re.compile(r"\b(1|one|me|myself|alone|single|solo|person)\b")
_BARE = re.compile(r"((around|about|maybe|like) )?\d{1,2}")  # may be a time or a number of people
_SUMS = re.compile(
    r"\bbetween\b|\b(so|yeah|let'?s say|now it'?s|but now) \w+\W*$|\bnot \w+\b|\bof (them|those|which|whom)\b"
)
# How many come, where it is said beyond doubt: "four of us", "a table for four", "we're four".
_PARTY = re.compile(
    r"\b(?P<of>\d{1,3}) (of us|people|persons|guests|adults)\b|"
    r"\b(tables?|booth|reservation|booking|room|space|seats?|us down|me down|anything|party) (for|of) (?P<tables>\d{1,3})\b(?! ?([ap]\.?m|o'?clock|[0-5]\d\b))|"
    r"\b(we'?re|we are|we'?d be|we'?ll be|we will be) (?P<are>\d{1,3})(?= (in|on|for|at|and|with|altogether)\b|\W*$)|"
    r"\b(a couple|a pair) of (us|people|adults|persons)\b|\b(both|the two) of us\b"
)
_CORRECTS = re.compile(
    r"\b(?:no,? (?:sorry|wait|actually|make (?:it|that))|sorry|wait|actually|i mean(?:t)?|make (?:it|that)|or rather|scratch that)\b"
)
_DAY_BESIDE = re.compile(r"\b(?:the )?(day|night|evening) (?P<way>before|after)\b")
_NAMED_DAY = re.compile(rf"\b({DAY}s?|{MONTH} (the )?\d{{1,2}}(st|nd|rd|th)?|{HOLIDAY})\b")
_CLEAR_TIME = re.compile(
    rf"\b(((half|quarter|\d{{1,2}}) (past|to|after|before|till) |half )(\d{{1,2}}|noon)|\d{{1,2}}([:.]\d\d)? ?{AM_PM}|\d{{1,2}}([ :.]\d\d)? o'?clock"
    rf"|(?<=at )\d{{1,2}}([ :.]\d\d)?|{NOON}|1?\d (15|30|45))\b(?! ?(people|of us|persons?|guests?|adults|\d))"
)
_MADE_IT = re.compile(
    r"\b(make|have|do|get|change|say) (it|that|this) (to |for )?(?P<number>\d{1,2})(?= (instead|please|then|rather|if|thanks?)\b|\W*$)"
)


@dataclass(frozen=True)
class _Told:
    """What words say of a booking; ``words`` as said."""

    words: Mapping[str, str]
    people: int | None
    date: date | None
    time: time | None


@dataclass(frozen=True)
class Draft:
    """A booking, a change of one, or a place on the waitlist, as far as it is known. ``day`` and ``at`` are ISO."""

    task: str
    place: str | None = None
    people: int | None = None
    day: str | None = None
    at: str | None = None
    name: str | None = None
    phone: str | None = None
    wish: str = ""
    note: str = ""
    booking: str | None = None  # id of the booking that is moved, cancelled or looked up
    number: int | None = None  # as the guest gave it, and so is what follows
    last_four: str | None = None  # of the phone number that it was made with
    closed: str | None = None  # the day that was refused last: weekdays count from it


def open_draft(turn: Turn) -> Draft | None:
    return Draft(**turn.conversation.booking) if turn.conversation.booking else None


def keep(turn: Turn, draft: Draft | None) -> None:
    turn.conversation.booking = asdict(draft) if draft else {}
    if turn.conversation.pending.get("form") == FORM:
        turn.expect(None)


def place_of(turn: Turn, draft: Draft) -> Place | None:
    return turn.house.restaurant.place(draft.place or turn.conversation.place)


def moment_of(draft: Draft, place: Place) -> datetime | None:
    if draft.day is None or draft.at is None:
        return None
    return moment_at(place, date.fromisoformat(draft.day), time.fromisoformat(draft.at))


def notes_of(draft: Draft) -> str:
    return "; ".join(words for words in (draft.wish, draft.note) if words)


def take_details(turn: Turn, draft: Draft, requested: Sequence[str]) -> Draft:
    """The draft with every detail that the words hold; what is no use is said."""
    text = turn.text
    phone = guest_details.find_phone(text)
    name = find_name(turn, requested)
    got: dict[str, object] = {}
    if phone:
        got["phone"] = phone
    if name:
        got["name"] = name
    if ("phone" in requested and (phone or guest_details.count_digits(text) >= 5)) or ("name" in requested and name):
        return replace(draft, **got)  # type: ignore[arg-type]
    named = turn.house.restaurant.place_named(text)
    if named is not None and named.id != draft.place and draft.task != MOVE:
        got["place"] = named.id
        if turn.conversation.place is None and not turn.lines:
            turn.conversation.place = named.id
    place = named or place_of(turn, draft) or turn.any_place
    day = date.fromisoformat(draft.day) if draft.day else None
    if phone:
        text = re.sub(r"[+\d][\d\-(). ]{6,}\d", " ", text)
    now, is_open = place.local(turn.now), _open_at(place, day)
    read = _read(turn, text, requested, now, is_open)
    if draft.closed and read.date and _WEEKDAY.search(read.words.get("date", "")):
        refused = datetime.combine(date.fromisoformat(draft.closed), time(0), place.zone)
        read = _read(turn, text, requested, refused, is_open)
    elif known := draft.day or draft.closed:
        read = replace(read, date=_day_beside(turn.lower, date.fromisoformat(known)) or read.date)
    bare = (
        tuple(requested) == ("people",) and _BARE.fullmatch(as_digits(read.words.get("time", "").lower())) is not None
    )
    people = read.people
    if people == 1 and "people" not in requested and not _ALONE.search(turn.lower):
        people = None  # "a birthday lunch for my mother" names no party
    summed = "people" in requested and (people is None or bare or _SUMS.search(turn.lower))
    told = count_people(text) if summed else None
    if told or people is not None:
        got["people"] = told or people
    elif draft.people is None and (party := _PARTY.search(as_digits(turn.lower))):
        got["people"] = int(party["of"] or party["tables"] or party["are"] or 2)
    elif "people" in requested and "people" in read.words:
        turn.plan.say("people_bad")
        turn.settled = True
    if read.date is not None:
        got["day"] = read.date.isoformat()
    elif "date" in read.words:
        turn.plan.say("day_unknown", words=read.words["date"])
    if bare and told:
        pass  # "around four", of people
    elif read.time is not None:
        got["at"] = read.time.replace(second=0, microsecond=0).isoformat("minutes")
    elif "time" in read.words:
        turn.plan.say("hour_unknown", words=read.words["time"])
    wish = _wish(turn.lower, place)
    if wish:
        got["wish"] = wish
    notes = [note for note in NOTES if note in turn.lower and note not in draft.note]
    if notes:
        got["note"] = "; ".join([*([draft.note] if draft.note else []), *notes])
    return replace(draft, **got)  # type: ignore[arg-type]


def _read(turn: Turn, text: str, requested: Sequence[str], now: datetime, is_open: Callable[[datetime], bool]) -> _Told:
    """What the words say; what comes after a correction counts ("Thursday, no sorry, Friday")."""
    whole = turn.house.slots.read(text, requested, now, is_open)
    told = _Told(whole.words, whole.people, whole.date, whole.time)
    *before, last = _CORRECTS.split(text.lower())
    if before and re.search(r"\w", "".join(before)):
        right = turn.house.slots.read(last.strip(" ,.;"), requested, now, is_open)
        told = _Told(
            told.words,
            right.people or told.people,
            right.date or told.date,
            told.time if right.time is None else right.time,
        )
    words = as_digits(text)
    if told.date is None and _NAMED_DAY.search(words):
        told = replace(told, date=find_date(text, now))
    if told.time is None and (clock := _CLEAR_TIME.search(words)):
        told = replace(told, time=find_time(clock[0], now, told.date, is_open, around=words))
    return told


def _day_beside(text: str, known: date) -> date | None:
    """ "The day before", of the day that was spoken of."""
    found = _DAY_BESIDE.search(text)
    if found is None or _NAMED_DAY.search(text[found.end() :]):
        return None
    return known + timedelta(days=-1 if found["way"] == "before" else 1)


def _made_it(draft: Draft, text: str) -> Draft | None:
    """ "Make it eight", of the hour or of the people, whichever is nearer to what is known; None where neither is."""
    said = _MADE_IT.search(as_digits(text))
    if said is None or draft.people is None or draft.at is None:
        return None
    number, at = int(said["number"]), time.fromisoformat(draft.at)
    hours, people = abs(number - (at.hour % 12 or 12)), abs(number - draft.people)
    if people and (people < hours or not hours or number > 12):
        return replace(draft, people=number)
    if hours and (hours < people or not people) and number <= 12:
        return replace(draft, at=time(number % 12 + (12 if at.hour >= 12 else 0)).isoformat("minutes"))
    return None


def read_changes(turn: Turn, draft: Draft, requested: Sequence[str]) -> Draft:
    """The draft with what the words change: new details, "an hour later", "one more person"."""
    if draft.people is not None and (more := _MORE_PEOPLE.search(turn.lower)):
        return replace(draft, people=draft.people + _count(more[0]))
    if draft.people is not None and (fewer := _FEWER_PEOPLE.search(turn.lower)):
        return replace(draft, people=max(1, draft.people - _count(fewer[0])))
    if (made := _made_it(draft, turn.lower)) is not None:
        return made
    if fixed := guest_details.corrected_phone(draft.phone, turn.text):
        return replace(draft, phone=fixed)
    place = place_of(turn, draft)
    moment = moment_of(draft, place) if place else None
    if moment is not None and (shift := _SHIFT.search(turn.lower)):
        words = as_digits(shift[0])
        minutes = 30 if "half" in words else _count(words) * (1 if "min" in words else 60)
        minutes = minutes if re.search(r"half|hour|min", words) else _A_BIT_MIN
        moment += timedelta(
            minutes=minutes if (shift["after"] or shift["before"]) in ("later", "back", "out", "off") else -minutes
        )
        return replace(draft, day=moment.date().isoformat(), at=moment.time().isoformat("minutes"))
    if not requested and _AN_HOUR.search(turn.lower):
        requested = ("time",)
    elif not requested and _A_DAY.search(as_digits(turn.lower)):
        requested = ("date",)
    return take_details(turn, draft, requested)


def _count(words: str) -> int:
    numbers = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "fifteen": 15, "thirty": 30}
    found = [int(w[:3]) if w.isdecimal() else numbers[w] for w in words.split() if w.isdecimal() or w in numbers]
    return found[0] if found else 1


def find_name(turn: Turn, requested: Sequence[str]) -> str | None:
    if "name" in requested:
        return guest_details.find_name(re.split(r"[,;]?\s*[\d+(]", turn.text)[0])
    if _NAME_CUE.search(turn.text):
        return guest_details.name_at_start(_NAME_CUE.split(turn.text)[-1])
    return None


def _wish(text: str, place: Place) -> str:
    """The part of the room that is asked for, in the words of the restaurant file."""
    rooms = list(dict.fromkeys(table.where for table in place.tables if table.where))
    for room in rooms:
        if any(
            len(word) > 3 and re.search(rf"\b{re.escape(word)}s?\b", text) for word in room.split() if word != "table"
        ):
            return room
    if _OUTSIDE.search(text):
        return next((room for room in rooms if any(word in room for word in _OUTSIDE_WORDS)), "")
    return ""


def _open_at(place: Place, day: date | None) -> Callable[[datetime], bool]:
    """Whether guests are seated at that time of day, on the day that is known from before."""

    def is_open(moment: datetime) -> bool:
        on = moment.date() if day is None else day
        local = moment_at(place, on, moment.time())
        return local is not None and place.open_at(local)

    return is_open


def without_impossible(turn: Turn, draft: Draft, place: Place) -> Draft:
    """The draft without what cannot be; each thing taken out is told in a sentence."""
    say, most = turn.plan.say, min(place.bookings.largest_party, most_seated(place))
    people = draft.people
    if people is not None:
        if people < 1:
            say("people_none")
            draft = replace(draft, people=None)
        elif people > most:
            say(
                "party_too_large",
                people=people,
                most=most,
                phone=place.phone,
            )
            turn.conversation.handoff = turn.conversation.handoff or "waiting"
            keep(turn, None)
            return draft
    if draft.task == WAIT:
        return draft
    today = place.local(turn.now).date()
    if draft.day is None and draft.at is not None:
        moment = moment_at(place, today, time.fromisoformat(draft.at))
        if moment and moment >= turn.now and day_problem(place, today, turn.now) is None:
            draft = replace(draft, day=today.isoformat())
    if draft.day is None:
        return draft
    day = date.fromisoformat(draft.day)
    problem = day_problem(place, day, turn.now)
    if problem is not None:
        words = {Problem.PAST: "day_past", Problem.TOO_FAR: "day_far", Problem.CLOSED_DAY: "day_closed"}[problem]
        say(
            words,
            place=place.name,
            day=day_words(day, turn.now, place),
            days=place.bookings.days_ahead,
            next=_next_open_day(turn, place, day),
        )
        return replace(draft, day=None, closed=draft.day if problem is Problem.CLOSED_DAY else None)
    if draft.at is None:
        return draft
    at = time.fromisoformat(draft.at)
    moment = moment_at(place, day, at)
    if moment is None:
        say("hour_skipped", time=clock_words(at), day=day_words(day, turn.now, place))
        return replace(draft, at=None)
    if moment_problem(place, moment, turn.now) is Problem.OUTSIDE and (near := nearest_slot(place, moment)):
        say("hour_rounded", time=clock_words(near))
        moment, draft = near, replace(draft, at=near.time().isoformat("minutes"))
    problem = moment_problem(place, moment, turn.now)
    if problem is Problem.PAST:
        say("hour_past", time=clock_words(at), day=day_words(day, turn.now, place))
    elif problem is Problem.OUTSIDE:
        seated = [slot for slot in slots(place, day)]
        say(
            "hour_outside",
            place=place.name,
            time=clock_words(at),
            day=day_words(day, turn.now, place),
            first=clock_words(seated[0]),
            last=clock_words(seated[-1]),
        )
    else:
        if is_doubled(moment):
            say("hour_doubled", time=clock_words(at))
        return draft
    return replace(draft, at=None)


def _next_open_day(turn: Turn, place: Place, day: date) -> str:
    for ahead in range(1, 15):
        other = day + timedelta(days=ahead)
        if day_problem(place, other, turn.now) is None:
            return f"The next day that we are open is {day_words(other, turn.now, place)}."
    return ""
