"""Audio packs: many utterances in one file of int16 samples with an index of JSON lines, mapped instead of read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech.audio import read_audio
from speech.corpus import Recording
from speech.features import SAMPLE_RATE_HZ


@dataclass(frozen=True)
class Entry:
    """One utterance of a pack; ``kind`` is the data set or the kind of sentence, ``voice`` the speaker."""

    offset: int
    samples: int
    text: str
    kind: str
    voice: str

    @property
    def seconds(self) -> float:
        return self.samples / SAMPLE_RATE_HZ


class Pack:
    """An opened pack: ``entries`` and their samples."""

    def __init__(self, path: Path) -> None:
        with path.with_suffix(".jsonl").open(encoding="utf-8") as lines:
            self.entries = [Entry(**json.loads(line)) for line in lines]
        # A set of which nothing has been labelled yet makes an empty pack, and an empty file cannot be mapped.
        self._samples = np.memmap(path.with_suffix(".i16"), np.int16, "r") if self.entries else np.zeros(0, np.int16)

    def audio(self, entry: Entry) -> np.ndarray:
        """float32 samples in -1..1."""
        return self._samples[entry.offset : entry.offset + entry.samples].astype(np.float32) / 32768


def write_pack(path: Path, recordings: Iterable[Recording], texts: dict[str, str] | None = None) -> int:
    """Decode recordings to a pack at 8 kHz, with the transcripts of ``texts`` where a set has none; returns how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    offset = count = 0
    with path.with_suffix(".i16").open("wb") as audio, path.with_suffix(".jsonl").open("w") as index:
        for recording in recordings:
            text = recording.text if recording.text is not None else (texts or {}).get(recording.audio.name)
            if text is None:
                continue
            samples = read_audio(recording.audio)
            audio.write(np.int16(np.clip(samples, -1, 1) * 32767).tobytes())
            row = {
                "offset": offset,
                "samples": len(samples),
                "text": text,
                "kind": recording.set,
                "voice": recording.speaker,
            }
            index.write(json.dumps(row) + "\n")
            offset, count = offset + len(samples), count + 1
    return count
