"""The text that asks how it was: once a visit, some time after it, by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.turn import Conversation
from bot.database.outbox import Texts
from bot.database.store import Store, Transaction
from bot.database.tables import bookings, orders, waitlist
from bot.insights.ask_feedback import queue_feedback_texts
from bot.insights.made_up import CHANNEL
from tests.bot.parts import EVENING, NIGHT, RESTAURANT

AFTER = timedelta(minutes=RESTAURANT.policies.feedback_after_min)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Transaction]:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.migrate()
    with store.transaction(RESTAURANT) as transaction:
        transaction.save_conversation(Conversation("web-1"), EVENING)
        yield transaction
    store.close()


def order(tx: Transaction, over: datetime = EVENING, **changes: Any) -> None:
    row = {
        "id": "o1", "number": 101, "conversation": "web-1", "channel": "chat", "place": "harbour", "status": "done",
        "lines": [], "history": [], "pieces": 1, "subtotal_cents": 1, "delivery_cents": 0, "tax_cents": 0,
        "total_cents": 1, "type": "pickup", "address": None, "asap": True, "due": None, "name": "Anna",
        "phone": "+12075550142", "note": "", "allergy_note": "", "upsell_offered": True, "late_told": False,
        "created": over.isoformat(), "updated": over.isoformat(), "placed": over.isoformat(),
    }  # fmt: skip
    tx.db.execute(orders.insert().values(**row | changes))


def party(tx: Transaction, seated: datetime = EVENING, **changes: Any) -> None:
    stamp = seated.isoformat()
    row = {
        "id": "w1", "place": "harbour", "channel": "pad", "status": "seated", "people": 2, "quoted_low": 5,
        "quoted_high": 10, "tables": ["W1"], "phone": "+12075550142", "created": stamp, "seated": stamp,
        "updated": stamp,
    }  # fmt: skip
    tx.db.execute(waitlist.insert().values(**row | changes))


def queued(tx: Transaction, now: datetime) -> list[dict[str, Any]]:
    queue_feedback_texts(tx, RESTAURANT, now)
    return Texts(tx.db).rows()


def test_nobody_is_asked_before_the_time_and_everybody_once_after_it(tx: Transaction) -> None:
    order(tx)
    assert queued(tx, EVENING + AFTER - timedelta(minutes=1)) == []
    [text] = queued(tx, EVENING + AFTER)
    assert (text["template"], text["cause"], text["to"]) == ("feedback", "order:o1", "+12075550142")
    assert "Anna" in text["body"] and "STOP" in text["body"]
    assert len(queued(tx, EVENING + 2 * AFTER)) == 1


def test_a_seated_party_and_a_past_booking_are_asked(tx: Transaction) -> None:
    party(tx)
    start = EVENING - timedelta(hours=2)
    row = {
        "id": "b1", "number": 7, "place": "harbour", "channel": "chat", "status": "seated", "people": 2,
        "start": start.isoformat(), "end": EVENING.isoformat(), "tables": ["W2"], "name": None,
        "phone": "+12075550199", "note": "", "created": start.isoformat(), "updated": start.isoformat(),
    }  # fmt: skip
    tx.db.execute(bookings.insert().values(**row))
    assert {text["cause"] for text in queued(tx, EVENING + AFTER)} == {"waitlist:w1", "booking:b1"}


def test_a_guest_with_two_visits_in_a_day_is_asked_about_one(tx: Transaction) -> None:
    party(tx)
    order(tx)
    assert len(queued(tx, EVENING + AFTER)) == 1


def test_at_night_the_text_waits_for_the_morning(tx: Transaction) -> None:
    order(tx, over=NIGHT - AFTER)
    [text] = queued(tx, NIGHT)
    sent = datetime.fromisoformat(text["next_try"]).astimezone(EVENING.tzinfo)
    assert sent.hour == RESTAURANT.policies.text_from_hour


@pytest.mark.parametrize("changes", [{"phone": None}, {"status": "cancelled"}, {"channel": CHANNEL}])
def test_who_left_no_number_did_not_come_or_is_made_up_is_not_asked(tx: Transaction, changes: dict[str, Any]) -> None:
    order(tx, **changes)
    assert queued(tx, EVENING + AFTER) == []


def test_after_a_long_stop_nobody_is_asked_about_the_day_before(tx: Transaction) -> None:
    order(tx)
    assert queued(tx, EVENING + timedelta(days=1)) == []
