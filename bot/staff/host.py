"""The host stand on the staff board: a table is ready, it takes longer, a party sits down, leaves or never came."""

from __future__ import annotations

from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from bot.database.outbox import Row
from bot.database.waitlist import NOTIFIED, OPEN, Waitlist
from bot.staff.board import Staff
from bot.texts.causes import text_running_late, text_table_ready

_LATE_MIN = range(5, 121)


class Host:
    def __init__(self, staff: Staff) -> None:
        self.staff, self.turns = staff, staff.turns

    async def status(self, request: Request) -> Response:
        """``POST /staff/waitlist/{id}/status``; ``notified`` texts that the table is ready."""
        return await self.staff.act(request, self._status, unquote(request.path_params["id"]))

    async def late(self, request: Request) -> Response:
        """``POST /staff/waitlist/{id}/late``: text that it takes ``minutes`` longer."""
        return await self.staff.act(request, self._late, unquote(request.path_params["id"]))

    def _status(self, body: Row, entry_id: str) -> str | None:
        restaurant, now = self.turns.keeper.house.restaurant, self.turns.clock()
        with self.turns.store.transaction(restaurant) as tx:
            try:
                row = Waitlist(tx.db).set_status(entry_id, str(body.get("status")), now)
            except ValueError as error:
                return str(error)
            if row is None:
                return "there is no such party on the list"
            if row["status"] == NOTIFIED:
                text_table_ready(tx, restaurant, row, now)
        return None

    def _late(self, body: Row, entry_id: str) -> str | None:
        minutes = body.get("minutes")
        if not isinstance(minutes, int) or minutes not in _LATE_MIN:
            return f"say how many minutes, {_LATE_MIN.start} to {_LATE_MIN.stop - 1}"
        restaurant, now = self.turns.keeper.house.restaurant, self.turns.clock()
        with self.turns.store.transaction(restaurant) as tx:
            row = Waitlist(tx.db).get(entry_id)
            if row is None or row["status"] not in OPEN:
                return "there is no such party on the list"
            if row["phone"] is None:
                return "this party left no number"
            text_running_late(tx, restaurant, row, minutes, now)
        return None
