"""What a guest wants in general (order, ask, book, get help ...): a calibrated intent for a sentence on any menu.

Regularised least squares over a sum of two kernels (Rifkin, Yeo and Poggio 2003): closeness of sentence vectors, which
knows meaning, and shared words and letters, which know wording and typos. It is trained in seconds without steps or
seeds, knows no menu (its sentences come with neutral menu words), and has exact leave-one-out predictions, on which
its confidence is calibrated. A sentence unlike all others scores low for every intent. Two kinds of message are too
important for statistics alone and are recognised by their words as well: emergencies and card numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, lapack
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix

from nlu.encoder import SentenceEncoder
from nlu.menu_words import MenuWords

# Chosen by leave-one-out over our own sentences.
NARROWNESS, WORDING, RIDGE = 1.0, 0.3, 0.2
EMERGENCY, CARD_NUMBER = "emergency", "card_number"
_CERTAIN = 0.95  # confidence of what the words alone tell
_EMERGENCY = re.compile(
    r"""\b(?:
    (?:can'?t|cannot|can\s+not|not|stopped|trouble|unable\s+to|difficulty|hard\s+to|barely)\s+
        (?:catch\s+(?:his|her|my)\s+)?breath\w*
    | (?:call|dial|phone|ring)\b.{0,12}\b(?:911|999|112)
    | (?:call|get|send|need)\b.{0,12}\b(?:emergency\s+services|police|cops|fire\s+(?:department|brigade|service))
    | ambulance | paramedics? | epi\s?-?pens? | anaphyla\w+ | unconscious | unresponsive
    | (?:is|'s|am|'m|was|started|someone|somebody|friend|baby|son|daughter|wife|husband|mom|mum|dad|kid|child|guest)
        \s+(?:ch?oa?king|chocking|suffocating|drowning)
    | heart\s+attack | cardiac\s+arrest | (?:having|has|had|havin)\s+an?\s+(?:stroke|seizure|fit|heart\s+attack)
    | (?:having|has|had|havin|severe|bad)\s+an?\s+(?:\w+\s+)?allergic\s+reaction | severe\s+allergic\s+reaction
    | there(?:\s+is|'?s)\s+a\s+fire\b(?!\s*-?(?:place|pit|roast|grill|side|sauce|escape))
    | (?<!mouth)(?<!tongue)(?:\s+is|\s+are|'s)\s+on\s+fire\b | caught\s+fire | fire\s+in\s+the\s+\w+
    | gas\s+leak | smell(?:s|ing)?\s+(?:of\s+|like\s+)?gas
    | (?:man|guy|woman|someone|somebody|he|she|they)\b.{0,20}\b(?:has|with|pulled|waving)\s+(?:out\s+)?a\s+(?:gun|knife)
    | kill\s+myself | end\s+my\s+life | suicid\w+ | overdos\w+ | bleeding\s+(?:out|badly|heavily|a\s+lot)
    | throat\s+is\s+(?:closing|swelling) | medical\s+emergency | (?:turning|turned|turns|going)\s+blue
    | (?:just|has|have|someone|somebody|husband|wife|man|woman)\s+(?:collapsed|fainted|passed\s+out)
    )(?!\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|\?")
_DIGIT_RUN = re.compile(r"\d(?:[ -]?\d){11,18}")


@dataclass(frozen=True)
class Ranked:
    """An intent and the calibrated chance (0..1) that it is right."""

    intent: str
    confidence: float


@dataclass
class IntentModel:
    """Sentences with neutral menu words to ranked intents; N sentences learnt, C intents."""

    foods: tuple[str, ...]
    intents: NDArray[Any]  # (C,) names
    wording: Wordings
    vectors: NDArray[np.float32]  # (N, 384)
    wordings: Any  # (terms, N), sparse by rows, so that a sentence touches its own terms only
    weights: NDArray[np.float32]  # (N, C)
    temperature: float
    left_out: NDArray[np.float32]  # (N, C) chances of each sentence learnt from all others

    @classmethod
    def fit(
        cls, texts: Sequence[str], intents: Sequence[str], encoder: SentenceEncoder, foods: Sequence[str] = ()
    ) -> IntentModel:
        """Learns sentences; the dishes named in ``foods`` become neutral words first."""
        menu_words = MenuWords(None, foods)
        sentences = [menu_words.words(text) for text in texts]
        wording = Wordings(sentences)
        vectors, terms = encoder.encode(sentences), wording.transform(sentences)
        wordings = terms.T.tocsr()
        names, index = np.unique(np.asarray(intents), return_inverse=True)
        targets = np.where(np.arange(len(names)) == index[:, None], 1.0, -1.0).astype(np.float32)  # (N, C)
        kernel = _kernel(vectors, terms, vectors, wordings)
        kernel[np.diag_indices_from(kernel)] += RIDGE
        factor = cho_factor(kernel.T, lower=True, overwrite_a=True, check_finite=False)
        weights = cho_solve(factor, targets, check_finite=False).astype(np.float32)
        inverse, _ = lapack.spotri(factor[0], lower=True, overwrite_c=True)
        left_out = targets - weights / np.diag(inverse)[:, None]  # each sentence's scores without itself

        def surprise(temperature: float) -> float:
            chances = _softmax(left_out / temperature)[np.arange(len(index)), index]
            return float(-np.log(np.maximum(chances, 1e-9)).mean())

        temperature = float(minimize_scalar(surprise, bounds=(0.02, 2.0), method="bounded").x)
        chances = _softmax(left_out / temperature)
        return cls(tuple(foods), names, wording, vectors, wordings, weights, temperature, chances)

    def chances(self, texts: Sequence[str], encoder: SentenceEncoder) -> NDArray[np.float32]:
        """(len(texts), C) rows that add up to 1."""
        kernel = _kernel(encoder.encode(texts), self.wording.transform(texts), self.vectors, self.wordings)
        return _softmax(kernel @ self.weights / self.temperature)

    def rank(self, text: str, encoder: SentenceEncoder) -> list[Ranked]:
        """Every intent, the likeliest first; what the words alone tell overrules the statistics."""
        chances = self.chances([text], encoder)[0]
        ranking = [Ranked(str(self.intents[i]), float(chances[i])) for i in np.argsort(-chances)]
        certain = by_words(text)
        if certain and ranking[0].intent != certain:
            rest = [Ranked(r.intent, r.confidence * (1 - _CERTAIN)) for r in ranking if r.intent != certain]
            ranking = [Ranked(certain, _CERTAIN), *rest]
        return ranking

    def save(self, path: Path) -> None:
        joblib.dump(vars(self), path)

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        return cls(**joblib.load(path))


def _kernel(vectors: Any, terms: Any, other_vectors: Any, other_wordings: Any) -> NDArray[np.float32]:
    """(N, M) closeness of N sentences to M others."""
    meaning = np.exp(NARROWNESS * 2 * (vectors @ other_vectors.T - 1))
    shared = (terms @ other_wordings).toarray()
    return np.asarray(meaning + WORDING * shared, dtype=np.float32)


def _softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


class Wordings:
    """TF-IDF of a sentence's words, word pairs and runs of 2 to 4 letters: typos keep most runs.

    As scikit-learn's vectorisers do it; for one short sentence these ten lines take a tenth of their time.
    """

    def __init__(self, sentences: Sequence[str]) -> None:
        found = Counter(term for sentence in sentences for term in set(_terms(sentence)))
        kept = [term for term, count in found.items() if count > 1]
        self._index = {term: i for i, term in enumerate(kept)}
        counts = np.array([found[term] for term in kept])
        self._idf = np.log((1 + len(sentences)) / (1 + counts)).astype(np.float32) + 1

    def transform(self, sentences: Sequence[str]) -> csr_matrix:
        """(len(sentences), terms), rows of length one (or zero, when nothing is known)."""
        columns, values, ends = [], [], [0]
        for sentence in sentences:
            counts = Counter(self._index[term] for term in _terms(sentence) if term in self._index)
            row = np.fromiter(counts, dtype=np.int32, count=len(counts))
            weights = (1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))) * self._idf[row]
            columns.append(row)
            values.append(weights / max(float(np.linalg.norm(weights)), 1e-9))
            ends.append(ends[-1] + len(row))
        shape = (len(sentences), len(self._index))
        return csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape=shape, dtype=np.float32)


def _terms(sentence: str) -> Iterator[str]:
    words = _WORD.findall(sentence)
    yield from words
    yield from map(" ".join, pairwise(words))
    for word in words:
        padded = f"_{word}_"
        for length in (2, 3, 4):
            yield from (padded[i : i + length] for i in range(len(padded) - length + 1))


def by_words(text: str) -> str | None:
    """The intent that the words alone make certain: ``emergency``, ``card_number`` or none."""
    if _EMERGENCY.search(text.replace("’", "'")):
        return EMERGENCY
    if any(_is_card(re.sub(r"\D", "", match[0])) for match in _DIGIT_RUN.finditer(text)):
        return CARD_NUMBER
    return None


def _is_card(digits: str) -> bool:
    """Luhn's check sum over 13 to 19 digits."""
    if not 13 <= len(digits) <= 19:
        return False
    doubled = [int(d) if i % 2 == 0 else sum(divmod(2 * int(d), 10)) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
