"""Serving: a stream reads what a file reads, and whatever is sent gives a transcript or one clear error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.phone.voice import close, load_voice
from speech import __main__ as cli
from speech.audio import AudioError
from speech.decoder import Weights
from speech.engines import load_engine
from speech.features import LogMelStream, log_mel
from speech.language import Group, Kind, Phrases
from speech.recogniser import LONGEST_STREAM_S, MODEL, STREAMING, Recogniser, segments

Spoken = Callable[[str], np.ndarray]

pytestmark = pytest.mark.skipif(not MODEL.exists(), reason="no recogniser has been trained yet")
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser()


def babble(seconds: float) -> np.ndarray:
    """Noise with the rhythm of speech: nothing to understand, but work for the decoder."""
    count = int(8000 * seconds)
    rhythm = np.abs(np.sin(np.arange(count) / 700)) ** 2
    return (RNG.standard_normal(count) * rhythm * 0.1).astype(np.float32)


@settings(max_examples=4, deadline=None)
@given(chunk=st.integers(1, 9000), rate=st.sampled_from([8000, 16000]))
def test_a_stream_reads_what_a_file_reads(recogniser: Recogniser, chunk: int, rate: int) -> None:
    samples = babble(1.0)
    session = recogniser.session(sample_rate_hz=rate)
    for start in range(0, len(samples), chunk):
        session.accept(samples[start : start + chunk])
    final = session.finish()
    assert isinstance(session.partial(), str)
    whole = recogniser.transcribe(samples, rate)
    assert (final.text, final.seconds) == (whole.text, whole.seconds)
    assert final.confidence == pytest.approx(whole.confidence, abs=0.01)


def test_silence_is_an_empty_transcript(recogniser: Recogniser) -> None:
    for seconds in (0.0, 0.01, 1.0, 30.0):
        transcript = recogniser.transcribe(np.zeros(int(8000 * seconds), np.float32))
        assert (transcript.text, transcript.words) == ("", ())
        assert transcript.seconds == pytest.approx(seconds, abs=0.001)


def test_ten_minutes_are_read_in_bounded_parts(recogniser: Recogniser) -> None:
    parts = segments(np.tile(babble(20.0), 30))
    assert sum(map(len, parts)) == 8000 * 600
    assert max(map(len, parts)) <= 8000 * 20


def test_a_clipped_recording_is_read(recogniser: Recogniser) -> None:
    transcript = recogniser.transcribe(np.clip(babble(1.0) * 100, -1, 1))
    assert 0 <= transcript.confidence <= 1


def test_an_endless_stream_is_refused(recogniser: Recogniser) -> None:
    session = recogniser.session()
    with pytest.raises(AudioError, match="longer"):
        for _ in range(int(LONGEST_STREAM_S) + 2):
            session.accept(np.zeros(8000, np.float32))


def test_an_unknown_expectation_or_engine_is_named(recogniser: Recogniser) -> None:
    with pytest.raises(ValueError, match="poetry"):
        recogniser.context("poetry")
    with pytest.raises(ValueError, match="whisperer"):
        load_engine("whisperer")


def test_contexts_are_built_once(recogniser: Recogniser) -> None:
    phrases = Phrases((Kind(("latte",), (Group(("large",)),)),))
    assert recogniser.context("order", phrases) is recogniser.context("order", phrases)


def test_expected_phrases_are_believed_until_the_sound_speaks_against_them(
    spoken: Spoken, recogniser: Recogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recogniser, "weights", Weights(doubt=1.0))
    context = recogniser.context("order", Phrases((Kind(("latte",), (Group(("large",)),)),)))
    assert [h.text for h in recogniser.hypotheses(spoken("a large latte"), context)] == ["a large latte"]
    assert [h.text for h in recogniser.hypotheses(spoken("a larg late"), context)] == ["a large latte"]
    assert recogniser.hypotheses(spoken("where are you on sunday"), context)[0].text == "where are you on sunday"


@pytest.mark.skipif(not STREAMING.exists(), reason="no streaming recogniser has been trained yet")
def test_the_streaming_engine_reads_a_stream_as_it_reads_a_file_and_tells_what_it_has_so_far() -> None:
    engine = load_engine("streaming")
    samples = babble(6.0)
    session = engine.session()
    for start in range(0, len(samples), 160):
        session.accept(samples[start : start + 160])
    assert isinstance(session.partial(), str)
    assert session.finish().text == engine.transcribe(samples).text


def test_a_long_stream_differs_from_the_file_in_little(recogniser: Recogniser) -> None:
    voice = load_voice("espeak")
    try:
        said = voice.say(
            "a large margherita with mushrooms and no basil, two colas, a garlic bread and a tiramisu please"
        )
    finally:
        close(voice)
    samples = np.concatenate([said, np.zeros(4000, np.float32), said])
    stream = recogniser.network.stream()
    mel = LogMelStream()
    for start in range(0, len(samples), 800):
        stream.accept(mel.accept(samples[start : start + 800]))
    streamed, whole = stream.finish(), recogniser.log_probs(log_mel(samples))
    assert streamed.shape == whole.shape
    moved = np.abs(np.exp(streamed) - np.exp(whole)).sum(axis=1) / 2  # of each frame's probability, to other symbols
    assert moved.mean() < 0.1


def test_another_engine_has_the_same_interface() -> None:
    pytest.importorskip("pocketsphinx", reason="the second engine is an extra")
    engine = load_engine("pocketsphinx")
    context = engine.context("confirm")
    transcript = engine.transcribe(babble(1.0), 8000, context)
    session = engine.session(context)
    session.accept(babble(0.5))
    assert isinstance(session.finish().text, str) and 0 <= transcript.confidence <= 1


def test_the_command_prints_a_line_for_each_file_and_errors_in_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    soundfile.write(tmp_path / "a.wav", babble(0.7), 8000)
    (tmp_path / "b.wav").write_bytes(b"RIFF nonsense")
    status = cli.main(["transcribe", "--expect", "digits", str(tmp_path / "b.wav"), str(tmp_path / "a.wav")])
    out, err = capsys.readouterr()
    rows = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert list(rows[0]) == ["error"] and "b.wav" in rows[0]["error"]
    assert list(rows[1]) == ["audio", "text", "confidence", "seconds"] and rows[1]["seconds"] == 0.7
    assert err.count("\n") == 1


def test_a_bad_menu_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["transcribe", "--menu", str(tmp_path / "none.yml"), "a.wav"]) != 0
    assert capsys.readouterr().err.count("\n") == 1


def test_serving_needs_no_torch() -> None:
    import subprocess

    code = "import sys, speech.recogniser, speech.engines, speech.__main__; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_commands_compute_on_one_thread_of_numpy(tmp_path: Path) -> None:
    import subprocess

    sound = tmp_path / "silence.wav"
    soundfile.write(sound, np.zeros(8000), 8000)
    code = (
        "import sys; from speech.__main__ import main; main(['transcribe', sys.argv[1]]);"
        "from threadpoolctl import threadpool_info as pools;"
        "sys.exit(max(pool['num_threads'] for pool in pools() if pool['internal_api'] == 'openblas') != 1)"
    )
    free = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    assert subprocess.run([sys.executable, "-c", code, str(sound)], env=free, check=False).returncode == 0
