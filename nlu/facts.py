"""Facts to be worded: ``{slot: value}``, written as a meaning representation such as ``name[Blue Spice], food[thai]``.

Restaurants have the slots of the E2E set (Novikova et al. 2017); dishes, specials and order summaries have our own.
The first slot of a kind is its head: what the sentence is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

Facts = Mapping[str, str]

KINDS: dict[str, tuple[str, ...]] = {
    "restaurant": (
        "name", "eatType", "food", "priceRange", "customer rating", "area", "familyFriendly", "near",
    ),
    "dish": ("dish", "description", "ingredients", "diet", "price"),
    "special": ("special", "description", "ingredients", "diet", "price"),
    "summary": ("items", "way", "time", "total"),
}  # fmt: skip
HEADS = {slots[0]: kind for kind, slots in KINDS.items()}
LONGEST_LINE = 2_000
_LONGEST_VALUE = 300
_SPELT = {slot.lower().replace(" ", ""): slot for slots in KINDS.values() for slot in slots}
_PART = re.compile(r"\s*([^\[\],\s][^\[\],]*)\[([^\[\]]*)\]\s*(,|$)")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ufffd{}<>]")


class FactsError(ValueError):
    """Facts that cannot be worded; the message is one line and says why."""


def parse_facts(line: str) -> dict[str, str]:
    """The facts of a meaning representation, in its order.

    Raises:
        FactsError: malformed, too long, empty, an unknown slot, or facts that contradict each other.
    """
    if len(line) > LONGEST_LINE:
        raise FactsError(f"{len(line)} characters; a meaning representation has at most {LONGEST_LINE}")
    if not line.strip():
        raise FactsError("empty: expected facts such as name[Blue Spice], eatType[pub]")
    pairs, at = [], 0
    while at < len(line):
        part = _PART.match(line, at)
        if part is None:
            shown = line[at:].strip()[:40]
            raise FactsError(f"expected slot[value] at character {at + 1}: {shown!r}")
        pairs.append((part[1].strip(), part[2]))
        at = part.end()
        if part[3] and not line[at:].strip():
            raise FactsError("a comma ends the line: a fact is missing")
    return checked(pairs)


def checked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Facts with the slots' own spelling and tidy values.

    Raises:
        FactsError: an unknown slot or value, no facts, or facts that contradict each other.
    """
    facts: dict[str, str] = {}
    for spelt, value in pairs:
        slot = _SPELT.get(spelt.lower().replace(" ", "").replace("_", ""))
        if slot is None:
            raise FactsError(f"unknown slot {spelt[:40]!r}; known are {', '.join(dict.fromkeys(_SPELT.values()))}")
        value = " ".join(value.split())
        if not re.search(r"\w", value):
            raise FactsError(f"{slot} has no value")
        if len(value) > _LONGEST_VALUE or _UNPRINTABLE.search(value):
            raise FactsError(f"{slot}: at most {_LONGEST_VALUE} characters, without braces or control characters")
        if slot == "familyFriendly":
            value = value.lower()
            if value not in ("yes", "no"):
                raise FactsError(f"familyFriendly is yes or no, not {value!r}")
        if facts.get(slot, value).lower() != value.lower():
            raise FactsError(f"contradictory facts: {slot} is {facts[slot]!r} and {value!r}")
        facts.setdefault(slot, value)
    if not facts:
        raise FactsError("no facts")
    kinds = [kind for head, kind in HEADS.items() if head in facts]
    if len(kinds) > 1:
        raise FactsError(f"contradictory facts: one sentence is about a {kinds[0]} or a {kinds[1]}, not both")
    kind = kind_of(facts)
    if kind != "restaurant" and KINDS[kind][0] not in facts:
        raise FactsError(f"{KINDS[kind][0]} is missing")
    if strange := [slot for slot in facts if slot not in KINDS[kind]]:
        raise FactsError(f"a {kind} has no {strange[0]}")
    if "near" in facts and facts["near"].lower() == facts.get("name", "").lower():
        raise FactsError(f"contradictory facts: {facts['name']!r} is near itself")
    return facts


def kind_of(facts: Facts) -> str:
    """The kind whose head is among the facts; else the first kind that has all the slots."""
    for head, kind in HEADS.items():
        if head in facts:
            return kind
    return next((kind for kind, slots in KINDS.items() if set(facts) <= set(slots)), "restaurant")


def list_of(value: str) -> list[str]:
    """The parts of a value that is a list: "tomato, basil and mint"."""
    return [part.strip() for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", value) if part.strip()]


def listed(parts: list[str]) -> str:
    """ "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
