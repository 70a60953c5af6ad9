"""Which pieces make which digits: a lattice over a line's pieces, and the best strings through it.

Over-segmentation and graph search as in LeCun et al. 1998, "Gradient-based learning applied to document recognition",
section V: every arc is one or several neighbouring pieces, scored by the classifier as a digit or as another sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.segment import Line, Piece, union

JUNK, MISCUT = 10, 11
_FLOOR = 1e-6
_SMALL_SIGN = 0.97  # probability that a small mark standing by itself is a dash, a dot or a speck
_CUT = 0.3  # how much less likely a reading is for each cut through a connected part
_WIDE = 0.1  # the same for each digit wider than 1.15 of the line's height
_MOST = 5  # pieces of a digit
_BEAM = 8


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
    """One way to read a line: log probability, and the arcs with their classes (10 = another sign) in order."""

    score: float
    steps: tuple[tuple[int, int], ...]  # (arc index, class)
    text: str


def is_small(piece: Piece, height: float) -> bool:
    """Too low to be a digit of this line: a dash, a dot, a comma, a fragment."""
    return piece.bottom - piece.top < 0.45 * height


def arcs_of(line: Line, pieces: Sequence[Piece]) -> list[Arc]:
    """All groups of up to 5 neighbouring pieces that may be one digit, and each piece alone."""
    arcs = []
    for start in range(len(pieces)):
        right, bound = pieces[start].right, pieces[start].left
        cut = start > 0 and pieces[start].part == pieces[start - 1].part
        arcs.append(Arc(start, start + 1, pieces[start], is_small(pieces[start], line.height), cut))
        for stop in range(start + 2, min(start + _MOST, len(pieces)) + 1):
            added = pieces[stop - 1]
            gap = added.left - right
            right, bound = max(right, added.right), min(bound, added.left)
            if gap > 0.3 * line.height or right - bound > 1.3 * line.height:
                break
            whole = union(list(pieces[start:stop]))
            if whole.bottom - whole.top > 1.7 * line.height:
                break
            arcs.append(Arc(start, stop, whole, is_small(whole, line.height), cut))
    return arcs


def _no_digit(arc: Arc, chances: NDArray[np.float32], height: float) -> float:
    """Probability that an arc is another sign. A narrow part that is no whole digit is a bracket, not two digits."""
    narrow = arc.stop == arc.start + 1 and arc.piece.right - arc.piece.left < 0.55 * height
    return max(float(chances[JUNK] + (chances[MISCUT] if narrow else 0)), _FLOOR)


def best_paths(arcs: Sequence[Arc], probabilities: NDArray[np.float32], pieces: int, height: float) -> list[Path]:
    """Strings through the lattice, best first, each once. `probabilities`: (arcs, 12) from the classifier."""
    logs = np.log(np.maximum(probabilities, _FLOOR))
    ends: list[dict[str, Path]] = [{} for _ in range(pieces + 1)]
    ends[0][""] = Path(0.0, (), "")
    by_start: dict[int, list[int]] = {}
    for index, arc in enumerate(arcs):
        by_start.setdefault(arc.start, []).append(index)
    for at in range(pieces):
        kept = sorted(ends[at].values(), key=lambda path: -path.score)[:_BEAM]
        for index in by_start.get(at, ()):
            arc = arcs[index]
            if arc.small:
                options = [(JUNK, float(np.log(_SMALL_SIGN)))] if arc.stop == arc.start + 1 else []
            else:
                top = np.argsort(-logs[index, :10])[:3]
                wide = float(np.log(_WIDE)) if arc.piece.right - arc.piece.left > 1.15 * height else 0.0
                options = [(int(label), float(logs[index, label]) + wide) for label in top]
                options.append((JUNK, float(np.log(_no_digit(arc, probabilities[index], height)))))
            into, prior = ends[arc.stop], float(np.log(_CUT)) if arc.cut else 0.0
            for path in kept:
                for label, score in options:
                    text, total = path.text if label == JUNK else path.text + str(label), path.score + score + prior
                    if text not in into or into[text].score < total:
                        into[text] = Path(total, (*path.steps, (index, label)), text)
    return sorted(ends[pieces].values(), key=lambda path: -path.score)[:_BEAM]
