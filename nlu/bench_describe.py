"""``python -m nlu bench-describe``: wording on the held-out part of the E2E set, and the checker on labels by hand."""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from nlu.bench_parser import MISSING, wilson
from nlu.data_sets import MissingDataError
from nlu.describe_data import DEVELOPMENT, HELD_OUT, e2e, references
from nlu.fact_check import check
from nlu.facts import Facts, parse_facts
from nlu.responder import MODEL, Described, Responder, shipped_responder
from nlu.templates import template

ROOT = Path(__file__).parent.parent
REPORT = ROOT / "data/reports/describe.md"
LABELS = ROOT / "tests/nlu/e2e_labels.jsonl"
RESAMPLES = 1000
SHOWN = 10
ABSENT = "missing data set: E2E (Novikova et al. 2017, CC BY-SA 4.0, Heriot-Watt University)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--development", action="store_true", help="the development part instead; no report is written")


def run(arguments: argparse.Namespace) -> int:
    responder = shipped_responder()
    part = DEVELOPMENT if arguments.development else HELD_OUT
    try:
        lines = report(responder, references(part), part)
        lines += checker_table()
    except MissingDataError as error:
        print(f"{ABSENT}: {error}", file=sys.stderr)
        return MISSING
    text = "\n".join(lines)
    print(text)
    if not arguments.development:
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text + "\n", encoding="utf-8")
    return 0


def report(responder: Responder, asked: dict[str, list[str]], part: str) -> list[str]:
    facts = [parse_facts(mr) for mr in asked]
    responder.describe(facts[0])
    took, answers = [], []
    for each in facts:
        begun = time.process_time()
        answers.append(responder.describe(each))
        took.append(1000 * (time.process_time() - begun))
    texts = [answer.text for answer in answers]
    raws = [answer.raw or answer.text for answer in answers]
    plain = [template(each) for each in facts]
    refs = list(asked.values())
    rows = [
        _row(name, facts, said, refs)
        for name, said in (("the model's raw text", raws), ("after the check", texts), ("templates alone", plain))
    ]
    fallbacks = sum(answer.source != MODEL for answer in answers)
    human_errors = sum(check(parse_facts(mr), ref).errors for mr, each in asked.items() for ref in each)
    human_slots = sum(len(parse_facts(mr)) * len(each) for mr, each in asked.items())
    slots = sum(map(len, facts))
    head = "| " + " | ".join(("sentences", "facts wrong, missing or invented", "sentences with any", "BLEU")) + " |"
    return [
        f"**Wording facts**, E2E set, {part.replace('_', '-')} part: {len(facts)} meaning representations, {slots} slots, "
        f"{sum(map(len, refs))} references; 95 % intervals by bootstrap over meaning representations",
        "",
        head,
        "|" + "---|" * 4,
        *rows,
        "",
        f"Sentences that fall back to a template: {_share(fallbacks, len(facts))}. "
        f"People's own references, by the same checker: {human_errors / human_slots:.1%} of slots. "
        f"{sorted(took)[len(took) // 2]:.0f} ms of one core a sentence (median), "
        f"{sorted(took)[int(0.99 * len(took))]:.0f} ms (99 %).",
        "",
        f"The {SHOWN} worst of the model's raw sentences (most errors, then least like the references):",
        "",
        *_worst(facts, answers, refs),
    ]


def _row(name: str, facts: Sequence[Facts], said: Sequence[str], refs: Sequence[Sequence[str]]) -> str:
    errors = [check(each, text).errors for each, text in zip(facts, said)]
    slots = [len(each) for each in facts]
    parts = [_bleu_counts(text, each) for text, each in zip(said, refs)]

    def share(chosen: Sequence[int]) -> float:
        return sum(errors[i] for i in chosen) / sum(slots[i] for i in chosen)

    everything = range(len(facts))
    with_any = sum(error > 0 for error in errors)
    return (
        f"| {name} | {share(everything):.2%} {_interval(share, len(facts), '{:.2%}')} "
        f"({sum(errors)} of {sum(slots)}) | {_share(with_any, len(facts))} | "
        f"{_bleu(parts):.1f} {_interval(lambda chosen: _bleu([parts[i] for i in chosen]), len(facts), '{:.1f}')} |"
    )


def _interval(figure: Callable[[Sequence[int]], float], count: int, form: str) -> str:
    """The middle 95 % of the figure over resampled meaning representations."""
    draw = random.Random(1)
    found = sorted(figure([draw.randrange(count) for _ in range(count)]) for _ in range(RESAMPLES))
    return f"({form.format(found[int(0.025 * RESAMPLES)])} to {form.format(found[int(0.975 * RESAMPLES)])})"


def _bleu_counts(text: str, refs: Sequence[str]) -> Any:
    """sacrebleu's counts of one sentence, which add up to those of the corpus."""
    from sacrebleu.metrics import BLEU

    score = BLEU(effective_order=False).corpus_score([text], [[ref] for ref in refs])
    return score.counts, score.totals, score.sys_len, score.ref_len


def _bleu(parts: Sequence[Any]) -> float:
    from sacrebleu.metrics import BLEU

    counts = [sum(part[0][n] for part in parts) for n in range(4)]
    totals = [sum(part[1][n] for part in parts) for n in range(4)]
    return float(BLEU.compute_bleu(counts, totals, sum(p[2] for p in parts), sum(p[3] for p in parts)).score)


def _share(count: int, of: int) -> str:
    low, high = wilson(count, of)
    return f"{count}/{of} = {count / max(of, 1):.1%} ({low:.1%} to {high:.1%})"


def _worst(facts: Sequence[Facts], answers: Sequence[Described], refs: Sequence[Sequence[str]]) -> list[str]:
    scored = []
    for each, answer, known in zip(facts, answers, refs):
        verdict = check(each, answer.raw)
        scored.append((-verdict.errors, _bleu([_bleu_counts(answer.raw, known)]), each, answer, verdict))
    lines = ["| facts | raw sentence | what is off |", "|---|---|---|"]
    for _, _, each, answer, verdict in sorted(scored, key=lambda row: row[:2])[:SHOWN]:
        off = [f"missing {slot}" for slot in verdict.missing] + [
            f"{slot}: {value}" for slot, value in {**verdict.wrong, **verdict.invented}.items()
        ]
        lines.append(
            f"| {', '.join(f'{s}[{v}]' for s, v in each.items())} | {answer.raw} | {'; '.join(off) or 'nothing'} |"
        )
    return lines


def reference_id(mr: str, reference: str) -> str:
    """The id of a reference in the file of labels, which holds none of its words."""
    return hashlib.sha1(f"{mr}\n{reference}".strip().lower().encode()).hexdigest()[:12]


def labelled(part: str) -> list[tuple[Facts, str, set[tuple[str, str]]]]:
    """(facts, reference, errors found by hand) of one part; an error is a slot said or not, or one invented."""
    rows = {reference_id(mr, ref): (mr, ref) for mr, ref in e2e(part)}
    labels = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    found = []
    for label in labels:
        if label["part"] == part:
            mr, ref = rows[label["id"]]
            wrong = {("not said", slot) for kind in ("missing", "wrong") for slot in label.get(kind, ())}
            found.append((parse_facts(mr), ref, wrong | {("invented", slot) for slot in label.get("invented", ())}))
    return found


def checker_counts(part: str) -> tuple[int, int, int, int, int]:
    """Errors found rightly, wrongly, and overlooked; references judged entirely alike, and how many there are."""
    right = wrong = overlooked = same = 0
    cases = labelled(part)
    for facts, reference, by_hand in cases:
        verdict = check(facts, reference)
        found = {("not said", slot) for slot in (*verdict.missing, *verdict.wrong)}
        found |= {("invented", slot) for slot in verdict.invented}
        right += len(found & by_hand)
        wrong += len(found - by_hand)
        overlooked += len(by_hand - found)
        same += found == by_hand
    return right, wrong, overlooked, same, len(cases)


def checker_table() -> list[str]:
    lines = [
        "",
        "**The checker** on references labelled by hand (its rules were mended on what it got wrong among the development "
        "ones; its misses among the held-out ones were counted, never looked at)",
        "",
        "| part | precision of its errors | recall | references judged alike |",
        "|---|---|---|---|",
    ]
    for part in (DEVELOPMENT, HELD_OUT):
        right, wrong, overlooked, same, count = checker_counts(part)
        lines.append(
            f"| {part.replace('_', '-')} ({count}) | {_share(right, right + wrong)} | {_share(right, right + overlooked)} "
            f"| {_share(same, count)} |"
        )
    return lines
