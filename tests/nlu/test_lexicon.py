"""Names of a menu found in texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.lexicon import Lexicon
from nlu.menu import Item, Menu, load_menu
from nlu.tokens import key_of, name_keys, sound_of, tokenise

MENU = load_menu(Path(__file__).parent / "diner.yml")
LEXICON = Lexicon(MENU)


def found(text: str, lexicon: Lexicon = LEXICON) -> list[tuple[str, str]]:
    """(words, best sense) of each match."""
    tokens = tokenise(text)
    return [(" ".join(token.word for token in tokens[m.start : m.end]), m.senses[0].id) for m in lexicon.find(tokens)]


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("two burgers", [("burgers", "hamburger")]),
        ("a cheese melt", [("cheese melt", "cheese_melt")]),
        ("a melt with cheese", [("melt", "cheese_melt"), ("cheese", "cheddar")]),
        ("seven layer dip", [("seven layer dip", "layer_dip")]),
        ("7 layer dip", [("7 layer dip", "layer_dip")]),
        ("no bake cheesecake", [("no bake cheesecake", "cheesecake")]),
        ("no-bake cheesecake", [("no bake cheesecake", "cheesecake")]),
        ("a hambrger", [("hambrger", "hamburger")]),
        ("onionrings", [("onionrings", "onion_rings")]),
        ("a ham burger", [("ham burger", "hamburger")]),
        ("BURGER!", [("burger", "hamburger")]),
        ("can i have a table", []),
        ("the quick brown fox", []),
        ("red and green relish", [("red", "red_relish"), ("green relish", "green_relish")]),
        ("a red chair", []),
        ("a shot of relish", [("relish", "or:red_relish|green_relish")]),
    ],
)
def test_names_are_found(text: str, matches: list[tuple[str, str]]) -> None:
    assert found(text) == matches


def test_matches_do_not_overlap_and_stand_in_order() -> None:
    matches = LEXICON.find(tokenise("cheese melt with cheese onion rings onions and no bake cheesecake " * 3))
    assert all(one.end <= other.start for one, other in zip(matches, matches[1:]))


def test_what_a_guest_mishears_is_found_by_its_sound() -> None:
    menu = Menu("m", "USD", (Item("q", "x", ("quesadilla",), 1), Item("b", "x", ("barbacoa",), 1)))
    assert found("a barbakowa please", Lexicon(menu)) == [("barbakowa", "b")]


def test_the_exact_lexicon_knows_no_slips_and_no_parts() -> None:
    assert found("a hambrger with red and green relish", Lexicon(MENU, exact=True)) == [
        ("green relish", "green_relish")
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("olive", "olives"), ("anchovy", "anchovies"), ("sandwich", "sandwiches"), ("tomato", "tomatoes"), ("seven", "7"),
     ("cookie", "cookies"), ("jalapeno", "jalapenos"), ("loaf", "loaves"), ("fry", "fries"), ("glass", "glasses")],
)  # fmt: skip
def test_singular_plural_and_digits_share_a_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_accents_hyphens_and_case_do_not_count() -> None:
    assert name_keys("Jalapeño-Poppers") == name_keys("jalapeno poppers")


def test_tokens_know_where_they_stood() -> None:
    text = "A Crème brûlée, please"
    assert [text[token.start : token.end] for token in tokenise(text)] == ["A", "Crème", "brûlée", ",", "please"]


def test_words_that_sound_alike_share_a_sound() -> None:
    assert sound_of("barbacoa") == sound_of("barbakowa")
    assert sound_of("mocha") != sound_of("latte")


@pytest.mark.parametrize("text", ["a beer", "two steaks", "lamb", "a bowl of nachos"])
def test_other_food_is_no_slip_for_what_the_menu_has(text: str) -> None:
    menu = Menu("m", "USD", tuple(Item(n, "x", (n,), 1) for n in ("beef", "steam", "lime", "lamp", "nacho")))
    assert not {sense for _, sense in found(text, Lexicon(menu))} & {"beef", "steam", "lamp"}
    assert found("a beeef", Lexicon(menu)) == [("beeef", "beef")]


def test_a_compound_with_a_dish_at_its_end_is_two_words() -> None:
    menu = Menu("m", "USD", (Item("b", "x", ("burger",), 1), Item("c", "x", ("chocolate cake", "cheese plate"), 1)))
    lexicon = Lexicon(menu)
    assert lexicon.parts_of("cheeseburger") == ("cheese", "burger")
    assert lexicon.parts_of("cheesecake") is None and lexicon.parts_of("burger") is None
    assert lexicon.parts_of("hamburger") is None  # ham is on no menu here
