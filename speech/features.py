"""Log mel spectrogram of 8 kHz speech: the same numbers for a whole recording and for any chunking of it.

Nothing is normalised over the utterance, so a stream needs no look into the future; the network's first batch
normalisation learns the scale, and levels are varied in training.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.fft import rfft

SAMPLE_RATE_HZ = 8000
WINDOW = 200  # samples, 25 ms
HOP = 80  # samples, 10 ms
FFT = 512
BANDS = 48
LOWEST_HZ, HIGHEST_HZ = 60.0, 3800.0
FLOOR = 1e-6  # power in a band below which all silence is alike


@lru_cache(maxsize=32)
def mel_filters(warp: float = 1.0) -> np.ndarray:
    """Triangular filters (FFT // 2 + 1, BANDS); ``warp`` above one imitates a shorter vocal tract in training."""

    def mel(hz: np.ndarray | float) -> np.ndarray:
        return 2595 * np.log10(1 + np.asarray(hz) / 700)

    edges_hz = 700 * (10 ** (np.linspace(mel(LOWEST_HZ), mel(HIGHEST_HZ), BANDS + 2) / 2595) - 1) * warp
    bins_hz = np.arange(FFT // 2 + 1) * SAMPLE_RATE_HZ / FFT
    rising = (bins_hz[:, None] - edges_hz[:-2]) / np.diff(edges_hz)[:-1]
    falling = (edges_hz[2:] - bins_hz[:, None]) / np.diff(edges_hz)[1:]
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


_HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)


def log_mel(samples: np.ndarray, warp: float = 1.0) -> np.ndarray:
    """float32 samples (N,) in -1..1 at 8 kHz to float32 frames (T, BANDS), T = max(0, 1 + (N - WINDOW) // HOP)."""
    count = max(0, 1 + (len(samples) - WINDOW) // HOP)
    if count == 0:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples.astype(np.float32, copy=False), WINDOW)[::HOP][:count]
    spectrum = rfft(frames * _HANN, FFT, axis=1)  # SciPy stays in single precision
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.log1p(power @ mel_filters(warp) / FLOOR)  # zero is silence, so padding with zeros is too


class LogMelStream:
    """The same frames, chunk by chunk."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)

    def accept(self, samples: np.ndarray) -> np.ndarray:
        """The frames (T, BANDS) that these further samples complete."""
        pending = np.concatenate([self._rest, samples.astype(np.float32, copy=False)])
        frames = log_mel(pending)
        self._rest = pending[len(frames) * HOP :]
        return frames
