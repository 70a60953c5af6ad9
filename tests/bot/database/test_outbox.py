"""The outbox's rows: one text a cause and template, nothing to who has left, and states that never go back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.phone_number import ConfirmedNumber
from bot.database.outbox import DELIVERED, DROPPED, FAILED, QUEUED, SENDING, SENT, Texts
from bot.database.store import Store
from tests.bot.parts import EVENING

ADA, BEN = ConfirmedNumber("+12075550123"), ConfirmedNumber("+12075550188")
LATER = EVENING + timedelta(seconds=30)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def box(store: Store) -> Iterator[Texts]:
    with store.transaction() as tx:
        yield Texts(tx.db)


def ready(box: Texts, to: ConfirmedNumber = ADA, cause: str = "waitlist:a", **more: Any) -> dict[str, Any]:
    return box.enqueue(to, "table_ready", cause, "Your table is ready.", EVENING, **more)


def claimed(box: Texts) -> dict[str, Any]:
    ready(box)
    (row,) = box.claim(EVENING, LATER, 10)
    return row


def test_one_text_a_cause_and_template(box: Texts) -> None:
    first = ready(box)
    assert ready(box, BEN) == box.get(first["id"])
    box.enqueue(ADA, "running_late", "waitlist:a", "Sorry.", EVENING)
    ready(box, cause="waitlist:b")
    assert len(box.rows()) == 3 and len(box.of_cause("waitlist:a")) == 2


def test_a_cause_that_is_rolled_back_leaves_no_text(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction() as tx:
        ready(Texts(tx.db))
        raise RuntimeError
    with store.transaction() as tx:
        assert Texts(tx.db).rows() == []


def test_who_has_left_gets_nothing_until_coming_back(box: Texts) -> None:
    waiting = ready(box)
    for _ in range(2):
        box.opt_out(ADA.e164, EVENING)
    assert (box.get(waiting["id"]) or {})["status"] == DROPPED
    assert ready(box, cause="waitlist:b")["status"] == DROPPED
    assert ready(box, BEN, cause="waitlist:c")["status"] == QUEUED
    box.opt_in(ADA.e164)
    assert ready(box, cause="waitlist:d")["status"] == QUEUED


def test_a_text_for_later_is_not_claimed_before(box: Texts) -> None:
    ready(box, send_at=LATER)
    assert box.claim(EVENING, LATER, 10) == []
    assert len(box.claim(LATER, LATER, 10)) == 1


def test_a_claimed_text_is_nobody_else_s_until_the_claim_runs_out(box: Texts) -> None:
    row = claimed(box)
    assert (row["status"], row["attempts"]) == (SENDING, 1)
    assert box.claim(EVENING, LATER, 10) == [] and box.in_doubt(EVENING, 10) == []
    assert [each["id"] for each in box.in_doubt(LATER, 10)] == [row["id"]]


def test_a_try_that_was_none_does_not_count(box: Texts) -> None:
    row = claimed(box)
    assert box.try_again(row, LATER, "busy", EVENING, counts=False)
    assert not box.try_again(row, LATER, "again", EVENING)
    assert box.claim(LATER, LATER, 10)[0]["attempts"] == 1


@pytest.mark.parametrize("first", [SENT, DELIVERED])
def test_states_never_go_back_however_late_a_callback_comes(box: Texts, first: str) -> None:
    row = claimed(box)
    assert box.accepted(row, "SM1", SENT, EVENING, LATER)
    for status in (first, DELIVERED, SENT, FAILED):
        box.report(None, "SM1", status, "", EVENING)
    kept = box.get(row["id"]) or {}
    assert (kept["status"], kept["next_try"]) == (DELIVERED, None)


def test_a_callback_before_the_answer_is_stored_is_known_by_our_id(box: Texts) -> None:
    row = claimed(box)
    news = box.report(row["id"], "SM1", DELIVERED, "", EVENING)
    assert news is not None and news["status"] == DELIVERED
    assert box.accepted(row, "SM1", SENT, EVENING, LATER)
    assert (box.get(row["id"]) or {})["status"] == DELIVERED
    assert box.in_doubt(LATER, 10) == [] and box.to_poll(LATER, 10) == []


def test_an_early_callback_of_a_crashed_claim_takes_it_out_of_doubt(box: Texts) -> None:
    row = claimed(box)
    box.report(row["id"], "SM1", SENT, "", EVENING)
    assert box.in_doubt(LATER, 10) == []
    assert [each["provider_id"] for each in box.to_poll(LATER, 10)] == ["SM1"]


def test_callbacks_for_texts_of_others_change_nothing(box: Texts) -> None:
    row = claimed(box)
    box.accepted(row, "SM1", SENT, EVENING, LATER)
    assert box.report(None, "SM2", DELIVERED, "", EVENING) is None
    assert box.report(row["id"], "SM2", DELIVERED, "", EVENING) is None
    assert box.report("nobody", "SM3", DELIVERED, "", EVENING) is None
    assert (box.get(row["id"]) or {})["status"] == SENT


def test_a_second_acceptance_under_another_id_is_noticed(box: Texts) -> None:
    row = claimed(box)
    assert box.accepted(row, "SM1", SENT, EVENING, LATER)
    assert not box.accepted(row, "SM2", SENT, EVENING, LATER)


def test_the_last_text_that_a_guest_may_be_answering(box: Texts) -> None:
    assert box.last_to(ADA.e164) is None
    claimed(box)
    box.enqueue(ADA, "reply_coming", "reply:1", "Great.", LATER)
    box.claim(LATER, LATER, 10)
    assert (box.last_to(ADA.e164) or {})["template"] == "table_ready"
