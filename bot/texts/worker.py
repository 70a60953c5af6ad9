"""Sends what is in the outbox: claims, hands over, tries again, asks the provider where an answer was lost.

Killed at any moment, nothing is lost: a claimed row whose answer is not stored is looked up at the provider before it
is sent again, once the longest time that a request may be under way has passed.
"""

from __future__ import annotations

import logging
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.concurrency import run_in_threadpool

from bot.core.privacy import mask_phone
from bot.core.texts import TEMPLATES, is_stale
from bot.core.turn import Alert
from bot.database.outbox import DELIVERED, DROPPED, FAILED, OPTED_OUT, RECOGNISED, Row, Texts
from bot.database.store import Store
from bot.hub import Hub
from bot.texts.causes import is_over
from bot.texts.transports import Busy, InDoubt, NotTaken, Rejected, Told, Transport

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """Seconds, and how much at once. ``doubt_s`` must be longer than a request can be under way anywhere."""

    batch: int = 16
    threads: int = 4
    doubt_s: float = 40.0
    first_retry_s: float = 2.0
    longest_retry_s: float = 300.0
    attempts: int = 10
    first_poll_s: float = 90.0
    last_poll_s: float = 6 * 3600.0


class TextsWorker:
    def __init__(
        self, store: Store, transport: Transport, clock: Callable[[], datetime], *, pace: Pace | None = None,
        chance: random.Random | None = None,
    ) -> None:  # fmt: skip
        self.store, self.transport, self.clock = store, transport, clock
        self.pace = pace or Pace()
        self.counts: Counter[str] = Counter()
        self._chance = chance or random.Random()
        self._pool = ThreadPoolExecutor(self.pace.threads, "texts")
        self._pause_until: datetime | None = None

    def step(self) -> int:
        """One round of work, in a thread; how many rows it brought on."""
        now = self.clock()
        with self.store.transaction() as tx:
            box = Texts(tx.db)
            in_doubt = box.in_doubt(now, self.pace.batch)
            to_poll = box.to_poll(now, self.pace.batch)
            paused = self._pause_until is not None and now < self._pause_until
            until = now + timedelta(seconds=self.pace.doubt_s)
            # Whatever is claimed at a crash is in doubt afterwards, so doubts come first and claims stay few.
            free = 0 if paused else self.pace.batch - len(in_doubt)
            claimed = self._sendable(box, box.claim(now, until, free), now) if free else []
        jobs = [self._pool.submit(self._resolve, row) for row in in_doubt]
        jobs += [self._pool.submit(self._poll, row) for row in to_poll]
        jobs += [self._pool.submit(self._send, row) for row in claimed]
        errors = [error for job in jobs if (error := job.exception()) is not None]
        for error in errors:
            log.error("a text was not handled, it will be looked at again: %s", type(error).__name__)
        return len(jobs) - len(errors)

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _sendable(self, box: Texts, rows: list[Row], now: datetime) -> list[Row]:
        """Those that still make sense; the others are dropped."""
        kept = []
        for row in rows:
            if box.opted_out(row["to"]):
                box.give_up(row, DROPPED, OPTED_OUT, now)
            elif row["template"] in TEMPLATES and is_stale(
                row["template"], datetime.fromisoformat(row["created"]), now
            ):
                box.give_up(row, DROPPED, "too late to be of use", now)
            elif is_over(box.db, row):
                box.give_up(row, DROPPED, "what it was about is over", now)
            else:
                kept.append(row)
        return kept

    def _send(self, row: Row) -> None:
        try:
            told = self.transport.send(row)
        except Busy as busy:
            self.counts["busy"] += 1
            later = self.clock() + timedelta(seconds=busy.retry_after_s)
            self._pause_until = max(later, self._pause_until or later)
            spread = timedelta(seconds=self._chance.uniform(0, busy.retry_after_s / 2))
            self._store(lambda box, now: box.try_again(row, later + spread, "busy", now, counts=False))
        except NotTaken as error:
            self.counts["not taken"] += 1
            self._try_again(row, str(error))
        except InDoubt as error:
            # The claim runs out; then the provider is asked.
            self.counts["in doubt"] += 1
            log.warning("text %s to %s: %s", row["id"], mask_phone(row["to"]), error)
        except Rejected as error:
            self.counts["rejected"] += 1
            self._failed(row, str(error), opted_out=error.opted_out)
        else:
            self.counts["accepted"] += 1
            self._accepted(row, told)

    def _resolve(self, row: Row) -> None:
        """A claim without a stored answer: found at the provider, or sent again."""

        def known(ids: list[str]) -> set[str]:
            with self.store.transaction() as tx:
                return Texts(tx.db).known(ids)

        try:
            told = self.transport.find(row, known)
        except Exception as error:  # whatever it was: without the provider's word nothing is sent again
            log.warning("text %s is in doubt, the provider cannot be asked: %s", row["id"], type(error).__name__)
            again = self.clock() + timedelta(seconds=self.pace.doubt_s / 2)
            self._store(lambda box, now: box.postpone(row, again, now))
            return
        if told is None:
            self.counts["not found"] += 1
            self._try_again(row, "no answer")
        else:
            self.counts["recognised"] += 1
            log.warning("text %s to %s was accepted before its answer was stored", row["id"], mask_phone(row["to"]))
            self._accepted(row, told, RECOGNISED)

    def _poll(self, row: Row) -> None:
        """No callback came: ask, each time after as long again, and stop after some hours."""
        now = self.clock()
        age = (now - datetime.fromisoformat(row["created"])).total_seconds()
        again = now + timedelta(seconds=max(age, self.pace.first_poll_s))
        last = age > self.pace.last_poll_s
        try:
            told = self.transport.look(row["provider_id"])
        except Exception as error:
            log.warning("text %s: the provider cannot be asked: %s", row["id"], type(error).__name__)
            self._store(lambda box, now: box.postpone(row, None if last else again, now))
            return
        if told.status in (DELIVERED, FAILED):
            self.counts["learned by asking"] += 1
            self._store(lambda box, now: box.report(None, told.provider_id, told.status, told.error, now))
            if told.status == FAILED:
                self._tell_staff(row, told.error)
        else:
            self._store(lambda box, now: box.postpone(row, None if last else again, now))

    def _accepted(self, row: Row, told: Told, note: str = "") -> None:
        poll_at = self.clock() + timedelta(seconds=self.pace.first_poll_s)
        ours = self._store(
            lambda box, now: box.accepted(row, told.provider_id, told.status, now, poll_at, note or told.error)
        )
        if not ours:
            self.counts["accepted twice"] += 1
            log.error("text %s was accepted twice by the provider", row["id"])
        elif told.status == FAILED:
            self._tell_staff(row, told.error)

    def _try_again(self, row: Row, why: str) -> None:
        if row["attempts"] >= self.pace.attempts:
            self._failed(row, f"{why}, {row['attempts']} times")
            return
        at = self.clock() + timedelta(seconds=self._backoff(row["attempts"]))
        self._store(lambda box, now: box.try_again(row, at, why, now))

    def _backoff(self, attempts: int) -> float:
        """Exponential with full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/"""
        longest = min(self.pace.longest_retry_s, self.pace.first_retry_s * 2 ** max(attempts - 1, 0))
        return self._chance.uniform(longest / 2, longest)

    def _failed(self, row: Row, why: str, *, opted_out: bool = False) -> None:
        def failed(box: Texts, now: datetime) -> bool:
            if opted_out:
                box.opt_out(row["to"], now)
            return box.give_up(row, FAILED, why, now)

        if self._store(failed):
            self._tell_staff(row, why)

    def _tell_staff(self, row: Row, why: str) -> None:
        with self.store.transaction() as tx:
            tx.add_alert(failure_alert(row, why), None, self.clock())

    def _store(self, change: Callable[[Texts, datetime], object]) -> object:
        with self.store.transaction() as tx:
            return change(Texts(tx.db), self.clock())


async def send_texts(worker: TextsWorker, hub: Hub) -> None:
    """Rounds until there is nothing to do; the boards see each."""
    while await run_in_threadpool(worker.step):
        hub.board_changed()


def failure_alert(row: Row, why: str) -> Alert:
    what = row["template"].replace("_", " ")
    return Alert("text", f"The text “{what}” to {mask_phone(row['to'])} did not arrive: {why or 'no reason given'}.")
