"""Neural voices: accents replace sounds, mixtures leave out who is held out, and float convolutions compute the same."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from speech import neural_voices
from speech.neural_voices import ACCENTS, HELD_OUT, accented, draw_name, phonemes, read_aloud


def test_an_accent_replaces_the_sounds_that_its_speakers_lack() -> None:
    assert accented("θɹˈi", "") == "θɹˈi"
    assert accented("θɹˈi", "german") == "sʁˈi"
    assert accented("fˈIv ˈAt", "german") == "fˈIf ˈAt"
    assert accented("hˈWs", "french") == "Ws"


def test_a_mixed_accent_is_always_the_same_and_not_everybodys() -> None:
    said = [accented("θɹˈi sˈɪks sˈɛvən", f"mixed{number}") for number in range(20)]
    assert said == [accented("θɹˈi sˈɪks sˈɛvən", f"mixed{number}") for number in range(20)]
    assert len(set(said)) > 10


def test_voices_held_out_are_in_no_mixture(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*HELD_OUT, "af_heart", "am_adam", "bf_emma", "ff_siwis"]
    monkeypatch.setattr(neural_voices, "styles", lambda: dict.fromkeys(names, np.zeros((510, 256), np.float32)))
    rng = random.Random(0)
    for _ in range(200):
        voices, weight, accent = draw_name(rng).split(":")
        assert not set(voices.split("+")) & set(HELD_OUT)
        assert 0 < float(weight) <= 1 and (accent in ACCENTS or accent.startswith("mixed"))


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
def test_phonemes_are_in_the_symbols_that_the_voices_know() -> None:
    assert phonemes("five oh four") == "fˈIv ˈO fˈoɹ"
    assert phonemes("i'd like a large pizza, please").endswith("plˈiz")


def test_voices_that_were_not_fetched_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="speech voices"):
        neural_voices._network(tmp_path)


def test_a_convolution_in_float_computes_what_the_8_bit_one_does(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="needed to make voices ready, not to serve")
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(0)
    kernel = rng.integers(0, 255, (4, 3, 5)).astype(np.uint8)
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"]),
        helper.make_node("ConvInteger", ["q", "kernel", "zero", "kernel_zero"], ["y"], pads=[2, 2]),
    ]
    graph = helper.make_graph(
        nodes,
        "convolution",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 20])],
        [helper.make_tensor_value_info("y", TensorProto.INT32, [1, 4, 20])],
        [numpy_helper.from_array(kernel, "kernel"), numpy_helper.from_array(np.uint8(120), "kernel_zero")],
    )
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(tmp_path / "a.onnx")
    )
    neural_voices._with_float_convolutions(tmp_path / "a.onnx", tmp_path / "b.onnx")
    x = rng.standard_normal((1, 3, 20)).astype(np.float32)
    whole, floats = (
        onnxruntime.InferenceSession(str(tmp_path / name), providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
        for name in ("a.onnx", "b.onnx")
    )
    assert (whole == floats).all()


@pytest.mark.skipif(not (neural_voices.FOLDER / "model.onnx").is_file(), reason="the neural voices were not fetched")
def test_a_faster_voice_says_the_same_in_less_time() -> None:
    slow, fast = (read_aloud("two large pizzas please", HELD_OUT[0], speed) for speed in (0.9, 1.3))
    assert len(fast) < 0.9 * len(slow)
    assert np.abs(slow).max() > 0.05
