"""What can be sold at one place at one moment: the menu, less what is sold out or not served at this hour."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.core.restaurant import Place, Policies
from nlu.menu import Group, Hours, Item, Menu, Value


@dataclass(frozen=True)
class Shelf:
    """``moment`` is when the food is wanted, local to the place."""

    menu: Menu
    policies: Policies
    sold_out: Collection[str]
    place: Place | None
    moment: datetime

    def why_not(self, item_id: str) -> str:
        """Why the item cannot be had, as words that follow "is"; empty when it can."""
        item = self.menu.by_id.get(item_id)
        if item is None or (self.place and item_id in self.place.not_sold):
            return "not on our menu"
        if item.sold_out or item_id in self.sold_out:
            return "sold out today"
        if item.hours and (self.moment.weekday(), self.moment.hour * 60 + self.moment.minute) not in _Spans(item.hours):
            return f"only served {hours_in_words(item.hours)}"
        return ""

    def sells(self, value: Value) -> bool:
        """Whether a modifier can be had; in a combo its hours are the combo's."""
        return value.item is None or (value.item not in self.sold_out and not self.menu.by_id[value.item].sold_out)

    def choices(self, group: Group) -> list[Value]:
        """The values of a group that can be had, without the ambiguous ones."""
        return [value for value in group.values if not value.any_of and self.sells(value)]

    def available(self) -> list[Item]:
        return [item for item in self.menu.items if not self.why_not(item.id)]

    def cap(self, item_id: str) -> int:
        return self.menu.by_id[item_id].most or self.policies.max_quantity


class _Spans:
    def __init__(self, spans: tuple[Hours, ...]) -> None:
        self.spans = spans

    def __contains__(self, moment: tuple[int, int]) -> bool:
        return any(moment in span for span in self.spans)


def hours_in_words(spans: tuple[Hours, ...]) -> str:
    """ "Mon–Fri 11:00–15:00"."""
    titles = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    words = []
    for span in spans:
        days = sorted(span.days)
        if len(days) == 7:
            when = ""
        elif days == list(range(days[0], days[-1] + 1)) and len(days) > 1:
            when = f"{titles[days[0]]}–{titles[days[-1]]} "
        else:
            when = ", ".join(titles[day] for day in days) + " "
        end = span.end_min % 1440
        words.append(f"{when}{span.start_min // 60:02d}:{span.start_min % 60:02d}–{end // 60:02d}:{end % 60:02d}")
    return " and ".join(words)
