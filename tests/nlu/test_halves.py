"""Halves of one dish: asked about where the menu has none, read as they are where it has."""

from __future__ import annotations

import pytest

from nlu.menu import Group, Item, Menu, Value
from nlu.parser import OrderParser, Parse

TOPPINGS = (Value("ham", ("ham",)), Value("corn", ("corn",)), Value("mushroom", ("mushroom", "mushrooms")))


def parser(*amounts: str) -> OrderParser:
    items = (
        Item("plain", "pizza", ("plain pizza", "pizza"), 900, ("topping",)),
        Item("ham_pizza", "pizza", ("ham pizza", "ham", "pizza"), 1000, ("topping",)),
        Item("soup", "starter", ("soup",), 500, ()),
        Item("pie", "starter", ("pie",), 500, ()),
        Item("wings", "starter", ("wings",), 100, ("topping",)),
    )
    return OrderParser(Menu("pizzeria", "USD", items, {"topping": Group("topping", TOPPINGS, False, amounts)}))


PARSER = parser()


def options(parse: Parse) -> set[tuple[str, str]]:
    return {(option.value, option.amount) for line in parse.lines for option in line.options}


@pytest.mark.parametrize("words", ["half corn half mushroom", "half corn and half mushroom", "1/2 corn, ½ mushrooms"])
def test_two_halves_go_on_one_whole_dish_and_that_is_asked(words: str) -> None:
    parse = PARSER.parse(f"a plain pizza {words}")
    assert [(line.item, line.quantity) for line in parse.lines] == [("plain", 1)]
    assert options(parse) == {("corn", "regular"), ("mushroom", "regular")}
    assert parse.question is not None and "halves" in parse.question.text and parse.confidence <= 0.5


def test_a_half_that_is_a_dish_takes_the_other_half() -> None:
    parse = PARSER.parse("a pizza half ham half mushroom and a soup")
    assert {line.item for line in parse.lines} == {"ham_pizza", "soup"}
    assert options(parse) == {("mushroom", "regular")}


def test_halves_of_dishes_that_cannot_be_joined_are_each_offered_and_both() -> None:
    question = PARSER.parse("half soup half pie").question
    assert question is not None and len(question.choices) == 3
    assert [len(choice.edits) for choice in question.choices] == [1, 1, 2]


def test_halves_are_taken_as_such_on_a_menu_that_has_them() -> None:
    parse = parser("half").parse("a plain pizza half corn half mushroom")
    assert parse.question is None and options(parse) == {("corn", "half"), ("mushroom", "half")}


def test_halves_of_several_pieces_are_shared_out() -> None:
    parse = PARSER.parse("six wings, half with corn and half with mushroom")
    assert sorted(line.quantity for line in parse.lines) == [3, 3] and parse.question is None
