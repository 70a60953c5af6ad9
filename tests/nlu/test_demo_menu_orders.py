"""What guests say to the demo restaurant, whose dishes are toppings and parts of combos elsewhere on the menu."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.menu import Group, Item, load_menu
from nlu.order_lines import Add, Asked, Change, Line, Option, Reading, Remove, Replace, Unfit
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


@pytest.mark.parametrize("salad", ["a caesar salad with salmon please", "a caesar with grilled salmon"])
@pytest.mark.parametrize("before", [(), (Line("lasagna"),), (Line("caesar_salad"),)])
def test_what_follows_with_is_the_topping_of_a_dish_that_combos_hold_too(salad: str, before: tuple[Line, ...]) -> None:
    (edit,) = PARSER.edits(salad, before).edits
    assert isinstance(edit, Add) and edit.line.item == "caesar_salad"
    assert edit.line.options == (Option("salad_protein", "salmon"),)


@pytest.mark.parametrize("text", ["a salmon with a garden salad", "a caesar salad and a salmon", "two salmon"])
def test_a_dish_with_an_article_or_a_number_is_no_topping_of_another(text: str) -> None:
    edits = PARSER.edits(text, [Line("caesar_salad")]).edits
    assert any(isinstance(edit, Add) and edit.line.item == "grilled_salmon" for edit in edits)


def test_the_size_of_a_drink_that_combos_hold_too_is_the_drinks() -> None:
    pizza, drink = PARSER.parse("a pepperoni pizza and a large cola").lines
    assert pizza.options == () and drink == Line("cola", 1, (Option("drink_size", "large"),))


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


@pytest.mark.parametrize("correction", ["no wait", "no, wait", "sorry", "actually", "wait, no"])
def test_an_item_stays_when_only_its_size_or_number_is_taken_back(correction: str) -> None:
    lines = PARSER.parse(f"large pepperoni, {correction}, medium, and 2 cokes").lines
    assert [(line.item, line.quantity) for line in lines] == [("pepperoni_pizza", 1), ("cola", 2)]
    assert lines[0].options == (Option("pizza_size", "medium"),)
    three = PARSER.parse(f"two lasagnas, {correction}, three, and a coke").lines
    assert [(line.item, line.quantity) for line in three] == [("lasagna", 3), ("cola", 1)]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("six colas, two of them diet", [("cola", 4), ("diet_cola", 2)]),
        ("six colas, two diet", [("cola", 4), ("diet_cola", 2)]),
        ("two waters, one of them sparkling", [("sparkling_water", 1), ("still_water", 1)]),
        ("three burgers, one of them veggie, and fries", [("bean_burger", 1), ("ember_burger", 2), ("fries", 1)]),
        ("a cola, make it diet", [("diet_cola", 1)]),
    ],
)
def test_a_word_that_makes_another_dish_of_the_one_before_is_that_dish(text: str, items: list[tuple[str, int]]) -> None:
    lines = PARSER.parse(text).lines
    assert sorted((line.item, line.quantity) for line in lines) == items


def test_the_variant_of_an_ordered_dish_takes_its_place_or_that_of_some() -> None:
    edits = PARSER.edits("two of them diet", [Line("cola", 6)]).edits
    assert edits == (Remove(0, 2), Add(Line("diet_cola", 2)))
    assert PARSER.edits("make it diet", [Line("cola")]).edits == (Replace(0, Line("diet_cola")),)


@pytest.mark.parametrize(
    "text", ["make that one coke", "make it one coke", "only one coke please", "actually just one coke"]
)
def test_a_number_right_before_an_ordered_dish_counts_it_whatever_is_asked(text: str) -> None:
    order = [Line("pepperoni_pizza"), Line("cola", 2)]
    assert PARSER.edits(text, order, Asked(0, "pizza_size")).edits == (Change(1, quantity=1),)


@pytest.mark.parametrize("size", ["half", "full", "whole"])
def test_a_choice_that_shares_a_word_with_its_dish_is_heard(size: str) -> None:
    (line,) = PARSER.parse(f"a {size} rack of ribs").lines
    assert line.options == (Option("rack", f"{'half' if size == 'half' else 'full'}_rack"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a margherita with unicorn dust", "unicorn dust"),
        ("tiramisu with whipped cream", "whipped cream"),
        ("a tofu burger", "tofu"),
        ("a steak and a coke", "steak"),
    ],
)
def test_what_the_menu_lacks_is_named_and_orders_nothing(text: str, words: str) -> None:
    parse = PARSER.parse(text)
    assert parse.unknown == (words,)
    assert len(parse.lines) == 1


@pytest.mark.parametrize("text", ["a coke for Gregor", "a coke for my friend Gregor", "a coke for my grandma please"])
def test_who_a_dish_is_for_is_no_food(text: str) -> None:
    assert PARSER.parse(text).unknown == ()


def test_words_of_one_wish_are_named_together() -> None:
    assert PARSER.edits("large unicorn dust", [Line("margherita")]).unknown == ("unicorn dust",)


def test_what_the_dish_cannot_have_is_named_with_it() -> None:
    parse = PARSER.parse("a lasagna with pineapple and a large margherita with basil")
    assert parse.unfit == (Unfit("pineapple", "lasagna"),)
    order = [Line("lasagna")]
    assert PARSER.edits("put pineapple on it", order) == Reading((), 0.1, unfit=(Unfit("pineapple", "lasagna"),))
    told = PARSER.edits("pineapple on the lasagna and a coke", order)
    assert (told.edits, told.unfit) == ((Add(Line("cola")),), (Unfit("pineapple", "lasagna"),))


@given(
    dish=st.sampled_from([item for item in MENU.items if item.kind in ("pasta", "drink", "dessert", "pizza")]),
    group=st.sampled_from([group for group in MENU.groups.values() if not group.select_one]),
    data=st.data(),
)
def test_a_topping_is_ordered_or_named_back(dish: Item, group: Group, data: st.DataObject) -> None:
    value = data.draw(st.sampled_from(group.values))
    parse = PARSER.parse(f"{dish.names[0]} with {value.names[0]}")
    more = len(parse.lines) > 1 or any(line.options for line in parse.lines)
    assert more or parse.unfit or parse.unknown or parse.question


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("10,000 lasagnas", 10_000), ("a billion lasagnas", 10_000), ("a hundred lasagnas", 100), ("0 lasagnas", 0),
        ("-5 lasagnas", 0), ("add \u22122 lasagnas", 0), ("2.5 lasagnas", 0), ("- 2 lasagnas\n- 1 cola", 2), ("-2 lasagnas\n-1 cola", 2),
    ],
)  # fmt: skip
def test_a_number_of_dishes_is_what_was_said_or_none_that_can_be_ordered(text: str, quantity: int) -> None:
    assert PARSER.parse(text).lines[0] == Line("lasagna", quantity)


def test_less_of_nothing_orders_nothing() -> None:
    reading = PARSER.edits("minus two colas", [])
    assert not reading.edits and reading.question is not None


COURSES = [
    Line("pepperoni_pizza", 1, (Option("pizza_size", "large"),)),
    Line("iced_tea", 2),
    Line("carbonara"),
    Line("onion_rings"),
]


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("you know what lose the onion rings doctor's orders", Remove(3)),
        ("take one iced tea away there's fewer of us than i thought", Remove(1, 1)),
        ("hmm actually just one iced tea my friend's not drinking", Change(1, quantity=1)),
        ("no tell a lie i'll have the lasagna rather than the carbonara", Replace(2, Line("lasagna"))),
        ("oh i almost forgot a tiramisu", Add(Line("tiramisu"))),
        ("my son just said he wants a tiramisu as well", Add(Line("tiramisu"))),
        ("three tiramisus there's five of us", Add(Line("tiramisu", 3))),
        ("hi so bear with me a tiramisu", Add(Line("tiramisu"))),
    ],
)
def test_a_reason_or_an_aside_changes_nothing_and_raises_no_doubt(text: str, edit: object) -> None:
    reading = PARSER.edits(text, COURSES)
    assert reading.edits == (edit,) and reading.confidence > 0.6


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("scrap the onion rings", Remove(3)),
        ("toss the onion rings", Remove(3)),
        ("knock the onion rings off", Remove(3)),
        ("the onion rings can go", Remove(3)),
        ("you can take the onion rings off", Remove(3)),
        ("no i didn't say onion rings", Remove(3)),
        ("on second thought no carbonara", Remove(2)),
        ("one less iced tea", Remove(1, 1)),
    ],
)
def test_a_dish_is_taken_off_in_many_words(text: str, edit: object) -> None:
    assert PARSER.edits(text, COURSES).edits == (edit,)


@pytest.mark.parametrize(
    ("text", "edit"),
    [
        ("bump the iced teas up to five", Change(1, quantity=5)),
        ("can we go down to one iced tea", Change(1, quantity=1)),
        ("sorry did i say two i meant three iced teas", Change(1, quantity=3)),
        ("did i say two i meant three", Change(1, quantity=3)),
        ("yeah but i wanted two carbonaras", Change(2, quantity=2)),
        ("no it was two carbonaras", Change(2, quantity=2)),
        ("everything's right except the onion rings should be large", Change(3, put=(Option("side_size", "large"),))),
        ("make that pizza a medium", Change(0, put=(Option("pizza_size", "medium"),))),
        ("bump the rings up to a large", Change(3, put=(Option("side_size", "large"),))),
        ("on the pepperoni hold the onions", Change(0, put=(Option("pizza_topping", "red_onion", "none"),))),
        ("no not the carbonara the lasagna", Replace(2, Line("lasagna"))),
        ("yeah except i want the lasagna not the carbonara", Replace(2, Line("lasagna"))),
    ],
)
def test_a_correction_changes_what_was_ordered_and_adds_nothing(text: str, edit: object) -> None:
    assert PARSER.edits(text, COURSES).edits == (edit,)


def test_what_it_cannot_take_goes_on_the_one_dish_that_can() -> None:
    with_mushrooms = Change(0, put=(Option("pizza_topping", "mushrooms"),))
    assert PARSER.edits("with mushrooms on it please", COURSES).edits == (with_mushrooms,)


def test_words_that_only_sound_like_the_menu_order_nothing() -> None:
    for text in (
        "right that's me sorted",
        "ring it up",
        "wait hang on",
        "no there's four of us",
        "as soon as you guys can",
    ):
        assert not PARSER.edits(text, COURSES).edits, text


def test_a_dish_with_an_article_before_another_one_is_a_dish_of_its_own() -> None:
    reading = PARSER.edits("lemme do the grilled salmon a greek salad and fries", [])
    assert [edit.line.item for edit in reading.edits if isinstance(edit, Add)] == [
        "grilled_salmon",
        "greek_salad",
        "fries",
    ]
    told = PARSER.edits("a caesar salad with salmon and a coke", [])
    assert [edit.line.item for edit in told.edits if isinstance(edit, Add)] == ["caesar_salad", "cola"]


def in_short(text: str, *order: Line) -> list[str]:
    """What an utterance adds, in short."""
    edits = PARSER.edits(text, order).edits
    return [
        " ".join([str(e.line.quantity), e.line.item, *(o.value for o in e.line.options)])
        for e in edits
        if isinstance(e, Add)
    ]


@pytest.mark.parametrize(
    "text", ["one large pepperoni one large funghi", "a large pepperoni and um a large funghi for the kid"]
)
def test_a_counted_name_is_a_dish_though_a_combo_that_nobody_wants_holds_it(text: str) -> None:
    assert in_short(text) == ["1 pepperoni_pizza large", "1 funghi large"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a large portion of fries", "1 fries large"),
        ("fries large size", "1 fries large"),
        ("a large portion of carbonara", "1 carbonara large_portion"),
        ("the biggest margherita you've got", "1 margherita large"),
    ],
)
def test_a_size_is_the_dish_s_own_whatever_word_for_size_stands_behind_it(text: str, line: str) -> None:
    assert in_short(text) == [line]


@pytest.mark.parametrize("text", ["one diavola one ortolana both large", "a diavola and an ortolana both in large"])
def test_what_follows_both_is_of_all_lines_before(text: str) -> None:
    assert in_short(text) == ["1 diavola large", "1 ortolana large"]


@pytest.mark.parametrize("text", ["a bottle of lemonade", "a big bottle of lemonade"])
def test_a_choice_of_a_combo_out_of_sight_is_the_dish_it_names(text: str) -> None:
    assert in_short(text) == ["1 lemonade large"]
    feast = Line("family_feast", 1, (Option("feast_pizza", "feast_hawaiian"),))
    (edit,) = PARSER.edits(text, [feast]).edits
    assert isinstance(edit, Change) and edit.put == (Option("feast_drink", "bottle_lemonade"),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a still water well make it two waters actually", "2 still_water"),
        ("a funghi make it large", "1 funghi large"),
        ("a coke make that two", "2 cola"),
    ],
)
@pytest.mark.parametrize("order", [(), (Line("lasagna"),)])
def test_what_is_made_so_in_the_same_breath_is_what_was_just_wanted(
    text: str, line: str, order: tuple[Line, ...]
) -> None:
    assert in_short(text, *order) == [line]


@pytest.mark.parametrize("text", ["can we make the pair of them large", "make them both large"])
def test_both_is_said_in_several_ways(text: str) -> None:
    edits = PARSER.edits(text, [Line("diavola"), Line("ortolana")]).edits
    assert [edit.target for edit in edits if isinstance(edit, Change)] == [0, 1]


def test_what_comes_instead_keeps_its_options() -> None:
    text = "scratch the calamari we'll do arancini instead with the garlic mayo"
    edits = PARSER.edits(text, [Line("calamari"), Line("carbonara", 2)]).edits
    assert edits == (Replace(0, Line("arancini", 1, (Option("dip", "garlic_mayo"),))),)


def test_a_dish_in_place_of_one_taken_back_is_no_topping_of_it() -> None:
    pizza = Line("margherita", 1, (Option("pizza_size", "small"),))
    edits = PARSER.edits("scratch that he's changed his mind he wants the pepperoni", [pizza]).edits
    assert edits == (Replace(0, Line("pepperoni_pizza")),)


def test_what_is_named_behind_just_stays_when_something_else_is_dropped() -> None:
    edits = PARSER.edits("i'll leave the slaw then just the ribs", [Line("ribs"), Line("coleslaw")]).edits
    assert edits == (Remove(1),)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("we fancy the four cheese pizza", ["1 quattro_formaggi"]),
        ("the lasagna sounds good we'll have two of them", ["2 lasagna"]),
        ("oh the hawaiian i haven't had that in years let's do one of those", ["1 hawaiian"]),
        (
            "first a bruschetta second a penne arrabbiata third um a cola",
            ["1 bruschetta", "1 penne_arrabbiata", "1 cola"],
        ),
    ],
)
def test_remarks_about_a_dish_and_places_in_a_list_hide_nothing_that_is_wanted(text: str, lines: list[str]) -> None:
    assert in_short(text) == lines
