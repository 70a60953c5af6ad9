"""The host stand on the staff board: what pressing does to the waitlist, the orders and the outbox."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.core.floor import Booking
from bot.core.phone_number import ConfirmedNumber
from bot.database.bookings import Desk
from bot.database.outbox import Texts
from bot.database.waitlist import Waitlist
from bot.texts.causes import _remind
from tests.bot.parts import EVENING, HARBOUR, Clock, place_order, serving

ADA = ConfirmedNumber("+12075550123")
BY_STAFF = {"X-Requested-With": "staff"}
Served = tuple[TestClient, Any]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as (client, rasa):
        client.post("/staff/login", content="password=open+sesame")
        yield client, rasa


def join(rasa: Any, entry: str = "a", phone: ConfirmedNumber | None = ADA) -> None:
    with rasa.turns.store.transaction() as tx:
        Waitlist(tx.db).join(entry, HARBOUR, 4, "pad", EVENING, name="Ada", phone=phone)


def act(client: TestClient, path: str, **body: Any) -> Any:
    return client.post(f"/staff/waitlist/{path}", json=body, headers=BY_STAFF)


def texts(rasa: Any) -> list[dict[str, Any]]:
    with rasa.turns.store.transaction() as tx:
        return Texts(tx.db).rows()


def board(client: TestClient) -> dict[str, Any]:
    with client.websocket_connect("/staff/socket") as socket:
        view: dict[str, Any] = socket.receive_json()
    return view


def test_table_ready_is_texted_once_however_often_it_is_pressed(served: Served) -> None:
    client, rasa = served
    join(rasa)
    for _ in range(3):
        assert act(client, "a/status", status="notified").status_code == 204
    (text,) = texts(rasa)
    assert text["to"] == ADA.e164 and text["cause"] == "waitlist:a"
    assert "Ada, your table for 4 is ready" in text["body"]
    assert act(client, "a/status", status="waiting").status_code == 204
    assert act(client, "a/status", status="notified").status_code == 204
    assert len(texts(rasa)) == 1


def test_the_board_shows_the_party_with_its_text_and_no_whole_number(served: Served) -> None:
    client, rasa = served
    join(rasa)
    act(client, "a/status", status="notified")
    end = time.monotonic() + 10
    while (view := board(client))["waitlist"][0]["texts"][0]["status"] != "delivered":
        assert time.monotonic() < end
        time.sleep(0.05)
    (party,), (text,) = view["waitlist"], view["texts"]
    assert (party["name"], party["people"], party["phone"]) == ("Ada", 4, "+1…23")
    assert text["to"] == "+1…23" and text["status"] == "delivered" and ADA.e164 not in str(view)


def test_a_party_without_a_number_is_told_by_voice(served: Served) -> None:
    client, rasa = served
    join(rasa, phone=None)
    assert act(client, "a/status", status="notified").status_code == 204
    assert texts(rasa) == []
    assert act(client, "a/late", minutes=10).status_code == 409


def test_running_late_says_how_long(served: Served) -> None:
    client, rasa = served
    join(rasa)
    assert act(client, "a/late", minutes=15).status_code == 204
    assert "about 15 minutes more" in texts(rasa)[0]["body"]
    for minutes in (0, -5, 1000, "15", None, 7.5, True, [15]):
        assert act(client, "a/late", minutes=minutes).status_code == 409


def test_a_status_that_is_none_is_refused_and_nothing_is_texted(served: Served) -> None:
    client, rasa = served
    join(rasa)
    for status in ("", "x" * 9_999, "none", None, 5, {"a": 1}):
        response = act(client, "a/status", status=status)
        assert response.status_code == 409 and len(response.json()["error"]) < 120
    assert texts(rasa) == []


def test_who_is_not_on_the_list_and_who_is_not_signed_in_gets_an_error(served: Served) -> None:
    client, rasa = served
    for path in ("nobody/status", "%20/late", "a%2Fb/status"):
        assert act(client, path, status="seated", minutes=5).status_code in (404, 409)
    join(rasa)
    client.post("/staff/logout")
    assert act(client, "a/status", status="notified").status_code == 401
    assert texts(rasa) == []


def test_an_order_that_gets_ready_is_texted_in_the_same_transaction(served: Served) -> None:
    client, rasa = served
    place_order(client, rasa)
    (order,) = board(client)["orders"]
    path = f"/staff/orders/{order['id']}/status"
    for status in ("preparing", "ready", "ready"):
        assert client.post(path, json={"status": status}, headers=BY_STAFF).status_code == 204
    (text,) = texts(rasa)
    assert text["template"] == "order_ready" and "Anna, order 101 is ready for you at 12 Harbour" in text["body"]


def test_a_text_from_a_guest_is_answered_from_the_board_by_text(served: Served) -> None:
    client, rasa = served
    form = {"MessageSid": "SM1", "From": ADA.e164, "Body": "Do you have a high chair?"}
    assert client.post("/twilio/sms", data=form).status_code == 200
    (talk,) = board(client)["handoffs"]
    assert "texted us" in talk["reason"] and talk["messages"][0]["text"] == "Do you have a high chair?"
    path = f"/staff/handoffs/{talk['conversation']}"
    for text, status in (("Yes, two.", 204), ("Yes, two.", 204), ("x" * 501, 409)):
        body = {"message_id": f"r{len(text)}", "text": text}
        assert client.post(f"{path}/reply", json=body, headers=BY_STAFF).status_code == status
    (sent,) = texts(rasa)
    assert sent["to"] == ADA.e164 and sent["body"].endswith(": Yes, two.")


@pytest.mark.parametrize(
    ("ahead_h", "booked_h", "hour", "reminded"),
    [(3, 24, 15, 1), (5, 24, 15, 0), (3, 2, 15, 0), (-1, 24, 15, 0), (3.5, 24, 7, 0), (3, 24, 22, 0)],
)
def test_a_booking_is_reminded_of_some_hours_before_by_day(
    served: Served, ahead_h: float, booked_h: float, hour: int, reminded: int
) -> None:
    _, rasa = served
    now = EVENING.replace(hour=hour)
    rasa.turns.clock = Clock(now)
    start = now + timedelta(hours=ahead_h)
    booking = Booking("b", "harbour", 2, start, start + timedelta(hours=1), ("W1",), "Ada", ADA.e164)
    with rasa.turns.store.transaction() as tx:
        Desk(tx.db).book(booking, start - timedelta(hours=booked_h))
    for _ in range(2):
        _remind(rasa.turns)
    found = texts(rasa)
    assert len(found) == reminded
    if found:
        assert "see you today at 6:00 pm, table for 2" in found[0]["body"]
