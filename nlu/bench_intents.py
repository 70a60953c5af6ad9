"""``python -m nlu bench-intents``: intents on our own and on public sentences, and the spaCy pipeline on its treebank.

Our light component and Rasa's default pipeline (DIET) are trained on the same sentences and asked the same ones.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlu.bench_parser import MISSING, wilson
from nlu.data_sets import MissingDataError, clinc150, data_folder, hwu64, split_of, unpacked
from nlu.encoder import shared_encoder
from nlu.intents import IntentModel

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "data/reports/intents.md"
SENTENCES = ROOT / "data/nlu"
HELD_OUT = ROOT / "tests/nlu"
WORK = Path("var/bench")
CONFIGS = {"light": "config.yml", "DIET": "nlu/stock_config.yml"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=("own", "public", "spacy"), help="one part of the tables")
    parser.add_argument(
        "--no-diet", action="store_true", help="leave Rasa's default pipeline out (it trains for minutes)"
    )
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    if arguments.serve:
        print(json.dumps(serve(arguments.serve)))
        return 0
    parts = [arguments.only] if arguments.only else ["own", "public", "spacy"]
    status = 0
    tables: list[str] = []
    for part in parts:
        try:
            if part == "own":
                tables += own(diet=not arguments.no_diet)
            elif part == "public":
                tables += public()
            else:
                tables += linguistics()
        except MissingDataError as error:
            print(f"{part}: skipped: {error}", file=sys.stderr)
            status = MISSING
    text = "\n".join(tables)
    print(text)
    if not arguments.only and status == 0:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text + "\n", encoding="utf-8")
    return status


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = ["", title, "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def share(right: int, count: int) -> str:
    low, high = wilson(right, count)
    return f"{right / max(count, 1):.1%} ({low:.1%} to {high:.1%})"


def own_sentences() -> tuple[list[str], list[str], list[str]]:
    """Texts, their intents, and the words of the lookup table ``food``."""
    import yaml

    texts, intents, foods = [], [], []
    for path in sorted(SENTENCES.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            examples = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
            if "intent" in block:
                texts += examples
                intents += [block["intent"]] * len(examples)
            else:
                foods += examples
    return texts, intents, foods


def cases(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HELD_OUT / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def own(diet: bool) -> list[str]:
    texts, intents, foods = own_sentences()
    rows = []
    for name in CONFIGS if diet else ["light"]:
        model = trained(name)
        found = json.loads(
            subprocess.run(
                [sys.executable, "-m", "nlu", "bench-intents", "--serve", str(model)],
                check=True, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"},
            ).stdout.splitlines()[-1]
        )  # fmt: skip
        rows.append([
            name, share(*found["intents"]), share(*found["emergencies"]), share(*found["answers"]),
            "{:.1f} / {:.1f} / {:.1f}".format(*found["ms"]), f"{found['load_s']:.1f}", f"{found['rss_mb']}",
        ])  # fmt: skip
    model = IntentModel.fit(texts, intents, shared_encoder(), foods)
    guessed = model.intents[model.left_out.argmax(axis=1)]
    right = int((guessed == np.array(intents)).sum())
    sure = model.left_out.max(axis=1) >= 0.3
    head = [
        "pipeline",
        "intent, held out",
        "emergencies found",
        "awaited answers",
        "ms median / 99 % / median of computing",
        "load s",
        "RSS MB",
    ]
    counts = f"{len(set(intents))} intents, {len(texts)} sentences learnt, {len(cases('intents_held_out'))} held out"
    return [
        *table(f"**Our own sentences** ({counts})", head, rows),
        "",
        f"Light, exact leave-one-out over its own sentences: {share(right, len(texts))}; "
        f"at the fallback threshold 0.3, {share(int(sure.sum()), len(texts))} are answered and of these "
        f"{share(int((guessed == np.array(intents))[sure].sum()), int(sure.sum()))} are right.",
    ]


def trained(name: str) -> Path:
    """A Rasa NLU model of configuration ``name``, trained unless it is newer than what it is made from."""
    target = WORK / f"{name}.tar.gz"
    made_from = [*SENTENCES.glob("*.yml"), ROOT / CONFIGS[name], *(ROOT / "nlu").glob("intents.py")]
    if not target.exists() or target.stat().st_mtime < max(path.stat().st_mtime for path in made_from):
        WORK.mkdir(parents=True, exist_ok=True)
        start = time.perf_counter()
        subprocess.run(
            [
                sys.executable, "-m", "rasa", "train", "nlu", "--quiet", "--nlu", str(SENTENCES),
                "--config", CONFIGS[name], "--domain", "domain.yml", "--out", str(WORK), "--fixed-model-name", name,
            ],
            check=True, stdout=sys.stderr,
        )  # fmt: skip
        print(f"{name}: trained in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    return target


def serve(model: Path) -> dict[str, Any]:
    """Loads a Rasa model in this process and asks it every held-out sentence, one at a time."""
    import asyncio
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    start = time.perf_counter()
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage

    agent = Agent.load(str(model))
    load_s = time.perf_counter() - start
    took: list[float] = []
    computed: list[float] = []

    async def intent_of(case: dict[str, Any]) -> str:
        begun, begun_cpu = time.perf_counter(), time.process_time()
        message = UserMessage(case["text"], metadata={"expecting": case.get("expecting")})
        parsed = await agent.processor.parse_message(message)  # type: ignore[union-attr]
        took.append((time.perf_counter() - begun) * 1e3)
        computed.append((time.process_time() - begun_cpu) * 1e3)
        return str(parsed["intent"]["name"])

    async def right(rows: list[dict[str, Any]]) -> tuple[int, int]:
        return sum([await intent_of(case) == case["intent"] for case in rows]), len(rows)

    async def all_rows() -> dict[str, Any]:
        rows = cases("intents_held_out")
        await right(rows[:5])
        took.clear()
        computed.clear()
        return {
            "intents": await right(rows),
            "emergencies": await right([case for case in rows if case["intent"] == "emergency"]),
            "answers": await right(cases("expected_held_out")),
        }

    found = asyncio.run(all_rows())
    return found | {
        "ms": [float(np.median(took)), float(np.percentile(took, 99)), float(np.median(computed))],
        "load_s": load_s,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def public() -> list[str]:
    encoder = shared_encoder()
    rows = []
    data = [(text, intent, split_of("hwu64", text)) for text, intent, _ in hwu64()]
    learnt = [(text, intent) for text, intent, part in data if part == "train"]
    asked = [(text, intent) for text, intent, part in data if part == "test"]
    model = IntentModel.fit([text for text, _ in learnt], [intent for _, intent in learnt], encoder)
    right = _right(model, asked)
    rows.append(["hwu64, 64 intents", f"{len(learnt)} / {len(asked)}", share(right, len(asked)), "", ""])
    sentences = [
        row for row in clinc150() if (split_of("clinc150", row[0]) == "test") == (row[2] in ("val", "oos_val"))
    ]
    learnt = [(text, intent) for text, intent, part in sentences if part == "train"]
    asked = [(text, intent) for text, intent, part in sentences if part == "val"]
    model = IntentModel.fit([text for text, _ in learnt], [intent for _, intent in learnt], encoder)
    threshold = _threshold(model, [text for text, _, part in sentences if part == "oos_train"])
    outside = [text for text, _, part in sentences if part == "oos_val"]
    caught = int((_surest(model, outside) < threshold).sum())
    wrongly = int((_surest(model, [text for text, _ in asked]) < threshold).sum())
    rows.append([
        "clinc150, 150 intents", f"{len(learnt)} / {len(asked)}", share(_right(model, asked), len(asked)),
        share(caught, len(outside)), share(wrongly, len(asked)),
    ])  # fmt: skip
    head = ["set", "sentences learnt / asked", "intent right", "out of scope caught", "in scope wrongly caught"]
    note = (
        "The splits are fixed in data/splits: a fifth of each intent of hwu64, the validation part of clinc150. "
        f"The threshold of clinc150 ({threshold:.2f}) was chosen on its training part alone."
    )
    return [*table("**Public sentences**, the light component", head, rows), "", note]


def _right(model: IntentModel, asked: Sequence[tuple[str, str]]) -> int:
    chances = model.chances([text.lower() for text, _ in asked], shared_encoder())
    return int((model.intents[chances.argmax(axis=1)] == np.array([intent for _, intent in asked])).sum())


def _surest(model: IntentModel, texts: Sequence[str]) -> Any:
    return model.chances([text.lower() for text in texts], shared_encoder()).max(axis=1)


def _threshold(model: IntentModel, outside: Sequence[str]) -> float:
    """Where the share of caught ``outside`` sentences less that of wrongly caught learnt ones is largest."""
    out, inside = _surest(model, outside), model.left_out.max(axis=1)
    tried = np.arange(0.05, 0.96, 0.01)
    return float(tried[np.argmax([(out < t).mean() - (inside < t).mean() for t in tried])])


def linguistics() -> list[str]:
    import spacy
    from spacy.training import Example

    from nlu.train_spacy import TARGET, hwu64_spans, restaurant8k_spans, sgd_spans, span_docs, treebank

    root = unpacked(data_folder(), "text.tar.gz")
    nlp = spacy.load(TARGET)
    gold = list(treebank(root / "ud-ewt/dev.conllu"))
    start = time.perf_counter()
    scores = nlp.evaluate([Example(nlp.make_doc(doc.text), doc) for doc in gold])
    words = sum(map(len, gold))
    speed = words / (time.perf_counter() - start)
    rows = [
        [f"UD English EWT, development part ({len(gold)} sentences, {words} words)",
         f"tags {share(round(scores['tag_acc'] * words), words)}, parts of speech {scores['pos_acc']:.1%}, "
         f"UAS {share(round(scores['dep_uas'] * words), words)}, LAS {share(round(scores['dep_las'] * words), words)}"]
    ]  # fmt: skip
    for name, spans in (
        ("hwu64, held-out fifth", hwu64_spans("test")),
        ("SGD, development part", list(sgd_spans(root / "sgd/dev.json.gz"))[:1500]),
        ("restaurant8k, never trained on", list(restaurant8k_spans(root / "restaurant8k/train.json"))[:3000]),
    ):
        docs = list(span_docs(nlp, spans))
        found = nlp.evaluate([Example(nlp.make_doc(doc.text), doc) for doc in docs])
        each = ", ".join(f"{label} {value['f']:.1%}" for label, value in sorted(found["ents_per_type"].items()))
        rows.append([f"{name} ({len(docs)} sentences)", f"exact spans, F1 {found['ents_f']:.1%} ({each})"])
    size = sum(path.stat().st_size for path in TARGET.rglob("*") if path.is_file()) / 1e6
    title = f"**spaCy pipeline** ({size:.1f} MB, {speed:.0f} words a second on one core)"
    return [*table(title, ["measured on", "result"], rows), "", *with_and_without(nlp)]


def with_and_without(nlp: Any) -> list[str]:
    """Whether names, dates and times that spaCy finds, made neutral like menu words, help the intents."""
    texts, intents, foods = own_sentences()
    asked = [case for case in cases("intents_held_out") if case["intent"] != "nlu_fallback"]
    wanted = np.array([case["intent"] for case in asked])
    neutral = {"PERSON": "robin", "DATE": "friday", "TIME": "seven o'clock"}

    def made_neutral(text: str) -> str:
        for entity in reversed(nlp(text).ents):
            text = text[: entity.start_char] + neutral[entity.label_] + text[entity.end_char :]
        return text

    rows = []
    for name, view in (("without", str), ("with names, dates and times made neutral", made_neutral)):
        model = IntentModel.fit([view(text) for text in texts], intents, shared_encoder(), foods)
        alone = int((model.intents[model.left_out.argmax(axis=1)] == np.array(intents)).sum())
        chances = model.chances([view(case["text"]).lower() for case in asked], shared_encoder())
        right = int((model.intents[chances.argmax(axis=1)] == wanted).sum())
        rows.append([name, share(alone, len(texts)), share(right, len(asked))])
    return table("**Intents with and without spaCy**", ["spaCy", "leave-one-out", "held out"], rows)
