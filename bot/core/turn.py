"""A turn in progress: what the guest said, the state of the conversation, and what the house and the database know."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Protocol
from uuid import uuid4

from bot.core.order import Order
from bot.core.reply import Plan
from bot.core.restaurant import Place, Restaurant
from bot.core.shelf import Shelf
from nlu.menu import Menu
from nlu.order_lines import Asked, Line, Reading


class Reader(Protocol):
    """Whoever reads order edits out of words (``nlu.parser.OrderParser``)."""

    def edits(self, text: str, order: list[Line], asked: Asked | None = None) -> Reading: ...


@dataclass(frozen=True)
class House:
    """What stays the same from turn to turn until the owner edits a file."""

    restaurant: Restaurant
    menu: Menu
    reader: Reader


class Live(Protocol):
    """What the database knows at this moment."""

    def sold_out(self, place_id: str | None) -> Collection[str]:
        """Ids sold out at the place; at every place when the place is not known yet."""

    def queued_items(self, place_id: str) -> int:
        """Pieces in orders that the kitchen has not finished."""

    def next_number(self) -> int:
        """A number that no order has."""


@dataclass(frozen=True)
class Said:
    """The guest's words with what Rasa made of them. ``confidence`` is 0..1."""

    text: str
    intent: str
    confidence: float = 1.0
    card_removed: bool = False


@dataclass(frozen=True)
class Alert:
    """Something the staff must see at once."""

    kind: str
    text: str


@dataclass
class Conversation:
    """The dialogue's state between turns. ``expecting`` names what was asked; ``pending`` holds its details as data."""

    id: str
    channel: str = "chat"
    place: str | None = None
    expecting: str | None = None
    pending: dict[str, Any] = field(default_factory=dict)
    checkout: bool = False
    misunderstood: int = 0
    handoff: str | None = None
    handoff_reason: str = ""
    turns: int = 0
    allergies: str = ""
    last_text: str = ""


@dataclass
class Turn:
    """A turn in progress. Handlers read it, change ``conversation``, ``order`` and ``placed``, and fill ``plan``."""

    house: House
    live: Live
    now: datetime
    said: Said
    conversation: Conversation
    order: Order | None = None
    placed: Order | None = None  # the newest order of this conversation that was placed
    plan: Plan = field(default_factory=Plan)
    alerts: list[Alert] = field(default_factory=list)
    settled: bool = False  # nothing further is to be asked in this turn

    @property
    def text(self) -> str:
        return self.said.text

    @cached_property
    def lower(self) -> str:
        return self.said.text.lower().replace("’", "'")

    @property
    def place(self) -> Place | None:
        return self.house.restaurant.place(self.conversation.place)

    @property
    def any_place(self) -> Place:
        """The conversation's place, or the first: for facts that need one."""
        return self.place or self.house.restaurant.places[0]

    @property
    def cart(self) -> Order:
        """The open order; a new one when there is none."""
        if self.order is None:
            self.order = Order(id=uuid4().hex, place=self.conversation.place, allergy_note=self.conversation.allergies)
        return self.order

    @property
    def lines(self) -> list[Line]:
        return self.order.wanted if self.order else []

    def shelf(self) -> Shelf:
        """What can be had when the food is wanted (now, when the time is not settled)."""
        moment = self.order.due if self.order and self.order.due and not self.order.asap else self.now
        place = self.place
        sold_out = self.live.sold_out(place.id if place else None)
        return Shelf(self.house.menu, self.house.restaurant.policies, sold_out, place, self.any_place.local(moment))

    @cached_property
    def reading(self) -> Reading:
        """The words read as edits of the order, in the light of a question about one of its lines."""
        asked = None
        if self.conversation.expecting == "option":
            asked = Asked(self.conversation.pending["line"], self.conversation.pending["group"])
        return self.house.reader.edits(self.text, self.lines, asked)

    def reread(self) -> Reading:
        """Read the words again: the order has changed since they were read."""
        self.__dict__.pop("reading", None)
        return self.reading

    def expect(self, what: str | None, **details: Any) -> None:
        self.conversation.expecting = what
        self.conversation.pending = details

    def update(self, **changes: Any) -> None:
        self.order = replace(self.cart, **changes)

    def says_yes(self) -> bool:
        return self.said.intent == "affirm" or _YES.match(self.lower) is not None

    def says_no(self) -> bool:
        return self.said.intent == "deny" or _NO.match(self.lower) is not None


_YES = re.compile(
    r"(uh |um |oh )?(yes|yep|yeah|yup|sure|ok(ay)?|correct|right|that'?s (right|correct)|please do|go ahead|do it|"
    r"perfect|sounds good|place it|confirm(ed)?)\b(?!.*\b(but|except|no)\b)"
)
_NO = re.compile(r"(uh |um |oh )?(no|nope|nah|not (quite|really|yet)|don'?t|wrong|incorrect|negative)\b")
