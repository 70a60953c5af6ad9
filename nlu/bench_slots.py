"""``python -m nlu bench-slots``: exact spans of booking slots on the held-out part of restaurant8k.

A span counts when both ends are right (F1 over all slots together, as Coope et al. 2020 count). The set's sentences
often differ by a name or a number alone, so the sentences whose pattern was never learnt are shown apart.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from nlu.bench_intents import table
from nlu.bench_parser import MISSING
from nlu.data_sets import BookingSentence, MissingDataError, restaurant8k, split_of
from nlu.slot_rules import RuleFinder
from nlu.slot_tagger import SLOTS, SlotTagger

REPORT = Path(__file__).parent.parent / "data" / "reports" / "slots.md"
SAMPLES = 1000

Find = Callable[[str, Sequence[str]], dict[str, tuple[int, int]]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", type=Path, help="another model than the shipped one")


def run(arguments: argparse.Namespace) -> int:
    try:
        rows = list(restaurant8k())
    except MissingDataError as error:
        print(error, file=sys.stderr)
        return MISSING
    asked = [s for s in rows if split_of("restaurant8k", s.text) == "test"]
    known = {pattern_of(s) for s in rows if split_of("restaurant8k", s.text) == "train"}
    fresh = [s for s in asked if pattern_of(s) not in known]
    tagger = SlotTagger(arguments.model) if arguments.model else SlotTagger()
    lines = []
    for name, find in (("patterns alone (the baseline)", RuleFinder().spans), ("**the learned tagger**", tagger.spans)):
        lines.append([name, f"all {len(asked)}", *_figures(find, asked)])
        lines.append([name, f"{len(fresh)} of patterns not learnt", *_figures(find, fresh)])
    head = ["tagger", "held-out sentences", "F1, all slots together", *SLOTS, "mean of the slots"]
    text = "\n".join([*table("**Booking slots**, exact spans, restaurant8k", head, lines), "", _speed(tagger, asked)])
    print(text)
    if not arguments.model:
        REPORT.write_text(text + "\n", encoding="utf-8")
    return 0


def pattern_of(sentence: BookingSentence) -> str:
    """The sentence with its slots' words and its numbers made neutral."""
    text = sentence.text
    for start, end, slot in sorted(sentence.spans, reverse=True):
        text = text[:start] + slot + text[end:]
    return re.sub(r"\d+", "0", re.sub(r"\W+", " ", text.lower())).strip()


def outcome(sentence: BookingSentence, found: dict[str, tuple[int, int]]) -> list[tuple[int, int, int]]:
    """Of each slot: 1 when the span is exactly right, 1 when one was found, 1 when one is there."""
    there = {}
    for start, end, slot in sentence.spans:
        words = sentence.text[start:end]
        there[slot] = (start + len(words) - len(words.lstrip()), start + len(words.rstrip()))
    return [
        (int(slot in there and there.get(slot) == found.get(slot)), int(slot in found), int(slot in there))
        for slot in SLOTS
    ]


def f1(counts: np.ndarray) -> float:
    """F1 of (right, found, there)."""
    right, found, there = counts
    return float(2 * right / max(1, found + there))


def _figures(find: Find, sentences: Sequence[BookingSentence]) -> list[str]:
    counts = np.array([outcome(s, find(s.text, s.requested)) for s in sentences])  # (N, slots, 3)
    random = np.random.default_rng(1)
    draws = [f1(counts[random.integers(len(counts), size=len(counts))].sum(axis=(0, 1))) for _ in range(SAMPLES)]
    low, high = np.percentile(draws, [2.5, 97.5])
    each = [f1(counts[:, slot].sum(axis=0)) for slot in range(len(SLOTS))]
    total = f"{f1(counts.sum(axis=(0, 1))):.1%} ({low:.1%} to {high:.1%})"
    return [total, *(f"{value:.1%}" for value in each), f"{np.mean(each):.1%}"]


def _speed(tagger: SlotTagger, sentences: Sequence[BookingSentence]) -> str:
    spent = []
    for sentence in sentences:
        begun = time.process_time()
        tagger.spans(sentence.text, sentence.requested)
        spent.append(1e3 * (time.process_time() - begun))
    return f"{np.median(spent):.1f} ms of one core an utterance (99 %: {np.percentile(spent, 99):.1f}). Intervals: bootstrap over sentences."
