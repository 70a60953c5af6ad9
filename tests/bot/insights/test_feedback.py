"""What guests say about a visit: stored once with it, limited, and heard by a person when it is angry."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.phone_number import ConfirmedNumber
from bot.core.turn import Conversation, Said
from bot.database.outbox import Texts
from bot.database.store import Store, Transaction
from bot.database.tables import texts
from bot.insights.feedback import (
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
    judge,
    take_feedback,
)
from bot.texts.replies import Incoming, receive
from tests.bot.parts import EVENING, RESTAURANT

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


def answer_by_text(store: Store, text: str, sid: str = "SM1") -> None:
    """The guest of order o1 was asked how it was, and texts back."""
    number = ConfirmedNumber(PHONE)
    with store.transaction() as tx:
        asked = Texts(tx.db).enqueue(number, "feedback", "order:o1", "How was it?", EVENING, place="harbour")
        tx.db.execute(texts.update().where(texts.c.id == asked["id"]).values(status="delivered"))
    receive(store, RESTAURANT, Incoming(sid, number, text), EVENING + timedelta(minutes=5))


def test_a_text_back_is_kept_with_its_visit_and_answered(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.texts.replies.judge", lambda text: HAPPY)
    answer_by_text(store, "The lasagna was wonderful")
    with store.transaction() as tx:
        [row] = Feedback(tx.db).rows()
        reply = Texts(tx.db).rows()[-1]
        assert tx.handoffs() == []
    assert (row["cause"], row["channel"], row["phone"], row["label"]) == ("order:o1", "text", PHONE, POSITIVE)
    assert THANKS in reply["body"] and reply["to"] == PHONE


def test_an_angry_text_back_waits_for_a_person_on_the_board(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.texts.replies.judge", lambda text: ANGRY)
    answer_by_text(store, "I want my money back, the lasagna was cold and the waiter laughed at me")
    with store.transaction() as tx:
        [talk] = tx.handoffs()
        assert len(tx.open_alerts()) == 1
        assert ANGRY_REPLY in Texts(tx.db).rows()[-1]["body"]
    assert talk["id"] == f"text:{PHONE}"
    assert "unhappy" in talk["state"]["handoff_reason"]


def test_leaving_is_understood_even_after_the_feedback_text(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.texts.replies.judge", lambda text: ANGRY)
    answer_by_text(store, "STOP")
    with store.transaction() as tx:
        assert Texts(tx.db).opted_out(PHONE) and Feedback(tx.db).rows() == []


def test_a_remark_is_kept_when_the_models_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise FileNotFoundError("no model")

    monkeypatch.setattr("nlu.sentiment.shared_sentiment", fails)
    assert judge("lovely") == Remark(NOT_JUDGED)


def test_the_models_judge_feeling_and_topic() -> None:
    remark = judge("The pizza was cold and the waiter was very rude, never again")
    assert remark.label == NEGATIVE and remark.angry and set(remark.topics) >= {"food", "service"}
    assert judge("👍") == Remark(NOT_JUDGED)
