"""Digit crops to learn from: cut out of written pages, pen paths drawn as ink, and our own shapes of signs."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from vision import data, pages, strokes
from vision.augment import change_weight, normalise, warp
from vision.ink import find_ink, remove_rules
from vision.lattice import JUNK, MISCUT, arcs_of, is_small
from vision.segment import HEIGHT, ON, Unreadable, crop_of, cuts, lines_of_ink

# Of pages to cut crops from: many with what is hard to cut.
_SHARES = {
    "plain": 0.17,
    "brackets and dashes": 0.18,
    "ruled": 0.08,
    "photographed": 0.04,
    "touching": 0.42,
    "crossed out": 0.11,
}

_SHARED = 0.6  # of the ink of a digit and of a group of pieces, for the group to stand for the digit


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


def _few_points(path: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """A path as a coarse tablet keeps it: 8 points evenly along it, pen lifts lost; some are joined smoothly."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = np.linspace(0, along[-1], 8)
    few = np.stack([np.interp(at, along, path[:, 0]), np.interp(at, along, path[:, 1])], 1)
    return strokes.smooth(few) if rng.random() < 0.5 else few


def own_crops(count: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Our own drawn shapes: two digits in five; the rest, labelled 10, are brackets, other signs, struck-out digits."""
    crops, labels = [], []
    signs = list(strokes.SIGNS.values())
    for i in range(count):
        label = int(rng.integers(10))
        shapes = strokes.DIGITS[label]
        paths = strokes.sketch(shapes[int(rng.integers(len(shapes)))], rng)
        if rng.random() < 0.5:
            paths = [_few_points(np.concatenate(paths), rng)]
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


def another_hand(
    crops: NDArray[np.uint8], rng: np.random.Generator, seed: torch.Generator
) -> list[NDArray[np.float32]]:
    """Digits (N, 28, 28) as others would write them: each warped, all with one pen; or, as often, as they are."""
    if rng.random() < 0.5:
        return list(crops / np.float32(255))
    ink = warp(torch.from_numpy(crops / np.float32(255)).unsqueeze(1), seed)
    if rng.random() < 0.5:
        ink = change_weight(ink, seed, one_pen=True)
    ink = normalise(ink)[:, 0]
    return list((ink / ink.amax((1, 2), keepdim=True).clamp(min=0.2)).numpy())


def page_crops(
    images: NDArray[np.uint8], labels: NDArray[np.int64], count: int, rng: np.random.Generator, damaged: bool
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Crops (N, 28, 28) that the reader's own cutting takes from `count` pages written with these digits, and what they
    hold.

    Every group of neighbouring pieces is one: a whole digit, another sign (10), or badly cut (11); what is between
    is left out, and so are badly cut crops beyond one for each digit.
    """
    crops: list[NDArray[np.float32]] = []
    held: list[int] = []
    seed = torch.Generator().manual_seed(int(rng.integers(1 << 31)))
    for _ in range(count):
        rows = rng.choice(len(labels), 10)
        kind = list(_SHARES)[int(rng.choice(len(_SHARES), p=list(_SHARES.values())))]
        number = "".join(map(str, labels[rows]))
        page = pages.compose(another_hand(images[rows], rng, seed), number, kind, rng)
        if damaged and rng.random() < 0.4:
            for index in rng.choice(10, int(rng.integers(1, 5)), replace=False):
                pages.damage(page, int(index), rng)
        found = labelled_crops(page, rng)
        bad = [i for i, (_, label) in enumerate(found) if label == MISCUT]
        for i in rng.permutation(bad)[10:]:
            found[i] = (found[i][0], -1)
        for crop, label in found:
            if label >= 0:
                crops.append(crop)
                held.append(label)
    return (np.stack(crops) * 255).astype(np.uint8), np.array(held, np.int64)


def labelled_crops(page: pages.Page, rng: np.random.Generator) -> list[tuple[NDArray[np.float32], int]]:
    """Crops (28, 28) of all groups of pieces on a page, and what they hold; -1: neither whole nor clearly badly cut.

    Of a digit that no cut sets free, the group that shares most with it counts as whole: the reader has no better one.
    """
    ink = find_ink(pages.paper(page, rng))
    ink = remove_rules(ink, page.height)
    scale = HEIGHT / page.height * rng.uniform(0.88, 1.12)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    kind = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    ink = np.clip(np.asarray(Image.fromarray(ink).resize(size, kind), np.float32), 0, 1)
    owner = np.asarray(Image.fromarray(page.owner).resize(size, Image.Resampling.NEAREST))
    try:
        lines = lines_of_ink(ink)
    except Unreadable:
        return []
    known = owner[(ink > ON) & (owner >= 0)]
    totals = np.bincount(known, minlength=1)
    found: list[tuple[NDArray[np.float32], int]] = []
    held: list[int] = []
    best: dict[int, tuple[float, int]] = {}
    for line in lines:
        pieces = [
            part
            for piece in line.pieces
            for part in (
                cuts(piece) if piece.ink.shape[1] > 0.55 * line.height and not is_small(piece, line.height) else [piece]
            )
        ]
        for arc in arcs_of(line, pieces):
            piece = arc.piece
            on = piece.ink > ON
            owners = owner[piece.top : piece.bottom, piece.left : piece.right]
            owners = owners[on[: owners.shape[0], : owners.shape[1]]]
            owners = owners[owners >= 0]
            if len(owners) < 0.3 * on.sum():
                continue
            counts = np.bincount(owners)
            most = int(counts.argmax())
            foreign, covered = 1 - counts[most] / len(owners), counts[most] / totals[most]
            shared = counts[most] / (len(owners) + totals[most] - counts[most])
            label = -1
            if most >= pages.SIGN:
                label = JUNK if foreign < 0.1 and covered > 0.7 else MISCUT if foreign > 0.25 or covered < 0.6 else -1
            elif covered > 0.92 and foreign < 0.08:
                label = int(page.truth[most])
            elif covered < 0.75 or foreign > 0.25:
                label = MISCUT
            if most < pages.SIGN and shared > best.get(most, (_SHARED, 0))[0]:
                best[most] = shared, len(found)
            found.append((crop_of(piece), label))
            held.append(most)
    for digit, (_, index) in best.items():
        if not any(of == digit and 0 <= label < JUNK for of, (_, label) in zip(held, found, strict=True)):
            found[index] = found[index][0], int(page.truth[digit])
    return found
