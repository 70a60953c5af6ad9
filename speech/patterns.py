"""What guests say on the phone, as patterns: ``data/said.yml``.

``[words]`` may be left out, ``(one|two)`` is a choice, ``{slot}`` stands for a name or a number.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

FILE = Path(__file__).resolve().parent.parent / "data" / "said.yml"
SLOTS = frozenset(
    "dish dishes choice size number ordinal time day weekday name last street house zip town place topic phone".split()
)
_TOKEN = re.compile(r"[a-z']+|\{[a-z]+\}|[\[\]()|]")
_KEPT = 0.4  # of the words that may be left out
Sequence = tuple["str | Choice", ...]


@dataclass(frozen=True)
class Choice:
    """One of several sequences of words."""

    ways: tuple[Sequence, ...]
    optional: bool = False


class PatternError(ValueError):
    """A pattern that cannot be read; the message says which."""


def parse(pattern: str) -> Sequence:
    """A pattern's words, slots (in braces) and choices.

    Raises:
        PatternError: brackets do not match, or a slot or character is unknown.
    """
    tokens = _TOKEN.findall(pattern)
    unknown = _TOKEN.sub("", pattern).strip() or next(
        (token for token in tokens if token[0] == "{" and token[1:-1] not in SLOTS), ""
    )
    if unknown:
        raise PatternError(f"{pattern!r}: {unknown!r} cannot be read")
    found, at = _ways(tokens, 0, "")
    if at != len(tokens) or len(found) != 1:
        raise PatternError(f"{pattern!r}: brackets do not match")
    return found[0]


def _ways(tokens: list[str], at: int, closing: str) -> tuple[tuple[Sequence, ...], int]:
    """Sequences divided by bars, from ``at`` to the closing bracket."""
    ways: list[list[str | Choice]] = [[]]
    while at < len(tokens) and tokens[at] not in (")", "]"):
        token = tokens[at]
        at += 1
        if token == "|" and closing:
            ways.append([])
        elif token in ("(", "["):
            end = ")" if token == "(" else "]"
            inner, at = _ways(tokens, at, end)
            if at >= len(tokens) or tokens[at] != end:
                raise PatternError(f"{' '.join(tokens)!r}: brackets do not match")
            at += 1
            ways[-1].append(Choice(inner, optional=token == "["))
        else:
            ways[-1].append(token)
    return tuple(map(tuple, ways)), at


@lru_cache(maxsize=4)
def load(path: Path = FILE) -> dict[str, tuple[Sequence, ...]]:
    """The patterns of the file by question.

    Raises:
        PatternError: the file or one of its patterns cannot be read.
    """
    try:
        loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise PatternError(f"{path}: {' '.join(str(error).split())[:160]}") from None
    if not isinstance(loaded, dict) or not all(isinstance(said, list) for said in loaded.values()):
        raise PatternError(f"{path}: a list of patterns for each question is expected")
    try:
        return {str(asked): tuple(parse(str(pattern)) for pattern in said) for asked, said in loaded.items()}
    except PatternError as error:
        raise PatternError(f"{path}: {error}") from None


def draw(rng: random.Random, sequence: Sequence) -> list[str]:
    """One way to say a pattern, as words and slots."""
    said: list[str] = []
    for part in sequence:
        if isinstance(part, str):
            said.append(part)
        elif not part.optional or rng.random() < _KEPT:
            said += draw(rng, rng.choice(part.ways))
    return said


def filled(said: list[str], fill: Callable[[str], str]) -> str:
    """Words and slots as a sentence; ``fill`` is asked for each slot by its name."""
    return " ".join(fill(word[1:-1]) if word[0] == "{" else word for word in said)
