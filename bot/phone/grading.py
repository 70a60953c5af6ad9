"""Whether the database holds after a call what its script expects."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from bot.core.turn import House
from bot.database.bookings import booking_row_view
from bot.database.store import Store
from bot.database.tables import bookings, texts, waitlist
from bot.phone.scenario import KINDS, Scenario
from bot.staff.host_views import text_row_view, waitlist_row_view
from bot.views import order_row_view


def stored(store: Store, house: House, conversation: str) -> dict[str, list[dict[str, Any]]]:
    """Every row that a call made, in the form of ``bot list``, oldest first; carts that were emptied are none."""
    with store.transaction(house.restaurant) as tx:
        found = {
            "orders": [
                order_row_view(row, house)
                for row in tx.order_rows()
                if row["conversation"] == conversation
                and row["lines"]
                and not (row["status"] == "cancelled" and row["number"] is None)
            ],
            "bookings": [booking_row_view(row) for row in _rows(tx.db, bookings, conversation)],
            "waitlist": [waitlist_row_view(row) for row in _rows(tx.db, waitlist, conversation)],
        }
        causes = {
            f"{kind}:{row['id']}"
            for kind, rows in (
                ("order", found["orders"]),
                ("booking", found["bookings"]),
                ("waitlist", found["waitlist"]),
            )
            for row in rows
        }
        found["texts"] = [
            text_row_view(dict(row))
            for row in tx.db.execute(sa.select(texts).order_by(texts.c.created)).mappings()
            if row["cause"] in causes
        ]
    return found


def misses(scenario: Scenario, found: dict[str, list[dict[str, Any]]], house: House) -> list[str]:
    """What differs from the script's ``expect``; a kind that it does not name is not looked at, but for orders and
    bookings that nobody wanted."""
    different = []
    for kind in KINDS:
        wanted = scenario.expect.get(kind)
        if wanted is None:
            if kind in ("texts", "waitlist") or not scenario.expect or not found[kind]:
                continue
            wanted = []
        if len(found[kind]) != len(wanted):
            different.append(f"{len(found[kind])} {kind} stored instead of {len(wanted)}")
        for row, expected in zip(found[kind], wanted):
            different += [
                f"{kind}: {key} is {_shown(row.get(key))} instead of {_shown(value)}"
                for key, value in expected.items()
                if not same(row.get(key), value, house, key)
            ]
    return different


def same(is_: Any, wanted: Any, house: House, key: str = "") -> bool:
    """Equal; the order of lines and options and free defaults do not matter; an inner object may name some fields."""
    if key == "lines":
        return sorted(_line(line, house) for line in is_ or []) == sorted(_line(line, house) for line in wanted)
    if isinstance(wanted, dict) and isinstance(is_, dict):
        return all(same(is_.get(name), value, house) for name, value in wanted.items())
    return bool(is_ == wanted)


def _line(line: Any, house: House) -> str:
    """A line as "2 margherita crust=thin pizza_topping=basil:none"; it may be given so, or as in ``bot list``."""
    if isinstance(line, str):
        quantity, item, *options = re.split(r"\s+", line.strip())
        return " ".join([quantity, item, *sorted(option for option in options if option not in _defaults(house))])
    options = []
    for option in line.get("options") or []:
        amount = option.get("amount") or "regular"
        options.append(f"{option['group']}={option['value']}" + ("" if amount == "regular" else f":{amount}"))
    kept = sorted(option for option in options if option not in _defaults(house))
    return " ".join([str(line.get("quantity", 1)), line["item"], *kept])


def _defaults(house: House) -> set[str]:
    """What comes free when nobody says anything about it."""
    groups = house.menu.groups.values()
    return {
        f"{group.id}={group.default}"
        for group in groups
        if group.default and not group.by_id[group.default].price_cents
    }


def _shown(value: Any) -> str:
    return str(value)[:200]


def _rows(db: Any, table: sa.Table, conversation: str) -> list[dict[str, Any]]:
    query = sa.select(table).where(table.c.conversation == conversation).order_by(table.c.created)
    return [dict(row) for row in db.execute(query).mappings()]
