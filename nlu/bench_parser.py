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
from functools import lru_cache
from pathlib import Path
from typing import Any

from nlu.builder import Builder
from nlu.confidence import WEIGHTS
from nlu.elements import elements_of
from nlu.lexicon import Lexicon
from nlu.menu import Group, Item, Menu, Value, load_menu
from nlu.order_lines import Line, canonical
from nlu.own_orders import written_orders
from nlu.parser import OrderParser
from nlu.rules import mark_by_rules

SETS = (
    ("pizza", "PIZZA, development part", "CC BY-NC 4.0", "Amazon"),
    ("burrito", "FoodOrdering, burritos", "CC BY-NC 4.0", "Amazon"),
    ("coffee", "FoodOrdering, coffee", "CC BY-NC 4.0", "Amazon"),
)
CORRECTNESS = 0.995
THIS, BASELINE = "this parser", "menu words and rules"
REPORT = Path(__file__).parent.parent / "data" / "reports" / "orders.md"
MISSING = 3
_HEAD = (
    "| set: reader | exactly right (95 % interval) | 1 line | 2 lines | 3 or more "
    "| accepted at 99.5 % right, at best | accepted at the threshold fixed beforehand: share, of these right |",
    "|---|---|---|---|---|---|---|",
)
OWN = "our own orders, held out"

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
    """0, or 3 when a set is absent."""
    bench = Path(os.environ.get("BENCH", "../shared/bench"))
    status = 0
    rows: list[str] = []
    pooled: dict[str, list[Case]] = {}
    misses: list[tuple[str, Case]] = []
    print(
        f"{'':48}{'right':>24}{'1 line':>10}{'2 lines':>10}{'3 or more':>11}{'accepted':>10}{'from ' + str(sure_from()):>26}"
    )
    for name, title, licence, publisher in SETS:
        cases_path, menu_path = bench / f"{name}.dev.jsonl", bench / "menus" / f"{name}.yml"
        if not cases_path.exists() or not menu_path.exists():
            print(f"missing: {title} ({licence}, published by {publisher}), {cases_path}", file=sys.stderr)
            status = MISSING
            continue
        menu = load_menu(menu_path)
        for reader_name, reader in ((THIS, parser_reader(menu)), (BASELINE, baseline_reader(menu))):
            cases = read_cases(cases_path, reader)
            rows.append(_row(f"{title}: {reader_name}", cases))
            pooled.setdefault(reader_name, []).extend(cases)
        wrong = [case for case in pooled[THIS][-len(cases) :] if not case.right]
        wrong.sort(key=lambda case: -case.confidence)
        misses += [(title, case) for case in wrong[: arguments.misses]]
    all_of_them = [_row(f"all of them: {reader_name}", cases) for reader_name, cases in pooled.items()]
    own: dict[str, list[Case]] = {THIS: [], BASELINE: []}
    for menu, orders in written_orders("held_out"):
        for reader_name, reader in ((THIS, parser_reader(menu)), (BASELINE, baseline_reader(menu))):
            own[reader_name] += [Case(order.text, order.lines, *_read(reader, order.text)) for order in orders]
    rows += all_of_them + [_row(f"{OWN}: {reader_name}", cases) for reader_name, cases in own.items()]
    if pooled:
        costs = _costs([case.text for case in pooled[THIS]], load_menu(bench / "menus" / "pizza.yml"))
        print(costs)
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text("\n".join((*_HEAD, *rows)) + f"\n\n{costs}\n", encoding="utf-8")
    for title, case in misses:
        print(f"\n{title}, confidence {case.confidence:.2f}: {case.text}")
        print(f"  meant {json.dumps([line.as_json() for line in case.gold])}")
        print(f"  read  {json.dumps([line.as_json() for line in case.read])}")
    return status


def _row(title: str, cases: Sequence[Case]) -> str:
    parts = [share(cases)]
    for least, most in ((1, 1), (2, 2), (3, 99)):
        some = [case for case in cases if least <= len(case.gold) <= most]
        parts.append(f"{sum(case.right for case in some)}/{len(some)}" if some else "")
    accepted = f"{100 * coverage(cases):.1f} %" if len({case.confidence for case in cases}) > 1 else ""
    fixed = _at(cases, sure_from()) if accepted else ""
    print(f"{title:48}{parts[0]:>24}{parts[1]:>10}{parts[2]:>10}{parts[3]:>11}{accepted:>10}{fixed:>26}")
    return f"| {title} | {' | '.join(parts)} | {accepted} | {fixed} |"


def _at(cases: Sequence[Case], threshold: float) -> str:
    sure = [case for case in cases if case.confidence >= threshold]
    right = f", {sum(case.right for case in sure)}/{len(sure)}" if sure else ""
    return f"{100 * len(sure) / len(cases):.1f} %{right}"


@lru_cache(maxsize=1)
def sure_from() -> float:
    """The threshold on which the selection set, and nothing else, decided."""
    least: float = json.loads(WEIGHTS.read_text(encoding="utf-8"))["sure_from"]
    return least


def _read(reader: Reader, text: str) -> tuple[tuple[Line, ...], float]:
    lines, confidence = reader(text)
    return tuple(lines), confidence


def share(cases: Sequence[Case]) -> str:
    right = sum(case.right for case in cases)
    low, high = wilson(right, len(cases))
    return f"{100 * right / len(cases):.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def _costs(texts: Sequence[str], menu: Menu) -> str:
    parser = OrderParser(menu)
    parser.parse(texts[0])
    times = []
    for text in texts:
        started = time.process_time()
        parser.parse(text)
        times.append(1000 * (time.process_time() - started))
    times.sort()
    started = time.process_time()
    OrderParser(big_menu(300)).parse("two of the dish 17 with extra sauce 3")
    big_ms = 1000 * (time.process_time() - started)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"An utterance takes {sum(times) / len(times):.1f} ms of one core on average (95 % take less than "
        f"{times[int(0.95 * len(times))]:.1f} ms), a new menu of 300 items {big_ms:.0f} ms, "
        f"and the process {memory_mb:.0f} MB of memory."
    )


def big_menu(count: int) -> Menu:
    """A menu of ``count`` items with four names each and a shared group, to time what a large restaurant costs."""
    values = tuple(Value(f"sauce_{n}", (f"sauce {n}", f"salsa {n}")) for n in range(40))
    items = tuple(
        Item(f"dish_{n}", "main", (f"dish {n}", f"dishes {n}", f"house plate {n}", f"big plate {n}"), 100, ("sauce",))
        for n in range(count)
    )
    return Menu("big", "USD", items, {"sauce": Group("sauce", values, False, ("light", "extra", "none"))})
