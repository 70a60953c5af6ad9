"""Text cut into words that compare equal across plurals, hyphens, accents and ways to write a number."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from nlu.words import NUMBERS

_WORD = re.compile(r"(?<![\d/])1/2(?![\d/])|½|\d+(?:[.,]\d+)*|[^\W\d_]+(?:['’`][^\W\d_]+)*|[&+%,.;:!?/]")
_PUNCTUATION = frozenset("%,.;:!?/")
_SAME = {"&": "and", "+": "plus", "’": "'", "`": "'", "1/2": "half", "1\u20442": "half"}  # ½ unfolds to the latter
_IRREGULAR = {"leaves": "leaf", "loaves": "loaf", "halves": "half", "knives": "knife", "wolves": "wolf"}


@dataclass(frozen=True)
class Token:
    """One word or punctuation mark of a text.

    ``word`` is lower case without accents, ``key`` is what names are compared by (stem, or digits of a number), and
    ``text[start:end]`` is where it stood.
    """

    word: str
    key: str
    start: int
    end: int

    @property
    def is_punctuation(self) -> bool:
        return self.word in _PUNCTUATION


def tokenise(text: str) -> tuple[Token, ...]:
    """Words, numbers and punctuation marks, in order; every other character only separates."""
    tokens = []
    for match in _WORD.finditer(text):
        word = fold(match.group())
        if word:
            tokens.append(Token(word, key_of(word), match.start(), match.end()))
    return tuple(tokens)


def name_keys(name: str) -> tuple[str, ...]:
    """The keys of a menu name's words, in order, punctuation left out."""
    return tuple(token.key for token in tokenise(name) if not token.is_punctuation)


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Lower case, without accents, with one kind of apostrophe."""
    plain = unicodedata.normalize("NFKD", word.lower())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _SAME.get(plain, plain.replace("’", "'").replace("`", "'"))


@lru_cache(maxsize=50_000)
def key_of(word: str) -> str:
    """The key of one folded word: ``olives`` and ``olive`` share one, and so do ``seven`` and ``7``."""
    if word in NUMBERS:
        return str(NUMBERS[word])
    if word[0].isdigit():
        return word
    return _stem(_IRREGULAR.get(word, word))


def _stem(word: str) -> str:
    word = word[:-2] if word.endswith("'s") else word
    if len(word) == 3 and word.endswith(("ie", "y")):
        return word[:2] if word.endswith("ie") else word[:2] + "i"
    if len(word) <= 3:
        return word
    if word.endswith(("ches", "shes", "sses", "xes", "zzes", "oes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if word.endswith("ie"):
        word = word[:-1]
    elif word.endswith("y"):
        word = word[:-1] + "i"
    elif word.endswith("e") and len(word) > 3:
        word = word[:-1]
    return word


_SOUNDS = (
    ("ph", "f"), ("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "k"), ("ck", "k"), ("gh", "g"), ("th", "t"), ("wh", "w"),
    ("qu", "kw"), ("x", "ks"), ("ce", "se"), ("ci", "si"),
)  # fmt: skip
_CLASSES = str.maketrans("cqgzdbvnjy", "kkkstpfmki", "aeiouhw")


@lru_cache(maxsize=50_000)
def sound_of(word: str) -> str:
    """A rough code of how a word sounds: words that are misheard for each other share it (in the way of Soundex)."""
    for spelt, heard in _SOUNDS:
        word = word.replace(spelt, heard)
    code = word[:1].translate(_CLASSES) if word[:1] not in "aeiou" else "a"
    for char in word[1:].translate(_CLASSES):
        if char != code[-1:]:
            code += char
    return code
