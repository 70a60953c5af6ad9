"""A hand that writes numbers: each digit as smooth strokes through a few points, a little different each time."""

from __future__ import annotations

import random

Point = tuple[float, float]
Stroke = list[Point]

# In a box one wide and one high, y downward. A stroke of points that repeat is a corner.
_SHAPES: dict[str, list[list[Point]]] = {
    "0": [[(0.55, 0.02), (0.22, 0.12), (0.1, 0.5), (0.24, 0.9), (0.52, 0.99), (0.8, 0.86), (0.9, 0.48), (0.78, 0.12), (0.52, 0.02)]],
    "1": [[(0.28, 0.2), (0.42, 0.12), (0.55, 0.0), (0.55, 0.0), (0.54, 0.35), (0.52, 0.7), (0.51, 1.0)]],
    "2": [[(0.14, 0.24), (0.3, 0.05), (0.58, 0.0), (0.82, 0.16), (0.78, 0.42), (0.5, 0.7), (0.14, 0.97), (0.14, 0.97), (0.5, 0.95), (0.9, 0.97)]],
    "3": [[(0.16, 0.12), (0.45, 0.0), (0.76, 0.1), (0.76, 0.32), (0.42, 0.46), (0.42, 0.46), (0.8, 0.56), (0.86, 0.8), (0.52, 1.0), (0.12, 0.9)]],
    "4": [[(0.36, 0.0), (0.2, 0.34), (0.08, 0.64), (0.08, 0.64), (0.5, 0.63), (0.95, 0.62)], [(0.7, 0.3), (0.69, 0.65), (0.67, 1.0)]],
    "5": [[(0.24, 0.04), (0.21, 0.24), (0.18, 0.44), (0.18, 0.44), (0.5, 0.36), (0.82, 0.54), (0.8, 0.84), (0.48, 1.0), (0.1, 0.9)], [(0.24, 0.04), (0.55, 0.03), (0.86, 0.02)]],
    "6": [[(0.7, 0.02), (0.36, 0.24), (0.14, 0.6), (0.22, 0.92), (0.54, 0.99), (0.8, 0.82), (0.76, 0.58), (0.48, 0.5), (0.18, 0.7)]],
    "7": [[(0.1, 0.04), (0.5, 0.02), (0.9, 0.03), (0.9, 0.03), (0.66, 0.45), (0.42, 1.0)]],
    "8": [[(0.76, 0.14), (0.48, 0.0), (0.2, 0.18), (0.36, 0.4), (0.66, 0.56), (0.84, 0.8), (0.5, 1.0), (0.16, 0.82), (0.36, 0.56), (0.68, 0.38), (0.78, 0.16)]],
    "9": [[(0.8, 0.2), (0.5, 0.02), (0.18, 0.18), (0.22, 0.42), (0.54, 0.5), (0.8, 0.22), (0.8, 0.22), (0.79, 0.6), (0.74, 1.0)]],
}  # fmt: skip


def strokes_of(number: str, left: float, top: float, width: float, height: float, *, seed: int = 0) -> list[Stroke]:
    """The pen's way for a number inside of that box, in its unit."""
    chance = random.Random(seed)
    pitch = width / len(number)
    wide, high = min(0.66 * pitch, 0.7 * height), height
    strokes = []
    for place, digit in enumerate(number):
        x0 = left + pitch * place + chance.uniform(0, 0.06 * pitch)
        y0 = top + chance.uniform(-0.05, 0.05) * high
        for points in _SHAPES[digit]:
            shaken = [(x + chance.gauss(0, 0.012), y + chance.gauss(0, 0.012)) for x, y in points]
            strokes.append([(x0 + x * wide, y0 + y * high) for x, y in _smooth(points, shaken)])
    return strokes


def _smooth(points: list[Point], shaken: list[Point]) -> Stroke:
    """Catmull-Rom through the points; it starts anew at a corner."""
    corners = [i for i in range(1, len(points)) if points[i] == points[i - 1]]
    parts = [shaken[a:b] for a, b in zip([0, *corners], [*corners, len(points)], strict=True)]
    way: Stroke = []
    for before, part in zip([None, *parts], parts, strict=False):
        if before is not None:
            part = [before[-1], *part[1:]]
        way += _spline(part)
    return way


def _spline(points: list[Point], steps: int = 3) -> Stroke:
    ends = [points[0], *points, points[-1]]
    way = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for k in range(steps):
            t = k / steps
            way.append(
                tuple(
                    0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t**2 + (3 * q - p - 3 * r + s) * t**3)
                    for p, q, r, s in zip(a, b, c, d, strict=True)
                )
            )
    return [*way, points[-1]]  # type: ignore[list-item]
