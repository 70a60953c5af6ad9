"""The guests' pad at the door: party, name, a number written by hand and confirmed, a place on the waitlist.

A tablet is let in by its device token, which the page's address brings once, or by a staff member who hands over the
device from the board. Nothing that a guest wrote is kept outside of the waitlist row.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import math
import re
import time
from dataclasses import asdict
from typing import Any

from itsdangerous import BadSignature, TimestampSigner
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response

from bot.chat import problem, read_json, valid_id
from bot.core.message import clean, has_words
from bot.core.phone_number import Candidate, ConfirmedNumber, NotANumber, NotConfirmed, region_of
from bot.core.restaurant import Place
from bot.database.store import Transaction
from bot.database.waitlist import OPEN, Waitlist
from bot.settings import ROOT, Settings
from bot.staff.board import Staff

_COOKIE, _COOKIE_DAYS = "pad", 180
_FAILURES, _FAILURE_WINDOW_S = 10, 60.0
_MAX_STROKES, _MAX_POINTS, _MAX_COORDINATE = 150, 12_000, 20_000.0
_READ_BYTES, _PHOTO_BYTES = 600_000, 30 * 2**20
_READS_AT_ONCE, _READS_WAITING = 2, 12
_MAX_NAME, _MAX_PEOPLE, _MAX_WAITING = 40, 30, 200
_NO_STORE = {"Cache-Control": "no-store"}

Stroke = list[tuple[float, float, float]]


class Refused(ValueError):
    """What was sent makes no sense; the message says why."""


class Pad:
    def __init__(self, settings: Settings, staff: Staff) -> None:
        self.settings, self.staff, self.turns = settings, staff, staff.turns
        secret = hashlib.sha256(f"{settings.pad_token} {staff.password_mark}".encode()).hexdigest()[:16]
        self._signer = TimestampSigner(settings.secret_key, salt="pad" + secret)
        self._failures: list[float] = []
        self._readers: dict[str, Any] = {}
        self._reading = asyncio.Semaphore(_READS_AT_ONCE)
        self._photo = asyncio.Semaphore(1)
        self._waiting = 0

    def warm(self) -> None:
        """Load what reads the ink: the first guest's digits must not wait for it."""
        for place in self.turns.keeper.house.restaurant.places:
            self._reader(region_of(place.phone))

    # Who may use it

    def role(self, request: Request) -> str | None:
        """ "device", "staff", or None for everybody else."""
        try:
            self._signer.unsign(request.cookies.get(_COOKIE, ""), max_age=_COOKIE_DAYS * 86_400)
        except BadSignature:
            return "staff" if self.staff.logged_in(request) else None
        return "device"

    async def page(self, request: Request) -> Response:
        token = request.query_params.get("token")
        if token is not None:
            return self._let_in(request, token)
        if self.role(request) is None:
            return RedirectResponse("/staff/login", 303)
        return FileResponse(ROOT / "bot" / "web" / "pad.html", headers=_NO_STORE)

    async def here(self, request: Request) -> Response:
        """``POST /pad/here``: a staff member makes this device the guests' pad and is signed out on it."""
        if not self.staff.logged_in(request):
            return RedirectResponse("/staff/login", 303)
        response = self._as_device(request)
        self.staff.forget(response)
        return response

    def _let_in(self, request: Request, token: str) -> Response:
        now = time.monotonic()
        self._failures = [moment for moment in self._failures if now - moment < _FAILURE_WINDOW_S]
        if len(self._failures) >= _FAILURES:
            return problem(429, "too many wrong tokens: wait a minute")
        good = self.settings.pad_token
        if not good or not hmac.compare_digest(token.encode(), good.encode()):
            self._failures.append(now)
            return problem(401, "this is not the pad's token")
        return self._as_device(request)

    def _as_device(self, request: Request) -> Response:
        """To the page under its plain address, so that no token stays in the browser's history."""
        response = RedirectResponse("/pad", 303)
        response.set_cookie(
            _COOKIE, self._signer.sign(b"pad").decode(), max_age=_COOKIE_DAYS * 86_400, path="/pad", httponly=True,
            samesite="strict", secure=request.url.scheme == "https",
        )  # fmt: skip
        return response

    # What the page asks

    async def state(self, request: Request) -> Response:
        """``GET /pad/state?place=&people=``: the house, and how long that party would wait now."""
        role = self.role(request)
        if role is None:
            return problem(401, "log in first")
        query = request.query_params
        place = self._place(query.get("place"))
        people = int(query["people"]) if re.fullmatch(r"[1-9]\d?", query.get("people", "")) else None
        wait = await run_in_threadpool(self._wait, place, people) if place and people else None
        restaurant = self.turns.keeper.house.restaurant
        return JSONResponse(
            {
                "role": role,
                "restaurant": restaurant.name,
                "places": [{"id": each.id, "name": each.name} for each in restaurant.places],
                "place": place.id if place else None,
                "most_people": _MAX_PEOPLE,
                "hold_min": restaurant.policies.hold_min,
                "wait": wait,
            },
            headers=_NO_STORE,
        )

    async def read(self, request: Request) -> Response:
        """``POST /pad/read`` {strokes: [[[x, y, t], …], …], place}: the digits, the doubtful ones, the number."""
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        try:
            strokes = checked_strokes(body.get("strokes"))
        except Refused as error:
            return problem(400, str(error))
        if self._waiting >= _READS_WAITING:
            return problem(429, "one moment, please")
        self._waiting += 1
        try:
            async with self._reading:
                reading = await run_in_threadpool(self._read, self._region(body), strokes)
        finally:
            self._waiting -= 1
        return JSONResponse(reading | number_view(reading["digits"], self._region(body)), headers=_NO_STORE)

    async def number(self, request: Request) -> Response:
        """``POST /pad/number`` {written, place}: the number that these digits are."""
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        written = body.get("written")
        if not isinstance(written, str) or len(written) > 60:
            return problem(400, "written must be a text of at most 60 characters")
        return JSONResponse(number_view(written, self._region(body)), headers=_NO_STORE)

    async def join(self, request: Request) -> Response:
        """``POST /pad/join`` {id, place, people, name, written, confirmed, consent}: a place on the waitlist.

        Without ``written`` the party leaves no number. The same id, and the same number while it waits, join once.
        """
        body = await self._body(request)
        if isinstance(body, Response):
            return body
        try:
            joined = await run_in_threadpool(self._join, body)
        except (Refused, NotANumber, NotConfirmed) as error:
            return problem(400, str(error))
        self.turns.hub.board_changed()
        return JSONResponse(joined, headers=_NO_STORE)

    async def joined(self, request: Request) -> Response:
        """``GET /pad/joined?id=``: whether a page that was loaded again in the middle had joined."""
        if self.role(request) is None:
            return problem(401, "log in first")
        entry_id = request.query_params.get("id", "")
        row = await run_in_threadpool(self._stored, entry_id) if _is_entry_id(entry_id) else None
        return JSONResponse({"joined": row is not None}, headers=_NO_STORE)

    async def photo(self, request: Request) -> Response:
        """``POST /pad/photo``: a photograph of a paper list, one number a line; for staff."""
        if not self.staff.logged_in(request):
            return problem(401, "log in first")
        if request.headers.get("x-requested-with") != "pad":
            return problem(400, "send the header X-Requested-With: pad")
        image = await _read_bytes(request, _PHOTO_BYTES)
        if image is None:
            return problem(413, f"the photo has more than {_PHOTO_BYTES // 2**20} MB")
        place = self._place(request.query_params.get("place"))
        region = region_of(place.phone) if place else "US"
        async with self._photo:
            lines = await run_in_threadpool(self._read_photo, region, image)
        if isinstance(lines, str):
            return problem(400, lines)
        return JSONResponse({"lines": lines}, headers=_NO_STORE)

    # How

    async def _body(self, request: Request) -> dict[str, Any] | Response:
        if self.role(request) is None:
            return problem(401, "log in first")
        if request.headers.get("x-requested-with") != "pad":
            return problem(400, "send the header X-Requested-With: pad")
        body = await read_json(request, _READ_BYTES)
        return body if isinstance(body, dict) else problem(400, "send a JSON object of a sensible size")

    def _place(self, place_id: Any) -> Place | None:
        return self.turns.keeper.house.restaurant.place(place_id if isinstance(place_id, str) and place_id else None)

    def _region(self, body: dict[str, Any]) -> str:
        place = self._place(body.get("place")) or self.turns.keeper.house.restaurant.places[0]
        return region_of(place.phone)

    def _reader(self, region: str) -> Any:
        if region not in self._readers:
            from vision.reader import load_reader

            self._readers[region] = load_reader(ROOT / "data" / "models", region=region)
        return self._readers[region]

    def _read(self, region: str, strokes: list[Stroke]) -> dict[str, Any]:
        reading = self._reader(region).read_strokes(strokes)
        return reading_view(reading)

    def _read_photo(self, region: str, image: bytes) -> list[dict[str, Any]] | str:
        from vision.images import ImageError, decode
        from vision.paper_list import strips, tails

        try:
            page = decode(image)
            lines = strips(page)
        except ImageError as error:
            return str(error)
        reader, found = self._reader(region), []
        for strip in lines:
            reading = reader.read_image(strip)
            if reading.decision == "rewrite":
                others = (reader.read_image(tail) for tail in tails(strip))
                reading = next((other for other in others if other.decision != "rewrite"), reading)
            if reading.digits:
                found.append(reading_view(reading) | number_view(reading.digits, region) | {"image": _png(strip)})
        return found or "No number was found on this photo. Take it from straight above, in good light."

    def _wait(self, place: Place, people: int) -> dict[str, int]:
        with self.turns.store.transaction() as tx:
            ahead, low, high = Waitlist(tx.db).quote(place, people, self.turns.clock())
        return {"ahead": ahead, "low_min": low, "high_min": high}

    def _stored(self, entry_id: str) -> dict[str, Any] | None:
        with self.turns.store.transaction() as tx:
            return Waitlist(tx.db).get(entry_id)

    def _join(self, body: dict[str, Any]) -> dict[str, Any]:
        place = self._place(body.get("place"))
        if place is None:
            raise Refused("which place this is, is not known")
        if not _is_entry_id(body.get("id")):
            raise Refused("id must be 8 to 40 letters, digits or dashes")
        people = body.get("people")
        if not isinstance(people, int) or isinstance(people, bool) or not 1 <= people <= _MAX_PEOPLE:
            raise Refused(f"people must be 1 to {_MAX_PEOPLE}")
        name = clean(body["name"]) if isinstance(body.get("name"), str) else ""
        if not has_words(name) or len(name) > _MAX_NAME:
            raise Refused(f"a name needs letters, at most {_MAX_NAME}")
        phone = confirmed_number(body, region_of(place.phone))
        with self.turns.store.transaction(self.turns.keeper.house.restaurant) as tx:
            return self._add(tx, str(body["id"]), place, people, name, phone)

    def _add(
        self, tx: Transaction, entry_id: str, place: Place, people: int, name: str, phone: ConfirmedNumber | None
    ) -> dict[str, Any]:
        waiting, now = Waitlist(tx.db), self.turns.clock()
        row = waiting.get(entry_id)
        again = False
        if row is None:
            open_rows = waiting.rows(place.id, OPEN)
            row = next((row for row in open_rows if phone is not None and row["phone"] == phone.e164), None)
            again = row is not None
            if row is None and len(open_rows) >= _MAX_WAITING:
                raise Refused("the list is full: please ask the host")
        if row is None:
            row = waiting.join(entry_id, place, people, "pad", now, name=name, phone=phone)
        return {"quoted_min": [row["quoted_low"], row["quoted_high"]], "people": row["people"], "already": again}


def checked_strokes(strokes: Any) -> list[Stroke]:
    """Strokes as the page sends them, bounded in number and size.

    Raises:
        Refused: they are something else.
    """
    if not isinstance(strokes, list) or len(strokes) > _MAX_STROKES:
        raise Refused(f"strokes must be a list of at most {_MAX_STROKES}")
    if not all(isinstance(stroke, list) for stroke in strokes) or sum(map(len, strokes)) > _MAX_POINTS:
        raise Refused(f"a stroke is a list of points, {_MAX_POINTS} in all at most")
    return [[_checked_point(point) for point in stroke] for stroke in strokes if stroke]


def _checked_point(point: Any) -> tuple[float, float, float]:
    if not isinstance(point, list) or len(point) != 3:
        raise Refused("a point is [x, y, t]")
    for value in point:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Refused("a point has three numbers")
        if isinstance(value, float) and not math.isfinite(value):
            raise Refused("a point has finite numbers")
    x, y, t = point
    if max(abs(x), abs(y)) > _MAX_COORDINATE or abs(t) > 1e15:
        raise Refused(f"x and y are at most {_MAX_COORDINATE:.0f}")
    return float(x), float(y), float(t)


def confirmed_number(body: dict[str, Any], region: str) -> ConfirmedNumber | None:
    """The guest's number, if one is left: what was written, and the yes to exactly that number.

    Raises:
        Refused, NotANumber, NotConfirmed
    """
    written = body.get("written")
    if written is None:
        return None
    if not isinstance(written, str) or not isinstance(body.get("confirmed"), str):
        raise Refused("written and confirmed must be texts")
    if body.get("consent") is not True:
        raise Refused("without the guest's consent no number is kept")
    return Candidate.of(written, region).confirmed(body["confirmed"])


def number_view(written: str, region: str) -> dict[str, Any]:
    """The candidate that these digits are, with its digits in the groups of its country; or why there is none."""
    try:
        candidate = Candidate.of(written, region)
    except NotANumber as error:
        return {"candidate": None, "problem": str(error)}
    groups = [len(group) for group in re.findall(r"\d+", candidate.shown)]
    return {"candidate": asdict(candidate) | {"groups": groups}, "problem": None}


def reading_view(reading: Any) -> dict[str, Any]:
    per_digit = [
        {"digit": digit.digit, "doubtful": bool(digit.doubtful), "runner_up": digit.runner_up}
        for digit in reading.per_digit
    ]
    return {
        "digits": reading.digits,
        "per_digit": per_digit,
        "decision": reading.decision,
        "reason": reading.reason,
    }


def _is_entry_id(value: Any) -> bool:
    return valid_id(value) and 8 <= len(value) <= 40


def _png(strip: Any) -> str:
    """A line of the list as a small picture that the page can show."""
    from PIL import Image

    picture, file = Image.fromarray(strip), io.BytesIO()
    picture.thumbnail((700, 120))
    picture.save(file, "PNG")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


async def _read_bytes(request: Request, limit: int) -> bytes | None:
    """The body; None when it is longer than that."""
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            return None
        parts.append(chunk)
    return b"".join(parts)
