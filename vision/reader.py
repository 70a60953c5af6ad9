"""The reader: an image or pen strokes in, a reading out (digits, confidence, what to do next)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
import phonenumbers
from numpy.typing import NDArray
from scipy import ndimage

from vision import lattice, strokes
from vision.images import Gray, ImageError, decode
from vision.inpaint import Repair, load_repair
from vision.lattice import Arc
from vision.segment import CROP, Line, Piece, Unreadable, crop_of, cuts, lines_of

Ink = NDArray[np.float32]
Decision = Literal["accept", "confirm", "rewrite"]
Box = tuple[int, int, int, int]

MODELS = Path("data/models")
MIN_DIGITS, MAX_DIGITS = 7, 15
_STRINGS = 12  # ways to read a number that are kept
_NEAR = 3.5  # how much worse in score a string that can be a number may be to be asked about in place of the best
_UNDIVIDED = 0.9  # a wide part that is a digit with this probability is not cut
_CERTAIN = 0.995  # a class this likely is not looked at from other sides
_MISCUT = 0.9  # nor is what is badly cut with this probability
_VIEWS = ((0.15, 0.0), (-0.15, 0.0), (0.0, 0.7), (0.0, -0.7))  # slanted and moved aside (in px) by so much
_REPAIRED = 0.9  # a digit this certain is not looked at for missing ink


@dataclass(frozen=True)
class ReadDigit:
    """One digit as read. `box` is in working-page pixels; `doubtful` ones are worth writing or typing again."""

    digit: str
    confidence: float
    runner_up: str
    inpainted: bool = False
    changed: bool = False  # the class changed when missing ink was filled in: always asked about
    doubtful: bool = False


@dataclass(frozen=True)
class Reading:
    """What was read: all digits in order, the probability that all are right, and what to do.

    decision: "accept" (take it), "confirm" (ask the guest about these digits), "rewrite" (please write again).
    plausible: the numbering plan knows such a number; a hint for the one who asks, the digits are as written.
    """

    digits: str
    confidence: float
    decision: Decision
    per_digit: tuple[ReadDigit, ...] = ()
    plausible: bool = False
    reason: str = ""

    def as_json(self) -> dict[str, object]:
        found: dict[str, object] = {
            "digits": self.digits,
            "confidence": round(self.confidence, 5),
            "decision": self.decision,
            "per_digit": [
                {
                    "digit": d.digit,
                    "confidence": round(d.confidence, 5),
                    "inpainted": d.inpainted,
                    "runner_up": d.runner_up,
                    "doubtful": d.doubtful,
                }
                for d in self.per_digit
            ],
            "plausible": self.plausible,
        }
        if self.reason:
            found["reason"] = self.reason
        return found


@dataclass(frozen=True)
class Settings:
    """Numbers measured on the calibration pages and kept beside the models (digit_reader.json)."""

    temperature: float = 1.0
    # calibrated = sigmoid(slope * logit(share of the best string) + certain * log probability of its classes + shift)
    slope: float = 1.0
    certain: float = 0.0
    shift: float = 0.0
    lattice: tuple[float, ...] = lattice.WEIGHTS
    accept: float = 0.97
    digit_doubt: float = 0.95
    rewrite: float = 0.05


@dataclass(frozen=True)
class Lattice:
    """A line's arcs with their class probabilities (arcs, 12), and which were filled in and changed by that (arcs,)."""

    arcs: Sequence[Arc]
    probabilities: NDArray[np.float32]
    inpainted: NDArray[np.bool_]
    changed: NDArray[np.bool_]
    pieces: int
    height: float


@dataclass(frozen=True)
class String:
    """One way to read lines of writing: the lattice's score, the digits, and the log probability of its classes."""

    score: float
    text: str
    certain: float
    digits: tuple[ReadDigit, ...]

    def then(self, other: String) -> String:
        """This one and, below it, another."""
        return String(
            self.score + other.score, self.text + other.text, self.certain + other.certain, self.digits + other.digits
        )


def strings_of(line: Lattice, weights: Sequence[float]) -> list[String]:
    """What a line may say, best first."""
    order = np.argsort(-line.probabilities[:, :10], 1)
    read: dict[tuple[int, int], ReadDigit] = {}
    strings = []
    for path in lattice.best_paths(line.arcs, line.probabilities, line.pieces, line.height, weights):
        digits, certain = [], 0.0
        for index, label in path.steps:
            sure = float(line.probabilities[index, label])
            certain += math.log(max(sure, 1e-6))
            if label == lattice.JUNK:
                continue
            if (index, label) not in read:
                second = int(order[index, 1 if order[index, 0] == label else 0])
                changed = bool(line.changed[index])
                read[index, label] = ReadDigit(
                    str(label), sure, str(second), bool(line.inpainted[index]), changed, changed
                )
            digits.append(read[index, label])
        strings.append(String(path.score, path.text, certain, tuple(digits)))
    return strings or [String(-20.0, "", -20.0, ())]


def combine(lines: Sequence[Sequence[String]]) -> list[String]:
    """Ways to read several lines from the top, best first."""
    whole = [String(0.0, "", 0.0, ())]
    for line in lines:
        whole = sorted((one.then(other) for one in whole for other in line), key=lambda string: -string.score)[
            :_STRINGS
        ]
    return whole


def choose(strings: Sequence[String], region: str) -> String:
    """The best string, or else one nearly as good that can be a number."""
    best = strings[0]
    if numbering_plan(best.text, region)[0]:
        return best
    near = (other for other in strings if other.score > best.score - _NEAR)
    return next((other for other in near if numbering_plan(other.text, region)[0]), best)


def evidence_for(chosen: String, strings: Sequence[String]) -> tuple[float, float]:
    """What the confidence is made from: log odds of a string among all that were found, log probability of its classes."""
    share = float(np.exp(chosen.score) / sum(np.exp(other.score) for other in strings))
    share = min(max(share, 1e-6), 1 - 1e-6)
    return float(np.log(share / (1 - share))), chosen.certain


def _seen_from(crops: Ink, shear: float, aside: float) -> Ink:
    """Crops (N, 28, 28) slanted about their middle and moved aside by so many pixels."""
    matrix = np.array([[1, 0, 0], [0, 1, 0], [0, shear, 1]])
    return np.asarray(ndimage.affine_transform(crops, matrix, (0, 0, aside - shear * (CROP - 1) / 2), order=1))


def session(model: Path) -> onnxruntime.InferenceSession:
    """An ONNX model on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


class Reader:
    """Reads numbers with the models of a folder. `classifier` and `repair` may be others (for measuring)."""

    def __init__(
        self,
        models: Path = MODELS,
        *,
        classifier: Path | None = None,
        repair: Repair | None = None,
        settings: Settings | None = None,
        region: str = "US",
    ) -> None:
        self._classifier = session(classifier or models / "digit_reader.onnx")
        self._repair = repair
        self._region = region
        card = models / "digit_reader.json"
        if settings is None:
            settings = Settings(**json.loads(card.read_text())["settings"]) if card.exists() else Settings()
        self.settings = settings

    def read_image(self, image: bytes | Gray) -> Reading:
        """A file's bytes, or gray levels (H, W) uint8. Raises ImageError for what is no image."""
        gray = decode(image) if isinstance(image, bytes) else image
        if gray.ndim != 2 or gray.dtype != np.uint8 or min(gray.shape) < 8:
            raise ImageError("gray levels (H, W) of type uint8 are wanted, at least 8x8")
        try:
            return self._read(lines_of(gray))
        except Unreadable as error:
            return Reading("", 0.0, "rewrite", reason=f"{error}: please write again")

    def read_strokes(self, paths: Sequence[Sequence[tuple[float, float, float]]]) -> Reading:
        """Pen strokes, each a list of (x, y, t): any unit, y downward, t in ms (not used)."""
        lines = [np.asarray([(x, y) for x, y, *_ in path], np.float64) for path in paths if len(path)]
        if not lines or not all(np.isfinite(line).all() for line in lines):
            return Reading("", 0.0, "rewrite", reason="nothing is written here: please write again")
        points = np.concatenate(lines)
        low, size = points.min(0), points.max(0) - points.min(0)
        heights = np.array([float(np.ptp(line[:, 1])) for line in lines])
        height = float(np.median(heights[heights >= 0.4 * heights.max()]))
        if height <= 0 or float(size.max()) > 60 * height:
            return Reading("", 0.0, "rewrite", reason="nothing here looks like a digit: please write again")
        scale, margin = 48.0 / height, 24.0
        shape = (int(size[1] * scale + 2 * margin), int(size[0] * scale + 2 * margin))
        ink = strokes.draw([(line - low) * scale + margin for line in lines], shape, 5.0)
        return self.read_image((255 - ink * 255).astype(np.uint8))

    def probabilities(self, crops: Ink) -> NDArray[np.float32]:
        """Crops (N, 28, 28) → class probabilities (N, 12)."""
        if not len(crops):
            return np.zeros((0, 12), np.float32)
        logits = self._classifier.run(None, {"crops": crops[:, None]})[0] / self.settings.temperature
        odds = np.exp(logits - logits.max(1, keepdims=True))
        return np.asarray(odds / odds.sum(1, keepdims=True), np.float32)

    def _read(self, lines: Sequence[Line]) -> Reading:
        weights = self.settings.lattice
        return self._decide(combine([strings_of(self.lattice(line), weights) for line in lines]))

    def lattice(self, line: Line) -> Lattice:
        """Every way to group a line's pieces, scored, missing ink filled in."""
        pieces, known = self._divide(line)
        arcs = lattice.arcs_of(line, pieces)
        crops = np.empty((len(arcs), 28, 28), np.float32)
        probabilities = np.empty((len(arcs), 12), np.float32)
        new = []
        for index, arc in enumerate(arcs):
            if id(arc.piece) in known:
                crops[index], probabilities[index] = known[id(arc.piece)]
            else:
                crops[index] = crop_of(arc.piece)
                new.append(index)
        probabilities[new] = self.probabilities(crops[new])
        self._look_again(crops, probabilities)
        before = probabilities[:, :10].argmax(1)
        inpainted = self._fill_in(arcs, crops, probabilities)
        changed = inpainted & (probabilities[:, :10].argmax(1) != before)
        return Lattice(arcs, probabilities, inpainted, changed, len(pieces), line.height)

    def _divide(self, line: Line) -> tuple[list[Piece], dict[int, tuple[Ink, NDArray[np.float32]]]]:
        """The line's parts, cut where a wide one is no digit; and crops and chances of wide whole parts, by id."""
        wide = [p for p in line.pieces if p.ink.shape[1] > 0.55 * line.height and not lattice.is_small(p, line.height)]
        if not wide:
            return list(line.pieces), {}
        crops = np.stack([crop_of(p) for p in wide])
        known = {
            id(p): (crop, chances) for p, crop, chances in zip(wide, crops, self.probabilities(crops), strict=True)
        }
        divided: list[Piece] = []
        for piece in line.pieces:
            seen = known.get(id(piece))
            divided.extend(cuts(piece) if seen is not None and seen[1][:10].max() < _UNDIVIDED else [piece])
        return divided, known

    def _look_again(self, crops: Ink, probabilities: NDArray[np.float32]) -> None:
        """Average the chances of uncertain crops with those of the same crops slanted or moved a little."""
        unsure = np.flatnonzero((probabilities.max(1) < _CERTAIN) & (probabilities[:, lattice.MISCUT] < _MISCUT))
        if len(unsure):
            seen = self.probabilities(np.concatenate([_seen_from(crops[unsure], *view) for view in _VIEWS]))
            probabilities[unsure] += seen.reshape(len(_VIEWS), len(unsure), -1).sum(0)
            probabilities[unsure] /= 1 + len(_VIEWS)

    def _fill_in(self, arcs: Sequence[Arc], crops: Ink, probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Average the chances of doubtful arcs with those after filling in missing ink; which arcs were filled in."""
        filled_in = np.zeros(len(arcs), bool)
        if self._repair is None:
            return filled_in
        doubtful = [
            index
            for index, arc in enumerate(arcs)
            if not arc.small and not arc.cut and probabilities[index, :10].max() < _REPAIRED
        ]
        filled = self._repair(crops[doubtful]) if doubtful else []
        where = [index for index, crop in zip(doubtful, filled, strict=True) if crop is not None]
        if where:
            again = self.probabilities(np.stack([crop for crop in filled if crop is not None]))
            probabilities[where] = (probabilities[where] + again) / 2
            filled_in[where] = True
        return filled_in

    def _decide(self, strings: Sequence[String]) -> Reading:
        chosen = choose(strings, self._region)
        odds, certain = evidence_for(chosen, strings)
        known = self.settings.slope * odds + self.settings.certain * certain + self.settings.shift
        sure = float(1 / (1 + np.exp(-known)))
        digits = chosen.text
        found = tuple(replace(d, doubtful=d.changed or d.confidence < self.settings.digit_doubt) for d in chosen.digits)
        if not MIN_DIGITS <= len(digits) <= MAX_DIGITS:
            count = f"{len(digits)} digit{'s' * (len(digits) != 1)} found where a phone number was expected"
            return Reading(digits, sure, "rewrite", found, False, f"{count}: please write again")
        possible, plausible = numbering_plan(digits, self._region)
        if not possible:
            reason = f"{len(digits)} digits do not make a phone number here: please write again"
            return Reading(digits, sure, "rewrite", found, False, reason)
        if sure < self.settings.rewrite or 2 * sum(d.doubtful for d in found) > len(found):
            return Reading(digits, sure, "rewrite", found, plausible, "not clear enough: please write again")
        # A bracket in front of a number may have been taken for a one.
        longer = digits[0] == "1" and numbering_plan(digits[1:], self._region)[0]
        asked = chosen is not strings[0] or longer or any(d.changed for d in found)
        return Reading(
            digits, sure, "accept" if sure >= self.settings.accept and not asked else "confirm", found, plausible
        )


def numbering_plan(digits: str, region: str) -> tuple[bool, bool]:
    """Whether so many digits can be a number of this region, and whether its numbering plan has such a number."""
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return False, False
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE, phonenumbers.is_valid_number(number)


def load_reader(models: Path = MODELS, *, region: str = "US", inpaint: bool = False) -> Reader:
    """The reader as shipped. It measures better without inpainting: the classifier has learned from damaged digits."""
    return Reader(models, repair=load_repair(models) if inpaint else None, region=region)
