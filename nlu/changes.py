"""Altering lines: their options and number, another item in their place, or the same once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nlu.clauses import Clause
from nlu.edit_kit import Kit, Order, number_in, together
from nlu.elements import Element
from nlu.order_lines import Add, Change, Choice, Clear, Edit, Line, Question, Reading, Remove, Replace
from nlu.references import Meant, lines_described
from nlu.requests import in_words, split_requests
from nlu.words import has_phrase

_NOTHING = frozenset("plain without normal regular nothing".split())
_POINTERS = frozenset("it that this one those them everything all both".split())
_SOME = tuple(f"{n} of" for n in ("one", "two", "three", "four", "five", "half", "1", "2", "3", "4", "5"))
_CORRECTED = ("actually", "just", "only", "no", "sorry", "rather")
_NOT_A_COUNT = ("that one", "this one", "the one", "other one", "last one", "first one", "second one", "third one",
                "large one", "small one", "medium one", "big one", "which one")  # fmt: skip


def read_change(elements: Sequence[Element], order: Order, kit: Kit, meant: Meant | None = None) -> Reading:
    """ "make the burger large", "no onions on it", "make that two"; several lines are told apart by their names."""
    parts = _by_line(elements, order)
    if len(parts) > 1:
        return together([_change(part, order, kit, kit.meant(part, order)) for part in parts])
    return _change(elements, order, kit, meant or kit.meant(elements, order))


def read_shares(elements: Sequence[Element], order: Order, kit: Kit, asked: int | None) -> Reading | None:
    """ "one large and one small" of a line of two: each share is changed by itself; None when nothing is shared out."""
    starts = [i for i, e in enumerate(elements) if _counts(elements, i)]
    if len(starts) < 2:
        return None
    shares = [elements[a:b] for a, b in zip(starts, [*starts[1:], len(elements)])]
    spoken = {s.id for e in elements if e.is_item and not e.is_value for s in e.items}
    values = [e for share in shares for e in share if e.is_value]
    if not all(any(e.is_value or e.word in _NOTHING for e in share) for share in shares) or not values:
        return None
    counts = [share[0].number or 1 for share in shares]
    among = [asked] if asked is not None else list(reversed(range(len(order))))
    for target in among:
        line = order[target]
        if line.quantity != sum(counts) or spoken - {line.item}:
            continue
        if not all(kit.senses_on(value, line) for value in values):
            continue
        edits = []
        for share, count in zip(shares, counts):
            put, drop = kit.options([e for e in share[1:] if e.number is None], line)
            edits.append(Change(target, put=put, drop=drop, of=count))
        told = [edit for edit in edits if edit.put or edit.drop]
        return Reading(tuple(told), 0.9, None, kit.unknown(elements)) if told else None
    return None


def _counts(elements: Sequence[Element], position: int) -> bool:
    """Whether a share begins here: at a number, or at "the other"."""
    element = elements[position]
    before = elements[position - 1].word if position else ""
    if element.number is not None:
        return element.number > 0 and before not in ("other", "others", "the")
    return element.match is None and element.word in ("other", "others", "rest") and before == "the"


def _by_line(elements: Sequence[Element], order: Order) -> list[Sequence[Element]]:
    """ "the fries large and the cola small" in two: cut before each ordered item, or behind it when it stands last."""
    places = [i for i, e in enumerate(elements) if any(line.item == s.id for s in e.items for line in order)]
    names = {elements[i].items for i in places}
    if len(places) < 2 or len(names) < 2:
        return [elements]
    values = [i for i, e in enumerate(elements) if e.is_value and i not in places]
    if not values:
        return [elements]
    if values[0] < places[0] and values[-1] < places[-1]:
        cuts = [0, *(place + 1 for place in places[:-1]), len(elements)]
    else:
        cuts = [0, *(place for place in places[1:]), len(elements)]
    return [elements[a:b] for a, b in zip(cuts, cuts[1:])]


def _some_with(elements: Sequence[Element]) -> bool:
    """ "One with extra cheese", "make two without": so many of what is ordered, which is not named again."""
    at = next((i for i, e in enumerate(elements) if e.number is not None), None)
    named = any(e.is_item and not e.is_value for e in elements)
    return (
        at is not None and not named and [e.word for e in elements[at + 1 : at + 2]] in (["with"], ["without"], ["no"])
    )


def _change(elements: Sequence[Element], order: Order, kit: Kit, meant: Meant) -> Reading:
    elements, notes = split_requests(elements, kit.own_phrases)
    note = in_words(notes)
    described = lines_described(elements, order)
    if described is not None and any(e.match or e.number is not None for e in described[1]):
        meant, elements = described
    words = [element.word for element in elements]
    values = [e for e in elements if e.is_value]
    targets = meant.lines
    here = {order[target].item for target in targets}
    if any(e.is_item and not e.is_value and not here & {s.id for s in e.items} for e in elements):
        return _other_item(elements, order, kit, meant)
    if meant.how == "pronoun" and values and not any(kit.senses_on(e, order[t]) for e in values for t in targets):
        targets = kit.takers(values, order) or targets  # "with mushrooms on it" of the pizza, said after the fries
    if not targets:
        targets = kit.takers(values, order) if values else (len(order) - 1,)
    if not targets:
        parse = kit.parse(elements)
        unfit = parse.unfit if parse.lines else kit.unfit(elements, order, range(len(order)))
        return Reading(tuple(Add(line) for line in parse.lines), 0.8 * parse.confidence, None, parse.unknown, unfit)
    number = number_in(elements)
    if number is not None and "more" in words and not values:
        return Reading(tuple(Change(t, order[t].quantity + number) for t in targets[-1:]), 0.85)
    of = number if values and (has_phrase(words, *_SOME) or _some_with(elements)) else None
    quantity = number if of is None and meant.how != "all" else None
    counts_item = any(e.number is not None and other.is_item for e, other in zip(elements, elements[1:]))
    corrected = counts_item and words[0] in _CORRECTED  # "actually one garlic bread, no cheese"
    if quantity == 1 and "one" in words and not corrected:
        if values or (has_phrase(words, *_NOT_A_COUNT) and not counts_item):
            quantity = None
    edits: list[tuple[int, tuple[Edit, ...]]] = []
    for target in targets:
        put, drop = kit.options(elements, order[target])
        limit = of if of is not None and of < order[target].quantity else None
        if put or drop or note or quantity is not None:
            edits.append((target, (Change(target, quantity, put, drop, limit, note),)))
    unknown, unfit = kit.unknown(elements), kit.unfit(elements, order, targets)
    if not edits:
        return Reading((), 0.1 if unknown or unfit else 0.0, None, unknown, unfit)
    if len(edits) > 1 and meant.how != "all":
        if meant.how == "nothing" and len({(order[t].item, order[t].options) for t, _ in edits}) == 1:
            return Reading(edits[-1][1], 0.7, None, unknown, unfit)
        return kit.which(order, edits, unknown)
    told = tuple(edit for _, some in edits for edit in some)
    return Reading(told, 0.4 if unknown else 0.9, None, unknown, unfit)


def _other_item(elements: Sequence[Element], order: Order, kit: Kit, meant: Meant) -> Reading:
    """ "make it a lemonade": an item that is not the line's takes its place."""
    old = {order[target].item for target in meant.lines}
    last = max((i for i, e in enumerate(elements) if old & {s.id for s in e.items}), default=-1)
    behind = elements[last + 1 :]  # "scratch the calamari, we'll do arancini instead"
    named = any(e.is_item and not e.is_value for e in behind)
    parse = kit.parse(behind if named else [e for e in elements if not old & {s.id for s in e.items}])
    if len(parse.lines) != 1:
        return Reading(
            tuple(Add(line) for line in parse.lines), 0.5 * parse.confidence, None, parse.unknown, parse.unfit
        )
    line = parse.lines[0]
    target = meant.lines[0] if meant.lines else _like(line, order, kit)
    some = number_in(elements) if has_phrase([element.word for element in elements], *_SOME) else None
    if some is not None and some < order[target].quantity:  # "make one of the colas a lemonade"
        other = inherit(replace(line, quantity=some), order[target], kit)
        return Reading((Remove(target, some), Add(other)), 0.9, None, parse.unknown, parse.unfit)
    counted = number_in(elements) is not None
    replaced = []
    for old_line in meant.lines if meant.how == "all" and not counted else (target,):
        other = line if counted else replace(line, quantity=order[old_line].quantity)
        replaced.append(Replace(old_line, inherit(other, order[old_line], kit)))
    return Reading(tuple(replaced), 0.9, None, parse.unknown, parse.unfit)


def _like(line: Line, order: Order, kit: Kit) -> int:
    """The newest line of the same kind as ``line``, else the newest."""
    kind = kit.menu.by_id[line.item].kind
    same = [i for i, old in enumerate(order) if old.item in kit.menu.by_id and kit.menu.by_id[old.item].kind == kind]
    return same[-1] if same else len(order) - 1


def inherit(new: Line, old: Line, kit: Kit) -> Line:
    """The new item keeps the old line's choices in shared select-one groups: a large cola becomes a large lemonade."""
    groups = {group.id: group for group in kit.menu.groups_of(new.item)}
    taken = {option.group for option in new.options}
    kept = [o for o in old.options if o.group in groups and groups[o.group].select_one and o.group not in taken]
    return replace(new, options=(*new.options, *kept))


def read_swap(clause: Clause, order: Order, kit: Kit) -> Reading:
    """ "swap X for Y", "change X to Y", "Y instead of X", "Y, not X"."""
    sides = _sides(clause)
    if sides is None:
        return read_change(clause.elements, order, kit)
    old, new = sides
    if clause.has("substitute", "sub") and not _ordered(old, order) and _ordered(new, order):
        old, new = new, old
    if not any(e.match or e.number is not None for e in new):
        return Reading((), 0.3, None, kit.unknown(new))
    if {"everything", "all"} & {e.word for e in old} and not any(e.match for e in old):
        parse = kit.parse(new)
        adds = tuple(Add(line) for line in parse.lines)
        return Reading((Clear(), *adds), 0.8, None, parse.unknown, parse.unfit) if adds else Reading()
    if number_in(old) is not None and not any(e.match or e.unknown for e in old):  # "three colas instead of two"
        of_number = tuple(t for t, line in enumerate(order) if line.quantity == number_in(old))[-1:]
        return _change(new, order, kit, kit.meant(new, order) if any(e.match for e in new) else Meant(of_number))
    if not any(e.match for e in new):
        return _change([*old, *new[-1:]], order, kit, kit.meant(old, order))
    meant = kit.meant(old, order)
    if any(e.is_item for e in new) and not all(e.is_value for e in (*old, *new) if e.match):
        return _swap_item(old, new, order, meant, kit)
    olds = [e for e in old if e.is_value and not (e.is_item and meant.how == "name")]
    new = _in_groups_of(olds, new)
    news = [e for e in new if e.is_value]
    targets = meant.lines or tuple(t for t, line in enumerate(order) if any(kit.carried(e, line) for e in olds))
    targets = targets or kit.takers(news, order)
    edits: list[tuple[int, tuple[Edit, ...]]] = []
    for target in targets:
        put, _ = kit.options(new, order[target])
        gone = tuple(key for e in olds for key in kit.carried(e, order[target]))
        drop = tuple(
            key for key in gone if not any(o.group == key[0] and kit.menu.groups[key[0]].select_one for o in put)
        )
        if put or drop:
            edits.append((target, (Change(target, put=put, drop=drop),)))
    if len(edits) > 1 and meant.how != "all":
        return kit.which(order, edits)
    return Reading(tuple(edit for _, some in edits for edit in some), 0.9 if edits else 0.0, None, kit.unknown(new))


def _in_groups_of(old: Sequence[Element], new: Sequence[Element]) -> Sequence[Element]:
    """ "fries instead of rice": of several places for a word, the one of what it replaces."""
    groups = {sense.group for element in old for sense in element.values}
    settled = []
    for element in new:
        same = tuple(sense for sense in element.values if sense.group in groups)
        if element.match is not None and same:
            element = replace(element, match=replace(element.match, senses=same))
        settled.append(element)
    return settled


def _sides(clause: Clause) -> tuple[Sequence[Element], Sequence[Element]] | None:
    """What goes and what comes."""
    elements = clause.elements
    first = next((i for i, e in enumerate(elements) if e.match), len(elements))
    if clause.has("did i say"):  # "did I say three? I meant two"
        cut = next((i for i, word in enumerate(clause.words) if word in ("meant", "mean")), None)
        return (elements[:cut], elements[cut + 1 :]) if cut is not None else None
    if "not" in clause.words[:first] and any(e.match for e in elements[first + 1 :]):  # "not the cola, the lemonade"
        return elements[: first + 1], elements[first + 1 :]
    for links, backwards in ((("of", "than"), True), (("not",), True), (("for", "with", "to", "into", "by"), False)):
        if backwards and not clause.has("instead of", "rather than", "in place of", "not"):
            continue
        cut = _link(elements, links)
        if cut is not None:
            before, after = elements[:cut], elements[cut + 1 :]
            return (after, before) if backwards else (before, after)
    return None


def _link(elements: Sequence[Element], links: Sequence[str]) -> int | None:
    """Where "for", "to" or "instead of" stands: behind the first thing named, or at the start of "instead of X, Y"."""
    for position, element in enumerate(elements):
        named = any(e.match or e.unknown or e.word in _POINTERS for e in elements[:position])
        if element.match is None and element.word in links and named:
            return position
    return None


def _ordered(elements: Sequence[Element], order: Order) -> bool:
    ids = {s.id for e in elements for s in e.senses}
    return any(line.item in ids or any(option.value in ids for option in line.options) for line in order)


def _swap_item(old: Sequence[Element], new: Sequence[Element], order: Order, meant: Meant, kit: Kit) -> Reading:
    parse = kit.parse(new)
    if len(parse.lines) != 1:
        return Reading(tuple(Add(line) for line in parse.lines), 0.3, None, parse.unknown, parse.unfit)
    line = parse.lines[0]
    if not meant.lines:
        gone = next((e.text for e in old if e.match or e.unknown), "such thing")
        text = f"There is no {gone} in your order. Shall I add the {kit.title(line.item).lower()}?"
        return Reading((), 0.5, Question(text, (Choice("yes", (Add(line),)),)), parse.unknown, parse.unfit)
    counted = any(e.number is not None for e in new)
    some = number_in(old)
    options: list[tuple[int, tuple[Edit, ...]]] = []
    for target in meant.lines:
        was = order[target]
        if some is not None and some < was.quantity:
            fresh = line if counted else replace(line, quantity=some)
            options.append((target, (Remove(target, some), Add(inherit(fresh, was, kit)))))
        else:
            fresh = line if counted else replace(line, quantity=was.quantity)
            options.append((target, (Replace(target, inherit(fresh, was, kit)),)))
    several = sum(e.is_item for e in old) == len(options)
    if len(options) > 1 and several:  # "the burger and the fries for a combo"
        return Reading(
            (*options[0][1], *(Remove(target) for target, _ in options[1:])), 0.85, None, parse.unknown, parse.unfit
        )
    if len(options) > 1 and meant.how != "all":
        return kit.which(order, options, parse.unknown)
    return Reading(tuple(edit for _, edits in options for edit in edits), 0.93, None, parse.unknown, parse.unfit)


def read_again(clause: Clause, order: Order, kit: Kit) -> Reading | None:
    """ "same again but large", "another one"; None when it names an item of its own ("another one of your pies")."""
    elements, notes = split_requests(clause.elements, kit.own_phrases)
    meant = kit.meant([e for e in elements if e.word not in ("one", "all", "both")], order)
    if any(e.is_item and not e.is_value for e in elements) and not meant.lines:
        return None
    having = [t for t, line in enumerate(order) if any(kit.carried(e, line) for e in elements if e.is_value)]
    old = order[(meant.lines or having or [len(order) - 1])[-1]]
    put, drop = kit.options(elements, old)
    options = {(o.group, o.value): o for o in old.options if (o.group, o.value) not in drop}
    for option in put:
        if kit.menu.groups[option.group].select_one:
            options = {key: o for key, o in options.items() if key[0] != option.group}
        options[option.group, option.value] = option
    number = number_in([e for e in elements if e.word != "one"])
    quantity = number or (old.quantity if clause.has("same again", "same order") else 1)
    note = "; ".join(filter(None, (old.note, in_words(notes))))
    return Reading((Add(Line(old.item, quantity, tuple(options.values()), note)),), 0.88, None, kit.unknown(elements))
