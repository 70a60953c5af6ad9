"""Whatever bytes come to the running server: a clear answer or error each, and the order stays whole."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.legacy.client import connect

from bot.database.store import Store
from tests.conftest import Running

WEBHOOK = "/webhooks/rest/webhook"
MANY = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
keys = ("sender", "message", "metadata", "token", "place", "type", "message_id", "text", "after")
bodies = (
    st.binary(max_size=200)
    | json_values.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.sampled_from(keys), json_values).map(lambda value: json.dumps(value).encode())
)


@pytest.fixture
def http(running: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.base_url, timeout=60, trust_env=False) as http:
        yield http


def say(http: httpx.Client, text: Any, sender: str, message_id: str | None = None) -> httpx.Response:
    metadata = {"message_id": message_id or uuid.uuid4().hex, "place": "harbour"}
    content = json.dumps({"sender": sender, "message": text, "metadata": metadata})
    return http.post(WEBHOOK, content=content.encode())


def cart(running: Running, sender: str) -> list[tuple[str, int]]:
    store = Store(running.database_url)
    try:
        with store.transaction() as tx:
            order = tx.cart(sender)
            return [(line.item, line.quantity) for line in order.wanted] if order else []
    finally:
        store.close()


def fresh() -> str:
    return f"guest-{uuid.uuid4().hex[:12]}"


@MANY
@given(body=bodies)
def test_any_bytes_on_the_webhook_get_one_clear_error(http: httpx.Client, body: bytes) -> None:
    response = http.post(WEBHOOK, content=body)
    if response.status_code != 200:
        assert response.status_code == 400
        assert list(response.json()) == ["error"] and response.json()["error"]


@MANY
@given(body=bodies)
def test_any_bytes_for_a_session_get_a_session_or_one_clear_error(http: httpx.Client, body: bytes) -> None:
    response = http.post("/chat/session", content=body)
    if response.status_code == 200:
        assert response.json()["token"]
    else:
        assert response.status_code in (400, 401) and response.json()["error"]


async def test_any_frames_on_the_chat_socket_get_errors_and_the_chat_goes_on(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.base_url, trust_env=False) as http:
        token = (await http.post("/chat/session", json={"place": "harbour"})).json()["token"]
    url = running.base_url.replace("http", "ws") + f"/chat/socket?token={token}"
    frames: list[str | bytes] = [
        "", "{", "[]", "null", "5", b"", b"\x00\xff" * 50, "[" * 5_000, "x" * 70_000, '{"type": "say"}',
        '{"type": "say", "message_id": "\\ud800", "text": "x"}', '{"type": "\\ud800", "message_id": "m"}',
        '{"type": "say", "message_id": "\x00", "text": "x"}', '{"type": "say", "message_id": "m", "text": {"a": 1}}',
        '{"type": "say", "message_id": "a b", "text": "x"}', json.dumps({"type": "😀" * 100}),
    ]  # fmt: skip
    async with connect(url, max_size=None) as socket:
        assert json.loads(await socket.recv())["type"] == "hello"
        for frame in frames:
            await socket.send(frame)
            error = json.loads(await socket.recv())
            assert error["type"] == "error" and error["text"], frame[:50]
        await socket.send(json.dumps({"type": "say", "message_id": "m", "text": "a lasagna \ud83d"}))
        while (answer := json.loads(await socket.recv()))["type"] != "cart":
            assert answer["type"] in ("message", "typing")
        assert answer["cart"]["lines"][0]["title"] == "Lasagna"


async def test_text_that_is_not_utf_8_closes_its_socket_and_nobody_else_s(running: Running) -> None:
    async with httpx.AsyncClient(base_url=running.base_url, trust_env=False) as http:
        token = (await http.post("/chat/session", json={})).json()["token"]
        url = running.base_url.replace("http", "ws") + f"/chat/socket?token={token}"
        async with connect(url) as socket, connect(url) as other:
            await socket.recv(), await other.recv()
            await socket.write_frame(True, 1, b"\xff\xfe")
            with pytest.raises(ConnectionClosed):
                await socket.recv()
            await other.send("5")
            assert json.loads(await other.recv())["type"] == "error"
        assert (await http.get("/health")).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\x00", "\x1b[31m\x07", "😀", "日本語で注文できますか", "مرحبا", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>",
        "'; DROP TABLE orders; --", "/restart", "/inform{\"a\": 1}", "{{7*7}} {0} %s ${x}", "\ud800", "\u202e\u200b", "[x](javascript:alert(1))",
    ],
)  # fmt: skip
def test_any_text_is_answered_and_leaves_the_order_whole(http: httpx.Client, running: Running, text: str) -> None:
    sender = fresh()
    assert say(http, "a lasagna", sender).status_code == 200
    response = say(http, text, sender)
    assert response.status_code == 200
    (part,) = response.json()
    assert part["text"] and "<script" not in part["text"] and "<img" not in part["text"]
    assert cart(running, sender) == [("lasagna", 1)]


def test_ten_thousand_characters_get_a_clear_answer(http: httpx.Client, running: Running) -> None:
    sender = fresh()
    (part,) = say(http, "x" * 10_000, sender).json()
    assert "2000 characters" in part["text"]
    assert cart(running, sender) == []


def test_a_body_of_a_megabyte_is_refused(http: httpx.Client) -> None:
    assert say(http, "x" * 1_000_000, fresh()).status_code == 400


def test_an_unknown_sender_is_a_new_guest_and_an_unusable_one_is_refused(http: httpx.Client) -> None:
    assert say(http, "a lasagna", fresh()).status_code == 200
    for sender in ("", "a b", "x" * 81, "<b>", "\ud800", "ü"):
        response = say(http, "a lasagna", sender)
        assert response.status_code == 400 and "sender" in response.json()["error"]


def test_the_same_message_twice_also_at_the_same_time_is_applied_once(http: httpx.Client, running: Running) -> None:
    sender = fresh()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: say(http, "a lasagna", sender, "m1").json(), range(4)))
    answers.append(say(http, "a lasagna", sender, "m1").json())
    assert all(answer == answers[0] for answer in answers)
    assert cart(running, sender) == [("lasagna", 1)]


def test_two_messages_at_the_same_instant_are_both_applied(http: httpx.Client, running: Running) -> None:
    sender = fresh()
    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(lambda text: say(http, text, sender).status_code, ("a lasagna", "two colas")))
    assert statuses == [200, 200]
    assert sorted(cart(running, sender)) == [("cola", 2), ("lasagna", 1)]


@pytest.mark.parametrize(
    "method, path", [("GET", WEBHOOK), ("PUT", "/chat/session"), ("GET", "/nowhere"), ("POST", "/")]
)
def test_a_wrong_address_or_method_is_told_as_such(http: httpx.Client, method: str, path: str) -> None:
    assert http.request(method, path).status_code in (404, 405)


def test_no_path_leads_out_of_the_pages_folder(http: httpx.Client) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd"):
        assert http.get(path).status_code == 404
