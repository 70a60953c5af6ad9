"""What a guest may send: cleaned text of a sensible length, safe to hand on."""

from __future__ import annotations

import re
import unicodedata

MAX_CHARS = 2000
_KEPT_CONTROLS = {"\n", "\t"}


def clean(text: str) -> str:
    """NFC text without control and formatting characters, white space folded.

    A leading slash is taken off: Rasa would read ``/restart`` as a command instead of as words.
    """
    kept = (c for c in text if c in _KEPT_CONTROLS or c == "\u200d" or unicodedata.category(c)[0] != "C")
    text = unicodedata.normalize("NFC", "".join(kept))
    return re.sub(r"^[/\s]+", "", re.sub(r"\s+", " ", text)).strip()


def has_words(text: str) -> bool:
    return any(c.isalnum() for c in text)
