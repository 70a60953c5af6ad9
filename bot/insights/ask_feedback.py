"""Some time after a visit its guest is asked, once, how it was: an order handed over, a party seated, a booking over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool

from bot.core.order import DONE
from bot.core.phone_number import confirmed_from_row
from bot.core.restaurant import Restaurant
from bot.core.texts import FEEDBACK, body, send_at
from bot.database.outbox import Texts
from bot.database.store import Transaction
from bot.database.tables import bookings, orders, texts, waitlist
from bot.insights.made_up import CHANNEL as MADE_UP
from bot.turns import Turns

_NO_LATER = timedelta(hours=12)  # after a longer stop of the bot nobody is asked about last week
_ONCE_IN = timedelta(hours=20)  # a guest with two visits in a day is asked about one


async def ask_for_feedback(turns: Turns) -> None:
    await run_in_threadpool(_queue, turns)


def _queue(turns: Turns) -> None:
    restaurant = turns.keeper.house.restaurant
    with turns.store.transaction(restaurant) as tx:
        queue_feedback_texts(tx, restaurant, turns.clock())


def queue_feedback_texts(tx: Transaction, restaurant: Restaurant, now: datetime) -> int:
    """Put the texts that are due into the outbox; their number."""
    after = timedelta(minutes=restaurant.policies.feedback_after_min)
    asked = {
        row.cause: (row.to, datetime.fromisoformat(row.created))
        for row in tx.db.execute(
            sa.select(texts.c.cause, texts.c.to, texts.c.created).where(texts.c.template == FEEDBACK)
        )
    }
    lately = {phone for phone, when in asked.values() if now - when < _ONCE_IN}
    queued = 0
    for cause, row, over in _visits(tx, now):
        number = confirmed_from_row(row["phone"])
        if number is None or cause in asked or number.e164 in lately or not after <= now - over <= after + _NO_LATER:
            continue
        place = restaurant.place(row["place"])
        words = body(FEEDBACK, restaurant, place, name=row["name"])
        wanted = send_at(FEEDBACK, place, restaurant.policies, now)
        Texts(tx.db).enqueue(number, FEEDBACK, cause, words, now, place=row["place"], send_at=wanted)
        lately.add(number.e164)
        queued += 1
    return queued


def _visits(tx: Transaction, now: datetime) -> Iterator[tuple[str, dict[str, Any], datetime]]:
    """(cause, row, when it was over) of late visits whose guest left a number."""
    since = (now - timedelta(days=2)).isoformat()
    for kind, table, statuses, over in (
        ("order", orders, (DONE,), "updated"),
        ("waitlist", waitlist, ("seated",), "seated"),
        ("booking", bookings, ("seated", "done"), "end"),
    ):
        where = table.c.status.in_(statuses) & (table.c.updated >= since) & table.c.phone.isnot(None)
        for row in tx.db.execute(sa.select(table).where(where & (table.c.channel != MADE_UP))).mappings():
            if row[over]:
                yield f"{kind}:{row['id']}", dict(row), datetime.fromisoformat(row[over])
