"""The parts of Rasa's pipeline that are ours: spaCy's words and spans, and an intent classifier that fits every menu.

``config.yml`` names them by module path. Nothing here imports TensorFlow, torch or transformers.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.encoder import shared_encoder
from nlu.expected import as_answer
from nlu.intents import IntentModel, Ranked
from nlu.menu_words import LiveMenuWords
from nlu.sentences import split_sentences

_ANSWERED = 0.9  # confidence of an intent that was recognised as the awaited answer
_RANKED = 10
_MOST_PARTS = 6


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpacyReader(GraphComponent):
    """Tokens, and entities PERSON, DATE and TIME, by the spaCy pipeline of ``nlu.train_spacy``.

    Rasa's own spaCy components also run the tagger, and run over all training sentences; intents gain nothing from
    either (measured), so that this one leaves both out. Messages are read up to ``most_characters``.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"model": "data/models/spacy_en", "most_characters": 500}

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    def __init__(self, config: dict[str, Any]) -> None:
        import spacy

        self._nlp = spacy.load(config["model"], exclude=["parser", "tagger", "attribute_ruler"])
        self._most = int(config["most_characters"])

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpacyReader:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            doc = self._nlp(str(message.get(TEXT) or "")[: self._most])
            tokens = [Token(token.text, token.idx) for token in doc if not token.is_space]
            message.set(TOKENS_NAMES[TEXT], tokens)
            found = [
                {
                    ENTITY_ATTRIBUTE_TYPE: entity.label_,
                    ENTITY_ATTRIBUTE_VALUE: entity.text,
                    ENTITY_ATTRIBUTE_START: entity.start_char,
                    ENTITY_ATTRIBUTE_END: entity.end_char,
                    "extractor": "SpacyReader",
                }
                for entity in doc.ents
            ]
            message.set(ENTITIES, [*(message.get(ENTITIES) or ()), *found], add_to_output=True)
        return messages


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class MenuIntentClassifier(GraphComponent):
    """Intent and ranking of a message, from its words, the menu and what the assistant has just asked for.

    ``parts`` of the message are its sentences with the intent that each has by itself, where there are several.

    The menu is the file that the environment names as MENU and is read again when it is saved. The words of the
    training data's lookup table ``food`` count as menu words too. ``metadata["expecting"]`` of a message names the
    awaited answer (see ``nlu.expected``); names, dates and times that spaCy found before count as signs of one.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {}

    @staticmethod
    def required_packages() -> list[str]:
        return ["sklearn", "onnxruntime", "tokenizers"]

    def __init__(self, storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = storage, resource
        self._model: IntentModel | None = None
        self._menu_words = LiveMenuWords()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> MenuIntentClassifier:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> MenuIntentClassifier:
        component = cls(model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._model = IntentModel.load(folder / "intents.joblib")
        except ValueError:  # nothing was trained: no intent in the data
            return component
        component._menu_words = LiveMenuWords(component._model.foods)
        shared_encoder()
        return component

    def train(self, training_data: TrainingData) -> Resource:
        foods = [word for table in training_data.lookup_tables if table["name"] == "food" for word in table["elements"]]
        examples = [example for example in training_data.intent_examples if example.get(TEXT)]
        if not examples:
            return self._resource
        texts, intents = [str(e.get(TEXT)) for e in examples], [str(e.get(INTENT)) for e in examples]
        self._model = IntentModel.fit(texts, intents, shared_encoder(), foods)
        self._menu_words = LiveMenuWords(foods)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder / "intents.joblib")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self._rank(message)
            as_json = [_as_json(ranked.intent, ranked.confidence) for ranked in ranking]
            message.set(INTENT, as_json[0] if as_json else _as_json(None, 0.0), add_to_output=True)
            message.set(INTENT_RANKING_KEY, as_json, add_to_output=True)
            message.set("parts", self._parts(str(message.get(TEXT) or "")), add_to_output=True)
        return messages

    def _parts(self, text: str) -> list[dict[str, Any]]:
        """Each sentence with the intent that it has by itself; empty when there is one sentence or too many."""
        sentences = split_sentences(text) if self._model is not None else []
        if self._model is None or not 2 <= len(sentences) <= _MOST_PARTS:
            return []
        firsts = [self._model.rank(self._menu_words.words(part), shared_encoder())[0] for part in sentences]
        return [{TEXT: part, INTENT: _as_json(r.intent, r.confidence)} for part, r in zip(sentences, firsts)]

    def _rank(self, message: Message) -> list[Ranked]:
        text = str(message.get(TEXT) or "")
        if self._model is None or not any(char.isalnum() or char == "?" for char in text):
            return []
        ranking = self._model.rank(self._menu_words.words(text), shared_encoder())
        expecting = (message.get("metadata") or {}).get("expecting")
        found = {str(entity["entity"]) for entity in message.get(ENTITIES) or ()}
        answer = as_answer(expecting if isinstance(expecting, str) else None, text, ranking, found)
        if answer and ranking[0].intent != answer:
            rest = [Ranked(r.intent, r.confidence * (1 - _ANSWERED)) for r in ranking if r.intent != answer]
            ranking = [Ranked(answer, _ANSWERED), *rest]
        elif answer:
            ranking[0] = Ranked(answer, max(_ANSWERED, ranking[0].confidence))
        return ranking[:_RANKED]


def _as_json(intent: str | None, confidence: float) -> dict[str, Any]:
    return {INTENT_NAME_KEY: intent, PREDICTED_CONFIDENCE_KEY: confidence}
