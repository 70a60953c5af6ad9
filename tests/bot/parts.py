"""Parts for the tests of the bot: the demo restaurant, a guest of the plain core, and a Rasa of ten lines."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool
from starlette.testclient import TestClient

from bot.app import create_app
from bot.core.dialogue import take_turn
from bot.core.order import CART, Order
from bot.core.reply import Plan
from bot.core.restaurant import load_restaurant
from bot.core.shelf import Shelf
from bot.core.turn import Conversation, House, Said, Turn
from bot.core.wording import word
from bot.database.bookings import Desk
from bot.database.specials import Specials
from bot.database.tables import metadata
from bot.database.waitlist import Waitlist
from bot.rasa_client import RasaUnavailable
from bot.settings import Settings
from bot.turns import Turns
from nlu.menu import load_menu
from nlu.order_lines import Add, Asked, Edit, Line, Option, Reading
from nlu.slot_rules import RuleFinder
from nlu.slots import SlotReader

ROOT = Path(__file__).resolve().parents[2]
MENU = load_menu(ROOT / "data" / "menu.yml")
RESTAURANT = load_restaurant(ROOT / "data" / "restaurant.yml")
HARBOUR, MILL = RESTAURANT.places
# A Friday at six in the evening: both places are open.
EVENING = datetime(2026, 11, 20, 18, 0, tzinfo=HARBOUR.zone)
NIGHT = EVENING.replace(hour=3)


def add(item: str, quantity: int = 1, **options: str) -> Add:
    """``add("margherita", 2, pizza_size="large")``; an amount follows a colon (``basil:extra``)."""
    pairs = [(group, *value.partition(":")[::2]) for group, value in options.items()]
    return Add(Line(item, quantity, tuple(Option(group, value, amount or "regular") for group, value, amount in pairs)))


def shelf(*sold_out: str, moment: datetime = EVENING) -> Shelf:
    return Shelf(MENU, RESTAURANT.policies, sold_out, HARBOUR, moment)


@dataclass
class Kitchen:
    """What the database would know (``bot.core.turn.Live``)."""

    out: set[str] = field(default_factory=set)
    queue: int = 0
    number: int = 100

    def sold_out(self, place_id: str | None) -> set[str]:
        return self.out

    def queued_items(self, place_id: str) -> int:
        return self.queue

    def next_number(self) -> int:
        self.number += 1
        return self.number

    def specials_on(self, day: date, place_id: str | None) -> list[str]:
        return Specials(self.book).published(day, place_id)

    @cached_property
    def book(self) -> Connection:
        """A database in memory: bookings and tables are tested with the real desk."""
        engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
        metadata.create_all(engine)
        return engine.connect()

    @property
    def desk(self) -> Desk:
        return Desk(self.book)

    @property
    def waitlist(self) -> Waitlist:
        return Waitlist(self.book)


@dataclass
class Heard:
    """One answer: the turn behind it, and its words."""

    turn: Turn
    words: str

    @property
    def plan(self) -> Plan:
        return self.turn.plan

    @property
    def kinds(self) -> list[str]:
        return [point.kind for point in self.plan.points]

    @property
    def buttons(self) -> list[str]:
        return [button.title for button in self.plan.buttons]


class Visitor:
    """A guest of the plain core. What the parser would read is told with each message, so no parser is tested here."""

    def __init__(self, place: str | None = "harbour", now: datetime = EVENING) -> None:
        self.kitchen, self.now = Kitchen(), now
        self.conversation = Conversation("visitor", place=place)
        self.order: Order | None = None
        self.placed: Order | None = None
        self.house = House(RESTAURANT, MENU, self, SlotReader(RuleFinder()))
        self._reading = Reading()

    def edits(self, text: str, order: list[Line], asked: Asked | None = None) -> Reading:
        if asked is not None and not 0 <= asked.line < len(order):
            raise IndexError("asked about a line that is not there")
        return self._reading

    def says(
        self,
        text: str,
        intent: str = "inform",
        *edits: Edit,
        confidence: float = 0.95,
        sure: float = 0.9,
        parts: tuple[Said, ...] = (),
        **more: Any,
    ) -> Heard:
        """One turn; ``confidence`` is the parser's, ``sure`` Rasa's."""
        self._reading = Reading(edits, confidence if edits else 0.0, **more)
        said = Said(text, intent, sure, "[card number removed]" in text, parts)
        turn = Turn(self.house, self.kitchen, self.now, said, self.conversation, self.order, self.placed)
        take_turn(turn)
        words = word(turn.plan, self.conversation.turns)
        self.conversation.last_text = words
        # Between two turns everything is rows and JSON.
        self.conversation = Conversation(**json.loads(json.dumps(asdict(self.conversation))))
        self.order = turn.order if turn.order is not None and turn.order.status == CART else None
        self.placed = turn.placed
        return Heard(turn, words)

    def orders(self, *edits: Edit) -> Heard:
        return self.says("an order", "order", *edits)

    def reaches_confirmation(self, *edits: Edit) -> Heard:
        """Through the whole checkout until the order is read back."""
        self.orders(*edits or (add("lasagna"),))
        self.says("that's all", "checkout")
        if self.conversation.expecting == "upsell":
            self.says("no thanks", "deny")
        for answer in ("pickup", "as soon as possible", "Anna", "207 555 0123"):
            heard = self.says(answer)
        assert self.conversation.expecting == "confirm", heard.words
        return heard

    def cart(self) -> Counter[tuple[str, int]]:
        return Counter((line.item, line.quantity) for line in (self.order.wanted if self.order else []))


FORM_INTENTS = ("order", "checkout", "affirm", "deny", "inform")


class FakeRasa:
    """Names the intent by a table, calls the bot's action in a thread as Rasa does, and says the responses' words."""

    def __init__(self) -> None:
        self.turns: Turns | None = None
        self.intents = {"yes": "affirm", "no": "deny", "that's all": "checkout", "hello": "greet"}
        self.started = asyncio.Event()
        self.started.set()
        self.failures: list[str] = []  # one for each coming message: "before", "after" or "" the action
        self.heard: list[str] = []

    async def say(self, sender: str, text: str, metadata: dict[str, Any], patience_s: float = 0.0) -> list[str]:
        await self.started.wait()
        self.heard.append(text)
        failure = self.failures.pop(0) if self.failures else ""
        if failure == "unreachable":
            raise RasaUnavailable("not there")
        if failure == "before":
            return []
        assert self.turns is not None
        intent = self.intents.get(text.lower(), "order")
        action = "validate_order_form" if intent in FORM_INTENTS else f"action_{intent}"
        latest = {"text": text, "intent": {"name": intent, "confidence": 0.9}, "metadata": metadata}
        answer = await run_in_threadpool(self.turns.act, action, sender, latest)
        if failure == "after":
            raise RasaUnavailable("died after its action was stored")
        return [part.get("text") or f"({part['response']})" for part in answer["responses"]]

    def reached(self, sender: str) -> bool:
        return self.started.is_set()

    async def state(self) -> str:
        return "ready" if self.started.is_set() else "starting"

    async def close(self) -> None:
        return None


class Clock:
    def __init__(self, now: datetime = EVENING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def passes(self, minutes: float) -> None:
        self.now += timedelta(minutes=minutes)


def settings(folder: Path, **changes: Any) -> Settings:
    known: dict[str, Any] = {
        "database_url": f"sqlite:///{folder / 'bot.db'}",
        "staff_password": "open sesame",
        "secret_key": "a key for tests",
        "var": folder,
        "clock_start": EVENING,
    }
    return Settings(**known | changes)


@contextmanager
def serving(folder: Path, **changes: Any) -> Iterator[tuple[TestClient, FakeRasa]]:
    """The whole application beside a fake Rasa."""
    rasa = FakeRasa()
    app = create_app(settings(folder, **changes), rasa=rasa)  # type: ignore[arg-type]
    rasa.turns = app.state.turns
    with TestClient(app, follow_redirects=False) as client:
        yield client, rasa


def rest(client: TestClient, text: Any, message_id: Any = None, sender: Any = "guest") -> Any:
    """One message over the REST webhook."""
    body = {"sender": sender, "message": text, "metadata": {"message_id": message_id, "place": "harbour"}}
    return client.post("/webhooks/rest/webhook", json=body)


def place_order(client: TestClient, rasa: FakeRasa, sender: str = "guest") -> None:
    rasa.intents |= {"pickup": "inform", "asap": "inform", "anna": "inform", "207 555 0123": "inform"}
    for text in ("a lasagna", "that's all", "pickup", "asap", "Anna", "207 555 0123", "yes"):
        assert rest(client, text, sender=sender).status_code == 200
