"""Measures of the line's parts by themselves: voices, voice activity, endpointing."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.bench.chat import _share
from bot.phone import caller
from bot.phone.audio import SAMPLE_RATE_HZ, decode, encode
from bot.phone.caller_voice import at_level
from bot.phone.endpointing import Endpointer, Event, patience_ms
from bot.phone.scenario import Move, Scenario
from bot.phone.vad import WINDOW, WINDOW_MS, Energy, Silero
from bot.phone.voice import VoiceError, close, load_voice
from speech.audio import read_audio
from speech.corpus import noise_clips, recordings

_SENTENCES = (
    "let me read it back", "two margherita large with extra basil", "the total is forty one dollars fifty eight",
    "what name shall i put on it", "pickup or delivery", "it will be ready at six twenty five",
    "what number can we reach you at", "shall i place the order", "your order number is one hundred and one",
    "when would you like it", "which size small medium or large", "thank you for calling goodbye",
)  # fmt: skip
_FIXED_MS = 700  # the plain endpointer that the one in use is compared with
_LATE_MS = 1500
_NUMBER = re.compile(r"\b(zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|\w+ty|hundred|thousand)\b")


class Rows(Protocol):
    def add(self, what: str, value: str, target: str = "") -> None: ...


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def pick_up(url: str, dialled: str, patience_s: float = 60.0) -> None:
    """Call until the line answers: it loads its recogniser when it starts."""
    end = time.monotonic() + patience_s
    hangs_up = Scenario("first", (Move("hangup", True, None, 200),))
    while time.monotonic() < end:
        try:
            if asyncio.run(caller.play(hangs_up, url, dialled, [None])).first_word_ms is not None:
                return
        except caller.NoConnection:
            time.sleep(0.5)


def voices(table: Rows) -> None:
    """Speed of each voice that is installed, and how well PocketSphinx understands it (words right of a few)."""
    try:
        from speech.engines import load_engine

        engine: Any = load_engine("pocketsphinx")
        context = engine.context("anything")
    except ValueError:
        engine = None
    for name in ("espeak:en-us", "espeak:en-us+f2", "pico:en-US", "flite:slt"):
        try:
            voice = load_voice(name)
            voice.say("hello")
        except VoiceError as error:
            table.add(f"voice {name}", str(error))
            continue
        began = time.perf_counter()
        said = [voice.say(sentence) for sentence in _SENTENCES]
        seconds = time.perf_counter() - began
        right = total = 0
        for sentence, samples in list(zip(_SENTENCES, said))[::2] if engine else ():
            heard = engine.transcribe(decode(encode(at_level(samples))), SAMPLE_RATE_HZ, context).text.split()
            wanted = sentence.split()
            right += sum(word in heard for word in wanted)
            total += len(wanted)
        spoken_s = sum(map(len, said)) / SAMPLE_RATE_HZ
        table.add(
            f"voice {name}",
            f"{1000 * seconds / len(said):.0f} ms a sentence, {spoken_s / seconds:.0f} times real time"
            + (f"; words PocketSphinx hears {_share(right, total)}" if total else ""),
        )
        close(voice)


def voice_activity(table: Rows, data: Path, count: int) -> None:
    """Real speech (an4, test speakers) between two seconds of line, with noise clips of the test side.

    A window is speech when the clean recording is within 30 dB of its loudest window there.
    """
    rows = [row for row in recordings(data, "an4") if row.part == "test"][:count]
    noises = [read_audio(clip) for clip in noise_clips(data, "test")][:12]
    for name, detector in (("silero-vad", Silero()), ("energy", Energy())):
        for condition, snr_db in (("clean", None), ("15 dB", 15.0), ("6 dB", 6.0)):
            scores: list[float] = []
            truth: list[bool] = []
            for at, row in enumerate(rows):
                quiet = np.zeros(2 * SAMPLE_RATE_HZ, np.float32)
                clean = np.concatenate([quiet, at_level(read_audio(row.audio)), quiet])
                listener = detector.listener()
                found = listener.hear(decode(encode(_noisy(clean, noises[at % len(noises)], snr_db))))
                windows = clean[: len(found) * WINDOW].reshape(-1, WINDOW)
                level_db = 10 * np.log10(np.mean(np.square(windows), axis=1) + 1e-12)
                scores += found
                truth += list(level_db > max(level_db.max() - 30, -60))
            speech, rest = np.array(scores)[np.array(truth)], np.array(scores)[~np.array(truth)]
            area = _area(speech, rest)
            table.add(
                f"voice activity, {name}, {condition}",
                f"area under the curve {area:.3f}; at 0.5 hears {100 * np.mean(speech >= 0.5):.1f} % of speech, "
                f"takes {100 * np.mean(rest >= 0.5):.1f} % of the rest for speech ({len(rows)} recordings)",
            )


def endpointing(table: Rows, data: Path, count: int) -> None:
    """Numbers, spelled words and addresses of an4's test speakers, their pauses as they are, three seconds of line
    after them: cut off early (the turn ends before the last sound), late (more than 1.5 s after it)."""
    from speech.engines import load_engine

    engine = load_engine()
    contexts = {"phone": engine.context("digits"), "address": engine.context("anything")}
    rows = []
    for row in recordings(data, "an4"):
        text = (row.text or "").lower()
        if row.part != "test" or len(text.split()) < 3:
            continue
        numbers = len(_NUMBER.findall(text))
        rows.append((row, "phone" if numbers == len(text.split()) else "address"))
    rows = rows[:count]
    detector = Silero()
    delays: list[float] = []
    early = late = early_fixed = 0
    for row, expecting in rows:
        samples = at_level(read_audio(row.audio))
        line = np.random.default_rng(len(samples)).normal(0, 3e-4, len(samples) + 3 * SAMPLE_RATE_HZ)
        line[: len(samples)] += samples
        heard = decode(encode(line.astype(np.float32)))
        loud = np.flatnonzero(np.abs(samples) > 0.08 * np.abs(samples).max())
        last_ms = 1000 * int(loud[-1]) / SAMPLE_RATE_HZ
        ended, fixed = _end_of_turn(heard, detector, engine, contexts[expecting], expecting)
        # The last sound of a recording may be a breath: only a turn that ends clearly before it was cut off.
        early += ended < last_ms - 200
        late += ended > last_ms + _LATE_MS
        early_fixed += fixed < last_ms - 200
        delays.append(ended - last_ms)
    kept = sorted(delay for delay in delays if delay > -200)
    table.add("an4 numbers, words and addresses: cut off early", _share(early, len(rows)))
    table.add(f"… with a fixed wait of {_FIXED_MS} ms", _share(early_fixed, len(rows)))
    table.add(f"… answered more than {_LATE_MS} ms late", _share(late, len(rows)))
    if kept:
        table.add(
            "… wait after the last sound",
            f"median {kept[len(kept) // 2]:.0f} ms, p95 {kept[int(0.95 * len(kept))]:.0f} ms",
        )


def _end_of_turn(heard: np.ndarray, detector: Silero, engine: Any, context: Any, expecting: str) -> tuple[float, float]:
    """When the turn ends, in ms, and when it would with a fixed wait."""
    listener, end = detector.listener(), Endpointer()
    text: str | None = None
    ended = fixed = -1.0
    for at, probability in enumerate(listener.hear(heard)):
        event = end.hear(heard[at * WINDOW : (at + 1) * WINDOW], probability)
        now_ms = (at + 1) * WINDOW_MS
        if event is Event.RESUMED:
            text = None
        elif event is Event.PAUSED:
            session = engine.session(context, SAMPLE_RATE_HZ)
            session.accept(end.utterance())
            text = session.finish().text
        if not end.speaking:
            continue
        if fixed < 0 and end.silence_ms >= _FIXED_MS:
            fixed = now_ms
        if text is not None and end.silence_ms >= patience_ms(expecting, text):
            ended = now_ms
            break
    length_ms = 1000 * len(heard) / SAMPLE_RATE_HZ
    return (ended if ended >= 0 else length_ms), (fixed if fixed >= 0 else length_ms)


def _noisy(clean: np.ndarray, noise: np.ndarray, snr_db: float | None) -> np.ndarray:
    if snr_db is None:
        return clean
    loud = clean[np.abs(clean) > 0.1 * np.abs(clean).max()]
    level = np.sqrt(np.mean(np.square(loud)) / (np.mean(np.square(noise)) + 1e-12)) * 10 ** (-snr_db / 20)
    return (clean + level * np.resize(noise, len(clean))).astype(np.float32)


def _area(positive: np.ndarray, negative: np.ndarray) -> float:
    """Area under the ROC curve: how often speech scores higher than the rest."""
    order = np.argsort(np.concatenate([negative, positive]), kind="stable")
    ranks = np.empty(len(order))
    ranks[order] = np.arange(1, len(order) + 1)
    return float(
        (ranks[len(negative) :].sum() - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))
    )
