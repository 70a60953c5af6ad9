"""A page with one number a line (a paper list): its lines, each as an image of its own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from vision.images import Gray
from vision.ink import find_ink

MAX_LINES = 40
_ON = 0.35
_TURNS = np.arange(-8.0, 8.1, 0.5)  # degrees
_SKETCH = 500  # pixels a side for finding the angle


def strips(gray: Gray) -> list[Gray]:
    """Gray levels (H, W) of a page → gray levels of its written lines, top to bottom; none on a blank page."""
    ink = find_ink(gray)
    angle = _angle(ink > _ON)
    if angle:
        paper = int(np.median(gray))
        turned = Image.fromarray(gray).rotate(angle, Image.Resampling.BILINEAR, expand=True, fillcolor=paper)
        gray = np.asarray(turned, np.uint8)
        ink = find_ink(gray)
    found = []
    for top, bottom in _bands((ink > _ON).astype(np.float32)):
        columns = np.flatnonzero((ink[top:bottom] > _ON).any(0))
        margin = max(6, (bottom - top) // 4)
        rows = slice(max(0, top - margin), bottom + margin)
        found.append(gray[rows, max(0, int(columns[0]) - margin) : int(columns[-1]) + margin])
    return found[:MAX_LINES]


def tails(strip: Gray) -> Iterator[Gray]:
    """The line from after each of its wide gaps on, the shortest last: a name may stand before the number."""
    ink = find_ink(strip) > _ON
    columns = np.flatnonzero(ink.any(0))
    if not len(columns):
        return
    rows = np.flatnonzero(ink.any(1))
    high = int(rows[-1] - rows[0] + 1)
    gaps = np.flatnonzero(np.diff(columns) > 0.5 * high)
    for gap in gaps[:6]:
        start = int(columns[gap + 1])
        yield strip[:, max(0, start - high // 4) :]


def _angle(on: NDArray[np.bool_]) -> float:
    """By how many degrees to turn the page so that its lines lie level: the turn with the sharpest rows."""
    step = -(-max(on.shape) // _SKETCH)
    sketch = Image.fromarray((on[::step, ::step] * 255).astype(np.uint8))

    def sharpness(angle: float) -> float:
        rows = np.asarray(sketch.rotate(angle, expand=True), np.float32).sum(1)
        return float(np.square(np.diff(rows)).sum())

    best = max(_TURNS, key=sharpness)
    return float(best) if sharpness(best) > 1.15 * sharpness(0.0) else 0.0


def _bands(on: NDArray[np.float32]) -> list[tuple[int, int]]:
    """(top, bottom) of the rows with writing. Rules across the page are thin and are no writing."""
    profile = ndimage.uniform_filter1d(on.sum(1), 3)
    written = np.flatnonzero(profile > max(2.0, 0.06 * float(profile.max())))
    if not len(written):
        return []
    breaks = np.flatnonzero(np.diff(written) > 2)
    tops, bottoms = written[np.r_[0, breaks + 1]], written[np.r_[breaks, len(written) - 1]] + 1
    bands = [(int(top), int(bottom)) for top, bottom in zip(tops, bottoms, strict=True) if bottom - top >= 8]
    if not bands:
        return []
    usual = float(np.median([bottom - top for top, bottom in bands]))
    return [(top, bottom) for top, bottom in bands if bottom - top > 0.4 * usual]
