"""What a booking needs, out of a guest's words: people, date, time, first and last name, as said and as values.

A learned tagger (``nlu.slot_tagger``) finds the words; rules of the calendar and the clock say what they mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import lru_cache
from typing import Protocol

from nlu.calendar_dates import find_date
from nlu.clock_times import find_time
from nlu.party import count_people
from nlu.slot_tagger import SLOTS, SlotTagger

OpenAt = Callable[[datetime], bool]


@dataclass(frozen=True)
class BookingSlots:
    """``words`` are as said, only the slots present; a value is None when absent or when it cannot be resolved."""

    words: dict[str, str] = field(default_factory=dict)
    people: int | None = None
    date: date | None = None
    time: time | None = None
    first_name: str | None = None
    last_name: str | None = None


class SpanFinder(Protocol):
    """Whoever finds the slots' words: (start, end) in the text by slot."""

    def spans(self, text: str, requested: Sequence[str]) -> dict[str, tuple[int, int]]: ...


class SlotReader:
    """Reads the slots of an utterance. Calls are safe from several threads."""

    def __init__(self, finder: SpanFinder) -> None:
        self._finder = finder

    def read(self, text: str, requested: Sequence[str], now: datetime, open_at: OpenAt | None = None) -> BookingSlots:
        """The slots in ``text``. ``requested`` are the slots just asked for (none of ``SLOTS`` is needed).

        ``now`` is the clock where the table is; ``open_at`` says whether the place is open at a moment of its own
        clock, and decides what a time without am or pm means (see ``nlu.clock_times``).
        """
        spans = self._finder.spans(text, [slot for slot in requested if slot in SLOTS])
        words = {slot: text[start:end].strip() for slot, (start, end) in spans.items()}
        day = find_date(words["date"], now) if "date" in words else None
        clock = None
        if "time" in words:
            start, end = spans["time"]
            said = text[start:end] + _HALF_AFTER.match(text[end:])[0]  # type: ignore[index]
            clock = find_time(said, now, day, open_at, around=text[:start] + text[end:])
        return BookingSlots(
            words=words,
            people=count_people(words["people"]) if "people" in words else None,
            date=day,
            time=clock,
            first_name=_as_name(words.get("first_name")),
            last_name=_as_name(words.get("last_name")),
        )


_HALF_AFTER = re.compile(
    r"(?:\s*(?:[ap]\.?\s?m\b\.?|o'?\s?clock(?: [ap]\.?m\b)?|in the (?:morning|afternoon|evening)|at night))?", re.I
)


def _as_name(words: str | None) -> str | None:
    """The name with capitals, where the guest typed none or only capitals."""
    if not words:
        return None
    plain = re.sub(r"'s$|[^\w'’ -]+", "", words).strip()
    if plain and plain in (plain.lower(), plain.upper()):
        plain = re.sub(r"(^|[ '’-])(\w)", lambda match: match[1] + match[2].upper(), plain.lower())
    return plain or None


@lru_cache(maxsize=1)
def load_slot_reader() -> SlotReader:
    """The reader with the shipped tagger, one for the process.

    Raises:
        FileNotFoundError: the model's file is missing.
    """
    return SlotReader(SlotTagger())
