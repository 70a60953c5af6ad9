"""``python -m nlu train-parser``: trains the order tagger on invented orders and exports it.

A word embedding beside the numbers of each element, two bidirectional GRUs, a head for roles and one for amounts
(Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder"). Menus of the test are never trained on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from nlu.builder import Builder
from nlu.confidence import EVIDENCE, WEIGHTS, Confidence
from nlu.elements import Element, elements_of
from nlu.features import SIZE, VOCABULARY, Floats, Ids, featurise
from nlu.lexicon import Lexicon
from nlu.marks import ALL, AMOUNTS, BACK, BEGIN, IN, OUT, ROLES, UNKNOWN
from nlu.order_lines import canonical
from nlu.parser import OrderParser
from nlu.synthetic_menus import MenuMaker
from nlu.synthetic_orders import OrderMaker
from nlu.synthetic_text import Piece, Sample
from nlu.tagger import MODEL, Tagger

NO_MARK = -1
ORDERS_A_MENU = 40
TEST_SEED = 1_000_000
TEST_MENUS = 240
LEAST_DOUBT_OF_UNKNOWN = -1.0
"""Weight of a word that nobody knows, at most: in invented orders such words are mostly harmless by construction; a
guest's word is not to be passed over like that."""


@dataclass(frozen=True)
class Settings:
    menus: int = 2000
    epochs: int = 6
    hidden: int = 64
    words: int = 32
    batch: int = 128
    rate: float = 3e-3
    workers: int = 2
    threads: int = 2


class OrderTagger(nn.Module):
    """(words (B, T), numbers (B, T, SIZE)) -> logits of roles (B, T, R) and amounts (B, T, A)."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.embed = nn.Embedding(len(VOCABULARY), settings.words, padding_idx=0)
        self.numbers = nn.Linear(SIZE, 64)
        self.gru = nn.GRU(
            settings.words + 64, settings.hidden, num_layers=2, bidirectional=True, batch_first=True, dropout=0.1
        )
        self.roles = nn.Linear(2 * settings.hidden, len(ROLES))
        self.amounts = nn.Linear(2 * settings.hidden, len(AMOUNTS))
        self.dropout = nn.Dropout(0.15)

    def forward(self, words: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        x = torch.cat([self.embed(words), torch.relu(self.numbers(numbers))], dim=-1)  # (B, T, W + 64)
        x, _ = self.gru(self.dropout(x))  # (B, T, 2 H)
        x = self.dropout(x)
        return self.roles(x), self.amounts(x)


class _Served(nn.Module):
    """The tagger with chances instead of logits."""

    def __init__(self, tagger: OrderTagger) -> None:
        super().__init__()
        self.tagger = tagger

    def forward(self, words: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        roles, amounts = self.tagger(words, numbers)
        return roles.softmax(-1), amounts.softmax(-1)


@dataclass
class Example:
    words: Ids  # (T,)
    numbers: Floats  # (T, SIZE)
    roles: Ids  # (T,), NO_MARK where nothing is learnt
    amounts: Ids  # (T,)


def samples(seed: int, count: int = ORDERS_A_MENU) -> tuple[OrderMaker, Lexicon, Builder, list[Sample]]:
    """An invented menu and orders on it, the same for the same seed."""
    random = Random(seed)
    menu = MenuMaker(random).menu()
    maker = OrderMaker(menu, random)
    return maker, Lexicon(menu), Builder(menu), [maker.sample() for _ in range(count)]


def examples(seed: int) -> list[Example]:
    _, lexicon, builder, orders = samples(seed)
    made = []
    for sample in orders:
        elements = elements_of(sample.text, lexicon)
        if 0 < len(elements) <= 120:
            words, numbers = featurise(elements, builder)
            roles, amounts = labels(elements, sample)
            made.append(Example(words, numbers, roles, amounts))
    return made


def labels(elements: Sequence[Element], sample: Sample) -> tuple[Ids, Ids]:
    """The marks that a perfect tagger would give: each element takes those of the words that it covers most of."""
    roles = np.full(len(elements), NO_MARK, np.int64)
    amounts = np.full(len(elements), NO_MARK, np.int64)
    begun: set[int] = set()
    for position, element in enumerate(elements):
        if element.match is None and element.number is None and not element.unknown:
            continue
        piece = _piece(element, sample)
        role = OUT if piece is None else piece.role
        if piece is not None and role in (IN, ALL, BACK):
            if element.match is None and element.number is None:
                role = OUT  # a name too misspelt to be found
            elif piece.part not in begun:
                begun.add(piece.part)
                role = BEGIN if role == IN else role
            elif role == ALL:
                role = IN
        elif role == UNKNOWN and element.number is not None:
            role = OUT
        roles[position] = ROLES.index(role)
        if element.is_value and piece is not None and role in (BEGIN, IN, ALL):
            amounts[position] = AMOUNTS.index(piece.amount)
    return roles, amounts


def _piece(element: Element, sample: Sample) -> Piece | None:
    best, most = None, 0
    for start, end, piece in sample.spans:
        overlap = min(end, element.end) - max(start, element.start)
        if overlap > most:
            best, most = piece, overlap
    return best


def _batches(data: list[Example], settings: Settings, random: Random) -> Iterator[tuple[Tensor, ...]]:
    order = sorted(range(len(data)), key=lambda i: len(data[i].words) + random.random() * 4)
    groups = [order[i : i + settings.batch] for i in range(0, len(order), settings.batch)]
    random.shuffle(groups)
    for group in groups:
        longest = max(len(data[i].words) for i in group)
        words = np.zeros((len(group), longest), np.int64)
        numbers = np.zeros((len(group), longest, SIZE), np.float32)
        roles = np.full((len(group), longest), NO_MARK, np.int64)
        amounts = np.full((len(group), longest), NO_MARK, np.int64)
        for row, i in enumerate(group):
            length = len(data[i].words)
            words[row, :length], numbers[row, :length] = data[i].words, data[i].numbers
            roles[row, :length], amounts[row, :length] = data[i].roles, data[i].amounts
        yield tuple(torch.from_numpy(array) for array in (words, numbers, roles, amounts))


def train(settings: Settings) -> OrderTagger:
    torch.manual_seed(1)
    torch.set_num_threads(settings.threads)
    started = time.time()
    data: list[Example] = []
    with ProcessPoolExecutor(settings.workers) as pool:
        for made in pool.map(examples, range(settings.menus), chunksize=20):
            data += made
    _log(f"{len(data)} orders on {settings.menus} invented menus, {time.time() - started:.0f} s")
    model = OrderTagger(settings)
    _log(f"{sum(p.numel() for p in model.parameters())} parameters")
    random = Random(2)
    steps = settings.epochs * (len(data) // settings.batch + 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=settings.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.rate, total_steps=steps + 1)
    loss_of = nn.CrossEntropyLoss(ignore_index=NO_MARK)
    other = VOCABULARY.index("<other>")
    for epoch in range(settings.epochs):
        model.train()
        total = count = 0.0
        for words, numbers, roles, amounts in _batches(data, settings, random):
            lost = (torch.rand(words.shape) < 0.04) & (words >= 7) & (roles == NO_MARK)
            role_logits, amount_logits = model(words.masked_fill(lost, other), numbers)
            loss = loss_of(role_logits.flatten(0, 1), roles.flatten())
            if (amounts != NO_MARK).any():
                loss = loss + loss_of(amount_logits.flatten(0, 1), amounts.flatten())
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total, count = total + loss.item(), count + 1
        _log(f"epoch {epoch + 1}: loss {total / count:.4f}, {time.time() - started:.0f} s")
    return model.eval()


def export(model: OrderTagger, path: Path) -> None:
    words = torch.zeros((1, 5), dtype=torch.int64)
    numbers = torch.zeros((1, 5, SIZE))
    axes = {name: {0: "batch", 1: "length"} for name in ("words", "numbers", "roles", "amounts")}
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        _Served(model), (words, numbers), str(path), input_names=["words", "numbers"], output_names=["roles", "amounts"],
        dynamic_axes=axes, dynamo=False, opset_version=17,
    )  # fmt: skip
    graph = onnx.load(str(path))
    onnx.helper.set_model_props(graph, {"vocabulary": "\n".join(VOCABULARY)})
    onnx.save(graph, str(path))


def held_out(seed: int, tagger_path: Path) -> list[tuple[tuple[float, ...], bool]]:
    """Evidence and whether the parse was right, for orders on a menu that the tagger never saw."""
    maker, _, _, orders = samples(TEST_SEED + seed)
    parser = OrderParser(maker.menu, tagger=_tagger(tagger_path), confidence=Confidence([0.0] * len(EVIDENCE), 0.0))
    made = []
    for sample in orders:
        trace = parser.trace(sample.text)
        if trace.built.drafts:
            read = [draft.line() for draft in trace.built.drafts]
            made.append((trace.evidence, canonical(read) == canonical(sample.lines)))
    return made


@lru_cache(maxsize=1)
def _tagger(path: Path) -> Tagger:
    return Tagger(path)


def fit_confidence(tagger_path: Path, workers: int) -> tuple[dict[str, float], float, float, int]:
    """Weights by evidence and the bias, by maximum likelihood; the share that is right, and of how many orders.

    Evidence can only lower the chance.
    """
    data: list[tuple[tuple[float, ...], bool]] = []
    with ProcessPoolExecutor(workers) as pool:
        for made in pool.map(held_out, range(TEST_MENUS), [tagger_path] * TEST_MENUS, chunksize=10):
            data += made
    x = torch.tensor([values for values, _ in data], dtype=torch.float64)
    y = torch.tensor([right for _, right in data], dtype=torch.float64)
    raw = torch.zeros(len(EVIDENCE), dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([raw, bias], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        weights = -nn.functional.softplus(raw - 2)
        value = nn.functional.binary_cross_entropy_with_logits(x @ weights + bias, y) + 1e-4 * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    weights = -nn.functional.softplus(raw - 2)
    by_name = dict(zip(EVIDENCE, (round(weight, 4) for weight in weights.tolist())))
    by_name["unknown words"] = min(by_name["unknown words"], LEAST_DOUBT_OF_UNKNOWN)
    return by_name, round(bias.item(), 4), y.mean().item(), len(data)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--menus", type=int, default=Settings.menus, help="invented menus to train on")
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--threads", type=int, default=Settings.threads, help="for the training itself")
    parser.add_argument("--workers", type=int, default=Settings.workers, help="processes that invent orders")
    parser.add_argument("--confidence-only", action="store_true", help="keep the tagger, fit the confidence again")
    parser.add_argument("--out", type=Path, default=MODEL)


def run(arguments: argparse.Namespace) -> int:
    settings = Settings(arguments.menus, arguments.epochs, threads=arguments.threads, workers=arguments.workers)
    path: Path = arguments.out
    if not arguments.confidence_only:
        model = train(settings)
        export(model, path)
        card = {
            "made_by": "python -m nlu train-parser",
            "data": f"{settings.menus * ORDERS_A_MENU} invented orders on {settings.menus} invented menus; no data set",
            "source": "bidirectional GRU tagger, after Huang et al. 2015 (BiLSTM tagging) and Cho et al. 2014 (GRU)",
            "licence": "the project's own",
            "parameters": sum(p.numel() for p in model.parameters()),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        path.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n")
    weights, bias, right, count = fit_confidence(path, settings.workers)
    confidence = {
        "made_by": "python -m nlu train-parser --confidence-only",
        "data": f"{count} invented orders on {TEST_MENUS} invented menus that the tagger was not trained on",
        "source": "logistic regression with non-positive weights",
        "tagger_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "exactly_right": round(right, 4),
        "bias": bias,
        "weights": weights,
    }
    out = WEIGHTS if path == MODEL else path.with_suffix(".confidence.json")
    out.write_text(json.dumps(confidence, indent=1) + "\n")
    _log(f"{right:.2%} of {count} invented orders on unseen menus are read exactly right")
    return 0


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
