"""``python -m nlu train-parser``: trains the order tagger on invented orders and exports it.

A word embedding beside the numbers of each element, two bidirectional GRUs, a head for roles and one for amounts
(Cho et al. 2014, "Learning phrase representations using RNN encoder-decoder"). Several seeds are trained; which model is
shipped, and its confidence, come from the selection set alone: no figure that is reported is looked at.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from nlu.bench_parser import CORRECTNESS
from nlu.builder import Builder
from nlu.confidence import EDIT_EVIDENCE, EVIDENCE, WEIGHTS, Confidence
from nlu.elements import Element, elements_of
from nlu.features import SIZE, VOCABULARY, Floats, Ids, featurise
from nlu.lexicon import Lexicon
from nlu.marks import ALL, AMOUNTS, BACK, BEGIN, IN, OUT, ROLES, UNKNOWN
from nlu.order_lines import canonical
from nlu.own_orders import edited, together, written_edits, written_orders
from nlu.parser import OrderParser
from nlu.synthetic_menus import MenuMaker
from nlu.synthetic_orders import OrderMaker
from nlu.synthetic_text import Piece, Sample
from nlu.tagger import MODEL, Tagger

WORK = Path("var/orders")
NO_MARK = -1
ORDERS_A_MENU = 40
SELECTION_SEED = 1_000_000
SELECTION_MENUS, SELECTION_ORDERS = 160, 20


@dataclass(frozen=True)
class Settings:
    seeds: tuple[int, ...] = (1,)
    menus: int = 1500
    epochs: int = 5
    candidates: int = 2  # of each seed, the models after the last epochs
    hidden: int = 64
    words: int = 32
    batch: int = 256
    rate: float = 4e-3
    workers: int = 2
    threads: int = 1


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


def samples(
    seed: int, count: int = ORDERS_A_MENU, *, withheld: bool = False
) -> tuple[OrderMaker, Lexicon, Builder, list[Sample]]:
    """An invented menu and orders on it, the same for the same seed."""
    random = Random(seed)
    menu = MenuMaker(random).menu()
    maker = OrderMaker(menu, random, withheld=withheld)
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


def invented(settings: Settings) -> list[Example]:
    started = time.time()
    data: list[Example] = []
    with ProcessPoolExecutor(settings.workers) as pool:
        for made in pool.map(examples, range(settings.menus), chunksize=20):
            data += made
    _log(f"{len(data)} orders on {settings.menus} invented menus, {time.time() - started:.0f} s")
    return data


def train(data: list[Example], seed: int, settings: Settings) -> Iterator[tuple[int, OrderTagger]]:
    """The tagger after each epoch."""
    torch.manual_seed(seed)
    torch.set_num_threads(settings.threads)
    started = time.time()
    model = OrderTagger(settings)
    random = Random(seed)
    steps = settings.epochs * (len(data) // settings.batch + 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=settings.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.rate, total_steps=steps + 1)
    loss_of = nn.CrossEntropyLoss(ignore_index=NO_MARK)
    other = VOCABULARY.index("<other>")
    for epoch in range(1, settings.epochs + 1):
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
        _log(f"seed {seed}, epoch {epoch}: loss {total / count:.4f}, {time.time() - started:.0f} s")
        yield epoch, model.eval()


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


@dataclass(frozen=True)
class Read:
    """How an order of the selection set was read."""

    evidence: tuple[float, ...]
    right: bool
    by_hand: bool
    empty: bool


def selection(tagger_path: Path, workers: int) -> list[Read]:
    """The selection set, read: orders by hand on our own menus, and invented ones of withheld menus and phrases."""
    jobs: list[int | None] = [None, *range(SELECTION_MENUS)]
    with ProcessPoolExecutor(workers) as pool:
        parts = pool.map(_read, jobs, [tagger_path] * len(jobs), chunksize=8)
        return [read for part in parts for read in part]


def _read(seed: int | None, tagger_path: Path) -> list[Read]:
    tagger, unsure = _tagger(tagger_path), Confidence([0.0] * len(EVIDENCE), 0.0)
    made = []
    if seed is None:
        sets = [(menu, [(w.text, w.lines) for w in orders]) for menu, orders in written_orders("selection")]
    else:
        maker, _, _, orders = samples(SELECTION_SEED + seed, SELECTION_ORDERS, withheld=True)
        sets = [(maker.menu, [(sample.text, sample.lines) for sample in orders])]
    for menu, orders_on_it in sets:
        parser = OrderParser(menu, tagger=tagger, confidence=unsure)
        for text, lines in orders_on_it:
            trace = parser.trace(text)
            read = [draft.line() for draft in trace.built.drafts]
            right = canonical(read) == canonical(lines)
            made.append(Read(trace.evidence, right, seed is None, not read))
    return made


def scores(reads: Sequence[Read]) -> tuple[float, float]:
    """The shares of orders by hand and of invented orders that are read exactly right."""
    by_hand = [read.right for read in reads if read.by_hand]
    others = [read.right for read in reads if not read.by_hand]
    return sum(by_hand) / len(by_hand), sum(others) / len(others)


@lru_cache(maxsize=1)
def _tagger(path: Path) -> Tagger:
    return Tagger(path)


def fit_confidence(reads: Sequence[Read], names: Sequence[str]) -> dict[str, Any]:
    """Weights by evidence and the bias, by maximum likelihood. Evidence can only lower the chance.

    Orders by hand weigh as much in all as invented ones, where there are both.
    """
    data = [read for read in reads if not read.empty]
    x = torch.tensor([read.evidence for read in data], dtype=torch.float64)
    y = torch.tensor([read.right for read in data], dtype=torch.float64)
    hand = torch.tensor([read.by_hand for read in data])
    weight = torch.where(hand, 1 / hand.sum(), 1 / (~hand).sum().clamp(min=1))
    weight = weight / weight.sum()
    raw = torch.zeros(len(names), dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([raw, bias], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        weights = -nn.functional.softplus(raw - 2)
        losses = nn.functional.binary_cross_entropy_with_logits(x @ weights + bias, y, reduction="none")
        value = (weight * losses).sum() + 1e-3 * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimiser.step(loss)  # type: ignore[no-untyped-call]
    weights = (-nn.functional.softplus(raw - 2)).tolist()
    return {"bias": round(bias.item(), 4), "weights": {n: round(w, 4) for n, w in zip(names, weights)}}


def threshold(reads: Sequence[Read], confidence: Confidence) -> float:
    """The least confidence from which on ``CORRECTNESS`` of the selection set is right; 1 when there is none."""
    ranked = sorted(((confidence.chance(read.evidence), read.right) for read in reads if not read.empty), reverse=True)
    right, least = 0, 1.0
    for count, (chance, good) in enumerate(ranked, 1):
        right += good
        tied = count < len(ranked) and ranked[count][0] == chance
        if right >= CORRECTNESS * count and not tied:
            least = chance
    return least


def edits_read(tagger_path: Path, confidence: Confidence) -> list[Read]:
    """The edits by hand, with the evidence that their readings leave."""
    kept: list[tuple[float, ...]] = []

    class Keeping(Confidence):
        def chance(self, values: Sequence[float]) -> float:
            kept.append(tuple(values))
            return 0.5

    made = []
    for menu, edits in written_edits():
        parser = OrderParser(menu, tagger=_tagger(tagger_path), confidence=confidence, edit_confidence=Keeping([], 0.0))
        for edit in edits:
            kept.clear()
            reading = parser.edits(edit.text, edit.order)
            right = canonical(edited(edit.order, reading.edits, menu)) == canonical(together(edit.after))
            if kept:
                made.append(Read(kept[-1], right, True, False))
    return made


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, nargs="+", default=list(Settings.seeds), help="one training for each")
    parser.add_argument("--menus", type=int, default=Settings.menus, help="invented menus to train on")
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--threads", type=int, default=Settings.threads, help="for the training itself")
    parser.add_argument("--workers", type=int, default=Settings.workers, help="processes that invent and read orders")
    parser.add_argument("--select-only", action="store_true", help=f"choose again among the models kept in {WORK}")
    parser.add_argument("--confidence-only", action="store_true", help="keep the tagger, fit the confidence again")
    parser.add_argument("--out", type=Path, default=MODEL)


def run(arguments: argparse.Namespace) -> int:
    """Trains once for each seed; ships the model that reads most of the selection set right, and its confidence."""
    settings = Settings(
        tuple(arguments.seeds), arguments.menus, arguments.epochs, threads=arguments.threads, workers=arguments.workers
    )
    path: Path = arguments.out
    if not arguments.confidence_only:
        if not arguments.select_only:
            train_candidates(settings)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".json").write_text(json.dumps(choose(settings, path), indent=1) + "\n")
    reads = selection(path, settings.workers)
    by_hand, others = scores(reads)
    orders = fit_confidence(reads, EVIDENCE)
    fitted = Confidence([orders["weights"][name] for name in EVIDENCE], orders["bias"])
    edits = edits_read(path, fitted)
    confidence = {
        "made_by": "python -m nlu train-parser",
        "data": f"the selection set: {sum(r.by_hand for r in reads)} orders by hand, {len(reads)} in all; "
        f"{len(edits)} edits by hand",
        "source": "logistic regression with non-positive weights",
        "tagger_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "exactly_right": {
            "orders by hand": round(by_hand, 4),
            "invented orders": round(others, 4),
            "edits by hand": round(sum(read.right for read in edits) / len(edits), 4),
        },
        "sure_from": round(threshold(reads, fitted), 4),
        **orders,
        "edits": fit_confidence(edits, EDIT_EVIDENCE),
    }
    out = WEIGHTS if path == MODEL else path.with_suffix(".confidence.json")
    out.write_text(json.dumps(confidence, indent=1) + "\n")
    return 0


def train_candidates(settings: Settings) -> None:
    """Leaves ``SEED-EPOCH.onnx`` in ``WORK``: the models after the last epochs of each seed."""
    data = invented(settings)
    WORK.mkdir(parents=True, exist_ok=True)
    for seed in settings.seeds:
        for epoch, model in train(data, seed, settings):
            if epoch > settings.epochs - settings.candidates:
                export(model, WORK / f"{seed}-{epoch}.onnx")


def choose(settings: Settings, path: Path) -> dict[str, Any]:
    """Puts the candidate that reads most of the selection set right at ``path``, and returns its card."""
    tried: list[dict[str, Any]] = []
    for seed in settings.seeds:
        for epoch in range(settings.epochs - settings.candidates + 1, settings.epochs + 1):
            by_hand, others = scores(selection(WORK / f"{seed}-{epoch}.onnx", settings.workers))
            tried.append({"seed": seed, "epoch": epoch, "by hand": round(by_hand, 4), "invented": round(others, 4)})
            _log(json.dumps(tried[-1]))
    chosen = max(tried, key=lambda one: one["by hand"] + one["invented"])
    shutil.copy(WORK / f"{chosen['seed']}-{chosen['epoch']}.onnx", path)
    return {
        "made_by": "python -m nlu train-parser",
        "data": f"{settings.menus * ORDERS_A_MENU} invented orders on {settings.menus} invented menus; no data set",
        "source": "bidirectional GRU tagger, after Huang et al. 2015 (BiLSTM tagging) and Cho et al. 2014 (GRU)",
        "licence": "the project's own",
        "parameters": sum(p.numel() for p in OrderTagger(settings).parameters()),
        "selection": "the highest sum of the shares of the selection set read right, by hand and invented",
        "chosen": chosen,
        "tried": tried,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
