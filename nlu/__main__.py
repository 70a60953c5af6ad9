"""``python -m nlu COMMAND``: the commands of understanding. They read and print JSON lines; see ``COMMAND --help``."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module

from nlu.located_yaml import FileError

# Each module has ``add_arguments(parser)`` and ``run(arguments) -> exit status``, and is imported when it is called.
COMMANDS = {
    "bench-sentiment": ("nlu.bench_sentiment", "measure feelings and topics of remarks"),
    "sentiment": ("nlu.sentiment_command", "what guests felt, one message a line on standard input"),
    "train-sentiment": ("nlu.train_sentiment", "train word vectors, the convolutional model, the tuned encoder"),
    "bench-intents": ("nlu.bench_intents", "measure intents and the spaCy pipeline on held-out sentences"),
    "bench-orders": ("nlu.bench_parser", "measure order understanding on the development sets"),
    "bench-diet": ("nlu.bench_diet", "measure Rasa's DIET with entity groups on the same generated orders"),
    "describe": ("nlu.describe_command", "facts into sentences, one meaning representation a line on standard input"),
    "bench-describe": ("nlu.bench_describe", "measure the wording of facts on held-out meaning representations"),
    "train-describe": ("nlu.train_describe", "train the responder that words facts"),
    "train-parser": ("nlu.train_parser", "train the order tagger on invented orders"),
    "answer": ("nlu.answer_command", "the owner's answers, one question a line on standard input"),
    "bench-answers": ("nlu.bench_answers", "measure answers on fifteen restaurant intents as a FAQ"),
    "bench-slots": ("nlu.bench_slots", "measure booking slots on held-out sentences"),
    "train-slots": ("nlu.train_slots", "train the tagger of booking slots"),
    "slots": ("nlu.slots_command", "what a booking needs, one JSON object a line on standard input"),
    "parse": ("nlu.parse_command", "orders, one utterance a line on standard input"),
}


def main(argv: list[str] | None = None) -> int:
    words = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="python -m nlu", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, does) in COMMANDS.items():
        command = commands.add_parser(name, help=does, description=does)
        if words and words[0] == name:
            import_module(module).add_arguments(command)
    arguments = parser.parse_args(words)
    try:
        status: int = import_module(COMMANDS[arguments.command][0]).run(arguments)
        sys.stdout.flush()
    except FileError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output is gone: nothing is left to say, at exit neither
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
