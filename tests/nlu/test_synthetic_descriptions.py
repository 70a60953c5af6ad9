"""Our own sentences say what they are labelled with, and the checker agrees with them all."""

from random import Random

from nlu.fact_check import check
from nlu.facts import KINDS, kind_of
from nlu.surface import sentence_from, tokens_of
from nlu.synthetic_descriptions import drawn, plain_words

VALUES = {
    "dish": "Gnocchi al Pesto", "special": "Sea Bass", "description": "Slow roasted tomatoes and basil oil", "diet": "vegan",
    "ingredients": "tomato, buffalo mozzarella, basil", "price": "$9.50", "items": "2 Cola and 1 Lasagna",
    "way": "delivery", "time": "18:30", "total": "$21.10",
}  # fmt: skip


def test_every_sentence_says_its_facts_and_no_others():
    random = Random(1)
    for _ in range(1500):
        slots, sentence = drawn(random)
        facts = {slot: VALUES[slot] for slot in slots}
        assert slots[0] == KINDS[kind_of(facts)][0]
        said = sentence_from(tokens_of(sentence), facts)
        assert check(facts, said).ok, (said, check(facts, said))


def test_no_plain_word_praises_or_promises():
    words = set().union(*(plain_words(kind) for kind in ("dish", "special", "summary")))
    assert not words & {"fresh", "best", "delicious", "free", "vegan", "homemade", "guaranteed", "always", "safe"}
