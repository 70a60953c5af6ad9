"""Decoder weights and confidence, tuned on speakers that are neither trained on nor reported on."""

from __future__ import annotations

import dataclasses
import itertools
import sys
from pathlib import Path
from typing import Any

import numpy as np

from speech.audio import read_audio
from speech.bench import CAFE, OrderReader, noisy, slots_of, telephone
from speech.corpus import noise_clips, recordings
from speech.decoder import Weights, align, beam_search
from speech.features import log_mel
from speech.language import Context
from speech.recogniser import FRAME_S, Recogniser, confidence_features
from speech.scores import word_errors

LANGUAGE = (0.5, 0.9, 1.4, 2.0)
WORD = (0.5, 2.0)
TRUST = (0.7, 1.2, 2.0, 3.0)
NOISE_DB = 15
BEAM = 16  # narrower than when serving, for speed


def tune(data: Path, bench: Path) -> dict[str, Any]:
    """Weights of least word errors over an4 and so762 equally; trust in the menu and in digits; calibration."""
    recogniser = Recogniser()
    cases: list[tuple[str, np.ndarray, str]] = []
    for name in ("an4", "so762"):
        for recording in recordings(data, name):
            if recording.part == "dev":
                cases.append((name, recogniser.log_probs(log_mel(telephone(recording))), recording.text or ""))
    anything = recogniser.context("anything")
    best = (float("inf"), Weights())
    for language, word in itertools.product(LANGUAGE, WORD):
        weights = dataclasses.replace(Weights(), language=language, word=word, beam=BEAM)
        best = min(best, (_error_rate(cases, anything, weights), weights), key=lambda pair: pair[0])
        print(f"speech: language {language}, word {word}: best {best[0]:.3f}", file=sys.stderr, flush=True)
    weights = best[1]
    trust = {"order": _order_trust(recogniser, data, bench, weights), "digits": 1.0}
    trust["digits"] = trust["order"]  # a closed language too, with too few tuning recordings of its own
    weights = dataclasses.replace(weights, beam=Weights().beam)
    features, right = [], []
    for _, log_probs, text in cases:
        found = beam_search(log_probs, anything, weights)
        features.append(confidence_features(log_probs, align(log_probs, found[0].text, FRAME_S), found))
        right.append(found[0].text == text)
    fitted = calibration(np.array(features), np.array(right))
    return {"decoder": dataclasses.asdict(weights), "trust": trust, "calibration": fitted}


def _error_rate(cases: list[tuple[str, np.ndarray, str]], context: Context, weights: Weights) -> float:
    """The mean of the sets' word error rates."""
    errors: dict[str, int] = {}
    words: dict[str, int] = {}
    for name, log_probs, text in cases:
        heard = beam_search(log_probs, context, weights, best=1)[0].text
        errors[name] = errors.get(name, 0) + word_errors(text, heard)
        words[name] = words.get(name, 0) + len(text.split())
    return sum(errors[name] / words[name] for name in errors) / len(errors)


def _order_trust(recogniser: Recogniser, data: Path, bench: Path, weights: Weights) -> float:
    """The trust with which most slots of the tuning speakers' orders are right, clean and in noise."""
    orders = [r for r in recordings(data, "coffee") if r.part == "dev"]
    clips = [read_audio(clip) for clip in noise_clips(data, "train")]
    sounds = [telephone(recording) for recording in orders]
    sounds += [noisy(read_audio(recording.audio), NOISE_DB, clips, seed=at) for at, recording in enumerate(orders)]
    heard = [recogniser.log_probs(log_mel(sound)) for sound in sounds]
    orders = orders * 2
    context, reader = recogniser.context("order", bench / CAFE), OrderReader(bench / CAFE)
    best = (-1, 1.0)
    for trust in TRUST:
        context.trust = trust
        texts = [beam_search(log_probs, context, weights, best=1)[0].text or "-" for log_probs in heard]
        right = 0
        for recording, row in zip(orders, reader.read(texts)):
            got = slots_of(row["order"])
            right += sum(slot in got for slot in recording.slots.items())
        print(f"speech: trust {trust}: {right} slots right", file=sys.stderr, flush=True)
        best = max(best, (right, trust), key=lambda pair: pair[0])
    return best[1]


def calibration(features: np.ndarray, right: np.ndarray, rounds: int = 4000) -> list[float]:
    """Logistic regression (bias first) of being entirely right on features (N, K), lightly regularised."""
    x = np.concatenate([np.ones((len(features), 1)), features], axis=1)
    weights = np.zeros(x.shape[1])
    for _ in range(rounds):
        predicted = 1 / (1 + np.exp(-x @ weights))
        weights += 0.05 * (x.T @ (right - predicted) / len(x) - 0.002 * weights)
    return [round(float(value), 4) for value in weights]
