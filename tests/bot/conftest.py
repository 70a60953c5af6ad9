"""Two headless Chromium browsers, a guest's and a staff member's, and what both of them do often."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import pytest

CHROMIUM = shutil.which("chromium")
CHROMEDRIVER = shutil.which("chromedriver")
T = TypeVar("T")


class Browser:
    """One browser with its own storage; `script` runs with `chat` bound to the page's widget."""

    def __init__(self) -> None:
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service

        options = Options()
        options.binary_location = CHROMIUM
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en-US"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options=options, service=Service(CHROMEDRIVER))
        self.allowed: list[str] = []

    def fresh(self, origin: str) -> None:
        """A new guest: nothing remembered, a laptop's screen, a working network."""
        self.driver.get("about:blank")
        self.cdp("Storage.clearDataForOrigin", origin=origin, storageTypes="local_storage")
        self.cdp("Network.enable")
        self.network(up=True)
        self.screen(1280, 800)
        self.driver.get_log("browser")
        self.allowed = []

    def cdp(self, command: str, **arguments: Any) -> Any:
        return self.driver.execute_cdp_cmd(command, arguments)

    def network(self, up: bool) -> None:
        self.cdp(
            "Network.emulateNetworkConditions", offline=not up, latency=0, downloadThroughput=-1, uploadThroughput=-1
        )
        if not up:
            self.allowed.append("ERR_INTERNET_DISCONNECTED")

    def screen(self, width: int, height: int) -> None:
        self.cdp(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )

    def get(self, url: str) -> None:
        self.driver.get(url)

    @staticmethod
    def wait(look: Callable[[], T], what: str, seconds: float = 15) -> T:
        """The first truthy value of `look`, or a failure that says `what` did not happen."""
        end = time.monotonic() + seconds
        while True:
            value = look()
            if value:
                return value
            assert time.monotonic() < end, f"did not happen: {what}"
            time.sleep(0.03)

    def script(self, source: str, *arguments: Any) -> Any:
        return self.driver.execute_script(
            f"const chat = document.querySelector('restaurant-chat'), root = chat?.shadowRoot; {source}", *arguments
        )

    def until(self, source: str, *arguments: Any, seconds: float = 15) -> Any:
        return self.wait(lambda: self.script(f"return {source}", *arguments), source, seconds)

    def click(self, selector: str) -> None:
        """A real click on the first match that is shown, once there is one."""

        from selenium.common.exceptions import StaleElementReferenceException

        def clicked() -> bool:
            try:
                # What is wholly transparent, as at the first moment of fading in, does not count as shown.
                found = self.driver.find_elements("css selector", selector)
                element = next((element for element in found if element.is_displayed()), None)
                if element is None:
                    return False
                # The page scrolls smoothly; a click in the middle of that would miss.
                into_view = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"
                self.driver.execute_script(into_view, element)
                element.click()
            except StaleElementReferenceException:  # drawn anew at this moment
                return False
            return True

        self.wait(clicked, f"{selector} is shown and clicked")

    def keys(self, *keys: str) -> None:
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def complaints(self) -> list[str]:
        """What the console holds against us: script errors, refused sources, failed requests."""
        lines = [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] != "INFO"]
        return [line for line in lines if not any(word in line for word in self.allowed)]

    # What a guest sees in the widget

    def messages(self, speaker: str = "") -> list[str]:
        return self.script(
            "return [...root.querySelectorAll(`.message${arguments[0]}[data-seq] .text`)].map(n => n.innerText)",
            f".{speaker}" if speaker else "",
        )

    def say(self, text: str) -> str:
        """Write it in the chat and give the assistant's next answer."""
        before = len(self.messages("bot"))
        self.script("chat.say(arguments[0])", text)
        return self.wait(lambda: self.messages("bot")[before:], f"an answer to {text!r}")[0]

    def cart(self) -> dict[str, Any]:
        return json.loads(self.script("return JSON.stringify(chat.cart || {})"))

    def in_cart(self) -> dict[str, int]:
        """Title to quantity."""
        return {line["title"]: line["quantity"] for line in self.cart().get("lines", [])}


def _browser(name: str) -> Iterator[Browser]:
    if not (CHROMIUM and CHROMEDRIVER):
        pytest.skip(f"{name}: Debian's chromium and chromium-driver are not installed")
    pytest.importorskip("selenium")
    browser = Browser()
    yield browser
    browser.driver.quit()


def sign_in(browser: Browser, bot: Any) -> None:
    """As staff, until the live board is there."""
    browser.get(bot.base_url + "/staff")
    if browser.script("return Boolean(document.querySelector('#password'))"):
        browser.script("document.querySelector('#password').value = arguments[0]", bot.staff_password)
        browser.click("button[type=submit]")
    browser.until("document.body.dataset.line === 'open'")


@pytest.fixture(scope="session")
def _guest() -> Iterator[Browser]:
    yield from _browser("guest's browser")


@pytest.fixture(scope="session")
def _staff() -> Iterator[Browser]:
    yield from _browser("staff's browser")


@pytest.fixture
def guest(_guest: Browser, running: Any) -> Iterator[Browser]:
    """A guest who was never here, on the restaurant's page; afterwards the console must be clean."""
    _guest.fresh(running.base_url)
    _guest.get(running.base_url + "/?place=harbour")
    _guest.until("!document.body.classList.contains('loading') && chat?.dataset.place === 'harbour'")
    yield _guest
    assert _guest.complaints() == []


@pytest.fixture
def staff(_staff: Browser, running: Any) -> Iterator[Browser]:
    """Somebody at the counter, signed in, with the live board; afterwards the console must be clean."""
    _staff.fresh(running.base_url)
    sign_in(_staff, running)
    yield _staff
    assert _staff.complaints() == []
