"""The reader: an image or pen strokes in, a reading out (digits, confidence, what to do next)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import onnxruntime
import phonenumbers
from numpy.typing import NDArray

from vision import lattice, strokes
from vision.images import Gray, ImageError, decode
from vision.inpaint import Repair, load_repair
from vision.segment import Line, Piece, Unreadable, crop_of, cuts, lines_of

Ink = NDArray[np.float32]
Decision = Literal["accept", "confirm", "rewrite"]
Box = tuple[int, int, int, int]

MODELS = Path("data/models")
MIN_DIGITS, MAX_DIGITS = 7, 15


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
    slope: float = 1.0  # calibrated = sigmoid(slope * logit(raw) + shift)
    shift: float = 0.0
    accept: float = 0.97
    digit_doubt: float = 0.95
    rewrite: float = 0.05


@dataclass
class _Raw:
    """A reading before calibration."""

    digits: list[ReadDigit] = field(default_factory=list)
    product: float = 1.0
    share: float = 1.0  # of the best string among the strings found


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

    def _classify(self, pieces: Sequence[Piece]) -> NDArray[np.float32]:
        return self.probabilities(
            np.stack([crop_of(p) for p in pieces]) if pieces else np.zeros((0, 28, 28), np.float32)
        )

    def _read(self, lines: Sequence[Line]) -> Reading:
        raw = _Raw()
        for line in lines:
            self._read_line(line, raw)
        return self._decide(raw)

    def _read_line(self, line: Line, raw: _Raw) -> None:
        pieces, known = self._divide(line)
        arcs = lattice.arcs_of(line, pieces)
        probabilities = np.full((len(arcs), 12), 1e-6, np.float32)
        scored = []
        for index, arc in enumerate(arcs):
            if id(arc.piece) in known:
                probabilities[index] = known[id(arc.piece)]
            elif not arc.small:
                scored.append(index)
        if scored:
            probabilities[scored] = self._classify([arcs[i].piece for i in scored])
        paths = lattice.best_paths(arcs, probabilities, len(pieces), line.height)
        if not paths:
            raw.product *= 1e-6
            return
        best = paths[0]
        raw.product *= float(np.exp(best.score))
        raw.share *= 1.0 / float(sum(np.exp(path.score - best.score) for path in paths))
        for index, label in best.steps:
            if label != lattice.JUNK:
                raw.digits.append(self._digit(arcs[index].piece, probabilities[index], raw))

    def _divide(self, line: Line) -> tuple[list[Piece], dict[int, NDArray[np.float32]]]:
        """The line's parts, cut where a wide one is no digit; and class probabilities of wide whole parts, by id."""
        wide = [p for p in line.pieces if p.ink.shape[1] > 0.55 * line.height and not lattice.is_small(p, line.height)]
        known = {id(p): chances for p, chances in zip(wide, self._classify(wide), strict=True)}
        divided: list[Piece] = []
        for piece in line.pieces:
            chances = known.get(id(piece))
            divided.extend(cuts(piece) if chances is not None and chances[:10].max() < 0.9 else [piece])
        return divided, known

    def _digit(self, piece: Piece, chances: NDArray[np.float32], raw: _Raw) -> ReadDigit:
        first, second = (int(i) for i in np.argsort(-chances[:10])[:2])
        inpainted = changed = False
        if self._repair is not None:
            crop = crop_of(piece)
            filled = self._repair(crop)
            if filled is not None:
                inpainted = True
                again = self.probabilities(filled[None])[0]
                changed = int(again[:10].argmax()) != first
                mixed = (chances + again) / 2
                first, second = (int(i) for i in np.argsort(-mixed[:10])[:2])
                raw.product *= float(max(mixed[first], 1e-6) / max(chances.max(), 1e-6))
                chances = mixed
        sure = float(chances[first])
        return ReadDigit(str(first), sure, str(second), inpainted, changed, changed or sure < self.settings.digit_doubt)

    def _decide(self, raw: _Raw) -> Reading:
        digits = "".join(d.digit for d in raw.digits)
        chance = min(max(raw.product * raw.share, 1e-9), 1 - 1e-9)
        logit = np.log(chance / (1 - chance))
        sure = float(1 / (1 + np.exp(-(self.settings.slope * logit + self.settings.shift))))
        if not MIN_DIGITS <= len(digits) <= MAX_DIGITS:
            found = f"{len(digits)} digit{'s' * (len(digits) != 1)} found where a phone number was expected"
            return Reading(digits, sure, "rewrite", tuple(raw.digits), False, f"{found}: please write again")
        possible, plausible = numbering_plan(digits, self._region)
        if not possible:
            reason = f"{len(digits)} digits do not make a phone number here: please write again"
            return Reading(digits, sure, "rewrite", tuple(raw.digits), False, reason)
        asked = any(d.changed for d in raw.digits)
        decision: Decision = "accept" if sure >= self.settings.accept and not asked else "confirm"
        if sure < self.settings.rewrite:
            return Reading(
                digits, sure, "rewrite", tuple(raw.digits), plausible, "not clear enough: please write again"
            )
        return Reading(digits, sure, decision, tuple(raw.digits), plausible)


def numbering_plan(digits: str, region: str) -> tuple[bool, bool]:
    """Whether so many digits can be a number of this region, and whether its numbering plan has such a number."""
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return False, False
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE, phonenumbers.is_valid_number(number)


def load_reader(models: Path = MODELS, *, region: str = "US") -> Reader:
    """The reader as shipped: classifier, settings and inpainter from one folder."""
    return Reader(models, repair=load_repair(models), region=region)
