"""The network that words facts, top to bottom as data flows: facts are encoded, words come out one at a time.

Two networks with the same face. ``LstmResponder``: encoder-decoder with attention (Bahdanau et al. 2015), coverage (See et
al. 2017) and copying (Gu et al. 2016). ``TransformerResponder`` (Vaswani et al. 2017) with the same copying. Training only;
served by ``nlu.responder``.

Shapes: B sentences, N facts, T words, D size of an encoded fact, W words, S slots. Out come W + S scores: a word's own,
or "copy the value of this slot here", which a pointer gives and which is impossible for slots that are not among the facts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

PAD = 0
IMPOSSIBLE = -1e9


@dataclass(frozen=True)
class Sizes:
    words: int
    slots: int
    values: int
    width: int = 128
    hidden: int = 256
    dropout: float = 0.3
    heads: int = 4
    layers: int = 2


class _Facts(nn.Module):
    """What both networks share: facts become vectors, and scores of words and of copied facts."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.slot = nn.Embedding(sizes.slots + 1, sizes.width, padding_idx=PAD)
        self.value = nn.Embedding(sizes.values + 1, sizes.width, padding_idx=PAD)
        self.token = nn.Embedding(sizes.words + sizes.slots, sizes.width)
        nn.init.normal_(self.token.weight, std=sizes.width**-0.5)  # it also scores the words: small at first
        self.point = nn.Linear(sizes.width, sizes.width)
        self.said = nn.Parameter(torch.zeros(()))
        self.bias = nn.Parameter(torch.zeros(sizes.words))
        self.dropout = nn.Dropout(sizes.dropout)

    def embed_facts(self, slots: Tensor, values: Tensor) -> Tensor:
        """(B, N) slot ids and value ids, both from 1, 0 is padding -> (B, N, width)."""
        return self.dropout(self.slot(slots) + self.value(values))

    def log_chances(self, out: Tensor, keys: Tensor, slots: Tensor, said: Tensor) -> Tensor:
        """(B, T, width) outputs, (B, N, width) facts, how often each was copied (B, T, N) -> (B, T, W + S)."""
        words = out @ self.token.weight[: self.sizes.words].T + self.bias  # (B, T, W)
        pointed = self.point(out) @ keys.transpose(1, 2) / math.sqrt(self.sizes.width) - self.said * said  # (B, T, N)
        # Facts in the order of the input become slots in the order of the output.
        places = nn.functional.one_hot(slots, self.sizes.slots + 1)[..., 1:].to(out.dtype)  # (B, N, S)
        copied = pointed @ places  # (B, T, S)
        copied = copied + (1 - places.sum(1, keepdim=True)) * IMPOSSIBLE
        return torch.log_softmax(torch.cat([words, copied], dim=-1), dim=-1)

    def copies(self, tokens: Tensor, slots: Tensor) -> Tensor:
        """(B, T) tokens, (B, N) slots -> (B, T, N): 1 where this token is a copy of this fact."""
        return (tokens[:, :, None] - self.sizes.words + 1 == slots[:, None, :]).to(self.bias.dtype)


class LstmResponder(_Facts):
    """Facts through a bidirectional LSTM; an LSTM that looks at them word by word."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(sizes)
        width, hidden = sizes.width, sizes.hidden
        self.encoder = nn.LSTM(width, width // 2, bidirectional=True, batch_first=True)
        self.start = nn.Linear(width, 2 * hidden)
        self.cell = nn.LSTMCell(2 * width, hidden)
        self.query = nn.Linear(hidden, width)
        self.key = nn.Linear(width, width, bias=False)
        self.covered = nn.Linear(2, width, bias=False)
        self.energy = nn.Linear(width, 1, bias=False)
        self.out = nn.Linear(hidden + width, width)

    def encode(self, slots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
        """(B, N), (B, N) -> memory (B, N, D) and the state before the first word."""
        facts = self.embed_facts(slots, values)
        lengths = (slots != PAD).sum(1)
        if int(lengths.min()) < slots.shape[1]:  # in training: the backward direction must not begin in the padding
            packed = nn.utils.rnn.pack_padded_sequence(facts, lengths, batch_first=True, enforce_sorted=False)
            encoded, _ = nn.utils.rnn.pad_packed_sequence(self.encoder(packed)[0], batch_first=True)
        else:
            encoded, _ = self.encoder(facts)
        memory = (encoded + facts) * (slots != PAD)[..., None]  # (B, N, D)
        mean = memory.sum(1) / (slots != PAD).sum(1, keepdim=True)
        h, c = torch.tanh(self.start(mean)).chunk(2, dim=-1)  # (B, H)
        nothing = torch.zeros_like(memory[..., 0])  # (B, N)
        return memory, h, c, torch.zeros_like(mean), nothing, nothing

    def step(
        self, memory: Tensor, slots: Tensor, previous: Tensor, h: Tensor, c: Tensor, context: Tensor, coverage: Tensor,
        said: Tensor,
    ) -> tuple[Tensor, ...]:  # fmt: skip
        """One word on: previous (B,) -> log chances (B, W + S) and the next state."""
        said = said + self.copies(previous[:, None], slots)[:, 0]  # (B, N)
        h, c, context, coverage = self._look(
            memory, self.key(memory), slots == PAD, self.token(previous), said, h, c, context, coverage
        )
        out = torch.tanh(self.out(torch.cat([h, context], dim=-1)))  # (B, width)
        chances = self.log_chances(out[:, None], memory, slots, said[:, None])[:, 0]  # (B, W + S)
        return chances, h, c, context, coverage, said

    def forward(self, slots: Tensor, values: Tensor, tokens: Tensor) -> Tensor:
        """Log chances of each next word, given the words before: tokens (B, T) -> (B, T, W + S)."""
        memory, h, c, context, coverage, _ = self.encode(slots, values)
        keys, padding = self.key(memory), slots == PAD
        embedded = self.dropout(self.token(tokens))  # (B, T, width)
        said = self.copies(tokens, slots).cumsum(1)  # (B, T, N)
        seen = []
        for now, said_now in zip(embedded.unbind(1), said.unbind(1)):
            h, c, context, coverage = self._look(memory, keys, padding, now, said_now, h, c, context, coverage)
            seen.append(torch.cat([h, context], dim=-1))
        out = self.dropout(torch.tanh(self.out(torch.stack(seen, dim=1))))  # (B, T, width)
        return self.log_chances(out, memory, slots, said)

    def _look(
        self, memory: Tensor, keys: Tensor, padding: Tensor, word: Tensor, said: Tensor, h: Tensor, c: Tensor,
        context: Tensor, coverage: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:  # fmt: skip
        """The cell takes in a word (B, width), then looks at the facts: h, c, context (B, D), coverage (B, N)."""
        h, c = self.cell(torch.cat([word, context], dim=-1), (h, c))  # (B, H)
        seen = self.covered(torch.stack([coverage, said], dim=-1))  # (B, N, width)
        energy = self.energy(torch.tanh(self.query(h)[:, None] + keys + seen))[..., 0]  # (B, N)
        attention = torch.softmax(energy.masked_fill(padding, IMPOSSIBLE), dim=-1)  # (B, N)
        context = (attention[:, None] @ memory)[:, 0]  # (B, D)
        return h, c, context, coverage + attention


class TransformerResponder(_Facts):
    """Self-attention over the facts, and over the words so far; the state is the words so far."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__(sizes)
        layer = {
            "d_model": sizes.width,
            "nhead": sizes.heads,
            "dim_feedforward": sizes.hidden,
            "dropout": sizes.dropout,
        }
        shape = {"batch_first": True, "norm_first": True}
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(**layer, **shape),
            sizes.layers,
            nn.LayerNorm(sizes.width),
            enable_nested_tensor=False,
        )
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(**layer, **shape), sizes.layers, nn.LayerNorm(sizes.width)
        )
        self.place = nn.Embedding(100, sizes.width)

    def encode(self, slots: Tensor, values: Tensor) -> tuple[Tensor, ...]:
        """(B, N), (B, N) -> memory (B, N, D) and no words yet (B, 0)."""
        memory = self.encoder(self.embed_facts(slots, values), src_key_padding_mask=slots == PAD)
        return memory, slots[:, :0]

    def step(self, memory: Tensor, slots: Tensor, previous: Tensor, words: Tensor) -> tuple[Tensor, ...]:
        """One word on: previous (B,) and words so far (B, t) -> log chances (B, W + S), words so far (B, t + 1)."""
        words = torch.cat([words, previous[:, None]], dim=1)
        return self._chances(memory, slots, words)[:, -1], words

    def forward(self, slots: Tensor, values: Tensor, tokens: Tensor) -> Tensor:
        """Log chances of each next word, given the words before: tokens (B, T) -> (B, T, W + S)."""
        return self._chances(self.encode(slots, values)[0], slots, tokens)

    def _chances(self, memory: Tensor, slots: Tensor, tokens: Tensor) -> Tensor:
        length = tokens.shape[1]
        places = torch.arange(length, device=tokens.device)
        embedded = self.dropout(self.token(tokens) * math.sqrt(self.sizes.width) + self.place(places))  # (B, T, width)
        later = torch.triu(torch.ones(length, length, dtype=torch.bool, device=tokens.device), diagonal=1)
        out = self.decoder(embedded, memory, tgt_mask=later, memory_key_padding_mask=slots == PAD)  # (B, T, width)
        said = self.copies(tokens, slots).cumsum(1)  # (B, T, N)
        return self.log_chances(out, memory, slots, said)


NETWORKS = {"lstm": LstmResponder, "transformer": TransformerResponder}
