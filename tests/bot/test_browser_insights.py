"""The owner's page in a real browser, with a made-up week."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import CLOCK, ROOT


def make_traffic(running: Any, days: int) -> None:
    env = os.environ | {"DATABASE_URL": running.database_url, "CLOCK_START": CLOCK, "VAR_DIR": str(running.folder)}
    command = [sys.executable, "-m", "bot", "make-traffic", "--days", str(days)]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)


@pytest.fixture(scope="module")
def week(running: Any) -> Iterator[None]:
    make_traffic(running, 7)
    yield
    make_traffic(running, 0)


@pytest.fixture
def page(staff: Any, running: Any, week: None) -> Any:
    staff.get(running.base_url + "/insights")
    staff.until("document.body.dataset.state === 'full' && !('busy' in document.body.dataset)")
    return staff


def words(page: Any, selector: str) -> str:
    return page.script("return document.querySelector(arguments[0]).innerText", selector)


def test_a_week_is_shown_and_marked_as_made_up(page: Any) -> None:
    assert "made up" in words(page, "#made-up").lower()
    for chart in ("feelings", "topics", "dishes", "waits", "abandoned"):
        summary = page.script("return document.querySelector(arguments[0]).ariaLabel", f"#{chart}-chart svg")
        assert len(summary) > 20
    assert words(page, "#tiles").count("%") >= 3
    assert page.script("return document.querySelectorAll('.quote').length") >= 4
    page.until("document.querySelectorAll('#map-chart .point').length > 20", seconds=60)


def test_charts_are_walked_through_with_the_keyboard(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    page.script("document.querySelector('#feelings-chart svg').focus()")
    page.keys(Keys.ARROW_RIGHT)
    first = page.until("!document.querySelector('#tip').hidden && document.querySelector('#tip').innerText")
    page.keys(Keys.ARROW_RIGHT)
    page.until("document.querySelector('#tip').innerText !== arguments[0]", first)
    page.keys(Keys.ESCAPE)
    page.until("document.querySelector('#tip').hidden")


def test_the_numbers_stand_in_a_table_as_well(page: Any) -> None:
    page.click("#feelings summary")
    assert page.script("return document.querySelectorAll('#feelings tbody tr').length") == 7


def test_a_day_and_a_place_can_be_looked_at_alone(page: Any) -> None:
    everywhere = page.script("return document.querySelector('#tiles').innerText")
    page.script("const p = document.querySelector('#place'); p.value = 'mill'; p.dispatchEvent(new Event('change'))")
    page.until("document.querySelector('#tiles').innerText !== arguments[0]", everywhere)
    page.script("for (const d of ['first', 'last']) document.querySelector(`#${d}`).value = '2026-11-15'")
    page.script("document.querySelector('#last').dispatchEvent(new Event('change'))")
    page.until("document.querySelectorAll('#feelings tbody tr').length === 1")
    link = page.script("return document.querySelector('[data-csv=feedback]').href")
    assert "place=mill" in link and "first=2026-11-15" in link


def test_days_without_anything_are_told_kindly(page: Any) -> None:
    page.script("for (const d of ['first', 'last']) document.querySelector(`#${d}`).value = '2026-01-05'")
    page.script("document.querySelector('#last').dispatchEvent(new Event('change'))")
    page.until("!document.querySelector('#welcome').hidden")
    assert "make-traffic" in words(page, "#welcome")


def test_a_question_can_be_put_aside(page: Any) -> None:
    before = page.script("return document.querySelectorAll('.question').length")
    page.click(".question [data-do=answer]")
    assert page.script("return document.activeElement.tagName") == "TEXTAREA"
    page.click(".question [data-do=ignore]")
    page.until("document.querySelectorAll('.question').length === arguments[0]", before - 1)


def test_on_a_phone_nothing_sticks_out(page: Any) -> None:
    page.screen(390, 844)
    page.until("document.querySelector('#feelings-chart svg').viewBox.baseVal.width < 400")
    assert page.script("return document.documentElement.scrollWidth") <= 390


def test_the_board_leads_to_the_page(staff: Any) -> None:
    staff.click(".bar a[href='/insights']")
    staff.until("document.querySelector('#filters')")
