import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from bot import chat
from bot.chat import valid_id
from tests.bot.parts import FakeRasa, rest, serving

Served = tuple[TestClient, FakeRasa]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("chat")) as served:
        yield served


@pytest.fixture
def client(served: Served) -> TestClient:
    return served[0]


def session(client: TestClient, **body: Any) -> dict[str, Any]:
    view: dict[str, Any] = client.post("/chat/session", json=body).json()
    return view


def until(socket: Any, kind: str) -> list[dict[str, Any]]:
    """Frames up to the first of that type."""
    frames = [socket.receive_json()]
    while frames[-1]["type"] != kind:
        frames.append(socket.receive_json())
    return frames


def test_a_new_guest_gets_a_signed_conversation_and_the_places(client: TestClient) -> None:
    one, other = session(client, place="harbour"), session(client)
    assert one["conversation"] != other["conversation"]
    assert one["place"] == "harbour" and other["place"] is None
    assert [place["id"] for place in one["places"]] == ["harbour", "mill"]


def test_a_guest_who_shows_the_token_gets_the_same_conversation(client: TestClient) -> None:
    first = session(client, place="mill")
    again = session(client, token=first["token"])
    assert (again["conversation"], again["place"]) == (first["conversation"], "mill")


@pytest.mark.parametrize("token", ["", "x", "W10.x", 5, [], {}, "\ud800", "a" * 10_000])
def test_a_conversation_cannot_be_made_up(client: TestClient, token: Any) -> None:
    content = json.dumps({"token": token}).encode()
    assert client.post("/chat/session", content=content).status_code == 401


def test_a_changed_token_is_refused_by_session_and_socket(client: TestClient) -> None:
    token = session(client)["token"]
    forged = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    assert client.post("/chat/session", json={"token": forged}).status_code == 401
    with client.websocket_connect(f"/chat/socket?token={forged}") as socket:
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4401


def test_a_message_is_echoed_answered_and_shown_in_the_cart(client: TestClient) -> None:
    token = session(client, place="harbour")["token"]
    with client.websocket_connect(f"/chat/socket?token={token}&after=0") as socket:
        assert socket.receive_json() == {"type": "hello", "messages": [], "cart": None, "handed_off": False}
        socket.send_json({"type": "say", "message_id": "m1", "text": "a lasagna"})
        frames = until(socket, "cart")
    assert [frame.get("from") for frame in frames if frame["type"] == "message"] == ["guest", "bot"]
    assert frames[0]["message_id"] == "m1"
    assert frames[-1]["cart"]["lines"][0]["title"] == "Lasagna"


def test_a_reconnect_brings_exactly_what_was_missed(client: TestClient) -> None:
    token = session(client, place="harbour")["token"]
    with client.websocket_connect(f"/chat/socket?token={token}") as socket:
        socket.receive_json()
        for number, text in enumerate(("a lasagna", "a cola")):
            socket.send_json({"type": "say", "message_id": f"m{number}", "text": text})
            until(socket, "cart")
    for after, missed in ((0, [1, 2, 3, 4]), (2, [3, 4]), (4, []), (99, [])):
        with client.websocket_connect(f"/chat/socket?token={token}&after={after}") as socket:
            hello = socket.receive_json()
        assert [message["seq"] for message in hello["messages"]] == missed
        assert hello["cart"]["total_cents"] == 1814


def test_two_windows_of_one_guest_see_the_same_and_a_repeat_doubles_nothing(client: TestClient) -> None:
    token = session(client, place="harbour")["token"]
    url = f"/chat/socket?token={token}"
    with client.websocket_connect(url) as one, client.websocket_connect(url) as other:
        one.receive_json(), other.receive_json()
        one.send_json({"type": "say", "message_id": "m", "text": "a lasagna"})
        assert until(one, "cart") == until(other, "cart")
        one.send_json({"type": "say", "message_id": "m", "text": "a lasagna"})
        repeated = [one.receive_json(), one.receive_json()]
    assert [message["seq"] for message in repeated] == [1, 2]


@pytest.mark.parametrize(
    "frame",
    [
        "", "null", "[]", "5", "{", '{"type": "say"}', '{"type": "say", "message_id": "m", "text": 5}',
        '{"type": "say", "message_id": "", "text": "x"}', '{"type": "say", "message_id": "ü", "text": "x"}',
        '{"type": "jump", "message_id": "m", "text": "x"}', "[" * 10_000, '"' + "x" * 70_000 + '"',
        '{"type": "say", "message_id": "\\ud800", "text": "x"}', '{"type": "say", "message_id": ["m"], "text": "x"}',
    ],
    ids=lambda frame: frame[:40],
)  # fmt: skip
def test_a_frame_that_is_no_message_gets_an_error_and_the_chat_goes_on(client: TestClient, frame: str) -> None:
    token = session(client, place="harbour")["token"]
    with client.websocket_connect(f"/chat/socket?token={token}") as socket:
        socket.receive_json()
        socket.send_text(frame)
        error = socket.receive_json()
        assert error["type"] == "error" and error["text"] and error["retry"] is False
        assert error["message_id"] in (None, "m")
        socket.send_bytes(b"\x00\xff")
        assert socket.receive_json()["type"] == "error"
        socket.send_json({"type": "say", "message_id": "ok", "text": "a lasagna"})
        assert until(socket, "cart")[-1]["cart"]["lines"]


def test_a_failed_turn_is_told_with_the_message_s_id_and_may_be_sent_again(served: Served) -> None:
    client, rasa = served
    token = session(client, place="harbour")["token"]
    with client.websocket_connect(f"/chat/socket?token={token}") as socket:
        socket.receive_json()
        rasa.failures = ["before"]
        socket.send_json({"type": "say", "message_id": "m", "text": "a lasagna"})
        error = until(socket, "error")[-1]
        assert error["message_id"] == "m" and error["retry"] is True
        socket.send_json({"type": "say", "message_id": "m", "text": "a lasagna"})
        assert until(socket, "cart")[-1]["cart"]["lines"][0]["quantity"] == 1


def test_a_flood_is_slowed_down(client: TestClient) -> None:
    token = session(client)["token"]
    with client.websocket_connect(f"/chat/socket?token={token}") as socket:
        socket.receive_json()
        for number in range(21):
            socket.send_json({"type": "say", "message_id": f"m{number}", "text": "?"})
        error = next(f for f in iter(socket.receive_json, None) if f["type"] == "error" and f["message_id"] == "m20")
    assert error["retry"] is True


@pytest.mark.parametrize("after", ["-1", "x", "1e9", "9" * 30, ""])
def test_a_strange_position_closes_the_socket_with_a_reason(client: TestClient, after: str) -> None:
    token = session(client)["token"]
    with client.websocket_connect(f"/chat/socket?token={token}&after={after}") as socket:
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == 4401


def test_the_rest_webhook_answers_in_rasa_s_shape(client: TestClient) -> None:
    response = rest(client, "a funghi", "m1", sender="rest-1")
    assert response.status_code == 200
    (part,) = response.json()
    assert part["recipient_id"] == "rest-1" and "size" in part["text"]
    assert {"title": "large", "payload": "large"} in part["buttons"]
    assert rest(client, "a funghi", "m1", sender="rest-1").json() == [part]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"nonsense", b"null", b"[]", b"{}", b'{"sender": "a"}', b'{"sender": "", "message": "x"}',
        b'{"sender": "a b", "message": "x"}', b'{"sender": 5, "message": "x"}', b'{"sender": "a", "message": null}',
        b'{"sender": "a", "message": "x", "metadata": [1]}', b'{"sender": "a", "message": "x", "metadata": "m"}',
        b'{"sender": "a", "message": "x", "metadata": {"message_id": {"a": 1}}}', b"[" * 50_000,
        b'{"sender": "a", "message": "' + b"x" * 250_000 + b'"}', b'{"sender": "\\ud800", "message": "x"}',
        b'{"sender": ' + b"9" * 9_000 + b"}",
    ],
    ids=lambda body: repr(body[:30]),
)  # fmt: skip
def test_a_body_that_is_no_message_is_refused_with_one_clear_sentence(client: TestClient, body: bytes) -> None:
    response = client.post("/webhooks/rest/webhook", content=body)
    assert response.status_code == 400
    assert list(response.json()) == ["error"] and response.json()["error"]


def test_a_failed_turn_is_a_503_over_rest_and_the_order_is_whole(served: Served) -> None:
    client, rasa = served
    rasa.failures = ["unreachable"]
    response = rest(client, "a lasagna", "m1", sender="unlucky")
    assert response.status_code == 503 and "nothing was changed" in response.json()[0]["text"]
    assert rest(client, "a lasagna", "m1", sender="unlucky").status_code == 200


def test_an_early_message_over_rest_is_kept_and_answered_when_it_is_sent_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, rasa = served
    monkeypatch.setattr(chat, "_AT_ONCE_S", 0.05)
    rasa.started.clear()
    heard = len(rasa.heard)
    for _ in range(12):  # more often than one may write at once: it is the same message
        response = rest(client, "a lasagna", "m1", sender="early")
        assert (response.status_code, response.headers["retry-after"]) == (202, "3")
        (part,) = response.json()
        assert part["message_id"] == "m1" and "One moment" in part["text"]
    assert client.portal is not None
    client.portal.call(rasa.started.set)
    response = rest(client, "a lasagna", "m1", sender="early")
    assert response.status_code == 200 and "1 × Lasagna" in response.json()[0]["text"]
    assert rasa.heard[heard:] == ["a lasagna"]


def test_a_page_that_is_loaded_again_while_the_answer_is_awaited_is_told_to_wait(served: Served) -> None:
    client, rasa = served
    token = session(client, place="harbour")["token"]
    rasa.started.clear()
    with client.websocket_connect(f"/chat/socket?token={token}") as socket:
        socket.receive_json()
        socket.send_json({"type": "say", "message_id": "m", "text": "a lasagna"})
        until(socket, "waiting")
        with client.websocket_connect(f"/chat/socket?token={token}") as again:
            assert [message["text"] for message in again.receive_json()["messages"]] == ["a lasagna"]
            assert again.receive_json()["type"] == "waiting"
            assert client.portal is not None
            client.portal.call(rasa.started.set)
            assert until(again, "cart")[-1]["cart"]["lines"]


def test_a_token_is_wanted_when_one_is_set(tmp_path: Path) -> None:
    with serving(tmp_path, rest_token="sesame") as (client, _):
        body = {"sender": "a", "message": "?"}
        for header in (b"", b"Bearer", b"Bearer wrong", b"Basic sesame", b"Bearer s\xe9same"):
            headers = {b"Authorization": header}
            assert client.post("/webhooks/rest/webhook", json=body, headers=headers).status_code == 401
        headers = {b"Authorization": b"Bearer sesame"}
        assert client.post("/webhooks/rest/webhook", json=body, headers=headers).status_code == 200


def test_without_a_token_only_this_machine_may_use_the_rest_webhook(served: Served) -> None:
    outside = TestClient(served[0].app, client=("203.0.113.7", 4711))
    assert outside.post("/webhooks/rest/webhook", json={"sender": "a", "message": "?"}).status_code == 401


def test_rasa_s_action_webhook_is_closed_to_everyone_without_its_token(client: TestClient) -> None:
    body = {"next_action": "action_greet", "sender_id": "a", "tracker": {"latest_message": {}}}
    for query in ("", "?token=", "?token=wrong", "?token=%FF"):
        assert client.post(f"/rasa/actions{query}", json=body).status_code == 401


def test_an_id_is_a_short_plain_word() -> None:
    assert all(map(valid_id, ("a", "web-1.2:3@x+y_z", "A" * 80)))
    assert not any(map(valid_id, ("", "A" * 81, "a b", "ü", "a\n", None, 5, ["a"])))


def test_every_answer_carries_a_strict_content_policy(client: TestClient) -> None:
    for path in ("/", "/health", "/site.json", "/widget.js", "/nowhere"):
        response = client.get(path)
        assert "default-src 'self'" in response.headers["content-security-policy"]
        assert "unsafe" not in response.headers["content-security-policy"]
        assert response.headers["x-content-type-options"] == "nosniff"
