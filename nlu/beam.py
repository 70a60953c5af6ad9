"""Beam search over any network that gives log chances of the next token, one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.generic]
Step = Callable[[npt.NDArray[np.int64], Sequence[Array]], tuple[npt.NDArray[np.float32], list[Array]]]
"""(previous tokens (B,), state arrays whose first axis is B) -> (log chances (B, V), the next state)."""


def beam_search(
    step: Step, state: Sequence[Array], begin: int, end: int, *, width: int, longest: int, length_power: float
) -> list[tuple[float, list[int]]]:
    """Finished hypotheses, best first: (log chance by length ** ``length_power``, tokens without begin and end).

    ``state`` is that of one sentence (first axis 1). A hypothesis longer than ``longest`` is dropped.
    """
    tokens: list[list[int]] = [[]]
    scores = np.zeros(1)
    previous = np.array([begin], dtype=np.int64)
    finished: list[tuple[float, list[int]]] = []
    for length in range(1, longest + 1):
        chances, state = step(previous, state)
        totals = scores[:, None] + chances  # (B, V)
        best = np.argsort(-totals, axis=None, kind="stable")[: 2 * width]
        rows, nexts = np.unravel_index(best, totals.shape)
        going: list[tuple[int, int]] = []
        for row, token in zip(rows.tolist(), nexts.tolist()):
            if token == end:
                finished.append((float(totals[row, token]) / length**length_power, tokens[row]))
            elif len(going) < width:
                going.append((row, token))
        tokens = [[*tokens[row], token] for row, token in going]
        scores = np.array([totals[row, token] for row, token in going])
        previous = np.array([token for _, token in going], dtype=np.int64)
        state = [array[[row for row, _ in going]] for array in state]
        finished.sort(key=lambda pair: -pair[0])
        # No hypothesis that goes on can end better than the width-th that ended.
        if len(finished) >= width and scores.max() / longest**length_power < finished[width - 1][0]:
            break
    return finished
