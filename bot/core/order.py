"""An order and how it changes. Edits are applied all or nothing: a refusal leaves the order as it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.pricing import PricedLine, Totals, price_line, takes_off, totals
from bot.core.restaurant import Place
from bot.core.shelf import Shelf
from nlu.menu import Group, Menu, Value
from nlu.order_lines import Add, Change, Clear, Edit, Line, Option, Remove, Replace, Undo

CART, CONFIRMED, PREPARING, READY, DONE, CANCELLED = (
    "cart", "confirmed", "preparing", "ready", "done", "cancelled",
)  # fmt: skip
NEXT_STATUS = {
    CART: {CONFIRMED, CANCELLED},
    CONFIRMED: {PREPARING, READY, CANCELLED},
    PREPARING: {READY, CANCELLED},
    READY: {DONE},
    DONE: set[str](),
    CANCELLED: set[str](),
}
UNDO_DEPTH = 20

Lines = tuple[PricedLine, ...]


class Refused(Exception):
    """A wish that cannot be met. The message is a sentence that can be said to the guest."""

    def __init__(self, sentence: str, *, buttons: Sequence[str] = ()) -> None:
        super().__init__(sentence)
        self.sentence, self.buttons = sentence, tuple(buttons)


@dataclass(frozen=True)
class Order:
    """One order of one conversation. ``due`` is when the food is promised; ``asap`` when no time was asked for."""

    id: str
    lines: Lines = ()
    history: tuple[Lines, ...] = ()
    status: str = CART
    number: int | None = None
    place: str | None = None
    type: str | None = None
    address: str | None = None
    asap: bool = False
    due: datetime | None = None
    name: str | None = None
    phone: str | None = None
    note: str = ""
    allergy_note: str = ""
    upsell_offered: bool = False

    @property
    def wanted(self) -> list[Line]:
        return [priced.line for priced in self.lines]

    @property
    def told(self) -> bool:
        """Whether the guest has said anything of how, where, when and for whom it is wanted."""
        return bool(self.type or self.address or self.due or self.name)

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.wanted)

    def totals(self, place: Place | None) -> Totals:
        return totals(self.lines, place, self.type)

    def edited(self, edits: Sequence[Edit], shelf: Shelf) -> Order:
        """The order after all edits, priced.

        Raises:
            Refused: one of the edits is impossible; none is applied.
        """
        if len(edits) == 1 and isinstance(edits[0], Undo):
            if not self.history:
                raise Refused("There is nothing to take back.")
            return replace(self, lines=self.history[-1], history=self.history[:-1])
        lines: list[PricedLine | None] = list(self.lines)
        added: list[PricedLine] = []
        for edit in edits:
            _apply(edit, lines, added, shelf)
        after = _merged([line for line in lines if line is not None], added, shelf)
        pieces = sum(priced.line.quantity for priced in after)
        if pieces > shelf.policies.max_items and pieces > self.pieces:
            raise Refused(
                f"That would be {pieces} items, and I can take {shelf.policies.max_items} in one order. "
                "For a bigger one I can get a person for you.",
                buttons=("Talk to a person",),
            )
        if after == self.lines:
            return self
        return replace(self, lines=after, history=(*self.history, self.lines)[-UNDO_DEPTH:])


@dataclass(frozen=True)
class Gap:
    """Something that a line must still be told: which values of a group (``of`` one ambiguous value, if given)."""

    index: int
    group: Group
    of: Value | None
    choices: tuple[Value, ...]


def first_gap(lines: Sequence[Line], shelf: Shelf) -> Gap | None:
    """The first choice that is still open: an ambiguous value, or a required group that is not filled."""
    for index, line in enumerate(lines):
        if not on_menu(line, shelf.menu):
            continue
        for group in shelf.menu.groups_of(line.item):
            chosen = [option for option in line.options if option.group == group.id]
            for option in chosen:
                value = group.by_id[option.value]
                if value.any_of:
                    choices = tuple(group.by_id[other] for other in value.any_of if shelf.sells(group.by_id[other]))
                    return Gap(index, group, value, choices)
            count = sum(not takes_off(option.amount) for option in chosen)
            if count < group.least and group.default is None:
                return Gap(index, group, None, tuple(shelf.choices(group)))
    return None


def _merged(lines: list[PricedLine], added: Sequence[PricedLine], shelf: Shelf) -> tuple[PricedLine, ...]:
    """All lines, the newest last; one that is added as it is there already makes it one more of it."""
    for new in added:
        old = next((p for p in lines if replace(p.line, quantity=new.line.quantity) == new.line), None)
        if old is not None:
            lines.remove(old)
            new = _accepted(replace(new.line, quantity=old.line.quantity + new.line.quantity), shelf)
        lines.append(new)
    return tuple(lines)


def _apply(edit: Edit, lines: list[PricedLine | None], added: list[PricedLine], shelf: Shelf) -> None:
    if isinstance(edit, Add):
        added.append(_accepted(edit.line, shelf))
        return
    if isinstance(edit, Clear):
        lines[:] = [None] * len(lines)
        return
    if isinstance(edit, Undo):
        raise Refused("Shall I take the last change back, or make a new one? One at a time, please.")
    old = lines[edit.target] if 0 <= edit.target < len(lines) else None
    if old is None:
        raise Refused("I don't see that line in your order. Which one do you mean?")
    if isinstance(edit, Remove):
        left = old.line.quantity - edit.quantity if edit.quantity is not None else 0
        lines[edit.target] = _repriced(old, replace(old.line, quantity=left), shelf) if left > 0 else None
    elif isinstance(edit, Replace):
        lines[edit.target] = _accepted(edit.line, shelf)
    else:
        _change(edit, old, lines, added, shelf)


def _change(
    edit: Change, old: PricedLine, lines: list[PricedLine | None], added: list[PricedLine], shelf: Shelf
) -> None:
    line = old.line
    dropped = set(edit.drop)
    options = [option for option in line.options if (option.group, option.value) not in dropped]
    for option in edit.put:
        group = shelf.menu.groups.get(option.group)
        replaces_all = group is not None and group.select_one
        options = [
            kept
            for kept in options
            if kept.group != option.group or (not replaces_all and kept.value != option.value)
        ]  # fmt: skip
        options.append(option)
    note = "; ".join(filter(None, [line.note, edit.note])) if edit.note else line.note
    changed = replace(line, options=tuple(options), note=note)
    if edit.of is not None and 0 < edit.of < line.quantity:
        lines[edit.target] = _repriced(old, replace(line, quantity=line.quantity - edit.of), shelf)
        added.append(_accepted(replace(changed, quantity=edit.of), shelf))
        return
    quantity = edit.quantity if edit.quantity is not None else line.quantity
    if quantity <= 0:
        lines[edit.target] = None
        return
    lines[edit.target] = _repriced(old, replace(changed, quantity=quantity), shelf)


def _repriced(old: PricedLine, line: Line, shelf: Shelf) -> PricedLine:
    """An accepted line keeps its price unless its options change; fewer of it needs no check."""
    if line.options == old.line.options and line.quantity <= old.line.quantity:
        return PricedLine(line, old.unit_cents)
    return _accepted(line, shelf)


def _accepted(line: Line, shelf: Shelf) -> PricedLine:
    """The line, checked against menu, stock and caps, with defaults filled in, priced.

    Raises:
        Refused: with a sentence that says why and what there is instead.
    """
    menu = shelf.menu
    item = menu.by_id.get(line.item)
    if item is None:
        raise Refused(f"I can't find {line.item} on our menu.")
    if why := shelf.why_not(item.id):
        others = [other.title for other in shelf.available() if other.kind == item.kind and other.id != item.id][:3]
        instead = f" We have {_or(others)} instead." if others else ""
        raise Refused(f"Sorry, the {item.title} is {why}.{instead}", buttons=others)
    if line.quantity < 1:
        raise Refused(f"How many {item.title} would you like?")
    if line.quantity > shelf.cap(item.id):
        raise Refused(
            f"I can take up to {shelf.cap(item.id)} {item.title} in one order. For more I can get a person for you.",
            buttons=("Talk to a person",),
        )
    options = _filled(line, shelf)
    for group in menu.groups_of(item.id):
        if group.least > 0 and group.default is None and not shelf.choices(group):
            raise Refused(f"Sorry, the {item.title} is sold out today: there is no {group.title} left for it.")
        _check_group(item.title, group, [option for option in options if option.group == group.id], shelf)
    return price_line(menu, replace(line, options=options))


def _filled(line: Line, shelf: Shelf) -> tuple[Option, ...]:
    """The line's options, with the defaults of groups that the guest left open."""
    item = shelf.menu.by_id[line.item]
    for option in line.options:
        group = shelf.menu.groups.get(option.group)
        if group is None or option.group not in item.groups or option.value not in group.by_id:
            raise Refused(f"We can't make the {item.title} with {option.value.replace('_', ' ')}.")
    chosen = {option.group for option in line.options}
    defaults = [
        Option(group.id, group.default)
        for group in shelf.menu.groups_of(line.item)
        if group.default is not None and group.id not in chosen
    ]
    return (*line.options, *defaults)


def _check_group(title: str, group: Group, options: list[Option], shelf: Shelf) -> None:
    for option in options:
        value = group.by_id[option.value]
        known = {"regular", "none", *group.amounts, *(f"not_{amount}" for amount in group.amounts)}
        if option.amount not in known:
            raise Refused(f"We can't do {option.amount.replace('_', ' ')} {value.title} on the {title}.")
        if not shelf.sells(value) and not takes_off(option.amount):
            titles = [other.title for other in shelf.choices(group)]
            raise Refused(f"Sorry, {value.title} is sold out today. We have {_or(titles)}.", buttons=titles[:4])
    taken = [group.by_id[option.value].title for option in options if not takes_off(option.amount)]
    if group.most is not None and len(taken) > group.most:
        if group.most == 1:
            raise Refused(f"One {group.title} for the {title}, please: {_or(taken)}?", buttons=taken)
        raise Refused(f"The {title} can have up to {group.most} of {group.title}, and that would be {len(taken)}.")


def _or(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))


def on_menu(line: Line, menu: Menu) -> bool:
    """Whether the menu still holds the dish and all of its options; the owner may have taken them off since."""
    item = menu.by_id.get(line.item)
    return item is not None and all(
        o.group in item.groups and o.value in menu.groups[o.group].by_id for o in line.options
    )


def describe(line: Line, menu: Menu) -> str:
    """ "2 × Margherita (large, extra basil, no onion)"; what left the menu goes by its id."""
    words = option_words(line, menu)
    inside = f" ({', '.join(words)})" if words else ""
    item = menu.by_id.get(line.item)
    return f"{line.quantity} × {item.title if item else line.item.replace('_', ' ')}{inside}"


def option_words(line: Line, menu: Menu) -> list[str]:
    """The options in words, without the free defaults that nobody asked about."""
    words = []
    for option in line.options:
        group = menu.groups.get(option.group)
        value = group.by_id.get(option.value) if group else None
        if group and value and value.id == group.default and not value.price_cents and option.amount == "regular":
            continue
        title = value.title if value else option.value.replace("_", " ")
        prefix = {"regular": "", "none": "no ", "light": "light "}.get(option.amount)
        words.append(f"{option.amount.replace('_', ' ') + ' ' if prefix is None else prefix}{title}")
    return [*words, *([f"“{line.note}”"] if line.note else [])]
