"""A turn in progress: what the guest said, the state of the conversation, and what the house and the database know."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Protocol
from uuid import uuid4

from bot.core.describing import Describer, Templates
from bot.core.floor import Booking, Quote
from bot.core.guest_details import without_details
from bot.core.order import Order
from bot.core.phone_number import ConfirmedNumber
from bot.core.reply import Plan
from bot.core.restaurant import Place, Restaurant
from bot.core.shelf import Shelf
from nlu.menu import Menu
from nlu.order_lines import Asked, Line, Reading


class Reader(Protocol):
    """Whoever reads order edits out of words (``nlu.parser.OrderParser``)."""

    def edits(self, text: str, order: list[Line], asked: Asked | None = None) -> Reading: ...


class Slots(Protocol):
    """What words say about a booking: ``words`` as said, values where they can be resolved."""

    @property
    def words(self) -> dict[str, str]: ...

    @property
    def people(self) -> int | None: ...

    @property
    def date(self) -> date | None: ...

    @property
    def time(self) -> time | None: ...

    @property
    def first_name(self) -> str | None: ...

    @property
    def last_name(self) -> str | None: ...


class SlotReader(Protocol):
    """Whoever reads people, dates, times and names out of words (``nlu.slots.SlotReader``)."""

    def read(
        self,
        text: str,
        requested: Sequence[str],
        now: datetime,
        open_at: Callable[[datetime], bool] | None = None,
    ) -> Slots: ...


class Entry(Protocol):
    """An answer of the owner's FAQ; facts stand in braces in it (``bot.core.facts``)."""

    @property
    def id(self) -> str: ...

    @property
    def answer(self) -> str: ...


class Found(Protocol):
    """What a question finds; ``entry`` is None when the FAQ does not answer it. ``confidence`` is 0..1."""

    @property
    def entry(self) -> Entry | None: ...

    @property
    def confidence(self) -> float: ...


class Answers(Protocol):
    """Whoever finds the answers of the owner's FAQ (``nlu.answers.AnswerFinder``)."""

    def find(self, question: str) -> Found: ...


@dataclass(frozen=True)
class House:
    """What stays the same from turn to turn until the owner edits a file."""

    restaurant: Restaurant
    menu: Menu
    reader: Reader
    slots: SlotReader
    describer: Describer = field(default_factory=Templates)
    answers: Answers | None = None  # None: no FAQ


class Desk(Protocol):
    """The host's book: bookings and who has which table when (``bot.database.bookings.Desk``).

    ``book`` and ``move`` raise ``TableTaken`` when somebody else got a table first; nothing is changed then.
    """

    def get(self, booking_id: str) -> Booking | None: ...

    def numbered(self, number: int) -> Booking | None: ...

    def of_conversation(self, conversation_id: str, now: datetime) -> list[Booking]: ...

    def of_phone(self, phone: str, now: datetime) -> list[Booking]: ...

    def busy(self, place_id: str, since: datetime, until: datetime, without: str | None = None) -> dict[str, set[int]]:
        """Held quarters by table, without those of one booking."""

    def quote(self, place: Place, people: int, now: datetime) -> Quote: ...

    def book(self, booking: Booking, now: datetime) -> Booking: ...

    def move(self, booking: Booking, now: datetime) -> Booking: ...

    def cancel(self, booking_id: str, now: datetime) -> Booking: ...

    def set_note(self, booking_id: str, note: str, now: datetime) -> None: ...


class Waitlist(Protocol):
    """Parties that wait for a table (``bot.database.waitlist.Waitlist``)."""

    def join(
        self,
        entry_id: str,
        place: Place,
        people: int,
        channel: str,
        now: datetime,
        *,
        name: str | None = None,
        phone: ConfirmedNumber | None = None,
        conversation: str | None = None,
    ) -> dict[str, Any]: ...

    def rows(self, place: str | None = None) -> list[dict[str, Any]]:
        """Those that wait or have been told that their table is ready, oldest first."""

    def set_status(self, entry_id: str, status: str, now: datetime) -> dict[str, Any] | None: ...


class Live(Protocol):
    """What the database knows at this moment, and the books in which a turn may write."""

    @property
    def desk(self) -> Desk: ...

    @property
    def waitlist(self) -> Waitlist: ...

    def sold_out(self, place_id: str | None) -> Collection[str]:
        """Ids sold out at the place; at every place when the place is not known yet."""

    def queued_items(self, place_id: str) -> int:
        """Pieces in orders that the kitchen has not finished."""

    def next_number(self) -> int:
        """A number that no order has."""

    def specials_on(self, day: date, place_id: str | None) -> list[str]:
        """The sentences about specials that the owner has approved for the day."""


@dataclass(frozen=True)
class Said:
    """The guest's words with what Rasa made of them. ``confidence`` is 0..1; ``parts`` are its sentences by themselves."""

    text: str
    intent: str
    confidence: float = 1.0
    card_removed: bool = False
    parts: tuple[Said, ...] = ()


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
    phone: str = ""  # the guest's number in E.164, where it is known from the start: a caller's
    booking: dict[str, Any] = field(default_factory=dict)  # what is known of a booking under way (core.booking.Draft)
    asked: dict[str, Any] = field(default_factory=dict)  # the guest's last question (core.follow_ups)
    bookings_known: list[str] = field(default_factory=list)  # ids of bookings that this guest may see and change
    not_found: int = 0  # how often a booking was asked for with details that are not right


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
    unanswered: list[str] = field(default_factory=list)  # questions for the owner
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
            known = self.conversation
            self.order = Order(
                id=uuid4().hex, place=known.place, allergy_note=known.allergies, phone=known.phone or None
            )
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
        return self.house.reader.edits(without_details(self.text), self.lines, asked)

    def reread(self) -> Reading:
        """Read the words again: the order has changed since they were read."""
        self.__dict__.pop("reading", None)
        return self.reading

    def hear(self, said: Said) -> None:
        """Go on with other words of the same message."""
        self.said = said
        for cached in ("lower", "reading"):
            self.__dict__.pop(cached, None)

    def expect(self, what: str | None, **details: Any) -> None:
        self.conversation.expecting = what
        self.conversation.pending = details

    def update(self, **changes: Any) -> None:
        self.order = replace(self.cart, **changes)

    def says_yes(self) -> bool:
        return self.said.intent == "affirm" or agrees(self.lower)

    def says_no(self) -> bool:
        return refuses(self.lower) or (self.said.intent == "deny" and not agrees(self.lower))


def agrees(text: str) -> bool:
    """Whether lower-case words begin with a yes that nothing behind it takes back."""
    return (_YES.match(text) or _NOTHING_WRONG.match(text)) is not None


def refuses(text: str) -> bool:
    """Whether lower-case words begin with a no that means no."""
    return _NO.match(text) is not None and _NOTHING_WRONG.match(text) is None


_YES = re.compile(
    r"(uh |um |oh |ooh |ah )?(yes|yep|yeah|yup|yessir|aye|sure|ok(ay)?|correct|right|exactly|absolutely|definitely|indeed|of course|please do|"
    r"go (ahead|on|for it)|do it|perfect|brilliant|lovely|great|wonderful|excellent|super|fantastic|spot on|smashing|all good|"
    r"(that|it)('?s| is| all)? (all |quite |just |absolutely )?(it|right|correct|perfect|fine|good|great|lovely|spot on|the one|me|sounds \w+)|"
    r"(sounds|looks) \w+|you('ve)? got (it|that|me)|(place|send) it|confirm(ed)?|mm+ ?hm+|mhm|uh huh|works for (me|us)|fine by (me|us)|"
    r"(everything|all of (it|that))('?s| is| sounds| looks)? (all )?(right|correct|fine|good|perfect|great)|all (correct|right|fine)|"
    r"(please )?(go ahead and )?((place|order|send) (it|that|the order|my order)|put (it|that|the order) (in|through)|ring (it|that) up)( then| please| now)*(?=[.! ]*$)|"
    r"you('ve| have)? (nailed|heard) (it|that|me)|(i'?m |we'?re )?happy with (that|it)|(as )?far as i can tell|i (think|guess|suppose) so|"
    r"that'?s exactly (right|it|what i (said|wanted|ordered))|amen|bingo|cool|hundred percent|fire away)\b"
    r"(?!.*\b(but|except|no|not|wait|wrong|actually)\b)"
)
# A no to the thought that something could be wrong: "no, that's right", "no no, that's all correct".
_NOTHING_WRONG = re.compile(
    r"(uh |um |oh )?((no|nope|nah),? )+(that'?s|that is|it'?s|it is|everything'?s|everything is) (all |quite |absolutely )?(right|correct)\b"
    r"(?!.*\b(but|except|not|wait|wrong|actually)\b)"
)
_NO = re.compile(r"(uh |um |oh )?(no|nope|nah|not (quite|really|yet)|don'?t|wrong|incorrect|negative)\b")
