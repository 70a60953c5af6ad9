"""Our own sentences for what the E2E set knows nothing of: dishes, the day's special and order summaries.

A small grammar per kind: clauses that each say one or two facts are joined in any order that reads well. Training
draws from it, and its words are the only ones that the checker lets stand beside the facts.
"""

from __future__ import annotations

import re
from functools import lru_cache
from random import Random

from nlu.facts import KINDS

# What opens a sentence about a dish; the facts it says are those in angle brackets.
_OPENINGS = {
    "dish": {
        (): ("our <dish>", "the <dish>", "<dish>"),
        ("ingredients",): (
            "<dish> is made with <ingredients>", "our <dish> comes with <ingredients>", "<dish> has <ingredients> in it",
            "for our <dish> we use <ingredients>", "in the <dish> you will find <ingredients>",
            "<dish> is a dish with <ingredients>", "the <dish> is prepared with <ingredients>",
            "we make our <dish> with <ingredients>", "<dish> brings together <ingredients>",
        ),
        ("description",): (
            "<dish>: <description>", "our <dish>: <description>", "what is in <dish>? <description>",
            "this is our <dish>: <description>",
        ),
        ("price",): ("<dish> is <price>", "our <dish> costs <price>", "you can have the <dish> for <price>"),
        ("diet",): ("<dish> is <diet>", "our <dish> is marked <diet> on the menu"),
        ("ingredients", "price"): (
            "for <price> you get our <dish>, made with <ingredients>", "<dish> with <ingredients> is <price>",
            "our <dish> with <ingredients> costs <price>", "at <price>, the <dish> comes with <ingredients>",
        ),
        ("diet", "ingredients"): (
            "<dish> is <diet> and made with <ingredients>", "<dish>, which is <diet>, comes with <ingredients>",
        ),
        ("diet", "price"): ("<dish> is <diet> and costs <price>", "for <price> you get our <dish>, which is <diet>"),
        ("description", "price"): ("<dish>, for <price>: <description>", "our <dish> is <price>: <description>"),
    },
    "special": {
        (): (
            "today's special is <special>", "our special today is <special>", "the special of the day is <special>",
            "today we have <special> as our special", "on today's board: <special>", "the kitchen's special today is <special>",
        ),
        ("ingredients",): (
            "today's special is <special>, made with <ingredients>", "our special today is <special> with <ingredients>",
            "the special of the day, <special>, comes with <ingredients>", "today the kitchen makes <special> with <ingredients>",
            "on today's board: <special> with <ingredients>", "special of the day: <special>, prepared with <ingredients>",
            "today we serve <special>, which brings together <ingredients>",
        ),
        ("description",): (
            "today's special is <special>: <description>", "on today's board we have <special>: <description>",
            "special of the day: <special>, <description>",
        ),
        ("price",): (
            "today's special is <special> for <price>", "for <price> today's special is <special>",
            "our special today, <special>, is <price>",
        ),
        ("ingredients", "price"): (
            "for <price> today's special is <special> with <ingredients>",
            "today's special, for <price>, is <special>, made with <ingredients>",
            "today you can have <special> with <ingredients> for <price>",
        ),
        ("diet",): ("today's special is <special>, and it is <diet>", "our special today is <special>, which is <diet>"),
    },
    "summary": {
        (): (
            "you have <items>", "your order is <items>", "that is <items>", "so far you have <items>",
            "so that makes <items>", "i have <items> for you", "in your order: <items>",
        ),
        ("total",): (
            "you have <items>, which comes to <total>", "that is <items> for <total>", "<items> comes to <total>",
            "your order is <items>, <total> in all",
        ),
        ("way",): (
            "you have <items>, for <way>", "that is <items> for <way>", "your order for <way> is <items>",
            "for <way> i have <items>",
        ),
        ("time", "way"): (
            "you have <items>, for <way> at <time>", "that is <items> for <way> at <time>",
            "your order for <way> at <time> is <items>", "for <way> at <time> i have <items>",
        ),
        ("total", "way"): ("you have <items> for <way>, which comes to <total>", "for <way> that is <items>, <total> in all"),
    },
}  # fmt: skip
# What may follow, one fact or two at a time.
_FOLLOWINGS = {
    "dish": {
        ("ingredients",): ("it is made with <ingredients>", "it comes with <ingredients>", "inside are <ingredients>"),
        ("diet",): ("it is <diet>", "it is marked <diet> on our menu", "this dish is <diet>"),
        ("price",): ("it costs <price>", "the price is <price>", "it is <price>", "you can have it for <price>"),
        ("diet", "price"): ("it is <diet> and costs <price>", "it is <diet>, and the price is <price>"),
    },
    "special": {
        ("ingredients",): (
            "it is made with <ingredients>",
            "it comes with <ingredients>",
            "we make it with <ingredients>",
        ),
        ("diet",): ("it is <diet>", "the dish is <diet>"),
        ("price",): ("it costs <price>", "the price is <price>", "it is <price> today", "you can have it for <price>"),
        ("diet", "price"): ("it is <diet> and costs <price>", "it is <diet>, and the price is <price>"),
    },
    "summary": {
        ("way",): ("it is for <way>", "that will be for <way>"),
        ("time",): ("it is for <time>", "that is for <time>", "the time is <time>"),
        ("time", "way"): ("it is for <way> at <time>", "that will be for <way> at <time>"),
        ("total",): ("that comes to <total>", "the total is <total>", "it comes to <total>", "that makes <total>"),
    },
}


def drawn(random: Random) -> tuple[list[str], str]:
    """(slots, sentence with ``<slot>`` for each value), of a kind, slots and wording drawn at random."""
    kind = random.choice(("dish", "dish", "special", "special", "summary"))
    head, *others = KINDS[kind]
    slots = [slot for slot in others if random.random() < 0.6]
    if "time" in slots and "way" not in slots and random.random() < 0.7:
        slots.append("way")
    if {"description", "ingredients"} <= set(slots) and random.random() < 0.6:
        slots.remove(random.choice(("description", "ingredients")))
    if not slots and kind == "dish":
        slots = [random.choice(others)]
    slots = [slot for slot in KINDS[kind] if slot in slots]
    return [head, *slots], wording(kind, slots, random)


def wording(kind: str, slots: list[str], random: Random) -> str:
    """A sentence of the grammar that says the head and exactly ``slots``."""
    openings = [said for said in _OPENINGS[kind] if set(said) <= set(slots) and (said or kind != "dish" or not slots)]
    largest = [said for said in openings if not any(set(said) < set(other) for other in openings)]
    said = random.choice(largest if random.random() < 0.6 else openings)
    clauses = [random.choice(_OPENINGS[kind][said])]
    rest = [slot for slot in slots if slot not in said]
    while rest:
        fitting = [each for each in _FOLLOWINGS[kind] if set(each) <= set(rest)]
        if not fitting:  # only an opening can say it
            return wording(kind, slots, random)
        said = random.choice(fitting)
        clauses.append(random.choice(_FOLLOWINGS[kind][said]))
        rest = [slot for slot in rest if slot not in said]
    return " ".join(f"{clause} ." for clause in clauses)


@lru_cache
def plain_words(kind: str) -> frozenset[str]:
    """Every word that the grammar says beside the facts."""
    clauses = [clause for part in (_OPENINGS, _FOLLOWINGS) for each in part[kind].values() for clause in each]
    return frozenset(re.findall(r"[a-z]+(?:'[a-z]+)?", re.sub("<[^>]*>", " ", " ".join(clauses))))
