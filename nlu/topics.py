"""What a remark is about: food, service, wait, price, place, cleanliness; none, one or several of them.

The remark is cut into clauses, the sentence encoder makes a vector of each, and ridge regression on the vectors of
``data/topics.yml`` says which topics a clause is near. The bar that a topic must reach is set by leaving each example
out in turn, so another restaurant's examples bring their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu import located_yaml
from nlu.encoder import SentenceEncoder, shared_encoder

FILE = Path("data/topics.yml")
TOPICS = ("food", "service", "wait", "price", "place", "cleanliness")
OTHER = "other"
RIDGE = 0.3
_MOST_CLAUSES = 8
_CUT = re.compile(r"[.!?;\n]+|,|\b(?:but|although|though|however|while|and)\b", re.IGNORECASE)


class Topics:
    """Learns the examples when made (0.5 s); then about 4 ms a clause."""

    def __init__(self, examples: dict[str, Sequence[str]], encoder: SentenceEncoder) -> None:
        """``examples`` by topic; those of ``other`` are about nothing in particular."""
        self._encoder = encoder
        self.names = [name for name in examples if name != OTHER]
        texts = [text for texts in examples.values() for text in texts]
        owners = [name for name, texts in examples.items() for _ in texts]
        x = _with_one(encoder.encode(texts))  # (N, 385)
        wanted = np.array([[float(owner == name) for name in self.names] for owner in owners])  # (N, topics)
        inverse = np.linalg.inv(x.T @ x + RIDGE * np.eye(x.shape[1]))
        self._weights = inverse @ x.T @ wanted  # (385, topics)
        leverage = np.einsum("ij,jk,ik->i", x, inverse, x)[:, None]
        left_out = wanted - (wanted - x @ self._weights) / (1 - leverage)  # each example's scores without itself
        self.bar = _best_bar(left_out, wanted)

    def of(self, text: str) -> list[str]:
        """The topics of a remark, in the order of the file; empty when there is none."""
        found = clauses(text)
        if not found:
            return []
        scores = _with_one(self._encoder.encode(found)) @ self._weights  # (clauses, topics)
        above = (scores >= self.bar).any(axis=0)
        return [name for name, near in zip(self.names, above, strict=True) if near]


def clauses(text: str) -> list[str]:
    """The parts of a remark that say one thing each; a short remark stays whole."""
    parts = [part.strip() for part in _CUT.split(text[:2000])]
    long_enough = [part for part in parts if len(part.split()) >= 2]
    whole = [text.strip()] if len(text.split()) <= 12 and any(c.isalpha() for c in text) else []
    return list(dict.fromkeys((whole + long_enough)[:_MOST_CLAUSES]))


def load_examples(path: Path = FILE) -> dict[str, Sequence[str]]:
    """Read the examples.

    Raises:
        FileError: a topic is missing or has no examples.
    """
    top = located_yaml.read(path).fields("topics", required=set(TOPICS), optional={OTHER})
    return {name: node.texts(name) for name, node in top.items()}


@lru_cache(maxsize=1)
def shared_topics() -> Topics:
    """The one of this process."""
    return Topics(load_examples(), shared_encoder())


def _with_one(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.hstack([vectors, np.ones((len(vectors), 1), dtype=np.float32)])


def _best_bar(scores: NDArray[np.float32], wanted: NDArray[np.float32]) -> float:
    """The bar with the best F1 over all examples and topics."""

    def f1(bar: float) -> float:
        found = scores >= bar
        return float(2 * (found & (wanted > 0)).sum() / max(found.sum() + wanted.sum(), 1))

    return max((float(bar) for bar in np.arange(0.1, 0.9, 0.01)), key=f1)
