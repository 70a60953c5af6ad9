"""The network's output symbols: the CTC blank, the space, the apostrophe and 26 letters."""

from __future__ import annotations

SYMBOLS = ("", " ", "'", *"abcdefghijklmnopqrstuvwxyz")
BLANK = 0
SPACE = 1
_NUMBER = {symbol: number for number, symbol in enumerate(SYMBOLS)}


def encode(text: str) -> list[int]:
    """Symbol numbers of a transcript.

    Raises:
        KeyError: it holds a character that the network cannot write.
    """
    return [_NUMBER[character] for character in text]


def decode(numbers: list[int]) -> str:
    return "".join(SYMBOLS[number] for number in numbers)
