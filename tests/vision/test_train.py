"""Training: the networks can learn, the crops are what serving makes, the split keeps its word."""

import hashlib
import json
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from vision.data import FOLDS, SPLIT_FILE, load_split
from vision.pages import own_page
from vision.segment import Piece, crop_of

torch = pytest.importorskip("torch")
from vision import augment, train  # noqa: E402
from vision.lattice import JUNK, MISCUT  # noqa: E402
from vision.networks import DigitNet, Perceptron  # noqa: E402
from vision.sources import labelled_crops, own_crops  # noqa: E402


@pytest.mark.parametrize("network", [partial(DigitNet, width=10), Perceptron])
def test_one_batch_can_be_overfitted(network: Callable[[], "torch.nn.Module"]) -> None:
    torch.manual_seed(1)
    crops, labels = own_crops(40, np.random.default_rng(1))
    x, y = torch.from_numpy(crops).float().div(255).unsqueeze(1), torch.from_numpy(labels)
    model = network()
    optimiser = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(60):
        loss = torch.nn.functional.cross_entropy(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
    assert (model(x).argmax(1) == y).float().mean() > 0.9


def test_the_mean_of_a_network_with_itself_is_that_network_with_norms_of_its_batches() -> None:
    torch.manual_seed(2)
    batches, network, mean = [torch.rand(50, 1, 28, 28) for _ in range(3)], DigitNet(), DigitNet()
    weights = {key: value.clone() for key, value in network.state_dict().items()}
    train.set_mean(mean, [weights, weights], batches)
    assert all(torch.equal(a, b) for a, b in zip(mean.parameters(), network.parameters(), strict=True))
    seen = torch.stack([network.features[0][0](batch[..., 2:-2, 2:-2]).mean((0, 2, 3)) for batch in batches]).mean(0)
    assert torch.allclose(mean.state_dict()["features.0.1.running_mean"], seen, atol=1e-5)


def test_training_and_serving_frame_a_digit_alike() -> None:
    page = own_page("0123456789", np.random.default_rng(3))
    for left, top, right, bottom in page.boxes:
        ink = np.zeros((96, 96), np.float32)
        part = page.ink[top:bottom, left:right][:90, :90]
        ink[3 : 3 + part.shape[0], 2 : 2 + part.shape[1]] = part
        served = crop_of(Piece(ink, 0, 0, 0))
        trained = augment.normalise(torch.from_numpy(ink)[None, None])[0, 0].numpy()
        assert np.abs(served - trained).mean() < 0.03


def test_crops_cut_from_a_page_carry_what_they_hold() -> None:
    rng = np.random.default_rng(5)
    page = own_page("0123456789", rng, "brackets and dashes")
    labels = [label for _, label in labelled_crops(page, rng)]
    assert [labels.count(digit) >= 1 for digit in range(10)].count(True) >= 9
    assert JUNK in labels
    assert set(labels) <= {*range(10), JUNK, MISCUT, -1}


def test_damage_only_takes_ink_away() -> None:
    crops, labels = own_crops(60, np.random.default_rng(2))
    source = torch.from_numpy(crops[labels < 10]).float().div(255).unsqueeze(1)
    damaged, whole, missing = augment.make_damage(source, torch.Generator().manual_seed(1))
    assert (damaged <= whole + 1e-5).all()
    assert set(missing.unique().tolist()) <= {0.0, 1.0}


def test_no_digit_is_trained_on_and_reported() -> None:
    split = load_split()
    for fold in range(FOLDS):
        seen = set(split.train(fold)) | set(split.calibration(fold))
        assert not seen & set(split.test(fold))
        assert not set(split.train(fold)) & set(split.calibration(fold))
    assert sum(len(split.test(fold)) for fold in range(FOLDS)) == 60_000


def test_the_split_is_the_one_that_was_fixed() -> None:
    roles = json.loads(SPLIT_FILE.read_text().splitlines()[0])["roles"]
    assert (
        hashlib.sha256(roles.encode()).hexdigest() == "efe604d04ae23165a583d74c3fafef8ef694ce50d515686166d944bc43e89084"
    )
