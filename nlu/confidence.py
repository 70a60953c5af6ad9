"""How likely a parse is exactly right: a logistic model over what the parser had to swallow.

Fitted by ``python -m nlu train-parser`` on the selection set, orders whose menus and phrases the tagger never saw (Platt
1999 in spirit: a sigmoid over evidence, here with several terms).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from nlu.builder import Built
from nlu.elements import Element
from nlu.marks import NONE, NOT_EXTRA, OUT, UNKNOWN, Mark
from nlu.order_lines import Reading
from nlu.words import ARTICLES, CORRECTIONS, LESS, MORE, NEGATIVE

WEIGHTS = Path(__file__).parent.parent / "data" / "models" / "order_confidence.json"
EVIDENCE = (
    "least sure role", "doubt of roles", "least sure amount", "doubt of amounts", "misspelt or partial", "worst name",
    "partial names", "unknown words", "names left out that would fit", "names no line takes", "menu overruled", "values with two places",
    "items with two senses", "lines", "length", "rules disagree", "unsaid items", "unknown food", "names in common words",
    "rules of thumb", "numbers that count nothing", "pointing words", "negations without effect",
)  # fmt: skip
EDIT_EVIDENCE = (
    "doubt of roles", "doubt of amounts", "misspelt or partial", "unknown words", "more edits",
    "opens as a question", "words that order nothing",
)  # fmt: skip
_TOP = 0.9995


def evidence(
    elements: Sequence[Element], marks: Sequence[Mark], built: Built, *, rules_agree: bool
) -> tuple[float, ...]:
    """One number for each of ``EVIDENCE``, 0 where nothing is odd."""
    told = [(e, m) for e, m in zip(elements, marks) if e.match or e.number is not None or e.unknown]
    names = [(e.match, m) for e, m in told if e.match is not None]
    roles = [_doubt(m.role_chance) for _, m in told]
    amounts = [_doubt(m.amount_chance) for e, m in told if e.is_value and m.role != OUT]
    used = [match for match, mark in names if mark.role != OUT]
    return (
        max(roles, default=0.0),
        sum(roles),
        max(amounts, default=0.0),
        sum(amounts),
        sum(match.cost for match in used),
        max((match.cost for match in used), default=0.0),
        float(sum(match.partial for match in used)),
        float(sum(e.unknown for e in elements)),
        float(built.spurned),
        float(len(built.left) + sum(len(draft.dropped) for draft in built.drafts)),
        float(built.fixes),
        float(sum(draft.choices for draft in built.drafts)),
        float(sum(len(draft.items) > 1 for draft in built.drafts)),
        float(len(built.drafts)),
        math.log1p(len(elements)),
        float(not rules_agree),
        float(sum(draft.unsaid for draft in built.drafts)),
        float(sum(m.role == UNKNOWN for _, m in told)),
        float(sum(match.end - match.start == 1 and e.word in _ODD for e, _ in told if (match := e.match))),
        float(built.guesses),
        float(max(0, sum(e.number is not None for e in elements) - sum(draft.counted for draft in built.drafts))),
        float(sum(e.word in _POINTING for e in elements if e.match is None)),
        float(max(0, sum(e.word in NEGATIVE for e in elements if e.match is None) - _negated(built))),
    )


def edit_evidence(elements: Sequence[Element], marks: Sequence[Mark], reading: Reading) -> tuple[float, ...]:
    """One number for each of ``EDIT_EVIDENCE``, 0 where nothing is odd."""
    told = [(e, m) for e, m in zip(elements, marks) if e.match or e.unknown]
    return (
        sum(_doubt(m.role_chance) for _, m in told),
        sum(_doubt(m.amount_chance) for e, m in told if e.is_value),
        sum(e.match.cost for e, _ in told if e.match),
        float(sum(e.unknown for e in elements)),
        float(len(reading.edits) - 1),
        float(bool(elements) and elements[0].match is None and elements[0].word in _ASKING),
        float(sum(e.match is None and e.number is None and e.word not in _ORDERING for e in elements)),
    )


def _negated(built: Built) -> int:
    return sum(amount in (NONE, NOT_EXTRA) for draft in built.drafts for amount in draft.options.values())


_POINTING = frozenset("same half other others rest each both instead everything except but either them those".split())
_ASKING = frozenset("is are was were do does did how what what's whats which where when why who".split())
_ORDERING = (
    NEGATIVE
    | MORE
    | LESS
    | ARTICLES
    | CORRECTIONS
    | frozenset(
        """
    , . ! ? i i'd i'll we we'd we'll you me us my it its it's that this them those these one ones can could would will may
    please thanks get have want like need add put make take change swap switch replace order give bring with on in of for
    to and but or also too then as well just only all both each every either other another same again instead rather than
    off up down bump upgrade knock scrap skip lose drop meant more be should let lemme gimme so oh um uh ok okay yes yeah hi hello first second last at side
    """.split()
    )
)
_ODD = frozenset("can like one all extra light regular side the everything".split())


def _doubt(chance: float) -> float:
    return min(-math.log(max(chance, 1e-6)), 5.0)


class Confidence:
    """The fitted model: ``weights`` by the name of the evidence, and a ``bias``."""

    def __init__(self, weights: Sequence[float], bias: float) -> None:
        self._weights, self._bias = tuple(weights), bias

    @staticmethod
    def load(path: Path = WEIGHTS, *, edits: bool = False) -> Confidence:
        data = json.loads(path.read_text(encoding="utf-8"))
        names, data = (EDIT_EVIDENCE, data["edits"]) if edits else (EVIDENCE, data)
        return Confidence([data["weights"][name] for name in names], data["bias"])

    def chance(self, values: Sequence[float]) -> float:
        score = self._bias + sum(weight * value for weight, value in zip(self._weights, values))
        return min(1 / (1 + math.exp(-max(-30.0, min(30.0, score)))), _TOP)


@lru_cache(maxsize=1)
def shipped_confidence() -> Confidence:
    return Confidence.load()


@lru_cache(maxsize=1)
def shipped_edit_confidence() -> Confidence:
    return Confidence.load(edits=True)
