"""The owner's page ``/insights``: its data, its downloads, and questions answered or put aside with one click."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from bot.chat import problem, read_json
from bot.core.facts import FACTS
from bot.database.tables import open_questions
from bot.insights.faq_file import add_answer
from bot.insights.sentence_map import SentenceMap
from bot.insights.summary import Period, insights, remarks_of
from bot.retention import e164, forget
from bot.settings import ROOT
from bot.staff.board import Staff
from bot.turns import Turns
from nlu.faq import load_faq
from nlu.located_yaml import FileError

_MOST_DAYS = 400
_MOST_ANSWER_CHARS = 600
_NO_STORE = {"Cache-Control": "no-store"}
TABLES = ("feedback", "days", "topics", "dishes", "waits", "abandoned", "questions")


class Insights:
    def __init__(self, turns: Turns, staff: Staff, faq: Path, var: Path) -> None:
        self.turns, self.staff, self.faq = turns, staff, faq
        self.map = SentenceMap(var / "sentence_map.json")
        self.recordings = var / "calls"

    async def page(self, request: Request) -> Response:
        if not self.staff.logged_in(request):
            return RedirectResponse("/staff/login", 303)
        return FileResponse(ROOT / "bot" / "web" / "insights.html", headers={"Cache-Control": "no-cache"})

    async def data(self, request: Request) -> Response:
        if not self.staff.logged_in(request):
            return problem(401, "log in first")
        try:
            period = self._period(request)
        except ValueError as error:
            return problem(400, str(error))
        return JSONResponse(await run_in_threadpool(self._insights, period), headers=_NO_STORE)

    async def export(self, request: Request) -> Response:
        """``/insights/NAME.csv``."""
        if not self.staff.logged_in(request):
            return problem(401, "log in first")
        table = request.path_params["table"]
        if table not in TABLES:
            return problem(404, f"there is no such table: one of {', '.join(TABLES)}")
        try:
            period = self._period(request)
        except ValueError as error:
            return problem(400, str(error))
        rows = await run_in_threadpool(self._table, table, period)
        name = f"{table}-{period.first}-to-{period.last}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'} | _NO_STORE
        return Response(as_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)

    async def words(self, request: Request) -> Response:
        """The map. A stale one is shown and made again afterwards."""
        if not self.staff.logged_in(request):
            return problem(401, "log in first")
        try:
            period = self._period(request)
        except ValueError as error:
            return problem(400, str(error))
        remarks = await run_in_threadpool(self._remarks, period)
        shown = await run_in_threadpool(self.map.points, remarks)
        again = None if shown["ready"] or not shown["enough"] else BackgroundTask(self.map.refresh, remarks)
        return JSONResponse(shown, headers=_NO_STORE, background=again)

    async def answer(self, request: Request) -> Response:
        return await self._settle(request, self._answer)

    async def ignore(self, request: Request) -> Response:
        return await self._settle(request, lambda ids, _: self._mark(ids, "ignored"))

    async def _settle(self, request: Request, action: Any) -> Response:
        if not self.staff.logged_in(request):
            return problem(401, "log in first")
        if request.headers.get("x-requested-with") != "staff":
            return problem(400, "send the header X-Requested-With: staff")
        body = await read_json(request, 20_000)
        ids = body.get("ids") if isinstance(body, dict) else None
        if not isinstance(ids, list) or not ids or not all(type(each) is int for each in ids[:500]):
            return problem(400, "send the ids of the question")
        trouble = await run_in_threadpool(action, ids[:500], body)
        return JSONResponse({"error": trouble}, 409) if trouble else Response(status_code=204)

    async def forget(self, request: Request) -> Response:
        """A guest wants everything about a number deleted: ``{"phone"}``."""
        if not self.staff.logged_in(request):
            return problem(401, "log in first")
        if request.headers.get("x-requested-with") != "staff":
            return problem(400, "send the header X-Requested-With: staff")
        body = await read_json(request, 1_000)
        written = body.get("phone") if isinstance(body, dict) else None
        phone = e164(written) if isinstance(written, str) else None
        if phone is None:
            return problem(400, "write a phone number like +12075550142")
        counts = await run_in_threadpool(forget, self.turns.store, phone, self.recordings)
        self.turns.hub.board_changed()
        return JSONResponse({"deleted": counts}, headers=_NO_STORE)

    def _answer(self, ids: list[int], body: dict[str, Any]) -> str | None:
        question, answer = body.get("question"), body.get("answer")
        if not isinstance(question, str) or not isinstance(answer, str) or not question.strip() or not answer.strip():
            return "write the question and its answer"
        if len(question) > 300 or len(answer) > _MOST_ANSWER_CHARS:
            return f"at most 300 characters for the question and {_MOST_ANSWER_CHARS} for the answer"
        try:
            add_answer(self.faq, question, answer, lambda file: load_faq(file, FACTS))
        except (FileError, OSError) as error:
            return f"not added: {error}"
        return self._mark(ids, "answered")

    def _mark(self, ids: list[int], status: str) -> str | None:
        with self.turns.store.transaction() as tx:
            where = open_questions.c.id.in_(ids) & (open_questions.c.status == "open")
            changed = tx.db.execute(sa.update(open_questions).where(where).values(status=status)).rowcount
        return None if changed else "there is no such open question"

    def _insights(self, period: Period) -> dict[str, Any]:
        house, now = self.turns.keeper.house, self.turns.clock()
        with self.turns.store.transaction(house.restaurant) as tx:
            return insights(tx, house, period, now)

    def _remarks(self, period: Period) -> list[dict[str, Any]]:
        house = self.turns.keeper.house
        with self.turns.store.transaction(house.restaurant) as tx:
            return remarks_of(tx, house, period)

    def _table(self, table: str, period: Period) -> list[dict[str, Any]]:
        if table == "feedback":
            keys = ("id", "created", "place", "channel", "cause", "text", "label", "score", "topics", "made_up")
            return [{key: row[key] for key in keys} for row in self._remarks(period)]
        found = self._insights(period)
        if table == "waits":
            return list(found["waits"]["points"])
        if table == "abandoned":
            return list(found["abandoned"]["steps"])
        return [{key: value for key, value in row.items() if key != "ids"} for row in found[table]]

    def _period(self, request: Request) -> Period:
        """From ``first``, ``last`` and ``place``; the last seven days of all places when they are not given."""
        asked, house = request.query_params, self.turns.keeper.house
        place = asked.get("place") or None
        if place is not None and house.restaurant.place(place) is None:
            raise ValueError("there is no such place")
        today = house.restaurant.places[0].local(self.turns.clock()).date()
        try:
            last = date.fromisoformat(asked["last"]) if asked.get("last") else today
            first = date.fromisoformat(asked["first"]) if asked.get("first") else last - timedelta(days=6)
        except ValueError:
            raise ValueError("write days like 2026-11-20") from None
        if not timedelta(0) <= last - first < timedelta(days=_MOST_DAYS):
            raise ValueError(f"the period must have 1 to {_MOST_DAYS} days")
        return Period(first, last, place)


def as_csv(rows: Iterable[dict[str, Any]]) -> str:
    """A table with a header. A cell that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    writer: Any = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(out, list(row), extrasaction="ignore")
            writer.writeheader()
        writer.writerow({key: _cell(value) for key, value in row.items()})
    return "\ufeff" + out.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if isinstance(value, str) and (value[:1] in ("\t", "\r") or value.lstrip()[:1] in ("=", "+", "-", "@", "|", "%")):
        return f"'{value}"
    return value
