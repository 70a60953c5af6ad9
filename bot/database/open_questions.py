"""Guests' questions that found no answer, kept for the owner; /insights shows and answers them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.engine import Connection

from bot.core.turn import Conversation
from bot.database.tables import open_questions

_LONGEST = 500


class OpenQuestions:
    """Rows of the table over the connection of a transaction."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def add(self, text: str, conversation: Conversation, now: datetime) -> None:
        row = {
            "place": conversation.place,
            "conversation": conversation.id,
            "text": " ".join(text.split())[:_LONGEST],
            "status": "open",
            "made_up": False,
            "created": now.isoformat(),
        }
        self.db.execute(open_questions.insert().values(**row))
