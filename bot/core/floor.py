"""The floor: which tables a party can have and when, which times are near, and how long a party waits for a table.

Everything here is a function of what it is given. Time on a table counts in quarters of an hour since 1970, so that
no change of the clocks shortens or doubles a stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import Enum

from bot.core.restaurant import QUARTER_MIN, Place

CONFIRMED, SEATED, DONE, CANCELLED, NO_SHOW = "confirmed", "seated", "done", "cancelled", "no_show"
NEXT_STATUS = {CONFIRMED: {SEATED, CANCELLED, NO_SHOW}, SEATED: {DONE}}
_QUARTER_S = QUARTER_MIN * 60
_DAY_QUARTERS = 96
# A party at the table may leave early or sit on: the shares and minutes between which a quoted wait lies.
_EARLY, _LATE_MIN, _OVERDUE_MIN = 0.8, 15, (5, 20)
_UNKNOWN_FLOOR_MIN = (5, 20)  # for each party, where the restaurant file names no tables

Busy = Mapping[str, Collection[int]]  # table id: its held quarters


class TableTaken(Exception):
    """Somebody else got the table first; nothing was changed."""


@dataclass(frozen=True)
class Booking:
    """A party's claim to tables from ``start`` to ``end``. ``number`` is what the guest is told; 0 before it is stored."""

    id: str
    place: str
    people: int
    start: datetime
    end: datetime
    tables: tuple[str, ...]
    name: str | None = None
    phone: str | None = None
    note: str = ""
    status: str = CONFIRMED
    number: int = 0
    conversation: str | None = None
    channel: str = "chat"


@dataclass(frozen=True)
class Quote:
    """Parties ahead, and the wait in minutes between which it is expected."""

    ahead: int
    low_min: int
    high_min: int


class Problem(Enum):
    """Why no party can begin at a moment."""

    PAST = "past"
    TOO_SOON = "too soon"
    TOO_FAR = "too far"
    CLOSED_DAY = "closed day"
    OUTSIDE = "outside"


def quarter_of(moment: datetime) -> int:
    return int(moment.timestamp()) // _QUARTER_S


def quarters(start: datetime, end: datetime) -> range:
    """Every quarter that the time between touches."""
    return range(quarter_of(start), -(-int(end.timestamp()) // _QUARTER_S))


def end_of(place: Place, people: int, start: datetime) -> datetime:
    stay = timedelta(minutes=place.bookings.stay_min(people))
    return place.local(start.astimezone(timezone.utc) + stay)


def choices(place: Place, people: int, wish: str = "") -> list[tuple[str, ...]]:
    """Tables and allowed combinations that seat the party, best first: as wished, then with the fewest empty seats."""
    seats = {table.id: table.seats for table in place.tables}
    where = {table.id: table.where for table in place.tables}
    options = [(table.id,) for table in place.tables] + list(place.joins)
    fitting = [option for option in options if sum(seats[table] for table in option) >= people]
    unwished = {option: not (wish and all(wish in where[table] for table in option)) for option in fitting}
    return sorted(fitting, key=lambda o: (unwished[o], sum(seats[table] for table in o), len(o)))


def most_seated(place: Place) -> int:
    """The largest party that the place's tables can take at once."""
    seats = {table.id: table.seats for table in place.tables}
    return max([*seats.values(), *(sum(seats[table] for table in join) for join in place.joins)], default=0)


def free_tables(place: Place, people: int, start: datetime, busy: Busy, wish: str = "") -> tuple[str, ...] | None:
    """The smallest table or combination that is free for the party's whole stay, or None."""
    stay = quarters(start, end_of(place, people, start))
    return next((option for option in choices(place, people, wish) if _free(option, stay, busy)), None)


def moment_at(place: Place, day: date, at: time) -> datetime | None:
    """That time on that day, local to the place; None when the clocks skip it. Of a doubled hour it is the first."""
    local = datetime.combine(day, at.replace(tzinfo=None, fold=0), place.zone)
    back = local.astimezone(timezone.utc).astimezone(place.zone)
    return local if back.replace(tzinfo=None) == local.replace(tzinfo=None) else None


def is_doubled(moment: datetime) -> bool:
    """Whether the wall shows this time twice that day, because the clocks go back."""
    return moment.replace(fold=0).utcoffset() != moment.replace(fold=1).utcoffset()


def slots(place: Place, day: date) -> Iterator[datetime]:
    """The moments of a calendar day at which parties are seated, in order, free or not."""
    step, last = place.bookings.slot_min, timedelta(minutes=place.bookings.last_seating_min)
    for begins in (day - timedelta(days=1), day):
        for opens, closes in place.hours_on(begins):
            moment, end = opens.astimezone(timezone.utc), closes.astimezone(timezone.utc)
            moment += timedelta(minutes=-moment.minute % QUARTER_MIN)
            while moment <= max(end - last, opens.astimezone(timezone.utc)):
                local = place.local(moment)
                if local.date() == day and (local.hour * 60 + local.minute) % step == 0:
                    yield local
                moment += timedelta(minutes=QUARTER_MIN)


def day_problem(place: Place, day: date, now: datetime) -> Problem | None:
    today = place.local(now).date()
    if day < today:
        return Problem.PAST
    if (day - today).days > place.bookings.days_ahead:
        return Problem.TOO_FAR
    return None if any(True for _ in slots(place, day)) else Problem.CLOSED_DAY


def moment_problem(place: Place, moment: datetime, now: datetime) -> Problem | None:
    """Why nobody can book that moment, tables apart."""
    if moment < now:
        return Problem.PAST
    problem = day_problem(place, place.local(moment).date(), now)
    if problem:
        return problem
    if all(moment != slot for slot in slots(place, place.local(moment).date())):
        return Problem.OUTSIDE
    return Problem.TOO_SOON if moment - now < timedelta(minutes=place.bookings.notice_min) else None


def nearest_slot(place: Place, moment: datetime) -> datetime | None:
    """The seating time within less than one step of a moment that is none itself ("7:10")."""
    near = [slot for slot in slots(place, place.local(moment).date()) if abs(slot - moment) < _step(place)]
    return min(near, key=lambda slot: abs(slot - moment), default=None)


def near_times(
    place: Place, people: int, moment: datetime, busy: Busy, now: datetime, *, each_side: int = 2
) -> list[datetime]:
    """Free times of the same day, the nearest before and after the moment, in order."""
    soonest = now + timedelta(minutes=place.bookings.notice_min)
    free = [
        slot
        for slot in slots(place, place.local(moment).date())
        if slot >= soonest and slot != moment and free_tables(place, people, slot, busy)
    ]
    before = [slot for slot in free if slot < moment][-each_side:]
    after = [slot for slot in free if slot > moment][:each_side]
    return before + after


def next_days(place: Place, people: int, moment: datetime, busy: Busy, now: datetime, days: int = 7) -> list[datetime]:
    """On each coming day the free time that is nearest to the same time of day; the first two of them."""
    found = []
    for ahead in range(1, days + 1):
        day = place.local(moment).date() + timedelta(days=ahead)
        same = moment_at(place, day, place.local(moment).time()) or datetime.combine(day, time(12), place.zone)
        if day_problem(place, day, now) is None:
            free = [slot for slot in slots(place, day) if free_tables(place, people, slot, busy)]
            found += sorted(free, key=lambda slot: abs(slot - same))[:1]
        if len(found) == 2:
            break
    return found


def quote(
    place: Place,
    people: int,
    now: datetime,
    busy: Busy,
    sitting: Sequence[tuple[tuple[str, ...], datetime]],
    waiting: Sequence[int],
) -> Quote:
    """The wait for a party that joins the list now; one that no table is large enough for waits for the largest.

    Args:
        busy: quarters held for bookings to come (not for parties that sit already).
        sitting: tables and expected end of each party at the tables.
        waiting: sizes of the parties ahead, first come first.
    """
    if not place.tables:
        return Quote(len(waiting), *(minutes * (len(waiting) + 1) for minutes in _UNKNOWN_FLOOR_MIN))
    waits = []
    for early in (True, False):
        taken = {table.id: set(busy.get(table.id, ())) for table in place.tables}
        for tables, end in sitting:
            leaves = _leaves(end, now, early)
            for table in tables:
                taken.setdefault(table, set()).update(quarters(now, leaves))
        for party in waiting:
            _seat(place, party, now, taken, early)
        waits.append(_seat(place, people, now, taken, early))
    low = min(waits) // 5 * 5
    high = max(*waits, low + 5, low * 5 // 4)  # far ahead nobody knows to the minute
    return Quote(len(waiting), low, -(-high // 5) * 5)


def _seat(place: Place, people: int, now: datetime, taken: dict[str, set[int]], early: bool) -> int:
    """Give the party the first tables that come free for its stay; the minutes until then."""
    stay_min = place.bookings.stay_min(people) * (_EARLY if early else 1)
    stay = max(1, round(stay_min / QUARTER_MIN))
    first = quarter_of(now)
    options = choices(place, min(people, most_seated(place)))
    for quarter in range(first, first + 2 * _DAY_QUARTERS):
        for option in options:
            if _free(option, range(quarter, quarter + stay), taken):
                for table in option:
                    taken[table].update(range(quarter, quarter + stay))
                return max(0, (quarter * _QUARTER_S - int(now.timestamp())) // 60)
    return 2 * _DAY_QUARTERS * QUARTER_MIN


def _leaves(end: datetime, now: datetime, early: bool) -> datetime:
    if end <= now:
        return now + timedelta(minutes=_OVERDUE_MIN[0 if early else 1])
    return now + (end - now) * _EARLY if early else end + timedelta(minutes=_LATE_MIN)


def _free(option: Sequence[str], stay: range, busy: Busy) -> bool:
    return all(not any(quarter in busy.get(table, ()) for quarter in stay) for table in option)


def _step(place: Place) -> timedelta:
    return timedelta(minutes=place.bookings.slot_min)
