"""Scripts of calls: what is wrong with one is said, and the shipped ones can all be played and graded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.__main__ import main
from bot.core.turn import House
from bot.phone.caller import Played, ScriptedCaller
from bot.phone.caller_voice import CallerVoice, Noise, parts_of
from bot.phone.grading import misses, same
from bot.phone.known_words import KnownWords
from bot.phone.scenario import CallerSettings, Move, Scenario, ScenarioError, load_scenario
from speech.synthesis import HELD_OUT_VOICES
from tests.bot.parts import MENU, RESTAURANT, ROOT

SCRIPTS = sorted((ROOT / "data" / "calls").rglob("*.yml"))
HOUSE = House(RESTAURANT, MENU, None, None)  # type: ignore[arg-type]


def test_there_are_at_least_forty_scripts_and_only_voices_that_were_never_trained_on() -> None:
    assert len(SCRIPTS) >= 40
    for path in SCRIPTS:
        scenario = load_scenario(path)
        assert scenario.expect or scenario.name == "says_nothing"
        assert scenario.caller.voice in HELD_OUT_VOICES, path.name


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "turns: []", "turns: [{say: 1}]", "turns: [{dance: now}]", "turns: [{say: hi, dtmf: 1}]",
        "turns: [{say: hi, when: tomorrow}]", "turns: [{say: hi, after_ms: soon}]", "turns: [{dtmf: abc}]",
        "turns: [{silence_ms: -1}]", "turns: [hi]\nexpect: []", "turns: [hi]\nexpect: {dogs: []}",
        "turns: [{say: hi, again: 3}]",
        "turns: [{dtmf: '1', again: hi}]", "turns: [hi]\ncaller: {rate: 9}", "turns: [hi]\ncaller: {voice: 3}", "turns: [hi]\nmore: 1", "a: [", "\x00",
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_script_is_said(text: str, tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    path = tmp_path / "script.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="script.yml"):
        load_scenario(path)
    monkeypatch.setattr("sys.argv", ["bot", "call", str(path)])
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    assert main() == 2
    out, err = capsys.readouterr()
    assert out == "" and len(err.strip().splitlines()) == 1


def test_a_bot_that_is_not_there_is_exit_three(tmp_path: Path, capsys: Any, monkeypatch: Any) -> None:
    path = tmp_path / "script.yml"
    path.write_text("turns: [{dtmf: '1'}, hangup]")
    monkeypatch.setattr("sys.argv", ["bot", "call", str(path), "--url", "ws://127.0.0.1:9/twilio/media"])
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    assert main() == 3
    assert "cannot reach the bot" in capsys.readouterr().err


def test_who_is_not_understood_says_it_in_other_words_and_in_the_same_in_turn() -> None:
    script = Scenario("x", (Move("say", "the big one", "any", again="large"), Move("hangup", True)))
    caller = ScriptedCaller(script, [None, None], 1.0)
    caller._at = 1
    said = []
    for _ in range(4):
        words = caller._other_words()
        said.append(words or "the big one")
        caller._own = words
    assert said == ["large", "the big one", "large", "the big one"]
    caller._own = "no"
    assert caller._other_words() == "no"


def test_an_unknown_voice_is_named() -> None:
    scenario = Scenario("x", (), CallerSettings(voice="espeak:nobody"))
    with pytest.raises(ScenarioError, match="espeak:nobody"):
        CallerVoice(scenario).render(Move("say", "hello"))
    with pytest.raises(ScenarioError, match="missing.wav"):
        CallerVoice(scenario).render(Move("audio", "missing.wav"))


@pytest.mark.parametrize("noise", ["white", "pink", "hum"])
def test_noise_has_the_level_that_was_asked_for(noise: str) -> None:
    def level(snr_db: float | None) -> float:
        line = Noise(CallerSettings(noise=noise, snr_db=snr_db), Path())
        return float(np.sqrt(np.mean(np.square(np.concatenate([line.chunk(160) for _ in range(200)])))))

    assert level(None) == 0
    assert level(6) == pytest.approx(level(16) * 10**0.5, rel=0.01)


def test_grading_sees_each_difference_and_no_order_of_lines() -> None:
    row = {
        "status": "confirmed",
        "guest": {"name": "Anna", "phone": "+12075550123"},
        "lines": [
            {"item": "lasagna", "quantity": 1, "options": []},
            {"item": "margherita", "quantity": 2, "options": [{"group": "pizza_size", "value": "large"}]},
        ],
    }
    expected = {"guest": {"phone": "+12075550123"}, "lines": ["2 margherita pizza_size=large", "1 lasagna"]}

    def missed(**changes: Any) -> list[str]:
        scenario = Scenario("x", (), expect={"orders": [expected | changes]})
        return misses(scenario, {"orders": [row], "bookings": [], "waitlist": [], "texts": []}, HOUSE)

    assert missed() == []
    assert missed(lines=list(reversed(row["lines"]))) == []
    assert missed(status="cart") and missed(lines=["1 lasagna"]) and missed(guest={"phone": "+12075550124"})
    unwanted = Scenario("x", (), expect={"bookings": []})
    assert misses(unwanted, {"orders": [row], "bookings": [], "waitlist": [], "texts": []}, HOUSE)
    assert not same([], ["1 lasagna"], HOUSE, "lines")
    assert json.dumps(row)


def test_known_words_are_those_of_the_stretch_of_sound() -> None:
    rng = np.random.default_rng(0)
    loud, quiet = rng.normal(0, 0.2, 4000).astype(np.float32), np.zeros(4000, np.float32)
    sound = np.concatenate([loud, quiet, loud])
    assert [text for _, _, text in parts_of("one ... two", sound)] == ["one", "two"]
    from bot.phone import audio

    played = Played("x", sent=bytearray(audio.encode(sound)), spoken=parts_of("one ... two", sound))
    known = KnownWords()
    known.calls.append(played)
    heard = audio.decode(bytes(played.sent))
    assert known.hear(heard, None, HOUSE).text == "one two"
    assert known.hear(heard[:5000], None, HOUSE).text == "one"
    assert known.hear(np.full(500, 0.1, np.float32), None, HOUSE).text == ""


async def test_a_caller_plays_in_order_and_sends_marks_back_when_they_are_passed() -> None:
    class Socket:
        def __init__(self) -> None:
            self.sent: list[dict[str, Any]] = []

        async def send(self, text: str) -> None:
            self.sent.append(json.loads(text))

    caller = ScriptedCaller(Scenario("x", (Move("dtmf", "1", "name"),)), [None], 1.0)
    socket = Socket()
    caller._buffer.extend([("sound", np.ones(400, np.float32)), ("mark", "1.0"), ("sound", np.ones(100, np.float32))])
    caller._buffer.append(("mark", "ask:name"))
    heard = [await caller._hear(socket) for _ in range(4)]
    assert sum(int(part.sum()) for part in heard) == 500
    assert [frame["mark"]["name"] for frame in socket.sent] == ["1.0", "ask:name"]
    assert caller._was_asked("name") and caller._was_asked("any") and not caller._was_asked("phone")


@pytest.mark.parametrize(
    ("heard", "key"), [("two oh seven, five five five, oh one two three", "1"), ("two oh seven", "2")]
)
async def test_a_caller_checks_the_number_that_is_said_back_and_types_it_when_asked(heard: str, key: str) -> None:
    class Socket:
        def __init__(self) -> None:
            self.digits = ""

        async def send(self, text: str) -> None:
            frame = json.loads(text)
            self.digits += frame["dtmf"]["digit"] if frame["event"] == "dtmf" else ""

    groups = [Move("say", words, "phone") for words in ("two oh seven", "five five five", "oh one two three")]
    caller = ScriptedCaller(Scenario("x", (*groups, Move("say", "yes", "confirm"))), [None] * 4, 1.0)
    caller._at, socket = 1, Socket()
    for mark, typed in (("check:phone", key), ("keys:phone", "2075550123")):
        await caller.received(
            socket,
            {"event": "caption", "caption": {"from": "bot", "text": f"I have {heard}. Right? Press one or two."}},
        )
        await caller.received(socket, {"event": "mark", "mark": {"name": mark}})
        await caller._hear(socket)
        caller._now_ms += 1000
        await caller._decide(socket)
        assert socket.digits == typed
        socket.digits = ""
    assert caller._at == 3  # the rest of the number is not said any more
