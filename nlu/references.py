"""Which lines of an order the guest means: by name, by place ("the second one"), or by "it" and "those"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlu.elements import Element
from nlu.menu import Menu
from nlu.order_lines import Line

_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "latter": -1, "final": -1}
_PRONOUNS = frozenset("it that this them those these one ones".split())
_PLURALS = frozenset("them these those".split())
_BOTH = frozenset("both pair couple".split())
_ALL = _BOTH | frozenset("all each every everything".split())


@dataclass(frozen=True)
class Meant:
    """``lines``: indices that fit, in order. ``how``: name, place, all, pronoun or nothing (no line was referred to)."""

    lines: tuple[int, ...] = ()
    how: str = "nothing"

    @property
    def sure(self) -> bool:
        return len(self.lines) == 1 or self.how == "all"


_POINTED = frozenset("the my our those these".split())


def lines_meant(elements: Sequence[Element], order: Sequence[Line], menu: Menu, last: int | None = None) -> Meant:
    """The lines that ``elements`` refer to; ``last`` is the line spoken of just now (default: the newest)."""
    if not order:
        return Meant()
    newest = len(order) - 1 if last is None else last
    words = [element.word for element in elements]
    named = [s.id for e in elements for s in e.items]
    kinds = {line.item: menu.by_id[line.item].kind for line in order if line.item in menu.by_id}
    spoken = [i for i, line in enumerate(order) if line.item in named]
    if not spoken:
        spoken = [i for i, line in enumerate(order) if any(_same(kinds.get(line.item, ""), word) for word in words)]
    ordinal = next((_ORDINALS[word] for word in words if word in _ORDINALS), None)
    if ordinal is not None:
        pool = spoken or list(range(len(order)))
        if -len(pool) <= ordinal < len(pool):
            return Meant((pool[ordinal],), "place")
        return Meant()
    if spoken:
        if len(spoken) > 1:
            said = {(s.group, s.id) for e in elements for s in e.values}
            fits = [i for i in spoken if any((o.group, o.value) in said for o in order[i].options)]
            spoken = fits if fits else spoken
        if len(spoken) > 1 and (_ALL & set(words) or _plural(elements, menu)):
            return Meant(tuple(spoken), "all")
        return Meant(tuple(spoken), "name")
    if _ALL & set(words) and not named:
        if _BOTH & set(words):
            return Meant(
                (newest,) if order[newest].quantity == 2 or len(order) == 1 else tuple(range(len(order)))[-2:], "all"
            )
        return Meant(tuple(range(len(order))) if order[newest].quantity == 1 else (newest,), "all")
    if _PRONOUNS & set(words) and not named:
        several = [i for i, line in enumerate(order) if line.quantity > 1]
        if several and "of" in words and _PLURALS & set(words):  # "one of them"
            newest = several[-1]
        return Meant((newest,), "pronoun")
    return Meant()


def _plural(elements: Sequence[Element], menu: Menu) -> bool:
    """ "The lemonades": all lines of them."""
    for before, element in zip(elements, elements[1:]):
        names = {name for sense in element.items if sense.id in menu.by_id for name in menu.by_id[sense.id].names}
        if before.word in _POINTED and element.word.endswith("s") and names and element.word not in names:
            return True
    return False


def lines_described(elements: Sequence[Element], order: Sequence[Line]) -> tuple[Meant, list[Element]] | None:
    """The lines meant by "the small one", and the other elements; None when no line is spoken of like that."""
    for position in range(1, len(elements)):
        values = elements[position - 1].values
        if elements[position].word not in ("one", "ones") or not values:
            continue
        said = {(sense.group, sense.id) for sense in values}
        fits = tuple(i for i, line in enumerate(order) if any((o.group, o.value) in said for o in line.options))
        rest = [*elements[: position - 1], *elements[position + 1 :]]
        pointed = position > 1 and elements[position - 2].word in ("the", "that", "my", "this", "those")
        if fits and pointed:
            return Meant(fits, "name"), rest
    return None


def _same(kind: str, word: str) -> bool:
    return len(word) > 2 and kind.lower().rstrip("s") == word.rstrip("s")
