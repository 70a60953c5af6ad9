"""What tests of hearing share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from speech.alphabet import BLANK, SYMBOLS, encode


@pytest.fixture(scope="session")
def spoken() -> Callable[[str], np.ndarray]:
    """Log-probabilities (T, symbols) of a clearly said text."""

    def log_probs(text: str) -> np.ndarray:
        rows = []
        for symbol in encode(text):
            for number in (symbol, BLANK):
                row = np.full(len(SYMBOLS), np.log(0.1 / 28), np.float32)
                row[number] = np.log(0.9)
                rows.append(row)
        return np.array(rows)

    return log_probs
