"""Speech to order: of what the recogniser may have heard, the reading that the menu allows; ``bot hear``."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

from nlu.menu import load_menu
from nlu.parser import OrderParser, Parse
from speech.audio import AudioError, read_audio
from speech.recogniser import Transcript

_CONVINCING = 0.5  # a reading of this confidence is taken before a likelier text that makes no order


@dataclass(frozen=True)
class Heard:
    """The text that was chosen from the n-best list, its reading, and the confidence (0..1) in both together."""

    text: str
    parse: Parse
    confidence: float


def choose(transcript: Transcript, parser: OrderParser) -> Heard:
    """The first hypothesis in which the parser finds an order with conviction; without one, the first of all."""
    texts = [hypothesis.text for hypothesis in transcript.n_best] or [transcript.text]
    parses = (parser.parse(text) for text in texts)
    first: tuple[str, Parse] | None = None
    for text, parse in zip(texts, parses):
        first = first or (text, parse)
        if parse.lines and parse.confidence >= _CONVINCING:
            return Heard(text, parse, round(parse.confidence * transcript.confidence, 3))
    text, parse = first or (transcript.text, parser.parse(transcript.text))
    return Heard(text, parse, round(parse.confidence * transcript.confidence, 3))


def run(options: argparse.Namespace) -> int:
    """One JSON line for each recording; 1 when one of them could not be read.

    Raises:
        FileError: the menu cannot be used.
    """
    from speech.engines import load_engine

    parser = OrderParser(load_menu(options.menu))
    try:
        engine = load_engine()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    context = engine.context("order", options.menu)
    status = 0
    for name in options.audio:
        try:
            heard = choose(engine.transcribe(read_audio(Path(name)), context=context), parser)
        except AudioError as error:
            print(error, file=sys.stderr)
            print(json.dumps({"error": str(error)}), flush=True)
            status = 1
            continue
        lines = [line.as_json() for line in heard.parse.lines]
        row = {"audio": name, "text": heard.text, "order": {"lines": lines}, "confidence": heard.confidence}
        print(json.dumps(row), flush=True)
    return status
