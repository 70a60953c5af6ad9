"""Telephone audio: G.711 mu-law both ways, 8 kHz."""

from __future__ import annotations

import numpy as np

SAMPLE_RATE_HZ = 8000
_BIAS, _CLIP = 132, 32635


def _decoded(code: int) -> int:
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + _BIAS) << ((code >> 4) & 0x07)
    return _BIAS - magnitude if code & 0x80 else magnitude - _BIAS


def _encoded(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    return ~(sign | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0F)) & 0xFF


_DECODE = np.array([_decoded(code) / 32768 for code in range(256)], np.float32)
# Sixteen-bit samples fall on 8,192 distinct steps of four: the table is of those.
_ENCODE = np.array([_encoded((step - 8192) * 4 + 2) for step in range(16384)], np.uint8)
SILENCE = 0xFF


def decode(mu_law: bytes) -> np.ndarray:
    """Mu-law bytes to float32 samples (N,) in -1..1."""
    return _DECODE[np.frombuffer(mu_law, np.uint8)]


def encode(samples: np.ndarray) -> bytes:
    """Float samples (N,) in -1..1, louder ones clipped, to mu-law bytes."""
    steps = np.clip(np.floor(np.asarray(samples, np.float32) * 8192), -8192, 8191).astype(np.int32) + 8192
    return _ENCODE[steps].tobytes()
