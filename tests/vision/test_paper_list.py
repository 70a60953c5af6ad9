"""A paper list's lines, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vision.paper_list import strips, tails


def page(lines: int, *, turn: float = 0.0, rules: bool = False, paper: int = 240) -> Image.Image:
    """So many lines of ten upright strokes, on paper that may be ruled and lie askew."""
    image = Image.new("L", (1000, 160 * lines + 120), paper)
    draw = ImageDraw.Draw(image)
    for line in range(lines):
        top = 90 + 160 * line
        for n in range(10):
            draw.line((100 + 80 * n, top, 106 + 80 * n, top + 70), fill=30, width=8)
        if rules:
            draw.line((20, top + 92, 980, top + 92), fill=150, width=2)
    return image.rotate(turn, fillcolor=paper)


@pytest.mark.parametrize("lines", [1, 3, 8])
@pytest.mark.parametrize("turn", [0.0, 4.0, -5.0])
def test_each_line_is_an_image_of_its_own(lines: int, turn: float) -> None:
    found = strips(np.asarray(page(lines, turn=turn)))
    assert len(found) == lines
    for strip in found:
        assert 60 < strip.shape[0] < 160 and strip.shape[1] > 650 and strip.min() < 80


def test_rules_of_the_paper_are_no_lines_of_writing() -> None:
    assert len(strips(np.asarray(page(4, rules=True)))) == 4


def test_a_blank_page_has_no_lines() -> None:
    assert strips(np.full((400, 400), 235, np.uint8)) == []


def test_after_a_wide_gap_the_number_may_begin() -> None:
    image = Image.new("L", (1000, 120), 240)
    draw = ImageDraw.Draw(image)
    for x in (40, 70, 100, *range(300, 900, 60)):
        draw.line((x, 30, x + 4, 90), fill=30, width=8)
    widths = [tail.shape[1] for tail in tails(np.asarray(image))]
    assert widths and 640 < widths[0] < 730


def test_of_noise_there_is_no_end_of_lines() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 600)).astype(np.uint8)
    assert len(strips(noise)) <= 40
