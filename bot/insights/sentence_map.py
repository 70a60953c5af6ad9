"""A map of what guests say: remarks and their commonest words, near each other where the sentence encoder finds them alike.

t-SNE (van der Maaten and Hinton 2008) through scikit-learn. It takes seconds, so it is computed beside the running
page and kept; what is kept holds ids and words in common use, never a remark's text.
"""

from __future__ import annotations

import json
import logging
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bot.insights.feedback import NOT_JUDGED, POSITIVE

log = logging.getLogger(__name__)

Row = dict[str, Any]
MOST_REMARKS, MOST_WORDS = 300, 60
_FEWEST = 8  # points; fewer make no map
_LEAST_SAID = 3  # remarks that hold a word
_WORD = re.compile(r"[a-z][a-z'’]{2,}")
_COMMON = frozenset(
    "the and was were for our are you your with that this but not had have has there here very too they them their from "
    "all out when what who would will just been more than then too its it's i'm we'll don't didn't wasn't it we so my me "
    "one two get got can could did does any some how about into also only really never still again back were after".split()
)


class SentenceMap:
    """The kept map, made again when there are other remarks than those it shows."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def points(self, remarks: Sequence[Row]) -> Row:
        """The map's points with their present texts; ``ready`` is False while there is no map of these remarks.

        Blocks only to read the file: ``refresh`` computes.
        """
        kept = self._read()
        by_id = {row["id"]: row for row in remarks}
        shown = [
            {"kind": "remark", "x": x, "y": y} | {key: by_id[row_id][key] for key in ("text", "label", "topics", "day")}
            for row_id, x, y in kept.get("remarks", [])
            if row_id in by_id
        ]
        words = [
            {"kind": "word", "x": x, "y": y, "text": word, "count": count, "share": share}
            for word, x, y, count, share in kept.get("words", [])
        ]
        enough = len(_mapped(remarks)) >= _FEWEST
        return {"points": shown + words if enough and shown else [], "enough": enough, "ready": not self.stale(remarks)}

    def stale(self, remarks: Sequence[Row]) -> bool:
        return self._read().get("of") != _of(remarks)

    def refresh(self, remarks: Sequence[Row]) -> None:
        """Compute and keep the map of these remarks, unless somebody else is at it."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            made = make_map(remarks) | {"of": _of(remarks)}
            fresh = self._file.with_suffix(".tmp")
            fresh.write_text(json.dumps(made), encoding="utf-8")
            fresh.replace(self._file)
        finally:
            self._lock.release()

    def _read(self) -> Row:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return kept if isinstance(kept, dict) else {}


def make_map(remarks: Sequence[Row]) -> Row:
    """``remarks`` [id, x, y] and ``words`` [word, x, y, count, share of praise], x and y about -1..1."""
    mapped = _mapped(remarks)
    words = _words(mapped)
    if len(mapped) < _FEWEST:
        return {"remarks": [], "words": []}
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    from nlu.encoder import shared_encoder

    said = shared_encoder().encode([row["text"] for row in mapped])  # (N, 384)
    alone = shared_encoder().encode([word for word, _, _ in words]) if words else said[:0]
    # A word lies between its own meaning and the remarks that hold it; by itself it would lie far from any sentence.
    holding = [np.mean([said[i] for i, row in enumerate(mapped) if word in _words_of(row["text"])], axis=0) for word, _, _ in words]  # fmt: skip
    vectors = np.vstack([said, *(0.3 * own + 0.7 * held for own, held in zip(alone, holding, strict=True))])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    perplexity = min(25.0, (len(vectors) - 1) / 3)
    with threadpool_limits(1):
        tsne = TSNE(2, perplexity=perplexity, init="random", learning_rate=200.0, random_state=8, n_iter=700)
        spots = tsne.fit_transform(vectors.astype(np.float64))
    low, high = np.percentile(spots, (2, 98), axis=0)
    spots = np.clip((spots - low) / np.maximum(high - low, 1e-9) * 2 - 1, -1.08, 1.08).round(4)  # fills the page
    found = spots.tolist()
    return {
        "remarks": [[row["id"], *spot] for row, spot in zip(mapped, found)],
        "words": [
            [word, *spot, count, share] for (word, count, share), spot in zip(words, found[len(mapped) :], strict=True)
        ],
    }


def _mapped(remarks: Sequence[Row]) -> list[Row]:
    """The newest remarks that could be judged."""
    return [row for row in remarks if row["label"] != NOT_JUDGED and row["text"].strip()][-MOST_REMARKS:]


def _of(remarks: Sequence[Row]) -> list[Any]:
    """What tells two sets of remarks apart."""
    mapped = _mapped(remarks)
    return [len(mapped), mapped[0]["id"] if mapped else None, mapped[-1]["id"] if mapped else None]


def _words_of(text: str) -> set[str]:
    return set(_WORD.findall(text.lower().replace("’", "'"))) - _COMMON


def _words(remarks: Sequence[Row]) -> list[tuple[str, int, float]]:
    """(word, remarks that hold it, share of praise among these)."""
    holds: dict[str, list[bool]] = defaultdict(list)
    for row in remarks:
        for word in _words_of(row["text"]):
            holds[word].append(row["label"] == POSITIVE)
    counts = Counter({word: len(praised) for word, praised in holds.items() if len(praised) >= _LEAST_SAID})
    return [(word, count, sum(holds[word]) / count) for word, count in counts.most_common(MOST_WORDS)]
