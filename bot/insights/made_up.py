"""A week of made-up traffic for looking at /insights: orders, waits, texts back, questions; marked, and removable.

Every row carries the mark: the channel or the flag ``made_up``, and ids that begin with it. Nothing of it is ever
sent, shown on the staff board or counted among the real.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Connection

from bot.core.order import CANCELLED, CART, DONE
from bot.core.restaurant import Place
from bot.core.turn import House
from bot.database.store import Transaction
from bot.database.tables import conversations, feedback, messages, open_questions, orders, waitlist
from bot.insights.feedback import Remark

CHANNEL = "made_up"
PREFIX = "made-up-"

_GOOD = (
    "The {dish} was fantastic, thank you!",
    "Best {dish} in Port Ellis. We'll be back.",
    "Everything was hot and fresh, and our waiter was so kind to the kids.",
    "Lovely evening on the terrace, great {dish}.",
    "Seated in ten minutes on a Friday, wow. And the {dish} was spot on.",
    "Really friendly staff, delicious {dish}, fair prices.",
    "No complaints at all. The {dish} was perfect.",
    "My grandmother loved the {dish} and she never likes anything",
    "so good!! {dish} and {dish2} both amazing",
    "Pickup was ready right on time and still hot, thanks",
    "great value, huge portion of {dish}",
    "Spotless place, cozy light, will recommend",
    "Couldn't be happier, the {dish} was cooked exactly as I asked.",
    "the host was lovely and kept texting us how long, nice touch",
    "I don't usually like {dish} but yours is wonderful",
    "Our server was patient with my nephew's allergy questions and the {dish} was great",
    "{dish} 10/10",
    "Quick, warm and tasty. What more do you want.",
)
_BAD = (
    "The {dish} was cold when it came.",
    "You told us 15 minutes and we waited {n}.",
    "Our {dish} was burnt on one side and nobody apologized.",
    "Way too salty, the {dish} was not edible.",
    "I waited {n} minutes for a pickup order that was promised for 6:30",
    "The table was sticky and there were crumbs everywhere.",
    "restroom was really dirty tonight",
    "Too loud to talk, and our waitress was rude.",
    "paid {price} dollars for a tiny {dish}, not worth it",
    "you forgot the {dish} in our order, very disappointed",
    "The {dish} wasn't bad but the service was painfully slow.",
    "Not impressed. The {dish} was soggy.",
    "we left after {n} minutes without being seated, never again",
    "it was freezing by the door",
    "the {dish} never arrived. I want a refund.",
    "hardly any topping on the {dish}, used to be better",
)
_MIXED = (
    "Great {dish} but the wait was too long.",
    "Food was fine, the music was far too loud though.",
    "friendly people, {dish} a bit bland",
    "The {dish} was okay, nothing special",
    "Nice place, not cheap",
)
_UNJUDGED = ("👍", "🍕🍕🍕", "la comida estaba muy rica gracias", "ok", "😡😡", "?")
_QUESTIONS = (
    "Do you have high chairs?",
    "Can I bring my own birthday cake?",
    "is there live music on fridays",
    "do you cater for offices",
    "Is the terrace heated?",
    "can we bring our dog",
    "Do you sell gift cards?",
    "is your fryer oil vegan",
    "where can I park a bus",
    "do you have a kids menu",
)
_BROKE_OFF = (
    ("type", 4),
    ("option", 3),
    ("time", 2),
    ("name", 3),
    ("phone", 6),
    ("address", 4),
    ("confirm", 2),
    (None, 5),
)


def make_traffic(tx: Transaction, house: House, judge: Callable[[str], Remark], days: int, now: datetime) -> int:
    """Replace the made-up traffic by ``days`` of it up to ``now``; the number of rows. The same call makes the same."""
    remove_traffic(tx.db)
    rng = random.Random(days)
    rows = 0
    for place_number, place in enumerate(house.restaurant.places):
        for back in range(days - 1, -1, -1):
            day = place.local(now).date() - timedelta(days=back)
            for opens, closes in place.hours_on(day):
                busy = 1.4 if day.weekday() >= 4 else 1.0
                rows += _evening(tx, house, judge, rng, place, opens, min(closes, now), busy / (1 + place_number))
    return rows


def _evening(
    tx: Transaction,
    house: House,
    judge: Callable[[str], Remark],
    rng: random.Random,
    place: Place,
    opens: datetime,
    until: datetime,
    busy: float,
) -> int:
    """One opening span of one place: guests come most at one and at seven."""

    def moment() -> datetime | None:
        peak = opens.replace(hour=rng.choice((13, 19, 19)), minute=0)
        when = peak + timedelta(minutes=rng.gauss(0, 70))
        return when if opens <= when < until else None

    rows = 0
    slow = opens.weekday() == 5  # Saturdays are too much for the kitchen
    for make, count in ((_order, 14), (_cart, 4), (_party, 9), (_question, 1.2)):
        for _ in range(round(count * busy * rng.uniform(0.7, 1.3))):
            when = moment()
            if when is not None:
                rows += make(tx, house, rng, place, when, slow)
    for _ in range(round(15 * busy * rng.uniform(0.6, 1.3))):
        when = moment()
        if when is not None:
            rows += _remark(tx, house, judge, rng, place, when, slow)
    return rows


def _order(tx: Transaction, house: House, rng: random.Random, place: Place, when: datetime, slow: bool) -> int:
    cancelled = rng.random() < 0.06
    done = when + timedelta(minutes=rng.uniform(18, 45))
    talk = _talk(tx, rng, place, when, None)
    state = {"status": CANCELLED if cancelled else DONE, "placed": when.isoformat(), "updated": done.isoformat()}
    _insert_order(tx, house, rng, place, when, talk, state)
    return 2


def _cart(tx: Transaction, house: House, rng: random.Random, place: Place, when: datetime, slow: bool) -> int:
    """An order that broke off at some question."""
    steps, weights = zip(*_BROKE_OFF)
    talk = _talk(tx, rng, place, when, rng.choices(steps, weights)[0])
    _insert_order(tx, house, rng, place, when, talk, {"status": CART, "placed": None, "updated": when.isoformat()})
    return 2


def _insert_order(
    tx: Transaction, house: House, rng: random.Random, place: Place, when: datetime, talk: str, state: dict[str, Any]
) -> None:
    dishes = rng.choices(house.menu.items, k=rng.choice((1, 2, 2, 3, 4)))
    lines = [
        {"item": dish.id, "quantity": rng.choice((1, 1, 1, 2)), "options": [], "unit_cents": dish.price_cents}
        for dish in dishes
    ]
    subtotal = sum(line["quantity"] * line["unit_cents"] for line in lines)
    tax = round(subtotal * place.tax_bp / 10_000)
    row = {
        "id": _id(rng), "number": None, "conversation": talk, "channel": CHANNEL, "place": place.id, "lines": lines,
        "history": [], "pieces": sum(line["quantity"] for line in lines), "subtotal_cents": subtotal,
        "delivery_cents": 0, "tax_cents": tax, "total_cents": subtotal + tax, "type": "pickup", "address": None,
        "asap": True, "due": None, "name": None, "phone": None, "note": "", "allergy_note": "",
        "upsell_offered": True, "late_told": False, "created": when.isoformat(),
    }  # fmt: skip
    tx.db.execute(orders.insert().values(**row, **state))


def _party(tx: Transaction, house: House, rng: random.Random, place: Place, when: datetime, slow: bool) -> int:
    people = rng.choice((2, 2, 2, 3, 4, 4, 5, 6))
    low = 5 * rng.randint(1, 6)
    high = low + rng.choice((5, 10))
    waited = max(1.0, rng.gauss((low + high) / 2 * (1.35 if slow else 0.95), 4 + low / 5))
    status = rng.choices(("seated", "gone", "no_show"), (85, 10 if waited > high else 4, 5))[0]
    seated = when + timedelta(minutes=waited)
    row = {
        "id": _id(rng), "place": place.id, "conversation": None, "channel": CHANNEL, "status": status,
        "people": people, "quoted_low": low, "quoted_high": high, "tables": [], "name": None, "phone": None,
        "reply": None, "created": when.isoformat(), "notified": seated.isoformat(),
        "seated": seated.isoformat() if status == "seated" else None, "updated": seated.isoformat(),
    }  # fmt: skip
    tx.db.execute(waitlist.insert().values(**row))
    return 1


def _question(tx: Transaction, house: House, rng: random.Random, place: Place, when: datetime, slow: bool) -> int:
    row = {
        "place": place.id, "conversation": None, "text": rng.choice(_QUESTIONS), "status": "open", "made_up": True,
        "created": when.isoformat(),
    }  # fmt: skip
    tx.db.execute(open_questions.insert().values(**row))
    return 1


def _remark(
    tx: Transaction,
    house: House,
    judge: Callable[[str], Remark],
    rng: random.Random,
    place: Place,
    when: datetime,
    slow: bool,
) -> int:
    kind = rng.choices((_GOOD, _BAD, _MIXED, _UNJUDGED), (35, 50, 12, 3) if slow else (66, 20, 10, 4))[0]
    dish, other = (dish.names[0] for dish in rng.sample(house.menu.items, 2))
    text = rng.choice(kind).format(dish=dish, dish2=other, n=rng.choice((30, 40, 45, 60)), price=rng.choice((14, 18)))
    remark = judge(text)
    row = {
        "id": _id(rng), "place": place.id, "cause": None, "phone": None, "conversation": None, "text": text,
        "channel": rng.choice(("text", "text", "text", "chat", "phone")), "label": remark.label,
        "score": remark.score, "topics": remark.topics, "made_up": True, "message_id": None,
        "created": (when + timedelta(minutes=rng.uniform(0, 25))).isoformat(),
    }  # fmt: skip
    tx.db.execute(feedback.insert().values(**row))
    return 1


def _talk(tx: Transaction, rng: random.Random, place: Place, when: datetime, expecting: str | None) -> str:
    row = {
        "id": _id(rng), "channel": CHANNEL, "place": place.id, "handoff": None, "handoff_since": None,
        "state": {"expecting": expecting}, "created": when.isoformat(), "updated": when.isoformat(),
    }  # fmt: skip
    tx.db.execute(conversations.insert().values(**row))
    return str(row["id"])


def _id(rng: random.Random) -> str:
    return f"{PREFIX}{rng.getrandbits(64):016x}"


def remove_traffic(db: Connection) -> int:
    """Take all of it away; the number of rows."""
    made = (
        feedback.delete().where(feedback.c.made_up.is_(True)),
        open_questions.delete().where(open_questions.c.made_up.is_(True)),
        waitlist.delete().where(waitlist.c.channel == CHANNEL),
        orders.delete().where(orders.c.channel == CHANNEL),
        messages.delete().where(messages.c.conversation.like(f"{PREFIX}%")),
        conversations.delete().where(conversations.c.id.like(f"{PREFIX}%")),
    )
    return sum(int(db.execute(statement).rowcount) for statement in made)
