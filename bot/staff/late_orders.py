"""Orders that nobody in the kitchen has touched: the staff are alerted, and the guest is told, once each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool

from bot.core.order import CONFIRMED
from bot.core.restaurant import Restaurant
from bot.core.turn import Alert
from bot.core.wording import FORMS
from bot.turns import Turns
from bot.views import message_view


async def watch_late_orders(turns: Turns) -> None:
    rows = await run_in_threadpool(_mark_late, turns)
    for row in rows:
        turns.hub.tell(row["conversation"], message_view(row))
    if rows:
        turns.hub.board_changed()


def _mark_late(turns: Turns) -> list[dict[str, Any]]:
    restaurant, now = turns.keeper.house.restaurant, turns.clock()
    told = []
    with turns.store.transaction(restaurant) as tx:
        for row in tx.order_rows([CONFIRMED]):
            if row["late_told"] or not _is_late(row, restaurant, now):
                continue
            tx.mark_late_told(row["id"])
            words = FORMS["late"][0].format(number=row["number"])
            told.append(tx.add_message(row["conversation"], "bot", words, now))
            alert = Alert("late", f"Order {row['number']} has not been started.")
            tx.add_alert(alert, row["conversation"], now)
    return told


def _is_late(row: dict[str, Any], restaurant: Restaurant, now: datetime) -> bool:
    """Untouched for too long; an order for later counts from when the kitchen should begin."""
    begin = datetime.fromisoformat(row["placed"])
    place = restaurant.place(row["place"])
    if not row["asap"] and row["due"] and place:
        begin = max(
            begin, datetime.fromisoformat(row["due"]) - timedelta(minutes=place.kitchen.minutes_for(row["pieces"], 0))
        )
    return now - begin > timedelta(minutes=restaurant.policies.late_after_min)
