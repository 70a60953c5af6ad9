import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.guest_details import count_digits, find_address, find_name, find_phone, find_type, spoken_digits

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
