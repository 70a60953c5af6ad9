"""Sentence embeddings for serving: all-MiniLM-L6-v2 (Wang et al. 2020, tuned by sentence-transformers) on ONNX Runtime.

``nlu.export_encoder`` made the files; neither torch nor transformers is imported here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

MODEL = Path("data/models/sentence_encoder.onnx")
WIDTH = 384
MOST_CHARACTERS = 2_000
MOST_TOKENS = 256  # what the model was tuned with


class SentenceEncoder:
    """Texts to vectors of length one; their dot product is their likeness (-1..1).

    Calls are safe from several threads. One text of ten words takes 2 to 3 ms on one core.

    Raises:
        FileNotFoundError: the model's file or its tokenizer is missing.
    """

    def __init__(self, model: Path = MODEL, threads: int = 1, tokenizer: Path | None = None) -> None:
        """``tokenizer`` defaults to ``<stem>.tokenizer.json`` beside the model."""
        words = tokenizer or model.with_suffix(".tokenizer.json")
        for file in (model, words):
            if not file.is_file():
                raise FileNotFoundError(f"{file} is missing: python -m nlu.export_encoder makes it")
        self._tokenizer = Tokenizer.from_file(str(words))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self._fetched_only = onnxruntime.RunOptions()
        self._fetched_only.only_execute_path_to_fetches = True  # without questions their layers do not run
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def encode(self, texts: Sequence[str], batch: int = 32) -> NDArray[np.float32]:
        """(N, 384) for N texts, in their order; an empty text has a vector too. Texts are cut at 2,000 characters."""
        return self._encode(texts, batch, ["embedding"])[0]

    def encode_questions(
        self, texts: Sequence[str], batch: int = 32
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What ``encode`` gives, and vectors (N, 384) that tell questions apart (``nlu.tune_questions``)."""
        general, question = self._encode(texts, batch, ["embedding", "question"])
        return general, question

    def _encode(self, texts: Sequence[str], batch: int, outputs: list[str]) -> list[NDArray[np.float32]]:
        vectors = [np.empty((len(texts), WIDTH), dtype=np.float32) for _ in outputs]
        by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(texts), batch):
            rows = by_length[start : start + batch]
            encodings = self._tokenizer.encode_batch([texts[row][:MOST_CHARACTERS] for row in rows])
            ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)  # (B, T)
            mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
            inputs = {"input_ids": ids, "attention_mask": mask}
            for kept, found in zip(vectors, self._session.run(outputs, inputs, self._fetched_only)):
                kept[rows] = found
        return vectors


@lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """The one encoder of this process: intents and answers use the same weights in memory."""
    return SentenceEncoder()
