"""Training crops on the fly: warped, thick and thin, noisy, damaged digits, and crops that are not one digit.

Everything is a batch operation in PyTorch on 48x48 canvases (a digit is about 34 high), ending in the same
size normalisation that `vision.segment` does when serving: longest side 20, centred in 28x28.
Damage here is round or wavy and never reaches straight through: the reported pages (`vision.bench_pages`) are damaged
in another way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

CANVAS = 48
CROP, BOX = 28, 20
JUNK, MISCUT = 10, 11


@dataclass(frozen=True)
class Recipe:
    """How hard the training crops are; shares are of the batch."""

    damaged: float = 0.35
    pieces: float = 0.06
    pairs: float = 0.06
    crossed: float = 0.03


def _uniform(n: int, low: float, high: float, rng: torch.Generator) -> Tensor:
    return torch.rand(n, generator=rng) * (high - low) + low


def _bend_basis() -> Tensor:
    """Smooth interpolation of 4 random values over a canvas side, (CANVAS, 4)."""
    one_hot = torch.eye(4).view(1, 4, 4, 1).expand(1, 4, 4, 4).contiguous()
    return F.interpolate(one_hot, size=(CANVAS, 4), mode="bicubic", align_corners=True)[0, :, :, 0].T.contiguous()


_BASIS = _bend_basis()


def _grow(ink: Tensor) -> Tensor:
    """Maximum over 3x3, in two passes (much faster here than max_pool2d)."""
    padded = F.pad(ink, (0, 0, 1, 1))
    rows = torch.maximum(torch.maximum(padded[..., :-2, :], padded[..., 1:-1, :]), padded[..., 2:, :])
    padded = F.pad(rows, (1, 1))
    return torch.maximum(torch.maximum(padded[..., :-2], padded[..., 1:-1]), padded[..., 2:])


def _soften(ink: Tensor) -> Tensor:
    """Binomial blur over 3x3."""
    padded = F.pad(ink, (0, 0, 1, 1))
    rows = (padded[..., :-2, :] + padded[..., 2:, :]) * 0.25 + padded[..., 1:-1, :] * 0.5
    padded = F.pad(rows, (1, 1))
    return (padded[..., :-2] + padded[..., 2:]) * 0.25 + padded[..., 1:-1] * 0.5


def warp(crops: Tensor, rng: torch.Generator, shift: Tensor | None = None, scale: Tensor | None = None) -> Tensor:
    """(B, 1, 28, 28) → (B, 1, 48, 48), each turned, slanted, stretched and bent at random."""
    n = len(crops)
    angle, shear = torch.randn(n, generator=rng) * 0.12, torch.randn(n, generator=rng) * 0.22
    wide = torch.exp(torch.randn(n, generator=rng) * 0.14)
    size = _uniform(n, 0.9, 1.1, rng) if scale is None else scale
    cos, sin = torch.cos(angle) * size, torch.sin(angle) * size
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = cos * wide, sin + shear * cos
    theta[:, 1, 0], theta[:, 1, 1] = -sin * wide, cos - shear * sin
    if shift is not None:
        theta[:, 0, 2] = shift
    grid = F.affine_grid(theta, [n, 1, CANVAS, CANVAS], align_corners=False)
    bend = torch.randn(n, 2, 4, 4, generator=rng) * _uniform(n, 0.0, 0.055, rng).view(n, 1, 1, 1)
    bend = _BASIS @ bend @ _BASIS.T
    return F.grid_sample(crops, grid + bend.permute(0, 2, 3, 1), align_corners=False)


def change_weight(ink: Tensor, rng: torch.Generator, one_pen: bool = False) -> Tensor:
    """Thinner or thicker strokes, (B, 1, H, W); of all alike, if with one pen."""
    thin = 1 - _grow(1 - ink)
    thick = _grow(ink)
    amount = _uniform(1 if one_pen else len(ink), -1.0, 1.9, rng).view(-1, 1, 1, 1)
    fat = thick + (amount - 1).clamp(min=0) * (_grow(thick) - thick)
    thinner = ink + (-amount).clamp(0, 1) * (thin - ink)
    changed = torch.where(amount > 0, ink + amount.clamp(0, 1) * (thick - ink), thinner)
    changed = torch.where(amount > 1, fat, changed)
    # A hair line must not vanish.
    kept = changed.sum((1, 2, 3)) > 0.35 * ink.sum((1, 2, 3))
    return torch.where(kept.view(-1, 1, 1, 1), changed, ink)


def _points_on(ink: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """One inked pixel of each canvas, as x and y (B,)."""
    share = ((ink.flatten(1) > 0.5).float() + 1e-6).cumsum(1)
    at = torch.searchsorted(share, torch.rand(len(ink), 1, generator=rng) * share[:, -1:]).squeeze(1)
    at = at.clamp(max=share.shape[1] - 1)
    return (at % ink.shape[-1]).float(), torch.div(at, ink.shape[-1], rounding_mode="floor").float()


def damage_masks(ink: Tensor, rng: torch.Generator) -> Tensor:
    """Where ink goes missing, (B, 1, H, W) of 0 and 1: round gaps and wavy strips of changing width."""
    n, side = len(ink), ink.shape[-1]
    ys, xs = torch.meshgrid(torch.arange(side).float(), torch.arange(side).float(), indexing="ij")
    mask = torch.zeros(n, side, side)
    for rounds in range(2):
        x, y = _points_on(ink, rng)
        dx, dy = xs - x.view(-1, 1, 1), ys - y.view(-1, 1, 1)
        radius = _uniform(n, 1.5, 5.0, rng).view(-1, 1, 1)
        squash = torch.exp(torch.randn(n, generator=rng) * 0.3).view(-1, 1, 1)
        blob = (dx * squash) ** 2 + (dy / squash) ** 2 < radius**2
        turn = _uniform(n, 0, math.pi, rng).view(-1, 1, 1)
        along = dx * torch.cos(turn) + dy * torch.sin(turn)
        across = dy * torch.cos(turn) - dx * torch.sin(turn)
        wave = _uniform(n, 0.5, 3.0, rng).view(-1, 1, 1) * torch.sin(
            along * _uniform(n, 0.1, 0.35, rng).view(-1, 1, 1) + _uniform(n, 0, 6.3, rng).view(-1, 1, 1)
        )
        width = _uniform(n, 2.0, 8.5, rng).view(-1, 1, 1) * (
            0.8 + 0.3 * torch.sin(along * 0.3 + _uniform(n, 0, 6.3, rng).view(-1, 1, 1))
        )
        strip = ((across + wave).abs() < width / 2) & (along.abs() < _uniform(n, 6, 40, rng).view(-1, 1, 1))
        one = torch.where((torch.rand(n, generator=rng) < 0.65).view(-1, 1, 1), strip, blob).float()
        use = 1.0 if rounds == 0 else (torch.rand(n, generator=rng) < 0.2).float().view(-1, 1, 1)
        mask = torch.maximum(mask, one * use)
    return mask.unsqueeze(1)


def degrade(ink: Tensor, rng: torch.Generator) -> Tensor:
    """Blur, grain, and a random contrast curve, (B, 1, H, W)."""
    n = len(ink)
    ink = ink + _uniform(n, 0, 1, rng).view(-1, 1, 1, 1) * (_soften(ink) - ink)
    blurred = n // 4
    ink = torch.cat([ink[: n - blurred], _soften(_soften(ink[n - blurred :]))])
    grain = (torch.rand(ink.shape, generator=rng) - 0.5) * _uniform(n, -0.35, 0.5, rng).clamp(min=0).view(-1, 1, 1, 1)
    low, gain = _uniform(n, 0.0, 0.25, rng).view(-1, 1, 1, 1), _uniform(n, 1.0, 2.5, rng).view(-1, 1, 1, 1)
    return ((ink + grain * (0.3 + ink) - low) * gain).clamp(0, 1)


def frame(ink: Tensor, rng: torch.Generator | None = None, threshold: float = 0.35) -> Tensor:
    """The view (B, 2, 3) for `take` that fits what is inked into a box of 20 in 28x28. With rng, a little off."""
    n, side = len(ink), ink.shape[-1]
    on = ink[:, 0] > threshold
    steps = torch.arange(side)

    def span(any_on: Tensor) -> tuple[Tensor, Tensor]:
        first = torch.where(any_on, steps, side).amin(1).clamp(max=side - 1)
        last = torch.where(any_on, steps, -1).amax(1)
        return first.float(), torch.maximum(last, first).float() + 1

    (left, right), (top, bottom) = span(on.any(1)), span(on.any(2))
    longest = torch.maximum(right - left, bottom - top).clamp(min=4)
    centre_x, centre_y = (left + right) / 2, (top + bottom) / 2
    if rng is not None:
        longest = longest * _uniform(n, 0.95, 1.07, rng)
        centre_x = centre_x + torch.randn(n, generator=rng) * longest * 0.02
        centre_y = centre_y + torch.randn(n, generator=rng) * longest * 0.02
    theta = torch.zeros(n, 2, 3)
    theta[:, 0, 0] = theta[:, 1, 1] = longest / BOX * CROP / side
    theta[:, 0, 2], theta[:, 1, 2] = centre_x * 2 / side - 1, centre_y * 2 / side - 1
    return theta


def take(ink: Tensor, view: Tensor) -> Tensor:
    """(B, 1, H, W) seen through views (B, 2, 3) → (B, 1, 28, 28)."""
    return F.grid_sample(ink, F.affine_grid(view, [len(ink), 1, CROP, CROP], align_corners=False), align_corners=False)


def normalise(ink: Tensor, rng: torch.Generator | None = None) -> Tensor:
    """Size-normalised crops, as `vision.segment.crop_of` makes them: (B, 1, H, W) → (B, 1, 28, 28)."""
    return take(ink, frame(ink, rng))


def _cut(ink: Tensor, labels: Tensor, rng: torch.Generator) -> Tensor:
    """A left or right part of each digit, never the straight right side of 1, 4, 7 or 9 (it is a one)."""
    column = ink.sum((1, 2)).cumsum(1)
    share = column / column[:, -1:].clamp(min=1e-6)
    at = (share < _uniform(len(ink), 0.3, 0.65, rng).view(-1, 1)).float().view(len(ink), 1, 1, -1)
    straight = torch.isin(labels, torch.tensor([1, 4, 7, 9]))
    left = (torch.rand(len(ink), generator=rng) < 0.5) | straight
    return ink * torch.where(left.view(-1, 1, 1, 1), at, 1 - at)


def _cross_out(ink: Tensor, rng: torch.Generator) -> Tensor:
    """Two to four strokes over each digit, (B, 1, 48, 48)."""
    n, side = len(ink), ink.shape[-1]
    ys, xs = torch.meshgrid(torch.arange(side).float(), torch.arange(side).float(), indexing="ij")
    extra = _uniform(n, 0, 3, rng).long()
    for stroke in range(4):
        turn = (torch.rand(n, generator=rng) - 0.5).view(-1, 1, 1) * 2.2 + (0.8 if stroke % 2 else -0.3)
        dx, dy = (
            xs - side / 2 - torch.randn(n, 1, 1, generator=rng) * 4,
            ys - side / 2 - torch.randn(n, 1, 1, generator=rng) * 6,
        )
        across = dy * torch.cos(turn) - dx * torch.sin(turn)
        along = dx * torch.cos(turn) + dy * torch.sin(turn)
        line = (across.abs() < _uniform(n, 1.2, 2.6, rng).view(-1, 1, 1)) & (along.abs() < 21)
        use = (stroke < 2) | (stroke - 2 < extra)
        ink = torch.maximum(ink, (line & torch.as_tensor(use).view(-1, 1, 1)).float().unsqueeze(1))
    return ink


def make_batch(crops: Tensor, labels: Tensor, recipe: Recipe, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """Source digits (B, 1, 28, 28) in 0..1 and labels (B,) → training crops (B, 1, 28, 28) and labels, some now 10."""
    n = len(crops)
    ink, labels = warp(crops, rng), labels.clone()
    pieces, pairs, crossed = (round(n * share) for share in (recipe.pieces, recipe.pairs, recipe.crossed))
    # The batch is in random order: its first rows become what is not one digit.
    end = pieces
    cut = _cut(ink[:end], labels[:end], rng)
    is_one = (labels[:end] == 1).view(-1, 1, 1, 1)
    ink = torch.cat([torch.where(is_one, ink[:end], cut), ink[end:]])
    labels[:end] = torch.where((labels[:end] == 1) | (labels[:end] == JUNK), labels[:end], torch.tensor(MISCUT))
    start, end = end, end + pairs
    gap = _uniform(pairs, 0.3, 0.62, rng)
    scale = _uniform(pairs, 1.5, 1.9, rng)
    other = crops[torch.randint(n, (pairs,), generator=rng)]
    pair = torch.maximum(warp(crops[start:end], rng, gap * scale, scale), warp(other, rng, -gap * scale, scale))
    start2, end2 = end, end + crossed
    out = _cross_out(ink[start2:end2], rng)
    ink = torch.cat([ink[:start], pair, out, ink[end2:]])
    labels[start:end] = MISCUT
    labels[start2:end2] = JUNK
    ink = change_weight(ink, rng)
    if recipe.damaged:
        hit = (torch.rand(n, generator=rng) < recipe.damaged) & (labels < JUNK)
        whole = ink[hit]
        gone = whole * (1 - damage_masks(whole, rng))
        enough = gone.sum((1, 2, 3)) > 0.45 * whole.sum((1, 2, 3))
        ink = ink.masked_scatter(hit.view(-1, 1, 1, 1), torch.where(enough.view(-1, 1, 1, 1), gone, whole))
    ink = degrade(ink, rng)
    return normalise(ink, rng), labels


def jitter(crops: Tensor, rng: torch.Generator) -> Tensor:
    """Crops (B, 1, 28, 28) that are framed already, moved, turned and stretched a little, with another contrast."""
    n = len(crops)
    amount = torch.tensor([[0.04, 0.07, 0.02], [0.05, 0.04, 0.02]]) * (torch.rand(n, 1, 1, generator=rng) < 0.8)
    theta = torch.eye(2, 3) + torch.randn(n, 2, 3, generator=rng) * amount
    moved = F.grid_sample(crops, F.affine_grid(theta, list(crops.shape), align_corners=False), align_corners=False)
    low, gain = _uniform(n, 0.0, 0.15, rng).view(-1, 1, 1, 1), _uniform(n, 0.85, 1.5, rng).view(-1, 1, 1, 1)
    return ((moved - low) * gain).clamp(0, 1)


def make_damage(crops: Tensor, rng: torch.Generator, share: float = 0.6) -> tuple[Tensor, Tensor, Tensor]:
    """Source digits (B, 1, 28, 28) → damaged crops, whole crops, and where strokes are missing (all (B, 1, 28, 28)).

    Framed by what is left of the digit, as in serving; `1 - share` of the digits are not damaged.
    """
    whole = degrade(change_weight(warp(crops, rng), rng), rng)
    mask = damage_masks(whole, rng)
    gone = whole * (1 - mask)
    use = (torch.rand(len(crops), generator=rng) < share) & (gone.sum((1, 2, 3)) > 0.45 * whole.sum((1, 2, 3)))
    mask = mask * use.view(-1, 1, 1, 1)
    gone = whole * (1 - mask)
    missing = mask * _grow((whole > 0.3).float())
    view = frame(gone, rng)
    return take(gone, view), take(whole, view), (take(missing, view) > 0.5).float()
