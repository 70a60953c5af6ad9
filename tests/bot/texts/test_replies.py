"""What happens to a text from a guest, on the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.floor import Booking
from bot.core.phone_number import ConfirmedNumber
from bot.database.bookings import Desk
from bot.database.outbox import DROPPED, Texts
from bot.database.store import Store
from bot.database.waitlist import NOTIFIED, Waitlist
from bot.texts import replies as text_replies
from bot.texts.replies import Incoming, receive, text_from_staff
from tests.bot.parts import EVENING, HARBOUR, RESTAURANT

ADA, BEN = ConfirmedNumber("+12075550123"), ConfirmedNumber("+12075550188")


class Inbox:
    def __init__(self, folder: Path) -> None:
        self.store = Store(f"sqlite:///{folder / 'bot.db'}")
        self.store.migrate()
        self.now = EVENING
        self.brought = 0

    def waits(self, entry: str = "a", *, told: bool = True, phone: ConfirmedNumber = ADA) -> None:
        with self.store.transaction() as tx:
            Waitlist(tx.db).join(entry, HARBOUR, 4, "pad", self.now, name="Ada", phone=phone)
            if told:
                Waitlist(tx.db).set_status(entry, NOTIFIED, self.now)
                self.texted("table_ready", f"waitlist:{entry}", tx.db, phone)

    def texted(self, template: str, cause: str, db: Any, phone: ConfirmedNumber = ADA) -> None:
        box = Texts(db)
        box.enqueue(phone, template, cause, "words", self.now, place="harbour")
        box.claim(self.now, self.now + timedelta(hours=9), 10)

    def booked(self) -> None:
        start = self.now + timedelta(hours=3)
        with self.store.transaction() as tx:
            booking = Booking("b", "harbour", 2, start, start + timedelta(hours=1), ("W1",), "Ada", ADA.e164)
            Desk(tx.db).book(booking, self.now)
            self.texted("booking_reminder", "booking:b", tx.db)

    def brings(self, text: str, sid: str | None = None, phone: ConfirmedNumber = ADA, **more: Any) -> bool:
        self.brought += 1
        return receive(self.store, RESTAURANT, Incoming(sid or f"SM{self.brought}", phone, text), self.now, **more)

    def entry(self, entry: str = "a") -> dict[str, Any]:
        with self.store.transaction() as tx:
            row = Waitlist(tx.db).get(entry)
        assert row is not None
        return row

    def answers(self) -> list[str]:
        with self.store.transaction() as tx:
            return [row["template"] for row in Texts(tx.db).rows() if row["cause"].startswith("reply:")]

    def handoffs(self) -> list[str]:
        with self.store.transaction() as tx:
            return [row["id"] for row in tx.handoffs()]


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Inbox]:
    inbox = Inbox(tmp_path)
    yield inbox
    inbox.store.close()


@pytest.mark.parametrize(
    ("text", "status", "reply", "answer"),
    [
        ("On my way!", "notified", "coming", "reply_coming"),
        ("1", "notified", "coming", "reply_coming"),
        ("10 minutes late", "notified", "late", "reply_late"),
        ("give up my place", "gone", None, "reply_given_up"),
    ],
)
def test_a_waiting_guest_s_reply_is_done_and_answered(
    inbox: Inbox, text: str, status: str, reply: str | None, answer: str
) -> None:
    inbox.waits()
    assert inbox.brings(text)
    assert (inbox.entry()["status"], inbox.entry()["reply"]) == (status, reply)
    assert inbox.answers() == [answer] and inbox.handoffs() == []


def test_the_same_text_brought_again_changes_nothing(inbox: Inbox) -> None:
    inbox.waits()
    assert inbox.brings("3", "SMsame")
    assert not inbox.brings("3", "SMsame")
    assert inbox.answers() == ["reply_given_up"]


def test_a_reply_moves_only_the_place_of_its_own_number(inbox: Inbox) -> None:
    inbox.waits("a")
    inbox.waits("b", phone=BEN)
    inbox.brings("3", phone=BEN)
    assert (inbox.entry("a")["status"], inbox.entry("b")["status"]) == ("notified", "gone")


def test_a_number_without_any_place_is_a_person_s(inbox: Inbox) -> None:
    inbox.brings("3")
    assert inbox.answers() == [] and inbox.handoffs() == [f"text:{ADA.e164}"]


@pytest.mark.parametrize("word", ["STOP", "cancel", "QUIT", "end", "unsubscribe"])
def test_leaving_is_for_good_and_gets_no_answer(inbox: Inbox, word: str) -> None:
    inbox.waits()
    inbox.brings(word)
    with inbox.store.transaction() as tx:
        box = Texts(tx.db)
        assert box.opted_out(ADA.e164)
        assert box.enqueue(ADA, "order_ready", "order:1", "x", EVENING)["status"] == DROPPED
    assert inbox.answers() == [] and inbox.entry()["status"] == "notified"
    inbox.brings("START")
    with inbox.store.transaction() as tx:
        assert not Texts(tx.db).opted_out(ADA.e164)


def test_help_says_what_can_be_written_unless_the_provider_has_answered(inbox: Inbox) -> None:
    inbox.brings("help", handled=True)
    assert inbox.answers() == []
    inbox.brings("help")
    assert inbox.answers() == ["reply_help"]


def test_anything_else_is_a_message_for_a_person(inbox: Inbox) -> None:
    inbox.waits()
    inbox.brings("Is there a high chair? My card is 4111 1111 1111 1111")
    with inbox.store.transaction() as tx:
        (message,) = tx.messages_after(f"text:{ADA.e164}", 0)
    assert "high chair" in message["text"] and "4111" not in message["text"]
    assert inbox.handoffs() == [f"text:{ADA.e164}"] and inbox.answers() == []


def test_a_person_s_answer_goes_out_as_a_text(inbox: Inbox) -> None:
    inbox.brings("Is there a high chair?")
    with inbox.store.transaction() as tx:
        conversation = tx.conversation(f"text:{ADA.e164}")
        assert conversation is not None
        for _ in range(2):
            text_from_staff(tx, RESTAURANT, conversation, "Yes, we have two.", "r1", EVENING)
        (row,) = Texts(tx.db).rows()
    assert row["to"] == ADA.e164 and row["body"].endswith(": Yes, we have two.")


@pytest.mark.parametrize(("text", "status"), [("1", "confirmed"), ("3", "cancelled")])
def test_a_reminder_is_answered_for_its_booking(inbox: Inbox, text: str, status: str) -> None:
    inbox.booked()
    inbox.brings(text)
    with inbox.store.transaction() as tx:
        booking = Desk(tx.db).get("b")
    assert booking is not None and booking.status == status
    assert inbox.answers() == ["reply_given_up" if status == "cancelled" else "reply_coming_booking"]


def test_late_for_a_booking_is_a_person_s_to_judge(inbox: Inbox) -> None:
    inbox.booked()
    inbox.brings("2")
    assert inbox.handoffs() == [f"text:{ADA.e164}"]


def test_words_after_a_feedback_text_go_to_who_takes_feedback(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with inbox.store.transaction() as tx:
        inbox.texted("feedback", "order:1", tx.db)
    taken = []

    def on_reply(message: Incoming, last: dict[str, Any]) -> Any:
        taken.append((message.text, last["cause"]))
        return lambda tx, now: "Thank you!"

    monkeypatch.setattr(text_replies, "on_reply", on_reply)
    inbox.brings("The waiter was late")
    inbox.brings("STOP")
    assert taken == [("The waiter was late", "order:1")]
    assert inbox.answers() == ["staff"] and inbox.handoffs() == []


def test_days_later_a_text_answers_nothing_any_more(inbox: Inbox) -> None:
    with inbox.store.transaction() as tx:
        inbox.texted("feedback", "order:1", tx.db)
    inbox.now = EVENING + timedelta(days=4)
    inbox.brings("Are you open on Monday?")
    assert inbox.handoffs() == [f"text:{ADA.e164}"]


def test_two_machines_do_not_talk_to_each_other_all_night(inbox: Inbox) -> None:
    for _ in range(30):
        inbox.brings("help")
    assert len(inbox.answers()) == 10
    inbox.now += timedelta(hours=2)
    inbox.brings("help")
    assert len(inbox.answers()) == 11


@pytest.mark.parametrize("text", ["", "\x00", "😀" * 2000, "/restart", "<b>", "\ud800", "x" * 100_000])
def test_any_text_is_stored_and_bounded(inbox: Inbox, text: str) -> None:
    assert inbox.brings(text)
    with inbox.store.transaction() as tx:
        (message,) = tx.messages_after(f"text:{ADA.e164}", 0)
    assert 0 < len(message["text"]) <= 1600
    assert datetime.fromisoformat(message["time"]) == EVENING
