"""The owner writes a special in one browser; a guest sees it in another, but only once it is approved."""

from __future__ import annotations

from typing import Any

ENTRY = {"special": "Sea bass", "ingredients": "fennel, lemon butter, new potatoes", "price": "$21.50"}


def on_page(guest: Any) -> list[str]:
    guest.driver.refresh()
    guest.until("!document.body.classList.contains('loading')")
    return guest.script("return [...document.querySelectorAll('#specials p')].map((each) => each.textContent)")


def test_a_special_reaches_guests_when_the_owner_approves_it(guest: Any, staff: Any, running: Any) -> None:
    staff.get(f"{running.base_url}/staff/specials")
    staff.until("document.querySelector('#entry').elements.day.value")
    for name, value in ENTRY.items():
        staff.script("document.querySelector('#entry').elements[arguments[0]].value = arguments[1]", name, value)
    staff.click("#entry button[type=submit]")
    text = staff.until("document.querySelector('.special.proposed p')?.textContent")
    assert all(part in text for part in ("Sea bass", "fennel, lemon butter and new potatoes", "$21.50"))
    assert on_page(guest) == []
    staff.click(".special.proposed [data-do=approved]")
    staff.until("document.querySelector('.special.approved')")
    assert on_page(guest) == [text]
    assert text in guest.say("Do you have any specials today?")
    staff.click(".special.approved [data-do=refused]")
    staff.until("document.querySelector('.special.refused')")
    assert on_page(guest) == []


def test_the_place_is_described_in_the_chat_from_the_owners_facts(guest: Any) -> None:
    said = guest.say("tell me about your place")
    assert "Olive & Ember" in said and "Italian" in said and "restaurant" in said
