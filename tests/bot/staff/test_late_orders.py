from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.staff.late_orders import watch_late_orders
from bot.turns import Turns
from tests.bot.parts import Clock, place_order, rest, serving


@pytest.fixture
def turns(tmp_path: Path) -> Iterator[Turns]:
    with serving(tmp_path) as (client, rasa):
        assert rasa.turns is not None
        rasa.turns.clock = Clock()
        place_order(client, rasa)
        yield rasa.turns


def told(turns: Turns) -> tuple[int, int]:
    """How often the guest and how often the staff were told."""
    with turns.store.transaction() as tx:
        guest = sum("taking longer" in row["text"] for row in tx.messages_after("guest", 0))
        return guest, sum(alert["kind"] == "late" for alert in tx.open_alerts())


async def after(turns: Turns, minutes: float) -> tuple[int, int]:
    turns.clock.passes(minutes)  # type: ignore[attr-defined]
    await watch_late_orders(turns)
    return told(turns)


async def test_an_untouched_order_alerts_the_staff_and_tells_the_guest_once(turns: Turns) -> None:
    assert await after(turns, 7.9) == (0, 0)
    assert await after(turns, 0.2) == (1, 1)
    assert await after(turns, 60) == (1, 1)


async def test_an_order_that_the_kitchen_has_started_is_not_late(turns: Turns) -> None:
    with turns.store.transaction() as tx:
        (row,) = tx.order_rows(["confirmed"])
        tx.set_status(row["id"], "preparing", turns.clock())
    assert await after(turns, 60) == (0, 0)


async def test_an_order_for_later_counts_from_when_the_kitchen_should_begin(turns: Turns) -> None:
    with turns.store.transaction(turns.keeper.house.restaurant) as tx:
        placed, conversation = tx.placed("guest"), tx.conversation("guest")
        assert placed is not None and conversation is not None and placed.due is not None
        later = type(placed)(**{**vars(placed), "asap": False, "due": turns.clock() + timedelta(hours=3)})
        tx.save_order(later, conversation, turns.clock())
    assert await after(turns, 120) == (0, 0)
    assert await after(turns, 55) == (1, 1)


async def test_a_cart_is_never_late(tmp_path: Path) -> None:
    with serving(tmp_path) as (client, rasa):
        assert isinstance(client, TestClient) and rasa.turns is not None
        rasa.turns.clock = Clock()
        rest(client, "a lasagna")
        assert await after(rasa.turns, 600) == (0, 0)
