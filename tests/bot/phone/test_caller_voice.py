"""What scripted callers sound like: each voice is asked once for each text, and all voices take part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.phone import caller_voice
from bot.phone.bench import _repeated
from bot.phone.caller_voice import CallerVoice, unheard_voices
from bot.phone.scenario import CallerSettings, Scenario, ScenarioError
from speech.neural_voices import HELD_OUT
from speech.synthesis import HELD_OUT_VOICES


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, float]]:
    """What was really synthesised."""
    made: list[tuple[str, str, float]] = []

    def say(_: CallerVoice, text: str, voice: str, rate: float) -> np.ndarray:
        if voice.startswith("festival"):
            raise ScenarioError("festival is not installed")
        made.append((text, voice, rate))
        return np.sin(np.arange(800) / 5).astype(np.float32) * 0.5

    monkeypatch.setattr(CallerVoice, "_say", say)
    monkeypatch.setattr(caller_voice, "KEPT", tmp_path / "callers")
    return made


def test_what_was_said_once_is_kept(asked: list[tuple[str, str, float]]) -> None:
    voice = CallerVoice(Scenario("x", ()))
    first, again = voice.say("hello", "kokoro:am_puck", 1.0), voice.say("hello", "kokoro:am_puck", 1.0)
    np.testing.assert_allclose(first, again, atol=1e-4)
    voice.say("hello", "kokoro:am_puck", 1.25)
    voice.say("hello", "espeak:en-us+f4", 1.0)
    assert len(asked) == 3


def test_a_broken_file_is_made_anew(asked: list[tuple[str, str, float]]) -> None:
    voice = CallerVoice(Scenario("x", ()))
    voice.say("hello", "kokoro:am_puck", 1.0)
    next(caller_voice.KEPT.iterdir()).write_bytes(b"\x00")
    assert len(voice.say("hello", "kokoro:am_puck", 1.0)) == 800
    assert len(asked) == 2


def test_only_voices_that_no_training_hears_call_and_what_is_missing_is_said(
    asked: list[tuple[str, str, float]],
) -> None:
    there, missing = unheard_voices()
    assert set(there) | {"festival:ked_diphone"} == {*HELD_OUT_VOICES, *(f"kokoro:{name}" for name in HELD_OUT)}
    assert missing == ["festival is not installed"]
    assert there[0].startswith("kokoro") and there[1].startswith("espeak")


def test_each_script_is_called_by_different_voices_in_different_noise() -> None:
    scripts = [Scenario(name, (), CallerSettings(seed=seed)) for seed, name in enumerate("abc")]
    calls = _repeated(scripts, 5, [f"voice {n}" for n in range(7)])
    for script in scripts:
        own = [call.caller for call in calls if call.name == script.name]
        assert len({caller.voice for caller in own}) == len({caller.seed for caller in own}) == 5
    assert {call.caller.voice for call in calls} == {f"voice {n}" for n in range(7)}
