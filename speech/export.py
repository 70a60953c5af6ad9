"""From a checkpoint to what is served: the network as ONNX, checked against PyTorch, and its card."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from speech.acoustic import open_network
from speech.features import BANDS
from speech.model import Config, DeepSpeech


class _Whole(nn.Module):
    def __init__(self, model: DeepSpeech) -> None:
        super().__init__()
        self.model = model

    def forward(self, frames: Tensor) -> Tensor:
        return self.model.whole(frames)


def load(path: Path) -> DeepSpeech:
    """The trained network, ready to infer, from a checkpoint or from an exported file with its card."""
    if path.suffix == ".onnx":
        return _from_onnx(path)
    saved = torch.load(path, map_location="cpu", weights_only=False)
    model = DeepSpeech(Config(**saved["config"]))
    model.load_state_dict(saved["model"])
    return model.eval()


def _from_onnx(path: Path) -> DeepSpeech:
    """Read the weights back; ONNX orders a GRU's gates update, reset, new, and PyTorch reset, update, new."""
    graph = onnx.load(str(path)).graph
    stored = {tensor.name: torch.from_numpy(onnx.numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
    model = DeepSpeech(Config(**json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["network"]))
    weights = {name: stored.get(f"model.{name}", value) for name, value in model.state_dict().items()}

    def gates(tensor: Tensor) -> Tensor:
        update, reset, new = tensor.chunk(3)
        return torch.cat([reset, update, new])

    for layer, node in enumerate(node for node in graph.node if node.op_type == "GRU"):
        inward, recurrent, biases = (stored[name] for name in node.input[1:4])
        for direction, end in enumerate(("", "_reverse")[: len(inward)]):
            bias_in, bias_recurrent = biases[direction].chunk(2)
            for kind, tensor in (
                ("weight_ih", inward[direction]),
                ("weight_hh", recurrent[direction]),
                ("bias_ih", bias_in),
                ("bias_hh", bias_recurrent),
            ):
                weights[f"recurrences.{layer}.gru.{kind}_l0{end}"] = gates(tensor)
    model.load_state_dict(weights)
    return model.eval()


def export(model: DeepSpeech, path: Path) -> None:
    """Write the network. In both directions: ``frames`` (T, BANDS) to ``log_probs`` (T', symbols); in one: a chunk,
    the state and ``keep`` to log-probabilities and the next state.

    Raises:
        RuntimeError: ONNX Runtime does not compute what PyTorch does.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    (_export_both_ways if model.config.bidirectional else _export_one_way)(model, path)
    network = open_network(path)
    for length in (1, 50, 161, 700):
        frames = torch.rand(length, BANDS) * 8
        with torch.inference_mode():
            wanted = model.whole(frames).numpy()
        if np.abs(network.whole(frames.numpy()) - wanted).max() > 1e-3:
            raise RuntimeError(f"the exported network differs from PyTorch for {length} frames")


def _export_both_ways(model: DeepSpeech, path: Path) -> None:
    torch.onnx.export(
        _Whole(model).eval(),
        (torch.rand(160, BANDS) * 8,),
        str(path),
        input_names=["frames"],
        output_names=["log_probs"],
        dynamic_axes={"frames": {0: "T"}, "log_probs": {0: "T_out"}},
        opset_version=17,
        dynamo=False,
    )


STATE = ("past_frames", "past_maps", "hidden", "ahead")


class _Stream(nn.Module):
    def __init__(self, model: DeepSpeech) -> None:
        super().__init__()
        self.model = model

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        return self.model.stream(*inputs)


def _export_one_way(model: DeepSpeech, path: Path) -> None:
    torch.onnx.export(
        _Stream(model).eval(),
        (torch.rand(30, BANDS) * 8, *model.first_state(), torch.ones(1)),
        str(path),
        input_names=["frames", *STATE, "keep"],
        output_names=["log_probs", *(f"next_{name}" for name in STATE)],
        dynamic_axes={"frames": {0: "T"}, "log_probs": {0: "T_out"}},
        opset_version=17,
        dynamo=False,
    )


def size_of(model: DeepSpeech) -> dict[str, object]:
    """What the card tells of the network."""
    return {"network": model.config.as_dict(), "parameters": sum(p.numel() for p in model.parameters())}


def write_card(path: Path, **facts: object) -> None:
    """The JSON beside a model; keeps what an earlier card says and ``facts`` do not."""
    card = path.with_suffix(".json")
    known = json.loads(card.read_text(encoding="utf-8")) if card.exists() else {}
    known |= facts
    known["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    card.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
