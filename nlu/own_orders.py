"""Orders that we wrote by hand on menus of our own, with their right reading, under ``data/orders``.

``selection`` chooses the shipped model and fits its confidence, ``development`` was looked at while the parser was
mended, and ``held_out`` was written before any measurement and is only reported. A row reads
``two clubs, one on rye => 1 turkey_club; 1 turkey_club rye``: a quantity, an item id and value ids, ``value=amount``
where the amount is not regular (``_`` for a space in it), lines split by ``;``, and ``-`` when nothing is ordered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nlu.menu import Menu, load_menu
from nlu.order_lines import REGULAR, Line, Option

ORDERS = Path(__file__).parent.parent / "data" / "orders"
PARTS = ("selection", "development", "held_out")


@dataclass(frozen=True)
class Written:
    """What a guest might say or type, and the lines that it orders."""

    text: str
    lines: tuple[Line, ...]


def written_orders(part: str, folder: Path = ORDERS) -> Iterator[tuple[Menu, list[Written]]]:
    """The menus that have orders in this part, in the order of their file names.

    Raises:
        ValueError: a reading names what its menu does not have; the message says where.
    """
    for path in sorted((folder / part).glob("*.txt")):
        menu = load_menu(folder / "menus" / f"{path.stem}.yml")
        orders = []
        for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            text, _, reading = row.rpartition(" => ")
            try:
                orders.append(Written(text, lines_of(reading, menu)))
            except (KeyError, ValueError) as error:
                raise ValueError(f"{path}, line {number}: {error}") from error
        yield menu, orders


def lines_of(reading: str, menu: Menu) -> tuple[Line, ...]:
    """The lines of a reading such as ``2 wings buffalo=extra; 1 cola large``."""
    if reading.strip() == "-":
        return ()
    lines = []
    for part in reading.split(";"):
        quantity, item, *options = part.split()
        lines.append(Line(item, int(quantity), tuple(_option(option, item, menu) for option in options)))
    return tuple(lines)


def _option(written: str, item: str, menu: Menu) -> Option:
    value, _, amount = written.partition("=")
    amount = amount or REGULAR
    group = next((group for group in menu.groups_of(item) if value in group.by_id), None)
    if group is None:
        raise ValueError(f"{item} has no value {value}")
    spoken = amount.replace("_", " ")
    return Option(group.id, value, spoken if spoken in group.amounts else amount)
