"""``/staff/specials``: the owner's page for the day's special. Nothing is published that was not approved here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from bot.chat import problem, read_json
from bot.database.specials import APPROVED, FIELDS, REFUSED, Specials, special_facts
from bot.settings import ROOT
from bot.staff.board import Staff
from nlu.facts import FactsError


class SpecialsPage:
    """Propose, approve, refuse."""

    def __init__(self, staff: Staff) -> None:
        self.staff, self.turns = staff, staff.turns

    async def page(self, request: Request) -> Response:
        if not self.staff.logged_in(request):
            return RedirectResponse("/staff/login", 303)
        return FileResponse(ROOT / "bot" / "web" / "specials.html")

    async def listing(self, request: Request) -> Response:
        if not self.staff.logged_in(request):
            return problem(401, "log in first")
        return JSONResponse(await run_in_threadpool(self._view), headers={"Cache-Control": "no-store"})

    async def propose(self, request: Request) -> Response:
        """201 with the wording, which no guest sees yet; 409 says what is wrong with the entry."""
        return await self._act(request, self._propose, 201)

    async def decide(self, request: Request) -> Response:
        return await self._act(request, lambda body: self._decide(body, request.path_params["id"]), 200)

    async def _act(self, request: Request, action: Callable[[Any], dict[str, Any] | str], done: int) -> Response:
        if not self.staff.logged_in(request):
            return problem(401, "log in first")
        if request.headers.get("x-requested-with") != "staff":
            return problem(400, "send the header X-Requested-With: staff")
        body = await read_json(request)
        if not isinstance(body, dict):
            return problem(400, "send a JSON object")
        result = await run_in_threadpool(action, body)
        if isinstance(result, str):
            return JSONResponse({"error": result}, 409)
        return JSONResponse(result, done)

    def _view(self) -> dict[str, Any]:
        house = self.turns.keeper.house
        with self.turns.store.transaction(house.restaurant) as tx:
            rows = Specials(tx.db).rows()
        places = [{"id": place.id, "name": place.name} for place in house.restaurant.places]
        return {"specials": rows, "places": places, "today": self._today(None).isoformat()}

    def _propose(self, body: dict[str, Any]) -> dict[str, Any] | str:
        house, now = self.turns.keeper.house, self.turns.clock()
        place = body.get("place") or None
        if place is not None and house.restaurant.place(str(place)) is None:
            return "there is no such place"
        try:
            day = date.fromisoformat(str(body.get("day") or self._today(place)))
        except ValueError:
            return "the day must be a date like 2026-12-24"
        if day < self._today(place):
            return "that day is over"
        try:
            facts = special_facts({name: body.get(name) for name in FIELDS})
        except FactsError as error:
            return str(error)
        with self.turns.store.transaction(house.restaurant) as tx:
            return Specials(tx.db).word_and_propose(house.describer.words, facts, day, place, now)

    def _decide(self, body: dict[str, Any], special_id: str) -> dict[str, Any] | str:
        status = body.get("status")
        if status not in (APPROVED, REFUSED):
            return "status must be approved or refused"
        with self.turns.store.transaction(self.turns.keeper.house.restaurant) as tx:
            known = special_id.isdecimal() and Specials(tx.db).decide(int(special_id[:15]), str(status))
        return {"id": int(special_id[:15]), "status": status} if known else "there is no such special"

    def _today(self, place: str | None) -> date:
        restaurant = self.turns.keeper.house.restaurant
        return (restaurant.place(place) or restaurant.places[0]).local(self.turns.clock()).date()
