"""The database's tables. Changes to them are migrations under ``bot/database/migrations``."""

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

# A guest's or the host's booking of one or more tables. ``start`` and ``end`` carry the place's offset.
bookings = sa.Table(
    "bookings",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("number", sa.Integer, unique=True, nullable=False),
    sa.Column("place", sa.String(80), nullable=False),
    sa.Column("conversation", sa.String(80)),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),  # confirmed, seated, done, cancelled, no_show
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("start", sa.String(40), nullable=False),
    sa.Column("end", sa.String(40), nullable=False),
    sa.Column("tables", sa.JSON, nullable=False),
    sa.Column("name", sa.String(80)),
    sa.Column("phone", sa.String(20)),
    sa.Column("note", sa.String(500), nullable=False, default=""),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("updated", sa.String(40), nullable=False),
    sa.Index("bookings_status", "place", "status"),
    sa.Index("bookings_phone", "phone"),
)

waitlist = sa.Table(
    "waitlist",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("place", sa.String(80), nullable=False),
    sa.Column("conversation", sa.String(80)),
    sa.Column("channel", sa.String(20), nullable=False),  # chat, phone, pad, host
    sa.Column("status", sa.String(20), nullable=False),  # waiting, notified, seated, gone, no_show
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("quoted_low", sa.Integer, nullable=False),  # minutes, as told to the guest
    sa.Column("quoted_high", sa.Integer, nullable=False),
    sa.Column("tables", sa.JSON, nullable=False),
    sa.Column("name", sa.String(80)),
    sa.Column("phone", sa.String(20)),  # E.164, and only a number that the guest confirmed
    sa.Column("reply", sa.String(20)),  # what the guest last texted: coming, late
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("notified", sa.String(40)),
    sa.Column("seated", sa.String(40)),
    sa.Column("updated", sa.String(40), nullable=False),
    sa.Index("waitlist_status", "place", "status"),
    sa.Index("waitlist_phone", "phone"),
)

# Who has which table in which quarter of an hour (Unix time // 900): its key is why no table is given away twice.
table_holds = sa.Table(
    "table_holds",
    metadata,
    sa.Column("place", sa.String(80), primary_key=True),
    sa.Column("table", sa.String(40), primary_key=True),
    sa.Column("quarter", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("cause", sa.String(80), nullable=False),  # booking:ID, waitlist:ID, walkin:ID
    sa.Index("table_holds_cause", "cause"),
)

# The outbox: written in the transaction of its cause, sent by a worker. One text a cause and template.
texts = sa.Table(
    "texts",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("place", sa.String(80)),
    sa.Column("to", sa.String(20), nullable=False),
    sa.Column("template", sa.String(40), nullable=False),
    sa.Column("cause", sa.String(80), nullable=False),  # order:ID, waitlist:ID, booking:ID, reply:ID
    sa.Column("body", sa.String(700), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),  # queued, sending, sent, delivered, failed, dropped
    sa.Column("provider_id", sa.String(80), unique=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("next_try", sa.String(40)),
    sa.Column("error", sa.String(200), nullable=False, default=""),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("updated", sa.String(40), nullable=False),
    sa.UniqueConstraint("cause", "template"),
    sa.Index("texts_status", "status", "next_try"),
    sa.Index("texts_to", "to"),
)

opt_outs = sa.Table(
    "opt_outs",
    metadata,
    sa.Column("phone", sa.String(20), primary_key=True),
    sa.Column("since", sa.String(40), nullable=False),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("place", sa.String(80)),
    sa.Column("cause", sa.String(80)),  # the visit: order:ID, waitlist:ID, booking:ID
    sa.Column("channel", sa.String(20), nullable=False),  # text, chat, phone
    sa.Column("phone", sa.String(20)),
    sa.Column("conversation", sa.String(80)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("label", sa.String(20), nullable=False),  # positive, negative, not_judged
    sa.Column("score", sa.Float),
    sa.Column("topics", sa.JSON, nullable=False),
    sa.Column("made_up", sa.Boolean, nullable=False, default=False),
    sa.Column("message_id", sa.String(80), unique=True),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Index("feedback_created", "created"),
    sa.Index("feedback_phone", "phone"),
)

# Questions that found no answer, for the owner to answer.
open_questions = sa.Table(
    "open_questions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("place", sa.String(80)),
    sa.Column("conversation", sa.String(80)),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),  # open, answered, ignored
    sa.Column("made_up", sa.Boolean, nullable=False, default=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Index("open_questions_status", "status"),
)

# The day's special as the assistant would put it; shown to guests only when the owner has approved it.
specials = sa.Table(
    "specials",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("place", sa.String(80)),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),  # proposed, approved, refused
    sa.Column("created", sa.String(40), nullable=False),
)

# A phone call that has ended. Its words are the conversation's messages; ``timeline`` holds when what was said.
calls = sa.Table(
    "calls",
    metadata,
    sa.Column("id", sa.String(80), primary_key=True),  # the conversation's
    sa.Column("place", sa.String(80)),
    sa.Column("caller", sa.String(20)),
    sa.Column("dialled", sa.String(20)),
    sa.Column("started", sa.String(40), nullable=False),
    sa.Column("seconds", sa.Float, nullable=False),
    sa.Column("outcome", sa.String(40), nullable=False),
    sa.Column("recorded", sa.Boolean, nullable=False, default=False),
    sa.Column("timeline", sa.JSON, nullable=False),
    sa.Index("calls_started", "started"),
)
