"""The JSON that pages get: messages, carts, the staff board, the site. Shapes only, no decisions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.core.answers import plural
from bot.core.order import CART, CONFIRMED, Order, option_words
from bot.core.restaurant import Place
from bot.core.shelf import Shelf
from bot.core.turn import House
from bot.database.store import OPEN_STATUSES, Transaction, order_from_row

_CARTS_FOR = timedelta(hours=3)


def message_view(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "message",
        "seq": row["seq"],
        "from": row["sender"],
        "text": row["text"],
        "message_id": row["message_id"],
        "time": row["time"],
        "buttons": row["extras"].get("buttons", []),
        "cards": row["extras"].get("cards", []),
    }


def lines_view(order: Order, house: House) -> list[dict[str, Any]]:
    menu = house.menu
    views = []
    for priced in order.lines:
        item = menu.by_id.get(priced.line.item)
        views.append(
            {
                "title": item.title if item else priced.line.item,
                "quantity": priced.line.quantity,
                "options": option_words(priced.line, menu) if item else [o.value for o in priced.line.options],
                "note": priced.line.note,
                "total_cents": priced.total_cents,
            }
        )
    return views


def cart_view(order: Order, house: House) -> dict[str, Any]:
    place = house.restaurant.place(order.place)
    totals = order.totals(place)
    return {
        "number": order.number,
        "status": order.status,
        "lines": lines_view(order, house),
        "subtotal_cents": totals.subtotal_cents,
        "delivery_cents": totals.delivery_cents,
        "tax_cents": totals.tax_cents,
        "total_cents": totals.total_cents,
        "type": order.type,
        "due": order.due.isoformat() if order.due else None,
        "place": place.name if place else None,
    }


def site_view(house: House, tx: Transaction, place_id: str | None, now: datetime) -> dict[str, Any]:
    place = house.restaurant.place(place_id)
    local = (place or house.restaurant.places[0]).local(now)
    shelf = Shelf(house.menu, house.restaurant.policies, tx.sold_out(place.id if place else None), place, local)
    kinds = []
    for kind in house.menu.kinds:
        items = [_item_view(house, shelf, item.id) for item in house.menu.items if item.kind == kind]
        kinds.append({"kind": kind, "title": plural(kind).replace("_", " ").capitalize(), "items": items})
    return {
        "name": house.restaurant.name,
        "tagline": house.restaurant.tagline,
        "currency": house.menu.currency,
        "places": [_place_view(place, now) for place in house.restaurant.places],
        "menu": kinds,
        "specials": tx.specials_on(local.date(), place.id if place else None),
    }


def board_view(house: House, tx: Transaction, now: datetime, problem: str | None) -> dict[str, Any]:
    """Everything that the staff board shows, in one piece."""
    rows = tx.order_rows([CART, *OPEN_STATUSES], carts_since=now - _CARTS_FOR)
    late_after = house.restaurant.policies.late_after_min
    carts, orders = [], []
    for row in rows:
        order = order_from_row(row)
        place = house.restaurant.place(order.place)
        lines = lines_view(order, house)
        if order.status == CART:
            if lines:
                shown = {"conversation": row["conversation"], "place_name": place.name if place else None}
                carts.append(shown | {"lines": lines, "total_cents": row["total_cents"], "updated": row["updated"]})
            continue
        placed = datetime.fromisoformat(row["placed"])
        untouched = int((now - placed).total_seconds() // 60) if order.status == CONFIRMED else 0
        orders.append(
            {
                "id": order.id,
                "number": order.number,
                "place": order.place,
                "place_name": place.name if place else None,
                "channel": row["channel"],
                "status": order.status,
                "lines": lines,
                "note": order.note,
                "allergy_note": order.allergy_note,
                "total_cents": row["total_cents"],
                "type": order.type,
                "due": row["due"],
                "address": order.address,
                "guest": {"name": order.name, "phone": order.phone},
                "created": row["placed"],
                "untouched_min": untouched,
                "late": bool(row["late_told"]) and order.status == CONFIRMED or untouched >= late_after,
            }
        )
    handoffs = [
        {
            "conversation": row["id"],
            "reason": row["state"].get("handoff_reason") or "asked for a person",
            "state": row["handoff"],
            "since": row["handoff_since"],
            "messages": [message_view(message) for message in tx.messages_after(row["id"], 0, 30)],
        }
        for row in tx.handoffs()
    ]
    alerts = [
        {key: row[key] for key in ("id", "kind", "text", "conversation", "time")} for row in tx.open_alerts()
    ]  # fmt: skip
    if problem:
        file_alert = {"id": 0, "kind": "file", "text": f"Not loaded, the old file stays in use: {problem}"}
        alerts.append(file_alert | {"conversation": None, "time": now.isoformat()})
    places = house.restaurant.places
    everywhere = [tx.sold_out(place.id) for place in places]
    return {
        "type": "board",
        "now": now.isoformat(),
        "zone": places[0].zone.key,
        "currency": house.menu.currency,
        "orders": orders,
        "carts": carts,
        "handoffs": handoffs,
        "alerts": alerts,
        "menu": [
            {
                "id": item.id,
                "title": item.title,
                "kind": item.kind,
                "sold_out": item.sold_out or all(item.id in out for out in everywhere),
                "sold_out_at": [place.id for place, out in zip(places, everywhere, strict=True) if item.id in out],
            }
            for item in house.menu.items
        ],
        "places": [{"id": place.id, "name": place.name} for place in places],
    }


def order_row_view(row: dict[str, Any], house: House) -> dict[str, Any]:
    """A row of ``bot list orders``."""
    order = order_from_row(row)
    return {
        "id": row["id"],
        "number": row["number"],
        "place": row["place"],
        "channel": row["channel"],
        "sender": row["conversation"],
        "status": row["status"],
        "lines": [line.as_json() for line in order.wanted],
        "tax_cents": row["tax_cents"],
        "total_cents": row["total_cents"],
        "type": row["type"],
        "address": row["address"],
        "due": row["due"],
        "guest": {"name": row["name"], "phone": row["phone"]},
        "note": row["note"],
        "allergy_note": row["allergy_note"],
    }


def _place_view(place: Place, now: datetime) -> dict[str, Any]:
    return {
        "id": place.id,
        "name": place.name,
        "address": place.address,
        "phone": place.phone,
        "open_now": place.open_at(now),
        "hours_today": place.hours_in_words(place.local(now).date()),
        "hours": [{"days": days, "hours": hours} for days, hours in place.week_in_words()],
        "pickup": place.pickup,
        "delivery": place.delivery is not None,
    }


def _item_view(house: House, shelf: Shelf, item_id: str) -> dict[str, Any]:
    item = house.menu.by_id[item_id]
    why = shelf.why_not(item_id)
    sized = any(group.least and any(v.price_cents for v in group.values) for group in house.menu.groups_of(item_id))
    return {
        "id": item.id,
        "title": item.title,
        "say": item.names[0],
        "description": item.description,
        "price_cents": item.price_cents,
        "from": sized,
        "diet": list(item.diet),
        "allergens": list(item.allergens),
        "available": not why,
        "why": why,
    }
