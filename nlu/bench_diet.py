"""Rasa's DIET with entity groups and roles, trained on orders from our generator for the very menu it is asked about.

A peer for the tagger, in its place: DIET marks items, values and numbers, their group is the line and their role the
amount; names are then looked up and lines are built by the same lexicon and builder. (Bunk et al. 2020, "DIET:
lightweight language understanding for dialogue systems".)
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from nlu.bench_parser import MISSING, SETS, Case, share
from nlu.builder import Builder
from nlu.elements import elements_of
from nlu.lexicon import Lexicon
from nlu.marks import BEGIN, IN, OUT, REGULAR, Mark
from nlu.menu import Menu, load_menu
from nlu.order_lines import Line
from nlu.synthetic_orders import OrderMaker
from nlu.synthetic_text import Sample

WORK = Path(__file__).parent.parent / "var" / "diet"
REPORT = Path(__file__).parent.parent / "data" / "reports" / "orders-diet.md"
MOST_GROUPS = 6
ORDERS, EPOCHS, BATCH = 600, 10, 64
_CONFIG = """
recipe: default.v1
language: en
assistant_id: orders
pipeline:
- name: WhitespaceTokenizer
- name: LexicalSyntacticFeaturizer
- name: CountVectorsFeaturizer
- name: CountVectorsFeaturizer
  analyzer: char_wb
  min_ngram: 1
  max_ngram: 4
- name: DIETClassifier
  epochs: {epochs}
  batch_size: {batch}
  random_seed: 1
  intent_classification: false
  entity_recognition: true
  constrain_similarities: true
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--orders", type=int, default=ORDERS, help="generated orders to train on, for each menu")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--batch", type=int, default=BATCH, help="orders a step")
    parser.add_argument("--fresh", action="store_true", help="train again though a model of these settings is kept")


def run(arguments: argparse.Namespace) -> int:
    bench = Path(os.environ.get("BENCH", "../shared/bench"))
    status, rows = 0, []
    for name, title, licence, publisher in SETS:
        cases_path, menu_path = bench / f"{name}.dev.jsonl", bench / "menus" / f"{name}.yml"
        if not cases_path.exists() or not menu_path.exists():
            print(f"missing: {title} ({licence}, published by {publisher}), {cases_path}", file=sys.stderr)
            status = MISSING
            continue
        menu = load_menu(menu_path)
        agent = _trained(name, menu, arguments)
        cases = asyncio.run(_cases(agent, menu, cases_path))
        print(f"{title}: DIET with entity groups {share(cases)}", flush=True)
        rows.append(f"| {title}: DIET with entity groups | {share(cases)} |")
    if rows:
        head = f"| development sets, exact match; {arguments.orders} generated orders a menu, {arguments.epochs} epochs | all |"
        REPORT.write_text("\n".join((head, "|---|---|", *rows)) + "\n", encoding="utf-8")
    return status


def _trained(name: str, menu: Menu, arguments: argparse.Namespace) -> Any:
    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    folder = WORK / f"{name}-{arguments.orders}-{arguments.epochs}-{arguments.batch}"
    kept = folder / "model.tar.gz"
    if arguments.fresh or not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        maker = OrderMaker(menu, Random(7))
        examples = [annotated(s) for s in (maker.sample() for _ in range(arguments.orders)) if s.text.strip()]
        data = {"rasa_nlu_data": {"common_examples": examples}}
        (folder / "orders.json").write_text(json.dumps(data), encoding="utf-8")
        config = _CONFIG.format(epochs=arguments.epochs, batch=arguments.batch)
        (folder / "config.yml").write_text(config, encoding="utf-8")
        train_nlu(str(folder / "config.yml"), str(folder / "orders.json"), str(folder), fixed_model_name=kept.name)
    return Agent.load(str(kept))


def annotated(sample: Sample) -> dict[str, Any]:
    """A generated order as a Rasa training example: the group is the line, the role the amount."""
    parts: dict[int, int] = {}
    entities = []
    for start, end, piece in sorted(sample.spans, key=lambda span: span[0]):
        if piece.role == IN and end > start:
            group = parts.setdefault(piece.part, len(parts) + 1)
            entities.append({
                "start": start, "end": end, "value": sample.text[start:end], "entity": "said",
                "group": str(min(group, MOST_GROUPS)), "role": piece.amount,
            })  # fmt: skip
    return {"text": sample.text, "intent": "order", "entities": entities}


async def _cases(agent: Any, menu: Menu, path: Path) -> list[Case]:
    lexicon, builder = Lexicon(menu), Builder(menu)
    cases = []
    for row in path.read_text(encoding="utf-8").splitlines():
        data: dict[str, Any] = json.loads(row)
        found = (await agent.parse_message(data["text"]))["entities"]
        lines = _lines(data["text"], found, lexicon, builder)
        gold = tuple(Line.from_json(line) for line in data["order"]["lines"])
        cases.append(Case(data["text"], gold, tuple(lines), 0.5))
    return cases


def _lines(text: str, found: Sequence[dict[str, Any]], lexicon: Lexicon, builder: Builder) -> list[Line]:
    elements = elements_of(text, lexicon)
    marks, begun = [], set()
    for element in elements:
        entity = next((e for e in found if e["start"] < element.end and element.start < e["end"]), None)
        if entity is None or (element.match is None and element.number is None):
            marks.append(Mark(OUT))
            continue
        group = entity.get("group", "1")
        marks.append(Mark(IN if group in begun else BEGIN, entity.get("role", REGULAR)))
        begun.add(group)
    return [draft.line() for draft in builder.build(elements, marks).drafts]
