"""Answers of the FAQ in a conversation: live facts, follow-ups, and questions kept for the owner."""

from pathlib import Path
from typing import Any

import pytest

from bot.core.facts import FACTS
from bot.core.turn import Conversation
from bot.database.open_questions import OpenQuestions
from bot.database.store import Store
from bot.database.tables import open_questions
from nlu.answers import AnswerFinder
from nlu.faq import load_faq, names_in
from tests.bot.parts import EVENING, ROOT, Visitor, add

FAQ = load_faq(ROOT / "data" / "faq.yml", FACTS)
WORDS = AnswerFinder(FAQ, None)


@pytest.fixture
def visitor() -> Visitor:
    return guest("harbour")


def guest(place: str | None) -> Visitor:
    visitor = Visitor(place)
    object.__setattr__(visitor.house, "answers", WORDS)
    return visitor


def test_the_demo_restaurant_answers_sixty_questions_in_twelve_topics() -> None:
    assert len(FAQ) >= 60
    assert len({entry.topic for entry in FAQ}) >= 12
    assert all(len(entry.questions) >= 2 for entry in FAQ)


@pytest.mark.parametrize("entry", FAQ, ids=lambda entry: entry.id)
def test_every_answer_can_be_said_with_its_facts(entry: Any) -> None:
    for place in ("harbour", None):
        heard = guest(place).says(entry.questions[0], "ask_faq")
        assert "{" not in heard.words and heard.kinds[0] == "answer", heard.words


def test_a_question_is_answered_from_the_facts_of_the_moment(visitor: Visitor) -> None:
    assert "Sold out at the moment: nothing." in visitor.says("what is sold out today", "ask_faq").words
    visitor.kitchen.out = {"ribs"}
    assert "Smoked Ribs" in visitor.says("what is sold out today", "ask_faq").words


def test_places_are_told_apart_only_where_they_differ() -> None:
    words = guest(None).says("are you hiring", "ask_faq").words
    assert "Harbour Street: +1 207 555 0142; Old Mill: +1 207 555 0188" in words
    assert "Harbour Street:" not in guest(None).says("what's the wifi password", "ask_faq").words


def test_a_question_without_an_answer_is_kept_for_the_owner(visitor: Visitor) -> None:
    heard = visitor.says("zzz qqq xylophone?", "ask_faq")
    assert (heard.kinds, heard.turn.unanswered) == (["not_answered"], ["zzz qqq xylophone?"])
    assert visitor.says("is there a car park", "ask_faq").turn.unanswered == []


def test_open_questions_are_stored_with_place_and_time(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.migrate()
    with store.transaction() as tx:
        OpenQuestions(tx.db).add("do you  have a piano? " + "x" * 900, Conversation("c", place="mill"), EVENING)
        (row,) = tx.db.execute(open_questions.select()).mappings()
    assert row["text"].startswith("do you have a piano?") and len(row["text"]) == 500
    assert (row["place"], row["status"]) == ("mill", "open")
    store.close()


@pytest.mark.parametrize("intent", ["out_of_scope", "nlu_fallback", "small_talk"])
def test_what_rasa_made_nothing_of_is_looked_up_when_it_is_a_question(visitor: Visitor, intent: str) -> None:
    assert visitor.says("where can I lock my bike?", intent).kinds[0] == "answer"
    assert "answer" not in visitor.says("the bike thing", intent).kinds


def test_an_allergy_question_never_gets_a_promise(visitor: Visitor) -> None:
    for question in ("do you have a nut free kitchen", "how do you handle allergies in the kitchen"):
        heard = visitor.says(question, "ask_faq")
        assert "can't promise" in heard.words and "is safe" not in heard.words


def test_a_question_in_the_middle_of_an_order_returns_to_it(visitor: Visitor) -> None:
    visitor.orders(add("lasagna"))
    visitor.says("that's all", "checkout")
    while visitor.conversation.expecting == "upsell":
        visitor.says("no thanks", "deny")
    expecting = visitor.conversation.expecting
    heard = visitor.says("do you have bike racks?", "ask_faq")
    assert heard.kinds[0] == "answer" and visitor.conversation.expecting == expecting


def test_and_on_sunday_asks_for_sundays_hours(visitor: Visitor) -> None:
    visitor.says("are you open today?", "ask_hours")
    assert "Sunday" in visitor.says("and on sunday?", "nlu_fallback").words


def test_is_that_one_vegan_is_about_the_dish_asked_about(visitor: Visitor) -> None:
    visitor.orders(add("lasagna"))
    visitor.says("how much is the marinara?", "ask_item")
    assert "Marinara is marked: vegan" in visitor.says("is that one vegan?", "ask_item").words


def test_and_another_dish_is_asked_the_same(visitor: Visitor) -> None:
    visitor.says("is the marinara vegan?", "ask_item")
    assert "Lasagna is not marked vegan" in visitor.says("and the lasagna?", "order").words


@pytest.mark.parametrize(
    "question, intent, there",
    [
        ("are you open on sunday?", "ask_hours", "11:30"),
        ("where are you?", "ask_location", "3 Mill Road"),
        ("are you hiring?", "ask_faq", "0188"),
    ],
)
def test_what_about_the_other_place_repeats_the_question_there(
    visitor: Visitor, question: str, intent: str, there: str
) -> None:
    assert there not in visitor.says(question, intent).words
    assert there in visitor.says("what about the other place?", "nlu_fallback").words


def test_a_follow_up_is_one_only_right_after_the_question(visitor: Visitor) -> None:
    visitor.says("are you open today?", "ask_hours")
    visitor.says("thanks", "thanks")
    assert "hours_day" not in visitor.says("and on sunday?", "nlu_fallback").kinds


def test_every_fact_is_used_or_documented_in_the_file() -> None:
    text = (ROOT / "data" / "faq.yml").read_text(encoding="utf-8")
    assert all(f"{{{name}}}" in text for name in FACTS)
    assert {name for entry in FAQ for name in names_in(entry.answer)} <= set(FACTS)
