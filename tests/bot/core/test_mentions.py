"""Words that name a dish without wanting it order nothing; words that want it do."""

import pytest

from bot.core.mentions import meant, orders
from tests.bot.parts import Visitor, add

NO_ORDERS = [
    ("how big is the large margherita", "item_price"),
    ("should i get the risotto or gnocchi", "item_about"),
    ("i heard your tiramisu is great", "item_about"),
    ("thinking about ribs", "item_about"),
    ("is the tiramisu homemade", "item_not_known"),
    ("does the carbonara come with cream", "item_not_known"),
    ("lasagna or carbonara?", "item_about"),
    ("did i order a cola", "status_none"),
    ("maybe a tiramisu later", "ok"),
    ("would the salmon be ready in 10 minutes", "wait"),
    ("do you still have the pumpkin risotto", "item_other"),
    ("my kid is allergic to nuts, can she have the gelato", "menu_choices_contain"),
]


@pytest.mark.parametrize(("text", "answer"), NO_ORDERS)
def test_talk_about_a_dish_is_answered_and_orders_nothing(text: str, answer: str) -> None:
    guest = Visitor()
    intent = "ask_item" if text.startswith("do you") else "order"
    heard = guest.says(text, intent, add("lasagna"))
    assert guest.cart() == {} and answer in heard.kinds


@pytest.mark.parametrize(
    "text",
    [
        "can i get the lasagna",
        "could my friend have the lasagna",
        "i'll have the lasagna, how long will it take",
        "is it ok if i get a lasagna",
        "i want a lasagna later today",
        "what about a lasagna",
        "hi, the lasagna please",
        "would it be possible to get a lasagna",
        "we had better get a lasagna or two",
    ],
)
def test_words_that_want_a_dish_order_it(text: str) -> None:
    guest = Visitor()
    guest.says(text, "order", add("lasagna"))
    assert guest.cart() == {("lasagna", 1): 1}


def test_what_was_done_is_asked_of_the_order_and_changes_nothing() -> None:
    guest = Visitor()
    guest.orders(add("ember_burger"))
    heard = guest.says(
        "wait, did you add cheese to the burger?", "order", add("ember_burger", burger_topping="cheddar")
    )
    assert heard.kinds[0] == "order_lines" and guest.cart() == {("ember_burger", 1): 1}


def test_bringing_one_s_own_is_a_question_about_rules() -> None:
    guest = Visitor()
    guest.says("can we bring a cake", "order", add("chocolate_cake"))
    assert guest.cart() == {}


def test_a_question_that_no_menu_answers_is_kept_for_the_owner() -> None:
    heard = Visitor().says("is the tiramisu homemade", "ask_item")
    assert heard.turn.unanswered == ["is the tiramisu homemade"]


def test_words_that_name_no_dish_are_left_to_the_rest() -> None:
    heard = Visitor().says("how big is your terrace", "ask_faq")
    assert meant(heard.turn) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("can i get the lasagna, i'm allergic to nuts", True),
        ("a lasagna please, my wife has a sesame allergy", True),
        ("one lasagna. i am allergic to fish", True),
        ("my kid is allergic to nuts, can she have the lasagna", False),
        ("i can't eat a lasagna, i am allergic to gluten", False),
        ("is the lasagna safe, i have a nut allergy", False),
    ],
)
def test_an_allergy_told_with_an_order_is_noted_and_the_dish_ordered(text: str, wanted: bool) -> None:
    guest = Visitor()
    heard = guest.says(text, "allergy", add("lasagna"))
    assert heard.kinds[0] == "allergy_noted" and "allergy_caution" in heard.kinds
    assert guest.cart() == ({("lasagna", 1): 1} if wanted else {})
    assert guest.conversation.allergies


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("i'll have the gelato but i am allergic to pistachios, is that ok", "i'll have the gelato"),
        ("a burger please, my wife has a sesame allergy", "a burger please"),
        ("i'm allergic to nuts and fish. one lasagna", "one lasagna"),
        ("one of us is coeliac so one margherita with gluten free crust", "one margherita with gluten free crust"),
    ],
)
def test_what_somebody_is_allergic_to_is_no_wish(text: str, rest: str) -> None:
    wanted = orders(Visitor().says(text, "allergy").turn)
    assert wanted is not None and rest in wanted
    assert not any(word in wanted for word in ("pistachio", "sesame", "nuts", "fish", "coeliac"))
