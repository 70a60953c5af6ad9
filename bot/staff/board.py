"""The staff board: login, the live snapshot, and what staff do to orders, stock, hand-offs and alerts."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from itsdangerous import BadSignature, TimestampSigner
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.chat import problem, read_body, read_json, valid_id
from bot.core.order import CANCELLED, READY
from bot.core.texts import STAFF_CHARS
from bot.settings import ROOT, Settings
from bot.staff.host_views import host_view
from bot.texts.causes import text_order_ready
from bot.texts.replies import CHANNEL as TEXT
from bot.texts.replies import text_from_staff
from bot.turns import Turns
from bot.views import board_view, message_view

log = logging.getLogger(__name__)

_COOKIE = "staff"
_COOKIE_DAYS = 14
_GATHER_S = 0.15
_REFRESH_S = 20.0
_FAILURES, _FAILURE_WINDOW_S = 10, 60.0
_TOLD = {
    READY: "Good news: order {number} is ready.",
    CANCELLED: "I'm sorry, order {number} was cancelled by the restaurant.{reason}",
}


class Staff:
    def __init__(self, settings: Settings, turns: Turns) -> None:
        self.turns, self.hub = turns, turns.hub
        self._password = password_hash(settings)
        self._signer = TimestampSigner(settings.secret_key, salt="staff" + self._password[:16])
        self._failures: list[float] = []
        self.password_mark = self._password[-16:]  # changes with the password

    # Pages and login

    async def page(self, request: Request) -> Response:
        if not self.logged_in(request):
            return RedirectResponse("/staff/login", 303)
        # Kept by no browser: after the logout the page is a login again.
        return FileResponse(ROOT / "bot" / "web" / "staff.html", headers={"Cache-Control": "no-store"})

    async def login_page(self, request: Request) -> Response:
        return FileResponse(ROOT / "bot" / "web" / "login.html")

    async def login(self, request: Request) -> Response:
        form = dict(parse_qsl((await read_body(request, 4_000) or b"").decode(errors="replace")))
        now = time.monotonic()
        self._failures = [moment for moment in self._failures if now - moment < _FAILURE_WINDOW_S]
        if len(self._failures) >= _FAILURES:
            return RedirectResponse("/staff/login?error=wait", 303)
        if not check_password(form.get("password", ""), self._password):
            self._failures.append(now)
            return RedirectResponse("/staff/login?error=password", 303)
        response = RedirectResponse("/staff", 303)
        response.set_cookie(
            _COOKIE,
            self._signer.sign(b"staff").decode(),
            max_age=_COOKIE_DAYS * 86_400,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response

    async def logout(self, request: Request) -> Response:
        response = RedirectResponse("/staff/login", 303)
        self.forget(response)
        return response

    @staticmethod
    def forget(response: Response) -> None:
        """Sign out whoever gets this response."""
        response.delete_cookie(_COOKIE)

    def logged_in(self, connection: HTTPConnection) -> bool:
        try:
            self._signer.unsign(connection.cookies.get(_COOKIE, ""), max_age=_COOKIE_DAYS * 86_400)
        except BadSignature:
            return False
        return True

    # The live board

    async def socket(self, websocket: WebSocket) -> None:
        await websocket.accept()
        if not self.logged_in(websocket) or not _same_origin(websocket):
            await websocket.close(4401, "log in first")
            return
        with self.hub.board() as changed:
            sender = asyncio.create_task(self._keep_showing(websocket, changed))
            try:
                while True:
                    await websocket.receive_text()
            except (WebSocketDisconnect, KeyError):
                pass
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    async def _keep_showing(self, websocket: WebSocket, changed: asyncio.Event) -> None:
        while True:
            changed.clear()
            await websocket.send_json(await run_in_threadpool(self.board))
            try:
                await asyncio.wait_for(changed.wait(), _REFRESH_S)
            except asyncio.TimeoutError:
                continue
            await asyncio.sleep(_GATHER_S)

    def board(self) -> dict[str, Any]:
        keeper = self.turns.keeper
        with self.turns.store.transaction(keeper.house.restaurant) as tx:
            return board_view(keeper.house, tx, self.turns.clock(), keeper.problem) | host_view(tx)

    # Actions

    async def order_status(self, request: Request) -> Response:
        order_id = request.path_params["id"]
        response = await self.act(request, self._order_status, order_id)
        conversation_id = await run_in_threadpool(self._conversation_of, order_id)
        if conversation_id:
            cart = await run_in_threadpool(self.turns.cart, conversation_id)
            self.hub.tell(conversation_id, {"type": "cart", "cart": cart})
        return response

    async def sold_out(self, request: Request) -> Response:
        return await self.act(request, self._sold_out, request.path_params["id"])

    async def take(self, request: Request) -> Response:
        return await self._change_hands(request, "taken")

    async def give_back(self, request: Request) -> Response:
        return await self._change_hands(request, None)

    async def _change_hands(self, request: Request, state: str | None) -> Response:
        conversation_id = request.path_params["id"]
        response = await self.act(request, self._hand_over, conversation_id, state)
        if response.status_code == 204:
            self.hub.tell(conversation_id, {"type": "handoff", "handed_off": state == "taken"})
        return response

    async def reply(self, request: Request) -> Response:
        return await self.act(request, self._reply, request.path_params["id"])

    async def see_alert(self, request: Request) -> Response:
        return await self.act(request, self._see_alert, request.path_params["id"])

    async def act(self, request: Request, action: Any, *args: Any) -> Response:
        """Run one action in a thread. Its result is a problem for the person, or the rows to push to the guest."""
        if not self.logged_in(request):
            return problem(401, "log in first")
        if request.headers.get("x-requested-with") != "staff":
            return problem(400, "send the header X-Requested-With: staff")
        body = await read_json(request)
        if not isinstance(body, dict):
            return problem(400, "send a JSON object")
        result = await run_in_threadpool(action, body, *args)
        if isinstance(result, str):
            return JSONResponse({"error": result}, 409)
        for row in result or ():
            self.hub.tell(row["conversation"], message_view(row))
        self.hub.board_changed()
        return Response(status_code=204)

    def _order_status(self, body: dict[str, Any], order_id: str) -> str | list[dict[str, Any]]:
        status, now = body.get("status"), self.turns.clock()
        with self.turns.store.transaction(self.turns.keeper.house.restaurant) as tx:
            before = tx.order(order_id)
            try:
                order = tx.set_status(order_id, str(status), now)
            except ValueError as error:
                return str(error)
            if order is None or before is None:
                return "there is no such order"
            if before.status == order.status:
                return []
            text_order_ready(tx, self.turns.keeper.house.restaurant, order, now)
            if order.status not in _TOLD:
                return []
            reason = str(body.get("reason") or "")[:200]
            words = _TOLD[order.status].format(number=order.number, reason=f" {reason}" if reason else "")
            conversation = tx.conversation_of(order_id)
            return [tx.add_message(conversation, "bot", words, now)] if conversation else []

    def _conversation_of(self, order_id: str) -> str | None:
        with self.turns.store.transaction() as tx:
            return tx.conversation_of(order_id)

    def _sold_out(self, body: dict[str, Any], item: str) -> str | None:
        house = self.turns.keeper.house
        if item not in house.menu.by_id:
            return "there is no such item on the menu"
        place = house.restaurant.place(body["place"]) if body.get("place") else None
        places = [place.id] if place else [place.id for place in house.restaurant.places]
        with self.turns.store.transaction(house.restaurant) as tx:
            tx.set_sold_out(item, places, body.get("sold_out") is True, self.turns.clock())
        return None

    def _hand_over(self, body: dict[str, Any], conversation_id: str, state: str | None) -> str | list[dict[str, Any]]:
        with self.turns.store.transaction() as tx:
            conversation = tx.conversation(conversation_id)
            if conversation is None:
                return "there is no such conversation"
            if conversation.handoff == state:
                return []
            conversation.handoff = state
            tx.save_conversation(conversation, self.turns.clock())
            words = (
                "A person from our team is here now." if state else "You are back with the assistant. Go on any time."
            )
            return [tx.add_message(conversation_id, "staff" if state else "bot", words, self.turns.clock())]

    def _reply(self, body: dict[str, Any], conversation_id: str) -> str | list[dict[str, Any]]:
        message_id, text = body.get("message_id"), body.get("text")
        if not valid_id(message_id) or not isinstance(text, str) or not text.strip() or len(text) > 4000:
            return "a reply needs a message_id and a text"
        with self.turns.store.transaction() as tx:
            conversation = tx.conversation(conversation_id)
            if conversation is None:
                return "there is no such conversation"
            if tx.guest_message(conversation_id, str(message_id)):
                return []
            now = self.turns.clock()
            if conversation.channel == TEXT:
                if len(text) > STAFF_CHARS:
                    return f"a text may have {STAFF_CHARS} characters"
                text_from_staff(tx, self.turns.keeper.house.restaurant, conversation, text, str(message_id), now)
            return [tx.add_message(conversation_id, "staff", text.strip(), now, message_id=message_id)]

    def _see_alert(self, body: dict[str, Any], alert_id: str) -> str | None:
        with self.turns.store.transaction() as tx:
            if not alert_id.isdecimal() or not tx.see_alert(int(alert_id[:15])):
                return "there is no such alert"
        return None


def password_hash(settings: Settings) -> str:
    """The board's password, hashed: from the environment, or a random one that is printed once and kept hashed."""
    if settings.staff_password:
        return _hash(settings.staff_password, b"environment")
    kept: Path = settings.var / "staff_password"
    if kept.exists():
        return kept.read_text().strip()
    password = secrets.token_urlsafe(9)
    hashed = _hash(password, secrets.token_bytes(16))
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(hashed)
    print(f"\nThe staff board's password (shown once; set STAFF_PASSWORD to choose your own): {password}\n", flush=True)
    return hashed


def check_password(shown: str, hashed: str) -> bool:
    salt = bytes.fromhex(hashed.partition("$")[0])
    return hmac.compare_digest(_hash(shown[:200], salt), hashed)


def _hash(password: str, salt: bytes) -> str:
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, n=2**14, r=8, p=1).hex()}"


def _same_origin(websocket: WebSocket) -> bool:
    """Another site's page must not open the board with the staff's cookie."""
    origin = websocket.headers.get("origin")
    return origin is None or origin.partition("://")[2] == websocket.headers.get("host")
