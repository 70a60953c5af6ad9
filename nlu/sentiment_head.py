"""Fits the linear head of the sentiment model: logistic regression that starts from the head the encoder was tuned with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

from nlu.sentiment import Head

# How strongly the head is held to its start; which one is chosen on the learnt sentences alone.
STRENGTHS = (1000.0, 300.0, 100.0, 30.0, 10.0, 3.0)
_PARTS = 5


def fit_head(
    start: Head,
    vectors: NDArray[np.float32],
    positive: Sequence[bool],
    beside: NDArray[np.float32] | None = None,
    strength: float | None = None,
) -> Head:
    """A head near ``start`` for vectors (N, 384) and what they mean.

    ``beside`` (N,) is what is added to the head's logits when it is used. ``strength``: the weight of the squared distance to ``start``; by cross-validation over these sentences when None.
    """
    labels = np.asarray(positive, dtype=np.float64)
    added = np.zeros(len(labels)) if beside is None else beside.astype(np.float64)
    if strength is None:
        strength = min(STRENGTHS, key=lambda each: _surprise_left_out(start, vectors, labels, added, each))
    return _fit(start, vectors, labels, added, strength)


def _fit(
    start: Head, vectors: NDArray[np.float32], labels: NDArray[np.float64], added: NDArray[np.float64], strength: float
) -> Head:
    x = vectors.astype(np.float64)
    signs = 2 * labels - 1
    base = x @ start.weights + start.bias + added

    def loss(moved: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (base + x @ moved[:-1] + moved[-1])
        pull = -signs / (1 + np.exp(np.clip(margins, -50, 50)))  # (N,)
        gradient = np.append(x.T @ pull + 2 * strength * moved[:-1], pull.sum())
        return float(np.logaddexp(0, -margins).sum() + strength * moved[:-1] @ moved[:-1]), gradient

    moved = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return Head((start.weights + moved[:-1]).astype(np.float32), start.bias + float(moved[-1]), start.sharpness)


def _surprise_left_out(
    start: Head, vectors: NDArray[np.float32], labels: NDArray[np.float64], added: NDArray[np.float64], strength: float
) -> float:
    """Mean log loss of each part under the head learnt from the other parts."""
    part = np.arange(len(labels)) % _PARTS
    losses = []
    for each in range(_PARTS):
        held = part == each
        found = _fit(start, vectors[~held], labels[~held], added[~held], strength)
        margins = (2 * labels[held] - 1) * (found.logits(vectors[held]) + added[held])
        losses.append(np.logaddexp(0, -margins))
    return float(np.concatenate(losses).mean())


def sharpness_of(logits: NDArray[np.float32], positive: Sequence[bool]) -> float:
    """The factor on sums of logits under which these sentences surprise least (Guo et al. 2017)."""
    signs = 2 * np.asarray(positive, dtype=np.float64) - 1

    def surprise(factor: float) -> float:
        return float(np.logaddexp(0, -factor * signs * logits).mean())

    return float(minimize_scalar(surprise, bounds=(0.05, 3.0), method="bounded").x)
