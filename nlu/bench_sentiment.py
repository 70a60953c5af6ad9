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
from nlu.sentiment import (
    CNN,
    CNN_SHARE,
    ENCODER,
    HEAD,
    NOT_JUDGED,
    POSITIVE,
    PRIOR,
    Cnn,
    Head,
    Sentiment,
    tuned_encoder,
)
from nlu.sentiment_data import FOLDS, NEGATING, Example, reviews, sst2, training_side, yelp, yelp_folds
from nlu.sentiment_head import fit_head
from nlu.topics import Topics, load_examples

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "data/reports/sentiment.md"
HELD_OUT_TOPICS = ROOT / "tests/nlu/topics_held_out.jsonl"
Right = NDArray[np.bool_]  # (N,) which of the sentences were read rightly


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--cards", action="store_true", help="write the figures on the models' cards as well")


def run(arguments: argparse.Namespace) -> int:
    status = 0
    text = ""
    try:
        text = "\n".join(feelings(arguments.cards))
    except MissingDataError as error:
        print(f"feelings: skipped: {error}", file=sys.stderr)
        status = MISSING
    text += "\n".join(["", *topics()])
    print(text)
    if status == 0:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text.lstrip("\n") + "\n", encoding="utf-8")
    return status


def feelings(cards: bool = False) -> list[str]:
    restaurant, films = yelp(), sst2("dev")
    turned = np.array([bool(NEGATING.search(example.text)) for example in films])
    rows = []
    for name, measure in (
        ("sentiment lexicon (VADER)", lexicon),
        ("TF-IDF + logistic regression", tf_idf),
        ("sentence encoder + logistic regression", plain_encoder),
        ("CNN on word2vec (Kim 2014)", cnn),
        ("sentence encoder, fine-tuned", tuned_alone),
        ("**fine-tuned encoder and CNN together (served)**", tuned),
    ):
        print(f"{name} ...", file=sys.stderr, flush=True)
        of_yelp, of_films, ms = measure(restaurant, films)
        rows.append([
            name, share(int(of_yelp.sum()), len(of_yelp)), share(int(of_films.sum()), len(of_films)),
            share(int(of_films[turned].sum()), int(turned.sum())), ms,
        ])  # fmt: skip
        for model in {cnn: (CNN,), tuned: (ENCODER, HEAD)}.get(measure, ()) if cards else ():
            _write_on_card(model, rows[-1])
    head = [
        "right on", f"yelp, {FOLDS} folds ({len(restaurant)})", f"SST-2 dev ({len(films)})",
        f"… with not, n't, no, never, hardly, but, without ({int(turned.sum())})", "ms a message, one core",
    ]  # fmt: skip
    targets = ["target", "93 %", "for the record (Kim 2014: 88.1 %)", "85 %", "CNN 3, encoder 15"]
    note = (
        "Nothing of yelp was seen by the CNN and by the fine-tuning; the encoder's linear head is fitted to four folds "
        "and measured on the fifth. TF-IDF and the plain encoder learn the four folds and the other review sentences "
        "(for SST-2: its training phrases, the plain encoder some 3,700 of them). A sentence that is not judged counts as wrong."
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
    phrases = training_side(every=8)[0][::4]
    model = LogisticRegression(C=10, max_iter=1000)
    model.fit(encoder.encode([e.text for e in phrases]), [e.positive for e in phrases])
    of_films = model.predict(encoder.encode([e.text for e in films])) == _labels(films)
    return of_yelp, of_films, _speed(lambda text: encoder.encode([text]), restaurant)


def cnn(restaurant: Sequence[Example], films: Sequence[Example]) -> Measured:
    model = Cnn()

    def right(examples: Sequence[Example]) -> Right:
        return np.array([(model.logit(e.text) > 0) == e.positive for e in examples])

    return right(restaurant), right(films), _speed(model.logit, restaurant)


def tuned_alone(restaurant: Sequence[Example], films: Sequence[Example]) -> Measured:
    return tuned(restaurant, films, together=False)


def tuned(restaurant: Sequence[Example], films: Sequence[Example], together: bool = True) -> Measured:
    encoder, prior = tuned_encoder(), Head.load(PRIOR)
    cnn = Cnn() if together else Silent()
    texts = [example.text for example in restaurant]
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))

    def guess(learnt: Sequence[Example], asked: Sequence[Example]) -> NDArray[np.bool_]:
        known = [example.text for example in learnt]
        beside = CNN_SHARE * cnn.logits(known)
        head = fit_head(prior, np.array([vectors[text] for text in known]), [e.positive for e in learnt], beside)
        return _named(Sentiment(encoder, head, cnn), asked)

    of_yelp = _crossed(restaurant, guess)
    served = Sentiment(encoder, Head.load(HEAD), cnn)
    return of_yelp, _named(served, films) == _labels(films), _speed(served.judge, restaurant)


class Silent(Cnn):
    """Adds nothing."""

    def __init__(self) -> None:
        pass

    def logit(self, text: str) -> float:
        return 0.0


def _named(sentiment: Sentiment, examples: Sequence[Example]) -> NDArray[np.bool_]:
    """Whether each is called positive; what is not judged is called what it is not."""
    judged = sentiment.judge_all([example.text for example in examples])
    return np.array([
        j.label == POSITIVE if j.label != NOT_JUDGED else not e.positive for j, e in zip(judged, examples, strict=True)
    ])  # fmt: skip


def _write_on_card(model: Path, row: Sequence[str]) -> None:
    path = model.with_suffix(".json")
    card = json.loads(path.read_text(encoding="utf-8"))
    card["measured"] = dict(zip(("yelp", "sst2_dev", "sst2_dev_negating", "ms"), row[1:], strict=True))
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


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
