"""Runs the Rasa server as a child that ends when its parent does, however that dies: its standard input closes."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

# What Rasa's own log entries call a guest's words and what was found in them.
_PERSONAL = frozenset(
    "text response_text user_text slot_values parse_data_text parse_data_entities prediction_events message "
    "tracker_latest_message prefilled_slots response slot_candidates rasa_event rasa_events tracker_states "
    "current_states old_states successes current_entity next_entity states entity token_text user_message "
    "json_message entities sender_id".split()
)


def main() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _compile_action_schema()
    _keep_words_out_of_the_log()
    from rasa.__main__ import main as rasa_main

    rasa_main()


def _compile_action_schema() -> None:
    """Rasa checks its own schema for every action's answer, two thirds of a turn's work; once is enough."""
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate(_: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate  # type: ignore[method-assign]


def _keep_words_out_of_the_log() -> None:
    """Rasa logs the text of a message that failed; whatever could hold a guest's words is hidden instead."""
    from rasa.utils import log_utils

    log_utils._anonymizer = hide_words


def hide_words(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor."""
    return {key: "[hidden]" if key in _PERSONAL else value for key, value in event.items()}


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
