"""Phoning from the browser: Chromium's fake microphone speaks, the page shows what is said, keys and hang-up work."""

from __future__ import annotations

import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.phone.vad import Silero
from bot.phone.voice import Espeak
from tests.bot.conftest import CHROMEDRIVER, CHROMIUM
from tests.bot.phone.parts import Served, phone_line

RATE_HZ = 48_000


def microphone(path: Path) -> None:
    """Two seconds of nothing, a sentence, and nothing: once."""
    voice = Espeak()
    said = np.repeat(voice.say("I would like a lasagna please"), RATE_HZ // 8000)
    voice.close()
    quiet = np.zeros(2 * RATE_HZ)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.int16(np.concatenate([quiet, said * 0.8, np.tile(quiet, 30)]) * 32767).tobytes())


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    if not (CHROMIUM and CHROMEDRIVER):
        pytest.skip("a call from the browser: Debian's chromium and chromium-driver are not installed")
    with phone_line(tmp_path) as line:
        line.line.listener = Silero().listener
        yield line


@pytest.fixture
def driver(served: Served, tmp_path: Path) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    microphone(tmp_path / "microphone.wav")
    options = Options()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en-US", "--window-size=390,844",
        "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={tmp_path / 'microphone.wav'}%noloop",
    ):  # fmt: skip
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chromium = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
    yield chromium
    lines = [entry["message"] for entry in chromium.get_log("browser") if entry["level"] != "INFO"]
    chromium.quit()
    assert lines == []


def until(look: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + 30
    while not (value := look()):
        assert time.monotonic() < end, f"did not happen: {what}"
        time.sleep(0.05)
    return value


def test_dinner_is_ordered_from_the_browser(served: Served, driver: Any) -> None:
    served.ears.words.append("a lasagna")

    def captions(who: str) -> list[str]:
        script = f"return [...document.querySelectorAll('#captions .{who}')].map(n => n.textContent)"
        return driver.execute_script(script)

    def state() -> str:
        return driver.execute_script("return document.getElementById('state').textContent")

    driver.get(served.url("/call?place=harbour"))
    until(lambda: driver.execute_script("return document.getElementById('place').value") == "harbour", "the page")
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    driver.find_element("id", "call").click()
    until(lambda: captions("bot"), "the greeting's caption")
    until(lambda: "a lasagna" in captions("guest"), "the words of the microphone")
    until(lambda: any("Lasagna" in text for text in captions("bot")), "the answer")
    (call,) = served.line.calls.values()
    driver.find_element("css selector", "body").send_keys("0")
    driver.execute_script("[...document.querySelectorAll('#keys button')].find(k => k.textContent === '9').click()")
    until(lambda: [e for e in call.call.events if e["what"] == "key"][1:], "the keys")
    assert [event["digit"] for event in call.call.events if event["what"] == "key"] == ["0", "9"]
    driver.find_element("id", "hangup").click()
    until(lambda: state() == "Call ended", "hanging up")
    until(lambda: not served.line.calls, "the end of the call")
    until(lambda: served.line.records.get(call.caller.id), "the record")
    with served.app.state.turns.store.transaction() as tx:
        rows = [row for row in tx.order_rows() if row["conversation"] == call.caller.id]
    assert [line["item"] for line in rows[0]["lines"]] == ["lasagna"]


def test_a_line_that_is_busy_is_told_on_the_page(served: Served, driver: Any) -> None:
    served.line.max_calls = 0
    driver.get(served.url("/call"))
    until(lambda: driver.execute_script("return document.getElementById('place').options.length"), "the page")
    driver.find_element("id", "call").click()
    until(lambda: "busy" in driver.execute_script("return document.getElementById('state').textContent"), "busy")
    driver.get_log("browser")  # the refusal itself
