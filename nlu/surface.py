"""From the words that the network emits to a sentence, and back: ``<slot>`` stands for that fact's value."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.facts import Facts, list_of, listed
from nlu.templates import article, food_words, inside

NAMES = {"name", "near", "dish", "special"}
LISTS = {"ingredients", "diet"}
_TOKEN = re.compile(r"<[^<>]+>|£?\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['-][^\W\d_]+)*(?:'s)?|[^\w\s]")


def tokens_of(text: str) -> list[str]:
    """Lower-case words, numbers, punctuation and ``<slot>`` marks."""
    return _TOKEN.findall(re.sub(r"(?<!<)\b[A-Z]\w*", lambda word: word[0].lower(), text))


def sentence_from(tokens: Sequence[str], facts: Facts) -> str:
    """The sentence: facts in the places of their marks, articles that fit, capitals and spaces as written."""
    parts: list[str] = []
    for position, token in enumerate(tokens):
        before = parts[-1] if parts else ""
        starts = not parts or before in (".", "!", "?")
        if token.startswith("<"):
            slot = token[1:-1]
            following = tokens[position + 1] if position + 1 < len(tokens) else ""
            words = value_words(slot, facts[slot], following)
            if before.lower() == "the" and words.lower().startswith("the "):
                parts.pop()
                starts = not parts or parts[-1] in (".", "!", "?")
        elif token == "food" and parts and parts[-1].lower().endswith("food"):
            continue
        else:
            words = "I" if token == "i" else token
        parts.append(words[:1].upper() + words[1:] if starts else words)
    for position, word in enumerate(parts[:-1]):
        if word.lower() in ("a", "an") and re.match(r"\w", parts[position + 1]):
            fitting = article(parts[position + 1])
            parts[position] = fitting.capitalize() if word[0].isupper() else fitting
    return re.sub(r" ([.,;:!?])", r"\1", " ".join(parts))


def value_words(slot: str, value: str, following: str = "") -> str:
    """A value as it stands in a sentence."""
    if slot in LISTS:
        return listed([inside(part) for part in list_of(value)])
    if slot == "description":
        return inside(value).rstrip(".")
    if slot == "food" and value.lower() == "fast food":
        return food_words(value)
    return value
