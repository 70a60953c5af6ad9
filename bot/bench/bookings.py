"""``python -m bot bench-bookings``: ten guests at once book, move and cancel at random; then the database is checked.

Each guest is a process of its own on one real SQLite file, as the bot and its command line are. Every answer that a
guest got is kept apart from the database. The check reads the file with plain SQL, without the code under test: no
table is at two parties at one moment, and what each guest was told last is what is stored.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from bot.core.floor import Booking, TableTaken, end_of, free_tables, slots
from bot.core.restaurant import Place, load_restaurant
from bot.database.store import Store
from bot.settings import ROOT

_NOW = "2026-11-20T10:00:00-05:00"
_DAYS = 2  # all guests want tables on the same days, so that they meet
_STALE_SHARE = 0.3  # of bookings for tables that were chosen before the transaction, as a race has it
_DOUBLE = """
SELECT a.id, b.id FROM sits a JOIN sits b
ON a.place = b.place AND a.tbl = b.tbl AND a.id < b.id AND a.start < b.finish AND b.start < a.finish
"""
_SITS = """
CREATE TEMP TABLE sits AS SELECT b.id, b.place, t.value AS tbl, strftime('%s', b.start) + 0 AS start,
strftime('%s', b."end") + 0 AS finish FROM bookings b, json_each(b.tables) t WHERE b.status IN ('confirmed', 'seated')
"""


def main(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bookings.db'}"
        store = Store(url)
        store.migrate()
        store.close()
        each = arguments.operations // arguments.guests
        began = time.monotonic()
        with ProcessPoolExecutor(arguments.guests) as pool:
            jobs = [pool.submit(guest, url, seed, each) for seed in range(arguments.guests)]
            told: dict[str, Any] = {}
            counts: Counter[str] = Counter()
            for job in jobs:
                own, happened = job.result()
                told |= own
                counts.update(happened)
        seconds = time.monotonic() - began
        wrong = check(Path(folder) / "bookings.db", told)
    table = _report(arguments, counts, wrong, len(told), seconds)
    print(table)
    (ROOT / "data" / "reports" / "bookings.md").write_text(table + "\n", encoding="utf-8")
    return 1 if any(wrong.values()) else 0


def guest(url: str, seed: int, operations: int) -> tuple[dict[str, Any], Counter[str]]:
    """One guest's operations: (what the guest was told last of each booking, how often what happened)."""
    dice, store = random.Random(seed), Store(url)
    now = datetime.fromisoformat(_NOW)
    places = load_restaurant(ROOT / "data" / "restaurant.yml").places
    told: dict[str, Any] = {}
    happened: Counter[str] = Counter()
    for number in range(operations):
        live = [key for key, booking in told.items() if booking["status"] == "confirmed"]
        what = dice.choices(["book", "move", "cancel"], [5, 3, 2])[0] if live else "book"
        try:
            if what == "book":
                booking = _wanted(dice, dice.choice(places), f"{seed}-{number}", now)
                done = _book(store, booking, places, now, stale=dice.random() < _STALE_SHARE)
            else:
                done = _change(store, dice, dice.choice(live), what, places, now)
            told[done.id] = _fields(done)
            happened[what] += 1
        except TableTaken:
            happened[f"{what} refused"] += 1
        except OperationalError:  # the file was locked for too long: nothing was stored, nothing was told
            happened["not answered"] += 1
    store.close()
    return told, happened


def check(path: Path, told: dict[str, Any]) -> dict[str, int]:
    """What is wrong in the database, by plain SQL."""
    db = sqlite3.connect(path)
    db.row_factory = sqlite3.Row
    db.execute(_SITS)
    db.execute("CREATE INDEX temp.sits_at ON sits (place, tbl, start)")
    rows = {row["id"]: dict(row) for row in db.execute("SELECT * FROM bookings")}
    stored = {
        key: {name: row[name] for name in ("status", "people", "start", "end", "number")}
        | {"tables": json.loads(row["tables"])}
        for key, row in rows.items()
    }
    seats = {
        (place.id, table.id): table.seats
        for place in load_restaurant(ROOT / "data" / "restaurant.yml").places
        for table in place.tables
    }
    live = [row for row in rows.values() if row["status"] == "confirmed"]
    return {
        "tables at two parties at once": len(db.execute(_DOUBLE).fetchall()),
        "bookings lost": sum(key not in stored for key in told),
        "bookings stored otherwise than told": sum(stored.get(key) != value for key, value in told.items() if key in stored),
        "bookings nobody made": sum(key not in told for key in stored),
        "parties larger than their tables": sum(
            row["people"] > sum(seats[row["place"], table] for table in json.loads(row["tables"])) for row in live
        ),
        "tables held for nobody": db.execute(
            "SELECT count(*) FROM table_holds WHERE cause NOT IN (SELECT 'booking:' || id FROM bookings WHERE status = 'confirmed')"
        ).fetchone()[0],
    }  # fmt: skip


def _wanted(dice: random.Random, place: Place, booking_id: str, now: datetime) -> Booking:
    """A random party at a random time."""
    day = place.local(now).date() + timedelta(days=dice.randrange(1, 1 + _DAYS))
    start = dice.choice([slot for slot in slots(place, day)] or [place.next_opening(now) or now])
    people = dice.choices([1, 2, 3, 4, 5, 6, 8], [1, 6, 3, 5, 2, 2, 1])[0]
    return Booking(booking_id, place.id, people, start, end_of(place, people, start), (), f"Guest {booking_id}")


def _book(store: Store, booking: Booking, places: tuple[Place, ...], now: datetime, *, stale: bool) -> Booking:
    if stale:  # looked at the floor earlier than the booking is written
        with store.transaction() as tx:
            booking = _seated(tx, booking, places)
    with store.transaction() as tx:
        return tx.desk.book(booking if stale else _seated(tx, booking, places), now)


def _change(
    store: Store, dice: random.Random, booking_id: str, what: str, places: tuple[Place, ...], now: datetime
) -> Booking:
    with store.transaction() as tx:
        if what == "cancel":
            return tx.desk.cancel(booking_id, now)
        found = tx.desk.get(booking_id)
        assert found is not None, f"booking {booking_id} is lost"
        place = next(place for place in places if place.id == found.place)
        wanted = _wanted(dice, place, booking_id, now)
        wanted = replace(found, people=wanted.people, start=wanted.start, end=wanted.end)
        return tx.desk.move(_seated(tx, wanted, places), now)


def _seated(tx: Any, booking: Booking, places: tuple[Place, ...]) -> Booking:
    place = next(place for place in places if place.id == booking.place)
    busy = tx.desk.busy(place.id, booking.start, booking.end, booking.id)
    tables = free_tables(place, booking.people, booking.start, busy)
    if tables is None:
        raise TableTaken("full")
    return replace(booking, tables=tables)


def _fields(booking: Booking) -> dict[str, Any]:
    return {
        "status": booking.status, "people": booking.people, "start": booking.start.isoformat(),
        "end": booking.end.isoformat(), "number": booking.number, "tables": list(booking.tables),
    }  # fmt: skip


def _report(
    arguments: argparse.Namespace, counts: Counter[str], wrong: dict[str, int], bookings: int, seconds: float
) -> str:
    done = sum(counts.values())
    rows = [
        f"| random operations by {arguments.guests} guests at once, each a process of its own | {done} |",
        f"| … bookings made, moved, cancelled | {counts['book']}, {counts['move']}, {counts['cancel']} |",
        f"| … told that the table is taken | {counts['book refused'] + counts['move refused']} |",
        f"| … not answered, the file being locked for too long | {counts['not answered']} |",
        f"| bookings that the guests know of | {bookings} |",
        *[f"| {what} | {number} |" for what, number in wrong.items()],
        f"| operations a second, SQLite on this machine | {done / seconds:.0f} |",
    ]
    return "\n".join(["| bookings, checked from the database | |", "|---|---|", *rows])


if __name__ == "__main__":
    sys.exit(main(argparse.Namespace(operations=10_000, guests=10)))
