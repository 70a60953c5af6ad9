import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot.staff.board import check_password, password_hash
from tests.bot.parts import FakeRasa, place_order, rest, serving, settings

Served = tuple[TestClient, FakeRasa]
BY_STAFF = {"X-Requested-With": "staff"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path) as served:
        yield served


@pytest.fixture
def client(served: Served) -> TestClient:
    """Signed in."""
    client = served[0]
    assert client.post("/staff/login", content="password=open+sesame").headers["location"] == "/staff"
    return client


def act(client: TestClient, path: str, **body: Any) -> Any:
    return client.post(f"/staff/{path}", json=body, headers=BY_STAFF)


def board(client: TestClient) -> dict[str, Any]:
    with client.websocket_connect("/staff/socket") as socket:
        view: dict[str, Any] = socket.receive_json()
    return view


PATHS = (
    "orders/x/status", "items/cola/sold_out", "handoffs/x/take", "handoffs/x/reply", "handoffs/x/give_back",
    "alerts/1/ack",
)  # fmt: skip


def test_without_the_password_nothing_of_the_board_is_seen_or_done(served: Served) -> None:
    client = served[0]
    assert client.get("/staff").headers["location"] == "/staff/login"
    for path in PATHS:
        assert act(client, path).status_code == 401
    with client.websocket_connect("/staff/socket") as socket, pytest.raises(WebSocketDisconnect) as closed:
        socket.receive_json()
    assert closed.value.code == 4401


@pytest.mark.parametrize(
    "form", ["", "password=", "password=wrong", "pass=open+sesame", "x" * 5_000, "%FF=%FE", "\x00"]
)
def test_a_wrong_password_leads_back_to_the_login(served: Served, form: str) -> None:
    response = served[0].post("/staff/login", content=form)
    assert response.headers["location"] == "/staff/login?error=password"
    assert "set-cookie" not in response.headers


def test_ten_wrong_passwords_have_to_wait(served: Served) -> None:
    for _ in range(10):
        served[0].post("/staff/login", content="password=wrong")
    response = served[0].post("/staff/login", content="password=open+sesame")
    assert response.headers["location"] == "/staff/login?error=wait"


def test_a_made_up_cookie_opens_nothing(served: Served) -> None:
    for cookie in ("staff", "staff.x.y", "", "a.b"):
        assert served[0].get("/staff", cookies={"staff": cookie}).status_code == 303


def test_the_cookie_is_for_this_site_and_not_for_scripts(served: Served) -> None:
    cookie = served[0].post("/staff/login", content="password=open+sesame").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie


def test_after_the_logout_the_board_is_closed(client: TestClient) -> None:
    assert client.get("/staff").status_code == 200
    client.post("/staff/logout")
    assert client.get("/staff").status_code == 303


def test_another_site_s_page_cannot_use_the_staff_s_cookie(client: TestClient) -> None:
    headers = {"origin": "https://evil.example"}
    with client.websocket_connect("/staff/socket", headers=headers) as socket:
        with pytest.raises(WebSocketDisconnect):
            socket.receive_json()
    assert client.post("/staff/items/cola/sold_out", json={"sold_out": True}).status_code == 400
    assert not any(item["sold_out"] for item in board(client)["menu"])


def test_an_order_moves_over_the_board_and_the_guest_is_told(served: Served, client: TestClient) -> None:
    place_order(client, served[1])
    (order,) = board(client)["orders"]
    assert order["guest"] == {"name": "Anna", "phone": "+12075550123"} and order["lines"][0]["title"] == "Lasagna"
    path = f"orders/{order['id']}/status"
    assert act(client, path, status="preparing").status_code == 204
    assert act(client, path, status="confirmed").status_code == 409
    for _ in range(2):
        assert act(client, path, status="ready").status_code == 204
    with served[1].turns.store.transaction() as tx:  # type: ignore[union-attr]
        told = [
            row["text"] for row in tx.messages_after("guest", 0) if row["answers"] is None and row["sender"] == "bot"
        ]
    assert told == ["Good news: order 101 is ready."]
    assert act(client, path, status="done").status_code == 204
    assert board(client)["orders"] == []


def test_a_cancelled_order_is_told_with_its_reason(served: Served, client: TestClient) -> None:
    place_order(client, served[1])
    (order,) = board(client)["orders"]
    act(client, f"orders/{order['id']}/status", status="cancelled", reason="The oven is broken.")
    with served[1].turns.store.transaction() as tx:  # type: ignore[union-attr]
        assert "The oven is broken." in tx.messages_after("guest", 0)[-1]["text"]


def test_a_dish_marked_sold_out_is_not_sold_from_then_on(client: TestClient) -> None:
    assert act(client, "items/lasagna/sold_out", sold_out=True, place="harbour").status_code == 204
    assert "sold out" in rest(client, "a lasagna").json()[0]["text"]
    item = next(item for item in board(client)["menu"] if item["id"] == "lasagna")
    assert item["sold_out_at"] == ["harbour"] and not item["sold_out"]
    assert act(client, "items/lasagna/sold_out", sold_out=False).status_code == 204
    assert "Added 1 × Lasagna" in rest(client, "a lasagna").json()[0]["text"]
    assert act(client, "items/unicorn/sold_out", sold_out=True).status_code == 409


def test_staff_take_a_chat_answer_in_it_and_give_it_back(served: Served, client: TestClient) -> None:
    served[1].intents["a human please"] = "human"
    rest(client, "a human please")
    (handoff,) = board(client)["handoffs"]
    assert (handoff["conversation"], handoff["state"]) == ("guest", "waiting")
    assert act(client, "handoffs/guest/take").status_code == 204
    assert "person from our team" in rest(client, "hello?").json()[0]["text"]
    for _ in range(2):
        assert act(client, "handoffs/guest/reply", message_id="r1", text="Hi, this is Jo.").status_code == 204
    assert act(client, "handoffs/guest/give_back").status_code == 204
    assert "Lasagna" in rest(client, "a lasagna").json()[0]["text"]
    with served[1].turns.store.transaction() as tx:  # type: ignore[union-attr]
        said = [row["text"] for row in tx.messages_after("guest", 0) if row["sender"] == "staff"]
    assert said == ["A person from our team is here now.", "Hi, this is Jo."]
    assert board(client)["handoffs"] == []


def test_an_emergency_is_on_the_board_until_it_is_seen(client: TestClient) -> None:
    rest(client, "my friend can't breathe")
    (alert,) = board(client)["alerts"]
    assert (alert["kind"], alert["text"]) == ("emergency", "my friend can't breathe")
    assert act(client, f"alerts/{alert['id']}/ack").status_code == 204
    assert board(client)["alerts"] == []


@pytest.mark.parametrize(
    "path", [*PATHS[:1], *PATHS[2:], "alerts/x/ack", "alerts/%C2%B2/ack", "alerts/" + "9" * 99 + "/ack"]
)
def test_what_is_not_there_is_told_as_a_conflict(client: TestClient, path: str) -> None:
    response = act(client, path, status="ready", message_id="m", text="x")
    assert response.status_code == 409 and response.json()["error"]


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b"\xff", b"5"])
def test_a_body_that_is_no_object_is_refused(client: TestClient, body: bytes) -> None:
    for path in PATHS:
        assert client.post(f"/staff/{path}", content=body, headers=BY_STAFF).status_code == 400


def test_odd_values_in_a_body_are_refused(client: TestClient) -> None:
    rest(client, "a lasagna")
    for body in (
        {},
        {"message_id": "m", "text": " "},
        {"message_id": "ü", "text": "x"},
        {"message_id": "m", "text": 5},
    ):
        assert act(client, "handoffs/guest/reply", **body).status_code == 409
    assert act(client, "handoffs/guest/reply", message_id="m", text="x" * 4_001).status_code == 409


def test_a_first_password_is_random_printed_once_and_kept_only_hashed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = settings(tmp_path, staff_password="")
    hashed = password_hash(plain)
    password = capsys.readouterr().out.split()[-1]
    kept = tmp_path / "staff_password"
    assert check_password(password, hashed) and not check_password(password + "x", hashed)
    assert password not in kept.read_text() and stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert password_hash(plain) == hashed
    assert capsys.readouterr().out == ""
