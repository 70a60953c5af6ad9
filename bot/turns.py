"""Conducts a turn: the guest's message is stored, Rasa is asked, and what follows is stored once, in one transaction.

A message carries the guest's own id. However often it comes and whichever process dies meanwhile, its changes and
its answer are stored together and only once (``act``), and coming again it gets the stored answer (``say``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool

from bot.core.dialogue import take_turn
from bot.core.message import MAX_CHARS, clean, has_words
from bot.core.order import CANCELLED, Order
from bot.core.privacy import CARD_MASK, mask_cards
from bot.core.reply import Plan
from bot.core.spoken_wording import word_aloud
from bot.core.turn import Conversation, Said, Turn
from bot.core.wording import word
from bot.database.open_questions import OpenQuestions
from bot.database.store import Store, Transaction
from bot.house import HouseKeeper
from bot.hub import Hub
from bot.insights.feedback import Listener
from bot.rasa_client import PATIENCE_S, RasaClient, RasaUnavailable
from bot.views import cart_view, message_view

log = logging.getLogger(__name__)

FORMS = ("order_form", "booking_form")
_RESUME_WITHIN = timedelta(minutes=10)
ONE_MOMENT = "One moment, please: I have just opened. Your message is here, and I answer it as soon as I can."
_CALLERS_PATIENCE_S = 45.0  # for a dialogue server that starts: who reads is told to wait, who calls hears nothing
_WAITING_TURNS = 8  # a guest who sends more at once than this is asked to slow down


class TurnFailed(Exception):
    """The turn could not be answered; nothing was changed and the same message may be sent again."""


class TooFast(Exception):
    """More messages at once than one person can mean."""


@dataclass(frozen=True)
class Answer:
    """What the guest gets: rows of the messages table; none while a person of the staff has the conversation."""

    messages: list[dict[str, Any]]
    handed_off: bool = False


class Turns:
    def __init__(
        self, store: Store, keeper: HouseKeeper, rasa: RasaClient, hub: Hub, clock: Callable[[], datetime]
    ) -> None:
        self.store, self.keeper, self.rasa, self.hub, self.clock = store, keeper, rasa, hub, clock
        self._locks: dict[str, asyncio.Lock] = {}
        self._doors: dict[str, asyncio.Lock] = {}  # messages are taken in one by one, in the order in which they came
        self._waiting: dict[str, int] = {}
        self._stored: dict[str, dict[str, Any]] = {}  # the reply that ``act`` stored in the turn now under way
        self._extras: dict[str, dict[str, Any]] = {}  # what goes with a reply that Rasa words itself
        self.listener = Listener(store)

    async def say(
        self, conversation_id: str, message_id: str, text: str, *, channel: str = "chat", place: str | None = None
    ) -> Answer:
        """Take in one message and answer it.

        Raises:
            TurnFailed: Rasa or an action failed; the message may be sent again.
            TooFast: too many messages of this conversation wait already.
        """

        async def take_in() -> _TakenIn:
            async with self._doors[conversation_id]:
                return await run_in_threadpool(self._take_in, conversation_id, message_id, text, channel, place)

        async def keep() -> None:
            if not self.rasa.reached(conversation_id):  # its turn may come in minutes: it must be safe until then
                taken = await take_in()
                self.hub.tell(conversation_id, message_view(taken.guest), *self.waiting(conversation_id))

        async with self._one_at_a_time(conversation_id, keep):
            taken = await take_in()
            self.hub.tell(conversation_id, message_view(taken.guest))
            if taken.reply is not None:
                self.hub.tell(conversation_id, message_view(taken.reply))
                return Answer([taken.reply])
            if taken.handed_off:
                self.hub.board_changed()
                return Answer([], handed_off=True)
            typing = {"type": "typing", "from": "bot", "on": True}
            self.hub.tell(conversation_id, *([] if taken.short else self.waiting(conversation_id)), typing)
            try:
                reply = taken.short or await self._through_rasa(taken)
            finally:
                self.hub.tell(conversation_id, {"type": "typing", "from": "bot", "on": False})
            if self.hub.listens(conversation_id):
                cart = await run_in_threadpool(self.cart, conversation_id)
                self.hub.tell(conversation_id, message_view(reply), {"type": "cart", "cart": cart})
            self.hub.board_changed()
            return Answer([reply])

    def waiting(self, conversation_id: str) -> list[dict[str, Any]]:
        """What an open chat is told when its answer takes longer, since the dialogue server is not there yet."""
        return [] if self.rasa.reached(conversation_id) else [{"type": "waiting", "text": ONE_MOMENT}]

    async def resume(self) -> None:
        """Answer what was taken in just before the last stop."""
        since = self.clock() - _RESUME_WITHIN
        for row in await run_in_threadpool(self._unanswered, since):
            try:
                await self.say(row["conversation"], row["message_id"], row["text"])
            except (TurnFailed, TooFast) as error:
                log.warning("a message from before the stop stays unanswered: %s", error)

    def act(self, action: str, conversation_id: str, latest: dict[str, Any]) -> dict[str, Any]:
        """Carry out the action that Rasa chose for its latest message; the reply for Rasa's action protocol."""
        message_id = str((latest.get("metadata") or {}).get("message_id", ""))
        intent = latest.get("intent") or {}
        house, now = self.keeper.house, self.clock()
        with self.store.transaction(house.restaurant) as tx:
            conversation = tx.conversation(conversation_id)
            guest = tx.guest_message(conversation_id, message_id)
            if conversation is None or guest is None:
                return {"events": [], "responses": []}
            stored = tx.reply_to(conversation_id, message_id)
            if stored is not None:
                return {"events": _form_events(action, conversation), "responses": [{"text": stored["text"]}]}
            name = action.removeprefix("action_") if action.startswith("action_") else str(intent.get("name"))
            sure = float(intent.get("confidence") or 0)
            said = Said(guest["text"], name, sure, CARD_MASK in guest["text"], _parts(latest))
            reply = None
            turn = Turn(house, tx, now, said, conversation, tx.cart(conversation_id), tx.placed(conversation_id))
            before, placed_before = turn.order, turn.placed
            take_turn(turn)
            worded = word_aloud if conversation.channel == "phone" else word
            text, extras = worded(turn.plan, conversation.turns), _extras(turn.plan)
            if not turn.plan.responses:
                conversation.last_text = text
                reply = tx.add_message(conversation_id, "bot", text, now, answers=message_id, extras=extras)
                tx.mark_answered(conversation_id, message_id)
            tx.save_conversation(conversation, now)
            _save_orders(tx, turn, before, placed_before, now)
            for question in turn.unanswered:
                OpenQuestions(tx.db).add(question, conversation, now)
            for alert in turn.alerts:
                tx.add_alert(alert, conversation_id, now)
        if turn.placed != placed_before:
            self.store.make_durable()
        self.listener.heard(conversation, said, message_id, now)
        if reply is not None:
            self._stored[conversation_id] = reply
        else:
            self._extras[conversation_id] = extras
        facts = {"facts": turn.plan.facts} if turn.plan.facts else {}
        responses: list[dict[str, Any]] = [{"response": name, **facts} for name in turn.plan.responses]
        return {
            "events": _form_events(action, conversation),
            "responses": responses + ([{"text": text}] if text else []),
        }

    def cart(self, conversation_id: str) -> dict[str, Any] | None:
        """The guest's open order, or the newest placed one, as pages show it."""
        house = self.keeper.house
        with self.store.transaction(house.restaurant) as tx:
            order = tx.cart(conversation_id)
            if order is None or not order.lines:
                order = tx.placed(conversation_id)
        return cart_view(order, house) if order else None

    def _take_in(self, conversation_id: str, message_id: str, text: str, channel: str, place: str | None) -> _TakenIn:
        house, now = self.keeper.house, self.clock()
        text, _ = mask_cards(clean(text))
        with self.store.transaction(house.restaurant) as tx:
            conversation = tx.conversation(conversation_id)
            if conversation is None:
                known = house.restaurant.place(place)
                conversation = Conversation(conversation_id, channel, known.id if known else None)
                tx.save_conversation(conversation, now)
            guest = tx.guest_message(conversation_id, message_id)
            if guest is not None:
                reply = tx.reply_to(conversation_id, message_id)
                if reply is not None or guest["answered"]:
                    return _TakenIn(guest, conversation, reply, handed_off=reply is None)
            taken = conversation.handoff == "taken"
            plan = Plan()
            if not taken and not has_words(text):
                plan.say("empty")
            elif not taken and len(text) > MAX_CHARS:
                plan.say("too_long", limit=MAX_CHARS)
            if guest is None:
                kept = text[:MAX_CHARS]
                answered = taken or bool(plan.points)
                guest = tx.add_message(
                    conversation_id, "guest", kept, now, message_id=message_id, answered=answered
                )  # fmt: skip
            short = None
            if plan.points:
                words = word(plan, conversation.turns)
                short = tx.add_message(conversation_id, "bot", words, now, answers=message_id)
        return _TakenIn(guest, conversation, None, handed_off=taken, short=short)

    async def _through_rasa(self, taken: _TakenIn) -> dict[str, Any]:
        guest, conversation = taken.guest, taken.conversation
        metadata = {"message_id": guest["message_id"], "expecting": conversation.expecting}
        patience_s = _CALLERS_PATIENCE_S if conversation.channel == "phone" else PATIENCE_S
        try:
            texts = await self.rasa.say(conversation.id, guest["text"], metadata, patience_s)
        except RasaUnavailable as error:
            log.error("Rasa did not answer: %s", error)
            texts = []
        reply = self._stored.pop(conversation.id, None)
        if reply is None or reply["answers"] != guest["message_id"]:
            reply = await run_in_threadpool(self._finish, conversation.id, guest["message_id"], texts)
        if reply is None:
            raise TurnFailed("the dialogue server did not answer")
        return reply

    def _finish(self, conversation_id: str, message_id: str, texts: list[str]) -> dict[str, Any] | None:
        """The stored reply; or Rasa's own words, stored now. None when there are neither."""
        with self.store.transaction() as tx:
            reply = tx.reply_to(conversation_id, message_id)
            extras = self._extras.pop(conversation_id, None)
            if reply is None and texts:
                words, now = " ".join(texts), self.clock()
                reply = tx.add_message(conversation_id, "bot", words, now, answers=message_id, extras=extras)
                tx.mark_answered(conversation_id, message_id)
        return reply

    def _unanswered(self, since: datetime) -> list[dict[str, Any]]:
        with self.store.transaction() as tx:
            return tx.unanswered(since)

    @asynccontextmanager
    async def _one_at_a_time(
        self, conversation_id: str, before_waiting: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[None]:
        waiting = self._waiting.get(conversation_id, 0)
        if waiting >= _WAITING_TURNS:
            raise TooFast("please wait for the answer first")
        self._waiting[conversation_id] = waiting + 1
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        self._doors.setdefault(conversation_id, asyncio.Lock())
        try:
            if lock.locked():
                await before_waiting()
            async with lock:
                yield
        finally:
            self._waiting[conversation_id] -= 1
            if not self._waiting[conversation_id]:
                del self._waiting[conversation_id], self._locks[conversation_id], self._doors[conversation_id]


@dataclass(frozen=True)
class _TakenIn:
    """A stored guest message: its reply if it had one, and a reply that needed no dialogue."""

    guest: dict[str, Any]
    conversation: Conversation
    reply: dict[str, Any] | None
    handed_off: bool = False
    short: dict[str, Any] | None = None


def _save_orders(tx: Transaction, turn: Turn, before: Order | None, placed_before: Order | None, now: datetime) -> None:
    # A question alone leaves no order behind.
    if turn.order is not None and turn.order != before and (before is not None or turn.order.lines or turn.order.told):
        tx.save_order(turn.order, turn.conversation, now)
    if turn.placed is not None and turn.placed != placed_before:
        tx.save_order(turn.placed, turn.conversation, now)
    if turn.order is None and before is not None and (turn.placed is None or turn.placed.id != before.id):
        raise AssertionError(f"order {before.id} was dropped without becoming {CANCELLED}")


def _parts(latest: dict[str, Any]) -> tuple[Said, ...]:
    """The message's sentences with the intents that Rasa gave each."""
    parts = latest.get("parts") or ()
    return tuple(Said(p["text"], str(p["intent"]["name"]), float(p["intent"]["confidence"])) for p in parts)


def _form_events(action: str, conversation: Conversation) -> list[dict[str, Any]]:
    """What Rasa's form asks next; nothing more to ask ends the form."""
    if action not in [f"validate_{form}" for form in FORMS]:
        return []
    return [
        {"event": "slot", "name": "asked", "value": conversation.expecting or "nothing"},
        {"event": "slot", "name": "requested_slot", "value": conversation.expecting},
    ]


def _extras(plan: Plan) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if plan.buttons:
        extras["buttons"] = [asdict(button) for button in plan.buttons]
    if plan.cards:
        extras["cards"] = [asdict(card) for card in plan.cards]
    return extras
