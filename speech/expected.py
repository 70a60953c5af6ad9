"""The networks of what guests say where the answer is narrow: an order from this menu, a number, yes or no."""

from __future__ import annotations

import random
from collections.abc import Sequence

from speech import sentences
from speech.grammar import END, START, PhraseNetwork
from speech.language import Kind, Phrases
from speech.sentences import ONES, TENS

_QUANTITIES = {"a": 0.45, "an": 0.06, "one": 0.1, "two": 0.1, "three": 0.04, "the": 0.03, "another": 0.02}
_MANY = ["four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "a dozen"]
_FILLERS = ["um", "uh"]
_GOING_ON = ["okay", "okay then", "then", "alright", "so", "well", "actually", "sorry"]
_BEFORE_EXTRA = ["with", "with a", "and", "and a", "made with", "in a", "on a", "on", "but with"]
_AND_SO_ON = ["and", "and also", "plus", "and then", "also"]
_TAKING_OFF = ["remove", "take off", "cancel", "hold", "without", "drop", "skip", "forget"]
_SWAPPING = ["swap", "change", "replace", "switch", "instead of"]
_CORRECTING = ["sorry", "no wait", "wait no", "i mean", "actually", "or rather"]
_CONTAINERS = frozenset("rack cup bowl bottle can glass portion plate slice pot side basket bucket half".split())
_OF = 0.3  # of the cups and racks: "a cup of soup", "a full rack of ribs"
_CORRECTED = 0.001  # of the digits; more, and an unclear digit is taken for "sorry"
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
    network.say("greeted", _GOING_ON, "greeted", 0.03)
    network.say("greeted", sentences.OPENERS, "line", 0.72)
    network.say("greeted", ["add", "and", "just", *_CHANGING], "line", 0.06)
    network.skip("greeted", "line", 0.1)
    network.skip("greeted", "fragment", 0.02)
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
    network.say("done", ["on one of them", "on both", "on both of them", "for one of them"], "line over", 0.01)
    network.skip("line over", END)
    network.say("done", ["with"], "line", 0.02)  # "ribs with a coleslaw"
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
                said = ["no" if word == "none" else word for word in group.amounts]
                network.say(place, said, amount, part * amounted)
                network.say(amount, group.values, next_place)
                part *= 1 - amounted
            holding = [f"{value} of" for value in group.values if value.split()[-1] in _CONTAINERS]
            if place == before and holding:
                network.say(place, holding, next_place, part * _OF)
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
    network.say("greeted", ["no more"], "what", 0.001)
    network.say("off", ["the", "one", "a"], "what", 0.7)
    network.skip("off", "what", 0.3)
    network.say("what", phrases.items, "done", 0.6)
    network.say("what", phrases.modifiers, "from", 0.4)
    network.say("from", ["on the", "from the", "off the", "on my"], "dish", 0.4)
    network.skip("from", "done", 0.6)
    network.say("dish", phrases.items, "done")
    network.say("greeted", _SWAPPING, "old", 0.02)
    network.say("old", ["the", "my"], "old dish", 0.8)
    network.say("old", ["it", "that", "them", "those"], "new", 0.1)
    network.skip("old", "old dish", 0.1)
    network.say("old dish", phrases.items, "new")
    network.say("new", ["for", "to", "with", "for a", "to a", "with a", "i'd like", "i want"], "line")


def changes_network(ordered: Sequence[str], dishes: Sequence[str], choices: Sequence[str]) -> PhraseNetwork:
    """One of the ordered dishes is taken off, or swapped for any dish, or a dish is added; ``choices`` are sizes and the
    like."""
    network = PhraseNetwork()
    network.say(START, ["no", "no wait", "no sorry", "actually"], "begun", 0.3)
    network.skip(START, "begun", 0.7)
    network.say("begun", [f"{verb} {the}" for verb in _TAKING_OFF for the in ("the", "my")], "off", 0.55)
    network.say("off", ordered, "asked")
    network.say("begun", [f"{verb} {the}" for verb in _SWAPPING for the in ("the", "my")], "old", 0.3)
    network.say("begun", [f"{verb} {it}" for verb in _SWAPPING for it in ("it", "that", "them", "those")], "new", 0.05)
    network.say("begun", ["add"], "counted", 0.15)
    network.say("old", ordered, "new")
    network.say("new", ["for", "to", "with"], "counted")
    network.say("counted", ["a", "an", "one", "the"], "chosen", 0.7)
    network.say("counted", ["two", "three"], "chosen", 0.1)
    network.skip("counted", "chosen", 0.2)
    network.say("chosen", choices, "dish", 0.25) if choices else None
    network.skip("chosen", "dish", 0.75)
    network.say("dish", dishes, "asked")
    _please(network)
    return network


NAME_OPENERS = sentences.phrases("my name is, it's, under, for, the name is, this is, it's under")
_DAYS = ["today", "tonight", "tomorrow", "tomorrow night"]
_BOOKING = sentences.phrases(
    "i'd like, i would like, i want, i need, can i have, can i get, do you have, i'd like to book, i would like to book, "
    "i want to book, i need to book, can i book, could i book, we'd like to book, i'd like to make, i would like to make, "
    "i want to make, can i make, could i make, i'd like to reserve, i want to reserve, can i reserve, book, reserve"
)
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
        for times, word in ((2, "double"), (3, "triple"), (3, "treble")):
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
            network.skip(here, END, {3: 0.004, 6: 0.004, 7: 0.01}.get(at, 0.0005))
            network.say(here, _CORRECTING, str(max(0, at - 3)), _CORRECTED)
    network.say(str(whole), _CORRECTING, str(whole - 4), _CORRECTED)
    network.say(str(whole), ["thanks", "thank you", "please"], END, 0.02)
    network.skip(str(whole), END, 0.98)
    return network


def confirm_network(phrases: Phrases) -> PhraseNetwork:
    """Yes and no in all forms, or an order from the menu, if there is one, after all."""
    network = agreeing_network().also(_yes_and_no(), 0.1)
    return network.either(order_network(phrases), 0.1) if phrases.items else network


def agreeing_network() -> PhraseNetwork:
    """Yes or no, once or twice, with what is often added."""
    network = PhraseNetwork()
    network.say(START, ["yes"], "agreed", 0.4)
    network.say(START, ["yeah", "yep", "yup", "sure", "okay", "correct", "right", "perfect"], "agreed", 0.2)
    network.say(START, ["no"], "refused", 0.22)
    network.say(START, ["nope", "nah"], "refused", 0.03)
    network.say(START, ["that's right", "that's correct", "go ahead", "sounds good", "please do"], END, 0.05)
    network.skip("agreed", END, 0.6)
    network.say("agreed", ["yes", "yeah"], "agreed", 0.05)
    network.say("agreed", _AGREEING, END, 0.35)
    network.skip("refused", END, 0.6)
    network.say("refused", ["no"], "refused", 0.05)
    network.say("refused", _REFUSING, END, 0.35)
    return network


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


def _please(network: PhraseNetwork) -> None:
    """From "asked" to the end."""
    network.say("asked", ["please"], END, 0.1)
    network.skip("asked", END, 0.9)


def times_network() -> PhraseNetwork:
    """A time of day, a while from now, with or without the day."""
    network = PhraseNetwork()
    network.say(START, ["at", "for", "around", "about", "by", "make it", "how about"], "hour", 0.4)
    network.skip(START, "hour", 0.5)
    network.say(START, _DAYS, "later", 0.05)
    network.say("later", ["at", "around"], "hour", 0.6)
    network.skip("later", "hour", 0.4)
    network.say(START, ["in half an hour", "in an hour", "in an hour and a half", "in two hours"], END, 0.03)
    network.say(START, [f"in {sentences.cardinal(minutes)} minutes" for minutes in range(10, 60, 5)], END, 0.02)
    network.say("hour", ONES[1:13], "minute", 0.84)
    network.say("hour", ["half past", "quarter past", "quarter to"], "whole hour", 0.12)
    network.say("whole hour", ONES[1:13], "half of the day")
    network.say("hour", ["noon", "midnight"], "day", 0.04)
    network.say("minute", ["fifteen", "thirty", "forty five"], "half of the day", 0.3)
    network.say(
        "minute", ["oh five", "ten", "twenty", "twenty five", "thirty five", "forty", "fifty"], "half of the day", 0.1
    )
    network.say("minute", ["o'clock"], "half of the day", 0.1)
    network.skip("minute", "half of the day", 0.5)
    network.say("half of the day", ["p m", "in the evening"], "day", 0.3)
    network.say("half of the day", ["a m", "in the morning"], "day", 0.02)
    network.skip("half of the day", "day", 0.68)
    network.say("day", _DAYS, "asked", 0.1)
    network.skip("day", "asked", 0.9)
    _please(network)
    return network


def dates_network() -> PhraseNetwork:
    """A day: today, a weekday, a day of a month."""
    network = PhraseNetwork()
    network.say(START, ["on", "for", "for the", "on the", "this", "next", "for next", "for this"], "day", 0.3)
    network.skip(START, "day", 0.7)
    network.say("day", ["today", "tonight", "tomorrow", "tomorrow night", "tomorrow evening"], "asked", 0.43)
    network.say("day", ["this evening", "the day after tomorrow"], "asked", 0.05)
    network.say("day", sentences.WEEKDAYS, "weekday", 0.4)
    network.say("weekday", ["night", "evening"], "asked", 0.1)
    network.skip("weekday", "asked", 0.8)
    network.skip("weekday", "month", 0.1)
    network.skip("day", "month", 0.1)
    days = [sentences.ordinal(day) for day in range(1, 32)]
    network.say("day", [*days, *(f"the {day}" for day in days)], "asked", 0.02)
    network.say("month", sentences.MONTHS, "of the month")
    network.say("of the month", days, "asked", 0.6)
    network.say("of the month", [f"the {day}" for day in days], "asked", 0.1)
    network.say("of the month", [sentences.cardinal(day) for day in range(1, 32)], "asked", 0.3)
    _please(network)
    return network


def party_network() -> PhraseNetwork:
    """How many come."""
    network, counts = PhraseNetwork(), [sentences.cardinal(count) for count in range(1, 21)]
    network.say(
        START, ["for", "we are", "there are", "there will be", "a party of", "it's", "a table for"], "count", 0.3
    )
    network.skip(START, "count", 0.6)
    network.say(START, ["just me", "just the two of us", "a couple"], "asked", 0.1)
    network.say("count", counts[:8], "counted", 0.9)
    network.say("count", counts[8:], "counted", 0.1)
    network.say("counted", ["people", "of us", "persons", "guests", "adults"], "asked", 0.4)
    network.skip("counted", "asked", 0.6)
    _please(network)
    return network


def booking_network() -> PhraseNetwork:
    """The wish for a table, with as much about it as is said at once."""
    network = PhraseNetwork()
    network.say(START, _BOOKING, "what", 0.7)
    network.skip(START, "what", 0.3)
    network.say("what", ["a table", "table", "a reservation"], "table")
    network.say("table", [f"for {count}" for count in ONES[1:13]], "party", 0.4)
    network.skip("table", "when", 0.6)
    network.say("party", ["people", "persons"], "when", 0.25)
    network.skip("party", "when", 0.75)
    network.say("when", ["for", "on"], "day", 0.15)
    network.skip("when", "day", 0.3)
    network.skip("when", "hour", 0.1)
    network.skip("when", "asked", 0.45)
    network.say("day", ["today", "tonight", "tomorrow", "tomorrow night", *sentences.WEEKDAYS], "hour", 0.9)
    network.say("day", [f"next {day}" for day in sentences.WEEKDAYS], "hour", 0.1)
    network.skip("hour", "asked", 0.4)
    network.say("hour", [f"at {hour}" for hour in [*ONES[1:13], "noon"]], "minute", 0.6)
    network.say("minute", ["fifteen", "thirty", "forty five", "o'clock"], "half of the day", 0.4)
    network.skip("minute", "half of the day", 0.6)
    network.say("half of the day", ["p m"], "asked", 0.3)
    network.skip("half of the day", "asked", 0.7)
    network.say("asked", ["please"], END, 0.2)
    network.skip("asked", END, 0.8)
    return network


_ZIP_OPENERS = sentences.phrases(
    "zip code, the zip code is, zip, the zip is, and the zip is, zip code is, and the zip code is, the zip's, that's"
)
_ADDRESS_OPENERS = sentences.phrases(
    "it's, to, deliver it to, deliver to, send it to, bring it to, my address is, the address is, address is, i live at, at, "
    "i'm at, we're at, we are at, that's, that would be, that'll be, it's going to, sure it's, yes it's, yeah it's, okay it's, "
    "um, uh, number, yeah, sure, so it's, to my place at, we live at, you can bring it to, it goes to"
)


def address_network(zips: Sequence[str] = (), streets: Sequence[str] = (), towns: Sequence[str] = ()) -> PhraseNetwork:
    """A house number, a street and a zip code. ``zips``, ``streets`` and ``towns`` are known ones: likelier."""
    network = PhraseNetwork()
    network.say(START, _ADDRESS_OPENERS, "house", 0.25)
    network.skip(START, "house", 0.72)
    network.skip(START, "code", 0.03)
    counts = [sentences.cardinal(count) for count in range(1, 100)]
    units = [f"oh {digit}" for digit in ONES[1:10]]
    network.say("house", counts, "tens", 0.9)
    network.skip("house", "street", 0.1)
    network.skip("tens", "street", 0.6)
    network.say("tens", ["hundred", "hundred and"], "hundreds", 0.1)
    network.skip("hundreds", "street", 0.4)
    network.say("hundreds", counts, "street", 0.6)
    network.say("tens", [*counts, *units], "ones", 0.3)
    network.skip("ones", "street", 0.7)
    network.say("ones", ONES[:10], "last", 0.3)
    network.skip("last", "street", 0.6)
    network.say("last", ONES[:10], "street", 0.4)
    network.say("street", ["north", "south", "east", "west"], "named", 0.05)
    network.skip("street", "named", 0.95)
    network.say("named", sorted({*sentences.STREETS, *streets}), "kind", 0.75)
    network.say("named", [*sentences.LAST_NAMES, *sentences.FIRST_NAMES], "kind", 0.25)
    network.say("kind", sentences.STREET_KINDS, "flat", 0.95)
    network.skip("kind", "flat", 0.05)
    network.skip("flat", "town", 0.9)
    network.say("flat", ["apartment", "apartment number", "unit", "suite", "flat", "floor"], "door", 0.1)
    network.say("door", [*counts, *"abcdef"], "town")
    network.say("town", [*(towns or ("maine",))], "code", 0.1)
    network.say("town", _ZIP_OPENERS, "code", 0.1)
    network.skip("town", "code", 0.8)
    network.say("code", [said for code in zips for said in _zip_as_said(code)], "asked", 0.8) if zips else None
    network.skip("code", "digit 0", 0.1)
    network.skip("code", "asked", 0.1)
    for at in range(5):
        network.say(f"digit {at}", [*ONES[:10], "oh"], f"digit {at + 1}")
    network.skip("digit 5", "asked")
    network.say("asked", ["please", "thanks"], END, 0.05)
    network.skip("asked", END, 0.95)
    return network


def _zip_as_said(code: str) -> list[str]:
    return [" ".join(zero if digit == "0" else ONES[int(digit)] for digit in code) for zero in ("oh", "zero")]


_AGREEING = sentences.phrases(
    "please, thanks, thank you, that's right, that's correct, that is correct, that's fine, it is, go ahead, sounds good, "
    "please do, sure, perfect, place the order, place it, please place the order"
)
_REFUSING = sentences.phrases(
    "thanks, thank you, that's wrong, that's not right, that is wrong, not quite, it isn't, wait, not that, nothing, "
    "i want to change something, change it, change something, not today"
)


def _yes_and_no() -> list[str]:
    rng = random.Random(0)
    return sorted({sentences.yes_or_no(rng) for _ in range(3000)})


def plural(name: str) -> str:
    """More than one of a dish: the plural of its last word, by the plain rules."""
    if name.endswith(("ss", "x", "sh", "ch")):
        return f"{name}es"
    if name.endswith("s"):  # fries, ribs
        return name
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}s"
