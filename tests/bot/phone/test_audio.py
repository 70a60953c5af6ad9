"""Telephone audio."""

from __future__ import annotations

import numpy as np

from bot.phone import audio


def test_every_code_survives_the_way_there_and_back() -> None:
    codes = bytes(code for code in range(256) if code != 0x7F)  # 0x7F is a second name of silence
    assert audio.encode(audio.decode(codes)) == codes
    assert audio.decode(b"\x7f")[0] == audio.decode(b"\xff")[0] == 0


def test_samples_come_back_within_the_steps_of_the_codec() -> None:
    samples = np.linspace(-0.99, 0.99, 4001).astype(np.float32)
    error = np.abs(audio.decode(audio.encode(samples)) - samples)
    assert (error <= 0.035 * np.abs(samples) + 1e-3).all()


def test_too_loud_is_clipped_not_wrapped() -> None:
    assert audio.decode(audio.encode(np.array([5.0, -5.0], np.float32))).tolist() == [
        audio.decode(b"\x80")[0],
        audio.decode(b"\x00")[0],
    ]
