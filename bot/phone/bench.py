"""``python -m bot bench-calls``: the phone line's figures, printed and written to ``data/reports/calls.md``.

Sound is rendered before anything is timed. Where callers and the bot share a machine, the callers' processor time is
given apart. Nothing is chosen by these figures.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from bot.bench.chat import _process, _share
from bot.database.store import Store
from bot.house import HouseKeeper
from bot.phone import calibration, caller, measure, trials
from bot.phone.call_command import BENCH_PARTS, NOISES, number_of
from bot.phone.caller_voice import unheard_voices
from bot.phone.ears import Ears
from bot.phone.picture import draw
from bot.phone.real_calls import pickup_only, real_calls
from bot.phone.records import Records
from bot.phone.scenario import Scenario, load_scenario
from bot.phone.trials import EVENING, Bot, Trial, heard_in, in_noise, run_calls
from bot.settings import ROOT
from speech.corpus import MissingSet, unpacked
from speech.synthesis import HELD_OUT_VOICES

REPORT = ROOT / "data" / "reports" / "calls.md"
PICTURE = REPORT.with_name("call.png")
SCRIPTS = ROOT / "data" / "calls"
UNSEEN = SCRIPTS / "unseen"  # written before they were run
CONDITIONS: tuple[tuple[str, float | None], ...] = tuple(zip(NOISES, (None, 15.0, 6.0)))
_TARGETS = {"clean": 95, "15 dB": 90, "6 dB": 75}
_FAMILIES = {"kokoro": "neural voices (Kokoro)", "espeak": "eSpeak NG", "festival": "Festival"}
_ALWAYS_THERE = [voice for voice in HELD_OUT_VOICES if voice.startswith("espeak")]
_REPETITIONS = 5  # of a full run; the calls of a smaller one are among them
_TIMED = ("margherita", "two_dishes", "size_asked", "read_back_interrupted")
_SPREAD = (
    "margherita", "size_asked", "three_not_two", "number_in_groups", "number_by_keys", "read_back_interrupted",
    "yes_too_early_then_yes", "hangs_up_in_confirmation", "booking", "hours_in_between",
)  # fmt: skip


@dataclass
class Table:
    """The report's rows."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def add(self, what: str, value: str, target: str = "") -> None:
        self.rows.append((what, value, target))
        print(f"{what}: {value}" + (f" (target {target})" if target else ""), flush=True)

    def lacks(self, error: Exception) -> None:
        self.missing.append(str(error))
        print(f"{error}; row skipped", file=sys.stderr, flush=True)


def run(options: argparse.Namespace) -> int:
    """0, or 3 when a data set was missing."""
    parts = options.only or BENCH_PARTS
    data = unpacked(Path(os.environ.get("DATA") or ROOT.parent / "shared" / "data"), ROOT / "var" / "data")
    table = Table()
    repetitions = options.repetitions or (_REPETITIONS if options.full else 1)
    scripts = _scripts(options)
    jobs: dict[str, Callable[[], None]] = {
        "voices": lambda: measure.voices(table),
        "vad": lambda: measure.voice_activity(table, data, 400 if options.full else 40),
        "endpointing": lambda: measure.endpointing(table, data, 400 if options.full else 30),
        "words": lambda: _words(table, _all_scripts(options.unseen), options, repetitions),
        "scripts": lambda: _with_recogniser(table, scripts, options, repetitions),
        "real": lambda: _real(table, data, options, repetitions),
        "latency": lambda: _latency(table, options),
        "load": lambda: _load(table, options),
        "certainty": lambda: _certainty(repetitions),
    }
    for part in parts:
        try:
            jobs[part]()
        except MissingSet as error:
            table.lacks(error)
    if not options.dry_run:
        _write(table, options.only is not None)
    return 3 if table.missing else 0


def _write(table: Table, partly: bool) -> None:
    """The report; a partial run replaces its own rows only."""
    rows: list[tuple[str, str, str]] = []
    if partly and REPORT.exists():
        for line in REPORT.read_text(encoding="utf-8").splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("| ") and len(cells) == 3 and cells[0] != "figure" and not cells[0].startswith("---"):
                rows.append((cells[0], cells[1], cells[2]))
    kept: dict[str, dict[str, tuple[str, str]]] = {}  # rows by what they are about
    group = ""
    for what, value, target in (*rows, *table.rows):
        group = group if what.startswith("…") else re.split("[,:]", what)[0]
        kept.setdefault(group, {})[what] = (value, target)
    lines = ["| figure | measured (95 % interval) | target |", "|---|---|---|"]
    for own in kept.values():
        lines += [f"| {what} | {value} | {target} |" for what, (value, target) in own.items()]
    tail = (
        f"Measured by `python -m bot bench-calls` on {os.cpu_count()} shared cores. Scripts and recordings are called in "
        "step, without real time's waits; delays and load over sockets. Each repetition of a script is said by another "
        "voice and has other noise (pink, under speech of that level), but errors of one voice on a clean line repeat, so "
        "the intervals, which take calls for independent, are too narrow. Scripts are said by synthetic voices that the "
        "recogniser was never trained on. Callers object to what is said back wrongly (bot/phone/README.md); the rows of "
        "callers who object to nothing are the same calls without that."
    )
    REPORT.write_text("\n".join(lines) + f"\n\n{tail}\n", encoding="utf-8")


def _all_scripts(unseen: bool = False) -> list[Scenario]:
    return [load_scenario(path) for path in sorted((UNSEEN if unseen else SCRIPTS).glob("*.yml"))]


def _scripts(options: argparse.Namespace) -> list[Scenario]:
    found = _all_scripts(options.unseen)
    count = options.scripts or (len(found) if options.full else len(_SPREAD))
    chosen = {script.name for script in sorted(found, key=lambda script: script.name not in _SPREAD)[:count]}
    return [script for script in found if script.name in chosen]


# Right or wrong


def _words(table: Table, scripts: Sequence[Scenario], options: argparse.Namespace, repetitions: int) -> None:
    """What turn taking and the dialogue make of calls whose every word is known."""
    calls = _repeated(scripts, repetitions, _ALWAYS_THERE)
    with trials.bot_in_this_process(known=True) as bot:
        done = _made(bot, calls, options)
    table.add(f"{_called(options)}, words known: end exactly right", _passed(done))
    _print_misses(done)


def _with_recogniser(table: Table, scripts: Sequence[Scenario], options: argparse.Namespace, repetitions: int) -> None:
    voices, missing = unheard_voices()
    for problem in missing:
        print(f"{problem}: others are used", file=sys.stderr, flush=True)
    calls = _repeated(scripts, repetitions, voices)
    with _bot(options) as bot:
        for name, snr_db in _conditions(options):
            done = _made(bot, [in_noise(call, snr_db) for call in calls], options)
            line = f"{_called(options)}, {name}" + (", callers who object to nothing" if options.meek else "")
            table.add(f"{line}: end exactly right", _passed(done), "" if options.meek else _target(name))
            for family in sorted({_family(call) for call in calls}):
                own = [trial for trial in done if _family(trial.scenario) == family]
                table.add(f"{line}, {_FAMILIES.get(family, family)}", _passed(own))
            wrong = sum(_placed_otherwise(trial) for trial in done)
            table.add(f"{line}: an order or a booking placed that differs", _share(wrong, len(done)))
            typed = [trial for trial in done if trial.played.typed]
            table.add(f"{line}: had to type a dish, a choice or a time", _share(len(typed), len(done)))
            table.add(f"{line}: … and ended exactly right", _passed(typed))
            _print_misses(done)


def _called(options: argparse.Namespace) -> str:
    return "unseen scripts" if options.unseen else "scripts"


def _placed_otherwise(trial: Trial) -> bool:
    """Whether something wrong was placed, and not merely nothing."""
    return trial.missed != [] and not any("status is cart" in miss or "stored instead" in miss for miss in trial.missed)


def _real(table: Table, data: Path, options: argparse.Namespace, repetitions: int) -> None:
    bench = Path(os.environ.get("BENCH") or ROOT.parent / "shared" / "bench")
    menu = bench / "menus" / "cafe.yml"
    if not menu.exists():
        raise MissingSet(f"{menu} is missing (licence: Apache-2.0; publisher: the speech-to-intent benchmark)")
    count = options.real_calls or (40 if options.full else 6)
    with tempfile.TemporaryDirectory() as folder:
        restaurant = pickup_only(ROOT / "data" / "restaurant.yml", Path(folder))
        with _bot(options, {"menu": menu, "restaurant": restaurant}) as bot:
            calls = _repeated(real_calls(data, Path(folder), bot.house, count), repetitions)
            for name, snr_db in _conditions(options):
                done = _made(bot, [in_noise(call, snr_db) for call in calls], options)
                table.add(f"calls of real recordings, {name}: end exactly right", _passed(done), _target(name))
                wrong = sum(_placed_otherwise(trial) for trial in done)
                table.add(f"calls of real recordings, {name}: an order placed that differs", _share(wrong, len(done)))
                _print_misses(done)


@contextmanager
def _bot(options: argparse.Namespace, files: Mapping[str, Path] | None = None) -> Iterator[Bot]:
    """In step with its callers in this process, or behind sockets where ``--speed`` is given."""
    files = files or {}
    if options.speed is None:
        with trials.bot_in_this_process(settings=files) as bot:
            yield bot
    else:
        with running_bot(None, **{name.upper(): str(path) for name, path in files.items()}) as bot:
            yield bot


def _conditions(options: argparse.Namespace) -> list[tuple[str, float | None]]:
    return [(name, snr_db) for name, snr_db in CONDITIONS if not options.noise or name in options.noise]


def _made(bot: Bot, calls: Sequence[Scenario], options: argparse.Namespace) -> list[Trial]:
    sounds = _rendered(calls)
    own = [sounds[_sound_of(call)] for call in calls]
    speed = math.inf if options.speed is None else options.speed
    done = run_calls(bot, calls, own, at_once=options.at_once, speed=speed, objecting=not options.meek)
    if options.show:
        for trial in done:
            for row in heard_in(trial, bot.store):
                print(json.dumps(row), flush=True)
    return done


def _certainty(voices: int) -> None:
    """How surely right hearings are told from wrong ones, by training voices, and the weights that tell it best."""
    from speech.engines import load_engine

    house = HouseKeeper(ROOT / "data" / "menu.yml", ROOT / "data" / "restaurant.yml").house
    known = list(calibration.samples(Ears(load_engine(), ROOT / "data" / "menu.yml"), house, voices))
    for asked in dict.fromkeys(sample.asked for sample in known):
        own = [sample for sample in known if sample.asked == asked]
        print(f"{asked or 'order'}: meaning right {_share(sum(sample.right for sample in own), len(own))}")
    print(f"right surer than wrong: {calibration.area_under_curve(known):.3f}")
    print("_CALIBRATION =", tuple(round(weight, 2) for weight in calibration.fitted(known)))


# How fast


def _latency(table: Table, options: argparse.Namespace) -> None:
    scripts = [script for script in _all_scripts() if script.name in _TIMED]
    calls = [script for script in scripts for _ in range(4 if options.full else 1)]
    sounds = _rendered(scripts)
    with running_bot() as bot:
        done = run_calls(bot, calls, [sounds[_sound_of(c)] for c in calls], at_once=1, speed=1.0)
        stages = _stages(bot, done)
        if not options.dry_run:
            records = [Records(bot.store, Path()).get(trial.played.conversation) for trial in done]
            draw(max((r for r in records if r), key=lambda r: len(r["timeline"]["utterances"])), PICTURE)
    first = [trial.played.first_word_ms for trial in done if trial.played.first_word_ms]
    heard = [ms for trial in done for ms in trial.played.answers_ms]
    table.add("first word after picking up", _times(first), "500 ms")
    table.add("one call: endpointing delay (silence waited out)", _times(stages["endpoint"]))
    table.add("one call: processing delay (end of turn to first sound)", _times(stages["processing"]), "p95 200 ms")
    for stage in ("decode", "late", "dialogue", "synthesis"):
        table.add(f"… {_STAGES[stage]}", _times(stages[stage]))
    table.add("one call: end of the caller's speech to the bot's sound, as the caller hears it", _times(heard))


def _load(table: Table, options: argparse.Namespace) -> None:
    """More and more calls at once against a bot on two cores; the callers run on the others."""
    scripts = [script for script in _all_scripts() if script.name in ("margherita", "two_dishes", "no_onions", "swap")]
    sounds = _rendered(scripts)
    cores = sorted(os.sched_getaffinity(0))
    bot_cores, caller_cores = set(cores[:2]), set(cores[2:]) or set(cores)
    for at_once in options.load:
        calls = [scripts[n % len(scripts)] for n in range(at_once * (2 if options.full else 1))]
        with running_bot(bot_cores, MAX_CALLS="64") as bot:
            os.sched_setaffinity(0, caller_cores)
            try:
                began, cpu = time.perf_counter(), time.process_time()
                done = run_calls(bot, calls, [sounds[_sound_of(c)] for c in calls], at_once=at_once, speed=1.0)
                seconds, own = time.perf_counter() - began, time.process_time() - cpu
            finally:
                os.sched_setaffinity(0, set(cores))
            stages, used = _stages(bot, done), _processor_s(bot)
        value = _times(stages["processing"])
        slowest = max(("decode", "late", "dialogue", "synthesis"), key=lambda stage: _p(stages[stage], 0.95))
        value += f"; slowest stage: {_STAGES[slowest]} ({_times(stages[slowest])})"
        value += f"; processor: bot {used / seconds:.2f} cores, callers {own / seconds:.2f}"
        table.add(f"{at_once} calls at once, bot on {len(bot_cores)} cores: processing delay", value, "p95 500 ms at 8")


_STAGES = {
    "decode": "recognition (most of it while the silence is waited out)",
    "late": "recognition that was not ready when the wait was over",
    "dialogue": "dialogue",
    "synthesis": "synthesis",
}


def _stages(bot: Bot, done: Sequence[Trial]) -> dict[str, list[float]]:
    """Milliseconds of each stage, of all turns of these calls."""
    records = Records(bot.store, Path())
    found: dict[str, list[float]] = {name: [] for name in ("endpoint", "processing", *_STAGES)}
    for trial in done:
        record = records.get(trial.played.conversation)
        for row in record["timeline"]["utterances"] if record else ():
            stages = row["stages"]
            if "processing" not in stages or row["end_ms"] == row["start_ms"]:
                continue
            found["endpoint"].append(row["endpoint_ms"])
            found["processing"].append(stages["processing"] + stages.get("late", 0.0))
            for name in _STAGES:
                found[name].append(stages.get(name, 0.0))
    return found


# Parts


@contextmanager
def running_bot(cores: set[int] | None = None, **env: str) -> Iterator[Bot]:
    """``python -m bot serve`` in a process of its own, on those cores."""
    with tempfile.TemporaryDirectory() as folder:
        port = measure.free_port()
        database = f"sqlite:///{folder}/bot.db"
        known = {"PORT": str(port), "DATABASE_URL": database, "VAR_DIR": folder, "STAFF_PASSWORD": "bench"}
        known |= {"CLOCK_START": EVENING, "LOG_LEVEL": "ERROR", "OMP_NUM_THREADS": "1", "MAX_CALLS": "16"}
        known["RASA_MODEL"] = os.environ.get("RASA_MODEL") or str(ROOT / "var" / "rasa" / "model.tar.gz")
        command = [sys.executable, "-m", "bot", "serve"]
        if cores:
            command = ["taskset", "-c", ",".join(map(str, sorted(cores))), *command]
        menu = Path(env.get("MENU") or ROOT / "data" / "menu.yml")
        restaurant = Path(env.get("RESTAURANT") or ROOT / "data" / "restaurant.yml")
        with _process(command, known | env, f"http://127.0.0.1:{port}/health"):
            house = HouseKeeper(menu, restaurant).house
            url = f"ws://127.0.0.1:{port}/twilio/media"
            measure.pick_up(url, number_of(None, house) or "")
            yield Bot(url, Store(database), house, process=_serving_process(port))


def _serving_process(port: int) -> int:
    """The id of the process that runs the bot on that port, or 0."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if f"PORT={port}\0" in (entry / "environ").read_text(errors="replace"):
                    command = (entry / "cmdline").read_text()
                    if command.endswith("bot\0serve\0") and "taskset" not in command:
                        return int(entry.name)
            except OSError:
                continue
    return 0


def _processor_s(bot: Bot) -> float:
    """Processor seconds of the bot and of its children that still run."""
    if not bot.process:
        return float("nan")
    pids = subprocess.run(["pgrep", "-P", str(bot.process)], capture_output=True, text=True).stdout.split()
    total = 0.0
    for pid in (str(bot.process), *pids):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        except OSError:
            continue
    return total


def _rendered(calls: Sequence[Scenario]) -> dict[tuple[str, str], list[np.ndarray | None]]:
    different = {_sound_of(call): call for call in calls}
    return {key: caller.rendered(call) for key, call in different.items()}


def _sound_of(call: Scenario) -> tuple[str, str]:
    return call.name, call.caller.voice


def _repeated(scripts: Sequence[Scenario], repetitions: int, voices: Sequence[str] = ()) -> list[Scenario]:
    """Each script so often, with other noise each time, and with the next of ``voices``, where there are any."""
    calls: list[Scenario] = []
    for at, script in enumerate(scripts):
        for repetition in range(repetitions):
            known = script.caller
            voice = voices[(_REPETITIONS * at + repetition) % len(voices)] if voices else known.voice
            calls.append(replace(script, caller=replace(known, voice=voice, seed=known.seed + 1000 * repetition)))
    return calls


def _family(call: Scenario) -> str:
    return call.caller.voice.partition(":")[0]


def _target(condition: str) -> str:
    return f"{_TARGETS[condition]} %"


def _passed(done: Sequence[Trial]) -> str:
    return _share(sum(trial.passed for trial in done), len(done))


def _print_misses(done: Sequence[Trial]) -> None:
    for trial in done:
        if trial.missed:
            known = trial.scenario.caller
            row = {"call": trial.scenario.name, "voice": known.voice, "snr_db": known.snr_db, "misses": trial.missed}
            print(json.dumps(row), file=sys.stderr, flush=True)


def _p(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def _times(values: Sequence[float | None]) -> str:
    known: list[Any] = [value for value in values if value is not None]
    return f"median {_p(known, 0.5):.0f} ms, p95 {_p(known, 0.95):.0f} ms (n = {len(known)})" if known else "none"
