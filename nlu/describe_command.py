"""``python -m nlu describe``: facts in, sentences out."""

from __future__ import annotations

import argparse
import json
import sys

from nlu.facts import FactsError, parse_facts
from nlu.responder import Responder, shipped_responder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "One meaning representation a line, such as: name[Blue Spice], eatType[pub], area[riverside]"


def run(arguments: argparse.Namespace) -> int:
    """One output line for each input line; 1 when a line could not be worded."""
    responder = shipped_responder()
    failed = False
    for raw in sys.stdin.buffer:
        try:
            answer = _answer(responder, raw.decode("utf-8").rstrip("\r\n"))
        except UnicodeDecodeError as error:
            answer = {"error": f"not UTF-8 text: byte {error.start + 1} of the line"}
        except FactsError as error:
            answer = {"error": str(error)}
        failed = failed or "error" in answer
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 1 if failed else 0


def _answer(responder: Responder, line: str) -> dict[str, str]:
    said = responder.describe(parse_facts(line))
    return {"mr": line, "text": said.text, "source": said.source, "raw": said.raw}
