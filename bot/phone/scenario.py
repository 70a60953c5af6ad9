"""Scripts of phone calls: what the caller does when, and what the database must hold afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

WHEN = ("order", "name", "phone", "people", "date", "time", "confirm", "any")
ACTIONS = ("say", "audio", "dtmf", "silence_ms", "hangup")
KINDS = ("orders", "bookings", "waitlist", "texts")
_CALLER = {"voice": str, "rate": (int, float), "noise": str, "snr_db": (int, float), "seed": int, "number": str}
_TURN = {*ACTIONS, "when", "after_ms", "second_voice", "pause_ms", "again"}


class ScenarioError(ValueError):
    """A script that cannot be played; the message says where it is wrong."""


@dataclass(frozen=True)
class CallerSettings:
    """``snr_db`` None is a quiet line; ``noise``: white, pink, hum, babble or a sound file, pink for any other word."""

    voice: str = ""
    rate: float = 1.0
    noise: str = "pink"
    snr_db: float | None = None
    seed: int = 0
    number: str = ""  # the caller's own, as the telephone company tells it


@dataclass(frozen=True)
class Move:
    """One thing the caller does.

    ``when``: once the bot has asked for that (and nothing was done about it yet); ``after_ms``: so long after the
    bot's audio begins, which interrupts it. ``pause_ms`` breaks a spoken text at each " ... ". ``again``: how a caller
    who is not understood puts it the second time; without it, in the same words.
    """

    action: str
    value: Any
    when: str | None = None
    after_ms: int | None = None
    second_voice: str = ""  # somebody else who talks at the same time
    pause_ms: int = 700
    keys: str = ""  # what the caller types when the bot asks for that instead; spoken numbers and yes or no are known
    transcript: str = ""  # of a recording
    again: str = ""

    @property
    def words(self) -> str:
        """What is said, as far as it is known."""
        return str(self.value) if self.action == "say" else self.transcript


@dataclass(frozen=True)
class Scenario:
    name: str
    moves: tuple[Move, ...]
    caller: CallerSettings = CallerSettings()
    place: str | None = None
    expect: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    folder: Path = Path()


def load_scenario(path: Path) -> Scenario:
    """One script.

    Raises:
        ScenarioError: it cannot be read or played.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: is no YAML: {' '.join(str(error).split())[:160]}") from None
    if not isinstance(loaded, dict):
        raise ScenarioError(f"{path}: a script has caller, turns and expect")
    unknown = set(loaded) - {"name", "caller", "turns", "expect", "place", "about"}
    if unknown:
        raise ScenarioError(f"{path}: no such part: {', '.join(sorted(map(str, unknown)))}")
    turns = loaded.get("turns")
    if not isinstance(turns, list) or not turns:
        raise ScenarioError(f"{path}: turns must be a list of what the caller does")
    moves = tuple(_move(path, at, turn) for at, turn in enumerate(turns, 1))
    expect = loaded.get("expect", {})
    if not isinstance(expect, dict) or set(expect) - set(KINDS):
        raise ScenarioError(f"{path}: expect may name {', '.join(KINDS)}")
    for kind, rows in expect.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ScenarioError(f"{path}: expect.{kind} must be a list of rows")
    place = loaded.get("place")
    return Scenario(
        str(loaded.get("name") or path.stem),
        moves,
        _caller(path, loaded.get("caller") or {}),
        str(place) if place else None,
        expect,
        path.parent,
    )


def _caller(path: Path, given: Any) -> CallerSettings:
    if not isinstance(given, dict):
        raise ScenarioError(f"{path}: caller must name voice, rate, noise, snr_db or seed")
    for key, value in given.items():
        if key not in _CALLER:
            raise ScenarioError(f"{path}: caller.{key}: use {', '.join(_CALLER)}")
        if value is not None and (isinstance(value, bool) or not isinstance(value, _CALLER[key])):
            raise ScenarioError(f"{path}: caller.{key} cannot be {value!r}")
    known = {key: value for key, value in given.items() if value is not None}
    if not 0.4 <= known.get("rate", 1.0) <= 2.5:
        raise ScenarioError(f"{path}: caller.rate must be 0.4 to 2.5")
    return CallerSettings(**known)


def _move(path: Path, at: int, turn: Any) -> Move:
    where = f"{path}: turn {at}"
    if isinstance(turn, str):
        turn = {turn: True} if turn == "hangup" else {"say": turn}
    if not isinstance(turn, dict) or set(turn) - _TURN:
        raise ScenarioError(f"{where}: use one of {', '.join(ACTIONS)} with when or after_ms")
    actions = [key for key in ACTIONS if key in turn]
    if len(actions) != 1:
        raise ScenarioError(f"{where}: needs one of {', '.join(ACTIONS)}")
    action = actions[0]
    value, when, after_ms = turn[action], turn.get("when"), turn.get("after_ms")
    if when is not None and when not in WHEN:
        raise ScenarioError(f"{where}: when must be one of {', '.join(WHEN)}")
    if after_ms is not None and (isinstance(after_ms, bool) or not isinstance(after_ms, int) or after_ms < 0):
        raise ScenarioError(f"{where}: after_ms must be a number of milliseconds")
    if action in ("say", "audio") and not (isinstance(value, str) and value.strip()):
        raise ScenarioError(f"{where}: {action} needs a text")
    if action == "silence_ms" and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 600_000):
        raise ScenarioError(f"{where}: silence_ms must be a number of milliseconds")
    if action == "dtmf":
        value = str(value)
        if not value or set(value) - set("0123456789*#"):
            raise ScenarioError(f"{where}: dtmf may hold 0-9, * and #")
    again = turn.get("again", "")
    if not isinstance(again, str) or (again and action != "say"):
        raise ScenarioError(f"{where}: again needs a text, beside say")
    second_voice, pause_ms = str(turn.get("second_voice") or ""), int(turn.get("pause_ms") or 700)
    return Move(action, value, when, after_ms, second_voice, pause_ms, again=again)
