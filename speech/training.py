"""Training of the acoustic model: several processes of one thread whose weights are averaged every few steps.

Averaging weights instead of gradients keeps the processes from waiting for the slowest at every step, which on a
shared machine costs most of the time.

The learning rate follows the share of the time budget that is spent (one cycle), so the same command makes the best
of a fast machine, a slow one, or a shared one. Checkpoints allow to go on after an interruption.
"""

from __future__ import annotations

import json
import math
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import ctc_loss
from torch.nn.utils.rnn import pad_sequence

from speech.alphabet import BLANK, decode, encode
from speech.audio import read_audio
from speech.augment import Augmenter, Recipe, frayed
from speech.corpus import noise_clips, room_responses
from speech.export import load
from speech.features import BANDS, SAMPLE_RATE_HZ, log_mel
from speech.model import Config, DeepSpeech, SequenceNorm, one_way, output_frames, widened
from speech.packs import Entry, Pack
from speech.scores import word_errors
from speech.synthesis import trim


@dataclass(frozen=True)
class Plan:
    """What to train on, for how long, and how."""

    packs: tuple[tuple[str, float], ...]  # (path, copies or share of each epoch)
    dev_packs: tuple[str, ...]
    data: str
    out: str
    minutes: float
    processes: int = 4
    batch_seconds: float = 32.0  # of each process
    average_every: int = 10  # steps
    peak_rate: float = 2e-3
    weight_decay: float = 0.01
    digit_strings: int = 350  # made of single spoken digits in each epoch
    seed: int = 1
    recipe: Recipe = field(default_factory=Recipe)
    softest: float = 0.0  # share of the recipe to begin with
    hardest: float = 1.0  # share of the recipe that is reached
    spec_augment: bool = True
    start_from: str = ""  # weights to begin with: a checkpoint or an exported network
    kept: float = 0.0  # share of those weights in the final ones


_SETTLING, _SETTLING_BATCHES = 0.5, 120  # share of the recipe for, and number of, the batches that settle the norms

SINGLE_DIGITS = ("fsdd", "digit")  # kinds of recordings that are joined to numbers of one voice

Item = tuple[Pack, tuple[Entry, ...]]  # several entries are joined with pauses


def text_of(entries: Sequence[Entry]) -> str:
    return " ".join(entry.text for entry in entries)


def epoch_items(plan: Plan, packs: list[tuple[Pack, float]], rng: random.Random) -> list[Item]:
    """The utterances of one epoch: each pack as often as the plan says, and digits joined to numbers."""
    items: list[Item] = []
    for pack, copies in packs:
        plain = [entry for entry in pack.entries if entry.kind not in SINGLE_DIGITS]
        for _ in range(int(copies)):
            items += [(pack, (entry,)) for entry in plain]
        items += [(pack, (entry,)) for entry in rng.sample(plain, int(len(plain) * (copies % 1)))]
        voices: dict[str, list[Entry]] = {}
        for entry in pack.entries:
            if entry.kind in SINGLE_DIGITS:
                voices.setdefault(entry.voice, []).append(entry)
        for _ in range(int(plan.digit_strings * copies) if voices else 0):
            digits = voices[rng.choice(sorted(voices))]
            items.append((pack, tuple(rng.choices(digits, k=rng.choice([1, 2, 3, 4, 5, 7, 10, 10, 10])))))
    return items


def steps_of(items: list[Item], plan: Plan, rng: random.Random, by_length: bool) -> list[list[list[Item]]]:
    """Steps of one batch for each process, of utterances alike in length; SortaGrad: shortest first in epoch one."""
    items = sorted(items, key=lambda item: (sum(e.samples for e in item[1]), rng.random()))
    batches: list[list[Item]] = [[]]
    for item in items:
        longest_s = sum(entry.seconds for entry in item[1]) + 0.4
        if batches[-1] and longest_s * (len(batches[-1]) + 1) > plan.batch_seconds:
            batches.append([])
        batches[-1].append(item)
    whole = len(batches) - len(batches) % plan.processes
    steps = [batches[at : at + plan.processes] for at in range(0, whole, plan.processes)]
    if not by_length:
        rng.shuffle(steps)
    return steps


class Loader:
    """Turns items into augmented features and targets."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan = plan
        self.rng = np.random.default_rng(seed)
        noises = [read_audio(clip) for clip in noise_clips(Path(plan.data), "train")]
        rooms = [read_audio(room)[: SAMPLE_RATE_HZ // 2] for room in room_responses(Path(plan.data))]
        self.augment = Augmenter(plan.recipe, noises, rooms)
        self.strength = 1.0

    def harden(self, progress: float) -> None:
        """Clear speech in the first quarter, so that letters are learnt soon, then more and more of the recipe."""
        self.strength = min(self.plan.hardest, max(self.plan.softest, 1.2 * (progress - 0.25)))
        self.augment.recipe = self.plan.recipe.scaled(self.strength)

    def batch(self, items: list[Item]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Padded frames (B, T, F), their lengths (B,), joined targets, target lengths (B,)."""
        frames, targets = [], []
        for pack, entries in items:
            samples = self.joined(pack, entries)
            samples = self.augment(self.rng, samples, partial(self.voices, pack))
            warp = float(self.rng.choice([0.86, 0.9, 0.94, 0.97, 1.03, 1.06, 1.1, 1.15]))
            spectrogram = log_mel(samples, warp if self.rng.random() < self.plan.recipe.warp else 1.0)
            target = encode(text_of(entries))
            repeats = sum(a == b for a, b in zip(target, target[1:]))
            if output_frames(len(spectrogram)) < len(target) + repeats:
                continue
            frames.append(torch.from_numpy(self.mask(spectrogram)))
            targets.append(torch.tensor(target))
        lengths = torch.tensor([len(f) for f in frames])
        return (
            pad_sequence(frames, batch_first=True),
            lengths,
            torch.cat(targets),
            torch.tensor([len(t) for t in targets]),
        )

    def voices(self, pack: Pack) -> list[np.ndarray]:
        """Three other utterances, to babble in the background."""
        return [pack.audio(pack.entries[self.rng.integers(len(pack.entries))]) for _ in range(3)]

    def joined(self, pack: Pack, entries: Sequence[Entry]) -> np.ndarray:
        parts = []
        for entry in entries:
            samples = trim(pack.audio(entry))
            if len(entries) > 1 and self.rng.random() < self.strength:
                samples = frayed(self.rng, samples)
            parts += [samples, np.zeros(int(self.rng.integers(0, 2400)), np.float32)]
        return np.concatenate(parts[:-1])

    def mask(self, spectrogram: np.ndarray) -> np.ndarray:
        """SpecAugment (Park et al. 2019): spans of frames and of bands set to the mean."""
        if not self.plan.spec_augment or self.rng.random() > self.strength:
            return spectrogram
        mean, frames = spectrogram.mean(), len(spectrogram)
        for _ in range(2):
            width = int(self.rng.integers(0, min(25, frames // 8) + 1))
            start = int(self.rng.integers(0, frames - width + 1))
            spectrogram[start : start + width] = mean
            width = int(self.rng.integers(0, 9))
            start = int(self.rng.integers(0, BANDS - width + 1))
            spectrogram[:, start : start + width] = mean
        return spectrogram


def learning_rate(plan: Plan, progress: float) -> float:
    """One cycle: up over the first tenth, then down along a cosine."""
    if progress < 0.1:
        return plan.peak_rate * (0.1 + 9 * progress)
    return plan.peak_rate * (0.002 + 0.998 * (1 + math.cos(math.pi * min(1.0, (progress - 0.1) / 0.9))) / 2)


def greedy(log_probs: Tensor) -> str:
    """(T', symbols) to the text of the best path."""
    best = torch.unique_consecutive(log_probs.argmax(-1))
    return decode([int(symbol) for symbol in best if symbol != BLANK]).strip()


def loss_of(model: DeepSpeech, batch: tuple[Tensor, Tensor, Tensor, Tensor]) -> Tensor:
    """CTC loss in nats for each character."""
    frames, lengths, targets, target_lengths = batch
    with torch.autocast("cpu", torch.bfloat16):
        log_probs, out = model(frames, lengths)
    total = ctc_loss(log_probs.transpose(0, 1), targets, out, target_lengths, BLANK, "sum", zero_infinity=True)
    return total / target_lengths.sum()


def optimizer_of(model: nn.Module, plan: Plan) -> torch.optim.AdamW:
    """Decay for matrices only."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": matrices, "weight_decay": plan.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=plan.peak_rate, betas=(0.9, 0.98))


def average(tensors: list[Tensor], extra: float = 0.0) -> float:
    """Average tensors over the processes in place; returns the average of ``extra``."""
    flat = torch.cat([tensor.reshape(-1).float() for tensor in tensors] + [torch.tensor([extra])])
    if dist.is_initialized():
        dist.all_reduce(flat)
        flat /= dist.get_world_size()
    at = 0
    for tensor in tensors:
        tensor.copy_(flat[at : at + tensor.numel()].view(tensor.shape))
        at += tensor.numel()
    return float(flat[-1])


def dev_word_errors(model: DeepSpeech, packs: list[Pack], rank: int, world: int) -> dict[str, tuple[float, float]]:
    """(errors, words) by data set of this process's share of the dev utterances, greedily decoded."""
    found: dict[str, tuple[float, float]] = {}
    with torch.inference_mode():
        for pack in packs:
            for entry in pack.entries[rank::world]:
                errors = word_errors(entry.text, greedy(model.whole(torch.from_numpy(log_mel(pack.audio(entry))))))
                before = found.get(entry.kind, (0, 0))
                found[entry.kind] = (before[0] + errors, before[1] + len(entry.text.split()))
    return found


def settle_norms(model: DeepSpeech, batches: Iterable[tuple[Tensor, Tensor, Tensor, Tensor]]) -> None:
    """Means and variances of the normalisations over all these batches, instead of over the last few of training
    ("precise batch norm"; Wu and Johnson 2021, arXiv:2105.07576)."""
    norms = [module for module in model.modules() if isinstance(module, SequenceNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a plain mean of all that comes
    model.train()
    with torch.no_grad():
        for frames, lengths, *_ in batches:
            model(frames, lengths)
    for norm, momentum in zip(norms, momenta):
        norm.momentum = momentum
    model.eval()


def beginning(start: Path, config: Config) -> DeepSpeech:
    """Trained weights in the form of ``config``: more units, or the forward half of both directions."""
    model = load(start)
    if model.config.bidirectional and not config.bidirectional:
        model = one_way(model, config.lookahead)
    return widened(model, config.hidden)


def keep_some(model: nn.Module, before: nn.Module, share: float) -> None:
    """The mean of the weights before and after a further training, which is often better than either
    (Wortsman et al. 2022, arXiv:2109.01903)."""
    with torch.no_grad():
        for weight, old in zip(model.parameters(), before.parameters(), strict=True):
            weight.lerp_(old, share)


def _buffers(model: nn.Module) -> list[Tensor]:
    return [buffer for buffer in model.buffers() if buffer.is_floating_point()]


def train(config: Config, plan: Plan, rank: int = 0) -> None:
    """One process of the training; writes ``out``/last.pt and ``out``/log.jsonl."""
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    random.seed(plan.seed)
    world, out = plan.processes, Path(plan.out)
    model = DeepSpeech(config)
    optimizer = optimizer_of(model, plan)
    elapsed, epoch, step = 0.0, 0, 0
    checkpoint = out / "last.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint, map_location="cpu", weights_only=False)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        elapsed, epoch, step = saved["elapsed"], saved["epoch"], saved["step"]
    elif plan.start_from:
        model.load_state_dict(beginning(Path(plan.start_from), config).state_dict())
    loader = Loader(plan, seed=1000 * (step + 1) + rank)
    dev = [Pack(Path(path)) for path in plan.dev_packs if Path(path).with_suffix(".jsonl").exists()]
    parameters = list(model.parameters())
    begun, saved_at, running = time.time() - elapsed, time.time(), 0.0
    log = (out / "log.jsonl").open("a", buffering=1) if rank == 0 else None

    def save() -> None:
        average(_buffers(model))
        if rank == 0:
            state = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "config": config.as_dict()}
            torch.save({**state, "elapsed": time.time() - begun, "epoch": epoch, "step": step}, out / "next.pt")
            os.replace(out / "next.pt", checkpoint)

    progress = elapsed / plan.minutes / 60
    while progress < 1:
        rng = random.Random(plan.seed * 7919 + epoch)
        # Packs are opened anew in each epoch: newly labelled recordings join while training goes on.
        packs = [(Pack(Path(path)), copies) for path, copies in plan.packs if Path(path).with_suffix(".jsonl").exists()]
        steps = steps_of(epoch_items(plan, packs, rng), plan, rng, by_length=epoch == 0 and not plan.start_from)
        model.train()
        for batches in steps:
            rate = learning_rate(plan, progress)
            for group in optimizer.param_groups:
                group["lr"] = rate
            loader.harden(progress)
            optimizer.zero_grad(set_to_none=False)
            loss = loss_of(model, loader.batch(batches[rank]))
            loss.backward()
            norm = float(nn.utils.clip_grad_norm_(parameters, 2.0))
            if math.isfinite(norm):
                optimizer.step()
            step += 1
            value = float(loss.detach())
            running = value if running == 0 else 0.98 * running + 0.02 * value
            if step % plan.average_every:
                continue
            progress = average([p.data for p in parameters], (time.time() - begun) / plan.minutes / 60)
            if log:
                row = {"step": step, "epoch": epoch, "of": len(steps), "progress": round(progress, 4)}
                row |= {"loss": round(running, 4), "norm": round(norm, 2), "rate": round(rate, 6)}
                log.write(json.dumps(row) + "\n")
            if average([], time.time() - saved_at) > 240:
                save()
                saved_at = time.time()
            if progress >= 1:
                break
        epoch += 1
        save()
        model.eval()
        mine = dev_word_errors(model, dev, rank, world)
        shares: list[dict[str, tuple[float, float]]] = [{} for _ in range(world)]
        if dist.is_initialized():
            dist.all_gather_object(shares, mine)
        else:
            shares = [mine]
        if log:
            totals = {kind: np.sum([part.get(kind, (0, 0)) for part in shares], axis=0) for kind in mine}
            minutes = round((time.time() - begun) / 60, 1)
            measured: dict[str, object] = {"step": step, "epoch": epoch, "minutes": minutes, "loss": round(running, 4)}
            measured["dev_wer"] = {kind: round(float(errors / count), 4) for kind, (errors, count) in totals.items()}
            log.write(json.dumps(measured) + "\n")
            print(json.dumps(measured), file=sys.stderr, flush=True)
    if plan.start_from and plan.kept:
        keep_some(model, beginning(Path(plan.start_from), config), plan.kept)
    loader.augment.recipe = plan.recipe.scaled(_SETTLING)
    share = [batches[rank] for batches in steps_of(epoch_items(plan, packs, rng), plan, rng, by_length=False)]
    settle_norms(model, (loader.batch(items) for items in share[: _SETTLING_BATCHES // world]))
    save()


def _process(rank: int, config: Config, plan: Plan) -> None:
    if plan.processes > 1:
        store = dist.FileStore(  # type: ignore[attr-defined]
            str(Path(plan.out) / "store"), plan.processes
        )
        dist.init_process_group("gloo", store=store, rank=rank, world_size=plan.processes)
    train(config, plan, rank)


def run(config: Config, plan: Plan) -> None:
    """Train with all processes of the plan until its time is spent."""
    out = Path(plan.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "store").unlink(missing_ok=True)
    (out / "plan.json").write_text(json.dumps({"config": config.as_dict(), "plan": asdict(plan)}, indent=1))
    if plan.processes == 1:
        train(config, plan)
    else:
        torch.multiprocessing.spawn(  # type: ignore[attr-defined]
            _process, (config, plan), nprocs=plan.processes
        )


def log_rows(out: Path) -> Iterator[dict]:
    with (out / "log.jsonl").open() as lines:
        for line in lines:
            yield json.loads(line)
