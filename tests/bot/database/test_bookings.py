"""The book: no table is given away twice and no booking is lost, whatever comes in whatever order."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.bench import bookings as bench_bookings
from bot.core.floor import Booking, TableTaken, end_of, quarters
from bot.database.bookings import Desk
from bot.database.store import Store, Transaction
from bot.database.tables import metadata, table_holds
from tests.bot.parts import EVENING, HARBOUR, ROOT

SEVEN = EVENING + timedelta(hours=1)
TABLES = [("W1",), ("W2",), ("W1", "W2"), ("M1",)]


def booking(booking_id: str, tables: tuple[str, ...] = ("W1",), quarter: int = 0, people: int = 2) -> Booking:
    start = SEVEN + timedelta(minutes=15 * quarter)
    return Booking(booking_id, "harbour", people, start, end_of(HARBOUR, people, start), tables, "Ada", "+12075550123")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'book.db'}")
    metadata.create_all(store.engine)
    yield store
    store.close()


@pytest.fixture
def tx(store: Store) -> Iterator[Transaction]:
    with store.transaction() as tx:
        yield tx


def held(desk: Desk) -> set[tuple[str, int, str]]:
    return {(row.table, row.quarter, row.cause) for row in desk.db.execute(table_holds.select())}


class Book(RuleBasedStateMachine):
    """Bookings against a model of plain dicts."""

    @initialize()
    def start(self) -> None:
        self.store = Store("sqlite://")
        metadata.create_all(self.store.engine)
        self.known: dict[str, Booking] = {}

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()

    def taken(self, wanted: Booking) -> bool:
        span = set(quarters(wanted.start, wanted.end))
        return any(
            set(other.tables) & set(wanted.tables) and span & set(quarters(other.start, other.end))
            for other in self.known.values()
            if other.status in ("confirmed", "seated") and other.id != wanted.id
        )

    @rule(number=st.integers(0, 30), tables=st.sampled_from(TABLES), quarter=st.integers(0, 10))
    def book(self, number: int, tables: tuple[str, ...], quarter: int) -> None:
        wanted = booking(str(number), tables, quarter)
        with self.store.transaction() as tx:
            if wanted.id in self.known:  # the same message again
                assert tx.desk.book(wanted, EVENING) == self.known[wanted.id]
            elif self.taken(wanted):
                with pytest.raises(TableTaken):
                    tx.desk.book(wanted, EVENING)
            else:
                self.known[wanted.id] = tx.desk.book(wanted, EVENING)

    @rule(number=st.integers(0, 30), tables=st.sampled_from(TABLES), quarter=st.integers(0, 10))
    def move(self, number: int, tables: tuple[str, ...], quarter: int) -> None:
        old = self.known.get(str(number))
        if old is None:
            return
        moved = replace(old, **{k: getattr(booking("", tables, quarter), k) for k in ("tables", "start", "end")})
        with self.store.transaction() as tx:
            if old.status != "confirmed":
                with pytest.raises(ValueError):
                    tx.desk.move(moved, EVENING)
            elif self.taken(moved):
                with pytest.raises(TableTaken):
                    tx.desk.move(moved, EVENING)
            else:
                self.known[old.id] = tx.desk.move(moved, EVENING)

    @rule(number=st.integers(0, 30), what=st.sampled_from(["cancel", "no_show", "free"]))
    def end(self, number: int, what: str) -> None:
        old = self.known.get(str(number))
        status = {"cancel": "cancelled", "no_show": "no_show", "free": "done"}[what]
        allowed = {"confirmed": ("cancelled", "no_show"), "seated": ("done",)}
        with self.store.transaction() as tx:
            if old and (old.status == status or status in allowed.get(old.status, ())):
                self.known[old.id] = getattr(tx.desk, what)(str(number), EVENING)
            else:
                with pytest.raises(ValueError):
                    getattr(tx.desk, what)(str(number), EVENING)

    @rule(number=st.integers(0, 30), tables=st.sampled_from(TABLES))
    def seat(self, number: int, tables: tuple[str, ...]) -> None:
        with self.store.transaction() as tx:
            try:
                self.known[str(number)] = tx.desk.seat(str(number), HARBOUR, tables, SEVEN)
            except (TableTaken, ValueError):
                assert tx.desk.get(str(number)) == self.known.get(str(number))

    @invariant()
    def the_database_holds_exactly_what_was_told(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.transaction() as tx:
            assert {row["id"]: tx.desk.get(row["id"]) for row in tx.desk.rows()} == self.known
            live = [b for b in self.known.values() if b.status in ("confirmed", "seated")]
            wanted = [(t, q, f"booking:{b.id}") for b in live for t in b.tables for q in quarters(b.start, b.end)]
            assert held(tx.desk) == set(wanted)
            assert len({(table, quarter) for table, quarter, _ in wanted}) == len(wanted)
        numbers = [known.number for known in self.known.values()]
        assert len(set(numbers)) == len(numbers)


Book.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestBook = Book.TestCase


def test_of_two_guests_at_the_same_moment_one_gets_the_last_table(store: Store) -> None:
    gate, outcomes = threading.Barrier(2), []

    def race(name: str) -> None:
        gate.wait()
        try:
            with store.transaction() as tx:
                tx.desk.book(booking(name), EVENING)
            outcomes.append("booked")
        except TableTaken:
            outcomes.append("taken")

    threads = [threading.Thread(target=race, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["booked", "taken"]


def test_the_database_itself_refuses_a_table_twice(tx: Transaction) -> None:
    tx.desk.book(booking("a"), EVENING)
    with pytest.raises(Exception, match="UNIQUE|unique|constraint"):
        row = next(iter(held(tx.desk)))
        tx.db.execute(table_holds.insert().values(place="harbour", table=row[0], quarter=row[1], cause="somebody"))


def test_a_process_killed_in_the_middle_of_a_booking_leaves_no_table_held(store: Store, tmp_path: Path) -> None:
    script = f"""
import os, signal
from datetime import datetime, timedelta
from bot.core.floor import Booking
from bot.database.store import Store
start = datetime.fromisoformat("{SEVEN.isoformat()}")
with Store("{store.engine.url}").transaction() as tx:
    tx.desk.book(Booking("killed", "harbour", 2, start, start + timedelta(minutes=90), ("W1",)), start)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert killed.returncode == -signal.SIGKILL
    with store.transaction() as tx:
        assert tx.desk.rows() == [] and held(tx.desk) == set()
        assert tx.desk.book(booking("killed"), EVENING).number == 1001


def test_a_walk_in_sits_until_the_next_booking_needs_the_table(tx: Transaction) -> None:
    tx.desk.book(booking("later"), EVENING)
    party = tx.desk.walk_in("walk", HARBOUR, 2, ["W1"], EVENING)
    assert party.status == "seated" and party.end == SEVEN
    assert tx.desk.walk_in("walk", HARBOUR, 2, ["W1"], EVENING) == tx.desk.get("walk")
    with pytest.raises(TableTaken, match="another party sits"):
        tx.desk.walk_in("second", HARBOUR, 2, ["W1"], EVENING)
    tx.desk.free("walk", EVENING)
    with pytest.raises(TableTaken, match="booked for this time"):
        tx.desk.walk_in("third", HARBOUR, 2, ["W1"], SEVEN - timedelta(minutes=10))
    with pytest.raises(ValueError, match="choose a table"):
        tx.desk.walk_in("fourth", HARBOUR, 2, ["X9"], EVENING)


def test_the_wait_is_quoted_from_who_sits_and_who_waits(tx: Transaction) -> None:
    assert tx.desk.quote(HARBOUR, 2, EVENING).high_min == 5
    for table in HARBOUR.tables:
        tx.desk.walk_in(table.id, HARBOUR, 2, [table.id], EVENING)
    first = tx.desk.quote(HARBOUR, 2, EVENING)
    tx.waitlist.join("w", HARBOUR, 2, "host", EVENING)
    second = tx.desk.quote(HARBOUR, 2, EVENING)
    assert (first.ahead, second.ahead) == (0, 1) and 60 <= first.low_min < first.high_min


def test_ten_guests_at_once_leave_a_clean_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small run of the bench; its check also sees a book that was tampered with."""
    store = Store(f"sqlite:///{tmp_path / 'book.db'}")
    store.migrate()
    told, happened = bench_bookings.guest(f"sqlite:///{tmp_path / 'book.db'}", 1, 60)
    assert sum(happened.values()) == 60 and len(told) > 20
    assert not any(bench_bookings.check(tmp_path / "book.db", told).values())
    with store.transaction() as tx:
        first, second = [b for b in map(tx.desk.get, told) if b and b.status == "confirmed"][:2]
        same = replace(second, place=first.place, start=first.start, end=first.end, tables=first.tables)
        tx.desk._update(same, EVENING)
        tx.desk.cancel(first.id, EVENING)
        tx.db.exec_driver_sql(f"UPDATE bookings SET status = 'confirmed' WHERE id = '{first.id}'")
    store.close()
    wrong = bench_bookings.check(tmp_path / "book.db", told | {"ghost": {}})
    assert wrong["tables at two parties at once"] == 1
    assert wrong["bookings lost"] == 1 and wrong["bookings stored otherwise than told"] == 1


def test_the_report_names_what_was_wrong() -> None:
    arguments = argparse.Namespace(operations=2, guests=1)
    from collections import Counter

    words = bench_bookings._report(arguments, Counter(book=2), {"bookings lost": 3}, 2, 1.0)
    assert "| bookings lost | 3 |" in words
