"""Audio packs: many utterances in one file of int16 samples with an index of JSON lines, mapped instead of read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
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


class PackWriter:
    """Writes a pack, which may be read while it grows: audio is on the disk before its line of the index."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._audio = path.with_suffix(".i16").open("wb")
        self._index = path.with_suffix(".jsonl").open("w", encoding="utf-8")
        self._lines: list[str] = []
        self.samples = self.count = 0

    def add(self, samples: np.ndarray, text: str, kind: str, voice: str) -> None:
        """One utterance: float32 in -1..1, or int16."""
        if samples.dtype != np.int16:
            samples = (np.clip(samples, -1, 1) * 32767).astype(np.int16)
        self._audio.write(samples.tobytes())
        self._lines.append(json.dumps(asdict(Entry(self.samples, len(samples), text, kind, voice))) + "\n")
        self.samples, self.count = self.samples + len(samples), self.count + 1

    def flush(self) -> None:
        self._audio.flush()
        self._index.writelines(self._lines)
        self._index.flush()
        self._lines.clear()

    def __enter__(self) -> PackWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()
        self._audio.close()
        self._index.close()


def write_pack(path: Path, recordings: Iterable[Recording], texts: dict[str, str] | None = None) -> int:
    """Decode recordings to a pack at 8 kHz, with the transcripts of ``texts`` where a set has none; returns how many."""
    with PackWriter(path) as pack:
        for recording in recordings:
            text = recording.text if recording.text is not None else (texts or {}).get(recording.audio.name)
            if text is not None:
                pack.add(read_audio(recording.audio), text, recording.set, recording.speaker)
        return pack.count
