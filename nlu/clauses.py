"""An utterance cut into clauses, each doing one thing to the order: adding, removing, changing, swapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from nlu.elements import Element
from nlu.words import has_phrase


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


_UNDO = (
    "undo", "go back", "take that back", "take it back", "revert", "put it back", "put that back", "never mind that",
    "nevermind that", "scratch that", "forget that", "cancel that", "forget the last", "cancel the last thing",
    "as it was before", "back to what it was", "reverse that", "change it back", "undo that", "take back the last",
)  # fmt: skip
_ALL_OF_IT = ("everything", "it all", "all of it", "the order", "my order", "the whole order", "the whole thing",
              "the cart", "my cart", "the basket", "my basket", "the entire order", "all of that", "all that")  # fmt: skip
_CLEARING = ("clear", "cancel", "remove", "delete", "scrap", "forget", "scratch", "drop", "empty", "reset", "wipe",
             "throw out", "get rid of", "take off", "lose", "void", "discard")  # fmt: skip
_CLEAR = (
    "start over", "start again", "start from scratch", "start all over", "start fresh", "start anew", "clear all",
    "begin again", "from the beginning", "take everything off", "throw it all out", "start a new order",
    *(f"{verb} {what}" for verb in _CLEARING for what in _ALL_OF_IT),
)  # fmt: skip
_EXCEPT = frozenset("except but besides apart other".split())
_RETRACTIONS = ("scratch that", "forget that", "cancel that", "no wait", "wait no", "never mind", "nevermind",
                "on second thought", "i changed my mind", "changed my mind", "strike that", "no scratch that")  # fmt: skip

_REMOVE_VERBS = frozenset(
    "remove removing delete drop cancel lose nix omit ditch subtract scratch minus scrap strike axe bin dump".split()
)
_REMOVE_PHRASES = (
    "take off", "take out", "take away", "taking off", "get rid of", "getting rid of", "leave off", "leave out",
    "don't want", "dont want", "do not want", "no longer want", "do without", "i'll leave the", "we'll leave the", "don't need", "dont need", "do not need",
    "forget the", "forget about", "never mind the", "nevermind the", "no more", "skip the", "hold the",
    "changed my mind about", "pull the", "knock off", "not want", "won't need", "won't have", "didn't want", "didn't order",
    "didn't say", "didn't ask for", "never ordered", "never said", "never asked for", "toss the", "toss out", "chuck out",
    "one less", "one fewer", "two less", "two fewer", "kill the", "can go", "be needing", "not needing",
)  # fmt: skip
_SWAP_VERBS = frozenset("swap replace substitute exchange trade sub".split())
_SWAP_PHRASES = ("instead of", "rather than", "in place of")
_TURNING = frozenset("change changing turn switch update modify".split())
_CHANGE_VERBS = frozenset(
    "make making change turn switch update modify adjust bump upgrade upsize downsize increase raise reduce lower".split()
)
_CHANGE_PHRASES = ("down to", "up to")
_ADD_VERBS = frozenset(
    "add adding get have want like need order also another plus include take try gimme give bring grab throw put".split()
)
_REFUSING = frozenset("do want add put make sure too with without on".split())
_AGAIN = (
    "same again", "the same", "same thing", "another one", "one more of", "another of", "same order", "one more please",
    "one more like", "repeat that", "another round", "same as", "one more with", "one more but", "one more without",
    "one more just", "again but", "again with", "again please", "one more like",
)  # fmt: skip
_LINKS = frozenset("and then also but , . ; ! ? oh so please actually".split())
_LEADS = _LINKS | frozenset("can could you i i'd i'll let me to would please just".split())


def whole_command(elements: Sequence[Element]) -> Act | None:
    """UNDO or CLEAR when that is all the utterance says."""
    words = [element.word for element in elements]
    if has_phrase(words, *_CLEAR) and not _EXCEPT & set(words):
        return None if any(element.is_item for element in elements) else Act.CLEAR
    if has_phrase(words, *_UNDO) and not any(element.match for element in elements):
        return Act.UNDO
    return None


def without_retraction(elements: Sequence[Element]) -> Sequence[Element] | None:
    """What follows "scratch that", when the utterance opens with such words; None when it does not."""
    words = [element.word for element in elements]
    for skip in range(min(3, len(words))):
        if skip and words[skip - 1] not in ("oh", "um", "uh", "no", "actually", "sorry", ",", "ok", "hmm"):
            break
        for phrase in _RETRACTIONS:
            length = len(phrase.split())
            if words[skip : skip + length] == phrase.split():
                rest = elements[skip + length :]
                reading = any(element.match or element.number is not None for element in rest)
                return rest if reading and words[skip + length] not in ("the", "about") else None
    return None


def clauses_of(elements: Sequence[Element]) -> list[Clause]:
    """The clauses in order. What follows "and" without a verb of its own stays in the clause before."""
    cuts = [0]
    for position in range(1, len(elements)):
        start = position
        while start > cuts[-1] and elements[start - 1].match is None and elements[start - 1].word in _LEADS:
            start -= 1
        linked = any(element.word in _LINKS for element in elements[start:position])
        before = elements[cuts[-1] : start]
        if linked and start > cuts[-1] and _opens(elements, position) and any(e.match or e.number for e in before):
            cuts.append(start)
    parts = [tuple(elements[a:b]) for a, b in zip(cuts, [*cuts[1:], len(elements)])]
    return [Clause(_act(part), part) for part in parts if part]


def _opens(elements: Sequence[Element], position: int) -> bool:
    if elements[position].match is not None:
        return False
    words = [element.word for element in elements[position : position + 4]]
    if words[0] in _REMOVE_VERBS | _SWAP_VERBS | _CHANGE_VERBS | _ADD_VERBS:
        return True
    return any(words[: len(phrase.split())] == phrase.split() for phrase in (*_REMOVE_PHRASES, *_AGAIN))


def _act(elements: tuple[Element, ...]) -> Act:
    words = [element.word for element in elements if element.match is None]
    said = {element.word for element in elements if element.match is None}
    text = [element.word for element in elements]
    if said & _TURNING and "order" in said:  # "change my order to add fries": what is done to it is said behind
        said -= _TURNING | {"to", "for"}
    if has_phrase(text, "did i say") and said & {"meant", "mean"}:
        return Act.SWAP
    if "not" in said and sum(e.is_item for e in elements) == 2 and (not said & _REFUSING or _corrects(elements)):
        return Act.SWAP
    if said & _SWAP_VERBS or has_phrase(text, *_SWAP_PHRASES) or (said & _TURNING and said & {"to", "into", "for"}):
        return Act.SWAP
    if "instead" in said or has_phrase(text, "i'd rather", "id rather", "would rather"):
        return Act.CHANGE
    off = bool(said & _REMOVE_VERBS) or _taken_off(text)
    if off and has_phrase(text, "again please") and not has_phrase(text, "same again please"):
        return Act.REMOVE  # "take the fries off again please"
    if has_phrase(text, *_AGAIN) or text in (["one", "more"], ["again"], ["another"], ["same"]):
        return Act.AGAIN
    if off or has_phrase(words, *_REMOVE_PHRASES):
        return Act.REMOVE
    if said & _CHANGE_VERBS or has_phrase(words, *_CHANGE_PHRASES):
        return Act.CHANGE
    return Act.ADD


def _corrects(elements: Sequence[Element]) -> bool:
    """ "I want the lasagna, not the carbonara"."""
    at = next(i for i, element in enumerate(elements) if element.word == "not" and element.match is None)
    behind = [element for element in elements[at + 1 :] if element.word not in ("the", "a", "an", "that", "my")]
    before = elements[at - 1] if at else None
    return before is not None and before.is_item and bool(behind) and behind[0].is_item


def _taken_off(words: Sequence[str]) -> bool:
    """ "take the fries off": the verb and its particle apart."""
    for verb in ("take", "leave", "taking", "kick", "knock", "cross", "pull"):
        if verb in words and {"off", "out", "away"} & set(words[words.index(verb) :]):
            return True
    return False
