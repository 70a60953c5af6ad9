"""The database's tables. Changes to them are migrations under ``bot/migrations``."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", sa.String(80), primary_key=True),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("place", sa.String(80)),
    sa.Column("handoff", sa.String(20)),
    sa.Column("handoff_since", sa.String(40)),
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("updated", sa.String(40), nullable=False),
    sa.Index("conversations_handoff", "handoff"),
)

# A guest's message is ``answered`` when its changes and its reply are stored; they come in one transaction.
messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("conversation", sa.String(80), sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("sender", sa.String(10), nullable=False),  # guest, bot, staff
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("message_id", sa.String(80)),
    sa.Column("answers", sa.String(80)),  # the message_id that a bot's message answers
    sa.Column("extras", sa.JSON, nullable=False),
    sa.Column("time", sa.String(40), nullable=False),
    sa.Column("answered", sa.Boolean, nullable=False, default=True),
    sa.UniqueConstraint("conversation", "seq"),
    sa.UniqueConstraint("conversation", "message_id"),
    sa.UniqueConstraint("conversation", "answers"),
    sa.Index("messages_unanswered", "answered"),
)

orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("number", sa.Integer, unique=True),
    sa.Column("conversation", sa.String(80), sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("place", sa.String(80)),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("lines", sa.JSON, nullable=False),
    sa.Column("history", sa.JSON, nullable=False),
    sa.Column("pieces", sa.Integer, nullable=False),
    sa.Column("subtotal_cents", sa.Integer, nullable=False),
    sa.Column("delivery_cents", sa.Integer, nullable=False),
    sa.Column("tax_cents", sa.Integer, nullable=False),
    sa.Column("total_cents", sa.Integer, nullable=False),
    sa.Column("type", sa.String(10)),
    sa.Column("address", sa.String(200)),
    sa.Column("asap", sa.Boolean, nullable=False),
    sa.Column("due", sa.String(40)),
    sa.Column("name", sa.String(80)),
    sa.Column("phone", sa.String(20)),
    sa.Column("note", sa.String(500), nullable=False),
    sa.Column("allergy_note", sa.String(500), nullable=False),
    sa.Column("upsell_offered", sa.Boolean, nullable=False),
    sa.Column("late_told", sa.Boolean, nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("updated", sa.String(40), nullable=False),
    sa.Column("placed", sa.String(40)),
    sa.Index("orders_conversation", "conversation", "status"),
    sa.Index("orders_status", "status"),
)

sold_out = sa.Table(
    "sold_out",
    metadata,
    sa.Column("place", sa.String(80), primary_key=True),
    sa.Column("item", sa.String(80), primary_key=True),
    sa.Column("since", sa.String(40), nullable=False),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("conversation", sa.String(80)),
    sa.Column("time", sa.String(40), nullable=False),
    sa.Column("seen", sa.Boolean, nullable=False, default=False),
)
