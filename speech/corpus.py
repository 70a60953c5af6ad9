"""The real recordings: which there are, who speaks, and who is never trained on.

The split stands in ``data/splits/speech.jsonl`` and was drawn once, by a seeded shuffle, before the first training.
"""

from __future__ import annotations

import json
import random
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SPLIT = Path("data/splits/speech.jsonl")

SPEECH_SETS = {  # name: (folder, licence, publisher, speakers to test on, speakers to tune the decoder on)
    "an4": ("an4-train", "free for any use, notice kept", "Carnegie Mellon University", 10, 4),
    "fsdd": ("fsdd-train", "CC BY-SA 4.0", "Free Spoken Digit Dataset", 2, 0),
    "coffee": ("coffee-orders-dev", "Apache-2.0", "Picovoice", 5, 2),
    "so762": ("so762-train", "free, commercial use too", "OpenSLR 101, speechocean762", 10, 4),
}
NOISE_FOLDER = "esc10"
ROOM_FOLDER = "rir"


@dataclass(frozen=True)
class Recording:
    """One utterance of a data set. ``text`` is None where only ``slots`` were published."""

    set: str
    audio: Path
    speaker: str
    part: str  # train, dev (tuning of the decoder) or test
    text: str | None
    seconds: float
    slots: dict[str, str] = field(default_factory=dict)


class MissingSet(FileNotFoundError):
    """A data set that is not there; the message names its licence and its publisher."""


ARCHIVES = {  # file: a folder that it holds
    "an4-train.tar": "an4-train",
    "fsdd-train.tar": "fsdd-train",
    "coffee-orders-dev.tar": "coffee-orders-dev",
    "so762-train.tar": "so762-train",
    "noise.tar": NOISE_FOLDER,
    "text.tar.gz": "hwu64",
}


def unpacked(data: Path, into: Path = Path("var/data")) -> Path:
    """Where the sets lie as folders: ``data``, or ``into`` once the archives of ``data`` were unpacked there."""
    archives = {data / archive: folder for archive, folder in ARCHIVES.items() if (data / archive).is_file()}
    if not archives:
        return data
    into.mkdir(parents=True, exist_ok=True)
    for archive, folder in archives.items():
        if not (into / folder).is_dir():
            with tarfile.open(archive) as tar:
                tar.extractall(into, filter="data")
    return into


def folder_of(data: Path, name: str) -> Path:
    """The unpacked folder of a speech set.

    Raises:
        MissingSet: it is not below ``data``.
    """
    folder, licence, publisher, _, _ = SPEECH_SETS[name]
    if not (data / folder / "manifest.jsonl").is_file():
        raise MissingSet(f"data set {folder} is missing (licence: {licence}; publisher: {publisher})")
    return data / folder


def recordings(data: Path, name: str, split: Path = SPLIT) -> list[Recording]:
    """Every utterance of a set with its part of the split."""
    folder = folder_of(data, name)
    parts = {(row["set"], row["speaker"]): row["part"] for row in _rows(split) if "speaker" in row}
    found = []
    for row in _rows(folder / "manifest.jsonl"):
        found.append(
            Recording(
                name,
                folder / row["audio"],
                row["speaker"],
                parts.get((name, row["speaker"]), "train"),
                row["text"],
                row["seconds"],
                row.get("slots", {}),
            )
        )
    return found


def noise_clips(data: Path, part: str, split: Path = SPLIT) -> list[Path]:
    """The noise clips of ``train`` or ``test``; two takes of one field recording are never on both sides."""
    held_out = {row["clip"] for row in _rows(split) if row["set"] == "noise"}
    clips = sorted((data / NOISE_FOLDER).glob("*/*.ogg"))
    if not clips:
        raise MissingSet("data set noise is missing (licence: CC BY 3.0 and others; publisher: ESC-10, K. J. Piczak)")
    return [clip for clip in clips if (_clip_name(clip) in held_out) == (part == "test")]


def room_responses(data: Path) -> list[Path]:
    return sorted((data / ROOM_FOLDER).glob("*.wav"))


def draw_split(data: Path, seed: int = 2026) -> list[dict[str, str]]:
    """The rows of the split file: held-out speakers of each set, and a fifth of the sources of every kind of noise."""
    rng = random.Random(seed)
    rows = []
    for name, (_, _, _, test, dev) in SPEECH_SETS.items():
        speakers = sorted({row["speaker"] for row in _rows(folder_of(data, name) / "manifest.jsonl")})
        rng.shuffle(speakers)
        rows += [{"set": name, "speaker": speaker, "part": "test"} for speaker in sorted(speakers[:test])]
        rows += [{"set": name, "speaker": speaker, "part": "dev"} for speaker in sorted(speakers[test : test + dev])]
    for kind in sorted(path for path in (data / NOISE_FOLDER).iterdir() if path.is_dir()):
        sources = sorted({_source(clip) for clip in kind.glob("*.ogg")})
        rng.shuffle(sources)
        held_out = set(sources[: max(1, len(sources) // 5)])
        clips = sorted(clip for clip in kind.glob("*.ogg") if _source(clip) in held_out)
        rows += [{"set": "noise", "clip": _clip_name(clip), "part": "test"} for clip in clips]
    return rows


def _clip_name(clip: Path) -> str:
    return f"{clip.parent.name}/{clip.name}"


def _source(clip: Path) -> str:
    """ESC-10 names files fold-source-take: the field recording that a clip was cut from."""
    return clip.stem.split("-")[1]


def _rows(path: Path) -> Iterator[dict]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
