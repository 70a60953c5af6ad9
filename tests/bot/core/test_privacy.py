from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.privacy import CARD_MASK, mask_cards, mask_phone


def _check_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (1 if place % 2 else 2)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


cards = st.integers(12, 18).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)).map(
    lambda digits: digits + _check_digit(digits)
)  # fmt: skip
around = st.text(st.characters(codec="utf-8")).map(lambda text: text + " ") | st.sampled_from(
    ["", "1 ", "+", "12-", "5."]
)


@given(card=cards, size=st.integers(2, 20), gap=st.sampled_from(["", " ", "-", "."]), before=around, after=around)
@example(card="4222222222222", size=20, gap="", before="12 ", after="")
@example(card="0" * 18, size=6, gap=" ", before="12-", after="")
@example(card="4111111111111111", size=4, gap=" ", before="+", after="")
def test_no_card_number_survives_whatever_stands_around_it(
    card: str, size: int, gap: str, before: str, after: str
) -> None:
    if "+" in before and len(card) < 16:
        before = ""  # that is how a phone number is written
    written = gap.join(card[start : start + size] for start in range(0, len(card), size))
    text, found = mask_cards(f"{before}{written}{' ' + after if after else ''}")
    assert found
    assert written not in text
    assert CARD_MASK in text


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    once, found = mask_cards(text)
    assert mask_cards(once) == (once, False) or found


def test_a_phone_number_a_price_and_a_zip_code_are_left_alone() -> None:
    for text in ("+1 207 555 0142", "207-555-0142", "(207) 555-0142", "+49 1512 3456789", "04199", "2 for $12.50"):
        assert mask_cards(text) == (text, False)


def test_a_security_code_is_removed_with_its_word_kept() -> None:
    text, found = mask_cards("the cvv is 123, ok?")
    assert found
    assert "123" not in text
    assert text.startswith("the cvv is")


def test_a_mistyped_card_of_sixteen_digits_is_removed_too() -> None:
    assert mask_cards("4111 1111 1111 1112") == (CARD_MASK, True)


def test_a_shortened_phone_number_cannot_be_dialled() -> None:
    assert mask_phone("+12075550142") == "+1…42"
    assert mask_phone("12345") == "…"
