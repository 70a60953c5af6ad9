"""The database: conversations, messages, orders, stock and alerts, read and written in transactions.

Every change of a turn goes through one ``Transaction``: it is all stored, or none of it. Times are ISO 8601 with
offset. Methods block; callers on the event loop run them in a thread.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.core.order import CART, CONFIRMED, NEXT_STATUS, PREPARING, READY, Order
from bot.core.pricing import PricedLine
from bot.core.restaurant import Restaurant
from bot.core.turn import Alert, Conversation
from bot.database.bookings import Desk
from bot.database.specials import Specials
from bot.database.tables import alerts, conversations, messages, orders, sold_out
from bot.database.waitlist import Waitlist
from nlu.order_lines import Line

_FIRST_NUMBER = 101
_MIGRATIONS = Path(__file__).parent / "migrations"


class Store:
    """A database by its URL (``sqlite:///var/bot.db``, ``postgresql://…``)."""

    def __init__(self, url: str) -> None:
        self.engine: Engine = _engine(url)
        # SQLite has one writer at a time, and those it makes wait look again only now and then.
        self._one_writer = threading.Lock() if self.engine.dialect.name == "sqlite" else nullcontext()

    def migrate(self) -> None:
        """Bring the schema to the newest version."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def transaction(self, restaurant: Restaurant | None = None) -> Iterator[Transaction]:
        with self._one_writer, self.engine.begin() as connection:
            yield Transaction(connection, restaurant)

    def make_durable(self) -> None:
        """Put what is committed beyond a power cut: SQLite's log is otherwise safe from a killed process only."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect() as connection:
                connection.connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        self.engine.dispose()


class Transaction:
    """Reads and writes that come true together when the block ends."""

    def __init__(self, connection: Connection, restaurant: Restaurant | None) -> None:
        self.db = connection
        self.restaurant = restaurant

    @cached_property
    def desk(self) -> Desk:
        """Bookings and tables, in this transaction."""
        return Desk(self.db)

    @cached_property
    def waitlist(self) -> Waitlist:
        return Waitlist(self.db)

    def specials_on(self, day: date, place_id: str | None) -> list[str]:
        """The specials approved for the day, in words."""
        return Specials(self.db).published(day, place_id)

    # Conversations and messages

    def conversation(self, conversation_id: str) -> Conversation | None:
        row = self.db.execute(sa.select(conversations).where(conversations.c.id == conversation_id)).mappings().first()
        if row is None:
            return None
        return Conversation(
            id=row["id"], channel=row["channel"], place=row["place"], handoff=row["handoff"], **row["state"]
        )

    def save_conversation(self, conversation: Conversation, now: datetime) -> None:
        state = asdict(conversation)
        row = {key: state.pop(key) for key in ("id", "channel", "place", "handoff")}
        row |= {"state": state, "updated": now.isoformat()}
        old = self.db.execute(
            sa.select(conversations.c.handoff).where(conversations.c.id == conversation.id)
        ).first()  # fmt: skip
        if old is None or old.handoff != conversation.handoff:
            row["handoff_since"] = now.isoformat() if conversation.handoff else None
        if old is None:
            self.db.execute(conversations.insert().values(**row, created=now.isoformat()))
        else:
            self.db.execute(conversations.update().where(conversations.c.id == conversation.id).values(**row))

    def guest_message(self, conversation_id: str, message_id: str) -> dict[str, Any] | None:
        """The guest's message of that id, if it came before."""
        where = (messages.c.conversation == conversation_id) & (messages.c.message_id == message_id)
        row = self.db.execute(sa.select(messages).where(where)).mappings().first()
        return dict(row) if row else None

    def reply_to(self, conversation_id: str, message_id: str) -> dict[str, Any] | None:
        where = (messages.c.conversation == conversation_id) & (messages.c.answers == message_id)
        row = self.db.execute(sa.select(messages).where(where)).mappings().first()
        return dict(row) if row else None

    def add_message(
        self,
        conversation_id: str,
        sender: str,
        text: str,
        now: datetime,
        *,
        message_id: str | None = None,
        answers: str | None = None,
        extras: dict[str, Any] | None = None,
        answered: bool = True,
    ) -> dict[str, Any]:
        last = self.db.execute(
            sa.select(sa.func.max(messages.c.seq)).where(messages.c.conversation == conversation_id)
        ).scalar()
        row = {
            "conversation": conversation_id,
            "seq": (last or 0) + 1,
            "sender": sender,
            "text": text,
            "message_id": message_id,
            "answers": answers,
            "extras": extras or {},
            "time": now.isoformat(),
            "answered": answered,
        }
        inserted = self.db.execute(messages.insert().values(**row))
        return row | {"id": inserted.inserted_primary_key[0]}

    def mark_answered(self, conversation_id: str, message_id: str) -> None:
        where = (messages.c.conversation == conversation_id) & (messages.c.message_id == message_id)
        self.db.execute(messages.update().where(where).values(answered=True))

    def messages_after(self, conversation_id: str, seq: int, limit: int = 500) -> list[dict[str, Any]]:
        where = (messages.c.conversation == conversation_id) & (messages.c.seq > seq)
        newest = sa.select(messages).where(where).order_by(messages.c.seq.desc()).limit(limit)
        return [dict(row) for row in reversed(self.db.execute(newest).mappings().all())]

    def unanswered(self, since: datetime) -> list[dict[str, Any]]:
        """Guests' messages that were taken in but not answered, oldest first."""
        where = messages.c.answered.is_(False) & (messages.c.time >= since.isoformat())
        return [
            dict(row) for row in self.db.execute(sa.select(messages).where(where).order_by(messages.c.id)).mappings()
        ]

    def handoffs(self) -> list[dict[str, Any]]:
        query = sa.select(conversations).where(conversations.c.handoff.isnot(None))
        return [dict(row) for row in self.db.execute(query.order_by(conversations.c.handoff_since)).mappings()]

    # Orders

    def cart(self, conversation_id: str) -> Order | None:
        return self._order((orders.c.conversation == conversation_id) & (orders.c.status == CART))

    def placed(self, conversation_id: str) -> Order | None:
        """The newest order of the conversation that was placed, whatever became of it."""
        return self._order((orders.c.conversation == conversation_id) & orders.c.number.isnot(None))

    def order(self, order_id: str) -> Order | None:
        return self._order(orders.c.id == order_id)

    def conversation_of(self, order_id: str) -> str | None:
        row = self.db.execute(sa.select(orders.c.conversation).where(orders.c.id == order_id)).first()
        return row.conversation if row else None

    def save_order(self, order: Order, conversation: Conversation, now: datetime) -> None:
        place = self.restaurant.place(order.place) if self.restaurant else None
        totals = order.totals(place)
        row = {
            "status": order.status,
            "number": order.number,
            "place": order.place,
            "lines": _lines_as_json(order.lines),
            "history": [_lines_as_json(lines) for lines in order.history],
            "pieces": order.pieces,
            "subtotal_cents": totals.subtotal_cents,
            "delivery_cents": totals.delivery_cents,
            "tax_cents": totals.tax_cents,
            "total_cents": totals.total_cents,
            "type": order.type,
            "address": order.address,
            "asap": order.asap,
            "due": order.due.isoformat() if order.due else None,
            "name": order.name,
            "phone": order.phone,
            "note": order.note[:500],
            "allergy_note": order.allergy_note[:500],
            "upsell_offered": order.upsell_offered,
            "updated": now.isoformat(),
        }
        old = self.db.execute(sa.select(orders.c.number).where(orders.c.id == order.id)).first()
        if order.number is not None and (old is None or old.number is None):
            row["placed"] = now.isoformat()
        if old is None:
            fixed = {"id": order.id, "conversation": conversation.id, "channel": conversation.channel}
            self.db.execute(orders.insert().values(**row, **fixed, late_told=False, created=now.isoformat()))
        else:
            self.db.execute(orders.update().where(orders.c.id == order.id).values(**row))

    def set_status(self, order_id: str, status: str, now: datetime) -> Order | None:
        """Move a placed order on.

        Raises:
            ValueError: from its present status there is no way to that one.
        """
        order = self.order(order_id)
        if order is None or order.number is None:
            return None
        if status == order.status:
            return order
        if status not in NEXT_STATUS.get(order.status, set()):
            raise ValueError(f"an order that is {order.status} cannot become {status}")
        changes = {"status": status, "updated": now.isoformat()}
        self.db.execute(orders.update().where(orders.c.id == order_id).values(**changes))
        return replace(order, status=status)

    def order_rows(
        self, statuses: Sequence[str] | None = None, *, carts_since: datetime | None = None
    ) -> list[dict[str, Any]]:
        """Orders as stored, oldest first; carts only when they were touched since then."""
        query = sa.select(orders).order_by(orders.c.created)
        if statuses is not None:
            query = query.where(orders.c.status.in_(statuses))
        if carts_since is not None:
            query = query.where((orders.c.status != CART) | (orders.c.updated >= carts_since.isoformat()))
        return [dict(row) for row in self.db.execute(query).mappings()]

    def mark_late_told(self, order_id: str) -> None:
        self.db.execute(orders.update().where(orders.c.id == order_id).values(late_told=True))

    # What the core asks of the database (bot.core.turn.Live)

    def queued_items(self, place_id: str) -> int:
        where = (orders.c.place == place_id) & orders.c.status.in_([CONFIRMED, PREPARING])
        return int(self.db.execute(sa.select(sa.func.sum(orders.c.pieces)).where(where)).scalar() or 0)

    def next_number(self) -> int:
        return int(self.db.execute(sa.select(sa.func.max(orders.c.number))).scalar() or _FIRST_NUMBER - 1) + 1

    def sold_out(self, place_id: str | None) -> frozenset[str]:
        """Items sold out at the place; while the place is open, those sold out everywhere."""
        rows = self.db.execute(sa.select(sold_out.c.place, sold_out.c.item)).all()
        if place_id is not None:
            return frozenset(row.item for row in rows if row.place == place_id)
        places = {place.id for place in self.restaurant.places} if self.restaurant else set()
        out: dict[str, set[str]] = {}
        for row in rows:
            out.setdefault(row.item, set()).add(row.place)
        return frozenset(item for item, where in out.items() if places and places <= where)

    def set_sold_out(self, item: str, places: Sequence[str], out: bool, now: datetime) -> None:
        where = (sold_out.c.item == item) & sold_out.c.place.in_(places)
        self.db.execute(sold_out.delete().where(where))
        if out:
            self.db.execute(
                sold_out.insert(), [{"place": place, "item": item, "since": now.isoformat()} for place in places]
            )

    # Alerts

    def add_alert(self, alert: Alert, conversation_id: str | None, now: datetime) -> None:
        self.db.execute(
            alerts.insert().values(
                kind=alert.kind, text=alert.text[:500], conversation=conversation_id, time=now.isoformat(), seen=False
            )
        )

    def open_alerts(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self.db.execute(sa.select(alerts).where(alerts.c.seen.is_(False))).mappings()]

    def see_alert(self, alert_id: int) -> bool:
        return bool(self.db.execute(alerts.update().where(alerts.c.id == alert_id).values(seen=True)).rowcount)

    def _order(self, where: Any) -> Order | None:
        newest = sa.select(orders).where(where).order_by(orders.c.created.desc(), orders.c.number.desc()).limit(1)
        row = self.db.execute(newest).mappings().first()
        return order_from_row(dict(row)) if row else None


def order_from_row(row: dict[str, Any]) -> Order:
    kept = {
        key: row[key]
        for key in (
            "id", "status", "number", "place", "type", "address", "asap", "name", "phone", "note", "allergy_note",
            "upsell_offered",
        )
    }  # fmt: skip
    return Order(
        **kept,
        lines=_lines_from_json(row["lines"]),
        history=tuple(_lines_from_json(lines) for lines in row["history"]),
        due=datetime.fromisoformat(row["due"]) if row["due"] else None,
    )


OPEN_STATUSES = (CONFIRMED, PREPARING, READY)


def _lines_as_json(lines: Sequence[PricedLine]) -> list[dict[str, Any]]:
    return [priced.line.as_json() | {"unit_cents": priced.unit_cents} for priced in lines]


def _lines_from_json(lines: Sequence[dict[str, Any]]) -> tuple[PricedLine, ...]:
    return tuple(PricedLine(Line.from_json(line), line["unit_cents"]) for line in lines)


def _engine(url: str) -> Engine:
    """An engine whose transactions take the write lock at once, so that two of them never wait for each other."""
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_pre_ping=True, future=True, hide_parameters=True)
    path = sa.engine.make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        url,
        future=True,
        hide_parameters=True,  # an error's message must not hold guests' data
        poolclass=sa.pool.QueuePool if path else sa.pool.StaticPool,
        connect_args={"check_same_thread": False, "timeout": 15},
        json_serializer=lambda value: json.dumps(value, separators=(",", ":")),
    )

    @sa.event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=15000"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
