"""``python -m nlu train-describe``: trains the responder on cleaned E2E pairs and our own sentences, and exports it.

The epoch kept is the best on the development part; the held-out part is never read here.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from nlu.data_sets import MissingDataError
from nlu.describe_data import DEVELOPMENT, TRAIN, Pair, cleaned, e2e, references
from nlu.fact_check import check
from nlu.fact_ids import BEGIN, CLOSED, END, OPEN_VALUE, SLOTS, VALUES, Vocabulary, fact_ids
from nlu.facts import Facts, parse_facts
from nlu.responder import LENGTH_POWER, MODELS, WIDTH, candidates
from nlu.responder_model import NETWORKS, Sizes
from nlu.surface import tokens_of
from nlu.synthetic_descriptions import drawn

MISSING = 3
IGNORED = -100
OPENED = 0.15
"""Share of known values that the network is shown as unknown, where the sentence copies them."""
CHECKPOINT = Path("var/responder")
NAMES = (
    "Blue Spice",
    "Giraffe",
    "Zizzi",
    "Loch Fyne",
    "The Dumpling Tree",
    "Green Man",
    "Olive & Ember",
    "Café Adriatic",
)
INVENTED = {
    "name": NAMES, "near": ("Rainbow Vegetarian Café", "The Six Bells", "All Bar One", "Yippee Noodle Bar"),
    "eatType": ("pub", "restaurant", "coffee shop", "bistro"),
    "food": ("Italian", "French", "Japanese", "Indian", "Fast food", "Chinese", "English"),
    **CLOSED,
}  # fmt: skip


@dataclass(frozen=True)
class Settings:
    network: str = "lstm"
    epochs: int = 30
    own: int = 2500  # sentences of our own grammar in each epoch
    batch: int = 64
    rate: float = 2e-3
    smoothing: float = 0.05
    average: float = 0.997  # decay of the running mean of the weights
    measured_every: int = 5
    threads: int = 1
    seed: int = 1


@dataclass(frozen=True)
class Example:
    slots: list[int]  # (N,)
    values: list[int]  # (N,)
    tokens: list[int]  # (T,), begin and end among them


def vocabulary_of(pairs: Sequence[Pair]) -> Vocabulary:
    random = Random(0)
    tokens = {token for pair in pairs for token in pair.tokens}
    tokens |= {token for _ in range(20_000) for token in tokens_of(drawn(random)[1])}
    return Vocabulary([BEGIN, END, *sorted(token for token in tokens if not token.startswith("<"))])


def examples(pairs: Sequence[Pair], vocabulary: Vocabulary, own: int, random: Random) -> list[Example]:
    """All pairs and ``own`` fresh sentences of our grammar."""
    made = []
    for pair in pairs:
        slots, values = fact_ids(pair.facts)
        for place, slot in enumerate(slots):
            if f"<{SLOTS[slot - 1]}>" in pair.tokens and random.random() < OPENED:
                values[place] = OPEN_VALUE
        made.append(Example(slots, values, vocabulary.ids([BEGIN, *pair.tokens, END])))
    for _ in range(own):
        names, sentence = drawn(random)
        facts = dict.fromkeys(names, "anything")
        made.append(Example(*fact_ids(facts), vocabulary.ids([BEGIN, *tokens_of(sentence), END])))
    return made


def batches(data: Sequence[Example], size: int, random: Random) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Slots (B, N), values (B, N), tokens before (B, T) and after (B, T) each step; sentences of like length together."""
    order = sorted(range(len(data)), key=lambda i: len(data[i].tokens) + 3 * random.random())
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    random.shuffle(groups)
    for group in groups:
        rows = [data[i] for i in group]
        slots, values = _padded([row.slots for row in rows], 0), _padded([row.values for row in rows], 0)
        before = _padded([row.tokens[:-1] for row in rows], 0)
        yield slots, values, before, _padded([row.tokens[1:] for row in rows], IGNORED)


def _padded(rows: Sequence[Sequence[int]], fill: int) -> Tensor:
    array = np.full((len(rows), max(map(len, rows))), fill, dtype=np.int64)
    for index, row in enumerate(rows):
        array[index, : len(row)] = row
    return torch.from_numpy(array)


@torch.no_grad()
def sentences(model: Any, vocabulary: Vocabulary, facts: Facts, power: float = LENGTH_POWER) -> list[str]:
    """What ``nlu.responder`` would say, from the network before its export."""
    slots, values = (torch.tensor([ids]) for ids in fact_ids(facts))
    memory, *state = model.encode(slots, values)

    def step(previous: Any, state: Sequence[Any]) -> tuple[Any, list[Any]]:
        many = len(previous)
        given = [torch.from_numpy(np.ascontiguousarray(array)) for array in (previous, *state)]
        chances, *after = model.step(memory.expand(many, -1, -1), slots.expand(many, -1), *given)
        return chances.numpy(), [each.numpy() for each in after]

    return candidates(step, [each.numpy() for each in state], facts, vocabulary, WIDTH, power)


def invented(count: int, seed: int = 7) -> list[dict[str, str]]:
    """Restaurants that no set has, to see how the network does with values it never saw."""
    random = Random(seed)
    made = []
    while len(made) < count:
        facts = {
            slot: random.choice(values) for slot, values in INVENTED.items() if slot == "name" or random.random() < 0.7
        }
        if len(facts) > 1:
            made.append({slot: facts[slot] for slot in INVENTED if slot in facts})
    return made


def measured(model: Any, vocabulary: Vocabulary, power: float = LENGTH_POWER) -> dict[str, float]:
    """On the development part: facts said wrongly (share of slots), fallbacks, BLEU; errors of invented restaurants."""
    import sacrebleu

    asked = references(DEVELOPMENT)
    said, errors, slots, fallbacks = [], 0, 0, 0
    for mr in asked:
        facts = parse_facts(mr)
        found = sentences(model, vocabulary, facts, power)
        said.append(found[0] if found else "")
        errors += check(facts, said[-1]).errors
        slots += len(facts)
        fallbacks += not any(check(facts, each).ok for each in found)
    most = max(map(len, asked.values()))
    columns = [[each[i] if i < len(each) else None for each in asked.values()] for i in range(most)]
    strange = [(facts, sentences(model, vocabulary, facts, power)) for facts in invented(60)]
    wrong = sum(check(facts, found[0] if found else "").errors for facts, found in strange)
    return {
        "errors": errors / slots,
        "fallbacks": fallbacks / len(asked),
        "bleu": sacrebleu.corpus_bleu(said, columns).score,
        "invented_errors": wrong / sum(len(facts) for facts, _ in strange),
        "invented_fallbacks": sum(not any(check(f, s).ok for s in found) for f, found in strange) / len(strange),
    }


def train(settings: Settings) -> tuple[Any, Vocabulary, dict[str, float]]:
    """The network of the best epoch, its words, and what it measured on the development part."""
    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    random = Random(settings.seed)
    pairs = cleaned(e2e(TRAIN))
    vocabulary = vocabulary_of(pairs)
    sizes = Sizes(len(vocabulary.words), len(SLOTS), VALUES)
    model = NETWORKS[settings.network](sizes)
    _log(f"{len(pairs)} pairs, {sizes.words} words, {sum(p.numel() for p in model.parameters())} parameters")
    decay = torch.optim.swa_utils.get_ema_multi_avg_fn(settings.average)
    averaged = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=decay)
    steps = settings.epochs * ((len(pairs) + settings.own) // settings.batch + 1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=settings.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.rate, total_steps=steps + 1)
    best = (-math.inf, 0.0)
    found: dict[str, float] = {}
    started = time.time()
    CHECKPOINT.mkdir(parents=True, exist_ok=True)
    kept = CHECKPOINT / f"{settings.network}.pt"
    for epoch in range(1, settings.epochs + 1):
        model.train()
        total = count = 0.0
        for slots, values, before, after in batches(
            examples(pairs, vocabulary, settings.own, random), settings.batch, random
        ):
            loss = _loss(model(slots, values, before), after, settings.smoothing)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            averaged.update_parameters(model)
            total, count = total + loss.item(), count + 1
        _log(f"epoch {epoch}: loss {total / count:.4f}, {time.time() - started:.0f} s")
        if epoch % settings.measured_every and epoch < settings.epochs:
            continue
        served = averaged.module.eval()
        now = measured(served, vocabulary)
        _log(f"epoch {epoch}: " + ", ".join(f"{name} {value:.4f}" for name, value in now.items()))
        worth = (-(now["errors"] + now["invented_errors"]), now["bleu"])
        if worth > best:
            best, found = worth, now | {"epoch": epoch}
            torch.save({"weights": served.state_dict(), "sizes": asdict(sizes), "words": vocabulary.words}, kept)
        served.train()
    state = torch.load(kept)
    model.load_state_dict(state["weights"])
    return model.eval(), vocabulary, found


def _loss(chances: Tensor, after: Tensor, smoothing: float) -> Tensor:
    """Cross entropy with a little of it spread over the possible tokens."""
    wanted = after != IGNORED
    right = -chances.gather(-1, after.clamp(min=0)[..., None])[..., 0]
    possible = chances > -1e6
    spread = -(chances * possible).sum(-1) / possible.sum(-1)
    return (((1 - smoothing) * right + smoothing * spread) * wanted).sum() / wanted.sum()


class _Part(nn.Module):
    """One method of the network as a graph of its own."""

    def __init__(self, model: nn.Module, method: str) -> None:
        super().__init__()
        self.model, self.method = model, method

    def forward(self, *given: Tensor) -> tuple[Tensor, ...]:
        return getattr(self.model, self.method)(*given)


def export(model: Any, vocabulary: Vocabulary, folder: Path) -> list[Path]:
    """The encoder's and the step's graph."""
    slots, values = (torch.tensor([ids]) for ids in fact_ids({"name": "a", "food": "b", "area": "riverside"}))
    memory, *state = model.encode(slots, values)
    names = [f"state_{number}" for number in range(len(state))]
    encoder, step = folder / "responder_encoder.onnx", folder / "responder_step.onnx"
    for path, method, given, inputs, outputs in (
        (encoder, "encode", (slots, values), ["slots", "values"], ["memory", *names]),
        (step, "step", (memory, slots, slots[:, 0] * 0, *state), ["memory", "slots", "previous", *names],
         ["chances", *(f"{name}_after" for name in names)]),
    ):  # fmt: skip
        axes = {name: {0: "batch"} for name in [*inputs, *outputs]}
        shapes = dict(zip(inputs, given))
        for name in axes:
            before = shapes.get(name.removesuffix("_after"))
            if name in ("slots", "values", "memory") or before is not None and before.shape[1:2] == slots.shape[1:]:
                axes[name][1] = "facts"
        torch.onnx.export(
            _Part(model, method), given, str(path), input_names=inputs, output_names=outputs, dynamic_axes=axes,
            dynamo=False, opset_version=17,
        )  # fmt: skip
    graph = onnx.load(str(step))
    onnx.helper.set_model_props(graph, {"words": "\n".join(vocabulary.words)})
    onnx.save(graph, str(step))
    return [encoder, step]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--network", choices=NETWORKS, default=Settings.network)
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--threads", type=int, default=Settings.threads)
    parser.add_argument("--seed", type=int, default=Settings.seed)
    parser.add_argument("--no-export", action="store_true", help="train and measure only")
    parser.add_argument("--out", type=Path, default=MODELS, help="folder of the graphs and the card")


def run(arguments: argparse.Namespace) -> int:
    settings = Settings(arguments.network, epochs=arguments.epochs, threads=arguments.threads, seed=arguments.seed)
    try:
        model, vocabulary, found = train(settings)
    except MissingDataError as error:
        _log(str(error))
        return MISSING
    _log(f"best: {found}")
    if arguments.no_export:
        return 0
    files = export(model, vocabulary, arguments.out)
    card = {
        "made_by": f"python -m nlu train-describe --network {settings.network} --epochs {settings.epochs}",
        "data": "E2E set, development part as published (Novikova et al. 2017, CC BY-SA 4.0), the rows that "
        "data/splits/e2e.jsonl does not name, cleaned by nlu/fact_check.py; sentences of nlu/synthetic_descriptions.py",
        "source": "LSTM encoder-decoder with attention (Bahdanau et al. 2015), coverage (See et al. 2017) and copying "
        "(Gu et al. 2016)" if settings.network == "lstm" else "Transformer (Vaswani et al. 2017) with copying (Gu et al. 2016)",
        "licence": "CC BY-SA 4.0, as the data set",
        "parameters": sum(p.numel() for p in model.parameters()),
        "development": {name: round(value, 4) for name, value in found.items()},
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }  # fmt: skip
    (arguments.out / "responder.json").write_text(
        json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return 0


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
