"""The waitlist's rows: who joins, what may follow what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.core.phone_number import ConfirmedNumber
from bot.database.store import Store, Transaction
from bot.database.waitlist import GONE, NO_SHOW, NOTIFIED, SEATED, WAITING, Waitlist
from tests.bot.parts import EVENING, HARBOUR, MILL


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Transaction]:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.migrate()
    with store.transaction() as tx:
        yield tx
    store.close()


def test_an_id_joins_once_however_often_it_is_sent(tx: Transaction) -> None:
    waiting = Waitlist(tx.db)
    first = waiting.join("a", HARBOUR, 4, "pad", EVENING, name="Ada", phone=ConfirmedNumber("+12075550123"))
    again = waiting.join("a", MILL, 2, "pad", EVENING, name="Somebody else")
    assert first == again == waiting.get("a")
    assert (first["status"], first["people"], first["phone"]) == (WAITING, 4, "+12075550123")
    assert 0 <= first["quoted_low"] < first["quoted_high"]


def test_rows_are_of_a_place_and_oldest_first(tx: Transaction) -> None:
    waiting = Waitlist(tx.db)
    for entry, place in (("b", HARBOUR), ("a", MILL)):
        waiting.join(entry, place, 2, "pad", EVENING)
    assert [row["id"] for row in waiting.rows()] == ["a", "b"]
    assert [row["id"] for row in waiting.rows("mill")] == ["a"]
    waiting.set_status("a", GONE, EVENING)
    assert waiting.rows("mill") == [] and [row["id"] for row in waiting.rows("mill", None)] == ["a"]


@pytest.mark.parametrize(
    ("way", "allowed"),
    [
        ([NOTIFIED, SEATED], True),
        ([NOTIFIED, WAITING, NOTIFIED, NO_SHOW], True),
        ([SEATED], True),
        ([GONE], True),
        ([SEATED, WAITING], False),
        ([GONE, NOTIFIED], False),
        ([NO_SHOW, SEATED], False),
        (["x" * 999], False),
    ],
)
def test_what_may_follow_what(tx: Transaction, way: list[str], allowed: bool) -> None:
    waiting = Waitlist(tx.db)
    waiting.join("a", HARBOUR, 2, "pad", EVENING)
    for status in way[:-1]:
        waiting.set_status("a", status, EVENING)
    if allowed:
        assert waiting.set_status("a", way[-1], EVENING) == waiting.get("a")
    else:
        with pytest.raises(ValueError, match="cannot become"):
            waiting.set_status("a", way[-1], EVENING)


def test_the_same_status_again_changes_nothing_and_who_is_not_there_is_none(tx: Transaction) -> None:
    waiting = Waitlist(tx.db)
    row = waiting.join("a", HARBOUR, 2, "pad", EVENING)
    assert waiting.set_status("a", WAITING, EVENING) == row
    assert waiting.set_status("nobody", SEATED, EVENING) is None


def test_what_the_guest_texted_is_kept(tx: Transaction) -> None:
    waiting = Waitlist(tx.db)
    waiting.join("a", HARBOUR, 2, "pad", EVENING)
    waiting.set_reply("a", "coming", EVENING)
    assert (waiting.get("a") or {})["reply"] == "coming"


def test_more_parties_ahead_wait_longer(tx: Transaction) -> None:
    waiting = Waitlist(tx.db)
    waits = []
    for entry in "abc":
        waits.append(waiting.quote(HARBOUR, 2, EVENING))
        waiting.join(entry, HARBOUR, 2, "pad", EVENING)
    assert [ahead for ahead, _, _ in waits] == [0, 1, 2]
    assert waits == sorted(waits) and all(low < high for _, low, high in waits)
