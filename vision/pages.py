"""Pages to develop and train on: layouts of written numbers, and one kind of paper, noise and damage.

The figures are reported on `vision.bench_pages`, which shares the layouts but has paper, noise and damage of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from vision import strokes

Ink = NDArray[np.float32]
Gray = NDArray[np.uint8]
Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels

KINDS = ("plain", "brackets and dashes", "two lines", "ruled", "photographed", "touching", "crossed out")
SHARES = (0.4, 0.25, 0.1, 0.1, 0.08, 0.05, 0.02)
NOTHING, SIGN = -1, 100
_ODD = 0.12  # share of pages with each oddity of paper or camera
_PUNCTUATED = ("({})_{}-{}", "{}-{}-{}", "({}){}.{}", "{}.{}.{}", "+{}-{}-{}")


@dataclass
class Page:
    """A written page: ink (H, W) in 0..1, the number on it, a box for each of its digits, and their height in px.

    `owner` (H, W): which digit of the number a pixel's ink belongs to; each other sign has a value from SIGN up; NOTHING
    for paper.
    """

    ink: Ink
    truth: str
    boxes: list[Box]
    height: float
    owner: NDArray[np.int16]
    kind: str = "plain"


def _trim(ink: Ink) -> Ink:
    on = ink > 0.25
    rows, columns = np.flatnonzero(on.any(1)), np.flatnonzero(on.any(0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else ink


def _place(crop: Ink, scale: float, turn: float) -> Ink:
    """A digit crop at page scale, turned by `turn` radians, trimmed."""
    side = round(28 * scale * 1.25)
    cos, sin = np.cos(turn) / scale, np.sin(turn) / scale
    middle, centre = (side - 1) / 2, 13.5
    drawn = Image.fromarray((crop * 255).astype(np.uint8)).transform(
        (side, side),
        Image.Transform.AFFINE,
        (cos, sin, centre - cos * middle - sin * middle, -sin, cos, centre + sin * middle - cos * middle),
        Image.Resampling.BICUBIC,
    )
    return _trim(np.asarray(drawn, np.float32) / np.float32(255))


def _sign(name: str, height: float, pen: float, rng: np.random.Generator) -> Ink:
    paths = strokes.sketch(strokes.SIGNS[name], rng, 0.03)
    size = {"-": 0.45, ".": 0.6, "+": 0.6}.get(name, 1.05) * height
    points = np.concatenate(paths)
    low = points.min(0)
    extent = (points.max(0) - low) * size
    shape = (int(extent[1] + pen * 2) + 2, int(extent[0] + pen * 2) + 2)
    return strokes.draw([(p - low) * size + pen for p in paths], shape, pen)


def _cross_out(ink: Ink, pen: float, rng: np.random.Generator) -> Ink:
    """A digit struck out by a zigzag."""
    high, wide = ink.shape
    canvas = np.zeros((high, wide + high // 2), np.float32)
    left = (canvas.shape[1] - wide) // 2
    canvas[:, left : left + wide] = ink
    n = int(rng.integers(4, 8))
    x = np.linspace(0, canvas.shape[1], n) + rng.normal(0, 2, n)
    y = np.where(np.arange(n) % 2, 0.15, 0.85) * high + rng.normal(0, 2, n)
    extent = (canvas.shape[0], canvas.shape[1])
    return np.maximum(canvas, strokes.draw([np.stack([x, y], 1)], extent, pen))


def _gap_between(left: Ink, right: Ink, drop: int) -> int:
    """Columns by which `right` may move into `left`'s box before their ink meets; `drop`: its top minus left's."""
    top, bottom = max(0, drop), min(len(left), drop + len(right))
    if bottom <= top:
        return 0
    a, b = left[top:bottom] > 0.3, right[top - drop : bottom - drop] > 0.3
    both = a.any(1) & b.any(1)
    if not both.any():
        return 0
    free = a[both][:, ::-1].argmax(1) + b[both].argmax(1)
    return int(free.min())


def compose(crops: Sequence[Ink], number: str, kind: str, rng: np.random.Generator) -> Page:
    """Write a number: crops (28, 28) in 0..1, one for each digit of `number`, laid out as `kind` says."""
    height = float(rng.uniform(26, 80))
    hand_turn, spread = rng.normal(0, 0.05), rng.uniform(0.1, 0.45)
    pen = float(rng.uniform(0.08, 0.13)) * height
    n = len(number)
    cuts = (3, 6) if n == 10 else (n // 2, n - 2)
    groups = [list(range(cuts[0])), list(range(cuts[0], cuts[1])), list(range(cuts[1], n))]
    lines: list[list[int | str]]
    if kind == "two lines":
        lines = (
            [[*groups[0], " ", *groups[1]], list(groups[2])]
            if rng.random() < 0.5
            else [list(groups[0]), [*groups[1], " ", *groups[2]]]
        )
    elif kind == "brackets and dashes" or (kind != "plain" and rng.random() < 0.3):
        pattern = _PUNCTUATED[int(rng.integers(len(_PUNCTUATED)))]
        line: list[int | str] = []
        part = iter(groups)
        for sign in pattern.replace("{}", "0").replace("_", " "):
            line.extend(next(part) if sign == "0" else [sign])
        lines = [line]
    else:
        gap = [" "] if rng.random() < 0.6 else []
        lines = [[*groups[0], *gap, *groups[1], *gap, *groups[2]]]
    struck = int(rng.integers(n)) if kind == "crossed out" else -1
    margin = int(height)
    placed: list[tuple[Ink, int, int, int | None]] = []
    width_needed, top = 0, margin
    for line in lines:
        x, slope, last, last_y = float(margin), rng.normal(0, 0.015), None, 0
        touch = int(rng.integers(0, n - 1)) if kind == "touching" else -9
        for mark in line:
            if mark == " ":
                x, last = x + height * rng.uniform(0.3, 0.7), None
                continue
            if isinstance(mark, int) and mark == struck:
                label = int(rng.integers(10))
                shape = strokes.DIGITS[label][0]
                drawn = _shape_ink(shape, height, pen, rng)
                wrong = _cross_out(drawn, pen, rng)
                placed.append((wrong, int(x), int(top + slope * (x - margin)), None))
                x += wrong.shape[1] + height * spread
            if isinstance(mark, int):
                art = _place(crops[mark], height / 20 * rng.uniform(0.92, 1.08), hand_turn + rng.normal(0, 0.03))
                y = top + slope * (x - margin) + (height - art.shape[0]) / 2 + rng.normal(0, 0.04) * height
            else:
                art = _sign(mark, height, pen, rng)
                y = top + slope * (x - margin)
                y += {"-": 0.5 * height - art.shape[0] / 2, ".": height - art.shape[0], "+": 0.2 * height}.get(mark, 0)
            at = int(x)
            if last is not None and isinstance(mark, int) and touch in (mark - 1, mark - 2) and mark != struck:
                free = _gap_between(last[0], art, int(y) - last_y)
                at = last[1] + last[0].shape[1] - free - int(rng.integers(1, 3))
            placed.append((art, at, int(y), mark if isinstance(mark, int) else None))
            last = (art, at) if isinstance(mark, int) else None
            last_y = int(y)
            x = at + art.shape[1] + height * max(0.05, spread * rng.uniform(0.6, 1.4))
        width_needed = max(width_needed, int(x))
        top += int(height * rng.uniform(1.35, 2.0))
    high = max(y + art.shape[0] for art, _, y, _ in placed) + margin
    ink = np.zeros((high, width_needed + margin), np.float32)
    owner = np.full(ink.shape, NOTHING, np.int16)
    boxes: dict[int, Box] = {}
    for order, (art, at, y, index) in enumerate(placed):
        y = max(0, y)
        room = ink[y : y + art.shape[0], at : at + art.shape[1]]
        art = art[: room.shape[0], : room.shape[1]]
        mine = owner[y : y + art.shape[0], at : at + art.shape[1]]
        mine[art > np.maximum(room, 0.2)] = SIGN + order if index is None else index
        np.maximum(room, art, out=room)
        if index is not None:
            boxes[index] = (at, y, at + art.shape[1], y + art.shape[0])
    return Page(ink, number, [boxes[i] for i in range(n)], height, owner, kind)


def _shape_ink(shape: strokes.Shape, height: float, pen: float, rng: np.random.Generator) -> Ink:
    paths = [p * height for p in strokes.sketch(shape, rng)]
    points = np.concatenate(paths)
    low, high = points.min(0), points.max(0)
    extent = (int(high[1] - low[1] + 2 * pen) + 1, int(high[0] - low[0] + 2 * pen) + 1)
    return strokes.draw([p - low + pen for p in paths], extent, pen)


def own_page(number: str, rng: np.random.Generator, kind: str = "plain") -> Page:
    """A page in our own drawn digits: needs no data set."""
    crops = []
    for digit in number:
        shapes = strokes.DIGITS[int(digit)]
        art = _shape_ink(shapes[int(rng.integers(len(shapes)))], 20.0, rng.uniform(1.8, 2.8), rng)
        crop = np.zeros((28, 28), np.float32)
        art = art[:26, :26]
        top, left = (28 - art.shape[0]) // 2, (28 - art.shape[1]) // 2
        crop[top : top + art.shape[0], left : left + art.shape[1]] = art
        crops.append(crop)
    return compose(crops, number, kind, rng)


def change_pen(ink: Ink, height: float, rng: np.random.Generator) -> Ink:
    """Another pen: thinner, thicker or paler strokes."""
    which, size = rng.integers(4), max(2, round(height / 26))
    if which == 0:
        ink = ndimage.grey_dilation(ink, (size, size))
    elif which == 1:
        thin = ndimage.grey_erosion(ink, (size, size))
        ink = np.maximum(thin, ink * np.float32(0.75))
    return ink


def damage(page: Page, index: int, rng: np.random.Generator) -> None:
    """Round gaps or a wavy strip of changing width in the ink of one digit, in place: how training pages are damaged."""
    left, top, right, bottom = page.boxes[index]
    part = page.ink[top:bottom, left:right]
    ys, xs = np.nonzero(part > 0.5 * part.max())
    yy, xx = np.mgrid[0 : part.shape[0], 0 : part.shape[1]].astype(np.float32)
    if rng.random() < 0.6:
        at, turn = rng.integers(len(ys)), rng.uniform(0, np.pi)
        along = ((xx - xs[at]) * np.cos(turn) + (yy - ys[at]) * np.sin(turn)) / page.height
        across = ((yy - ys[at]) * np.cos(turn) - (xx - xs[at]) * np.sin(turn)) / page.height
        wave = rng.uniform(0.01, 0.06) * np.sin(along * rng.uniform(3, 12) + rng.uniform(0, 6.3))
        width = rng.uniform(0.04, 0.2) * (0.8 + 0.3 * np.sin(along * 10 + rng.uniform(0, 6.3)))
        part[np.abs(across + wave) < width / 2] = 0
        return
    for _ in range(int(rng.integers(1, 3))):
        at, radius = rng.integers(len(ys)), rng.uniform(0.04, 0.12) * page.height
        part[(yy - ys[at]) ** 2 + (xx - xs[at]) ** 2 < radius**2] = 0


def paper(page: Page, rng: np.random.Generator) -> Gray:
    """What a scanner sees: gray (H, W) uint8.

    Sloped light and a lamp's spot, straight rules or squares, Gaussian grain; some pages also are shaken, sharpened,
    coarse, of few gray levels, smudged, or let writing on the other side shine through.
    """
    ink = change_pen(page.ink, page.height, rng)
    high, wide = ink.shape
    light = np.full((high, wide), rng.uniform(190, 250), np.float32)
    if page.kind == "photographed" or rng.random() < _ODD:
        yy, xx = np.mgrid[0:high, 0:wide].astype(np.float32)
        light *= 1 - rng.uniform(0.1, 0.45) * (xx * rng.uniform(-1, 1) / wide + yy * rng.uniform(-1, 1) / high)
        reach = rng.uniform(0.15, 0.5) * wide
        away = (xx - wide * rng.uniform(0, 1)) ** 2 + (yy - high * rng.uniform(0, 1)) ** 2
        light *= 1 + rng.uniform(-0.25, 0.15) * np.exp(-away / reach**2)
    if page.kind == "ruled":
        step, first = int(page.height * rng.uniform(1.2, 1.8)), int(rng.integers(0, int(page.height)))
        thick, shade, squared = max(1, round(page.height / 30)), rng.uniform(0.65, 0.85), rng.random() < 0.25
        for y in range(first, high, step // 2 if squared else step):
            light[y : y + thick] *= shade
        for x in range(first, wide if squared else 0, step // 2):
            light[:, x : x + thick] *= shade
    dark = rng.uniform(0.1, 0.45)
    if rng.random() < _ODD:
        light *= 1 - rng.uniform(0.02, 0.08) * ndimage.gaussian_filter(ink, 0.05 * page.height)[:, ::-1]
    seen = light * (1 - ink * (1 - dark))
    if rng.random() < _ODD:  # a finger drawn over wet ink
        rubbed = ndimage.gaussian_filter(ink, (0.03 * page.height, 0.3 * page.height))
        seen *= 1 - rng.uniform(0.1, 0.3) * rubbed * (1 - ink)
    blur = np.full(2, rng.uniform(0.2, 0.03 * page.height))
    if rng.random() < _ODD:
        blur[rng.integers(2)] += rng.uniform(0, 0.04) * page.height
    seen = ndimage.gaussian_filter(seen, blur)
    if rng.random() < _ODD:
        seen += rng.uniform(0.5, 2.0) * (seen - ndimage.gaussian_filter(seen, 0.04 * page.height))
    if rng.random() < _ODD:
        shrink = rng.uniform(1.2, max(1.3, page.height / 20))
        small = Image.fromarray(seen.astype(np.float32)).resize((int(wide / shrink), int(high / shrink)))
        seen = np.asarray(small.resize((wide, high), Image.Resampling.BILINEAR))
    seen = seen + rng.normal(0, rng.uniform(0, 9), seen.shape)
    if rng.random() < _ODD:
        levels = rng.uniform(8, 28)
        seen = np.round(seen / levels) * levels
    return np.clip(seen, 0, 255).astype(np.uint8)


def turned(seen: Gray, rng: np.random.Generator) -> Gray:
    """A page photographed askew: turned by up to 8 degrees and sheared, the table around it as bright as its edge."""
    high, wide = seen.shape
    turn, shear, edge = rng.uniform(-0.14, 0.14), rng.uniform(-0.15, 0.15), int(np.median(seen[[0, -1]]))
    margin = int(abs(turn) * wide / 2) + 4
    cos, sin = float(np.cos(turn)), float(np.sin(turn))
    x, y = wide / 2, high / 2 + margin
    rows = (cos, sin + shear, x - cos * x - (sin + shear) * y, -sin, cos, high / 2 + sin * x - cos * y)
    image = Image.fromarray(seen).transform(
        (wide, high + 2 * margin), Image.Transform.AFFINE, rows, Image.Resampling.BILINEAR, fillcolor=edge
    )
    return np.asarray(image, np.uint8)
