import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from bot import rasa_client
from bot.rasa_client import RasaClient, RasaUnavailable

Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, *urls: str) -> RasaClient:
    made = RasaClient(urls or ["http://rasa/"])
    made._http = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    return made


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr(rasa_client.asyncio, "sleep", at_once)


async def test_the_texts_of_the_answer_come_back_in_their_order() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url == "http://rasa/webhooks/turns/webhook"
        return httpx.Response(200, json=[{"text": "a"}, {"image": "x"}, {"text": "b"}])

    assert await client(answer).say("guest", "hi", {"message_id": "m"}) == ["a", "b"]


async def test_a_conversation_stays_with_one_server_and_conversations_spread_over_all() -> None:
    asked: dict[str, set[str]] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        asked.setdefault(json.loads(request.content)["sender"], set()).add(request.url.host)
        return httpx.Response(200, json=[{"text": "ok"}])

    several = client(answer, "http://one", "http://two")
    for guest in [f"guest-{number}" for number in range(20)] * 2:
        await several.say(guest, "hi", {})
    assert all(len(hosts) == 1 for hosts in asked.values())
    assert set.union(*asked.values()) == {"one", "two"}


async def test_several_servers_are_ready_when_the_last_is() -> None:
    codes = {"one": 200, "two": 503}
    several = client(lambda request: httpx.Response(codes[request.url.host]), "http://one", "http://two")
    assert await several.state() == "starting"
    codes["two"] = 200
    assert await several.state() == "ready"
    codes["one"] = 409
    assert await several.state() == "no model"


async def test_an_empty_answer_is_no_text() -> None:
    assert await client(lambda _: httpx.Response(200, json=[])).say("guest", "hi", {}) == []


async def test_while_rasa_starts_again_the_same_message_is_sent_until_it_is_taken() -> None:
    bodies: list[bytes] = []

    def starting(request: httpx.Request) -> httpx.Response:
        bodies.append(request.content)
        if len(bodies) == 1:
            raise httpx.ConnectError("refused")
        return httpx.Response(503 if len(bodies) == 2 else 200, json=[{"text": "ok"}])

    assert await client(starting).say("guest", "hi", {"message_id": "m"}) == ["ok"]
    assert len(bodies) == 3 and len(set(bodies)) == 1


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadError, httpx.RemoteProtocolError, httpx.PoolTimeout])
async def test_a_rasa_that_never_comes_back_is_unavailable(error: type[httpx.TransportError]) -> None:
    def gone(_: httpx.Request) -> httpx.Response:
        raise error("gone")

    with pytest.raises(RasaUnavailable):
        await client(gone).say("guest", "hi", {}, patience_s=0.0)


async def test_an_answer_that_does_not_come_in_time_is_not_waited_for_again() -> None:
    asked: list[Any] = []

    def slow(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ReadTimeout("slow")

    with pytest.raises(RasaUnavailable):
        await client(slow).say("guest", "hi", {})
    assert len(asked) == 1


@pytest.mark.parametrize("status, state", [(200, "ready"), (409, "no model"), (500, "starting")])
async def test_the_state_is_what_rasa_s_status_page_says(status: int, state: str) -> None:
    assert await client(lambda _: httpx.Response(status)).state() == state


async def test_a_rasa_that_is_not_reached_is_starting() -> None:
    def gone(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("gone")

    assert await client(gone).state() == "starting"


async def test_a_server_counts_as_reached_from_its_first_answer_until_it_is_gone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = False

    def answer(request: httpx.Request) -> httpx.Response:
        if not there:
            raise httpx.ConnectError("gone")
        return httpx.Response(200, json=[])

    made = client(answer)
    assert not made.reached("guest") and await made.state() == "starting"
    there = True
    assert await made.state() == "ready" and made.reached("guest")
    there = False

    async def comes_back(_: float) -> None:
        nonlocal there
        assert not made.reached("guest")
        there = True

    monkeypatch.setattr(rasa_client.asyncio, "sleep", comes_back)
    assert await made.say("guest", "hi", {}) == [] and made.reached("guest")
