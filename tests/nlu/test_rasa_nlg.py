"""Rasa's NLG class: variety without repetition, facts said rightly, the rest as domain.yml has it."""

import re

import pytest
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config

from nlu.fact_check import check
from nlu.rasa_nlg import VARIANTS, VariedResponses, variant

DOMAIN = Domain.load("domain.yml")


def tracker(*said, sender="guest"):
    found = DialogueStateTracker.from_events(sender, [BotUttered(text) for text in said], slots=DOMAIN.slots)
    return found


async def say(response, *said, **more):
    message = await VariedResponses(None, DOMAIN).generate(response, tracker(*said), "turns", **more)
    return message["text"]


def test_rasa_makes_it_from_the_endpoints_file(monkeypatch):
    monkeypatch.setenv("ACTIONS_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("ACTIONS_TOKEN", "token")
    made = NaturalLanguageGenerator.create(read_endpoint_config("endpoints.yml", "nlg"), DOMAIN)
    assert isinstance(made, VariedResponses)


async def test_a_domain_that_comes_later_is_used():
    made = VariedResponses(None, Domain.empty())
    made.responses = DOMAIN.responses
    assert (await made.generate("utter_help", tracker(), "turns"))["text"]


async def test_the_same_words_do_not_come_twice_in_a_row():
    for response in VARIANTS:
        said = []
        for _ in range(12):
            said.append(await say(response, *said))
        assert all(a != b for a, b in zip(said, said[1:])) and len(set(said)) >= 3, response


async def test_the_same_conversation_gets_the_same_words_again_after_a_restart():
    assert await say("utter_greet") == await say("utter_greet")


def test_conversations_begin_differently():
    assert len({variant("utter_greet", f"guest {n}", []) for n in range(30)}) > 5


def test_variants_stand_for_responses_of_the_domain_and_promise_nothing():
    for response, parts in VARIANTS.items():
        assert response in DOMAIN.responses
        for words in (word for part in parts for word in part):
            assert not re.search(
                r"\b(free|refund|discount|promise|guarantee|always|will be|minutes?|\d+)\b", words.lower()
            ), words


async def test_facts_are_said_all_and_no_others():
    facts = {"name": "Olive & Ember", "eatType": "restaurant", "food": "Italian", "priceRange": "moderate"}
    said = await say("utter_about", facts=facts)
    assert check(facts, said).ok


@pytest.mark.parametrize("facts", [{"colour": "red"}, {"name": ""}])
async def test_facts_that_cannot_be_worded_leave_the_domains_own_words(facts):
    assert await say("utter_about", facts=facts) == DOMAIN.responses["utter_about"][0]["text"]


async def test_other_responses_come_from_the_domain():
    assert await say("utter_bot_challenge") == DOMAIN.responses["utter_bot_challenge"][0]["text"]
