"""The telephone as Twilio brings it: the voice webhook's TwiML, and the media socket with its frames.

https://www.twilio.com/docs/voice/media-streams/websocket-messages: ``connected``, ``start``, ``media``, ``dtmf``,
``mark``, ``stop`` come in; ``media``, ``mark``, ``clear`` go out; numbers are strings; audio is base64 of mu-law.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import re
import uuid
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import phonenumbers
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.chat import problem
from bot.phone.line import Caller, Line, NoPhone, RunningCall
from bot.settings import Settings
from bot.twilio_requests import BadForm, NotTwilio, require_twilio, signed_form

log = logging.getLogger(__name__)

_FRAME_CHARS = 64_000
_AUDIO_BYTES = 16_000  # two seconds in one frame; Twilio sends 20 ms
_BAD_FRAMES = 50
_START_WITHIN_S = 10.0
_SEND_WITHIN_S = 10.0
_SOCKETS = 250  # open media sockets, those that have not started a call too
_TOKEN_S = 300
_SID = re.compile(r"[A-Za-z0-9_\-]{1,64}")
_XML = "application/xml"


class BadFrame(ValueError):
    """A frame that is none of Twilio's; it is left out."""


class Telephone:
    """The handlers of ``/twilio/voice``, ``/twilio/after``, ``/twilio/media`` and the browser's own call."""

    def __init__(self, settings: Settings, line: Line) -> None:
        self.settings, self.line = settings, line
        self._tokens = URLSafeTimedSerializer(settings.secret_key, salt="call")
        self._sockets = 0

    async def voice(self, request: Request) -> Response:
        """``POST /twilio/voice``: a call comes in; the answer connects it to the media socket."""
        try:
            form = await signed_form(request, self.settings)
        except BadForm as error:
            return problem(400, str(error))
        except NotTwilio as error:
            return problem(403, str(error))
        if self.line.busy:
            return _twiml("<Say>All our lines are busy. Please call again in a few minutes.</Say><Hangup/>")
        try:
            await self.line.ready()
        except NoPhone as error:
            log.error("%s", error)
            return _twiml("<Say>Our telephone assistant is not available. Please order on our web site.</Say><Hangup/>")
        base = self.settings.public_url or str(request.base_url).rstrip("/")
        stream = "ws" + base.removeprefix("http") + "/twilio/media"
        names = {"from": form.get("From", ""), "to": form.get("To", "")}
        parameters = "".join(
            f"<Parameter name={quoteattr(name)} value={quoteattr(value[:40])}/>" for name, value in names.items()
        )
        return _twiml(
            f"<Connect action={quoteattr(base + '/twilio/after')}>"
            f"<Stream url={quoteattr(stream)}>{parameters}</Stream></Connect>"
        )

    async def after(self, request: Request) -> Response:
        """``POST /twilio/after``: the stream is over; whoever waits for a person is put through."""
        try:
            form = await signed_form(request, self.settings)
        except BadForm as error:
            return problem(400, str(error))
        except NotTwilio as error:
            return problem(403, str(error))
        record = await run_in_threadpool(self.line.records.get, _conversation_of(form.get("CallSid", "")))
        if record and record["outcome"] == "transfer" and self.settings.transfer_to:
            return _twiml(f"<Dial>{escape(self.settings.transfer_to)}</Dial>")
        return _twiml("<Hangup/>")

    async def media(self, websocket: WebSocket) -> None:
        """WebSocket ``/twilio/media``: one call."""
        try:
            require_twilio(websocket, self.settings, {})
        except NotTwilio as error:
            log.warning("refused a media socket: %s", error)
            await websocket.close(4403)
            return
        await self._serve(websocket, None)

    # The same call from a browser's microphone

    async def session(self, request: Request) -> Response:
        """``POST /call/session``: a signed permit for one call from this page."""
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return problem(403, "calls start on our own page")
        if self.line.busy:
            return problem(503, "All our lines are busy. Please call again in a few minutes.")
        try:
            await self.line.ready()
        except NoPhone as error:
            log.error("%s", error)
            return problem(503, "Our telephone assistant is not available. Please order in the chat.")
        place = self.line.turns.keeper.house.restaurant.place(request.query_params.get("place"))
        return JSONResponse({"token": self._tokens.dumps([f"web-{uuid.uuid4().hex}", place.id if place else None])})

    async def browser_media(self, websocket: WebSocket) -> None:
        """WebSocket ``/call/media?token=``: frames as Twilio's."""
        try:
            call_id, place = self._tokens.loads(websocket.query_params.get("token", ""), max_age=_TOKEN_S)
        except (BadSignature, ValueError, TypeError):
            await websocket.close(4403)
            return
        await self._serve(websocket, Caller(_conversation_of(call_id), place, captions=True))

    async def _serve(self, websocket: WebSocket, caller: Caller | None) -> None:
        if self._sockets >= _SOCKETS:
            await websocket.close(1013)
            return
        self._sockets += 1
        try:
            await websocket.accept()
            await self._call(websocket, caller)
        except (WebSocketDisconnect, RuntimeError, asyncio.TimeoutError):
            pass
        finally:
            self._sockets -= 1
            try:
                await asyncio.wait_for(websocket.close(), 2)
            except (RuntimeError, asyncio.TimeoutError, WebSocketDisconnect):
                pass

    async def _call(self, websocket: WebSocket, caller: Caller | None) -> None:
        start = await asyncio.wait_for(self._started(websocket), _START_WITHIN_S)
        if start is None:
            return
        caller = caller or caller_of(start, self.line)
        if self.line.busy or caller.id in self.line.calls:
            await websocket.close(1013)
            return

        async def send(frame: dict[str, Any]) -> None:
            await asyncio.wait_for(websocket.send_text(json.dumps(frame)), _SEND_WITHIN_S)

        running = RunningCall(self.line, caller, start["stream"], send)
        self.line.calls[caller.id] = running
        reader = asyncio.create_task(self._read(websocket, running))
        try:
            await running.run()
        except NoPhone as error:
            log.error("%s", error)
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
            del self.line.calls[caller.id]

    async def _started(self, websocket: WebSocket) -> dict[str, Any] | None:
        """The ``start`` frame; None when the other side leaves or sends too much else."""
        for _ in range(_BAD_FRAMES):
            try:
                frame = parse(await _receive(websocket))
            except BadFrame:
                continue
            if frame["event"] == "start":
                return frame
            if frame["event"] == "stop":
                return None
        return None

    async def _read(self, websocket: WebSocket, running: RunningCall) -> None:
        """Frames of a running call into its inbox, in order; what is malformed or comes late is left out."""
        bad, last_chunk = 0, -1
        try:
            while bad <= _BAD_FRAMES:
                try:
                    frame = parse(await _receive(websocket))
                    event = frame["event"]
                    if event == "media":
                        chunk = frame["chunk"]
                        if chunk is not None:
                            if chunk <= last_chunk:
                                raise BadFrame("a chunk that comes late or twice")
                            last_chunk = chunk
                        await running.inbox.put(("media", frame["audio"]))
                    elif event in ("mark", "dtmf"):
                        await running.inbox.put((event, frame["value"]))
                    elif event == "stop":
                        break
                except BadFrame:
                    bad += 1
        except (WebSocketDisconnect, RuntimeError):
            pass
        await running.inbox.put(None)


def caller_of(start: dict[str, Any], line: Line) -> Caller:
    """Who calls, by the ``start`` frame."""
    said = start["parameters"]
    place = line.place_of(said.get("to"))
    number, dialled = e164(said.get("from", "")), e164(said.get("to", ""))
    captions = said.get("captions") == "yes"
    return Caller(_conversation_of(start["call"]), place.id if place else None, number, dialled, captions)


def parse(text: str) -> dict[str, Any]:
    """A frame of the media stream: its event with what matters of it.

    Raises:
        BadFrame: it is none.
    """
    if len(text) > _FRAME_CHARS:
        raise BadFrame("too long")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrame("no JSON") from None
    event = frame.get("event") if isinstance(frame, dict) else None
    if event in ("connected", "stop"):
        return {"event": event}
    details = frame.get(event) if isinstance(event, str) else None
    if not isinstance(details, dict):
        raise BadFrame("an event without its details")
    if event == "media":
        if details.get("track") not in (None, "inbound"):
            raise BadFrame("not the caller's sound")
        return {"event": event, "audio": _audio(details.get("payload")), "chunk": _whole(details.get("chunk"))}
    if event == "start":
        call, stream = details.get("callSid"), details.get("streamSid") or frame.get("streamSid")
        if not all(isinstance(name, str) and _SID.fullmatch(name) for name in (call, stream)):
            raise BadFrame("a start without callSid and streamSid")
        form = details.get("mediaFormat") or {}
        if not isinstance(form, dict) or form.get("encoding", "audio/x-mulaw") != "audio/x-mulaw":
            raise BadFrame("sound that is not mu-law")
        said = details.get("customParameters") or {}
        kept = {name: value for name, value in said.items() if isinstance(value, str)} if isinstance(said, dict) else {}
        return {"event": event, "call": call, "stream": stream, "parameters": kept}
    if event == "mark" and isinstance(details.get("name"), str):
        return {"event": event, "value": details["name"][:80]}
    if event == "dtmf" and isinstance(details.get("digit"), str) and re.fullmatch(r"[0-9*#]", details["digit"]):
        return {"event": event, "value": details["digit"]}
    raise BadFrame("an unknown event")


def e164(number: str) -> str | None:
    """The number in E.164; None for anonymous callers and what is no number."""
    try:
        parsed = phonenumbers.parse(number, "US")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def _audio(payload: Any) -> bytes:
    if not isinstance(payload, str):
        raise BadFrame("media without a payload")
    try:
        sound = base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise BadFrame("a payload that is not base64") from None
    if not 0 < len(sound) <= _AUDIO_BYTES:
        raise BadFrame("no sound, or too much of it")
    return sound


def _whole(value: Any) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 12 else None


async def _receive(websocket: WebSocket) -> str:
    message = await websocket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1005)
    text = message.get("text")
    if text is None:
        raise BadFrame("binary frames are none of Twilio's")
    return str(text)


def _conversation_of(call_sid: str) -> str:
    return f"call-{call_sid[:64]}"


def _twiml(verbs: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>', media_type=_XML)
