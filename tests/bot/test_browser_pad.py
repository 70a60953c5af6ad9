"""The pad on a tablet and the board beside it: from strokes on a canvas to a text, and its reply."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from bot.database.outbox import Texts
from bot.database.store import Store
from bot.database.waitlist import Waitlist
from tests.bot.conftest import sign_in
from tests.bot.pen import strokes_of
from tests.conftest import ROOT, Running


@pytest.fixture
def tablet(staff: Any) -> Iterator[Any]:
    """The tablet at the door: a staff member has handed it over from the board, and is signed out on it."""
    yield hand_over(staff)
    staff.cdp("Network.clearBrowserCookies")
    staff.get("about:blank")


@pytest.fixture
def tablet_at_opening(_staff: Any, opening: Running) -> Iterator[Any]:
    """The tablet of a restaurant whose server answers since a moment."""
    _staff.fresh(opening.base_url)
    sign_in(_staff, opening)
    yield hand_over(_staff)
    assert _staff.complaints() == []
    _staff.cdp("Network.clearBrowserCookies")
    _staff.get("about:blank")


def hand_over(staff: Any) -> Any:
    staff.screen(1180, 820)
    staff.click("form[action='/pad/here'] button")
    staff.until("['setup', 'hello'].includes(document.body.dataset.step)")
    if staff.script("return document.body.dataset.step") == "setup":
        staff.click("[data-place=harbour]")
    staff.until("document.body.dataset.step === 'hello'")
    return staff


def party(tablet: Any, people: int, name: str) -> None:
    tablet.click(f"[data-people='{people}']")
    tablet.click("#name")
    tablet.keys(name)
    tablet.click("#to-number")
    tablet.until("document.body.dataset.step === 'number'")


def write(browser: Any, number: str, canvas: str = "#ink", seed: int = 1) -> None:
    """With a pen, as a hand does: strokes with many points, one after the other."""
    left, top, width, height = browser.script(
        "const b = document.querySelector(arguments[0]).getBoundingClientRect(); return [b.left, b.top, b.width, b.height]",
        canvas,
    )
    high = min(0.42 * height, 1.35 * width / len(number))
    for stroke in strokes_of(
        number, left + 0.05 * width, top + 0.62 * height - 0.6 * high, 0.9 * width, high, seed=seed
    ):
        for i, (x, y) in enumerate([*stroke, stroke[-1]]):
            kind = "mousePressed" if i == 0 else "mouseReleased" if i == len(stroke) else "mouseMoved"
            browser.cdp(
                "Input.dispatchMouseEvent", type=kind, x=round(x, 1), y=round(y, 1), button="left", clickCount=1,
                buttons=int(kind != "mouseReleased"), pointerType="pen",
            )  # fmt: skip


def digits(browser: Any) -> str:
    return str(browser.script("return document.querySelector('#digits').textContent"))


def put_right(browser: Any, number: str) -> None:
    """As a guest does: what was read wrongly or is doubtful is typed again."""
    for i, digit in enumerate(number):
        wrong = "const b = document.querySelectorAll('#digits button')[arguments[0]]; "
        if browser.script(wrong + "return b.textContent !== arguments[1] || b.classList.contains('doubt')", i, digit):
            browser.script(wrong + "b.click()", i)
            browser.script(
                "[...document.querySelectorAll('#fix-keypad button')].find(b => b.textContent === arguments[0]).click()",
                digit,
            )
            browser.until("!document.querySelector('#fix').open")
    browser.until("document.querySelector('#to-check').getAttribute('aria-disabled') === 'false'")


def listed(running: Running, kind: str) -> list[dict[str, Any]]:
    env = {"DATABASE_URL": running.database_url, "VAR_DIR": str(running.folder), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-m", "bot", "list", kind]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_from_strokes_to_a_delivered_text_and_its_reply(tablet: Any, guest: Any, running: Running) -> None:
    number, e164 = "2076348159", "+12076348159"
    party(tablet, 4, "Grace")
    tablet.until("document.querySelector('#wait').textContent.includes('Your wait')")
    write(tablet, number)
    tablet.until("document.querySelectorAll('#digits button').length === 10")
    put_right(tablet, number)
    tablet.click("#to-check")
    assert tablet.script("return document.querySelector('#shown').innerText") == "(207) 634-8159"
    assert "agree" in tablet.script("return document.querySelector('#consent').innerText")
    tablet.script("const yes = document.querySelector('#yes'); yes.click(); yes.click()")  # a double tap
    tablet.until("document.body.dataset.step === 'thanks'")
    assert "Grace" in tablet.script("return document.querySelector('#h-thanks').innerText")
    (row,) = [row for row in listed(running, "waitlist") if row["guest"]["phone"] == e164]
    assert (row["status"], row["people"], row["guest"]["name"], row["place"]) == ("waiting", 4, "Grace", "harbour")

    # The same browser as the host: the second one of the test.
    host = guest
    sign_in(host, running)
    card = "[...document.querySelectorAll('.party')].find(n => n.innerText.includes('Grace'))"
    host.until(f"{card}?.innerText.includes('4 guests')")
    assert "634" not in host.script(f"return {card}.innerText")
    host.script(f"{card}.querySelector('[data-do=notified]').click()")
    host.until(f"{card}?.querySelector('.state-of.delivered')")
    (text,) = [text for text in listed(running, "texts") if text["to"] == e164]
    assert (text["template"], text["status"], text["cause"]) == ("table_ready", "delivered", f"waitlist:{row['id']}")
    assert "Grace, your table for 4 is ready" in text["body"]

    form = {"MessageSid": "SMpad1", "From": e164, "To": "+12075550100", "Body": "On my way!"}
    assert httpx.post(running.base_url + "/twilio/sms", data=form, trust_env=False).status_code == 200
    host.until(f"{card}?.querySelector('.said-back')?.innerText.includes('on the way')")
    host.script(f"{card}.querySelector('[data-do=seated]').click()")
    host.until(f"!{card}")
    host.wait(lambda: any(t["template"] == "reply_coming" for t in texts_to(running, e164)), "an answer to the guest")
    host.cdp("Network.clearBrowserCookies")


def texts_to(running: Running, phone: str) -> list[dict[str, Any]]:
    store = Store(running.database_url)
    try:
        with store.transaction() as tx:
            return [row for row in Texts(tx.db).rows() if row["to"] == phone]
    finally:
        store.close()


def test_right_after_the_start_a_number_is_written_cleared_typed_and_joined_and_nothing_of_it_stays(
    tablet_at_opening: Any,
) -> None:
    tablet = tablet_at_opening
    pages = tablet.script("return history.length")
    party(tablet, 2, "Hopper")
    write(tablet, "77", seed=2)
    tablet.until("document.querySelectorAll('#digits button').length")
    tablet.click("#clear")
    tablet.until("!document.querySelectorAll('#digits button').length")
    tablet.keys(*"2076348160")
    tablet.until("document.querySelector('#note').classList.contains('good')")
    assert digits(tablet) == "2076348160"
    tablet.click("#to-check")
    tablet.click("#yes")
    tablet.until("document.body.dataset.step === 'thanks'")
    tablet.click("#done")
    tablet.until("document.body.dataset.step === 'hello'")
    page = tablet.script("return document.documentElement.outerHTML")
    assert "Hopper" not in page and "8160" not in page
    fields = "return [...document.querySelectorAll('input, textarea')].map(field => [field.value, field.autocomplete])"
    assert all(value == "" and remembers in ("off", "") for value, remembers in tablet.script(fields))
    assert tablet.script("return document.querySelector('#name').autocomplete") == "off"
    assert tablet.script("return sessionStorage.length") == 0
    assert tablet.script("return Object.keys(localStorage).filter(k => k !== 'pad place')") == []
    assert tablet.script("return history.length") == pages
    party(tablet, 3, "X")
    blank = "const c = document.querySelector('#ink'); return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(Boolean)"
    tablet.until("document.querySelector('#ink').width > 300")
    assert tablet.script(blank) is False and digits(tablet) == ""


def test_a_guest_is_told_when_the_server_does_not_answer_and_joins_once_when_it_does(
    tablet: Any, running: Running
) -> None:
    party(tablet, 2, "Lin")
    tablet.keys(*"2076348165")
    tablet.until("document.querySelector('#note').classList.contains('good')")
    tablet.click("#to-check")
    tablet.script(
        """window.told = [];
        new MutationObserver(() => told.push(document.querySelector('#trouble').textContent))
            .observe(document.querySelector('#trouble'), { childList: true });
        const wait = (window.usual = window.setTimeout);
        window.setTimeout = (job, ms) => wait(job, ms >= 2000 ? ms / 10 : ms);"""
    )
    assert running.process is not None
    running.process.send_signal(signal.SIGSTOP)
    try:
        tablet.click("#yes")
        tablet.until("window.told.some(words => words.startsWith('One moment'))")
        tablet.until("window.told.some(words => words.includes('Please try again'))")
    finally:
        running.process.send_signal(signal.SIGCONT)
    assert tablet.script("return document.body.dataset.step") == "check"
    tablet.script("window.setTimeout = window.usual")
    tablet.click("#yes")
    tablet.until("document.body.dataset.step === 'thanks'")
    assert len([row for row in waiting(running) if row["phone"] == "+12076348165"]) == 1


def test_next_waits_for_what_was_written_a_moment_ago(tablet: Any) -> None:
    number = "2076348169"
    party(tablet, 2, "Rosa")
    write(tablet, number)
    tablet.until("document.querySelectorAll('#digits button').length === 10")
    put_right(tablet, number)
    tablet.script(
        """const fetched = window.fetch;
        window.fetch = (...asked) => String(asked[0]).endsWith('/read')
            ? new Promise((resolve) => (window.go = () => resolve(fetched(...asked)))) : fetched(...asked);
        document.querySelector('#undo').click();
        document.querySelector('#to-check').click();"""
    )
    tablet.until("Boolean(window.go)")
    assert tablet.script("return document.body.dataset.step") == "number"
    tablet.script("window.go()")
    tablet.until("!document.querySelector('#toast').hidden")
    assert tablet.script("return document.body.dataset.step") == "number"
    assert digits(tablet) == number[:-1]


def test_a_number_can_be_typed_and_put_right_without_a_pen(tablet: Any) -> None:
    tablet.click("[data-people='2']")
    tablet.click("#name")
    tablet.keys("Joan", "\ue007")
    tablet.until("document.body.dataset.step === 'number'")
    tablet.keys(*"2076348161")
    tablet.until("document.querySelector('#note').classList.contains('good')")
    assert digits(tablet) == "2076348161"
    tablet.keys("\ue003")
    tablet.until("document.querySelectorAll('#digits button').length === 9")
    assert tablet.script("return document.querySelector('#to-check').getAttribute('aria-disabled')") == "true"
    tablet.script("document.querySelectorAll('#digits button')[0].click()")
    tablet.keys("3")
    tablet.until("document.querySelector('#digits').textContent === '307634816'")


def test_one_digit_is_written_again(tablet: Any) -> None:
    party(tablet, 2, "Ida")
    tablet.keys(*"2076348162")
    tablet.until("document.querySelectorAll('#digits button').length === 10")
    tablet.script("document.querySelectorAll('#digits button')[9].click()")
    tablet.until("document.querySelector('#fix').open")
    write(tablet, "8", "#fix-ink", seed=4)
    tablet.until("!document.querySelector('#fix').open || document.querySelector('#fix-note').textContent")
    if tablet.script("return document.querySelector('#fix').open"):  # asked to type it instead
        tablet.keys("8")
    tablet.until("document.querySelector('#digits').textContent.endsWith('8')")


def test_a_page_loaded_again_in_the_middle_joins_once(tablet: Any, running: Running) -> None:
    def confirm() -> None:
        party(tablet, 2, "Mary")
        tablet.keys(*"2076348163")
        tablet.until("document.querySelector('#note').classList.contains('good')")
        tablet.click("#to-check")
        tablet.script("document.querySelector('#yes').click()")

    confirm()
    tablet.driver.refresh()
    tablet.until("['hello', 'thanks'].includes(document.body.dataset.step)")
    if tablet.script("return document.body.dataset.step") == "thanks":
        tablet.click("#done")
        tablet.until("document.body.dataset.step === 'hello'")
    tablet.wait(lambda: of_mary(running), "the first confirmation arrives")
    confirm()
    tablet.until("document.body.dataset.step === 'thanks'")
    assert len(of_mary(running)) == 1


def of_mary(running: Running) -> list[dict[str, Any]]:
    return [row for row in waiting(running) if row["phone"] == "+12076348163"]


def waiting(running: Running) -> list[dict[str, Any]]:
    store = Store(running.database_url)
    try:
        with store.transaction() as tx:
            return Waitlist(tx.db).rows(None, None)
    finally:
        store.close()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180), (1180, 820)])
def test_the_pad_fits_phones_and_tablets_with_large_targets(tablet: Any, width: int, height: int) -> None:
    tablet.screen(width, height)

    def fits() -> None:
        assert tablet.script("return document.documentElement.scrollWidth") <= width
        small = tablet.script(
            """return [...document.querySelectorAll('main button, main input, dialog[open] button')].filter(n => n.checkVisibility())
            .map(n => [n.outerHTML, n.getBoundingClientRect().height]).filter(([, height]) => height < 44)"""
        )
        assert small == []

    fits()
    party(tablet, 2, "Ann")
    tablet.keys(*"2076348164")
    tablet.until("document.querySelector('#note').classList.contains('good')")
    fits()
    tablet.script("document.querySelectorAll('#digits button')[3].click()")
    fits()
    tablet.keys("1")
    tablet.until("document.querySelector('#note').classList.contains('good')")
    tablet.click("#to-check")
    fits()
    tablet.click("#restart")
    tablet.until("document.body.dataset.step === 'hello'")


def test_the_pad_is_closed_to_the_street(guest: Any, running: Running) -> None:
    guest.get(running.base_url + "/pad")
    assert guest.script("return location.pathname") == "/staff/login"
