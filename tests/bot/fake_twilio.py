"""A local server that behaves as Twilio's messaging API does: create, list and fetch messages, signed callbacks, and
troubles by chance. Tests run it in a thread; ``python tests/bot/fake_twilio.py --port N --troubles JSON`` alone.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import random
import threading
import time
import uuid
from dataclasses import asdict, dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator

ACCOUNT, TOKEN, SENDER = "AC" + "0" * 32, "the auth token of the fake", "+12075550100"


@dataclass
class Troubles:
    """Shares of requests, 0..1, that meet each trouble."""

    busy: float = 0.0  # 429, not taken
    error_before: float = 0.0  # 500, not taken
    error_after: float = 0.0  # 500, and taken all the same
    cut_before: float = 0.0  # the connection breaks, not taken
    cut_after: float = 0.0  # the connection breaks after it was taken
    slow: float = 0.0  # answered after ``slow_s``, taken at the end of it
    slow_s: float = 1.0
    list_error: float = 0.0
    callback_lost: float = 0.0
    callback_shuffled: float = 0.0  # "delivered" before "sent", each twice
    undelivered: float = 0.0
    callback_after_s: float = 0.02
    seed: int = 1


@dataclass
class FakeTwilio:
    """``messages`` in the order of acceptance, as the API shows them."""

    troubles: Troubles = field(default_factory=Troubles)
    unsubscribed: set[str] = field(default_factory=set)
    messages: list[dict[str, Any]] = field(default_factory=list)
    met: dict[str, int] = field(default_factory=dict)
    port: int = 0

    def __post_init__(self) -> None:
        self._chance = random.Random(self.troubles.seed)
        self._callbacks: set[asyncio.Task[None]] = set()
        self._by_number: dict[str, list[dict[str, Any]]] = {}
        self._by_sid: dict[str, dict[str, Any]] = {}
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._http: httpx.AsyncClient | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def app(self) -> Starlette:
        path = "/2010-04-01/Accounts/{account}/Messages"
        return Starlette(
            routes=[
                Route(path + ".json", self._create, methods=["POST"]),
                Route(path + ".json", self._list, methods=["GET"]),
                Route(path + "/{sid}.json", self._fetch, methods=["GET"]),
                Route("/seen", self._seen),
            ]
        )

    def start(self) -> FakeTwilio:
        config = uvicorn.Config(self.app, host="127.0.0.1", port=self.port, log_level="critical", ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        assert self._server and self._thread
        self._server.should_exit = True
        self._thread.join(10)

    def bodies(self, to: str) -> list[str]:
        return [message["body"] for message in self.messages if message["to"] == to]

    # The API

    async def _create(self, request: Request) -> Response:
        if refused := self._unauthorised(request):
            return refused
        form = dict(parse_qsl((await request.body()).decode()))
        to, words = form.get("To", ""), form.get("Body", "")
        if not form.get("From") and not form.get("MessagingServiceSid"):
            return _error(400, 21603, "A 'From' phone number is required.")
        if not to.startswith("+") or not to[1:].isdecimal():
            return _error(400, 21211, f"The 'To' number {to} is not a valid phone number.")
        if not words:
            return _error(400, 21602, "Message body is required.")
        if to in self.unsubscribed:
            return _error(400, 21610, "Attempt to send to unsubscribed recipient")
        if self._meets("busy"):
            return _error(429, 20429, "Too Many Requests", {"Retry-After": "1"})
        if self._meets("error_before"):
            return _error(500, 20500, "Internal Server Error")
        if self._meets("cut_before"):
            return _Cut()
        if self._meets("slow"):
            await asyncio.sleep(self.troubles.slow_s)
        message = self._take(form)
        if self._meets("error_after"):
            return _error(503, 20503, "Service unavailable")
        if self._meets("cut_after"):
            return _Cut()
        return JSONResponse(message, 201)

    async def _list(self, request: Request) -> Response:
        if refused := self._unauthorised(request):
            return refused
        if self._meets("list_error"):
            return _error(500, 20500, "Internal Server Error")
        to, size = request.query_params.get("To"), int(request.query_params.get("PageSize", 50))
        found = (self.messages if to is None else self._by_number.get(to, []))[::-1][:size]
        uri = request.url.path
        pages = {"first_page_uri": uri, "next_page_uri": None, "previous_page_uri": None, "uri": uri}
        return JSONResponse(pages | {"messages": found, "page": 0, "page_size": size, "start": 0, "end": len(found)})

    async def _fetch(self, request: Request) -> Response:
        if refused := self._unauthorised(request):
            return refused
        message = self._by_sid.get(request.path_params["sid"])
        return JSONResponse(message) if message else _error(404, 20404, "The requested resource was not found")

    async def _seen(self, _: Request) -> Response:
        """No part of Twilio's API: everything that was taken, for who counts."""
        rows = [[message["to"], message["body"], message["sid"], message["status"]] for message in self.messages]
        return JSONResponse({"messages": rows, "met": self.met})

    def _unauthorised(self, request: Request) -> Response | None:
        shown = request.headers.get("authorization", "").removeprefix("Basic ")
        good = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if shown != good or request.path_params["account"] != ACCOUNT:
            return _error(401, 20003, "Authenticate")
        return None

    def _meets(self, trouble: str) -> bool:
        met = self._chance.random() < getattr(self.troubles, trouble)
        if met:
            self.met[trouble] = self.met.get(trouble, 0) + 1
        return met

    def _take(self, form: dict[str, str]) -> dict[str, Any]:
        sid, now = "SM" + uuid.uuid4().hex, formatdate()
        message = {
            "sid": sid, "account_sid": ACCOUNT, "to": form["To"], "from": form.get("From"), "body": form["Body"],
            "status": "queued", "direction": "outbound-api", "error_code": None, "error_message": None,
            "date_created": now, "date_updated": now, "date_sent": None, "num_segments": "1", "num_media": "0",
            "price": None, "price_unit": "USD", "api_version": "2010-04-01", "subresource_uris": {},
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json",
        }  # fmt: skip
        self.messages.append(message)
        self._by_sid[sid] = message
        self._by_number.setdefault(form["To"], []).append(message)
        self._later(self._deliver(message, form.get("StatusCallback")))
        return dict(message)

    async def _deliver(self, message: dict[str, Any], callback: str | None) -> None:
        end = "undelivered" if self._meets("undelivered") else "delivered"
        steps = ["sent", end]
        message["error_code"] = 30003 if end == "undelivered" else None
        if self._meets("callback_shuffled"):
            steps = [end, "sent", "sent", end]
        for status in steps:
            await asyncio.sleep(self.troubles.callback_after_s)
            message["status"] = end if message["status"] == end else status
            if callback and not self._meets("callback_lost"):
                self._later(self._call_back(callback, message, status))

    async def _call_back(self, url: str, message: dict[str, Any], status: str) -> None:
        fields = {
            "MessageSid": message["sid"], "SmsSid": message["sid"], "MessageStatus": status, "SmsStatus": status,
            "To": message["to"], "From": message["from"] or "", "AccountSid": ACCOUNT, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if status == "undelivered":
            fields["ErrorCode"] = str(message["error_code"])
        self._http = self._http or httpx.AsyncClient(trust_env=False, timeout=5)
        try:
            await self._http.post(url, data=fields, headers={"X-Twilio-Signature": signature(url, fields)})
        except (httpx.HTTPError, AttributeError):  # anyio raises the latter when the other end dies while connecting
            pass  # nobody there: Twilio does not try again either

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._callbacks.add(task)
        task.add_done_callback(self._callbacks.discard)


class _Cut(Response):
    """Ends the connection in the middle of an answer."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise asyncio.CancelledError


def signature(url: str, fields: dict[str, str], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, fields))


def _error(status: int, code: int, message: str, headers: dict[str, str] | None = None) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status, headers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--troubles", default="{}", help=f"JSON of {asdict(Troubles())}")
    arguments = parser.parse_args()
    fake = FakeTwilio(Troubles(**json.loads(arguments.troubles)))
    uvicorn.run(fake.app, host="127.0.0.1", port=arguments.port, log_level="critical", ws="none")


if __name__ == "__main__":
    main()
