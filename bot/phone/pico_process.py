"""SVOX Pico (Apache-2.0, the package ttspico) in a process of its own: JSON lines with texts in, 16-bit samples out."""

from __future__ import annotations

from functools import cache
from typing import Any

from bot.phone.espeak_process import serve

_RATE_HZ = 16_000


@cache
def _engine(language: str) -> Any:
    import ttspico

    return ttspico.TtsEngine(language)


def main() -> None:
    serve(_RATE_HZ, lambda wanted: _engine(wanted["voice"]).speak(wanted["text"]) or b"")


if __name__ == "__main__":
    main()
