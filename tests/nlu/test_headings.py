"""A heading and its list, and dishes and sizes that are only pointed at, on the restaurant's own menu."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.menu import load_menu
from nlu.order_lines import Add, Change, Line, Option
from nlu.parser import OrderParser

PARSER = OrderParser(load_menu(Path("data/menu.yml")))


def told(line: Line) -> str:
    return " ".join([str(line.quantity), line.item, *(option.value for option in line.options)])


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("two large pizzas one pepperoni and one veggie", ["1 pepperoni_pizza large", "1 ortolana large"]),
        (
            "a couple of pizzas one margherita one hawaiian both large and a cola",
            ["1 margherita large", "1 hawaiian large", "1 cola"],
        ),
        (
            "three pizzas a large margherita a medium funghi and a small diavola",
            ["1 margherita large", "1 funghi medium", "1 diavola small"],
        ),
        ("three medium pizzas two margheritas and a marinara", ["2 margherita medium", "1 marinara medium"]),
    ],
)
def test_what_a_heading_says_is_told_of_each_under_it(text: str, lines: list[str]) -> None:
    parse = PARSER.parse(text)
    assert parse.question is None and [told(line) for line in parse.lines] == lines


def test_a_heading_whose_list_holds_another_number_is_none() -> None:
    assert PARSER.parse("three pizzas and a cola").question is not None


@pytest.mark.parametrize("text", ["put avocado on the burger", "oh and put avocado on both the burgers"])
def test_the_last_word_of_its_name_points_at_an_ordered_dish(text: str) -> None:
    (edit,) = PARSER.edits(text, (Line("chicken_burger", 2), Line("fries"))).edits
    assert edit == Change(0, put=(Option("burger_topping", "avocado"),))


def test_who_wants_the_burger_besides_gets_it() -> None:
    (edit,) = PARSER.edits("and i'd like the burger", (Line("chicken_burger"),)).edits
    assert isinstance(edit, Add) and edit.line.item == "ember_burger"


@pytest.mark.parametrize(
    ("text", "item", "size"),
    [
        ("can you upsize the lemonade", 1, "large"),
        ("make the pizza bigger", 0, "large"),
        ("could the pizza be smaller", 0, "small"),
        ("bigger portion of the carbonara please", 2, "large_portion"),
    ],
)
def test_bigger_and_smaller_are_the_next_size(text: str, item: int, size: str) -> None:
    order = (Line("diavola", 1, (Option("pizza_size", "medium"),)), Line("lemonade"), Line("carbonara"))
    (edit,) = PARSER.edits(text, order).edits
    assert isinstance(edit, Change) and edit.target == item and [option.value for option in edit.put] == [size]


def test_there_is_nothing_bigger_than_the_largest() -> None:
    assert PARSER.edits("make it bigger", (Line("diavola", 1, (Option("pizza_size", "large"),)),)).edits == ()


def test_one_lot_of_something_is_one_of_it() -> None:
    assert PARSER.edits("and only one lot of onion rings", (Line("onion_rings", 2),)).edits == (Change(0, 1),)
