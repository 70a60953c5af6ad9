"""The facts that an answer of the FAQ may name in braces, as they are at this moment."""

from __future__ import annotations

from collections.abc import Callable

from bot.core.checkout import earliest
from bot.core.pricing import money
from bot.core.restaurant import Place
from bot.core.turn import Turn
from bot.core.wording import listed


def filled(answer: str, turn: Turn, places: list[Place]) -> str:
    """The answer with its facts; where several places are meant and differ, each with its name.

    Raises:
        KeyError: a fact that is not one of ``FACTS``; ``nlu.faq.load_faq`` refuses such a file.
    """
    return answer.format_map(_Facts(turn, places))


class _Facts(dict[str, str]):
    def __init__(self, turn: Turn, places: list[Place]) -> None:
        super().__init__()
        self.turn, self.places = turn, places

    def __missing__(self, name: str) -> str:
        said = [(place, FACTS[name](self.turn, place)) for place in self.places]
        if len({words for _, words in said}) == 1:
            return said[0][1]
        return "; ".join(f"{place.name}: {words}" for place, words in said)


def _marked(diet: str) -> Callable[[Turn, Place], str]:
    def dishes(turn: Turn, place: Place) -> str:
        out = turn.live.sold_out(place.id)
        titles = [i.title for i in turn.house.menu.items if diet in i.diet and i.id not in out and i.kind != "drink"]
        return listed(titles) or "nothing"

    return dishes


def _sold_out(turn: Turn, place: Place) -> str:
    out = turn.live.sold_out(place.id)
    return listed([item.title for item in turn.house.menu.items if item.id in out]) or "nothing"


def _delivery(turn: Turn, place: Place) -> str:
    if place.delivery is None:
        return "pickup only"
    currency = turn.house.menu.currency
    return (
        f"to {listed(list(place.delivery.zips))} from {money(place.delivery.minimum_cents, currency)}, "
        f"for {money(place.delivery.fee_cents, currency)}"
    )


def _pickup_minutes(turn: Turn, place: Place) -> str:
    ready = earliest(turn, place)
    if ready is None or not place.open_at(turn.now):
        queued = turn.live.queued_items(place.id)
        return str(place.kitchen.minutes_for(1, queued))
    return str(max(1, round((ready - turn.now).total_seconds() / 60)))


FACTS: dict[str, Callable[[Turn, Place], str]] = {
    "name": lambda turn, place: turn.house.restaurant.name,
    "place": lambda turn, place: place.name,
    "places": lambda turn, place: listed([f"{p.name} ({p.address})" for p in turn.house.restaurant.places]),
    "phone": lambda turn, place: place.phone,
    "address": lambda turn, place: place.address,
    "hours_today": lambda turn, place: place.hours_in_words(place.local(turn.now).date()),
    "hours_week": lambda turn, place: "; ".join(f"{days} {words}" for days, words in place.week_in_words()),
    "delivery": _delivery,
    "pickup_minutes": _pickup_minutes,
    "order_ahead_days": lambda turn, place: str(turn.house.restaurant.policies.order_ahead_days),
    "vegan_dishes": _marked("vegan"),
    "vegetarian_dishes": _marked("vegetarian"),
    "gluten_free_dishes": _marked("gluten free"),
    "spicy_dishes": _marked("spicy"),
    "kinds": lambda turn, place: listed(list(turn.house.menu.kinds)),
    "sold_out": _sold_out,
    "table_kept_minutes": lambda turn, place: str(place.bookings.no_show_min),
    "largest_table": lambda turn, place: str(max((table.seats for table in place.tables), default=0)),
}
