"""Which pieces make which digits: a lattice over a line's pieces, and the best strings through it.

Over-segmentation and graph search as in LeCun et al. 1998, "Gradient-based learning applied to document recognition",
section V: every arc is one or several neighbouring pieces, scored by the classifier as a digit or as another sign.
A path's score is linear in a few facts about its arcs; the weights are fitted so that the right string of a page comes
out likelier than all others found (`vision.train.fit_lattice`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.segment import Line, Piece, union

JUNK, MISCUT = 10, 11
_FLOOR = 1e-6
_MOST = 6  # pieces of a digit that a cut sets free
_BEAM = 8

FACTS = (
    "log probability of the class",
    "log odds against being badly cut",
    "begins at a cut",
    "small digit",
    "wide digit",
    "small sign",
    "sign as high as a digit",
    "digit that is low for its line",
    "wide sign",
    "ink that the cut goes through",
)
WEIGHTS = (1.1, 0.3, -1.0, -3.0, -2.2, 0.3, -1.5, -1.7, 0.0, -1.0)


@dataclass(frozen=True)
class Arc:
    """Pieces `start` to `stop` (exclusive) of a line taken together."""

    start: int
    stop: int
    piece: Piece
    small: bool
    cut: bool = False  # begins where a connected part was cut


@dataclass(frozen=True)
class Path:
    """One way to read a line: its score, and the arcs with their classes (10 = another sign) in order."""

    score: float
    steps: tuple[tuple[int, int], ...]  # (arc index, class)
    text: str


def is_small(piece: Piece, height: float) -> bool:
    """Low for a digit of this line: mostly a dash, a dot, a comma, a fragment."""
    return piece.bottom - piece.top < 0.45 * height


def arcs_of(line: Line, pieces: Sequence[Piece]) -> list[Arc]:
    """All groups of neighbouring pieces that may be one digit or sign: up to 6, or whole parts; each piece alone, each part."""
    arcs = []
    for start in range(len(pieces)):
        right, bound = pieces[start].right, pieces[start].left
        cut = start > 0 and pieces[start].part == pieces[start - 1].part
        arcs.append(Arc(start, start + 1, pieces[start], is_small(pieces[start], line.height), cut))
        for stop in range(start + 2, len(pieces) + 1):
            added = pieces[stop - 1]
            gap = added.left - right
            right, bound = max(right, added.right), min(bound, added.left)
            if gap > 0.3 * line.height:
                break
            apart = added.part != pieces[start].part
            last = stop == len(pieces) or pieces[stop].part != added.part
            uncut = not cut and last  # whole parts, into however many pieces they were cut
            if right - bound > 1.3 * line.height and not (uncut and not apart):
                if apart:
                    break
                continue
            if stop - start > _MOST and not uncut:
                continue
            whole = union(list(pieces[start:stop]))
            if whole.bottom - whole.top > 1.7 * line.height:
                break
            arcs.append(Arc(start, stop, whole, is_small(whole, line.height), cut))
    return arcs


def facts_of(arcs: Sequence[Arc], probabilities: NDArray[np.float32], height: float) -> NDArray[np.float64]:
    """What is known of each arc under each class: (arcs, 11, len(FACTS)). `probabilities`: (arcs, 12)."""
    logs = np.log(np.maximum(probabilities, _FLOOR)).astype(np.float64)
    facts = np.zeros((len(arcs), 11, len(FACTS)))
    facts[:, :, 0] = logs[:, :11]
    facts[:, :, 1] = np.minimum(-logs[:, MISCUT], 6.0)[:, None]
    facts[:, :, 2] = np.array([arc.cut for arc in arcs], float)[:, None]
    small = np.array([arc.small for arc in arcs])
    high = np.array([arc.piece.bottom - arc.piece.top for arc in arcs]) / height
    wide = np.array([arc.piece.right - arc.piece.left for arc in arcs]) / height
    facts[:, :10, 3] = small[:, None]
    facts[:, :10, 4] = (wide > 1.15)[:, None]
    facts[:, 10, 5] = small
    facts[:, 10, 6] = ~small
    facts[:, :10, 7] = np.clip(0.9 - high, 0, 0.5)[:, None]
    facts[:, 10, 8] = wide > 1.15
    facts[:, :, 9] = np.array([arc.piece.seam for arc in arcs])[:, None]
    return facts


def best_paths(
    arcs: Sequence[Arc],
    probabilities: NDArray[np.float32],
    pieces: int,
    height: float,
    weights: Sequence[float] | NDArray[np.float64] = WEIGHTS,
) -> list[Path]:
    """Strings through the lattice, best first, each once. `probabilities`: (arcs, 12) from the classifier."""
    scores = facts_of(arcs, probabilities, height) @ np.asarray(weights)
    likeliest = np.argsort(-scores[:, :10], 1)[:, :3]
    ends: list[dict[str, Path]] = [{} for _ in range(pieces + 1)]
    ends[0][""] = Path(0.0, (), "")
    by_start: dict[int, list[int]] = {}
    for index, arc in enumerate(arcs):
        by_start.setdefault(arc.start, []).append(index)
    for at in range(pieces):
        kept = sorted(ends[at].values(), key=lambda path: -path.score)[:_BEAM]
        for index in by_start.get(at, ()):
            into = ends[arcs[index].stop]
            for label in (*likeliest[index].tolist(), JUNK):
                score, written = float(scores[index, label]), "" if label == JUNK else str(label)
                for path in kept:
                    text, total = path.text + written, path.score + score
                    if text not in into or into[text].score < total:
                        into[text] = Path(total, (*path.steps, (index, label)), text)
    return sorted(ends[pieces].values(), key=lambda path: -path.score)[:_BEAM]
