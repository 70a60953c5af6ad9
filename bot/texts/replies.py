"""What a guest texts back: leaving and coming back, help, on my way, late, giving up; everything else is a person's.

Every text is stored in the conversation ``text:`` and its number, once, however often the provider brings it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core import texts as words
from bot.core.floor import CONFIRMED
from bot.core.message import clean
from bot.core.phone_number import ConfirmedNumber
from bot.core.privacy import mask_cards
from bot.core.restaurant import Restaurant
from bot.core.texts import COMING, FEEDBACK, GIVE_UP, HELP, LATE, OPT_IN, OPT_OUT, OTHER, read_reply
from bot.core.turn import Conversation
from bot.database.bookings import Desk
from bot.database.outbox import Row, Texts
from bot.database.store import Store, Transaction
from bot.database.waitlist import GONE, NOTIFIED, OPEN, Waitlist
from bot.insights.feedback import judge, take_feedback

CHANNEL = "text"
MAX_CHARS = 1600  # the longest text that a provider brings
_ANSWERS_AN_HOUR = 10  # to one number: two machines must not talk to each other all night
_ANSWERS_A_TEXT_FOR = timedelta(days=3)

Answer = Callable[[Transaction, datetime], "str | None"]


@dataclass(frozen=True)
class Incoming:
    """A text from a guest. ``sid`` is the provider's id of it."""

    sid: str
    phone: ConfirmedNumber
    text: str


def on_reply(message: Incoming, last: Row) -> Answer | None:
    """Who takes a guest's own words after one of our texts, ``last``.

    Called before the transaction, so it may think for a while; what it returns runs in the transaction in which the
    message is stored and gives the words to text back, or None for none. Without any taker a person reads it.
    """
    if last["template"] != FEEDBACK:
        return None
    remark = judge(message.text)
    return lambda tx, now: take_feedback(tx, message.phone.e164, message.text, remark, message.sid, now, last["cause"])


def receive(store: Store, restaurant: Restaurant, message: Incoming, now: datetime, *, handled: bool = False) -> bool:
    """Take in one text; False when it was taken in before. ``handled``: the provider has answered the keyword."""
    text = mask_cards(clean(message.text[:MAX_CHARS]))[0] or "(a picture or an empty text)"
    message = Incoming(message.sid, message.phone, text)
    with store.transaction(restaurant) as tx:
        if tx.guest_message(conversation_id(message.phone), message.sid):
            return False
        box = Texts(tx.db)
        last = box.last_to(message.phone.e164)
        meaning = read_reply(text, opted_out=box.opted_out(message.phone.e164))
    if last and now - datetime.fromisoformat(last["created"]) > _ANSWERS_A_TEXT_FOR:
        last = None
    answer = None
    if last and meaning not in (OPT_OUT, OPT_IN, HELP) and (meaning == OTHER or last["template"] == FEEDBACK):
        answer = on_reply(message, last)
    with store.transaction(restaurant) as tx:
        if tx.guest_message(conversation_id(message.phone), message.sid):
            return False
        _Reply(tx, restaurant, message, last, now).take(meaning, answer, handled)
    return True


def conversation_id(phone: ConfirmedNumber) -> str:
    return f"{CHANNEL}:{phone.e164}"


def text_from_staff(
    tx: Transaction, restaurant: Restaurant, conversation: Conversation, said: str, message_id: str, now: datetime
) -> Row:
    """A person's words to a guest who has texted us."""
    phone = ConfirmedNumber(conversation.id.partition(":")[2])
    body = words.body(words.STAFF, restaurant, restaurant.place(conversation.place), words=said)
    return Texts(tx.db).enqueue(phone, words.STAFF, f"reply:{message_id}", body, now, place=conversation.place)


class _Reply:
    """One text, in one transaction."""

    def __init__(
        self, tx: Transaction, restaurant: Restaurant, message: Incoming, last: Row | None, now: datetime
    ) -> None:
        self.tx, self.restaurant, self.message, self.last, self.now = tx, restaurant, message, last, now
        self.box = Texts(tx.db)
        self.entry = self._entry()
        place_id = (self.entry or last or {}).get("place")
        self.place = restaurant.place(place_id) or (restaurant.places[0] if len(restaurant.places) == 1 else None)

    def take(self, meaning: str, answer: Answer | None, handled: bool) -> None:
        conversation = self._store()
        if meaning == OPT_OUT:
            self.box.opt_out(self.message.phone.e164, self.now)
        elif meaning == OPT_IN:
            self.box.opt_in(self.message.phone.e164)
        elif meaning == HELP:
            if not handled:
                self._say("reply_help")
        elif answer is not None:
            said = answer(self.tx, self.now)
            if said:
                self._text(words.STAFF, words.body(words.STAFF, self.restaurant, self.place, words=said))
        elif meaning == OTHER or not self._done(meaning):
            self._to_a_person(conversation)

    def _done(self, meaning: str) -> bool:
        """Carry out "on my way", "late" or "give up", on the place or the booking that it can mean."""
        if self.entry is not None:
            waiting = Waitlist(self.tx.db)
            if meaning == GIVE_UP:
                waiting.set_status(self.entry["id"], GONE, self.now)
                self._say("reply_given_up")
            else:
                waiting.set_reply(self.entry["id"], {COMING: "coming", LATE: "late"}[meaning], self.now)
                self._say("reply_coming" if meaning == COMING else "reply_late")
            return True
        booking_id = self._cause("booking")
        desk = Desk(self.tx.db)
        booking = desk.get(booking_id) if booking_id else None
        if booking is None or booking.status != CONFIRMED or booking.end <= self.now or meaning == LATE:
            return False
        if meaning == GIVE_UP:
            desk.cancel(booking.id, self.now)
            self._say("reply_given_up")
        else:
            start, now = (self.place.local(moment) if self.place else moment for moment in (booking.start, self.now))
            day, hour = words.day_in_words(start, now), words.hour_in_words(start)
            self._say("reply_coming_booking", day=day, time=hour)
        return True

    def _entry(self) -> Row | None:
        """The guest's place on the waitlist: the one that our last text was about, else one that was told, else any."""
        meant = self._cause("waitlist")
        mine = [row for row in Waitlist(self.tx.db).rows(None, OPEN) if row["phone"] == self.message.phone.e164]
        return max(mine, key=lambda row: (row["id"] == meant, row["status"] == NOTIFIED, row["created"]), default=None)

    def _cause(self, kind: str) -> str | None:
        of, _, row_id = (self.last["cause"] if self.last else "").partition(":")
        return row_id if of == kind else None

    def _store(self) -> Conversation:
        key = conversation_id(self.message.phone)
        conversation = self.tx.conversation(key)
        if conversation is None:
            conversation = Conversation(key, CHANNEL, self.place.id if self.place else None)
            self.tx.save_conversation(conversation, self.now)
        self.tx.add_message(key, "guest", self.message.text, self.now, message_id=self.message.sid)
        return conversation

    def _to_a_person(self, conversation: Conversation) -> None:
        if conversation.handoff is None:
            conversation.handoff = "waiting"
            conversation.handoff_reason = f"texted us ({self.message.phone.masked})"
            self.tx.save_conversation(conversation, self.now)

    def _say(self, template: str, **facts: object) -> None:
        self._text(template, words.body(template, self.restaurant, self.place, **facts))

    def _text(self, template: str, body: str) -> None:
        since = self.now - timedelta(hours=1)
        if self.box.answers_to(self.message.phone.e164, since) >= _ANSWERS_AN_HOUR:
            return
        cause = f"reply:{self.message.sid}"
        place = self.place.id if self.place else None
        self.box.enqueue(self.message.phone, template, cause, body, self.now, place=place)
