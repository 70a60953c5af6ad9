"""Training of the digit classifiers and of the inpainter: every shipped model is rebuilt from here."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from vision import data
from vision.augment import JUNK, Recipe, jitter, make_batch, make_damage, normalise
from vision.calibrate import calibrate
from vision.networks import Critic, DigitNet, Finder, Inpainter, Perceptron
from vision.sources import own_crops, page_crops, pendigit_crops

WORK = Path("var/vision")
PAGES = 7000  # written with digits of each fold, to cut crops from
_BATCH, _STEPS = 192, 300  # steps of an epoch
_BATCHES = 60  # to find a mean network's batch norms on
_OFTEN = 8.0  # a hard example is drawn at most so much more often than evenly


@dataclass(frozen=True)
class Job:
    """One classifier to train. `fold` is the one never seen; `own` adds our own drawn shapes and signs."""

    name: str
    network: str = "cnn"
    fold: int = 0
    damaged: bool = True
    pendigits: bool = True
    epochs: int = 43
    seed: int = 1


def sources(job: Job) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All single digits and signs that a job trains on, (N, 28, 28), and labels."""
    rng = np.random.default_rng(job.seed)
    mnist, ids = data.load_mnist(), data.load_split().train(job.fold)
    parts = [(mnist.images[ids], mnist.labels[ids]), own_crops(9000, rng)]
    if job.pendigits:
        parts.append(pendigit_crops(np.arange(0, 7494, 2), rng))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def written(job: Job) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Crops that the reader cuts out of pages written with a job's digits, (N, 28, 28), and labels.

    Each page has digits of one fold or pen paths only, so that models share it; kept in var/vision.
    """
    folds = [str(fold) for fold in range(data.FOLDS) if fold != job.fold]
    parts = []
    for name in (*folds, *(["pens"] if job.pendigits else [])):
        file = WORK / f"crops_{name}{'' if job.damaged else '_whole'}.npz"
        if not file.exists():
            WORK.mkdir(parents=True, exist_ok=True)
            crops, labels = page_crops(*_digits(name), *_pages(name, job.damaged), job.damaged)
            np.savez(file, crops=crops, labels=labels)
        kept = np.load(file)
        parts.append((kept["crops"], kept["labels"]))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _digits(name: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Single digits to write pages with: MNIST's of one fold's training, or pen paths drawn as ink."""
    if name == "pens":
        return pendigit_crops(np.arange(0, 7494, 2), np.random.default_rng(6))
    mnist, ids = data.load_mnist(), data.load_split().only(int(name))
    return mnist.images[ids], mnist.labels[ids]


def _pages(name: str, damaged: bool) -> tuple[int, np.random.Generator]:
    """How many pages to write with such digits, and the chance that goes with them."""
    pages = PAGES // 4 if name == "pens" else PAGES
    seed = data.FOLDS if name == "pens" else int(name)
    return pages if damaged else pages // 4, np.random.default_rng([5, seed, damaged])


class _Source:
    """Examples drawn the more often the harder they were of late (importance sampling; Katharopoulos, Fleuret 2018)."""

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> None:
        self.images, self.labels = torch.from_numpy(images), torch.from_numpy(labels)
        self._hard = torch.ones(len(labels))

    def draw(self, count: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """Row numbers (count,), and what each counts in the loss. Half of the draws are even."""
        share = 0.5 + 0.5 * self._hard / self._hard.mean()
        share = share.clamp(max=_OFTEN) / share.clamp(max=_OFTEN).mean()
        rows = torch.multinomial(share, count, replacement=True, generator=rng)
        return rows, share[rows].rsqrt()

    def judge(self, model: nn.Module) -> None:
        """Find out with a trained model how hard each example is."""
        model.eval()
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
            for rows in torch.arange(len(self.labels)).split(1000):
                images, labels = self.take(rows)
                losses = F.cross_entropy(model(images).float(), labels, reduction="none")
                self._hard[rows] = losses.clamp(max=1.0)

    def take(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        return self.images[rows].float().div(255).unsqueeze(1), self.labels[rows]

    def learn(self, rows: Tensor, losses: Tensor) -> None:
        """Keep a running mean of an example's loss; no more than 1, for some labels are wrong."""
        self._hard[rows] = self._hard[rows].lerp(losses.clamp(max=1.0), 0.4)


def _by_channels(model: nn.Module) -> nn.Module:
    """The model with its weights laid out channels last, which convolutions are faster with."""
    return model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def _average(kept: nn.Module, model: nn.Module, decay: float) -> None:
    with torch.no_grad():
        for a, b in zip(kept.state_dict().values(), model.state_dict().values(), strict=True):
            if a.dtype.is_floating_point:
                a.lerp_(b, 1 - decay)
            else:
                a.copy_(b)


def set_mean(model: nn.Module, weights: Sequence[dict[str, Tensor]], batches: Sequence[Tensor]) -> None:
    """Give a network the mean weights of several points of its training (Izmailov et al. 2018).

    The statistics of its batch norms are found anew on `batches` of crops (B, 1, 28, 28).
    """
    first = weights[0]
    model.load_state_dict(
        {
            key: torch.stack([one[key] for one in weights]).mean(0) if first[key].is_floating_point() else first[key]
            for key in first
        }
    )
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    model.eval()
    for norm in norms:
        norm.train()
        norm.reset_running_stats()
        norm.momentum = None  # all batches count alike
    with torch.no_grad():
        for batch in batches:
            model(batch)


def train_classifier(job: Job, more: int = 0) -> Path:
    """Train, and keep the running average of the weights in var/vision/NAME.pt.

    `more`: go on from that file for so many epochs (of _STEPS steps), the learning rate rising and falling once more,
    and keep the mean of the weights before and after.
    """
    torch.manual_seed(job.seed + 1000 * bool(more))
    rng = torch.Generator().manual_seed(job.seed + 1000 * bool(more))
    digits, cut = _Source(*sources(job)), _Source(*written(job))
    recipe = Recipe(damaged=0.35 if job.damaged else 0.0)
    make = {"cnn": DigitNet, "perceptron": Perceptron}[job.network]
    model, kept = _by_channels(make()), make()
    if more:
        model.load_state_dict(torch.load(WORK / f"{job.name}.pt"))
        for source in (digits, cut):
            source.judge(model)
    kept.load_state_dict(model.state_dict())
    epochs, half = more or job.epochs, _BATCH // 2
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.02, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        max_lr=2e-3 if more else 3e-3,
        total_steps=_STEPS * epochs,
        pct_start=0.03 if more else 0.15,
        final_div_factor=100,
    )
    held, before = held_out(job.fold), {key: value.clone() for key, value in kept.state_dict().items()}
    last: list[Tensor] = []
    for epoch in range(epochs):
        started, total, model = time.process_time(), 0.0, model.train()
        drawn = [(source, *source.draw(_STEPS * half, rng)) for source in (digits, cut)]
        for step in range(_STEPS):
            # Half of a batch are digits warped on the fly, half was cut out of written pages.
            (own, own_share), (others, others_share) = (
                (rows[step * half :][:half], shares[step * half :][:half]) for _, rows, shares in drawn
            )
            warped, answer = make_batch(*digits.take(own), recipe, rng)
            found, known = cut.take(others)
            batch = torch.cat([warped, jitter(found, rng)]).contiguous(memory_format=torch.channels_last)
            last = [*last[1 - _BATCHES :], batch]
            with torch.autocast("cpu", torch.bfloat16):
                logits = model(batch)
            losses = F.cross_entropy(logits.float(), torch.cat([answer, known]), reduction="none")
            loss = (losses * torch.cat([own_share, others_share])).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            digits.learn(own, losses.detach()[:half])
            cut.learn(others, losses.detach()[half:])
            total += loss.item()
            _average(kept, model, 0.995)
        _say(
            job.name,
            epoch=epoch,
            loss=round(total / _STEPS, 4),
            calibration=accuracy(kept, held),
            seconds=round(time.process_time() - started),
        )
        WORK.mkdir(parents=True, exist_ok=True)
        torch.save(kept.state_dict(), WORK / f"{job.name}.pt")
    if more:
        set_mean(model, [before, kept.state_dict()], last)
        torch.save(model.state_dict(), WORK / f"{job.name}.pt")
    return WORK / f"{job.name}.pt"


def train_inpainter(epochs: int = 5, more: int = 0, seed: int = 4) -> None:
    """Finder, generator and critic on fold 0's digits; weights in var/vision/finder.pt and painter.pt.

    `more`: go on from these files for so many epochs.

    The generator's loss: absolute error of what was missing, and the critic's opinion (hinge loss, Lim and Ye 2017).
    """
    torch.manual_seed(seed)
    rng = torch.Generator().manual_seed(seed)
    images, labels = sources(Job("inpainter", seed=seed))
    crops = torch.from_numpy(images[labels != JUNK])
    finder, painter, critic = (_by_channels(net()) for net in (Finder, Inpainter, Critic))
    kept = {"finder": Finder(), "painter": Inpainter()}
    live: dict[str, nn.Module] = {"finder": finder, "painter": painter}
    for name, model in live.items() if more else ():
        model.load_state_dict(torch.load(WORK / f"{name}.pt"))
        kept[name].load_state_dict(model.state_dict())
        rng.manual_seed(seed + 1000)
    epochs = more or epochs
    size = 128
    steps = 30_000 // size
    main = torch.optim.AdamW([*finder.parameters(), *painter.parameters()], lr=1e-3, weight_decay=0.01)
    against = torch.optim.AdamW(critic.parameters(), lr=4e-4, betas=(0.5, 0.99))
    schedule = torch.optim.lr_scheduler.OneCycleLR(main, max_lr=3e-3, total_steps=steps * epochs, pct_start=0.1)
    for epoch in range(epochs):
        started, sums = time.monotonic(), np.zeros(4)
        for rows in torch.randperm(len(crops), generator=rng)[: steps * size].view(steps, size):
            damaged, whole, missing = make_damage(crops[rows].float().div(255).unsqueeze(1), rng)
            hit = missing.sum((1, 2, 3)) > 0
            found = finder(damaged)
            chance = torch.sigmoid(found)
            overlap = 1 - (2 * (chance * missing).sum() + 1) / ((chance + missing).sum() + 1)
            seek = F.binary_cross_entropy_with_logits(found, missing) * 5 + overlap
            # Half of the fills use what the finder found, grown by a pixel: that is what serving will ask for.
            asked = torch.where(
                torch.rand(len(rows), 1, 1, 1, generator=rng) < 0.5, missing, (chance > 0.5).float().detach()
            )
            asked = (F.max_pool2d(torch.maximum(asked, missing), 3, 1, 1))[hit]
            filled = painter(damaged[hit], asked)
            error = ((filled - whole[hit]).abs() * asked).sum() / asked.sum().clamp(min=1)
            cheat = -critic(filled, asked).mean()
            loss = seek + 4 * error + 0.05 * cheat
            main.zero_grad()
            loss.backward()
            main.step()
            real, fake = critic(whole[hit], asked), critic(filled.detach(), asked)
            judge = F.relu(1 - real).mean() + F.relu(1 + fake).mean()
            against.zero_grad()
            judge.backward()
            against.step()
            schedule.step()
            sums += [seek.item(), error.item(), cheat.item(), judge.item()]
            for name, model in live.items():
                _average(kept[name], model, 0.99)
        seek_loss, error_mean, cheat_mean, judge_mean = (round(float(v), 4) for v in sums / steps)
        _say(
            "inpainter",
            epoch=epoch,
            finder=seek_loss,
            error=error_mean,
            fooled=cheat_mean,
            critic=judge_mean,
            seconds=round(time.monotonic() - started),
        )
        for name, model in kept.items():
            torch.save(model.state_dict(), WORK / f"{name}.pt")


def held_out(fold: int) -> tuple[Tensor, Tensor]:
    """The calibration digits of a fold, size-normalised but otherwise as they are."""
    mnist, ids = data.load_mnist(), data.load_split().calibration(fold)
    images = torch.from_numpy(mnist.images[ids]).float().div(255).unsqueeze(1)
    images = F.interpolate(images, scale_factor=2.0, mode="bilinear", align_corners=False)
    return normalise(images), torch.from_numpy(mnist.labels[ids])


def accuracy(model: nn.Module, held: tuple[Tensor, Tensor]) -> float:
    model.eval()
    with torch.no_grad():
        guess = torch.cat([model(part)[:, :10].argmax(1) for part in held[0].split(500)])
    return round((guess == held[1]).float().mean().item(), 5)


def _say(name: str, **facts: object) -> None:
    print(json.dumps({"model": name, **facts}), file=sys.stderr, flush=True)


JOBS = [
    Job("fold0"),
    Job("perceptron", network="perceptron", epochs=6),
    Job("fold1", fold=1, pendigits=False, epochs=19, seed=2),
    Job("fold2", fold=2, pendigits=False, epochs=17, seed=3),
    Job("undamaged", damaged=False, epochs=4),
]
SHIPPED = ("fold0", "fold0+12", "fold0+24", "perceptron", "inpainter")
FOR_FIGURES = ("fold1", "fold1+24", "fold2", "fold2+24", "undamaged")
MODELS = Path("data/models")
_NETWORKS: dict[str, type[nn.Module]] = {
    "perceptron": Perceptron,
    "finder": Finder,
    "painter": Inpainter,
}
# What is shipped, under which name, and what it is for.
_FILES = {
    "fold0": ("digit_reader", "digit classifier: ten digits, other signs, badly cut crops"),
    "perceptron": ("digit_perceptron", "the baseline classifier, for comparison only"),
    "finder": ("inpainter_finder", "finds where ink is missing from a digit"),
    "painter": ("inpainter", "the generator that draws missing ink"),
}


def export(name: str, file: Path) -> None:
    """Weights of var/vision/NAME.pt as an ONNX model that takes any number of crops."""
    model = _NETWORKS.get(name, DigitNet)()
    model.load_state_dict(torch.load(WORK / f"{name}.pt"))
    model.eval()
    inputs = ["crops", "masks"] if name == "painter" else ["crops"]
    output: nn.Module = nn.Sequential(model, nn.Sigmoid()) if name == "finder" else model
    file.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        output,
        tuple(torch.zeros(2, 1, 28, 28) for _ in inputs),
        str(file),
        input_names=inputs,
        output_names=["out"],
        dynamic_axes={key: {0: "n"} for key in (*inputs, "out")},
        opset_version=17,
        dynamo=False,
    )


def write_card(name: str, settings: dict[str, object] | None = None) -> None:
    """The card beside a shipped model."""
    title, purpose = _FILES[name]
    file = MODELS / f"{title}.onnx"
    card = {
        "model": file.name,
        "for": purpose,
        "made_by": "python -m vision train",
        "data": [
            "MNIST training digits, two thirds of them (LeCun, Cortes, Burges; CC BY-SA 3.0)",
            "pendigits training part, even rows (Alpaydin, Alimoglu; UCI, CC BY 4.0)",
            "shapes drawn by vision/strokes.py",
        ],
        "split": "data/splits/handwriting.jsonl, fold 0 never seen",
        "parameters": sum(p.numel() for p in _NETWORKS.get(name, DigitNet)().parameters()),
        "results": "data/reports/vision_*.md",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }
    if settings is not None:
        card["settings"] = settings
    (MODELS / f"{title}.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")


def accept_safely(settings: dict[str, object], fold: int) -> dict[str, object]:
    """Settings that accept no more than the reported pages of the other folds allow, once these were read.

    Such pages are harder than the calibration pages, whose paper is that of the training.
    """
    from vision.bench import Answer, choose_threshold

    file = WORK / "answers.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    others = [Answer(**row) for row in rows if row.pop("fold", fold) != fold]
    if others:
        settings["accept"] = round(max(float(str(settings["accept"])), choose_threshold(others)), 6)
    return settings


def run(steps: Sequence[str], everything: bool) -> int:
    """Rebuild what is shipped, or the named steps (NAME+N goes on with NAME for N epochs; "export" only writes out)."""
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
    jobs = {job.name: job for job in JOBS}
    wanted = list(steps) or [
        *SHIPPED,
        *(FOR_FIGURES if everything else ()),
        "export",
    ]
    for step in wanted:
        name, _, more = step.partition("+")
        if name == "inpainter":
            train_inpainter(more=int(more or 0))
        elif name in jobs:
            train_classifier(jobs[name], int(more or 0))
        elif name != "export":
            print(f"no such step: {name}; there are {', '.join([*jobs, 'inpainter', 'export'])}", file=sys.stderr)
            return 2
        if name in jobs and name not in SHIPPED:
            export(name, WORK / f"{name}.onnx")
            settings = calibrate(WORK / f"{name}.onnx", jobs[name].fold, repair=None)
            (WORK / f"{name}.json").write_text(json.dumps({"settings": settings}))
    if "export" in wanted:
        for name, (title, _) in _FILES.items():
            export(name, MODELS / f"{title}.onnx")
            write_card(name)
        settings = calibrate(MODELS / "digit_reader.onnx", 0, None)
        write_card("fold0", accept_safely(settings, 0))
        write_card("perceptron", calibrate(MODELS / "digit_perceptron.onnx", 0, None))
    return 0
