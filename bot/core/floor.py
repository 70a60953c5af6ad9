"""How long a party waits for a table."""

from __future__ import annotations

_STAY_MIN = 60  # how long a table is taken, on average


def quoted_wait(ahead: int, tables: int) -> tuple[int, int]:
    """(shortest, longest) minutes, in steps of five: a table comes free every stay / tables minutes."""
    average = (ahead + 1) * _STAY_MIN / max(tables, 1)
    low = int(average * 0.7 // 5 * 5)
    return max(low, 5), max(int(-(-average * 1.3 // 5) * 5), 10)
