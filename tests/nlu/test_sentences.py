import pytest

from nlu.sentences import split_sentences


@pytest.mark.parametrize(
    "text, parts",
    [
        (
            "two margheritas, oh and do you have outdoor seating? table for two at seven then",
            ["two margheritas", "oh and do you have outdoor seating?", "table for two at seven then"],
        ),
        ("a lasagna and a table for two at 7:30", ["a lasagna", "and a table for two at 7:30"]),
        ("a lasagna, are you open on sunday?", ["a lasagna", "are you open on sunday?"]),
        ("a pizza with ham, mushrooms and olives", ["a pizza with ham, mushrooms and olives"]),
        ("a table for two at 7.30 p.m. tomorrow", ["a table for two at 7.30 p.m.", "tomorrow"]),
        ("?!", []),
        ("", []),
    ],
)
def test_a_message_is_cut_where_something_new_begins(text: str, parts: list[str]) -> None:
    assert split_sentences(text) == parts
