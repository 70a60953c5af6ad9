import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.guest_details import (
    count_digits,
    find_address,
    find_name,
    find_phone,
    find_type,
    spoken_digits,
    without_details,
)

WORDS = (
    "my name is anna o'neill it's under for please call me double triple oh five seven 207 555 0123 + ( ) - . deliver "
    "pick up pickup 12 pine street 04199 ' ’ ¼ ٣"
)


@given(st.text() | st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join))
def test_any_words_give_details_or_none(text: str) -> None:
    name, phone, kind, address = find_name(text), find_phone(text), find_type(text), find_address(text, ["04199"])
    assert name is None or 0 < len(name) <= 40
    assert phone is None or phonenumbers.is_possible_number(phonenumbers.parse(phone))
    assert kind in (None, "pickup", "delivery")
    assert address is None or len(address[0]) <= 200
    assert 0 <= count_digits(text) <= 3 * len(text)


@pytest.mark.parametrize(
    "text, name",
    [
        ("Anna", "Anna"),
        ("my name is anna", "Anna"),
        ("it's Ben, thanks", "Ben"),
        ("put it under Mary Jane Watson please", "Mary Jane Watson"),
        ("O'Neill", "O'Neill"),
        ("ANNA-LENA", "Anna-Lena"),
        ("This is José", "José"),
        ("李", "李"),
    ],
)
def test_a_name_is_found_as_it_would_be_called_out(text: str, name: str) -> None:
    assert find_name(text) == name


@pytest.mark.parametrize("text", ["it's for Priya", "its for priya", "that's for Priya please", "for Priya"])
def test_whom_it_is_for_is_the_name_alone(text: str) -> None:
    assert find_name(text) == "Priya"


@pytest.mark.parametrize(
    "text", ["", "yes", "no thanks", "what?", "12", "remove the cola", "pickup", "a" * 50, "<b>Anna</b>", "cancel"]
)
def test_what_is_no_name_is_not_taken_for_one(text: str) -> None:
    assert find_name(text) is None


def test_a_name_of_thousands_of_letters_is_refused_without_trying_every_way_to_split_it() -> None:
    assert find_name(" ".join(["a" * 400] * 4) + "1") is None


@pytest.mark.parametrize(
    "text",
    [
        "207 555 0123",
        "(207) 555-0123",
        "2075550123",
        "+1 207 555 0123",
        "it's 207.555.0123, thanks",
        "two oh seven five five five oh one two three",
        "two zero seven triple five oh one two three",
    ],
)
def test_a_phone_number_is_found_in_every_usual_writing(text: str) -> None:
    assert find_phone(text) == "+12075550123"


@pytest.mark.parametrize("text", ["", "555 0123", "207 555", "04199", "12", "two colas", "999999999999999999"])
def test_half_a_phone_number_is_none(text: str) -> None:
    assert find_phone(text) is None


def test_a_number_of_another_country_keeps_its_code() -> None:
    assert find_phone("+44 20 7946 0958") == "+442079460958"


def test_spoken_digits_become_written_ones_and_other_words_stay() -> None:
    assert spoken_digits("oh two double seven") == "0277"
    assert spoken_digits("lasagna") == "lasagna"
    assert spoken_digits("triple 5") == "555"


def test_pickup_or_delivery_is_found_when_exactly_one_is_said() -> None:
    for text in ("pickup", "I'll pick it up", "take away", "to go please", "carry out", "I'll come and get it"):
        assert find_type(text) == "pickup", text
    for text in ("delivery", "deliver it", "bring it to my house", "can you drop it off"):
        assert find_type(text) == "delivery", text
    for text in ("", "yes", "pickup or delivery?"):
        assert find_type(text) is None, text


def test_an_address_needs_a_house_number_a_street_and_a_zip_code() -> None:
    assert find_address("deliver to 44 Pine Street, 04198", ["04198"]) == ("44 Pine Street, 04198", "04198")
    for text in ("04198", "44 Pine Street", "Pine Street 04198", "", "44 04198"):
        assert find_address(text, ["04198"]) is None, text


def test_a_zip_code_of_the_delivery_area_wins_over_another_five_digit_number() -> None:
    assert find_address("12345 Long Road, 04198", ["04198"]) == ("12345 Long Road, 04198", "04198")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("put Ferraro on it", "Ferraro"), ("name of Duane", "Duane"), ("you can put Bethany", "Bethany"),
        ("Vince okay", "Vince"), ("it'll be under Graham", "Graham"), ("it's in the name of Abernathy", "Abernathy"),
        ("this here is Earl", "Earl"), ("Lucinda that's me", "Lucinda"), ("Oscar like the award", "Oscar"),
        ("Okafor o k a f o r", "Okafor"), ("patterson with two t's", "Patterson"), ("Ruth is fine", "Ruth"),
        ("first name Ruth last name Okafor", "Ruth Okafor"), ("it's for my son Gabriel", "Gabriel"),
        ("Gabriel will pick it up", "Gabriel"), ("everyone calls me Eileen", "Eileen"), ("no Ruth not Rose", "Ruth"),
        ("you've got it already i'm Eileen", "Eileen"), ("i'd rather not say just put Priya", "Priya"),
    ],
)  # fmt: skip
def test_a_name_is_found_inside_other_words(text: str, name: str) -> None:
    assert find_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "yes lovely", "yes good", "no problem", "i'm driving", "it's loud here", "hold on a second", "make it two",
        "what do you need my name for", "i'm picking it up", "yes sorry about that", "never mind", "put it on the card",
    ],
)  # fmt: skip
def test_small_talk_is_not_taken_for_a_name(text: str) -> None:
    assert find_name(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "i'll swing by and grab it", "i'm popping round to get it", "my husband will collect it", "carry out",
        "we'd like to come get it", "takeaway i'll nip in for it", "we'll fetch it ourselves", "it's for me to fetch",
        "i'll send someone round for it", "no not delivery i'm picking it up", "it's to take home", "curbside please",
    ],
)  # fmt: skip
def test_whoever_comes_for_the_food_wants_pickup(text: str) -> None:
    assert find_type(text) == "pickup"


@pytest.mark.parametrize(
    "text",
    [
        "i'd rather you delivered it", "bring it over", "drop it off at ours", "send it over please", "not pickup delivery",
        "would you be so kind as to deliver it", "have it dropped off please", "run it over to us", "to my front door",
    ],
)  # fmt: skip
def test_whoever_wants_it_brought_wants_delivery(text: str) -> None:
    assert find_type(text) == "delivery"


@pytest.mark.parametrize(
    "text", ["i'd like to get it with cheese", "a lasagna to start", "come on", "pickup or delivery", "the first one"]
)
def test_words_about_neither_way_of_getting_it_name_none(text: str) -> None:
    assert find_type(text) is None and find_type(text, asked=True) is None


def test_asked_how_they_get_it_a_guest_need_only_say_who_comes() -> None:
    for text in ("i can come down there no problem", "we're round the corner so we'll walk over"):
        assert find_type(text) is None and find_type(text, asked=True) == "pickup"
    assert find_type("to the door if you could", asked=True) == "delivery"


@pytest.mark.parametrize(
    "words, name",
    [
        ("Anna that's my name", "Anna"),
        ("Roger's my name", "Roger"),
        ("Anna i said", "Anna"),
        ("i said Tom", "Tom"),
        ("Frank just hurry", "Frank"),
        ("the Okafor family", "Okafor"),
        ("Claudia from Harbor Marine", "Claudia"),
        ("the name's Shah that's s h a h", "Shah"),
        ("that'd be Tom", "Tom"),
        ("let's go with Priya", "Priya"),
        ("just put Marcus down", "Marcus"),
        ("on the name of Miller", "Miller"),
        ("does it matter whose name it's under", None),
    ],
)
def test_a_name_is_found_among_what_is_said_with_it(words: str, name: str | None) -> None:
    assert find_name(words) == name


@pytest.mark.parametrize(
    "words, kind",
    [
        ("delivery no wait pickup my wife's driving past anyway", "pickup"),
        ("no no not delivery i'm coming to get it", "pickup"),
        ("i take it with me", "pickup"),
    ],
)
def test_the_way_that_is_said_last_counts(words: str, kind: str) -> None:
    assert find_type(words, asked=True) == kind


def test_what_there_is_none_of_is_not_wanted_where_the_other_way_is_said_too() -> None:
    assert find_type("no delivery i'll come get it", asked=True) == "pickup"
    assert find_type("no, delivery please", asked=True) == "delivery"


@pytest.mark.parametrize(
    "words, name",
    [("put it under Tom actually no put it under my wife's name Carla", "Carla"), ("Kim sorry Tim", "Tim")],
)
def test_a_name_may_be_corrected(words: str, name: str) -> None:
    assert find_name(words) == name


def test_an_address_and_the_hour_are_no_words_of_dishes() -> None:
    assert without_details("a lasagna sent to 88 harbor view drive in 04199") == "a lasagna"
    assert without_details("two lasagnas ready for me at seven") == "two lasagnas"
    assert without_details("2 pizzas at one o'clock and a cola") == "2 pizzas and a cola"
    assert without_details("two medium pizzas") == "two medium pizzas"


def test_oh_is_a_zero_among_digits_only() -> None:
    assert find_phone("oh sure it's two oh seven five five five oh one six one") == "+12075550161"
