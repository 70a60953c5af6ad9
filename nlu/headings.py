"""A heading and what stands under it: "two large pizzas, one pepperoni and one veggie" are two large ones of those."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.elements import Element
from nlu.menu import Menu

_LEADS = frozenset(", : ; - . so like that's please which will be say".split())
_BETWEEN = frozenset(", and also plus then".split())
_TOGETHER = frozenset("both all each".split())
_FEWEST = 3  # items that a heading may stand for; a word for fewer is a name


def itemised(text: str, elements: Sequence[Element], menu: Menu) -> str | None:
    """The text with what its heading says told of each item of the list; None where there is no such heading."""
    for place, heading in enumerate(elements):
        kinds = {menu.by_id[sense.id].kind for sense in heading.items if sense.id in menu.by_id}
        if len(heading.items) < _FEWEST or len(kinds) != 1 or heading.values:
            continue
        start = place - 1
        while start > 0 and (elements[start].is_value or elements[start].word == "of"):
            start -= 1
        number = elements[start].number if start >= 0 else None
        if number is None or number < 2:
            continue
        values = [e for e in elements[start + 1 : place] if e.is_value]
        told = _told(text, elements, place, number, values, menu)
        if told is not None:
            return f"{text[: elements[start].start]}{told}"
    return None


def _told(
    text: str, elements: Sequence[Element], place: int, number: int, values: Sequence[Element], menu: Menu
) -> str | None:
    """The list behind the heading, if it holds as many as the heading says, with the heading's values for each."""
    at = place + 1
    while at < len(elements) and elements[at].match is None and elements[at].word in _LEADS:
        at += 1
    starts = [n for n in range(at, len(elements)) if _count(elements[n])]
    if not starts or starts[0] != at:
        return None
    shares, left = [], number
    for n, following in zip(starts, [*starts[1:], len(elements)]):
        if left <= 0:
            shares.append(elements[n:following])
            continue
        left -= _count(elements[n])
        shares.append(elements[n:following])
        if left == 0:
            last = len(shares)
    if left != 0:
        return None
    mine, others = shares[:last], [e for share in shares[last:] for e in share]
    end = len(mine[-1])
    for n, element in enumerate(mine[-1]):  # "both large" of all of them
        if element.word in _TOGETHER and n + 1 < len(mine[-1]) and any(e.is_value for e in mine[-1][n + 1 :]):
            values, end = [*values, *(e for e in mine[-1][n + 1 :] if e.is_value)], n
            break
    mine[-1] = mine[-1][:end]
    items = {sense.id for sense in elements[place].items}
    names = {name for item in items for name in menu.by_id[item].names}
    noun = elements[place].word if any(name.endswith(f" {elements[place].word}") for name in names) else ""
    noun = noun or elements[place].word.removesuffix("s")
    parts = [_share(text, share, values, names, items, noun) for share in mine]
    if None in parts:
        return None
    rest = f" and {text[others[0].start :]}" if others else ""
    return " and ".join(part for part in parts if part) + rest


def _count(element: Element) -> int:
    return element.number or (element.match is None and element.word in ("a", "an")) or 0


def _share(
    text: str, share: Sequence[Element], values: Sequence[Element], names: set[str], items: set[str], noun: str
) -> str | None:
    """ "One large veggie pizza" of "one veggie"; None when it names nothing that the heading stands for."""
    while share and share[-1].match is None and share[-1].word in _BETWEEN:
        share = share[:-1]
    for element in share:
        name = f"{element.word.removesuffix('s')} {noun}"
        known = name in names
        if not known and not any(sense.id in items for sense in element.items):
            continue
        groups = {sense.group for e in share for sense in e.values if e is not element}
        own = [e.text for e in values if not groups & {sense.group for sense in e.values}]
        before = text[share[0].end : element.start].strip()
        after = text[element.end : share[-1].end].strip().removeprefix(noun)
        words = [share[0].text, *own, before, name if known else element.text, after.strip()]
        return " ".join(word for word in words if word)
    return None
