"""The floor page and a conversation that orders, asks and books, each in a real browser."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from bot.database.store import Store
from tests.bot.conftest import Browser
from tests.conftest import Running


@pytest.fixture
def floor(staff: Browser, running: Running) -> Browser:
    """The host's page of the other place, where no other test seats anybody."""
    staff.get(running.base_url + "/staff/floor")
    staff.until("document.body.dataset.line === 'open' && document.querySelector('.table')")
    staff.script("const p = document.querySelector('#place'); p.value = 'mill'; p.dispatchEvent(new Event('change'))")
    staff.until("document.querySelector('[data-table=A1]')")
    return staff


def label(floor: Browser, table: str) -> str:
    return str(floor.script("return document.querySelector(`[data-table=${arguments[0]}]`).ariaLabel", table))


def post(floor: Browser, path: str, **body: Any) -> None:
    """As the page's own forms do."""
    status = floor.driver.execute_async_script(
        """const done = arguments[2]; fetch(arguments[0], {method: 'POST', body: arguments[1], headers:
        {'Content-Type': 'application/json', 'X-Requested-With': 'staff'}}).then((r) => done(r.status))""",
        path,
        json.dumps(body),
    )
    assert status == 204


def press(floor: Browser, selector: str) -> None:
    """A click on what may be drawn anew at any moment."""
    floor.until("document.querySelector(arguments[0])?.checkVisibility()", selector)
    floor.script(
        "document.querySelector(arguments[0]).dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))",
        selector,
    )


def test_a_walk_in_is_seated_by_keyboard_and_the_table_is_freed(floor: Browser) -> None:
    floor.script("document.querySelector('[data-table=A1]').focus()")
    floor.keys("\ue014")  # right arrow
    assert floor.script("return document.activeElement.dataset.table") == "A2"
    floor.keys("\ue007")
    press(floor, "#detail [data-do=walkin]")
    floor.until("document.querySelector('#dialog').open")
    floor.keys("\ue007")
    floor.until("document.querySelector('[data-table=A2]').ariaLabel.includes('seated')")
    assert "2 guests until" in label(floor, "A2")
    press(floor, "#detail [data-do=free]")
    floor.until("document.querySelector('[data-table=A2]').ariaLabel.includes('free')")


def test_a_booking_is_shown_on_its_table_seated_elsewhere_and_cancelled(floor: Browser, running: Running) -> None:
    first, second = uuid.uuid4().hex, uuid.uuid4().hex
    for booking_id, name in ((first, "Ada <b>Byron</b>"), (second, "Grace")):
        post(floor, "/staff/bookings", id=booking_id, place="mill", people=4, day="2026-11-20", time="18:30", name=name)
    card = "[...document.querySelectorAll('.booking')].find(n => n.innerText.includes('Ada <b>'))"
    floor.until(f"{card}?.innerText.includes('expected')")
    held = floor.script("return [...document.querySelectorAll('.table.soon')].map(n => n.dataset.table)")
    assert len(held) == 2
    floor.script(f"{card}.querySelector('[data-do=seat]').click()")
    chosen = "[...document.querySelectorAll('.table.chosen')].map(n => n.dataset.table).join()"
    before = floor.script(f"return {chosen}")
    press(floor, f"[data-table={before}]")
    press(floor, "[data-table=C1]")
    assert floor.script(f"return {chosen}") == "C1"
    press(floor, "#seat")
    floor.until("document.querySelector('[data-table=C1]').ariaLabel.includes('seated')")
    other = "[...document.querySelectorAll('.booking')].find(n => n.innerText.includes('Grace'))"
    floor.until(f"{other}?.querySelector('[data-do=cancel]')")
    floor.script(f"{other}.querySelector('[data-do=cancel]').click()")
    press(floor, "#do")
    floor.until(f"{other}?.innerText.includes('cancelled')")
    store = Store(running.database_url)
    with store.transaction() as tx:
        stored = {key: tx.desk.get(key) for key in (first, second)}
    store.close()
    assert stored[first] and (stored[first].status, stored[first].tables) == ("seated", ("C1",))
    assert stored[second] and stored[second].status == "cancelled"


def test_a_party_is_added_to_the_waitlist_with_a_quote_and_seated(floor: Browser) -> None:
    post(floor, "/staff/waitlist", id=uuid.uuid4().hex, place="mill", people=2, name="Kim")
    card = "[...document.querySelectorAll('.party')].find(n => n.innerText.includes('Kim'))"
    floor.until(f"{card}?.innerText.includes('was told')")
    floor.script(f"{card}.querySelector('[data-do=seat]').click()")
    press(floor, "[data-table=A3]")
    press(floor, "#seat")
    floor.until(f"!{card} && document.querySelector('[data-table=A3]').ariaLabel.includes('seated')")
    assert "Kim" not in label(floor, "A3")  # names stay in the details


def test_the_floor_fits_a_phone(floor: Browser) -> None:
    floor.screen(390, 844)
    for tab in ("floor", "bookings", "waiting"):
        press(floor, f"[data-to={tab}]")
        assert floor.script("return document.documentElement.scrollWidth") <= 390


def test_one_conversation_orders_asks_and_books(guest: Browser, running: Running) -> None:
    answer = guest.say("two margheritas, oh and do you have outdoor seating? table for two at nine then")
    assert "Added 2 × Margherita" in answer and "table for 2 people" in answer
    for text in ("medium", "Ada Byron", "207 555 0166"):
        answer = guest.say(text)
    assert "9:00 pm" in answer and "Ada Byron" in answer
    answer = guest.say("yes")
    assert "booking number" in answer and "Margherita" in answer
    for text in ("that's all", "no thanks", "pickup", "as soon as possible"):
        answer = guest.say(text)
    assert "Shall I place the order?" in answer and "Ada Byron" in answer
    guest.say("yes")
    guest.until("chat.cart.status === 'confirmed'")
    assert guest.in_cart() == {"Margherita": 2}
    store = Store(running.database_url)
    with store.transaction() as tx:
        rows = [row for row in tx.desk.rows() if row["phone"] == "+12075550166"]
    store.close()
    assert [(row["people"], row["start"][:16], row["status"]) for row in rows] == [(2, "2026-11-20T21:00", "confirmed")]
