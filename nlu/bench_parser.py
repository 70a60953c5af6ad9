"""``python -m nlu bench-orders``: how many typed orders are read exactly right, on menus never trained on.

An order is right when its lines equal the gold lines as multisets (item, quantity, options with amounts).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlu.builder import Builder
from nlu.elements import elements_of
from nlu.lexicon import Lexicon
from nlu.menu import Group, Item, Menu, Value, load_menu
from nlu.order_lines import Line, canonical
from nlu.parser import OrderParser
from nlu.rules import mark_by_rules

SETS = (
    ("pizza", "PIZZA, development part", "CC BY-NC 4.0", "Amazon"),
    ("burrito", "FoodOrdering, burritos", "CC BY-NC 4.0", "Amazon"),
    ("coffee", "FoodOrdering, coffee", "CC BY-NC 4.0", "Amazon"),
)
CORRECTNESS = 0.995
REPORT = Path(__file__).parent.parent / "data" / "reports" / "orders.md"
MISSING = 3

Reader = Callable[[str], tuple[Sequence[Line], float]]


@dataclass(frozen=True)
class Case:
    """One text, what was meant, what was read, and how sure the reader was."""

    text: str
    gold: tuple[Line, ...]
    read: tuple[Line, ...]
    confidence: float

    @property
    def right(self) -> bool:
        return canonical(self.gold) == canonical(self.read)


def wilson(right: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not count:
        return 0.0, 1.0
    share = right / count
    centre = share + z * z / (2 * count)
    half = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (centre - half) / (1 + z * z / count), (centre + half) / (1 + z * z / count)


def coverage(cases: Sequence[Case], correctness: float = CORRECTNESS) -> float:
    """The largest share of cases, surest first, of which at least ``correctness`` are right."""
    right, best = 0, 0
    ranked = sorted(cases, key=lambda case: -case.confidence)
    for count, case in enumerate(ranked, 1):
        right += case.right
        tied = count < len(ranked) and ranked[count].confidence == case.confidence
        if right >= correctness * count and not tied:
            best = count
    return best / len(ranked) if ranked else 0.0


def read_cases(path: Path, reader: Reader) -> list[Case]:
    cases = []
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.strip():
            data: dict[str, Any] = json.loads(row)
            lines, confidence = reader(data["text"])
            gold = tuple(Line.from_json(line) for line in data["order"]["lines"])
            cases.append(Case(data["text"], gold, tuple(lines), confidence))
    return cases


def parser_reader(menu: Menu) -> Reader:
    parser = OrderParser(menu)

    def read(text: str) -> tuple[Sequence[Line], float]:
        parse = parser.parse(text)
        return parse.lines, parse.confidence

    return read


def baseline_reader(menu: Menu) -> Reader:
    """Longest matching menu words and a handful of rules; always equally sure."""
    lexicon, builder = Lexicon(menu, exact=True), Builder(menu)

    def read(text: str) -> tuple[Sequence[Line], float]:
        elements = elements_of(text, lexicon)
        built = builder.build(elements, mark_by_rules(elements, builder))
        return [draft.line() for draft in built.drafts], 0.5

    return read


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--misses", type=int, default=10, help="misses to print for each set, surest first")


def run(arguments: argparse.Namespace) -> int:
    bench = Path(os.environ.get("BENCH", "../shared/bench"))
    status = 0
    rows: list[str] = []
    pooled: list[Case] = []
    print(f"{'orders read exactly right':34}{'all':>22}{'1 line':>16}{'2 lines':>16}{'3+ lines':>16}")
    misses: list[tuple[str, Case]] = []
    for name, title, licence, publisher in SETS:
        cases_path, menu_path = bench / f"{name}.dev.jsonl", bench / "menus" / f"{name}.yml"
        if not cases_path.exists() or not menu_path.exists():
            print(f"missing: {title} ({licence}, published by {publisher}), {cases_path}", file=sys.stderr)
            status = MISSING
            continue
        menu = load_menu(menu_path)
        for reader_name, reader in (("this parser", parser_reader(menu)), ("baseline", baseline_reader(menu))):
            cases = read_cases(cases_path, reader)
            rows.append(_row(f"{title}: {reader_name}", cases))
            if reader_name == "this parser":
                pooled += cases
                wrong = sorted((case for case in cases if not case.right), key=lambda case: -case.confidence)
                misses += [(title, case) for case in wrong[: arguments.misses]]
    if pooled:
        rows.append(_row("all three: this parser", pooled))
        rows.append(
            f"| accepted without asking at {CORRECTNESS:.1%} correctness, pooled | {coverage(pooled):.1%} |||||"
        )
        texts = [case.text for case in pooled]
        rows += _costs(texts, load_menu(bench / "menus" / "pizza.yml"))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    head = "| development sets, exact match | all | 1 line | 2 lines | 3+ lines | accepted at 99.5 % |\n|---|---|---|---|---|---|\n"
    if rows:
        REPORT.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    for title, case in misses:
        print(f"\n{title}, confidence {case.confidence:.2f}: {case.text}")
        print(f"  meant {json.dumps([line.as_json() for line in case.gold])}")
        print(f"  read  {json.dumps([line.as_json() for line in case.read])}")
    return status


def _row(title: str, cases: Sequence[Case]) -> str:
    parts = [share(cases)]
    for least, most in ((1, 1), (2, 2), (3, 99)):
        some = [case for case in cases if least <= len(case.gold) <= most]
        parts.append(f"{sum(case.right for case in some)}/{len(some)}")
    accepted = f"{coverage(cases):.1%}"
    print(f"{title:34}{parts[0]:>22}{parts[1]:>16}{parts[2]:>16}{parts[3]:>16}{accepted:>10}")
    return f"| {title} | {' | '.join(parts)} | {accepted} |"


def share(cases: Sequence[Case]) -> str:
    right = sum(case.right for case in cases)
    low, high = wilson(right, len(cases))
    return f"{100 * right / len(cases):.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _costs(texts: Sequence[str], menu: Menu) -> list[str]:
    parser = OrderParser(menu)
    parser.parse(texts[0])
    times = []
    for text in texts:
        started = time.perf_counter()
        parser.parse(text)
        times.append(1000 * (time.process_time() - started))
    times.sort()
    started = time.perf_counter()
    OrderParser(big_menu(300)).parse("two of the dish 17 with extra sauce 3")
    big_s = time.perf_counter() - started
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = (
        f"{sum(times) / len(times):.1f} ms an utterance on one core (95 % under {times[int(0.95 * len(times))]:.1f} ms); "
        f"a new menu of 300 items is usable after {1000 * big_s:.0f} ms; {memory_mb:.0f} MB resident"
    )
    print(line)
    return [f"| {line} ||||||"]


def big_menu(count: int) -> Menu:
    """A menu of ``count`` items with four names each and a shared group, to time what a large restaurant costs."""
    values = tuple(Value(f"sauce_{n}", (f"sauce {n}", f"salsa {n}")) for n in range(40))
    items = tuple(
        Item(f"dish_{n}", "main", (f"dish {n}", f"dishes {n}", f"house plate {n}", f"big plate {n}"), 100, ("sauce",))
        for n in range(count)
    )
    return Menu("big", "USD", items, {"sauce": Group("sauce", values, False, ("light", "extra", "none"))})
