"""``python -m nlu parse``: utterances in, orders out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from nlu.menu import load_menu
from nlu.parser import OrderParser


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--menu", type=Path, required=True, help="the menu file")


def run(arguments: argparse.Namespace) -> int:
    """One output line for each input line, blank ones too; 1 when a line was not UTF-8."""
    parser = OrderParser(load_menu(arguments.menu))
    failed = False
    for raw in sys.stdin.buffer:
        try:
            answer = _answer(parser, raw.decode("utf-8").rstrip("\r\n"))
        except UnicodeDecodeError as error:
            failed = True
            answer = {"error": f"not UTF-8 text: byte {error.start + 1} of the line"}
        print(json.dumps(answer), flush=True)
    return 1 if failed else 0


def _answer(parser: OrderParser, text: str) -> dict[str, Any]:
    parse = parser.parse(text)
    return {
        "text": text,
        "order": {"lines": [line.as_json() for line in parse.lines]},
        "confidence": parse.confidence,
        "question": parse.question.text if parse.question else None,
    }
