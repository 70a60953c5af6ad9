"""A message cut into its sentences, also where a guest starts a new one without a full stop."""

from __future__ import annotations

import re

# After these marks, and before words that open a question or a booking, something new may begin.
_END = re.compile(r"(?<=[.?!;])\s+(?=\S)")
_LINK = r"(?:,\s*|\s+-\s+|\s+(?=(?:and|oh|also|plus)\b))(?:(?:oh|and|also|then|but|plus|by\s+the\s+way|btw)[,\s]+)*"
_QUESTION = (
    r"(?:do|does|did|are|is|have|what|when|where|which|how|who)(?:'s|'re)?\s+(?:you|your|the|there|time|late|long|it)\b"
)
_TABLE = (
    r"(?:a\s+)?table\s+(?:for|of)\b|book(?:ing)?\s+(?:a|us|me|the)\b|reserv(?:e|ation)\b|(?:can|could)\s+(?:i|we|you)\s+(?:also\s+)?(?:book|reserve)\b|"
    r"(?:i|we)(?:'d| would)?\s+(?:also\s+)?(?:like|want|need)\s+(?:to\s+(?:book|reserve)|a\s+(?:table|reservation))\b"
)
_NEW = re.compile(rf"{_LINK}(?={_QUESTION}|{_TABLE})", re.IGNORECASE)


def split_sentences(text: str) -> list[str]:
    """The sentences in order, without the space around them; at least one when the text has words."""
    parts: list[str] = []
    for sentence in _END.split(text.strip()):
        start = 0
        for match in _NEW.finditer(sentence):
            parts.append(sentence[start : match.start()].rstrip(" ,"))
            start = match.start()
        parts.append(sentence[start:].lstrip(" ,"))
    return [part for part in parts if any(char.isalnum() for char in part)]
