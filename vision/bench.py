"""The reading figures, measured on digits that no model was trained on; tables and plots go to data/reports.

Every table names its count and gives 95 % intervals (Wilson; Clopper-Pearson, one-sided, for wrong accepted numbers).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import stats

from vision import bench_pages, data, pages
from vision.inpaint import load_repair
from vision.reader import MODELS, Reader, Reading, Settings
from vision.segment import Piece, crop_of

REPORTS = Path("data/reports")
WORK = Path("var/vision")
DIGITS = 10  # of a number


@dataclass(frozen=True)
class Answer:
    """One page as read: which fold it was from, how sure the reader was, whether it was right."""

    kind: str
    truth: str
    digits: str
    confidence: float
    decision: str

    @property
    def right(self) -> bool:
        return self.truth == self.digits


def wilson(successes: int, count: int) -> tuple[float, float]:
    """Two-sided 95 % interval of a share."""
    if not count:
        return 0.0, 1.0
    z, p = 1.959964, successes / count
    middle, half = p + z * z / (2 * count), z * np.sqrt(p * (1 - p) / count + z * z / (4 * count**2))
    return float((middle - half) / (1 + z * z / count)), float((middle + half) / (1 + z * z / count))


def upper_bound(failures: int, count: int) -> float:
    """One-sided 95 % upper bound of a share (Clopper-Pearson)."""
    return float(stats.beta.ppf(0.95, failures + 1, count - failures)) if count > failures else 1.0


def share(successes: int, count: int, places: int = 1) -> str:
    low, high = wilson(successes, count)
    return f"{100 * successes / max(1, count):.{places}f} % ({100 * low:.{places}f}–{100 * high:.{places}f})"


def _reported_ids(fold: int) -> NDArray[np.int64]:
    """The reported digits of a fold in the order in which they are written on pages."""
    return np.random.default_rng(7_000 + fold).permutation(data.load_split().test(fold))


def reported_pages(fold: int, limit: int = 0, kinds: bool = True) -> Iterator[tuple[pages.Page, np.random.Generator]]:
    """Pages from the reported digits of a fold, each digit on one page only; the same pages at every call."""
    mnist, ids = data.load_mnist(), _reported_ids(fold)
    for number in range(min(limit or len(ids), len(ids) // DIGITS)):
        own = np.random.default_rng([7_000 + fold, number])
        rows = ids[number * DIGITS : (number + 1) * DIGITS]
        kind = pages.KINDS[int(own.choice(len(pages.KINDS), p=pages.SHARES))] if kinds else "plain"
        crops = list(mnist.images[rows] / np.float32(255))
        yield pages.compose(crops, "".join(map(str, mnist.labels[rows])), kind, own), own


def _answer(page: pages.Page, reading: Reading) -> Answer:
    return Answer(page.kind, page.truth, reading.digits, reading.confidence, reading.decision)


def _reader(model: str, inpaint: bool = False) -> Reader | None:
    """A reader with a model of var/vision and its own settings, or None (and a line that says so) where there is none."""
    repair = load_repair(MODELS) if inpaint else None
    if model == "shipped":
        return Reader(repair=repair)
    file, card = WORK / f"{model}.onnx", WORK / f"{model}.json"
    if model == "perceptron":
        file, card = MODELS / "digit_perceptron.onnx", MODELS / "digit_perceptron.json"
    if not file.exists():
        print(f"{file} is not here: python -m vision train {model}", file=sys.stderr)
        return None
    settings = Settings(**json.loads(card.read_text())["settings"]) if card.exists() else None
    return Reader(classifier=file, repair=repair, settings=settings)


def read_fold(fold: int, limit: int = 0) -> list[Answer]:
    """The clean pages of a fold, read by the model that never saw it, with what is shipped around it.

    Their decision is "accept" wherever nothing but the confidence could make the reader ask.
    """
    reader = _reader("shipped" if fold == 0 else f"fold{fold}", inpaint=SHIP_INPAINTER)
    if reader is None:
        return []
    reader.settings = replace(reader.settings, accept=0.0)
    return [_answer(page, reader.read_image(bench_pages.paper(page, rng))) for page, rng in reported_pages(fold, limit)]


SHIP_INPAINTER = False  # as load_reader


def choose_threshold(answers: Sequence[Answer]) -> float:
    """The lowest confidence from which on at most one accepted number in 1,000 of these pages was wrong."""
    ordered = sorted((a for a in answers if a.decision == "accept"), key=lambda a: -a.confidence)
    wrong = np.cumsum([not a.right for a in ordered])
    safe = np.flatnonzero(wrong * 1000 <= np.arange(1, len(ordered) + 1))
    return ordered[int(safe[-1])].confidence if len(safe) else 1.0


def clean(limit: int) -> str:
    folds = {fold: answers for fold in range(data.FOLDS) if (answers := read_fold(fold, limit))}
    everything = [a for answers in folds.values() for a in answers]
    lines = ["| pages | count | numbers right | digits right (where ten were found) |", "|---|---|---|---|"]
    rows: list[tuple[str, list[Answer]]] = [("shipped model, its reported digits", folds[0])]
    rows.append((f"cross-validated, {len(folds)} folds", everything))
    rows += [(f"… {kind}", [a for a in everything if a.kind == kind]) for kind in pages.KINDS]
    for name, answers in rows:
        whole = [a for a in answers if len(a.digits) == DIGITS]
        same = sum(x == y for a in whole for x, y in zip(a.truth, a.digits, strict=True))
        lines.append(
            f"| {name} | {len(answers)} | {share(sum(a.right for a in answers), len(answers))} "
            f"| {share(same, DIGITS * len(whole), 2)} |"
        )
    draw_wrong(folds)
    lines += ["", *_acceptance(folds, everything)]
    return "\n".join(lines)


def _accepted(answers: Sequence[Answer], limit: float) -> list[Answer]:
    return [a for a in answers if a.decision == "accept" and a.confidence >= limit]


def _acceptance(folds: dict[int, list[Answer]], everything: list[Answer]) -> list[str]:
    """How many are accepted, each fold by the threshold that the other folds choose; and every wrong one."""
    accepted: list[Answer] = []
    own: list[Answer] = []
    for fold, answers in folds.items():
        limit = choose_threshold([a for other, more in folds.items() if other != fold for a in more])
        print(f"fold {fold}: accept from {limit:.6f}", file=sys.stderr)
        accepted += _accepted(answers, limit)
        if fold == 0:
            own = _accepted(answers, max(limit, Reader().settings.accept))  # as vision.train.accept_safely
    wrong = [a for a in accepted if not a.right]
    plot_risk(everything)
    text = [
        f"Accepted without a question: {share(len(accepted), len(everything))} of {len(everything)} pages; wrong among "
        f"them: {len(wrong)} of {len(accepted)}, at most {1000 * upper_bound(len(wrong), len(accepted)):.2f} in 1,000 "
        "(one-sided 95 %).",
        "",
    ]
    text += [f"- wrong: {a.truth} read as {a.digits} ({a.kind}, confidence {a.confidence:.5f})" for a in wrong]
    text.append(
        f'\nAs shipped (decision "accept"), on its own reported pages: {share(len(own), len(folds[0]))} accepted, '
        f"{sum(not a.right for a in own)} wrong."
    )
    (WORK / "answers.jsonl").write_text(
        "".join(json.dumps({"fold": fold, **a.__dict__}) + "\n" for fold, part in folds.items() for a in part)
    )
    return text


READERS = (
    ("clean-trained", "undamaged", False),
    ("clean-trained, inpainting", "undamaged", True),
    ("trained on damage (control)", "shipped", False),
    ("trained on damage, inpainting", "shipped", True),
)
_BINS = ((0.05, 0.1), (0.1, 0.15), (0.15, 0.2001))


def damaged(limit: int) -> str:
    readers = [(name, reader) for name, model, fill in READERS if (reader := _reader(model, fill)) is not None]
    results: dict[str, list[tuple[float, Answer, Answer, int]]] = {name: [] for name, _ in readers}
    for page, rng in reported_pages(0, limit or 500, kinds=False):
        count, width = int(rng.integers(1, 4)), float(rng.uniform(*bench_pages.BAND_WIDTHS))
        hurt = page
        for index in rng.choice(DIGITS, count, replace=False):
            hurt = bench_pages.band(hurt, int(index), width, rng)
        state = rng.bit_generator.state
        before = bench_pages.paper(page, rng)
        rng.bit_generator.state = state
        after = bench_pages.paper(hurt, rng)
        for name, reader in readers:
            results[name].append(
                (width, _answer(page, reader.read_image(before)), _answer(page, reader.read_image(after)), count)
            )
    lines = ["| reader | undamaged pages | damaged | width 5–10 % | 10–15 % | 15–20 % |", "|---|---|---|---|---|---|"]
    curves: dict[str, list[float]] = {}
    for name, answers in results.items():
        cells = [
            share(sum(b.right for _, b, _, _ in answers), len(answers)),
            share(sum(a.right for _, _, a, _ in answers), len(answers)),
        ]
        curves[name] = []
        for low, high in _BINS:
            part = [a for width, _, a, _ in answers if low <= width < high]
            cells.append(share(sum(a.right for a in part), len(part)))
            curves[name].append(sum(a.right for a in part) / max(1, len(part)))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append("")
    for without, filled in (
        ("clean-trained", "clean-trained, inpainting"),
        ("trained on damage (control)", "trained on damage, inpainting"),
    ):
        if without in results and filled in results:
            lines.append(_harm(without, results[without], results[filled]))
    lines += _won_back(results)
    plot_damage(curves)
    return "\n".join(lines)


def _won_back(results: dict[str, list[tuple[float, Answer, Answer, int]]]) -> list[str]:
    """Of the numbers that a classifier trained without damage loses to damage: how many each remedy reads again."""
    plain = results.get("clean-trained")
    if plain is None:
        return []
    lost = sum(b.right for _, b, _, _ in plain) - sum(a.right for _, _, a, _ in plain)
    lines = ["", f"The clean-trained reader loses {lost} of {len(plain)} numbers to damage. Won back:", ""]
    for name in ("clean-trained, inpainting", "trained on damage (control)", "trained on damage, inpainting"):
        if name in results:
            won = sum(a.right for _, _, a, _ in results[name]) - sum(a.right for _, _, a, _ in plain)
            lines.append(f"- {name}: {won} ({100 * won / max(1, lost):.0f} %)")
    return lines


def _harm(
    name: str,
    without: list[tuple[float, Answer, Answer, int]],
    filled: list[tuple[float, Answer, Answer, int]],
) -> str:
    """Digits right before inpainting and wrong after it, on clean and damaged pages alike; and the reverse."""
    total = harm = good = 0
    for (_, *plain, _), (_, *painted, _) in zip(without, filled, strict=True):
        for a, b in zip(plain, painted, strict=True):
            if len(a.digits) == len(b.digits) == DIGITS:
                total += DIGITS
                harm += sum(x == t != y for x, y, t in zip(a.digits, b.digits, a.truth, strict=True))
                good += sum(x != t == y for x, y, t in zip(a.digits, b.digits, a.truth, strict=True))
    portion = 100 * harm / max(1, total)
    return f"Inpainting, reader {name}: {harm} of {total} digits turned wrong ({portion:.3f} %), {good} turned right."


def pens(limit: int) -> str:
    """Pen paths of other writers, drawn as digits; odd rows only."""
    from vision.sources import pendigit_crops

    rng = np.random.default_rng(11)
    crops, labels = pendigit_crops(np.arange(1, 7494, 2), rng)
    lines = ["| pendigits, drawn | digits right | ten-digit pages | numbers right |", "|---|---|---|---|"]
    for name, model in (("not trained on", "fold1"), ("half of them trained on", "shipped")):
        lines += _other_writers(name, model, crops, labels, limit)
    return "\n".join(lines)


def scans(limit: int) -> str:
    """Digits of 43 other people, scanned at 8x8 (E. Alpaydin, C. Kaynak; UCI, CC BY 4.0; comes with scikit-learn)."""
    from sklearn.datasets import load_digits

    found = load_digits()
    crops = []
    for image in found.images:
        large = Image.fromarray((image * 255 / 16).astype(np.uint8)).resize((22, 22), Image.Resampling.BICUBIC)
        crops.append(np.pad(np.asarray(large), 3))
    lines = [
        "| optdigits, 8x8, never trained on | digits right | ten-digit pages | numbers right |",
        "|---|---|---|---|",
    ]
    lines += _other_writers("shipped model", "shipped", np.stack(crops), found.target.astype(np.int64), limit)
    return "\n".join(lines)


def _other_writers(name: str, model: str, crops: NDArray[np.uint8], labels: NDArray[np.int64], limit: int) -> list[str]:
    reader = _reader(model)
    if reader is None:
        return []
    framed = np.stack([crop_of(Piece(c.repeat(2, 0).repeat(2, 1) / np.float32(255), 0, 0, 0)) for c in crops])
    guess = np.concatenate(
        [reader.probabilities(part)[:, :10].argmax(1) for part in np.array_split(framed, len(framed) // 200)]
    )
    right = int((guess == labels).sum())
    order = np.random.default_rng(12).permutation(len(labels))
    answers = []
    for number in range(min(limit or len(labels), len(labels) // DIGITS)):
        rng = np.random.default_rng([13, number])
        rows = order[number * DIGITS : (number + 1) * DIGITS]
        truth = "".join(map(str, labels[rows]))
        page = pages.compose(list(crops[rows] / np.float32(255)), truth, "plain", rng)
        answers.append(_answer(page, reader.read_image(bench_pages.paper(page, rng))))
    good = sum(a.right for a in answers)
    return [f"| {name} | {share(right, len(labels))} | {len(answers)} | {share(good, len(answers))} |"]


def guests(limit: int) -> str:
    """Of 10,000 guests, whose number is read right at the first try; one page in five is damaged."""
    readers = [
        ("perceptron", _reader("perceptron")),
        ("CNN", _reader("shipped")),
        ("CNN with inpainting", _reader("shipped", True)),
    ]
    right, count = {name: 0 for name, _ in readers}, 0
    for page, rng in reported_pages(0, limit or 400):
        if count % 5 == 0:
            for index in rng.choice(DIGITS, int(rng.integers(1, 4)), replace=False):
                page = bench_pages.band(page, int(index), float(rng.uniform(*bench_pages.BAND_WIDTHS)), rng)
        seen, count = bench_pages.paper(page, rng), count + 1
        for name, reader in readers:
            right[name] += reader is not None and reader.read_image(seen).digits == page.truth
    lines = [
        f"| reader | of 10,000 guests, read right at the first try (from {count} pages, one in five damaged) |",
        "|---|---|",
    ]
    for name, reader in readers:
        if reader is not None:
            low, high = wilson(right[name], count)
            lines.append(f"| {name} | {10_000 * right[name] / count:,.0f} ({10_000 * low:,.0f}–{10_000 * high:,.0f}) |")
    return "\n".join(lines)


def speed(limit: int) -> str:
    """CPU time of reading a page, decoded image to reading, on one thread."""
    reader = _reader("shipped", SHIP_INPAINTER)
    assert reader is not None
    times = []
    for page, rng in reported_pages(0, limit or 200):
        seen = bench_pages.paper(page, rng)
        started = time.process_time()
        reader.read_image(seen)
        times.append(1000 * (time.process_time() - started))
    size = sum(f.stat().st_size for name in ("digit_*.onnx", "inpainter*.onnx") for f in MODELS.glob(name))
    middle, high = np.percentile(times[5:], [50, 95])
    return (
        f"CPU time a page on one core: median {middle:.0f} ms, 95 % within {high:.0f} ms ({len(times)} pages). "
        f"Models together: {size / 1e6:.1f} MB."
    )


def plot_risk(answers: Sequence[Answer]) -> None:
    """Share of wrong numbers among the accepted, over the share accepted; what is asked about in any case never is."""
    from matplotlib import pyplot as plt

    ordered = sorted((a for a in answers if a.decision == "accept"), key=lambda a: -a.confidence)
    wrong = np.cumsum([not a.right for a in ordered])
    count = np.arange(1, len(ordered) + 1)
    bound = [upper_bound(int(w), int(n)) for w, n in zip(wrong[99::20], count[99::20], strict=True)]
    figure, axis = plt.subplots(figsize=(6, 3.6))
    axis.plot(count / len(answers), 1000 * wrong / count, label="measured")
    axis.plot(count[99::20] / len(answers), 1000 * np.asarray(bound), ":", label="one-sided 95 % bound")
    axis.axhline(1, color="gray", linewidth=0.8)
    axis.axvline(0.85, color="gray", linewidth=0.8)
    axis.set(xlabel="accepted without a question", ylabel="wrong in 1,000 accepted", ylim=(0, 20), xlim=(0, 1))
    axis.legend()
    figure.tight_layout()
    figure.savefig(REPORTS / "vision_risk_coverage.png", dpi=110)
    plt.close(figure)


def draw_wrong(folds: dict[int, list[Answer]], most: int = 48) -> None:
    """The digits as MNIST has them of the wrong numbers that the reader was surest of: label, what was read, how sure.

    They belong to the data set, so the picture stays outside the repository.
    """
    mnist, wrong = data.load_mnist(), []
    for fold, answers in folds.items():
        ids = _reported_ids(fold)
        for page, answer in enumerate(answers):
            if not answer.right and len(answer.digits) == DIGITS:
                rows = ids[page * DIGITS :]
                wrong += [
                    (answer.confidence, f"{said} read {read}, {answer.confidence:.4f}", row)
                    for said, read, row in zip(answer.truth, answer.digits, rows)
                    if said != read
                ]
    shown = sorted(wrong, key=lambda one: -one[0])[:most]
    side, across = 110, 8
    sheet = Image.new("L", (side * across, side * -(-len(shown) // across)), 255)
    pen = ImageDraw.Draw(sheet)
    for place, (_, words, row) in enumerate(shown):
        left, top = side * (place % across), side * (place // across)
        sheet.paste(Image.fromarray(255 - mnist.images[row]).resize((84, 84)), (left, top + 14))
        pen.text((left, top), words, fill=0)
    sheet.save(WORK / "surest_wrong.png")


def plot_damage(curves: dict[str, list[float]]) -> None:
    from matplotlib import pyplot as plt

    figure, axis = plt.subplots(figsize=(6, 3.6))
    for name, values in curves.items():
        axis.plot([7.5, 12.5, 17.5], 100 * np.asarray(values), "o-", label=name)
    axis.set(xlabel="width of the missing band, % of the digit's height", ylabel="numbers right, %")
    axis.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(REPORTS / "vision_damage.png", dpi=110)
    plt.close(figure)


def picture(limit: int) -> str:
    """Before and after inpainting, in our own drawn digits (digits of data sets only go to var/)."""

    repair = load_repair(MODELS)
    if repair is None:
        return ""

    def strip(page: pages.Page, rng: np.random.Generator) -> NDArray[np.float32]:
        hurt = page
        for index in range(len(page.truth)):
            hurt = bench_pages.band(hurt, index, float(rng.uniform(0.1, 0.2)), rng)
        columns = []
        for left, top, right, bottom in page.boxes:
            whole, crop = (crop_of(Piece(ink[top:bottom, left:right], 0, 0, 0)) for ink in (page.ink, hurt.ink))
            filled = repair(crop[None])[0]
            columns.append(np.concatenate([whole, crop, crop if filled is None else filled]))
        return np.concatenate(columns, 1)

    def save(rows: list[NDArray[np.float32]], file: Path) -> None:
        image = Image.fromarray(255 - (np.concatenate(rows) * 255).astype(np.uint8))
        image.resize((image.width * 2, image.height * 2), Image.Resampling.NEAREST).save(file)

    rng = np.random.default_rng(21)
    save(
        [strip(pages.own_page("0123456789", rng), rng) for _ in range(2)],
        REPORTS / "vision_inpainting.png",
    )
    save([strip(page, own) for page, own in list(reported_pages(0, 8, kinds=False))], WORK / "inpainting_mnist.png")
    return "![whole, damaged, filled in](vision_inpainting.png)"


TABLES: dict[str, Callable[[int], str]] = {
    "clean": clean,
    "damaged": damaged,
    "pens": pens,
    "scans": scans,
    "guests": guests,
    "speed": speed,
    "picture": picture,
}


def run(wanted: Sequence[str], limit: int) -> int:
    """Print the tables and keep each as data/reports/vision_NAME.md."""
    unknown = [name for name in wanted if name not in TABLES]
    if unknown:
        print(f"no such table: {', '.join(unknown)}; there are {', '.join(TABLES)}", file=sys.stderr)
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    WORK.mkdir(parents=True, exist_ok=True)
    for name in wanted or TABLES:
        text = TABLES[name](limit)
        if text:
            print(f"\n## {name}\n\n{text}", flush=True)
            (REPORTS / f"vision_{name}.md").write_text(text + "\n")
    return 0
