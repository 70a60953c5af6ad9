"""What a telephone, a room and a kitchen do to a voice: every training utterance sounds different in every epoch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import oaconvolve

from speech.features import SAMPLE_RATE_HZ
from speech.suppression import suppress


@dataclass(frozen=True)
class Recipe:
    """How likely each change is. All zero leaves the recording as it is."""

    speed: float = 0.8
    room: float = 0.35
    noise: float = 0.9
    babble: float = 0.15
    band: float = 0.4
    clip: float = 0.06
    codec: float = 0.6
    gain: float = 1.0
    warp: float = 0.6
    suppress: float = 0.5

    def scaled(self, strength: float) -> Recipe:
        """The same changes, each that much less likely."""
        return Recipe(**{name: likely * strength for name, likely in asdict(self).items()})


def mu_law(samples: np.ndarray) -> np.ndarray:
    """Through the telephone's 8-bit companding (G.711, continuous form) and back."""
    compressed = np.sign(samples) * np.log1p(255 * np.minimum(1, np.abs(samples))) / np.log(256)
    steps = np.round((compressed + 1) * 127.5) / 127.5 - 1
    return (np.sign(steps) * np.expm1(np.abs(steps) * np.log(256)) / 255).astype(np.float32)


def change_speed(samples: np.ndarray, rate: float) -> np.ndarray:
    """Faster and higher by ``rate``, by linear interpolation."""
    at = np.arange(0, len(samples) - 1, rate, dtype=np.float32)
    return np.interp(at, np.arange(len(samples), dtype=np.float32), samples).astype(np.float32)


def frayed(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """A word as a recorder that waits for sound keeps it: its first and last moments weak, or cut off."""
    samples = samples.copy()
    for end in (samples, samples[::-1]):
        if rng.random() < 0.35:
            span = min(len(end) // 4, int(rng.uniform(0.02, 0.12) * SAMPLE_RATE_HZ))
            end[:span] *= np.linspace(rng.uniform(0, 0.7), 1, span, dtype=np.float32)
    start, stop = (int(rng.uniform(0, 0.03) * SAMPLE_RATE_HZ * (rng.random() < 0.3)) for _ in range(2))
    return samples[start : len(samples) - stop] * np.float32(10 ** (rng.uniform(-5, 5) / 20))


def synthetic_room(rng: np.random.Generator) -> np.ndarray:
    """An impulse response: the direct sound and an exponential tail of noise."""
    decay_s = rng.uniform(0.05, 0.5)
    length = int(SAMPLE_RATE_HZ * min(0.4, decay_s))
    tail = rng.standard_normal(length, dtype=np.float32) * 10 ** (-3 * np.arange(length) / (decay_s * SAMPLE_RATE_HZ))
    tail *= rng.uniform(0.1, 0.9) / (np.sqrt(np.sum(tail**2)) + 1e-9)
    tail[: rng.integers(8, 80)] = 0
    tail[0] = 1
    return tail.astype(np.float32)


def add_noise(samples: np.ndarray, noise: np.ndarray, ratio_db: float) -> np.ndarray:
    """Noise scaled to ``ratio_db`` below the loudest 2,048 samples of the recording, and added."""
    noise_power = float(np.mean(noise**2)) + 1e-12
    return samples + noise * np.sqrt(loudest_power(samples) / noise_power / 10 ** (ratio_db / 10))


def loudest_power(samples: np.ndarray, span: int = 2048) -> float:
    """Mean square of the loudest ``span`` samples in a row."""
    if len(samples) <= span:
        return float(np.mean(samples**2)) if len(samples) else 0.0
    total = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    return float(np.max(total[span:] - total[:-span])) / span


def piece(rng: np.random.Generator, clip: np.ndarray, length: int) -> np.ndarray:
    """``length`` samples of a clip from a random point, round and round."""
    start = int(rng.integers(len(clip)))
    return np.take(clip, np.arange(start, start + length), mode="wrap")


def band_limit(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """A handset's frequency response: a random slope, bass cut and treble cut."""
    length = next_fast_len(len(samples), real=True)
    spectrum = rfft(samples, length)
    hz = np.linspace(0, SAMPLE_RATE_HZ / 2, len(spectrum))
    low, high = rng.uniform(30, 350), rng.uniform(2800, 4200)
    response = 1 / (1 + (low / np.maximum(hz, 1)) ** 4) / (1 + (hz / high) ** 12)
    response *= 10 ** (rng.uniform(-6, 6) * (hz / 4000 - 0.5) / 20)
    return irfft(spectrum * response.astype(np.float32), length)[: len(samples)]


class Augmenter:
    """Applies a recipe; ``noises`` and ``rooms`` are float32 clips at 8 kHz, ``voices`` gives speech for babble."""

    def __init__(self, recipe: Recipe, noises: Sequence[np.ndarray], rooms: Sequence[np.ndarray]) -> None:
        self.recipe, self.noises, self.rooms = recipe, noises, rooms

    def __call__(
        self, rng: np.random.Generator, samples: np.ndarray, voices: Callable[[], Sequence[np.ndarray]] | None = None
    ) -> np.ndarray:
        recipe = self.recipe
        if rng.random() < recipe.speed:
            samples = change_speed(samples, float(rng.uniform(0.82, 1.2)))
        samples = np.pad(samples, (int(rng.integers(0, 2000)), int(rng.integers(400, 2000))))
        if rng.random() < recipe.room:
            room = (
                self.rooms[rng.integers(len(self.rooms))] if self.rooms and rng.random() < 0.3 else synthetic_room(rng)
            )
            samples = oaconvolve(samples, room)[: len(samples)].astype(np.float32)
        if rng.random() < recipe.noise:
            if voices and rng.random() < recipe.babble / max(recipe.noise, 1e-9):
                noise = np.sum([piece(rng, voice, len(samples)) for voice in voices()], axis=0)
            elif self.noises and rng.random() < 0.75:
                noise = self.varied_noise(rng, len(samples))
            else:
                noise = coloured_noise(rng, len(samples))
            samples = add_noise(samples, noise, float(rng.uniform(-3, 27)))
        if rng.random() < recipe.band:
            samples = band_limit(rng, samples)
        peak = float(np.abs(samples).max()) + 1e-9
        if rng.random() < recipe.clip:
            samples = np.clip(samples * rng.uniform(1.5, 5) / peak, -1, 1)
            peak = 1.0
        level = 10 ** (rng.uniform(-30, 0) / 20) if rng.random() < recipe.gain else 0.5
        samples = (samples * (level / peak)).astype(np.float32)
        samples = mu_law(samples) if rng.random() < recipe.codec else samples
        return suppress(samples) if rng.random() < recipe.suppress else samples

    def varied_noise(self, rng: np.random.Generator, length: int) -> np.ndarray:
        """``length`` samples of a clip as it is, or made another source: slower or faster, duller or shriller, two at once.

        There are few clips, and a network that knows them by heart does not know the next kitchen.
        """
        noise = piece(rng, self.noises[rng.integers(len(self.noises))], int(length * 1.6) + 2)
        if rng.random() < 0.5:
            noise = change_speed(noise, float(rng.uniform(0.6, 1.6)))
        noise = noise[:length]
        if rng.random() < 0.3:
            other = piece(rng, self.noises[rng.integers(len(self.noises))], length)
            power = float(np.mean(noise**2)) / (float(np.mean(other**2)) + 1e-9)
            noise = noise + other * np.float32(np.sqrt(power) * 10 ** (rng.uniform(-10, 0) / 20))
        return tilted(rng, noise) if rng.random() < 0.4 else noise


def tilted(rng: np.random.Generator, noise: np.ndarray) -> np.ndarray:
    """Up to 15 dB more or less of treble than of bass."""
    length = next_fast_len(len(noise), real=True)
    spectrum = rfft(noise, length)
    spectrum *= 10 ** (np.linspace(-0.5, 0.5, len(spectrum), dtype=np.float32) * np.float32(rng.uniform(-15, 15) / 20))
    return irfft(spectrum, length)[: len(noise)]


def coloured_noise(rng: np.random.Generator, length: int) -> np.ndarray:
    """White to brown noise; hum, fans, traffic."""
    padded = next_fast_len(length, real=True)
    spectrum = rfft(rng.standard_normal(padded, dtype=np.float32))
    spectrum *= np.maximum(1, np.arange(len(spectrum), dtype=np.float32)) ** -np.float32(rng.uniform(0, 1))
    return irfft(spectrum, padded)[:length]
