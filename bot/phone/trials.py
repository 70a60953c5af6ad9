"""Many scripted calls against a bot of their own, for figures: who called, what was stored, how long answers took."""

from __future__ import annotations

import asyncio
import math
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.core.order import CONFIRMED, READY
from bot.core.turn import House
from bot.database.store import Store
from bot.phone import caller
from bot.phone.audio import SAMPLE_RATE_HZ
from bot.phone.call_command import number_of
from bot.phone.grading import misses, stored
from bot.phone.known_words import KnownWords
from bot.phone.line import Line
from bot.phone.lockstep import play_in_step
from bot.phone.objections import Wishes
from bot.phone.records import Records
from bot.phone.scenario import Scenario
from bot.settings import ROOT, Settings

EVENING = "2026-11-20T18:00:00-05:00"
Sounds = Sequence["np.ndarray | None"]


@dataclass
class Trial:
    """One call and what came of it."""

    scenario: Scenario
    played: caller.Played
    missed: list[str]

    @property
    def passed(self) -> bool:
        return not self.missed


@dataclass
class Bot:
    """A running bot: its media socket, its database, its house; ``known`` when it hears without error.

    ``line`` and ``loop`` are those of a bot in this process, where calls can be in step.
    """

    url: str
    store: Store
    house: House
    known: KnownWords | None = None
    process: int = 0
    line: Line | None = None
    loop: asyncio.AbstractEventLoop | None = None


@contextmanager
def bot_in_this_process(*, known: bool = False, settings: Mapping[str, Any] | None = None) -> Iterator[Bot]:
    """The whole bot; ``known``: with ``KnownWords`` in place of the recogniser; ``settings`` are further ones."""
    import uvicorn

    from bot.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        chosen = Settings(
            port=port,
            database_url=f"sqlite:///{folder}/bot.db",
            staff_password="bench",
            secret_key="bench",
            rasa_model=Path(os.environ.get("RASA_MODEL") or ROOT / "var" / "rasa" / "model.tar.gz"),
            var=Path(folder),
            clock_start=datetime.fromisoformat(EVENING),
            max_calls=64,
            rasa_processes=1,
            **(settings or {}),
        )
        app, words = create_app(chosen), KnownWords() if known else None
        line = app.state.line
        if words is not None:
            line.hear_with(words)
        server = uvicorn.Server(uvicorn.Config(app, port=port, ws="wsproto", log_level="error"))
        server.install_signal_handlers = lambda: None  # type: ignore[method-assign,attr-defined]
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve()), daemon=True)
        thread.start()
        try:
            _wait_ready(port)
            turns = app.state.turns
            url = f"ws://127.0.0.1:{port}/twilio/media"
            yield Bot(url, turns.store, turns.keeper.house, words, os.getpid(), line, loop)
        finally:
            server.should_exit = True
            thread.join(20)


def heard_in(trial: Trial, store: Store) -> Iterator[dict[str, Any]]:
    """Everything that the bot took for an utterance: what was asked, what was said meanwhile, and what was heard."""
    record = Records(store, Path()).get(trial.played.conversation)
    known = trial.scenario.caller
    for row in record["timeline"]["utterances"] if record else ():
        first, last = (SAMPLE_RATE_HZ // 1000 * row[edge] for edge in ("start_ms", "end_ms"))
        said = [
            text for start, end, text in trial.played.spoken if min(last, end) - max(first, start) > 0.3 * (end - start)
        ]
        yield {
            "call": trial.scenario.name, "voice": known.voice, "snr_db": known.snr_db, "asked": row["asked"],
            "said": " ... ".join(said), "heard": row["text"], "confidence": row["confidence"], "use": row["use"],
        }  # fmt: skip


def _wait_ready(port: int) -> None:
    import httpx

    end = time.monotonic() + 600
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=3, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if time.monotonic() > end:
            raise RuntimeError("the bot did not get ready")
        time.sleep(0.3)


def in_noise(scenario: Scenario, snr_db: float | None, noise: str = "") -> Scenario:
    """The same call on a line with that noise; a script's own noise stays where it is the louder one."""
    known = scenario.caller
    if snr_db is None or (known.snr_db is not None and known.snr_db <= snr_db):
        return scenario
    return replace(scenario, caller=replace(known, snr_db=snr_db, noise=noise or known.noise))


def _cook(bot: Bot, orders: Sequence[Mapping[str, Any]]) -> None:
    """Have what was ordered ready at once: each caller finds the kitchen as empty as its script supposes."""
    with bot.store.transaction(bot.house.restaurant) as tx:
        for order in orders:
            if order["status"] == CONFIRMED:
                tx.set_status(order["id"], READY, datetime.fromisoformat(EVENING))


def run_calls(
    bot: Bot,
    scenarios: Sequence[Scenario],
    sounds: Sequence[Sounds],
    *,
    at_once: int,
    speed: float,
    done: Callable[[Trial], Any] = lambda trial: None,
    objecting: bool = True,
) -> list[Trial]:
    """All calls, so many at once; sounds were rendered beforehand. ``speed`` infinite: in step, in the bot's process.

    ``objecting``: callers object to what is said back wrongly.
    """

    async def one(scenario: Scenario, own: Sounds, room: asyncio.Semaphore) -> Trial:
        async with room:
            dialled = number_of(scenario.place, bot.house) or ""
            watch = bot.known.calls.append if bot.known else None
            wishes = Wishes(scenario, bot.house, meek=not objecting)
            if math.isinf(speed):
                assert bot.line is not None
                played = await play_in_step(scenario, bot.line, dialled, list(own), watch, wishes)
            else:
                played = await caller.play(
                    scenario, bot.url, dialled, list(own), speed=speed, watch=watch, wishes=wishes
                )
                await asyncio.sleep(0.3)  # the bot writes the call down
        found = await asyncio.to_thread(stored, bot.store, bot.house, played.conversation)
        await asyncio.to_thread(_cook, bot, found["orders"])
        if bot.known:
            bot.known.calls.remove(played)
        trial = Trial(scenario, played, misses(scenario, found, bot.house))
        done(trial)
        return trial

    async def all_calls() -> list[Trial]:
        room = asyncio.Semaphore(at_once)
        return list(await asyncio.gather(*(one(s, own, room) for s, own in zip(scenarios, sounds))))

    if math.isinf(speed):
        assert bot.loop is not None
        return asyncio.run_coroutine_threadsafe(all_calls(), bot.loop).result()
    return asyncio.run(all_calls())
