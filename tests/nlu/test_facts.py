"""Meaning representations: what is read, and what is refused with one clear line."""

import pytest

from nlu.facts import LONGEST_LINE, FactsError, kind_of, list_of, listed, parse_facts


def test_facts_keep_their_order_and_the_slots_own_spelling():
    facts = parse_facts("Name[Blue Spice],eattype[ pub ], customerRating[5 out of 5],  area[city  centre]")
    assert list(facts.items()) == [
        ("name", "Blue Spice"),
        ("eatType", "pub"),
        ("customer rating", "5 out of 5"),
        ("area", "city centre"),
    ]


def test_a_fact_said_twice_is_one_fact():
    assert parse_facts("name[The Eagle], area[riverside], area[Riverside]") == {
        "name": "The Eagle",
        "area": "riverside",
    }


@pytest.mark.parametrize(
    "line, about",
    [
        ("", "empty"),
        ("   ", "empty"),
        ("name", "expected slot[value] at character 1"),
        ("name[Blue", "expected slot[value]"),
        ("name[A] food[B]", "expected slot[value]"),
        ("name[A], ", "a comma ends the line"),
        ("name[A]]", "expected slot[value]"),
        ("name[], food[Thai]", "name has no value"),
        ("name[A], colour[red]", "unknown slot 'colour'"),
        ("name[A], food[Thai], food[French]", "contradictory facts: food is 'Thai' and 'French'"),
        ("name[A], familyFriendly[yes], familyFriendly[no]", "contradictory facts"),
        ("name[A], familyFriendly[maybe]", "familyFriendly is yes or no"),
        ("name[A], near[a]", "near itself"),
        ("name[A], dish[B]", "not both"),
        ("dish[B], area[riverside]", "a dish has no area"),
        ("diet[vegan], price[$3]", "dish is missing"),
        ("name[a\x00b], food[Thai]", "control characters"),
        ("name[" + "x" * 400 + "], food[Thai]", "at most 300 characters"),
        ("x" * 10_000, f"10000 characters; a meaning representation has at most {LONGEST_LINE}"),
        (" " * 1990 + "x", "expected slot[value] at character 1: 'x'"),
        ("name[<name>], food[Thai]", "without braces"),
    ],
)
def test_what_cannot_be_worded_is_refused_in_one_line(line, about):
    with pytest.raises(FactsError) as refused:
        parse_facts(line)
    assert about in str(refused.value) and "\n" not in str(refused.value)


def test_the_head_tells_the_kind():
    assert [kind_of(facts) for facts in ({"name": "A"}, {"dish": "A"}, {"special": "A"}, {"items": "A"}, {"area": "A"})] == [
        "restaurant", "dish", "special", "summary", "restaurant",
    ]  # fmt: skip


def test_lists_are_taken_apart_and_joined():
    assert list_of("tomato, basil, and mint and salt") == ["tomato", "basil", "mint", "salt"]
    assert listed(["a", "b", "c"]) == "a, b and c" and listed(["a"]) == "a"
