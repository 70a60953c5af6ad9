from dataclasses import replace

import pytest

from bot.core.answers import allergens_named, find_items
from tests.bot.parts import MENU, NIGHT, Visitor, add


@pytest.fixture
def guest() -> Visitor:
    return Visitor()


@pytest.mark.parametrize("item", [item.id for item in MENU.items])
def test_every_dish_is_found_by_each_of_its_names_and_told_with_its_price(guest: Visitor, item: str) -> None:
    dish = MENU.by_id[item]
    for name in dish.names:
        assert dish in find_items(f"how much is the {name}?", MENU)
    heard = guest.says(f"how much is the {dish.names[0]}?", "ask_item")
    assert dish.title in heard.words
    assert f"${dish.price_cents / 100:.2f}" in heard.words or "item_unavailable" in heard.kinds


@pytest.mark.parametrize("item", [item.id for item in MENU.items])
def test_allergens_are_those_of_the_menu_file_and_never_promised_beyond(guest: Visitor, item: str) -> None:
    dish = MENU.by_id[item]
    heard = guest.says(f"what allergens are in the {dish.names[0]}?", "ask_item")
    assert "allergy_caution" in heard.kinds
    for allergen in dish.allergens:
        assert allergen in heard.words
    assert "safe" not in heard.words


def test_a_named_allergen_is_answered_with_yes_or_not_listed(guest: Visitor) -> None:
    assert "Yes, according to our menu" in guest.says("are there nuts in the pesto gnocchi?", "ask_item").words
    heard = guest.says("does the lasagna contain nuts?", "ask_item")
    assert heard.kinds == ["item_contains_not", "allergy_caution"]


def test_common_words_name_the_menu_s_allergens() -> None:
    assert allergens_named("any dairy or peanuts?", MENU) == ["milk", "nuts"]
    assert allergens_named("squid and wheat", MENU) == ["gluten", "mollusc"]
    assert allergens_named("hello", MENU) == []


def test_the_longest_name_wins_and_words_are_used_once() -> None:
    assert [item.id for item in find_items("sweet potato fries and a diet coke", MENU)] == [
        "sweet_potato_fries",
        "diet_cola",
    ]


def test_a_sold_out_dish_is_told_as_sold_out(guest: Visitor) -> None:
    guest.kitchen.out = {"tiramisu"}
    heard = guest.says("do you have tiramisu?", "ask_item")
    assert heard.kinds == ["item_unavailable"] and "sold out" in heard.words and not heard.plan.cards


def test_the_menu_is_shown_by_kind_and_leaves_out_what_is_not_sold(guest: Visitor) -> None:
    assert guest.says("show me the menu", "ask_menu").kinds == ["menu_kinds"]
    guest.kitchen.out = {"tiramisu"}
    heard = guest.says("what desserts do you have", "ask_menu")
    assert "Gelato" in heard.words and "Tiramisu" not in heard.words
    assert [card.title for card in heard.plan.cards] and all(card.price_cents > 0 for card in heard.plan.cards)


def test_a_diet_lists_only_dishes_with_its_mark(guest: Visitor) -> None:
    words = guest.says("what vegan dishes do you have", "ask_menu").words
    for item in MENU.items:
        if "vegan" not in item.diet:
            assert f" {item.title}," not in words
    assert "Marinara" in words


def test_it_means_the_dish_last_ordered(guest: Visitor) -> None:
    guest.orders(add("carbonara"))
    assert "Carbonara" in guest.says("does it contain egg?", "ask_item").words


def test_a_dish_nobody_named_is_asked_for(guest: Visitor) -> None:
    assert guest.says("how much is it?", "ask_item").kinds == ["item_which"]


def test_hours_tell_the_day_that_was_asked_about(guest: Visitor) -> None:
    assert "12:00–21:30" in guest.says("are you open on sunday?", "ask_hours").words
    assert "closed" in guest.says("and at christmas?", "ask_hours").words
    assert "open now" in guest.says("when are you open?", "ask_hours").words
    assert "closed now" in Visitor(now=NIGHT).says("when are you open?", "ask_hours").words


def test_both_places_answer_when_no_place_is_chosen() -> None:
    words = Visitor(place=None).says("where are you?", "ask_location").words
    assert "12 Harbour Street" in words and "3 Mill Road" in words
    assert "12 Harbour" not in Visitor(place=None).says("where is the old mill?", "ask_location").words


def test_delivery_is_told_with_area_minimum_and_fee_or_as_pickup_only(guest: Visitor) -> None:
    words = guest.says("do you deliver?", "ask_delivery").words
    for fact in ("04199", "$15.00", "$3.50"):
        assert fact in words
    assert "pickup only" in Visitor(place="mill").says("do you deliver?", "ask_delivery").words


def test_waiting_is_told_as_a_time_and_when_closed_as_the_opening(guest: Visitor) -> None:
    assert "6:20 pm" in guest.says("how long is the wait", "ask_wait").words
    assert "11:00 am" in Visitor(now=NIGHT).says("how long is the wait", "ask_wait").words


def test_a_question_orders_nothing(guest: Visitor) -> None:
    for intent in (
        "ask_item",
        "ask_menu",
        "ask_hours",
        "ask_wait",
        "ask_delivery",
        "ask_payment",
        "ask_faq",
        "book_table",
    ):
        guest.says("how much is the lasagna?", intent, add("lasagna"))
        assert not guest.cart(), intent


def test_no_card_is_ever_asked_for(guest: Visitor) -> None:
    assert "never ask for card numbers" in guest.says("can i pay by card?", "ask_payment").words


def test_another_restaurant_s_marks_are_used_as_they_are(guest: Visitor) -> None:
    items = tuple(replace(item, diet=("paleo",), allergens=("kiwi",)) for item in MENU.items)
    guest.house = replace(guest.house, menu=replace(MENU, items=items))
    assert "Lasagna" in guest.says("anything paleo?", "ask_menu").words
    assert "Yes, according to our menu" in guest.says("is there kiwi in the lasagna", "ask_item").words


def test_a_kind_of_dish_and_a_diet_or_allergen_are_both_heeded(guest: Visitor) -> None:
    heard = guest.says("what desserts are nut free?", "ask_menu")
    assert heard.kinds == ["menu_free_of", "menu_choices_contain", "allergy_caution"]
    assert "Lasagna" not in heard.words and "pistachio" in heard.words
    assert guest.says("which dishes are nut free?", "ask_menu").kinds[0] == "menu_only_contain"
    heard = guest.says("do you have gluten free pizza?", "ask_menu")
    assert heard.kinds == ["menu_none", "menu_choice", "allergy_caution"]


def test_a_dish_that_is_not_served_now_is_answered_with_the_reason(guest: Visitor) -> None:
    assert "item_unavailable" in guest.says("can I get the lunch combo?", "ask_menu").kinds


def test_that_dish_is_the_one_ordered_last(guest: Visitor) -> None:
    guest.says("is the lasagna vegan?", "ask_item")
    guest.says("a diavola then", "order", add("diavola"))
    assert "Diavola" in guest.says("is it spicy?", "ask_item").words
