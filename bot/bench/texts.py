"""Measures the outbox: texts through a provider that fails at random while the worker is killed every few seconds.

The provider is the tests' local server with Twilio's API. It counts what it has taken, so that what was lost or sent
twice is seen from its side, not from ours.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.core.phone_number import ConfirmedNumber
from bot.database.outbox import DELIVERED, DROPPED, FAILED, RECOGNISED, SENDING, Row, Texts
from bot.database.store import Store
from bot.database.tables import texts
from bot.settings import ROOT
from bot.texts.worker import Pace

REPORT = ROOT / "data" / "reports" / "texts.md"
TROUBLES: dict[str, Any] = {
    "busy": 0.02, "error_before": 0.04, "error_after": 0.02, "cut_before": 0.01, "cut_after": 0.02, "slow": 0.01,
    "slow_s": 2.0, "list_error": 0.05, "callback_lost": 0.10, "callback_shuffled": 0.10, "undelivered": 0.01,
    "callback_after_s": 0.2, "seed": 7,
}  # fmt: skip
# A request that the provider answers too late is taken after 2 s at most; a claim is in doubt for longer than that.
TIMEOUT_S = 1.2
PACE = Pace(batch=24, threads=6, doubt_s=5.0, first_retry_s=0.3, longest_retry_s=4.0, first_poll_s=6.0, last_poll_s=600)
_END = datetime.max.replace(tzinfo=timezone.utc)
_WORDS = {
    "busy": "429, too many requests", "error_before": "500, not taken", "error_after": "503, taken all the same",
    "cut_before": "connection broken, not taken", "cut_after": "connection broken after it was taken",
    "slow": "no answer in time, taken later", "list_error": "500 when asked what it has",
    "callback_lost": "callback lost", "callback_shuffled": "callbacks doubled and in the wrong order",
    "undelivered": "the carrier could not deliver",
}  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    if arguments.worker:
        return _work(*arguments.worker)
    if not (ROOT / "tests" / "bot" / "fake_twilio.py").exists():
        print("tests/bot/fake_twilio.py is missing: the provider of this measurement", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder), arguments)


def _measure(folder: Path, arguments: argparse.Namespace) -> int:
    url = f"sqlite:///{folder / 'bot.db'}"
    store = Store(url)
    store.migrate()
    _enqueue(store, arguments.texts)
    provider_port, own_port = _free_port(), _free_port()
    provider = f"http://127.0.0.1:{provider_port}"
    fake = [sys.executable, "-m", "tests.bot.fake_twilio"]
    server = subprocess.Popen([*fake, "--port", str(provider_port), "--troubles", json.dumps(TROUBLES)], cwd=ROOT)
    worker: subprocess.Popen[bytes] | None = None
    chance = random.Random(3)
    began, kills, at_a_kill = time.monotonic(), 0, set()
    try:
        _until_open(provider_port)
        while True:
            worker = subprocess.Popen(
                [sys.executable, "-m", "bot", "bench-texts", "--worker", url, provider, str(own_port)], cwd=ROOT
            )
            _until_open(own_port)
            _until_working(store)
            end = time.monotonic() + chance.uniform(0.5, 1.5) * arguments.kill_every
            while time.monotonic() < end and not (done := _finished(store)):
                time.sleep(0.2)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            if done or time.monotonic() - began > arguments.limit:
                break
            kills += 1
            at_a_kill |= _taken_but_not_stored(store, provider)
        seconds = time.monotonic() - began
        seen = httpx.get(provider + "/seen", timeout=60, trust_env=False).json()
    finally:
        for process in (worker, server):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
    with store.transaction() as tx:
        rows = Texts(tx.db).rows()
    store.close()
    return _report(rows, seen, kills, at_a_kill, seconds)


def _enqueue(store: Store, count: int) -> None:
    now = datetime.now(timezone.utc)
    for start in range(0, count, 1000):
        with store.transaction() as tx:
            for n in range(start, min(start + 1000, count)):
                number = ConfirmedNumber(f"+1207{5_550_000 + n}")
                Texts(tx.db).enqueue(number, "table_ready", f"waitlist:{n}", "Your table is ready.", now)


def _until_working(store: Store, seconds: float = 60) -> None:
    """A kill is to hit a worker that has begun to work, on a slow machine too."""
    with store.transaction() as tx:
        before = _progress(tx.db)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with store.transaction() as tx:
            if _progress(tx.db) != before:
                return
        time.sleep(0.1)


def _progress(db: Connection) -> dict[str, int]:
    query = sa.select(texts.c.status, sa.func.count()).where(texts.c.status != SENDING).group_by(texts.c.status)
    return dict(db.execute(query).all())


def _finished(store: Store) -> bool:
    with store.transaction() as tx:
        return set(_progress(tx.db)) <= {DELIVERED, FAILED, DROPPED} and not Texts(tx.db).in_doubt(_END, 1)


def _taken_but_not_stored(store: Store, provider: str) -> set[str]:
    """Numbers of texts that the provider has and our database does not know of, just after a kill."""
    seen = httpx.get(provider + "/seen", timeout=60, trust_env=False).json()
    taken = {to for to, *_ in seen["messages"]}
    with store.transaction() as tx:
        return {
            row["to"]
            for row in Texts(tx.db).rows()
            if row["status"] == SENDING and row["provider_id"] is None and row["to"] in taken
        }


def _report(rows: list[Row], seen: dict[str, Any], kills: int, at_a_kill: set[str], seconds: float) -> int:
    taken = Counter(to for to, *_ in seen["messages"])
    status = Counter(row["status"] for row in rows)
    lost = [row for row in rows if not taken[row["to"]]]
    wrong = [to for to in taken if to not in {row["to"] for row in rows}]
    twice = sum(count > 1 for count in taken.values())
    found = {row["to"] for row in rows if row["error"] == RECOGNISED}
    unfinished = sum(status[name] for name in status if name not in (DELIVERED, FAILED, DROPPED))
    twice_after_a_crash = sum(taken[to] > 1 for to in at_a_kill)
    figures = [
        ("Texts, all to different numbers", f"{len(rows):,}"),
        ("Kills (SIGKILL) of the worker in that time", f"{kills} in {seconds:.0f} s"),
        ("Lost: never taken by the provider", f"{len(lost)}"),
        ("Sent exactly once, seen from the provider", f"{sum(count == 1 for count in taken.values()):,}"),
        ("Sent more than once", f"{twice}"),
        ("To a number that nobody gave", f"{len(wrong)}"),
        ("At a kill: taken by the provider, not yet committed by us", f"{len(at_a_kill)}"),
        ("… recognised by asking the provider before sending again", f"{len(at_a_kill & found)}"),
        ("… recognised by the provider's callback, which carries our id", f"{len(at_a_kill - found)}"),
        ("… sent twice", f"{twice_after_a_crash}"),
        ("All texts recognised by asking (crashes, lost answers, 5xx)", f"{len(found)}"),
        ("In the end delivered / failed at the carrier", f"{status[DELIVERED]:,} / {status[FAILED]}"),
        ("Without an end when the time was over", f"{unfinished}"),
    ]
    troubles = [(_WORDS[name], f"{seen['met'].get(name, 0)}") for name in _WORDS]
    words = "\n".join(
        ["# Texts through a failing provider while the worker is killed", "",
         f"`python -m bot bench-texts`: the outbox, its worker and Twilio's client against a local server with Twilio's "
         f"API. A request is given up after {TIMEOUT_S} s; a text whose answer is not stored is in doubt for "
         f"{PACE.doubt_s:.0f} s, then the provider is asked for a message to this number with these words.", "",
         "| figure | |", "|---|---|", *(f"| {name} | {value} |" for name, value in figures), "",
         "| what the provider did to us | times |", "|---|---|", *(f"| {name} | {value} |" for name, value in troubles)]
    )  # fmt: skip
    for name, value in [*figures, *troubles]:
        print(f"{name:70} {value}")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(words + "\n", encoding="utf-8")
    return 1 if lost or unfinished or wrong or twice else 0


def _work(database: str, provider: str, port: str) -> int:
    """The process that is killed: the worker, and the webhook for the provider's callbacks."""
    import logging
    import threading

    import uvicorn
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from bot.settings import Settings
    from bot.texts.transports import TwilioTransport, error_in_words, our_status
    from bot.texts.worker import TextsWorker
    from bot.twilio_requests import signed_form
    from tests.bot.fake_twilio import ACCOUNT, SENDER, TOKEN

    logging.disable(logging.WARNING)  # thousands of troubles are told in the table
    own = f"http://127.0.0.1:{port}"
    store, settings = Store(database), Settings(twilio_auth_token=TOKEN, public_url=own)
    transport = TwilioTransport(ACCOUNT, TOKEN, SENDER, api_url=provider, public_url=own, timeout_s=TIMEOUT_S)
    worker = TextsWorker(store, transport, lambda: datetime.now(timezone.utc), pace=PACE)

    def report(text_id: str, form: dict[str, str]) -> None:
        status = our_status(form["MessageStatus"])
        with store.transaction() as tx:
            error = error_in_words(form.get("ErrorCode", ""))
            if status:
                Texts(tx.db).report(text_id, form["MessageSid"], status, error, datetime.now(timezone.utc))

    async def called_back(request: Request) -> Response:
        form = await signed_form(request, settings)
        await run_in_threadpool(report, request.query_params["text"], form)
        return Response(status_code=204)

    def work() -> None:
        while True:
            if not worker.step():
                time.sleep(0.1)

    threading.Thread(target=work, daemon=True).start()
    app = Starlette(routes=[Route("/twilio/status", called_back, methods=["POST"])])
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="critical", ws="none")
    return 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_open(port: int, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise RuntimeError(f"nothing listens on port {port}") from None
            time.sleep(0.05)
