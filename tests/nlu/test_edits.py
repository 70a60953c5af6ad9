"""Edits of an order: each case is an utterance and what it does to the order, written in short."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlu.menu import load_menu
from nlu.order_lines import Add, Asked, Change, Clear, Edit, Line, Option, Remove, Replace, Undo
from nlu.parser import OrderParser

MENU = load_menu(Path(__file__).parent / "diner.yml")
PARSER = OrderParser(MENU)


def line(item: str, quantity: int = 1, *options: str) -> Line:
    return Line(item, quantity, tuple(Option(*option.split("/")) for option in options))


MEAL = (
    line("hamburger", 1, "filling/cheddar"),
    line("fries", 1, "size/large"),
    line("cola", 2, "size/large"),
)
TWINS = (line("pancake", 1, "size/large"), line("pancake", 1, "size/small"), line("cola", 1, "size/small"))


def told(edit: Edit) -> str:
    """An edit in short: ``+2 cola large``, ``-1 of 2``, ``0: +onions:none -cheddar``, ``1 = onion_rings large``."""
    if isinstance(edit, Add):
        return f"+{_line(edit.line)}"
    if isinstance(edit, Remove):
        return f"-{'all' if edit.quantity is None else edit.quantity} of {edit.target}"
    if isinstance(edit, Replace):
        return f"{edit.target} = {_line(edit.line)}"
    if isinstance(edit, Change):
        parts = [f"x{edit.quantity}"] if edit.quantity is not None else []
        parts += [f"only {edit.of}"] if edit.of is not None else []
        parts += [f"+{_option(o)}" for o in edit.put] + [f"-{value}" for _, value in edit.drop]
        return f"{edit.target}: {' '.join(parts + ([repr(edit.note)] if edit.note else []))}"
    return {Undo: "undo", Clear: "clear"}[type(edit)]


def _line(line: Line) -> str:
    note = [repr(line.note)] if line.note else []
    return " ".join([str(line.quantity), line.item, *sorted(_option(o) for o in line.options), *note])


def _option(option: Option) -> str:
    return option.value if option.amount == "regular" else f"{option.value}:{option.amount}"


def read(text: str, order: tuple[Line, ...] = MEAL, asked: Asked | None = None) -> str:
    return "; ".join(told(edit) for edit in PARSER.edits(text, order, asked).edits)


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("and a root beer", "+1 root_beer"),
        ("can i also get two small root beers please", "+2 root_beer small"),
        ("one more cola", "+1 cola"),
        ("another burger with no onions", "+1 hamburger onions:none"),
        ("add an order of onion rings", "+1 onion_rings"),
        ("i also want a coffee with oat milk", "+1 black_coffee oat"),
        ("make that three", "2: x3"),
        ("two of those", "2: x2"),
        ("actually make it a small", "2: +small"),
        ("the second one small", "1: +small"),
        ("make the fries small", "1: +small"),
        ("make the large fries small", "1: +small"),
        ("change the fries to a small", "1: +small"),
        ("can you make one of the colas small", "2: only 1 +small"),
        ("no onions on the burger", "0: +onions:none"),
        ("extra bacon on the burger please", "0: +bacon:extra"),
        ("put bacon on the burger and no ice in the cola", "0: +bacon; 2: +ice:none"),
        ("no cheese on the burger", "0: -cheddar"),
        ("take the cheese off the burger", "0: -cheddar"),
        ("add bacon to the burger and make the fries small", "0: +bacon; 1: +small"),
        ("the fries small and the cola medium", "1: +small; 2: +medium"),
        ("with bacon", "0: +bacon"),
        ("remove the fries", "-all of 1"),
        ("no fries", "-all of 1"),
        ("i don't want the fries anymore", "-all of 1"),
        ("take off the last one", "-all of 2"),
        ("take one of the colas off", "-1 of 2"),
        ("cancel the burger and the fries", "-all of 0; -all of 1"),
        ("remove everything except the burger", "-all of 1; -all of 2"),
        ("swap the fries for onion rings", "1 = 1 onion_rings large"),
        ("onion rings instead of the fries", "1 = 1 onion_rings large"),
        ("can i have root beer instead of cola", "2 = 2 root_beer large"),
        ("replace one of the colas with a root beer", "-1 of 2; +1 root_beer large"),
        ("make the burger a cheese melt", "0 = 1 cheese_melt"),
        ("swap the cheese for bacon", "0: +bacon -cheddar"),
        ("undo that", "undo"),
        ("no wait go back", "undo"),
        ("start over", "clear"),
        ("cancel everything please", "clear"),
        ("same again but small", "+2 cola small"),
        ("another one", "+1 cola large"),
        ("same again but no ice", "+2 cola ice:none large"),
        ("all of the colas with extra ice", "2: +ice:extra"),
        ("two more of those", "2: x4"),
        ("three colas instead of two", "2: x3"),
        ("remove the last two", "-all of 1; -all of 2"),
        ("not cola, root beer", "2 = 2 root_beer large"),
        ("root beer not cola", "2 = 2 root_beer large"),
        ("replace everything with a cheese melt", "clear; +1 cheese_melt"),
        ("swap the burger and the fries for a lunch deal", "0 = 1 lunch_deal; -all of 1"),
        ("i'd rather have a root beer", "2 = 2 root_beer large"),
        ("scratch that make it a root beer", "2 = 1 root_beer"),
        ("just one cola", "2: x1"),
        ("one small and one medium", "2: only 1 +small; 2: only 1 +medium"),
        ("make one cola small and the other medium", "2: only 1 +small; 2: only 1 +medium"),
        ("take one away", "-1 of 2"),
        ("the cola should be small", "2: +small"),
        ("remove the fries and add a coffee", "-all of 1; +1 black_coffee"),
        ("two, no, three coffees", "+3 black_coffee"),
        ("a large, sorry, a small root beer", "+1 root_beer small"),
        ("cut the burger in half", "0: 'cut in half'"),
        ("the burger toasted please", "0: 'toasted'"),
    ],
)
def test_an_utterance_edits_the_order(text: str, edits: str) -> None:
    assert read(text) == edits


@pytest.mark.parametrize(
    "text", ["is the burger with cheese any good", "what comes with the fries", "how big is a large"]
)
def test_a_question_is_hardly_taken_for_an_edit(text: str) -> None:
    reading = PARSER.edits(text, MEAL)
    assert not reading.edits or reading.confidence < 0.3


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("make the second pancakes medium", "1: +medium"),
        ("remove the small pancakes", "-all of 1"),
        ("make both pancakes medium", "0: +medium; 1: +medium"),
        ("the large one should be medium", "0: +medium"),
    ],
)
def test_twin_lines_are_told_apart(text: str, edits: str) -> None:
    assert read(text, TWINS) == edits


def test_twin_lines_that_are_not_told_apart_are_asked_about() -> None:
    reading = PARSER.edits("remove the pancakes", TWINS)
    assert reading.edits == ()
    assert reading.question is not None
    assert reading.question.text == "Which one do you mean, the large pancake stack or the small pancake stack?"
    assert [choice.edits for choice in reading.question.choices] == [(Remove(0),), (Remove(1),)]


@pytest.mark.parametrize(
    ("text", "edits"),
    [
        ("large", "0: +medium_cooked"),
        ("uh medium", "0: +medium_cooked"),
        ("medium please", "0: +medium_cooked"),
        ("the medium one please", "0: +medium_cooked"),
        ("rare and a coke", "0: +rare; +1 cola"),
        ("make it well done", "0: +well"),
    ][1:],
)
def test_an_answer_goes_to_the_line_that_was_asked_about(text: str, edits: str) -> None:
    assert read(text, MEAL, Asked(0, "doneness")) == edits


def test_a_part_of_a_name_answers_when_only_one_value_has_it() -> None:
    order = (line("hamburger", 1, "filling/or:red_relish|green_relish"),)
    assert read("the red one", order, Asked(0, "filling")) == "0: +red_relish -or:red_relish|green_relish"
    assert read("green relish please", order, Asked(0, "filling")) == "0: +green_relish -or:red_relish|green_relish"


@pytest.mark.parametrize(
    "text",
    ["", "hello", "what time do you close", "how are you today", "yes please", "no thanks", "that's all", "thank you",
     "can i book a table for four", "what is your address", "my name is", "???", "12345"],
)  # fmt: skip
@pytest.mark.parametrize("order", [(), MEAL])
def test_talk_that_is_no_order_edits_nothing(text: str, order: tuple[Line, ...]) -> None:
    reading = PARSER.edits(text, order)
    assert (reading.edits, reading.unknown) == ((), ())
    assert reading.confidence < 0.2


def test_food_that_the_menu_lacks_is_named_back() -> None:
    assert PARSER.edits("and some glorbats please", MEAL).unknown == ("glorbats",)


def test_removing_what_is_not_there_says_so() -> None:
    reading = PARSER.edits("remove the coffee", MEAL)
    assert reading.edits == ()
    assert reading.question is not None
    assert reading.question.text.startswith("There is no coffee in your order.")


def test_asking_about_a_line_that_is_not_there_is_an_error() -> None:
    with pytest.raises(IndexError):
        PARSER.edits("large", MEAL, Asked(3, "size"))


_WORDS = sorted(
    {name for item in MENU.items for name in item.names}
    | {name for group in MENU.groups.values() for value in group.values for name in value.names}
    | set(
        "make it that the a two one no without extra remove swap for instead of and with both all undo second".split()
    )
    | set("another same again but take off add on change to large everything except xyzzy , . 3".split())
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(_WORDS), max_size=12), st.integers(0, 3), st.booleans())
def test_edits_never_name_a_missing_line(words: list[str], count: int, asked: bool) -> None:
    order = MEAL[:count]
    reading = PARSER.edits(" ".join(words), order, Asked(0, "size") if asked and order else None)
    edits = [*reading.edits, *(e for c in (reading.question.choices if reading.question else ()) for e in c.edits)]
    for edit in edits:
        if isinstance(edit, (Remove, Change, Replace)):
            assert 0 <= edit.target < len(order)
        if isinstance(edit, (Add, Replace)):
            assert_allowed(edit.line)
        if isinstance(edit, Change):
            groups = MENU.by_id[order[edit.target].item].groups
            assert all(option.group in groups for option in edit.put)


def assert_allowed(line: Line) -> None:
    groups = MENU.by_id[line.item].groups
    assert line.quantity >= 1
    for option in line.options:
        assert option.group in groups
        assert option.value in MENU.groups[option.group].by_id


def test_changing_some_of_a_line_leaves_the_rest() -> None:
    order = (line("cola", 2),)
    assert [told(e) for e in PARSER.edits("make one of the colas a root beer", order).edits] == [
        "-1 of 0",
        "+1 root_beer",
    ]


@pytest.mark.parametrize("words", ["can you change my order to add", "please update the order and add"])
def test_changing_the_order_to_add_something_only_adds(words: str) -> None:
    assert [told(e) for e in PARSER.edits(f"{words} onion rings", MEAL).edits] == ["+1 onion_rings"]


def test_what_comes_instead_of_something_taken_off_replaces_nothing_else() -> None:
    edits = PARSER.edits("take off the fries and give me onion rings instead", MEAL).edits
    assert [told(e) for e in edits] == ["-all of 1", "+1 onion_rings"]


def test_a_line_is_told_apart_by_what_no_other_line_has() -> None:
    twins = (*TWINS[:2], line("pancake", 2, "size/large"))
    question = PARSER.edits("remove one of the large ones", twins).question
    assert question is not None and len({choice.label for choice in question.choices}) == len(question.choices)


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("double it", [1, 4]),
        ("ok, double that please", [1, 4]),
        ("can you double the hamburger", [2, 2]),
        ("double everything", [2, 4]),
        ("double cheese", [1, 2]),
    ],
)
def test_doubling_doubles_what_is_named(text: str, counts: list[int]) -> None:
    order = (Line("hamburger", 1), Line("onion_rings", 2))
    after = [line.quantity for line in order]
    for edit in PARSER.edits(text, order).edits:
        if isinstance(edit, Change) and edit.quantity is not None:
            after[edit.target] = edit.quantity
    assert after == counts


def test_some_with_something_are_so_many_of_the_line() -> None:
    order = (Line("hamburger", 2),)
    edits = PARSER.edits("one with cheddar", order).edits
    assert len(edits) == 1 and isinstance(edits[0], Change) and edits[0].of == 1


def test_actually_and_a_count_sets_the_count() -> None:
    order = (Line("onion_rings", 3),)
    edits = PARSER.edits("hmm actually 2 onion rings and a hamburger", order).edits
    assert edits == (Change(0, 2), Add(Line("hamburger")))
    (more,) = PARSER.edits("actually 2 more onion rings", order).edits
    assert not isinstance(more, Change) or more.quantity == 5


@pytest.mark.parametrize("text", ["swap the hamburgers for onion rings", "change my hamburgers to onion rings"])
def test_the_plural_means_all_lines_of_a_dish(text: str) -> None:
    order = (Line("hamburger", 2), Line("hamburger", 1, (Option("topping", "cheddar"),)))
    edits = PARSER.edits(text, order).edits
    assert [(e.target, e.line.quantity) for e in edits if isinstance(e, Replace)] == [(0, 2), (1, 1)]


@pytest.mark.parametrize(
    "text, edits",
    [
        ("take the fries off again please", "-all of 1"),
        ("one cola not two", "2: x1"),
        ("i want the cola in small", "2: +small"),
    ],
)
def test_what_is_ordered_is_changed_and_not_ordered_again(text: str, edits: str) -> None:
    assert read(text) == edits


def test_what_is_put_on_it_goes_on_the_dish_just_named() -> None:
    assert read("a hamburger and put cheddar on it", (line("cola", 1, "size/large"),)) == "+1 hamburger cheddar"
