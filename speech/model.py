"""The acoustic model of Deep Speech 2 (Amodei et al. 2016, arXiv:1512.02595) at the size of a telephone line.

Log mel frames -> two 2-D convolutions -> GRUs with sequence-wise batch normalisation -> log-probabilities of
characters for CTC. ``bidirectional`` hears the whole utterance; without it the GRUs only look back and a lookahead
convolution gives them a little future (section 3.7 of the paper), so that the model can stream.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from speech.alphabet import SYMBOLS
from speech.features import BANDS


@dataclass(frozen=True)
class Config:
    """Sizes. The time stride of the first convolution makes one output frame of three 10 ms frames."""

    bands: int = BANDS
    channels: int = 32
    hidden: int = 256
    layers: int = 3
    bidirectional: bool = True
    lookahead: int = 0  # output frames of future, for the streaming form
    dropout: float = 0.1
    symbols: int = len(SYMBOLS)

    def as_dict(self) -> dict[str, int | float | bool]:
        return asdict(self)


STRIDE = 3
_LATE = 5  # output frames between the middle and the end of what the two convolutions see


class SequenceNorm(nn.BatchNorm1d):
    """Batch normalisation whose statistics are those of every valid frame of every sequence of the batch."""

    def valid(self, x: Tensor, index: Tensor) -> Tensor:
        """(N, features, ...) with only the rows of ``index`` (M,) taken for frames; the other rows become zero."""
        return torch.zeros_like(x).index_copy(0, index, self(x.index_select(0, index)))


def valid_index(lengths: Tensor, frames: int) -> Tensor:
    """Which rows of a flattened (B, frames) are inside their sequence."""
    return (torch.arange(frames) < lengths[:, None]).flatten().nonzero()[:, 0]


class Convolution(nn.Module):
    """2-D convolution over (time, band), normalised per channel over the valid frames, clipped ReLU."""

    def __init__(
        self, inputs: int, outputs: int, kernel: tuple[int, int], stride: tuple[int, int], causal: bool
    ) -> None:
        super().__init__()
        past = kernel[0] - 1 if causal else kernel[0] // 2
        self.padding = (kernel[1] // 2, kernel[1] // 2, past, kernel[0] - 1 - past)
        self.stride = stride[0]
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, bias=False)
        self.norm = SequenceNorm(outputs)

    def after(self, x: Tensor) -> Tensor:
        """Normalisation and clipping of (1, C', T', F') without padding."""
        x = x.transpose(1, 2)
        return self.norm(x.flatten(0, 1)).view(x.shape).clamp(0, 20).transpose(1, 2)

    def forward(self, x: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
        """(B, C, T, F) and lengths (B,) to (B, C', ceil(T / stride), F'); no lengths: nothing is padding."""
        x = self.convolution(functional.pad(x, self.padding)).float().transpose(1, 2)  # (B, T', C', F')
        rows = x.flatten(0, 1)
        if lengths is None:
            rows = self.norm(rows)
        else:
            lengths = torch.div(lengths + self.stride - 1, self.stride, rounding_mode="floor")
            rows = self.norm.valid(rows, valid_index(lengths, x.shape[1]))
        return rows.clamp(0, 20).view(x.shape).transpose(1, 2), lengths


class GatedScan(torch.autograd.Function):
    """The recurrence of a GRU with all weight gradients gathered into one product after the loop.

    torch.nn.GRU computes the same, but on a CPU its backward pass over many short steps takes several times as long.
    Under autocast the products, and nothing else, are computed in bfloat16.
    """

    @staticmethod
    def forward(context: Any, inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        """Projected inputs (T, D, B, 3H), weight (D, 3H, H), bias (D, 3H) to states (T, D, B, H); D: directions."""
        frames, directions, batch, width = inputs.shape
        hidden = width // 3
        kind = torch.bfloat16 if torch.is_autocast_enabled("cpu") else inputs.dtype
        gates = inputs.new_empty(frames, directions, batch, 2 * hidden)  # reset and update
        new, recurrent = inputs.new_empty(2, frames, directions, batch, hidden)
        states = inputs.new_zeros(frames + 1, directions, batch, hidden)
        transposed, bias = weight.to(kind).transpose(1, 2).contiguous(), bias[:, None].to(kind)
        for t in range(frames):
            product = torch.baddbmm(bias, states[t].to(kind), transposed)
            torch.add(inputs[t, ..., : 2 * hidden], product[..., : 2 * hidden], out=gates[t]).sigmoid_()
            recurrent[t] = product[..., 2 * hidden :]
            torch.addcmul(inputs[t, ..., 2 * hidden :], gates[t, ..., :hidden], recurrent[t], out=new[t]).tanh_()
            torch.lerp(new[t], states[t], gates[t, ..., hidden:], out=states[t + 1])
        context.save_for_backward(weight.to(kind), gates, new, recurrent, states)
        return states[1:]

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        weight, gates, new, recurrent, states = context.saved_tensors
        (outer,) = gradients
        frames, directions, batch, hidden = new.shape
        reset, update = gates[..., :hidden], gates[..., hidden:].contiguous()
        to_new = (1 - update) * (1 - new * new)
        to_update = (states[:-1] - new) * update * (1 - update)
        to_reset = recurrent * reset * (1 - reset)
        reset = reset.contiguous()
        inward = outer.new_empty(frames, directions, batch, 3 * hidden)  # gradient of the recurrent product
        d_new = torch.empty_like(new)
        carried = torch.zeros_like(outer[0])
        for t in range(frames - 1, -1, -1):
            carried += outer[t]
            torch.mul(carried, to_new[t], out=d_new[t])
            torch.mul(carried, to_update[t], out=inward[t, ..., hidden : 2 * hidden])
            torch.mul(d_new[t], to_reset[t], out=inward[t, ..., :hidden])
            torch.mul(d_new[t], reset[t], out=inward[t, ..., 2 * hidden :])
            carried = carried * update[t] + torch.bmm(inward[t].to(weight.dtype), weight)
        by_direction = inward.transpose(0, 1).reshape(directions, frames * batch, 3 * hidden)
        before = states[:-1].transpose(0, 1).reshape(directions, frames * batch, hidden)
        d_weight = torch.bmm(by_direction.transpose(1, 2).to(weight.dtype), before.to(weight.dtype)).to(outer.dtype)
        d_inputs = torch.cat([inward[..., : 2 * hidden], d_new], dim=-1)
        return d_inputs, d_weight, by_direction.sum(1)


class Recurrence(nn.Module):
    """Sequence-wise batch normalisation, then a GRU; two directions are added up as in the paper."""

    def __init__(self, inputs: int, hidden: int, bidirectional: bool, dropout: float) -> None:
        super().__init__()
        self.norm = SequenceNorm(inputs)
        self.dropout = nn.Dropout(dropout)
        self.gru = nn.GRU(inputs, hidden, bidirectional=bidirectional)
        self.directions = 1 + bidirectional

    def _weights(self, name: str) -> Tensor:
        """A parameter of both directions, stacked."""
        ends = ("", "_reverse")[: self.directions]
        return torch.stack([getattr(self.gru, f"{name}_l0{end}") for end in ends])

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """(B, T, D) with lengths (B,) to (B, T, H)."""
        batch, frames, _ = x.shape
        x = self.norm.valid(x.flatten(0, 1), valid_index(lengths, frames)).view(x.shape)
        x = self.dropout(x).transpose(0, 1)  # (T, B, D)
        # The second direction reads each sequence from its own last frame; padding stays behind it.
        at = torch.arange(frames)[:, None].expand(frames, batch)
        turned = torch.where(at < lengths, lengths - 1 - at, at)
        columns = torch.arange(batch).expand(frames, batch)
        both = torch.stack([x, x[turned, columns]][: self.directions])  # (D, T, B, inputs)
        projected = torch.einsum("dtbi,dgi->tdbg", both, self._weights("weight_ih"))
        projected = projected.float() + self._weights("bias_ih")[:, None]
        states = GatedScan.apply(projected.contiguous(), self._weights("weight_hh"), self._weights("bias_hh"))
        y = states[:, 0]
        if self.directions == 2:
            y = y + states[:, 1][turned, columns]
        return y.transpose(0, 1)

    def one(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(T, D) of one utterance, and the GRU's state (directions, 1, H) before it, to (T, H) and the state after."""
        y, state = self.gru(self.norm(x)[:, None], state)
        return y[:, 0].view(x.shape[0], self.directions, -1).sum(1), state


class Lookahead(nn.Module):
    """Each feature's weighted sum over this and the next ``frames`` output frames."""

    def __init__(self, size: int, frames: int) -> None:
        super().__init__()
        self.frames = frames
        self.convolution = nn.Conv1d(size, size, frames + 1, groups=size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, H) to (B, T, H)."""
        return self.convolution(functional.pad(x.transpose(1, 2), (0, self.frames))).transpose(1, 2)


class DeepSpeech(nn.Module):
    """The whole network."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        causal = not config.bidirectional
        self.convolutions = nn.ModuleList(
            [
                Convolution(1, config.channels, (11, 11), (STRIDE, 2), causal),
                Convolution(config.channels, config.channels, (7, 7), (1, 2), causal),
            ]
        )
        width = config.channels * -(-config.bands // 4)
        sizes = [width] + [config.hidden] * (config.layers - 1)
        self.recurrences = nn.ModuleList(
            [Recurrence(size, config.hidden, config.bidirectional, config.dropout) for size in sizes]
        )
        self.lookahead = Lookahead(config.hidden, config.lookahead) if config.lookahead else None
        self.norm = SequenceNorm(config.hidden)
        self.output = nn.Linear(config.hidden, config.symbols)

    def forward(self, frames: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Padded frames (B, T, F) with lengths (B,) to log-probabilities (B, T', symbols) and their lengths."""
        inside = torch.arange(frames.shape[1]) < lengths[:, None]
        x = (frames * inside[..., None])[:, None]  # (B, 1, T, F)
        out: Tensor | None = lengths
        for convolution in self.convolutions:
            x, out = convolution(x, out)
        assert out is not None
        x = x.transpose(1, 2).flatten(2)  # (B, T', C * F')
        for recurrence in self.recurrences:
            x = recurrence(x, out)
        index = valid_index(out, x.shape[1])
        if self.lookahead is not None:
            inside = torch.arange(x.shape[1]) < out[:, None]
            x = self.lookahead(x * inside[..., None])
        scores = self.output(self.norm.valid(x.flatten(0, 1), index))
        return scores.float().view(*x.shape[:2], -1).log_softmax(-1), out

    def whole(self, frames: Tensor) -> Tensor:
        """One utterance (T, F) to log-probabilities (T', symbols): the form that is exported."""
        x = frames[None, None]
        for convolution in self.convolutions:
            x, _ = convolution(x, None)
        x = x.transpose(1, 2).flatten(2)[0]  # (T', C * F')
        for recurrence in self.recurrences:
            assert isinstance(recurrence, Recurrence)
            x, _ = recurrence.one(x)
        if self.lookahead is not None:
            x = self.lookahead(x[None])[0]
        return self.output(self.norm(x)).log_softmax(-1)

    def stream(
        self, frames: Tensor, past_frames: Tensor, past_maps: Tensor, hidden: Tensor, ahead: Tensor, keep: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """A further chunk (3 n, F) to log-probabilities (n, symbols), ``lookahead`` output frames late, and new state.

        State: the last 10 spectrogram frames (10, F), the last 6 frames of the first convolution's maps (1, C, 6, F'),
        the GRUs' states (layers, 1, H), the last GRU outputs (lookahead, H); all zero at first. ``keep`` is 1, and 0
        for the ``lookahead`` frames of silence that push the last outputs out.
        """
        first, second = self.convolutions
        assert isinstance(first, Convolution) and isinstance(second, Convolution)
        x = torch.cat([past_frames, frames])
        past_frames = x[-past_frames.shape[0] :]
        x = first.after(first.convolution(functional.pad(x[None, None], first.padding[:2])))
        x = torch.cat([past_maps, x], dim=2)
        past_maps = x[:, :, -past_maps.shape[2] :]
        x = second.after(second.convolution(functional.pad(x, second.padding[:2])))
        x = x.transpose(1, 2).flatten(2)[0]  # (n, C * F')
        states = []
        for at, recurrence in enumerate(self.recurrences):
            assert isinstance(recurrence, Recurrence)
            x, state = recurrence.one(x, hidden[at : at + 1])
            states.append(state)
        if self.lookahead is not None:
            x = torch.cat([ahead, x * keep])
            ahead = x[-ahead.shape[0] :]
            x = self.lookahead.convolution(x.t()[None])[0].t()
        return self.output(self.norm(x)).log_softmax(-1), past_frames, past_maps, torch.cat(states), ahead

    def first_state(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """The state before the first chunk."""
        c = self.config
        maps = torch.zeros(1, c.channels, 6, -(-c.bands // 2))
        return torch.zeros(10, c.bands), maps, torch.zeros(c.layers, 1, c.hidden), torch.zeros(c.lookahead, c.hidden)


def widened(model: DeepSpeech, hidden: int, seed: int = 1) -> DeepSpeech:
    """The same function with more hidden units, as a start for further training (Net2WiderNet; Chen et al. 2016,
    arXiv:1511.05641): copies of random units, and what they give to the next layer shared out between the copies."""
    config = replace(model.config, hidden=hidden)
    rng = torch.Generator().manual_seed(seed)
    old = model.config.hidden
    units = torch.cat([torch.arange(old), torch.randperm(old, generator=rng)[: hidden - old]])
    wide, gates = DeepSpeech(config), torch.cat([units, units + old, units + 2 * old])

    def shared(weight: Tensor) -> Tensor:
        """(rows, old) to (rows, hidden)."""
        parts = torch.rand(weight.shape[0], hidden, generator=rng) * 0.4 + 0.3
        whole = torch.zeros_like(weight).index_add(1, units, parts)
        return weight[:, units] * parts / whole[:, units]

    state = model.state_dict()
    for name, value in state.items():
        layer, _, kind = name.rpartition(".")
        after_hidden = layer.startswith(("norm", "output")) or (
            layer.startswith("recurrences") and not layer.startswith("recurrences.0")
        )
        if layer.endswith("gru"):
            value = value[gates]
            if kind.startswith("weight_hh") or (kind.startswith("weight_ih") and after_hidden):
                value = shared(value)
        elif layer == "output" and kind == "weight":
            value = shared(value)
        elif (after_hidden and layer.endswith("norm") and value.ndim) or layer.startswith("lookahead"):
            value = value[units]
        state[name] = value
    wide.load_state_dict(state)
    return wide


def one_way(model: DeepSpeech, lookahead: int) -> DeepSpeech:
    """The forward half of a network of both directions, as a start for training the streaming form.

    Its convolutions see nothing ahead any more, so what they give comes ``_LATE`` output frames later; the lookahead
    convolution begins as that shift.
    """
    config = replace(model.config, bidirectional=False, lookahead=lookahead)
    half = DeepSpeech(config)
    state = model.state_dict()
    half.load_state_dict({name: state.get(name, value) for name, value in half.state_dict().items()})
    assert half.lookahead is not None
    with torch.no_grad():
        half.lookahead.convolution.weight.zero_()[..., min(_LATE, lookahead)] = 1
    return half


def output_frames(frames: int) -> int:
    """How many output frames a spectrogram gives."""
    return -(-frames // STRIDE)
