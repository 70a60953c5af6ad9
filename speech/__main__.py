"""The recogniser's command line: transcribe, train, synthesise, export, bench, report."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    # numpy's threads wait for work busily, and our matrices are too small to gain from them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(prog="python -m speech", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    transcribe = commands.add_parser("transcribe", help="speech in files to text, one JSON line for each")
    transcribe.add_argument("--menu", type=Path, help="the menu whose words are likely")
    transcribe.add_argument("--expect", choices=("order", "digits", "confirm", "anything"), default="anything")
    transcribe.add_argument("--engine", help="deepspeech (default), streaming or pocketsphinx; or set SPEECH_ENGINE")
    transcribe.add_argument("audio", nargs="+", help="WAV, FLAC or Ogg files of any rate")

    data = argparse.ArgumentParser(add_help=False)
    data.add_argument("--data", type=Path, default=Path(os.environ.get("DATA", "../shared/data")), help="the data sets")
    data.add_argument("--work", type=Path, default=Path("var/speech"), help="where audio packs and checkpoints lie")

    commands.add_parser("voices", parents=[data], help="download the neural voices that read training speech")
    synthesise = commands.add_parser("synthesise", parents=[data], help="make the synthetic training speech")
    synthesise.add_argument("--hours", type=float, default=9.0, help="by formant and diphone synthesisers; 0 for none")
    synthesise.add_argument(
        "--neural-hours", type=float, default=3.0, help="by neural voices, 20 minutes an hour; or 0"
    )
    synthesise.add_argument("--call-hours", type=float, default=3.0, help="the same, of what is said to the telephone")
    synthesise.add_argument("--neural-call-hours", type=float, default=1.0, help="of that by neural voices")
    synthesise.add_argument("--voices", type=int, default=300, help="that read single digits, to be joined to numbers")
    synthesise.add_argument("--seed", type=int, default=11)
    synthesise.add_argument("--processes", type=int, default=4)

    training = argparse.ArgumentParser(add_help=False)
    training.add_argument("--minutes", type=float, default=120.0, help="how long; the learning rate follows the clock")
    training.add_argument("--processes", type=int, default=4)
    training.add_argument("--out", type=Path, help="run folder; an interrupted run in it goes on")
    training.add_argument("--start-from", default="", help="weights to begin with: a checkpoint or an exported network")
    training.add_argument("--kept", type=float, default=0.0, help="share of those weights in the final ones")
    training.add_argument(
        "--hidden", type=int, default=384, help="units of a recurrent layer; smaller weights are widened"
    )
    training.add_argument(
        "--lookahead",
        type=int,
        default=0,
        help="train the streaming form, with so many output frames (30 ms) of future",
    )
    training.add_argument("--peak-rate", type=float, default=2e-3)
    training.add_argument("--softest", type=float, default=0.0, help="share of the augmentation to begin with")
    training.add_argument("--hardest", type=float, default=1.0, help="share of the augmentation to reach")
    commands.add_parser("train", parents=[data, training], help="train the acoustic model, then export it")
    ablate = commands.add_parser("ablate", parents=[data, training], help="short trainings with one thing left out")
    ablate.add_argument("--only", action="append", help="this row of the table (again for more)")

    label = commands.add_parser(
        "label", parents=[data], help="words for orders that only have slots; single digits cut out"
    )
    label.add_argument("--checkpoint", type=Path)

    export = commands.add_parser("export", parents=[data], help="a checkpoint as the ONNX model that is served")
    export.add_argument("checkpoint", type=Path)
    export.add_argument("--out", type=Path, default=Path("data/models/recogniser.onnx"))

    commands.add_parser("words", parents=[data], help="build the general word model")
    network = argparse.ArgumentParser(add_help=False)
    network.add_argument("--model", type=Path, default=Path("data/models/recogniser.onnx"), help="the exported network")
    commands.add_parser("bench", parents=[data, network], help="the figures on held-out real speakers")
    commands.add_parser("tune", parents=[data, network], help="decoder weights and calibration, on the tuning speakers")
    report = commands.add_parser("report", parents=[data], help="a page of the misses with their audio")
    report.add_argument("--out", type=Path, default=Path("var/speech/misses"))

    options = parser.parse_args(arguments)
    try:
        if options.command == "transcribe":
            return _transcribe(options)
        from speech import commands as heavy  # training and measuring need more than serving does
        from speech.corpus import unpacked

        options.data = unpacked(options.data)
        return int(getattr(heavy, options.command)(options))
    except (ValueError, FileNotFoundError, ModuleNotFoundError) as error:
        print(f"speech: {error}", file=sys.stderr)
        return 3 if type(error).__name__ == "MissingSet" else 2
    except KeyboardInterrupt:
        return 130


def _transcribe(options: argparse.Namespace) -> int:
    from speech.audio import AudioError, read_audio
    from speech.engines import load_engine
    from speech.language import as_digits

    engine = load_engine(options.engine)
    context = engine.context(options.expect, options.menu)
    status = 0
    for name in options.audio:
        try:
            transcript = engine.transcribe(read_audio(Path(name)), context=context)
        except AudioError as error:
            print(f"speech: {error}", file=sys.stderr)
            print(json.dumps({"error": str(error)}), flush=True)
            status = 1
            continue
        text = as_digits(transcript.text) if options.expect == "digits" else transcript.text
        row = {"audio": name, "text": text, "confidence": transcript.confidence, "seconds": transcript.seconds}
        print(json.dumps(row), flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
