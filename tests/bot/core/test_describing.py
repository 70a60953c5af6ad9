"""Turns that describe: the place, a dish, today's specials, an order on the phone."""

import pytest

from bot.core.describing import dish_facts
from bot.database.specials import APPROVED, Specials
from nlu.fact_check import check
from nlu.responder import shipped_responder
from tests.bot.parts import EVENING, MENU, RESTAURANT, Visitor, add


def visitor(**changes):
    found = Visitor(**changes)
    found.house = found.house.__class__(**vars(found.house) | {"describer": shipped_responder()})
    return found


@pytest.mark.parametrize(
    "text", ["tell me about your place", "What kind of restaurant is this?", "can you describe the restaurant", "what is this place like"]
)  # fmt: skip
def test_the_place_is_described_from_the_owners_facts_whatever_intent_was_heard(text):
    heard = visitor().says(text, "ask_faq")
    assert heard.plan.responses == ["utter_about"]
    assert heard.plan.facts["name"] == "Olive & Ember Harbour Street"
    said = shipped_responder().words(heard.plan.facts)
    assert check(heard.plan.facts, said).ok and "Italian" in said


def test_a_place_without_such_facts_gives_its_address():
    guest = visitor()
    place = guest.house.restaurant.places[0]
    bare = place.__class__(**vars(place) | {"about": {}})
    guest.house = guest.house.__class__(
        **vars(guest.house) | {"restaurant": RESTAURANT.__class__(**vars(RESTAURANT) | {"places": (bare,)})}
    )
    assert place.address in guest.says("tell me about your place").words


def test_every_dish_of_the_menu_is_described_with_what_the_menu_says_and_nothing_else():
    for item in MENU.items:
        facts = dish_facts(item)
        for turn in range(3):
            assert check(facts, shipped_responder().words(facts, turn)).ok, item.id


def test_a_dish_asked_about_is_described_in_a_sentence():
    words = visitor().says("what is in the margherita?", "ask_item").words
    assert "San Marzano tomato, mozzarella and basil" in words and "gluten and milk" in words


def test_only_approved_specials_of_the_day_are_told():
    guest = visitor()
    book = Specials(guest.kitchen.book)
    day = EVENING.date()
    for text, status in (("Soup A.", APPROVED), ("Soup B.", "proposed"), ("Soup C.", "refused")):
        book.decide(book.propose({}, text, day, None, EVENING), status)
    book.decide(book.propose({}, "Soup of the mill.", day, "mill", EVENING), APPROVED)
    book.decide(book.propose({}, "Soup of yesterday.", day.replace(day=1), None, EVENING), APPROVED)
    assert guest.says("what are today's specials?", "ask_menu").words == "Soup A."


def test_a_day_without_a_special_is_said_so():
    heard = visitor().says("any specials tonight?", "ask_faq")
    assert heard.words == "There is no special on our board today." and heard.buttons == ["Show me the menu"]


def test_a_dish_that_is_called_special_is_still_ordered():
    heard = visitor().says("I'll have the ember special", "order", add("ember_special", pizza_size="small"))
    assert heard.kinds[0] == "changed"


def test_an_order_read_on_the_phone_is_one_sentence_with_its_total():
    guest = visitor()
    guest.says("two lasagnas", "order", add("lasagna", 2))
    guest.conversation.channel = "phone"
    words = guest.says("what do I have?", "show_order").words
    assert "2 Lasagna" in words and "$30.24" in words and "\n" not in words
