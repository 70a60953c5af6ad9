"""The chat widget in a real browser: ordering, reloads, lost connections, keyboard, hostile text."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Running

HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> **&amp;** [x](javascript:pwned=1)'


def test_a_dish_added_on_the_page_is_in_the_cart_with_its_price(guest: Any) -> None:
    guest.click("[data-item=bruschetta] .add")
    guest.until("chat.cart?.lines.length === 1")
    assert guest.in_cart() == {"Bruschetta": 1}
    assert guest.cart()["lines"][0]["total_cents"] == 700
    summary = guest.script("return root.querySelector('.sum').innerText")
    assert f"${guest.cart()['total_cents'] / 100:.2f}" in summary
    guest.script("root.querySelector('.sum').click()")
    assert "Bruschetta" in guest.script("return root.querySelector('.details').innerText")


def test_a_reload_keeps_messages_and_cart_and_doubles_nothing(guest: Any) -> None:
    guest.say("one bruschetta please")
    guest.until("chat.cart?.lines.length === 1")
    messages, cart = guest.messages(), guest.cart()
    guest.driver.refresh()
    guest.until("chat?.line?.state === 'open' && chat.cart")
    assert guest.messages() == messages
    assert guest.cart() == cart


def test_a_message_written_just_before_a_reload_is_applied_once(guest: Any) -> None:
    guest.script("chat.open()")
    guest.until("chat.line.state === 'open'")
    guest.script("chat.say('one bruschetta please'); location.reload()")
    guest.until("chat?.cart?.lines.length")
    assert guest.messages("guest") == ["one bruschetta please"]
    assert guest.in_cart() == {"Bruschetta": 1}


def test_a_message_sent_again_over_a_new_connection_is_applied_once(guest: Any) -> None:
    guest.script("chat.open()")
    guest.until("chat.line.state === 'open'")
    guest.script("chat.say('one bruschetta please'); chat.line.drop()")
    guest.until("chat.line.state === 'open' && chat.cart?.lines.length && !chat.pending.size")
    assert guest.messages("guest") == ["one bruschetta please"]
    assert guest.in_cart() == {"Bruschetta": 1}


def test_what_is_written_without_a_connection_is_shown_as_waiting_and_sent_later(guest: Any) -> None:
    guest.script("chat.open()")
    guest.until("chat.line.state === 'open'")
    guest.network(up=False)
    guest.until("root.querySelector('.banner').dataset.kind === 'lost'")
    guest.script("chat.say('one bruschetta please')")
    assert guest.script("return root.querySelector('.message.sending').innerText").startswith("You")
    assert guest.messages() == []
    guest.network(up=True)
    guest.until("chat.cart?.lines.length && root.querySelector('.banner').hidden")
    assert guest.messages("guest") == ["one bruschetta please"]
    assert not guest.script("return root.querySelector('.sending, .failed')")


def test_hostile_text_stays_text(guest: Any) -> None:
    guest.say(HOSTILE)
    assert guest.messages("guest") == [HOSTILE]
    assert guest.script("return root.querySelectorAll('.thread img, .thread script, .thread a').length") == 0
    assert guest.script("return window.pwned") is None


def test_markdown_from_the_server_becomes_nodes_and_only_web_links(guest: Any) -> None:
    guest.script("chat.open()")
    guest.until("chat.line.state === 'open'")
    text = (
        "**Bold** and *soft*\n\n- one\n- <b>two</b>\n\n"
        "[here](https://example.com/a) [bad](javascript:alert(1)) https://example.com/b."
    )
    message = {"type": "message", "seq": 9001, "from": "bot", "text": text, "message_id": None}
    guest.script(
        "chat.showFrame(arguments[0])", {**message, "time": "2026-01-01T12:00:00Z", "buttons": [], "cards": []}
    )
    found = guest.script(
        """const text = root.querySelector('[data-seq="9001"] .text');
        return {strong: text.querySelector('strong').textContent, em: text.querySelector('em').textContent,
                items: [...text.querySelectorAll('li')].map(n => n.textContent),
                links: [...text.querySelectorAll('a')].map(n => n.href), b: text.querySelectorAll('b').length}"""
    )
    assert found == {
        "strong": "Bold",
        "em": "soft",
        "items": ["one", "<b>two</b>"],
        "links": ["https://example.com/a", "https://example.com/b"],
        "b": 0,
    }


def test_the_whole_chat_works_with_the_keyboard_alone(guest: Any, running: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    guest.get(running.base_url + "/static/embed-example.html")
    guest.until("chat?.line")
    guest.keys(Keys.TAB, Keys.TAB)
    guest.until("root.activeElement?.className.includes('launcher')")
    guest.keys(Keys.ENTER)
    guest.until("root.activeElement?.id === 'message'")
    guest.until("chat.line.state === 'open'")
    guest.keys("one bruschetta at harbour street please", Keys.ENTER)
    guest.until("root.querySelectorAll('.message.bot').length")
    assert guest.script("return root.activeElement.id") == "message"
    guest.keys(Keys.ESCAPE)
    guest.until("root.querySelector('.panel').hidden")
    assert "launcher" in guest.script("return root.activeElement.className")


def test_an_answer_that_comes_after_closing_is_counted_until_it_is_read(guest: Any) -> None:
    guest.script("chat.say('one bruschetta please'); chat.close()")
    guest.until("root.querySelector('.count').textContent > 0 && !root.querySelector('.count').hidden")
    assert "unread" in guest.script("return root.querySelector('.launcher').getAttribute('aria-label')")
    guest.script("chat.open()")
    assert guest.script("return root.querySelector('.count').hidden")
    guest.driver.refresh()
    guest.until("chat?.line?.state === 'open'")
    assert guest.script("return root.querySelector('.count').hidden")


def test_the_log_is_announced_and_everything_has_a_name(guest: Any) -> None:
    guest.say("one bruschetta please")
    log = guest.script("const n = root.querySelector('[role=log]'); return [n.ariaLive, n.ariaLabel]")
    assert log == ["polite", "Conversation"]
    nameless = guest.script(
        """const all = scope => [...scope.querySelectorAll('a, button, input, select, textarea')];
        return [...all(root), ...all(document)]
        .filter(n => !(n.innerText?.trim() || n.ariaLabel || n.labels?.length)).map(n => n.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("path", ["/", "/static/embed-example.html"])
def test_a_phone_shows_the_chat_over_the_whole_screen_with_large_targets(guest: Any, running: Any, path: str) -> None:
    guest.screen(390, 844)
    guest.get(running.base_url + path)
    guest.until("chat?.line")
    assert guest.script("return document.documentElement.scrollWidth") <= 390
    guest.script("chat.open()")
    guest.until("chat.line.state === 'open'")
    guest.until("root.querySelector('.panel').getAnimations().length === 0")
    box = guest.script("const b = root.querySelector('.panel').getBoundingClientRect(); return [b.width, b.height]")
    assert box == [390, 844]
    small = guest.script(
        """const shown = n => n.checkVisibility({visibilityProperty: true});
        return [...root.querySelectorAll('button, textarea')].filter(shown)
        .map(n => [n.className, n.getBoundingClientRect().height]).filter(([, height]) => height < 44)"""
    )
    assert small == []
    assert guest.script("return parseFloat(getComputedStyle(root.querySelector('textarea')).fontSize)") >= 16


@pytest.fixture
def other_site(running: Any) -> Iterator[str]:
    """Somebody else's page on another origin, with one script tag of ours."""
    script = f'<script src="{running.base_url}/widget.js" async></script>'
    page = f'<!doctype html><title>x</title><link rel="icon" href="data:,">{script}'

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_one_script_tag_puts_the_chat_on_a_page_of_another_site(guest: Any, other_site: str) -> None:
    guest.get(other_site)
    guest.until("chat")
    assert guest.say("one bruschetta at harbour street please")
    guest.driver.refresh()
    guest.until("chat?.line?.state === 'open'")
    assert guest.messages("guest") == ["one bruschetta at harbour street please"]


def test_a_message_that_could_not_be_answered_offers_to_try_again(guest: Any) -> None:
    guest.say("one bruschetta please")
    error = {"type": "error", "text": "Please send that again.", "retry": True}
    guest.script(
        """const said = root.querySelector('.message.guest'), {type, text, retry} = arguments[0];
        chat.showFrame({type, text, retry, message_id: said.dataset.id})""",
        error,
    )
    assert "Please send that again." in guest.script("return root.querySelector('.message.failed .state').innerText")
    guest.script("root.querySelector('.failed .state button').click()")
    guest.say("and a caprese")
    assert guest.in_cart() == {"Bruschetta": 1, "Caprese": 1}
    assert guest.messages("guest") == ["one bruschetta please", "and a caprese"]
    assert not guest.script("return root.querySelector('.sending, .failed')")


def test_closing_gives_the_focus_back_to_what_opened_the_chat(guest: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    guest.click(".top [data-chat]")
    guest.until("root.activeElement?.id === 'message'")
    guest.keys(Keys.ESCAPE)
    guest.until("document.activeElement.matches('.top [data-chat]')")


def test_each_place_has_a_conversation_of_its_own(guest: Any) -> None:
    guest.say("one bruschetta please")
    guest.script("chat.close()")
    guest.click(".place:nth-child(2) button")
    guest.until("chat.dataset.place === 'mill' && chat.line.state === 'open'")
    assert guest.messages() == []
    guest.say("one caprese please")
    assert (guest.in_cart(), guest.cart()["place"]) == ({"Caprese": 1}, "Old Mill")
    guest.script("chat.dataset.place = 'harbour'")
    guest.until("chat.cart?.place === 'Harbour Street'")
    assert guest.in_cart() == {"Bruschetta": 1}


class LateRasa(http.server.BaseHTTPRequestHandler):
    """A dialogue server that repeats what it is told."""

    def do_GET(self) -> None:
        self._send({})

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"]
        self._send([{"text": f"You said {said}."}])

    def _send(self, answer: object) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_: object) -> None:
        pass


def test_who_writes_while_the_dialogue_server_starts_is_told_at_once_and_answered_later(
    _guest: Any, opening: Running
) -> None:
    guest = _guest
    guest.fresh(opening.base_url)
    guest.get(opening.base_url + "/?place=harbour")
    guest.until("chat?.dataset.place === 'harbour'")
    for text in ("hello", "a lasagna"):
        guest.script("chat.say(arguments[0])", text)
    guest.until("root.querySelector('.note.waiting')?.innerText.startsWith('One moment')")
    guest.until("root.querySelectorAll('.message.guest[data-seq]').length === 2")
    guest.driver.refresh()
    guest.until("root?.querySelector('.note.waiting')")
    port = int(opening.env["RASA_URL"].rpartition(":")[2])
    rasa = http.server.ThreadingHTTPServer(("127.0.0.1", port), LateRasa)
    threading.Thread(target=rasa.serve_forever, daemon=True).start()
    guest.until("root.querySelectorAll('.message.bot').length === 2")
    assert guest.messages("bot") == ["You said hello.", "You said a lasagna."]
    assert guest.messages("guest") == ["hello", "a lasagna"]
    assert not guest.script("return root.querySelector('.note, .sending, .failed')")
    assert guest.complaints() == []
    guest.get("about:blank")
    rasa.shutdown()
