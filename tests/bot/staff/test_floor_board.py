"""The host's actions over HTTP: guarded, done once however often they are sent, refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.core.floor import Booking
from tests.bot.parts import EVENING, serving

HEADERS = {"X-Requested-With": "staff"}
DINNER = {"place": "harbour", "people": 4, "day": "2026-11-20", "time": "19:00", "name": "Ada", "phone": "207 555 0123"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    with serving(tmp_path) as (client, _):
        client.post("/staff/login", data={"password": "open sesame"})
        yield client


def post(client: TestClient, path: str, **body: Any) -> str:
    """Nothing when it was done, else the sentence."""
    answer = client.post(path, json=body, headers=HEADERS)
    assert answer.status_code in (204, 409), answer.text
    return "" if answer.status_code == 204 else str(answer.json()["error"])


def view(client: TestClient, **query: str) -> dict[str, Any]:
    return dict(client.get("/staff/floor.json", params=query).json())


def table(client: TestClient, table_id: str) -> dict[str, Any]:
    return next(table for table in view(client)["tables"] if table["id"] == table_id)


def test_strangers_see_and_change_nothing(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, _):
        assert client.get("/staff/floor").status_code == 303
        assert client.get("/staff/floor.json").status_code == 401
        assert client.post("/staff/bookings", json=DINNER | {"id": "a" * 16}, headers=HEADERS).status_code == 401


def test_a_booking_is_made_once_moved_seated_and_ended(client: TestClient) -> None:
    for _ in range(2):
        assert post(client, "/staff/bookings", id="b" * 16, **DINNER) == ""
    (booking,) = view(client)["bookings"]
    assert (booking["tables"], booking["status"], booking["phone"]) == (["M1"], "confirmed", "+12075550123")
    assert table(client, "M1")["state"] == "soon"
    path = f"/staff/bookings/{booking['id']}"
    assert post(client, f"{path}/move", people=6, day="2026-11-20", time="18:30") == ""
    assert table(client, "B1")["next"] == "6:30 pm" and table(client, "M1")["state"] == "free"
    for _ in range(2):
        assert post(client, f"{path}/seat", tables=["B2"]) == ""
    assert (table(client, "B2")["state"], table(client, "B1")["state"]) == ("seated", "free")
    assert "cannot become" in post(client, f"{path}/status", status="cancelled")
    for _ in range(2):
        assert post(client, f"{path}/status", status="done") == ""
    assert table(client, "B2")["state"] == "free"


def test_a_guest_who_booked_in_the_chat_is_told_of_a_cancelled_booking(client: TestClient) -> None:
    turns = client.app.state.turns  # type: ignore[attr-defined]
    client.post("/webhooks/rest/webhook", json={"sender": "guest", "message": "hello", "metadata": {}})
    with turns.store.transaction() as tx:
        tx.desk.book(
            Booking("x", "harbour", 2, EVENING.replace(hour=20), EVENING.replace(hour=21), ("W1",), conversation="guest"),
            EVENING,
        )  # fmt: skip
    assert post(client, "/staff/bookings/x/status", status="cancelled", reason="A pipe burst.") == ""
    with turns.store.transaction() as tx:
        words = tx.messages_after("guest", 0)[-1]["text"]
    assert "1001" in words and "A pipe burst." in words


def test_walk_ins_and_waiting_parties_take_tables_once(client: TestClient) -> None:
    assert post(client, "/staff/waitlist", id="w" * 16, place="harbour", people=2, name="Kim") == ""
    (party,) = view(client)["waiting"]
    assert party["quoted_min"] == [0, 5]
    for _ in range(2):
        assert post(client, "/staff/floor/walkin", id="s" * 16, waiting=party["id"], tables=["W1"]) == ""
    assert view(client)["waiting"] == [] and table(client, "W1")["name"] == "Kim"
    for _ in range(2):
        assert post(client, "/staff/floor/walkin", id="v" * 16, place="harbour", people=3, tables=["M1"]) == ""
    assert "another party sits" in post(
        client, "/staff/floor/walkin", id="u" * 16, place="harbour", people=3, tables=["M1"]
    )
    assert view(client)["bookings"] == []


@pytest.mark.parametrize(
    "path, body, words",
    [
        ("/staff/bookings", DINNER | {"people": 0}, "how many people"),
        ("/staff/bookings", DINNER | {"people": "four"}, "how many people"),
        ("/staff/bookings", DINNER | {"people": 100}, "no table is free"),
        ("/staff/bookings", DINNER | {"day": "2026-02-30"}, "choose both"),
        ("/staff/bookings", DINNER | {"day": "2026-11-19"}, "has passed"),
        ("/staff/bookings", DINNER | {"day": "2026-11-26"}, "closed"),
        ("/staff/bookings", DINNER | {"time": ""}, "choose both"),
        ("/staff/bookings", DINNER | {"place": "moon"}, "no such place"),
        ("/staff/bookings", DINNER | {"phone": "123"}, "area code"),
        ("/staff/bookings", DINNER | {"id": ""}, "an id is needed"),
        ("/staff/bookings/nobody/seat", {"tables": ["W1"]}, "no such booking"),
        ("/staff/bookings/nobody/status", {"status": "done"}, "no such booking"),
        ("/staff/floor/walkin", {"place": "harbour", "people": 2, "tables": []}, "choose a table"),
        ("/staff/floor/walkin", {"place": "harbour", "people": 2, "tables": ["X"]}, "choose a table"),
        ("/staff/floor/walkin", {"waiting": "nobody", "tables": ["W1"]}, "no such party"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(
    client: TestClient, path: str, body: dict[str, Any], words: str
) -> None:
    assert words in post(client, path, **{"id": "i" * 16} | body)
    assert view(client)["bookings"] == []


def test_a_booking_of_the_host_is_listed_with_its_guest(client: TestClient) -> None:
    from bot.database.bookings import booked, booking_row_view

    post(client, "/staff/bookings", id="b" * 16, **DINNER)
    post(client, "/staff/floor/walkin", id="v" * 16, place="harbour", people=3, tables=["M2"])
    turns = client.app.state.turns  # type: ignore[attr-defined]
    with turns.store.transaction() as tx:
        (row,) = [booking_row_view(row) for row in booked(tx.desk.rows())]
    assert row["guest"] == {"name": "Ada", "phone": "+12075550123"} and row["start"] == "2026-11-20T19:00:00-05:00"
