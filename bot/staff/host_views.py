"""The waitlist and the texts as JSON: for the staff board and for ``bot list``."""

from __future__ import annotations

from typing import Any

from bot.core.privacy import mask_phone
from bot.database.outbox import Row, Texts
from bot.database.store import Transaction
from bot.database.waitlist import Waitlist

_SHOWN_TEXTS = 30


def host_view(tx: Transaction) -> dict[str, Any]:
    """The waitlist with its texts, and the newest texts, as the staff board shows them."""
    box = Texts(tx.db)
    return {
        "waitlist": [
            {
                "id": row["id"],
                "place": row["place"],
                "status": row["status"],
                "name": row["name"],
                "people": row["people"],
                "quoted_min": [row["quoted_low"], row["quoted_high"]],
                "phone": mask_phone(row["phone"]) if row["phone"] else None,
                "channel": row["channel"],
                "reply": row["reply"],
                "since": row["created"],
                "notified": row["notified"],
                "texts": [_text_view(text) for text in box.of_cause(f"waitlist:{row['id']}")],
            }
            for row in Waitlist(tx.db).rows()
        ],
        "texts": [
            _text_view(text) | {"place": text["place"], "body": text["body"]} for text in box.rows(newest=_SHOWN_TEXTS)
        ][::-1],
    }


def _text_view(text: Row) -> dict[str, Any]:
    kept = {key: text[key] for key in ("id", "template", "status", "error", "attempts", "created", "updated")}
    return kept | {"to": mask_phone(text["to"])}


def waitlist_row_view(row: Row) -> dict[str, Any]:
    """A row of ``bot list waitlist``."""
    kept = ("id", "place", "channel", "status", "people")
    return {key: row[key] for key in kept} | {
        "quoted_min": [row["quoted_low"], row["quoted_high"]],
        "guest": {"name": row["name"], "phone": row["phone"]},
        "reply": row["reply"],
        "created": row["created"],
        "notified": row["notified"],
        "seated": row["seated"],
    }


def text_row_view(row: Row) -> Row:
    """A row of ``bot list texts``."""
    kept = ("id", "place", "to", "template", "cause", "status", "provider_id", "body", "attempts", "error", "created")
    return {key: row[key] for key in kept}
