"""Turns that describe: the place itself, a dish in sentences, today's specials, and an order said in one breath."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from bot.core.order import option_words
from nlu.facts import Facts
from nlu.menu import Item, Menu
from nlu.order_lines import Line
from nlu.templates import template

if TYPE_CHECKING:
    from bot.core.turn import Turn

_PLACE = re.compile(
    r"\b(tell me|know|hear|say|describe|learn)\b.*\b(about )?(your|this|the) (place|restaurant)\b|"
    r"\bdescribe (yourselves|your place)\b|\bwhat (kind|sort|type) of (a )?(place|restaurant)\b|"
    r"\bwhat('?s| is) (this|your) (place|restaurant)( like)?\b|\btell me about (you|yourselves)\b"
)
_SPECIAL = re.compile(
    r"\b(today'?s|tonight'?s|daily|any|your|the|a) specials?\b|\bspecials? (of the day|today|tonight)\b|"
    r"\bdish of the day\b|\bwhat('?s| is) special (today|tonight)\b"
)
# Descriptions with these words are phrases, not lists of ingredients.
_PHRASE = re.compile(
    r"\b(a|an|the|with|for|at|on|over|to|in|from|no|of your|cooked|made|filled|served)\b", re.IGNORECASE
)


class Describer(Protocol):
    """Whoever words facts (``nlu.responder.Responder``): all of them, and nothing else."""

    def words(self, facts: Facts, variant: int = 0) -> str: ...


class Templates:
    """Words facts by rules alone."""

    def words(self, facts: Facts, variant: int = 0) -> str:
        return template(facts)


def asked_for(turn: Turn) -> str | None:
    """``ask_about`` or ``ask_specials`` where the words plainly ask for it, unless they name a dish of the menu."""
    if _SPECIAL.search(turn.lower):
        named = any("special" in name and name in turn.lower for item in turn.house.menu.items for name in item.names)
        return None if named else "ask_specials"
    return "ask_about" if _PLACE.search(turn.lower) else None


def about(turn: Turn) -> None:
    """The place in a sentence or two, worded by Rasa's generator from the facts in the owner's file."""
    house = turn.house.restaurant
    place = house.place_named(turn.text) or turn.any_place
    name = house.name if len(house.places) == 1 else f"{house.name} {place.name}"
    if place.about:
        turn.plan.responses.append("utter_about")
        turn.plan.facts = {"name": name, **place.about}
    else:
        turn.plan.say("location", place=name, address=place.address, phone=place.phone)


def specials(turn: Turn) -> None:
    """The specials that the owner has approved for today."""
    place = turn.place
    texts = turn.live.specials_on(turn.any_place.local(turn.now).date(), place.id if place else None)
    for text in texts:
        turn.plan.say("described", sentence=text)
    if not texts:
        turn.plan.say("no_special")
        turn.plan.offer(["Show me the menu"])


def dish(turn: Turn, item: Item) -> str:
    """What the menu says of a dish, in a sentence."""
    return turn.house.describer.words(dish_facts(item), turn.conversation.turns)


def dish_facts(item: Item) -> dict[str, str]:
    facts = {"dish": item.title}
    if item.description:
        parts = item.description.split(",")
        listing = len(parts) > 2 and not _PHRASE.search(item.description)
        facts["ingredients" if listing else "description"] = item.description
    return facts


def order_in_words(turn: Turn, lines: list[Line], total: str) -> str:
    """The order in one sentence, for the ear."""
    facts = {"items": _items(lines, turn.house.menu), "total": total}
    return turn.house.describer.words(facts, turn.conversation.turns)


def _items(lines: list[Line], menu: Menu) -> str:
    said = []
    for line in lines:
        options = option_words(line, menu)
        said.append(
            f"{line.quantity} {menu.by_id[line.item].title}" + (f" with {', '.join(options)}" if options else "")
        )
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


HANDLERS = {"ask_about": about, "ask_specials": specials}
