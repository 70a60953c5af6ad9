"""What guests say to the demo restaurant, whose dishes are toppings and parts of combos elsewhere on the menu."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.menu import load_menu
from nlu.order_lines import Add, Change, Line, Option, Remove
from nlu.parser import OrderParser

MENU = load_menu(Path(__file__).resolve().parents[2] / "data" / "menu.yml")
PARSER = OrderParser(MENU)
TWO_BURGERS = [
    Line("ember_burger", 1, (Option("burger_topping", "bacon"),)),
    Line("fries"),
    Line("margherita", 2, (Option("pizza_size", "large"),)),
    Line("cola"),
]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("chicken burger with fries", [("chicken_burger", 1), ("fries", 1)]),
        ("a margherita and fries and a coke", [("margherita", 1), ("fries", 1), ("cola", 1)]),
        ("burger and chips", [("ember_burger", 1), ("fries", 1)]),
        ("two margaritas no wait three", [("margherita", 3)]),
        ("half a dozen arancini with garlic mayo", [("arancini", 6)]),
        ("half dozen arancini", [("arancini", 6)]),
        ("a small margherita and a small marinara", [("margherita", 1), ("marinara", 1)]),
        ("caesar salad with salmon and garlic bread with cheese", [("caesar_salad", 1), ("garlic_bread", 1)]),
        ("lunch combo with bolognese, soup and coke", [("lunch_combo", 1)]),
        ("a family feast with margherita and pepperoni, fries and a bottle of cola", [("family_feast", 1)]),
        ("everything on the ember burger except onions", [("ember_burger", 1)]),
        (
            "i'd like a large pepperoni with mushrooms and a large funghi with pepperoni",
            [("pepperoni_pizza", 1), ("funghi", 1)],
        ),
        ("can i hav 2 chiken burgers with xtra cheez", [("chicken_burger", 2)]),
    ],
)
def test_every_dish_named_becomes_its_line(text: str, items: list[tuple[str, int]]) -> None:
    lines = PARSER.parse(text).lines
    assert sorted((line.item, line.quantity) for line in lines) == sorted(items)


def test_the_protein_of_a_salad_is_its_topping_though_it_is_a_dish_too() -> None:
    salad = next(line for line in PARSER.parse("a caesar salad with salmon").lines)
    assert Option("salad_protein", "salmon") in salad.options


def test_one_of_them_is_one_of_the_line_that_holds_several() -> None:
    (edit,) = PARSER.edits("make one of them small", TWO_BURGERS).edits
    assert isinstance(edit, Change) and edit.target == 2 and edit.of == 1
    assert edit.put == (Option("pizza_size", "small"),)


def test_same_again_without_something_repeats_the_line_that_has_it() -> None:
    (edit,) = PARSER.edits("same again but without bacon", TWO_BURGERS).edits
    assert isinstance(edit, Add) and edit.line.item == "ember_burger"
    assert Option("burger_topping", "bacon") not in edit.line.options


@pytest.mark.parametrize(
    "text", ["7 quay lane 04199", "12 elm street", "207 555 0123", "at half past seven", "for four people"]
)
def test_details_of_the_guest_change_nothing(text: str) -> None:
    reading = PARSER.edits(text, TWO_BURGERS)
    assert not reading.edits or reading.confidence < 0.3


@pytest.mark.parametrize(
    ("text", "quantity"), [("remove one of the margheritas", 1), ("take the margheritas off", None)]
)
def test_taking_off_some_or_all_of_a_line(text: str, quantity: int | None) -> None:
    (edit,) = PARSER.edits(text, TWO_BURGERS).edits
    assert (
        isinstance(edit, Remove)
        and edit.target == 2
        and edit.quantity in (quantity, quantity and 1, 2 if quantity is None else quantity)
    )
