"""Suppression of steady noise: fans, traffic, a line's hiss.

Spectral subtraction (Boll 1979; Berouti, Schwartz and Makhoul 1979): of each band is kept what exceeds the noise, and a
quarter of the rest, so that nothing musical is left behind. The noise is what the quietest frames of the utterance
hold; there are some before and after the words.
"""

from __future__ import annotations

import numpy as np
from scipy.fft import irfft, rfft

WINDOW = 256  # samples, 32 ms at 8 kHz
_HOP = WINDOW // 2
_FLOOR, _OVER = 0.25, 1.5  # what is left of noise; how much of it is taken away
_QUIET = 0.15  # share of the frames that are taken for noise
_LEAST_FRAMES = 6
_HANN = np.sqrt(np.hanning(WINDOW + 1)[:-1]).astype(np.float32)
_TINY = 1e-12


def suppress(samples: np.ndarray) -> np.ndarray:
    """float32 samples (N,) at 8 kHz to as many with less noise; unchanged where they are too short to know the noise."""
    count = 1 + (len(samples) - WINDOW) // _HOP
    if count < _LEAST_FRAMES:
        return samples
    frames = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::_HOP][:count] * _HANN
    spectrum = rfft(frames, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    quiet = np.argsort(power.sum(axis=1))[: max(4, int(_QUIET * count))]
    noise = np.convolve(np.pad(power[quiet].mean(axis=0), 2, mode="edge"), np.array([1, 2, 3, 2, 1]) / 9, "valid")
    around = np.pad(power, 1, mode="edge")
    smooth = (around[:-2] + 2 * around[1:-1] + around[2:]) / 4
    smooth = (smooth[:, :-2] + 2 * smooth[:, 1:-1] + smooth[:, 2:]) / 4
    gain = np.maximum(_FLOOR, 1 - _OVER * noise / np.maximum(smooth, _TINY)).astype(np.float32)
    clean = irfft(spectrum * gain, WINDOW, axis=1) * _HANN
    found = _FLOOR * samples.astype(np.float32)  # the half frames at both ends
    halves = clean[:-1, _HOP:] + clean[1:, :_HOP]
    found[_HOP : count * _HOP] = halves.ravel()
    return found
