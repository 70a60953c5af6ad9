"""What is expected makes its words likely; digits are written as digits; invented sentences can be written."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech import sentences
from speech.alphabet import encode
from speech.language import END, Context, Group, Kind, Phrases, WordModel, as_digits, menu_phrases, order_model, spoken

PHRASES = Phrases((Kind(("flat white", "mango lassi"), (Group(("oat milk", "large"), ("extra",)),)),))


def test_probabilities_of_all_followers_sum_to_one() -> None:
    model = order_model(PHRASES, count=300)
    for history in ((), ("a",), ("flat", "white"), ("never", "seen")):
        total = sum(model.probability(history, word) for word in model.vocabulary | {END})
        assert total == pytest.approx(1.0, abs=0.01)


def test_a_menus_words_are_likelier_with_that_menu() -> None:
    with_menu, without = (
        Context([(order_model(PHRASES), 1.0)]),
        Context([(order_model(Phrases((Kind(("tea",), (Group(("hot",)),)),))), 1.0)]),
    )
    assert with_menu.log_probability(("mango",), "lassi") > without.log_probability(("mango",), "lassi") + 3


def test_a_word_model_survives_its_file(tmp_path: Path) -> None:
    model = order_model(PHRASES, count=50)
    model.save(tmp_path / "words.json.gz", least=0)
    loaded = WordModel.load(tmp_path / "words.json.gz")
    assert loaded.vocabulary == model.vocabulary
    assert loaded.probability(("flat",), "white") == pytest.approx(model.probability(("flat",), "white"))


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("four one two five five five one two three four", "4125551234"),
        ("double five triple oh one", "550001"),
        ("forty two nineteen fifty", "421950"),
        ("eight hundred five five five", "800555"),
        ("my number is two oh six thanks", "my number is 206 thanks"),
        ("", ""),
        ("double trouble", "double trouble"),
        ("o k", "o k"),
    ],
)
def test_digits_are_written_as_digits(said: str, written: str) -> None:
    assert as_digits(said) == written


@given(st.integers(0, 10**6))
def test_every_invented_sentence_can_be_written(seed: int) -> None:
    stream = sentences.sentences(random.Random(seed))
    for _ in range(10):
        _, text = next(stream)
        assert text == " ".join(text.split())
        encode(text.lower())


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_any_number_read_digit_by_digit_comes_back(digits: list[int]) -> None:
    assert as_digits(" ".join(sentences.ONES[digit] for digit in digits)) == "".join(map(str, digits))


def test_numbers_in_names_are_heard_as_words() -> None:
    assert spoken("7-Up") == "seven up"
    assert spoken("12 inch") == "twelve inch"


def test_a_file_that_is_no_menu_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "menu.yml"
    for content in ("- 1", "items: 3", "items: [{id: a}]", "{", ""):
        path.write_text(content)
        with pytest.raises(ValueError, match="menu.yml") as caught:
            menu_phrases(path)
        assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="cannot be read"):
        menu_phrases(tmp_path / "none.yml")
