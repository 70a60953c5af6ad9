"""From gray levels to ink: which side is paper, uneven light, grain, ruled lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Ink = NDArray[np.float32]
Gray = NDArray[np.uint8]

_THUMB = 192  # longest side in pixels on which the paper is estimated
_WIDEST = 15  # pixels of a stroke there, at most
_MIN_CONTRAST = 14.0  # gray levels between paper and ink; less is a blank page


def _resize(levels: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    image = Image.fromarray(levels).resize((shape[1], shape[0]), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return np.asarray(image, np.float32)


def find_ink(gray: Gray) -> Ink:
    """Gray levels (H, W) of dark on light or light on dark → ink (H, W) in 0..1; all zero on a blank page."""
    levels = gray.astype(np.float32)
    high, wide = levels.shape
    scale = min(1.0, _THUMB / max(high, wide))
    small_shape = (max(4, round(high * scale)), max(4, round(wide * scale)))
    small = _resize(levels, small_shape)
    if _light_on_dark(small):
        levels, small = 255 - levels, 255 - small
    paper = _resize(_paper(small), (high, wide))
    darker = (paper - levels) * np.clip(float(np.median(paper[::4, ::4])) / np.maximum(paper, 1), 0.6, 2.5)
    sample = darker.ravel()[:: max(1, darker.size // 20_000)]
    usual = np.float32(np.median(sample))
    grain = 1.4826 * float(np.median(np.abs(sample - usual)))
    darker = darker - usual
    if grain > 3:
        darker = ndimage.gaussian_filter(darker, 0.7)
    floor = max(2.5 * grain, 0.3 * _MIN_CONTRAST)
    strong = darker[darker > floor]
    if strong.size < 12:
        return np.zeros_like(darker)
    full = _dark_level(strong, floor)
    if full < max(_MIN_CONTRAST, 3.5 * grain):
        return np.zeros_like(darker)
    low = max(2.0 * grain, 0.18 * full)
    return np.clip((darker - low) / max(0.8 * full - low, 1e-3), 0, 1)


def without_edges(ink: Ink) -> Ink:
    """Without what lies along the picture's edge: a table around the paper, a shadow. Returns `ink` itself where nothing does."""
    on = ink > 0.2
    if not (on[[0, -1]].any() or on[:, [0, -1]].any()):
        return ink
    labels, _ = ndimage.label(on, np.ones((3, 3), int))
    rim = np.concatenate([labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]])
    touching = np.bincount(rim, minlength=labels.max() + 1)
    gone = [
        index
        for index, where in enumerate(ndimage.find_objects(labels), 1)
        if touching[index] > 0.5 * max(part.stop - part.start for part in where)
    ]
    left = np.where(np.isin(labels, gone), np.float32(0), ink)
    return left if gone and left.sum() > 0.1 * ink.sum() else ink  # else it was the writing, cut out tightly


def _light_on_dark(levels: NDArray[np.float32]) -> bool:
    """Whether more stands out on the light side of its surroundings in row and column than on the dark side.

    A running median follows a step, so neither a shadow's edge nor a table's stands out.
    """
    across, down = _standing_out(levels), _standing_out(levels.T).T
    both = np.where(np.abs(across) < np.abs(down), across, down) * (across * down > 0)
    return float((both**3).sum()) > 0


def _standing_out(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every third level of every third row, less the running median of its row."""
    reach = min(_WIDEST, levels.shape[1] - 1)
    padded = np.pad(levels[::3], [(0, 0), (reach, reach)], mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=1)[:, ::3]
    return np.asarray(levels[::3, ::3] - np.partition(around, reach, axis=2)[..., reach])


def _paper(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness of what is written on, (H, W): dark marks closed, steps (a shadow's, a table's edge) left in place.

    A step is moved a pixel to the bright side, lest its blur on the small page be taken for ink.
    """
    smooth = ndimage.gaussian_filter(levels, 0.7)
    return np.asarray(
        ndimage.grey_erosion(ndimage.grey_dilation(smooth, (_WIDEST, _WIDEST)), (_WIDEST + 2, _WIDEST + 2))
    )


def _dark_level(strong: NDArray[np.float32], floor: float) -> float:
    """How dark a stroke's middle is: the mean of Otsu's upper class, after leaving out paper."""
    counts, edges = np.histogram(strong, 64, range=(floor, float(np.percentile(strong, 99.5)) + 1e-3))
    centres = (edges[1:] + edges[:-1]) / 2
    weight = counts.cumsum()
    total, mass = weight[-1], (counts * centres).cumsum()
    other = np.maximum(total - weight, 1)
    between = weight * other * (mass / np.maximum(weight, 1) - (mass[-1] - mass) / other) ** 2
    cut = int(between[:-1].argmax())
    return float((counts[cut + 1 :] * centres[cut + 1 :]).sum() / max(1, counts[cut + 1 :].sum()))


def remove_rules(ink: Ink, height: float) -> Ink:
    """Take out printed lines across the page, but not the strokes that cross them. `height`: of a digit, in px.

    Returns `ink` itself where there are none.
    """
    flat = _without_lines(ink, height)
    if flat is ink:  # dots or dashes with small gaps, right across
        flat = _without_lines(ink, height, min_share=0.85, gap=0.2)
    upright = flat.T
    clear = _without_lines(upright, height, min_share=0.85)
    return flat if clear is upright else np.ascontiguousarray(clear.T)


def _without_lines(ink: Ink, height: float, min_share: float = 0.4, gap: float = 0.0) -> Ink:
    """Without lines over that share of the width; their ink may have gaps of so many heights of a digit."""
    high, wide = ink.shape
    if wide < 2 * height:
        return ink
    on = ink > 0.2
    length = int(1.2 * height)
    near = on.astype(np.uint8)
    near[1:] |= on[:-1]
    near[:-1] |= on[1:]
    if gap:
        near = ndimage.maximum_filter1d(near, int(gap * height) + 1, axis=1)
    rows = _rows_with_runs(near, length)
    if not len(rows):
        return ink
    runs = np.zeros_like(near)
    runs[rows] = ndimage.maximum_filter1d(ndimage.minimum_filter1d(near[rows], length, axis=1), length, axis=1)
    if not runs.any():
        return ink
    labels, count = ndimage.label(runs, np.ones((3, 3), int))
    result = ink.copy()
    thickest = max(3.0, 0.16 * height)
    columns = np.arange(wide)
    for part in _by_height(labels, count):
        ys, xs = part
        if len(np.unique(xs)) < min_share * wide:
            continue
        curve = np.polynomial.Polynomial.fit(xs, ys, 2 if len(np.unique(xs)) > wide // 2 else 1)
        away = np.abs(ys - curve(xs))
        if float(np.median(away)) > thickest / 2:
            continue
        _erase(result, on, curve(columns), thickest)
    return result


def _rows_with_runs(on: NDArray[np.uint8], length: int) -> NDArray[np.int64]:
    """Rows in which so many columns on end may be 1, judged by every so many columns only: (N,)."""
    step = max(1, length // 8)
    seen = on[:, ::step]
    for _ in range(min(length // step, seen.shape[1]) - 1):
        seen = seen[:, 1:] & seen[:, :-1]
    return np.flatnonzero(seen.any(1))


def _erase(ink: Ink, on: NDArray[np.bool_], centre: NDArray[np.float64], thickest: float) -> None:
    """Take a rule along `centre` (W,) out of `ink`, in place, except in columns where a stroke makes it thicker."""
    high, wide = ink.shape
    reach = int(thickest) + 3
    offsets, columns = np.arange(-reach, reach + 1)[:, None], np.arange(wide)

    def seen(middle: NDArray[np.int64]) -> NDArray[np.bool_]:
        rows = middle + offsets
        return on[np.clip(rows, 0, high - 1), columns] & (rows >= 0) & (rows < high)

    at = np.round(centre).astype(np.int64)
    near = seen(at)[[reach, reach - 1, reach + 1, reach - 2, reach + 2]]
    at += np.array([0, -1, 1, -2, 2])[near.argmax(0)]
    around = seen(at)
    above, below = (np.cumprod(part, 0).sum(0) for part in (around[reach::-1], around[reach:]))
    thick = above + below - 1
    found = near.any(0)
    usual = float(np.median(thick[found])) if found.any() else 0.0
    plain = found & (thick <= min(thickest, 1.4 * usual + 1))
    gone = plain & (offsets >= -above) & (offsets <= below)
    rows = at + offsets
    gone &= (rows >= 0) & (rows < high)
    ink[rows[gone], np.broadcast_to(columns, rows.shape)[gone]] = 0


def _by_height(labels: NDArray[np.int32], count: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Runs that lie on one straight line, joined: pixel rows and columns of each."""
    groups: list[tuple[list[NDArray[np.int64]], list[NDArray[np.int64]], float]] = []
    for index, where in enumerate(ndimage.find_objects(labels, count), 1):
        if where is None:
            continue
        ys, xs = np.nonzero(labels[where] == index)
        ys, xs = ys + where[0].start, xs + where[1].start
        middle = float(ys.mean())
        for group in groups:
            if abs(group[2] - middle) < max(3, 0.015 * labels.shape[1]):
                group[0].append(ys)
                group[1].append(xs)
                break
        else:
            groups.append(([ys], [xs], middle))
    return [(np.concatenate(ys), np.concatenate(xs)) for ys, xs, _ in groups]
