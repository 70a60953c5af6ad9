"""Calls put together from recordings: whole, gradable, and of test speakers only."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import soundfile

from bot.core.restaurant import load_restaurant
from bot.core.turn import House
from bot.phone.caller import rendered
from bot.phone.real_calls import pickup_only, real_calls
from nlu.menu import load_menu
from tests.bot.parts import RESTAURANT, ROOT

MENU = """
name: cafe
currency: USD
items:
- {id: latte, kind: drink, names: [latte], price: "1.00", groups: [size]}
groups:
  size: {select: one, values: [{id: large, names: [large]}]}
"""


def recordings(data: Path, folder: str, rows: list[dict[str, object]]) -> None:
    (data / folder).mkdir(parents=True)
    for at, row in enumerate(rows):
        row["audio"], row["seconds"] = f"{at}.wav", 0.2
        soundfile.write(str(data / folder / f"{at}.wav"), np.sin(np.arange(1600) / 5) * 0.3, 8000)
    (data / folder / "manifest.jsonl").write_text("\n".join(map(json.dumps, rows)))


def test_a_call_is_an_order_a_no_two_yesses_a_number_and_no_name(tmp_path: Path, monkeypatch: object) -> None:
    split = [json.loads(line) for line in (ROOT / "data/splits/speech.jsonl").read_text().splitlines()]
    test = {row["set"]: row["speaker"] for row in split if row.get("part") == "test" and "speaker" in row}
    digits = "zero one two three four five six seven eight nine".split()
    recordings(tmp_path, "fsdd-train", [{"speaker": test["fsdd"], "text": digit} for digit in digits])
    recordings(tmp_path, "an4-train", [{"speaker": test["an4"], "text": word} for word in ("YES", "NO")])
    orders = [
        {"speaker": test["coffee"], "text": None, "slots": {"coffeeDrink": "latte", "size": "large"}},
        {"speaker": test["coffee"], "text": None, "slots": {"coffeeDrink": "tea"}},
        {"speaker": "somebody trained on", "text": None, "slots": {"coffeeDrink": "latte"}},
    ]
    recordings(tmp_path, "coffee-orders-dev", orders)
    (tmp_path / "cafe.yml").write_text(MENU)
    house = House(RESTAURANT, load_menu(tmp_path / "cafe.yml"), None, None)  # type: ignore[arg-type]
    (call,) = real_calls(tmp_path, tmp_path, house, 10)
    assert [move.when for move in call.moves] == ["order", "order", "time", "name", "phone", "confirm"]
    (row,) = call.expect["orders"]
    assert row["lines"] == [{"item": "latte", "quantity": 1, "options": [{"group": "size", "value": "large"}]}]
    sounds = rendered(call)
    assert sounds[3] is None and sounds[4] is not None and len(sounds[4]) > 10 * 1600


def test_the_restaurant_of_these_calls_asks_nothing_else(tmp_path: Path) -> None:
    (place,) = load_restaurant(pickup_only(ROOT / "data" / "restaurant.yml", tmp_path)).places
    assert place.pickup and place.delivery is None
