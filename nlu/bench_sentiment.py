"""``python -m nlu bench-sentiment``: feelings and topics of remarks, measured on people's sentences, beside simpler ways.

Yelp is cross-validated over the folds that ``data/splits/yelp.jsonl`` fixed before any training; SST-2 by its
development part. A sentence that is not judged counts as wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nlu.bench_intents import share, table
from nlu.bench_parser import MISSING
from nlu.data_sets import MissingDataError
from nlu.encoder import shared_encoder
from nlu.sentiment import HEAD, POSITIVE, PRIOR, Cnn, Head, Sentiment, tuned_encoder
from nlu.sentiment_data import FOLDS, NEGATING, Example, reviews, sst2, training_side, yelp, yelp_folds
from nlu.sentiment_head import fit_head
from nlu.topics import Topics, load_examples

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "data/reports/sentiment.md"
HELD_OUT_TOPICS = ROOT / "tests/nlu/topics_held_out.jsonl"
Right = NDArray[np.bool_]  # (N,) which of the sentences were read rightly


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(arguments: argparse.Namespace) -> int:
    status = 0
    text = ""
    try:
        text = "\n".join(feelings())
    except MissingDataError as error:
        print(f"feelings: skipped: {error}", file=sys.stderr)
        status = MISSING
    text += "\n".join(["", *topics()])
    print(text)
    if status == 0:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text.lstrip("\n") + "\n", encoding="utf-8")
    return status


def feelings() -> list[str]:
    restaurant, films = yelp(), sst2("dev")
    turned = np.array([bool(NEGATING.search(example.text)) for example in films])
    rows = []
    for name, measure in (
        ("sentiment lexicon (VADER)", lexicon),
        ("TF-IDF + logistic regression", tf_idf),
        ("sentence encoder + logistic regression", plain_encoder),
        ("CNN on word2vec (Kim 2014)", cnn),
        ("**sentence encoder, fine-tuned (served)**", tuned),
    ):
        print(f"{name} ...", file=sys.stderr, flush=True)
        of_yelp, of_films, ms = measure(restaurant, films)
        rows.append([
            name, share(int(of_yelp.sum()), len(of_yelp)), share(int(of_films.sum()), len(of_films)),
            share(int(of_films[turned].sum()), int(turned.sum())), ms,
        ])  # fmt: skip
    head = [
        "right on", f"yelp, {FOLDS} folds ({len(restaurant)})", f"SST-2 dev ({len(films)})",
        f"… with not, n't, no, never, hardly, but, without ({int(turned.sum())})", "ms a message, one core",
    ]  # fmt: skip
    targets = ["target", "93 %", "for the record (Kim 2014: 88.1 %)", "85 %", "CNN 3, encoder 15"]
    note = (
        "Nothing of yelp was seen by the CNN and by the fine-tuning; the encoder's linear head is fitted to four folds "
        "and measured on the fifth. TF-IDF and the plain encoder learn the four folds and the other review sentences "
        "(for SST-2: its training phrases). A sentence that is not judged counts as wrong."
    )
    return [*table("**Feelings**", head, [*rows, targets]), "", note]


def topics() -> list[str]:
    cases = [json.loads(line) for line in HELD_OUT_TOPICS.read_text(encoding="utf-8").splitlines()]
    model = Topics(load_examples(), shared_encoder())
    found = [set(model.of(case["text"])) for case in cases]
    wanted = [set(case["topics"]) for case in cases]
    hits = sum(len(a & b) for a, b in zip(found, wanted, strict=True))
    exact = sum(a == b for a, b in zip(found, wanted, strict=True))
    rows = [[
        share(exact, len(cases)), share(hits, sum(map(len, found))), share(hits, sum(map(len, wanted))),
    ]]  # fmt: skip
    title = f"**Topics** ({len(cases)} own remarks labelled by hand, {sum(map(len, wanted))} topics in them)"
    return table(title, ["exactly the right topics", "found topics that are right", "topics found"], rows)


Measured = tuple[Right, Right, str]


def lexicon(restaurant: Sequence[Example], films: Sequence[Example]) -> Measured:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()

    def right(examples: Sequence[Example]) -> Right:
        return np.array([(analyser.polarity_scores(e.text)["compound"] >= 0) == e.positive for e in examples])

    return right(restaurant), right(films), ""


def tf_idf(restaurant: Sequence[Example], films: Sequence[Example]) -> Measured:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    def fitted(learnt: Sequence[Example]) -> Callable[[Sequence[Example]], NDArray[np.bool_]]:
        model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10))
        model.fit([e.text for e in learnt], [e.positive for e in learnt])
        return lambda asked: np.asarray(model.predict([e.text for e in asked]))

    others = reviews()
    of_yelp = _crossed(restaurant, lambda learnt, asked: fitted([*learnt, *others])(asked))
    of_films = fitted([*training_side()[0], *restaurant])(films) == _labels(films)
    return of_yelp, of_films, ""


def plain_encoder(restaurant: Sequence[Example], films: Sequence[Example]) -> Measured:
    from sklearn.linear_model import LogisticRegression

    encoder = shared_encoder()
    others = reviews()
    vectors = {
        e.text: v for e, v in zip([*restaurant, *others], encoder.encode([e.text for e in [*restaurant, *others]]))
    }

    def guess(learnt: Sequence[Example], asked: Sequence[Example]) -> NDArray[np.bool_]:
        model = LogisticRegression(C=10, max_iter=1000)
        model.fit([vectors[e.text] for e in [*learnt, *others]], [e.positive for e in [*learnt, *others]])
        return np.asarray(model.predict([vectors[e.text] for e in asked]))

    of_yelp = _crossed(restaurant, guess)
    phrases = training_side(every=8)[0]
    model = LogisticRegression(C=10, max_iter=1000)
    model.fit(encoder.encode([e.text for e in phrases]), [e.positive for e in phrases])
    of_films = model.predict(encoder.encode([e.text for e in films])) == _labels(films)
    return of_yelp, of_films, _speed(lambda text: encoder.encode([text]), restaurant)


def cnn(restaurant: Sequence[Example], films: Sequence[Example]) -> Measured:
    model = Cnn()

    def right(examples: Sequence[Example]) -> Right:
        return np.array([(model.logit(e.text) > 0) == e.positive for e in examples])

    return right(restaurant), right(films), _speed(model.logit, restaurant)


def tuned(restaurant: Sequence[Example], films: Sequence[Example]) -> Measured:
    encoder, prior = tuned_encoder(), Head.load(PRIOR)
    vectors = {e.text: v for e, v in zip(restaurant, encoder.encode([e.text for e in restaurant]), strict=True)}

    def guess(learnt: Sequence[Example], asked: Sequence[Example]) -> NDArray[np.bool_]:
        head = fit_head(prior, np.array([vectors[e.text] for e in learnt]), [e.positive for e in learnt])
        judged = Sentiment(encoder, head).judge_all([e.text for e in asked])
        # What is not judged is wrong whatever it is.
        return np.array([
            (j.label == POSITIVE) if j.label in ("positive", "negative") else not e.positive
            for j, e in zip(judged, asked, strict=True)
        ])  # fmt: skip

    of_yelp = _crossed(restaurant, guess)
    served = Sentiment(encoder, Head.load(HEAD))
    names = ["positive" if e.positive else "negative" for e in films]
    of_films = np.array(
        [j.label == name for j, name in zip(served.judge_all([e.text for e in films]), names, strict=True)]
    )
    return of_yelp, of_films, _speed(served.judge, restaurant)


def _crossed(
    examples: Sequence[Example], guess: Callable[[Sequence[Example], Sequence[Example]], NDArray[np.bool_]]
) -> Right:
    """Each fold judged by what was learnt from the others."""
    folds = np.array(yelp_folds())
    right = np.zeros(len(examples), dtype=bool)
    for fold in range(FOLDS):
        learnt = [e for e, f in zip(examples, folds, strict=True) if f != fold]
        asked = [e for e, f in zip(examples, folds, strict=True) if f == fold]
        right[folds == fold] = guess(learnt, asked) == _labels(asked)
    return right


def _labels(examples: Sequence[Example]) -> NDArray[np.bool_]:
    return np.array([example.positive for example in examples])


def _speed(judge: Callable[[str], object], examples: Sequence[Example]) -> str:
    """Median and 99th percentile of the processor's time, so that what else runs on the machine counts little."""
    took = []
    for example in examples[:300]:
        begun = time.process_time()
        judge(example.text)
        took.append((time.process_time() - begun) * 1e3)
    return f"{np.median(took):.1f} (99 %: {np.percentile(took, 99):.1f})"
