"""The networks of what guests say where the answer is narrow: an order from this menu, a number, yes or no."""

from __future__ import annotations

import random

from speech import sentences
from speech.grammar import END, START, PhraseNetwork
from speech.language import Phrases
from speech.sentences import ONES, TENS

_QUANTITIES = {"a": 0.45, "an": 0.06, "one": 0.1, "two": 0.1, "three": 0.04, "the": 0.03, "another": 0.02}
_MANY = ["four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "a dozen"]
_FILLERS = ["um", "uh", "please"]
_BEFORE_EXTRA = ["with", "with a", "and", "and a", "made with", "in a", "on a", "on", "but with"]
_AND_SO_ON = ["and", "and also", "plus", "and then", "also"]
_TAKING_OFF = ["remove", "take off", "cancel", "hold", "no more", "without", "drop", "skip", "forget"]
_CHANGING = ["make that", "make it", "actually make that", "change it to", "actually", "no", "no wait", "i meant"]


def order_network(phrases: Phrases) -> PhraseNetwork:
    """Orders from one menu: what can be said of a dish is said of that dish, and nothing else is a word."""
    network = PhraseNetwork()
    network.say(START, sentences.GREETINGS, "greeted", 0.15)
    network.skip(START, "greeted", 0.85)
    network.say("greeted", _FILLERS[:2], "greeted", 0.03)
    network.say("greeted", sentences.OPENERS, "line", 0.72)
    network.say("greeted", ["add", "and", *_CHANGING], "line", 0.06)
    network.skip("greeted", "line", 0.1)
    network.skip("greeted", "fragment", 0.07)
    network.say("greeted", _TAKING_OFF, "off", 0.02)
    network.say("line", _FILLERS[:2], "line", 0.02)
    for quantity, share in _QUANTITIES.items():
        network.say("line", [quantity], "counted", share)
    network.say("line", _MANY, "counted", 0.05)
    network.skip("line", "counted", 0.13)
    total = sum(len(kind.items) for kind in phrases.kinds)
    everything = [value for kind in phrases.kinds for group in kind.groups for value in group.values]
    names = [name for kind in phrases.kinds for name in kind.items]
    for number, kind in enumerate(phrases.kinds):
        before, extra, after = (f"{place} {number}" for place in ("before", "extra", "after"))
        share = len(kind.items) / total
        network.skip("counted", before, share)
        network.skip("fragment", extra, share)
        for at, group in enumerate(kind.groups):
            part = 1 / len(kind.groups)
            amounts = f"amount {number} {at}"
            for place, next_place, much in ((before, before, 0.35), (extra, after, 1.0)):
                amounted = 0.4 if group.amounts and place == extra else 0.05 if group.amounts else 0.0
                network.say(place, group.values, next_place, much * part * (1 - amounted))
                if amounted:
                    network.say(place, group.amounts, f"{amounts} {place}", much * part * amounted)
                    network.say(f"{amounts} {place}", group.values, next_place)
        network.say(before, kind.items, after, 0.62)
        network.say(before, [plural(name) for name in kind.items], after, 0.03)
        network.skip(after, "done", 0.5)
        if kind.groups:
            network.say(after, _BEFORE_EXTRA, extra, 0.4)
            network.say(after, ["no", "without", "with no", "hold the"], extra, 0.04)
            network.skip(after, extra, 0.06)
    network.say("off", ["the", "one", "a"], "what", 0.7)
    network.skip("off", "what", 0.3)
    network.say("what", names, "done", 0.6)
    if everything:
        network.say("what", everything, "from", 0.4)
    network.say("from", ["on the", "from the", "off the", "on my"], "dish", 0.4)
    network.skip("from", "done", 0.6)
    network.say("dish", names, "done")
    network.say("done", _AND_SO_ON, "line", 0.12)
    network.say("done", sentences.CLOSERS, END, 0.2)
    network.skip("done", END, 0.68)
    return network


def digits_network(whole: int = 10) -> PhraseNetwork:
    """A telephone number: mostly ``whole`` digits, said one by one, doubled, in pairs or in hundreds."""
    network = PhraseNetwork()
    openers = [
        "my number is",
        "my phone number is",
        "it's",
        "sure it's",
        "you can reach me at",
        "the number is",
        "no it's",
    ]
    network.say(START, openers, "0", 0.15)
    network.say(START, ["area code"], "0", 0.03)
    network.skip(START, "0", 0.82)
    digits = {0: ["zero", "oh"]} | {digit: [ONES[digit]] for digit in range(1, 10)}
    teens = ONES[10:20]
    tens = [f"{TENS[ten]}{f' {ONES[one]}' if one else ''}" for ten in range(2, 10) for one in range(10)]
    for at in range(whole):
        here = str(at)
        for said in digits.values():
            network.say(here, said, str(at + 1), 0.09)
        if at + 2 <= whole:
            for said in digits.values():
                network.say(here, [f"double {word}" for word in said], str(at + 2), 0.002)
            network.say(here, [*teens, *tens], str(at + 2), 0.03)
        if at + 3 <= whole:
            network.say(here, [f"{ONES[digit]} hundred" for digit in range(1, 10)], str(at + 3), 0.005)
        if at in (3, 6):
            network.say(here, ["and", "then"], here, 0.005)
        if at:
            network.skip(here, END, 0.02 if at == 7 else 0.002)
    network.say(str(whole), ["thanks", "thank you", "please"], END, 0.02)
    network.skip(str(whole), END, 0.98)
    return network


def confirm_network() -> PhraseNetwork:
    """Yes and no in all forms."""
    rng = random.Random(0)
    network = PhraseNetwork()
    network.say(START, {sentences.yes_or_no(rng) for _ in range(3000)}, END)
    return network


def plural(name: str) -> str:
    """More than one of a dish: the plural of its last word, by the plain rules."""
    if name.endswith(("s", "x", "sh", "ch")):
        return f"{name}es"
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}s"
