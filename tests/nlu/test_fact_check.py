"""The checker: our own sentences one by one, and references of the E2E set labelled by hand."""

import json
from pathlib import Path

import pytest

from nlu.bench_describe import checker_counts, labelled
from nlu.data_sets import MissingDataError
from nlu.fact_check import check

LABELS = Path(__file__).parent / "e2e_labels.jsonl"
EAGLE = {
    "name": "The Eagle", "eatType": "pub", "food": "Italian", "priceRange": "cheap", "customer rating": "5 out of 5",
    "area": "riverside", "familyFriendly": "yes", "near": "Burger King",
}  # fmt: skip
RIGHT = (
    "The Eagle is a cheap Italian pub by the river, near Burger King. Families are welcome, and it has five stars.",
    "Near Burger King, on the riverside, the low-priced and child friendly pub The Eagle serves Italian food; its "
    "customer rating is 5 out of 5.",
)  # fmt: skip


@pytest.mark.parametrize("sentence", RIGHT)
def test_a_sentence_with_every_fact_passes(sentence):
    assert check(EAGLE, sentence).ok, check(EAGLE, sentence)


@pytest.mark.parametrize(
    "before, after, slot",
    [
        ("The Eagle", "The Beagle", "name"),
        ("cheap ", "", "priceRange"),
        ("cheap", "moderately priced", "priceRange"),
        ("cheap", "expensive", "priceRange"),
        ("cheap", "not cheap but expensive", "priceRange"),
        ("Italian ", "", "food"),
        ("Italian", "Chinese", "food"),
        ("pub", "coffee shop", "eatType"),
        ("pub", "place", "eatType"),
        ("by the river", "in the city centre", "area"),
        (", near Burger King", "", "near"),
        ("near Burger King", "run by Mr King", "near"),
        ("Families are welcome", "Families are not welcome", "familyFriendly"),
        ("Families are welcome", "It isn't family friendly", "familyFriendly"),
        ("Families are welcome", "It is for adults only", "familyFriendly"),
        ("Families are welcome, and it", "It", "familyFriendly"),
        ("five stars", "one star", "customer rating"),
        ("five stars", "a high customer rating", "customer rating"),
        ("five stars", "opened", "customer rating"),
    ],
)
def test_a_fact_left_out_or_changed_is_found(before, after, slot):
    sentence = RIGHT[0].replace(before, after)
    assert sentence != RIGHT[0]
    verdict = check(EAGLE, sentence)
    assert slot in verdict.missing or slot in verdict.wrong, verdict
    assert set(verdict.right) == set(EAGLE) - {slot}


@pytest.mark.parametrize(
    "more, slot",
    [
        (" It is expensive.", "priceRange"),
        (" Its customer rating is average.", "customer rating"),
        (" It is in the city centre.", "area"),
        (" Kids like it.", "familyFriendly"),
        (" It is near Clare Hall.", "near"),
        (" It serves sushi.", "food"),
        (" It is a hotel.", "eatType"),
    ],
)
def test_a_fact_that_was_not_given_is_invented(more, slot):
    facts = {"name": "Blue Spice"} | ({"area": "riverside"} if slot != "area" else {"food": "Thai"})
    sentence = "Blue Spice is by the river." if slot != "area" else "Blue Spice serves Thai food."
    assert check(facts, sentence).ok
    assert slot in check(facts, sentence + more).invented


def test_the_two_names_must_not_change_places():
    facts = {"name": "The Eagle", "near": "Burger King", "familyFriendly": "yes"}
    assert check(facts, "The Eagle is family friendly and near Burger King.").ok
    assert not check(facts, "Burger King is family friendly and near The Eagle.").ok


def test_words_of_degree_belong_to_the_price_or_to_the_rating_beside_them():
    facts = {"name": "A", "priceRange": "high", "customer rating": "low"}
    assert check(facts, "A has high prices and a low customer rating.").ok
    assert check(facts, "The price range of A is high and its customer rating is low.").ok
    swapped = check(facts, "A has low prices and a high customer rating.")
    assert set(swapped.wrong) == {"priceRange", "customer rating"}


DISH = {"dish": "Margherita", "ingredients": "San Marzano tomato, mozzarella, basil", "price": "$10.00"}


def test_a_dish_needs_every_ingredient_and_the_exact_price():
    assert check(DISH, "Our Margherita comes with San Marzano tomato, mozzarella and basil. It costs $10.00.").ok
    assert check(DISH, "Our Margherita comes with San Marzano tomato and basil. It costs $10.00.").missing == (
        "ingredients",
    )
    assert check(DISH, "Our Margherita comes with San Marzano tomato, mozzarella and basil. It costs $1.00.").missing
    assert check(DISH, "Our Margherita comes with San Marzano tomato, mozzarella and basil. It costs $10.000.").missing


@pytest.mark.parametrize("more", ["fresh ", "vegan ", "organic ", "2 ", "homemade "])
def test_a_dish_gets_no_word_that_could_promise_something(more):
    sentence = f"Our {more}Margherita comes with San Marzano tomato, mozzarella and basil. It costs $10.00."
    assert check(DISH, sentence).invented


def test_an_order_summary_needs_its_total_once():
    facts = {"items": "2 Margherita (large) and 1 Cola", "total": "$32.40"}
    assert check(facts, "You have 2 Margherita (large) and 1 Cola. That comes to $32.40.").ok
    assert not check(facts, "You have 2 Margherita (large) and 1 Cola. That comes to $32.40, $3.00 of it tax.").ok


def test_labels_by_hand_hold_ids_and_slots_but_no_sentences():
    labels = [json.loads(line) for line in LABELS.read_text().splitlines()]
    assert len(labels) == len({label["id"] for label in labels}) == 200
    assert all(set(label) <= {"id", "part", "missing", "wrong", "invented"} for label in labels)


@pytest.mark.parametrize("part, precision, recall", [("development", 0.95, 0.95), ("held_out", 0.9, 0.9)])
def test_the_checker_agrees_with_labels_by_hand(part, precision, recall):
    try:
        assert len(labelled(part)) == 100
    except MissingDataError as error:
        pytest.skip(f"the E2E set is not here: {error}")
    right, wrong, overlooked, _, _ = checker_counts(part)
    assert right / (right + wrong) >= precision and right / (right + overlooked) >= recall
