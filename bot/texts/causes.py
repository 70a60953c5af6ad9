"""What texts are sent for: each is stored in the transaction of what it is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool

from bot.core import texts
from bot.core.order import CANCELLED, DONE, READY, Order
from bot.core.phone_number import confirmed_from_row
from bot.core.restaurant import Restaurant
from bot.database.outbox import Row, Texts
from bot.database.store import Transaction
from bot.database.tables import bookings, orders, waitlist
from bot.database.waitlist import GONE, NO_SHOW, SEATED
from bot.turns import Turns

# With these states of what a text is about, nobody needs it any more.
_NOT_WAITING = (waitlist, (SEATED, GONE, NO_SHOW))
_OVER = {
    texts.TABLE_READY: _NOT_WAITING,
    texts.RUNNING_LATE: _NOT_WAITING,
    texts.ORDER_READY: (orders, (DONE, CANCELLED)),
    texts.ORDER_LEAVES: (orders, (CANCELLED,)),
    texts.REMINDER: (bookings, ("seated", "done", "cancelled", "no_show")),
}


def text_table_ready(tx: Transaction, restaurant: Restaurant, row: Row, now: datetime) -> Row | None:
    facts = {"people": row["people"], "hold": restaurant.policies.hold_min}
    return _text(tx, restaurant, texts.TABLE_READY, f"waitlist:{row['id']}", row, now, facts)


def text_running_late(tx: Transaction, restaurant: Restaurant, row: Row, minutes: int, now: datetime) -> Row | None:
    return _text(tx, restaurant, texts.RUNNING_LATE, f"waitlist:{row['id']}", row, now, {"minutes": minutes})


def text_order_ready(tx: Transaction, restaurant: Restaurant, order: Order, now: datetime) -> Row | None:
    """Called when an order's status has changed; only ``ready`` is told."""
    if order.status != READY:
        return None
    template = texts.ORDER_LEAVES if order.type == "delivery" else texts.ORDER_READY
    place = restaurant.place(order.place)
    facts = {"number": order.number, "address": place.address if place else ""}
    row = {"place": order.place, "name": order.name, "phone": order.phone}
    return _text(tx, restaurant, template, f"order:{order.id}", row, now, facts)


def _text(
    tx: Transaction, restaurant: Restaurant, template: str, cause: str, row: Row, now: datetime, facts: dict[str, Any]
) -> Row | None:
    """None for a guest who left no number."""
    number = confirmed_from_row(row["phone"])
    if number is None:
        return None
    place = restaurant.place(row["place"])
    body = texts.body(template, restaurant, place, name=row["name"], **facts)
    when = texts.send_at(template, place, restaurant.policies, now)
    return Texts(tx.db).enqueue(number, template, cause, body, now, place=row["place"], send_at=when)


def is_over(db: Connection, row: Row) -> bool:
    """Whether what a stored text is about is over: the party sits, the booking is cancelled, the order handed over."""
    if row["template"] not in _OVER:
        return False
    table, ended = _OVER[row["template"]]
    about = row["cause"].partition(":")[2]
    return (
        db.execute(sa.select(table.c.id).where((table.c.id == about) & table.c.status.in_(ended))).first() is not None
    )


async def remind_of_bookings(turns: Turns) -> None:
    """Text the guests whose booking is some hours away, once, by day, unless they booked within these hours."""
    if await run_in_threadpool(_remind, turns):
        turns.hub.board_changed()


def _remind(turns: Turns) -> int:
    restaurant, now = turns.keeper.house.restaurant, turns.clock()
    ahead = timedelta(hours=restaurant.policies.reminder_hours)
    reminded = 0
    with turns.store.transaction(restaurant) as tx:
        query = bookings.select().where((bookings.c.status == "confirmed") & bookings.c.phone.isnot(None))
        for row in tx.db.execute(query).mappings():
            place, start = restaurant.place(row["place"]), datetime.fromisoformat(row["start"])
            booked = datetime.fromisoformat(row["created"])
            if place is None or not now < start <= now + ahead or booked > start - ahead:
                continue
            cause = f"booking:{row['id']}"
            if texts.send_at(texts.REMINDER, place, restaurant.policies, now) > now or Texts(tx.db).of_cause(cause):
                continue
            local = place.local(start)
            facts = {
                "people": row["people"],
                "day": texts.day_in_words(local, place.local(now)),
                "time": texts.hour_in_words(local),
            }
            _text(tx, restaurant, texts.REMINDER, cause, dict(row), now, facts)
            reminded += 1
    return reminded
