"""Number words as digits: "twenty-five" → "25", "two hundred and ten" → "210", "twenty first" → "21th"."""

from __future__ import annotations

import re

from nlu.words import NUMBERS

_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
        "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
} | {"thirtieth": 30}
_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\d+|\s+|.", re.DOTALL)


def as_digits(text: str) -> str:
    """The lower-case text with its cardinal and ordinal words as digits; everything else stays."""
    pieces = _PIECE.findall(re.sub(r"(?<=[a-z])-(?=[a-z])", " ", text.lower().replace("’", "'")))
    out: list[str] = []
    at = 0
    while at < len(pieces):
        taken, number, ordinal = _number(pieces, at)
        if taken:
            out.append(f"{number}{'th' if ordinal else ''}")
            at += taken
        else:
            out.append(pieces[at])
            at += 1
    return "".join(out)


def _number(pieces: list[str], at: int) -> tuple[int, int, bool]:
    """Pieces taken, their value, and whether it is an ordinal."""
    if pieces[at] in _ORDINALS:
        return 1, _ORDINALS[pieces[at]], True
    scale_alone = pieces[at] in ("a", "one") and _word(pieces, at + 2) in ("hundred", "thousand")
    if pieces[at] not in NUMBERS and not scale_alone:
        return 0, 0, False
    total, last, taken = 0, 0, 0
    position = at
    while True:
        word = _word(pieces, position)
        value = 1 if taken == 0 and scale_alone else NUMBERS.get(word, -1)
        if value in (100, 1000):
            last = max(last, 1) * value
            if value == 1000:
                total, last = total + last, 0
        elif taken and word in _ORDINALS and last in range(20, 100, 10) and _ORDINALS[word] < 10:
            return position + 1 - at, total + last + _ORDINALS[word], True
        elif value >= 0 and (
            taken == 0 or (last % 100 == 0 and last) or (last in range(20, 100, 10) and 0 < value < 10)
        ):
            last += value
        else:
            break
        taken = position + 1 - at
        position += 2
        if (
            _word(pieces, position) == "and"
            and last % 100 == 0
            and last
            and NUMBERS.get(_word(pieces, position + 2), 100) < 100
        ):
            position += 2
    return taken, total + last, False


def _word(pieces: list[str], at: int) -> str:
    """The piece at that place when only spaces stand before it."""
    if at >= len(pieces) or (at > 0 and not pieces[at - 1].isspace()):
        return ""
    return pieces[at]
