"""The worker against a provider that fails in every way: nothing lost, nothing twice, nobody texted who has left."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.phone_number import ConfirmedNumber
from bot.database.outbox import DELIVERED, DROPPED, FAILED, QUEUED, RECOGNISED, SENDING, SENT, Texts
from bot.database.store import Store
from bot.database.waitlist import Waitlist
from bot.texts.transports import Busy, InDoubt, LocalTransport, NotTaken, Rejected, Told
from bot.texts.worker import Pace, TextsWorker
from tests.bot.parts import EVENING, HARBOUR, Clock

ADA = ConfirmedNumber("+12075550123")
PACE = Pace(threads=1, doubt_s=40, attempts=3, first_poll_s=90, last_poll_s=3600)


class Scripted:
    """A provider that answers as it is told, one entry a request; then it takes everything."""

    def __init__(self) -> None:
        self.answers: list[Exception] = []
        self.loses_answers = 0
        self.taken: list[str] = []
        self.status = SENT
        self.deaf = False
        self.error = ""

    def send(self, row: dict[str, Any]) -> Told:
        if self.answers:
            raise self.answers.pop(0)
        self.taken.append(row["body"])
        if self.loses_answers:
            self.loses_answers -= 1
            raise InDoubt("the answer was lost")
        return Told(f"SM{len(self.taken)}", self.status)

    def find(self, row: dict[str, Any], known: Callable[[list[str]], set[str]]) -> Told | None:
        if self.deaf:
            raise InDoubt("no list")
        ids = [f"SM{n}" for n, body in enumerate(self.taken, 1) if body == row["body"]]
        ids = [sid for sid in ids if sid not in known(ids)]
        return Told(ids[0], self.status) if ids else None

    def look(self, provider_id: str) -> Told:
        return Told(provider_id, self.status, self.error)


class Office:
    """A worker, its provider, its database and a clock that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(f"sqlite:///{folder / 'bot.db'}")
        self.store.migrate()
        self.clock, self.provider = Clock(), Scripted()
        self.worker = self.new_worker()

    def new_worker(self) -> TextsWorker:
        return TextsWorker(self.store, self.provider, self.clock, pace=PACE, chance=random.Random(1))

    def text(self, body: str = "Your table is ready.", template: str = "table_ready", **more: Any) -> str:
        with self.store.transaction() as tx:
            cause = f"waitlist:{body}"
            return str(Texts(tx.db).enqueue(ADA, template, cause, body, self.clock(), **more)["id"])

    def row(self, text_id: str) -> dict[str, Any]:
        with self.store.transaction() as tx:
            row = Texts(tx.db).get(text_id)
        assert row is not None
        return row

    def works(self, seconds: float = 0, step: float = 5) -> None:
        """Rounds of work while that time passes."""
        self.drain()
        for _ in range(int(seconds // step)):
            self.clock.now += timedelta(seconds=step)
            self.drain()

    def drain(self) -> None:
        for _ in range(50):
            if not self.worker.step():
                return
        raise AssertionError("the worker does not come to rest")

    def alerts(self) -> list[str]:
        with self.store.transaction() as tx:
            return [row["text"] for row in tx.open_alerts()]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.worker.close()
    office.store.close()


def test_a_queued_text_is_sent_once_and_its_delivery_is_asked_for(office: Office) -> None:
    text = office.text()
    office.works()
    assert (office.row(text)["status"], office.row(text)["provider_id"]) == (SENT, "SM1")
    office.provider.status = DELIVERED
    office.works(120)
    assert office.row(text)["status"] == DELIVERED
    assert office.provider.taken == ["Your table is ready."]


@pytest.mark.parametrize(("ended", "sent"), [(None, True), ("notified", True), ("seated", False), ("gone", False)])
def test_a_party_that_no_longer_waits_is_not_told_that_its_table_is_ready(
    office: Office, ended: str | None, sent: bool
) -> None:
    with office.store.transaction() as tx:
        Waitlist(tx.db).join("Ready.", HARBOUR, 2, "pad", office.clock(), name="Ada", phone=ADA)
    text = office.text("Ready.")
    if ended:
        with office.store.transaction() as tx:
            Waitlist(tx.db).set_status("Ready.", ended, office.clock())
    office.works()
    assert (office.provider.taken == ["Ready."]) is sent
    assert office.row(text)["status"] == (SENT if sent else DROPPED)


def test_the_local_transport_delivers_at_once(office: Office) -> None:
    office.worker.transport = LocalTransport()
    text = office.text()
    office.works()
    assert office.row(text)["status"] == DELIVERED


def test_a_busy_provider_is_left_alone_for_as_long_as_it_says_and_no_try_is_lost(office: Office) -> None:
    office.provider.answers = [Busy(30)] * 4
    text = office.text()
    office.works(25)
    assert len(office.provider.answers) == 3 and office.row(text)["status"] == QUEUED
    office.works(200)
    assert (office.row(text)["status"], office.row(text)["attempts"]) == (SENT, 1)


def test_a_text_that_was_surely_not_taken_is_tried_again_with_growing_pauses(office: Office) -> None:
    office.provider.answers = [NotTaken("no connection")] * 2
    text = office.text()
    office.works()
    assert office.row(text)["status"] == QUEUED
    office.works(15)
    assert office.row(text)["status"] == SENT and office.provider.taken == ["Your table is ready."]


def test_after_the_last_try_the_staff_are_told_without_the_whole_number(office: Office) -> None:
    office.provider.answers = [NotTaken("no connection")] * 3
    text = office.text()
    office.works(60)
    assert office.row(text)["status"] == FAILED
    (alert,) = office.alerts()
    assert "table ready" in alert and "…23" in alert and "555" not in alert


def test_a_lost_answer_is_found_at_the_provider_and_nothing_is_sent_twice(office: Office) -> None:
    office.provider.loses_answers = 1
    text = office.text()
    office.works(35)
    assert office.row(text)["status"] == SENDING
    office.works(10)
    assert (office.row(text)["status"], office.row(text)["error"]) == (SENT, RECOGNISED)
    assert office.provider.taken == ["Your table is ready."]
    assert office.worker.counts["recognised"] == 1


def test_an_error_of_the_provider_that_took_nothing_is_sent_again_after_looking(office: Office) -> None:
    office.provider.answers = [InDoubt("500")]
    text = office.text()
    office.works(60)
    assert office.row(text)["status"] == SENT and office.provider.taken == ["Your table is ready."]


def test_a_crash_between_acceptance_and_our_commit_is_recognised_by_the_next_worker(office: Office) -> None:
    text = office.text()
    dying = office.new_worker()
    dying._accepted = lambda *_: (_ for _ in ()).throw(SystemExit)  # type: ignore[assignment, method-assign]
    dying.step()
    dying.close()
    assert office.row(text)["status"] == SENDING and len(office.provider.taken) == 1
    office.works(60)
    assert (office.row(text)["status"], office.row(text)["error"]) == (SENT, RECOGNISED)
    assert len(office.provider.taken) == 1


def test_while_the_provider_cannot_be_asked_a_text_in_doubt_is_not_sent(office: Office) -> None:
    office.provider.loses_answers, office.provider.deaf = 1, True
    text = office.text()
    office.works(200)
    assert office.row(text)["status"] == SENDING and len(office.provider.taken) == 1
    office.provider.deaf = False
    office.works(60)
    assert office.row(text)["status"] == SENT and len(office.provider.taken) == 1


def test_an_answer_that_makes_no_sense_is_no_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def nonsense(*_: Any) -> Told:
        raise ValueError("<html>")

    for name in ("send", "find", "look"):
        monkeypatch.setattr(office.provider, name, nonsense)
    text = office.text()
    office.works(120)
    assert office.row(text)["status"] == SENDING
    monkeypatch.undo()
    office.works(60)
    assert office.row(text)["status"] == SENT and len(office.provider.taken) == 1


def test_two_lost_texts_with_the_same_words_are_two_at_the_provider_too(office: Office) -> None:
    with office.store.transaction() as tx:
        for cause in ("waitlist:a", "waitlist:b"):
            Texts(tx.db).enqueue(ADA, "table_ready", cause, "The same words.", EVENING)
    office.provider.loses_answers = 2
    office.works(60)
    with office.store.transaction() as tx:
        assert sorted(row["provider_id"] for row in Texts(tx.db).rows()) == ["SM1", "SM2"]
    assert len(office.provider.taken) == 2


def test_a_refused_number_fails_at_once_and_an_opt_out_known_to_the_provider_is_kept(office: Office) -> None:
    office.provider.answers = [Rejected("the guest has asked for no texts", opted_out=True)]
    text, waiting = office.text(), office.text("Another", send_at=EVENING + timedelta(minutes=5))
    office.works()
    assert office.row(text)["status"] == FAILED and office.row(waiting)["status"] == DROPPED
    assert office.provider.taken == []


def test_who_left_after_the_text_was_stored_does_not_get_it(office: Office) -> None:
    text = office.text()
    with office.store.transaction() as tx:
        Texts(tx.db).opt_out(ADA.e164, EVENING)
    office.works()
    assert office.row(text)["status"] == DROPPED and office.provider.taken == []


def test_old_news_is_dropped(office: Office) -> None:
    text = office.text()
    office.clock.passes(60)
    office.works()
    assert (office.row(text)["status"], office.provider.taken) == (DROPPED, [])


def test_a_text_that_the_carrier_could_not_deliver_is_told_to_the_staff_once(office: Office) -> None:
    text = office.text()
    office.works()
    office.provider.status, office.provider.error = FAILED, "the phone is switched off or out of reach"
    office.works(300)
    assert office.row(text)["status"] == FAILED
    (alert,) = office.alerts()
    assert "switched off" in alert


def test_after_some_hours_nobody_asks_any_more(office: Office) -> None:
    text = office.text()
    office.works()
    office.works(3 * 3600, step=300)
    assert (office.row(text)["status"], office.row(text)["next_try"]) == (SENT, None)
