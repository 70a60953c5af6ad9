"""The intent component inside Rasa: trained, stored, loaded and asked as Rasa does it."""

import subprocess
import sys

import pytest

pytest.importorskip("rasa")
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.rasa_components import MenuIntentClassifier, SpacyReader

SENTENCES = {
    "order": ["two burgers please", "i want a pizza", "add a coke", "can i get the soup"],
    "ask_hours": ["when do you open", "what time do you close", "are you open today", "opening hours"],
    "affirm": ["yes", "yep", "sure", "correct"],
    "inform": ["sarah connor", "555 0142", "12 baker street", "seven thirty"],
}


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    storage = LocalModelStorage(tmp_path_factory.mktemp("model"))
    context = ExecutionContext(GraphSchema({}), node_name="intents")
    return storage, Resource("intents"), context


@pytest.fixture(scope="module")
def component(parts):
    storage, resource, context = parts
    data = TrainingData(
        [Message.build(text, intent) for intent, texts in SENTENCES.items() for text in texts],
        lookup_tables=[{"name": "food", "elements": ["burger", "pizza", "soup"]}],
    )
    MenuIntentClassifier.create({}, storage, resource, context).train(data)
    return MenuIntentClassifier.load({}, storage, resource, context)


def asked(component, text, expecting=None):
    message = Message({"text": text, "metadata": {"expecting": expecting} if expecting else None})
    return component.process([message])[0].as_dict(only_output_properties=True)


def test_a_stored_model_gives_intent_and_ranking(component):
    found = asked(component, "could i get a pizza please")
    assert found["intent"]["name"] == "order"
    assert found["intent_ranking"][0] == found["intent"]
    assert [r["confidence"] for r in found["intent_ranking"]] == sorted(
        (r["confidence"] for r in found["intent_ranking"]), reverse=True
    )


def test_the_awaited_answer_comes_from_the_metadata(component):
    assert asked(component, "olive", "name")["intent"]["name"] == "inform"
    assert asked(component, "when do you open", "name")["intent"]["name"] == "ask_hours"
    assert asked(component, "fine", "confirm")["intent"]["name"] == "affirm"


@pytest.mark.parametrize("text", ["", "   ", "😀", "...", "\x00\x01"])
def test_a_message_without_words_has_no_intent(component, text):
    assert asked(component, text)["intent"] == {"name": None, "confidence": 0.0}


@pytest.mark.parametrize("text", ["pizza " * 2_000, "<script>alert(1)</script>", "что у вас есть", "{'a': 1}", "?"])
def test_any_text_gets_an_intent(component, text):
    assert asked(component, text)["intent"]["name"] in SENTENCES


def test_odd_metadata_is_ignored(component):
    message = Message({"text": "yes", "metadata": {"expecting": ["name"]}})
    assert component.process([message])[0].get("intent")["name"] == "affirm"


def test_nothing_to_learn_is_no_error(parts):
    storage, _, context = parts
    resource = Resource("empty")
    MenuIntentClassifier.create({}, storage, resource, context).train(TrainingData([]))
    empty = MenuIntentClassifier.load({}, storage, resource, context)
    assert asked(empty, "hello")["intent"]["name"] is None


def test_intents_are_served_without_torch_transformers_or_tensorflow():
    code = (
        "import sys, nlu.intents, nlu.expected, nlu.encoder;"
        "print([m for m in ('torch', 'transformers', 'tensorflow', 'rasa') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def reader(parts):
    storage, _, context = parts
    return SpacyReader.create(SpacyReader.get_default_config(), storage, Resource("reader"), context)


def read(reader, text):
    return reader.process([Message({"text": text})])[0]


def test_names_dates_and_times_are_found(reader):
    found = set()
    for text in ("book a table for tomorrow at half past seven", "my name is sarah connor"):
        for entity in read(reader, text).get("entities"):
            assert text[entity["start"] : entity["end"]] == entity["value"]
            found.add((entity["entity"], entity["value"]))
    assert found == {("DATE", "tomorrow"), ("TIME", "half past seven"), ("PERSON", "sarah connor")}


@pytest.mark.parametrize("text", ["", " ", "😀", "x" * 10_000, "\x00", "что у вас есть"])
def test_odd_texts_are_read_without_error(reader, text):
    assert isinstance(read(reader, text).get("entities"), list)
