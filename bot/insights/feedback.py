"""What guests say about a visit: stored with it, judged, limited; an angry one calls a person at once.

Judging takes some milliseconds of CPU, so it happens before the transaction (``Judge``), never inside of it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.core.turn import Alert, Conversation, Said
from bot.database.store import Store, Transaction
from bot.database.tables import bookings, feedback, orders, waitlist

log = logging.getLogger(__name__)

POSITIVE, NEGATIVE, NOT_JUDGED = "positive", "negative", "not_judged"
ANGRY = 0.1  # a chance of praise below this is anger that somebody should answer
MOST_CHARS = 2_000
_FLOOD_WINDOW = timedelta(hours=1)
_JUDGED_AN_HOUR = 5  # from one number; more are stored without judgement, alert or answer
_STORED_AN_HOUR = 20  # what comes beyond is dropped
# What Rasa takes praise for; an order or a question is none, however friendly.
_MAY_PRAISE = ("thanks", "goodbye", "small_talk", "out_of_scope", "nlu_fallback", "greet")
_FEWEST_WORDS = 3


@dataclass(frozen=True)
class Remark:
    """A judged remark. ``score`` is the chance (0..1) that it is praise; None when it cannot be judged."""

    label: str
    score: float | None = None
    topics: list[str] = field(default_factory=list)

    @property
    def angry(self) -> bool:
        return self.label == NEGATIVE and self.score is not None and self.score < ANGRY


Judge = Callable[[str], Remark]


def judge(text: str) -> Remark:
    """The models' judgement; they are loaded at the first call. A remark is never lost because they fail."""
    from nlu.sentiment import shared_sentiment
    from nlu.topics import shared_topics

    try:
        judgement = shared_sentiment().judge(text)
        if judgement.label == NOT_JUDGED:
            return Remark(NOT_JUDGED)
        return Remark(judgement.label, judgement.score, shared_topics().of(text))
    except Exception:
        log.exception("a remark could not be judged")
        return Remark(NOT_JUDGED)


@dataclass(frozen=True)
class Visit:
    """What a remark is about: ``cause`` is ``order:ID``, ``waitlist:ID`` or ``booking:ID``."""

    cause: str
    place: str | None
    conversation: str | None


class Feedback:
    """Reads and writes of the feedback table over one transaction's connection."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def add(
        self,
        text: str,
        remark: Remark,
        channel: str,
        now: datetime,
        *,
        place: str | None = None,
        cause: str | None = None,
        phone: str | None = None,
        conversation: str | None = None,
        message_id: str | None = None,
        made_up: bool = False,
    ) -> bool:
        """Store a remark; False when this message is stored already."""
        if message_id and self.db.execute(sa.select(feedback.c.id).where(feedback.c.message_id == message_id)).first():
            return False
        row = {
            "id": uuid4().hex, "place": place, "cause": cause, "channel": channel, "phone": phone,
            "conversation": conversation, "text": text[:MOST_CHARS], "label": remark.label, "score": remark.score,
            "topics": remark.topics, "made_up": made_up, "message_id": message_id, "created": now.isoformat(),
        }  # fmt: skip
        self.db.execute(feedback.insert().values(**row))
        return True

    def count_of(self, phone: str, since: datetime) -> int:
        where = (feedback.c.phone == phone) & (feedback.c.created >= since.isoformat())
        return int(self.db.execute(sa.select(sa.func.count()).where(where)).scalar() or 0)

    def rows(self) -> list[dict[str, Any]]:
        """Everything, oldest first."""
        return [dict(row) for row in self.db.execute(sa.select(feedback).order_by(feedback.c.created)).mappings()]

    def visit(self, cause: str) -> Visit:
        """The visit by its cause; what is not known of it is None."""
        kind, _, row_id = cause.partition(":")
        table = {"order": orders, "waitlist": waitlist, "booking": bookings}.get(kind)
        row = table is not None and self.db.execute(sa.select(table).where(table.c.id == row_id)).mappings().first()
        return Visit(cause, row["place"], row["conversation"]) if row else Visit(cause, None, None)


THANKS = "Thank you, that is good to hear! We pass it on to the team."
SORRY = "Thank you for telling us, and we are sorry. We pass it on to the team."
ANGRY_REPLY = "We are sorry about that. A person from our team will read your message and get in touch with you."
NOTED = "Thank you, your message has reached us."


def take_feedback(
    tx: Transaction, phone: str, text: str, remark: Remark, message_id: str, now: datetime, cause: str | None = None
) -> str | None:
    """A guest's answer to the feedback text: store it, alert the staff if it is angry; the words to text back.

    None: say nothing (the same message again, or a flood). An angry one is handed to a person.
    """
    stored = Feedback(tx.db)
    earlier = stored.count_of(phone, now - _FLOOD_WINDOW)
    if earlier >= _STORED_AN_HOUR:
        return None
    visit = stored.visit(cause) if cause else Visit("", None, None)
    texted = tx.conversation(f"text:{phone}")
    if texted is not None:
        visit = replace(visit, conversation=texted.id)  # where a person can answer
    flood = earlier >= _JUDGED_AN_HOUR
    fresh = stored.add(
        text, Remark(NOT_JUDGED) if flood else remark, "text", now, place=visit.place, cause=cause, phone=phone,
        conversation=visit.conversation, message_id=message_id,
    )  # fmt: skip
    if not fresh or flood:
        return None
    if remark.angry:
        call_person(tx, remark, text, visit, now)
        return ANGRY_REPLY
    return {POSITIVE: THANKS, NEGATIVE: SORRY}.get(remark.label, NOTED)


def call_person(tx: Transaction, remark: Remark, text: str, visit: Visit, now: datetime) -> None:
    """An alert on the board, and the guest's conversation among those who want a person."""
    about = f" ({', '.join(remark.topics)})" if remark.topics else ""
    tx.add_alert(Alert("complaint", f"Unhappy guest{about}: {text[:300]}"), visit.conversation, now)
    conversation = tx.conversation(visit.conversation) if visit.conversation else None
    if conversation is not None and conversation.handoff is None:
        conversation.handoff, conversation.handoff_reason = "waiting", f"unhappy with the visit{about}"
        tx.save_conversation(conversation, now)


class Listener:
    """Praise and complaints in the chat and on the phone: kept as remarks too."""

    def __init__(self, store: Store, judge: Judge = judge) -> None:
        self._store, self._judge = store, judge

    def heard(self, conversation: Conversation, said: Said, message_id: str, now: datetime) -> None:
        """After a turn was stored: keep its words if they tell how the visit was. Once for each message."""
        complaint = said.intent == "complaint"
        if not complaint and (said.intent not in _MAY_PRAISE or len(said.text.split()) < _FEWEST_WORDS):
            return
        remark = self._judge(said.text)
        if not complaint and not (remark.label == POSITIVE and remark.topics and (remark.score or 0) > 1 - ANGRY):
            return
        once = hashlib.sha1(f"{conversation.id} {message_id}".encode()).hexdigest()
        channel = "phone" if conversation.channel == "phone" else "chat"
        with self._store.transaction() as tx:
            placed = tx.placed(conversation.id)
            Feedback(tx.db).add(
                said.text, remark, channel, now, place=conversation.place, conversation=conversation.id,
                cause=f"order:{placed.id}" if placed else None, phone=placed.phone if placed else None,
                message_id=once,
            )  # fmt: skip


def feedback_row_view(row: dict[str, Any]) -> dict[str, Any]:
    """A row of ``bot list feedback``."""
    keys = ("id", "place", "channel", "cause", "text", "label", "score", "topics", "made_up", "created")
    return {key: row[key] for key in keys}
