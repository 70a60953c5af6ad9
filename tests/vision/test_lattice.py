"""The best string through a lattice equals the best over all ways to group the pieces."""

import itertools

import numpy as np

from vision.lattice import FACTS, JUNK, WEIGHTS, Arc, arcs_of, best_paths, facts_of
from vision.segment import Line, Piece


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
        scores = (facts_of(arcs, chances, 40.0) @ np.array(WEIGHTS)).max(1)
        index = {(a.start, a.stop): i for i, a in enumerate(arcs)}
        most = -np.inf
        for marks in itertools.product([0, 1], repeat=3):
            bounds = [0, *(i + 1 for i, mark in enumerate(marks) if mark), 4]
            spans = list(zip(bounds[:-1], bounds[1:], strict=True))
            if all(span in index for span in spans):
                most = max(most, sum(float(scores[index[s]]) for s in spans))
        assert np.isclose(best.score, most, atol=1e-4)


def test_strings_come_once_and_in_order() -> None:
    arcs = lattice(3)
    chances = np.random.default_rng(5).dirichlet(np.ones(12), len(arcs)).astype(np.float32)
    paths = best_paths(arcs, chances, 3, 40.0)
    assert len({path.text for path in paths}) == len(paths)
    assert [p.score for p in paths] == sorted((p.score for p in paths), reverse=True)
    assert all(sum(label != JUNK for _, label in path.steps) == len(path.text) for path in paths)


def test_every_part_is_looked_at_whole_however_wide() -> None:
    ink = np.ones((40, 20), np.float32)
    pieces = [Piece(ink, 20 * i, 0, part) for i, part in enumerate([0, 1, 1, 1, 1, 1, 1, 1, 2])]
    spans = {(arc.start, arc.stop) for arc in arcs_of(Line(pieces, 40.0), pieces)}
    assert (1, 8) in spans
    assert all((i, i + 1) in spans for i in range(9))
    assert (0, 8) not in spans


def test_broken_parts_are_looked_at_together_however_they_were_cut() -> None:
    ink = np.ones((20, 10), np.float32)
    pieces = [Piece(ink, 8 * i % 40, 20 * (i // 5), i // 5) for i in range(10)]  # an upper and a lower half
    spans = {(arc.start, arc.stop) for arc in arcs_of(Line(pieces, 40.0), pieces)}
    assert (0, 10) in spans
    assert (0, 9) not in spans


def test_a_path_scores_the_weighted_facts_of_its_arcs() -> None:
    arcs = lattice(3)
    chances = np.random.default_rng(6).dirichlet(np.ones(12), len(arcs)).astype(np.float32)
    facts = facts_of(arcs, chances, 40.0)
    assert facts.shape == (len(arcs), 11, len(FACTS))
    for path in best_paths(arcs, chances, 3, 40.0):
        assert np.isclose(path.score, sum(facts[i, label] @ np.array(WEIGHTS) for i, label in path.steps))
