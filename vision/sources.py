"""Digit crops to learn from: pen paths drawn as ink, and our own shapes of digits and of other signs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vision import data, strokes
from vision.lattice import JUNK


def fit_box(paths: list[NDArray[np.float64]], width: float) -> NDArray[np.uint8]:
    """Draw pen paths in a 28x28 crop like MNIST's: longest side 20."""
    points = np.concatenate(paths)
    low, high = points.min(0), points.max(0)
    scale = 20 / max(float((high - low).max()), 0.15)
    drawn = strokes.draw([(p - (low + high) / 2) * scale + 14 for p in paths], (28, 28), width)
    return (drawn * 255).astype(np.uint8)


def pendigit_crops(rows: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pen paths drawn as crops (N, 28, 28), half of them with smoothed corners."""
    pen = data.load_pendigits()
    crops = []
    for row in rows:
        path = pen.points[row] * [rng.uniform(0.7, 1.0), 1.0]
        crops.append(fit_box([strokes.smooth(path) if rng.random() < 0.6 else path], rng.uniform(1.6, 3.2)))
    return np.stack(crops), pen.labels[rows]


def own_crops(count: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Our own drawn shapes: two digits in five; the rest, labelled 10, are brackets, other signs, struck-out digits."""
    crops, labels = [], []
    signs = list(strokes.SIGNS.values())
    for i in range(count):
        label = int(rng.integers(10))
        shapes = strokes.DIGITS[label]
        paths = strokes.sketch(shapes[int(rng.integers(len(shapes)))], rng)
        if i % 5 == 2:
            paths = strokes.sketch(strokes.SIGNS["()"[int(rng.integers(2))]], rng, 0.03)
        elif i % 5 == 3:
            sign = signs[int(rng.integers(len(signs)))]
            paths = strokes.sketch(sign, rng) if rng.random() < 0.75 else strokes.scribble(rng)
        elif i % 5 == 4:
            paths.append(strokes.zigzag(rng) * [rng.uniform(0.9, 1.3), 1.0] - [0.15, 0.0])
        crops.append(fit_box(paths, rng.uniform(1.6, 3.2)))
        labels.append(label if i % 5 < 2 else JUNK)
    return np.stack(crops), np.array(labels, np.int64)
