"""Rasa's log holds no guest's words."""

from __future__ import annotations

from nlu.rasa_server import hide_words


def test_what_could_hold_words_is_hidden_and_the_rest_is_not() -> None:
    event = {"event": "rest.message.received.failure", "text": "my number is 207 555 0142", "level": "error"}
    assert hide_words(None, "error", event) == event | {"text": "[hidden]"}
