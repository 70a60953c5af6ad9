"""The E2E set (Novikova et al. 2017) as training pairs: split by meaning representation, cleaned by the checker.

A human reference leaves out a fact in one case of five (Dusek et al. 2019), so each pair's facts are made those that
its sentence says; a pair that says something else besides is left out.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from nlu.data_sets import SPLITS, data_folder, hash_of, unpacked
from nlu.fact_check import check, plain, said
from nlu.facts import KINDS, Facts, parse_facts
from nlu.surface import tokens_of

TRAIN, DEVELOPMENT, HELD_OUT = "train", "development", "held_out"
OPEN = ("name", "near", "eatType", "food", "area")
"""Slots whose value is always copied; prices and ratings are copied when they hold numbers."""
_RARE = 4
_MOST_TOKENS = 60
# Praise, the first person and guesses: nothing that the facts say.
_CLAIMS = set(
    "great good best nice lovely fantastic amazing beautiful perfect wonderful delicious excellent decent quality fun "
    "i we our us my you'll recommend recommended enjoy love loved should try popular traditional style typical fresh "
    "unique ideal unfortunately service atmosphere environment experience delivery deliveries take-away previous view "
    "known serves- opened new worth full variety conveniently pretty really very quite rather menu yes please "
    "breakfast pub hotel ship hoes adult adults".split()
)


@dataclass(frozen=True)
class Pair:
    """Facts and a sentence for them; ``tokens`` with ``<slot>`` in the places of copied values."""

    facts: dict[str, str]
    tokens: tuple[str, ...]


@lru_cache
def _parts() -> dict[str, str]:
    rows = (json.loads(line) for line in (SPLITS / "e2e.jsonl").read_text(encoding="utf-8").splitlines())
    return {row["hash"]: row["part"] for row in rows}


def part_of(mr: str) -> str:
    return _parts().get(hash_of(mr), TRAIN)


def e2e(part: str) -> Iterator[tuple[str, str]]:
    """(meaning representation, reference) of one part of the set.

    Raises:
        MissingDataError: the set is not there.
    """
    path = unpacked(data_folder(), "text.tar.gz") / "e2e/dev.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if part_of(row["mr"]) == part:
                yield row["mr"], row["ref"]


def references(part: str) -> dict[str, list[str]]:
    """The references of each meaning representation."""
    found: dict[str, list[str]] = {}
    for mr, reference in e2e(part):
        found.setdefault(mr, []).append(reference)
    return found


def cleaned(rows: Iterable[tuple[str, str]]) -> list[Pair]:
    """Training pairs whose facts are what the sentence says; those with rare or strange words are left out."""
    pairs = [pair for mr, reference in rows if (pair := _cleaned(parse_facts(mr), reference))]
    shorter = [short for pair in pairs for short in _shortened(pair)]
    counts = Counter(token for pair in pairs for token in pair.tokens)
    kept = [pair for pair in pairs + shorter if min(counts[token] for token in pair.tokens) >= _RARE]
    return kept


def _cleaned(facts: Facts, reference: str) -> Pair | None:
    text = _tidied(facts, reference)
    verdict = check(facts, text)
    found = said(facts, text)
    true = {}
    for slot in KINDS["restaurant"]:
        values = found.get(slot, [])
        if slot in verdict.right:
            true[slot] = facts[slot]
        elif slot in verdict.missing or not values:
            continue
        elif len(values) == 1 and slot not in ("name", "near", "eatType", "food"):
            true[slot] = values[0]
        elif set(values) != {"restaurant"}:
            return None
    if "name" not in true or len(true) < 2 or not check(true, text).ok:
        return None
    tokens = tokens_of(marked(true, text))
    if any(token in _CLAIMS for token in tokens) or len(tokens) > _MOST_TOKENS:
        return None
    marks = Counter(token for token in tokens if token.startswith("<"))
    if any(f"<{slot}>" not in marks for slot in OPEN if slot in true) or max(marks.values()) > 2:
        return None
    if tokens[-1] not in ".!":
        tokens.append(".")
    return Pair(true, tuple(tokens))


def _tidied(facts: Facts, reference: str) -> str:
    text = plain(reference)
    if facts.get("food") == "English":
        text = re.sub(r"(?i)\bbritish\b", "English", text)
    if facts.get("eatType") != "restaurant":
        text = re.sub(r"(?i)\brestaurant\b", "place", text)
    text = re.sub(r"(?i)\bcenter\b", "centre", re.sub(r"(?i)\briver side\b", "riverside", text))
    text = re.sub(r"(?i)\b(family|child|children|kid|kids)-friendly\b", r"\1 friendly", text)
    return re.sub(r"(?i)\bhigh-rated\b", "highly rated", text)


def marked(facts: Facts, text: str) -> str:
    """``text`` with ``<slot>`` for each value that stands there word for word."""
    for slot, value in sorted(facts.items(), key=lambda pair: -len(pair[1])):
        if slot in OPEN or re.search(r"\d", value):
            value = plain(value)
            words = (
                rf"(?:[Tt]he )?{re.escape(value)}" if slot == "name" and value.startswith("The ") else re.escape(value)
            )
            text = re.sub(rf"(?i)(?<![\w<]){words}(?![\w>])", f"<{slot}>", text)
    return text


def _shortened(pair: Pair) -> Iterator[Pair]:
    """The pair without one of its later sentences, and without the facts that only this one says."""
    sentences: list[list[str]] = [[]]
    for token in pair.tokens:
        sentences[-1].append(token)
        if token == ".":
            sentences.append([])
    sentences = [sentence for sentence in sentences if sentence]
    if len(sentences) < 2 or "<name>" not in sentences[0]:
        return
    for left_out in range(1, len(sentences)):
        rest = [token for index, sentence in enumerate(sentences) if index != left_out for token in sentence]
        text = " ".join(_shown(token, pair.facts) for token in rest)
        facts = {slot: value for slot, value in pair.facts.items() if slot in said(pair.facts, text)}
        if len(facts) > 1 and check(facts, text).ok:
            yield Pair(facts, tuple(rest))


def _shown(token: str, facts: Facts) -> str:
    return facts[token[1:-1]] if token.startswith("<") else token
