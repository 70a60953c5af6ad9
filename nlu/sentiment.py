"""What a guest felt: a remark to positive, negative, or not judged. ``nlu/SENTIMENT.md`` tells how it was made.

The sentence encoder, tuned to feelings, gives a vector, and a linear head a logit; the convolutional classifier, which
errs elsewhere, adds its own. Serving needs ONNX Runtime and numpy only.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from nlu.encoder import MODEL as BASE_ENCODER
from nlu.encoder import SentenceEncoder
from nlu.word_vectors import words_of

ENCODER = Path("data/models/sentiment_encoder.onnx")
HEAD = Path("data/models/sentiment_head.npz")
PRIOR = Path("data/models/sentiment_prior_head.npz")  # as it came out of fine-tuning, before it was fitted to yelp
CNN = Path("data/models/sentiment_cnn.onnx")
WORDS = Path("data/models/sentiment_words.txt")
POSITIVE, NEGATIVE, NOT_JUDGED = "positive", "negative", "not_judged"
MOST_CHARACTERS = 2_000
CNN_SHARE = 0.4  # of its logit, added to the head's; chosen on the inner part of the training side
_LEAST_KNOWN = 0.5  # of the words; fewer are another language, or noise
# Spoken everywhere, hardly ever in print, so the reviews may lack them.
_SLANG = frozenset(
    "yum yummy yumm delish nom meh yuck yucky ew eww ugh bleh wow omg lol thx thanx ty pls ok okay nope yep yup gr8 luv "
    "sux fab awesome awsome gross rip refund wtf tbh imo btw disgusting terrible horrible delicious love hate".split()
)
# Words of other languages that English texts about food and films hold as well.
_FOREIGN = frozenset(
    "la le les el los las une un una des du der das est et y es ist und sehr muy il lo gli della di che je mi nous vous "
    "gut que de en ich wir nicht bien buena bueno comida muito foi uma para da sono todo pero todos tout avec mit".split()
)


@dataclass(frozen=True)
class Judgement:
    """``score`` is the chance (0..1) that the remark is positive; 0.5 when it is not judged."""

    label: str
    score: float


@dataclass(frozen=True)
class Head:
    """Linear on the tuned encoder's vector. ``sharpness`` turns a sum of logits into one that can be a chance."""

    weights: NDArray[np.float32]  # (384,)
    bias: float
    sharpness: float = 1.0

    def logits(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 384) to (N,)."""
        return np.asarray(vectors @ self.weights + self.bias, dtype=np.float32)

    def save(self, path: Path) -> None:
        numbers = {"bias": np.float32(self.bias), "sharpness": np.float32(self.sharpness)}
        np.savez(path, weights=self.weights.astype(np.float32), **numbers)

    @staticmethod
    def load(path: Path) -> Head:
        with np.load(path) as kept:
            return Head(kept["weights"], float(kept["bias"]), float(kept["sharpness"]))


class Sentiment:
    """The served judge. Calls are safe from several threads; a remark of a sentence takes about 5 ms on one core.

    Raises:
        FileNotFoundError: a model file is missing.
    """

    def __init__(
        self, encoder: SentenceEncoder | None = None, head: Head | None = None, cnn: Cnn | None = None
    ) -> None:
        self._encoder = encoder or tuned_encoder()
        self._head = head or Head.load(HEAD)
        self._cnn = cnn or Cnn()
        self._english = english_words()

    def judge(self, text: str) -> Judgement:
        return self.judge_all([text])[0]

    def judge_all(self, texts: Sequence[str]) -> list[Judgement]:
        """One judgement a text, in order; of a long text the first 2,000 characters count."""
        found = [Judgement(NOT_JUDGED, 0.5)] * len(texts)
        rows = [row for row, text in enumerate(texts) if self.can_judge(text[:MOST_CHARACTERS])]
        if rows:
            for row, score in zip(rows, self.scores([texts[row] for row in rows]), strict=True):
                found[row] = Judgement(POSITIVE if score >= 0.5 else NEGATIVE, score)
        return found

    def scores(self, texts: Sequence[str]) -> list[float]:
        """The chance (0..1) that each is positive, whether it can be judged or not; of nothing at all it is 0.5."""
        if not texts:
            return []
        heard = [text[:MOST_CHARACTERS] for text in texts]
        logits = self._head.logits(self._encoder.encode(heard)) + CNN_SHARE * self._cnn.logits(heard)
        chances = [1 / (1 + math.exp(-max(-30.0, min(30.0, x * self._head.sharpness)))) for x in logits.tolist()]
        return [round(chance, 4) if text.strip() else 0.5 for text, chance in zip(heard, chances, strict=True)]

    def can_judge(self, text: str) -> bool:
        """Whether there are English words: at least half of the text's words are known."""
        words = [word for word in words_of(text) if word[0].isalpha() or word == "n't"]
        if not words or _other_letters(text) > 0.3:
            return False
        known = sum(word in self._english for word in words)
        foreign = sum(word in _FOREIGN for word in words)
        return known >= _LEAST_KNOWN * len(words) and 2 * foreign <= len(words)


class Cnn:
    """The convolutional classifier (``nlu.sentiment_model``): a tenth of the encoder's time; alone less often right.

    Raises:
        FileNotFoundError: a model file is missing.
    """

    def __init__(self, model: Path = CNN, words: Path = WORDS) -> None:
        known = words.read_text(encoding="utf-8").split()
        self._rows = {word: row + 2 for row, word in enumerate(known)}  # 0 pads, 1 is any other word
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def logit(self, text: str) -> float:
        """Above 0 is praise."""
        rows = [self._rows.get(word, 1) for word in words_of(text[:MOST_CHARACTERS])] or [1]
        return float(self._session.run(None, {"words": np.array([rows], dtype=np.int64)})[0][0])

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(N,)"""
        return np.array([self.logit(text) for text in texts], dtype=np.float32)


def tuned_encoder() -> SentenceEncoder:
    """Its file holds only what fine-tuning changed; the other weights are read out of the plain encoder's file.

    Raises:
        FileNotFoundError: a file is missing, or the plain encoder is not the one that was tuned.
    """
    tuned_from = json.loads(ENCODER.with_suffix(".json").read_text(encoding="utf-8"))["base_sha256"]
    if hashlib.sha256(BASE_ENCODER.read_bytes()).hexdigest() != tuned_from:
        raise FileNotFoundError(f"{ENCODER} was made from another {BASE_ENCODER}: run python -m nlu train-sentiment")
    return SentenceEncoder(ENCODER, tokenizer=BASE_ENCODER.with_suffix(".tokenizer.json"))


def english_words() -> frozenset[str]:
    return frozenset(WORDS.read_text(encoding="utf-8").split()) | _SLANG


@lru_cache(maxsize=1)
def shared_sentiment() -> Sentiment:
    """The one judge of this process."""
    return Sentiment()


def _other_letters(text: str) -> float:
    """The share of letters that are not Latin."""
    letters = [c for c in text if c.isalpha()]
    return sum(not re.match(r"[A-Za-z\u00c0-\u024f]", c) for c in letters) / max(len(letters), 1)
