"""Scripted guests: conversations in text over HTTP, graded on what the database holds at their end.

A script says things and names what must be stored: its orders (lines as ``2 margherita pizza_size=large
pizza_topping=basil:none``, defaults left out), its bookings and places on the waitlist (named fields; ``start``
as the wall shows it), whether a person was called, which alerts were raised, and words that
an answer must or must never hold.
"""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from bot.core.order import Order
from bot.core.turn import House
from bot.database.store import Store, order_from_row


@dataclass(frozen=True)
class Script:
    name: str
    say: tuple[str, ...]
    place: str | None = "harbour"
    orders: tuple[dict[str, Any], ...] = ()
    bookings: tuple[dict[str, Any], ...] = ()
    waitlist: tuple[dict[str, Any], ...] = ()
    person: bool = False
    alerts: tuple[str, ...] = ()
    hears: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass
class Outcome:
    script: Script
    misses: list[str] = field(default_factory=list)
    heard: list[tuple[str, str]] = field(default_factory=list)


def load_scripts(folder: Path) -> list[Script]:
    scripts = []
    for path in sorted(folder.glob("*.yml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            lists = {key: tuple(value) for key, value in entry.items() if isinstance(value, list)}
            scripts.append(Script(**{**entry, **lists}))
    return scripts


def play(script: Script, http: httpx.Client, store: Store, house: House) -> Outcome:
    """One guest's whole conversation; the outcome lists what differs from what was expected."""
    outcome = Outcome(script)
    sender = f"guest-{uuid.uuid4().hex[:12]}"
    for text in script.say:
        metadata = {"message_id": uuid.uuid4().hex, "place": script.place}
        body = {"sender": sender, "message": text, "metadata": metadata}
        response = http.post("/webhooks/rest/webhook", json=body)
        answer = response.json()
        words = " ".join(part["text"] for part in answer) if isinstance(answer, list) else str(answer)
        outcome.heard.append((text, words))
        if response.status_code != 200 or not words:
            outcome.misses.append(f"{text!r} was answered with {response.status_code} {words!r}")
    _grade(outcome, sender, store, house)
    return outcome


def _grade(outcome: Outcome, sender: str, store: Store, house: House) -> None:
    script = outcome.script
    with store.transaction(house.restaurant) as tx:
        rows = [row for row in tx.order_rows() if row["conversation"] == sender and row["lines"]]
        conversation = tx.conversation(sender)
        bookings = [row for row in tx.desk.rows() if row["conversation"] == sender]
        waiting = [row for row in tx.waitlist.rows(None, None) if row["conversation"] == sender]
        alerts = [row["kind"] for row in tx.open_alerts() if row["conversation"] == sender]
    if len(rows) != len(script.orders):
        outcome.misses.append(
            f"{len(rows)} orders stored instead of {len(script.orders)}: {[r['lines'] for r in rows]}"
        )
    for row, wanted in zip(rows, script.orders, strict=False):
        for key, value in wanted.items():
            stored = _shown(order_from_row(row), house) if key == "lines" else row[key]
            if key == "lines":
                value = Counter(_sorted(line) for line in value)
            if stored != value:
                outcome.misses.append(f"{key}: stored {stored!r} instead of {value!r}")
    _compare(outcome, "bookings", bookings, script.bookings)
    _compare(outcome, "waitlist", waiting, script.waitlist)
    if (conversation is not None and conversation.handoff is not None) != script.person:
        outcome.misses.append("a person was not called" if script.person else "a person was called for nothing")
    if sorted(alerts) != sorted(script.alerts):
        outcome.misses.append(f"alerts {alerts} instead of {list(script.alerts)}")
    heard = " ".join(answer for _, answer in outcome.heard).lower()
    outcome.misses += [f"never heard {words!r}" for words in script.hears if words.lower() not in heard]
    outcome.misses += [f"heard {words!r}" for words in script.never if words.lower() in heard]


def _compare(outcome: Outcome, kind: str, rows: list[dict[str, Any]], wanted: Sequence[dict[str, Any]]) -> None:
    """The same number of rows, each with the fields that are named."""
    if len(rows) != len(wanted):
        outcome.misses.append(f"{len(rows)} {kind} stored instead of {len(wanted)}")
    for row, fields in zip(rows, wanted, strict=False):
        shown = row | {"start": str(row.get("start", ""))[:16]}
        outcome.misses += [
            f"{kind}: {key} stored {shown[key]!r} instead of {value!r}"
            for key, value in fields.items()
            if shown[key] != value
        ]


def _shown(order: Order, house: House) -> Counter[str]:
    """The order's lines in the scripts' notation."""
    lines = []
    for line in order.wanted:
        groups = house.menu.groups
        options = [
            f"{o.group}={o.value}" + (f":{o.amount}" if o.amount != "regular" else "")
            for o in line.options
            if not (o.value == groups[o.group].default and o.amount == "regular")
        ]
        lines.append(_sorted(f"{line.quantity} {line.item} {' '.join(options)}"))
    return Counter(lines)


def _sorted(line: str) -> str:
    quantity, item, *options = re.split(r"\s+", line.strip())
    return " ".join([quantity, item, *sorted(options)])


def report(outcomes: Sequence[Outcome]) -> str:
    passed = sum(not outcome.misses for outcome in outcomes)
    lines = [f"scripted guests: {passed} of {len(outcomes)} end with exactly the right state"]
    for outcome in outcomes:
        if outcome.misses:
            lines.append(f"  {outcome.script.name}: {'; '.join(outcome.misses)}")
            lines += [f"    > {said}\n      {answer}" for said, answer in outcome.heard]
    return "\n".join(lines)
