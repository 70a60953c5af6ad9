"""The day's special: the owner types dish, ingredients and price, the responder words it, and only what the owner then
approves is shown to guests. A special belongs to one day, and to one place or to all.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.database.tables import specials
from nlu.facts import FactsError, checked

PROPOSED, APPROVED, REFUSED = "proposed", "approved", "refused"
FIELDS = ("special", "description", "ingredients", "diet", "price")
_SHOWN = 30


class Specials:
    """Rows of the table, in one transaction."""

    def __init__(self, db: Connection) -> None:
        self.db = db

    def propose(self, facts: dict[str, str], text: str, day: date, place: str | None, now: datetime) -> int:
        row = {"place": place, "day": day.isoformat(), "facts": facts, "text": text, "status": PROPOSED}
        done = self.db.execute(sa.insert(specials).values(**row, created=now.isoformat()))
        return int(done.inserted_primary_key[0])

    def decide(self, special_id: int, status: str) -> bool:
        """Approve or refuse; False when there is no such special."""
        changed = sa.update(specials).where(specials.c.id == special_id).values(status=status)
        return bool(self.db.execute(changed).rowcount)

    def published(self, day: date, place: str | None) -> list[str]:
        """The approved texts of a day at a place; at any place when it is not known."""
        query = sa.select(specials.c.text).where(specials.c.day == day.isoformat(), specials.c.status == APPROVED)
        if place is not None:
            query = query.where(sa.or_(specials.c.place.is_(None), specials.c.place == place))
        return list(dict.fromkeys(self.db.execute(query.order_by(specials.c.id)).scalars()))

    def rows(self) -> list[dict[str, Any]]:
        """The newest specials, newest first."""
        query = sa.select(specials).order_by(specials.c.id.desc()).limit(_SHOWN)
        return [dict(row) for row in self.db.execute(query).mappings()]

    def word_and_propose(
        self, words: Callable[..., str], facts: dict[str, str], day: date, place: str | None, now: datetime
    ) -> dict[str, Any]:
        """Word the facts and keep the sentence as proposed; a further try of the same facts gets other words."""
        tried = sum(row["facts"] == facts for row in self.rows())
        text = words(facts, tried)
        shown = {"place": place, "day": day.isoformat(), "facts": facts, "text": text, "status": PROPOSED}
        return {"id": self.propose(facts, text, day, place, now), **shown}


def special_facts(entry: dict[str, Any]) -> dict[str, str]:
    """The owner's entry as facts.

    Raises:
        FactsError: what is wrong with it.
    """
    given = {name: " ".join(str(value).split()) for name, value in entry.items() if value and str(value).strip()}
    if "special" not in given:
        raise FactsError("the special needs a name")
    if len(given) == 1:
        raise FactsError("say at least what is in it or what it costs")
    if sum(map(len, given.values())) > 350:
        raise FactsError("at most 350 characters in all")
    return checked(given.items())
