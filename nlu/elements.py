"""An utterance as a row of elements: menu names, numbers, and the words between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from nlu.lexicon import Lexicon, Match, Sense
from nlu.slips import common_slip, steering_slip
from nlu.tokens import Token, key_of, tokenise
from nlu.words import ARTICLES, COLLECTIVES, COMMON, DESCRIPTORS, NUMBERS

MOST_OF_ONE = 10_000  # more is not told apart: no kitchen makes it
_PHONE_DIGITS = range(7, 16)
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}
_GROUPED, _BROKEN = re.compile(r"\d{1,3}(,\d{3})+"), re.compile(r"\d+[.,]\d+")
_NEGATIVE = re.compile(r"(^|\s)[-\u2212]$")
_WHO_CAN = frozenset("i we you he she they somebody someone it that be go have get".split())
_HALVES_OF_THE_DAY = ("am", "pm", "o'clock")


@dataclass(frozen=True)
class Element:
    """A menu name (``match``), a number (``number``) or one word; ``text`` is as said, ``start``/``end`` its place."""

    word: str
    text: str
    start: int
    end: int
    match: Match | None = None
    number: int | None = None
    unknown: bool = False  # neither on the menu nor a word of ordering speech

    @property
    def senses(self) -> tuple[Sense, ...]:
        return self.match.senses if self.match is not None else ()

    @property
    def items(self) -> tuple[Sense, ...]:
        return self.match.items if self.match is not None else ()

    @property
    def values(self) -> tuple[Sense, ...]:
        return self.match.values if self.match is not None else ()

    @property
    def is_item(self) -> bool:
        return bool(self.items)

    @property
    def elided(self) -> bool:
        """Whether it names an item by what it has beside the one said before."""
        return self.match is not None and self.match.elided

    @property
    def is_value(self) -> bool:
        return bool(self.values)


def elements_of(text: str, lexicon: Lexicon, ordered: Iterable[str] = ()) -> list[Element]:
    """The row of ``text``; ``ordered`` are ids of items that it may speak of without naming them."""
    tokens = [part for token in tokenise(text) for part in _parted(_righted(token, lexicon), lexicon)]
    matches = {match.start: match for match in lexicon.find(tokens, ordered) if not _is_verb(tokens, match)}
    row: list[Element] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if (
            position not in matches
            and not (lexicon.exact or lexicon.knows(token.key))
            and not (row and (row[-1].word in ("a", "an") or row[-1].number))  # "a steak": a noun stands here
            and (meant := common_slip(token.word))
        ):
            token = replace(token, word=meant, key=key_of(meant))
            tokens[position] = token
        if position in matches:
            match = matches[position]
            other = match.partial and row and row[-1].unknown and row[-1].word not in DESCRIPTORS
            found = None if other and not lexicon.exact else match  # no "ice cream" in "whipped cream"
            row.append(_element(text, tokens[match.start : match.end], match=found, unknown=found is None))
            position = match.end
            continue
        value, length = _number(tokens, position, matches)
        if length:
            if value and _NEGATIVE.search(text[: token.start]) and "\n" not in text:  # in a list a dash is none
                value = 0
            row.append(_element(text, tokens[position : position + length], number=value))
            position += length
            continue
        unknown = (
            not token.is_punctuation
            and token.word not in COMMON
            and token.key not in lexicon.group_words
            and (len(token.word) > 2 or not token.word.isascii())
            and not token.word[0].isdigit()
        )
        row.append(_element(text, (token,), unknown=unknown))
        position += 1
    return row


def _is_verb(tokens: Sequence[Token], match: Match) -> bool:
    """ "You can take the fries off": a container is named with an article or a number, or is one "of" something."""
    if tokens[match.start].word != "can" or match.end != match.start + 1:
        return False
    before = tokens[match.start - 1].word if match.start else ""
    after = tokens[match.end].word if match.end < len(tokens) else ""
    counted = before in ARTICLES | NUMBERS.keys() | {"the", "in", "by"} or before.isdigit()
    return after in _WHO_CAN or not (counted or after == "of")


def _righted(token: Token, lexicon: Lexicon) -> Token:
    """A slip in a word that steers an order is put right before names are looked for: "exra" is no menu word."""
    meant = None if lexicon.exact or lexicon.knows(token.key) else steering_slip(token.word)
    return replace(token, word=meant, key=key_of(meant)) if meant else token


def _parted(token: Token, lexicon: Lexicon) -> tuple[Token, ...]:
    """A token as it is, or as the two that a compound is made of."""
    parts = lexicon.parts_of(token.word)
    if parts is None or token.end - token.start != len(token.word):
        return (token,)
    first, last = parts
    middle = token.start + len(first)
    return Token(first, key_of(first), token.start, middle), Token(last, key_of(last), middle, token.end)


def _element(text: str, tokens: Sequence[Token], match: Match | None = None, number: int | None = None,
             unknown: bool = False) -> Element:  # fmt: skip
    start, end = tokens[0].start, tokens[-1].end
    return Element(" ".join(t.word for t in tokens), text[start:end], start, end, match, number, unknown)


def _number(tokens: Sequence[Token], position: int, matches: dict[int, Match]) -> tuple[int | None, int]:
    """The number that starts here and how many tokens it takes: "12", "twenty five", "half a dozen", "a couple"."""

    def word(offset: int) -> str:
        free = position + offset < len(tokens) and position + offset not in matches
        return tokens[position + offset].word if free else ""

    first = word(0)
    if first == "half":
        if word(1) == "dozen":
            return 6, 2
        if word(1) == "a" and word(2) == "dozen":
            return 6, 3
        return None, 0
    if first in ARTICLES and word(1) in COLLECTIVES and (first, word(2)) != ("the", "of"):  # "the pair of them" is both
        return COLLECTIVES[word(1)], 2
    if first in ("a", "an") and word(1) in _SCALES:
        return min(_SCALES[word(1)], MOST_OF_ONE), 2
    if first in COLLECTIVES and not (position and tokens[position - 1].word == "the" and word(1) == "of"):
        return COLLECTIVES[first], 1
    if first.isdigit() and _is_clock(tokens, position):
        return None, 1 + 2 * (word(1) == ":")
    if _GROUPED.fullmatch(first):
        return MOST_OF_ONE if len(first) > 6 else min(int(first.replace(",", "")), MOST_OF_ONE), 1
    if _BROKEN.fullmatch(first):  # half a dish more is no number of dishes: to be asked
        return 0, 1
    if first.isdigit():
        value, length = int(first[:9]), 1
        if len(first) in _PHONE_DIGITS and position + 1 not in matches:
            return None, 1
        if len(first) > 1 and first[0] == "0":
            return None, 1  # a phone number or a postcode
    elif first in NUMBERS:
        value, length = NUMBERS[first], 1
        if 20 <= value < 100 and 0 < NUMBERS.get(word(1), 0) < 10:
            value, length = value + NUMBERS[word(1)], 2
    else:
        return None, 0
    while word(length) in _SCALES:
        value, length = value * _SCALES[word(length)], length + 1
    return min(value, MOST_OF_ONE), length


def _is_clock(tokens: Sequence[Token], position: int) -> bool:
    """ "7:30", "7 pm": a time of day counts nothing."""
    after = [token.word for token in tokens[position + 1 : position + 3]]
    if after[:1] == [":"]:
        return len(after) == 2 and len(after[1]) == 2 and after[1].isdigit()
    return bool(after) and after[0] in _HALVES_OF_THE_DAY
