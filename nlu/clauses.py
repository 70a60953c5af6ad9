"""An utterance cut into clauses, each doing one thing to the order: adding, removing, changing, swapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from nlu.elements import Element


class Act(Enum):
    ADD = "add"
    REMOVE = "remove"
    CHANGE = "change"
    SWAP = "swap"
    AGAIN = "again"
    UNDO = "undo"
    CLEAR = "clear"


@dataclass(frozen=True)
class Clause:
    act: Act
    elements: tuple[Element, ...]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(element.word for element in self.elements)

    def has(self, *phrases: str) -> bool:
        return has_phrase(self.words, *phrases)


UNDO = (
    "undo", "go back", "take that back", "take it back", "revert", "put it back", "put that back", "never mind that",
    "nevermind that", "scratch that", "forget that", "cancel that", "forget the last", "cancel the last thing",
    "as it was before", "back to what it was", "reverse that",
)  # fmt: skip
CLEAR = (
    "start over", "start again", "start from scratch", "start all over", "clear everything", "clear it all",
    "clear the order", "clear my order", "clear the cart", "empty the cart", "empty my cart", "clear all",
    "cancel everything", "cancel the order", "cancel my order", "cancel the whole", "cancel all of it", "cancel it all",
    "remove everything", "delete everything", "delete it all", "delete the order", "delete my order", "scrap it all",
    "scrap everything", "scrap the order", "forget everything", "forget it all", "forget the whole", "scratch everything",
    "scratch it all", "scratch the order", "begin again", "take everything off", "reset the order", "reset my order",
    "drop everything", "lose everything", "from the beginning", "wipe the order", "remove all of it", "throw it all out",
)  # fmt: skip
_EXCEPT = ("except", "but", "besides", "apart", "other")

_REMOVE_VERBS = frozenset("remove removing delete drop cancel lose nix omit ditch subtract scratch minus".split())
_REMOVE_PHRASES = (
    "take off", "take out", "take away", "taking off", "get rid of", "getting rid of", "leave off", "leave out",
    "don't want", "dont want", "do not want", "no longer want", "do without", "don't need", "dont need", "do not need",
    "forget the", "forget about", "forget that", "never mind the", "nevermind the", "no more", "skip the", "hold the",
    "changed my mind about", "pull the", "knock off",
)  # fmt: skip
_SWAP_VERBS = frozenset("swap replace switch substitute exchange trade sub".split())
_SWAP_PHRASES = ("instead of", "rather than", "in place of")
_CHANGE_VERBS = frozenset("make change turn making update modify adjust put".split())
_ADD_VERBS = frozenset(
    "add adding get have want like need order also another plus include take try gimme give bring grab throw".split()
)
_AGAIN_PHRASES = (
    "same again", "the same", "same thing", "another one", "one more of", "another of", "same order", "one more please",
    "one more like", "repeat that", "another round", "same as", "one more with", "one more but",
)  # fmt: skip
_LINKS = frozenset("and then also but , . ; ! ? oh so please actually".split())


def has_phrase(words: Sequence[str], *phrases: str) -> bool:
    text = " " + " ".join(words) + " "
    return any(f" {phrase} " in text for phrase in phrases)


def whole_command(elements: Sequence[Element]) -> Act | None:
    """UNDO or CLEAR when that is all the utterance says."""
    words = [element.word for element in elements]
    if has_phrase(words, *CLEAR) and not any(w in words for w in _EXCEPT):
        return Act.CLEAR
    if has_phrase(words, *UNDO) and not any(element.match for element in elements):
        return Act.UNDO
    return None


def clauses_of(elements: Sequence[Element]) -> list[Clause]:
    """The clauses in order. What follows "and" without a verb of its own stays in the clause before."""
    cuts = [0]
    for position, element in enumerate(elements):
        if position == 0 or element.match is not None:
            continue
        start = position
        while start > 0 and elements[start - 1].word in _LINKS | {
            "can",
            "could",
            "you",
            "i",
            "i'd",
            "i'll",
            "let",
            "me",
            "to",
        }:
            start -= 1
        linked = start < position and any(e.word in _LINKS for e in elements[start:position])
        before = elements[cuts[-1] : start]
        if linked and _opens(elements, position) and any(e.match or e.number for e in before):
            cuts.append(start)
    parts = [tuple(elements[a:b]) for a, b in zip(cuts, [*cuts[1:], len(elements)])]
    return [Clause(_act(part), part) for part in parts if part]


def _opens(elements: Sequence[Element], position: int) -> bool:
    words = [element.word for element in elements[position : position + 4]]
    return words[0] in _REMOVE_VERBS | _SWAP_VERBS | _CHANGE_VERBS | _ADD_VERBS | {"instead"} or any(
        has_phrase(words[: len(phrase.split())], phrase) for phrase in (*_REMOVE_PHRASES, *_AGAIN_PHRASES)
    )


def _act(elements: tuple[Element, ...]) -> Act:
    words = [element.word for element in elements]
    pair = set(words)
    if pair & _SWAP_VERBS or has_phrase(words, *_SWAP_PHRASES):
        return Act.SWAP
    if "instead" in pair:
        return Act.SWAP if "of" in pair else Act.CHANGE
    if has_phrase(words, *_AGAIN_PHRASES):
        return Act.AGAIN
    if (
        pair & _REMOVE_VERBS
        or has_phrase(words, *_REMOVE_PHRASES)
        or _split_verb(words, "take", ("off", "out", "away"))
    ):
        return Act.REMOVE
    if pair & (_CHANGE_VERBS - {"put"}):
        return Act.CHANGE
    return Act.ADD


def _split_verb(words: Sequence[str], verb: str, ends: Sequence[str]) -> bool:
    return verb in words and any(end in words[words.index(verb) :] for end in ends)
