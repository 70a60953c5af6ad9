"""The responder: the first sentence that passes the check is said, else a template; the shipped network at work."""

import hashlib
import json
from itertools import product

import pytest

from nlu.fact_check import check
from nlu.responder import MODEL, MODELS, TEMPLATE, Responder, shipped_responder
from nlu.templates import template

FACTS = {"name": "The Eagle", "eatType": "pub", "area": "riverside"}
RIGHT = "The Eagle is a pub on the riverside."


class Says:
    """A network that has its sentences ready."""

    def __init__(self, *sentences):
        self.ready = list(sentences)

    def sentences(self, facts):
        return self.ready


def responder(*sentences):
    return Responder(Says(*sentences))


def test_the_networks_best_sentence_is_said_when_it_passes():
    said = responder(RIGHT, "The Eagle.").describe(FACTS)
    assert (said.text, said.source, said.raw) == (RIGHT, MODEL, RIGHT)


def test_a_sentence_that_leaves_out_or_invents_a_fact_is_passed_over():
    said = responder("The Eagle is a pub.", "The Eagle is a cheap pub on the riverside.", RIGHT).describe(FACTS)
    assert (said.text, said.source, said.raw) == (RIGHT, MODEL, "The Eagle is a pub.")


def test_a_sentence_that_runs_into_the_next_is_passed_over():
    facts = {"name": "The Eagle", "food": "Thai", "area": "riverside"}
    right = "The Eagle serves Thai food. It is in the riverside area."
    assert responder("The Eagle serves Thai food it is in the riverside area.", right).describe(facts).text == right


def test_a_template_speaks_when_no_sentence_passes():
    said = responder("The Eagle is a pub.").describe(FACTS)
    assert (said.text, said.source, said.raw) == (template(FACTS), TEMPLATE, "The Eagle is a pub.")


def test_without_a_network_templates_speak():
    assert Responder().describe(FACTS).source == TEMPLATE


def test_variants_take_turns_among_sentences_that_pass():
    other = "On the riverside there is a pub called The Eagle."
    words = [responder("The Eagle is a pub.", RIGHT, other).words(FACTS, turn) for turn in range(4)]
    assert words == [RIGHT, other, RIGHT, other]


def test_a_name_alone_and_facts_without_a_name_are_left_to_templates():
    for facts in ({"name": "The Eagle"}, {"food": "Thai", "area": "riverside"}):
        assert responder("The Eagle is the best pub.").describe(facts).raw == ""


def test_the_shipped_network_words_what_it_never_saw_and_never_wrongly():
    facts = [
        {"name": "Blue Spice", "eatType": "pub", "food": "Italian", "area": area, "near": near, **price}
        for area, near, price in product(
            ("harbour", "city centre"), ("The Six Bells", "Café Adriatic"), ({}, {"priceRange": "£10-15"})
        )
    ]
    facts += [
        {"dish": "Pizza", "ingredients": "Basil, tomato", "price": "$9.50"},
        {"special": "Sea bass", "diet": "gluten free", "price": "$21.50"},
        {"items": "2 Cola and 1 Lasagna", "total": "$21.10"},
    ]
    said = [shipped_responder().describe(each) for each in facts]
    for each, answer in zip(facts, said):
        assert check(each, answer.text).ok, answer
    assert sum(answer.source == MODEL for answer in said) >= 9


def test_the_card_names_the_shipped_files():
    card = json.loads((MODELS / "responder.json").read_text())
    for name, checksum in card["sha256"].items():
        assert hashlib.sha256((MODELS / name).read_bytes()).hexdigest() == checksum
        assert (MODELS / name).stat().st_size < 4_000_000


@pytest.mark.parametrize("value", ["x" * 300, "£$%", "naïve café", "1 out of 5", "not", "near", "[", "the the the"])
def test_strange_values_still_get_a_sentence(value):
    facts = {"name": "The Eagle", "near": value, "area": value}
    assert "The Eagle" in shipped_responder().describe(facts).text
