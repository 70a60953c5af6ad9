"""The acoustic network on ONNX Runtime, in both its forms: whole utterances, and streams that are heard as they come.

The form that hears in both directions reads a stream in windows: what lies far enough behind is read once, with some
past and some future around it, and settled ("latency-controlled"; Zhang et al. 2016, arXiv:1510.08983). So the end of
a long utterance costs no more than that of a short one. The one-directional form carries its state instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import onnxruntime

from speech.alphabet import SYMBOLS
from speech.features import BANDS

STRIDE = 3  # spectrogram frames of an output frame
# Output frames (30 ms) that a window settles, and those read again before and after them.
STEP, BEFORE, AFTER = 50, 50, 33

_NOTHING = np.zeros((0, len(SYMBOLS)), np.float32)


class Stream(Protocol):
    """One utterance as its spectrogram frames (T, BANDS) arrive; log-probabilities are (T', symbols)."""

    def accept(self, frames: np.ndarray) -> None: ...

    def so_far(self) -> np.ndarray: ...

    def finish(self) -> np.ndarray: ...


class Network(Protocol):
    """What a recogniser needs of its network. Safe to share between threads; streams are not."""

    def whole(self, frames: np.ndarray) -> np.ndarray: ...

    def stream(self) -> Stream: ...


def open_network(model: Path, threads: int = 1) -> Network:
    """The exported network, of whichever form."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    return BothWays(session) if len(session.get_inputs()) == 1 else OneWay(session)


class BothWays:
    """The network that hears an utterance in both directions."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session

    def whole(self, frames: np.ndarray) -> np.ndarray:
        """Frames (T, BANDS) to log-probabilities (T', symbols)."""
        if not len(frames):
            return _NOTHING
        log_probs: np.ndarray = self._session.run(None, {"frames": frames})[0]
        return log_probs

    def stream(self) -> Windows:
        return Windows(self)


class Windows:
    """A stream to the network of both directions."""

    def __init__(self, network: BothWays) -> None:
        self._network = network
        self._settled: list[np.ndarray] = []
        self._frames = np.zeros((0, BANDS), np.float32)
        self._known = 0  # output frames at the beginning of ``_frames`` that are settled

    def accept(self, frames: np.ndarray) -> None:
        self._frames = np.concatenate([self._frames, frames])
        while len(self._frames) >= STRIDE * (window := self._known + STEP + AFTER):
            until = self._known + STEP
            self._settled.append(self._network.whole(self._frames[: STRIDE * window])[self._known : until])
            self._known = min(until, BEFORE)
            self._frames = self._frames[STRIDE * (until - self._known) :]

    def so_far(self) -> np.ndarray:
        return np.concatenate([*self._settled, self._network.whole(self._frames)[self._known :]])

    finish = so_far


class OneWay:
    """The network that only looks back, and a little ahead: its state goes in and comes out with every chunk."""

    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        inputs = {entry.name: entry.shape for entry in session.get_inputs()}
        # The exporter leaves out what the network does not use.
        self.keeps = "keep" in inputs
        self.shapes = {name: shape for name, shape in inputs.items() if name not in ("frames", "keep")}
        self._outputs = [entry.name.removeprefix("next_") for entry in session.get_outputs()[1:]]

    def whole(self, frames: np.ndarray) -> np.ndarray:
        """Frames (T, BANDS) to log-probabilities (T', symbols)."""
        stream = self.stream()
        stream.accept(frames)
        return stream.finish()

    def stream(self) -> Carried:
        return Carried(self)

    def run(
        self, frames: np.ndarray, state: dict[str, np.ndarray], keep: float
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """A chunk (3 n, BANDS) and the state before it to log-probabilities (n, symbols) and the state after it."""
        kept = {"keep": np.array([keep], np.float32)} if self.keeps else {}
        log_probs, *after = self._session.run(None, {"frames": frames.astype(np.float32), **kept, **state})
        return log_probs, {name: value for name, value in zip(self._outputs, after) if name in state}


class Carried:
    """A stream to the one-directional network; what comes out in the end equals the whole utterance's."""

    def __init__(self, network: OneWay) -> None:
        self._network = network
        self._state = {name: np.zeros(shape, np.float32) for name, shape in network.shapes.items()}
        self._lookahead = self._state["ahead"].shape[0] if "ahead" in self._state else 0
        self._late = self._lookahead  # outputs that stand before the first frame and are dropped
        self._rest = np.zeros((0, BANDS), np.float32)
        self._heard = [_NOTHING]

    def accept(self, frames: np.ndarray) -> None:
        pending = np.concatenate([self._rest, frames])
        usable = len(pending) - len(pending) % STRIDE
        self._rest = pending[usable:]
        self._run(pending[:usable], keep=1.0)

    def so_far(self) -> np.ndarray:
        return np.concatenate(self._heard)

    def finish(self) -> np.ndarray:
        if len(self._rest):
            self._run(np.pad(self._rest, ((0, STRIDE - len(self._rest)), (0, 0))), keep=1.0)
        self._run(np.zeros((STRIDE * self._lookahead, BANDS), np.float32), keep=0.0)
        self._rest = self._rest[:0]
        return self.so_far()

    def _run(self, frames: np.ndarray, keep: float) -> None:
        if not len(frames):
            return
        log_probs, self._state = self._network.run(frames, self._state, keep)
        dropped = min(self._late, len(log_probs))
        self._late -= dropped
        self._heard.append(log_probs[dropped:])
