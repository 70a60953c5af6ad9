"""The staff board and a guest's page side by side, each in its own browser."""

from __future__ import annotations

import random
import re
import string
from typing import Any

# What a guest answers to the questions of the checkout: the first match counts.
ANSWERS = [
    (r"shall i place|plan it for then|right\?", "yes"),
    (r"anything else|what else|would you like to add", "no, that's all"),
    (r"pick ?it up|pickup", "pickup"),
    (r"when would you like", "as soon as possible"),
    (r"name", "Ada Byron"),
    (r"phone number", "207 555 0133"),
    (r"", "yes"),
]


def order(guest: Any, text: str) -> int:
    """Order and go through the checkout until the kitchen has it; gives the order's number."""
    guest.say(text)
    guest.wait(lambda: guest.cart().get("lines"), f"something in the cart after {guest.messages()}")
    answer = guest.say("that's all, I'd like to check out")
    for _ in range(9):
        if guest.cart()["status"] == "confirmed":
            break
        question = answer.lower()
        answer = guest.say(next(reply for pattern, reply in ANSWERS if re.search(pattern, question)))
    guest.wait(lambda: guest.cart()["status"] == "confirmed", f"a confirmed order after {guest.messages()}")
    return guest.cart()["number"]


def card(number: int) -> str:
    return f"article[aria-label='Order {number}']"


def test_a_confirmed_order_appears_with_a_sound_and_its_progress_is_told(guest: Any, staff: Any) -> None:
    staff.script("delete document.body.dataset.played")
    number = order(guest, "one bruschetta please")
    staff.until("document.querySelector(arguments[0])", f"#confirmed {card(number)}")
    assert staff.script("return document.body.dataset.played") == "order"
    text = staff.script("return document.querySelector(arguments[0]).innerText", card(number))
    assert "Bruschetta" in text and "Pickup" in text
    staff.click(f"#confirmed {card(number)} [data-do=next]")
    staff.until("document.querySelector(arguments[0])", f"#preparing {card(number)}")
    guest.until("chat.cart.status === 'preparing'")
    staff.click(f"#preparing {card(number)} [data-do=next]")
    guest.until("chat.cart.status === 'ready'")
    staff.click(f"#ready {card(number)} [data-do=next]")
    staff.until("!document.querySelector(arguments[0])", card(number))


def test_a_cancelled_order_leaves_the_board_and_the_guest_is_told(guest: Any, staff: Any) -> None:
    number = order(guest, "one bruschetta please")
    told = len(guest.messages("bot"))
    staff.click(f"{card(number)} [data-do=cancel]")
    staff.click("#reasons button")
    staff.click("#cancel [value=cancel]")
    staff.until("!document.querySelector(arguments[0])", card(number))
    guest.wait(lambda: len(guest.messages("bot")) > told, "a message about the cancelled order")


def test_what_is_sold_out_cannot_be_ordered_until_it_is_back(guest: Any, staff: Any) -> None:
    staff.script("const f = document.querySelector('#find'); f.value = 'caprese'; f.dispatchEvent(new Event('input'))")
    switch = "[data-item=caprese]"
    try:
        staff.click(switch)
        staff.until("document.querySelector(arguments[0]).ariaChecked === 'true'", switch)
        guest.say("one caprese please")
        assert guest.in_cart() == {}
        guest.driver.refresh()
        guest.until("document.querySelector('[data-item=caprese] .why')")
    finally:
        staff.click(switch)
    staff.until("document.querySelector(arguments[0]).ariaChecked === 'false'", switch)
    guest.say("one caprese please")
    guest.until("chat.cart?.lines.length")
    assert guest.in_cart() == {"Caprese": 1}


def test_a_conversation_goes_to_a_person_and_back(guest: Any, staff: Any) -> None:
    # Letters only: digits may look like a payment card, which the board never shows.
    mark = "mark " + "".join(random.choices(string.ascii_lowercase, k=20))
    hostile = "<b>soon</b> & here"
    guest.say(mark)
    guest.say("I want to talk to a person")
    talk = f"[...document.querySelectorAll('.talk')].find(n => n.innerText.includes('{mark}'))"
    staff.until(f"{talk}?.querySelector('.state').innerText.includes('Waiting')")
    staff.script(f"{talk}.querySelector('.take').click()")
    staff.until(f"!{talk}.querySelector('.reply').hidden")
    staff.script(f"{talk}.querySelector('textarea').focus()")
    staff.keys(hostile, "\ue007")
    guest.wait(lambda: hostile in guest.messages("staff"), "the staff's answer")
    assert guest.script("return root.querySelector('.banner').dataset.kind") == "person"
    guest.script("chat.say('<i>thanks</i>')")
    staff.until(f"{talk}.querySelector('.said.guest:last-child span')?.textContent === '<i>thanks</i>'")
    assert staff.script(f"return {talk}.querySelectorAll('i').length") == 0
    staff.script(f"{talk}.querySelector('[data-do=give]').click()")
    staff.until(f"!{talk}")
    guest.until("root.querySelector('.banner').hidden")
    assert guest.say("one bruschetta please")


def test_an_emergency_stands_in_front_of_everything_until_it_is_seen(guest: Any, staff: Any) -> None:
    guest.say("my friend can't breathe")
    staff.until("document.querySelector('.alert.emergency')")
    box = staff.script("return document.querySelector('.alert.emergency').getBoundingClientRect().top")
    assert box == 0
    staff.click(".alert.emergency [data-do=ack]")
    staff.until("!document.querySelector('.alert.emergency')")


def test_a_lost_connection_is_shown_loudly_and_what_was_missed_arrives(guest: Any, staff: Any) -> None:
    staff.network(up=False)
    staff.until("!document.querySelector('#lost').hidden")
    number = order(guest, "one bruschetta please")
    assert not staff.script("return document.querySelector(arguments[0])", card(number))
    staff.network(up=True)
    staff.until("document.querySelector('#lost').hidden && document.querySelector(arguments[0])", card(number))


def test_a_wrong_password_is_refused_in_words(staff: Any, running: Any) -> None:
    staff.cdp("Network.clearBrowserCookies")
    staff.get(running.base_url + "/staff")
    staff.script("document.querySelector('#password').value = 'not the password'")
    staff.click("button[type=submit]")
    staff.until("document.querySelector('#wrong')?.checkVisibility()")
    staff.allowed.append("401")


def test_the_board_fits_a_phone_with_large_targets(staff: Any) -> None:
    staff.screen(390, 844)
    for tab in ("orders", "talks", "carts", "items"):
        staff.click(f"[data-to={tab}]")
        assert staff.script("return document.documentElement.scrollWidth") <= 390
        small = staff.script(
            """return [...document.querySelectorAll('button, select, input, textarea')].filter(n => n.checkVisibility())
            .map(n => [n.outerHTML, n.getBoundingClientRect().height]).filter(([, height]) => height < 44)"""
        )
        assert small == []
