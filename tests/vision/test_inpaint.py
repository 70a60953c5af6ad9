"""Inpainting: what is not missing stays as it was, to the bit."""

import numpy as np
import pytest

from vision.inpaint import load_repair
from vision.pages import own_page
from vision.reader import MODELS
from vision.segment import Piece, crop_of


def crops() -> list[np.ndarray]:
    page = own_page("0123456789", np.random.default_rng(3))
    found = [
        crop_of(Piece(page.ink[top:bottom, left:right], 0, 0, 0)).copy() for left, top, right, bottom in page.boxes
    ]
    for crop in found:
        crop[13:16] = 0
    return found


@pytest.mark.skipif(not (MODELS / "inpainter.onnx").exists(), reason="data/models/inpainter.onnx is not built")
def test_undamaged_pixels_survive_inpainting() -> None:
    repair = load_repair(MODELS)
    assert repair is not None
    rng = np.random.default_rng(1)
    for crop in crops():
        for mask in (repair.masks(crop[None])[0], (rng.random((28, 28)) < 0.2).astype(np.float32)):
            painted = repair.paint(crop[None], mask[None])[0]
            assert (painted[mask == 0] == crop[mask == 0]).all()
            assert painted.min() >= 0 and painted.max() <= 1


@pytest.mark.skipif(not (MODELS / "inpainter.onnx").exists(), reason="data/models/inpainter.onnx is not built")
def test_an_empty_crop_is_left_alone() -> None:
    repair = load_repair(MODELS)
    assert repair is not None
    assert repair(np.zeros((1, 28, 28), np.float32)) == [None]


def test_the_generator_keeps_undamaged_pixels() -> None:
    torch = pytest.importorskip("torch")
    from vision.networks import Inpainter

    crop = torch.from_numpy(np.stack(crops()))[:, None]
    mask = (torch.rand(crop.shape, generator=torch.Generator().manual_seed(1)) < 0.3).float()
    painted = Inpainter().eval()(crop, mask)
    assert torch.equal(painted[mask == 0], crop[mask == 0])
