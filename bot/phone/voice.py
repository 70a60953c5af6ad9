"""The restaurant's voice: offline synthesis behind one small interface, with everything said once kept on disk.

``VOICE`` chooses: ``espeak`` (needs nothing but the installed packages), ``pico`` (the package ttspico, if it is
installed), ``flite`` (the program), with a name after a colon (``espeak:en-us+f2``), or ``package.module:Class`` of somebody's own.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.phone import audio
from speech.audio import AudioError, read_audio, resample

DEFAULT = "espeak:en-us"
_PATIENCE_S = 15.0
_PEAK = 0.6
_KEPT_IN_MEMORY = 400
_LONGEST_TEXT = 600


class VoiceError(RuntimeError):
    """The voice cannot speak; the message says why and what to do."""


class Voice(Protocol):
    """Whoever reads texts aloud. ``name`` tells recordings of different voices apart."""

    name: str

    def say(self, text: str) -> np.ndarray:
        """float32 samples (N,) in -1..1 at 8 kHz.

        Raises:
            VoiceError: it cannot be read.
        """


def load_voice(name: str | None = None) -> Voice:
    """The voice of that name, or of ``VOICE``, or the default.

    Raises:
        VoiceError: there is none of that name, or it is not installed.
    """
    name = name or os.environ.get("VOICE") or DEFAULT
    engine, _, detail = name.partition(":")
    if engine == "espeak":
        return Espeak(detail or "en-us")
    if engine == "pico":
        return Pico(detail or "en-US")
    if engine == "flite":
        return Flite(detail or "slt")
    try:
        made: Voice = getattr(importlib.import_module(engine), detail)()
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise VoiceError(
            f"VOICE={name}: no such voice ({error}): use espeak, pico, flite or package.module:Class"
        ) from None
    return made


class _InAProcess:
    """A synthesiser in a process of its own that is started again when it dies.

    ``module`` is run there; it gets ``wanted`` with each text, and its answers are those of ``serve``.
    """

    def __init__(self, name: str, module: str, wanted: dict[str, Any]) -> None:
        self.name, self._module, self._wanted = name, module, wanted
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def say(self, text: str) -> np.ndarray:
        with self._lock:
            try:
                line = json.dumps(self._wanted | {"text": text[:_LONGEST_TEXT]}).encode() + b"\n"
                status, rate_hz, payload = self._exchange(line)
            except (OSError, struct.error) as error:
                self.close()
                raise VoiceError(f"the voice {self.name} stopped: {error}") from None
        if status:
            raise VoiceError(payload.decode(errors="replace"))
        return levelled(resample(np.frombuffer(payload, "<i2").astype(np.float32) / 32768, rate_hz))

    def _exchange(self, line: bytes) -> tuple[int, int, bytes]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-m", self._module]
            root = Path(__file__).parents[2]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root
            )
        process = self._process
        assert process.stdin and process.stdout
        guard = threading.Timer(_PATIENCE_S, process.kill)
        guard.start()
        try:
            process.stdin.write(line)
            process.stdin.flush()
            status, rate_hz, length = struct.unpack("<BII", process.stdout.read(9))
            return status, rate_hz, process.stdout.read(length)
        finally:
            guard.cancel()

    def close(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe:
                    pipe.close()
            self._process = None


class Espeak(_InAProcess):
    """eSpeak NG's formant synthesis."""

    def __init__(self, voice: str = "en-us", words_per_minute: int = 165, pitch: int = 50) -> None:
        if importlib.util.find_spec("espeakng_loader") is None:
            raise VoiceError("the voice espeak is not installed: pip install espeakng-loader, or choose another VOICE")
        wanted = {"voice": voice, "rate": words_per_minute, "pitch": pitch}
        super().__init__(f"espeak:{voice}:{words_per_minute}:{pitch}", "bot.phone.espeak_process", wanted)


class Pico(_InAProcess):
    """SVOX Pico's recorded units, where the package ttspico is installed: less robotic than eSpeak NG."""

    def __init__(self, language: str = "en-US") -> None:
        if importlib.util.find_spec("ttspico") is None:
            raise VoiceError("the voice pico is not installed: pip install ttspico (needs a C compiler)")
        super().__init__(f"pico:{language}", "bot.phone.pico_process", {"voice": language})


class Flite:
    """CMU Flite's program, where it is installed."""

    def __init__(self, voice: str = "slt") -> None:
        self._program = shutil.which("flite")
        if self._program is None:
            raise VoiceError("the voice flite is not installed on this machine (apt-get install flite)")
        self.name, self._voice = f"flite:{voice}", voice

    def say(self, text: str) -> np.ndarray:
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder) / "said.wav"
            command = [str(self._program), "-voice", self._voice, "-t", text[:_LONGEST_TEXT], str(wav)]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=_PATIENCE_S)
                return levelled(read_audio(wav))
            except (OSError, subprocess.SubprocessError, AudioError) as error:
                raise VoiceError(f"flite: {error}") from None


def levelled(samples: np.ndarray) -> np.ndarray:
    """At one loudness, without long silence at the ends."""
    peak = float(np.abs(samples).max()) if len(samples) else 0.0
    if peak < 1e-4:
        return np.zeros(0, np.float32)
    loud = np.flatnonzero(np.abs(samples) > 0.01 * peak)
    return (samples[max(0, loud[0] - 160) : loud[-1] + 640] * (_PEAK / peak)).astype(np.float32)


class Prompts:
    """What the voice said before, as mu-law bytes: in memory, and in files under ``folder``."""

    def __init__(self, voice: Voice, folder: Path) -> None:
        self.voice, self._folder = voice, folder
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def cached(self, text: str) -> bytes | None:
        """Those already in memory."""
        with self._lock:
            return self._kept.get(self._key(text))

    def say(self, text: str) -> bytes:
        """Mu-law bytes at 8 kHz.

        Raises:
            VoiceError: the voice cannot read it.
        """
        key = self._key(text)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        path = self._folder / f"{key}.ulaw"
        try:
            said = path.read_bytes()
        except OSError:
            said = audio.encode(self.voice.say(text))
            self._write(path, said)
        with self._lock:
            self._kept[key] = said
            while len(self._kept) > _KEPT_IN_MEMORY:
                self._kept.popitem(last=False)
        return said

    def _write(self, path: Path, said: bytes) -> None:
        """A file is there whole or not at all; a full disk only costs time."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
            part.write_bytes(said)
            part.replace(path)
        except OSError:
            pass

    def _key(self, text: str) -> str:
        return hashlib.sha256(f"{self.voice.name}|{text}".encode()).hexdigest()[:24]


def close(voice: Any) -> None:
    """End what the voice has running, if anything."""
    if hasattr(voice, "close"):
        voice.close()
