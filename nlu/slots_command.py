"""``python -m nlu slots``: a guest's words in, what a booking needs out."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import datetime
from typing import Any

from nlu.slot_tagger import SLOTS
from nlu.slots import OpenAt, SlotReader, load_slot_reader


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--now", type=_moment, help="the clock, as 2026-11-20T18:00 (default: this computer's)")
    parser.add_argument(
        "--open", type=_hours, default="11:00-22:00", metavar="FROM-TO", help="opening hours (default 11:00-22:00)"
    )


def run(arguments: argparse.Namespace) -> int:
    """One output line for each input line, blank ones too; 1 when a line could not be read."""
    reader = load_slot_reader()
    failed = False
    for raw in sys.stdin.buffer:
        try:
            answer = _answer(reader, raw, arguments.now or datetime.now(), arguments.open)
        except ValueError as error:
            failed = True
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)
    return 1 if failed else 0


def _answer(reader: SlotReader, raw: bytes, now: datetime, open_at: OpenAt) -> dict[str, Any]:
    try:
        line = raw.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 text: byte {error.start + 1} of the line") from None
    text: Any = ""
    requested: Any = []
    if line:
        try:
            asked = json.loads(line)
        except (ValueError, RecursionError):
            raise ValueError('not JSON: write {"text": "table for two", "requested": []}') from None
        text = asked.get("text") if isinstance(asked, dict) else None
        requested = (asked.get("requested") or []) if isinstance(asked, dict) else []
        if not isinstance(text, str):
            raise ValueError('"text" is missing or not a text: write {"text": "table for two", "requested": []}')
        if not isinstance(requested, list) or not all(slot in SLOTS for slot in requested):
            raise ValueError(f'"requested" must be a list of {", ".join(SLOTS)}')
    slots = reader.read(text, requested, now, open_at)
    values = {
        "people": slots.people,
        "date": slots.date and slots.date.isoformat(),
        "time": slots.time and slots.time.strftime("%H:%M"),
        "first_name": slots.first_name,
        "last_name": slots.last_name,
    }
    return {"text": text, "slots": slots.words, "values": {key: v for key, v in values.items() if v is not None}}


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time: write one like 2026-11-20T18:00") from None


def _hours(text: str) -> OpenAt:
    match = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)", text)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} are not opening hours: write them like 11:00-22:00")
    opens, closes = int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])

    def open_at(moment: datetime) -> bool:
        minute = moment.hour * 60 + moment.minute
        return opens <= minute < closes if opens < closes else not closes <= minute < opens

    return open_at
