"""A guest who writes in another language is told so; English with foreign dishes, names and streets is English."""

import pytest

from bot.core.languages import SORRY, other_language
from nlu.words import COMMON
from tests.bot.parts import Visitor, add

ENGLISH = COMMON | set("pizza margherita gnocchi al pesto panna cotta quattro formaggi cola colas tiramisu".split())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("quiero una pizza margherita grande y dos coca colas por favor", "es"),
        ("¿tienen mesa para cuatro?", "es"),
        ("deux pizzas margherita et un tiramisu s’il vous plaît", "fr"),
        ("Je voudrais réserver une table pour deux", "fr"),
        ("ich möchte eine Pizza Margherita bestellen", "de"),
        ("vorrei una margherita e due cola, grazie", "it"),
        ("eu queria uma pizza e dois sucos", "pt"),
        ("我要一个比萨", "?"),
        ("Здравствуйте, одну пиццу", "?"),
    ],
)
def test_words_of_another_language_are_known_by_their_small_words(text: str, code: str) -> None:
    assert other_language(text, ENGLISH) == code
    assert code in SORRY


@pytest.mark.parametrize(
    "text",
    [
        "hola, can I get a large margherita?",
        "two quattro formaggi and a panna cotta, grazie",
        "una margherita",
        "a table for Maria de la Cruz",
        "gnocchi al pesto and no ice in the cola, please",
        "Anna",
        "12 La Mesa Drive, 04199",
        "naïve café à la carte",
        "merci",
        "",
        "🍕🍕",
        "12:30",
    ],
)
def test_english_with_foreign_words_in_it_is_english(text: str) -> None:
    assert other_language(text, ENGLISH) is None


def test_an_order_in_another_language_changes_nothing_and_is_answered_in_it() -> None:
    guest = Visitor()
    heard = guest.says("quiero dos colas por favor", "order", add("cola"))
    assert guest.cart() == {} and heard.kinds == ["english_only"]
    assert heard.plan.points[0].facts["sorry"] == SORRY["es"]
