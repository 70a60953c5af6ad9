"""Sentences for any facts, by plain rules: what is said when no sentence of the model passes the check."""

from __future__ import annotations

from collections.abc import Callable

from nlu.facts import Facts, kind_of, list_of, listed

PLAIN_PRICES = {"cheap", "moderate", "high", "low"}
PLAIN_RATINGS = {"low", "average", "high"}


def template(facts: Facts) -> str:
    """One or more sentences with every one of ``facts`` and nothing else."""
    return _TEMPLATES[kind_of(facts)](facts)


def article(word: str) -> str:
    """ "a" or "an", by the first letter: names are short and the exceptions rare."""
    return "an" if word[:1].lower() in "aeiou" and not word.lower().startswith(("uni", "euro", "one ")) else "a"


def sentence_of(words: str) -> str:
    """With a capital at the start and a full stop at the end."""
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")


def food_words(food: str) -> str:
    """ "Italian food", "fast food", "pizza"."""
    if food.lower().endswith("food"):
        return food[:1].lower() + food[1:] if food.lower() == "fast food" else food
    return f"{food} food" if food[:1].isupper() or " " not in food else food


def inside(value: str) -> str:
    """A value as it stands inside a sentence: an owner's "Spicy salami" is not a name, "San Marzano tomato" is."""
    words = value.split()
    names = len(words) > 1 and words[1][:1].isupper() or words[0].isupper() and len(words[0]) > 1
    return value if names else value[:1].lower() + value[1:]


def _restaurant(facts: Facts) -> str:
    name = facts.get("name", "this place")
    kind = facts.get("eatType", "")
    food = facts.get("food", "")
    first = f"{name} is"
    if kind:
        adjective = "" if not food or food.lower().endswith("food") else f"{food} "
        first += f" {article(adjective or kind)} {adjective}{kind}"
        if food and not adjective:
            first += f" serving {food_words(food)}"
    elif food:
        first = f"{name} serves {food_words(food)}"
    price = facts.get("priceRange")
    priced = ""
    if price:
        priced = f"in the {price} price range" if price.lower() in PLAIN_PRICES else f"with a price range of {price}"
    where = []
    if area := facts.get("area"):
        where.append(f"in the {area}" if area.lower().endswith(("centre", "center")) else f"in the {area} area")
    if near := facts.get("near"):
        where.append(f"near {near}")
    sentences, words = [], [first]
    if kind or food:
        words += [priced, *where]
        sentences.append(" ".join(filter(None, words)))
    elif where:
        sentences.append(" ".join([f"{name} is located", *where]))
    if price and not (kind or food):
        sentences.append(f"{'It' if sentences else name} is {priced}" if price.lower() in PLAIN_PRICES
                         else f"{'It' if sentences else name} has a price range of {price}")  # fmt: skip
    it = "it" if sentences else name
    last = []
    if rating := facts.get("customer rating"):
        plain = rating.lower() in PLAIN_RATINGS
        rated = f"{article(rating)} {rating} customer rating" if plain else f"a customer rating of {rating}"
        last.append(f"has {rated}")
    if "familyFriendly" in facts:
        last.append("is family friendly" if facts["familyFriendly"] == "yes" else "is not family friendly")
    if last:
        sentences.append(f"{it} {' and '.join(last)}")
    return " ".join(map(sentence_of, sentences or [f"this is {name}"]))


def _dish(facts: Facts) -> str:
    return _plate(facts, "dish", "{}", "it")


def _special(facts: Facts) -> str:
    return _plate(facts, "special", "today's special is {}", "it")


def _plate(facts: Facts, head: str, opening: str, it: str) -> str:
    sentences = []
    first = opening.format(facts[head])
    if description := facts.get("description"):
        first += f": {inside(description)}"
    if "ingredients" in facts:
        contents = listed([inside(part) for part in list_of(facts["ingredients"])])
        if description:
            sentences += [first, f"{it} is made with {contents}"]
        elif head == "special":
            sentences.append(f"{first}, made with {contents}")
        else:
            sentences.append(f"{first} is made with {contents}")
    elif description or head == "special":
        sentences.append(first)
    is_ = []
    if diet := facts.get("diet"):
        is_.append(f"is {listed(list_of(diet))}")
    if price := facts.get("price"):
        is_.append(f"costs {price}")
    if is_:
        sentences.append(f"{it if sentences else facts[head]} {' and '.join(is_)}")
    return " ".join(map(sentence_of, sentences or [f"we have {first}"]))


def _summary(facts: Facts) -> str:
    first = f"you have {facts['items']}"
    if way := facts.get("way"):
        first += f", for {way}"
    if time := facts.get("time"):
        first += f" at {time}" if way else f", for {time}"
    sentences = [first]
    if total := facts.get("total"):
        sentences.append(f"that comes to {total}")
    return " ".join(map(sentence_of, sentences))


_TEMPLATES: dict[str, Callable[[Facts], str]] = {
    "restaurant": _restaurant,
    "dish": _dish,
    "special": _special,
    "summary": _summary,
}
