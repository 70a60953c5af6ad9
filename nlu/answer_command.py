"""``python -m nlu answer``: questions in, the owner's answers out."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from nlu.answers import AnswerFinder, answer_finder
from nlu.faq import load_faq


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--faq", type=Path, required=True, help="the FAQ file")


def run(arguments: argparse.Namespace) -> int:
    """One output line for each input line, blank ones too; 1 when a line was not UTF-8."""
    finder = answer_finder(load_faq(arguments.faq))
    failed = False
    for raw in sys.stdin.buffer:
        try:
            answer = _answer(finder, raw.decode("utf-8").rstrip("\r\n"))
        except UnicodeDecodeError as error:
            failed = True
            answer = {"error": f"not UTF-8 text: byte {error.start + 1} of the line"}
        print(json.dumps(answer), flush=True)
    return 1 if failed else 0


def _answer(finder: AnswerFinder, text: str) -> dict[str, Any]:
    found = finder.find(text)
    entry = found.entry
    return {
        "text": text,
        "id": entry.id if entry else None,
        "answer": entry.answer if entry else None,
        "confidence": found.confidence,
    }
