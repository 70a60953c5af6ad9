"""A stream of chunks gives the same features as the whole recording."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.features import BANDS, FFT, HOP, SAMPLE_RATE_HZ, WINDOW, LogMelStream, log_mel, mel_filters


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 900), max_size=12), st.integers(0, 2**32 - 1))
def test_any_chunking_gives_the_features_of_the_whole(sizes: list[int], seed: int) -> None:
    samples = np.random.default_rng(seed).standard_normal(sum(sizes)).astype(np.float32) * 0.1
    stream, at, parts = LogMelStream(), 0, [np.zeros((0, BANDS), np.float32)]
    for size in sizes:
        parts.append(stream.accept(samples[at : at + size]))
        at += size
    streamed, whole = np.concatenate(parts), log_mel(samples)
    assert streamed.shape == whole.shape == (max(0, 1 + (len(samples) - WINDOW) // HOP), BANDS)
    np.testing.assert_allclose(streamed, whole, atol=1e-4)


def test_silence_is_zero_and_every_band_hears_something() -> None:
    assert not log_mel(np.zeros(1000, np.float32)).any()
    for warp in (0.9, 1.0, 1.1):
        assert (mel_filters(warp).max(axis=0) > 0).all()


def test_features_equal_torchaudio() -> None:
    torch = pytest.importorskip("torch")
    transforms = pytest.importorskip("torchaudio.transforms")
    spectrogram = transforms.Spectrogram(
        FFT, WINDOW, HOP, window_fn=lambda n: torch.hann_window(n, periodic=True), center=False
    )
    samples = np.random.default_rng(0).standard_normal(SAMPLE_RATE_HZ).astype(np.float32) * 0.1
    # torchaudio centres a short window inside the transform; ours stands at its start, so theirs begins later.
    offset = (FFT - WINDOW) // 2
    padded = np.concatenate([np.zeros(offset, np.float32), samples, np.zeros(FFT, np.float32)])
    power = spectrogram(torch.from_numpy(padded)).numpy().T
    expected = np.log1p(power @ mel_filters() / 1e-6)
    ours = log_mel(samples)
    np.testing.assert_allclose(ours, expected[: len(ours)], atol=2e-3)
