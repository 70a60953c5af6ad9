"""The restaurant's facts as the owner writes them: places, hours, tax, delivery area, kitchen, tables.

Money is integer cents, tax is in basis points (800 is 8 %), times are local to the place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from zoneinfo import ZoneInfo

from nlu import located_yaml
from nlu.facts import FactsError, checked
from nlu.located_yaml import Node
from nlu.menu import Hours, parse_hours, price_cents

_ABOUT = {
    "type": "eatType", "food": "food", "prices": "priceRange", "area": "area", "family_friendly": "familyFriendly",
    "near": "near",
}  # fmt: skip
QUARTER_MIN = 15  # tables are held by quarters of an hour
_TITLES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Delivery:
    fee_cents: int
    minimum_cents: int
    minutes: int
    zips: tuple[str, ...]


@dataclass(frozen=True)
class Kitchen:
    """How fast it cooks: a start of ``base_min`` and then ``item_min`` an item, shared by ``cooks``."""

    base_min: int
    item_min: int
    cooks: int

    def minutes_for(self, items: int, queued: int) -> int:
        """Minutes until an order of ``items`` is ready when ``queued`` items are ahead of it."""
        return self.base_min + -(-(items + queued) * self.item_min // self.cooks)


@dataclass(frozen=True)
class Table:
    """``x`` and ``y`` are its middle on the floor plan, in steps of about a chair's width, from the top left corner."""

    id: str
    seats: int
    where: str = ""
    x: int = 0
    y: int = 0


@dataclass(frozen=True)
class BookingRules:
    """How a place takes bookings.

    ``stays`` says how long a party sits: (up to so many people, minutes) pairs, the last one for all larger parties.
    """

    stays: tuple[tuple[int, int], ...] = ((2, 90), (4, 105), (6, 120), (8, 150))
    slot_min: int = 15  # bookings start at multiples of this after the full hour
    notice_min: int = 30  # a table sooner than this is the waitlist's business
    last_seating_min: int = 60  # before closing
    largest_party: int = 10  # more people than this are a person's business
    days_ahead: int = 60
    no_show_min: int = 20  # how long a table is kept for a late party

    def stay_min(self, people: int) -> int:
        return next((minutes for most, minutes in self.stays if people <= most), self.stays[-1][1])


@dataclass(frozen=True)
class Place:
    id: str
    name: str
    names: tuple[str, ...]
    address: str
    phone: str
    zone: ZoneInfo
    tax_bp: int
    hours: tuple[Hours, ...]
    exceptions: dict[date, tuple[Hours, ...]]
    kitchen: Kitchen
    delivery: Delivery | None
    pickup: bool = True
    tables: tuple[Table, ...] = ()
    joins: tuple[tuple[str, ...], ...] = ()  # ids of tables that can be pushed together
    bookings: BookingRules = field(default_factory=BookingRules)
    not_sold: frozenset[str] = frozenset()
    about: dict[str, str] = field(default_factory=dict)  # what kind of place it is (nlu.facts, without the name)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def hours_on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """The opening spans that begin on this day, as local times."""
        spans = self.exceptions.get(day)
        if spans is None:
            spans = tuple(span for span in self.hours if day.weekday() in span.days)
        midnight = datetime.combine(day, time(0), self.zone)
        return tuple(
            sorted((_at(midnight, span.start_min), _at(midnight, span.end_min)) for span in spans),
        )

    def open_at(self, moment: datetime) -> bool:
        local = self.local(moment)
        days = (local.date() - timedelta(days=1), local.date())
        return any(start <= local < end for day in days for start, end in self.hours_on(day))

    def next_opening(self, moment: datetime) -> datetime | None:
        """The first opening after this moment, within the next two weeks."""
        local = self.local(moment)
        for ahead in range(15):
            for start, _ in self.hours_on(local.date() + timedelta(days=ahead)):
                if start > local:
                    return start
        return None

    def closing_after(self, moment: datetime) -> datetime | None:
        """When the span that is open at this moment ends."""
        local = self.local(moment)
        for day in (local.date() - timedelta(days=1), local.date()):
            for start, end in self.hours_on(day):
                if start <= local < end:
                    return end
        return None

    def hours_in_words(self, day: date) -> str:
        spans = self.hours_on(day)
        return ", ".join(f"{start:%H:%M}–{end:%H:%M}" for start, end in spans) or "closed"

    def week_in_words(self) -> list[tuple[str, str]]:
        """("Mon–Thu", "11:00–22:00") rows; days in a row with the same hours share one."""
        rows: list[tuple[int, int, str]] = []
        for day in range(7):
            spans = sorted((span.start_min, span.end_min) for span in self.hours if day in span.days)
            words = ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in spans) or "closed"
            if rows and rows[-1][2] == words:
                rows[-1] = (rows[-1][0], day, words)
            else:
                rows.append((day, day, words))
        return [(_TITLES[a] if a == b else f"{_TITLES[a]}–{_TITLES[b]}", words) for a, b, words in rows]


@dataclass(frozen=True)
class Policies:
    max_quantity: int = 20
    max_items: int = 60
    order_ahead_days: int = 7
    late_after_min: int = 8
    text_from_hour: int = 8  # texts that can wait are sent between these hours of the place's day
    text_until_hour: int = 21
    reminder_hours: int = 4  # before a booking
    hold_min: int = 10  # how long a table that is ready waits for its party
    feedback_after_min: int = 60  # after the visit the guest is asked how it was
    keep_days: int = 90  # how long names, phone numbers, addresses and guests' words are kept


@dataclass(frozen=True)
class Restaurant:
    name: str
    tagline: str
    places: tuple[Place, ...]
    policies: Policies = field(default_factory=Policies)

    def place(self, place_id: str | None) -> Place | None:
        """The place of this id; the only place when there is but one."""
        if place_id is None and len(self.places) == 1:
            return self.places[0]
        return next((place for place in self.places if place.id == place_id), None)

    def place_named(self, text: str) -> Place | None:
        """The one place that a guest's words name, or None."""
        words = f" {re.sub(r'[^a-z0-9 ]', '', text.lower())} "
        found = {
            place.id
            for place in self.places
            for name in (place.name.lower(), *place.names)
            if f" {name} " in words
        }  # fmt: skip
        return self.place(found.pop()) if len(found) == 1 else None


def load_restaurant(path: Path) -> Restaurant:
    """Read and check a restaurant file.

    Raises:
        FileError: with file, line and what to write instead.
    """
    top = located_yaml.read(path).fields(
        "a restaurant", required={"name", "places"}, optional={"tagline", "policies", "bookings"}
    )
    rules = _booking_rules(top["bookings"], BookingRules()) if "bookings" in top else BookingRules()
    places = tuple(_place(node, rules) for node in top["places"].items("places"))
    if not places:
        raise top["places"].error("a restaurant needs at least one place")
    ids = [place.id for place in places]
    for place, node in zip(places, top["places"].items("places"), strict=True):
        if ids.count(place.id) > 1:
            raise node.error(f"the place id {place.id!r} stands twice")
    policies = Policies()
    if "policies" in top:
        names = set(Policies.__dataclass_fields__)
        given = top["policies"].fields("policies", required=set(), optional=names)
        policies = Policies(**{key: node.integer(key, least=1) for key, node in given.items()})
        if not policies.text_from_hour < policies.text_until_hour <= 24:
            raise top["policies"].error("text_from_hour must be before text_until_hour, which is at most 24")
    tagline = top["tagline"].text("tagline") if "tagline" in top else ""
    return Restaurant(top["name"].text("name"), tagline, places, policies)


def _place(node: Node, rules: BookingRules) -> Place:
    keys = node.fields(
        "a place",
        required={"id", "name", "address", "phone", "time_zone", "hours"},
        optional={
            "names", "tax_percent", "exceptions", "kitchen", "delivery", "pickup", "tables", "joins", "bookings",
            "not_sold", "about",
        },
    )  # fmt: skip
    zone_name = keys["time_zone"].text("time_zone")
    try:
        zone = ZoneInfo(zone_name)
    except (ValueError, OSError, KeyError):
        raise keys["time_zone"].error(f"{zone_name!r} is not a time zone: write one like America/New_York") from None
    name = keys["name"].text("name")
    exceptions = {}
    for day, when in (keys["exceptions"].mapping("exceptions") if "exceptions" in keys else {}).items():
        try:
            exceptions[date.fromisoformat(day)] = parse_hours(Node(when.path, when.line, {"daily": when}))
        except ValueError as error:
            if isinstance(error, located_yaml.FileError):
                raise
            raise when.error(f"{day!r} is not a date: write one like 2026-12-25") from None
    tables = _tables(keys["tables"]) if "tables" in keys else ()
    return Place(
        id=keys["id"].text("id"),
        name=name,
        names=tuple(n.lower() for n in keys["names"].texts("names")) if "names" in keys else (),
        address=keys["address"].text("address"),
        phone=keys["phone"].text("phone"),
        zone=zone,
        tax_bp=_basis_points(keys["tax_percent"]) if "tax_percent" in keys else 0,
        hours=parse_hours(keys["hours"]),
        exceptions=exceptions,
        kitchen=_kitchen(keys["kitchen"]) if "kitchen" in keys else Kitchen(15, 3, 2),
        delivery=_delivery(keys["delivery"]) if "delivery" in keys else None,
        pickup=keys["pickup"].flag("pickup") if "pickup" in keys else True,
        tables=tables,
        joins=_joins(keys["joins"], {table.id for table in tables}) if "joins" in keys else (),
        bookings=_booking_rules(keys["bookings"], rules) if "bookings" in keys else rules,
        not_sold=frozenset(keys["not_sold"].texts("not_sold")) if "not_sold" in keys else frozenset(),
        about=_about(keys["about"]) if "about" in keys else {},
    )


def _about(node: Node) -> dict[str, str]:
    given = node.fields("about", required=set(), optional=set(_ABOUT))
    try:
        return checked((_ABOUT[key], value.text(key)) for key, value in given.items())
    except FactsError as error:
        raise node.error(str(error)) from None


def _basis_points(node: Node) -> int:
    try:
        points = Decimal(node.text("tax_percent")) * 100
    except InvalidOperation:
        raise node.error("tax_percent must be a number like 8.25") from None
    if not points.is_finite() or points != int(points) or not 0 <= points <= 5000:
        raise node.error("tax_percent must be between 0 and 50, with at most two decimals")
    return int(points)


def _kitchen(node: Node) -> Kitchen:
    keys = node.fields("kitchen", required={"base_min", "item_min", "cooks"}, optional=set())
    return Kitchen(
        keys["base_min"].integer("base_min", most=240),
        keys["item_min"].integer("item_min", most=120),
        keys["cooks"].integer("cooks", least=1, most=100),
    )


def _delivery(node: Node) -> Delivery:
    keys = node.fields("delivery", required={"zips"}, optional={"fee", "minimum", "minutes"})
    return Delivery(
        fee_cents=price_cents(keys["fee"], "fee") if "fee" in keys else 0,
        minimum_cents=price_cents(keys["minimum"], "minimum") if "minimum" in keys else 0,
        minutes=keys["minutes"].integer("minutes", most=240) if "minutes" in keys else 20,
        zips=keys["zips"].texts("zips"),
    )


def _tables(node: Node) -> tuple[Table, ...]:
    entries = node.items("tables")
    tables = tuple(_table(entry, number) for number, entry in enumerate(entries))
    ids = [table.id for table in tables]
    spots = [(table.x, table.y) for table in tables]
    for index, (table, entry) in enumerate(zip(tables, entries, strict=True)):
        if table.id in ids[:index]:
            raise entry.error(f"the table id {table.id!r} stands twice: give each table its own")
        if spots[index] in spots[:index]:
            raise entry.error(f"two tables stand at x {table.x}, y {table.y}: give one of them another spot")
    return tables


def _table(node: Node, number: int) -> Table:
    """The table; without a spot of its own it stands in a row of eight."""
    keys = node.fields("a table", required={"id", "seats"}, optional={"where", "x", "y"})
    if ("x" in keys) != ("y" in keys):
        raise node.error("a table needs both x and y, or neither")
    return Table(
        keys["id"].text("id"),
        keys["seats"].integer("seats", least=1, most=200),
        keys["where"].text("where") if "where" in keys else "",
        keys["x"].integer("x", most=100) if "x" in keys else 2 + number % 8 * 4,
        keys["y"].integer("y", most=100) if "y" in keys else 2 + number // 8 * 4,
    )


def _joins(node: Node, ids: set[str]) -> tuple[tuple[str, ...], ...]:
    joins = []
    for entry in node.items("joins"):
        names = entry.texts("a join")
        for name in names:
            if name not in ids:
                raise entry.error(f"there is no table {name!r} to join: write ids that stand under tables")
        if len(names) < 2 or len(set(names)) < len(names):
            raise entry.error("a join needs at least two different tables: write [M1, M2]")
        joins.append(names)
    return tuple(joins)


def _booking_rules(node: Node, base: BookingRules) -> BookingRules:
    names = set(BookingRules.__dataclass_fields__)
    given = node.fields("bookings", required=set(), optional=names)
    least = {"slot_min": 15, "notice_min": 0, "last_seating_min": 0, "no_show_min": 5}
    most = {"slot_min": 120, "notice_min": 1440, "last_seating_min": 600, "largest_party": 200, "days_ahead": 730,
            "no_show_min": 240}  # fmt: skip
    numbers = {
        key: value.integer(key, least=least.get(key, 1), most=most[key])
        for key, value in given.items()
        if key != "stays"
    }
    if numbers.get("slot_min", 15) % QUARTER_MIN:
        raise given["slot_min"].error("slot_min must be a multiple of 15 minutes")
    stays = _stays(given["stays"]) if "stays" in given else base.stays
    return replace(base, stays=stays, **numbers)


def _stays(node: Node) -> tuple[tuple[int, int], ...]:
    stays = []
    for people, value in node.mapping("stays").items():
        if not people.isdecimal() or not 1 <= int(people[:9]) <= 200:
            raise value.error(f"{people!r} is not a number of people: write {{2: 90, 4: 105}}, people and minutes")
        minutes = value.integer("the minutes of a stay", least=QUARTER_MIN, most=720)
        if minutes % QUARTER_MIN:
            raise value.error(f"a stay of {minutes} minutes: write a multiple of 15")
        stays.append((int(people), minutes))
    if not stays:
        raise node.error("stays needs at least one entry: write {2: 90, 4: 105}, people and minutes")
    return tuple(sorted(stays))


def _at(midnight: datetime, minute: int) -> datetime:
    day, rest = divmod(minute, 1440)
    return (midnight + timedelta(days=day)).replace(hour=rest // 60, minute=rest % 60)


def _clock(minute: int) -> str:
    return f"{minute % 1440 // 60:02d}:{minute % 60:02d}"
