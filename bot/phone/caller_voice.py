"""What scripted callers sound like: synthetic voices that the recogniser never heard, recordings, and noise.

What a voice said once is kept below ``var/callers``: neural voices are slower than speech.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bot.phone.audio import SAMPLE_RATE_HZ
from bot.phone.scenario import CallerSettings, Move, Scenario, ScenarioError
from bot.phone.voice import Espeak, VoiceError, levelled
from bot.settings import ROOT
from speech import neural_voices
from speech.audio import AudioError, read_audio
from speech.synthesis import HELD_OUT_VOICES, Voice, read_aloud

KEPT = ROOT / "var" / "callers"

_LEVEL = 0.08  # root mean square of speech on the line
_PITCH = 50


class CallerVoice:
    """Renders the moves of a script to sound; closes its synthesiser at the end."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._espeak: dict[str, Espeak] = {}

    def render(self, move: Move) -> np.ndarray:
        """float32 samples (N,) at 8 kHz of what is spoken, without the line's noise.

        Raises:
            ScenarioError: a voice or a file that cannot be had.
        """
        caller = self._scenario.caller
        if move.action == "audio":
            path = Path(move.value)
            path = path if path.is_absolute() else self._scenario.folder / path
            try:
                return at_level(read_audio(path))
            except AudioError as error:
                raise ScenarioError(str(error)) from None
        pause = np.zeros(SAMPLE_RATE_HZ * move.pause_ms // 1000, np.float32)
        parts: list[np.ndarray] = []
        for part in move.value.split(" ... "):
            parts += [pause, at_level(self.say(part, caller.voice or HELD_OUT_VOICES[0], caller.rate))]
        said = np.concatenate(parts[1:])
        if move.second_voice:
            other = [v for v in HELD_OUT_VOICES if v != caller.voice and v.startswith("espeak")][-1]
            said = mixed(said, 0.35 * at_level(self.say(move.second_voice, other, 1.0)))
        return said

    def say(self, text: str, voice: str, rate: float) -> np.ndarray:
        """The text in that voice, at one loudness, out of what is kept where it was said before.

        Raises:
            ScenarioError: the voice cannot be had.
        """
        key = hashlib.sha256(f"{voice}|{rate}|{text}".encode()).hexdigest()[:24]
        path = KEPT / f"{key}.npy"
        try:
            return np.load(path).astype(np.float32) / 32767
        except (OSError, ValueError):
            said = self._say(text, voice, rate)
        KEPT.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}.npy")
        np.save(part, np.int16(np.clip(said, -1, 1) * 32767))
        part.replace(path)
        return said

    def _say(self, text: str, voice: str, rate: float) -> np.ndarray:
        engine, _, name = voice.partition(":") if ":" in voice else ("espeak", "", voice)
        try:
            if engine == "espeak":
                key = f"{name}:{rate}"
                if key not in self._espeak:
                    self._espeak[key] = Espeak(name, int(165 * rate), _PITCH)
                return self._espeak[key].say(text)
            return levelled(read_aloud(text, Voice(engine, name, rate)))
        except (VoiceError, RuntimeError, OSError) as error:
            raise ScenarioError(f"the caller's voice {voice!r}: {error}") from None

    def close(self) -> None:
        for voice in self._espeak.values():
            voice.close()


def unheard_voices() -> tuple[list[str], list[str]]:
    """Voices that no training has heard, of all families in turn; and of those that cannot be had, why."""
    neural = [f"kokoro:{name}" for name in neural_voices.HELD_OUT]
    there, missing = [], []
    speaker = CallerVoice(Scenario("voices", ()))
    try:
        for voice in _in_turn(neural, list(HELD_OUT_VOICES)):
            try:
                speaker.say("hello", voice, 1.0)
                there.append(voice)
            except ScenarioError as error:
                missing.append(str(error))
    finally:
        speaker.close()
    return there, missing


def _in_turn(*lists: list[str]) -> Iterator[str]:
    for at in range(max(map(len, lists))):
        yield from (names[at] for names in lists if at < len(names))


def at_level(samples: np.ndarray) -> np.ndarray:
    """Speech at the level of a telephone, measured where it is loud."""
    if not len(samples):
        return samples
    loud = samples[np.abs(samples) > 0.1 * float(np.abs(samples).max() + 1e-9)]
    level = float(np.sqrt(np.mean(np.square(loud)))) if len(loud) else 1.0
    return (samples * (_LEVEL / max(level, 1e-6))).astype(np.float32)


def parts_of(text: str, samples: np.ndarray) -> list[tuple[int, int, str]]:
    """First and last sample of each part of a text with pauses (" ... "): cut in its longest silences."""
    texts = text.split(" ... ")
    loud = np.flatnonzero(np.abs(samples) > 0.1 * float(np.abs(samples).max() + 1e-9))
    if len(texts) == 1 or len(loud) < 2:
        return [(0, len(samples), text)]
    cuts = sorted(np.argsort(np.diff(loud))[-(len(texts) - 1) :])
    edges = [0, *(int(loud[cut] + loud[cut + 1]) // 2 for cut in cuts), len(samples)]
    return list(zip(edges, edges[1:], texts))


def mixed(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    longest = np.zeros(max(len(first), len(second)), np.float32)
    longest[: len(first)] += first
    longest[: len(second)] += second
    return longest


class Noise:
    """The line's background, without end: ``chunk`` gives what comes next."""

    def __init__(self, caller: CallerSettings, folder: Path) -> None:
        """Raises ``ScenarioError`` for a noise that there is not."""
        self._at = 0
        self._loop = np.zeros(SAMPLE_RATE_HZ, np.float32)
        if caller.snr_db is None:
            return
        seed = int(hashlib.sha256(f"{caller.seed}|{caller.noise}".encode()).hexdigest()[:8], 16)
        loop = _noise(caller.noise, np.random.default_rng(seed), folder)
        level = float(np.sqrt(np.mean(np.square(loop)))) + 1e-9
        self._loop = (loop * (_LEVEL / level * 10 ** (-caller.snr_db / 20))).astype(np.float32)

    def chunk(self, length: int) -> np.ndarray:
        found = np.take(self._loop, np.arange(self._at, self._at + length), mode="wrap")
        self._at = (self._at + length) % len(self._loop)
        return found


def _noise(name: str, rng: np.random.Generator, folder: Path) -> np.ndarray:
    length = 20 * SAMPLE_RATE_HZ
    if name in ("white", "pink"):
        spectrum = np.fft.rfft(rng.standard_normal(length))
        if name == "pink":
            spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
            spectrum[:40] = 0
        return np.fft.irfft(spectrum, length)
    if name == "hum":
        time_s = np.arange(length) / SAMPLE_RATE_HZ
        hum = sum(np.sin(2 * np.pi * 60 * n * time_s) / n for n in range(1, 12))
        return hum + 0.3 * rng.standard_normal(length)
    if name == "babble":
        voice = Espeak("en-us+m2", 175)
        try:
            lines = ("and then she said we should all meet again on sunday", "I never saw that film but my brother did")
            talk = [np.tile(voice.say(line), 12)[:length] for line in lines]
            return sum(np.roll(t, int(rng.integers(length))) for t in (*talk, *talk, *talk))
        except VoiceError as error:
            raise ScenarioError(f"babble needs a voice: {error}") from None
        finally:
            voice.close()
    if not Path(name).suffix:
        return _noise("pink", rng, folder)  # "kitchen", "street", ...: some noise or other
    path = Path(name) if Path(name).is_absolute() else folder / name
    try:
        return read_audio(path)
    except AudioError as error:
        raise ScenarioError(f"caller.noise: {error}") from None
