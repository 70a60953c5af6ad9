"""Wishes about how food is made that no menu lists ("well done", "cut in half"): kept as a note for the kitchen."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from nlu.elements import Element
from nlu.words import FOODS

_NAME = "_"  # stands for a name of the menu: "cut the _ in half"
_POINTERS = frozenset("the it that my them".split())
_REQUEST = re.compile(
    r"\b(?:"
    r"(?:medium |very |extra )?(?:well done|rare)|medium well|"
    r"(?:cut|sliced?|split|chop|chopped)(?: (?:the|it|that|my|them|_|up))* "
    r"(?:in|into|in to) (?:half|halves|quarters|squares|strips|pieces|\w+ (?:pieces|slices))|"
    r"(?:cut|sliced) (?:thin|thick)|(?:un)?sliced|not (?:cut|sliced)|"
    r"(?:lightly |well |extra )?toasted|not toasted|(?:extra )?crispy|(?:extra |very |not too )hot|"
    r"warmed(?: up)?|heated(?: up)?|nice and hot|"
    r"(?:sauce|dressing|gravy|syrup) on the side|on the side|in a (?:separate|different) (?:bag|box|container|cup)|"
    r"(?:wrapped|packed|bagged) (?:separately|up)|separately|"
    r"(?:for|to) go cup|no (?:salt|straw|lid|napkins|utensils|cutlery)|low sodium|over easy|sunny side up|"
    r"scrambled|poached|hard boiled|al dente|burnt|charred|medium done|"
    rf"(?:no|without|hold the|skip the|minus the|leave (?:off|out) the)(?: any| the| a)? (?:{'|'.join(sorted(FOODS))})"
    r")(?= |$)"
)


class Request(NamedTuple):
    """A wish in the guest's words, and where in the text it begins."""

    words: str
    start: int


def in_words(requests: Sequence[Request]) -> str:
    return "; ".join(request.words for request in requests)


def split_requests(
    elements: Sequence[Element], kept: Collection[str] = ()
) -> tuple[list[Element], tuple[Request, ...]]:
    """The elements without the words of requests, and the requests.

    Names of the menu are never taken away, and neither are the phrases in ``kept``, which this menu has a meaning for.
    """
    text, spans = "", []
    for element in elements:
        word = _NAME if element.match is not None else element.word
        spans.append((len(text), len(text) + len(word)))
        text += word + " "
    taken: set[int] = set()
    requests = []
    for match in _REQUEST.finditer(text):
        if match.group() in kept:
            continue
        inside = [i for i, (start, end) in enumerate(spans) if start < match.end() and end > match.start()]
        said = [i for i in inside if elements[i].match is None and elements[i].word not in _POINTERS]
        taken.update(said)
        requests.append(Request(" ".join(elements[i].word for i in said), elements[inside[0]].start))
    return [element for i, element in enumerate(elements) if i not in taken], tuple(requests)
