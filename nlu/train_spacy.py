"""Trains the small spaCy pipeline (tagger, dependency parser, names and dates) under data/models/spacy_en.

One convolutional tok2vec (Honnibal & Montani's hash embeddings with a windowed CNN) is shared by three heads. Tags and
trees come from UD English EWT; spans of PERSON, DATE and TIME from hwu64 (its training part), the restaurant, calendar
and event dialogues of SGD, and introductions made here from lists of names. Half of the sentences are lower-cased and
a third lose their closing punctuation, since guests write that way and a recogniser writes no other.

    python -m nlu.train_spacy            # DATA= names the folder of the data sets; about half an hour on one core
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
import shutil
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from nlu.data_sets import hwu64, split_of, unpacked

TARGET = Path("data/models/spacy_en")
WORK = Path("var/spacy")
FIRST_NAMES = (
    "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph "
    "Jessica Thomas Sarah Carlos Karen Daniel Lisa Matthew Nancy Anthony Betty Mark Sandra Donald Ashley Steven Kim "
    "Paul Emily Andrew Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Melissa George Deborah Tim Stephanie "
    "Ronald Rebecca Ahmed Fatima Wei Mei Raj Priya Hiro Yuki Olga Ivan Sofia Mateo Luis Ana Jose Maria Pedro Carmen "
    "Omar Layla Hassan Noor Chidi Amara Kwame Zanele Sven Ingrid Lars Astrid Pierre Chloe Luca Giulia Hans Greta "
    "Ewa Piotr Dmitri Natasha Arjun Anjali Minh Linh Ji-woo Seo-yeon Aroha Tane Siobhan Liam Niamh Oscar Ruby Theo "
    "Zoe"
).split()
LAST_NAMES = (
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis "
    "Robinson Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera "
    "Campbell Mitchell Carter Roberts Patel Singh Khan Chen Wang Kim Park Tanaka Sato Ivanov Petrov Kowalski Novak "
    "Schmidt Weber Rossi Bianchi Dubois Laurent Svensson Larsen O'Brien Murphy Kelly Okafor Mensah Dlamini Haddad "
    "Rahman Cohen Levy Silva"
).split()
INTRODUCTIONS = (
    "my name is {n}", "it's {n}", "this is {n}", "i'm {n}", "{n}", "the name is {n}", "put it under {n}", "for {n}",
    "{n} please", "name's {n}", "it's under {n}", "the booking is under {n}", "i am {n} and i have an order",
    "hi this is {n} calling", "can you put {n} on it", "a table for {n}", "reservation for {n} tonight", "call me {n}",
    "{n} is picking it up", "my husband {n} will collect it", "ask for {n}", "under the name {n}", "its {n} again",
    "hello, {n} here", "you can write {n}", "the last name is {l}", "first name {f}", "surname {l}", "{f}, {l}",
)  # fmt: skip
CONFIG = """
[paths]
train = null
dev = null
[system]
seed = 7
[nlp]
lang = "en"
pipeline = ["tok2vec","tagger","attribute_ruler","parser","ner"]
batch_size = 256
[components]
[components.tok2vec]
factory = "tok2vec"
[components.tok2vec.model]
@architectures = "spacy.Tok2Vec.v2"
[components.tok2vec.model.embed]
@architectures = "spacy.MultiHashEmbed.v2"
width = 96
attrs = ["NORM","PREFIX","SUFFIX","SHAPE"]
rows = [4000,1000,2000,1000]
include_static_vectors = false
[components.tok2vec.model.encode]
@architectures = "spacy.MaxoutWindowEncoder.v2"
width = 96
depth = 4
window_size = 1
maxout_pieces = 3
[components.tagger]
factory = "tagger"
[components.tagger.model]
@architectures = "spacy.Tagger.v2"
nO = null
[components.tagger.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96
[components.attribute_ruler]
factory = "attribute_ruler"
[components.parser]
factory = "parser"
[components.parser.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "parser"
extra_state_tokens = false
hidden_width = 64
maxout_pieces = 2
use_upper = true
nO = null
[components.parser.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96
[components.ner]
factory = "ner"
[components.ner.model]
@architectures = "spacy.TransitionBasedParser.v2"
state_type = "ner"
extra_state_tokens = false
hidden_width = 64
maxout_pieces = 2
use_upper = true
nO = null
[components.ner.model.tok2vec]
@architectures = "spacy.Tok2VecListener.v1"
width = 96
[corpora]
[corpora.train]
@readers = "spacy.Corpus.v1"
path = ${paths.train}
[corpora.dev]
@readers = "spacy.Corpus.v1"
path = ${paths.dev}
[training]
seed = 7
train_corpus = "corpora.train"
dev_corpus = "corpora.dev"
dropout = 0.1
patience = 0
max_epochs = 0
max_steps = 12000
eval_frequency = 1000
frozen_components = ["attribute_ruler"]
[training.optimizer]
@optimizers = "Adam.v1"
learn_rate = 0.001
[training.batcher]
@batchers = "spacy.batch_by_words.v1"
discard_oversize = false
tolerance = 0.2
[training.batcher.size]
@schedules = "compounding.v1"
start = 100
stop = 1000
compound = 1.001
[training.score_weights]
tag_acc = 0.3
dep_las = 0.3
dep_uas = 0.1
ents_f = 0.3
[initialize]
"""


def treebank(path: Path) -> Iterator[Any]:
    """Docs of a CoNLL-U file: the syntactic words ("do", "n't"), which are spaCy's own tokens as well."""
    from spacy.training.converters import conllu_to_docs

    for doc in conllu_to_docs(path.read_text(encoding="utf-8"), n_sents=1, no_print=True):
        if all(token.text for token in doc):
            yield doc


def sgd_spans(path: Path) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Sentences of SGD dialogues with their DATE and TIME spans as (start, end, label) in characters."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        dialogues = json.load(file)
    for dialogue in dialogues:
        for turn in dialogue["turns"]:
            spans = []
            for frame in turn["frames"]:
                for slot in frame["slots"]:
                    if "start" in slot:
                        kind = next((k for k in ("date", "time") if k in slot["slot"]), None)
                        if kind:
                            spans.append((slot["start"], slot["exclusive_end"], kind.upper()))
            if spans:
                yield turn["utterance"], sorted(set(spans))


def hwu64_spans(part: str) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Sentences of hwu64's fixed ``part`` with the spans of its person, date, time and timeofday entities."""
    names = {"person": "PERSON", "date": "DATE", "time": "TIME", "timeofday": "TIME"}
    for text, _intent, entities in hwu64():
        if split_of("hwu64", text) == part:
            yield text, [(s, e, names[label]) for s, e, label in entities if label in names]


def restaurant8k_spans(path: Path) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Sentences of restaurant8k with dates, times and names."""
    names = {"first_name": "PERSON", "last_name": "PERSON", "date": "DATE", "time": "TIME"}
    for row in json.loads(path.read_text(encoding="utf-8")):
        text, spans = row["userInput"]["text"], []
        for label in row.get("labels", []):
            if label["slot"] in names:
                span = label["valueSpan"]
                spans.append((span.get("startIndex", 0), span["endIndex"], names[label["slot"]]))
        yield text, _joined(text, sorted(spans))


def _joined(text: str, spans: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """A first and a last name with only a space between are one person."""
    joined: list[tuple[int, int, str]] = []
    for start, end, label in spans:
        if joined and label == joined[-1][2] == "PERSON" and text[joined[-1][1] : start].strip() == "":
            joined[-1] = (joined[-1][0], end, label)
        else:
            joined.append((start, end, label))
    return joined


def introductions(count: int, seed: int) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    rng = random.Random(seed)
    for _ in range(count):
        first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
        form = rng.choice(INTRODUCTIONS)
        name = {"{n}": first if rng.random() < 0.5 else f"{first} {last}", "{l}": last, "{f}": first}
        text, spans = form, []
        for key, value in name.items():
            at = text.find(key)
            if at >= 0:
                text = text.replace(key, value)
        for value in dict.fromkeys([name["{n}"], last, first]):
            at = text.find(value)
            if at >= 0 and not any(s <= at < e for s, e, _ in spans):
                spans.append((at, at + len(value), "PERSON"))
        yield text, spans


def span_docs(nlp: Any, sentences: Iterable[tuple[str, list[tuple[int, int, str]]]]) -> Iterator[Any]:
    """Docs with entities only; spans that do not end at a token's end are dropped with their sentence."""
    from spacy.util import filter_spans

    for text, spans in sentences:
        doc = nlp.make_doc(text)
        found = [doc.char_span(start, end, label=label) for start, end, label in spans]
        if all(found) and len(doc):
            doc.set_ents(filter_spans(found), default="outside")
            yield doc


def as_typed(docs: list[Any], rng: random.Random) -> Iterator[Any]:
    """Each doc, and often a copy as guests type it: lower case, without closing punctuation."""
    from spacy.tokens import Doc, Span

    for doc in docs:
        yield doc
        lower, bare = rng.random() < 0.5, rng.random() < 0.35
        keep = len(doc) - 1 if bare and len(doc) > 2 and doc[-1].is_punct else len(doc)
        tree = doc.has_annotation("DEP")
        if tree and keep < len(doc) and any(token.head.i == keep for token in doc[:keep]):
            keep = len(doc)
        if not lower and keep == len(doc):
            continue
        tokens = doc[:keep]
        words = [token.text.lower() if lower else token.text for token in tokens]
        spaces = [bool(token.whitespace_) for token in tokens]
        if tree:
            yield Doc(
                doc.vocab, words=words, spaces=spaces, tags=[t.tag_ for t in tokens], pos=[t.pos_ for t in tokens],
                heads=[t.head.i for t in tokens], deps=[t.dep_ for t in tokens],
            )  # fmt: skip
        else:
            copy = Doc(doc.vocab, words=words, spaces=spaces)
            spans = [Span(copy, e.start, e.end, label=e.label_) for e in doc.ents if e.end <= keep]
            copy.set_ents(spans, default="outside")
            yield copy


def build(data: Path) -> tuple[Path, Path, dict[str, str]]:
    """Writes var/spacy/train.spacy and dev.spacy; returns them and the coarse tag of each fine tag."""
    import spacy
    from spacy.tokens import DocBin

    nlp, rng = spacy.blank("en"), random.Random(7)
    trees = list(treebank(data / "ud-ewt/train.conllu"))
    spans = list(span_docs(nlp, hwu64_spans("train")))
    sgd = list(span_docs(nlp, sgd_spans(data / "sgd/train.json.gz")))
    names = list(span_docs(nlp, introductions(2500, seed=7)))
    rng.shuffle(sgd)
    coarse: dict[str, Counter[str]] = defaultdict(Counter)
    for doc in trees:
        for token in doc:
            coarse[token.tag_][token.pos_] += 1
    docs = [*as_typed(trees + spans + sgd[:8000] + names, rng)]
    rng.shuffle(docs)
    dev = [*treebank(data / "ud-ewt/dev.conllu"), *list(span_docs(nlp, sgd_spans(data / "sgd/dev.json.gz")))[:1500]]
    WORK.mkdir(parents=True, exist_ok=True)
    for name, part in (("train", docs), ("dev", dev)):
        DocBin(docs=part, store_user_data=False).to_disk(WORK / f"{name}.spacy")
        print(f"{name}: {len(part)} docs", file=sys.stderr)
    return (
        WORK / "train.spacy",
        WORK / "dev.spacy",
        {tag: poses.most_common(1)[0][0] for tag, poses in coarse.items() if tag},
    )


def train(data: Path, max_steps: int) -> None:
    from spacy import util
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train as loop
    from thinc.api import Config

    train_path, dev_path, coarse = build(data)

    config = Config().from_str(CONFIG, interpolate=False)
    config["paths"] = {"train": str(train_path), "dev": str(dev_path)}
    config["training"]["max_steps"] = max_steps
    filled = util.load_model_from_config(config, auto_fill=True, validate=False).config
    nlp = init_nlp(filled.merge({key: config[key] for key in ("paths", "system", "corpora", "training")}))
    nlp.get_pipe("attribute_ruler").add_patterns(
        [{"patterns": [[{"TAG": tag}]], "attrs": {"POS": pos}} for tag, pos in sorted(coarse.items())]
    )
    (WORK / "out").mkdir(parents=True, exist_ok=True)
    loop(nlp, WORK / "out", stdout=sys.stderr, stderr=sys.stderr)
    publish()


def publish() -> None:
    """Ships the best checkpoint of the development part, with its card beside it."""
    import spacy

    best = spacy.load(WORK / "out/model-best")
    shutil.rmtree(TARGET, ignore_errors=True)
    best.to_disk(TARGET)
    digest = hashlib.sha256()
    for path in sorted(path for path in TARGET.rglob("*") if path.is_file()):
        digest.update(path.relative_to(TARGET).as_posix().encode() + path.read_bytes())
    scores = {name: round(best.meta["performance"][name], 4) for name in ("tag_acc", "dep_uas", "dep_las", "ents_f")}
    card = {
        "model": "spaCy 3.4 pipeline: tagger, dependency parser, spans of PERSON, DATE and TIME over one tok2vec",
        "made_by": "python -m nlu.train_spacy",
        "data": {
            "UD English EWT": "CC BY-SA 4.0",
            "SGD (training part)": "CC BY-SA 4.0",
            "hwu64 (four fifths of each intent)": "CC BY 4.0",
            "introductions made from lists of names": "our own",
        },
        "licence": "CC BY-SA 4.0",
        "measured_on_development_parts": scores,
        "sha256_of_paths_and_contents": digest.hexdigest(),
    }
    TARGET.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(prog="nlu.train_spacy", description=__doc__.splitlines()[0])
    parser.add_argument("--max-steps", type=int, default=12000)
    parser.add_argument("--publish", action="store_true", help="only ship the best checkpoint under var/spacy")
    arguments = parser.parse_args()
    if arguments.publish:
        publish()
        return
    train(unpacked(Path(os.environ.get("DATA", "../shared/data")), "text.tar.gz"), arguments.max_steps)


if __name__ == "__main__":
    main()
