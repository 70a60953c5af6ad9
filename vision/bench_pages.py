"""Pages to report on: the layouts of `vision.pages` on paper, with noise and with damage that no training used.

training pages and crops                        these pages
even light, a straight slope, a lamp's spot     vignette, and the soft edge of a shadow
Gaussian or uniform grain, Gaussian blur        shot noise, paper fibres, dust, box blur, JPEG
coarse, of few gray levels, sharpened, rubbed   white on black
straight unbroken rules, upright view           broken, tilted, wavy rules; perspective
pen by grey dilation and erosion                pen pressure that changes along the line
round gaps and wavy strips of changing width    straight bands of one width, right through the digit
"""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from vision.pages import Page

Ink = NDArray[np.float32]
Gray = NDArray[np.uint8]

BAND_WIDTHS = (0.05, 0.20)  # of the digit's height


def _cloud(shape: tuple[int, int], coarse: float, rng: np.random.Generator) -> Ink:
    """Smooth noise of standard deviation 1, with features of about `coarse` pixels."""
    small = rng.normal(size=(max(2, int(shape[0] / coarse) + 2), max(2, int(shape[1] / coarse) + 2)))
    image = Image.fromarray(small.astype(np.float32)).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(image, np.float32)


def band(page: Page, index: int, width: float, rng: np.random.Generator) -> Page:
    """The page with a straight band of ink missing from one digit; `width` is a share of the digit's height."""
    left, top, right, bottom = page.boxes[index]
    ink = page.ink.copy()
    high, wide = bottom - top, right - left
    turn = rng.uniform(0, np.pi)
    middle_x, middle_y = left + wide * rng.uniform(0.3, 0.7), top + high * rng.uniform(0.25, 0.75)
    yy, xx = np.mgrid[top:bottom, left:right].astype(np.float32)
    across = np.abs((yy - middle_y) * np.cos(turn) - (xx - middle_x) * np.sin(turn))
    ink[top:bottom, left:right] *= np.clip(across - width * high / 2 + 0.5, 0, 1)
    return replace(page, ink=ink)


def paper(page: Page, rng: np.random.Generator) -> Gray:
    """What a camera or a scanner sees, gray (H, W) uint8."""
    high, wide = page.ink.shape
    ink = page.ink * np.clip(1 + 0.12 * _cloud((high, wide), page.height / 2, rng), 0.6, 1.0)
    yy, xx = np.mgrid[0:high, 0:wide].astype(np.float32)
    light = np.full((high, wide), rng.uniform(185, 245), np.float32)
    light *= 1 + rng.uniform(0, 0.02) * _cloud((high, wide), 3, rng)
    if page.kind == "ruled":
        step, tilt = page.height * rng.uniform(1.3, 1.9), rng.normal(0, 0.006)
        wave = rng.uniform(0, 0.03) * page.height * np.sin(xx / wide * rng.uniform(2, 7))
        place = (yy + tilt * xx + wave + rng.uniform(0, step)) % step
        line = np.clip(page.height / 45 - np.abs(place - step / 2) + 0.5, 0, 1)
        line *= (xx % (page.height * 0.4) < page.height * rng.choice([0.3, 0.4])) * 1.0
        light *= 1 - rng.uniform(0.12, 0.35) * line
    if page.kind == "photographed":
        far = np.hypot((xx / wide - rng.uniform(0.3, 0.7)) * 2, (yy / high - 0.5) * 1.2)
        light *= 1 - rng.uniform(0.1, 0.3) * far**2
        edge = (xx - wide * rng.uniform(0.2, 0.8)) * rng.choice([-1, 1]) + (yy - high / 2) * rng.uniform(-1, 1)
        light *= 1 - rng.uniform(0.1, 0.3) / (1 + np.exp(-edge / (0.05 * wide)))
    dark = rng.uniform(0.12, 0.45)
    seen = light * (1 - ink * (1 - dark))
    if page.kind == "photographed":
        seen = _perspective(seen, rng)
    size = int(rng.integers(1, max(2, int(page.height / 22)) + 1))
    seen = ndimage.uniform_filter(seen, size)
    strength = rng.uniform(0, 0.5)
    seen = seen + rng.normal(size=seen.shape) * np.sqrt(np.maximum(seen, 1)) * strength
    dust = rng.random(seen.shape) < rng.uniform(0, 0.0004)
    seen[dust] *= rng.uniform(0.4, 0.8)
    gray = np.clip(seen, 0, 255).astype(np.uint8)
    if rng.random() < 0.06:
        gray = 255 - gray  # chalk on a board
    if rng.random() < 0.5:
        file = io.BytesIO()
        Image.fromarray(gray).save(file, "JPEG", quality=int(rng.integers(45, 90)))
        gray = np.asarray(Image.open(file), np.uint8)
    return gray


def _perspective(seen: Ink, rng: np.random.Generator) -> Ink:
    """Seen at an angle: each corner moves by up to 4 % of the page's width or 8 % of its height."""
    high, wide = seen.shape
    corners = np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float64)
    moved = corners + rng.uniform(-1, 1, (4, 2)) * [0.04 * wide, 0.08 * high]
    rows = []
    for (x, y), (u, v) in zip(corners, moved, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
    terms = np.linalg.solve(np.asarray(rows), moved.reshape(-1))
    paper_level = float(np.percentile(seen, 90))
    turned = Image.fromarray(seen.astype(np.float32)).transform(
        (wide, high), Image.Transform.PERSPECTIVE, tuple(terms), Image.Resampling.BILINEAR, fillcolor=paper_level
    )
    return np.asarray(turned, np.float32)
