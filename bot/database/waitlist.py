"""The waitlist's rows: joining once, what may follow what, and what the guest texted back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.core.phone_number import ConfirmedNumber
from bot.core.restaurant import Place
from bot.database.bookings import Desk
from bot.database.tables import waitlist

WAITING, NOTIFIED, SEATED, GONE, NO_SHOW = "waiting", "notified", "seated", "gone", "no_show"
OPEN = (WAITING, NOTIFIED)
NEXT = {
    WAITING: {NOTIFIED, SEATED, GONE, NO_SHOW},
    NOTIFIED: {SEATED, GONE, NO_SHOW, WAITING},
}
_STAMPS = {NOTIFIED: "notified", SEATED: "seated"}


class Waitlist:
    """Reads and writes over one transaction's connection."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def join(
        self,
        entry_id: str,
        place: Place,
        people: int,
        channel: str,
        now: datetime,
        *,
        name: str | None = None,
        phone: ConfirmedNumber | None = None,
        conversation: str | None = None,
    ) -> dict[str, Any]:
        """The new row; the stored one when this id has joined already, however often it is sent."""
        stored = self.get(entry_id)
        if stored is not None:
            return stored
        _, low, high = self.quote(place, people, now)
        row = {
            "id": entry_id,
            "place": place.id,
            "conversation": conversation,
            "channel": channel,
            "status": WAITING,
            "people": people,
            "quoted_low": low,
            "quoted_high": high,
            "tables": [],
            "name": name,
            "phone": phone.e164 if phone else None,
            "created": now.isoformat(),
            "updated": now.isoformat(),
        }
        self.db.execute(waitlist.insert().values(**row))
        joined = self.get(entry_id)
        assert joined is not None
        return joined

    def get(self, entry_id: str) -> dict[str, Any] | None:
        row = self.db.execute(sa.select(waitlist).where(waitlist.c.id == entry_id)).mappings().first()
        return dict(row) if row else None

    def rows(self, place: str | None = None, statuses: Sequence[str] | None = OPEN) -> list[dict[str, Any]]:
        """Oldest first; of every place, and of every status, when None is given."""
        query = sa.select(waitlist).order_by(waitlist.c.created, waitlist.c.id)
        if place is not None:
            query = query.where(waitlist.c.place == place)
        if statuses is not None:
            query = query.where(waitlist.c.status.in_(statuses))
        return [dict(row) for row in self.db.execute(query).mappings()]

    def set_status(self, entry_id: str, status: str, now: datetime) -> dict[str, Any] | None:
        """Move an entry on; the row as it is then, or None when there is no such entry.

        Raises:
            ValueError: from its present status there is no way to that one.
        """
        row = self.get(entry_id)
        if row is None or row["status"] == status:
            return row
        if status not in NEXT.get(row["status"], set()):
            raise ValueError(f"a party that is {row['status'].replace('_', ' ')} cannot become {status[:20]}")
        changes = {"status": status, "updated": now.isoformat()}
        if status in _STAMPS:
            changes[_STAMPS[status]] = now.isoformat()
        self.db.execute(waitlist.update().where(waitlist.c.id == entry_id).values(**changes))
        return row | changes

    def set_reply(self, entry_id: str, reply: str | None, now: datetime) -> None:
        """What the guest last texted: coming, late."""
        changes = {"reply": reply, "updated": now.isoformat()}
        self.db.execute(waitlist.update().where(waitlist.c.id == entry_id).values(**changes))

    def quote(self, place: Place, people: int, now: datetime) -> tuple[int, int, int]:
        """(parties ahead, shortest, longest wait in minutes) for a party that joins now."""
        quote = Desk(self.db).quote(place, people, now)
        return quote.ahead, quote.low_min, quote.high_min
