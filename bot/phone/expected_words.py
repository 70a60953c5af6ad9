"""What callers say to each of the bot's questions, as language for the recogniser.

The engine knows orders, digits and yes or no; a call also asks for a time, a day, how many people, a name, an address,
pickup or delivery, and at any time a caller may close the order, ask something or want a table.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import lru_cache

from speech import sentences
from speech.expected import names_network
from speech.language import Context, WordModel, spoken

SHARE = {"order": 0.3, "time": 0.8, "type": 0.8, "date": 0.8, "people": 0.8, "place": 0.7, "name": 0.7, "address": 0.7}
OPEN = ("name", "address")  # no list holds all the answers
_COUNT = 1500
_CLOSE = sentences.phrases(
    "that's all, that's it, that's everything, that is all, that'll be all, nothing else, no thank you, no thanks, no, "
    "no that's all, i'm done, we're done, that's all thank you, that's all for now, that will be all"
)
_TALK = sentences.phrases(
    "i would like to book a table, i'd like to book a table, can i book a table, book a table please, "
    "can i make a reservation, a table for two please, do you have a table tonight, cancel my order, cancel that, "
    "start over, undo that, take that off, make that two, make it three, make it a large, remove that, repeat that, "
    "what did you say, can you say that again, can i talk to a person please, a person please, i want to talk to a human, "
    "let me speak to somebody, what time do you close, what time do you close today, how long are you open today, "
    "when are you open, are you open, where are you, what do you have, what's on the menu, how much is that, "
    "how long does it take, hello, hi, thank you goodbye, goodbye, wait, no wait, okay, actually, just that, "
    "i have an allergy, pickup, delivery, as soon as possible"
)
_SOON = sentences.phrases(
    "as soon as possible, asap, right away, now, right now, as soon as you can, soon, the earliest, that's fine, "
    "that works, okay, yes, sure, whenever it's ready, in half an hour, in an hour, in twenty minutes, in two hours, "
    "tonight, at noon, tomorrow, tomorrow at noon, then is fine"
)
_TYPES = sentences.phrases(
    "pickup, delivery, pick up, pickup please, delivery please, i'll pick it up, i will pick it up, can you deliver it, "
    "for pickup, for delivery, deliver it please, i'd like it delivered, i'll come and get it, to go, take out, "
    "take away, picking up, i'll pick up, bring it please"
)
_DAYS = sentences.phrases(
    "today, tonight, tomorrow, tomorrow night, tomorrow evening, this evening, the day after tomorrow, next week"
)
_PEOPLE = sentences.phrases("two, three, four, just me, just two, two of us, there are four of us, a couple")


def with_answers(base: Context, kind: str, places: Sequence[str] = ()) -> Context:
    """The engine's context mixed with what answers that question; ``places`` are names of the restaurant's places."""
    share = SHARE.get(kind)
    if share is None:
        return base
    rest = [(model, weight * (1 - share)) for model, weight in base.models]
    answers = _answers(kind, tuple(places))
    model = WordModel()
    for answer in answers:
        model.add(answer)
    if kind == "name":
        network = names_network()
    elif kind == "address" or base.network is None:
        network = None
    else:
        network = base.network.also(_CLOSE, 0.5 if kind == "order" else 0.1).also(_TALK, 0.2)
        if kind != "order":
            network = network.also(answers, share / (1 - share))
    return Context([(model, share), *rest], base.trust, network=network)


@lru_cache(maxsize=32)
def _answers(kind: str, places: tuple[str, ...]) -> tuple[str, ...]:
    rng = random.Random(0)
    draw = _ANSWERS.get(kind)
    said = (
        rng.choice(places) if kind == "place" and places else draw(rng) if draw else rng.choice(_TALK)
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


_ANSWERS: dict[str, Callable[[random.Random], str]] = {
    "order": _one_of(_CLOSE, _CLOSE, _TALK, sentences.question, sentences.booking, sentences.edit),
    "time": _one_of(_SOON, _SOON, _time, _time),
    "type": _one_of(_TYPES),
    "date": _one_of(_DAYS, sentences.date),
    "people": _one_of(_party, _party, _PEOPLE),
    "name": _one_of(_name, _name, _name, sentences.name_spelled),
    "address": _one_of(sentences.address),
}
