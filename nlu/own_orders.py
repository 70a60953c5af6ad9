"""Orders that we wrote by hand on menus of our own, with their right reading, under ``data/orders``.

``selection`` chooses the shipped model and fits its confidence, ``development`` was looked at while the parser was
mended, and ``held_out`` was written before any measurement and is only reported. A row reads
``two clubs, one on rye => 1 turkey_club; 1 turkey_club rye``: a quantity, an item id and value ids, ``value=amount``
where the amount is not regular (``_`` for a space in it), lines split by ``;``, and ``-`` when nothing is ordered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlu.menu import Menu, load_menu
from nlu.order_lines import REGULAR, Add, Change, Clear, Edit, Line, Option, Remove, Replace

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
        if item not in menu.by_id:
            raise ValueError(f"there is no item {item}")
        lines.append(Line(item, int(quantity), tuple(_option(option, item, menu) for option in options)))
    return tuple(lines)


@dataclass(frozen=True)
class WrittenEdit:
    """An order, what the guest then says, and what the order is after it."""

    order: tuple[Line, ...]
    text: str
    after: tuple[Line, ...]


def written_edits(folder: Path = ORDERS) -> Iterator[tuple[Menu, list[WrittenEdit]]]:
    """Edits by hand, ``order | text => order after it`` a row."""
    for path in sorted((folder / "edits").glob("*.txt")):
        menu = load_menu(folder / "menus" / f"{path.stem}.yml")
        edits = []
        for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            said, _, after = row.rpartition(" => ")
            order, _, text = said.partition(" | ")
            try:
                edits.append(WrittenEdit(lines_of(order, menu), text, lines_of(after, menu)))
            except (KeyError, ValueError) as error:
                raise ValueError(f"{path}, line {number}: {error}") from error
        yield menu, edits


def edited(order: Sequence[Line], edits: Sequence[Edit], menu: Menu) -> tuple[Line, ...]:
    """The order after the edits, equal lines counted together, as far as lines go: no prices, limits or undo."""
    lines: list[Line | None] = list(order)
    added: list[Line] = []
    for edit in edits:
        if isinstance(edit, Clear):
            lines, added = [], []
        elif isinstance(edit, Add):
            added.append(edit.line)
        elif isinstance(edit, (Remove, Change, Replace)):
            old = lines[edit.target]
            if old is None:
                continue
            if isinstance(edit, Replace):
                lines[edit.target] = edit.line
            elif isinstance(edit, Remove):
                left = 0 if edit.quantity is None else old.quantity - edit.quantity
                lines[edit.target] = replace(old, quantity=left) if left > 0 else None
            elif edit.of is not None and edit.of < old.quantity:
                lines[edit.target] = replace(old, quantity=old.quantity - edit.of)
                added.append(replace(_changed(old, edit, menu), quantity=edit.of))
            else:
                lines[edit.target] = _changed(old, edit, menu)
    return together([line for line in (*lines, *added) if line is not None])


def together(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Equal lines counted as one."""
    counts: dict[tuple[str, frozenset[Option]], int] = {}
    for line in lines:
        key = line.item, frozenset(line.options)
        counts[key] = counts.get(key, 0) + line.quantity
    return tuple(Line(item, count, tuple(sorted(options))) for (item, options), count in counts.items())


def _changed(old: Line, change: Change, menu: Menu) -> Line:
    ones = {option.group for option in change.put if menu.groups[option.group].select_one}
    put = {(option.group, option.value) for option in change.put}
    kept = [
        o
        for o in old.options
        if o.group not in ones and (o.group, o.value) not in put and (o.group, o.value) not in change.drop
    ]
    return replace(old, quantity=change.quantity or old.quantity, options=(*kept, *change.put))


def _option(written: str, item: str, menu: Menu) -> Option:
    value, _, amount = written.partition("=")
    amount = amount or REGULAR
    group = next((group for group in menu.groups_of(item) if value in group.by_id), None)
    if group is None:
        raise ValueError(f"{item} has no value {value}")
    spoken = amount.replace("_", " ")
    return Option(group.id, value, spoken if spoken in group.amounts else amount)
