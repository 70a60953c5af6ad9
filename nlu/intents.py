"""What a guest wants in general (order, ask, book, get help ...): sentence vectors and letters to a calibrated intent.

A logistic regression over two views of a sentence whose menu words were made neutral: its embedding (meaning) and its
words and letters (wording, typos). It is trained in seconds, loads at once and knows no menu. Two kinds of message
are too important for statistics alone and are also recognised by their words: emergencies and card numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, make_union

from nlu.encoder import SentenceEncoder
from nlu.menu_words import MenuWords

EMERGENCY, CARD_NUMBER = "emergency", "card_number"
_EMERGENCY = re.compile(
    r"""\b(?:
    (?:can'?t|cannot|can\s+not|not|stopped|trouble|unable\s+to|difficulty|hard\s+to|barely)\s+breath\w*
    | (?:call|dial|phone|ring|get)\b.{0,12}\b(?:911|999|112|ambulance|paramedics?|emergency\s+services|police|cops
        |fire\s+(?:department|brigade|service))
    | ambulance | paramedics? | epi\s?pens? | anaphyla\w+ | unconscious | unresponsive
    | (?:is|'s|s|am|was|started|someone|somebody|friend|baby|son|daughter|wife|husband|mom|mum|dad|kid|child|guest)
        \s+(?:ch?oking|chocking|suffocating|drowning)
    | heart\s+attack | cardiac\s+arrest | (?:having|has|had)\s+an?\s+(?:stroke|seizure|fit) | havin\s+a\s+seizure
    | (?:there\s+is|there'?s|it'?s\s+on|is\s+on|are\s+on|on)\s+(?:a\s+)?fire\b(?!\s*-?(?:roasted|place|grilled|side))
    | gas\s+leak | smell(?:s|ing)?\s+(?:of\s+|like\s+)?gas | (?:has|with|pulled|waving)\s+a\s+(?:gun|knife)
    | kill\s+myself | end\s+my\s+life | suicid\w+ | overdos\w+ | bleeding\s+(?:out|badly|heavily|a\s+lot)
    | throat\s+is\s+(?:closing|swelling) | medical\s+emergency | (?:is|turning|turned|turns)\s+blue
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DIGIT_RUN = re.compile(r"\d(?:[ -]?\d){11,18}")


@dataclass(frozen=True)
class Ranked:
    """An intent and the calibrated chance (0..1) that it is right."""

    intent: str
    confidence: float


class IntentModel:
    """Sentences with neutral menu words to ranked intents."""

    def __init__(self, letters: Any, classifier: Any, foods: tuple[str, ...] = (), temperature: float = 1.0) -> None:
        self._letters, self._classifier, self.foods, self.temperature = letters, classifier, foods, temperature

    @classmethod
    def fit(
        cls, texts: Sequence[str], intents: Sequence[str], encoder: SentenceEncoder, foods: Sequence[str] = ()
    ) -> IntentModel:
        """Learns each sentence as it stands and with the dishes among ``foods`` made neutral."""
        menu_words = MenuWords(None, foods)
        rows = {(words, intent) for text, intent in zip(texts, intents) for words in (text.lower(), menu_words.words(text))}
        ordered = sorted(rows)
        sentences = [sentence for sentence, _ in ordered]
        letters = make_letters().fit(sentences)
        model = cls(letters, LogisticRegression(C=8.0, max_iter=150, tol=1e-3), tuple(foods))
        model._classifier.fit(model._features(sentences, encoder), np.array([intent for _, intent in ordered]))
        return model

    def rank(self, text: str, encoder: SentenceEncoder) -> list[Ranked]:
        """Every intent, the likeliest first; what the words alone tell overrules the statistics."""
        chances = self.chances([text], encoder)[0]
        names = self._classifier.classes_
        order = np.argsort(-chances)
        ranking = [Ranked(str(names[i]), float(chances[i])) for i in order]
        certain = by_words(text)
        if certain and ranking[0].intent != certain:
            rest = [Ranked(r.intent, r.confidence * 0.05) for r in ranking if r.intent != certain]
            ranking = [Ranked(certain, 0.95), *rest]
        return ranking

    def chances(self, texts: Sequence[str], encoder: SentenceEncoder) -> NDArray[np.float64]:
        """(N, intents) rows that add up to 1."""
        logits = self._classifier.decision_function(self._features(texts, encoder)) / self.temperature
        logits -= logits.max(axis=1, keepdims=True)
        raised = np.exp(logits)
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def _features(self, texts: Sequence[str], encoder: SentenceEncoder) -> csr_matrix:
        return hstack([csr_matrix(encoder.encode(texts) * 3.0), self._letters.transform(texts)], format="csr")

    def save(self, path: Path) -> None:
        parts = {"letters": self._letters, "classifier": self._classifier, "foods": self.foods}
        joblib.dump(parts | {"temperature": self.temperature}, path)

    @classmethod
    def load(cls, path: Path) -> IntentModel:
        return cls(**joblib.load(path))


def make_letters() -> FeatureUnion:
    return make_union(
        TfidfVectorizer(token_pattern=r"[^\s\W]+(?:'\w+)?|\?", ngram_range=(1, 2), sublinear_tf=True, max_features=3000),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=2, sublinear_tf=True, max_features=4000),
    )


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
