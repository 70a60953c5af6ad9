import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from bot.core.message import clean, has_words


@given(st.text())
@example("/ /restart")
@example("\u200b/\u200b /session_start")
@example("e\u200c\u0301")
@example("\ud800")
def test_any_text_becomes_one_line_of_plain_nfc_characters(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(c)[0] == "C" for c in cleaned if c != "\u200d")
    assert "  " not in cleaned and "\n" not in cleaned
    cleaned.encode()


@given(st.text("/ \t\n\u200b", max_size=8))
def test_a_leading_slash_never_reaches_rasa_where_it_would_be_a_command(lead: str) -> None:
    assert not clean(lead + "restart").startswith("/")


def test_words_emoji_and_other_scripts_stay_as_they_are() -> None:
    for text in ("two colas, please!", "👩‍🍳 pizza", "日本語で注文", "1/2 rack", "jalapeños"):
        assert clean(text) == text


def test_only_letters_and_digits_are_words() -> None:
    assert has_words("2") and has_words("é") and has_words("日本")
    assert not has_words("") and not has_words("?! …") and not has_words("😀")
