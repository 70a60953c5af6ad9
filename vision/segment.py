"""From ink to pieces: one scale, lines of writing, connected parts, and cuts where digits may touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from vision.ink import Gray, Ink, find_ink, remove_rules, without_edges

HEIGHT = 40.0  # of a digit on the working page, in pixels
CROP, BOX = 28, 20
ON = 0.35
_MAX_WORK_PIXELS = 6_000_000
_MAX_PARTS = 400
_CUTS = 4  # at most, for each digit's width of a part

Mask = NDArray[np.bool_]


class Unreadable(ValueError):
    """Nothing on the page that could be a number; the message says why."""


@dataclass
class Piece:
    """Ink of one connected part, or of one side of a cut: a window of the working page, `left` and `top` in px."""

    ink: Ink
    left: int
    top: int
    part: int  # pieces cut from one connected part share this
    seam: float = 0.0  # ink that the cut on its left goes through, in heights of a digit

    @property
    def right(self) -> int:
        return self.left + self.ink.shape[1]

    @property
    def bottom(self) -> int:
        return self.top + self.ink.shape[0]


@dataclass
class Line:
    """Pieces of one line of writing from left to right, and how high its digits are."""

    pieces: list[Piece]
    height: float


def lines_of(gray: Gray) -> list[Line]:
    """Gray levels (H, W) of a page → its lines of writing, top to bottom. Raises Unreadable."""
    ink = without_edges(find_ink(gray))
    if not ink.any():
        raise Unreadable("nothing is written here")
    marks = _marks(ink)
    if (marks[:, 2] - marks[:, 0] > 0.6 * ink.shape[1]).any():
        ink = remove_rules(ink, ink.shape[1] / 12)  # a rule may hold all writing together
        marks = _marks(ink)
    height = digit_height(marks)
    ruled = remove_rules(ink, height)
    if ruled is not ink:
        ink, marks = ruled, _marks(ruled)
        height = digit_height(marks)
    turn = _skew(marks, height)
    if abs(turn) > np.radians(3):
        ink = _rotate(ink, turn)
        height = digit_height(_marks(ink))
    ink = _rescale(ink, HEIGHT / height)
    return lines_of_ink(_slant_removed(ink))


def lines_of_ink(ink: Ink) -> list[Line]:
    """Lines of writing on an upright page at the working scale. Raises Unreadable."""
    return _lines(_parts(_weight_evened(ink)))


def _marks(ink: Ink) -> NDArray[np.float64]:
    """Connected parts as rows of left, top, right, bottom, area: (N, 5)."""
    labels, count = ndimage.label(ink > ON, np.ones((3, 3), int))
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    boxes = [(w[1].start, w[0].start, w[1].stop, w[0].stop) for w in ndimage.find_objects(labels)]
    return np.column_stack([np.asarray(boxes, np.float64).reshape(-1, 4), areas])


def digit_height(marks: NDArray[np.float64]) -> float:
    """Height in px of most of the writing. Raises Unreadable where there is none."""
    wide, high, areas = marks[:, 2] - marks[:, 0], marks[:, 3] - marks[:, 1], marks[:, 4]
    fit = (high >= 6) & (wide < 6 * high) & (areas >= 12)
    if not fit.any():
        raise Unreadable("the writing is too small or too faint to read")
    heights, weights = high[fit], np.minimum(areas, high**2)[fit]
    order = np.argsort(heights)
    share = np.cumsum(weights[order])
    return float(heights[order][np.searchsorted(share, 0.5 * share[-1])])


def _skew(marks: NDArray[np.float64], height: float) -> float:
    """Angle of the writing lines in radians: the one along which most parts lie beside each other; 0 where none stands out."""
    high = marks[:, 3] - marks[:, 1]
    centres = ((marks[:, :2] + marks[:, 2:4]) / 2)[(high > 0.5 * height) & (high < 1.8 * height)][:100]
    if len(centres) < 5:
        return 0.0
    angles = np.radians(np.arange(-50, 51, 2.0))
    away = np.outer(np.cos(angles), centres[:, 1]) - np.outer(np.sin(angles), centres[:, 0])
    beside = np.exp(-(((away[:, :, None] - away[:, None, :]) / (0.25 * height)) ** 2)).sum((1, 2))
    best = int(beside.argmax())
    level = len(angles) // 2
    return float(angles[best]) if beside[best] > 1.15 * beside[level] else 0.0


def _rotate(ink: Ink, angle: float) -> Ink:
    turned = Image.fromarray(ink).rotate(np.degrees(angle), Image.Resampling.BILINEAR, expand=True)
    return np.asarray(turned, np.float32)


def _rescale(ink: Ink, factor: float) -> Ink:
    """Cut to the writing, then bring it to the working scale."""
    on = ink > ON
    rows, columns = np.flatnonzero(on.any(1)), np.flatnonzero(on.any(0))
    ink = ink[max(0, rows[0] - 2) : rows[-1] + 3, max(0, columns[0] - 2) : columns[-1] + 3]
    high, wide = round(ink.shape[0] * factor), round(ink.shape[1] * factor)
    if high * wide > _MAX_WORK_PIXELS:
        raise Unreadable("too much is on this page to find a number")
    kind = Image.Resampling.BICUBIC if factor > 1 else Image.Resampling.BOX
    if not 0.9 < factor < 1.12:
        ink = np.asarray(Image.fromarray(ink).resize((max(1, wide), max(1, high)), kind), np.float32)
    return np.pad(np.clip(ink, 0, 1), int(HEIGHT / 4))


def _weight_evened(ink: Ink) -> Ink:
    """Bring hair lines and very fat strokes near the weight of the training digits."""
    on = ink > ON
    inner = on[1:-1, 1:-1] & on[:-2, 1:-1] & on[2:, 1:-1] & on[1:-1, :-2] & on[1:-1, 2:]
    width = 2.0 * float(on.sum()) / max(1.0, float(on.sum() - inner.sum()))
    if width < 0.07 * HEIGHT:
        ink = ndimage.grey_dilation(ink, (3, 3))
    elif width > 0.27 * HEIGHT:
        ink = ndimage.grey_erosion(ink, (3, 3))
    return ink


def _slant_removed(ink: Ink) -> Ink:
    """Shear the page so that its upright strokes stand: the shear whose column sums are sharpest."""
    ys, xs = np.nonzero(ink[::2, ::2] > ON)
    if len(ys) < 50:
        return ink
    shears = np.linspace(-0.8, 0.8, 17)
    sharp = []
    for shear in shears:
        columns = np.bincount((xs + shear * ys - min(0.0, shear * ys.max())).astype(np.int64)).astype(np.float64)
        sharp.append(float((columns**2).sum()))
    best = float(shears[int(np.argmax(sharp))])
    if abs(best) < 0.25:
        return ink
    best *= 0.8
    high, wide = ink.shape
    extra = int(abs(best) * high) + 1
    sheared = Image.fromarray(ink).transform(
        (wide + extra, high),
        Image.Transform.AFFINE,
        (1, -best, min(0.0, best * high), 0, 1, 0),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(sheared, np.float32)


def _parts(ink: Ink) -> list[Piece]:
    """Connected parts of the working page, without specks and without what can be no writing."""
    labels, count = ndimage.label(ink > ON, np.ones((3, 3), int))
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    pieces: list[Piece] = []
    for index, where in enumerate(ndimage.find_objects(labels)):
        high, wide = (s.stop - s.start for s in where)
        if areas[index] < 10 or max(high, wide) < 0.1 * HEIGHT:
            continue
        if high > 4 * HEIGHT:
            continue
        window = tuple(slice(max(0, s.start - 1), s.stop + 1) for s in where)
        own = ndimage.binary_dilation(labels[window] == index + 1, np.ones((3, 3), bool))
        pieces.append(Piece(ink[window] * own, window[1].start, window[0].start, len(pieces)))
    if not pieces:
        raise Unreadable("nothing here looks like a digit")
    if len(pieces) > _MAX_PARTS:
        raise Unreadable("too much is on this page to find a number")
    return pieces


def _above_or_below(small: Piece, group: list[Piece]) -> float:
    """How far the middle of a small part is outside the height of the group's nearest part, in px."""
    near = min(group, key=lambda p: abs((p.left + p.right) - (small.left + small.right)))
    middle = (small.top + small.bottom) / 2
    return max(near.top - middle, middle - near.bottom, 0.0)


def _lines(pieces: list[Piece]) -> list[Line]:
    """Group parts by height on the page; a small part goes to the line that it lies in or nearest to."""
    tall = sorted((p for p in pieces if p.bottom - p.top > 0.45 * HEIGHT), key=lambda p: p.left)
    if not tall:
        raise Unreadable("nothing here looks like a digit")
    groups: list[list[Piece]] = []
    for piece in tall:
        best, most = None, 0.3
        for group in groups:
            near = group[-3:]
            top, bottom = float(np.mean([p.top for p in near])), float(np.mean([p.bottom for p in near]))
            shared = min(bottom, piece.bottom) - max(top, piece.top)
            share = shared / max(1.0, min(bottom - top, piece.bottom - piece.top))
            if share > most:
                best, most = group, share
        if best is None:
            groups.append([piece])
        else:
            best.append(piece)
    for piece in (p for p in pieces if p.bottom - p.top <= 0.45 * HEIGHT):
        away, nearest = min(((_above_or_below(piece, group), at) for at, group in enumerate(groups)))
        if away < 0.6 * HEIGHT:
            groups[nearest].append(piece)
    lines = []
    for group in groups:
        group.sort(key=lambda p: p.left + p.right)
        heights = [p.bottom - p.top for p in group if p.bottom - p.top > 0.45 * HEIGHT]
        lines.append(Line(group, float(np.median(heights))))
    return sorted(lines, key=lambda line: float(np.mean([p.top + p.bottom for p in line.pieces])))


def cuts(piece: Piece) -> list[Piece]:
    """Pieces of one wide part, cut along the seams that cross the least ink, left to right: at most four for each digit's width, and two."""
    ink = piece.ink
    high, wide = ink.shape
    near = int(0.14 * HEIGHT)
    if wide < 2 * near + 3:
        return [piece]
    cost = np.concatenate([ink[:1], ink])
    total = np.full((high + 1, wide + 2), np.inf, np.float32)  # a column on either side that no seam enters
    total[0, 1:-1] = 0
    bent = np.float32(1.0)
    for row in range(1, high + 1):
        above = total[row - 1]
        np.minimum(above[:-2], above[2:], out=total[row, 1:-1])
        total[row, 1:-1] += bent
        np.minimum(total[row, 1:-1], above[1:-1], out=total[row, 1:-1])
        total[row, 1:-1] += cost[row]
    # Every seam from its lower end upwards, all at once.
    x = np.arange(1, wide + 1)
    paths = np.empty((high, wide), np.int64)
    for row in range(high, 0, -1):
        paths[row - 1] = x - 1
        above = total[row - 1]
        straight, left, right = above[x], above[x - 1] + bent, above[x + 1] + bent
        x = np.where(straight <= np.minimum(left, right), x, np.where(left <= right, x - 1, x + 1))
    middles = paths.mean(0)
    ends = total[high, 1:-1]
    seams: list[tuple[float, int]] = []
    most = 2 + _CUTS * round(wide / HEIGHT)
    for end in np.argsort(ends, kind="stable"):
        if len(seams) == most or ends[end] > 0.65 * HEIGHT:
            break
        middle = float(middles[end])
        if near < middle < wide - near and all(abs(middle - other) >= near for other, _ in seams):
            seams.append((middle, int(end)))
    seams.sort()
    columns = np.arange(wide)[None, :]
    bounds = [np.full(high, -1), *(paths[:, end] for _, end in seams), np.full(high, wide)]
    through = [0.0, *(float(ends[end]) / HEIGHT for _, end in seams)]
    pieces = []
    for left, right, seam in zip(bounds[:-1], bounds[1:], through, strict=True):
        own = np.where((columns > left[:, None]) & (columns <= right[:, None]), ink, 0)
        on = own > ON
        if on.sum() < 12:
            continue
        xs, ys = np.flatnonzero(on.any(0)), np.flatnonzero(on.any(1))
        x0, x1, y0, y1 = max(0, xs[0] - 1), xs[-1] + 2, max(0, ys[0] - 1), ys[-1] + 2
        pieces.append(Piece(own[y0:y1, x0:x1], piece.left + x0, piece.top + y0, piece.part, seam))
    return pieces if len(pieces) > 1 else [piece]


def union(pieces: list[Piece]) -> Piece:
    """Several pieces as one."""
    left, top = min(p.left for p in pieces), min(p.top for p in pieces)
    right, bottom = max(p.right for p in pieces), max(p.bottom for p in pieces)
    ink = np.zeros((bottom - top, right - left), np.float32)
    for p in pieces:
        window = ink[p.top - top : p.bottom - top, p.left - left : p.right - left]
        np.maximum(window, p.ink, out=window)
    return Piece(ink, left, top, pieces[0].part, pieces[0].seam)


def crop_of(piece: Piece) -> Ink:
    """Size-normalised crop (28, 28): the longest side of what is inked is 20, in the middle."""
    on = piece.ink > ON
    rows, columns = np.flatnonzero(on.any(1)), np.flatnonzero(on.any(0))
    if not len(rows):
        return np.zeros((CROP, CROP), np.float32)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    longest = max(bottom - top, right - left, 4)
    # Sampled without averaging, as in training: a softer crop would hide fine gaps from the inpainter.
    step = longest / BOX
    places = (np.arange(CROP, dtype=np.float32) - np.float32((CROP - 1) / 2)) * np.float32(step)
    down, across = (
        np.maximum(1 - np.abs(places[:, None] + np.float32(middle - 0.5) - np.arange(side, dtype=np.float32)), 0)
        for middle, side in zip(((top + bottom) / 2, (left + right) / 2), piece.ink.shape, strict=True)
    )
    return np.asarray(down @ piece.ink @ across.T, np.float32)
