"""Runs the Rasa server as a child that ends when its parent does, however that dies: its standard input closes."""

from __future__ import annotations

import os
import sys
import threading


def main() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from rasa.__main__ import main as rasa_main

    rasa_main()


def _end_with_parent() -> None:
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
