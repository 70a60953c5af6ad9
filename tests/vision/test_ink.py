"""Rules of finding ink: it does not depend on the light, on which side is darker, or on what the paper lies on."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from vision.ink import find_ink
from vision.pages import own_page

Gray = NDArray[np.uint8]


@pytest.fixture(scope="module")
def ink() -> NDArray[np.float32]:
    return own_page("2025550143", np.random.default_rng(2)).ink


def seen(ink: NDArray[np.float32], light: NDArray[np.float32] | float) -> Gray:
    return (light * (1 - 0.7 * ink)).astype(np.uint8)


def shadow(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    """The right half in the shadow of a hand, with a sharp slanting edge."""
    down, across = np.mgrid[0 : ink.shape[0], 0 : ink.shape[1]].astype(np.float32)
    return np.where(across + 0.5 * down > 0.6 * ink.shape[1], 130, 220).astype(np.float32)


def wrong(found: NDArray[np.float32], ink: NDArray[np.float32]) -> float:
    """Pixels clearly taken for the other thing, as a share of the ink."""
    return float(((found > 0.5) & (ink < 0.05) | (found < 0.2) & (ink > 0.95)).sum() / (ink > 0.5).sum())


def test_a_shadows_edge_is_no_ink(ink: NDArray[np.float32]) -> None:
    assert wrong(find_ink(seen(ink, shadow(ink))), ink) < 0.02


def test_light_on_dark_is_read_as_dark_on_light(ink: NDArray[np.float32]) -> None:
    assert wrong(find_ink(255 - seen(ink, 230.0)), ink) < 0.02


@pytest.mark.parametrize("table", [40, 120, 250])
def test_which_side_is_ink_does_not_depend_on_the_table(ink: NDArray[np.float32], table: int) -> None:
    around = 60
    page = np.pad(seen(ink, 170.0), around, constant_values=table)
    found = find_ink(page)[around:-around, around:-around]
    margin = slice(4, -4)  # the paper's own edge may show
    assert wrong(found[margin, margin], ink[margin, margin]) < 0.02


def test_blank_and_even_light_give_no_ink() -> None:
    slope = np.linspace(120, 240, 400)[None, :].repeat(200, 0)
    assert not find_ink(np.full((200, 400), 230, np.uint8)).any()
    assert find_ink(slope.astype(np.uint8)).mean() < 0.01
