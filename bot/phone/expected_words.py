"""What callers say to each of the bot's questions, as language for the recogniser.

The engine knows orders, digits and yes or no; a call also asks for a time, a day, how many people, a name, an address,
pickup or delivery, and at any time a caller may order, close the order, ask something or want a table. Each question
has a network of phrases, its answers likeliest, and a word model for what the network lacks.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.core.turn import House
from nlu.menu import Item
from speech import patterns, sentences
from speech.expected import (
    address_network,
    agreeing_network,
    booking_network,
    changes_network,
    confirm_network,
    dates_network,
    digits_network,
    names_network,
    party_network,
    plural,
    times_network,
)
from speech.grammar import END, START, PhraseNetwork
from speech.language import Context, Phrases, WordModel, spoken
from speech.sentences import ONES
from speech.wordings import wordings_network

# Of the words heard to a question, those that answer it; the engine knows what answers the others.
SHARE = {
    "order": 0.3, "start": 0.3, "dish": 0.7, "option": 0.5, "choice": 0.5, "upsell": 0.7, "time": 0.8, "type": 0.8, "date": 0.8, "people": 0.8, "place": 0.7,
    "name": 0.7, "address": 0.7, "mend": 0.3, "mend table": 0.5,
}  # fmt: skip
CHANGES_SHARE = {"order": 0.06, "confirm": 0.05, "mend": 0.4}  # of the words heard: changes of what is in the order
OPEN = ("name", "address")  # no list holds all the answers
_ANSWERS_SHARE, _ORDER_SHARE, _TALK_SHARE, _CLOSE_SHARE, _BOOKING_SHARE = 0.98, 0.008, 0.006, 0.005, 0.001
_ORDER_AGAIN_SHARE = 0.1
_LOCAL_SHARE = 0.6  # of the callers' numbers: with the area code of a place of ours
_CHANGES_LIKELIER, _OBJECTIONS_LIKELIER = 10.0, 6.0  # where what was ordered has been read back
_COUNT = 1500
# How somebody begins who has been misunderstood.
OBJECTIONS = sentences.phrases(
    "no, no wait, no sorry, no no, no i said, i said, no i meant, no i want, no i wanted, no it's"
)
CLOSE = sentences.phrases(
    "that's all, that's it, that's everything, that is all, that'll be all, nothing else, no thank you, no thanks, no, "
    "no that's all, no that's it, i'm done, we're done, that's all thank you, that's all thanks, that's all for now, "
    "that will be all, no nothing else, that's all please, i'm good, no i'm good, that's everything thank you"
)
_CHANGES = sentences.phrases(
    "cancel my order, cancel that, start over, undo that, take that off, make that two, make that three, make it two, "
    "make it three, make it a large, make it large, make it a small, make the first one large, make the second one large, "
    "make the second one small, remove that, never mind, forget it, forget that, cancel everything, cancel the order"
)
_TALK = sentences.phrases(
    "repeat that, what did you say, can you say that again, say that again, "
    "can i talk to a person please, can i talk to a person, can i speak to a person, a person please, "
    "i want to talk to a human, can i speak to somebody, let me speak to somebody, "
    "what time do you close, when do you close, what time do you open, when do you open, "
    "what time do you close today, what time do you open tomorrow, how long are you open today, how long are you open, "
    "when are you open, are you open, are you open tomorrow, where are you, what do you have, what's on the menu, "
    "how much is that, how long does it take, how long will it take, do you deliver, hello, hi, thank you goodbye, "
    "thanks bye, goodbye, wait, no wait, okay, actually, i have an allergy, how much is delivery, what's the delivery fee, "
    "do you deliver here, what's your address, what is your address, where are you located, where is that, do you take cards, "
    "can i pay by card, can i pay cash, is there parking, do you have parking, do you have vegan options, what sizes are there, "
    "do you have anything vegetarian, do you have anything vegan, do you have anything gluten free, one of those please, "
    "i'll have one of those, two of those please, what sizes do you have, what do you recommend, what are your specials, how late are you open"
)
_TABLES = sentences.phrases("a table, a table please, i want a table, book a table, to book a table")
_FAREWELLS = sentences.phrases("goodbye, bye, thanks bye, thank you goodbye")
_LEADS = ("actually", "okay", "oh", "sorry", "and", "well", "um", "wait", "please")
_GREETINGS = sentences.phrases("hi, hello, hey, hi there, good evening, good afternoon, good morning, yes hi, um, yeah")
_TO_ORDER = sentences.phrases(
    "i'd like to order, i would like to order, i want to order, can i order, could i order, i'd like to place an order, "
    "i would like to place an order, i want to place an order, can i place an order, i'd like to make an order, "
    "i'm calling to order, i'm calling to place an order"
)
_WHAT_TO_ORDER = sentences.phrases(
    "some food, food, something, something to eat, takeout, take away, for pickup, for delivery, for takeout, please"
)
# Questions about a dish: "how much is the lasagna", "is the lasagna spicy", "does the lasagna have nuts".
_ABOUT = ("how much is", "how much are", "what's in", "what is in", "what comes on", "tell me about", "do you have")
_LIKE = ("vegetarian", "vegan", "gluten free", "spicy", "big")
_PARTS = (
    "nuts", "gluten", "dairy", "milk", "lactose", "eggs", "egg", "fish", "soy", "sesame", "meat", "pork", "beef",
    "alcohol", "onions", "garlic", "cheese",
)  # fmt: skip
_BESIDE = ("nuts in it", "meat in it", "gluten in it", "dairy in it", "fries")
SOON = sentences.phrases(
    "as soon as possible, as soon as possible please, asap, right away, now, right now, as soon as you can, "
    "that's fine, that works, that's okay, okay, yes, yes please, yeah, sure, whenever it's ready, soon as possible, "
    "the soonest, now please"
)
WHOLE = {"soon as possible": "as soon as possible"}  # what callers swallow
_TYPES = sentences.phrases(
    "pickup, delivery, pick up, pickup please, delivery please, pick up please, i'll pick it up, i will pick it up, "
    "can you deliver it, for pickup, for delivery, deliver it please, i'd like it delivered, i'll come and get it, to go, "
    "take out, takeout, take away, picking up, i'll pick up, bring it please, i'll come by, a delivery, to pick up, "
    "pickup then, delivery then, then pickup, i'll pick it up then, pickup is fine, delivery is fine"
)


@dataclass(frozen=True)
class Known:
    """What the restaurant's files add: how its places, dishes, streets and zip codes are named."""

    places: tuple[str, ...] = ()
    dishes: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()  # sizes, toppings and the like
    zips: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()  # area codes of the places' own numbers

    @classmethod
    def of(cls, house: House) -> Known:
        places = house.restaurant.places
        where = [[spoken(part) for part in place.address.split(",")] for place in places]
        streets = {" ".join(parts[0].split()[:-1]) for parts in where if parts}
        bare = {" ".join(w for w in street.split() if w not in sentences.ONES + sentences.TENS) for street in streets}
        return cls(
            tuple(dict.fromkeys(spoken(name) for place in places for name in place.names)),
            tuple(dict.fromkeys(spoken(name) for item in house.menu.items for name in item.names)),
            tuple(dict.fromkeys(spoken(n) for g in house.menu.groups.values() for v in g.values for n in v.names)),
            tuple(dict.fromkeys(code for place in places if place.delivery for code in place.delivery.zips)),
            tuple(sorted(bare - {""})),
            tuple(dict.fromkeys(parts[1] for parts in where if len(parts) > 1)),
            tuple(sorted({area for place in places if (area := _area(place.phone))})),
        )


def _area(phone: str) -> str:
    """The area code of a number with one, or nothing."""
    digits = "".join(character for character in phone if character.isdecimal())
    return digits[-10:-7] if len(digits) >= 10 else ""


# Whose patterns of ``data/said.yml`` answer a question, and how often.
_SAID: dict[str, dict[str, float]] = {
    "start": {"start": 1, "table": 0.3, "questions": 0.3, "more": 0.1, "interrupted": 0.1},
    "order": {"more": 1, "questions": 0.3, "start": 0.1, "table": 0.03, "type": 0.1, "interrupted": 0.1},
    "type": {"type": 1, "time": 0.1, "questions": 0.1, "interrupted": 0.1, "more": 0.05},
    "time": {"time": 1, "type": 0.1, "questions": 0.1, "interrupted": 0.1, "more": 0.05},
    "upsell": {"upsell": 1, "more": 0.2, "type": 0.2, "questions": 0.1, "interrupted": 0.1},
    "option": {"option": 1, "more": 0.2, "questions": 0.1, "interrupted": 0.1},
    "choice": {"option": 1, "more": 0.2, "questions": 0.1, "interrupted": 0.1},
    "confirm": {"confirm": 1, "more": 0.2, "questions": 0.1, "interrupted": 0.1},
    "confirm table": {"confirm": 1, "people": 0.1, "date": 0.1, "time": 0.1, "table": 0.1, "interrupted": 0.1},
    "mend": {"more": 1, "confirm": 0.5, "interrupted": 0.1},
    "mend table": {"confirm": 0.5, "people": 0.5, "date": 0.5, "time": 0.5},
    "people": {"people": 1, "table": 0.3, "interrupted": 0.1},
    "date": {"date": 1, "table": 0.3, "time": 0.1, "interrupted": 0.1},
    "name": {"name": 1, "interrupted": 0.1},
    "place": {"interrupted": 1},
}
_SAID_SHARE = 0.2  # of the words heard: those that no other network holds


def _wordings(asked: str, known: Known) -> PhraseNetwork | None:
    """All that can be made of the patterns that answer a question; None where only a network of its own does."""
    weights = _SAID.get(asked)
    if not weights:
        return None
    said = patterns.load()
    hours = [
        "noon",
        *(f"{hour}{minute}" for hour in ONES[1:13] for minute in ("", " thirty", " fifteen", " forty five")),
    ]
    hours += [f"{half} {hour}" for half in ("half past", "quarter past", "quarter to") for hour in ONES[1:13]]
    days = ["today", "tonight", "tomorrow", "tomorrow night", "this evening"]
    days += [f"{lead}{day}" for lead in ("", "next ", "this ") for day in sentences.WEEKDAYS]
    names = {
        "dish": known.dishes,
        "dishes": [plural(dish) for dish in known.dishes],
        "choice": known.choices,
        "size": known.choices,
        "number": ["a couple of", "a couple", *ONES[1:13]],
        "ordinal": [sentences.ordinal(day) for day in range(1, 32)],
        "time": hours,
        "day": days,
        "weekday": sentences.WEEKDAYS,
        "name": sentences.FIRST_NAMES,
        "last": sentences.LAST_NAMES,
        "street": [f"{name} {kind}" for name in known.streets for kind in ("street", "avenue", "road", "lane")],
        "zip": [said for code in known.zips for said in _said_digits(code)],
        "town": known.towns,
        "place": known.places,
        "topic": _PARTS,
    }
    weighted = [(pattern, weight) for key, weight in weights.items() for pattern in said[key]]
    return wordings_network(weighted, names)


def with_answers(base: Context, asked: str, known: Known, order: PhraseNetwork | None) -> Context:
    """The engine's context mixed with what answers that question; ``order``: the network of orders, if there is one."""
    context = _with_answers(base, asked, known, order)
    wordings = _wordings(asked, known)
    if wordings is not None and context.network is not None:
        context.network = context.network.either(wordings, _SAID_SHARE)
    return context


def _with_answers(base: Context, asked: str, known: Known, order: PhraseNetwork | None) -> Context:
    share, order = SHARE.get(asked), order and _objecting(order)
    if order and asked in ("confirm", "mend"):
        order = order.likelier("greeted", ["off", "old"], _CHANGES_LIKELIER)
    if share is None:
        return Context(base.models, base.trust, base.closed, _beside(asked, base.network, known, order))
    rest = [(model, weight * (1 - share)) for model, weight in base.models]
    model = WordModel()
    for answer in _sampled(asked, known.places):
        model.add(answer)
    return Context([(model, share), *rest], base.trust, network=_network(asked, known, order))


def changes_of(dishes: Sequence[Item], known: Known) -> PhraseNetwork:
    """What may be done to these dishes, which are in the order."""
    names = [one for dish in dishes for name in dish.names for one in (spoken(name), plural(spoken(name)))]
    return changes_network(names, known.dishes, known.choices)


def _beside(
    asked: str, network: PhraseNetwork | None, known: Known, order: PhraseNetwork | None
) -> PhraseNetwork | None:
    """A number; or a yes, a no, or a no with what is right instead; or now and then something else."""
    if network is None:
        return None
    if asked == "phone":
        return _numbers(known).either(_talk(known.dishes), _TALK_SHARE)
    wider = confirm_network(Phrases())
    for answers in _corrections(known, "table" in asked):
        wider = wider.after(OBJECTIONS, answers, 0.01)
    if order and "table" not in asked:
        wider = wider.either(order.likelier("greeted", ["greeted"], _OBJECTIONS_LIKELIER), 0.06)
    return wider.either(_talk(known.dishes), _TALK_SHARE)


def _corrections(known: Known, table: bool) -> list[PhraseNetwork]:
    """What is right instead of what was read back of an order or of a table, but for the dishes."""
    own = [party_network(), dates_network()] if table else [PhraseNetwork().also(_TYPES, 1.0)]
    return [*own, times_network(), _numbers(known)]


def _numbers(known: Known) -> PhraseNetwork:
    """Telephone numbers, the likelier with an area code of the neighbourhood."""
    network = digits_network()
    for start in (START, "0"):
        network.say(start, [said for area in known.areas for said in _said_digits(area)], "3", _LOCAL_SHARE)
    return network


def _said_digits(digits: str) -> list[str]:
    return [" ".join(zero if digit == "0" else ONES[int(digit)] for digit in digits) for zero in ("oh", "zero")]


def _objecting(order: PhraseNetwork) -> PhraseNetwork:
    """Orders and changes of them that may begin with a no."""
    wider = order.also((), 1.0)
    wider.say("greeted", OBJECTIONS, "greeted", 0.05)
    return wider


def _network(asked: str, known: Known, order: PhraseNetwork | None) -> PhraseNetwork:
    if asked == "start" and order:  # nothing is there to be taken off or to be added to
        order = order.without("greeted", ["fragment", "off", "old"]).likelier("greeted", ["greeted"], 0.2)
    if asked in ("order", "start"):
        network = PhraseNetwork().either(order, 0.62) if order else PhraseNetwork()
        network = network.either(_talk(known.dishes, asked == "order"), 0.08).either(booking_network(), 0.03)
        network = network.either(_beginning(), 0.03 if asked == "start" else 0.002)
        network = network.either(_plain(known.dishes), 0.15) if known.dishes else network
        # An order that holds nothing yet is not closed, and not changed.
        return network.either(_closing(), 0.25 if asked == "order" else 0.0005)
    if asked == "dish":
        network = PhraseNetwork().either(_plain(known.dishes), 0.8) if known.dishes else PhraseNetwork()
        return network.also(_TABLES, 0.05).also(CLOSE, 0.14).also(_FAREWELLS, 0.01)
    if asked in ("mend", "mend table"):
        network = PhraseNetwork().either(order, 0.6) if order and asked == "mend" else PhraseNetwork()
        for answers in _corrections(known, asked == "mend table"):
            network = network.either(answers, 0.03).after(OBJECTIONS, answers, 0.02)
        return network.either(_talk(known.dishes), _TALK_SHARE).either(_closing(), 0.1)
    network = PhraseNetwork().either(_answers(asked, known), _ANSWERS_SHARE).either(_closing(), _CLOSE_SHARE)
    network = network.either(_talk(known.dishes), _TALK_SHARE).either(booking_network(), _BOOKING_SHARE)
    # A dish that was misunderstood is said again when its size is asked for.
    share = _ORDER_AGAIN_SHARE if asked in ("option", "choice") else _ORDER_SHARE
    return network.either(order, share) if order and asked not in OPEN else network


def _answers(asked: str, known: Known) -> PhraseNetwork:
    if asked == "time":
        return PhraseNetwork().also(SOON, 0.6).either(times_network(), 0.4)
    if asked == "date":
        return dates_network()
    if asked == "people":
        return party_network()
    if asked == "name":
        return names_network()
    if asked == "address":  # or who is too far away
        return address_network(known.zips, known.streets, known.towns).also(_TYPES, 0.05)
    if asked == "place":
        named = [f"{lead}{name}" for name in known.places for lead in ("", "the ", "at the ", "at ")]
        return PhraseNetwork().also([*named, *(f"{name} please" for name in known.places)], 1.0)
    if asked == "upsell":  # also by who goes on to what comes next
        return agreeing_network().also(_TYPES, 0.15)
    if asked == "option":
        return _chosen(known.choices)
    if asked == "choice":
        return _chosen(known.dishes)
    # Who is in a hurry says where it goes, or when it is wanted.
    to_door = address_network(known.zips, known.streets, known.towns)
    return PhraseNetwork().also(_TYPES, 0.95).either(to_door, 0.02).also(SOON[:4], 0.03)


def _chosen(names: Sequence[str]) -> PhraseNetwork:
    """One of several things to choose from, or two."""
    network = PhraseNetwork()
    network.say(
        START, ["the", "a", "with", "i'd like", "i'll take", "make it", "make it a", "i'd like the"], "which", 0.3
    )
    network.skip(START, "which", 0.68)
    network.say(START, ["the first one", "the second one", "the last one", "both", "none", "neither", "any"], END, 0.02)
    network.say("which", names, "chosen")
    network.say("chosen", ["one", "please", "thanks", "one please"], END, 0.25)
    network.say("chosen", ["and"], "which", 0.02)
    network.skip("chosen", END, 0.73)
    return network


@lru_cache(maxsize=4)
def _plain(dishes: tuple[str, ...]) -> PhraseNetwork:
    """One dish and no more, as most people say one: the network of orders has its mind on all that may be beside it."""
    network = PhraseNetwork()
    network.say(
        START, ["can i have", "can i get", "i'd like", "i'll have", "i'll take", "just", "and", "add"], "led", 0.4
    )
    network.skip(START, "led", 0.6)
    network.say("led", ["a", "an", "the", "one", "some"], "how many", 0.6)
    network.say("led", ["two", "three", "four"], "several", 0.1)
    network.skip("led", "how many", 0.3)
    network.say("how many", ["small", "medium", "large"], "which", 0.2)
    network.skip("how many", "which", 0.8)
    network.say("several", ["small", "medium", "large"], "which ones", 0.2)
    network.skip("several", "which ones", 0.8)
    network.say("which", dishes, "said")
    network.say("which ones", sorted({plural(dish) for dish in dishes}), "said")
    network.say("said", ["please", "thanks"], END, 0.35)
    network.skip("said", END, 0.65)
    return network


def _closing() -> PhraseNetwork:
    """The end of the order, with what will be asked next taken along by callers in a hurry."""
    network = PhraseNetwork()
    network.say(START, CLOSE, "closed")
    network.skip("closed", END, 0.9)
    network.say("closed", ["pickup", "for pickup", "delivery", "for delivery"], "how", 0.1)
    network.skip("how", END, 0.5)
    network.say("how", ["as soon as possible", "right away"], "when", 0.3)
    network.skip("how", "when", 0.2)
    network.skip("when", END, 0.5)
    network.say("when", ["my name is", "the name is", "for", "under"], "who", 0.5)
    network.say("who", sentences.FIRST_NAMES, END)
    return network


@lru_cache(maxsize=4)
def _talk(dishes: tuple[str, ...], changes: bool = True) -> PhraseNetwork:
    """Questions and wishes that come at any time, and what changes an order that holds something."""
    network = PhraseNetwork()
    network.say(START, _LEADS, "led", 0.1)
    network.skip(START, "led", 0.9)
    network.say("led", [*_TALK, *(_CHANGES if changes else ())], END, 0.8)
    if dishes:
        named = sorted({*dishes, *map(plural, dishes)})
        network.say("led", _ABOUT, "dish", 0.14)
        network.say("led", ["is", "are"], "the dish", 0.06)
        network.say("dish", ["the", "a"], "last", 0.7)
        network.skip("dish", "last", 0.3)
        network.say("last", named, END)
        network.say("the dish", ["the"], "named")
        network.say("named", named, "like")
        network.say("like", _LIKE, END)
        network.say("led", ["does", "do"], "whether", 0.05)
        network.say("whether", ["the", "your"], "holds")
        network.say("holds", named, "hold")
        network.say("hold", ["have", "contain", "come with"], "parts")
        network.say("parts", [*_PARTS, *_BESIDE], END)
        network.say("led", [f"{lead} {part}" for lead in ("are there", "is there") for part in _PARTS], "in", 0.02)
        network.say("in", ["in the", "on the", "in"], "last")
    return network


def _beginning() -> PhraseNetwork:
    """Who calls and wants to order, and does not say what yet."""
    network = PhraseNetwork()
    network.say(START, _GREETINGS, "greeted", 0.5)
    network.skip(START, "greeted", 0.5)
    network.skip("greeted", END, 0.1)
    network.say("greeted", _TO_ORDER, "to order", 0.9)
    network.say("to order", _WHAT_TO_ORDER, "asked", 0.6)
    network.skip("to order", "asked", 0.4)
    network.say("asked", ["please"], END, 0.2)
    network.skip("asked", END, 0.8)
    return network


@lru_cache(maxsize=32)
def _sampled(asked: str, places: tuple[str, ...]) -> tuple[str, ...]:
    rng = random.Random(0)
    draw = _DRAWN.get(asked)
    said = (
        rng.choice(places) if asked == "place" and places else draw(rng) if draw else rng.choice([*_TALK, *_CHANGES])
        for _ in range(_COUNT)
    )
    return tuple(" ".join(map(spoken, answer.split())) for answer in said)


def _one_of(*choices: Callable[[random.Random], str] | Sequence[str]) -> Callable[[random.Random], str]:
    def draw(rng: random.Random) -> str:
        choice = rng.choice(choices)
        return choice(rng) if callable(choice) else rng.choice(choice)

    return draw


def _time(rng: random.Random) -> str:
    lead = rng.choice(["", "at ", "for ", "around ", "about ", "by "])
    return f"{lead}{sentences.clock(rng)}{rng.choice(['', '', ' please', ' tonight', ' tomorrow'])}"


def _party(rng: random.Random) -> str:
    count = sentences.cardinal(rng.randint(1, 12))
    return rng.choice(
        [count, f"{count} people", f"for {count}", f"{count} of us", f"{count} please", f"we are {count}"]
    )


def _name(rng: random.Random) -> str:
    first, last = rng.choice(sentences.FIRST_NAMES), rng.choice(sentences.LAST_NAMES)
    name = rng.choice([first, first, last, f"{first} {last}"])
    return rng.choice(["", "", "", "my name is ", "it's ", "under ", "for ", "the name is ", "this is "]) + name


_DRAWN: dict[str, Callable[[random.Random], str]] = {
    "order": _one_of(CLOSE, CLOSE, _TALK, _CHANGES, sentences.question, sentences.booking, sentences.edit),
    "start": _one_of(_TALK, sentences.question, sentences.booking),
    "mend": _one_of(CLOSE, sentences.edit, sentences.edit, _time),
    "mend table": _one_of(sentences.date, _time, _party),
    "time": _one_of(SOON, SOON, _time, _time),
    "type": _one_of(_TYPES),
    "date": _one_of(sentences.date),
    "people": _one_of(_party),
    "upsell": _one_of(sentences.yes_or_no),
    "name": _one_of(_name, _name, _name, sentences.name_spelled),
    "address": _one_of(sentences.address),
}
