"""The commands that make, train, tune and measure the recogniser, one function for each."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from speech import bench as figures
from speech.corpus import SPEECH_SETS, recordings
from speech.language import general_model
from speech.packs import write_pack
from speech.recogniser import MODEL, STREAMING, WORDS
from speech.sentences import general_english

if TYPE_CHECKING:
    from speech.training import Plan

COPIES = {  # of each set in an epoch
    "synthetic": 0.12,
    "synthetic-calls": 0.8,
    "synthetic-digits": 0.3,
    "neural": 0.7,
    "neural-calls": 2.5,
    "neural-digits": 1.5,
    "an4-digits": 1.2,
    "so762": 0.3,
    "an4": 1.5,
    "fsdd": 1.0,
    "coffee": 3.0,
}


def voices(options: argparse.Namespace) -> int:
    """Download the neural voices that read training speech."""
    from speech.neural_voices import FOLDER, fetch

    fetch()
    print(json.dumps({"voices": str(FOLDER)}))
    return 0


def synthesise(options: argparse.Namespace) -> int:
    """Invented sentences and the training speakers' own, read by every voice."""
    from speech.synthesis import draw_neural_voice, draw_voice, single_digits
    from speech.synthesis import synthesise as write

    options.work.mkdir(parents=True, exist_ok=True)
    texts = _read_texts(options.data)
    hours = {}
    for pack, draw, wanted, of_calls in (
        ("synthetic", draw_voice, options.hours, options.call_hours),
        ("neural", draw_neural_voice, options.neural_hours, options.neural_call_hours),
    ):
        many = options.seed, options.processes
        if wanted:
            single_digits(options.work / f"{pack}-digits", options.voices, *many, draw)
            hours[pack] = write(options.work / pack, options.data, wanted, *many, texts, draw)
        if of_calls:
            name = f"{pack}-calls"
            hours[name] = write(options.work / name, options.data, of_calls, *many, draw=draw, calls=True)
    print(json.dumps({pack: round(written, 2) for pack, written in hours.items()}))
    return 0


def train(options: argparse.Namespace) -> int:
    """Pack the recordings, train for the given time, export."""
    from speech.export import export as write
    from speech.export import load, size_of, write_card
    from speech.model import Config
    from speech.training import run

    labels = options.work / "coffee-labels.json"
    texts: dict[str, str] = json.loads(labels.read_text()) if labels.exists() else {}
    for name in SPEECH_SETS:
        for part in ("train", "dev"):
            found = [r for r in recordings(options.data, name) if r.part == part]
            if found and not (options.work / f"{name}-{part}.jsonl").exists():
                write_pack(options.work / f"{name}-{part}", found, texts)
    if not (options.work / "synthetic.jsonl").exists():
        raise FileNotFoundError(f"no synthetic speech in {options.work}: run python -m speech synthesise first")
    plan = _plan(options)
    run(Config(hidden=options.hidden, bidirectional=not options.lookahead, lookahead=options.lookahead), plan)
    model = load(Path(plan.out) / "last.pt")
    out = STREAMING if options.lookahead else MODEL
    write(model, out)
    write_card(out, name=out.stem, trained=asdict(plan), **size_of(model))
    plot(Path(plan.out), Path("data/reports") / f"speech{'-streaming' if options.lookahead else ''}-learning.png")
    return 0


def _plan(options: argparse.Namespace) -> Plan:
    from speech.training import Plan

    packs = tuple(
        (str(options.work / (f"{name}-train" if name in SPEECH_SETS else name)), copies)
        for name, copies in COPIES.items()
    )
    return Plan(
        packs=packs,
        dev_packs=tuple(str(options.work / f"{name}-dev") for name in SPEECH_SETS),
        data=str(options.data),
        out=str(options.out or options.work / "run"),
        minutes=options.minutes,
        processes=options.processes,
        peak_rate=options.peak_rate,
        start_from=options.start_from,
        kept=options.kept,
        softest=options.softest,
        hardest=options.hardest,
    )


def ablate(options: argparse.Namespace) -> int:
    """A table of short trainings from the same weights, each without one kind of data or of augmentation."""
    from speech.ablation import HEADER, VARIANTS, row

    plan, report = _plan(options), Path("data/reports/speech-ablation.md")
    wanted = options.only or list(VARIANTS)
    lines = report.read_text(encoding="utf-8").splitlines() if options.only and report.exists() else HEADER
    for name in wanted:
        line = row(name, plan, options.data, figures.bench_folder())
        lines = [*(old for old in lines if not old.startswith(f"| {name} |")), line]
        print(line, flush=True)
        report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


def plot(run: Path, out: Path) -> None:
    """Learning curves: loss on augmented speech, greedy word errors on the tuning speakers."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    from speech.training import log_rows

    rows = list(log_rows(run))
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4))
    steps = [row for row in rows if "rate" in row]
    left.plot([row["step"] for row in steps], [row["loss"] for row in steps])
    left.set(xlabel="step", ylabel="CTC loss, nats a character", title="training (augmented)", yscale="log")
    epochs = [row for row in rows if "dev_wer" in row]
    for name in sorted({name for row in epochs for name in row["dev_wer"]}):
        measured = [row for row in epochs if name in row["dev_wer"]]
        right.plot([r["step"] for r in measured], [100 * r["dev_wer"][name] for r in measured], marker="o", label=name)
    right.set(xlabel="step", ylabel="word errors, %", title="tuning speakers, greedy, no language model", ylim=(0, 105))
    right.legend()
    figure.tight_layout()
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=80, metadata={"Software": None})


def words(options: argparse.Namespace) -> int:
    """The general word model from invented sentences, free text sets and training transcripts."""
    model = general_model(
        [*general_english(options.data), *(text.lower() for text in _read_texts(options.data))], 80_000
    )
    model.save(WORDS)
    print(json.dumps({"file": str(WORDS), "words": len(model.vocabulary)}))
    return 0


def _read_texts(data: Path) -> list[str]:
    """The training speakers' sentences, spelled letters as capitals, three times each."""
    texts = []
    for name in ("so762", "an4"):
        for recording in recordings(data, name):
            if recording.part == "train" and recording.text:
                letters = name == "an4"
                said = recording.text.split()
                texts.append(" ".join(word.upper() if letters and len(word) == 1 else word for word in said))
    return texts * 3


def label(options: argparse.Namespace) -> int:
    """Our own network writes the words of the training speakers' orders, of which only slots were published, and cuts
    single digits out of an4's recordings."""
    from speech.export import load
    from speech.labels import label_orders
    from speech.packs import Pack
    from speech.single_digits import cut

    texts = label_orders(options.data, figures.bench_folder() / figures.CAFE, options.checkpoint)
    out = options.work / "coffee-labels.json"
    out.write_text(json.dumps(texts, indent=0))
    digits = cut(Pack(options.work / "an4-train"), load(options.checkpoint).eval(), options.work / "an4-digits")
    print(json.dumps({"labelled": len(texts), "file": str(out), "digits": digits}))
    return 0


def export(options: argparse.Namespace) -> int:
    """Checkpoint to ONNX and card."""
    from speech.export import export as write
    from speech.export import load, size_of, write_card

    model = load(options.checkpoint)
    write(model, options.out)
    write_card(options.out, name=options.out.stem, **size_of(model))
    return 0


def bench(options: argparse.Namespace) -> int:
    """The table of figures."""
    return figures.run(options.data, figures.bench_folder(), options.model)


def tune(options: argparse.Namespace) -> int:
    """Decoder weights and calibration on the tuning speakers, written to the model's card."""
    from speech.tuning import tune as search

    found = search(options.data, figures.bench_folder(), options.model)
    from speech.export import write_card

    write_card(options.model, **found)
    print(json.dumps(found))
    return 0


def report(options: argparse.Namespace) -> int:
    """A page of what was misheard on held-out speakers, with audio; it stays out of the repository."""
    from speech.misses import write_page

    page = write_page(options.data, figures.bench_folder(), options.out)
    print(json.dumps({"page": str(page)}))
    print(f"speech: open {page} in a browser", file=sys.stderr)
    return 0
