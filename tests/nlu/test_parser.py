"""Fresh orders: what the parser reads on a menu that nothing was trained for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.bench_parser import big_menu
from nlu.menu import Group, Item, Menu, Value, load_menu
from nlu.order_lines import Line
from nlu.parser import OrderParser

MENU = load_menu(Path(__file__).parent / "diner.yml")
PARSER = OrderParser(MENU)


def told(lines: tuple[Line, ...]) -> str:
    return "; ".join(sorted(map(_told, lines)))


def _told(line: Line) -> str:
    options = sorted(o.value if o.amount == "regular" else f"{o.value}:{o.amount}" for o in line.options)
    return " ".join([str(line.quantity), line.item, *options])


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("a burger", "1 hamburger"),
        ("can i get two burgers with bacon and a large coke", "1 cola large; 2 hamburger bacon"),
        ("2 cokes", "2 cola"),
        ("half a dozen cheesecakes", "6 cheesecake"),
        ("i'd like a couple of burgers no onions", "2 hamburger onions:none"),
        ("burger extra cheese light onions", "1 hamburger cheddar:extra onions:light"),
        ("a burger easy on the onion hold the pickles", "1 hamburger onions:light pickles:none"),
        ("a burger with no extra cheese", "1 hamburger cheddar:not_extra"),
        ("a burger without onions or pickles", "1 hamburger onions:none pickles:none"),
        ("seven layer dip", "1 layer_dip"),
        ("two seven layer dips", "2 layer_dip"),
        ("one no bake cheesecake", "1 cheesecake"),
        ("a small root beer a large root beer and fries", "1 fries; 1 root_beer large; 1 root_beer small"),
        ("haburger with bakon", "1 hamburger bacon"),
        ("a ham burger and onionrings", "1 hamburger; 1 onion_rings"),
        ("olives and nuts and a coffee", "1 black_coffee; 1 snack nuts olives"),
        ("a side of olives", "1 snack olives"),
        ("a burger with red and green relish", "1 hamburger green_relish red_relish"),
        ("a burger with relish", "1 hamburger or:red_relish|green_relish"),
        ("two no three burgers", "3 hamburger"),
        ("a large sorry a small coke", "1 cola small"),
        ("a burger medium", "1 hamburger medium_cooked"),
        ("a medium coke", "1 cola medium"),
        ("a large coffee", "1 black_coffee"),
        ("coffee with milk and a melt", "1 black_coffee whole; 1 cheese_melt"),
        ("the lunch deal with fries and a coke", "1 lunch_deal deal_cola deal_fries"),
        (
            "a lunch deal with onion rings and a coffee and an extra coffee",
            "1 black_coffee; 1 lunch_deal deal_coffee deal_rings",
        ),
        ("a green salad with half vinaigrette", "1 green_salad vinaigrette:half"),
        ("two burgers one with bacon and the other with cheese", "1 hamburger bacon; 1 hamburger cheddar"),
        ("four burgers two of them with bacon", "2 hamburger; 2 hamburger bacon"),
        ("olives on the side", "1 snack olives"),
        (
            "two burgers one with no onions and one with extra cheese",
            "1 hamburger cheddar:extra; 1 hamburger onions:none",
        ),
        ("burger fries and a coke", "1 cola; 1 fries; 1 hamburger"),
        ("a burger withot onions and exra cheese plase", "1 hamburger cheddar:extra onions:none"),
        ("I WOULD LIKE A BURGER, PLEASE!", "1 hamburger"),
        ("a dozen burgers half with bacon half with cheese", "6 hamburger bacon; 6 hamburger cheddar"),
        ("two burgers one with bacon one plain", "1 hamburger; 1 hamburger bacon"),
        ("two burgers one with bacon and one without", "1 hamburger bacon; 1 hamburger bacon:none"),
        ("three burgers one of them without onions", "1 hamburger onions:none; 2 hamburger"),
        ("burgers, four of them", "4 hamburger"),
        ("a burger with bacon and the same but with cheese", "1 hamburger bacon; 1 hamburger bacon cheddar"),
        ("a large coke, actually make it a small", "1 cola small"),
        ("a small and a large coke", "1 cola large; 1 cola small"),
        ("a burger with bacon and bacon", "1 hamburger bacon"),
    ],
)
def test_an_order_is_read(text: str, order: str) -> None:
    assert told(PARSER.parse(text).lines) == order


@pytest.mark.parametrize("item", MENU.items, ids=lambda item: item.id)
def test_every_name_of_an_item_is_that_item(item: Item) -> None:
    for name in item.names:
        for text in (name, f"a {name}", f"can i have a {name} please", name.upper()):
            assert [line.item for line in PARSER.parse(text).lines] == [item.id], text


def test_every_name_of_a_value_is_that_value_on_its_items() -> None:
    for item in MENU.items:
        for group in MENU.groups_of(item.id):
            for value in group.values:
                for name in value.names:
                    (line,) = PARSER.parse(f"a {item.names[0]} with {name}").lines
                    assert name in {n for o in line.options for n in MENU.groups[o.group].by_id[o.value].names}


def test_a_name_that_several_items_share_is_asked_about() -> None:
    parse = PARSER.parse("an orange please")
    assert parse.confidence <= 0.5
    assert parse.question is not None
    assert parse.question.text == "Which one would you like: Orange juice or Orange soda?"
    assert len(parse.question.choices) == 2


def test_what_is_not_sold_now_is_not_offered_in_a_question() -> None:
    parse = OrderParser(MENU, unavailable=["orange_juice"]).parse("an orange please")
    assert parse.question is None or "juice" not in parse.question.text


def test_a_value_that_stands_for_several_is_asked_about() -> None:
    parse = PARSER.parse("a burger with relish")
    assert parse.question is not None
    assert parse.question.text == "Red relish or Green relish?"
    (first, _) = parse.question.choices
    assert first.edits[0].line.options[0].value == "red_relish"  # type: ignore[union-attr]


def test_unknown_food_is_named_and_never_guessed() -> None:
    parse = PARSER.parse("a burger and a plate of glorbats")
    assert told(parse.lines) == "1 hamburger"
    assert parse.unknown == ("glorbats",)


def test_a_wish_for_the_kitchen_is_a_note() -> None:
    (line,) = PARSER.parse("fries cut in half").lines
    assert (line.item, line.note) == ("fries", "cut in half")


def test_two_items_of_one_name_are_asked_about() -> None:
    twins = Menu("twins", "USD", (Item("a", "x", ("stew",), 1), Item("b", "x", ("stew",), 1)))
    parse = OrderParser(twins).parse("a stew")
    assert len(parse.lines) == 1
    assert parse.question is not None


def test_a_menu_of_a_thousand_items_works() -> None:
    (line,) = OrderParser(big_menu(1000)).parse("two of the dish 907 with extra sauce 13").lines
    assert told((line,)) == "2 dish_907 sauce_13:extra"


def test_ten_thousand_words_are_read() -> None:
    lines = PARSER.parse("and a burger with bacon " * 2000).lines
    assert {line.item for line in lines} == {"hamburger"}


def test_a_menu_of_one_item_without_groups_works() -> None:
    assert told(OrderParser(Menu("m", "USD", (Item("a", "x", ("stew",), 1),))).parse("two stews").lines) == "2 a"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_without_error(text: str) -> None:
    check(OrderParser.parse(PARSER, text).lines, MENU)


_WORDS = sorted(
    {name for item in MENU.items for name in item.names}
    | {name for group in MENU.groups.values() for value in group.values for name in value.names}
    | set("a the two one no without extra light and with on both all side of or not sorry make it 7 dozen , .".split())
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=25))
def test_only_what_the_menu_allows_comes_out(words: list[str]) -> None:
    parse = PARSER.parse(" ".join(words))
    check(parse.lines, MENU)
    assert 0 <= parse.confidence <= 1


def check(lines: tuple[Line, ...], menu: Menu) -> None:
    for line in lines:
        assert line.quantity >= 1
        chosen: dict[str, int] = {}
        for option in line.options:
            assert option.group in menu.by_id[line.item].groups
            group = menu.groups[option.group]
            assert option.value in group.by_id
            assert option.amount in ("regular", *group.amounts) or option.amount == "not_extra"
            chosen[group.id] = chosen.get(group.id, 0) + 1
            assert not group.select_one or chosen[group.id] == 1
        assert len({(o.group, o.value) for o in line.options}) == len(line.options)


_NAMES = st.lists(
    st.text(st.characters(whitelist_categories=("Ll",), max_codepoint=0x17F), min_size=3, max_size=9),
    min_size=1,
    max_size=3,
).map(" ".join)


@settings(max_examples=40, deadline=None)
@given(st.lists(_NAMES, min_size=1, max_size=8, unique=True), st.lists(_NAMES, min_size=1, max_size=5, unique=True))
def test_on_any_menu_every_order_is_allowed(items: list[str], values: list[str]) -> None:
    group = Group("g", tuple(Value(f"v{n}", (name,)) for n, name in enumerate(values)), False, ("none",))
    menu = Menu("m", "USD", tuple(Item(f"i{n}", "x", (name,), 1, ("g",)) for n, name in enumerate(items)), {"g": group})
    parser = OrderParser(menu)
    check(parser.parse(f"two {items[0]} with {values[0]} and {items[-1]} no {values[-1]}").lines, menu)


@pytest.mark.parametrize("when", ["at 7:30", "around 7:30 pm", "at 7 pm", "8pm", "at 11 o'clock"])
def test_a_time_of_day_counts_nothing(when: str) -> None:
    assert told(PARSER.parse(f"a root beer. I'd like to come {when}").lines) == "1 root_beer"


@pytest.mark.parametrize("number", ["999999999999999999999", "two million", "20000"])
def test_a_number_beyond_all_orders_stays_too_large_to_be_taken(number: str) -> None:
    assert PARSER.parse(f"{number} root beers").lines[0].quantity == 10_000


def test_a_value_of_many_groups_does_not_say_which_dish_goes_unsaid() -> None:
    groups = {name: Group(name, (Value(f"{name}_large", ("large",)),), True) for name in ("cup", "plate", "pie")}
    items = tuple(Item(f"dish_{name}", "main", (f"dish {name}",), 500, (name,)) for name in groups)
    others = tuple(Item(f"more_{name}", "main", (f"more {name}",), 500, (name,)) for name in ("plate", "pie"))
    assert OrderParser(Menu("sizes", "USD", (*items, *others), groups)).parse("a large one please").lines == ()
