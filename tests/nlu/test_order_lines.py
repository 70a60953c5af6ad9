import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.order_lines import (
    Add,
    Change,
    Clear,
    Edit,
    Line,
    Option,
    Remove,
    Replace,
    Undo,
    canonical,
    edit_as_json,
    edit_from_json,
)

words = st.text("abc_", min_size=1, max_size=4)
options = st.builds(Option, words, words, st.sampled_from(["regular", "extra", "not_extra"]))
lines = st.builds(
    Line, words, st.integers(1, 30), st.lists(options, max_size=4).map(tuple), st.sampled_from(["", "cut"])
)
counts = st.none() | st.integers(0, 9)
targets = st.integers(0, 9)
edits = (
    st.builds(Add, lines)
    | st.builds(Remove, targets, counts)
    | st.builds(Replace, targets, lines)
    | st.builds(
        Change,
        targets,
        counts,
        st.lists(options, max_size=3).map(tuple),
        st.lists(st.tuples(words, words), max_size=3).map(tuple),
        counts,
        st.sampled_from(["", "crispy"]),
    )
    | st.just(Undo())
    | st.just(Clear())
)


@given(edits)
def test_an_edit_survives_being_stored_as_json(edit: Edit) -> None:
    assert edit_from_json(json.loads(json.dumps(edit_as_json(edit)))) == edit


@given(lines)
def test_a_line_survives_being_stored_as_json(line: Line) -> None:
    assert Line.from_json(json.loads(json.dumps(line.as_json()))) == line


def test_a_line_is_written_in_the_form_that_others_score() -> None:
    line = Line("burger", 2, (Option("topping", "bacon"), Option("topping", "onion", "none")))
    assert line.as_json() == {
        "item": "burger",
        "quantity": 2,
        "options": [
            {"group": "topping", "value": "bacon"},
            {"group": "topping", "value": "onion", "amount": "none"},
        ],
    }
    assert Line.from_json({"item": "cola"}) == Line("cola")


@given(st.data(), st.lists(lines, max_size=5))
def test_the_order_of_lines_and_options_does_not_matter(data: st.DataObject, order: list[Line]) -> None:
    mixed = [
        Line(line.item, line.quantity, tuple(data.draw(st.permutations(line.options))), "another note")
        for line in data.draw(st.permutations(order))
    ]
    assert canonical(mixed) == canonical(order)


@pytest.mark.parametrize(
    "other",
    [
        Line("burger", 2, (Option("t", "a"),)),
        Line("burger", 1, (Option("t", "a", "extra"),)),
        Line("burger", 1, (Option("t", "a"), Option("t", "a"))),
        Line("burger", 1, (Option("s", "a"),)),
        Line("burger"),
    ],
)
def test_another_quantity_amount_group_or_option_is_another_order(other: Line) -> None:
    assert canonical([other]) != canonical([Line("burger", 1, (Option("t", "a"),))])


def test_two_lines_are_not_one_line_of_two() -> None:
    assert canonical([Line("cola"), Line("cola")]) != canonical([Line("cola", 2)])
