"""Runs the Rasa server as a child that ends when its parent does, however that dies: its standard input closes."""

from __future__ import annotations

import os
import sys
import threading
from typing import Any


def main() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    _compile_action_schema()
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


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
