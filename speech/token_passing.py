"""The inner loop of the search through a phrase network, compiled: one pass over the frames moves all letters at once.

Compiled by Numba, because it visits a few thousand letters in each frame and eight calls may speak at once; compiled
code runs beside other threads, interpreted code does not.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from speech.alphabet import BLANK

NEVER = np.float32(-1e30)
_HARDLY = np.float32(NEVER / 2)


@njit(cache=True, nogil=True)
def pass_tokens(
    log_probs: NDArray[np.float32],
    symbols: NDArray[np.int64],
    doubled: NDArray[np.bool_],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    came_from: NDArray[np.int64],
    goes_to: NDArray[np.int64],
    share: NDArray[np.float32],
    reach: NDArray[np.float32],
    width: np.float32,
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Every way through the network along (T, symbols) log-probabilities, but for those ``width`` nats behind the best.

    ``symbols`` (S,) are the letters of all phrases, ``doubled`` marks those that the letter behind them is like; phrase
    p has the letters ``first[p]`` to ``last[p]``, begins at the door ``came_from[p]`` and leads to the place
    ``goes_to[p]``; ``share`` (P,) and ``reach`` (places, doors) are in nats.

    Returns the score of each phrase, were it over with a frame (T, P); when it was begun (T, P), ``~t`` for one that
    nothing was said before; the place from which each door was reached (T, doors); the score at the doors at the end.
    """
    count, phrases, doors = len(log_probs), len(share), reach.shape[1]
    letter, blank = np.full(len(symbols), NEVER, np.float32), np.full(len(symbols), NEVER, np.float32)
    letter_since, blank_since = np.zeros(len(symbols), np.int32), np.zeros(len(symbols), np.int32)
    standing = np.full(doors, NEVER, np.float32)  # at a door, after the frames so far
    silent = np.float32(0.0)  # nothing but blanks so far
    ends = np.full((count, phrases), NEVER, np.float32)
    since = np.zeros((count, phrases), np.int32)
    came = np.zeros((count, doors), np.int32)
    arrived = np.full(reach.shape[0], NEVER, np.float32)
    begin = reach[0][came_from] + share  # of a phrase, to be the very first
    # Between which letters of a phrase those are that are worth going on from; none where the upper is the lower.
    lower, upper = first.copy(), first.copy()
    best = np.float32(NEVER)  # of all letters, after the last frame
    for t in range(count):
        silence = log_probs[t, BLANK]
        floor = max(max(best, silent), standing.max()) - width
        best, at_the_beginning = NEVER, silent > floor
        for p in range(phrases):
            begun = standing[came_from[p]] + share[p]
            at_once = silent + begin[p] if at_the_beginning else NEVER
            if begun > floor or at_once > floor:
                lower[p], upper[p] = first[p], max(upper[p], first[p] + 1)
            if upper[p] == lower[p]:
                continue
            upper[p] = min(upper[p] + 1, last[p] + 1)
            # From the last letter to the first, so that the one before it still is as the last frame left it.
            for at in range(upper[p] - 1, lower[p] - 1, -1):
                if at == first[p]:
                    entering, entering_since = begun, t
                else:
                    entering, entering_since = blank[at - 1], blank_since[at - 1]
                    if not doubled[at - 1] and letter[at - 1] > entering:
                        entering, entering_since = letter[at - 1], letter_since[at - 1]
                    if at == first[p] + 1 and at_once > entering:  # no space at the very beginning
                        entering, entering_since = at_once, ~t
                on, off = letter[at], blank[at]
                if max(entering, max(on, off)) <= _HARDLY:
                    continue
                # Staying behind a letter, or passing from it into the blank; staying on it, or coming to it.
                if on > off:
                    off, blank_since[at] = on, letter_since[at]
                if entering > on:
                    on, letter_since[at] = entering, entering_since
                letter[at] = max(on + log_probs[t, symbols[at]], NEVER)
                blank[at] = max(off + silence, NEVER)
                best = max(best, max(letter[at], blank[at]))
        silent += silence
        arrived[:] = NEVER
        floor = best - width
        for p in range(phrases):
            at = last[p]
            if upper[p] > at:
                if letter[at] > blank[at]:
                    ends[t, p], since[t, p] = letter[at], letter_since[at]
                else:
                    ends[t, p], since[t, p] = blank[at], blank_since[at]
                arrived[goes_to[p]] = max(arrived[goes_to[p]], ends[t, p])
            begins, stops = upper[p], lower[p]
            for at in range(lower[p], upper[p]):
                if max(letter[at], blank[at]) > floor:
                    begins, stops = min(begins, at), at + 1
                else:
                    letter[at] = blank[at] = NEVER
            lower[p], upper[p] = min(begins, stops), stops
        ahead = arrived.max() if t == count - 1 else max(best, silent)
        standing[:] = NEVER
        for place in range(len(arrived)):
            if arrived[place] > max(ahead - width, _HARDLY):
                here = arrived[place]
                for door in range(doors):
                    through = here + reach[place, door]
                    better = through > standing[door]
                    came[t, door] = place if better else came[t, door]
                    standing[door] = through if better else standing[door]
    return ends, since, came, standing
