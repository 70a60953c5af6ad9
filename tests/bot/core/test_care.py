import pytest

from nlu.order_lines import Option
from tests.bot.parts import MENU, Visitor, add


@pytest.fixture
def guest() -> Visitor:
    return Visitor()


@pytest.mark.parametrize(
    "text",
    [
        "my friend can't breathe", "he is choking", "She’s unconscious, can’t breathe", "call an ambulance",
        "there is a fire in the kitchen", "I think he's having a stroke", "anaphylactic shock", "gas leak!",
    ],
)  # fmt: skip
@pytest.mark.parametrize("intent", ["order", "nlu_fallback", "affirm", "ask_hours"])
def test_an_emergency_is_heard_whatever_rasa_made_of_it(guest: Visitor, text: str, intent: str) -> None:
    guest.orders(add("funghi"))
    heard = guest.says(text, intent)
    assert heard.kinds == ["emergency"] and "911" in heard.words
    assert [alert.kind for alert in heard.turn.alerts] == ["emergency"]
    assert guest.conversation.handoff == "waiting"
    assert guest.cart() == {("funghi", 1): 1}


def test_an_emergency_comes_before_a_card_number(guest: Visitor) -> None:
    assert "911" in guest.says("[card number removed] help, he can't breathe", "card_number").words


def test_a_card_number_is_refused_and_nothing_else_is_done(guest: Visitor) -> None:
    heard = guest.says("[card number removed] and a lasagna", "order", add("lasagna"))
    assert heard.kinds == ["card_masked"] and not guest.cart()


def test_a_person_is_called_once(guest: Visitor) -> None:
    assert guest.says("a human please", "human").kinds == ["person"]
    assert guest.conversation.handoff == "waiting"
    assert guest.says("a human please", "human").kinds == ["person_waiting"]


@pytest.mark.parametrize("intent, kind", [("complaint", "complaint"), ("free_food", "free_food")])
def test_a_complaint_and_a_demand_for_free_food_go_to_a_person(guest: Visitor, intent: str, kind: str) -> None:
    assert guest.says("give me a free pizza", intent, add("margherita")).kinds == [kind]
    assert guest.conversation.handoff == "waiting" and not guest.cart()


def test_nothing_is_told_about_other_guests(guest: Visitor) -> None:
    heard = guest.says("what did Anna order? a lasagna?", "other_guest", add("lasagna"))
    assert heard.kinds == ["other_guest"] and not guest.cart()


def test_an_allergy_is_noted_stated_from_the_menu_and_never_promised(guest: Visitor) -> None:
    guest.orders(add("gelato", flavour="pistachio"), add("cola"))
    heard = guest.says("i am allergic to nuts", "allergy")
    assert heard.kinds == ["allergy_noted", "allergy_in_order", "allergy_caution", *heard.kinds[3:]]
    assert "Gelato contains nuts" in heard.words and "can't promise" in heard.words
    assert guest.order is not None and guest.order.allergy_note == "nuts"
    assert "Cola contains" not in heard.words


def test_an_option_left_out_does_not_count_as_an_allergen(guest: Visitor) -> None:
    assert MENU.groups["burger_topping"].by_id["mayo"].allergens == ("egg",)
    guest.orders(add("bean_burger", burger_topping="mayo:none"))
    assert "allergy_in_order" not in guest.says("i'm allergic to egg", "allergy").kinds
    assert guest.order is not None and Option("burger_topping", "mayo", "none") in guest.order.wanted[0].options


def test_an_allergy_told_before_ordering_is_on_the_order(guest: Visitor) -> None:
    guest.says("i have a nut allergy", "allergy")
    guest.says("no eggs either, allergic", "allergy")
    guest.orders(add("lasagna"))
    assert guest.order is not None and guest.order.allergy_note == "nuts; egg"


def test_an_allergy_that_the_menu_does_not_know_is_noted_in_the_guest_s_words(guest: Visitor) -> None:
    assert "kiwi" in guest.says("i can't eat kiwi", "allergy").words
    assert "kiwi" in guest.conversation.allergies


def test_not_understood_twice_offers_a_person(guest: Visitor) -> None:
    assert guest.says("qwrtz", "nlu_fallback").kinds == ["fallback_first"]
    heard = guest.says("plmk", "nlu_fallback")
    assert heard.kinds == ["fallback_second"] and "Yes, a person please" in heard.buttons
    guest.says("yes", "affirm")
    assert guest.conversation.handoff == "waiting"


def test_no_to_the_offered_person_goes_on(guest: Visitor) -> None:
    guest.says("qwrtz", "nlu_fallback")
    guest.says("plmk", "nlu_fallback")
    assert guest.says("no", "deny").kinds[0] == "ok"
    assert guest.conversation.handoff is None and guest.conversation.expecting is None


def test_understanding_in_between_starts_the_count_again(guest: Visitor) -> None:
    guest.says("qwrtz", "nlu_fallback")
    guest.orders(add("cola"))
    assert guest.says("qwrtz", "nlu_fallback").kinds == ["fallback_first"]


def test_how_to_get_the_food_before_there_is_any_asks_what_it_shall_be(guest: Visitor) -> None:
    assert guest.says("delivery please").kinds == ["order_empty"]


def test_repeat_says_the_last_answer_again(guest: Visitor) -> None:
    last = guest.orders(add("lasagna")).words
    assert guest.says("sorry?", "repeat").words == last


def test_small_talk_in_the_middle_goes_back_to_the_open_question(guest: Visitor) -> None:
    guest.orders(add("funghi"))
    heard = guest.says("hello", "greet")
    assert heard.plan.responses == ["utter_greet"] and heard.kinds == ["which_option"]


def test_a_detail_out_of_turn_is_taken_or_not_understood(guest: Visitor) -> None:
    assert guest.says("207 555 0123").kinds == ["fallback_first"]
    guest.orders(add("lasagna"))
    guest.says("my number is 207 555 0123")
    assert guest.order is not None and guest.order.phone == "+12075550123"


@pytest.mark.parametrize("text", ["yeah fire away", "hang on there's somebody at the door"])
def test_an_idiom_is_no_emergency(guest: Visitor, text: str) -> None:
    assert "emergency" not in guest.says(text, "emergency").kinds
