"""Sentences with a known feeling, and their fixed parts: yelp's folds, SST-2's development part, inner splits.

Reported figures come from yelp's five folds (``data/splits/yelp.jsonl`` names each sentence's hash and fold) and from
SST-2's development part. Whatever has to be chosen while training is chosen on ``inner_part`` of the training side.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nlu.data_sets import SPLITS, data_folder, hash_of, unpacked

FOLDS = 5
NEGATING = re.compile(r"\b(?:not|no|never|hardly|but|without)\b|n't\b", re.IGNORECASE)
_SHORTEST_PHRASE = 3  # words; shorter pieces of SST-2's trees say little
_INNER = 20  # one sentence in so many is kept for choosing


@dataclass(frozen=True)
class Example:
    """A sentence and whether it is positive."""

    text: str
    positive: bool


def yelp() -> list[Example]:
    """Restaurant sentences (Kotzias et al. 2015; cite the paper)."""
    return _tab_last("yelp/train.txt")


def yelp_folds() -> list[int]:
    """The fold (0..4) of each sentence of ``yelp``, in its order."""
    lines = (SPLITS / "yelp.jsonl").read_text(encoding="utf-8").splitlines()
    folds = {row["hash"]: int(row["fold"]) for row in map(json.loads, lines)}
    return [folds[hash_of(example.text)] for example in yelp()]


def reviews() -> list[Example]:
    """Product and film sentences of the same paper, without what is in yelp too."""
    seen = {_plain(example.text) for example in yelp()}
    rows = _tab_last("reviews/amazon.txt") + _tab_last("reviews/imdb.txt")
    return [example for example in rows if _plain(example.text) not in seen]


def sst2(part: str) -> list[Example]:
    """Film sentences (``dev``) or phrases of film sentences (``train``; Socher et al. 2013)."""
    root = unpacked(data_folder(), "text.tar.gz")
    lines = (root / f"sst2/{part}.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t", 1) for line in lines]
    return [Example(tidy(text), label == "1") for label, text in rows]


def training_side(every: int = 1) -> tuple[list[Example], list[Example]]:
    """Everything that may be trained on besides yelp: SST-2's longer phrases and ``reviews``; (learnt, inner part).

    A phrase that is a piece of an inner sentence is in neither. Of the phrases that are no whole sentences one in
    ``every`` is taken.
    """
    phrases = [example for example in sst2("train") if len(example.text.split()) >= _SHORTEST_PHRASE]
    whole = _whole_sentences(_phrase_texts())
    chosen = [e for e in phrases if _plain(e.text) in whole and _is_inner(e.text)]
    pieces = {piece for example in chosen for piece in _pieces(_plain(example.text))}
    learnt = [
        example
        for example in phrases
        if (plain := _plain(example.text)) not in pieces and (plain in whole or int(hash_of(plain), 16) % every == 0)
    ]
    for example in reviews():
        (chosen if _is_inner(example.text) else learnt).append(example)
    return learnt, chosen


def whole_sentences() -> list[Example]:
    """SST-2's training sentences that are no part of another, without the inner part."""
    whole = _whole_sentences(_phrase_texts())
    return [example for example in training_side()[0] if _plain(example.text) in whole]


def negating_phrases(count: int) -> list[Example]:
    """About ``count`` shorter phrases with a negating word."""
    whole, own = _whole_sentences(_phrase_texts()), set(reviews())
    found = [
        example
        for example in training_side()[0]
        if NEGATING.search(example.text) and 4 <= len(example.text.split()) <= 16
        if example not in own and _plain(example.text) not in whole
    ]
    return found[:: max(1, len(found) // count)]


def _phrase_texts() -> set[str]:
    return {_plain(e.text) for e in sst2("train") if len(e.text.split()) >= _SHORTEST_PHRASE}


def tidy(text: str) -> str:
    """SST-2's tokens as people write them: ``it 's`` is ``it's``, ``do n't`` is ``don't``."""
    text = re.sub(r" (n't|'(?:s|re|ve|ll|d|m))\b", r"\1", text.strip())
    text = text.replace("-lrb-", "(").replace("-rrb-", ")").replace("`` ", '"').replace(" ''", '"').replace("`", "'")
    return re.sub(r"\s+([.,;:?!)])", r"\1", text).replace("( ", "(")


def corpus() -> Iterator[str]:
    """The review and restaurant texts that word vectors are trained on; nothing that is only measured on."""
    root = unpacked(data_folder(), "text.tar.gz")
    yield from (example.text for example in sst2("train") if len(example.text.split()) >= 8)
    yield from (example.text for example in reviews())
    with (root / "e2e/dev.csv").open(encoding="utf-8", newline="") as file:
        yield from (row["ref"] for row in csv.DictReader(file))
    for row in json.loads((root / "restaurant8k/train.json").read_text(encoding="utf-8")):
        yield row["userInput"]["text"]
    for part in ("train", "dev"):
        with gzip.open(root / f"sgd/{part}.json.gz", "rt", encoding="utf-8") as file:
            for dialogue in json.load(file):
                yield from (turn["utterance"] for turn in dialogue["turns"])
        for dialogue in json.loads((root / f"woz2/{part}.json").read_text(encoding="utf-8")):
            for turn in dialogue["dialogue"]:
                yield from (turn["transcript"], turn["system_transcript"])


def _tab_last(name: str) -> list[Example]:
    """Lines of ``sentence TAB label``."""
    root = unpacked(data_folder(), "text.tar.gz")
    rows = [line.rsplit("\t", 1) for line in (root / name).read_text(encoding="utf-8").split("\n") if "\t" in line]
    return [Example(text.strip(), label.strip() == "1") for text, label in rows]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def _is_inner(text: str) -> bool:
    return int(hash_of(_plain(text)), 16) % _INNER == 0


def _pieces(sentence: str) -> Iterator[str]:
    words = sentence.split()
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield " ".join(words[start:end])


@lru_cache(maxsize=1)
def _whole(texts: frozenset[str]) -> frozenset[str]:
    """Those that are no part of a longer one: found by looking up each one's parts, longest first."""
    inside: set[str] = set()
    for text in sorted(texts, key=len, reverse=True):
        if text not in inside:
            inside.update(piece for piece in _pieces(text) if piece != text)
    return frozenset(texts - inside)


def _whole_sentences(texts: set[str]) -> frozenset[str]:
    return _whole(frozenset(texts))
