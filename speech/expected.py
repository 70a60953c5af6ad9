"""The networks of what guests say where the answer is narrow: an order from this menu, a number, yes or no."""

from __future__ import annotations

import random

from speech import sentences
from speech.grammar import END, START, PhraseNetwork
from speech.language import Kind, Phrases
from speech.sentences import ONES, TENS

_QUANTITIES = {"a": 0.45, "an": 0.06, "one": 0.1, "two": 0.1, "three": 0.04, "the": 0.03, "another": 0.02}
_MANY = ["four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "a dozen"]
_FILLERS = ["um", "uh"]
_BEFORE_EXTRA = ["with", "with a", "and", "and a", "made with", "in a", "on a", "on", "but with"]
_AND_SO_ON = ["and", "and also", "plus", "and then", "also"]
_TAKING_OFF = ["remove", "take off", "cancel", "hold", "no more", "without", "drop", "skip", "forget"]
_SWAPPING = ["swap", "change", "replace", "switch", "instead of"]
_CORRECTING = ["sorry", "no wait", "wait no", "i mean", "actually", "or rather"]
_CHANGING = [
    "make that",
    "make it",
    "no make it",
    "no make that",
    "actually make that",
    "change it to",
    "actually",
    "no",
    "no wait",
    "i meant",
]


def order_network(phrases: Phrases) -> PhraseNetwork:
    """Orders from one menu: what can be said of a dish is said of that dish, and nothing else is a word."""
    network = PhraseNetwork()
    network.say(START, sentences.GREETINGS, "greeted", 0.15)
    network.skip(START, "greeted", 0.85)
    network.say("greeted", _FILLERS, "greeted", 0.03)
    network.say("greeted", sentences.OPENERS, "line", 0.72)
    network.say("greeted", ["add", "and", "just", *_CHANGING], "line", 0.06)
    network.skip("greeted", "line", 0.1)
    network.skip("greeted", "fragment", 0.07)
    network.say("line", _FILLERS, "line", 0.02)
    for quantity, share in _QUANTITIES.items():
        network.say("line", [quantity], "counted", share)
    network.say("line", _MANY, "counted", 0.05)
    network.skip("line", "counted", 0.13)
    network.say("counted", ["no", *_CORRECTING], "line", 0.005)
    for number, kind in enumerate(phrases.kinds):
        _dish(network, str(number), kind, len(kind.items) / len(phrases.items))
    _edits(network, phrases)
    network.say("done", _AND_SO_ON, "line", 0.12)
    network.say("done", _CORRECTING, "line", 0.01)
    network.skip("done", "line", 0.03)
    network.say("done", sentences.CLOSERS, END, 0.2)
    network.skip("done", END, 0.68)
    return network


def _dish(network: PhraseNetwork, number: str, kind: Kind, share: float) -> None:
    """From "counted" or "fragment" to "done": choices before the dish's name, the dish, choices after it."""
    before, extra, after = (f"{place} {number}" for place in ("before", "extra", "after"))
    network.skip("counted", before, share)
    network.skip("fragment", extra, share)
    for at, group in enumerate(kind.groups):
        for place, next_place, much, amounted in ((before, before, 0.35, 0.05), (extra, after, 1.0, 0.4)):
            part = much / len(kind.groups)
            if group.amounts:
                amount = f"amount {number} {at} {place}"
                network.say(place, group.amounts, amount, part * amounted)
                network.say(amount, group.values, next_place)
                part *= 1 - amounted
            network.say(place, group.values, next_place, part)
    network.say(before, kind.items, after, 0.62)
    network.say(before, [plural(name) for name in kind.items], after, 0.03)
    network.say(before, _CORRECTING, "line", 0.002)
    network.skip(after, "done", 0.5)
    if kind.groups:
        network.say(after, _BEFORE_EXTRA, extra, 0.4)
        network.say(after, ["no", "without", "with no", "hold the"], extra, 0.04)
        network.skip(after, extra, 0.06)


def _edits(network: PhraseNetwork, phrases: Phrases) -> None:
    """From "greeted": taking off a dish or a choice, and swapping a dish for another."""
    network.say("greeted", _TAKING_OFF, "off", 0.02)
    network.say("off", ["the", "one", "a"], "what", 0.7)
    network.skip("off", "what", 0.3)
    network.say("what", phrases.items, "done", 0.6)
    network.say("what", phrases.modifiers, "from", 0.4)
    network.say("from", ["on the", "from the", "off the", "on my"], "dish", 0.4)
    network.skip("from", "done", 0.6)
    network.say("dish", phrases.items, "done")
    network.say("greeted", _SWAPPING, "old", 0.02)
    network.say("old", ["the", "my"], "old dish", 0.9)
    network.skip("old", "old dish", 0.1)
    network.say("old dish", phrases.items, "new")
    network.say("new", ["for", "to", "with", "for a", "to a", "with a", "i'd like", "i want"], "line")


NAME_OPENERS = sentences.phrases("my name is, it's, under, for, the name is, this is, it's under")
_NUMBER_OPENERS = sentences.phrases(
    "my number is, my phone number is, it's, sure it's, you can reach me at, the number is, no it's"
)


def digits_network(whole: int = 10) -> PhraseNetwork:
    """A telephone number: mostly ``whole`` digits, one by one, doubled, in pairs or in hundreds; or a yes or no."""
    network = PhraseNetwork()
    network.say(START, _NUMBER_OPENERS, "0", 0.15)
    network.say(START, ["area code"], "0", 0.03)
    network.skip(START, "0", 0.77)
    network.say(START, _yes_and_no(), END, 0.05)
    digits = {0: ["zero", "oh"]} | {digit: [ONES[digit]] for digit in range(1, 10)}
    teens = ONES[10:20]
    tens = [f"{TENS[ten]}{f' {ONES[one]}' if one else ''}" for ten in range(2, 10) for one in range(10)]
    for at in range(whole):
        here = str(at)
        for said in digits.values():
            network.say(here, said, str(at + 1), 0.09)
        for times, word in ((2, "double"), (3, "triple")):
            if at + times <= whole:
                network.say(
                    here, [f"{word} {name}" for said in digits.values() for name in said], str(at + times), 0.02
                )
        if at + 2 <= whole:
            network.say(here, [*teens, *tens], str(at + 2), 0.03)
        if at + 3 <= whole:
            network.say(here, [f"{ONES[digit]} hundred" for digit in range(1, 10)], str(at + 3), 0.005)
        if at in (3, 6):
            network.say(here, ["and", "then"], here, 0.005)
        if at:
            network.skip(here, END, 0.02 if at == 7 else 0.002)
            network.say(here, _CORRECTING, str(max(0, at - 3)), 0.004)
    network.say(str(whole), _CORRECTING, str(whole - 4), 0.004)
    network.say(str(whole), ["thanks", "thank you", "please"], END, 0.02)
    network.skip(str(whole), END, 0.98)
    return network


def confirm_network(phrases: Phrases) -> PhraseNetwork:
    """Yes and no in all forms, or an order from the menu, if there is one, after all."""
    if not phrases.items:
        return PhraseNetwork().also(_yes_and_no(), 1.0)
    return order_network(phrases).also(_yes_and_no(), 9.0)


def names_network() -> PhraseNetwork:
    """First names, last names, and both, with or without what leads to them."""
    network = PhraseNetwork()
    network.say(START, NAME_OPENERS, "given", 0.35)
    network.skip(START, "given", 0.65)
    network.say("given", sentences.FIRST_NAMES, "named", 0.8)
    network.say("given", sentences.LAST_NAMES, END, 0.2)
    network.say("named", sentences.LAST_NAMES, END, 0.3)
    network.say("named", ["please"], END, 0.02)
    network.skip("named", END, 0.68)
    return network


def _yes_and_no() -> list[str]:
    rng = random.Random(0)
    return sorted({sentences.yes_or_no(rng) for _ in range(3000)})


def plural(name: str) -> str:
    """More than one of a dish: the plural of its last word, by the plain rules."""
    if name.endswith(("s", "x", "sh", "ch")):
        return f"{name}es"
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}s"
