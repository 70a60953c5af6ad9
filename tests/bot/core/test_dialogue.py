import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core import dialogue
from nlu.order_lines import Change, Choice, Clear, Question, Remove, Undo
from tests.bot.parts import HARBOUR, ROOT, Visitor, add

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
INTENTS = sorted({next(iter(i)) if isinstance(i, dict) else i for i in DOMAIN["intents"]} | {"nlu_fallback"})


def test_every_intent_and_every_action_of_the_domain_has_its_handler() -> None:
    actions = {a.removeprefix("action_") for a in DOMAIN["actions"] if a.startswith("action_")}
    missing = (set(INTENTS) | actions) - dialogue._HANDLERS.keys()
    assert not missing - {"session_start", "default_fallback", "listen"}


def test_every_response_that_a_turn_may_name_stands_in_the_domain() -> None:
    for intent in INTENTS:
        for response in Visitor().says("hm", intent).plan.responses:
            assert response in DOMAIN["responses"], intent


def test_an_order_in_other_clothes_is_an_order_and_a_sure_question_is_none() -> None:
    guest = Visitor()
    guest.says("a lasagna for Anna", "inform", add("lasagna"))
    assert guest.cart() == {("lasagna", 1): 1}
    guest.says("a cola?", "ask_item", add("cola"), sure=0.9)
    assert guest.cart() == {("lasagna", 1): 1}
    guest.says("a cola", "ask_item", add("cola"), sure=0.3)
    assert guest.cart() == {("lasagna", 1): 1, ("cola", 1): 1}


def test_closing_words_close_whatever_else_the_sentence_holds() -> None:
    guest = Visitor()
    guest.orders(add("lasagna"))
    guest.says("and a cola, that's all", "order", add("cola"))
    assert guest.conversation.checkout
    assert guest.cart() == {("lasagna", 1): 1, ("cola", 1): 1}


def test_a_refusal_is_an_answer_and_not_an_error() -> None:
    heard = Visitor().orders(add("cola", 25))
    assert heard.kinds == ["refusal"] and heard.buttons == ["Talk to a person"]


WORDS = (
    "yes", "no", "pickup", "delivery", "asap", "at 8 pm", "Anna", "207 555 0123", "44 Pine Street, 04198", "small",
    "the second one", "that's all", "whatever", "old mill", "", "😀", "hm", "9 Far Road, 90210", "what is in it?",
)  # fmt: skip
EDITS = (
    add("lasagna"), add("funghi"), add("ember_burger", 2), add("cola", 30), add("family_feast"), add("tiramisu"),
    Remove(0), Remove(2), Change(0, quantity=2), Undo(), Clear(),
)  # fmt: skip
turns = st.tuples(
    st.sampled_from(WORDS), st.sampled_from(INTENTS), st.lists(st.sampled_from(EDITS), max_size=2), st.floats(0, 1)
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([None, "harbour", "mill"]), st.lists(turns, min_size=3, max_size=25))
def test_any_conversation_is_answered_in_each_turn_and_its_order_stays_whole(
    place: str | None, said: list[tuple[str, str, list[object], float]]
) -> None:
    guest = Visitor(place)
    guest.kitchen.out = {"tiramisu"}
    placed = 0
    for text, intent, edits, confidence in said:
        before = guest.placed
        heard = guest.says(text, intent, *edits, confidence=confidence)  # type: ignore[arg-type]
        assert heard.words or heard.plan.responses
        assert "{" not in heard.words and "None" not in heard.words
        if guest.placed is not None and (before is None or guest.placed.number != before.number):
            placed += 1
            order = guest.placed
            assert order.lines and order.name and order.phone and order.due and order.type and order.place
            assert order.address or order.type == "pickup"
            assert order.due > guest.now
        for priced in guest.order.lines if guest.order else ():
            assert priced.unit_cents > 0 and priced.line.item != "tiramisu"
    assert guest.kitchen.number == 100 + placed


@pytest.mark.parametrize("intent", INTENTS)
@pytest.mark.parametrize("stage", ["empty", "option", "confirm", "placed"])
def test_every_intent_is_answered_at_every_stage(intent: str, stage: str) -> None:
    guest = Visitor()
    if stage == "option":
        guest.orders(add("funghi"))
    if stage in ("confirm", "placed"):
        guest.reaches_confirmation()
    if stage == "placed":
        guest.says("yes", "affirm")
    heard = guest.says("tell me", intent)
    assert heard.words or heard.plan.responses
    assert guest.placed is None or guest.placed.totals(HARBOUR).total_cents > 0
    assert stage != "option" or guest.conversation.expecting in ("option", "drop") or intent in ("emergency", "repeat")


@pytest.mark.parametrize("intent", ["cancel_order", "manage_booking"])
@pytest.mark.parametrize(
    "words",
    ["what is your cancellation policy?", "do you charge for cancelling", "can I cancel an order once it is placed?"],
)
def test_a_question_about_cancelling_cancels_nothing(words: str, intent: str) -> None:
    guest = Visitor()
    guest.orders(add("lasagna"))
    heard = guest.says(words, intent)
    assert guest.conversation.expecting is None and not {"ask_drop", "table_identity"} & set(heard.kinds)
    assert guest.cart() == {("lasagna", 1): 1}


@pytest.mark.parametrize("words", ["cancel my order", "can I cancel my order?", "how do I cancel this order"])
def test_cancelling_one_s_own_order_is_a_command_however_it_is_put(words: str) -> None:
    guest = Visitor()
    guest.orders(add("lasagna"))
    guest.says(words, "cancel_order")
    assert guest.conversation.expecting == "drop"


def test_i_ll_take_it_orders_the_dish_that_was_asked_about() -> None:
    guest = Visitor()
    guest.says("is the lasagna good?", "ask_item")
    guest.says("ok, i'll have that one", "affirm", add("lasagna"))
    assert guest.cart() == {("lasagna", 1): 1}


def test_details_said_with_an_order_are_kept() -> None:
    guest = Visitor()
    guest.says("two lasagnas for pickup at 7:30 pm, my number is 207 555 0123", "order", add("lasagna", 2))
    assert guest.order is not None and guest.order.type == "pickup" and guest.order.phone == "+12075550123"
    assert guest.order.due is not None and guest.order.due.hour == 19


def test_an_address_said_with_an_order_is_the_address_alone() -> None:
    guest = Visitor()
    guest.says("two lasagnas, deliver to 5 Elm St 04198", "order", add("lasagna", 2))
    assert guest.order is not None and guest.order.address == "5 Elm St 04198" and guest.order.due is None


def test_a_phone_number_names_no_time() -> None:
    guest = Visitor()
    guest.orders(add("lasagna"))
    guest.says("call me at 207.555.0161", "inform")
    assert guest.order is not None and guest.order.phone and guest.order.due is None


@pytest.mark.parametrize(("quantity", "words"), [(10_000, "up to 20 Lasagna"), (0, "How many Lasagna")])
def test_a_number_of_dishes_that_cannot_be_is_asked_about_whatever_the_digits_look_like(
    quantity: int, words: str
) -> None:
    guest = Visitor()
    heard = guest.says(f"{quantity} lasagnas", "card_number", add("lasagna", quantity))
    assert heard.kinds[0] == "refusal" and words in heard.words
    assert not guest.cart()


def test_a_question_within_an_order_that_names_only_a_diet_mark_orders_nothing() -> None:
    guest = Visitor()
    heard = guest.says("ok so I want, hmm, what's good for vegetarians", "order", add("bean_burger"))
    assert guest.cart() == {} and "menu_diet" in heard.kinds
    guest.says("ok so I want the veggie burger, hmm, what's in it", "order", add("bean_burger"))
    assert guest.cart() == {("bean_burger", 1): 1}


def texts_read(guest: Visitor) -> list[str]:
    """What the parser is given from now on."""
    heard: list[str] = []
    edits = guest.edits

    def read(text: str, *rest: object) -> object:
        heard.append(text)
        return edits(text, *rest)  # type: ignore[arg-type]

    guest.edits = read  # type: ignore[method-assign, assignment]
    return heard


def test_some_of_those_and_something_else_orders_both() -> None:
    guest = Visitor()
    guest.says("how spicy is the lasagna", "ask_item")
    heard = texts_read(guest)
    guest.says("fine, 2 of those and a cola", "order", add("lasagna", 2), add("cola"))
    assert heard[-1] == "2 lasagna and a cola"


def test_wanting_to_order_for_a_time_is_no_wish_for_a_table() -> None:
    heard = Visitor().says("i want to order for tomorrow at noon", "book_table")
    assert not any(kind.startswith("table") for kind in heard.kinds)
    heard = Visitor().says("can i book a table and order ahead for tomorrow at noon", "book_table")
    assert any(kind.startswith("table") for kind in heard.kinds)


@pytest.mark.parametrize("intent", ["order_status", "ask_wait"])
def test_how_long_it_takes_is_told_before_anything_is_placed(intent: str) -> None:
    guest = Visitor()
    guest.orders(add("lasagna"))
    assert guest.says("how long for pickup", intent).kinds[0] == "wait"


def test_the_dish_asked_about_may_be_taken_while_another_choice_is_open() -> None:
    guest = Visitor()
    choices = tuple(Choice(name, (add(name),)) for name in ("margherita", "diavola"))
    guest.says("pizza", "order", question=Question("Which one?", choices))
    guest.says("how much is the lasagna", "ask_item")
    heard = texts_read(guest)
    guest.says("k gimme that", "affirm", add("lasagna"))
    assert heard[-1] == "one lasagna" and guest.cart() == {("lasagna", 1): 1}


def test_a_place_named_by_itself_is_where_the_order_is_for() -> None:
    guest = Visitor(place=None)
    guest.orders(add("lasagna"))
    heard = guest.says("harbour street please", "nlu_fallback")
    assert heard.kinds == ["place_set", "anything_else"] and guest.conversation.place == "harbour"


def test_closing_words_with_an_address_are_no_question_about_delivery() -> None:
    guest = Visitor()
    guest.orders(add("lasagna", 2))
    guest.says("thats it, deliver to 18 Ocean Ave, 04199", "ask_delivery")
    assert guest.conversation.checkout and guest.order is not None and guest.order.type == "delivery"


@pytest.mark.parametrize("text", ["ok go ahead", "place it", "please place my order", "ready to order"])
def test_go_ahead_closes_the_order(text: str) -> None:
    guest = Visitor()
    guest.orders(add("lasagna"))
    guest.says(text, "affirm")
    assert guest.conversation.checkout


def test_a_zip_code_is_answered_and_the_next_one_too() -> None:
    guest = Visitor()
    assert guest.says("do you deliver to 04199", "ask_delivery").kinds[0] == "delivers"
    assert guest.says("what about 99999", "ask_payment").kinds[0] == "delivers_not"


@pytest.mark.parametrize(
    ("asked", "words", "read"),
    [
        ("how spicy is the funghi", "okay i'll have one of those in a small", "okay i'll have one funghi in a small"),
        ("do you have the funghi", "put me down for a couple of them", "put me down for a couple funghi"),
        ("what does the funghi cost", "that's alright go with that then", "that's alright go with one funghi then"),
    ],
)
def test_what_is_wanted_without_its_name_is_the_dish_asked_about(asked: str, words: str, read: str) -> None:
    guest = Visitor()
    guest.orders(add("lasagna"))
    guest.says(asked, "ask_item")
    heard = texts_read(guest)
    guest.says(words, "inform", add("funghi"))
    assert heard[-1] == read


@pytest.mark.parametrize(
    "words",
    [
        "okay that's all then",
        "great that's good to know",
        "i'd like to know if it's hot",
        "give me one second",
        "i don't want that",
        "why do you call it that",
        "great one of those bean burgers then please",
    ],
)
def test_a_remark_about_the_dish_asked_about_orders_nothing(words: str) -> None:
    guest = Visitor()
    guest.says("how spicy is the funghi", "ask_item")
    heard = texts_read(guest)
    guest.says(words, "small_talk")
    assert not any("funghi" in text for text in heard)


def test_words_that_only_sound_like_a_question_about_the_menu_change_the_order() -> None:
    guest = Visitor()
    guest.orders(add("lasagna"), add("cola"))
    guest.says("forget about the drinks", "ask_menu", Remove(1), confidence=0.1)
    assert guest.cart() == {("lasagna", 1): 1}
    guest.says("anything to drink hmm a lemonade", "ask_menu", add("lemonade"), confidence=0.1)
    assert guest.cart() == {("lasagna", 1): 1, ("lemonade", 1): 1}


def test_a_question_before_anything_is_placed_is_no_complaint_and_a_murmur_before_it_makes_it_no_order() -> None:
    guest = Visitor()
    guest.says("mhm and how much is a lasagna", "ask_item", add("lasagna"))
    assert not guest.cart()
    guest.orders(add("lasagna"))
    heard = guest.says("you got tiramisu", "complaint")
    assert guest.conversation.handoff is None and "Tiramisu" in heard.words
