"""Training of the digit classifiers and of the inpainter: every shipped model is rebuilt from here."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from vision import data, strokes
from vision.augment import JUNK, Recipe, make_batch, make_damage, normalise
from vision.networks import Critic, DigitNet, Finder, Inpainter, Perceptron

WORK = Path("var/vision")


@dataclass(frozen=True)
class Job:
    """One classifier to train. `fold` is the one never seen; `own` adds our own drawn shapes and signs."""

    name: str
    network: str = "cnn"
    fold: int = 0
    damaged: bool = True
    pendigits: bool = True
    epochs: int = 14
    seed: int = 1


def fit_box(paths: list[NDArray[np.float64]], width: float) -> NDArray[np.uint8]:
    """Draw pen paths in a 28x28 crop like MNIST's: longest side 20."""
    points = np.concatenate(paths)
    low, high = points.min(0), points.max(0)
    scale = 20 / max(float((high - low).max()), 0.15)
    drawn = strokes.draw([(p - (low + high) / 2) * scale + 14 for p in paths], (28, 28), width)
    return (drawn * 255).astype(np.uint8)


def pendigit_crops(rows: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pen paths drawn as crops (N, 28, 28), half of them with smoothed corners."""
    pen = data.load_pendigits()
    crops = []
    for row in rows:
        path = pen.points[row] * [rng.uniform(0.7, 1.0), 1.0]
        crops.append(fit_box([strokes.smooth(path) if rng.random() < 0.6 else path], rng.uniform(1.6, 3.2)))
    return np.stack(crops), pen.labels[rows]


def own_crops(count: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Our own drawn shapes: two digits in five; the rest, labelled 10, are brackets, other signs, struck-out digits."""
    crops, labels = [], []
    signs = list(strokes.SIGNS.values())
    for i in range(count):
        label = int(rng.integers(10))
        shapes = strokes.DIGITS[label]
        paths = strokes.sketch(shapes[int(rng.integers(len(shapes)))], rng)
        if i % 5 == 2:
            paths = strokes.sketch(strokes.SIGNS["()"[int(rng.integers(2))]], rng, 0.03)
        elif i % 5 == 3:
            sign = signs[int(rng.integers(len(signs)))]
            paths = strokes.sketch(sign, rng) if rng.random() < 0.75 else strokes.scribble(rng)
        elif i % 5 == 4:
            paths.append(strokes.zigzag(rng) * [rng.uniform(0.9, 1.3), 1.0] - [0.15, 0.0])
        crops.append(fit_box(paths, rng.uniform(1.6, 3.2)))
        labels.append(label if i % 5 < 2 else JUNK)
    return np.stack(crops), np.array(labels, np.int64)


def sources(job: Job) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """All crops a job trains on, (N, 28, 28), and labels."""
    rng = np.random.default_rng(job.seed)
    mnist, ids = data.load_mnist(), data.load_split().train(job.fold)
    parts = [(mnist.images[ids], mnist.labels[ids]), own_crops(9000, rng)]
    if job.pendigits:
        parts.append(pendigit_crops(np.arange(0, 7494, 2), rng))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _average(kept: nn.Module, model: nn.Module, decay: float) -> None:
    with torch.no_grad():
        for a, b in zip(kept.state_dict().values(), model.state_dict().values(), strict=True):
            if a.dtype.is_floating_point:
                a.lerp_(b, 1 - decay)
            else:
                a.copy_(b)


def train_classifier(job: Job, more: int = 0) -> Path:
    """Train, and keep the running average of the weights in var/vision/NAME.pt.

    `more`: go on from that file for so many epochs, with the learning rate falling to nothing.
    """
    torch.manual_seed(job.seed)
    rng = torch.Generator().manual_seed(job.seed)
    crops, labels = (torch.from_numpy(part) for part in sources(job))
    recipe = Recipe(damaged=0.35 if job.damaged else 0.0)
    make = {"cnn": DigitNet, "perceptron": Perceptron}[job.network]
    model, kept = make().to(memory_format=torch.channels_last), make()
    if more:
        model.load_state_dict(torch.load(WORK / f"{job.name}.pt"))
        rng.manual_seed(job.seed + 1000)
    kept.load_state_dict(model.state_dict())
    size = 192
    steps = len(crops) // size
    epochs = more or job.epochs
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, max_lr=2e-3 if more else 3e-3, total_steps=steps * epochs, pct_start=0.03 if more else 0.15, final_div_factor=100
    )
    held = held_out(job.fold)
    for epoch in range(epochs):
        started, total, model = time.monotonic(), 0.0, model.train()
        for rows in torch.randperm(len(crops), generator=rng)[: steps * size].view(steps, size):
            batch, answer = make_batch(crops[rows].float().div(255).unsqueeze(1), labels[rows], recipe, rng)
            loss = F.cross_entropy(
                model(batch.contiguous(memory_format=torch.channels_last)), answer, label_smoothing=0.03
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            total += loss.item()
            _average(kept, model, 0.995)
        _say(job.name, epoch=epoch, loss=round(total / steps, 4), calibration=accuracy(kept, held),
             seconds=round(time.monotonic() - started))
        WORK.mkdir(parents=True, exist_ok=True)
        torch.save(kept.state_dict(), WORK / f"{job.name}.pt")
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
    finder, painter, critic = Finder(), Inpainter(), Critic()
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
            asked = torch.where(torch.rand(len(rows), 1, 1, 1, generator=rng) < 0.5, missing, (chance > 0.5).float().detach())
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
        _say("inpainter", epoch=epoch, finder=seek_loss, error=error_mean, fooled=cheat_mean, critic=judge_mean,
             seconds=round(time.monotonic() - started))
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
    Job("fold1", fold=1, pendigits=False, seed=2),
    Job("fold2", fold=2, pendigits=False, epochs=9, seed=3),
    Job("undamaged", damaged=False, epochs=5),
    Job("perceptron", network="perceptron", epochs=8),
]


if __name__ == "__main__":
    torch.set_num_threads(1)
    for wanted in sys.argv[1:]:
        name, _, more = wanted.partition("+")
        if name == "inpainter":
            train_inpainter(more=int(more or 0))
        else:
            train_classifier(next(job for job in JOBS if job.name == name), int(more or 0))
