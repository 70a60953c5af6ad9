"""``python -m bot call``: one scripted call against the running bot, graded on its database."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from bot.phone.scenario import ScenarioError, load_scenario
from bot.settings import Settings

BENCH_PARTS = ("voices", "vad", "endpointing", "words", "scripts", "real", "latency", "load")
FITTING = ("certainty",)  # measures nothing for the report
NOISES = ("clean", "15 dB", "6 dB")
PASSED, DIFFERS, BAD_SCRIPT, NO_CONNECTION = 0, 1, 2, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", type=Path, help="the script (a YAML file)")
    parser.add_argument("--url", help="the bot's media socket (default ws://127.0.0.1:$PORT/twilio/media)")
    parser.add_argument("--speed", type=float, default=1.0, help="time passes faster while somebody speaks (default 1)")
    parser.add_argument("--keep", type=Path, help="write what was heard on the line to this WAV file")


def add_bench_arguments(parser: argparse.ArgumentParser) -> None:
    """Of ``python -m bot bench-calls``."""
    parser.add_argument(
        "--only", choices=(*BENCH_PARTS, *FITTING), action="append", help="this part (again for more); default: all"
    )
    parser.add_argument("--full", action="store_true", help="all scripts, five repetitions, all recordings: hours")
    parser.add_argument("--noise", choices=NOISES, action="append", help="on this line only (again for more)")
    parser.add_argument(
        "--repetitions", type=int, help="of each call and condition, by different voices (default 1; full: 5)"
    )
    parser.add_argument("--scripts", type=int, help="how many scripts with the recogniser (default 10; full: all)")
    parser.add_argument("--unseen", action="store_true", help="the scripts of data/calls/unseen instead")
    parser.add_argument("--real-calls", type=int, help="from real recordings (default 6; full: 40)")
    parser.add_argument("--at-once", type=int, default=3, help="calls at once where nothing is timed (default 3)")
    parser.add_argument(
        "--speed", type=float, help="over sockets, time so much faster while somebody speaks (default: in step, none)"
    )
    parser.add_argument(
        "--meek",
        action="store_true",
        help="callers who object to nothing and answer no question that their script does not foresee",
    )
    parser.add_argument("--show", action="store_true", help="print what was said and heard, one JSON object a line")
    parser.add_argument("--load", type=int, nargs="*", default=[1, 4, 8], help="calls at once to time (default 1 4 8)")
    parser.add_argument("--dry-run", action="store_true", help="print only, leave the report as it is")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """0 passed, 1 the database differs, 2 bad script, 3 no connection."""
    from bot.phone import caller
    from bot.phone.grading import misses, stored
    from bot.phone.objections import Wishes

    try:
        scenario = load_scenario(options.scenario)
        sounds = caller.rendered(scenario)
    except ScenarioError as error:
        print(error, file=sys.stderr)
        return BAD_SCRIPT
    from bot.database.store import Store
    from bot.house import HouseKeeper

    house = HouseKeeper(settings.menu, settings.restaurant).house
    url = options.url or f"ws://127.0.0.1:{settings.port}/twilio/media"
    dialled = number_of(scenario.place, house)
    if dialled is None:
        print(f"{options.scenario}: there is no place called {scenario.place!r}", file=sys.stderr)
        return BAD_SCRIPT
    try:
        played = asyncio.run(
            caller.play(
                scenario,
                url,
                dialled,
                sounds,
                speed=options.speed,
                headers=signature(url, settings),
                wishes=Wishes(scenario, house),
            )
        )
    except caller.NoConnection as error:
        print(f"cannot reach the bot: {error}", file=sys.stderr)
        return NO_CONNECTION
    for line in played.lines:
        print(json.dumps(line.as_json(), ensure_ascii=False))
    if options.keep:
        _keep(options.keep, played.sound)
    store = Store(settings.database_url)
    store.migrate()
    found = stored(store, house, played.conversation)
    store.close()
    missed = misses(scenario, found, house)
    answers = [round(ms) for ms in played.answers_ms]
    result = {"passed": not missed, "misses": missed, "stored": found, "answers_ms": answers}
    print(json.dumps(result, ensure_ascii=False, default=str))
    return DIFFERS if missed else PASSED


def number_of(place: str | None, house: Any) -> str | None:
    """The number to dial for a place; without one, the first place's."""
    places = house.restaurant.places
    found = house.restaurant.place(place) if place else places[0]
    return found.phone if found else None


def signature(url: str, settings: Settings) -> dict[str, str]:
    """As Twilio signs its upgrade request, when the bot wants that."""
    if not settings.twilio_auth_token:
        return {}
    from twilio.request_validator import RequestValidator

    signed = url
    if settings.public_url:
        signed = "ws" + settings.public_url.removeprefix("http") + "/twilio/media"
    return {"X-Twilio-Signature": RequestValidator(settings.twilio_auth_token).compute_signature(signed, {})}


def _keep(path: Path, sound: list[Any]) -> None:
    import numpy as np
    import soundfile

    soundfile.write(str(path), np.concatenate(sound) if sound else np.zeros(0), 8000, subtype="PCM_16")
