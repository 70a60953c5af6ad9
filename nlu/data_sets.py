"""Readers of the public sentence sets that intents and the spaCy pipeline are trained or measured on.

The sets are never part of the repository; ``data/splits/<set>.jsonl`` names only the hashes of the held-out sentences.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ORIGIN = {
    "text.tar.gz": "text.tar.gz (clinc150, CC BY 3.0, Larson et al. 2019; hwu64, CC BY 4.0, Liu et al. 2019; "
    "UD English EWT, CC BY-SA 4.0, Silveira et al. 2014; SGD, CC BY-SA 4.0, Google; "
    "restaurant8k, CC BY 4.0, PolyAI)",
}
UNPACKED = Path("var/data")
SPLITS = Path("data/splits")


class MissingDataError(FileNotFoundError):
    """A data set's folder is not there; the message names set, licence and publisher."""


def data_folder() -> Path:
    return Path(os.environ.get("DATA", "../shared/data"))


def unpacked(folder: Path, archive: str) -> Path:
    """Unpacks ``archive`` of the data folder into the ignored var/data once and returns that folder.

    Raises:
        MissingDataError: the archive is neither in ``folder`` nor unpacked already.
    """
    marker = UNPACKED / f".{archive}.done"
    if marker.exists():
        return UNPACKED
    if not (folder / archive).is_file():
        raise MissingDataError(f"missing data set: {ORIGIN[archive]}; set DATA= to its folder")
    UNPACKED.mkdir(parents=True, exist_ok=True)
    with tarfile.open(folder / archive) as tar:
        tar.extractall(UNPACKED, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(UNPACKED)
    marker.touch()
    return UNPACKED


def hwu64() -> Iterator[tuple[str, str, list[tuple[int, int, str]]]]:
    """(sentence, intent, [(start, end, entity)])."""
    root = unpacked(data_folder(), "text.tar.gz")
    rows = json.loads((root / "hwu64/train.json").read_text(encoding="utf-8"))["rasa_nlu_data"]["common_examples"]
    for row in rows:
        entities = [(e["start"], e["end"], e["entity"]) for e in row.get("entities", [])]
        yield row["text"], row["intent"], entities


def clinc150() -> Iterator[tuple[str, str, str]]:
    """(sentence, intent or "oos", publisher's part: train, val, oos_train or oos_val)."""
    root = unpacked(data_folder(), "text.tar.gz")
    for part, rows in json.loads((root / "clinc150/train.json").read_text(encoding="utf-8")).items():
        for text, intent in rows:
            yield text, intent, part


@dataclass(frozen=True)
class BookingSentence:
    """A guest's sentence of restaurant8k; ``spans`` are (start, end, slot), at most one a slot, and may overlap."""

    text: str
    requested: tuple[str, ...]
    spans: tuple[tuple[int, int, str], ...]


def restaurant8k() -> Iterator[BookingSentence]:
    root = unpacked(data_folder(), "text.tar.gz")
    for row in json.loads((root / "restaurant8k/train.json").read_text(encoding="utf-8")):
        spans = (
            (label["valueSpan"].get("startIndex", 0), label["valueSpan"]["endIndex"], label["slot"])
            for label in row.get("labels", ())
        )
        requested = row.get("context", {}).get("requestedSlots", ())
        yield BookingSentence(row["userInput"]["text"], tuple(dict.fromkeys(requested)), tuple(sorted(spans)))


def hash_of(text: str) -> str:
    return hashlib.sha1(text.strip().lower().encode()).hexdigest()[:12]


@lru_cache
def held_out(name: str) -> frozenset[str]:
    """Hashes of the sentences of set ``name`` that are only measured on."""
    lines = (SPLITS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return frozenset(json.loads(line)["hash"] for line in lines)


def split_of(name: str, text: str) -> str:
    return "test" if hash_of(text) in held_out(name) else "train"
