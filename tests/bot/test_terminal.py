import json
from typing import Any

import httpx
import pytest

from bot import terminal


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person types; then the input ends."""
    lines: list[str] = []

    def read(_: str) -> str:
        if not lines:
            raise EOFError
        return lines.pop(0)

    monkeypatch.setattr("builtins.input", read)
    return lines


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Requests to a bot that repeats what it is told; "refuse" is refused."""
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        text = json.loads(request.content)["message"]
        if text == "refuse":
            return httpx.Response(401, json={"error": "not you"})
        if text == "early" and len(requests) < 3:
            return httpx.Response(202, json=[{"text": "One moment."}], headers={"Retry-After": "0"})
        return httpx.Response(200, json=[{"text": f"You said {text}.", "buttons": [{"title": "OK"}]}])

    client = httpx.Client

    def faked(**options: Any) -> httpx.Client:
        return client(transport=httpx.MockTransport(answer), **options)

    monkeypatch.setattr(terminal.httpx, "Client", faked)
    return requests


def test_answers_are_printed_until_the_input_ends(
    typed: list[str], sent: list[httpx.Request], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["a lasagna", "yes"]
    assert terminal.talk("http://bot", "secret") == 0
    out = capsys.readouterr().out
    assert "You said a lasagna." in out and "[OK]" in out
    assert {request.headers["authorization"] for request in sent} == {"Bearer secret"}
    bodies = [json.loads(request.content) for request in sent]
    assert len({body["sender"] for body in bodies}) == 1
    assert len({body["metadata"]["message_id"] for body in bodies}) == 2


def test_a_refusal_is_told_and_the_talk_goes_on(
    typed: list[str], sent: list[httpx.Request], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["refuse", "hello"]
    assert terminal.talk("http://bot", "") == 0
    captured = capsys.readouterr()
    assert "not you" in captured.err and "You said hello." in captured.out


def test_a_bot_that_is_not_there_is_one_line_and_status_3(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    typed.append("hello")
    assert terminal.talk("http://127.0.0.1:9", "") == 3
    assert "cannot be reached" in capsys.readouterr().err


def test_an_early_message_is_sent_again_as_the_same_until_it_is_answered(
    typed: list[str], sent: list[httpx.Request], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["early"]
    assert terminal.talk("http://bot", "") == 0
    printed = capsys.readouterr()
    assert printed.err.count("One moment.") == 2 and printed.out == "You said early.\n   [OK]\n"
    assert len({json.loads(request.content)["metadata"]["message_id"] for request in sent}) == 1
