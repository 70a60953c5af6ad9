"""Calls put together from real recordings of speakers whom the recogniser was never trained on.

A coffee order of the cafe menu, digits for the phone number (Free Spoken Digit Dataset), yes and no (an4); the name is
left out by a key. The restaurant does pickup only, so nothing else is asked.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import yaml

from bot.core.turn import House
from bot.phone.audio import SAMPLE_RATE_HZ
from bot.phone.caller_voice import at_level
from bot.phone.scenario import CallerSettings, Move, Scenario
from nlu.menu import Menu
from speech.audio import read_audio
from speech.corpus import Recording, recordings

_DIGITS = "zero one two three four five six seven eight nine".split()
_AREA = "207"
THE_ORDER = "what is ordered"  # recordings of orders come with what they mean, not with their words


def pickup_only(restaurant: Path, folder: Path) -> Path:
    """The demo restaurant with its first place only, and without delivery."""
    loaded = yaml.load(restaurant.read_text(encoding="utf-8"), yaml.BaseLoader)
    place = {key: value for key, value in loaded["places"][0].items() if key != "delivery"}
    path = folder / "restaurant.yml"
    path.write_text(yaml.safe_dump(loaded | {"places": [place]}, sort_keys=False), encoding="utf-8")
    return path


def real_calls(data: Path, folder: Path, house: House, count: int, seed: int = 7) -> list[Scenario]:
    """That many calls; fewer when a set has fewer orders. ``folder`` takes the sound files that are put together.

    Raises:
        MissingSet: a data set is not there.
    """
    rng = random.Random(seed)
    orders = [row for row in recordings(data, "coffee") if row.part == "test" and _lines(row, house.menu)]
    digits = _by_text(recordings(data, "fsdd"))
    words = _by_text(recordings(data, "an4"))
    rng.shuffle(orders)
    scenarios = []
    for at, order in enumerate(orders[:count]):
        # Ten digits of one speaker; the first three are an area code, so that the number can exist.
        speaker = rng.choice(sorted({row.speaker for row in digits["zero"]}))
        number = _AREA + str(rng.randint(2, 9)) + "".join(str(rng.randint(0, 9)) for _ in range(6))
        path = folder / f"number-{at}.wav"
        soundfile.write(str(path), _dictated(number, speaker, digits, rng), SAMPLE_RATE_HZ)
        yes = [rng.choice(words["yes"]).audio.resolve() for _ in range(2)]
        digits_said = " ".join(_DIGITS[int(digit)] for digit in number)
        moves = (
            Move("audio", str(order.audio.resolve()), "order", transcript=THE_ORDER),
            Move("audio", str(rng.choice(words["no"]).audio.resolve()), "order", transcript="no"),
            Move("audio", str(yes[0]), "time", transcript="yes"),
            Move("dtmf", "#", "name"),
            Move("audio", str(path), "phone", keys=number, transcript=digits_said),
            Move("audio", str(yes[1]), "confirm", keys="1", transcript="yes"),
        )
        row = {"status": "confirmed", "lines": _lines(order, house.menu), "guest": {"phone": f"+1{number}"}}
        scenarios.append(
            Scenario(f"real {at}", moves, CallerSettings(seed=at), None, {"orders": [row]}, folder)
        )  # fmt: skip
    return scenarios


def _by_text(rows: list[Recording]) -> dict[str, list[Recording]]:
    found: dict[str, list[Recording]] = {}
    for row in rows:
        if row.part == "test" and row.text:
            found.setdefault(row.text.lower(), []).append(row)
    return found


def _dictated(number: str, speaker: str, digits: dict[str, list[Recording]], rng: random.Random) -> np.ndarray:
    """Groups of three, three and four with a breath in between."""
    parts: list[np.ndarray] = []
    for place, digit in enumerate(number):
        said = rng.choice([row for row in digits[_DIGITS[int(digit)]] if row.speaker == speaker])
        pause_ms = rng.randint(350, 600) if place in (3, 6) else rng.randint(60, 160)
        parts += [np.zeros(SAMPLE_RATE_HZ * pause_ms // 1000, np.float32), at_level(read_audio(said.audio))]
    return np.concatenate(parts)


def _lines(row: Recording, menu: Menu) -> list[dict[str, Any]]:
    """The order that the recording's slots name, as ``bot list`` shows it; none when the menu lacks one of them."""
    item = next((item for item in menu.items if row.slots.get("coffeeDrink") in (item.id, *item.names)), None)
    if item is None:
        return []
    options = []
    for slot, words in row.slots.items():
        if slot == "coffeeDrink":
            continue
        group = menu.groups.get(slot)
        value = next((v for v in group.values if words in (v.id, *v.names)), None) if group else None
        if group is None or value is None:
            return []
        options.append({"group": group.id, "value": value.id})
    return [{"item": item.id, "quantity": 1, "options": options}]
