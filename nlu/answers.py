"""Finds the answer to a question among the owner's: retrieval by the sentence encoder and by words, or None.

At load a logistic regression learns the entries from their own questions, over the encoder's two vectors beside TF-IDF;
a question is answered when its chance and its likeness to the nearest known question are together high enough.
Without the encoder's files the words alone decide. How it was chosen: nlu/ANSWERS.md.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from nlu.encoder import SentenceEncoder, shared_encoder
from nlu.faq import Entry

# Where 85 % of questions about something else find nothing (python -m nlu bench-answers --develop).
ANSWERED = 0.375
ANSWERED_BY_WORDS = 0.326
# Beside the encoder's vectors of questions, which are of length one:
WORDS_WEIGHT = 0.6  # of TF-IDF
GENERAL_WEIGHT = 0.7  # of its general vectors
_MOST_CHARACTERS = 500

Matrix = npt.NDArray[np.float32]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Found:
    """``entry`` is None when the question is not answered there; ``confidence`` is 0..1 in either case."""

    entry: Entry | None
    confidence: float


class AnswerFinder:
    """Answers of one FAQ. Calls are safe from several threads; one takes about 6 ms on one core."""

    def __init__(self, entries: Sequence[Entry], encoder: SentenceEncoder | None) -> None:
        self.entries = tuple(entries)
        self._encoder = encoder
        self.answered = ANSWERED if encoder else ANSWERED_BY_WORDS
        questions = [question.lower() for entry in entries for question in entry.questions]
        owner = np.array([row for row, entry in enumerate(entries) for _ in entry.questions])
        self._words = TfidfVectorizer(
            sublinear_tf=True, ngram_range=(1, 2), token_pattern=r"\w+", dtype=np.float32
        ).fit(questions)  # fmt: skip
        self._known, features = self._see(questions)
        # The solution lies in the space that the questions span, and there it is found several times faster.
        _, weights, directions = np.linalg.svd(features, full_matrices=False)
        self._directions = directions[weights > 1e-4].T  # (F, at most the number of questions)
        self._model = LogisticRegression(C=20, max_iter=100, tol=1e-3)
        self._learnt = len(entries) > 1
        if self._learnt:
            self._model.fit(features @ self._directions, owner)

    def find(self, question: str) -> Found:
        """The entry that answers ``question``. Of long texts the first 500 characters are read."""
        return self.find_all([question])[0]

    def find_all(self, questions: Sequence[str]) -> list[Found]:
        texts = [question.lower()[:_MOST_CHARACTERS] for question in questions]
        views, features = self._see(texts)
        nearest = views @ self._known.T  # (N, known questions)
        seen = features @ self._directions
        chances = self._model.predict_proba(seen) if self._learnt else nearest.max(axis=1, keepdims=True)
        found = []
        for text, chance, likeness in zip(texts, chances, nearest):
            confidence = float(np.clip((chance.max() + likeness.max()) / 2, 0, 1)) if text.strip() else 0.0
            entry = self.entries[int(chance.argmax())] if confidence > self.answered else None
            found.append(Found(entry, round(confidence, 4)))
        return found

    def _see(self, texts: Sequence[str]) -> tuple[Matrix, Matrix]:
        """Vectors of length one to compare texts by, and features for the regression."""
        words: Matrix = self._words.transform(texts).toarray()
        if self._encoder is None:
            return words, words
        general, question = self._encoder.encode_questions(texts)
        return general, np.hstack((question, GENERAL_WEIGHT * general, WORDS_WEIGHT * words))


@lru_cache(maxsize=4)
def answer_finder(entries: tuple[Entry, ...]) -> AnswerFinder:
    """With the shipped encoder, or by words alone where its files are missing."""
    try:
        encoder = shared_encoder()
    except FileNotFoundError as error:
        log.warning("answers are found by words alone: %s", error)
        encoder = None
    return AnswerFinder(entries, encoder)
