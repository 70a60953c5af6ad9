"""Bookings and who has which table when, read and written over one transaction's connection.

The key of ``table_holds`` refuses a table that is given away twice, on any database; whoever comes second gets
``TableTaken`` and finds nothing changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from bot.core.floor import (
    CANCELLED,
    CONFIRMED,
    DONE,
    NEXT_STATUS,
    NO_SHOW,
    SEATED,
    Booking,
    Quote,
    TableTaken,
    end_of,
    quarters,
    quote,
)
from bot.core.restaurant import QUARTER_MIN, Place
from bot.database.tables import bookings, table_holds, waitlist

WALK_IN, FROM_WAITLIST = "walkin", "waitlist"  # channels of parties that sit without having booked
_FIRST_NUMBER = 1001
_LEAST_SITTING_QUARTERS = 2
_NUMBER_TRIES = 5
_QUOTED_AHEAD = timedelta(hours=24)


class Desk:
    """The host's book (``bot.core.turn.Desk``)."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    # Reading

    def get(self, booking_id: str) -> Booking | None:
        return self._one(bookings.c.id == booking_id)

    def numbered(self, number: int) -> Booking | None:
        return self._one(bookings.c.number == number)

    def of_conversation(self, conversation_id: str, now: datetime) -> list[Booking]:
        """What was booked in this conversation and still lies ahead, earliest first."""
        return self._ahead(bookings.c.conversation == conversation_id, now)

    def of_phone(self, phone: str, now: datetime) -> list[Booking]:
        return self._ahead(bookings.c.phone == phone, now)

    def rows(self, place_id: str | None = None, statuses: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """As stored, oldest first."""
        query = sa.select(bookings).order_by(bookings.c.created, bookings.c.number)
        if place_id is not None:
            query = query.where(bookings.c.place == place_id)
        if statuses is not None:
            query = query.where(bookings.c.status.in_(statuses))
        return [dict(row) for row in self.db.execute(query).mappings()]

    def busy(self, place_id: str, since: datetime, until: datetime, without: str | None = None) -> dict[str, set[int]]:
        """The held quarters of each table; those of the booking ``without`` count as free."""
        span = quarters(since, until)
        where = (table_holds.c.place == place_id) & table_holds.c.quarter.between(span.start, span.stop)
        if without is not None:
            where &= table_holds.c.cause != _cause(without)
        held: dict[str, set[int]] = {}
        for row in self.db.execute(sa.select(table_holds.c.table, table_holds.c.quarter).where(where)):
            held.setdefault(row.table, set()).add(row.quarter)
        return held

    def sitting(self, place_id: str) -> list[Booking]:
        """The parties at the tables."""
        return [booking_from_row(row) for row in self.rows(place_id, [SEATED])]

    def quote(self, place: Place, people: int, now: datetime) -> Quote:
        """The wait for a party that joins the waitlist now."""
        sitting = self.sitting(place.id)
        busy = self.busy(place.id, now, now + _QUOTED_AHEAD)
        for party in sitting:
            for table in party.tables:
                busy.get(table, set()).difference_update(quarters(party.start, party.end))
        where = (waitlist.c.place == place.id) & waitlist.c.status.in_(["waiting", "notified"])
        queue = self.db.execute(sa.select(waitlist.c.people).where(where).order_by(waitlist.c.created, waitlist.c.id))
        ahead = [int(row.people) for row in queue]
        return quote(place, people, now, busy, [(party.tables, party.end) for party in sitting], ahead)

    # Writing

    def book(self, booking: Booking, now: datetime) -> Booking:
        """Store it with its tables; the stored one when this id was booked before, however often it is sent.

        Raises:
            TableTaken: one of the tables is held for a part of that time.
        """
        stored = self.get(booking.id)
        if stored is not None:
            return stored
        for _ in range(_NUMBER_TRIES):
            highest = self.db.execute(sa.select(sa.func.max(bookings.c.number))).scalar()
            booking = replace(booking, number=int(highest or _FIRST_NUMBER - 1) + 1)
            try:
                with self._all_or_nothing():
                    self._hold(booking)
                    self.db.execute(
                        bookings.insert().values(**_row(booking), created=now.isoformat(), updated=now.isoformat())
                    )
                return booking
            except IntegrityError:
                continue  # another booking took the number at this moment
        raise TableTaken("too many bookings at this moment")

    def move(self, booking: Booking, now: datetime) -> Booking:
        """Give a confirmed booking the time, tables, people or note that ``booking`` has now.

        Raises:
            TableTaken: the new tables are held; the booking keeps its old ones.
            ValueError: it is not confirmed any more.
        """
        self._require(booking.id, CONFIRMED)
        with self._all_or_nothing():
            self._release(booking.id)
            self._hold(booking)
            self._update(booking, now)
        return booking

    def cancel(self, booking_id: str, now: datetime) -> Booking:
        return self._end(booking_id, CANCELLED, now)

    def no_show(self, booking_id: str, now: datetime) -> Booking:
        return self._end(booking_id, NO_SHOW, now)

    def free(self, booking_id: str, now: datetime) -> Booking:
        """The party has left its tables."""
        return self._end(booking_id, DONE, now)

    def seat(self, booking_id: str, place: Place, tables: Sequence[str], now: datetime) -> Booking:
        """The booked party sits down, from now until its usual stay ends or the next booking needs a table.

        Raises:
            TableTaken: another party sits there, or a booking needs the tables too soon.
            ValueError: it is not confirmed any more, or there is no such table.
        """
        booking = self._from(booking_id, SEATED)
        if booking.status == SEATED:
            return booking
        with self._all_or_nothing():
            self._release(booking.id)
            seated = self._sit(replace(booking, status=SEATED, tables=tuple(tables)), place, now)
            self._update(seated, now)
        return seated

    def walk_in(
        self, sitting_id: str, place: Place, people: int, tables: Sequence[str], now: datetime, *,
        channel: str = WALK_IN, name: str | None = None, phone: str | None = None,
    ) -> Booking:  # fmt: skip
        """A party that sits down without a booking.

        Raises:
            TableTaken, ValueError: as in ``seat``.
        """
        stored = self.get(sitting_id)
        if stored is not None:
            return stored
        party = Booking(
            sitting_id, place.id, people, now, now, tuple(tables), name, phone, status=SEATED, channel=channel
        )  # fmt: skip
        return self.book(self._sit(party, place, now, hold=False), now)

    def set_note(self, booking_id: str, note: str, now: datetime) -> None:
        changes = {"note": note[:500], "updated": now.isoformat()}
        self.db.execute(bookings.update().where(bookings.c.id == booking_id).values(**changes))

    def _sit(self, party: Booking, place: Place, now: datetime, *, hold: bool = True) -> Booking:
        """The party with the time that its tables are free for."""
        known = {table.id for table in place.tables}
        if not party.tables or not set(party.tables) <= known or len(set(party.tables)) < len(party.tables):
            raise ValueError("choose a table of this place")
        for other in self.sitting(place.id):
            if set(other.tables) & set(party.tables) and other.id != party.id:
                raise TableTaken(f"another party sits at {', '.join(other.tables)}")
        usual = quarters(now, end_of(place, party.people, now))
        busy = self.busy(place.id, now, now + len(usual) * timedelta(minutes=QUARTER_MIN), without=party.id)
        until = min(
            (quarter for table in party.tables for quarter in busy.get(table, ()) if quarter in usual),
            default=usual.stop,
        )
        if until - usual.start < _LEAST_SITTING_QUARTERS:
            raise TableTaken("that table is booked for this time")
        end = place.local(datetime.fromtimestamp(until * QUARTER_MIN * 60, place.zone))
        party = replace(party, start=place.local(now), end=min(end, end_of(place, party.people, now)))
        if hold:
            self._hold(party)
        return party

    def _end(self, booking_id: str, status: str, now: datetime) -> Booking:
        """Close it and free its tables; a second time changes nothing.

        Raises:
            ValueError: from its present status there is no way to that one.
        """
        booking = self._from(booking_id, status)
        if booking.status != status:
            self._release(booking.id)
            booking = replace(booking, status=status)
            self._update(booking, now)
        return booking

    def _from(self, booking_id: str, status: str) -> Booking:
        booking = self.get(booking_id)
        if booking is None:
            raise ValueError("there is no such booking")
        if booking.status != status and status not in NEXT_STATUS.get(booking.status, ()):
            raise ValueError(
                f"a booking that is {booking.status.replace('_', ' ')} cannot become {status.replace('_', ' ')}"
            )
        return booking

    def _require(self, booking_id: str, status: str) -> None:
        booking = self.get(booking_id)
        if booking is None or booking.status != status:
            raise ValueError("there is no such booking any more")

    def _hold(self, booking: Booking) -> None:
        cause, span = _cause(booking.id), quarters(booking.start, booking.end)
        rows = [
            {"place": booking.place, "table": table, "quarter": quarter, "cause": cause}
            for table in sorted(booking.tables)
            for quarter in span
        ]
        try:
            with self.db.begin_nested():
                self.db.execute(table_holds.insert(), rows)
        except IntegrityError:
            raise TableTaken(f"{', '.join(booking.tables)} is taken at that time") from None

    def _release(self, booking_id: str) -> None:
        self.db.execute(table_holds.delete().where(table_holds.c.cause == _cause(booking_id)))

    def _update(self, booking: Booking, now: datetime) -> None:
        row = _row(booking) | {"updated": now.isoformat()}
        self.db.execute(bookings.update().where(bookings.c.id == booking.id).values(**row))

    def _one(self, where: Any) -> Booking | None:
        row = self.db.execute(sa.select(bookings).where(where)).mappings().first()
        return booking_from_row(dict(row)) if row else None

    def _ahead(self, where: Any, now: datetime) -> list[Booking]:
        query = sa.select(bookings).where(where & (bookings.c.status == CONFIRMED))
        found = [booking_from_row(dict(row)) for row in self.db.execute(query).mappings()]
        return sorted((booking for booking in found if booking.end > now), key=lambda booking: booking.start)

    @contextmanager
    def _all_or_nothing(self) -> Any:
        """Within the transaction: what a refused change has written is taken back."""
        with self.db.begin_nested():
            yield


def booking_from_row(row: dict[str, Any]) -> Booking:
    kept = {
        key: row[key]
        for key in ("id", "place", "people", "name", "phone", "note", "status", "number", "conversation", "channel")
    }
    return Booking(
        **kept,
        start=datetime.fromisoformat(row["start"]),
        end=datetime.fromisoformat(row["end"]),
        tables=tuple(row["tables"]),
    )


def booked(rows: Collection[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the parties that sat down without a booking."""
    return [row for row in rows if row["channel"] not in (WALK_IN, FROM_WAITLIST)]


def booking_row_view(row: dict[str, Any]) -> dict[str, Any]:
    """A row of ``bot list bookings``."""
    kept = ("id", "number", "place", "channel", "status", "people", "start", "end", "tables", "note")
    guest = {"name": row["name"], "phone": row["phone"]}
    return {key: row[key] for key in kept} | {"guest": guest, "sender": row["conversation"], "created": row["created"]}


def _row(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "number": booking.number,
        "place": booking.place,
        "conversation": booking.conversation,
        "channel": booking.channel,
        "status": booking.status,
        "people": booking.people,
        "start": booking.start.isoformat(),
        "end": booking.end.isoformat(),
        "tables": list(booking.tables),
        "name": booking.name,
        "phone": booking.phone,
        "note": booking.note[:500],
    }


def _cause(booking_id: str) -> str:
    return f"booking:{booking_id}"
