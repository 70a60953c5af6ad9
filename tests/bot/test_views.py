import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.order import Order
from bot.core.turn import Conversation
from bot.database.store import Store
from bot.views import board_view, cart_view, message_view, order_row_view, site_view
from nlu.menu import Menu
from tests.bot.parts import EVENING, HARBOUR, MENU, RESTAURANT, Visitor, add, shelf

HOUSE = Visitor().house
OTHER = replace(HOUSE, menu=Menu("Other", "USD", (MENU.by_id["cola"],), MENU.groups))


def order(**changes: object) -> Order:
    made = Order("o", place="harbour").edited([add("lasagna", 2), add("funghi", pizza_size="large")], shelf())
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.migrate()
    guest = Conversation("guest", place="harbour", handoff="waiting", handoff_reason="a complaint")
    with store.transaction(RESTAURANT) as tx:
        tx.save_conversation(guest, EVENING)
        tx.add_message("guest", "guest", "hi", EVENING, message_id="m")
        tx.save_order(order(), guest, EVENING)
        placed = order(id="p", status="confirmed", number=101, name="Anna", phone="+12075550123", due=EVENING)
        tx.save_order(placed, guest, EVENING)
        tx.set_sold_out("cola", ["harbour"], True, EVENING)
    yield store
    store.close()


def test_the_cart_s_lines_add_up_to_its_total() -> None:
    view = cart_view(order(type="delivery"), HOUSE)
    assert sum(line["total_cents"] for line in view["lines"]) == view["subtotal_cents"] == 2800 + 1700
    assert view["total_cents"] == view["subtotal_cents"] + view["delivery_cents"] + view["tax_cents"]
    assert view["total_cents"] == order(type="delivery").totals(HARBOUR).total_cents
    assert [line["title"] for line in view["lines"]] == ["Lasagna", "Funghi"]


def test_the_board_shows_orders_carts_hand_offs_and_stock(store: Store) -> None:
    with store.transaction(RESTAURANT) as tx:
        view = board_view(HOUSE, tx, EVENING, None)
    assert [(o["number"], o["guest"]["name"], o["late"]) for o in view["orders"]] == [(101, "Anna", False)]
    assert len(view["carts"]) == 1 and view["carts"][0]["conversation"] == "guest"
    assert [handoff["messages"][0]["text"] for handoff in view["handoffs"]] == ["hi"]
    assert [handoff["reason"] for handoff in view["handoffs"]] == ["a complaint"]
    assert {item["id"]: item["sold_out_at"] for item in view["menu"]}["cola"] == ["harbour"]
    assert view["alerts"] == []
    json.dumps(view)


def test_the_board_shows_the_clock_of_the_house_wherever_its_browser_is(store: Store) -> None:
    with store.transaction(HOUSE.restaurant) as tx:
        assert board_view(HOUSE, tx, EVENING, None)["zone"] == "America/New_York"


def test_a_faulty_file_is_an_alert_on_the_board(store: Store) -> None:
    with store.transaction(RESTAURANT) as tx:
        (alert,) = board_view(HOUSE, tx, EVENING, "menu.yml:3: no key 'x'")["alerts"]
    assert alert["kind"] == "file" and "menu.yml:3" in alert["text"]


def test_board_and_list_survive_a_menu_without_the_dishes_that_were_ordered(store: Store) -> None:
    with store.transaction(RESTAURANT) as tx:
        view = board_view(OTHER, tx, EVENING, None)
        rows = [order_row_view(row, OTHER) for row in tx.order_rows()]
    assert [line["title"] for line in view["orders"][0]["lines"]] == ["lasagna", "funghi"]
    assert len(rows) == 2


def test_a_listed_order_has_every_promised_field(store: Store) -> None:
    with store.transaction(RESTAURANT) as tx:
        rows = [order_row_view(row, HOUSE) for row in tx.order_rows()]
    placed = next(row for row in rows if row["status"] == "confirmed")
    promised = "id place channel sender status lines tax_cents total_cents type due guest".split()
    assert set(promised) <= placed.keys()
    assert placed["guest"] == {"name": "Anna", "phone": "+12075550123"}
    assert placed["lines"][0] == order().wanted[0].as_json()
    assert placed["due"].endswith("-05:00")


def test_the_site_shows_every_dish_once_and_why_it_cannot_be_had(store: Store) -> None:
    with store.transaction(RESTAURANT) as tx:
        view = site_view(HOUSE, tx, "harbour", EVENING)
    items = {item["id"]: item for kind in view["menu"] for item in kind["items"]}
    assert items.keys() == MENU.by_id.keys()
    assert sum(len(kind["items"]) for kind in view["menu"]) == len(items)
    assert items["cola"]["why"] == "sold out today" and not items["cola"]["available"]
    assert not items["lunch_combo"]["available"] and items["lasagna"]["available"]
    assert [place["open_now"] for place in view["places"]] == [True, True]


def test_a_message_keeps_its_buttons_and_cards(store: Store) -> None:
    with store.transaction() as tx:
        extras = {"buttons": [{"title": "A", "say": "a"}], "cards": []}
        view = message_view(tx.add_message("guest", "bot", "<b>", EVENING, extras=extras))
    assert (view["text"], view["from"], view["buttons"]) == ("<b>", "bot", extras["buttons"])
