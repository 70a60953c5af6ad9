"""Word errors and honest intervals."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence


def edit_distance(reference: Sequence[str], hypothesis: Sequence[str]) -> int:
    """Least number of substitutions, insertions and deletions."""
    row = list(range(len(hypothesis) + 1))
    for i, wanted in enumerate(reference, 1):
        diagonal, row[0] = row[0], i
        for j, got in enumerate(hypothesis, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (wanted != got))
    return row[-1]


def word_errors(reference: str, hypothesis: str) -> int:
    return edit_distance(reference.split(), hypothesis.split())


def wilson(successes: int, trials: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share (Wilson 1927)."""
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def bootstrap_ratio(pairs: Sequence[tuple[float, float]], rounds: int = 1000, seed: int = 0) -> tuple[float, float]:
    """95 % interval of sum(first) / sum(second), drawing whole utterances again and again."""
    rng = random.Random(seed)
    values = []
    for _ in range(rounds):
        drawn = rng.choices(pairs, k=len(pairs))
        values.append(sum(a for a, _ in drawn) / max(1e-9, sum(b for _, b in drawn)))
    values.sort()
    return values[int(0.025 * rounds)], values[int(0.975 * rounds) - 1]
