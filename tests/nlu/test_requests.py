"""Wishes that no menu lists are kept for the kitchen, on the dish that they are about."""

from pathlib import Path

import pytest

from nlu.menu import load_menu
from nlu.order_lines import Add
from nlu.parser import OrderParser

PARSER = OrderParser(load_menu(Path("data/menu.yml")))


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        ("a burger with no salt and a cola", {"ember_burger": "no salt", "cola": ""}),
        ("two colas and a lasagna cut in half", {"cola": "", "lasagna": "cut in half"}),
        ("can i get the burger without bun", {"ember_burger": "without bun"}),
        ("a chicken burger, hold the bun, and fries", {"chicken_burger": "hold bun", "fries": ""}),
        ("a margherita without cheese", {"margherita": ""}),  # the menu knows cheese: an option, no note
    ],
)
def test_a_wish_stands_on_the_dish_that_was_named_before_it(text: str, notes: dict[str, str]) -> None:
    edits = PARSER.edits(text, []).edits
    assert {edit.line.item: edit.line.note for edit in edits if isinstance(edit, Add)} == notes


def test_wishes_for_two_of_one_dish_stand_on_each() -> None:
    parsed = PARSER.parse("a lasagna cut in half and a lasagna with no salt")
    assert [line.note for line in parsed.lines] == ["cut in half", "no salt"]
