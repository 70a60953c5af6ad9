"""Logs hold no guest's words and no phone number, neither ours nor Rasa's."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.database.store import Store
from bot.database.tables import messages

WORDS = ("quincunx", "2075550177", "207 555 0177")


def test_what_a_guest_says_is_in_no_log(running: Any) -> None:
    texts = (
        "I am Quincunx and my number is 207 555 0177",
        "a lasagna for Quincunx",
        "/restart quincunx",
        "207 555 0177",
    )
    for number, text in enumerate(texts):
        body = {"sender": "log-guest", "message": text, "metadata": {"message_id": f"m{number}", "place": "harbour"}}
        assert httpx.post(f"{running.base_url}/webhooks/rest/webhook", json=body, timeout=30).status_code == 200
    logs = "".join(
        path.read_text(errors="replace").lower() for path in running.folder.glob("*log*") if path.is_file()
    )  # fmt: skip
    assert [word for word in WORDS if word in logs] == []


def test_a_database_error_does_not_tell_the_row(tmp_path: Any) -> None:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.migrate()
    with pytest.raises(sa.exc.IntegrityError) as caught, store.transaction() as tx:
        tx.db.execute(messages.insert().values(
            conversation="nobody", seq=1, sender="guest", text="I am Quincunx", extras={}, time="now",
        ))  # fmt: skip
    assert "Quincunx" not in str(caught.value)
    store.close()
