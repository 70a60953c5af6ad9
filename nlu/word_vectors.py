"""Word vectors: word2vec's skip-gram (Mikolov et al. 2013) over the review and restaurant texts, through gensim."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH = 100
LEAST_COUNT = 3
PASSES = 8
_WORD = re.compile(r"n't\b|[a-z0-9]+(?=n't\b)|[a-z0-9]+|'(?:s|re|ve|ll|d|m)\b|[!?.,;:]")


def words_of(text: str) -> list[str]:
    """Lower-case words; ``don't`` is ``do n't``, so that a negation is one word; ! ? . , ; : count as words.

    >>> words_of("I don't like it!")
    ['i', 'do', "n't", 'like', 'it', '!']
    """
    return _WORD.findall(text.lower().replace("’", "'").replace("can't", "ca n't").replace("won't", "wo n't"))


def train_vectors(texts: Iterable[str], target: Path, seed: int = 8) -> None:
    """Writes ``target`` (npz): ``words`` (V,) by falling frequency and ``vectors`` (V, 100)."""
    from gensim.models import Word2Vec

    sentences = [words_of(text) for text in texts]
    model = Word2Vec(
        sentences, vector_size=WIDTH, window=5, min_count=LEAST_COUNT, sg=1, negative=10, sample=1e-4, epochs=PASSES,
        workers=1, seed=seed,
    )  # fmt: skip
    np.savez_compressed(target, words=np.array(model.wv.index_to_key), vectors=model.wv.vectors.astype(np.float16))


def load_vectors(path: Path) -> tuple[list[str], NDArray[np.float32]]:
    with np.load(path) as kept:
        return [str(word) for word in kept["words"]], kept["vectors"].astype(np.float32)
