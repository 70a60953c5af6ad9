"""Orders that we wrote by hand: their readings name what their menus have, and edits come to the orders they say."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.menu import load_menu
from nlu.order_lines import Add, Change, Clear, Line, Option, Remove, Replace, canonical
from nlu.own_orders import ORDERS, PARTS, edited, lines_of, together, written_edits, written_orders

MENU = load_menu(Path(__file__).parent / "diner.yml")
BURGERS = (Line("hamburger", 2, (Option("filling", "bacon"),)), Line("fries"))


@pytest.mark.parametrize("part", PARTS)
def test_every_reading_names_what_its_menu_has(part: str) -> None:
    counts = [len(orders) for _, orders in written_orders(part)]
    assert len(counts) >= 5 and sum(counts) >= 75
    assert len({menu.name for menu, _ in written_orders(part)}) == len(counts)


def test_no_order_to_choose_by_is_reported_or_was_looked_at() -> None:
    seen = {part: {order.text for _, orders in written_orders(part) for order in orders} for part in PARTS}
    chosen_by = {path.stem for path in (ORDERS / "selection").glob("*.txt")}
    reported = {path.stem for path in (ORDERS / "held_out").glob("*.txt")}
    assert not chosen_by & reported
    assert (
        not seen["selection"] & (seen["held_out"] | seen["development"]) and not seen["held_out"] & seen["development"]
    )


def test_edits_by_hand_are_understood_by_their_menus() -> None:
    assert sum(len(edits) for _, edits in written_edits()) > 150


def test_a_reading_gives_its_lines() -> None:
    assert lines_of("2 hamburger bacon onions=none; 1 fries", MENU) == (
        Line("hamburger", 2, (Option("filling", "bacon"), Option("filling", "onions", "none"))),
        Line("fries"),
    )
    assert lines_of("-", MENU) == ()


@pytest.mark.parametrize("reading", ["1 sushi", "two fries", "1 fries bacon"])
def test_a_reading_of_what_the_menu_lacks_is_an_error(reading: str) -> None:
    with pytest.raises((KeyError, ValueError)):
        lines_of(reading, MENU)


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (Add(Line("fries")), "2 hamburger bacon; 2 fries"),
        (Remove(0, 1), "1 hamburger bacon; 1 fries"),
        (Remove(0), "1 fries"),
        (Replace(1, Line("cola")), "2 hamburger bacon; 1 cola"),
        (Change(0, put=(Option("filling", "onions"),)), "2 hamburger bacon onions; 1 fries"),
        (Change(0, drop=(("filling", "bacon"),), of=1), "1 hamburger bacon; 1 hamburger; 1 fries"),
        (Change(1, 3), "2 hamburger bacon; 3 fries"),
        (Clear(), "-"),
    ],
)
def test_edits_are_applied(edit: Add, after: str) -> None:
    assert canonical(edited(BURGERS, (edit,), MENU)) == canonical(together(lines_of(after, MENU)))
