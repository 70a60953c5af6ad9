"""Allergens: which ones words name, and which of them the dishes of an order contain according to the menu file."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from bot.core.turn import Turn
from bot.core.wording import listed
from nlu.menu import Menu
from nlu.order_lines import Line

# How guests call what the menu marks; the menu file's own words are looked for as well.
_WORDS = {
    "nut": "nuts", "peanut": "nuts", "almond": "nuts", "hazelnut": "nuts", "pistachio": "nuts", "dairy": "milk",
    "lactose": "milk", "cheese": "milk", "wheat": "gluten", "eggs": "egg", "shellfish": "mollusc", "squid": "mollusc",
    "sesame": "sesame", "soya": "soy",
}  # fmt: skip


def allergens_named(text: str, menu: Menu) -> list[str]:
    """The allergens of the menu file that the words name, by its own words or common ones."""
    own = {allergen for item in menu.items for allergen in item.allergens}
    own |= {a for group in menu.groups.values() for value in group.values for a in value.allergens}
    words = {allergen: allergen for allergen in own} | {w: a for w, a in _WORDS.items() if a in own}
    found = [allergen for word, allergen in words.items() if re.search(rf"(?<!\w){re.escape(word)}s?(?!\w)", text)]
    return sorted(set(found))


def warn(turn: Turn, lines: Sequence[Line], named: Collection[str]) -> None:
    """Say which of these lines contain one of the allergens; nothing when none does."""
    menu, held = turn.house.menu, []
    for line in lines:
        dish = menu.by_id[line.item]
        options = [menu.groups[o.group].by_id[o.value].allergens for o in line.options if o.amount != "none"]
        contains = {*dish.allergens, *(allergen for option in options for allergen in option)} & set(named)
        if contains:
            held.append(f"{dish.title} contains {listed(sorted(contains))}")
    if held:
        turn.plan.say("allergy_in_order", items="; ".join(dict.fromkeys(held)))
