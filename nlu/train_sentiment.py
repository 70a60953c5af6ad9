"""``python -m nlu train-sentiment``: word vectors, the convolutional classifier, the tuned encoder and its head.

The parts can be made one by one (``--only``). What is between the data and the shipped files is kept under
``var/sentiment``; TensorBoard reads the training's curves from ``var/sentiment/logs``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.data_sets import MissingDataError
from nlu.sentiment import CNN, ENCODER, HEAD, PRIOR, WORDS, Head, tuned_encoder
from nlu.sentiment_data import Example, corpus, reviews, training_side, yelp
from nlu.sentiment_head import fit_head
from nlu.sentiment_phrases import remarks
from nlu.word_vectors import load_vectors, train_vectors

WORK = Path("var/sentiment")
VECTORS, TUNED, CNN_STATE = WORK / "words.npz", WORK / "encoder.pt", WORK / "cnn.pt"
PARTS = ("vectors", "encoder", "cnn", "head")
# Half of our own remarks for learning, others for the word vectors.
OWN_REMARKS, OWN_TEXTS = 3000, 8000


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
    """Fine-tune on everything but yelp, and write the ONNX file."""
    from nlu.tune_encoder import tune

    learnt, inner = training_side(every=3)
    own = [example for example in learnt if example in set(reviews())]
    tune([*learnt, *own, *remarks(OWN_REMARKS)], inner, TUNED)
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
    store_int8(full, ENCODER)
    Head(model.out.weight.detach().numpy()[0], float(model.out.bias)).save(PRIOR)


def cnn() -> None:
    """Learns the labels, softened by what the tuned encoder thinks of each phrase (Hinton et al. 2015)."""
    from nlu.train_cnn import Vocabulary, export_cnn, train_cnn

    words, table = load_vectors(VECTORS)
    learnt, inner = training_side()
    texts = [*learnt, *remarks(2 * OWN_REMARKS)]
    model = train_cnn(Vocabulary(words), table, texts, inner, CNN_STATE, wanted=softened(texts), epochs=4)
    export_cnn(model, CNN)


def softened(examples: Sequence[Example]) -> NDArray[np.float32]:
    """(N,) chances: half the label, half the teacher."""
    kept = WORK / "teacher.npz"
    names = hashlib.sha1("\n".join(example.text for example in examples).encode()).hexdigest()
    if kept.exists():
        with np.load(kept) as found:
            if str(found["names"]) == names:
                return np.asarray(found["wanted"])
    prior = Head.load(PRIOR)
    logits = prior.logits(tuned_encoder().encode([example.text for example in examples]))
    taught = 1 / (1 + np.exp(-logits / 2))
    wanted = (0.5 * taught + 0.5 * np.array([example.positive for example in examples])).astype(np.float32)
    np.savez(kept, names=names, wanted=wanted)
    return wanted


def head() -> None:
    """The head of the shipped model learns from all of yelp; the bench shows what that is worth on folds."""
    examples = yelp()
    prior = Head.load(PRIOR)
    found = fit_head(prior, tuned_encoder().encode([e.text for e in examples]), [e.positive for e in examples])
    found.save(HEAD)


def card(model: Path, **facts: Any) -> None:
    found = {**facts, "sha256": hashlib.sha256(model.read_bytes()).hexdigest()}
    model.with_suffix(".json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
