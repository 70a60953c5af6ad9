"""Bookings, waitlist, texts, feedback, questions and specials"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("conversation", sa.String(length=80), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("start", sa.String(length=40), nullable=False),
        sa.Column("end", sa.String(length=40), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.Column("updated", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index("bookings_phone", ["phone"], unique=False)
        batch_op.create_index("bookings_status", ["place", "status"], unique=False)

    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=True),
        sa.Column("cause", sa.String(length=80), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("conversation", sa.String(length=80), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.Column("message_id", sa.String(length=80), nullable=True),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index("feedback_created", ["created"], unique=False)
        batch_op.create_index("feedback_phone", ["phone"], unique=False)

    op.create_table(
        "open_questions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("place", sa.String(length=80), nullable=True),
        sa.Column("conversation", sa.String(length=80), nullable=True),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("open_questions", schema=None) as batch_op:
        batch_op.create_index("open_questions_status", ["status"], unique=False)

    op.create_table(
        "opt_outs",
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("since", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("phone"),
    )
    op.create_table(
        "specials",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("place", sa.String(length=80), nullable=True),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "table_holds",
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("table", sa.String(length=40), nullable=False),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("place", "table", "quarter"),
    )
    with op.batch_alter_table("table_holds", schema=None) as batch_op:
        batch_op.create_index("table_holds_cause", ["cause"], unique=False)

    op.create_table(
        "texts",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=True),
        sa.Column("to", sa.String(length=20), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("body", sa.String(length=700), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.String(length=40), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.Column("updated", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cause", "template"),
        sa.UniqueConstraint("provider_id"),
    )
    with op.batch_alter_table("texts", schema=None) as batch_op:
        batch_op.create_index("texts_status", ["status", "next_try"], unique=False)
        batch_op.create_index("texts_to", ["to"], unique=False)

    op.create_table(
        "waitlist",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("conversation", sa.String(length=80), nullable=True),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("quoted_low", sa.Integer(), nullable=False),
        sa.Column("quoted_high", sa.Integer(), nullable=False),
        sa.Column("tables", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("reply", sa.String(length=20), nullable=True),
        sa.Column("created", sa.String(length=40), nullable=False),
        sa.Column("notified", sa.String(length=40), nullable=True),
        sa.Column("seated", sa.String(length=40), nullable=True),
        sa.Column("updated", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("waitlist", schema=None) as batch_op:
        batch_op.create_index("waitlist_phone", ["phone"], unique=False)
        batch_op.create_index("waitlist_status", ["place", "status"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("waitlist", schema=None) as batch_op:
        batch_op.drop_index("waitlist_status")
        batch_op.drop_index("waitlist_phone")

    op.drop_table("waitlist")
    with op.batch_alter_table("texts", schema=None) as batch_op:
        batch_op.drop_index("texts_to")
        batch_op.drop_index("texts_status")

    op.drop_table("texts")
    with op.batch_alter_table("table_holds", schema=None) as batch_op:
        batch_op.drop_index("table_holds_cause")

    op.drop_table("table_holds")
    op.drop_table("specials")
    op.drop_table("opt_outs")
    with op.batch_alter_table("open_questions", schema=None) as batch_op:
        batch_op.drop_index("open_questions_status")

    op.drop_table("open_questions")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index("feedback_phone")
        batch_op.drop_index("feedback_created")

    op.drop_table("feedback")
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_index("bookings_status")
        batch_op.drop_index("bookings_phone")

    op.drop_table("bookings")
