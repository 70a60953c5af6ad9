"""Rasa's NLG class: facts that come with a response are worded by the responder, small talk varies, the rest is domain.yml.

Nothing here promises anything: a variant says no more than the response of domain.yml that it stands for.
"""

from __future__ import annotations

import hashlib
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from nlu.facts import FactsError, checked
from nlu.responder import shipped_responder

# One of each part, in all combinations.
VARIANTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "utter_greet": (
        ("Hello!", "Hi there!", "Welcome!", "Good to have you here!"),
        ("What would you like to eat?", "What can I get you?", "Tell me what you would like."),
        ("You can also ask me about the menu or about us.", "You can order, see the menu, or ask about us."),
    ),
    "utter_goodbye": (
        ("Goodbye!", "Bye!", "Take care!"),
        ("Enjoy your meal.", "Come back any time.", "It was nice to chat."),
    ),
    "utter_thanks": (
        ("You're welcome!", "My pleasure.", "Gladly.", "Any time."),
    ),
    "utter_small_talk": (
        ("I am better at food than at conversation.", "I mostly talk about food.", "Chatting is fun, but food is what I know."),
        ("What would you like to eat?", "What can I get you?", "Shall I show you the menu?"),
    ),
    "utter_rude": (
        ("I'm sorry that this is frustrating.", "I am sorry.", "I understand that you are annoyed."),
        ("I would like to help you with your order.", "Let me try to help."),
        ("If you prefer, I can get a person.", "I can also ask a person to join."),
    ),
    "utter_out_of_scope": (
        ("That is outside what I can do.", "I can't help with that one.", "That is not something I know about."),
        ("I can take your order, or tell you about our menu, hours and places.",
         "I do know our menu, our hours and our places, and I take orders."),
    ),
}  # fmt: skip


class VariedResponses(TemplatedNaturalLanguageGenerator):
    """Words a response so that the same conversation does not hear the same sentence twice in a row.

    Rasa hands the domain's responses to subclasses of its own generator only, once the model is loaded.
    """

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:
        super().__init__(domain.responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The message. ``facts`` of the action's response are said, all of them and no others."""
        facts = kwargs.pop("facts", None)
        if facts:
            try:
                return {"text": shipped_responder().words(checked(facts.items()), _turn(tracker))}
            except FactsError:
                pass  # an owner's facts that cannot be worded: the domain's own words
        if utter_action in VARIANTS:
            return {"text": variant(utter_action, tracker.sender_id, _said(tracker))}
        message: dict[str, Any] | None = await super().generate(utter_action, tracker, output_channel, **kwargs)
        return message


def variant(utter_action: str, sender: str, said: list[str]) -> str:
    """The combination least lately ``said`` (oldest first), from a starting point of this conversation's own."""
    every = [""]
    for part in VARIANTS[utter_action]:
        every = [f"{start} {more}".strip() for start in every for more in part]
    start = int(hashlib.sha1(f"{sender} {utter_action}".encode()).hexdigest(), 16) % len(every)
    # A step that has no factor in common with the number of combinations visits them all.
    step = next(n for n in (5, 7, 11, 13) if len(every) % n)
    order = [every[(start + step * turn) % len(every)] for turn in range(len(every))]
    return min(order, key=lambda text: len(said) - said[::-1].index(text) if text in said else 0)


def _said(tracker: DialogueStateTracker) -> list[str]:
    return [event.text or "" for event in tracker.events if isinstance(event, BotUttered)]


def _turn(tracker: DialogueStateTracker) -> int:
    return len(_said(tracker))
