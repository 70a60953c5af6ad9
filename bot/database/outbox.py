"""The outbox: texts are stored in the transaction of their cause and sent by a worker (bot/texts/worker.py).

A row is ``queued``; ``sending`` from its claim until the provider's answer is stored; ``sent`` when the provider has
it; at the end ``delivered``, ``failed`` or ``dropped`` (never sent). What the answer was, is unknown for a row that is
still ``sending`` when its ``next_try`` comes: the provider is asked before anything is sent again.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.core.phone_number import ConfirmedNumber
from bot.database.tables import opt_outs, texts

QUEUED, SENDING, SENT, DELIVERED, FAILED, DROPPED = "queued", "sending", "sent", "delivered", "failed", "dropped"
_PROGRESS = {QUEUED: 0, SENDING: 1, SENT: 2, DELIVERED: 3, FAILED: 3, DROPPED: 3}
OPTED_OUT = "the guest has asked for no texts"
RECOGNISED = "accepted by the provider before its answer was stored; not sent again"

Row = dict[str, Any]


class Texts:
    """Reads and writes over one transaction's connection."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    # What the rest of the house uses

    def enqueue(
        self,
        to: ConfirmedNumber,
        template: str,
        cause: str,
        body: str,
        now: datetime,
        *,
        place: str | None = None,
        send_at: datetime | None = None,
    ) -> Row:
        """Store a text. The same cause and template again give the stored row; who has opted out gets none.

        cause: ``order:ID``, ``waitlist:ID``, ``booking:ID`` or ``reply:ID``.
        """
        where = (texts.c.cause == cause) & (texts.c.template == template)
        stored = self._one(where)
        if stored is not None:
            return stored
        out = self.opted_out(to.e164)
        row = {
            "id": uuid.uuid4().hex,
            "place": place,
            "to": to.e164,
            "template": template,
            "cause": cause,
            "body": body[:700],
            "status": DROPPED if out else QUEUED,
            "provider_id": None,
            "attempts": 0,
            "next_try": None if out else _stamp(max(now, send_at or now)),
            "error": OPTED_OUT if out else "",
            "created": now.isoformat(),
            "updated": now.isoformat(),
        }
        try:
            with self.db.begin_nested():
                self.db.execute(texts.insert().values(**row))
        except sa.exc.IntegrityError:  # stored by another process at this moment
            stored = self._one(where)
            assert stored is not None
            return stored
        return row

    def get(self, text_id: str) -> Row | None:
        return self._one(texts.c.id == text_id)

    def of_cause(self, cause: str) -> list[Row]:
        return self._rows(sa.select(texts).where(texts.c.cause == cause).order_by(texts.c.created))

    def rows(self, *, since: datetime | None = None, newest: int | None = None) -> list[Row]:
        """Oldest first; only the newest so many when that is given."""
        query = sa.select(texts).order_by(texts.c.created.desc(), texts.c.id)
        if since is not None:
            query = query.where(texts.c.created >= since.isoformat())
        return self._rows(query.limit(newest) if newest else query)[::-1]

    def last_to(self, phone: str) -> Row | None:
        """The newest text that this number got, replies and the staff's own words left out."""
        own = texts.c.template.like("reply%") | (texts.c.template == "staff")
        where = (texts.c.to == phone) & texts.c.status.in_([SENDING, SENT, DELIVERED]) & ~own
        rows = self._rows(sa.select(texts).where(where).order_by(texts.c.created.desc(), texts.c.id).limit(1))
        return rows[0] if rows else None

    def answers_to(self, phone: str, since: datetime) -> int:
        """How many answers to a text of theirs this number got since then."""
        where = (texts.c.to == phone) & texts.c.cause.like("reply:%") & (texts.c.created >= since.isoformat())
        return int(self.db.execute(sa.select(sa.func.count()).where(where)).scalar() or 0)

    # Leaving and coming back

    def opted_out(self, phone: str) -> bool:
        return self.db.execute(sa.select(opt_outs.c.phone).where(opt_outs.c.phone == phone)).first() is not None

    def opt_out(self, phone: str, now: datetime) -> None:
        """For good: what is still waiting for this number is dropped too."""
        if not self.opted_out(phone):
            self.db.execute(opt_outs.insert().values(phone=phone, since=now.isoformat()))
        waiting = (texts.c.to == phone) & (texts.c.status == QUEUED)
        changes = {"status": DROPPED, "error": OPTED_OUT, "next_try": None, "updated": now.isoformat()}
        self.db.execute(texts.update().where(waiting).values(**changes))

    def opt_in(self, phone: str) -> None:
        self.db.execute(opt_outs.delete().where(opt_outs.c.phone == phone))

    # What the worker uses

    def claim(self, now: datetime, until: datetime, limit: int) -> list[Row]:
        """Take due texts for sending, oldest first. Nobody else touches them before ``until``."""
        due = (texts.c.status == QUEUED) & (texts.c.next_try <= _stamp(now))
        rows = self._rows(sa.select(texts).where(due).order_by(texts.c.next_try, texts.c.created).limit(limit))
        claimed = []
        for row in rows:
            changes = {"status": SENDING, "attempts": row["attempts"] + 1, "next_try": _stamp(until)}
            if self._change(row, changes, now, only_while=QUEUED):
                claimed.append(row | changes)
        return claimed

    def in_doubt(self, now: datetime, limit: int) -> list[Row]:
        """Texts whose claim has run out: the provider may or may not have them."""
        return self._due(SENDING, now, limit)

    def to_poll(self, now: datetime, limit: int) -> list[Row]:
        """Texts that the provider has had for a while without telling what became of them."""
        return self._due(SENT, now, limit)

    def accepted(
        self, row: Row, provider_id: str, status: str, now: datetime, poll_at: datetime | None, note: str = ""
    ) -> bool:
        """The provider has it under this id; False when another claim came first with another id."""
        kept = self.get(row["id"])
        if kept is None or kept["provider_id"] not in (None, provider_id):
            return False
        if _PROGRESS[kept["status"]] >= _PROGRESS[status]:
            status = kept["status"]  # a callback was faster
        final = _PROGRESS[status] == _PROGRESS[DELIVERED]
        changes = {"provider_id": provider_id, "status": status, "next_try": None if final else _stamp(poll_at)}
        self._change(row, changes | ({"error": note} if note else {}), now)
        return True

    def try_again(self, row: Row, at: datetime, why: str, now: datetime, *, counts: bool = True) -> bool:
        """Back into the queue; ``counts`` is whether the try was one."""
        attempts = row["attempts"] if counts else row["attempts"] - 1
        changes = {"status": QUEUED, "next_try": _stamp(at), "error": why[:200], "attempts": max(attempts, 0)}
        return self._change(row, changes, now, only_while=SENDING, attempt=row["attempts"])

    def give_up(self, row: Row, status: str, why: str, now: datetime) -> bool:
        changes = {"status": status, "error": why[:200], "next_try": None}
        return self._change(row, changes, now, only_while=row["status"], attempt=row["attempts"])

    def postpone(self, row: Row, at: datetime | None, now: datetime) -> None:
        """When to look at it again, in the state that it is in."""
        self._change(row, {"next_try": _stamp(at)}, now, only_while=row["status"], attempt=row["attempts"])

    def known(self, provider_ids: Collection[str]) -> set[str]:
        """Those that belong to a stored text."""
        query = sa.select(texts.c.provider_id).where(texts.c.provider_id.in_(list(provider_ids)))
        return {row.provider_id for row in self.db.execute(query)}

    def report(self, text_id: str | None, provider_id: str, status: str, error: str, now: datetime) -> Row | None:
        """What the provider tells of a text, in any order and as often as it likes; the row when that was news.

        text_id: the id that we gave it along with, in the address of its callback.
        """
        row = self._one(texts.c.provider_id == provider_id) or (self.get(text_id) if text_id else None)
        if row is None or row["provider_id"] not in (None, provider_id):
            return None
        early = row["provider_id"] is None
        if _PROGRESS[status] <= _PROGRESS[row["status"]] and not early:
            return None
        status = status if _PROGRESS[status] > _PROGRESS[row["status"]] else row["status"]
        note = error[:200] or ("" if status == FAILED else row["error"])
        changes: Row = {"provider_id": provider_id, "status": status, "error": note}
        if _PROGRESS[status] == _PROGRESS[DELIVERED]:
            changes["next_try"] = None
        self._change(row, changes, now)
        return row | changes

    def _due(self, status: str, now: datetime, limit: int) -> list[Row]:
        where = (texts.c.status == status) & (texts.c.next_try <= _stamp(now))
        return self._rows(sa.select(texts).where(where).order_by(texts.c.next_try).limit(limit))

    def _change(
        self, row: Row, changes: Row, now: datetime, *, only_while: str | None = None, attempt: int | None = None
    ) -> bool:
        where = texts.c.id == row["id"]
        if only_while is not None:
            where &= texts.c.status == only_while
        if attempt is not None:
            where &= texts.c.attempts == attempt
        return bool(self.db.execute(texts.update().where(where).values(**changes, updated=now.isoformat())).rowcount)

    def _one(self, where: Any) -> Row | None:
        row = self.db.execute(sa.select(texts).where(where)).mappings().first()
        return dict(row) if row else None

    def _rows(self, query: Any) -> list[Row]:
        return [dict(row) for row in self.db.execute(query).mappings()]


def _stamp(moment: datetime | None) -> str | None:
    """Compared as text in the database, so in one zone and with all digits."""
    return None if moment is None else moment.astimezone(timezone.utc).isoformat(timespec="microseconds")
