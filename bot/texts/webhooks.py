"""What Twilio brings: texts from guests, and what became of ours."""

from __future__ import annotations

import logging
import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.chat import problem
from bot.core.phone_number import ConfirmedNumber, NotANumber
from bot.core.privacy import mask_phone
from bot.database.outbox import FAILED, Texts
from bot.settings import Settings
from bot.texts import replies as text_replies
from bot.texts.replies import Incoming
from bot.texts.transports import error_in_words, our_status
from bot.texts.worker import failure_alert
from bot.turns import Turns
from bot.twilio_requests import BadForm, NotTwilio, signed_form

log = logging.getLogger(__name__)

_NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
_ID = re.compile(r"[A-Za-z0-9]{1,64}")


class TextWebhooks:
    def __init__(self, settings: Settings, turns: Turns) -> None:
        self.settings, self.turns = settings, turns

    async def status(self, request: Request) -> Response:
        """``POST /twilio/status``: a delivery status, at any time, in any order."""
        form = await self._form(request)
        if isinstance(form, Response):
            return form
        sid, status = form.get("MessageSid", ""), our_status(form.get("MessageStatus", ""))
        if not _ID.fullmatch(sid):
            return problem(400, "MessageSid is missing")
        text_id = request.query_params.get("text", "")
        if status and await run_in_threadpool(self._report, text_id, sid, status, form.get("ErrorCode", "")):
            self.turns.hub.board_changed()
        return Response(status_code=204)

    async def sms(self, request: Request) -> Response:
        """``POST /twilio/sms``: a guest's text. What we have to say goes through the outbox."""
        form = await self._form(request)
        if isinstance(form, Response):
            return form
        sid = form.get("MessageSid") or form.get("SmsSid", "")
        if not _ID.fullmatch(sid):
            return problem(400, "MessageSid is missing")
        try:
            phone = ConfirmedNumber(form.get("From", ""))
        except NotANumber:
            log.info("a text from %s is no guest's", mask_phone(form.get("From", "")))
            return Response(_NO_ANSWER, media_type="text/xml")
        handled = form.get("OptOutType", "") != ""  # Twilio's own opt-out answers have been sent
        message = Incoming(sid, phone, form.get("Body", ""))
        if await run_in_threadpool(self._receive, message, handled):
            self.turns.hub.board_changed()
        return Response(_NO_ANSWER, media_type="text/xml")

    async def _form(self, request: Request) -> dict[str, str] | Response:
        try:
            return await signed_form(request, self.settings)
        except NotTwilio as error:
            log.warning("refused: %s", error)
            return problem(403, str(error))
        except BadForm as error:
            return problem(400, str(error))

    def _report(self, text_id: str, sid: str, status: str, code: str) -> bool:
        with self.turns.store.transaction() as tx:
            row = Texts(tx.db).report(text_id, sid, status, error_in_words(code), self.turns.clock())
            if row is not None and row["status"] == FAILED:
                tx.add_alert(failure_alert(row, error_in_words(code)), None, self.turns.clock())
            return row is not None

    def _receive(self, message: Incoming, handled: bool) -> bool:
        turns = self.turns
        restaurant = turns.keeper.house.restaurant
        return text_replies.receive(turns.store, restaurant, message, turns.clock(), handled=handled)
