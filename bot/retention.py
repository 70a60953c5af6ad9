"""Personal data: deleted when it is old enough (``keep_days`` of the restaurant file) or when its owner asks.

Rows stay for the books (what was ordered, how long a wait was, what was felt about which topic); names, phone numbers,
addresses and guests' words go. Orders, bookings and parties that are still under way are not touched by age.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

import phonenumbers
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool

from bot.core.order import CANCELLED, CART, DONE
from bot.database.outbox import DROPPED, QUEUED, SENDING
from bot.database.store import Store
from bot.database.tables import (
    alerts,
    bookings,
    calls,
    conversations,
    feedback,
    messages,
    open_questions,
    opt_outs,
    orders,
    texts,
    waitlist,
)
from bot.turns import Turns

DELETED = "[deleted]"
_WORDLESS: dict[str, dict[str, Any]] = {
    "orders": {"name": None, "phone": None, "address": None, "note": "", "allergy_note": "", "history": []},
    "bookings": {"name": None, "phone": None, "note": ""},
    "waitlist": {"name": None, "phone": None, "reply": None},
    "texts": {"to": DELETED, "body": DELETED},
    "feedback": {"phone": None, "conversation": None, "text": DELETED},
    "messages": {"text": DELETED, "extras": {}},
    "conversations": {"state": {}},
    "alerts": {"text": DELETED},
    "calls": {"caller": None, "recorded": False, "timeline": {"length_ms": 0, "utterances": [], "events": []}},
}
_CHUNK = 400


async def delete_old(turns: Turns, recordings: Path) -> None:
    """The job that runs again and again; ``recordings`` is the folder of recorded calls."""
    keep_days = turns.keeper.house.restaurant.policies.keep_days
    await run_in_threadpool(expire, turns.store, keep_days, turns.clock(), recordings)


def expire(store: Store, keep_days: int, now: datetime, recordings: Path) -> dict[str, int]:
    """Delete what is personal and older than ``keep_days``; how many rows of each table lost something."""
    before = (now - timedelta(days=keep_days)).astimezone(timezone.utc).isoformat()
    with store.transaction() as tx:
        db = tx.db
        _shred_freed_pages(db)
        old_orders = (orders.c.updated < before) & orders.c.status.in_((DONE, CANCELLED, CART))
        counts = {
            "orders": _empty(db, orders, old_orders & _holds(orders, "name", "phone", "address", "note")),
            "bookings": _empty(db, bookings, (bookings.c.end < before) & _holds(bookings, "name", "phone", "note")),
            "waitlist": _empty(db, waitlist, (waitlist.c.updated < before) & _holds(waitlist, "name", "phone")),
            "texts": _empty(db, texts, (texts.c.updated < before) & (texts.c.to != DELETED)),
            "feedback": _empty(db, feedback, (feedback.c.created < before) & (feedback.c.text != DELETED)),
            "messages": _empty(db, messages, (messages.c.time < before) & (messages.c.text != DELETED)),
            "alerts": _empty(db, alerts, (alerts.c.time < before) & (alerts.c.text != DELETED)),
        }
        old_calls = (calls.c.started < before) & _told(calls)
        spoken = [row.id for row in db.execute(sa.select(calls.c.id).where(old_calls))]
        counts["calls"] = _empty(db, calls, old_calls)
        _empty_state(db, conversations.c.updated < before)
        asked = open_questions.delete().where(open_questions.c.created < before)
        counts["open_questions"] = db.execute(asked).rowcount
    _delete_recordings(recordings, spoken)
    _truncate_log(store)
    return counts


def forget(store: Store, phone: str, recordings: Path) -> dict[str, int]:
    """Delete everything about a number (E.164), of any age and state, in every table; how many rows each lost.

    The whole of each conversation in which the number appears goes with it.
    """
    digits = re.sub(r"\D", "", phone)
    with store.transaction() as tx:
        db = tx.db
        _shred_freed_pages(db)
        talks = _conversations_of(db, phone, digits)
        counts = {}
        for table in (orders, bookings, waitlist, feedback):
            counts[table.name] = _empty(db, table, table.c.phone == phone)
            for part in _chunks(talks):
                counts[table.name] += _empty(db, table, table.c.conversation.in_(part) & table.c.phone.isnot(None))
        unsent = (texts.c.to == phone) & texts.c.status.in_((QUEUED, SENDING))
        db.execute(texts.update().where(unsent).values(status=DROPPED, next_try=None))
        counts["texts"] = _empty(db, texts, texts.c.to == phone)
        counts["messages"] = counts["alerts"] = counts["open_questions"] = counts["calls"] = 0
        for part in _chunks(talks):
            counts["calls"] += _empty(db, calls, calls.c.id.in_(part) & _told(calls))
            counts["messages"] += _empty(db, messages, messages.c.conversation.in_(part) & (messages.c.text != DELETED))
            counts["alerts"] += _empty(db, alerts, alerts.c.conversation.in_(part))
            _empty(db, feedback, feedback.c.conversation.in_(part))
            _empty(db, orders, orders.c.conversation.in_(part))
            _empty_state(db, conversations.c.id.in_(part))
            questions = open_questions.delete().where(open_questions.c.conversation.in_(part))
            counts["open_questions"] += db.execute(questions).rowcount
        written = [row.id for row in db.execute(sa.select(alerts.c.id, alerts.c.text)) if _names(row.text, digits)]
        counts["alerts"] += sum(_empty(db, alerts, alerts.c.id.in_(part)) for part in _chunks(written))
        counts["opt_outs"] = db.execute(opt_outs.delete().where(opt_outs.c.phone == phone)).rowcount
        for talk in talks:
            if _names(talk, digits):
                _rename(db, talk, f"deleted-{uuid4().hex}")
    _delete_recordings(recordings, talks)
    _truncate_log(store)
    return counts


def e164(written: str, region: str = "US") -> str | None:
    """A number as people write it in E.164, or None."""
    try:
        number = phonenumbers.parse(written[:40], region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _conversations_of(db: Connection, phone: str, digits: str) -> list[str]:
    """Those with a row of this number, with the number in their words or state, or named after it."""
    found: set[str] = set()
    for table in (orders, bookings, waitlist, feedback):
        query = sa.select(table.c.conversation).where((table.c.phone == phone) & table.c.conversation.isnot(None))
        found |= {row.conversation for row in db.execute(query)}
    found |= {row.id for row in db.execute(sa.select(calls.c.id).where(calls.c.caller == phone))}
    for row in db.execute(sa.select(messages.c.conversation, messages.c.text)):
        if row.conversation not in found and _names(row.text, digits):
            found.add(row.conversation)
    for row in db.execute(sa.select(conversations.c.id, conversations.c.state)):
        if _names(row.id, digits) or _names(str(row.state), digits):
            found.add(row.id)
    return sorted(found)


def _names(text: str, digits: str) -> bool:
    """Whether the number stands in the text, in any grouping, with or without its country."""
    return digits[-10:] in re.sub(r"[^\d]", "", text) if len(digits) >= 7 else False


def _told(table: sa.Table) -> Any:
    """Calls that still hold who called or what was said."""
    nothing = _WORDLESS["calls"]["timeline"]
    written = [json.dumps(nothing), json.dumps(nothing, separators=(",", ":"))]  # as either database keeps it
    return table.c.caller.isnot(None) | table.c.recorded | sa.cast(table.c.timeline, sa.Text).notin_(written)


def _holds(table: sa.Table, *columns: str) -> Any:
    return sa.or_(*(table.c[column].isnot(None) & (table.c[column] != "") for column in columns))


def _empty(db: Connection, table: sa.Table, where: Any) -> int:
    """Take names, numbers and words out of these rows; notes on an order's lines as well."""
    if table is orders:
        rows = db.execute(sa.select(orders.c.id, orders.c.lines).where(where)).all()
        for row in rows:
            lines = [{key: value for key, value in line.items() if key != "note"} for line in row.lines]
            db.execute(orders.update().where(orders.c.id == row.id).values(lines=lines, **_WORDLESS["orders"]))
        return len(rows)
    return int(db.execute(table.update().where(where).values(**_WORDLESS[table.name])).rowcount)


def _empty_state(db: Connection, where: Any) -> None:
    db.execute(conversations.update().where(where).values(**_WORDLESS["conversations"], handoff=None))


def _rename(db: Connection, old: str, new: str) -> None:
    """A conversation's id can hold the number (texts, calls): everything of it goes to a new id."""
    row = db.execute(sa.select(conversations).where(conversations.c.id == old)).mappings().first()
    if row is not None:
        db.execute(conversations.insert().values(**dict(row) | {"id": new}))
    db.execute(calls.update().where(calls.c.id == old).values(id=new))
    for table in (messages, orders, bookings, waitlist, feedback, alerts, open_questions):
        db.execute(table.update().where(table.c.conversation == old).values(conversation=new))
    db.execute(conversations.delete().where(conversations.c.id == old))


def _delete_recordings(folder: Path, ids: Collection[str]) -> None:
    for call_id in ids:
        if call_id.replace("-", "").isalnum():
            (folder / f"{call_id}.wav").unlink(missing_ok=True)


def _chunks(ids: Collection[Any]) -> list[list[Any]]:
    listed = list(ids)
    return [listed[i : i + _CHUNK] for i in range(0, len(listed), _CHUNK)]


def _shred_freed_pages(db: Connection) -> None:
    """SQLite overwrites what is deleted instead of leaving it in the file."""
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("PRAGMA secure_delete=ON")


def _truncate_log(store: Store) -> None:
    """SQLite's write-ahead log holds older versions of pages."""
    if store.engine.dialect.name == "sqlite":
        with store.engine.connect() as connection:
            connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
