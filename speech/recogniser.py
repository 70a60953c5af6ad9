"""Speech to text for serving: features, the network on ONNX Runtime, beam search; whole recordings and streams.

A stream's network runs while it is spoken (``acoustic.py``), so that little is left to do at its end.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np

from speech import language
from speech.acoustic import open_network
from speech.audio import AudioError, resample
from speech.ctc import sound_of
from speech.decoder import Hypothesis, Weights, Word, align, beam_search, greedy, without_silence
from speech.expected import confirm_network, digits_network, order_network
from speech.features import HOP, SAMPLE_RATE_HZ, LogMelStream, log_mel
from speech.language import Context, Phrases, WordModel

MODEL = Path(__file__).parent.parent / "data" / "models" / "recogniser.onnx"
STREAMING = MODEL.with_name("recogniser-streaming.onnx")  # looks back only: less accurate, less work
WORDS = MODEL.with_name("recogniser-words.json.gz")
FRAME_S = 3 * HOP / SAMPLE_RATE_HZ  # of one output frame
LONGEST_SEGMENT_S = 20.0
LONGEST_STREAM_S = 120.0
TRUST = {"digits": 2.0, "confirm": 2.0}  # in what was expected where only its words can be heard
GENERAL_SHARE = {"order": 0.5, "digits": 0.01, "confirm": 0.1, "anything": 0.7}


@dataclass(frozen=True)
class Transcript:
    """What was heard. ``n_best`` holds other readings, best first; ``confidence`` is 0..1, of the whole text."""

    text: str
    words: tuple[Word, ...]
    confidence: float
    n_best: tuple[Hypothesis, ...]
    seconds: float

    @classmethod
    def nothing(cls) -> Transcript:
        return cls("", (), 1.0, (), 0.0)


class Engine(Protocol):
    """What any recogniser offers; ``speech.engines`` has another one."""

    def context(self, expect: str = "anything", menu: Path | Phrases | None = None) -> Context: ...

    def transcribe(
        self, samples: np.ndarray, sample_rate_hz: int = SAMPLE_RATE_HZ, context: Context | None = None
    ) -> Transcript: ...

    def session(self, context: Context | None = None, sample_rate_hz: int = SAMPLE_RATE_HZ) -> Session: ...


class Session(Protocol):
    """One utterance as it is spoken."""

    def accept(self, samples: np.ndarray) -> None: ...

    def partial(self) -> str: ...

    def finish(self) -> Transcript: ...


class Recogniser:
    """The shipped recogniser. Safe to share between threads; ONNX Runtime lets other threads run meanwhile."""

    def __init__(
        self, model: Path = MODEL, words: Path = WORDS, threads: int = 1, weights: Weights | None = None
    ) -> None:
        self.network = open_network(model, threads)
        card = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))
        self.weights = weights or Weights(**card.get("decoder", {}))
        self._calibration: dict[str, list[float]] = card.get("calibration", {})
        self._general = WordModel.load(words)
        self._contexts: dict[tuple[str, Phrases], Context] = {}

    def context(self, expect: str = "anything", menu: Path | Phrases | None = None) -> Context:
        """The language to listen for; built once for each menu and expectation.

        Raises:
            ValueError: an unknown expectation, or a menu that cannot be read.
        """
        if expect not in language.EXPECTATIONS:
            raise ValueError(f"nothing called {expect!r} can be expected: use {', '.join(language.EXPECTATIONS)}")
        phrases = language.menu_phrases(menu) if isinstance(menu, Path) else menu or Phrases()
        key = (expect, phrases)
        if key not in self._contexts:
            if len(self._contexts) >= 64:
                self._contexts.clear()
            self._contexts[key] = self._build(expect, phrases)
        return self._contexts[key]

    def _build(self, expect: str, phrases: Phrases) -> Context:
        share, trust = GENERAL_SHARE[expect], TRUST.get(expect, 1.0)
        if expect == "digits":
            return Context([(_digits(), 1 - share), (self._general, share)], trust, True, digits_network())
        if expect == "confirm":
            return Context([(_confirm(), 1 - share), (self._general, share)], trust, True, confirm_network(phrases))
        if not phrases.items:
            return Context([(self._general, 1.0)])
        # A menu helps whatever is expected: guests order when they were asked something else.
        models = [(language.order_model(phrases), 1 - share), (self._general, share)]
        return Context(models, trust, network=order_network(phrases) if expect == "order" else None)

    def log_probs(self, frames: np.ndarray) -> np.ndarray:
        """Spectrogram frames (T, BANDS) to log-probabilities (T', symbols)."""
        return self.network.whole(frames)

    def transcribe(
        self, samples: np.ndarray, sample_rate_hz: int = SAMPLE_RATE_HZ, context: Context | None = None
    ) -> Transcript:
        """Mono samples (N,) in -1..1 to text; more than twenty seconds are cut at quiet places."""
        samples = resample(np.asarray(samples, np.float32), sample_rate_hz)
        parts = []
        for part in segments(samples):
            frames = log_mel(part)
            heard = self.read(self.log_probs(frames), context) if sounds(frames) else Transcript.nothing()
            parts.append(replace(heard, seconds=len(part) / SAMPLE_RATE_HZ))
        return _joined(parts, len(samples) / SAMPLE_RATE_HZ)

    def session(self, context: Context | None = None, sample_rate_hz: int = SAMPLE_RATE_HZ) -> RecogniserSession:
        return RecogniserSession(self, context, sample_rate_hz)

    def read(self, log_probs: np.ndarray, context: Context | None) -> Transcript:
        """What was said, from log-probabilities (T', symbols), T' > 0."""
        found = self.hypotheses(log_probs, context)
        best = found[0]
        words = tuple(align(log_probs, best.text, FRAME_S))
        return Transcript(
            best.text, words, self._confidence(log_probs, words, found), tuple(found), len(log_probs) * FRAME_S
        )

    def hypotheses(self, log_probs: np.ndarray, context: Context | None) -> list[Hypothesis]:
        """Log-probabilities (T', symbols), T' > 0, to readings, best first.

        A way through the context's network that the sound does not speak against is believed; else any words are.
        """
        expected = self.expected(log_probs, context) if context else None
        if expected is not None and expected[1] <= self.weights.doubt:
            return [expected[0]]
        found = beam_search(without_silence(log_probs, self.weights.blank), context, self.weights)
        if expected is not None and all(hypothesis.text != expected[0].text for hypothesis in found):
            found.append(expected[0])
        return found

    def expected(self, log_probs: np.ndarray, context: Context) -> tuple[Hypothesis, float] | None:
        """The best way through the context's network, and what each letter costs (nats) against any letters."""
        lowered = without_silence(log_probs, self.weights.network_blank)
        path = context.network.best_path(lowered, self.weights.network) if context.network else None
        if path is None:
            return None
        text, language_score = path
        sound = sound_of(lowered, text)
        cost = (float(lowered.max(axis=1).sum()) - sound) / len(text)
        return Hypothesis(text, sound + self.weights.network * language_score, sound), cost

    def _confidence(self, log_probs: np.ndarray, words: Sequence[Word], found: Sequence[Hypothesis]) -> float:
        kind = "network" if len(found) == 1 else "words"
        bias, *weights = self._calibration.get(kind, [2.0, 4.0, 0.0, 0.0])
        score = bias + sum(w * f for w, f in zip(weights, confidence_features(log_probs, words, found)))
        return round(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))), 3)


def sounds(frames: np.ndarray) -> bool:
    """Whether spectrogram frames (T, BANDS) hold anything but digital silence."""
    return len(frames) > 0 and float(frames.max()) >= 0.5


def confidence_features(log_probs: np.ndarray, words: Sequence[Word], found: Sequence[Hypothesis]) -> list[float]:
    """What a transcript's confidence is computed from: all at most 0, and 0 is sure.

    How much less likely the text is than the sound's own favourite (for each letter), the log-confidence of the
    unsurest word, and how much of the n-best list's weight the first has.
    """
    favourite = float(log_probs.max(axis=1).sum())
    letters = max(1, len(found[0].text))
    gap = min(0.0, sound_of(log_probs, found[0].text) - favourite) / letters
    unsure = math.log(max(1e-3, min((word.confidence for word in words), default=1e-3)))
    margin = -math.log(sum(math.exp(max(-50.0, h.score - found[0].score)) for h in found))
    return [max(-5.0, gap), unsure, margin]


def segments(samples: np.ndarray) -> list[np.ndarray]:
    """The recording in parts of at most twenty seconds, cut where it is quietest."""
    longest, parts = int(LONGEST_SEGMENT_S * SAMPLE_RATE_HZ), []
    while len(samples) > longest:
        window = samples[longest // 2 : longest]
        energy = np.square(window[: len(window) // 800 * 800]).reshape(-1, 800).mean(axis=1)
        smooth = np.convolve(energy, np.ones(3) / 3, "same")
        cut = longest // 2 + (int(smooth.argmin()) * 800 + 400)
        parts.append(samples[:cut])
        samples = samples[cut:]
    return [*parts, samples]


def _joined(parts: list[Transcript], seconds: float) -> Transcript:
    seconds = round(seconds, 3)
    if len(parts) == 1:
        only = parts[0]
        return Transcript(only.text, only.words, only.confidence, only.n_best, seconds)
    words, start = [], 0.0
    for part in parts:
        words += [
            Word(w.text, round(w.start_s + start, 3), round(w.end_s + start, 3), w.confidence) for w in part.words
        ]
        start += part.seconds
    spoken = [part for part in parts if part.text]
    confidence = math.prod(part.confidence for part in spoken) ** (1 / len(spoken)) if spoken else 1.0
    text = " ".join(part.text for part in spoken)
    hypothesis = Hypothesis(text, sum(p.n_best[0].score for p in spoken), sum(p.n_best[0].sound for p in spoken))
    return Transcript(text, tuple(words), round(confidence, 3), (hypothesis,), seconds)


class RecogniserSession:
    """One utterance as it is spoken: ``accept`` chunks, ask for ``partial`` texts, ``finish`` for the transcript."""

    def __init__(self, recogniser: Recogniser, context: Context | None, sample_rate_hz: int) -> None:
        self._recogniser, self._context, self._rate = recogniser, context, sample_rate_hz
        self._mel, self._stream = LogMelStream(), recogniser.network.stream()
        self._chunks = [np.zeros(0, np.float32)]
        self._samples = 0
        self._sounds = False
        self._partial = (0, "")

    def accept(self, samples: np.ndarray) -> None:
        """Further mono samples (N,) in -1..1.

        Raises:
            AudioError: the utterance grows longer than two minutes.
        """
        samples = np.asarray(samples, np.float32)
        self._samples += len(samples)
        if self._samples > LONGEST_STREAM_S * self._rate:
            raise AudioError(f"an utterance longer than {LONGEST_STREAM_S:.0f} seconds: finish it and start another")
        self._chunks.append(samples)
        if self._is_read_on_the_way:
            frames = self._mel.accept(samples)
            self._sounds |= sounds(frames)
            self._stream.accept(frames)

    def partial(self) -> str:
        """The text so far, of the last twenty seconds; computed anew when a quarter of a second has been added."""
        if self._samples - self._partial[0] >= self._rate // 4:
            self._partial = (self._samples, greedy(self._recent()))
        return self._partial[1]

    def finish(self) -> Transcript:
        """The transcript of all that was accepted; but for the edges of windows the same as of the whole recording."""
        if not self._is_read_on_the_way:
            return self._recogniser.transcribe(np.concatenate(self._chunks), self._rate, self._context)
        heard = Transcript.nothing()
        if self._sounds:
            heard = self._recogniser.read(self._stream.finish(), self._context)
        return _joined([heard], self._samples / self._rate)

    @property
    def _is_read_on_the_way(self) -> bool:
        """Other rates are resampled at the end, and long streams cut where they are quiet."""
        return self._rate == SAMPLE_RATE_HZ and self._samples <= LONGEST_SEGMENT_S * SAMPLE_RATE_HZ

    def _recent(self) -> np.ndarray:
        if self._is_read_on_the_way:
            return self._stream.so_far()
        samples = resample(np.concatenate(self._chunks), self._rate)
        return self._recogniser.log_probs(log_mel(samples[-int(LONGEST_SEGMENT_S * SAMPLE_RATE_HZ) :]))


@lru_cache(maxsize=1)
def _digits() -> WordModel:
    return language.digits_model()


@lru_cache(maxsize=1)
def _confirm() -> WordModel:
    return language.confirm_model()
