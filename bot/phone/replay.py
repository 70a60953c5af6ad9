"""For the staff: the calls that were taken, and one of them again: words, sound if kept, timing, what changed."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from bot.chat import problem
from bot.core.privacy import mask_phone
from bot.phone.grading import stored
from bot.phone.line import Line
from bot.settings import ROOT
from bot.staff.board import Staff

_PAGE = ROOT / "bot" / "web" / "calls.html"


class Replay:
    """``/staff/calls`` and ``/staff/calls/ID`` (pages), with ``…/data.json`` and ``…/sound.wav``; a login is needed."""

    def __init__(self, staff: Staff, line: Line) -> None:
        self._staff, self._line = staff, line

    async def page(self, request: Request) -> Response:
        if not self._staff.logged_in(request):
            return Response(status_code=303, headers={"Location": "/staff/login"})
        return FileResponse(_PAGE, headers={"Cache-Control": "no-cache"})

    async def listing(self, request: Request) -> Response:
        if not self._staff.logged_in(request):
            return problem(401, "sign in first")
        rows = await run_in_threadpool(self._line.records.newest)
        shown = [row | {"caller": mask_phone(row["caller"]) if row["caller"] else None} for row in rows]
        return JSONResponse({"calls": shown, "running": len(self._line.calls)})

    async def data(self, request: Request) -> Response:
        if not self._staff.logged_in(request):
            return problem(401, "sign in first")
        call = await run_in_threadpool(self._call, request.path_params["id"])
        return JSONResponse(call) if call else problem(404, "no such call")

    async def sound(self, request: Request) -> Response:
        if not self._staff.logged_in(request):
            return problem(401, "sign in first")
        path = self._line.records.sound(request.path_params["id"])
        return FileResponse(path, media_type="audio/wav") if path else problem(404, "its sound was not kept")

    def _call(self, call_id: str) -> dict[str, Any] | None:
        record = self._line.records.get(call_id)
        if record is None:
            return None
        turns = self._line.turns
        found = stored(turns.store, turns.keeper.house, call_id)
        return record | {"stored": {kind: rows for kind, rows in found.items() if rows}}
