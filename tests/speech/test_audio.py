"""Whatever file is sent, there is audio at 8 kHz or one clear error."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from speech.audio import AudioError, read_audio, resample


def tone(rate: int, hz: float = 440.0, seconds: float = 0.5) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG"])
def test_any_rate_and_container_keeps_pitch_and_length(tmp_path: Path, rate: int, kind: str) -> None:
    path = tmp_path / f"a.{kind.lower()}"
    soundfile.write(path, tone(rate), rate, format=kind)
    samples = read_audio(path)
    assert abs(len(samples) - 4000) <= 8
    spectrum = np.abs(np.fft.rfft(samples[:4000]))
    assert spectrum.argmax() * 2 == pytest.approx(440, abs=4)


def test_what_a_telephone_cannot_carry_is_filtered_out_not_folded_back() -> None:
    assert np.abs(resample(tone(48000, hz=6000), 48000)[100:-100]).max() < 0.01


def test_channels_are_averaged(tmp_path: Path) -> None:
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.stack([tone(8000), -tone(8000)], axis=1), 8000)
    assert np.abs(read_audio(path)).max() < 1e-3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\xff\xff\xff\xffWAVEfmt ",
        b"not audio at all" * 100,
        b"OggS" + bytes(200),
        b"fLaC" + bytes(50),
    ],
)
def test_hostile_bytes_are_one_clear_error(content: bytes) -> None:
    with pytest.raises(AudioError) as caught:
        read_audio(content)
    assert "\n" not in str(caught.value)


def test_a_truncated_flac_is_refused(tmp_path: Path) -> None:
    whole = io.BytesIO()
    soundfile.write(whole, np.random.default_rng(0).standard_normal(16000) * 0.1, 8000, format="FLAC")
    with pytest.raises(AudioError):
        read_audio(whole.getvalue()[: len(whole.getvalue()) // 2])


def test_too_long_and_impossible_rates_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.zeros(8000 * 3), 8000)
    with pytest.raises(AudioError, match="longer"):
        read_audio(path, longest_s=2)
    soundfile.write(path, np.zeros(100), 100)
    with pytest.raises(AudioError, match="sample rate"):
        read_audio(path)


def test_missing_files_and_empty_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="nothing.wav"):
        read_audio(tmp_path / "nothing.wav")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 8000)
    with pytest.raises(AudioError, match="no samples"):
        read_audio(tmp_path / "empty.wav")
