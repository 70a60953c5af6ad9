"""What the owner's page shows: feelings, topics, quotes, dishes, waits, orders that broke off, open questions.

Everything is counted from the stored rows of a period and a place; shares come with their 95 % interval (Wilson
1927), because ten remarks are few. Days are the place's own.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa

from bot.core.answers import find_items
from bot.core.order import CANCELLED, CART
from bot.core.turn import House
from bot.database.store import Transaction
from bot.database.tables import conversations, feedback, open_questions, orders, waitlist
from bot.insights.feedback import NEGATIVE, NOT_JUDGED, POSITIVE
from bot.insights.made_up import CHANNEL as MADE_UP
from bot.retention import DELETED
from nlu.menu import Menu

Row = dict[str, Any]
ABANDONED_AFTER = timedelta(hours=3)  # a cart that nobody has touched for so long
_QUOTES = 4
_STEPS = {
    None: "while choosing dishes", "option": "choosing a size or an extra", "choice": "which dish was meant",
    "check": "whether we understood", "upsell": "an extra that we offered", "place": "which place",
    "type": "pickup or delivery", "address": "the address", "time": "the time", "name": "the name",
    "phone": "the phone number", "confirm": "reading back the order", "person": "waiting for a person",
}  # fmt: skip


@dataclass(frozen=True)
class Period:
    """``first`` to ``last``, both included; one place or all."""

    first: date
    last: date
    place: str | None = None

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def wilson(part: int, whole: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share; of nothing everything is possible."""
    if not whole:
        return 0.0, 1.0
    share = part / whole
    centre = share + z * z / (2 * whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    return (centre - half) / (1 + z * z / whole), (centre + half) / (1 + z * z / whole)


def insights(tx: Transaction, house: House, period: Period, now: datetime) -> Row:
    """Everything on the page, as JSON."""
    remarks = _in_period(tx, feedback, "created", house, period)
    placed = [row for row in _in_period(tx, orders, "created", house, period) if row["lines"]]
    parties = _in_period(tx, waitlist, "created", house, period)
    questions = [
        row for row in _in_period(tx, open_questions, "created", house, period) if row["status"] == "open"
    ]  # fmt: skip
    judged = [row for row in remarks if row["label"] != NOT_JUDGED]
    return {
        "today": house.restaurant.places[0].local(now).date().isoformat(),
        "currency": house.menu.currency,
        "period": {"first": period.first.isoformat(), "last": period.last.isoformat(), "place": period.place},
        "places": [{"id": place.id, "name": place.name} for place in house.restaurant.places],
        "made_up": {
            "shown": sum(row["made_up"] for row in (*remarks, *questions))
            + sum(row["channel"] == MADE_UP for row in (*placed, *parties)),
            "real": sum(not row["made_up"] for row in (*remarks, *questions))
            + sum(row["channel"] != MADE_UP for row in (*placed, *parties)),
        },
        "remarks": {"all": len(remarks), "not_judged": len(remarks) - len(judged), **_share(judged)},
        "days": _by_day(remarks, period),
        "by_place": _by_place(remarks, house),
        "topics": _topics(judged),
        "best": _quotes(judged, best=True),
        "worst": _quotes(judged, best=False),
        "dishes": _dishes(judged, placed, house.menu),
        "waits": _waits(parties),
        "abandoned": _abandoned(tx, placed, now),
        "questions": _questions(questions),
    }


def remarks_of(tx: Transaction, house: House, period: Period) -> list[Row]:
    """The stored remarks of the period, oldest first; those whose words were deleted are left out."""
    return [row for row in _in_period(tx, feedback, "created", house, period) if row["text"] != DELETED]


def _in_period(tx: Transaction, table: sa.Table, column: str, house: House, period: Period) -> list[Row]:
    """Rows whose local day is in the period, oldest first, with that day as ``day``.

    What names no place counts as the first place's time and is shown for all places only.
    """
    moment = table.c[column]
    margin = timedelta(days=2)  # offsets differ; the exact day is decided below
    where = (moment >= (period.first - margin).isoformat()) & (moment <= (period.last + margin).isoformat())
    if period.place is not None:
        where &= table.c.place == period.place
    rows = []
    for row in tx.db.execute(sa.select(table).where(where).order_by(moment)).mappings():
        place = house.restaurant.place(row["place"]) or house.restaurant.places[0]
        day = place.local(datetime.fromisoformat(row[column])).date()
        if period.first <= day <= period.last:
            rows.append(dict(row) | {"day": day.isoformat()})
    return rows


def _share(rows: Sequence[Row]) -> Row:
    """Counts of praise and blame, and the share of praise with its interval."""
    positive = sum(row["label"] == POSITIVE for row in rows)
    low, high = wilson(positive, len(rows))
    share = positive / len(rows) if rows else None
    return {"positive": positive, "negative": len(rows) - positive, "share": share, "low": low, "high": high}


def _by_day(remarks: Sequence[Row], period: Period) -> list[Row]:
    by_day: dict[str, list[Row]] = defaultdict(list)
    for row in remarks:
        by_day[row["day"]].append(row)
    found = []
    for day in period.days:
        rows = by_day[day.isoformat()]
        judged = [row for row in rows if row["label"] != NOT_JUDGED]
        found.append({"day": day.isoformat(), "not_judged": len(rows) - len(judged), **_share(judged)})
    return found


def _by_place(remarks: Sequence[Row], house: House) -> list[Row]:
    found = []
    for place in house.restaurant.places:
        judged = [row for row in remarks if row["place"] == place.id and row["label"] != NOT_JUDGED]
        found.append({"place": place.id, "name": place.name, **_share(judged)})
    return found


def _topics(judged: Sequence[Row]) -> list[Row]:
    by_topic: dict[str, list[Row]] = defaultdict(list)
    for row in judged:
        for topic in row["topics"]:
            by_topic[topic].append(row)
    found = [{"topic": topic, **_share(rows)} for topic, rows in by_topic.items()]
    return sorted(found, key=lambda row: (-row["positive"] - row["negative"], row["topic"]))


def _quotes(judged: Sequence[Row], best: bool) -> list[Row]:
    """The surest ones, longer ones first among equals, each wording once."""
    label = POSITIVE if best else NEGATIVE
    rows = [row for row in judged if row["label"] == label and row["text"] != DELETED and len(row["text"].split()) >= 4]
    rows.sort(key=lambda row: (round(row["score"] if best else 1 - row["score"], 2), len(row["topics"])), reverse=True)
    seen: set[str] = set()
    found = []
    for row in rows:
        shape = " ".join(row["text"].lower().split()[:2])
        if shape not in seen:
            seen.add(shape)
            kept = ("text", "score", "day", "place", "topics", "channel", "made_up")
            found.append({key: row[key] for key in kept})
        if len(found) == _QUOTES:
            break
    return found


def _dishes(judged: Sequence[Row], placed: Sequence[Row], menu: Menu) -> list[Row]:
    mentions: dict[str, list[Row]] = defaultdict(list)
    for row in judged:
        for dish in find_items(row["text"].lower(), menu):
            mentions[dish.id].append(row)
    ordered: Counter[str] = Counter()
    for row in placed:
        if row["status"] not in (CART, CANCELLED):
            for line in row["lines"]:
                ordered[line["item"]] += line["quantity"]
    found = [
        {"id": dish, "title": menu.by_id[dish].title, "ordered": ordered[dish], **_share(rows)}
        for dish, rows in mentions.items()
    ]
    return sorted(found, key=lambda row: (-row["positive"] - row["negative"], row["title"]))[:12]


def _waits(parties: Sequence[Row]) -> Row:
    """Seated parties: how long they waited, against the longest wait that was promised."""
    points = []
    for row in parties:
        if row["seated"]:
            waited = (datetime.fromisoformat(row["seated"]) - datetime.fromisoformat(row["created"])).total_seconds()
            points.append({
                "day": row["day"], "place": row["place"], "people": row["people"], "low": row["quoted_low"],
                "high": row["quoted_high"], "waited": round(max(waited, 0) / 60, 1),
            })  # fmt: skip
    kept = sum(point["waited"] <= point["high"] for point in points)
    low, high = wilson(kept, len(points))
    late = [point["waited"] - point["high"] for point in points if point["waited"] > point["high"]]
    return {
        "points": points, "kept": kept, "all": len(points), "share": kept / len(points) if points else None,
        "low": low, "high": high, "median_waited": median(p["waited"] for p in points) if points else None,
        "median_late": round(median(late), 1) if late else None,
        "left": sum(row["status"] in ("gone", "no_show") for row in parties),
    }  # fmt: skip


def _abandoned(tx: Transaction, rows: Sequence[Row], now: datetime) -> Row:
    """Carts that were left, by the question that stood open then."""
    left = [
        row for row in rows
        if row["status"] == CART and now - datetime.fromisoformat(row["updated"]) > ABANDONED_AFTER
    ]  # fmt: skip
    ids = [row["conversation"] for row in left]
    states: dict[str, Row] = {}
    for begin in range(0, len(ids), 400):
        query = sa.select(conversations.c.id, conversations.c.state)
        for row in tx.db.execute(query.where(conversations.c.id.in_(ids[begin : begin + 400]))):
            states[row.id] = row.state or {}
    steps = Counter(states.get(talk, {}).get("expecting") for talk in ids)
    orders_placed = sum(row["status"] != CART for row in rows)
    low, high = wilson(len(left), len(left) + orders_placed)
    return {
        "carts": len(left),
        "placed": orders_placed,
        "share": len(left) / (len(left) + orders_placed) if left or orders_placed else None,
        "low": low,
        "high": high,
        "lost_cents": sum(row["total_cents"] for row in left),
        "steps": [
            {"step": step or "dishes", "label": _STEPS.get(step, str(step).replace("_", " ")), "count": count}
            for step, count in steps.most_common()
        ],
    }


def _questions(rows: Iterable[Row]) -> list[Row]:
    """The same question once, with how often it came; the commonest first."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["text"] != DELETED:
            groups[re.sub(r"[\W_]+", " ", row["text"].lower()).strip()].append(row)
    found = [
        {
            "ids": [row["id"] for row in same],
            "text": same[-1]["text"],
            "count": len(same),
            "last": same[-1]["day"],
            "made_up": all(row["made_up"] for row in same),
        }
        for same in groups.values()
    ]
    return sorted(found, key=lambda row: (-row["count"], row["text"]))[:30]
