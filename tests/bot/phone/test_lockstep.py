"""A scripted call in step with the line ends as it would over a socket, without its waits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.app import create_app
from bot.phone.grading import misses, stored
from bot.phone.lockstep import play_in_step
from bot.phone.records import Records
from bot.phone.scenario import Move, Scenario
from tests.bot.parts import FakeRasa, settings
from tests.bot.phone.parts import LevelDetector, ShortVoice, ToldEars

LOUD = np.tile(np.array([0.3, -0.3], np.float32), 2400)
WORDS = {"order": "a lasagna", "any": "pickup", "time": "as soon as possible", "name": "anna", "confirm": "yes"}
NUMBER = "2075550123"


@pytest.fixture
def line(tmp_path: Path) -> Any:
    rasa = FakeRasa()
    rasa.intents |= {word: "inform" for word in ("pickup", "as soon as possible", "anna", "207 555 0123")}
    app = create_app(settings(tmp_path), rasa=rasa)  # type: ignore[arg-type]
    rasa.turns = app.state.turns
    line = app.state.line
    line.speak_with(ShortVoice())
    line.listener = LevelDetector
    yield line
    line.close()


def script(*moves: Move) -> Scenario:
    order = {"status": "confirmed", "lines": ["1 lasagna"], "guest": {"phone": f"+1{NUMBER}"}}
    return Scenario("lasagna", moves, expect={"orders": [order]})


async def test_an_order_is_placed_and_what_was_heard_is_kept(line: Any) -> None:
    ears = ToldEars()
    ears.words.extend(["a lasagna", "that's all", "pickup", "as soon as possible", "anna", "yes"])
    line.hear_with(ears)
    said = [Move("say", words, asked) for asked, words in WORDS.items()]
    said.insert(1, Move("say", "that's all", "order"))
    said.insert(-1, Move("dtmf", NUMBER, "phone"))
    scenario = script(*said)
    sounds = [LOUD if move.action == "say" else None for move in said]
    played = await play_in_step(scenario, line, "+12075550142", sounds)
    house = line.turns.keeper.house
    assert misses(scenario, stored(line.turns.store, house, played.conversation), house) == []
    record = Records(line.turns.store, Path()).get(played.conversation)
    assert record is not None
    heard = [(row["asked"], row["text"]) for row in record["timeline"]["utterances"] if row["end_ms"] > row["start_ms"]]
    assert heard[:3] == [("start", "a lasagna"), (None, "that's all"), ("type", "pickup")]


async def test_a_caller_who_hangs_up_leaves_the_call_written_down(line: Any) -> None:
    line.hear_with(ToldEars())
    played = await play_in_step(script(Move("hangup", True, None, 20)), line, "+12075550142", [None])
    assert played.hung_up_by == "caller"
    assert Records(line.turns.store, Path()).get(played.conversation) is not None


async def test_a_caller_hears_that_the_bot_hangs_up(line: Any) -> None:
    line.hear_with(ToldEars())
    played = await play_in_step(script(Move("silence_ms", 60_000, "order")), line, "+12075550142", [None])
    assert played.hung_up_by == "bot"
