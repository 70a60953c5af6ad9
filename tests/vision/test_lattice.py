"""The best string through a lattice equals the best over all ways to group the pieces."""

import itertools

import numpy as np

from vision.lattice import JUNK, Arc, best_paths
from vision.segment import Piece


def lattice(pieces: int) -> list[Arc]:
    ink = np.ones((40, 30), np.float32)
    return [
        Arc(i, j, Piece(ink, 30 * i, 0, i), False) for i in range(pieces) for j in range(i + 1, min(pieces, i + 2) + 1)
    ]


def test_search_equals_brute_force() -> None:
    rng = np.random.default_rng(4)
    for _ in range(20):
        arcs = lattice(4)
        chances = rng.dirichlet(np.full(12, 0.3), len(arcs)).astype(np.float32)
        best = best_paths(arcs, chances, 4, 40.0)[0]
        index = {(a.start, a.stop): i for i, a in enumerate(arcs)}
        most = -np.inf
        for marks in itertools.product([0, 1], repeat=3):
            bounds = [0, *(i + 1 for i, mark in enumerate(marks) if mark), 4]
            spans = list(zip(bounds[:-1], bounds[1:], strict=True))
            if all(span in index for span in spans):
                most = max(most, sum(float(np.log(max(chances[index[s], :11].max(), 1e-6))) for s in spans))
        assert np.isclose(best.score, most, atol=1e-4)


def test_strings_come_once_and_in_order() -> None:
    arcs = lattice(3)
    chances = np.random.default_rng(5).dirichlet(np.ones(12), len(arcs)).astype(np.float32)
    paths = best_paths(arcs, chances, 3, 40.0)
    assert len({path.text for path in paths}) == len(paths)
    assert [p.score for p in paths] == sorted((p.score for p in paths), reverse=True)
    assert all(sum(label != JUNK for _, label in path.steps) == len(path.text) for path in paths)
