"""Trains the convolutional sentence classifier (``nlu.sentiment_model``) on word vectors, and writes it as ONNX."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from nlu.sentiment_data import Example
from nlu.sentiment_model import PAD, UNKNOWN, Config, SentenceCNN
from nlu.word_vectors import words_of

MOST_WORDS = 60
BATCH = 50


class Vocabulary:
    """Words to the rows of the embedding: PAD, UNKNOWN, then the words."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = list(words)
        self._rows = {word: row + 2 for row, word in enumerate(words)}

    def rows(self, text: str) -> list[int]:
        return [self._rows.get(word, UNKNOWN) for word in words_of(text)[:MOST_WORDS]] or [UNKNOWN]


def batch_of(rows: Sequence[list[int]]) -> torch.Tensor:
    """(B, T), PAD at the ends."""
    width = max(len(row) for row in rows)
    return torch.tensor([row + [PAD] * (width - len(row)) for row in rows])


def train_cnn(
    vocabulary: Vocabulary,
    vectors: NDArray[np.float32],
    learnt: Sequence[Example],
    inner: Sequence[Example],
    checkpoint: Path,
    *,
    epochs: int = 4,
    rate: float = 1e-3,
    seed: int = 8,
) -> SentenceCNN:
    """Trains and keeps the pass that is best on ``inner`` in ``checkpoint``; logs for TensorBoard lie beside it."""
    from torch.utils.tensorboard import SummaryWriter

    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    edges = np.zeros((2, vectors.shape[1]), dtype=np.float32)
    edges[UNKNOWN] = vectors.mean(axis=0)
    model = SentenceCNN(torch.tensor(np.vstack([edges, vectors])), Config(width=vectors.shape[1]))
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=rate)
    rows = [vocabulary.rows(example.text) for example in learnt]
    targets = np.array([example.positive for example in learnt], dtype=np.float32)
    log = SummaryWriter(str(checkpoint.parent / "logs" / checkpoint.stem))
    begun, step, best = time.time(), 0, -1.0
    for epoch in range(epochs):
        model.train()
        for batch in _batches([len(row) for row in rows], random):
            logits = model(batch_of([rows[i] for i in batch]))
            loss = nn.functional.binary_cross_entropy_with_logits(logits, torch.tensor(targets[batch]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
            if step % 50 == 0:
                log.add_scalar("loss", loss.item(), step)
        for group in optimizer.param_groups:
            group["lr"] *= 0.6
        right = float(np.mean((logits_of(model, vocabulary, inner) > 0) == [e.positive for e in inner]))
        log.add_scalar("inner part right", right, step)
        print(f"cnn pass {epoch + 1}: inner part {right:.4f} {time.time() - begun:.0f} s", file=sys.stderr, flush=True)
        if right >= best:
            best = right
            torch.save(model.state_dict(), checkpoint)
    log.close()
    model.load_state_dict(torch.load(checkpoint))
    return model.eval()


def logits_of(model: SentenceCNN, vocabulary: Vocabulary, examples: Sequence[Example]) -> NDArray[np.float32]:
    """(N,)"""
    model.eval()
    found = np.empty(len(examples), dtype=np.float32)
    with torch.no_grad():
        for begin in range(0, len(examples), 64):
            part = examples[begin : begin + 64]
            found[begin : begin + 64] = model(batch_of([vocabulary.rows(e.text) for e in part])).numpy()
    return found


def export_cnn(model: SentenceCNN, target: Path) -> None:
    """Writes ``words`` (B, T) int64 to ``logit`` (B,); the word vectors are kept as half floats."""
    from nlu.export_encoder import store_fp16

    full = target.with_suffix(".fp32.onnx")
    axes: dict[str, Any] = {"words": {0: "batch", 1: "time"}, "logit": {0: "batch"}}
    torch.onnx.export(
        model.eval(), (torch.ones(2, 9, dtype=torch.long),), str(full), input_names=["words"],
        output_names=["logit"], dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    store_fp16(full, target)
    full.unlink()


def _batches(lengths: Sequence[int], random: np.random.Generator) -> list[NDArray[np.int64]]:
    order = random.permutation(len(lengths))
    batches = []
    for begin in range(0, len(order), 100 * BATCH):
        pool = sorted(order[begin : begin + 100 * BATCH], key=lambda row: lengths[row])
        batches += [np.array(pool[i : i + BATCH]) for i in range(0, len(pool), BATCH)]
    random.shuffle(batches)
    return batches
