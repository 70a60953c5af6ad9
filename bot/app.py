"""The composition root: settings become a running application. Tests call the same function with their own parts."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.chat import Chat, problem, read_json
from bot.database.store import Store
from bot.house import HouseKeeper
from bot.hub import Hub
from bot.insights.ask_feedback import ask_for_feedback
from bot.insights.feedback import judge
from bot.insights.pages import Insights
from bot.pad import Pad
from bot.phone.line import Line, NoPhone
from bot.phone.replay import Replay
from bot.phone.twilio import Telephone
from bot.rasa_client import RasaClient
from bot.rasa_process import RasaProcess
from bot.retention import delete_old
from bot.settings import ROOT, Settings
from bot.staff.board import Staff
from bot.staff.floor_board import FloorBoard
from bot.staff.host import Host
from bot.staff.late_orders import watch_late_orders
from bot.staff.specials_page import SpecialsPage
from bot.texts.causes import remind_of_bookings
from bot.texts.transports import transport_from
from bot.texts.webhooks import TextWebhooks
from bot.texts.worker import TextsWorker, send_texts
from bot.turns import Turns
from bot.views import site_view

log = logging.getLogger(__name__)

WEB = ROOT / "bot" / "web"
_LOOK_AT_FILES_S = 2.0
_SEND_TEXTS_S = 0.5
_CSP = (
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'"
)


def clock_from(settings: Settings) -> Callable[[], datetime]:
    if settings.clock_start is None:
        return lambda: datetime.now(timezone.utc)
    shift = settings.clock_start - datetime.now(timezone.utc)
    return lambda: datetime.now(timezone.utc) + shift


def create_app(settings: Settings, *, rasa: RasaClient | None = None) -> Starlette:
    """The application. It starts its own Rasa servers unless a client is given, or ``RASA_URL`` names them.

    Raises:
        FileError: the menu, the restaurant or the FAQ file cannot be used.
        SettingsError: an account for texts is set in part only.
    """
    keeper = HouseKeeper(settings.menu, settings.restaurant, settings.faq)
    store = Store(settings.database_url)
    store.migrate()
    actions_token = settings.actions_token or secrets.token_urlsafe(16)
    processes: list[RasaProcess] = []
    serves_guests = rasa is None
    if rasa is None:
        urls = settings.rasa_urls
        if not urls:
            actions_url = f"http://127.0.0.1:{settings.port}/rasa/actions"
            rasa_log = settings.var / "rasa.log"
            processes = [
                RasaProcess(settings.rasa_model, actions_url, actions_token, settings.menu, rasa_log)
                for _ in range(settings.rasa_processes)
            ]
            urls = tuple(process.url for process in processes)
        rasa = RasaClient(urls)
    hub, clock = Hub(), clock_from(settings)
    turns = Turns(store, keeper, rasa, hub, clock)
    chat, staff = Chat(settings, turns, hub), Staff(settings, turns)
    insights = Insights(turns, staff, settings.faq, settings.var)
    board_specials = SpecialsPage(staff)
    floor = FloorBoard(staff)
    host, pad, texts = Host(staff), Pad(settings, staff), TextWebhooks(settings, turns)
    worker = TextsWorker(store, transport_from(settings), clock)
    line = Line(settings, turns)
    telephone, replay = Telephone(settings, line), Replay(staff, line)

    async def actions(request: Request) -> Response:
        """Rasa's action webhook: only the Rasa server that we started knows the token."""
        if not hmac.compare_digest(request.query_params.get("token", "").encode(), actions_token.encode()):
            return problem(401, "not our Rasa server")
        body = await read_json(request, 5_000_000)
        latest = body["tracker"]["latest_message"]
        return JSONResponse(await run_in_threadpool(turns.act, body["next_action"], body["sender_id"], latest))

    async def health(_: Request) -> Response:
        state = await rasa.state()
        ready = state == "ready"
        return JSONResponse({"status": "ok" if ready else "starting", "rasa": state}, 200 if ready else 503)

    async def site(request: Request) -> Response:
        def view() -> dict[str, Any]:
            with store.transaction(keeper.house.restaurant) as tx:
                return site_view(keeper.house, tx, request.query_params.get("place"), clock())

        return JSONResponse(await run_in_threadpool(view), headers={"Cache-Control": "no-store"})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        for process in processes:
            process.start()
        jobs = [
            asyncio.create_task(_repeat(_LOOK_AT_FILES_S, lambda: run_in_threadpool(keeper.refresh, changed))),
            asyncio.create_task(_repeat(10.0, lambda: watch_late_orders(turns))),
            asyncio.create_task(_repeat(60.0, lambda: ask_for_feedback(turns))),
            asyncio.create_task(_repeat(3600.0, lambda: delete_old(turns, settings.var / "calls"), at_once=True)),
            asyncio.create_task(_repeat(_SEND_TEXTS_S, lambda: send_texts(worker, hub))),
            asyncio.create_task(_repeat(60.0, lambda: remind_of_bookings(turns))),
            asyncio.create_task(turns.resume()),
            asyncio.create_task(_announce(settings, rasa)),
            *([asyncio.create_task(_warm(pad, line))] if serves_guests else []),
        ]
        loop = asyncio.get_running_loop()

        def changed() -> None:
            loop.call_soon_threadsafe(hub.board_changed)

        try:
            yield
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.gather(*jobs, return_exceptions=True)
            await asyncio.gather(*(process.stop() for process in processes))
            line.close()
            await rasa.close()
            await run_in_threadpool(worker.close)
            store.close()

    routes = [
        Route("/", _page("index.html")),
        Route("/widget.js", _page("widget.js", {"Access-Control-Allow-Origin": "*"})),
        Route("/site.json", site),
        Route("/health", health),
        Route("/chat/session", chat.session, methods=["POST"]),
        Route("/chat/session", _preflight, methods=["OPTIONS"]),
        WebSocketRoute("/chat/socket", chat.socket),
        Route("/webhooks/rest/webhook", chat.rest, methods=["POST"]),
        Route("/rasa/actions", actions, methods=["POST"]),
        Route("/staff", staff.page),
        Route("/staff/login", staff.login_page),
        Route("/staff/login", staff.login, methods=["POST"]),
        Route("/staff/logout", staff.logout, methods=["POST"]),
        WebSocketRoute("/staff/socket", staff.socket),
        Route("/staff/orders/{id}/status", staff.order_status, methods=["POST"]),
        Route("/staff/items/{id}/sold_out", staff.sold_out, methods=["POST"]),
        Route("/staff/handoffs/{id}/take", staff.take, methods=["POST"]),
        Route("/staff/handoffs/{id}/reply", staff.reply, methods=["POST"]),
        Route("/staff/handoffs/{id}/give_back", staff.give_back, methods=["POST"]),
        Route("/staff/alerts/{id}/ack", staff.see_alert, methods=["POST"]),
        Route("/staff/forget", insights.forget, methods=["POST"]),
        Route("/insights", insights.page),
        Route("/insights/data.json", insights.data),
        Route("/insights/map.json", insights.words),
        Route("/insights/{table}.csv", insights.export),
        Route("/insights/questions/answer", insights.answer, methods=["POST"]),
        Route("/insights/questions/ignore", insights.ignore, methods=["POST"]),
        Route("/staff/floor", floor.page),
        Route("/staff/floor.json", floor.data),
        Route("/staff/floor/walkin", floor.walk_in, methods=["POST"]),
        Route("/staff/bookings", floor.add, methods=["POST"]),
        Route("/staff/bookings/{id}/move", floor.move, methods=["POST"]),
        Route("/staff/bookings/{id}/status", floor.status, methods=["POST"]),
        Route("/staff/bookings/{id}/seat", floor.seat, methods=["POST"]),
        Route("/staff/waitlist", floor.wait, methods=["POST"]),
        Route("/staff/waitlist/{id}/status", host.status, methods=["POST"]),
        Route("/staff/waitlist/{id}/late", host.late, methods=["POST"]),
        Route("/staff/specials", board_specials.page),
        Route("/staff/specials", board_specials.propose, methods=["POST"]),
        Route("/staff/specials.json", board_specials.listing),
        Route("/staff/specials/{id}", board_specials.decide, methods=["POST"]),
        Route("/pad", pad.page),
        Route("/pad/here", pad.here, methods=["POST"]),
        Route("/pad/state", pad.state),
        Route("/pad/read", pad.read, methods=["POST"]),
        Route("/pad/number", pad.number, methods=["POST"]),
        Route("/pad/join", pad.join, methods=["POST"]),
        Route("/pad/joined", pad.joined),
        Route("/pad/photo", pad.photo, methods=["POST"]),
        Route("/twilio/sms", texts.sms, methods=["POST"]),
        Route("/twilio/status", texts.status, methods=["POST"]),
        Route("/twilio/voice", telephone.voice, methods=["POST"]),
        Route("/twilio/after", telephone.after, methods=["POST"]),
        WebSocketRoute("/twilio/media", telephone.media),
        Route("/call/session", telephone.session, methods=["POST"]),
        Route("/call", _page("call.html")),
        WebSocketRoute("/call/media", telephone.browser_media),
        Route("/staff/calls", replay.page),
        Route("/staff/calls/data.json", replay.listing),
        Route("/staff/calls/{id}", replay.page),
        Route("/staff/calls/{id}/data.json", replay.data),
        Route("/staff/calls/{id}/sound.wav", replay.sound),
        Mount("/static", StaticFiles(directory=WEB)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, middleware=[Middleware(SecurityHeaders)])
    app.state.turns, app.state.line, app.state.pad = turns, line, pad
    return app


async def _warm(pad: Pad, line: Line) -> None:
    """Have loaded what the first guest would wait for: the pad's reader, the line's recogniser and voice, the judge
    of remarks."""
    await run_in_threadpool(pad.warm)
    try:
        await line.ready()
    except NoPhone as error:
        log.error("%s", error)
    await run_in_threadpool(judge, "a lovely evening")


async def _announce(settings: Settings, rasa: RasaClient) -> None:
    """Say where the pages are once guests can order; stop when the dialogue model cannot be loaded."""
    while (state := await rasa.state()) == "starting":
        await asyncio.sleep(0.5)
    base = f"http://{settings.host}:{settings.port}"
    if state == "no model":
        print(f"{settings.rasa_model}: the dialogue model cannot be loaded: run make setup", file=sys.stderr)
        signal.raise_signal(signal.SIGINT)
        return
    print(f"Ready.\n  the restaurant  {base}/\n  the staff board {base}/staff", flush=True)


class SecurityHeaders:
    """A strict content security policy and its companions on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"content-security-policy", _CSP.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"same-origin"),
                ]
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


def _page(name: str, headers: dict[str, str] | None = None) -> Callable[[Request], Awaitable[Response]]:
    async def page(_: Request) -> Response:
        return FileResponse(WEB / name, headers={"Cache-Control": "no-cache"} | (headers or {}))

    return page


async def _preflight(_: Request) -> Response:
    allowed = {"Origin": "*", "Methods": "POST", "Headers": "Content-Type"}
    return Response(status_code=204, headers={f"Access-Control-Allow-{key}": value for key, value in allowed.items()})


async def _repeat(seconds: float, job: Callable[[], Awaitable[Any]], at_once: bool = False) -> None:
    while True:
        await asyncio.sleep(0 if at_once else seconds)
        at_once = False
        try:
            await job()
        except Exception:
            log.exception("a background job failed; it will run again")
