"""Synthetic speech for training: invented sentences read by every free synthesiser voice, varied, at 8 kHz.

The result is two files below ``var/``: all samples end to end as int16, and an index of JSON lines.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import soundfile
from scipy.signal import resample_poly

from speech import neural_voices
from speech.packs import PackWriter
from speech.sentences import CALLS, ONES, general_english, sentences

SAMPLE_RATE_HZ = 8000
ESPEAK_ACCENTS = ("en-us", "en-us", "en-us", "en-gb", "en-us-nyc", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029")  # fmt: skip
ESPEAK_VARIANTS = ("f1", "f2", "f3", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m8", "klatt", "klatt2", "klatt3", "klatt4", "Alex", "Alicia", "Andrea", "Andy", "Annie", "Diogo", "Gene", "Hugo", "Jacky", "Lee", "Marco", "Mario", "Michael", "Mike", "adam", "anika", "antonio", "belinda", "benjamin", "caleb", "david", "ed", "edward", "iven", "john", "linda", "max", "michel", "norbert", "pablo", "paul", "pedro", "quincy", "rob", "robert", "sandro", "shelby", "steph", "travis", "victor", "zac", "aunty", "grandma", "grandpa")  # fmt: skip
FLITE_VOICES = ("slt", "rms", "awb", "kal16")
FESTIVAL_VOICES = ("cmu_us_slt_arctic_hts", "kal_diphone")
HELD_OUT_VOICES = ("espeak:en-us+f4", "espeak:en-us+m7", "espeak:en-gb+steph2", "festival:ked_diphone")
_LETTERS = {"A": "ay", "O": "oh"}


@dataclass(frozen=True)
class Voice:
    """One way to read a sentence. ``vocal_tract`` above one is a shorter one: formants and pitch go up."""

    engine: str
    name: str
    rate: float = 1.0
    pitch: float = 1.0
    vocal_tract: float = 1.0

    def __str__(self) -> str:
        return f"{self.engine}:{self.name}"


def draw_voice(rng: random.Random) -> Voice:
    engine = rng.choices(["flite", "espeak", "festival"], [50, 43, 7])[0]
    rate, pitch = rng.uniform(0.8, 1.35), rng.uniform(0.75, 1.35)
    vocal_tract = rng.uniform(0.85, 1.22)
    if engine == "flite":
        name = rng.choices(FLITE_VOICES, [10, 10, 7, 3])[0]
    elif engine == "festival":
        name = rng.choice(FESTIVAL_VOICES)
    else:
        name = f"{rng.choice(ESPEAK_ACCENTS)}+{rng.choice(ESPEAK_VARIANTS)}"
    return Voice(engine, name, rate, pitch, vocal_tract)


def draw_neural_voice(rng: random.Random) -> Voice:
    """Rate and vocal tract vary less: the styles differ in both already."""
    return Voice("kokoro", neural_voices.draw_name(rng), rng.uniform(0.8, 1.3), vocal_tract=rng.uniform(0.92, 1.1))


def spoken_form(sentence: str) -> str:
    """What the synthesiser is given: lone capitals are letters."""
    return " ".join(_LETTERS.get(word, word) for word in sentence.split())


def written_form(sentence: str) -> str:
    """What the recogniser shall write."""
    return sentence.lower()


def read_aloud(sentence: str, voice: Voice, sample_rate_hz: int = SAMPLE_RATE_HZ) -> np.ndarray:
    """The sentence as float32 samples in -1..1.

    Raises:
        RuntimeError: the synthesiser is not installed or failed.
    """
    text = spoken_form(sentence)
    stretch = voice.vocal_tract / voice.rate  # playing faster for the vocal tract must not change the tempo
    if voice.engine == "kokoro":
        return _resampled(
            neural_voices.read_aloud(text, voice.name, 1 / stretch),
            neural_voices.SAMPLE_RATE_HZ * voice.vocal_tract,
            sample_rate_hz,
        )
    with tempfile.TemporaryDirectory() as folder:
        wav = f"{folder}/a.wav"
        if voice.engine == "espeak":
            words_per_minute = int(min(400, max(80, 165 / stretch)))
            command = ["espeak-ng", "-v", voice.name, "-s", str(words_per_minute)]
            command += ["-p", str(int(min(99, max(0, 50 * voice.pitch / voice.vocal_tract)))), "-w", wav, text]
        elif voice.engine == "flite":
            base = {"slt": 170, "rms": 100, "awb": 130}.get(voice.name, 105)
            command = ["flite", "-voice", voice.name, "--setf", f"duration_stretch={stretch:.3f}"]
            command += ["--setf", f"int_f0_target_mean={base * voice.pitch / voice.vocal_tract:.0f}", "-t", text, wav]
        elif voice.engine == "festival":
            command = [
                "text2wave",
                "-eval",
                f"(begin (voice_{voice.name}) (Parameter.set 'Duration_Stretch {stretch:.3f}))",
            ]
            command += ["-o", wav]
        else:
            raise RuntimeError(f"no synthesiser is called {voice.engine!r}")
        try:
            subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=60)
        except (OSError, subprocess.SubprocessError) as error:
            raise RuntimeError(f"{voice.engine} could not read a sentence: {error}") from None
        samples, rate = soundfile.read(wav, dtype="float32")
    if samples.ndim > 1:
        samples = samples[:, 0]
    return _resampled(samples, rate * voice.vocal_tract, sample_rate_hz)


def _resampled(samples: np.ndarray, rate_hz: float, wanted_hz: float) -> np.ndarray:
    step = Fraction(wanted_hz / rate_hz).limit_denominator(160)
    return resample_poly(samples, step.numerator, step.denominator).astype(np.float32)


def trim(samples: np.ndarray, keep: int = 800) -> np.ndarray:
    """Without the silence at both ends but for ``keep`` samples."""
    loud = np.flatnonzero(np.abs(samples) > 0.02 * max(1e-4, float(np.abs(samples).max())))
    if not len(loud):
        return samples
    return samples[max(0, loud[0] - keep) : loud[-1] + keep]


def _make(job: tuple[str, str, Voice]) -> tuple[str, str, str, np.ndarray] | None:
    kind, sentence, voice = job
    try:
        samples = trim(read_aloud(sentence, voice))
    except RuntimeError:
        return None
    peak = float(np.abs(samples).max()) if len(samples) else 0.0
    if peak < 1e-3 or not 2000 < len(samples) < 13 * SAMPLE_RATE_HZ:
        return None
    return kind, written_form(sentence), str(voice), (samples * (0.7 * 32767 / peak)).astype(np.int16)


def single_digits(
    out: Path, voices: int, seed: int, processes: int, draw: Callable[[random.Random], Voice] = draw_voice
) -> int:
    """Write the pack ``out``: the ten digits, one by one, in so many drawn voices; returns how many."""
    rng = random.Random(seed)
    jobs = [(f"{at}", digit, voice) for at in range(voices) for voice in [draw(rng)] for digit in ONES[:10]]
    with PackWriter(out) as pack, Pool(processes) as pool:
        for made in pool.imap(_make, jobs, chunksize=10):
            if made is not None:
                number, text, name, samples = made
                pack.add(samples, text, "digit", f"{name} {number}")
        return pack.count


def synthesise(
    out: Path,
    data: Path,
    hours: float,
    seed: int,
    processes: int,
    extra_texts: Sequence[str] = (),
    draw: Callable[[random.Random], Voice] = draw_voice,
    calls: bool = False,
) -> float:
    """Write the pack ``out`` with about that many hours; returns the hours written. ``calls``: of what is said to the
    telephone, and nothing else."""
    rng = random.Random(seed)
    stream = sentences(rng, shares=CALLS) if calls else sentences(rng, [*general_english(data), *extra_texts])

    def jobs() -> Iterator[tuple[str, str, Voice]]:
        while True:
            yield (*next(stream), draw(rng))

    work = jobs()
    with PackWriter(out) as pack, Pool(processes) as pool:
        while pack.samples < hours * 3600 * SAMPLE_RATE_HZ:
            for made in pool.imap(_make, [next(work) for _ in range(200)], chunksize=5):
                if made is not None:
                    kind, text, voice, samples = made
                    pack.add(samples, text, kind, voice)
            pack.flush()
        return pack.samples / 3600 / SAMPLE_RATE_HZ
