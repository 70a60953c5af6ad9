"""Turns that ask for facts: the menu, a dish, hours, address, delivery, payment, waiting time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.core import describing
from bot.core.allergens import allergens_named
from bot.core.checkout import clock, earliest, status
from bot.core.facts import filled
from bot.core.pricing import money
from bot.core.reply import Button, Card
from bot.core.restaurant import Place
from bot.core.turn import Turn
from bot.core.wording import listed
from nlu.menu import Item, Menu
from nlu.moment_words import near_day
from nlu.words import FOODS

_PRICE = re.compile(r"\b(price|cost|how much|how (big|large|small)|sizes?)\b")
_HAVE = re.compile(
    r"\b(do you|have you|you guys|(do|does) (they|he|she|the kitchen)) (still |also |even |ever |happen to )*(have|got|sell|serve|offer|do|carry)\b|"
    r"\b(is|are) there\b|\bany\b|\bavailable\b|\bon the menu\b|\b(you('ve)? (still )?(have|got))\b|\bleft\b"
)
_CHOOSES = re.compile(r"\b(should (i|we)|would you|recommend|suggest|or)\b")
_MAX_CARDS = 8
_SURE_ANSWER = 0.5
ALLERGY = re.compile(r"\b(allerg\w*|intoleran\w*|coeliac\w*|celiac\w*|anaphyla\w*)\b")
_ASKS = re.compile(
    r"((and|so|oh|hi|hello|hey|ok|okay|also|please|sorry)[,.!]? )*"
    r"(what|which|who|whose|where|when|why|how|is|are|am|was|do|does|did|can|could|may|might|will|would|should|have|has|any)\b"
)
_ASKS_PRICE = re.compile(r"\bhow much (is|are|does|do|would|will)\b|\bwhat (does|do|would) .+ (cost|come to)\b")
_FREE_OF = re.compile(
    r"\bfree\b|-free\b|\b(without|no|not contain|don'?t (have|contain)|avoid|can('?t| not) (eat|have)|allerg\w*)\b"
)
_WHAT_TO_EAT = re.compile(r"\b(what|which|anything|something)\b.*\b(can|could|may|safe|suitable)\b")
_WHICH_OF = re.compile(r"\b(which|what)( ones?| kinds?)?( of)?( your| the| these| those)? \w+s (is|are|would be)\b")
_DIET_WORDS = {
    "veggie": "vegetarian", "meatless": "vegetarian", "plant based": "vegan", "glutenfree": "gluten free",
    "gluten-free": "gluten free", "hot": "spicy",
}  # fmt: skip


def menu(turn: Turn) -> None:
    """The kinds of dishes, one kind's dishes, or those with a diet mark."""
    shelf = turn.shelf()
    if any(shelf.why_not(dish.id) for dish in find_items(turn.lower, turn.house.menu)):
        item(turn)
        return
    on_sale = [item for item in shelf.available()]
    kind = _kind(turn.lower, turn.house.menu)
    diet = _diet(turn.lower, turn.house.menu)
    avoided = allergens_named(turn.lower, turn.house.menu) if _FREE_OF.search(turn.lower) else []
    if diet or avoided:
        of_kind = [item for item in on_sale if kind in (None, item.kind)]
        found = [item for item in of_kind if (diet in item.diet if diet else not set(avoided) & set(item.allergens))]
        if found and diet:
            turn.plan.say("menu_diet", diet=diet, items=listed([item.title for item in found]))
        elif found and 0 < len(of_kind) - len(found) < len(found):
            held = listed([item.title for item in of_kind if item not in found])
            what = plural(kind) if kind else "dishes"
            turn.plan.say("menu_only_contain", allergens=listed(avoided, "or"), items=held, what=what)
        elif found:
            turn.plan.say("menu_free_of", allergens=listed(avoided, "or"), items=listed([i.title for i in found]))
        else:
            where = f"among our {plural(kind)}" if kind else "on our menu"
            turn.plan.say("menu_none", where=where, diet=diet or f"free of {listed(avoided)}")
        if not diet and (values := _choices_with(found, avoided, turn.house.menu)):
            turn.plan.say("menu_choices_contain", allergens=listed(avoided, "or"), values=listed(values))
        if kind and diet and (choices := _choices_named(of_kind, diet, turn.house.menu)):
            turn.plan.say("menu_choice", choice=listed(choices, "or"))
        if avoided or diet == "gluten free":
            turn.plan.say("allergy_caution")
        _show_cards(turn, found)
        return
    kinds = list(dict.fromkeys(item.kind for item in on_sale))
    if kind is None and len(on_sale) > _MAX_CARDS:
        turn.plan.say("menu_kinds", kinds=listed([plural(kind) for kind in kinds]))
        turn.plan.buttons = [Button(plural(kind).capitalize(), f"Show me the {plural(kind)}") for kind in kinds]
        return
    found = [item for item in on_sale if kind in (None, item.kind)]
    turn.plan.say("menu_kind", kind=plural(kind or "menu").capitalize(), items=listed([i.title for i in found]))
    _show_cards(turn, found)


def item(turn: Turn) -> None:
    """Price, allergens, diet marks, contents or availability of the dishes named."""
    found = find_items(turn.lower, turn.house.menu)
    if _WHICH_OF.search(turn.lower) and _diet(turn.lower, turn.house.menu):
        menu(turn)
        return
    if not found and re.search(r"\b(it|that|this|them|one)\b", turn.lower):
        found = _spoken_of(turn)
    if not found:
        if _diet(turn.lower, turn.house.menu) or _kind(turn.lower, turn.house.menu):
            menu(turn)
        else:
            turn.plan.say("item_which")
            turn.plan.offer(["Show me the menu"])
        return
    for dish in found[:3]:
        _about(turn, dish)


def _spoken_of(turn: Turn) -> list[Item]:
    """The dish asked about just before, or else the newest of the order."""
    asked, menu = turn.conversation.asked, turn.house.menu
    if asked.get("item") in menu.by_id and turn.conversation.turns - asked["turn"] <= 2:
        return [menu.by_id[asked["item"]]]
    return [menu.by_id[turn.lines[-1].item]] if turn.lines else []


def hours(turn: Turn) -> None:
    for place in _places(turn):
        local = place.local(turn.now)
        day = _day_asked(turn.lower, local.date())
        if day is not None:
            label = "today" if day == local.date() else f"{day:%A}, {day:%b} {day.day}"
            turn.plan.say("hours_day", place=place.name, day=label, hours=place.hours_in_words(day))
            continue
        week = "; ".join(f"{days} {words}" for days, words in place.week_in_words())
        state = "open now" if place.open_at(turn.now) else "closed now"
        today = place.hours_in_words(local.date())
        turn.plan.say("hours", place=place.name, state=state, today=today, week=f"The week: {week}.")


def location(turn: Turn) -> None:
    for place in _places(turn):
        turn.plan.say("location", place=place.name, address=place.address, phone=place.phone)


def delivery(turn: Turn) -> None:
    currency = turn.house.menu.currency
    code = re.search(r"(?<!\d)\d{5}(?!\d)", turn.text)
    for place in _places(turn):
        if place.delivery and code:
            turn.plan.say(
                "delivers" if code[0] in place.delivery.zips else "delivers_not", place=place.name, zip=code[0]
            )
        if place.delivery is None:
            turn.plan.say("pickup_only", place=place.name)
            continue
        turn.plan.say(
            "delivery_facts",
            place=place.name,
            zips=listed(list(place.delivery.zips)),
            minimum=money(place.delivery.minimum_cents, currency),
            fee=money(place.delivery.fee_cents, currency),
        )


def payment(turn: Turn) -> None:
    turn.plan.say("payment")


def wait(turn: Turn) -> None:
    if turn.placed and turn.order is None:
        status(turn)
        return
    for place in _places(turn):
        if place.open_at(turn.now):
            turn.plan.say("wait", place=place.name, ready=clock(earliest(turn, place), turn))
        else:
            turn.plan.say("wait_closed", place=place.name, opens=clock(place.next_opening(turn.now), turn))


def faq(turn: Turn) -> None:
    """The owner's answer; a question without one is kept for the owner."""
    found = turn.house.answers.find(turn.text) if turn.house.answers else None
    if found is not None and found.entry is not None:
        turn.plan.say("answer", text=filled(found.entry.answer, turn, _places(turn)))
        if ALLERGY.search(turn.lower) or allergens_named(turn.lower, turn.house.menu):
            turn.plan.say("allergy_caution")
        return
    if find_items(turn.lower, turn.house.menu):
        item(turn)
        return
    turn.unanswered.append(turn.text)
    turn.plan.say("not_answered", phone=turn.any_place.phone)
    turn.plan.offer(["Talk to a person"])


def in_faq(turn: Turn) -> bool:
    """Whether words that Rasa made nothing of are a question that the FAQ surely answers."""
    if turn.house.answers is None or not asks(turn):
        return False
    found = turn.house.answers.find(turn.text)
    return found.entry is not None and found.confidence >= _SURE_ANSWER


def asks(turn: Turn) -> bool:
    """Whether the words are a question by their form."""
    return turn.text.rstrip().endswith("?") or (_ASKS.match(turn.lower) or _ASKS_PRICE.search(turn.lower)) is not None


def asks_for_dishes(turn: Turn) -> bool:
    """ "What can she eat?", "which of your desserts can I have?"."""
    return _WHAT_TO_EAT.search(turn.lower) is not None


def names_food(turn: Turn) -> bool:
    """Whether the words name a dish, a kind of dish or a diet mark of the menu."""
    return bool(find_items(turn.lower, turn.house.menu)) or names_kind(turn)


def names_kind(turn: Turn) -> bool:
    """Whether the words name a kind of dish ("desserts") or a diet mark ("vegan")."""
    menu = turn.house.menu
    return _kind(turn.lower, menu) is not None or _diet(turn.lower, menu) is not None


def find_items(text: str, menu: Menu) -> list[Item]:
    """The dishes that the words name, longest names first, each part of the text used once."""
    names = sorted(((name, item) for item in menu.items for name in item.names), key=lambda pair: -len(pair[0]))
    found = []
    for name, dish in names:
        pattern = rf"(?<!\w){re.escape(name)}(?:e?s)?(?!\w)"
        if match := re.search(pattern, text):
            found.append((match.start(), dish))
            text = text[: match.start()] + " " * len(match.group()) + text[match.end() :]
    return list(dict.fromkeys(dish for _, dish in sorted(found, key=lambda pair: pair[0])))


def _about(turn: Turn, dish: Item) -> None:
    menu, text = turn.house.menu, turn.lower
    why = turn.shelf().why_not(dish.id)
    price = money(dish.price_cents, menu.currency)
    more = _more(dish, menu)
    asked = allergens_named(_without(text, dish), menu)
    diet = _diet(text, menu)
    about_allergens = bool(re.search(r"allerg|contain|free of", text))
    if diet:
        marked = diet in dish.diet
        turn.plan.say("item_diet" if marked else "item_not_diet", item=dish.title, diet=diet)
        if diet == "gluten free" or about_allergens:
            turn.plan.say("allergy_caution")
    elif asked or about_allergens:
        say_allergens(turn, dish, asked)
        turn.plan.say("allergy_caution")
    elif re.search(
        r"\b(what'?s|what is|what are|what comes|ingredients?|made (of|with)|describe|tell me)\b", text
    ) and not _PRICE.search(text):
        turn.plan.say("described", sentence=describing.dish(turn, dish))
        if dish.allergens:
            turn.plan.say("item_allergens", item=dish.title, allergens=listed(list(dish.allergens)))
    elif why:
        pass
    elif _PRICE.search(text):
        turn.plan.say("item_price", item=dish.title, price=price, more=more)
    elif another := _another(text, dish):
        turn.plan.say("item_other", words=f"“{another}”", item=dish.title, price=price, more=more)
    elif _HAVE.search(text):
        turn.plan.say("item_available", item=dish.title, price=price, more=more)
    else:
        turn.plan.say("item_about", sentence=describing.dish(turn, dish), price=price, more=more)
        if _ASKS.match(text) and not _CHOOSES.search(text):  # something that no menu says
            turn.plan.say("item_not_known", phone=turn.any_place.phone)
            turn.unanswered.append(turn.text)
    if why:
        turn.plan.say("item_unavailable", item=dish.title, why=why)
    elif dish not in [turn.house.menu.by_id[line.item] for line in turn.lines]:
        _show_cards(turn, [dish])


def say_allergens(turn: Turn, dish: Item, asked: Sequence[str]) -> None:
    """What the menu says of these allergens in a dish and in what can be chosen for it; of all, where none is named."""
    for allergen in asked:
        kind = "item_contains" if allergen in dish.allergens else "item_contains_not"
        turn.plan.say(kind, item=dish.title, allergen=allergen)
    if not asked:
        kind = "item_allergens" if dish.allergens else "item_no_allergens"
        turn.plan.say(kind, item=dish.title, allergens=listed(list(dish.allergens)))
    elif values := _choices_with([dish], asked, turn.house.menu):
        turn.plan.say("menu_choices_contain", allergens=listed(asked, "or"), values=listed(values))


def _without(text: str, dish: Item) -> str:
    """The words without the dish's names."""
    return re.sub("|".join(map(re.escape, sorted(dish.names, key=len, reverse=True))), " ", text)


def _another(text: str, dish: Item) -> str | None:
    """The dish that was asked for when this one is only like it: the pumpkin risotto of a house with mushroom risotto."""
    for name in sorted(dish.names, key=len, reverse=True):
        if match := re.search(rf"(?<!\w)(\w+) {re.escape(name)}(?!\w)", text):
            own = {word for other in dish.names for word in other.split()}
            return match.group() if match[1] in FOODS - own else None
    return None


def _more(dish: Item, menu: Menu) -> str:
    """ " (small), medium $12.50, large $15.00" for a dish whose size must be chosen."""
    for group in menu.groups_of(dish.id):
        if group.select_one and group.least and any(value.price_cents for value in group.values):
            first, *others = group.values
            prices = [f"{v.title} {money(dish.price_cents + v.price_cents, menu.currency)}" for v in others]
            return f" ({first.title}), {', '.join(prices)}"
    return ""


def _show_cards(turn: Turn, items: list[Item]) -> None:
    turn.plan.cards = [
        Card(dish.title, dish.description, dish.price_cents, dish.diet, f"{dish.names[0]}, please")
        for dish in items[:_MAX_CARDS]
    ]


def _kind(text: str, menu: Menu) -> str | None:
    """The kind of dish that the words ask for."""
    for kind in menu.kinds:
        forms = {kind, plural(kind), kind.replace("_", " ")}
        if any(re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text) for form in forms):
            return kind
    synonyms = {
        "drink": "drinks?|beverages?|sodas?",
        "dessert": "desserts?|sweets?|sweet",
        "starter": "starters?|appeti[sz]ers?",
    }
    for kind, pattern in synonyms.items():
        if kind in menu.kinds and re.search(rf"\b({pattern})\b", text):
            return kind
    return None


def plural(kind: str) -> str:
    kind = kind.replace("_", " ")
    return kind if kind.endswith("s") or kind in ("pasta", "grill", "menu") else f"{kind}s"


def _diet(text: str, menu: Menu) -> str | None:
    marks = sorted({mark for item in menu.items for mark in item.diet}, key=len, reverse=True)
    words = {mark: mark for mark in marks} | {word: mark for word, mark in _DIET_WORDS.items() if mark in marks}
    return next((m for word, m in words.items() if re.search(rf"(?<!\w){re.escape(word)}s?(?!\w)", text)), None)


def _choices_with(dishes: Sequence[Item], allergens: Sequence[str], menu: Menu) -> list[str]:
    """The modifiers of these dishes that contain one of the allergens."""
    values = [value for dish in dishes for group in menu.groups_of(dish.id) for value in group.values]
    return list(dict.fromkeys(value.title for value in values if set(allergens) & set(value.allergens)))


def _choices_named(dishes: Sequence[Item], diet: str, menu: Menu) -> list[str]:
    """Modifiers that carry the diet's name ("gluten free base") and that these dishes take."""
    values = [value for dish in dishes for group in menu.groups_of(dish.id) for value in group.values]
    return list(dict.fromkeys(value.title for value in values if any(diet in name for name in value.names)))


def _places(turn: Turn) -> list[Place]:
    restaurant = turn.house.restaurant
    named = restaurant.place_named(turn.text)
    if named:
        return [named]
    if re.search(r"\bother (place|one|branch|location|restaurant|site)s?\b", turn.lower):
        last = turn.conversation.asked.get("place") or (turn.place.id if turn.place else None)
        others = [place for place in restaurant.places if place.id != last]
        if others and last is not None:
            return others
    return [turn.place] if turn.place else list(turn.house.restaurant.places)


def _day_asked(text: str, today: date) -> date | None:
    if re.search(r"\bchristmas eve\b", text):
        return date(today.year, 12, 24)
    if re.search(r"\bchristmas\b", text):
        return date(today.year, 12, 25)
    return near_day(text, today)


HANDLERS = {
    **describing.HANDLERS,
    "ask_menu": menu,
    "ask_item": item,
    "ask_hours": hours,
    "ask_location": location,
    "ask_delivery": delivery,
    "ask_payment": payment,
    "ask_faq": faq,
}
