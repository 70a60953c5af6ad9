"""Invented orders written down: pieces become one text, with the slips of the keyboard, of the ear and of the tongue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from nlu.marks import OUT, REGULAR
from nlu.order_lines import Line
from nlu.synthetic_phrases import FILLERS

STYLES = ("written", "spoken", "terse")


@dataclass
class Piece:
    """Some words and their mark. ``part`` numbers the stretch of the utterance that belongs to one line."""

    text: str
    role: str = OUT
    part: int = -1
    amount: str = REGULAR
    said: bool = False  # a menu name, a number or an unknown food: typos may strike, and a mark is wanted


@dataclass
class Sample:
    """A text, where each marked piece stands in it (start, end), and the lines that it orders."""

    text: str
    spans: list[tuple[int, int, Piece]]
    lines: tuple[Line, ...]


def written(pieces: Sequence[Piece], lines: tuple[Line, ...], style: str, random: Random) -> Sample:
    """One text of all pieces. Spoken text has no punctuation, and sometimes no apostrophes."""
    plain = style == "spoken" or random.random() < 0.4
    slip = random.choice((0.0, 0.0, 0.02, 0.06))
    text, spans = "", []
    for piece in pieces:
        words = piece.text
        if not piece.said:
            words = _stumble(words, style, random)
        elif random.random() < slip:
            words = _typo(words, random)
        if plain:
            words = words.replace(",", " ").replace(". ", " ").replace("&", "and").replace("- ", "")
            if style == "spoken" and random.random() < 0.2:
                words = words.replace("'", "")
        if text and not text.endswith(" ") and not words.startswith((" ", ",", ".")):
            text += " "
        start = len(text)
        text += words
        if piece.said:
            spans.append((start, start + len(words.rstrip()), piece))
    if style == "written" and not plain and random.random() < 0.5:
        text = text[:1].upper() + text[1:]
    return Sample(text, spans, lines)


def _stumble(words: str, style: str, random: Random) -> str:
    """A filler more, or a small word less."""
    if style == "spoken" and words.endswith(" ") and random.random() < 0.015:
        words += random.choice(FILLERS)
    if len(words) > 3 and random.random() < 0.01:
        parts = words.split(" ")
        small = [i for i, part in enumerate(parts) if part in ("a", "the", "with", "to", "of", "like")]
        if small:
            parts.pop(random.choice(small))
            words = " ".join(parts)
    return words


def _typo(name: str, random: Random) -> str:
    """One letter dropped, doubled, swapped or replaced, neither the first nor the last."""
    where = [i for i, char in enumerate(name) if char.isalpha()]
    if len(where) < 5:
        return name
    i = random.choice(where[1:-1])
    kind = random.random()
    if kind < 0.3:
        return name[:i] + name[i + 1 :]
    if kind < 0.5:
        return name[:i] + name[i] + name[i:]
    if kind < 0.75:
        return name[: i - 1] + name[i] + name[i - 1] + name[i + 1 :] if name[i - 1].isalpha() else name
    return name[:i] + random.choice("aeiourstn") + name[i + 1 :]
