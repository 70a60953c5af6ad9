"""``python -m nlu sentiment``: messages in, feelings out."""

from __future__ import annotations

import argparse
import json
import sys

from nlu.sentiment import NEGATIVE, POSITIVE, Sentiment


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "Reads one message a line on standard input. Every line gets a label; the score of one without English words "
        "means little, and of a blank one it is 0.5. The bot stores such remarks as not judged."
    )


def run(arguments: argparse.Namespace) -> int:
    """One output line for each input line, blank ones too; 1 when a line was not UTF-8."""
    sentiment = Sentiment()
    failed = False
    for raw in sys.stdin.buffer:
        try:
            text = raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            failed = True
            print(json.dumps({"error": f"not UTF-8 text: byte {error.start + 1} of the line"}), flush=True)
            continue
        (score,) = sentiment.scores([text])
        print(json.dumps({"text": text, "label": POSITIVE if score >= 0.5 else NEGATIVE, "score": score}), flush=True)
    return 1 if failed else 0
