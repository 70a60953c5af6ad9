"""Feelings: what the served model must get right, what it must not judge, and the parts it is made of."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from nlu import __main__ as nlu_main
from nlu.data_sets import hash_of
from nlu.sentiment import (
    CNN,
    ENCODER,
    HEAD,
    NEGATIVE,
    NOT_JUDGED,
    POSITIVE,
    Cnn,
    Head,
    Sentiment,
    shared_sentiment,
)
from nlu.sentiment_data import NEGATING, tidy
from nlu.sentiment_head import fit_head
from nlu.sentiment_phrases import remarks
from nlu.word_vectors import words_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sentiment() -> Sentiment:
    return shared_sentiment()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("The lasagna was wonderful, thank you!", POSITIVE),
        ("We will be back!", POSITIVE),
        ("not bad at all", POSITIVE),
        ("No complaints, everything was perfect", POSITIVE),
        ("The fries were cold and nobody apologized", NEGATIVE),
        ("I would not recommend it", NEGATIVE),
        ("the food wasn't good", NEGATIVE),
        ("Great view, but the worst service ever", NEGATIVE),
        ("we waited an hour and left without eating", NEGATIVE),
    ],
)
def test_plain_remarks_are_judged_rightly(sentiment: Sentiment, text: str, label: str) -> None:
    judgement = sentiment.judge(text)
    assert judgement.label == label
    assert (judgement.score >= 0.5) == (label == POSITIVE)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "👍🍕😡", "12345", "?!", "la comida estaba muy rica gracias", "Das Essen war sehr gut",
     "la cena era ottima grazie mille", "食べ物は美味しかった", "еда была вкусная", "xkcd qwrtz plfgh"],
)  # fmt: skip
def test_what_holds_no_english_words_is_not_judged(sentiment: Sentiment, text: str) -> None:
    judgement = sentiment.judge(text)
    assert (judgement.label, judgement.score) == (NOT_JUDGED, 0.5)


def test_ten_thousand_characters_are_judged(sentiment: Sentiment) -> None:
    assert sentiment.judge("the pizza was delicious and " * 360).label == POSITIVE


def test_together_or_alone_the_judgement_is_the_same(sentiment: Sentiment) -> None:
    texts = ["great pizza", "", "cold and late, never again", "👍", "the staff were so kind to my grandmother and me"]
    for alone, together in zip(map(sentiment.judge, texts), sentiment.judge_all(texts), strict=True):
        assert alone.label == together.label
        assert abs(alone.score - together.score) < 0.05  # int8 activations are scaled by the batch


@pytest.mark.parametrize("model", [ENCODER, HEAD, CNN])
def test_each_model_has_a_card_with_its_checksum(model: Path) -> None:
    card = json.loads((ROOT / model).with_suffix(".json").read_text(encoding="utf-8"))
    assert card["sha256"] == hashlib.sha256((ROOT / model).read_bytes()).hexdigest()
    assert {"made_by", "data", "measured"} <= card.keys()


def test_the_convolutional_model_reads_a_sentence() -> None:
    model = Cnn()
    assert model.logit("a wonderful, delicious dinner") > 0 > model.logit("a terrible, disgusting mess")
    assert np.isfinite(model.logit("")) and np.isfinite(model.logit("zzz " * 5000))


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], data: bytes) -> tuple[int, list[dict]]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    status = nlu_main.main(["sentiment"])
    return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_command_gives_a_line_for_each_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, lines = run(monkeypatch, capsys, b"lovely pasta\n\nthe worst pasta\n")
    assert status == 0
    assert [line["label"] for line in lines] == [POSITIVE, POSITIVE, NEGATIVE]
    assert lines[1]["score"] == 0.5
    assert all(set(line) == {"text", "label", "score"} and 0 <= line["score"] <= 1 for line in lines)


def test_a_line_that_is_no_text_takes_an_error_and_the_others_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    status, lines = run(monkeypatch, capsys, b"lovely pasta\n\xff\xfe\nawful pasta\n")
    assert status == 1
    assert [set(line) for line in lines] == [{"text", "label", "score"}, {"error"}, {"text", "label", "score"}]


def test_a_head_moves_towards_what_it_is_shown_and_stays_where_it_is_held() -> None:
    rng = np.random.default_rng(8)
    vectors = rng.normal(size=(200, 384)).astype(np.float32)
    positive = list(vectors[:, 0] > 0)
    start = Head(np.eye(1, 384, 1, dtype=np.float32)[0], 0.0)  # looks at another direction

    def right(head: Head) -> float:
        return float(np.mean((head.logits(vectors) > 0) == np.array(positive)))

    assert right(fit_head(start, vectors, positive, strength=1.0)) > 0.95 > right(start)
    held = fit_head(start, vectors, positive, strength=1e9)
    assert np.allclose(held.weights, start.weights, atol=1e-3)


def test_negations_are_words_of_their_own() -> None:
    assert words_of("I don't like it, can't eat it!") == [
        "i", "do", "n't", "like", "it", ",", "ca", "n't", "eat", "it", "!",
    ]  # fmt: skip
    assert words_of("It’s the chef's best") == ["it", "'s", "the", "chef", "'s", "best"]


def test_treebank_tokens_become_plain_writing() -> None:
    assert tidy("it 's not a `` bad '' film , is n't it ?") == "it's not a \"bad\" film, isn't it?"


@pytest.mark.parametrize(
    ("text", "turned"), [("not good", True), ("isn't", True), ("nothing", False), ("notable", False), ("BUT why", True)]
)
def test_negating_words_are_found_as_words(text: str, turned: bool) -> None:
    assert bool(NEGATING.search(text)) is turned


def test_own_remarks_are_half_praise_and_the_same_each_time() -> None:
    made = remarks(200, seed=3)
    assert made == remarks(200, seed=3) != remarks(200, seed=4)
    assert sum(example.positive for example in made) == 100
    assert not any("{" in example.text for example in made)


def folds() -> Sequence[dict[str, object]]:
    lines = (ROOT / "data/splits/yelp.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_folds_are_five_of_the_same_size_and_name_each_sentence_once() -> None:
    rows = folds()
    assert len({row["hash"] for row in rows}) == len(rows) == 500
    sizes = [sum(row["fold"] == fold for row in rows) for fold in range(5)]
    assert max(sizes) - min(sizes) <= 2
    assert hash_of(" Some Words ") == hash_of("some words")
