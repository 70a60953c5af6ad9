"""Tables by chat: what is asked, what is read back, what a yes does, and what nobody can book."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.core.floor import Booking, end_of
from bot.core.turn import Said
from nlu.order_lines import Change, Edit
from tests.bot.parts import EVENING, HARBOUR, Heard, Visitor, add

MONDAY = EVENING + timedelta(days=3)


@pytest.fixture
def guest() -> Visitor:
    return Visitor()


def books(guest: Visitor, text: str = "a table for two tomorrow at 7 pm", name: str = "Ada Byron") -> Heard:
    guest.says(text, "book_table")
    guest.says(name)
    guest.says("207 555 0123")
    assert guest.conversation.expecting == "confirm"
    return guest.says("yes", "affirm")


def stored(guest: Visitor) -> list[tuple[int, str, int, str]]:
    rows = guest.kitchen.desk.rows()
    return [(row["people"], row["status"], row["number"], row["start"][:16]) for row in rows]


def fill(guest: Visitor, start: datetime, people: int = 2, count: int = 40) -> None:
    """Somebody else books whatever is free for this party at this time."""
    from bot.core.floor import free_tables

    for number in range(count):
        busy = guest.kitchen.desk.busy("harbour", start - timedelta(hours=5), start + timedelta(hours=5))
        tables = free_tables(HARBOUR, people, start, busy)
        if tables is None:
            return
        other = Booking(f"other-{start}-{number}", "harbour", people, start, end_of(HARBOUR, people, start), tables)
        guest.kitchen.desk.book(other, EVENING)


def test_a_booking_is_asked_for_read_back_and_made(guest: Visitor) -> None:
    asked = []
    for text, intent in [
        ("i'd like to book a table", "book_table"), ("four people", "inform"), ("tomorrow", "inform"),
        ("at 7 pm", "inform"), ("Ada Byron", "inform"),
    ]:  # fmt: skip
        guest.says(text, intent)
        asked.append(guest.conversation.expecting)
    assert asked == ["people", "date", "time", "name", "phone"]
    heard = guest.says("207 555 0123")
    for fact in ("4 people", "Harbour Street", "Saturday, November 21", "7:00 pm", "Ada Byron", "+1 207 555 0123"):
        assert fact in heard.words
    assert stored(guest) == []
    heard = guest.says("yes", "affirm")
    assert stored(guest) == [(4, "confirmed", 1001, "2026-11-21T19:00")]
    assert "1001" in heard.words
    row = guest.kitchen.desk.rows()[0]
    assert (row["name"], row["phone"], row["end"][:16]) == ("Ada Byron", "+12075550123", "2026-11-21T20:45")


def test_what_is_said_at_once_is_not_asked_again(guest: Visitor) -> None:
    guest.says("a table for 4 tomorrow at 7:30 pm, my name is Ada, 207 555 0123", "book_table")
    assert guest.conversation.expecting == "confirm"


def test_a_time_alone_is_today_when_it_is_still_to_come(guest: Visitor) -> None:
    guest.says("table for two at 9 pm", "book_table")
    assert guest.conversation.booking["day"] == "2026-11-20"
    late = Visitor()
    late.says("table for two at 5 pm", "book_table")
    assert late.conversation.expecting == "date"


def test_without_a_place_the_place_is_asked_first() -> None:
    guest = Visitor(place=None)
    guest.says("a table for 2 tomorrow at 7 pm", "book_table")
    assert guest.conversation.expecting == "place"
    guest.says("old mill")
    assert guest.conversation.expecting == "name"


def test_only_a_yes_to_what_was_read_back_books(guest: Visitor) -> None:
    guest.says("a table for 2 tomorrow at 7 pm", "book_table")
    guest.says("Ada")
    guest.says("207 555 0123")
    heard = guest.says("make it 8 pm", "inform")
    assert "8:00 pm" in heard.words and guest.conversation.expecting == "confirm" and not stored(guest)
    guest.says("thanks", "thanks")
    assert not stored(guest)
    heard = guest.says("no", "deny")
    assert heard.kinds == ["table_change"]
    heard = guest.says("for 3 people")
    assert "3 people" in heard.words
    guest.says("yes", "affirm")
    assert stored(guest) == [(3, "confirmed", 1001, "2026-11-21T20:00")]


def test_never_mind_ends_it(guest: Visitor) -> None:
    guest.says("a table for 2 tomorrow at 7 pm", "book_table")
    assert guest.says("never mind", "deny").kinds == ["table_dropped"]
    assert guest.conversation.booking == {} and guest.conversation.expecting is None


@pytest.mark.parametrize(
    "text, kind",
    [
        ("a table for 0 people tomorrow at 7 pm", "people_none"),
        ("a table for 2 on February 30 at 7 pm", "day_unknown"),
        ("a table for 2 on 2027-12-01 at 7 pm", "day_far"),
        ("a table for 2 on November 26 at 7 pm", "day_closed"),
        ("a table for 2 today at 3 pm", "hour_past"),
        ("a table for 2 tomorrow at 9 am", "hour_outside"),
        ("a table for 2 tomorrow at 11 pm", "hour_outside"),
        ("a table for 2 tomorrow at 7:10 pm", "hour_rounded"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence_and_asked_again(guest: Visitor, text: str, kind: str) -> None:
    heard = guest.says(text, "book_table")
    assert heard.kinds[0] == kind and len(heard.kinds) == 2
    assert not stored(guest) and "None" not in heard.words


@pytest.mark.parametrize("people", [11, 1000, 90000])
def test_a_party_too_large_goes_to_a_person(guest: Visitor, people: int) -> None:
    heard = guest.says(f"a table for {people} people tomorrow at 7 pm", "book_table")
    assert heard.kinds == ["party_too_large"] and guest.conversation.handoff == "waiting"
    assert guest.conversation.booking == {}


def test_a_full_house_offers_the_nearest_times_and_one_of_them_is_taken(guest: Visitor) -> None:
    seven = EVENING + timedelta(hours=1)
    fill(guest, seven + timedelta(days=1))
    heard = guest.says("a table for 2 tomorrow at 7 pm", "book_table")
    assert heard.kinds == ["table_full"] and guest.conversation.expecting == "time"
    assert heard.buttons and all(button.endswith("pm") for button in heard.buttons)
    guest.says("the second one")
    assert guest.conversation.expecting == "name"
    assert guest.conversation.booking["at"] == guest_time(heard.buttons[1])


def guest_time(words: str) -> str:
    return datetime.strptime(words.upper(), "%I:%M %p").strftime("%H:%M")


def test_the_second_of_two_guests_for_the_last_table_gets_an_apology_and_other_times(guest: Visitor) -> None:
    seven = EVENING + timedelta(days=1, hours=1)
    other = Visitor()
    other.kitchen = guest.kitchen
    other.conversation.id = "other"
    for visitor in (guest, other):
        visitor.says("a table for 8 tomorrow at 7 pm", "book_table")
        visitor.says("Ada")
        visitor.says("207 555 0123")
    assert guest.says("yes", "affirm").kinds[0] == "table_booked"
    fill(guest, seven, 7)
    heard = other.says("yes", "affirm")
    assert heard.kinds == ["table_just_taken"] and heard.buttons
    assert [row for row in guest.kitchen.desk.rows() if row["conversation"] == "other"] == []
    other.says(heard.buttons[0])
    assert other.conversation.expecting == "confirm"
    assert other.says("yes", "affirm").kinds[0] == "table_booked"


def test_within_minutes_the_waitlist_is_offered_and_joined(guest: Visitor) -> None:
    heard = guest.says("a table for 2 today at 6:15 pm", "book_table")
    assert heard.kinds == ["table_soon_wait"]
    guest.says("yes", "affirm")
    guest.says("Ada")
    heard = guest.says("207 555 0123")
    assert heard.kinds == ["wait_confirm"] and "+1 207 555 0123" in heard.words
    heard = guest.says("yes", "affirm")
    (row,) = guest.kitchen.waitlist.rows()
    assert (row["people"], row["phone"], row["status"]) == (2, "+12075550123", "waiting")
    assert heard.kinds == ["wait_joined"] and not stored(guest)


def test_a_waiting_guest_hears_the_place_in_line_and_can_leave(guest: Visitor) -> None:
    guest.says("put us on the waitlist for 2", "join_waitlist")
    guest.says("Ada")
    guest.says("207 555 0123")
    guest.says("yes", "affirm")
    assert guest.says("put us on the waitlist", "join_waitlist").kinds == ["wait_place"]
    assert guest.says("how long is the wait", "ask_wait").kinds == ["wait_place"]
    assert guest.says("take us off the list", "join_waitlist").kinds == ["wait_leave"]
    assert guest.says("yes", "affirm").kinds == ["wait_left"]
    assert guest.kitchen.waitlist.rows() == []


def test_who_leaves_before_joining_is_asked_nothing_more(guest: Visitor) -> None:
    guest.says("put us on the waitlist", "join_waitlist")
    assert guest.says("take us off the list please", "join_waitlist").kinds == ["wait_dropped"]
    assert guest.conversation.expecting is None


def test_the_party_that_the_wait_was_asked_for_is_not_asked_for_again(guest: Visitor) -> None:
    guest.says("how long is the wait for 4 people", "ask_wait")
    guest.says("ok, put us on the list", "join_waitlist")
    assert guest.conversation.booking["people"] == 4
    assert guest.says("how many are ahead of us?", "ask_wait").kinds[0] == "wait_now"


def test_a_wish_after_the_booking_is_noted_with_it(guest: Visitor) -> None:
    books(guest)
    heard = guest.says("oh, and we need a high chair", "nlu_fallback")
    assert heard.kinds == ["wish_noted"] and "high chair" in heard.words
    (row,) = guest.kitchen.desk.rows()
    assert row["note"] == "high chair"


def test_another_time_in_place_of_the_name_is_no_name(guest: Visitor) -> None:
    guest.says("a table for 6 tomorrow at 7 pm", "book_table")
    guest.says("is 7:30 possible instead?")
    assert guest.conversation.booking["at"] == "19:30" and guest.conversation.booking["name"] is None


@pytest.mark.parametrize("text", ["we're at the door, how long is the wait", "how long is the wait for 4?"])
def test_the_wait_of_a_party_at_the_door_is_for_a_table(guest: Visitor, text: str) -> None:
    assert guest.says(text, "ask_wait").kinds == ["wait_now"]


def test_another_party_size_in_place_of_the_name_is_no_name(guest: Visitor) -> None:
    guest.says("a table for 6 tomorrow at 7 pm", "book_table")
    assert guest.conversation.expecting == "name"
    guest.says("actually 8 of us")
    assert guest.conversation.booking["people"] == 8 and guest.conversation.booking["name"] is None


def test_a_closed_place_has_no_waitlist() -> None:
    guest = Visitor(now=EVENING.replace(hour=3))
    assert guest.says("put us on the waitlist", "join_waitlist").kinds == ["waitlist_closed"]
    assert guest.conversation.booking == {}


def test_own_bookings_are_found_moved_and_cancelled_in_the_same_conversation(guest: Visitor) -> None:
    books(guest)
    heard = guest.says("what time is my reservation", "manage_booking")
    assert "1001" in heard.words and "7:00 pm" in heard.words
    heard = guest.says("move my booking to 8:30 pm", "manage_booking")
    assert heard.kinds == ["table_confirm_move"] and "8:30 pm" in heard.words
    assert stored(guest)[0][3] == "2026-11-21T19:00"
    guest.says("yes", "affirm")
    assert stored(guest) == [(2, "confirmed", 1001, "2026-11-21T20:30")]
    guest.says("make our booking half an hour later", "manage_booking")
    guest.says("yes", "affirm")
    guest.says("add one more person to my booking", "manage_booking")
    guest.says("add one more person", "manage_booking")
    guest.says("yes", "affirm")
    assert stored(guest)[0][3] == "2026-11-21T21:00"
    heard = guest.says("cancel my reservation", "manage_booking")
    assert heard.kinds == ["table_confirm_cancel"] and stored(guest)[0][1] == "confirmed"
    assert guest.says("no", "deny").kinds == ["table_kept"]
    guest.says("cancel my reservation", "manage_booking")
    assert guest.says("yes", "affirm").kinds == ["table_cancelled"]
    assert stored(guest)[0][1] == "cancelled"
    assert not guest.kitchen.desk.busy("harbour", EVENING, EVENING + timedelta(days=3))


@pytest.mark.parametrize(
    ("said", "asked", "answer", "read"),
    [
        ("Another day", "date", "november 25", "November 25"),
        ("the time is wrong", "time", "8:30 pm", "8:30 pm"),
        ("Another number of people", "people", "six", "6 people"),
    ],
)
def test_what_is_named_as_wrong_at_the_read_back_is_asked_for_anew(
    guest: Visitor, said: str, asked: str, answer: str, read: str
) -> None:
    for text, intent in [
        ("a table for two tomorrow at 7 pm", "book_table"), ("Ada Byron", "inform"), ("207 555 0123", "inform"),
        ("no", "deny"), (said, "inform"),
    ]:  # fmt: skip
        guest.says(text, intent)
    assert guest.conversation.expecting == asked
    assert read in guest.says(answer, "inform").words
    assert guest.conversation.expecting == "confirm"


def test_a_change_without_details_asks_what_to_change(guest: Visitor) -> None:
    books(guest)
    assert guest.says("change my reservation", "manage_booking").kinds == ["table_move_to"]
    heard = guest.says("monday at 6 pm")
    assert heard.kinds == ["table_confirm_move"] and "Monday, November 23" in heard.words


def test_running_late_is_noted_for_the_host(guest: Visitor) -> None:
    books(guest)
    assert guest.says("we are running late for our table", "manage_booking").kinds == ["table_late"]
    assert guest.kitchen.desk.rows()[0]["note"] == "running late"


def stranger(guest: Visitor) -> Visitor:
    other = Visitor()
    other.kitchen = guest.kitchen
    other.conversation.id = "stranger"
    return other


def test_from_elsewhere_the_name_and_the_phone_or_number_and_the_end_of_the_phone_are_needed(guest: Visitor) -> None:
    books(guest)
    other = stranger(guest)
    assert other.says("cancel my reservation", "manage_booking").kinds == ["table_identity"]
    assert other.says("207 555 0123").kinds == ["table_identity_name"]
    assert other.says("byron").kinds == ["table_confirm_cancel"]
    other = stranger(guest)
    other.says("cancel my reservation", "manage_booking")
    assert other.says("1001").kinds == ["table_identity_name"]
    assert other.says("byron").kinds == ["table_identity_last_four"]
    assert other.says("zero one two three").kinds == ["table_confirm_cancel"]


@pytest.mark.parametrize(
    "words",
    ["cancel my reservation 1001, my name is Byron, the phone ends in 0123", "cancel booking 1001 under Byron 0123"],
)
def test_everything_that_identifies_a_booking_may_come_at_once(guest: Visitor, words: str) -> None:
    books(guest)
    assert stranger(guest).says(words, "manage_booking").kinds == ["table_confirm_cancel"]


def test_who_calls_from_the_booking_s_phone_needs_no_digits_of_it(guest: Visitor) -> None:
    books(guest)
    for number, then in (("+12075550123", "table_confirm_cancel"), ("+12075550199", "table_identity_last_four")):
        caller = stranger(guest)
        caller.conversation.channel, caller.conversation.phone = "phone", number
        caller.says("cancel my reservation", "manage_booking")
        caller.says("1001")
        assert caller.says("byron").kinds == [then]


@pytest.mark.parametrize(
    "proofs",
    [
        ("1001", "Miller", "0123"), ("1002", "Ada Byron", "0123"), ("1001", "Ada Byron", "0124"),
        ("1001", "Ada Byron", "207 555 0199"), ("207 555 0199", "Ada Byron"), ("207 555 0123", "Miller"),
    ],
)  # fmt: skip
def test_a_stranger_reads_and_changes_nothing(guest: Visitor, proofs: tuple[str, ...]) -> None:
    books(guest)
    other = stranger(guest)
    other.says("what time is my reservation", "manage_booking")
    words = ""
    for _ in range(3):
        for proof in proofs:
            words += other.says(proof).words
    assert "7:00" not in words and "Harbour" not in words
    assert other.conversation.handoff == "waiting" and other.conversation.booking == {}
    assert stored(guest)[0][1] == "confirmed"


def test_who_guessed_wrongly_a_few_times_cannot_go_on_guessing(guest: Visitor) -> None:
    books(guest)
    other = stranger(guest)
    for end in ("0000", "0001", "0002", "0123", "0123"):
        heard = other.says(f"cancel booking 1001 under Byron, {end}", "manage_booking")
    assert heard.kinds == ["table_not_found_person"]
    assert stored(guest)[0][1] == "confirmed"


def test_what_is_asked_does_not_tell_whether_number_and_name_are_right(guest: Visitor) -> None:
    books(guest)
    heard = []
    for number, name in (("1001", "Ada Byron"), ("1001", "Miller"), ("1002", "Ada Byron")):
        other = stranger(guest)
        other.says("what time is my reservation", "manage_booking")
        heard.append([other.says(words).kinds for words in (number, name, "0000")])
    assert heard[0] == heard[1] == heard[2]


def test_a_booking_without_a_phone_number_is_shown_to_nobody_from_elsewhere(guest: Visitor) -> None:
    books(guest)
    db = guest.kitchen.book
    db.exec_driver_sql("UPDATE bookings SET phone = NULL")
    other = stranger(guest)
    other.says("what time is my reservation", "manage_booking")
    for words in ("1001", "Ada Byron", "0123"):
        heard = other.says(words)
    assert heard.kinds[0] == "table_not_found"


def test_an_order_and_a_booking_wait_for_each_other(guest: Visitor) -> None:
    guest.orders(add("lasagna"))
    heard = guest.says("and a table for two tomorrow at 7 pm", "book_table")
    assert guest.cart() == {("lasagna", 1): 1} and guest.conversation.expecting == "name"
    heard = guest.says("oh and add a cola", "order", add("cola"))
    assert guest.cart() == {("lasagna", 1): 1, ("cola", 1): 1}
    assert guest.conversation.expecting == "name" and "anything_else" not in heard.kinds
    guest.says("Ada Byron")
    guest.says("207 555 0123")
    heard = guest.says("yes", "affirm")
    assert heard.kinds == ["table_booked", "table_then_order"] and "Lasagna" in heard.words
    guest.says("that's all", "checkout")
    guest.says("pickup")
    heard = guest.says("as soon as possible")
    assert guest.conversation.expecting == "confirm" and "Ada Byron" in heard.words
    guest.says("yes", "affirm")
    assert guest.placed is not None and len(stored(guest)) == 1


def test_a_booking_in_the_middle_of_checkout_goes_back_to_it(guest: Visitor) -> None:
    guest.orders(add("lasagna"))
    guest.says("that's all", "checkout")
    assert guest.conversation.expecting == "type"
    guest.says("wait, can i book a table for 2 tomorrow at 7 pm", "book_table")
    assert guest.conversation.expecting == "name"
    guest.says("Ada")
    guest.says("207 555 0123")
    guest.says("yes", "affirm")
    assert guest.conversation.expecting == "type"


def books_beside_an_order(place: str) -> Visitor:
    guest = Visitor(place=None)
    guest.orders(add("lasagna"))
    guest.says(f"a table for two at {place} tomorrow at 7 pm", "book_table")
    for text in ("Ada Byron", "207 555 0123"):
        guest.says(text)
    guest.says("yes", "affirm")
    return guest


@pytest.mark.parametrize(
    "how, told",
    [
        ("pickup", "Pickup at Harbour Street"),
        ("deliver it to 4 Pine Street, 04198", "Delivery from Harbour Street to 4 Pine Street, 04198"),
    ],
)
def test_the_place_of_the_booking_is_taken_for_the_order_and_told(how: str, told: str) -> None:
    guest = books_beside_an_order("harbour street")
    guest.orders(add("caesar_salad"))
    heard = guest.says("that's all", "checkout")
    assert heard.kinds == ["place_booked", "ask_type"] and "Harbour Street" in heard.words
    guest.says(how)
    heard = guest.says("as soon as possible")
    assert heard.kinds == ["confirm"] and told in heard.words
    guest.says("yes", "affirm")
    assert guest.placed is not None and guest.placed.place == "harbour"


@pytest.mark.parametrize("before", [(), ("that's all",), ("that's all", "pickup"), ("that's all", "pickup", "asap")])
def test_the_guest_may_want_the_order_at_another_place_than_the_table(before: tuple[str, ...]) -> None:
    guest = books_beside_an_order("harbour street")
    for text in before:
        guest.says(text, "checkout" if text == "that's all" else "inform")
    guest.says("that's all, at the old mill" if not before else "no, at the old mill", "inform")
    assert guest.conversation.checkout and guest.order is not None
    assert (guest.conversation.place, guest.order.place) == ("mill", "mill")
    assert [row["place"] for row in guest.kitchen.desk.rows()] == ["harbour"]


def test_a_place_in_an_address_or_a_question_moves_no_order() -> None:
    guest = books_beside_an_order("harbour street")
    guest.says("that's all", "checkout")
    guest.says("when does the old mill open?", "ask_hours")
    guest.says("deliver it to 44 Old Mill, 04198")
    assert guest.order is not None and (guest.order.place, guest.order.address) == ("harbour", "44 Old Mill, 04198")


def test_bookings_at_two_places_leave_the_place_to_be_asked_and_a_mere_yes_hears_the_choices() -> None:
    guest = books_beside_an_order("harbour street")
    guest.says("book another table for two at the old mill tomorrow at 6 pm", "book_table")
    guest.says("yes", "affirm")
    assert len(stored(guest)) == 2
    assert guest.says("that's all", "checkout").kinds == ["ask_place"]
    heard = guest.says("yes", "affirm")
    assert heard.kinds == ["place_bad"] and heard.buttons == ["Harbour Street", "Old Mill"]
    assert "12 Harbour Street" in heard.words and guest.conversation.expecting == "place"


def test_a_mere_yes_to_the_place_of_a_table_hears_the_choices() -> None:
    guest = Visitor(place=None)
    guest.says("a table for two tomorrow at 7 pm", "book_table")
    assert guest.says("yes", "affirm").kinds == ["place_bad"]
    guest.says("harbour")
    assert guest.conversation.booking["place"] == "harbour"


@pytest.mark.parametrize("intent", ["order", "inform", "nlu_fallback", "book_table", "manage_booking"])
@pytest.mark.parametrize(
    "text",
    [
        "make it 4 people",
        "actually make that four people",
        "we will be 4 of us",
        "actually we'll be 4",
        "sorry, we are four",
    ],
)
def test_a_number_of_people_changes_the_booking_and_no_dish(text: str, intent: str) -> None:
    for closing in (False, True):
        guest = books_beside_an_order("harbour street")
        if closing:
            guest.says("that's all", "checkout")
        heard = guest.says(text, intent, Change(0, quantity=4))
        assert heard.kinds == ["table_confirm_move"] and "4 people" in heard.words
        heard = guest.says("yes", "affirm")
        assert guest.cart() == {("lasagna", 1): 1} and [row[0] for row in stored(guest)] == [4]
        assert heard.kinds[-1] == ("ask_type" if closing else "table_then_order")


@pytest.mark.parametrize("text", ["make it four", "make that 4 lasagnas"])
def test_a_number_without_people_stays_with_the_order(text: str) -> None:
    guest = books_beside_an_order("harbour street")
    guest.says(text, "order", Change(0, quantity=4))
    assert guest.cart() == {("lasagna", 4): 1} and [row[0] for row in stored(guest)] == [2]


@pytest.mark.parametrize("intent", ["inform", "show_order", "ask_faq", "nlu_fallback"])
def test_what_was_booked_is_told_at_any_question_of_the_checkout(intent: str) -> None:
    guest = books_beside_an_order("harbour street")
    guest.says("book another table for two at the old mill tomorrow at 6 pm", "book_table")
    guest.says("yes", "affirm")
    guest.says("that's all", "checkout")
    guest.says("what did i book?", intent)
    heard = guest.says("1001")
    assert heard.kinds == ["table_found", "ask_place"] and "7:00 pm" in heard.words
    guest.says("harbour")
    guest.kitchen.desk.cancel(guest.kitchen.desk.rows()[1]["id"], guest.now)
    assert guest.says("what did i book?", intent).kinds == ["table_found", "ask_type"]


def test_a_question_in_the_middle_is_answered_and_the_booking_goes_on(guest: Visitor) -> None:
    guest.says("a table for 2 tomorrow", "book_table")
    heard = guest.says("when do you open on sunday?", "ask_hours")
    assert heard.kinds[0] == "hours_day" and guest.conversation.expecting == "time"


def test_an_order_a_question_and_a_table_in_one_message_are_all_dealt_with(guest: Visitor) -> None:
    text = "two margheritas, oh and where are you? table for two at 9 pm then"
    parts = (
        Said("two margheritas", "order", 0.9),
        Said("oh and where are you?", "ask_location", 0.9),
        Said("table for two at 9 pm then", "book_table", 0.9),
    )
    heard = says_parts(guest, text, parts, add("margherita", 2))
    assert guest.cart() == {("margherita", 2): 1}
    assert heard.kinds[:3] == ["changed", "location", "table_noted"]
    assert guest.conversation.expecting == "option"
    guest.says("medium", "inform", *[change_size("medium")])
    assert guest.conversation.expecting == "name"
    assert guest.conversation.booking["people"] == 2 and guest.conversation.booking["at"] == "21:00"


def change_size(size: str) -> Edit:
    from nlu.order_lines import Change, Option

    return Change(0, put=(Option("pizza_size", size),))


def says_parts(guest: Visitor, text: str, parts: tuple[Said, ...], *edits: Edit) -> Heard:
    """One message of several sentences; the parser reads ``edits`` in the first."""
    read = guest.edits
    guest.edits = lambda words, *rest: read(words, *rest) if words == parts[0].text else type(read("", []))()  # type: ignore
    heard = guest.says(text, parts[0].intent, *edits, parts=parts)
    del guest.edits
    return heard


def test_words_of_one_business_are_not_cut(guest: Visitor) -> None:
    parts = (Said("hi there", "greet", 0.9), Said("a table for two tomorrow at 7 pm", "book_table", 0.9))
    heard = guest.says("hi there. a table for two tomorrow at 7 pm", "book_table", parts=parts)
    assert heard.kinds == ["table_name"]
    assert guest.conversation.booking["at"] == "19:00"


@pytest.mark.parametrize(
    "now, text, day",
    [
        ("2026-11-19T23:59", "next friday", "2026-11-27"),
        ("2026-11-20T00:01", "tomorrow", "2026-11-21"),
        ("2026-11-20T23:59", "tomorrow", "2026-11-21"),
    ],
)
def test_days_are_counted_from_the_place_s_own_midnight(now: str, text: str, day: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=HARBOUR.zone)
    guest = Visitor(now=moment)
    heard = guest.says(f"a table for 2 {text} at 7 pm", "book_table")
    assert guest.conversation.booking["day"] == day, heard.words


def test_a_wish_is_kept_and_met_where_it_can_be(guest: Visitor) -> None:
    heard = books(guest, "a table for 2 outside tomorrow at 7 pm, it is her birthday")
    row = guest.kitchen.desk.rows()[0]
    assert row["tables"] == ["T1"] and row["note"] == "on the terrace; birthday", heard.words


@pytest.mark.parametrize("intent", ["book_table", "order"])
def test_an_order_and_a_table_in_one_sentence_are_both_taken_up(guest: Visitor, intent: str) -> None:
    words = "a table for four at 8 pm and two lasagnas for pickup"
    heard = guest.says(words, intent, add("lasagna", 2))
    assert guest.cart() == {("lasagna", 2): 1}
    assert guest.conversation.booking["people"] == 4 and "2 × Lasagna" in heard.words


@pytest.mark.parametrize("intent", ["ask_menu", "order", "checkout", "greet", "thanks", "deny", "ask_faq"])
def test_any_other_business_ends_the_search_for_a_booking(guest: Visitor, intent: str) -> None:
    guest.says("what did I book?", "manage_booking")
    assert guest.conversation.expecting == "phone"
    guest.says("something else", intent, *([add("lasagna")] if intent == "order" else []))
    assert guest.conversation.booking == {} and guest.conversation.expecting is None


def test_another_time_right_after_booking_moves_the_booking(guest: Visitor) -> None:
    books(guest)
    guest.says("actually can we do 8 pm instead?", "order")
    assert guest.conversation.pending["do"] == "move" and guest.conversation.booking["at"] == "20:00"


def test_who_waits_asks_and_leaves_in_few_words(guest: Visitor) -> None:
    for words, intent in (
        ("table for two now, waitlist", "join_waitlist"),
        ("Sam", "inform"),
        ("207 555 0155", "inform"),
    ):
        guest.says(words, intent)
    guest.says("yes", "affirm")
    assert guest.says("how long now?", "order_status").kinds == ["wait_place"]
    guest.says("we are leaving, take us off", "goodbye")
    assert guest.says("yes", "affirm").kinds == ["wait_left"]


@pytest.mark.parametrize(
    "text",
    ["harbour, 5 people at 7:30 pm", "5 people at 7:30 pm at the harbour", "at harbour street for 5 people, 7:30 pm"],
)
def test_details_said_with_the_place_are_kept(text: str) -> None:
    guest = Visitor(place=None)
    guest.says("a table for tomorrow please", "book_table")
    assert guest.conversation.expecting == "place"
    guest.says(text)
    booking = guest.conversation.booking
    assert (booking["place"], booking["people"], booking["at"]) == ("harbour", 5, "19:30")


def test_details_said_instead_of_the_place_are_kept_and_the_place_is_asked_again() -> None:
    guest = Visitor(place=None)
    guest.says("a table for tomorrow please", "book_table")
    heard = guest.says("for 5 people at 7:30 pm")
    assert guest.conversation.booking["people"] == 5 and heard.kinds == ["table_place"]


@pytest.mark.parametrize(
    ("text", "intent", "people", "start"),
    [
        ("sorry i meant sunday", "repeat", 2, "2026-11-22T19:00"),
        ("my sister's coming too so one more", "inform", 3, "2026-11-21T19:00"),
        ("a bit earlier if you can", "inform", 2, "2026-11-21T18:30"),
        ("thirty minutes later", "nlu_fallback", 2, "2026-11-21T19:30"),
    ],
)
def test_a_booking_is_corrected_as_it_is_read_back(
    guest: Visitor, text: str, intent: str, people: int, start: str
) -> None:
    guest.says("a table for two tomorrow at 7 pm", "book_table")
    guest.says("Ada Byron")
    guest.says("207 555 0123")
    guest.says(text, intent)
    assert guest.conversation.expecting == "confirm"
    kept = guest.conversation.booking
    assert (kept["people"], f"{kept['day']}T{kept['at']}") == (people, start)


@pytest.mark.parametrize(
    "words",
    ["tomorrow eight o'clock six of us", "party of three saturday at seven thirty", "six people tonight",
     "it's my mum's birthday on sunday and we'd like to bring her in"],
)  # fmt: skip
@pytest.mark.parametrize("intent", ["inform", "nlu_fallback", "ask_faq"])
def test_who_names_a_party_and_a_day_wants_a_table(guest: Visitor, words: str, intent: str) -> None:
    guest.says(words, intent)
    assert guest.conversation.booking["task"] == "book"


@pytest.mark.parametrize(
    "words", ["reservation please", "can we have a booth for five", "i want a reservation not an order"]
)
def test_who_has_no_booking_and_wants_one_is_not_asked_for_its_number(guest: Visitor, words: str) -> None:
    guest.says(words, "manage_booking")
    assert guest.conversation.booking["task"] == "book"


@pytest.mark.parametrize(
    "words",
    ["could you squeeze four of us in on sunday", "put me down for four tomorrow", "any tables for four on sunday"],
)
def test_a_party_is_heard_in_whatever_words_surround_it(guest: Visitor, words: str) -> None:
    guest.says(words, "book_table")
    assert guest.conversation.booking["people"] == 4


@pytest.mark.parametrize(
    "words, people",
    [("two and a high chair", 2), ("around three i'm not sure yet", 3), ("my mum my dad my sister and me so four", 4),
     ("it was six but now it's four", 4), ("no not four five", 5), ("no more than five", 5)],
)  # fmt: skip
def test_asked_how_many_a_number_is_of_people(guest: Visitor, words: str, people: int) -> None:
    guest.says("i'd like to book a table", "book_table")
    guest.says(words)
    assert (guest.conversation.booking["people"], guest.conversation.booking["at"]) == (people, None)


@pytest.mark.parametrize(
    "words, intent",
    [("is tomorrow free", "free_food"), ("what about tomorrow", "ask_hours"), ("tomorrow lunchtime", "ask_hours")],
)
def test_a_day_in_the_words_of_a_question_answers_for_which_day(guest: Visitor, words: str, intent: str) -> None:
    guest.says("a table for four", "book_table")
    guest.says(words, intent)
    assert guest.conversation.booking["day"] == "2026-11-21"


def test_a_question_about_the_hours_is_answered_and_names_no_day(guest: Visitor) -> None:
    guest.says("a table for four", "book_table")
    assert "hours" in " ".join(guest.says("what days are you open", "ask_hours").kinds)
    assert guest.conversation.booking["day"] is None


def test_for_whom_a_table_is_wanted_names_no_party(guest: Visitor) -> None:
    guest.says("i'd like to reserve a table for a birthday lunch for my mother on saturday", "book_table")
    assert guest.conversation.expecting == "people"


@pytest.mark.parametrize(
    "words, day",
    [("saturday no sorry sunday", "2026-11-22"), ("the day after thanksgiving", "2026-11-27"), ("christmas eve", "2026-12-24")],
)  # fmt: skip
def test_a_day_may_be_corrected_or_told_by_a_holiday(guest: Visitor, words: str, day: str) -> None:
    guest.says("a table for four", "book_table")
    guest.says(words)
    assert guest.conversation.booking["day"] == day


def test_the_day_before_is_of_the_day_that_was_refused(guest: Visitor) -> None:
    assert "day_closed" in guest.says("a table for 4 on thanksgiving at 6 pm", "book_table").kinds
    guest.says("what about the day before then", "book_table")
    assert guest.conversation.booking["day"] == "2026-11-25"


def test_half_seven_is_a_time_where_no_word_leads_to_it(guest: Visitor) -> None:
    guest.says("a table for tomorrow four people half seven", "book_table")
    assert guest.conversation.booking["at"] == "19:30"


@pytest.mark.parametrize("words, people, at", [("eight", 4, "20:00"), ("five", 5, "19:00"), ("six", 4, "18:00")])
def test_make_it_and_a_number_is_of_the_hour_or_the_people_whichever_is_nearer(
    guest: Visitor, words: str, people: int, at: str
) -> None:
    guest.says("a table for 4 tomorrow at 7 pm, my name is Ada, 207 555 0123", "book_table")
    guest.says(f"oh could we make it {words} instead", "order")
    assert (guest.conversation.booking["people"], guest.conversation.booking["at"]) == (people, at)


def test_part_of_the_number_is_put_right_at_the_read_back(guest: Visitor) -> None:
    guest.says("a table for 4 tomorrow at 7 pm, my name is Ada, 207 555 0123", "book_table")
    guest.says("no sorry two four at the end", "deny")
    assert guest.conversation.booking["phone"] == "+12075550124"


def test_a_yes_books_whatever_else_its_words_may_mean(guest: Visitor) -> None:
    guest.says("a table for 4 tomorrow at 7 pm, my name is Ada, 207 555 0123", "book_table")
    assert "table_booked" in guest.says("yeah that's it", "checkout", sure=0.95).kinds


def test_a_name_that_is_also_a_courtesy_is_a_name_when_asked_for(guest: Visitor) -> None:
    guest.says("a table for 4 tomorrow at 7 pm", "book_table")
    guest.says("Ty", "thanks", sure=0.99)
    assert guest.conversation.booking["name"] == "Ty"


def test_a_name_ends_where_the_sentence_goes_on(guest: Visitor) -> None:
    guest.says("my name's Patricia i'd like a table for 5 on sunday", "book_table")
    assert guest.conversation.booking["name"] == "Patricia"


def test_who_calls_from_a_known_number_is_not_asked_for_it(guest: Visitor) -> None:
    guest.conversation.phone = "+12075550125"
    guest.says("a table for 4 tomorrow at 7 pm, my name is Ada", "book_table")
    assert guest.conversation.expecting == "confirm"


def test_yes_cancel_it_cancels(guest: Visitor) -> None:
    books(guest)
    guest.says("cancel my booking", "manage_booking")
    guest.says("yes cancel it", "cancel_order")
    assert [row[1] for row in stored(guest)] == ["cancelled"]


def test_a_booking_is_pushed_back_by_half_an_hour(guest: Visitor) -> None:
    books(guest)
    guest.says("could we push it back half an hour", "manage_booking")
    guest.says("yes", "affirm")
    assert stored(guest)[0][3] == "2026-11-21T19:30"


def test_more_people_after_the_yes_change_the_booking(guest: Visitor) -> None:
    books(guest)
    guest.says("oh wait my sister's coming so make it 5 people", "other_guest")
    guest.says("yes", "affirm")
    assert stored(guest)[0][0] == 5
