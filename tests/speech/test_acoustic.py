"""Streams to either form of the network give what the whole utterance gives, however they are cut."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="exporting a network needs torch; running it does not")

from speech.acoustic import BothWays, Network, OneWay, open_network  # noqa: E402
from speech.export import export  # noqa: E402
from speech.features import BANDS  # noqa: E402
from speech.model import Config, DeepSpeech, output_frames  # noqa: E402

SMALL = {"channels": 4, "hidden": 24, "layers": 2, "dropout": 0.0}
FRAMES = (np.random.default_rng(0).random((932, BANDS)) * 8).astype(np.float32)


def network(folder: Path, config: Config) -> Network:
    torch.manual_seed(0)
    model = DeepSpeech(config)
    with torch.no_grad():
        model(torch.rand(4, 120, BANDS) * 8, torch.tensor([120, 100, 80, 31]))
    export(model.eval(), folder / "network.onnx")
    return open_network(folder / "network.onnx")


@pytest.fixture(scope="module")
def one_way(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return network(tmp_path_factory.mktemp("one"), Config(**SMALL, bidirectional=False, lookahead=5))


@pytest.fixture(scope="module")
def both_ways(tmp_path_factory: pytest.TempPathFactory) -> Network:
    return network(tmp_path_factory.mktemp("both"), Config(**SMALL))


@pytest.mark.parametrize("chunk", [1, 7, 30, 2000])
def test_the_one_way_stream_is_the_whole_utterance_for_any_chunk(one_way: Network, chunk: int) -> None:
    assert isinstance(one_way, OneWay)
    stream = one_way.stream()
    for at in range(0, len(FRAMES), chunk):
        stream.accept(FRAMES[at : at + chunk])
        assert len(stream.so_far()) <= output_frames(min(len(FRAMES), at + chunk))
    np.testing.assert_allclose(stream.finish(), one_way.whole(FRAMES), atol=1e-4)


@pytest.mark.parametrize("chunk", [1, 7, 30, 2000])
def test_the_windows_of_both_directions_are_the_whole_utterance_but_for_their_edges(
    both_ways: Network, chunk: int
) -> None:
    assert isinstance(both_ways, BothWays)
    whole, stream = both_ways.whole(FRAMES), both_ways.stream()
    for at in range(0, len(FRAMES), chunk):
        stream.accept(FRAMES[at : at + chunk])
    streamed = stream.finish()
    assert streamed.shape == whole.shape
    assert np.abs(streamed - whole).mean() < 1e-3
    np.testing.assert_array_equal(streamed, stream.so_far())


def test_a_window_does_not_depend_on_how_the_stream_was_cut(both_ways: Network) -> None:
    slow, quick = both_ways.stream(), both_ways.stream()
    for at in range(0, len(FRAMES), 11):
        slow.accept(FRAMES[at : at + 11])
    quick.accept(FRAMES)
    np.testing.assert_array_equal(slow.finish(), quick.finish())


def test_what_is_shorter_than_a_window_is_read_as_a_whole(both_ways: Network) -> None:
    stream = both_ways.stream()
    stream.accept(FRAMES[:200])
    np.testing.assert_array_equal(stream.finish(), both_ways.whole(FRAMES[:200]))


def test_nothing_gives_nothing(one_way: Network, both_ways: Network) -> None:
    for form in (one_way, both_ways):
        assert len(form.whole(FRAMES[:0])) == len(form.stream().so_far()) == 0
