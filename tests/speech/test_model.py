"""The network computes what its definition says: padding is silent, streaming equals whole, one batch can be learnt."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="training needs torch; serving does not")

from torch.nn import functional  # noqa: E402

torch.set_num_threads(1)  # tiny networks: more threads only wait for each other

from speech.alphabet import BLANK, encode  # noqa: E402
from speech.export import export, load, size_of, write_card  # noqa: E402
from speech.features import BANDS  # noqa: E402
from speech.model import Config, DeepSpeech, GatedScan, one_way, output_frames, widened  # noqa: E402

SMALL = {"channels": 4, "hidden": 24, "layers": 2, "dropout": 0.0}
FORMS = [Config(**SMALL), Config(**SMALL, bidirectional=False, lookahead=5)]


def lived_in(config: Config) -> DeepSpeech:
    """A network whose normalisations have seen something."""
    torch.manual_seed(0)
    model = DeepSpeech(config)
    with torch.no_grad():
        for _ in range(3):
            model(torch.rand(4, 120, BANDS) * 8, torch.tensor([120, 100, 80, 31]))
    return model.eval()


@pytest.mark.parametrize("config", FORMS)
def test_padding_does_not_change_the_result(config: Config) -> None:
    model = lived_in(config)
    frames = torch.rand(3, 100, BANDS) * 8
    with torch.inference_mode():
        padded, lengths = model(frames, torch.tensor([100, 61, 20]))
        for at, length in enumerate((100, 61, 20)):
            assert lengths[at] == output_frames(length)
            alone = model.whole(frames[at, :length])
            torch.testing.assert_close(padded[at, : lengths[at]], alone, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("directions", [1, 2])
def test_the_scan_equals_torchs_gru_in_value_and_gradient(directions: int) -> None:
    torch.manual_seed(1)
    inputs = torch.randn(7, directions, 3, 12, dtype=torch.float64, requires_grad=True)
    weight = torch.randn(directions, 12, 4, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(directions, 12, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(GatedScan.apply, (inputs, weight, bias))
    gru = torch.nn.GRU(12, 4).double()
    with torch.no_grad():
        gru.weight_ih_l0.copy_(torch.eye(12))
        gru.bias_ih_l0.zero_()
        gru.weight_hh_l0.copy_(weight[0])
        gru.bias_hh_l0.copy_(bias[0])
    torch.testing.assert_close(GatedScan.apply(inputs, weight, bias)[:, 0], gru(inputs[:, 0])[0])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("config", FORMS)
def test_the_exported_network_equals_pytorch(tmp_path: Path, config: Config) -> None:
    export(lived_in(config), tmp_path / "recogniser.onnx")  # raises where they differ


def test_training_can_go_on_from_the_exported_network(tmp_path: Path) -> None:
    model, path = lived_in(FORMS[0]), tmp_path / "network.onnx"
    export(model, path)
    write_card(path, **size_of(model))
    read = load(path).state_dict()
    for name, weights in model.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            assert torch.equal(read[name], weights), name


def test_one_batch_can_be_overfitted() -> None:
    from speech.training import greedy, loss_of

    torch.manual_seed(0)
    config = Config(channels=4, hidden=48, layers=1, dropout=0.0)
    model = DeepSpeech(config)
    texts = ["two", "a tea", "no"]
    frames = torch.rand(3, 60, BANDS) * 8
    lengths = torch.tensor([60, 54, 48])
    targets = torch.tensor([symbol for text in texts for symbol in encode(text)])
    batch = (frames, lengths, targets, torch.tensor([len(text) for text in texts]))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(80):
        optimizer.zero_grad()
        loss = loss_of(model, batch)
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.2
    log_probs, out = model(frames, lengths)
    assert [greedy(row[:n]) for row, n in zip(log_probs, out)] == texts
    assert BLANK == 0


def test_the_forward_half_of_a_network_hears_what_its_forward_half_heard_and_when() -> None:
    model = lived_in(FORMS[0])
    with torch.no_grad():  # a network whose backward directions say nothing
        for name, weights in model.named_parameters():
            if name.endswith("_reverse"):
                weights.zero_()
    half = one_way(model, lookahead=7).eval()
    frames = functional.interpolate(torch.rand(1, BANDS, 30) * 8, 300, mode="linear")[0].t()  # it changes slowly
    with torch.inference_mode():
        wanted, heard = model.whole(frames), half.whole(frames)
    apart = {shift: float((heard.roll(shift, 0) - wanted)[20:-20].abs().mean()) for shift in range(-6, 7)}
    assert min(apart, key=lambda shift: apart[shift]) == 0


@pytest.mark.parametrize("config", FORMS)
def test_a_widened_network_is_the_same_function_with_more_units(config: Config) -> None:
    model = lived_in(config)
    wide = widened(model, 40).eval()
    assert wide.config.hidden == 40
    frames = torch.rand(50, BANDS) * 8
    with torch.inference_mode():
        torch.testing.assert_close(wide.whole(frames), model.whole(frames), atol=1e-4, rtol=1e-4)


def test_products_in_bfloat16_give_nearly_the_same_gradient() -> None:
    torch.manual_seed(2)
    inputs, bias = torch.randn(20, 2, 3, 24), torch.randn(2, 24)
    weight = (torch.randn(2, 24, 8) / 3).requires_grad_()
    exact = torch.autograd.grad(GatedScan.apply(inputs, weight, bias).square().sum(), weight)[0]
    with torch.autocast("cpu", torch.bfloat16):
        rough = torch.autograd.grad(GatedScan.apply(inputs, weight, bias).square().sum(), weight)[0]
    assert rough.dtype == torch.float32
    assert torch.nn.functional.cosine_similarity(exact.flatten(), rough.flatten(), dim=0) > 0.999
