"""Taking lines off an order, or modifiers off a line."""

from __future__ import annotations

from collections.abc import Sequence

from nlu.clauses import Clause
from nlu.edit_kit import Kit, Order, number_in
from nlu.elements import Element
from nlu.marks import NONE
from nlu.order_lines import Change, Edit, Option, Question, Reading, Remove
from nlu.references import Meant, lines_described

_SPARED = (
    "everything except",
    "everything but",
    "all except",
    "all but",
    "everything besides",
    "everything apart from",
)

_ONE_OFF = (
    "one of",
    "just one",
    "only one",
    "take one",
    "remove one",
    "one less",
    "one fewer",
    "drop one",
    "cancel one",
)


def read_removal(clause: Clause, order: Order, kit: Kit) -> Reading:
    clause = Clause(clause.act, tuple(_without_kept(clause.elements)))
    elements = clause.elements
    named = [e for e in elements if any(line.item == s.id for s in e.items for line in order)]
    values = [e for e in elements if e.is_value and e not in named]
    if clause.has(*_SPARED):
        kept = {index for element in named for index in kit.meant([element], order).lines}
        return Reading(tuple(Remove(i) for i in range(len(order)) if i not in kept), 0.9) if kept else Reading()
    meant = kit.meant(elements, order)
    described = lines_described(elements, order)
    if described is not None and not any(e.match for e in described[1]):
        lines = described[0].lines
        options: list[tuple[int, tuple[Edit, ...]]] = [(target, (Remove(target),)) for target in lines]
        return kit.which(order, options) if len(lines) > 1 else Reading(options[0][1], 0.93)
    if values and (not named or _value_goes(elements, named)):
        return _without(values, order, meant, kit)
    if named:
        return _lines(clause, named, order, kit)
    if meant.lines and not any(e.match for e in elements):
        number = number_in(elements)
        if number is not None and number > 1 and "last" in clause.words:
            return Reading(tuple(Remove(t) for t in range(max(0, len(order) - number), len(order))), 0.9)
        limit = number if number and len(meant.lines) == 1 and number < order[meant.lines[0]].quantity else None
        if "one" in clause.words and not clause.has(*_ONE_OFF) and meant.how != "nothing":
            limit = None  # "the last one", "that one"
        return Reading(tuple(Remove(target, limit) for target in meant.lines), 0.9)
    gone = next((e.text for e in elements if e.match or e.unknown), None)
    return Reading((), 0.6, _absent(gone), kit.unknown(elements)) if gone else Reading()


def _without_kept(elements: Sequence[Element]) -> Sequence[Element]:
    """ "Drop the slaw, just the ribs": what is named behind "just" stays."""
    for place, (element, after) in enumerate(zip(elements, elements[1:])):
        if element.word in ("just", "only") and after.word in ("the", "my") and any(e.match for e in elements[:place]):
            return elements[:place]
    return elements


def _absent(what: str) -> Question:
    return Question(f"There is no {what} in your order. What shall I take off?")


def _value_goes(elements: Sequence[Element], named: Sequence[Element]) -> bool:
    """Whether a modifier goes and the item only says from where: "take the onions off the burger", "on the burger hold
    the onions"."""
    for position, element in enumerate(elements):
        if element in named:
            return bool({e.word for e in elements[:position]} & {"on", "for", "with", "from"})
        if element.is_value:
            after = {e.word for e in elements[position + 1 :]}
            return bool(after & {"on", "off", "from", "of", "in", "out"})
    return False


def _lines(clause: Clause, named: Sequence[Element], order: Order, kit: Kit) -> Reading:
    elements = clause.elements
    edits: list[Edit] = []
    for element in named:
        meant = kit.meant([e for e in elements if e not in named] + [element], order)
        place = elements.index(element)
        some = next((e.number for e in reversed(elements[:place]) if e.number is not None and e.number > 0), None)
        if some is None and place and elements[place - 1].word in ("a", "an"):
            some = 1
        limits = {t: some if some is not None and some < order[t].quantity else None for t in meant.lines}
        if len(meant.lines) > 1 and meant.how != "all":
            return kit.which(order, [(t, (Remove(t, limits[t]),)) for t in meant.lines], kit.unknown(elements))
        edits += [Remove(t, limits[t]) for t in meant.lines]
    return Reading(tuple(dict.fromkeys(edits)), 0.95)


def _without(values: Sequence[Element], order: Order, meant: Meant, kit: Kit) -> Reading:
    """Modifiers off the lines that carry them; where none does, "without" where the group has that word."""
    among = meant.lines or tuple(range(len(order)))
    carrying = [t for t in among if any(kit.carried(e, order[t]) for e in values)]
    targets = carrying or list(meant.lines) or list(kit.takers(values, order))
    edits: list[tuple[int, tuple[Edit, ...]]] = []
    for target in targets:
        drop = tuple(key for e in values for key in kit.carried(e, order[target]))
        put = []
        for element in values:
            if not kit.carried(element, order[target]):
                for sense in kit.senses_on(element, order[target])[:1]:
                    group = kit.menu.groups[sense.group or ""]
                    if NONE in group.amounts:
                        put.append(Option(group.id, sense.id, NONE))
        if drop or put:
            edits.append((target, (Change(target, put=tuple(put), drop=drop),)))
    if not edits:
        return Reading((), 0.5, _absent(values[0].text))
    if len(edits) > 1 and meant.how not in ("all", "pronoun"):
        return kit.which(order, edits)
    return Reading(tuple(edit for _, some in edits for edit in some), 0.92)
