"""What each element does in an order: the marks that the tagger gives and the builder reads."""

from __future__ import annotations

from dataclasses import dataclass

OUT, BEGIN, IN, ALL, BACK, UNKNOWN = "O", "B", "I", "A", "R", "U"
"""OUT: not part of the order (filler, or taken back). BEGIN: first of a new line. IN: goes on with the line.
ALL: begins a part that holds for every line so far ("both with cheese"). BACK: an item named again, not ordered again
("no onions on the burger"): its part belongs to that earlier line. UNKNOWN: food that the menu lacks."""

ROLES = (OUT, BEGIN, IN, ALL, BACK, UNKNOWN)

REGULAR, EXTRA, LIGHT, NONE, NOT_EXTRA = "regular", "extra", "light", "none", "not_extra"
AMOUNTS = (REGULAR, EXTRA, LIGHT, NONE, NOT_EXTRA)


@dataclass(frozen=True)
class Mark:
    role: str = OUT
    amount: str = REGULAR
    role_chance: float = 1.0
    amount_chance: float = 1.0
