"""The menu, as the owner writes it in YAML: items, modifier groups, prices, and when each thing is sold.

Prices are integer cents. The loader refuses a menu that could not be sold from, naming the line and the cure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path

from nlu import located_yaml
from nlu.located_yaml import Node
from nlu.moment_words import WEEKDAYS

_PRICE = re.compile(r"\d{1,6}(\.\d{1,2})?")


@dataclass(frozen=True)
class Hours:
    """A span of the day on some weekdays, in minutes after midnight; ``end`` may pass 24:00 (late night)."""

    days: frozenset[int]
    start_min: int
    end_min: int

    def __contains__(self, moment: tuple[int, int]) -> bool:
        """Whether (weekday 0..6, minute of the day) falls inside."""
        day, minute = moment
        if day in self.days and self.start_min <= minute < self.end_min:
            return True
        return (day - 1) % 7 in self.days and minute + 1440 < self.end_min


@dataclass(frozen=True)
class Value:
    """One choice of a group. ``any_of``: said like this it is one of these ids; the dialogue asks which."""

    id: str
    names: tuple[str, ...]
    price_cents: int = 0
    any_of: tuple[str, ...] = ()
    allergens: tuple[str, ...] = ()
    item: str | None = None  # the menu item this choice stands for (in a combo): sold out together

    @property
    def title(self) -> str:
        return self.names[0]


@dataclass(frozen=True)
class Group:
    """A modifier group: how many of its values a line may or must carry, and in which amounts."""

    id: str
    values: tuple[Value, ...]
    select_one: bool
    amounts: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None
    title: str = ""
    default: str | None = None
    extra_factor: int = 1  # what "extra" multiplies the value's price by

    @cached_property
    def by_id(self) -> dict[str, Value]:
        return {value.id: value for value in self.values}


@dataclass(frozen=True)
class Item:
    id: str
    kind: str
    names: tuple[str, ...]
    price_cents: int
    groups: tuple[str, ...] = ()
    title: str = ""
    description: str = ""
    allergens: tuple[str, ...] = ()
    diet: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()
    sold_out: bool = False
    most: int | None = None  # cap on the quantity of one line
    upsell: str | None = None  # item to offer once when this one is ordered


@dataclass(frozen=True)
class Menu:
    name: str
    currency: str
    items: tuple[Item, ...]
    groups: dict[str, Group] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[str, Item]:
        return {item.id: item for item in self.items}

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds in the order in which the menu lists them."""
        return tuple(dict.fromkeys(item.kind for item in self.items))

    def groups_of(self, item_id: str) -> tuple[Group, ...]:
        return tuple(self.groups[group] for group in self.by_id[item_id].groups)


def load_menu(path: Path) -> Menu:
    """Read and check a menu file.

    Raises:
        FileError: with file, line and what to write instead.
    """
    root = located_yaml.read(path)
    top = root.fields("a menu", required={"name", "items"}, optional={"currency", "groups"})
    groups = {}
    if "groups" in top:
        for group_id, node in top["groups"].mapping("groups").items():
            groups[group_id] = _group(group_id, node)
    items = tuple(_item(node, groups) for node in top["items"].items("items"))
    if not items:
        raise top["items"].error("a menu needs at least one item")
    nodes = top["items"].items("items")
    seen: dict[str, int] = {}
    for item, node in zip(items, nodes, strict=True):
        if item.id in seen:
            raise node.error(f"the id {item.id!r} stands already in line {seen[item.id]}: give each item its own")
        seen[item.id] = node.line
    for item, node in zip(items, nodes, strict=True):
        if item.upsell is not None and item.upsell not in seen:
            raise node.mapping("item")["upsell"].error(f"there is no item {item.upsell!r} to offer: write an item's id")
    for group_id, group in groups.items():
        for value in group.values:
            if value.item is not None and value.item not in seen:
                line = top["groups"].mapping("groups")[group_id]
                raise line.error(f"value {value.id!r} stands for item {value.item!r}, which is not on the menu")
    currency = top["currency"].text("currency") if "currency" in top else "USD"
    return Menu(top["name"].text("name"), currency, items, groups)


def price_cents(node: Node, what: str = "price") -> int:
    """Cents from a decimal text such as ``5.50``."""
    text = node.text(what)
    if not _PRICE.fullmatch(text):
        raise node.error(f"{what} must look like 5.50, not {text!r}")
    try:
        return int(Decimal(text) * 100)
    except InvalidOperation:
        raise node.error(f"{what} must look like 5.50, not {text!r}") from None


def parse_hours(node: Node) -> tuple[Hours, ...]:
    """``{mon-fri: "11:00-14:30", sat: "10:00-01:00"}``; several spans of a day are separated by commas."""
    spans = []
    for days, when in node.mapping("hours").items():
        weekdays = _weekdays(days, when)
        if when.text("hours") == "closed":
            continue
        for span in when.text("hours").split(","):
            start, end = _span(span.strip(), when)
            spans.append(Hours(weekdays, start, end))
    return tuple(spans)


def _weekdays(text: str, node: Node) -> frozenset[int]:
    days: set[int] = set()
    for part in text.replace(" ", "").lower().split(","):
        if part in ("daily", "every"):
            days.update(range(7))
            continue
        first, _, last = part.partition("-")
        start, end = _weekday(first), _weekday(last or first)
        if start is None or end is None:
            raise node.error(f"{text!r} is not a day: write mon, tue-fri, sat,sun or daily")
        days.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(days)


def _weekday(text: str) -> int | None:
    """0 for "mon", "monday" and what lies between."""
    return next((n for n, day in enumerate(WEEKDAYS) if len(text) >= 3 and day.startswith(text)), None)


def _span(text: str, node: Node) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})", text)
    if not match:
        raise node.error(f"{text!r} is not a time span: write 11:00-22:00")
    h1, m1, h2, m2 = map(int, match.groups())
    if h1 > 23 or h2 > 24 or m1 > 59 or m2 > 59 or (h2 == 24 and m2):
        raise node.error(f"{text!r} is not a time span: hours go to 24, minutes to 59")
    start, end = h1 * 60 + m1, h2 * 60 + m2
    if start == end:
        raise node.error(f"{text!r} is empty: for the whole day write 00:00-24:00")
    return start, end if end > start else end + 1440


def _group(group_id: str, node: Node) -> Group:
    keys = node.fields(
        f"group {group_id!r}",
        required={"values"},
        optional={"select", "amounts", "min", "max", "title", "default", "extra_factor"},
    )
    select = keys["select"].text("select") if "select" in keys else "many"
    if select not in ("one", "many"):
        raise keys["select"].error(f"select must be one or many, not {select!r}")
    values = tuple(_value(entry) for entry in keys["values"].items("values"))
    if not values:
        raise keys["values"].error(f"group {group_id!r} needs at least one value")
    ids = [value.id for value in values]
    for value, entry in zip(values, keys["values"].items("values"), strict=True):
        if ids.count(value.id) > 1:
            raise entry.error(f"the value {value.id!r} stands twice in group {group_id!r}")
        for other in value.any_of:
            if other not in ids:
                raise entry.error(f"any_of names {other!r}, which is not a value of group {group_id!r}")
    least = keys["min"].integer("min") if "min" in keys else 0
    most = keys["max"].integer("max", least=1) if "max" in keys else (1 if select == "one" else None)
    if most is not None and least > most:
        raise keys["min"].error(f"min {least} is more than max {most}")
    default = keys["default"].text("default") if "default" in keys else None
    if default is not None and default not in ids:
        raise keys["default"].error(f"default {default!r} is not a value of group {group_id!r}")
    return Group(
        id=group_id,
        values=values,
        select_one=select == "one",
        amounts=keys["amounts"].texts("amounts") if "amounts" in keys else (),
        least=least,
        most=most,
        title=keys["title"].text("title") if "title" in keys else group_id.replace("_", " "),
        default=default,
        extra_factor=keys["extra_factor"].integer("extra_factor", least=1, most=9) if "extra_factor" in keys else 1,
    )


def _value(node: Node) -> Value:
    keys = node.fields("a value", required={"id"}, optional={"names", "price", "any_of", "allergens", "item"})
    value_id = keys["id"].text("id")
    names = keys["names"].texts("names") if "names" in keys else (value_id.replace("_", " "),)
    if not names:
        raise keys["names"].error(f"value {value_id!r} needs at least one name that guests say")
    return Value(
        id=value_id,
        names=tuple(name.lower() for name in names),
        price_cents=price_cents(keys["price"]) if "price" in keys else 0,
        any_of=keys["any_of"].texts("any_of") if "any_of" in keys else (),
        allergens=keys["allergens"].texts("allergens") if "allergens" in keys else (),
        item=keys["item"].text("item") if "item" in keys else None,
    )


def _item(node: Node, groups: dict[str, Group]) -> Item:
    keys = node.fields(
        "an item",
        required={"id", "price"},
        optional={
            "kind", "names", "groups", "title", "description", "allergens", "diet", "hours", "sold_out", "max",
            "upsell",
        },
    )  # fmt: skip
    item_id = keys["id"].text("id")
    names = keys["names"].texts("names") if "names" in keys else (item_id.replace("_", " "),)
    if not names:
        raise keys["names"].error(f"item {item_id!r} needs at least one name that guests say")
    group_ids = keys["groups"].texts("groups") if "groups" in keys else ()
    for entry in keys["groups"].items("groups") if "groups" in keys else []:
        if (group_id := entry.text("a group")) not in groups:
            raise entry.error(f"item {item_id!r} uses group {group_id!r}, which is not under groups")
    return Item(
        id=item_id,
        kind=keys["kind"].text("kind") if "kind" in keys else "main",
        names=tuple(name.lower() for name in names),
        price_cents=price_cents(keys["price"]),
        groups=group_ids,
        title=keys["title"].text("title") if "title" in keys else names[0].capitalize(),
        description=keys["description"].text("description") if "description" in keys else "",
        allergens=keys["allergens"].texts("allergens") if "allergens" in keys else (),
        diet=keys["diet"].texts("diet") if "diet" in keys else (),
        hours=parse_hours(keys["hours"]) if "hours" in keys else (),
        sold_out=keys["sold_out"].flag("sold_out") if "sold_out" in keys else False,
        most=keys["max"].integer("max", least=1) if "max" in keys else None,
        upsell=keys["upsell"].text("upsell") if "upsell" in keys else None,
    )
