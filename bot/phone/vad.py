"""Voice activity: how likely each 32 ms of a call is speech.

``Silero`` is the network of silero-vad (MIT); ``Energy`` compares each window's level with the noise floor it has
heard so far. ``python -m bot bench-calls --only vad`` measures both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime

MODEL = Path(__file__).parents[2] / "data" / "models" / "silero_vad.onnx"
WINDOW = 256  # samples, 32 ms at 8 kHz
WINDOW_MS = 32
_CONTEXT = 32  # samples before the window that the network wants to see
# Windows without speech after which the network's memory is cleared: in steady noise it comes to expect no more speech,
# and a short "yes" at 6 dB is missed in two of five cases; cleared every second, in one of fifteen. In other people's
# talk, which rises and falls by more decibels than noise does, it needs its memory to tell who is near.
_FORGETS_AFTER, _QUIET, _STEADY_DB = 32, 0.35, 2.0


class Detector(Protocol):
    """Listens to one call."""

    def hear(self, samples: np.ndarray) -> list[float]:
        """Further samples (N,) in -1..1 at 8 kHz; the probability of speech in each window they complete."""


class Silero:
    """The network, loaded once; each call has its own ``listener``."""

    def __init__(self, model: Path = MODEL) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def listener(self) -> SileroListener:
        return SileroListener(self._session)


class SileroListener:
    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._state = np.zeros((2, 1, 128), np.float32)
        self._rate = np.array(8000, np.int64)
        self._pending = np.zeros(_CONTEXT, np.float32)
        self._levels_db: list[float] = []  # of the windows without speech in a row

    def hear(self, samples: np.ndarray) -> list[float]:
        pending = np.concatenate([self._pending, samples.astype(np.float32, copy=False)])
        found, at = [], 0
        while at + _CONTEXT + WINDOW <= len(pending):
            window = pending[None, at : at + _CONTEXT + WINDOW]
            output, self._state = self._session.run(
                None, {"input": window, "state": self._state, "sr": self._rate}
            )  # fmt: skip
            found.append(float(output[0, 0]))
            at += WINDOW
            if found[-1] >= _QUIET:
                self._levels_db.clear()
                continue
            self._levels_db.append(10 * float(np.log10(np.mean(np.square(window)) + 1e-9)))
            if len(self._levels_db) >= _FORGETS_AFTER:
                if np.std(self._levels_db) < _STEADY_DB:
                    self._state = np.zeros_like(self._state)
                self._levels_db.clear()
        self._pending = pending[at:]
        return found


class Energy:
    """The plain peer: decibels above a noise floor that falls at once and rises slowly."""

    def __init__(self, at_half_db: float = 9.0, slope_db: float = 3.0) -> None:
        self._at_half_db, self._slope_db = at_half_db, slope_db

    def listener(self) -> EnergyListener:
        return EnergyListener(self._at_half_db, self._slope_db)


class EnergyListener:
    _RISE_DB = 0.04  # for each window

    def __init__(self, at_half_db: float, slope_db: float) -> None:
        self._at_half_db, self._slope_db = at_half_db, slope_db
        self._floor_db = -50.0
        self._pending = np.zeros(0, np.float32)

    def hear(self, samples: np.ndarray) -> list[float]:
        pending = np.concatenate([self._pending, samples.astype(np.float32, copy=False)])
        usable = len(pending) // WINDOW * WINDOW
        found = []
        for window in pending[:usable].reshape(-1, WINDOW):
            level_db = 10 * np.log10(float(np.mean(np.square(window - window.mean()))) + 1e-9)
            self._floor_db = min(level_db, self._floor_db + self._RISE_DB) if level_db > -85 else self._floor_db
            above = level_db - max(self._floor_db, -60.0)
            found.append(float(1 / (1 + np.exp(-np.clip((above - self._at_half_db) / self._slope_db, -30, 30)))))
        self._pending = pending[usable:]
        return found
