"""Where guests write: the widget's session and socket, and the REST webhook in Rasa's shape."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
import time
import uuid
from collections import deque
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.hub import Hub
from bot.settings import Settings
from bot.turns import ONE_MOMENT, Answer, TooFast, TurnFailed, Turns
from bot.views import message_view

log = logging.getLogger(__name__)

_ID = re.compile(r"[A-Za-z0-9_.:@+\-]{1,80}")
_FRAME_BYTES = 64_000
_MESSAGES_PER_10_S = 20
_AT_ONCE_S = 2.0  # a REST client is told within this time that the answer will take longer
_RETRY_AFTER_S = 3
_LOOPBACK = ("127.0.0.1", "::1", "testclient")
SORRY = "Sorry, something went wrong on our side and nothing was changed. Please send that again in a moment."


class Chat:
    def __init__(self, settings: Settings, turns: Turns, hub: Hub) -> None:
        self.settings, self.turns, self.hub = settings, turns, hub
        self._signer = URLSafeSerializer(settings.secret_key, salt="conversation")
        self._under_way: dict[tuple[str, str], asyncio.Task[Answer]] = {}

    async def session(self, request: Request) -> Response:
        """``POST /chat/session``: a signed conversation id, a new one unless a good old one is shown."""
        body = await read_json(request)
        if not isinstance(body, dict):
            return problem(400, "send a JSON object")
        token = body.get("token")
        house = self.turns.keeper.house
        place = house.restaurant.place(str(body["place"])) if body.get("place") else None
        if token is None:
            conversation_id = f"web-{uuid.uuid4().hex}"
            token = self._signer.dumps([conversation_id, place.id if place else None])
        else:
            known = self._conversation(token)
            if known is None:
                return problem(401, "this conversation is not known here: ask for a new one")
            conversation_id, place_id = known
            place = house.restaurant.place(place_id) if place_id else place
        return JSONResponse(
            {
                "token": token,
                "conversation": conversation_id,
                "restaurant": {"name": house.restaurant.name, "currency": house.menu.currency},
                "place": place.id if place else None,
                "places": [{"id": place.id, "name": place.name} for place in house.restaurant.places],
            },
            headers={"Access-Control-Allow-Origin": "*"},
        )

    async def socket(self, websocket: WebSocket) -> None:
        """``/chat/socket?token=&after=``: what was missed, then every new message, both ways."""
        known = self._conversation(websocket.query_params.get("token", ""))
        after = websocket.query_params.get("after", "0")
        await websocket.accept()
        if known is None or not after.isdecimal() or len(after) > 12:
            await websocket.close(4401, "unknown conversation")
            return
        conversation_id, place = known
        with self.hub.guest(conversation_id) as queue:
            hello = await run_in_threadpool(self._hello, conversation_id, int(after))
            await websocket.send_json(hello)
            if hello["messages"] and hello["messages"][-1]["from"] == "guest":
                for frame in self.turns.waiting(conversation_id):
                    await websocket.send_json(frame)
            sender = asyncio.create_task(_forward(websocket, queue))
            turns: set[asyncio.Task[None]] = set()
            recent: deque[float] = deque(maxlen=_MESSAGES_PER_10_S)
            try:
                while True:
                    frame = await _receive(websocket)
                    if frame is None:
                        await websocket.send_json(_error(None, "I expect JSON objects with a type", retry=False))
                        continue
                    if frame.get("type") == "typing":
                        continue
                    message_id, text = frame.get("message_id"), frame.get("text")
                    if frame.get("type") != "say" or not isinstance(text, str) or not valid_id(message_id):
                        error = "a message needs type say, a message_id and a text"
                        await websocket.send_json(_error(message_id, error, retry=False))
                        continue
                    if len(recent) == recent.maxlen and time.monotonic() - recent[0] < 10:
                        await websocket.send_json(
                            _error(message_id, "That is very fast. One moment, please.", retry=True)
                        )
                        continue
                    recent.append(time.monotonic())
                    turn = asyncio.create_task(self._turn(websocket, conversation_id, message_id, text, place))
                    turns.add(turn)
                    turn.add_done_callback(turns.discard)
            except WebSocketDisconnect:
                pass
            finally:
                sender.cancel()
                await asyncio.gather(sender, return_exceptions=True)

    async def rest(self, request: Request) -> Response:
        """``POST /webhooks/rest/webhook``: Rasa's REST channel. The token, or loopback when there is none.

        While the dialogue server starts, 202 says that the message is kept: sent again with its id, it gets its answer.
        """
        if not self._may_use_rest(request):
            return problem(401, "send Authorization: Bearer with the REST_TOKEN")
        body = await read_json(request)
        if not isinstance(body, dict):
            return problem(400, "send a JSON object with sender and message")
        sender, text = body.get("sender"), body.get("message")
        metadata = body.get("metadata") or {}
        if not valid_id(sender):
            return problem(400, "sender must be 1 to 80 letters, digits or _.:@+-")
        if not isinstance(text, str):
            return problem(400, "message must be a text")
        if not isinstance(metadata, dict):
            return problem(400, "metadata must be an object")
        message_id = metadata.get("message_id") or uuid.uuid4().hex
        if not valid_id(message_id):
            return problem(400, "message_id must be 1 to 80 letters, digits or _.:@+-")
        place = metadata.get("place")
        turn = self._turn_over_rest(sender, message_id, text, str(place) if place else None)
        await asyncio.wait({turn}, timeout=_AT_ONCE_S)
        while not turn.done() and self.turns.rasa.reached(sender):
            await asyncio.wait({turn}, timeout=_AT_ONCE_S)
        if not turn.done():
            headers = {"Retry-After": str(_RETRY_AFTER_S)}
            kept = {"recipient_id": sender, "text": ONE_MOMENT, "message_id": message_id}
            return JSONResponse([kept], 202, headers)
        try:
            answer = turn.result()
        except TooFast as error:
            return problem(429, str(error))
        except TurnFailed:
            return JSONResponse([{"recipient_id": sender, "text": SORRY}], 503)
        if answer.handed_off:
            waiting = "A person from our team has this chat and will answer here."
            return JSONResponse([{"recipient_id": sender, "text": waiting}])
        return JSONResponse([_rest_view(sender, row) for row in answer.messages])

    def _turn_over_rest(self, sender: str, message_id: str, text: str, place: str | None) -> asyncio.Task[Answer]:
        """The turn, begun now or before; it goes on when the client does not wait for it."""
        key = sender, message_id
        if key not in self._under_way:
            said = self.turns.say(sender, message_id, text, channel="rest", place=place)
            self._under_way[key] = asyncio.create_task(said)
            self._under_way[key].add_done_callback(lambda turn: self._ended(key, turn))
        return self._under_way[key]

    def _ended(self, key: tuple[str, str], turn: asyncio.Task[Answer]) -> None:
        del self._under_way[key]
        if not turn.cancelled() and (error := turn.exception()) and not isinstance(error, TooFast):
            log.error("turn failed: %s", error)

    async def _turn(
        self, websocket: WebSocket, conversation_id: str, message_id: str, text: str, place: str | None
    ) -> None:
        try:
            await self.turns.say(conversation_id, message_id, text, place=place)
        except TooFast as error:
            frame = _error(message_id, str(error), retry=True)
        except TurnFailed as error:
            log.error("turn failed: %s", error)
            frame = _error(message_id, SORRY, retry=True)
        else:
            return
        self.hub.tell(conversation_id, frame)

    def _hello(self, conversation_id: str, after: int) -> dict[str, Any]:
        with self.turns.store.transaction() as tx:
            rows = tx.messages_after(conversation_id, after)
            conversation = tx.conversation(conversation_id)
        return {
            "type": "hello",
            "messages": [message_view(row) for row in rows],
            "cart": self.turns.cart(conversation_id),
            "handed_off": conversation is not None and conversation.handoff == "taken",
        }

    def _conversation(self, token: Any) -> tuple[str, str | None] | None:
        try:
            conversation_id, place = self._signer.loads(token if isinstance(token, str) else "")
        except (BadSignature, ValueError, TypeError):
            return None
        return conversation_id, place

    def _may_use_rest(self, request: Request) -> bool:
        token = self.settings.rest_token
        if not token:
            return request.client is not None and request.client.host in _LOOPBACK
        shown = request.headers.get("authorization", "")
        return hmac.compare_digest(shown.encode(), f"Bearer {token}".encode())


def valid_id(value: Any) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


async def read_body(request: Request, limit: int) -> bytes | None:
    """The body; None when it is longer than ``limit`` bytes."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            return None
    return body


async def read_json(request: Request, limit: int = 200_000) -> Any:
    """The body as JSON; None when it is too large or no JSON."""
    body = await read_body(request, limit)
    try:
        return None if body is None else json.loads(body)
    except (ValueError, RecursionError):
        return None


def problem(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status, headers={"Access-Control-Allow-Origin": "*"})


def _rest_view(sender: str, row: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = {"recipient_id": sender, "text": row["text"]}
    buttons = row["extras"].get("buttons")
    if buttons:
        view["buttons"] = [{"title": button["title"], "payload": button["say"]} for button in buttons]
    return view


def _error(message_id: Any, text: str, *, retry: bool) -> dict[str, Any]:
    known = message_id if valid_id(message_id) else None
    return {"type": "error", "message_id": known, "text": text, "retry": retry}


async def _receive(websocket: WebSocket) -> dict[str, Any] | None:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1000)
    text = message.get("text")
    if not isinstance(text, str) or len(text) > _FRAME_BYTES:
        return None
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return frame if isinstance(frame, dict) else None


async def _forward(websocket: WebSocket, queue: asyncio.Queue[dict[str, Any] | None]) -> None:
    """Frames to the guest; a lagging socket is closed, the widget comes back and resumes."""
    while True:
        frame = await queue.get()
        if frame is None:
            await websocket.close(1013, "resume")
            return
        await websocket.send_json(frame)
