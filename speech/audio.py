"""Reading audio that anybody may send: any rate, WAV, FLAC or Ogg; clear errors, bounded memory."""

from __future__ import annotations

import io
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from speech.features import SAMPLE_RATE_HZ

LONGEST_S = 1200.0
RATES_HZ = (2000, 384_000)
_CHUNK = 1 << 18


class AudioError(ValueError):
    """Audio that cannot be used; the message says what is wrong with it."""


def resample(samples: np.ndarray, from_hz: int, to_hz: int = SAMPLE_RATE_HZ) -> np.ndarray:
    """Polyphase resampling with the anti-aliasing filter of the lower rate; (N,) float32 to (N * to / from,)."""
    if from_hz == to_hz:
        return samples.astype(np.float32, copy=False)
    # A rate such as 44,117 would ask for a filter of a million taps: a ratio with small terms is as good to the ear.
    ratio = Fraction(to_hz, from_hz).limit_denominator(1000)
    return resample_poly(samples, ratio.numerator, ratio.denominator).astype(np.float32)


def read_audio(source: Path | bytes, longest_s: float = LONGEST_S) -> np.ndarray:
    """The recording as float32 mono samples in -1..1 at 8 kHz; channels are averaged.

    Raises:
        AudioError: missing, empty, not audio, truncated, longer than ``longest_s`` or at an impossible rate.
    """
    name = str(source) if isinstance(source, Path) else "audio"
    try:
        with soundfile.SoundFile(io.BytesIO(source) if isinstance(source, bytes) else str(source)) as file:
            rate, channels = file.samplerate, file.channels
            if not RATES_HZ[0] <= rate <= RATES_HZ[1]:
                raise AudioError(f"{name}: a sample rate of {rate} Hz is not usable: send 8,000 to 48,000 Hz")
            if channels > 16:
                raise AudioError(f"{name}: {channels} channels are too many: send one or two")
            if file.frames > longest_s * rate:
                raise AudioError(f"{name}: longer than {longest_s:.0f} seconds: send it in parts")
            parts, total = [], 0
            while total <= longest_s * rate:
                block = file.read(_CHUNK // channels, dtype="float32", always_2d=True)
                if not len(block):
                    break
                parts.append(block.mean(axis=1, dtype=np.float32))
                total += len(block)
            # A stream whose header promises more than the file holds was cut off on its way.
            if 0 < file.frames < 1 << 62 and total < file.frames:
                raise AudioError(f"{name}: truncated: {total} of {file.frames} samples can be read")
    except soundfile.LibsndfileError as error:
        detail = " ".join(str(error.error_string).split()).rstrip(".")
        raise AudioError(f"{name}: cannot be read as audio: {detail}") from None
    except (OSError, RuntimeError, TypeError) as error:
        raise AudioError(f"{name}: cannot be read: {error}") from None
    if total > longest_s * rate:
        raise AudioError(f"{name}: longer than {longest_s:.0f} seconds: send it in parts")
    if not parts:
        raise AudioError(f"{name}: holds no samples")
    samples = np.concatenate(parts)
    if not np.isfinite(samples).all():
        raise AudioError(f"{name}: holds samples that are no numbers")
    return resample(np.clip(samples, -4, 4), rate)


def seconds(samples: np.ndarray) -> float:
    return math.floor(len(samples) / SAMPLE_RATE_HZ * 1000 + 0.5) / 1000
