"""What guests say about a visit: stored once with it, limited, and heard by a person when it is angry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.turn import Conversation, Said
from bot.feedback import (
    ANGRY_REPLY,
    MOST_CHARS,
    NEGATIVE,
    NOT_JUDGED,
    NOTED,
    POSITIVE,
    SORRY,
    THANKS,
    Feedback,
    Listener,
    Remark,
    take_feedback,
)
from bot.store import Store, Transaction
from tests.bot.parts import EVENING

PHONE = "+12075550142"
HAPPY = Remark(POSITIVE, 0.97, ["food"])
UNHAPPY = Remark(NEGATIVE, 0.3, ["wait"])
ANGRY = Remark(NEGATIVE, 0.02, ["food", "service"])


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    kept = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    kept.migrate()
    yield kept
    kept.close()


@pytest.fixture
def tx(store: Store) -> Iterator[Transaction]:
    with store.transaction() as transaction:
        yield transaction


def take(tx: Transaction, remark: Remark, text: str = "some words", number: int = 1, **more: Any) -> str | None:
    return take_feedback(tx, PHONE, text, remark, f"SM{number}", EVENING, **more)


@pytest.mark.parametrize(
    ("remark", "answer"),
    [(HAPPY, THANKS), (UNHAPPY, SORRY), (ANGRY, ANGRY_REPLY), (Remark(NOT_JUDGED), NOTED)],
)
def test_each_kind_of_remark_has_its_answer(tx: Transaction, remark: Remark, answer: str) -> None:
    assert take(tx, remark) == answer
    [row] = Feedback(tx.db).rows()
    assert (row["label"], row["score"], row["topics"]) == (remark.label, remark.score, remark.topics)


def test_the_same_message_is_stored_and_answered_once(tx: Transaction) -> None:
    assert take(tx, HAPPY) == THANKS
    assert take(tx, HAPPY) is None
    assert len(Feedback(tx.db).rows()) == 1


def test_an_angry_remark_alerts_the_board_and_calls_a_person(tx: Transaction) -> None:
    tx.save_conversation(Conversation(f"text:{PHONE}", "text"), EVENING)
    take(tx, ANGRY, "I want my money back")
    [alert] = tx.open_alerts()
    assert "I want my money back" in alert["text"] and alert["conversation"] == f"text:{PHONE}"
    assert [row["id"] for row in tx.handoffs()] == [f"text:{PHONE}"]


def test_a_mild_complaint_alerts_nobody(tx: Transaction) -> None:
    take(tx, UNHAPPY)
    assert tx.open_alerts() == []


def test_a_flood_is_stored_unjudged_and_unanswered_and_then_dropped(tx: Transaction) -> None:
    answers = [take(tx, ANGRY, number=number) for number in range(40)]
    rows = Feedback(tx.db).rows()
    assert sum(answer is not None for answer in answers) == 5
    assert len(rows) == 20
    assert [row["label"] for row in rows].count(NOT_JUDGED) == 15
    assert len(tx.open_alerts()) == 5


def test_the_next_hour_is_a_new_one(tx: Transaction) -> None:
    for number in range(10):
        take(tx, HAPPY, number=number)
    later = EVENING + timedelta(hours=2)
    assert take_feedback(tx, PHONE, "lovely again", HAPPY, "later", later) == THANKS


def test_ten_thousand_characters_are_cut(tx: Transaction) -> None:
    take(tx, HAPPY, "so good " * 1250)
    assert len(Feedback(tx.db).rows()[0]["text"]) == MOST_CHARS


def test_a_remark_about_an_unknown_visit_is_kept(tx: Transaction) -> None:
    assert take(tx, HAPPY, cause="order:gone") == THANKS
    assert Feedback(tx.db).rows()[0]["cause"] == "order:gone"


def listen(store: Store, text: str, intent: str, remark: Remark, message_id: str = "m1") -> list[dict[str, Any]]:
    talk = Conversation("web-1", "chat", "harbour")
    with store.transaction() as tx:
        tx.save_conversation(talk, EVENING)
    Listener(store, lambda _: remark).heard(talk, Said(text, intent), message_id, EVENING)
    with store.transaction() as tx:
        return Feedback(tx.db).rows()


def test_a_complaint_in_the_chat_is_kept_with_its_place(store: Store) -> None:
    [row] = listen(store, "the pizza was cold", "complaint", UNHAPPY)
    assert (row["channel"], row["place"], row["label"]) == ("chat", "harbour", NEGATIVE)


def test_praise_in_the_chat_is_kept_once(store: Store) -> None:
    listen(store, "thanks, the lasagna was wonderful", "thanks", HAPPY)
    assert len(listen(store, "thanks, the lasagna was wonderful", "thanks", HAPPY)) == 1


@pytest.mark.parametrize(
    ("text", "intent", "remark"),
    [
        ("a lovely lasagna please", "order", HAPPY),
        ("thank you", "thanks", HAPPY),
        ("thank you very much indeed", "thanks", Remark(POSITIVE, 0.97, [])),
        ("I am from Ohio you know", "small_talk", Remark(NEGATIVE, 0.4, ["place"])),
    ],
)
def test_orders_and_mere_politeness_are_no_remarks(store: Store, text: str, intent: str, remark: Remark) -> None:
    assert listen(store, text, intent, remark) == []
