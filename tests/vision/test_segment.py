"""Segmentation finds lines and digits whatever the polarity, the scale and the paper."""

import numpy as np
import pytest

from vision import pages
from vision.ink import find_ink, remove_rules, without_edges
from vision.segment import Piece, Unreadable, _skew, crop_of, cuts, lines_of


def page(seed: int = 1, number: str = "2345678904", kind: str = "plain") -> pages.Page:
    return pages.own_page(number, np.random.default_rng(seed), kind)


def gray(of: pages.Page) -> np.ndarray:
    return (235 - 180 * of.ink).astype(np.uint8)


def tall(lines: list) -> list[int]:
    return [sum(p.bottom - p.top > 0.45 * line.height for p in line.pieces) for line in lines]


def test_ink_is_the_same_in_negative() -> None:
    seen = gray(page())
    assert np.abs(find_ink(seen) - find_ink(255 - seen)).max() < 0.02


def test_even_paper_has_no_ink() -> None:
    assert not find_ink(np.full((200, 300), 128, np.uint8)).any()


def test_two_lines_are_read_from_the_top() -> None:
    lines = lines_of(gray(page(3, kind="two lines")))
    assert len(lines) == 2
    assert sum(tall(lines)) >= 8


@pytest.mark.parametrize("angle", [-12, 8])
def test_a_turned_page_is_still_one_line(angle: float) -> None:
    from PIL import Image

    turned = Image.fromarray(gray(page(5))).rotate(angle, expand=True, fillcolor=235)
    assert len(lines_of(np.asarray(turned))) == 1


@pytest.mark.parametrize("turn", [0.0, 0.25])
def test_lines_of_unequal_length_are_taken_for_as_steep_as_they_are(turn: float) -> None:
    across = [(x, y) for y, count in ((0, 3), (60, 7)) for x in range(0, 40 * count, 40)]
    turned = [(x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)) for x, y in across]
    marks = np.array([(x - 12, y - 20, x + 12, y + 20, 300) for x, y in turned])
    assert abs(_skew(marks, 40.0) - turn) < 0.03


def test_rules_go_and_strokes_stay() -> None:
    ink = np.zeros((100, 400), np.float32)
    ink[10:60, 200:206] = 1  # a one that stands on the rule
    ruled = ink.copy()
    ruled[58:60, :] = 1
    clean = remove_rules(ruled, 50)
    assert clean[58:60, :190].sum() == 0
    assert (clean[10:56, 200:206] == 1).all()


def test_dotted_rules_go_too() -> None:
    ink = np.zeros((100, 400), np.float32)
    ink[10:60, 200:206] = 1
    dotted = ink.copy()
    dotted[70:72, (np.arange(400) % 10) < 4] = 1
    clean = remove_rules(dotted, 50)
    assert clean[70:72].sum() == 0
    assert (clean[10:60] == ink[10:60]).all()


def test_the_table_around_the_paper_is_no_writing() -> None:
    written = page().ink
    edged = written.copy()
    edged[:, :6] = 1
    edged[-4:] = 1
    assert np.abs(without_edges(edged) - written)[:-4, 6:].max() == 0
    assert without_edges(edged)[:, :6].sum() == 0
    assert without_edges(written) is written


def test_digits_that_touch_the_edge_stay() -> None:
    written = page().ink
    rows, columns = np.flatnonzero(written.max(1) > 0.2), np.flatnonzero(written.max(0) > 0.2)
    tight = written[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert without_edges(tight) is tight


def test_cutting_loses_no_ink_to_speak_of() -> None:
    ink = np.zeros((40, 60), np.float32)
    ink[2:38, 5:9] = ink[2:38, 50:54] = 1
    ink[20:23, 9:50] = 1
    parts = cuts(Piece(ink, 0, 0, 0))
    assert len(parts) >= 2
    assert sum(float(p.ink.sum()) for p in parts) > 0.95 * ink.sum()


def test_a_crop_does_not_depend_on_place_or_scale() -> None:
    ink = page(7).ink[:, :]
    small = crop_of(Piece(ink, 0, 0, 0))
    large = crop_of(Piece(np.pad(ink.repeat(2, 0).repeat(2, 1), ((30, 4), (9, 50))), 0, 0, 0))
    assert np.abs(small - large).mean() < 0.02


def test_a_blank_page_and_a_full_page_are_refused() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400)).astype(np.uint8)
    for nothing in (np.full((50, 80), 255, np.uint8), noise):
        with pytest.raises(Unreadable):
            lines_of(nothing)
