"""Calls that have ended: their timeline in the database, their sound in a file when that is switched on."""

from __future__ import annotations

import wave
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from bot.database.store import Store
from bot.database.tables import calls
from bot.phone import audio

if TYPE_CHECKING:
    from bot.phone.line import RunningCall


@dataclass
class Recording:
    """Both sides of a call as mu-law bytes, the bot's where the caller heard it."""

    caller: bytearray = field(default_factory=bytearray)
    bot: bytearray = field(default_factory=bytearray)

    def bot_says(self, said: bytes) -> None:
        self.bot += bytes([audio.SILENCE]) * (len(self.caller) - len(self.bot)) + said

    def cut(self) -> None:
        """What the caller has not heard yet is thrown away."""
        del self.bot[len(self.caller) :]

    def stereo(self) -> np.ndarray:
        """int16 (N, 2): caller left, bot right."""
        length = max(len(self.caller), len(self.bot))
        sides = [
            np.frombuffer(bytes(side).ljust(length, bytes([audio.SILENCE])), np.uint8)
            for side in (self.caller, self.bot)
        ]
        return np.stack([np.int16(audio.decode(side.tobytes()) * 32767) for side in sides], axis=1)


@dataclass(frozen=True)
class CallRecord:
    id: str
    place: str | None
    caller: str | None
    dialled: str | None
    seconds: float
    outcome: str
    timeline: dict[str, Any]

    @classmethod
    def of(cls, running: RunningCall, seconds: float) -> CallRecord:
        caller, call = running.caller, running.call
        timeline = {
            "length_ms": call.now_ms,
            "utterances": [asdict(row) for row in call.utterances],
            "events": call.events,
        }
        return cls(
            caller.id, caller.place, caller.number, caller.dialled, round(seconds, 1), running.outcome, timeline
        )  # fmt: skip


class Records:
    def __init__(self, store: Store, folder: Path) -> None:
        self._store, self._folder = store, folder

    def save(self, record: CallRecord, sound: Recording | None, now: datetime) -> None:
        """``sound`` is None when nothing is kept."""
        row = asdict(record) | {
            "started": (now - timedelta(seconds=record.seconds)).isoformat(),
            "recorded": sound is not None,
        }
        if sound is not None:
            self._write(record.id, sound)
        with self._store.transaction() as tx:
            tx.db.execute(calls.delete().where(calls.c.id == record.id))
            tx.db.execute(calls.insert().values(**row))

    def get(self, call_id: str) -> dict[str, Any] | None:
        with self._store.transaction() as tx:
            row = tx.db.execute(sa.select(calls).where(calls.c.id == call_id)).mappings().first()
        return dict(row) if row else None

    def newest(self, limit: int = 50) -> list[dict[str, Any]]:
        wanted = [calls.c[name] for name in ("id", "place", "caller", "started", "seconds", "outcome", "recorded")]
        with self._store.transaction() as tx:
            rows = tx.db.execute(sa.select(*wanted).order_by(calls.c.started.desc()).limit(limit)).mappings()
            return [dict(row) for row in rows]

    def sound(self, call_id: str) -> Path | None:
        path = self._folder / f"{call_id}.wav"
        return path if call_id.replace("-", "").isalnum() and path.exists() else None

    def _write(self, call_id: str, sound: Recording) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with wave.open(str(self._folder / f"{call_id}.wav"), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(audio.SAMPLE_RATE_HZ)
            file.writeframes(sound.stereo().tobytes())
