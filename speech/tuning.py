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
from speech.decoder import Weights, align, beam_search, without_silence
from speech.features import log_mel
from speech.language import Context
from speech.recogniser import FRAME_S, MODEL, Recogniser, confidence_features
from speech.scores import word_errors

LANGUAGE = (0.3, 0.5, 0.8)
WORD = (0.0, 1.0)
BLANK = (0.0, 1.0, 2.0)
NETWORK_BLANK = (1.0, 2.0, 3.0, 4.0)
NETWORK = (1.0, 2.0, 3.0, 4.0)
DOUBT = tuple(round(0.4 + 0.1 * step, 1) for step in range(17))
NOISE_DB = (24, 15, 6)
BEAM = 16  # narrower than when serving, for speed

Case = tuple[str, np.ndarray, str]  # set, log-probabilities, words


def tune(data: Path, bench: Path, model: Path = MODEL) -> dict[str, Any]:
    """Weights of least word errors over an4 and so762 equally, and of most orders understood, nothing lacking or added."""
    recogniser = Recogniser(model)
    cases: list[Case] = []
    for name in ("an4", "so762"):
        for recording in recordings(data, name):
            if recording.part == "dev":
                cases.append((name, recogniser.log_probs(log_mel(telephone(recording))), recording.text or ""))
    anything = recogniser.context("anything")
    best = (float("inf"), Weights())
    for language, word, blank in itertools.product(LANGUAGE, WORD, BLANK):
        weights = dataclasses.replace(Weights(), language=language, word=word, blank=blank, beam=BEAM)
        best = min(best, (_error_rate(cases, anything, weights), weights), key=lambda pair: pair[0])
        _say(f"language {language}, word {word}, blank {blank}: best {best[0]:.3f}")
    recogniser.weights = dataclasses.replace(best[1], beam=Weights().beam, doubt=float("inf"))
    features, right = [], []
    for _, log_probs, text in cases:
        found = recogniser.hypotheses(log_probs, anything)
        features.append(confidence_features(log_probs, align(log_probs, found[0].text, FRAME_S), found))
        right.append(found[0].text == text)
    calibrations = {"words": calibration(np.array(features), np.array(right))}
    calibrations["network"] = _tune_network(recogniser, data, bench, cases)
    return {"decoder": dataclasses.asdict(recogniser.weights), "calibration": calibrations}


def _tune_network(recogniser: Recogniser, data: Path, bench: Path, others: list[Case]) -> list[float]:
    """Set how the menu's network is searched, and when it is believed; returns the calibration of what it hears.

    ``others`` are recordings that are no orders.
    """
    clips = [read_audio(clip) for clip in noise_clips(data, "train")]
    orders, sounds = [], []
    for at, recording in enumerate(recording for recording in recordings(data, "coffee") if recording.part == "dev"):
        heard = [telephone(recording)]
        heard += [noisy(read_audio(recording.audio), ratio, clips, seed=at + 1000 * ratio) for ratio in NOISE_DB]
        orders += [recording] * len(heard)
        sounds += [recogniser.log_probs(log_mel(samples)) for samples in heard]
    context, reader = recogniser.context("order", bench / CAFE), OrderReader(bench / CAFE)
    best = (-1, recogniser.weights)
    found, understood = [], []
    for blank, network in itertools.product(NETWORK_BLANK, NETWORK):
        recogniser.weights = dataclasses.replace(best[1], network_blank=blank, network=network)
        hypotheses = [recogniser.hypotheses(log_probs, context) for log_probs in sounds]
        got = [slots_of(row["order"]) for row in reader.read([first.text or "-" for first, *_ in hypotheses])]
        held = [all(slot in mine for slot in recording.slots.items()) for recording, mine in zip(orders, got)]
        exact = [mine == sorted(recording.slots.items()) for recording, mine in zip(orders, got)]
        if sum(held) + sum(exact) > best[0]:
            best, found, understood = (sum(held) + sum(exact), recogniser.weights), hypotheses, exact
        _say(f"blank {blank}, network {network}: of {len(orders)} {sum(held)} hold all slots, {sum(exact)} no other")
    recogniser.weights = best[1]
    costs = [recogniser.expected(log_probs, context) for log_probs in sounds]
    foreign = [recogniser.expected(log_probs, context) for _, log_probs, _ in others]

    def mistaken(doubt: float) -> float:
        left = np.mean([cost is None or cost[1] > doubt for cost in costs])
        return float(left + np.mean([cost is not None and cost[1] <= doubt for cost in foreign]))

    recogniser.weights = dataclasses.replace(recogniser.weights, doubt=min(DOUBT, key=mistaken))
    _say(f"doubt {recogniser.weights.doubt}: {mistaken(recogniser.weights.doubt):.3f} taken for the other")
    features = [
        confidence_features(log_probs, align(log_probs, hypotheses[0].text, FRAME_S), hypotheses)
        for log_probs, hypotheses in zip(sounds, found)
    ]
    return calibration(np.array(features), np.array(understood))


def _say(line: str) -> None:
    print(f"speech: {line}", file=sys.stderr, flush=True)


def _error_rate(cases: list[tuple[str, np.ndarray, str]], context: Context, weights: Weights) -> float:
    """The mean of the sets' word error rates."""
    errors: dict[str, int] = {}
    words: dict[str, int] = {}
    for name, log_probs, text in cases:
        heard = beam_search(without_silence(log_probs, weights.blank), context, weights, best=1)[0].text
        errors[name] = errors.get(name, 0) + word_errors(text, heard)
        words[name] = words.get(name, 0) + len(text.split())
    return sum(errors[name] / words[name] for name in errors) / len(errors)


def calibration(features: np.ndarray, right: np.ndarray, rounds: int = 4000) -> list[float]:
    """Logistic regression (bias first) of being entirely right on features (N, K), lightly regularised."""
    x = np.concatenate([np.ones((len(features), 1)), features], axis=1)
    weights = np.zeros(x.shape[1])
    for _ in range(rounds):
        predicted = 1 / (1 + np.exp(-x @ weights))
        weights += 0.05 * (x.T @ (right - predicted) / len(x) - 0.002 * weights)
    return [round(float(value), 4) for value in weights]
