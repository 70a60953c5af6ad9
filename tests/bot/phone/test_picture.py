"""A call's picture and its record's recording."""

from __future__ import annotations

from pathlib import Path

from bot.phone import audio
from bot.phone.picture import draw
from bot.phone.records import Recording


def test_a_call_is_drawn(tmp_path: Path) -> None:
    said = {"start_ms": 3000, "end_ms": 4000, "endpoint_ms": 550, "text": "a lasagna", "stages": {"processing": 90}}
    events = [{"at_ms": 0, "what": "bot", "length_ms": 2000, "mark": "ask:order"}, {"at_ms": 900, "what": "barge-in"}]
    draw({"timeline": {"length_ms": 6000, "utterances": [said], "events": events}}, tmp_path / "call.png")
    assert (tmp_path / "call.png").stat().st_size > 5000


def test_a_recording_holds_the_bot_where_the_caller_heard_it_and_not_what_was_cleared() -> None:
    recording = Recording()
    recording.caller += bytes([audio.SILENCE]) * 800
    recording.bot_says(b"\x00" * 1600)
    recording.caller += bytes([audio.SILENCE]) * 400
    recording.cut()
    both = recording.stereo()
    assert both.shape == (1200, 2)
    assert not both[:800, 1].any() and both[800:, 1].all() and not both[:, 0].any()
