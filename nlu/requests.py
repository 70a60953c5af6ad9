"""Wishes about how food is made that no menu lists ("well done", "cut in half"): kept as a note for the kitchen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.elements import Element

_REQUEST = re.compile(
    r"\b(?:"
    r"(?:medium |very |extra )?(?:well[ -]done|rare)|medium well|"
    r"(?:cut|sliced?|split|chopped) (?:in|into|in to) (?:half|halves|quarters|squares|strips|pieces|\w+ (?:pieces|slices))|"
    r"(?:cut|sliced) (?:thin|thick)|(?:un)?sliced|not (?:cut|sliced)|"
    r"(?:lightly |well |extra )?toasted|not toasted|(?:extra )?crispy|(?:extra |very |not too )hot|"
    r"warmed(?: up)?|heated(?: up)?|nice and hot|"
    r"(?:sauce|dressing|gravy|syrup) on the side|on the side|in a (?:separate|different) (?:bag|box|container|cup)|"
    r"(?:wrapped|packed|bagged) (?:separately|up)|separately|"
    r"(?:for|to) go cup|no (?:salt|straw|lid|napkins|utensils|cutlery)|low sodium|over[ -]easy|sunny[ -]side up|"
    r"scrambled|poached|hard[ -]boiled|al dente|burnt|charred|medium done"
    r")\b"
)


def split_requests(elements: Sequence[Element]) -> tuple[list[Element], tuple[str, ...]]:
    """The elements without the words of requests, and the requests. Words of the menu are never taken."""
    text, spans = "", []
    for element in elements:
        spans.append((len(text), len(text) + len(element.word)))
        text += element.word + " "
    taken: set[int] = set()
    notes = []
    for match in _REQUEST.finditer(text):
        inside = [i for i, (start, end) in enumerate(spans) if start < match.end() and end > match.start()]
        if any(elements[i].match is not None for i in inside):
            continue
        taken.update(inside)
        notes.append(match.group())
    return [e for i, e in enumerate(elements) if i not in taken], tuple(notes)
