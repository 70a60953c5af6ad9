from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.checkout import clock, earliest
from nlu.order_lines import Change, Clear, Line, Option, Remove, Replace
from nlu.parser import OrderParser
from tests.bot.parts import EVENING, HARBOUR, MENU, NIGHT, Visitor, add


@pytest.fixture
def guest() -> Visitor:
    return Visitor()


def checkout(guest: Visitor, *answers: str, item: str = "lasagna", quantity: int = 2) -> None:
    guest.orders(add(item, quantity))
    guest.says("that's all", "checkout")
    for answer in answers:
        guest.says(answer)


def test_from_that_s_all_to_the_order_number_one_thing_is_asked_at_a_time(guest: Visitor) -> None:
    guest.orders(add("lasagna"))
    asked = []
    for text, intent in [
        ("that's all", "checkout"), ("pickup", "inform"), ("as soon as possible", "inform"), ("Anna", "inform"),
        ("207 555 0123", "inform"),
    ]:  # fmt: skip
        guest.says(text, intent)
        asked.append(guest.conversation.expecting)
    assert asked == ["type", "time", "name", "phone", "confirm"]
    heard = guest.says("yes", "affirm")
    assert guest.placed is not None and guest.order is None
    assert (guest.placed.status, guest.placed.number, guest.placed.name) == ("confirmed", 101, "Anna")
    assert (guest.placed.type, guest.placed.phone, guest.placed.asap) == ("pickup", "+12075550123", True)
    assert "**101**" in heard.words and "$15.12" in heard.words and "12 Harbour Street" in heard.words


def test_the_read_back_holds_every_fact_that_will_be_stored(guest: Visitor) -> None:
    words = guest.reaches_confirmation(add("cola", 3), add("caesar_salad")).words
    for fact in ("3 × Cola", "1 × Caesar Salad", "$", "tax", "Pickup at Harbour Street", "Anna", "+1 207 555 0123"):
        assert fact in words


def test_everything_said_at_once_is_not_asked_again(guest: Visitor) -> None:
    guest.orders(add("lasagna"))
    guest.says("that's all, pickup at 7 pm, my name is Ben", "checkout")
    assert guest.conversation.expecting == "phone"
    guest.says("207-555-0177")
    assert guest.order is not None and guest.order.due == EVENING.replace(hour=19)
    assert (guest.order.type, guest.order.name) == ("pickup", "Ben")


def test_an_empty_order_cannot_be_checked_out(guest: Visitor) -> None:
    assert guest.says("that's all", "checkout").kinds == ["order_empty"]
    assert not guest.conversation.checkout


def test_only_a_yes_places_the_order(guest: Visitor) -> None:
    guest.reaches_confirmation()
    for text, intent in (
        ("hmm", "nlu_fallback"),
        ("what are your hours", "ask_hours"),
        ("no", "deny"),
        ("thanks", "thanks"),
    ):
        guest.says(text, intent)
        assert guest.placed is None


def test_a_yes_to_something_that_changed_since_is_read_back_again(guest: Visitor) -> None:
    guest.reaches_confirmation()
    assert guest.order is not None
    guest.order = replace(guest.order, name="Somebody Else")
    heard = guest.says("yes", "affirm")
    assert heard.kinds == ["changed_since", "confirm"] and guest.placed is None
    guest.says("yes", "affirm")
    assert guest.placed is not None and guest.placed.name == "Somebody Else"


def test_a_change_at_the_read_back_is_made_and_read_back(guest: Visitor) -> None:
    guest.reaches_confirmation()
    heard = guest.says("make that two", "order", Change(0, quantity=2))
    assert heard.kinds[-1] == "confirm" and "2 × Lasagna" in heard.words
    guest.says("yes", "affirm")
    assert guest.placed is not None and guest.placed.pieces == 2


def test_a_dish_sold_out_before_the_yes_is_not_placed(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.kitchen.out = {"lasagna"}
    heard = guest.says("yes", "affirm")
    assert "sold out" in heard.words and guest.placed is None
    assert guest.cart() == {("lasagna", 1): 1}


def test_a_kitchen_that_filled_up_meanwhile_is_told_before_placing(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.kitchen.queue = 100
    heard = guest.says("yes", "affirm")
    assert heard.kinds == ["changed_since", "confirm"] and guest.placed is None
    guest.says("yes", "affirm")
    assert guest.placed is not None and guest.placed.due is not None
    assert guest.placed.due - EVENING > timedelta(minutes=100)


def test_the_ready_time_grows_with_the_kitchen_s_load_and_is_a_multiple_of_five() -> None:
    moments = []
    for queue in (0, 10, 50):
        guest = Visitor()
        guest.kitchen.queue = queue
        ready = earliest(guest.orders(add("lasagna")).turn)
        assert ready is not None and ready.minute % 5 == ready.second == 0
        moments.append(ready)
    assert moments == sorted(set(moments)) and moments[0] >= EVENING + timedelta(minutes=16)


def test_a_place_is_asked_for_when_nobody_said_which() -> None:
    guest = Visitor(place=None)
    guest.orders(add("lasagna"))
    heard = guest.says("that's all", "checkout")
    assert heard.buttons == ["Harbour Street", "Old Mill"]
    guest.says("the old mill")
    assert guest.conversation.place == "mill"
    assert guest.order is not None and guest.order.place == "mill"
    assert guest.order.type == "pickup" and guest.conversation.expecting == "time"


def test_what_the_chosen_place_lacks_is_taken_off_and_said() -> None:
    guest = Visitor(place=None)
    guest.orders(add("lasagna"), add("cola"))
    guest.says("that's all", "checkout")
    guest.kitchen.out = {"lasagna"}
    heard = guest.says("harbour")
    assert "place_lost" in heard.kinds and guest.cart() == {("cola", 1): 1}


def test_a_delivery_needs_an_address_inside_the_area(guest: Visitor) -> None:
    checkout(guest, "delivery")
    assert guest.conversation.expecting == "address"
    assert "outside our delivery area" in guest.says("9 Far Road, 90210").words
    assert guest.says("Pine Street").kinds == ["address_bad"]
    guest.says("44 Pine Street, 04198")
    assert guest.order is not None and guest.order.address == "44 Pine Street, 04198"
    assert guest.order.totals(HARBOUR).delivery_cents == 350


def test_out_of_the_area_the_guest_may_pick_it_up(guest: Visitor) -> None:
    checkout(guest, "delivery", "9 Far Road, 90210", "ok pickup then")
    assert guest.order is not None and (guest.order.type, guest.order.address) == ("pickup", None)
    assert guest.conversation.expecting == "time"


def test_below_the_minimum_there_is_no_delivery(guest: Visitor) -> None:
    guest.orders(add("espresso"))
    guest.says("that's all", "checkout")
    assert "below_minimum" in guest.says("delivery").kinds
    guest.says("pickup")
    assert guest.conversation.expecting == "time"


def test_a_delivery_that_sinks_below_the_minimum_is_asked_about_again(guest: Visitor) -> None:
    checkout(guest, "delivery", "44 Pine Street, 04198")
    heard = guest.says("remove one of the lasagnas", "order", Remove(0, 1))
    assert heard.kinds[-1] == "below_minimum"


def test_a_place_that_only_does_pickup_says_so_to_who_wants_delivery() -> None:
    guest = Visitor(place="mill")
    guest.orders(add("lasagna", 2))
    heard = guest.says("that's all, delivery please", "checkout")
    assert "pickup_only" in heard.kinds
    assert guest.order is not None and guest.order.type == "pickup"


@pytest.mark.parametrize(
    "text, kind",
    [
        ("at 23:45", "time_closed"),
        ("at 6:05 pm", "time_too_early"),
        ("today at 10 am", "time_past"),
        ("banana", "time_bad"),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_had_is_refused_with_the_reason(guest: Visitor, text: str, kind: str) -> None:
    checkout(guest, "pickup")
    heard = guest.says(text, "nlu_fallback")
    assert heard.kinds == [kind]
    assert guest.order is not None and guest.order.due is None
    assert guest.conversation.expecting == "time"


@pytest.mark.parametrize("words", ["in 5 minutes", "ten minutes", "i can be there in ten"])
def test_who_wants_it_in_fewer_minutes_than_the_kitchen_takes_is_told_and_gets_it_as_soon_as_possible(
    guest: Visitor, words: str
) -> None:
    checkout(guest, "pickup")
    assert guest.says(words).kinds == ["time_too_early", "ask_name"]
    assert guest.order is not None and guest.order.asap


def test_later_than_the_earliest_time_is_counted_from_it(guest: Visitor) -> None:
    checkout(guest, "pickup")
    guest.says("a half hour later please")
    assert guest.order is not None and guest.order.due == EVENING + timedelta(minutes=50)


@pytest.mark.parametrize("words", ["as fast as you can she's getting cranky", "soon as you can he's starving"])
def test_a_hurry_that_sounds_like_an_emergency_is_a_time_where_one_was_asked(guest: Visitor, words: str) -> None:
    checkout(guest, "pickup")
    assert guest.says(words, "emergency").kinds == ["ask_name"]
    assert guest.order is not None and guest.order.asap


@pytest.mark.parametrize(
    "words, kind",
    [
        ("the first one", "pickup"),
        ("the second one please", "delivery"),
        ("either's fine", "pickup"),
        ("i don't mind", "pickup"),
    ],
)
def test_the_first_or_second_way_or_either_is_an_answer(guest: Visitor, words: str, kind: str) -> None:
    guest.orders(add("lasagna", 2))
    guest.says("that's all", "checkout")
    guest.says(words)
    assert guest.order is not None and guest.order.type == kind


@pytest.mark.parametrize("words", ["no more than that", "no more that's it", "we don't need more than that"])
def test_closing_words_that_read_like_a_removal_take_nothing_away(guest: Visitor, words: str) -> None:
    guest.orders(add("lasagna", 2))
    guest.says(words, "checkout", Clear())
    assert guest.cart() == {("lasagna", 2): 1}
    assert guest.conversation.checkout


@pytest.mark.parametrize(
    "words",
    ["no i'm only feeding myself", "nah i'm cool", "she's saying she's fine so no", "no we've got drinks at home"],
)
@pytest.mark.parametrize("intent", ["nlu_fallback", "small_talk"])
def test_a_no_with_its_reason_ends_the_order(guest: Visitor, words: str, intent: str) -> None:
    guest.orders(add("lasagna", 2))
    guest.says(words, intent)
    assert guest.conversation.checkout


@pytest.mark.parametrize(
    "words", ["no that's wrong", "no wait", "no i meant something else", "no what time do you close"]
)
def test_a_no_to_what_was_heard_does_not_end_the_order(guest: Visitor, words: str) -> None:
    guest.orders(add("lasagna", 2))
    guest.says(words, "nlu_fallback")
    assert not guest.conversation.checkout


def test_a_no_at_the_end_is_no_emergency_and_a_no_before_one_is_one(guest: Visitor) -> None:
    guest.orders(add("lasagna", 2))
    assert guest.says("no please help he's turning blue", "emergency").kinds[0] == "emergency"
    guest.says("she's saying she's fine so no", "emergency")
    assert guest.conversation.checkout


@pytest.mark.parametrize("words", ["great", "lovely", "good"])
def test_who_only_nods_at_what_was_added_has_not_finished(guest: Visitor, words: str) -> None:
    guest.orders(add("lasagna", 2))
    guest.says(words, "affirm")
    assert not guest.conversation.checkout


@pytest.mark.parametrize("words", ["all good", "yeah that's fine", "we're good thanks"])
def test_who_is_content_wants_nothing_more(guest: Visitor, words: str) -> None:
    guest.orders(add("lasagna", 2))
    guest.says(words, "affirm")
    assert guest.conversation.checkout


@pytest.mark.parametrize(
    "words, intent",
    [
        ("no that's right yeah", "deny"),
        ("no no that's all correct", "deny"),
        ("everything is correct thank you very much", "thanks"),
        ("that's everything", "checkout"),
        ("place the order", "checkout"),
        ("put it through", "checkout"),
        ("you nailed it", "nlu_fallback"),
        ("please go ahead and order it", "checkout"),
    ],
)
def test_words_that_find_nothing_wrong_place_what_was_read_back(guest: Visitor, words: str, intent: str) -> None:
    guest.reaches_confirmation()
    guest.says(words, intent)
    assert guest.placed is not None


@pytest.mark.parametrize(
    "words",
    [
        "put it under Tom",
        "put that on the other one",
        "i'm done with this",
        "no that's not right",
        "no that's right except the time",
        "that's everything but the name",
    ],
)
def test_words_that_find_something_wrong_place_nothing(guest: Visitor, words: str) -> None:
    guest.reaches_confirmation()
    guest.says(words, "deny")
    assert guest.placed is None


def test_a_time_at_the_read_back_is_no_table(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.says("yeah but could you make it eight pm", "book_table")
    assert guest.order is not None and guest.order.due == EVENING.replace(hour=20)


def test_what_is_wanted_instead_of_an_offer_replaces_nothing_that_is_ordered(guest: Visitor) -> None:
    guest.orders(add("margherita", pizza_size="large"))
    guest.says("that's all", "checkout")
    assert guest.conversation.expecting == "upsell"
    guest.says("can i get sweet potato fries instead", "order", Replace(0, Line("sweet_potato_fries")))
    assert guest.cart() == {("margherita", 1): 1, ("sweet_potato_fries", 1): 1}


def test_a_number_in_answer_to_an_offer_is_of_what_is_offered(guest: Visitor) -> None:
    guest.orders(add("margherita", pizza_size="large"))
    guest.says("that's all", "checkout")
    guest.says("just the one please", "order", Change(0, quantity=1))
    assert guest.cart() == {("margherita", 1): 1, ("garlic_bread", 1): 1}


def test_a_number_of_dishes_is_not_taken_for_the_time_that_was_asked(guest: Visitor) -> None:
    checkout(guest, "pickup")
    guest.says("add seven colas", "order", add("cola", 7))
    assert guest.cart() == {("lasagna", 2): 1, ("cola", 7): 1}
    assert guest.order is not None and guest.order.due is None
    assert guest.conversation.expecting == "time"


def test_more_than_some_days_ahead_is_too_late(guest: Visitor) -> None:
    house = guest.house
    policies = replace(house.restaurant.policies, order_ahead_days=1)
    guest.house = replace(house, restaurant=replace(house.restaurant, policies=policies))
    checkout(guest, "pickup")
    assert guest.says("sunday at 2 pm").kinds == ["time_too_late"]


def test_while_closed_an_order_is_planned_for_after_the_opening() -> None:
    guest = Visitor(now=NIGHT)
    guest.orders(add("lasagna"))
    guest.says("that's all", "checkout")
    heard = guest.says("pickup")
    assert heard.kinds == ["ask_time_closed"]
    guest.says("yes", "affirm")
    assert guest.order is not None and not guest.order.asap
    assert guest.order.due is not None and HARBOUR.open_at(guest.order.due)


def test_a_place_that_never_opens_takes_no_order() -> None:
    guest = Visitor(now=NIGHT)
    shut = replace(HARBOUR, hours=(), exceptions={})
    guest.house = replace(guest.house, restaurant=replace(guest.house.restaurant, places=(shut,)))
    checkout(guest, "pickup")
    assert not guest.conversation.checkout and guest.placed is None


def test_a_bad_name_or_number_is_asked_for_again(guest: Visitor) -> None:
    checkout(guest, "pickup", "asap")
    assert guest.says("42", "nlu_fallback").kinds == ["name_bad"]
    guest.says("Anna")
    assert guest.says("555 0123", "nlu_fallback").kinds == ["phone_bad"]
    guest.says("two oh seven five five five oh one two three")
    assert guest.order is not None and guest.order.phone == "+12075550123"


def test_a_side_is_offered_once_and_no_is_taken_for_no(guest: Visitor) -> None:
    guest.orders(add("ember_burger"))
    heard = guest.says("that's all", "checkout")
    assert heard.kinds == ["upsell"] and "Fries" in heard.words and "$4.00" in heard.words
    heard = guest.says("no thanks", "deny")
    assert heard.kinds == ["upsell_no", "ask_type"]
    assert guest.cart() == {("ember_burger", 1): 1}
    guest.says("wait, change something", "order", add("cola"))
    assert "upsell" not in guest.says("that's all", "checkout").kinds


def test_yes_to_the_offer_adds_it(guest: Visitor) -> None:
    guest.orders(add("ember_burger"))
    guest.says("that's all", "checkout")
    guest.says("yes please", "affirm")
    assert guest.cart() == {("ember_burger", 1): 1, ("fries", 1): 1}


def test_nothing_sold_out_or_of_a_kind_already_ordered_is_offered(guest: Visitor) -> None:
    guest.kitchen.out = {"fries"}
    guest.orders(add("ember_burger"))
    assert "upsell" not in guest.says("that's all", "checkout").kinds
    other = Visitor()
    other.orders(add("ember_burger"), add("coleslaw"))
    assert "upsell" not in other.says("that's all", "checkout").kinds


def test_the_order_is_shown_with_its_total_and_an_empty_one_as_empty(guest: Visitor) -> None:
    assert guest.says("what do I have", "show_order").kinds == ["order_empty"]
    guest.orders(add("lasagna"))
    words = guest.says("what do I have", "show_order").words
    assert "1 × Lasagna" in words and "$15.12" in words


def test_the_status_follows_the_order(guest: Visitor) -> None:
    assert guest.says("where is my order", "order_status").kinds == ["status_none"]
    guest.orders(add("lasagna"))
    assert guest.says("where is my order", "order_status").kinds == ["status_cart"]
    guest = Visitor()
    guest.reaches_confirmation()
    guest.says("yes", "affirm")
    for status in ("confirmed", "preparing", "ready", "done", "cancelled"):
        assert guest.placed is not None
        guest.placed = replace(guest.placed, status=status)
        assert guest.says("where is my order", "order_status").kinds == [f"status_{status}"]


def test_a_placed_order_is_cancelled_only_before_the_kitchen_starts_and_after_a_yes(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.says("yes", "affirm")
    guest.says("cancel my order", "cancel_order")
    guest.says("no keep it", "deny")
    assert guest.placed is not None and guest.placed.status == "confirmed"
    guest.says("cancel my order", "cancel_order")
    guest.placed = replace(guest.placed, status="preparing")
    assert guest.says("yes", "affirm").kinds == ["cancel_too_late"]
    assert guest.placed.status == "preparing"
    assert guest.says("cancel my order", "cancel_order").kinds == ["cancel_too_late"]
    guest.placed = replace(guest.placed, status="confirmed")
    guest.says("cancel my order", "cancel_order")
    guest.says("yes", "affirm")
    assert guest.placed.status == "cancelled"


def test_an_unplaced_order_is_thrown_away_only_after_a_yes(guest: Visitor) -> None:
    guest.orders(add("lasagna"))
    guest.says("cancel my order", "cancel_order")
    guest.says("no", "deny")
    assert guest.cart()
    guest.says("cancel my order", "cancel_order")
    assert guest.says("yes", "affirm").kinds == ["dropped"]
    assert not guest.cart() and not guest.conversation.checkout


def test_an_order_thrown_away_with_an_open_choice_asks_nothing_more(guest: Visitor) -> None:
    guest.orders(add("funghi"))
    guest.says("cancel my order", "cancel_order")
    assert guest.says("yes", "affirm").kinds == ["dropped"]
    assert guest.conversation.expecting is None
    guest.says("thanks", "small_talk")
    assert guest.orders(add("cola")).kinds[0] == "changed"


def test_nothing_to_cancel_is_said(guest: Visitor) -> None:
    assert guest.says("cancel", "cancel_order").kinds == ["cancel_nothing"]


def test_a_time_is_said_with_its_day_when_it_is_not_today(guest: Visitor) -> None:
    turn = guest.says("hi", "greet").turn
    assert clock(EVENING, turn) == "6:00 pm"
    assert clock(EVENING.replace(hour=0), turn) == "12:00 am"
    assert clock(EVENING + timedelta(days=1), turn) == "6:00 pm tomorrow"
    assert clock(EVENING + timedelta(days=3), turn) == "6:00 pm on Monday, Nov 23"
    assert clock(None, turn) == "a time we can't name yet"


def test_street_and_zip_code_may_come_one_after_the_other() -> None:
    guest = Visitor()
    guest.orders(add("lasagna", 2))
    guest.says("that's all", "checkout")
    if guest.conversation.expecting == "upsell":
        guest.says("no thanks", "deny")
    guest.says("delivery")
    heard = guest.says("22 Pine Street")
    assert heard.kinds == ["ask_zip"] and guest.order is not None and guest.order.address is None
    guest.says("04198")
    assert guest.order is not None and guest.order.address == "22 Pine Street 04198"


def test_a_place_named_by_itself_beside_an_address_is_the_place() -> None:
    guest = Visitor(place=None)
    guest.orders(add("lasagna", 2))
    guest.says("that's it. harbour street, delivery 5 Elm St 04198", "checkout")
    assert guest.conversation.place == "harbour"
    guest = Visitor(place=None)
    guest.orders(add("lasagna", 2))
    guest.says("that's it, delivery to 5 Harbour Street 04198", "checkout")
    assert guest.conversation.place is None


@pytest.mark.parametrize("text", ["2075550143", "207-555-0143", "my number is (207) 555-0143", "pickup"])
def test_another_detail_said_in_place_of_the_time_is_no_time(text: str) -> None:
    guest = Visitor()
    guest.orders(add("lasagna"))
    guest.says("that's all", "checkout")
    if guest.conversation.expecting == "upsell":
        guest.says("no thanks", "deny")
    guest.says("pickup")
    assert guest.conversation.expecting == "time"
    heard = guest.says(text)
    assert heard.kinds[-1] == "ask_time" and guest.order is not None and guest.order.due is None
    assert guest.order.phone == (None if text == "pickup" else "+12075550143")


@pytest.mark.parametrize("asked", ["place", "type", "time"])
def test_a_number_or_an_address_out_of_turn_counts_no_dishes(asked: str) -> None:
    guest = Visitor(place=None if asked == "place" else "harbour")
    guest.orders(add("lasagna", 2))
    guest.says("that's all", "checkout")
    if asked == "time":
        guest.says("pickup")
    assert guest.conversation.expecting == asked
    nine = Change(0, 9)
    guest.says("two oh seven five five five oh one five nine", "order", nine)
    if asked != "place":
        guest.says("9 ocean avenue 04197", "order", nine)
        assert guest.order is not None and guest.order.address == "9 ocean avenue 04197"
    assert guest.order is not None and guest.order.phone == "+12075550159"
    assert guest.cart() == {("lasagna", 2): 1}


def test_who_fetches_it_may_name_our_own_address() -> None:
    guest = Visitor()
    checkout(guest)
    guest.says("I'll pick it up at 12 Harbour Street 04199")
    assert guest.order is not None and (guest.order.type, guest.order.address) == ("pickup", None)


@pytest.mark.parametrize("text", ["can you deliver it", "could you bring it to my house"])
def test_who_asks_whether_we_deliver_when_asked_how_wants_it_delivered(text: str) -> None:
    guest = Visitor()
    checkout(guest)
    assert guest.says(text, "ask_delivery").turn.conversation.expecting == "address"


def test_who_asks_for_the_fee_when_asked_how_has_chosen_nothing() -> None:
    guest = Visitor()
    checkout(guest)
    guest.says("how much is delivery", "ask_delivery")
    assert guest.order is not None and guest.order.type is None


def test_a_name_said_among_other_details_is_the_name() -> None:
    guest = Visitor()
    guest.orders(add("lasagna", 2))
    guest.says("that's it, pickup, name Lu, 2075550199, asap", "checkout")
    assert guest.order is not None and guest.order.name == "Lu" and guest.order.asap


def test_asking_for_the_total_at_the_read_back_tells_it_and_asks_again() -> None:
    guest = Visitor()
    guest.reaches_confirmation()
    heard = guest.says("wait, total?", "show_order")
    assert heard.kinds[0] == "order_lines" and guest.conversation.expecting == "confirm"


@pytest.mark.parametrize(
    ("text", "kind"),
    [("i'd rather you delivered it", "delivery"), ("delivery's easiest", "delivery"), ("i'll swing by", "pickup")],
)
def test_a_wish_for_delivery_that_asks_nothing_is_no_question(guest: Visitor, text: str, kind: str) -> None:
    checkout(guest)
    guest.says(text, "ask_delivery")
    assert guest.order is not None and guest.order.type == kind


@pytest.mark.parametrize(
    "text", ["how much is delivery", "do you deliver to the island", "what's the fee for delivery"]
)
def test_a_question_about_delivery_is_no_wish_for_it(guest: Visitor, text: str) -> None:
    checkout(guest)
    guest.says(text, "ask_delivery")
    assert guest.order is not None and guest.order.type is None


def test_delivery_wished_for_while_ordering_is_kept(guest: Visitor) -> None:
    guest.orders(add("lasagna", 2))
    guest.says("actually can we make it delivery instead", "ask_delivery")
    assert guest.order is not None and guest.order.type == "delivery"


def test_a_phone_number_spoken_in_place_of_the_time_is_no_time(guest: Visitor) -> None:
    checkout(guest, "pickup")
    guest.says("two oh seven five five five oh one two three")
    assert guest.order is not None and (guest.order.phone, guest.order.due) == ("+12075550123", None)
    assert guest.conversation.expecting == "time"


def test_a_time_asked_for_like_a_table_is_the_order_s(guest: Visitor) -> None:
    checkout(guest, "pickup")
    guest.says("could we do eight thirty", "book_table")
    assert guest.order is not None and guest.order.due == EVENING.replace(hour=20, minute=30)


def test_any_time_is_as_soon_as_possible(guest: Visitor) -> None:
    checkout(guest, "pickup")
    guest.says("i don't mind you tell me")
    assert guest.order is not None and guest.order.asap


def test_a_name_that_was_read_back_is_put_right(guest: Visitor) -> None:
    guest.reaches_confirmation()
    heard = guest.says("it's Hannah not Anna", "deny")
    assert guest.order is not None and guest.order.name == "Hannah" and heard.kinds[-1] == "confirm"


def test_a_yes_that_names_a_dish_places_nothing(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.says("yes and one more carbonara", "affirm")
    assert guest.placed is None


@pytest.mark.parametrize(
    "text", ["spot on thanks", "brilliant thank you", "that's the one", "send it", "mm hm that's it", "yessir"]
)
def test_approval_in_other_words_is_a_yes_to_the_read_back(guest: Visitor, text: str) -> None:
    guest.reaches_confirmation()
    guest.says(text, "thanks")
    assert guest.placed is not None


def test_a_time_of_day_at_the_read_back_is_no_number_of_dishes(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.says("no it's six forty five", "inform", Change(0, quantity=6))
    assert (
        guest.order is not None and guest.order.due == EVENING.replace(hour=18, minute=45) and guest.order.pieces == 1
    )


def test_what_was_forgotten_is_added_at_the_read_back(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.says("no you forgot the tiramisu", "complaint", add("tiramisu"))
    assert guest.cart() == {("lasagna", 1): 1, ("tiramisu", 1): 1}


def offered_fries(guest: Visitor) -> None:
    guest.orders(add("ember_burger"))
    guest.says("that's all", "checkout")
    assert guest.conversation.expecting == "upsell"


@pytest.mark.parametrize("text", ["i'll pass", "i've got some at home", "not for me thanks", "right that's me sorted"])
def test_an_offer_is_declined_in_many_words(guest: Visitor, text: str) -> None:
    offered_fries(guest)
    guest.says(text, "affirm" if "sorted" in text else "nlu_fallback")
    assert guest.cart() == {("ember_burger", 1): 1}


def test_a_number_of_those_offered_is_of_the_offer(guest: Visitor) -> None:
    offered_fries(guest)
    guest.says("two of those then", "order", Change(0, quantity=2))
    assert guest.cart() == {("ember_burger", 1): 1, ("fries", 2): 1}


def test_an_order_said_in_place_of_the_name_is_no_name(guest: Visitor) -> None:
    checkout(guest, "pickup", "asap")
    guest.says("scrap onion rings", "order", add("onion_rings"))
    assert guest.order is not None and guest.order.name is None


@pytest.mark.parametrize(
    ("text", "house"),
    [
        ("no the house number is forty not fourteen", "40"),
        ("it's 42 pine street", "42"),
        ("sixteen not fourteen", "16"),
    ],
)
def test_the_house_number_is_put_right_at_the_read_back(guest: Visitor, text: str, house: str) -> None:
    checkout(guest, "delivery", "14 pine street 04198", "asap", "Anna", "207 555 0123")
    guest.says(text, "deny")
    assert guest.conversation.expecting == "confirm"
    assert guest.order is not None and guest.order.address == f"{house} pine street 04198"


@pytest.mark.parametrize(("text", "minutes"), [("half an hour later", 30), ("twenty minutes later please", 20)])
def test_the_time_is_moved_at_the_read_back(guest: Visitor, text: str, minutes: int) -> None:
    checkout(guest, "pickup", "8 pm", "Anna", "207 555 0123")
    guest.says(f"can you make it {text}", "order")
    assert guest.order is not None and guest.order.due == EVENING.replace(hour=20) + timedelta(minutes=minutes)


@pytest.mark.parametrize("intent", ["deny", "book_table", "order"])
@pytest.mark.parametrize(
    ("text", "hour"),
    [("no at nine", 21), ("no nine p m", 21), ("no i want it around nine", 21), ("at 9:00 please", 21)],
)
def test_the_time_is_put_right_at_the_read_back(guest: Visitor, text: str, hour: int, intent: str) -> None:
    checkout(guest, "pickup", "8 pm", "Anna", "207 555 0123")
    guest.says(text, intent)
    assert guest.conversation.expecting == "confirm"
    assert guest.order is not None and guest.order.due == EVENING.replace(hour=hour)


def test_what_it_comes_to_is_told_and_ends_no_order(guest: Visitor) -> None:
    guest.orders(add("lasagna"))
    heard = guest.says("what does that come to", "checkout")
    assert "$" in heard.words and not guest.conversation.checkout


def test_who_is_coming_by_fetches_it(guest: Visitor) -> None:
    checkout(guest, "coming by for it")
    assert guest.order is not None and guest.order.type == "pickup"


def test_a_bare_half_past_is_of_the_next_half_hour(guest: Visitor) -> None:
    checkout(guest, "pickup", "half past is fine", quantity=1)
    assert guest.order is not None and guest.order.due == EVENING.replace(minute=30)


def test_a_flat_and_its_house_are_no_time(guest: Visitor) -> None:
    checkout(guest, "delivery", "flat 2 at 41 pine street 04198")
    assert guest.conversation.expecting == "time"
    assert guest.order is not None and guest.order.due is None and guest.order.address


def test_make_it_eight_right_after_the_time_is_of_the_time(guest: Visitor) -> None:
    checkout(guest, "pickup")
    guest.says("half past seven")
    assert guest.conversation.expecting == "name"
    guest.says("let's make it eight", "order", Change(0, quantity=8))
    assert guest.order is not None and guest.order.due == EVENING.replace(hour=20)
    assert guest.cart() == {("lasagna", 2): 1}


def test_who_comes_by_on_the_way_home_has_named_no_time(guest: Visitor) -> None:
    guest.orders(add("lasagna", 2))
    guest.says("that's all", "checkout")
    guest.says("i'll stop by on my way home")
    assert guest.order is not None and guest.order.type == "pickup" and guest.conversation.expecting == "time"


def test_a_question_about_the_offer_leaves_it_standing(guest: Visitor) -> None:
    guest.orders(add("ember_burger"))
    guest.says("that's all", "checkout")
    assert guest.says("what would the fries cost me", "ask_item").kinds[-1] == "upsell"
    guest.says("oh alright then stick them on", "inform")
    assert guest.cart() == {("ember_burger", 1): 1, ("fries", 1): 1}


def test_a_yes_to_the_offer_may_say_how_it_is_wanted(guest: Visitor) -> None:
    guest.orders(add("ember_burger"))
    guest.says("that's all", "checkout")
    guest.house = replace(guest.house, reader=OrderParser(MENU))
    guest.says("yeah go on then a large one to share", "affirm")
    assert guest.order and Option("side_size", "large") in guest.order.wanted[-1].options


def test_a_yes_behind_a_reason_against_it_takes_the_offer(guest: Visitor) -> None:
    guest.orders(add("ember_burger"))
    guest.says("that's all", "checkout")
    guest.says("i shouldn't but yes", "deny")
    assert guest.cart() == {("ember_burger", 1): 1, ("fries", 1): 1}


@pytest.mark.parametrize(
    "words, phone",
    [("no it should end in five three", "+12075550153"), ("the area code is six one seven", "+16175550123"), ("it's three one not two three", "+12075550131")],
)  # fmt: skip
def test_part_of_the_number_that_was_read_back_is_put_right(guest: Visitor, words: str, phone: str) -> None:
    guest.reaches_confirmation()
    guest.says(words, "deny")
    assert guest.order is not None and guest.order.phone == phone and guest.conversation.expecting == "confirm"


def test_a_zip_code_alone_takes_the_place_of_the_one_read_back(guest: Visitor) -> None:
    checkout(guest, "delivery", "44 pine street 04198", "as soon as possible", "Anna", "207 555 0123")
    guest.says("the zip's wrong it's oh four one nine nine")
    assert guest.order is not None and guest.order.address == "44 pine street 04199"


def test_a_name_is_put_right_by_what_it_is_not(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.says("no it's not Anna it's Hanna", "deny")
    assert guest.order is not None and guest.order.name == "Hanna"


def test_what_is_told_before_the_first_dish_is_kept(guest: Visitor) -> None:
    guest.says("i'd like to place an order for pickup under the name Hank", "order")
    guest.orders(add("lasagna"))
    guest.says("that's all", "checkout")
    assert guest.order is not None and (guest.order.type, guest.order.name) == ("pickup", "Hank")
    assert guest.conversation.expecting == "time"


def test_an_order_names_the_place_it_is_fetched_from(guest: Visitor) -> None:
    guest.says("i want to pick up from the old mill two lasagnas", "order", add("lasagna", 2))
    assert guest.order is not None and guest.order.place == "mill"


@pytest.mark.parametrize("words, hour, minute", [("at seven", 19, 0), ("at seven forty five", 19, 45)])
def test_an_order_names_the_hour_in_words(guest: Visitor, words: str, hour: int, minute: int) -> None:
    guest.says(f"two lasagnas ready for me {words}", "order", add("lasagna", 2))
    assert guest.order is not None and guest.order.due == EVENING.replace(hour=hour, minute=minute)


@pytest.mark.parametrize("words", ["could i come at eight instead", "make that 8 pm", "can you push it to 8 pm"])
def test_a_placed_order_is_put_off(guest: Visitor, words: str) -> None:
    guest.reaches_confirmation()
    guest.says("yes", "affirm")
    assert "placed_moved" in guest.says(words, "book_table", sure=0.9).kinds
    assert guest.placed is not None and guest.placed.due == EVENING.replace(hour=20)


def test_after_a_no_to_the_read_back_the_hour_is_of_the_order(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.says("no", "deny")
    guest.says("i'd like it at eight", "book_table")
    assert guest.order is not None and guest.order.due == EVENING.replace(hour=20)


def test_who_wants_to_eat_here_is_told_of_tables(guest: Visitor) -> None:
    checkout(guest)
    assert "eat_in" in guest.says("we're gonna eat it there").kinds
    assert guest.conversation.expecting == "type"


def test_the_hour_of_something_else_is_not_the_order_s(guest: Visitor) -> None:
    guest.says("i get off at nine so put me down for a lasagna", "order", add("lasagna"))
    assert guest.order is not None and guest.order.due is None


def test_who_pulls_in_fetches_it(guest: Visitor) -> None:
    checkout(guest, "pulling in to get it")
    assert guest.order is not None and guest.order.type == "pickup"
