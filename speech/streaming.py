"""The streaming form of the network on ONNX Runtime: its state goes in and comes out with every chunk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from speech.features import BANDS

STRIDE = 3


class StreamingNetwork:
    """Log-probabilities as the frames arrive; what comes out in the end equals the whole utterance's."""

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        states = [entry for entry in self._session.get_inputs() if entry.name not in ("frames", "keep")]
        self._state = {entry.name: np.zeros(entry.shape, np.float32) for entry in states}
        self.lookahead = self._state["ahead"].shape[0] if "ahead" in self._state else 0
        self._late = self.lookahead  # outputs that stand before the first frame and are dropped
        self._rest = np.zeros((0, BANDS), np.float32)

    def accept(self, frames: np.ndarray) -> np.ndarray:
        """Further spectrogram frames (T, BANDS) to the log-probabilities (T', symbols) that are final now."""
        pending = np.concatenate([self._rest, frames])
        usable = len(pending) - len(pending) % STRIDE
        self._rest = pending[usable:]
        return self._run(pending[:usable], keep=1.0)

    def finish(self) -> np.ndarray:
        """The last log-probabilities."""
        parts = []
        if len(self._rest):
            parts.append(self._run(np.pad(self._rest, ((0, STRIDE - len(self._rest)), (0, 0))), keep=1.0))
        if self.lookahead:
            parts.append(self._run(np.zeros((STRIDE * self.lookahead, BANDS), np.float32), keep=0.0))
        return np.concatenate(parts) if parts else np.zeros((0, 29), np.float32)

    def _run(self, frames: np.ndarray, keep: float) -> np.ndarray:
        if not len(frames):
            return np.zeros((0, 29), np.float32)
        inputs = {"frames": frames.astype(np.float32), **self._state}
        names = [entry.name for entry in self._session.get_inputs()]
        if "keep" in names:
            inputs["keep"] = np.array([keep], np.float32)
        log_probs, *states = self._session.run(None, inputs)
        outputs = [entry.name.removeprefix("next_") for entry in self._session.get_outputs()[1:]]
        self._state = {name: state for name, state in zip(outputs, states) if name in self._state}
        dropped = min(self._late, len(log_probs))
        self._late -= dropped
        return log_probs[dropped:]
