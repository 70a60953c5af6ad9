from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.core.order import Order
from bot.core.turn import Alert, Conversation
from bot.database.store import Store
from bot.database.tables import metadata
from nlu.order_lines import Undo
from tests.bot.parts import EVENING, HARBOUR, RESTAURANT, add, shelf


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'deep' / 'bot.db'}")
    store.migrate()
    yield store
    store.close()


@pytest.fixture
def guest(store: Store) -> Conversation:
    conversation = Conversation("guest", place="harbour")
    with store.transaction() as tx:
        tx.save_conversation(conversation, EVENING)
    return conversation


def full_order(order_id: str = "order", number: int | None = None) -> Order:
    order = Order(order_id, place="harbour", type="delivery", address="44 Pine Street, 04198", name="Anna")
    order = order.edited([add("lasagna", 2)], shelf()).edited([add("funghi", pizza_topping="basil:extra")], shelf())
    return replace(order, phone="+12075550123", due=EVENING, note="ring twice", allergy_note="nuts", number=number)


def test_migrations_build_exactly_the_tables_of_the_code(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        inspector = sa.inspect(connection)
        for table in metadata.tables.values():
            wanted = {
                tuple(sorted(column.name for column in constraint.columns))
                for constraint in table.constraints
                if isinstance(constraint, sa.UniqueConstraint)
            }
            built = {tuple(sorted(found["column_names"])) for found in inspector.get_unique_constraints(table.name)}
            assert built == wanted, table.name


def test_migrating_twice_changes_nothing(store: Store, guest: Conversation) -> None:
    store.migrate()
    with store.transaction() as tx:
        assert tx.conversation("guest") == guest


def test_an_order_comes_back_as_it_was_stored_with_its_history(store: Store, guest: Conversation) -> None:
    order = full_order()
    with store.transaction(RESTAURANT) as tx:
        tx.save_order(order, guest, EVENING)
    with store.transaction(RESTAURANT) as tx:
        stored = tx.cart("guest")
        row = tx.order_rows()[0]
    assert stored == order
    assert stored.edited([Undo()], shelf()).lines == order.history[-1]
    totals = order.totals(HARBOUR)
    assert (row["tax_cents"], row["total_cents"]) == (totals.tax_cents, totals.total_cents)
    assert row["delivery_cents"] == 350


def test_a_conversation_comes_back_as_it_was_stored(store: Store) -> None:
    conversation = Conversation(
        "c", "rest", "mill", "option", {"line": 1, "group": "size"}, True, 1, "waiting", 7, "nuts", "“Hello” 😀"
    )
    with store.transaction() as tx:
        tx.save_conversation(conversation, EVENING)
    with store.transaction() as tx:
        assert tx.conversation("c") == conversation
        assert [row["id"] for row in tx.handoffs()] == ["c"]
        assert tx.conversation("d") is None


def test_a_transaction_that_fails_stores_nothing(store: Store, guest: Conversation) -> None:
    with pytest.raises(ZeroDivisionError), store.transaction(RESTAURANT) as tx:
        tx.save_order(full_order(), guest, EVENING)
        tx.add_message("guest", "bot", "hello", EVENING)
        raise ZeroDivisionError
    with store.transaction() as tx:
        assert tx.cart("guest") is None
        assert tx.messages_after("guest", 0) == []


def test_two_threads_at_once_neither_lose_nor_double_anything(store: Store, guest: Conversation) -> None:
    def write(number: int) -> int:
        with store.transaction(RESTAURANT) as tx:
            taken = tx.next_number()
            tx.save_order(full_order(f"order-{number}", taken), guest, EVENING)
            tx.add_message("guest", "guest", str(number), EVENING, message_id=f"m{number}")
            return taken

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(write, range(40)))
    assert sorted(numbers) == list(range(101, 141))
    with store.transaction() as tx:
        rows = tx.messages_after("guest", 0)
    assert [row["seq"] for row in rows] == list(range(1, 41))
    assert {row["text"] for row in rows} == {str(number) for number in range(40)}


def test_a_message_id_is_stored_once_for_each_conversation(store: Store, guest: Conversation) -> None:
    with store.transaction() as tx:
        tx.save_conversation(Conversation("other"), EVENING)
        tx.add_message("guest", "guest", "one", EVENING, message_id="m")
        tx.add_message("other", "guest", "one", EVENING, message_id="m")
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as tx:
        tx.add_message("guest", "guest", "two", EVENING, message_id="m")
    with pytest.raises(sa.exc.IntegrityError), store.transaction() as tx:
        tx.add_message("guest", "bot", "a", EVENING, answers="m")
        tx.add_message("guest", "bot", "b", EVENING, answers="m")


def test_messages_after_a_number_are_the_newest_in_their_order(store: Store, guest: Conversation) -> None:
    with store.transaction() as tx:
        for number in range(10):
            tx.add_message("guest", "bot", str(number), EVENING)
        assert [row["text"] for row in tx.messages_after("guest", 7)] == ["7", "8", "9"]
        assert [row["text"] for row in tx.messages_after("guest", 0, limit=2)] == ["8", "9"]


def test_unanswered_are_the_recent_messages_without_a_reply(store: Store, guest: Conversation) -> None:
    with store.transaction() as tx:
        for minutes, message_id in ((60, "old"), (1, "done"), (1, "open")):
            then = EVENING - timedelta(minutes=minutes)
            tx.add_message("guest", "guest", "hi", then, message_id=message_id, answered=False)
        tx.mark_answered("guest", "done")
        assert [row["message_id"] for row in tx.unanswered(EVENING - timedelta(minutes=10))] == ["open"]


def test_an_order_moves_on_and_never_back(store: Store, guest: Conversation) -> None:
    with store.transaction(RESTAURANT) as tx:
        tx.save_order(replace(full_order("a", 101), status="confirmed"), guest, EVENING)
        tx.save_order(full_order("cart"), guest, EVENING)
        assert tx.set_status("nothing", "ready", EVENING) is None
        assert tx.set_status("cart", "confirmed", EVENING) is None
        for status in ("preparing", "preparing", "ready", "done"):
            moved = tx.set_status("a", status, EVENING)
            assert moved is not None and moved.status == status
        for status in ("confirmed", "cancelled", "cart", "eaten"):
            with pytest.raises(ValueError, match="cannot become"):
                tx.set_status("a", status, EVENING)


def test_the_newest_placed_order_and_the_cart_are_told_apart(store: Store, guest: Conversation) -> None:
    with store.transaction(RESTAURANT) as tx:
        for number in (101, 102):
            tx.save_order(replace(full_order(f"o{number}", number), status="confirmed"), guest, EVENING)
        assert tx.cart("guest") is None
        tx.save_order(full_order("cart"), guest, EVENING)
        placed, cart = tx.placed("guest"), tx.cart("guest")
    assert placed is not None and placed.number == 102
    assert cart is not None and cart.id == "cart"


def test_the_kitchen_s_load_is_what_it_has_not_finished_at_that_place(store: Store, guest: Conversation) -> None:
    with store.transaction(RESTAURANT) as tx:
        for number, status in enumerate(["confirmed", "preparing", "ready", "cancelled", "done"], 101):
            tx.save_order(replace(full_order(str(number), number), status=status), guest, EVENING)
        tx.save_order(full_order("cart"), guest, EVENING)
        tx.save_order(replace(full_order("mill", 110), status="confirmed", place="mill"), guest, EVENING)
        assert tx.queued_items("harbour") == 6
        assert tx.queued_items("nowhere") == 0


def test_sold_out_is_for_each_place_and_for_no_place_only_when_it_is_everywhere(store: Store) -> None:
    with store.transaction(RESTAURANT) as tx:
        tx.set_sold_out("cola", ["harbour"], True, EVENING)
        tx.set_sold_out("ribs", ["harbour", "mill"], True, EVENING)
        tx.set_sold_out("ribs", ["harbour", "mill"], True, EVENING)
        assert tx.sold_out("harbour") == {"cola", "ribs"}
        assert tx.sold_out("mill") == tx.sold_out(None) == {"ribs"}
        tx.set_sold_out("ribs", ["mill"], False, EVENING)
        assert tx.sold_out(None) == tx.sold_out("mill") == frozenset()


def test_a_seen_alert_is_not_open(store: Store) -> None:
    with store.transaction() as tx:
        tx.add_alert(Alert("emergency", "x" * 1000), "guest", EVENING)
        (alert,) = tx.open_alerts()
        assert len(alert["text"]) == 500
        assert tx.see_alert(alert["id"]) and not tx.see_alert(999)
        assert tx.open_alerts() == []


def test_only_carts_touched_lately_are_listed_beside_the_orders(store: Store, guest: Conversation) -> None:
    with store.transaction(RESTAURANT) as tx:
        tx.save_order(full_order("old"), guest, EVENING - timedelta(days=1))
        tx.save_order(full_order("new"), guest, EVENING)
        tx.save_order(replace(full_order("placed", 101), status="confirmed"), guest, EVENING - timedelta(days=1))
        listed = tx.order_rows(["cart", "confirmed"], carts_since=EVENING - timedelta(hours=1))
    assert sorted(row["id"] for row in listed) == ["new", "placed"]
