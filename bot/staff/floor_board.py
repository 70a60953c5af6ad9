"""``/staff/floor``: the day's bookings, the waiting parties and the floor plan, and what the host does with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from bot.chat import problem, valid_id
from bot.core import guest_details
from bot.core.floor import (
    CANCELLED,
    CONFIRMED,
    DONE,
    NO_SHOW,
    Booking,
    TableTaken,
    end_of,
    free_tables,
    moment_at,
    near_times,
)
from bot.core.phone_number import ConfirmedNumber
from bot.core.restaurant import Place
from bot.core.table_words import clock_words, day_words, when_words
from bot.database.bookings import FROM_WAITLIST, Desk, booked, booking_from_row
from bot.database.store import Transaction
from bot.database.waitlist import SEATED, Waitlist
from bot.settings import ROOT
from bot.staff.board import Staff

Row = dict[str, Any]
_SOON = timedelta(minutes=60)  # a table booked within this is shown as held
_MOST_PEOPLE = 200
_TOLD = {
    "cancelled": "I'm sorry, your booking {number} ({when}) was cancelled by the restaurant.{reason}",
    "moved": "Your booking {number} was moved by the restaurant: it is now {when}.{reason}",
}


class FloorBoard:
    def __init__(self, staff: Staff) -> None:
        self.staff, self.turns = staff, staff.turns

    async def page(self, request: Request) -> Response:
        if not self.staff.logged_in(request):
            return RedirectResponse("/staff/login", 303)
        return FileResponse(ROOT / "bot" / "web" / "floor.html")

    async def data(self, request: Request) -> Response:
        """``?place=&day=``: the floor now and the bookings of that day."""
        if not self.staff.logged_in(request):
            return problem(401, "log in first")
        view = await run_in_threadpool(self._view, request.query_params.get("place"), request.query_params.get("day"))
        return JSONResponse(view, headers={"Cache-Control": "no-store"})

    async def add(self, request: Request) -> Response:
        """``POST /staff/bookings``: ``{id, place, people, day, time, name, phone}``; the same id is booked once."""
        return await self._act(request, self._add)

    async def move(self, request: Request) -> Response:
        """``POST /staff/bookings/{id}/move``: ``{people, day, time, reason}``; the guest's chat is told."""
        return await self._act(request, self._move)

    async def status(self, request: Request) -> Response:
        """``POST /staff/bookings/{id}/status``: ``cancelled`` (the guest's chat is told), ``no_show`` or ``done``."""
        return await self._act(request, self._status)

    async def seat(self, request: Request) -> Response:
        """``POST /staff/bookings/{id}/seat``: ``{tables}``."""
        return await self._act(request, self._seat)

    async def walk_in(self, request: Request) -> Response:
        """``POST /staff/floor/walkin``: ``{id, place, people, tables}``, or ``{id, waiting, tables}`` for a waiting party."""
        return await self._act(request, self._walk_in)

    async def wait(self, request: Request) -> Response:
        """``POST /staff/waitlist``: ``{id, place, people, name, phone}``; the quote is made and kept."""
        return await self._act(request, self._wait)

    async def _act(
        self, request: Request, action: Callable[[Transaction, Row, str], str | list[Row] | None]
    ) -> Response:
        """One action in one transaction; whatever the floor refuses comes back as a sentence and changes nothing."""

        def act(body: Row) -> str | list[Row] | None:
            try:
                with self.turns.store.transaction(self.turns.keeper.house.restaurant) as tx:
                    return action(tx, body, unquote(request.path_params.get("id", "")))
            except (ValueError, TableTaken) as error:
                return str(error)

        return await self.staff.act(request, act)

    # Actions

    def _add(self, tx: Transaction, body: Row, _: str) -> str | None:
        place, now = self._place(body), self.turns.clock()
        people, moment = _people(body), _moment(body, place, now)
        tables = _free(tx.desk, place, people, moment, now)
        name, phone = _guest(body)
        booking = Booking(
            _id(body), place.id, people, moment, end_of(place, people, moment), tables, name,
            phone.e164 if phone else None, str(body.get("note") or "")[:300], channel="host",
        )  # fmt: skip
        tx.desk.book(booking, now)
        return None

    def _move(self, tx: Transaction, body: Row, booking_id: str) -> list[Row]:
        now = self.turns.clock()
        booking = _known(tx, booking_id)
        place = self._place({"place": booking.place})
        people, moment = _people(body), _moment(body, place, now)
        if (people, moment) == (booking.people, booking.start):
            return []
        tables = _free(tx.desk, place, people, moment, now, without=booking.id)
        end = end_of(place, people, moment)
        moved = Booking(**{**vars(booking), "people": people, "start": moment, "end": end, "tables": tables})
        tx.desk.move(moved, now)
        return _tell(tx, moved, place, "moved", body, now)

    def _status(self, tx: Transaction, body: Row, booking_id: str) -> list[Row]:
        now, status = self.turns.clock(), body.get("status")
        booking = _known(tx, booking_id)
        if booking.status == status:
            return []
        if status == CANCELLED:
            tx.desk.cancel(booking_id, now)
            return _tell(tx, booking, self._place({"place": booking.place}), "cancelled", body, now)
        if status not in (NO_SHOW, DONE):
            raise ValueError("a booking can become cancelled, no_show or done")
        (tx.desk.no_show if status == NO_SHOW else tx.desk.free)(booking_id, now)
        return []

    def _seat(self, tx: Transaction, body: Row, booking_id: str) -> None:
        booking = _known(tx, booking_id)
        tx.desk.seat(booking_id, self._place({"place": booking.place}), _tables(body), self.turns.clock())

    def _walk_in(self, tx: Transaction, body: Row, _: str) -> None:
        now, waiting = self.turns.clock(), Waitlist(tx.db)
        if not body.get("waiting"):
            tx.desk.walk_in(_id(body), self._place(body), _people(body), _tables(body), now)
            return
        party = waiting.get(str(body["waiting"]))
        if party is None:
            raise ValueError("there is no such party on the list")
        if party["status"] == SEATED:
            return
        waiting.set_status(party["id"], SEATED, now)
        tx.desk.walk_in(
            _id(body), self._place({"place": party["place"]}), party["people"], _tables(body), now,
            channel=FROM_WAITLIST, name=party["name"], phone=party["phone"],
        )  # fmt: skip

    def _wait(self, tx: Transaction, body: Row, _: str) -> None:
        name, phone = _guest(body)
        place, now = self._place(body), self.turns.clock()
        Waitlist(tx.db).join(_id(body), place, _people(body), "host", now, name=name, phone=phone)

    def _place(self, body: Row) -> Place:
        place = self.turns.keeper.house.restaurant.place(body.get("place"))
        if place is None:
            raise ValueError("there is no such place")
        return place

    # The view

    def _view(self, place_id: str | None, day: str | None) -> Row:
        restaurant, now = self.turns.keeper.house.restaurant, self.turns.clock()
        place = restaurant.place(place_id) or restaurant.places[0]
        today = place.local(now).date()
        try:
            shown = date.fromisoformat(day) if day else today
        except ValueError:
            shown = today
        with self.turns.store.transaction(restaurant) as tx:
            rows = tx.desk.rows(place.id)
            waiting = Waitlist(tx.db).rows(place.id)
            quotes = {people: tx.desk.quote(place, people, now) for people in (2, 4, 6)}
        bookings = [booking_from_row(row) for row in rows]
        sitting = [booking for booking in bookings if booking.status == SEATED]
        coming = sorted((b for b in bookings if b.status == CONFIRMED and b.end > now), key=lambda b: b.start)
        of_day = [booking_from_row(row) for row in booked(rows)]
        of_day = sorted((b for b in of_day if b.start.date() == shown), key=lambda b: (b.start, b.number))
        return {
            "now": place.local(now).isoformat(),
            "places": [{"id": each.id, "name": each.name} for each in restaurant.places],
            "place": place.id,
            "day": shown.isoformat(),
            "day_words": day_words(shown, now, place),
            "open": place.open_at(now),
            "tables": [_table_view(place, table, sitting, coming, now) for table in place.tables],
            "joins": [list(join) for join in place.joins],
            "bookings": [_booking_view(b, place, now) for b in of_day],
            "waiting": [
                {"id": w["id"], "name": w["name"], "people": w["people"], "status": w["status"], "since": w["created"],
                 "quoted_min": [w["quoted_low"], w["quoted_high"]]}
                for w in waiting
            ],
            "quotes": [
                {"people": people, "ahead": quote.ahead, "low_min": quote.low_min, "high_min": quote.high_min}
                for people, quote in quotes.items()
            ],
        }  # fmt: skip


def _table_view(place: Place, table: Any, sitting: list[Booking], coming: list[Booking], now: datetime) -> Row:
    party = next((b for b in sitting if table.id in b.tables), None)
    booked_next = next((b for b in coming if table.id in b.tables), None)
    today = place.local(now).date()
    view = {"id": table.id, "seats": table.seats, "where": table.where, "x": table.x, "y": table.y, "state": "free"}
    if booked_next is not None and booked_next.start.date() == today:
        view["next"] = clock_words(booked_next.start)
        view["next_people"], view["next_name"] = booked_next.people, booked_next.name
        if booked_next.start - now <= _SOON:
            view["state"] = "soon"
    if party is not None:
        minutes = int((party.end - now).total_seconds() // 60)
        view |= {"state": "seated", "booking": party.id, "people": party.people, "name": party.name,
                 "since": clock_words(place.local(party.start)), "until": clock_words(place.local(party.end)),
                 "over": minutes < 0}  # fmt: skip
    return view


def _booking_view(booking: Booking, place: Place, now: datetime) -> Row:
    late = booking.status == CONFIRMED and now > booking.start + timedelta(minutes=place.bookings.no_show_min)
    return {
        "id": booking.id, "number": booking.number, "status": booking.status, "people": booking.people,
        "time": clock_words(booking.start), "at": booking.start.time().isoformat("minutes"),
        "day": booking.start.date().isoformat(), "tables": list(booking.tables), "name": booking.name,
        "phone": booking.phone, "note": booking.note, "late": late,
    }  # fmt: skip


def _tell(tx: Transaction, booking: Booking, place: Place, what: str, body: Row, now: datetime) -> list[Row]:
    """The guest's chat hears of it; a booking made elsewhere has none."""
    if booking.conversation is None or tx.conversation(booking.conversation) is None:
        return []
    reason = str(body.get("reason") or "")[:200]
    when = when_words(booking.start, now, place)
    words = _TOLD[what].format(number=booking.number, when=when, reason=f" {reason}" if reason else "")
    return [tx.add_message(booking.conversation, "bot", words, now)]


def _known(tx: Transaction, booking_id: str) -> Booking:
    booking = tx.desk.get(booking_id)
    if booking is None:
        raise ValueError("there is no such booking")
    return booking


def _free(
    desk: Desk, place: Place, people: int, moment: datetime, now: datetime, without: str | None = None
) -> tuple[str, ...]:
    busy = desk.busy(place.id, moment - timedelta(days=1), moment + timedelta(days=1), without)
    tables = free_tables(place, people, moment, busy)
    if tables is None:
        near = [clock_words(slot) for slot in near_times(place, people, moment, busy, now)]
        raise TableTaken(f"no table is free then; {'free at ' + ', '.join(near) if near else 'none that day'}")
    return tables


def _id(body: Row) -> str:
    if not valid_id(body.get("id")):
        raise ValueError("an id is needed, so that pressing twice does it once")
    return str(body["id"])


def _people(body: Row) -> int:
    people = body.get("people")
    if not isinstance(people, int) or isinstance(people, bool) or not 1 <= people <= _MOST_PEOPLE:
        raise ValueError("say how many people, at least 1")
    return people


def _tables(body: Row) -> list[str]:
    tables = body.get("tables")
    if not isinstance(tables, list) or not tables or not all(isinstance(table, str) for table in tables):
        raise ValueError("choose a table first")
    return tables


def _moment(body: Row, place: Place, now: datetime) -> datetime:
    try:
        day, at = date.fromisoformat(str(body.get("day"))), time.fromisoformat(str(body.get("time")))
    except ValueError:
        raise ValueError("the day or the time is missing: choose both") from None
    moment = moment_at(place, day, at.replace(second=0, microsecond=0))
    if moment is None:
        raise ValueError("the clocks skip that time on this day")
    if moment < now - timedelta(minutes=15):
        raise ValueError("that time has passed")
    if not place.open_at(moment):
        raise ValueError(f"{place.name} is closed then")
    return moment


def _guest(body: Row) -> tuple[str | None, ConfirmedNumber | None]:
    name, phone = str(body.get("name") or "").strip()[:80], str(body.get("phone") or "").strip()
    if not phone:
        return name or None, None
    e164 = guest_details.find_phone(phone)
    if e164 is None:
        raise ValueError("that is no complete phone number: write it with its area code")
    return name or None, ConfirmedNumber(e164)
