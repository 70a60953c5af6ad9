"""Measures the chat as guests meet it: scripted guests, real sentences over HTTP, and the speed of turns.

Everything runs against servers that this command starts itself, on the loopback interface and on databases of their
own. The stock Rasa beside it (DIET and TED) is trained on the same data and gets an action server that answers at
once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bot.bench.scripted_guests import Script, load_scripts, play, report
from bot.database.store import Store, order_from_row
from bot.house import HouseKeeper
from bot.settings import ROOT
from nlu.order_lines import Line

REPORT = ROOT / "data" / "reports" / "chat.md"
_EVENING = "2026-11-20T18:00:00-05:00"
_GUESTS = 50


def main(arguments: argparse.Namespace) -> int:
    bench = Path(os.environ.get("BENCH") or ROOT.parent / "shared" / "bench")
    rows: list[tuple[str, str]] = []
    with _bot() as (url, store, keeper):
        scripts = load_scripts(ROOT / "data" / "guests")
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
            outcomes = [play(script, http, store, keeper.house) for script in scripts]
        print(report(outcomes))
        rows.append(("Scripted guests that end in exactly the right state", _share(_passed(outcomes), len(outcomes))))
        alone = _turns_of_one_guest(f"{url}/webhooks/rest/webhook", scripts, arguments.turns)
        rows.append(("A turn with one guest: median", f"{statistics.median(alone) * 1000:.0f} ms"))
        rows.append(("… 99th percentile", f"{_percentile(alone, 0.99) * 1000:.0f} ms"))
        ours = asyncio.run(_turns_a_second(f"{url}/webhooks/rest/webhook", scripts, arguments.seconds))
        rows.append((f"Turns a second with {_GUESTS} guests", f"{ours:.0f}"))
    if not arguments.skip_stock:
        with _stock_rasa() as url:
            stock = asyncio.run(_turns_a_second(url, scripts, arguments.seconds))
        rows.append(("… stock Rasa (DIET + TED), same data, same run", f"{stock:.0f} ({ours / stock:.1f} times fewer)"))
    missing = not (bench / "pizza.dev.jsonl").exists()
    if missing:
        print(f"{bench}/pizza.dev.jsonl is missing: PIZZA, CC BY-NC 4.0, Amazon; row skipped", file=sys.stderr)
    else:
        rows += _sentences(bench)
    table = "\n".join(["| figure | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])
    print(table)
    REPORT.write_text(f"{table}\n\nMeasured by `python -m bot bench` on {os.cpu_count()} cores.\n", encoding="utf-8")
    return 3 if missing else 0


def _sentences(bench: Path) -> list[tuple[str, str]]:
    """Real orders through the running chat with their menu: the stored cart against what the parser alone says."""
    gold = [json.loads(line) for line in (bench / "pizza.dev.jsonl").read_text().splitlines() if line.strip()]
    menu = bench / "menus" / "pizza.yml"
    texts = "".join(entry["text"] + "\n" for entry in gold)
    command = [sys.executable, "-m", "nlu", "parse", "--menu", str(menu)]
    parsed = subprocess.run(command, input=texts, capture_output=True, text=True, check=True, cwd=ROOT)
    orders = [json.loads(line)["order"] for line in parsed.stdout.splitlines()]
    asked = equal = exact = 0
    with _bot(MENU=str(menu)) as (url, store, _), httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        for entry, order in zip(gold, orders, strict=True):
            sender = f"bench-{uuid.uuid4().hex[:12]}"
            reply = http.post("/webhooks/rest/webhook", json={"sender": sender, "message": entry["text"]}).json()
            stored = _cart(store, sender)
            question = "anything else" not in reply[0]["text"].lower() and "get you?" not in reply[0]["text"].lower()
            asked += question
            equal += not question and stored == _canonical(order)
            exact += stored == _canonical(entry["order"])
    taken = len(gold) - asked
    return [
        ("PIZZA development sentences over HTTP: asked about", _share(asked, len(gold))),
        ("… taken without a question: stored cart equals the parser's", _share(equal, taken)),
        ("… all: stored cart is exactly what was meant", _share(exact, len(gold))),
    ]


def _cart(store: Store, sender: str) -> list[Any]:
    with store.transaction() as tx:
        rows = [row for row in tx.order_rows() if row["conversation"] == sender]
    return _canonical({"lines": [line.as_json() for line in order_from_row(rows[-1]).wanted]}) if rows else []


def _canonical(order: dict[str, Any]) -> list[Any]:
    lines = [Line.from_json(line) for line in order["lines"]]
    return sorted((line.item, line.quantity, tuple(sorted(line.options))) for line in lines)


def _turns_of_one_guest(url: str, scripts: Sequence[Script], turns: int) -> list[float]:
    """Seconds of each turn, one after another, after a warm-up."""
    seconds: list[float] = []
    with httpx.Client(timeout=60, trust_env=False) as http:
        for sender, text in _lines(scripts, turns + 20):
            began = time.perf_counter()
            http.post(url, json={"sender": sender, "message": text, "metadata": {"place": "harbour"}})
            seconds.append(time.perf_counter() - began)
    return seconds[20:]


async def _turns_a_second(url: str, scripts: Sequence[Script], seconds: float) -> float:
    """How many turns are answered when many guests write at once, each waiting for the answer."""
    end = time.monotonic() + seconds
    answered = 0

    async def guest(http: httpx.AsyncClient) -> None:
        nonlocal answered
        while time.monotonic() < end:
            for sender, text in _lines(scripts, 40):
                response = await http.post(url, json={"sender": sender, "message": text})
                if time.monotonic() >= end:
                    return
                answered += response.status_code == 200 and bool(response.json())

    limits = httpx.Limits(max_connections=_GUESTS + 10)
    async with httpx.AsyncClient(timeout=60, limits=limits, trust_env=False) as http:
        await asyncio.gather(*(guest(http) for _ in range(_GUESTS)))
    return answered / seconds


def _lines(scripts: Sequence[Script], count: int) -> Iterator[tuple[str, str]]:
    """(sender, text) of whole scripts in turn, every conversation with a new sender."""
    given = 0
    while True:
        for script in scripts:
            sender = f"bench-{uuid.uuid4().hex[:12]}"
            for text in script.say:
                if not text.strip():
                    continue
                yield sender, text
                given += 1
                if given >= count:
                    return


@contextmanager
def _bot(**env: str) -> Iterator[tuple[str, Store, HouseKeeper]]:
    """The whole running system: its address, its database and its house."""
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        database = f"sqlite:///{folder}/bot.db"
        settings = {"PORT": str(port), "DATABASE_URL": database, "VAR_DIR": folder, "STAFF_PASSWORD": "bench"}
        settings |= {"RASA_MODEL": str(ROOT / "var/rasa/model.tar.gz"), "CLOCK_START": _EVENING, "LOG_LEVEL": "ERROR"}
        command = [sys.executable, "-m", "bot", "serve"]
        with _process(command, settings | env, f"http://127.0.0.1:{port}/health"):
            menu = Path(env.get("MENU", ROOT / "data" / "menu.yml"))
            yield f"http://127.0.0.1:{port}", Store(database), HouseKeeper(menu, ROOT / "data" / "restaurant.yml")


@contextmanager
def _stock_rasa() -> Iterator[str]:
    """A stock Rasa (its default pipeline and policies) on the same data, with the fastest of action servers."""
    folder = ROOT / "var" / "rasa_stock"
    if not (folder / "model.tar.gz").exists():
        print("training the stock Rasa (a few minutes) ...", file=sys.stderr)
        data = [str(ROOT / "data" / part) for part in ("nlu", "rules", "stories")]
        command = [sys.executable, "-m", "rasa", "train", "--config", str(ROOT / "nlu" / "stock_config.yml")]
        command += ["--domain", str(ROOT / "domain.yml"), "--data", *data, "--out", str(folder)]
        subprocess.run([*command, "--fixed-model-name", "model"], check=True, cwd=ROOT, capture_output=True)
    port, actions = _free_port(), _free_port()
    (folder / "endpoints.yml").write_text(f"action_endpoint:\n  url: http://127.0.0.1:{actions}/\n")
    (folder / "credentials.yml").write_text("rest:\n")
    command = [sys.executable, "-m", "nlu.rasa_server", "run", "--model", str(folder / "model.tar.gz")]
    command += ["--interface", "127.0.0.1", "--port", str(port), "--enable-api"]
    command += ["--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml")]
    serve = [
        sys.executable,
        "-m",
        "uvicorn",
        "bot.bench:answer_at_once",
        "--port",
        str(actions),
        "--lifespan",
        "off",
        "--ws",
        "none",
    ]
    with _process(serve, {}, f"http://127.0.0.1:{actions}/"):
        with _process(command, {}, f"http://127.0.0.1:{port}/status"):
            yield f"http://127.0.0.1:{port}/webhooks/rest/webhook"


async def answer_at_once(scope: Any, receive: Any, send: Any) -> None:
    """An action server that does nothing but answer (an ASGI application)."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    name = (
        {"event": "slot", "name": "asked", "value": "name"},
        {"event": "slot", "name": "requested_slot", "value": "name"},
    )
    body = json.dumps({"events": list(name), "responses": [{"text": "ok"}]}).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def _process(command: list[str], env: dict[str, str], ready_url: str) -> Iterator[None]:
    process = subprocess.Popen(
        command,
        env=os.environ | env,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(f"{' '.join(command[:5])} ended with {process.returncode}")
            try:
                if httpx.get(ready_url, timeout=3, trust_env=False).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        yield
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def _passed(outcomes: Sequence[Any]) -> int:
    return sum(not outcome.misses for outcome in outcomes)


def _share(count: int, total: int) -> str:
    """ "340/348 = 97.7 % (95.5 to 98.8)" with the 95 % Wilson interval."""
    if not total:
        return "0/0"
    share, z = count / total, 1.96
    middle, spread, scale = share + z * z / (2 * total), 0.0, 1 + z * z / total
    spread = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    low, high = max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
    return f"{count}/{total} = {100 * share:.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
