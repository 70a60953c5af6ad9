"""``python -m nlu train-sentiment``: word vectors, the convolutional classifier, the tuned encoder and its head.

The parts can be made one by one (``--only``). What is between the data and the shipped files is kept under
``var/sentiment``; TensorBoard reads the training's curves from ``var/sentiment/logs``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlu.data_sets import MissingDataError
from nlu.encoder import MODEL as BASE_ENCODER
from nlu.sentiment import CNN, CNN_SHARE, ENCODER, HEAD, PRIOR, WORDS, Cnn, Head, tuned_encoder
from nlu.sentiment_data import corpus, negating_phrases, reviews, training_side, whole_sentences, yelp
from nlu.sentiment_head import fit_head, sharpness_of
from nlu.sentiment_phrases import remarks
from nlu.word_vectors import load_vectors, train_vectors

WORK = Path("var/sentiment")
VECTORS, TUNED, CNN_STATE = WORK / "words.npz", WORK / "encoder.pt", WORK / "cnn.pt"
_PAPER = "Kotzias et al. 2015, cite the paper"
_SST2 = "SST-2's training phrases (Socher et al. 2013)"
_REVIEWS = f"amazon and imdb sentences ({_PAPER})"
PARTS = ("vectors", "encoder", "cnn", "head")
# Half of our own remarks for learning, others for the word vectors.
OWN_REMARKS, OWN_TEXTS = 3000, 8000
_NEGATING_PHRASES = 2600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=PARTS, help="one part; the parts before it must have been made")


def run(arguments: argparse.Namespace) -> int:
    import torch

    torch.set_num_threads(1)
    WORK.mkdir(parents=True, exist_ok=True)
    try:
        for part in (arguments.only,) if arguments.only else PARTS:
            print(f"{part} ...", file=sys.stderr, flush=True)
            {"vectors": vectors, "encoder": encoder, "cnn": cnn, "head": head}[part]()
    except MissingDataError as error:
        print(error, file=sys.stderr)
        return 3
    return 0


def vectors() -> None:
    train_vectors([*corpus(), *(example.text for example in remarks(OWN_TEXTS, seed=1))], VECTORS)
    words, _ = load_vectors(VECTORS)
    WORDS.write_text("\n".join(words) + "\n", encoding="utf-8")


def encoder() -> None:
    """Fine-tune on everything but yelp, and write the ONNX file.

    First on all kinds of phrases, then at lower rates on whole sentences and phrases that negate. The weights of the
    last two are averaged (Wortsman et al. 2022).
    """
    from nlu.tune_encoder import average, tune

    learnt, inner = training_side(every=3)
    own = set(reviews())
    judged = [example for example in learnt if example in own]
    first, second, third = (WORK / f"encoder_{name}.pt" for name in ("first", "second", "third"))
    tune([*learnt, *judged, *remarks(OWN_REMARKS)], inner, first)
    harder = [*whole_sentences(), *negating_phrases(_NEGATING_PHRASES), *judged, *remarks(OWN_REMARKS // 3, seed=21)]
    tune(harder, inner, second, start=first, rate=4e-5, seed=9)
    tune([*whole_sentences()[::3], *judged[::4]], inner, third, start=second, rate=2e-5, seed=11)
    average([second, third], TUNED)
    export_encoder()


def export_encoder() -> None:
    """The tuned encoder as ``nlu.export_encoder`` stores the plain one: int8, mean pooling inside, not normalised."""
    import torch

    from nlu.export_encoder import store_int8
    from nlu.tune_encoder import TunedEncoder

    model = TunedEncoder(attention="eager")
    model.load_state_dict(torch.load(TUNED))

    class Vectors(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.tuned = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.tuned(input_ids, attention_mask)[0]
            return found

    full = WORK / "encoder.fp32.onnx"
    ids, mask = torch.full((2, 8), 2000), torch.ones(2, 8, dtype=torch.long)
    mask[1, 5:] = 0
    axes: dict[str, Any] = {name: {0: "batch", 1: "time"} for name in ("input_ids", "attention_mask")}
    torch.onnx.export(
        Vectors().eval(), (ids, mask), str(full), input_names=["input_ids", "attention_mask"],
        output_names=["embedding"], dynamic_axes=axes | {"embedding": {0: "batch"}}, opset_version=17, dynamo=False,
    )  # fmt: skip
    stored = WORK / "encoder.int8.onnx"
    store_int8(full, stored)
    share_weights(stored, BASE_ENCODER, ENCODER)
    Head(model.out.weight.detach().numpy()[0], float(model.out.bias.detach())).save(PRIOR)
    card(
        ENCODER,
        model="all-MiniLM-L6-v2 with its upper layers fine-tuned to feelings, mean pooling inside the graph",
        data=f"{_SST2}; {_REVIEWS}; {2 * OWN_REMARKS} own remarks put together at random",
        origin="sentence-transformers/all-MiniLM-L6-v2, Apache-2.0; weights that did not change are read from its file",
        stored="int8, as the plain encoder",
        base_sha256=hashlib.sha256(BASE_ENCODER.read_bytes()).hexdigest(),
    )


def share_weights(source: Path, base: Path, target: Path) -> None:
    """Weights that fine-tuning left alone are not stored again: they are named by their place in ``base``'s file.

    So half of the encoder is on disk and in memory once. ONNX calls it external data; ``base`` must stay as it is.
    """
    import onnx
    from onnx import TensorProto

    model, kept = onnx.load(str(source)), base.read_bytes()
    for tensor in model.graph.initializer:
        raw = tensor.raw_data
        at = kept.find(raw) if len(raw) > 10_000 else -1
        if at >= 0:
            tensor.ClearField("raw_data")
            tensor.data_location = TensorProto.EXTERNAL
            for key, value in (("location", base.name), ("offset", str(at)), ("length", str(len(raw)))):
                entry = tensor.external_data.add()
                entry.key, entry.value = key, value
    target.write_bytes(model.SerializeToString())


def cnn() -> None:
    from nlu.train_cnn import Vocabulary, export_cnn, train_cnn

    words, table = load_vectors(VECTORS)
    learnt, inner = training_side()
    own = set(reviews())
    judged = [example for example in learnt if example in own]
    model = train_cnn(Vocabulary(words), table, [*learnt, *3 * judged, *remarks(2 * OWN_REMARKS)], inner, CNN_STATE)
    export_cnn(model, CNN)
    card(
        CNN,
        model="Kim 2014: two channels of word2vec vectors, filters of 2 to 5 words, maximum over the sentence",
        data=f"{_SST2}; {_REVIEWS}; {2 * OWN_REMARKS} own remarks; word vectors also from e2e (CC BY-SA 4.0), "
        "restaurant8k (CC BY 4.0), SGD (CC BY-SA 4.0), WOZ 2.0 (Apache-2.0)",
    )


def head() -> None:
    """The head of the shipped model learns from all of yelp; the bench shows what that is worth on folds."""
    start, served, beside = Head.load(PRIOR), tuned_encoder(), Cnn()
    _, inner = training_side()
    texts = [example.text for example in inner]
    logits = start.logits(served.encode(texts)) + CNN_SHARE * beside.logits(texts)
    start = replace(start, sharpness=sharpness_of(logits, [example.positive for example in inner]))
    start.save(PRIOR)
    examples = yelp()
    texts, positive = [example.text for example in examples], [example.positive for example in examples]
    fit_head(start, served.encode(texts), positive, CNN_SHARE * beside.logits(texts)).save(HEAD)
    card(HEAD, model="linear head on the tuned encoder's vector", data=f"all 500 sentences of yelp ({_PAPER})")


def card(path: Path, **facts: Any) -> None:
    """The card beside a model. The bench adds what was measured (``--cards``)."""
    found = {"made_by": "python -m nlu train-sentiment", "measured": {}, **facts}
    found["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
