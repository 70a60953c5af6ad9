"""The reader's settings from pages of calibration digits: the lattice's weights, and what a confidence means."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision import data, lattice, pages
from vision.inpaint import Repair
from vision.reader import Lattice, Reader, Settings, choose, combine, evidence_for, numbering_plan, strings_of
from vision.segment import Unreadable, lines_of

_STEPS = 3  # of fitting weights and searching again
_DAMAGED = 0.15


def calibration_pages(fold: int, renderings: int, seed: int = 99) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Number and gray levels of pages of a fold's calibration digits, on paper as in training."""
    mnist, ids = data.load_mnist(), data.load_split().calibration(fold)
    for rendering in range(renderings):
        order = np.random.default_rng([seed, fold, rendering]).permutation(ids)
        for number in range(len(ids) // 10):
            rng = np.random.default_rng([seed, fold, rendering, number])
            rows = order[number * 10 :][:10]
            truth = "".join(map(str, mnist.labels[rows]))
            kind = pages.KINDS[int(rng.choice(len(pages.KINDS), p=pages.SHARES))]
            page = pages.compose(list(mnist.images[rows] / np.float32(255)), truth, kind, rng)
            if rng.random() < _DAMAGED:
                pages.damage(page, int(rng.integers(10)), rng)
            seen = pages.paper(page, rng)
            yield truth, pages.turned(seen, rng) if kind == "photographed" else seen


def fit_lattice(found: Sequence[tuple[str, list[Lattice]]]) -> tuple[float, ...]:
    """Weights under which the right string of each page is likeliest among the strings found (a log-linear model)."""
    from scipy.optimize import minimize

    start = np.array(lattice.WEIGHTS)
    weights = start
    for _ in range(_STEPS):
        examples = []
        for truth, lines in found:
            candidates = [("", np.zeros(len(start)))]
            for line in lines:
                facts = lattice.facts_of(line.arcs, line.probabilities, line.height)
                paths = lattice.best_paths(line.arcs, line.probabilities, line.pieces, line.height, weights)
                sums = [(path.text, sum(facts[i, label] for i, label in path.steps)) for path in paths]
                candidates = [(a + b, x + y) for a, x in candidates for b, y in sums]
                candidates = sorted(candidates, key=lambda one: -float(one[1] @ weights))[:12]
            texts = [text for text, _ in candidates]
            if truth in texts and len(texts) > 1:
                examples.append((np.array([sums for _, sums in candidates]), texts.index(truth)))

        def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            value, slope = 0.5 * float(((w - start) ** 2).sum()), w - start
            for facts, right in examples:  # noqa: B023
                scores = facts @ w
                odds = np.exp(scores - scores.max())
                value -= float(np.log(odds[right] / odds.sum() + 1e-300))
                slope = slope - facts[right] + (odds / odds.sum()) @ facts
            return value, slope

        weights = minimize(loss, weights, jac=True, method="L-BFGS-B").x
    return tuple(round(float(w), 3) for w in weights)


def calibrate(classifier: Path, fold: int, repair: Repair | None, renderings: int = 5) -> dict[str, object]:
    """Settings for a reader with a classifier that never saw the calibration digits of `fold`.

    The confidence is a logistic function (Platt 1999) of how the best string stands among the others and of how likely
    its classes are, fitted to pages where it can be a number. Accepted is from where on at most one in a thousand of
    these pages was read wrong.
    """
    from sklearn.linear_model import LogisticRegression

    reader = Reader(classifier=classifier, repair=repair, settings=Settings())
    found: list[tuple[str, list[Lattice]]] = []
    for truth, gray in calibration_pages(fold, renderings):
        try:
            found.append((truth, [reader.lattice(line) for line in lines_of(gray)]))
        except Unreadable:
            found.append((truth, []))
    weights = fit_lattice(found)
    evidence, right = [], []
    for truth, lines in found:
        strings = combine([strings_of(line, weights) for line in lines])
        chosen = choose(strings, "US")
        if not numbering_plan(chosen.text, "US")[0]:
            continue  # has to be written again, however sure the reader is
        evidence.append(evidence_for(chosen, strings))
        right.append(chosen.text == truth)
    known = np.array(evidence)
    fit = LogisticRegression(C=1e3).fit(known, right)
    if fit.coef_[0, 1] < 0:  # on some pages it adds nothing
        known[:, 1] = 0.0
        fit = LogisticRegression(C=1e3).fit(known, right)
    slope, certain, shift = (round(float(v), 4) for v in (*fit.coef_[0], fit.intercept_[0]))
    sure = 1 / (1 + np.exp(-(known @ [slope, certain] + shift)))
    order = np.argsort(-sure)
    wrong = np.cumsum(~np.array(right)[order])
    safe = np.flatnonzero(wrong * 1000 <= np.arange(1, len(order) + 1))
    accept = float(sure[order[safe[-1]]]) if len(safe) else 1.0
    facts = {
        "pages": len(found),
        "right": sum(right) / len(found),
        "accepted": int((sure >= accept).sum()) / len(found),
    }
    print(json.dumps({"calibrated": classifier.name, **facts, "accept": accept}), file=sys.stderr, flush=True)
    return {"slope": slope, "certain": certain, "shift": shift, "accept": round(accept, 6), "lattice": list(weights)}
