"""The handwriting data sets and their fixed split: which digits train, calibrate and are reported on."""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Labels = NDArray[np.int64]

SPLIT_FILE = Path("data/splits/handwriting.jsonl")
FOLDS = 3
_IMAGES, _LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"


class MissingData(Exception):
    """A data set is not there; the message names it, its licence and its publisher."""


@dataclass(frozen=True)
class Mnist:
    """The 60,000 MNIST training digits. images (N, 28, 28) uint8, ink bright; labels (N,)."""

    images: Pixels
    labels: Labels


@dataclass(frozen=True)
class Pendigits:
    """Pen paths of single digits. points (N, 8, 2) float in 0..1 with y downward; labels (N,)."""

    points: NDArray[np.float64]
    labels: Labels


def data_folder() -> Path:
    """The folder named by DATA, or the default beside the checkout; an unpacked copy in var/data wins."""
    return Path(os.environ.get("DATA", "../shared/data"))


def _open(member: str) -> bytes:
    """Bytes of one file of the handwriting set, from the unpacked copy or straight from the tar."""
    unpacked = Path("var/data") / member
    if "DATA" not in os.environ and unpacked.exists():
        return unpacked.read_bytes()
    folder = data_folder()
    if (folder / member).exists():
        return (folder / member).read_bytes()
    archive = folder / "handwriting.tar"
    if archive.exists():
        import tarfile

        with tarfile.open(archive) as tar:
            file = tar.extractfile(member)
            if file is not None:
                return file.read()
    raise MissingData(
        f"{member} is not in {folder}: MNIST training digits (Y. LeCun, C. Cortes, C. Burges; CC BY-SA 3.0) and "
        "pendigits (E. Alpaydin, F. Alimoglu, UCI; CC BY 4.0), file handwriting.tar"
    )


def load_mnist() -> Mnist:
    """Raises MissingData where the set is absent."""
    images = gzip.decompress(_open(f"mnist/{_IMAGES}"))
    labels = gzip.decompress(_open(f"mnist/{_LABELS}"))
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)
    return Mnist(pixels, np.frombuffer(labels, np.uint8, offset=8).astype(np.int64))


def load_pendigits() -> Pendigits:
    """Raises MissingData where the set is absent."""
    text = _open("pendigits/pendigits.tra").decode("ascii").splitlines()
    rows = np.array(
        [[int(v) for v in line.split(",")] for line in text if line[:1].strip().isdigit() or line[:1] == " "]
    )
    points = rows[:, :16].reshape(-1, 8, 2) / 100.0
    points[:, :, 1] = 1.0 - points[:, :, 1]
    return Pendigits(points, rows[:, 16].astype(np.int64))


@dataclass(frozen=True)
class Split:
    """Ids of MNIST digits per fold. A model of fold k is trained on `train(k)`, its confidence calibrated on
    `calibration(k)`, and reported on `test(k)`, which it never saw. Fold 0 is the shipped model's."""

    roles: str

    def _ids(self, letters: str) -> Labels:
        wanted = np.frombuffer(letters.encode(), np.uint8)
        return np.flatnonzero(np.isin(np.frombuffer(self.roles.encode(), np.uint8), wanted)).astype(np.int64)

    def train(self, fold: int) -> Labels:
        return self._ids("".join(c for i, c in enumerate("012") if i != fold))

    def only(self, fold: int) -> Labels:
        """The training digits of one fold: models of the two others learn from them."""
        return self._ids("012"[fold])

    def calibration(self, fold: int) -> Labels:
        return self._ids("".join(c for i, c in enumerate("abc") if i != fold))

    def test(self, fold: int) -> Labels:
        return self._ids("012"[fold] + "abc"[fold])


def load_split() -> Split:
    return Split(json.loads(SPLIT_FILE.read_text().splitlines()[0])["roles"])


def write_split() -> None:
    """Draws the split once: 20,000 digits a fold, 1,000 of each kept for calibration; pendigits by even and odd."""
    mnist, order = load_mnist(), np.random.default_rng(20261121).permutation(60_000)
    roles = np.empty(60_000, "U1")
    for fold in range(FOLDS):
        part = order[fold * 20_000 : (fold + 1) * 20_000]
        roles[part] = "012"[fold]
        roles[part[:1000]] = "abc"[fold]
    head = {
        "set": "mnist-train",
        "about": "one letter a digit, in file order: 0 1 2 = fold; a b c = fold 0 1 2, kept for calibration",
        "images_sha256": hashlib.sha256(mnist.images.tobytes()).hexdigest(),
        "labels_sha256": hashlib.sha256(mnist.labels.astype(np.uint8).tobytes()).hexdigest(),
        "roles": "".join(roles),
    }
    pen = load_pendigits()
    tail = {
        "set": "pendigits-train",
        "about": "even rows may train, odd rows are reported",
        "points_sha256": hashlib.sha256(np.round(pen.points * 100).astype(np.uint8).tobytes()).hexdigest(),
    }
    SPLIT_FILE.parent.mkdir(parents=True, exist_ok=True)
    SPLIT_FILE.write_text(json.dumps(head) + "\n" + json.dumps(tail) + "\n")


if __name__ == "__main__":
    argparse.ArgumentParser(description="Writes data/splits/handwriting.jsonl anew.").parse_args()
    write_split()
