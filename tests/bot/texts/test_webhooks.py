"""Twilio's requests: only Twilio's are taken, in any order and number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.core.phone_number import ConfirmedNumber
from bot.database.outbox import Texts
from tests.bot.fake_twilio import ACCOUNT, SENDER, TOKEN, signature
from tests.bot.parts import EVENING, serving

PUBLIC = "https://table.example"
ADA = ConfirmedNumber("+12075550123")
SMS = {"MessageSid": "SM1", "From": ADA.e164, "To": SENDER, "Body": "On my way", "NumMedia": "0"}


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[TestClient]:
    """A bot with an account, reached through a proxy under another name."""
    account = {"twilio_account_sid": ACCOUNT, "twilio_auth_token": TOKEN, "twilio_from": SENDER}
    with serving(tmp_path, **account, twilio_api_url="http://127.0.0.1:9", public_url=PUBLIC) as (client, _):
        yield client


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[TestClient]:
    with serving(tmp_path) as (client, _):
        yield client


def post(client: TestClient, path: str, fields: dict[str, str], *, url: str = "", sign: bool = True) -> Any:
    headers = {"X-Twilio-Signature": signature(url or PUBLIC + path, fields)} if sign else {}
    return client.post(path, data=fields, headers=headers)


def texted(client: TestClient) -> dict[str, Any]:
    with client.app.state.turns.store.transaction() as tx:  # type: ignore[attr-defined]
        return Texts(tx.db).enqueue(ADA, "table_ready", "waitlist:a", "Ready.", EVENING)


def row(client: TestClient, text_id: str) -> dict[str, Any]:
    with client.app.state.turns.store.transaction() as tx:  # type: ignore[attr-defined]
        return Texts(tx.db).get(text_id) or {}


def stored(client: TestClient) -> int:
    with client.app.state.turns.store.transaction() as tx:  # type: ignore[attr-defined]
        return len(tx.messages_after(f"text:{ADA.e164}", 0))


def test_a_signed_text_is_taken_and_answered_with_nothing(signed: TestClient) -> None:
    response = post(signed, "/twilio/sms", SMS)
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/xml")
    assert "<Message" not in response.text and stored(signed) == 1
    post(signed, "/twilio/sms", SMS)
    assert stored(signed) == 1


def test_a_wrong_or_missing_signature_is_refused(signed: TestClient) -> None:
    assert post(signed, "/twilio/sms", SMS, sign=False).status_code == 403
    assert post(signed, "/twilio/sms", SMS, url="https://elsewhere.example/twilio/sms").status_code == 403
    changed = signed.post(
        "/twilio/sms", data=SMS | {"Body": "3"}, headers={"X-Twilio-Signature": signature(PUBLIC + "/twilio/sms", SMS)}
    )
    assert changed.status_code == 403
    for shown in ("", "x", "ä", "=" * 9_000):
        header = {"X-Twilio-Signature": shown.encode("latin-1")}
        assert signed.post("/twilio/sms", data=SMS, headers=header).status_code == 403  # type: ignore[arg-type]
    other = {"X-Twilio-Signature": signature(PUBLIC + "/twilio/sms", SMS, token="another token")}
    assert signed.post("/twilio/sms", data=SMS, headers=other).status_code == 403
    assert stored(signed) == 0


def test_the_query_is_part_of_what_is_signed(signed: TestClient) -> None:
    text = texted(signed)
    fields = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    path = f"/twilio/status?text={text['id']}"
    assert post(signed, path, fields, url=PUBLIC + "/twilio/status?text=other").status_code == 403
    assert post(signed, path, fields).status_code == 204
    assert row(signed, text["id"])["status"] == "delivered"


def test_without_a_token_only_this_machine_may_bring_texts(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, _):
        assert client.post("/twilio/sms", data=SMS).status_code == 200
        outside = TestClient(client.app, client=("203.0.113.9", 5))
        assert outside.post("/twilio/sms", data=SMS).status_code == 403
        assert outside.post("/twilio/status", data=SMS).status_code == 403


def test_callbacks_in_any_order_end_in_the_same_state(plain: TestClient) -> None:
    text = texted(plain)
    for status in ("delivered", "queued", "sent", "delivered", "undelivered", "nonsense", ""):
        fields = {"MessageSid": "SM1", "MessageStatus": status}
        assert plain.post(f"/twilio/status?text={text['id']}", data=fields).status_code == 204
    assert row(plain, text["id"])["status"] == "delivered"


def test_a_failure_is_told_on_the_board_in_words(signed: TestClient) -> None:
    text = texted(signed)
    fields = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003"}
    for _ in range(2):
        post(signed, f"/twilio/status?text={text['id']}", fields)
    assert row(signed, text["id"])["status"] == "failed"
    with signed.app.state.turns.store.transaction() as tx:  # type: ignore[attr-defined]
        (alert,) = tx.open_alerts()
    assert "switched off" in alert["text"] and ADA.e164 not in alert["text"]


def test_what_is_no_form_is_refused(plain: TestClient) -> None:
    long, twice, many = b"x" * 70_000, b"Body=a&Body=b&MessageSid=SM1", b"&".join([b"a=1"] * 500)
    for body in (b"", b"\xff\xfe", b"a", long, twice, many, b"{}"):
        for path in ("/twilio/sms", "/twilio/status"):
            assert plain.post(path, content=body).status_code == 400, body[:30]


def test_a_message_needs_an_id(plain: TestClient) -> None:
    for sid in ("", "a b", "x" * 65, "../x"):
        for path in ("/twilio/sms", "/twilio/status"):
            assert plain.post(path, data=SMS | {"MessageSid": sid}).status_code == 400, sid


def test_a_text_from_no_phone_number_is_left_alone(plain: TestClient) -> None:
    for sender in ("", "ORANGE", "12345", "+1207555012x", "client:ada"):
        assert plain.post("/twilio/sms", data=SMS | {"From": sender}).status_code == 200
    assert stored(plain) == 0
