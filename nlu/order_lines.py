"""What a guest wants, as data: order lines, and edits to lines that are already there.

A line is wanted, not yet priced or allowed; ``bot.core`` decides that. Indices count the order's lines from 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

REGULAR = "regular"


@dataclass(frozen=True, order=True)
class Option:
    """One modifier of a line: ``amount`` is ``regular`` or an amount word of its group ("extra", "not_extra")."""

    group: str
    value: str
    amount: str = REGULAR

    def as_json(self) -> dict[str, str]:
        plain = {"group": self.group, "value": self.value}
        return plain if self.amount == REGULAR else plain | {"amount": self.amount}


@dataclass(frozen=True)
class Line:
    item: str
    quantity: int = 1
    options: tuple[Option, ...] = ()
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        plain: dict[str, Any] = {
            "item": self.item,
            "quantity": self.quantity,
            "options": [option.as_json() for option in self.options],
        }
        return plain | {"note": self.note} if self.note else plain

    @staticmethod
    def from_json(data: dict[str, Any]) -> Line:
        options = tuple(Option(o["group"], o["value"], o.get("amount") or REGULAR) for o in data.get("options", []))
        return Line(data["item"], int(data.get("quantity", 1)), options, data.get("note", ""))


Canonical = tuple[tuple[str, int, tuple[tuple[tuple[str, str, str], int], ...]], ...]


def canonical(lines: Iterable[Line]) -> Canonical:
    """Equal for orders that are the same up to the order of lines and options; notes do not count."""
    return tuple(
        sorted(
            (
                line.item,
                line.quantity,
                tuple(sorted(Counter((o.group, o.value, o.amount) for o in line.options).items())),
            )
            for line in lines
        )
    )


@dataclass(frozen=True)
class Add:
    line: Line


@dataclass(frozen=True)
class Remove:
    """Take ``quantity`` of a line away; None means all of it."""

    target: int
    quantity: int | None = None


@dataclass(frozen=True)
class Change:
    """Alter a line. ``put`` sets options (in a select-one group it replaces the old one), ``drop`` takes them off.

    ``of`` limits the change to that many of the line's quantity ("make one of them large"): the line is then split.
    """

    target: int
    quantity: int | None = None
    put: tuple[Option, ...] = ()
    drop: tuple[tuple[str, str], ...] = ()
    of: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Replace:
    """Another item in place of a line ("make that a calzone instead")."""

    target: int
    line: Line


@dataclass(frozen=True)
class Undo:
    """Take the last change back."""


@dataclass(frozen=True)
class Clear:
    """Start over with an empty order."""


Edit = Add | Remove | Change | Replace | Undo | Clear


@dataclass(frozen=True)
class Choice:
    """One answer to a question, in the guest's words, and the edits that it means."""

    label: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Question:
    """The one question that settles a reading ("Black beans or pinto beans?"). Choices may be empty."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True)
class Unfit:
    """Words for something of the menu that was wanted of an item which cannot have it; None: of no item in sight."""

    words: str
    item: str | None = None


@dataclass(frozen=True)
class Asked:
    """What the assistant asked about just now: a modifier group of one line ("What size?")."""

    line: int
    group: str


@dataclass(frozen=True)
class Reading:
    """How one utterance is understood as edits of an order.

    ``confidence`` is the calibrated chance (0..1) that ``edits`` are exactly what was meant. ``question`` is set when
    the utterance leaves something open. ``unknown`` holds the guest's words that look like food but are not on the
    menu, and ``unfit`` what is on it but not for what it was wanted on; they are named back, never guessed away.
    """

    edits: tuple[Edit, ...] = ()
    confidence: float = 0.0
    question: Question | None = None
    unknown: tuple[str, ...] = ()
    unfit: tuple[Unfit, ...] = ()


_KINDS = {kind.__name__.lower(): kind for kind in (Add, Remove, Change, Replace, Undo, Clear)}


def edit_as_json(edit: Edit) -> dict[str, Any]:
    """The edit as plain data, so that a question's choices survive between two turns."""
    data: dict[str, Any] = {"kind": type(edit).__name__.lower()}
    for key, value in vars(edit).items():
        if isinstance(value, Line):
            data[key] = value.as_json()
        elif key == "put":
            data[key] = [option.as_json() for option in value]
        else:
            data[key] = value
    return data


def edit_from_json(data: dict[str, Any]) -> Edit:
    fields = {key: value for key, value in data.items() if key != "kind"}
    if "line" in fields:
        fields["line"] = Line.from_json(fields["line"])
    if "put" in fields:
        fields["put"] = tuple(Option(o["group"], o["value"], o.get("amount") or REGULAR) for o in fields["put"])
    if "drop" in fields:
        fields["drop"] = tuple((group, value) for group, value in fields["drop"])
    edit: Edit = _KINDS[data["kind"]](**fields)
    return edit
