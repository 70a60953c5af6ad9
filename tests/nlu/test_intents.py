"""Intents of sentences: what is learnt, what the words alone tell, what a menu changes."""

import json
import os
from pathlib import Path

import pytest

from nlu.bench_intents import own_sentences
from nlu.encoder import shared_encoder
from nlu.expected import as_answer
from nlu.intents import IntentModel, Ranked, by_words
from nlu.menu import load_menu
from nlu.menu_words import LiveMenuWords, MenuWords

HERE = Path(__file__).parent


def cases(name: str) -> list[dict[str, str]]:
    return [json.loads(line) for line in (HERE / f"{name}.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def model() -> IntentModel:
    texts, intents, foods = own_sentences()
    return IntentModel.fit(texts, intents, shared_encoder(), foods)


@pytest.fixture(scope="module")
def words() -> MenuWords:
    return MenuWords(load_menu(Path("data/menu.yml")), own_sentences()[2])


def test_no_emergency_is_missed(model, words):
    rows = [case for name in ("intents_dev", "intents_held_out") for case in cases(name)]
    urgent = [case["text"] for case in rows if case["intent"] == "emergency"]
    missed = [text for text in urgent if model.rank(words.words(text), shared_encoder())[0].intent != "emergency"]
    assert len(urgent) >= 60
    assert missed == []


def test_most_held_out_sentences_are_understood(model, words):
    rows = cases("intents_held_out")
    right = sum(model.rank(words.words(row["text"]), shared_encoder())[0].intent == row["intent"] for row in rows)
    assert right / len(rows) > 0.85


@pytest.mark.parametrize("name", ["expected_dev", "expected_held_out"])
def test_an_awaited_answer_is_recognised(model, words, name):
    wrong = []
    for case in cases(name):
        ranking = model.rank(words.words(case["text"]), shared_encoder())
        if (as_answer(case["expecting"], case["text"], ranking) or ranking[0].intent) != case["intent"]:
            wrong.append(case["text"])
    assert len(wrong) <= len(cases(name)) // 10, wrong


def test_confidence_is_calibrated_on_left_out_sentences(model):
    texts, intents, _ = own_sentences()
    right = model.intents[model.left_out.argmax(axis=1)] == intents
    assert abs(model.left_out.max(axis=1).mean() - right.mean()) < 0.05


def test_a_saved_model_ranks_as_before(model, tmp_path):
    model.save(tmp_path / "intents.joblib")
    again = IntentModel.load(tmp_path / "intents.joblib")
    assert again.rank("what time do you close", shared_encoder()) == model.rank(
        "what time do you close", shared_encoder()
    )


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("please call an ambulance", "emergency"),
        ("my friend CAN’T BREATHE", "emergency"),
        ("4111 1111 1111 1111", "card_number"),
        ("4111-1111-1111-1112", None),
        ("call me on 415 555 0199", None),
        ("two fire roasted peppers and the fire wings", None),
        ("get number 112 please", None),
        ("there's a fire pit on the terrace, right?", None),
        ("i'm dying for a burger", None),
    ],
)
def test_words_that_are_certain_by_themselves(text, intent):
    assert by_words(text) == intent


def test_menu_words_become_neutral_and_ordinary_words_stay(tmp_path):
    menu = tmp_path / "menu.yml"
    menu.write_text(
        "name: x\nitems:\n- {id: margherita, price: '9.00', groups: [size, topping]}\n"
        "groups:\n  size: {values: [{id: large}, {id: no, names: ['no thanks']}]}\n  topping: {values: [{id: pepperoni}]}\n"
    )
    words = MenuWords(load_menu(menu))
    assert words.words("Two LARGE Margheritas with extra pepperoni") == "two large dish with extra topping"
    assert words.words("no thanks, that is all") == "no thanks, that is all"


def test_another_menu_needs_no_training(model, tmp_path):
    menu = tmp_path / "menu.yml"
    menu.write_text("name: x\nitems:\n- {id: zorg, names: [zorgle flump], price: '3.00'}\n")
    own = MenuWords(load_menu(menu))
    assert own.words("can i get two zorgle flumps") == "can i get two dish"
    assert model.rank(own.words("can i get two zorgle flumps"), shared_encoder())[0].intent == "order"
    assert model.rank(own.words("is the zorgle flump vegan"), shared_encoder())[0].intent == "ask_item"


def test_a_saved_menu_is_read_again_and_a_broken_one_is_not(tmp_path, monkeypatch):
    menu = tmp_path / "menu.yml"
    monkeypatch.setenv("MENU", str(menu))
    live = LiveMenuWords()
    assert live.words("a blorp") == "a blorp"
    for at, (content, expected) in enumerate(
        [
            ("name: x\nitems:\n- {id: blorp, price: '3.00'}\n", "a dish"),
            ("name: x\nitems: [", "a dish"),
            ("name: x\nitems:\n- {id: other, price: '3.00'}\n", "a blorp"),
        ]
    ):
        menu.write_text(content)
        os.utime(menu, ns=(at, at))
        assert live.words("a blorp") == expected


def test_a_found_name_or_date_counts_as_the_answer():
    unsure = [Ranked("order", 0.8), Ranked("inform", 0.1)]
    assert as_answer("name", "you can write anna", unsure) is None
    assert as_answer("name", "you can write anna", unsure, {"PERSON"}) == "inform"
    assert as_answer("date", "christmas eve", ranked("out_of_scope", 0.4), {"DATE"}) == "inform"


def ranked(intent: str, confidence: float = 0.9) -> list[Ranked]:
    return [Ranked(intent, confidence), Ranked("out_of_scope", 1 - confidence)]


@pytest.mark.parametrize(
    ("expecting", "text", "first", "answer"),
    [
        ("name", "rose", ranked("order", 0.6), "inform"),
        ("name", "cancel my order", ranked("cancel_order"), None),
        ("name", "my name is april may", ranked("inform"), "inform"),
        ("phone", "help, call 911", ranked("emergency"), None),
        ("phone", "why do you need that", ranked("help", 0.4), None),
        ("phone", "0161 555 0100", ranked("card_number"), "inform"),
        ("people", "we are not sure yet", ranked("deny", 0.4), None),
        ("confirm", "ok", ranked("greet"), "affirm"),
        ("confirm", "no make it two", ranked("order"), None),
        ("confirm", "nope", ranked("deny"), "deny"),
        ("time", "is that possible at 8?", ranked("ask_faq"), None),
        ("type", "delivery", ranked("ask_delivery", 0.5), "inform"),
        ("nonsense", "rose", ranked("order"), None),
        (None, "yes", ranked("affirm"), None),
        ("name", "", ranked("affirm"), None),
    ],
)
def test_only_what_looks_like_the_answer_counts_as_one(expecting, text, first, answer):
    assert as_answer(expecting, text, first) == answer
