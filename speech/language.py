"""What is likely to be said: word n-gram models, one general and one made at load time from the menu.

Counts of up to three words are interpolated by Witten and Bell's rule (1991). A context is a mixture of the model of
what is expected now (an order from this menu, digits, yes or no) and of the general one.
"""

from __future__ import annotations

import gzip
import json
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from speech import sentences
from speech.grammar import PhraseNetwork
from speech.sentences import ONES, TENS

END = "</s>"
EXPECTATIONS = ("order", "digits", "confirm", "anything")
UNKNOWN_LOG_PROBABILITY = -11.0
_START = ("<s>", "<s>")


class WordModel:
    """Interpolated n-grams (Witten-Bell), grown from sentences or read from a file of counts."""

    def __init__(self, order: int = 3) -> None:
        self.order = order
        self.counts: list[dict[tuple[str, ...], dict[str, float]]] = [defaultdict(dict) for _ in range(order)]
        self._totals: list[dict[tuple[str, ...], float]] = [defaultdict(float) for _ in range(order)]

    def add(self, sentence: str, weight: float = 1.0) -> None:
        words = [*_START[: self.order - 1], *sentence.split(), END]
        for at in range(self.order - 1, len(words)):
            for size in range(self.order):
                history = tuple(words[at - size : at])
                followers = self.counts[size][history]
                followers[words[at]] = followers.get(words[at], 0.0) + weight
                self._totals[size][history] += weight

    @property
    def vocabulary(self) -> set[str]:
        return set(self.counts[0][()]) - {END} if () in self.counts[0] else set()

    def probability(self, history: tuple[str, ...], word: str) -> float:
        """P(word | the last words of history); never zero."""
        value = 1 / (len(self.counts[0].get((), {})) + 1)
        for size in range(self.order):
            past = history[len(history) - size :]
            followers = self.counts[size].get(past)
            if not followers:
                break
            total, kinds = self._totals[size][past], len(followers)
            value = (followers.get(word, 0.0) + kinds * value) / (total + kinds)
        return value

    def save(self, path: Path, least: float = 2.0) -> None:
        """As gzipped JSON lines of n-grams counted at least ``least`` times (single words always)."""
        with gzip.GzipFile(path, "wb", mtime=0) as file:
            for size, table in enumerate(self.counts):
                for history, followers in sorted(table.items()):
                    kept = {
                        word: round(count, 1) for word, count in sorted(followers.items()) if not size or count >= least
                    }
                    if kept:
                        file.write((json.dumps([" ".join(history), kept]) + "\n").encode())

    @classmethod
    def load(cls, path: Path) -> WordModel:
        model = cls()
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                past, followers = json.loads(line)
                history = tuple(past.split())
                model.counts[len(history)][history] = followers
                model._totals[len(history)][history] = sum(followers.values())
        return model


@dataclass(frozen=True)
class Group:
    """What can be chosen in one respect, and how much of it."""

    values: tuple[str, ...]
    amounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """Dishes of which the same can be said."""

    items: tuple[str, ...]
    groups: tuple[Group, ...] = ()


@dataclass(frozen=True)
class Phrases:
    """What a menu adds to the language: how its items and its modifiers are named."""

    kinds: tuple[Kind, ...] = ()

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(name for kind in self.kinds for name in kind.items)

    @property
    def modifiers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(value for group in self._groups for value in group.values))

    @property
    def amounts(self) -> tuple[str, ...]:
        return tuple(sorted({amount for group in self._groups for amount in group.amounts}))

    @property
    def _groups(self) -> list[Group]:
        return [group for kind in self.kinds for group in kind.groups]


def menu_phrases(path: Path) -> Phrases:
    """The names of a menu file.

    Raises:
        ValueError: the file is missing, not YAML, or names no items.
    """
    try:
        menu = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        groups = {
            name: Group(
                tuple(spoken(said) for value in group["values"] for said in value["names"]),
                tuple(map(spoken, group.get("amounts", []))),
            )
            for name, group in (menu.get("groups") or {}).items()
        }
        dishes: dict[tuple[str, ...], list[str]] = {}
        for item in menu["items"]:
            dishes.setdefault(tuple(item.get("groups", [])), []).extend(map(spoken, item["names"]))
        kinds = (Kind(tuple(names), tuple(groups[name] for name in chosen)) for chosen, names in dishes.items())
        return Phrases(tuple(kinds))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: is no menu: {' '.join(str(error).split())[:100]}") from None


def spoken(name: str) -> str:
    """A name in the recogniser's letters: "7up" is heard as "seven up"."""
    parts = []
    for word in name.lower().replace("&", " and ").replace("-", " ").replace("_", " ").split():
        digits = "".join(c for c in word if c.isdigit())
        if digits and len(digits) <= 4:
            parts.append(sentences.cardinal(int(digits)))
            word = word.replace(digits, "")
        parts.append("".join(c for c in word if c in "abcdefghijklmnopqrstuvwxyz'"))
    return " ".join(part for part in parts if part)


def order_model(phrases: Phrases, count: int = 4000, seed: int = 0) -> WordModel:
    """Orders in the words of one menu, invented and counted."""
    rng, model = random.Random(seed), WordModel()
    amounts = [*phrases.amounts, *sentences.AMOUNTS] if phrases.amounts else []
    for _ in range(count if phrases.items else 0):
        lines = [_order_line(rng, phrases, amounts) for _ in range(rng.choice([1, 1, 1, 1, 2]))]
        said = rng.choice([" and ", " and ", " and also ", " plus "]).join(lines)
        if rng.random() < 0.8:
            said = f"{rng.choice(sentences.OPENERS)} {said}"
        if rng.random() < 0.15:
            said = f"{rng.choice(sentences.GREETINGS)} {said}"
        if rng.random() < 0.25:
            said = f"{said} {rng.choice(sentences.CLOSERS)}"
        model.add(said)
    for name in (*phrases.items, *phrases.modifiers):  # nothing on the menu may go uncounted
        for _ in range(3):
            model.add(f"{rng.choice(sentences.OPENERS)} a {name}")
            model.add(name)
    return model


def _order_line(rng: random.Random, phrases: Phrases, amounts: Sequence[str]) -> str:
    quantity = rng.choices(
        ["a", "an", "one", "two", "three", "four", "five", "the", ""], [30, 6, 8, 8, 4, 2, 1, 1, 10]
    )[0]
    chosen = rng.sample(phrases.modifiers, min(len(phrases.modifiers), rng.choice([0, 1, 2, 2, 3, 4])))
    if amounts:
        chosen = [f"{rng.choice(amounts)} {name}" if rng.random() < 0.35 else name for name in chosen]
    before = chosen[: rng.choice([0, 0, 1, 1, 2, 3])]
    after = chosen[len(before) :]
    said = [quantity, *before, rng.choice(phrases.items)]
    if after:
        said.append(rng.choice(["with", "with", "with", "with a", "and", "", "no", "made with"]))
        for at, name in enumerate(after):
            if at:
                said.append(rng.choice(["and", "and", "and a", "", "with"]))
            said.append(name)
    return " ".join(" ".join(said).split())


def digits_model(count: int = 3000, seed: int = 0) -> WordModel:
    """Telephone numbers and other strings of digits in every way of saying them."""
    rng, model = random.Random(seed), WordModel()
    for _ in range(count):
        model.add(sentences.phone_number(rng).lower())
        model.add(sentences.digits(rng, rng.choice([7, 10, 10, 10])).lower())
    for _ in range(count * 2):  # every digit may follow every other: no string is likelier for having been drawn
        model.add(" ".join(rng.choice(ONES[:10]) for _ in range(10)), 0.5)
    return model


def confirm_model(count: int = 2000, seed: int = 0) -> WordModel:
    rng, model = random.Random(seed), WordModel()
    for _ in range(count):
        model.add(sentences.yes_or_no(rng))
        if rng.random() < 0.15:
            model.add(f"{sentences.yes_or_no(rng)} {sentences.edit(rng)}".lower())
    return model


def general_model(texts: Iterable[str] = (), count: int = 60_000, seed: int = 0) -> WordModel:
    """What people say to a restaurant, and English at large."""
    rng, model = random.Random(seed), WordModel()
    stream = sentences.sentences(rng)
    for _ in range(count):
        model.add(next(stream)[1].lower())
    for text in texts:
        model.add(text.lower())
    return model


class Context:
    """The language of one expectation: its model mixed with the general one, and its words as a tree of letters."""

    def __init__(
        self,
        models: Sequence[tuple[WordModel, float]],
        trust: float = 1.0,
        closed: bool = False,
        network: PhraseNetwork | None = None,
    ) -> None:
        self.network = network  # whole phrases, believed before any words
        self.closed = closed  # only words of the vocabulary can be heard
        self.trust = trust  # of the decoder's language weight: a narrow expectation may weigh more than a wide one
        self.models = [(model, share) for model, share in models if share > 0]
        self._cache: dict[tuple[tuple[str, ...], str], float] = {}
        self.vocabulary = set().union(*(model.vocabulary for model, _ in self.models))
        self.root = LetterNode()
        for word in sorted(self.vocabulary):
            self.root.insert(word, self.log_probability((), word))

    def log_probability(self, history: tuple[str, ...], word: str) -> float:
        """ln P(word | history)."""
        key = (history, word)
        found = self._cache.get(key)
        if found is None:
            if len(self._cache) > 500_000:
                self._cache.clear()
            if word != END and word not in self.vocabulary:
                found = UNKNOWN_LOG_PROBABILITY - 0.7 * len(word)
            else:
                found = math.log(sum(share * model.probability(history, word) for model, share in self.models))
            self._cache[key] = found
        return found


class LetterNode:
    """A node of the vocabulary's letter tree; ``best`` is the log-probability of the likeliest word below."""

    __slots__ = ("best", "is_word", "next")

    def __init__(self) -> None:
        self.next: dict[str, LetterNode] = {}
        self.best = -math.inf
        self.is_word = False

    def insert(self, word: str, log_probability: float) -> None:
        node = self
        node.best = max(node.best, log_probability)
        for letter in word:
            node = node.next.setdefault(letter, LetterNode())
            node.best = max(node.best, log_probability)
        node.is_word = True


_VALUES = {word: str(number) for number, word in enumerate(ONES[:10])} | {"oh": "0", "o": "0"}
_TEENS = {word: str(number) for number, word in enumerate(ONES) if number >= 10}
_TENS = {word: number for number, word in enumerate(TENS) if number >= 2}


def as_digits(text: str) -> str:
    """Spoken digits of a transcript as digits: ``area code four one two double five`` to ``area code 41255``."""
    out: list[str] = []
    run = ""
    words = text.split()
    at = 0
    while at < len(words):
        word = words[at]
        following = words[at + 1] if at + 1 < len(words) else ""
        digits, used = "", 1
        if word in ("double", "triple", "treble") and following in _VALUES:
            digits, used = _VALUES[following] * (2 if word == "double" else 3), 2
        elif word in _TENS:
            if following in ONES[1:10]:
                digits, used = f"{_TENS[word]}{_VALUES[following]}", 2
            else:
                digits = f"{_TENS[word]}0"
        elif word in _TEENS:
            digits = _TEENS[word]
        elif word in _VALUES and (word != "o" or run or following in _VALUES):
            digits = _VALUES[word]
            if following in ("hundred", "thousand"):
                digits, used = digits + ("00" if following == "hundred" else "000"), 2
        if digits:
            run += digits
        else:
            out += [run, word] if run else [word]
            run = ""
        at += used
    return " ".join([*out, run] if run else out)
