"""Decoder weights and confidence, tuned on speakers that are neither trained on nor reported on."""

from __future__ import annotations

import dataclasses
import itertools
import sys
from pathlib import Path
from typing import Any

import numpy as np

from speech.bench import CAFE, OrderReader, slots_of, telephone
from speech.corpus import recordings
from speech.decoder import Weights, align, beam_search
from speech.features import log_mel
from speech.language import Context
from speech.recogniser import FRAME_S, Recogniser, confidence_features
from speech.scores import word_errors

GRID = {"language": (0.6, 0.9, 1.3), "word": (0.5, 2.0)}


def tune(data: Path, bench: Path) -> dict[str, Any]:
    """Least word errors over an4 and so762, equally; then the logistic calibration of utterance confidence."""
    recogniser = Recogniser()
    anything = recogniser.context("anything")
    cases: list[tuple[str, np.ndarray, str]] = []
    for name in ("an4", "so762"):
        for recording in recordings(data, name):
            if recording.part == "dev":
                cases.append((name, recogniser.log_probs(log_mel(telephone(recording))), recording.text or ""))
    orders = [
        (recogniser.log_probs(log_mel(telephone(r))), sorted(r.slots.items()))
        for r in recordings(data, "coffee")
        if r.part == "dev"
    ]
    menu = bench / CAFE
    ordering = recogniser.context("order", menu)
    best: tuple[float, Weights] | None = None
    for values in itertools.product(*GRID.values()):
        weights = dataclasses.replace(Weights(), **dict(zip(GRID, values)), beam=16)
        cost = _cost(cases, orders, anything, ordering, OrderReader(menu), weights)
        print(f"speech: {dict(zip(GRID, values))} costs {cost:.3f}", file=sys.stderr, flush=True)
        if best is None or cost < best[0]:
            best = (cost, weights)
    assert best is not None
    weights = dataclasses.replace(best[1], beam=Weights().beam)
    features, right = [], []
    for _, log_probs, text in cases:
        found = beam_search(log_probs, anything, weights)
        features.append(confidence_features(log_probs, align(log_probs, found[0].text, FRAME_S), found))
        right.append(found[0].text == text)
    return {"decoder": dataclasses.asdict(weights), "calibration": calibration(np.array(features), np.array(right))}


def _cost(
    cases: list[tuple[str, np.ndarray, str]],
    orders: list[tuple[np.ndarray, list[tuple[str, str]]]],
    anything: Context,
    ordering: Context,
    reader: OrderReader,
    weights: Weights,
) -> float:
    """Mean of the two sets' word error rates and of half the share of orders that are not entirely right."""
    errors, words = {"an4": 0, "so762": 0}, {"an4": 0, "so762": 0}
    for name, log_probs, text in cases:
        errors[name] += word_errors(text, beam_search(log_probs, anything, weights, best=1)[0].text)
        words[name] += len(text.split())
    texts = [beam_search(log_probs, ordering, weights, best=1)[0].text for log_probs, _ in orders]
    rows = reader.read([text or "-" for text in texts])
    wrong = sum(slots_of(row["order"]) != wanted for row, (_, wanted) in zip(rows, orders))
    return sum(errors[name] / words[name] for name in errors) + 0.5 * wrong / max(1, len(orders))


def calibration(features: np.ndarray, right: np.ndarray, rounds: int = 4000) -> list[float]:
    """Logistic regression (bias first) of being entirely right on features (N, K), lightly regularised."""
    x = np.concatenate([np.ones((len(features), 1)), features], axis=1)
    weights = np.zeros(x.shape[1])
    for _ in range(rounds):
        predicted = 1 / (1 + np.exp(-x @ weights))
        weights += 0.05 * (x.T @ (right - predicted) / len(x) - 0.002 * weights)
    return [round(float(value), 4) for value in weights]
