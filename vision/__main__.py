"""Commands: read numbers from images, train the models, measure them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path


def read(paths: list[str], region: str) -> int:
    """One JSON line for each image; exit status 1 if one could not be read as an image."""
    from vision.images import MAX_BYTES, ImageError
    from vision.reader import load_reader

    reader, failed = load_reader(region=region), False
    for path in paths:
        try:
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
            line: dict[str, object] = {"image": path, **reader.read_image(data).as_json()}
        except OSError as error:
            line = {"error": f"{path}: {error.strerror or error}"}
        except ImageError as error:
            line = {"error": f"{path}: {error}"}
        if "error" in line:
            failed = True
            print(line["error"], file=sys.stderr)
        print(json.dumps(line), flush=True)
    return int(failed)


def main() -> int:
    # numpy's threads wait for work busily, and our matrices are too small to gain from them.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    parser = argparse.ArgumentParser(prog="python -m vision", description="Reads phone numbers written by hand.")
    commands = parser.add_subparsers(dest="command", required=True)
    reading = commands.add_parser("read", help="image files in, one JSON line each out")
    reading.add_argument("images", nargs="+", metavar="IMAGE", help="PNG, JPEG, WebP, BMP, GIF, TIFF or PPM")
    reading.add_argument("--region", default="US", help="whose numbering plan says what is possible (default US)")
    training = commands.add_parser("train", help="rebuild the shipped models from data (needs torch)")
    training.add_argument("steps", nargs="*", help="some steps only, by name; without names what is shipped")
    training.add_argument("--all", action="store_true", help="also the models that only the measurements need")
    benching = commands.add_parser("bench", help="measure on reported digits; tables to data/reports")
    benching.add_argument("tables", nargs="*", help="some tables only, by name")
    benching.add_argument("--pages", type=int, default=0, help="at most so many pages a table")
    args = parser.parse_args()
    if args.command == "read":
        return read(args.images, args.region)
    if not Path("data/models").is_dir():
        print("run this from the project's root", file=sys.stderr)
        return 2
    from vision.data import MissingData

    try:
        if args.command == "train":
            from vision import train

            return train.run(args.steps, args.all)
        from vision import bench

        return bench.run(args.tables, args.pages)
    except MissingData as missing:
        print(missing, file=sys.stderr)
        return 3


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
