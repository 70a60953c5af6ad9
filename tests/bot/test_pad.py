"""The pad's server side: who is let in, what is read, who joins, and what hostile devices get."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from bot.database.tables import waitlist
from bot.database.waitlist import Waitlist
from tests.bot.parts import serving

TOKEN = "a token for the tablet"
BY_PAD = {"X-Requested-With": "pad"}
ADA = "+12075550123"
JOIN = {
    "id": "guest-0001", "place": "harbour", "people": 4, "name": "Ada", "written": "2075550123", "confirmed": ADA,
    "consent": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with serving(tmp_path_factory.mktemp("pad"), pad_token=TOKEN) as (client, _):
        yield client


@pytest.fixture
def outside(served: TestClient) -> TestClient:
    """Nobody in particular, at an empty restaurant."""
    served.cookies.clear()
    turns = served.app.state.turns  # type: ignore[attr-defined]
    with turns.store.transaction() as tx:
        tx.db.execute(waitlist.delete())
    served.app.state.pad._failures.clear()  # type: ignore[attr-defined]
    return served


@pytest.fixture
def pad(outside: TestClient) -> TestClient:
    """The tablet at the door."""
    assert outside.get(f"/pad?token={TOKEN}").headers["location"] == "/pad"
    return outside


def rows(client: TestClient) -> list[dict[str, Any]]:
    turns = client.app.state.turns  # type: ignore[attr-defined]
    with turns.store.transaction() as tx:
        return Waitlist(tx.db).rows(None, None)


def post(client: TestClient, path: str, body: Any) -> Any:
    return client.post(f"/pad/{path}", json=body, headers=BY_PAD)


def test_without_a_token_or_a_login_nothing_is_shown_or_taken(outside: TestClient) -> None:
    assert outside.get("/pad").headers["location"] == "/staff/login"
    for path in ("state", "joined?id=guest-0001"):
        assert outside.get(f"/pad/{path}").status_code == 401
    for path in ("read", "number", "join", "photo"):
        assert post(outside, path, {}).status_code == 401
    assert outside.post("/pad/here").headers["location"] == "/staff/login"
    for token in ("", "wrong", TOKEN + "x", "ä"):
        assert outside.get("/pad", params={"token": token}).status_code == 401
    assert outside.get("/pad", cookies={"pad": "pad.x.y"}).status_code == 303
    assert rows(outside) == []


def test_many_wrong_tokens_have_to_wait(outside: TestClient) -> None:
    for _ in range(10):
        outside.get("/pad?token=wrong")
    assert outside.get(f"/pad?token={TOKEN}").status_code == 429


def test_the_token_is_taken_once_and_stays_out_of_the_address(pad: TestClient) -> None:
    response = pad.get("/pad")
    assert response.status_code == 200 and response.headers["cache-control"] == "no-store"
    assert pad.get("/pad/state").json()["role"] == "device"
    assert pad.get("/staff").status_code == 303


def test_staff_hand_over_their_device_and_are_signed_out_on_it(outside: TestClient) -> None:
    outside.post("/staff/login", content="password=open+sesame")
    assert outside.get("/pad/state").json()["role"] == "staff"
    assert outside.post("/pad/here").headers["location"] == "/pad"
    assert outside.get("/pad/state").json()["role"] == "device"
    assert outside.get("/staff").status_code == 303


def test_the_page_knows_the_house_and_the_wait(pad: TestClient) -> None:
    state = pad.get("/pad/state?place=harbour&people=4").json()
    assert state["restaurant"] == "Olive & Ember" and [place["id"] for place in state["places"]] == ["harbour", "mill"]
    assert state["wait"]["ahead"] == 0 and state["wait"]["low_min"] <= state["wait"]["high_min"]
    for query in ("", "?place=nowhere&people=4", "?place=harbour&people=0", "?place=harbour&people=x&people=%C2%B2"):
        assert pad.get("/pad/state" + query).json()["wait"] is None


def test_a_confirmed_number_joins_once_however_often_it_is_sent(pad: TestClient) -> None:
    first = post(pad, "join", JOIN)
    assert first.status_code == 200 and not first.json()["already"]
    assert post(pad, "join", JOIN).json() == first.json()
    (row,) = rows(pad)
    assert (row["phone"], row["people"], row["name"], row["channel"]) == (ADA, 4, "Ada", "pad")
    assert first.json()["quoted_min"] == [row["quoted_low"], row["quoted_high"]]
    assert pad.get("/pad/joined?id=guest-0001").json() == {"joined": True}
    assert pad.get("/pad/joined?id=guest-0002").json() == {"joined": False}


def test_a_number_that_waits_already_does_not_wait_twice(pad: TestClient) -> None:
    post(pad, "join", JOIN)
    again = post(pad, "join", JOIN | {"id": "guest-0002", "name": "Somebody", "people": 2}).json()
    assert again["already"] and again["people"] == 4 and "name" not in again
    assert len(rows(pad)) == 1
    assert not post(pad, "join", JOIN | {"id": "guest-0003", "place": "mill"}).json()["already"]


def test_a_party_may_wait_without_a_number(pad: TestClient) -> None:
    body = {key: JOIN[key] for key in ("id", "place", "people", "name")}
    assert post(pad, "join", body).status_code == 200
    assert rows(pad)[0]["phone"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"confirmed": "+12075550124"}, {"confirmed": "2075550123"}, {"confirmed": True}, {"confirmed": None},
        {"consent": False}, {"consent": "yes"}, {"consent": None}, {"written": "555"}, {"written": 2075550123},
        {"written": "9" * 99}, {"written": ""}, {"people": 0}, {"people": 31}, {"people": True}, {"people": "4"},
        {"people": 4.0}, {"people": None}, {"name": ""}, {"name": "…"}, {"name": "x" * 41}, {"name": ["Ada"]},
        {"place": None}, {"place": "nowhere"}, {"place": ["harbour"]}, {"id": "x"}, {"id": "a b c d e f g"},
        {"id": "x" * 41}, {"id": None}, {"id": "../../etc"},
    ],
)  # fmt: skip
def test_what_is_not_a_confirmed_guest_is_refused_in_words(pad: TestClient, change: dict[str, Any]) -> None:
    response = post(pad, "join", JOIN | change)
    assert response.status_code == 400 and response.json()["error"]
    assert rows(pad) == []


def test_another_site_s_page_cannot_write_on_the_list(pad: TestClient) -> None:
    assert pad.post("/pad/join", json=JOIN).status_code == 400
    assert pad.post("/pad/photo", content=b"x").status_code == 401
    assert rows(pad) == []


def test_typed_digits_are_a_number_in_groups_or_told_why_not(pad: TestClient) -> None:
    view = post(pad, "number", {"written": "2075550123", "place": "harbour"}).json()
    assert view == {
        "candidate": {"e164": ADA, "shown": "(207) 555-0123", "plausible": True, "groups": [3, 3, 4]},
        "problem": None,
    }
    assert post(pad, "number", {"written": "207"}).json()["problem"]
    for written in (None, 5, "x" * 61, ["2"]):
        assert post(pad, "number", {"written": written}).status_code == 400


def stroke(x: float = 0.0) -> list[list[float]]:
    return [[x + 10, y, float(y)] for y in range(0, 100, 10)]


def test_strokes_are_read_with_their_doubts(pad: TestClient) -> None:
    view = post(pad, "read", {"strokes": [stroke(60.0 * n) for n in range(10)], "place": "harbour"}).json()
    assert set(view) == {"digits", "per_digit", "decision", "reason", "candidate", "problem"}
    assert view["digits"] == "".join(digit["digit"] for digit in view["per_digit"])
    assert view["digits"].count("1") >= 8


def test_nothing_written_is_read_as_nothing(pad: TestClient) -> None:
    for strokes in ([], [[]], [[[5, 5, 0]]]):
        view = post(pad, "read", {"strokes": strokes}).json()
        assert view["decision"] == "rewrite" and view["candidate"] is None


@pytest.mark.parametrize(
    "strokes",
    [
        None, 5, "x", {"a": 1}, [5], [[5]], [[[1, 2]]], [[[1, 2, "3"]]], [[[True, 2, 3]]], [[[1, None, 3]]],
        [[[1e9, 0, 0]]], [[[10**400, 0, 0]]], [stroke()] * 151, [stroke() * 2000], [[[]]], [[[[1, 2, 3]]]],
    ],
)  # fmt: skip
def test_strokes_that_are_none_or_too_many_are_refused(pad: TestClient, strokes: Any) -> None:
    response = post(pad, "read", {"strokes": strokes})
    assert response.status_code == 400 and response.json()["error"]


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"\xff", b'{"strokes": [[[NaN, 1, 1]]]}', b'{"strokes": [[[1e999, 1, 1]]]}', b"[" * 9_000]
)
def test_a_body_that_is_no_object_of_numbers_is_refused(pad: TestClient, body: bytes) -> None:
    for path in ("read", "number", "join"):
        assert pad.post(f"/pad/{path}", content=body, headers=BY_PAD).status_code == 400


def test_a_megabyte_of_strokes_is_refused_unread(pad: TestClient) -> None:
    body = json.dumps({"strokes": [[[1, 1, 1]] * 100_000]}).encode()
    assert len(body) > 600_000 and pad.post("/pad/read", content=body, headers=BY_PAD).status_code == 400


@pytest.mark.parametrize(
    "strokes", [[[[0, 0, 0], [20_000, 20_000, 1]]], [[[0, 0, 0], [20_000, 0, 1]]], [[[n % 7, n % 5, n] for n in range(9_000)]]]
)  # fmt: skip
def test_strange_strokes_are_asked_for_again(pad: TestClient, strokes: Any) -> None:
    response = post(pad, "read", {"strokes": strokes})
    assert response.status_code == 200 and response.json()["decision"] == "rewrite"


@pytest.fixture
def staff(outside: TestClient) -> TestClient:
    outside.post("/staff/login", content="password=open+sesame")
    return outside


def png(pixels: Any) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_a_paper_list_is_read_line_by_line_for_the_staff(staff: TestClient) -> None:
    page = np.full((700, 900), 245, np.uint8)
    for line in range(3):
        for n in range(10):
            page[80 + 200 * line : 180 + 200 * line, 60 + 80 * n : 70 + 80 * n] = 30
    view = staff.post("/pad/photo?place=harbour", content=png(page), headers=BY_PAD).json()
    assert len(view["lines"]) == 3
    for line in view["lines"]:
        assert line["digits"].count("1") >= 8 and line["image"].startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    "image",
    [b"", b"no image", b"\x89PNG\r\n\x1a\n", png(np.zeros((1, 1), np.uint8)), png(np.full((300, 300), 250, np.uint8))],
)
def test_a_photo_without_a_number_is_told_in_words(staff: TestClient, image: bytes) -> None:
    response = staff.post("/pad/photo", content=image, headers=BY_PAD)
    assert response.status_code == 400 and response.json()["error"]


def test_fifty_megapixels_are_refused_and_thirty_megabytes_not_even_decoded(staff: TestClient) -> None:
    bomb = png(np.zeros((7_000, 7_200), np.uint8))
    assert len(bomb) < 500_000
    assert "megapixels" in staff.post("/pad/photo", content=bomb, headers=BY_PAD).json()["error"]
    assert staff.post("/pad/photo", content=bytes(31 * 2**20), headers=BY_PAD).status_code == 413
