"""Edits of an existing order out of one utterance: add, remove, change, swap, repeat, take back.

Every edit's ``target`` counts the lines of the order as it was before the utterance.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nlu.builder import Builder, Draft
from nlu.clauses import Act, Clause, clauses_of, has_phrase, whole_command
from nlu.elements import Element
from nlu.lexicon import Sense
from nlu.marks import NONE, NOT_EXTRA, Mark
from nlu.menu import Menu
from nlu.order_lines import (
    Add,
    Asked,
    Change,
    Choice,
    Clear,
    Edit,
    Line,
    Option,
    Question,
    Reading,
    Remove,
    Replace,
    Undo,
)
from nlu.references import Meant, lines_meant
from nlu.requests import split_requests

if TYPE_CHECKING:
    from nlu.parser import Parse

Marker = Callable[[Sequence[Element]], Sequence[Mark]]
Parser = Callable[[Sequence[Element]], "Parse"]

_ABOUT = frozenset("on in for from to of with".split())
_ORDERING = frozenset("add get have want like need order another also plus include take try gimme give bring".split())
_REFUSALS = frozenset("no nope none nothing neither nah".split())


class EditReader:
    """Reads edits against one menu. ``parse`` reads a fresh order out of elements, ``mark`` gives their marks."""

    def __init__(self, menu: Menu, builder: Builder, parse: Parser, mark: Marker) -> None:
        self._menu = menu
        self._builder = builder
        self._parse = parse
        self._mark = mark

    def read(self, elements: Sequence[Element], order: tuple[Line, ...], asked: Asked | None) -> Reading:
        elements = [self._one_kind(element, elements, order) for element in elements]
        command = whole_command(elements)
        if command is Act.CLEAR:
            return Reading((Clear(),), 0.97) if order else Reading()
        if command is Act.UNDO:
            return Reading((Undo(),), 0.95) if order else Reading()
        if asked is not None:
            answer = self._answer(elements, order, asked)
            if answer is not None:
                return answer
        if not order:
            return self._added(elements)
        readings = [self._clause(clause, order) for clause in self._joined(clauses_of(elements), order)]
        return _together(readings)

    def _one_kind(self, element: Element, elements: Sequence[Element], order: tuple[Line, ...]) -> Element:
        """A name that is an item and a value both ("fries" alone and in a combo) is made one of them."""
        if element.match is None or not (element.is_item and element.is_value):
            return element
        ordered = any(line.item == s.id for s in element.match.items for line in order)
        beside = {s.id for e in elements if e.match and e is not element and not e.is_value for s in e.match.items}
        homes = {line.item for line in order} | beside
        as_value = not ordered and any(self._builder.allows(h, s) for h in homes for s in element.match.values)
        senses = element.match.values if as_value else element.match.items
        return replace(element, match=replace(element.match, senses=senses))

    # ---- an answer to what was asked

    def _answer(self, elements: Sequence[Element], order: tuple[Line, ...], asked: Asked) -> Reading | None:
        """``Change`` of the asked group, and whatever else was said after it; None when it is no answer."""
        group = self._menu.groups.get(asked.group)
        if group is None:
            return None
        item = order[asked.line].item
        for position, element in enumerate(elements):
            if element.match is None:
                continue
            senses = [s for s in element.match.values if s.group == group.id]
            if not senses:
                if any(s.id != item for s in element.match.items):
                    return None
                continue
            rest_at = self._rest(elements, position + 1, item, group.id)
            said, rest = elements[:rest_at], elements[rest_at:]
            marks = self._mark(said)
            draft = Draft((item,))
            only = [
                (replace(e, match=replace(e.match, senses=fit)), m)
                for e, m in zip(said, marks)
                if e.match and (fit := self._fitting(e, item, group.id))
            ]
            left = self._builder.fill_line(draft, only)
            put = draft.line().options
            if not put or left:
                return None
            answer = Reading((Change(asked.line, put=put),), 0.97 if len(senses) == 1 else 0.6)
            if any(e.match or e.unknown for e in rest):
                return _together([answer, self.read(rest, order, None)])
            return answer
        return None

    def _fitting(self, element: Element, item: str, group: str) -> tuple[Sense, ...]:
        """The element's senses on this line: those of the asked group if it has any."""
        if element.match is None:
            return ()
        senses = [s for s in element.match.values if self._builder.allows(item, s)]
        asked = tuple(s for s in senses if s.group == group)
        return asked or tuple(senses)

    def _rest(self, elements: Sequence[Element], start: int, item: str, group: str) -> int:
        """Where the answer ends: before the words that lead up to another item."""
        for position in range(start, len(elements)):
            element = elements[position]
            if element.is_item and element.match and all(s.id != item for s in element.match.items):
                if self._fitting(element, item, group):
                    continue
                begin = position
                while begin > start and (
                    elements[begin - 1].match is None or not self._fitting(elements[begin - 1], item, group)
                ):
                    begin -= 1
                return begin
        return len(elements)

    # ---- clauses

    def _joined(self, clauses: list[Clause], order: tuple[Line, ...]) -> list[Clause]:
        """A clause that speaks of "it" or of nothing goes with the addition before it: "a pizza, and make it large"."""
        joined: list[Clause] = []
        for clause in clauses:
            before = joined[-1] if joined else None
            if before is not None and before.act is Act.ADD and self._opens_item(before.elements, order):
                meant = lines_meant(clause.elements, order, self._menu)
                own = clause.act in (Act.CHANGE, Act.REMOVE) and meant.how in ("nothing", "pronoun")
                if clause.act is Act.ADD or own:
                    joined[-1] = Clause(Act.ADD, before.elements + clause.elements)
                    continue
            joined.append(clause)
        return joined

    def _opens_item(self, elements: Sequence[Element], order: tuple[Line, ...]) -> bool:
        return any(e.is_item for e in elements) and self._about(elements, order) is None

    def _clause(self, clause: Clause, order: tuple[Line, ...]) -> Reading:
        if clause.act is Act.REMOVE:
            return self._remove(clause, order)
        if clause.act is Act.SWAP:
            return self._swap(clause, order)
        if clause.act is Act.AGAIN:
            return self._again(clause, order)
        if clause.act is Act.CHANGE:
            return self._change(clause.elements, order, lines_meant(clause.elements, order, self._menu))
        about = self._about(clause.elements, order)
        if about is not None:
            return self._change(clause.elements, order, about)
        return self._add(clause, order)

    def _about(self, elements: Sequence[Element], order: tuple[Line, ...]) -> Meant | None:
        """The lines that an addition speaks of, when it adds to them and not to the order."""
        words = [element.word for element in elements]
        for position, element in enumerate(elements):
            ordered = (
                element.is_item
                and element.match
                and any(line.item == sense.id for sense in element.match.items for line in order)
            )
            if not ordered or element.is_value and not any(e.is_item and not e.is_value for e in elements):
                continue
            before = words[max(0, position - 2) : position]
            leads = (
                len(before) == 2 and before[0] in _ABOUT and before[1] in ("the", "that", "my", "this", "those", "both")
            )
            if leads and any(e.is_value for e in elements[: position - 2]):
                return lines_meant(elements, order, self._menu)
            if before[-1:] in (["the"], ["my"], ["that"]) and not set(words[:position]) & _ORDERING:
                if any(e.is_value or e.number is not None for e in elements[position + 1 :]):
                    return lines_meant(elements, order, self._menu)
        if not any(e.is_item and not e.is_value for e in elements):
            meant = lines_meant(elements, order, self._menu)
            if meant.how in ("place", "all", "pronoun") and any(e.is_value or e.number is not None for e in elements):
                return meant
        return None

    def _added(self, elements: Sequence[Element]) -> Reading:
        kept, notes = split_requests(elements)
        parse = self._parse(kept)
        lines = list(parse.lines)
        if notes and lines:
            lines[-1] = replace(lines[-1], note="; ".join(notes))
        question = parse.question
        return Reading(tuple(Add(line) for line in lines), parse.confidence, question, parse.unknown)

    def _add(self, clause: Clause, order: tuple[Line, ...]) -> Reading:
        elements, notes = split_requests(clause.elements)
        if notes and not any(e.match for e in elements):
            return Reading((Change(len(order) - 1, note="; ".join(notes)),), 0.8)
        has_item = any(e.is_item for e in elements)
        values = [e for e in elements if e.is_value]
        if not has_item and values:
            opens = [e for e in values if len(self._builder.carriers(e.match.values if e.match else ())) == 1]
            takers = self._takers(values, order)
            if takers and not (opens and not takers):
                return self._change(clause.elements, order, Meant(tuple(takers)))
        if not has_item and not values:
            number = next((e.number for e in elements if e.number is not None), None)
            if number and clause.has("of those", "of them", "of that", "of these"):
                return Reading((Change(len(order) - 1, quantity=number),), 0.9)
            if number and clause.has("actually", "sorry", "no", "rather") and len(elements) <= 6:
                return Reading((Change(len(order) - 1, quantity=number),), 0.8)
        return self._added(clause.elements)

    def _takers(self, values: Sequence[Element], order: tuple[Line, ...]) -> list[int]:
        """The lines that can carry all of these values; else those that carry the most of them, if any."""
        counts = [
            sum(any(self._builder.allows(line.item, s) for s in e.match.values) for e in values if e.match)
            for line in order
        ]
        most = max(counts, default=0)
        return [index for index, count in enumerate(counts) if count == most and most > 0]

    # ---- change

    def _change(self, elements: Sequence[Element], order: tuple[Line, ...], meant: Meant) -> Reading:
        elements, notes = split_requests(elements)
        note = "; ".join(notes)
        words = [element.word for element in elements]
        values = [e for e in elements if e.is_value]
        items = [s.id for e in elements if e.is_item and e.match and not e.is_value for s in e.match.items]
        number = next((e.number for e in elements if e.number is not None and e.number > 0), None)
        targets = meant.lines
        strange = [item for item in items if all(order[t].item != item for t in targets)]
        if strange and (meant.how in ("pronoun", "place", "name") or not targets):
            target = targets[0] if targets else len(order) - 1
            parse = self._parse(
                [
                    e
                    for e in elements
                    if not (e.is_item and e.match and any(s.id == order[target].item for s in e.match.items))
                ]
            )
            if len(parse.lines) == 1:
                line = parse.lines[0]
                line = replace(line, quantity=order[target].quantity) if number is None else line
                return Reading((Replace(target, self._inherit(line, order[target])),), 0.9, unknown=parse.unknown)
            return Reading(tuple(Add(line) for line in parse.lines), 0.5 * parse.confidence, unknown=parse.unknown)
        if not targets:
            targets = tuple(self._takers(values, order)) if values else (len(order) - 1,)
        if not targets:
            parse = self._parse(elements)
            return Reading(tuple(Add(line) for line in parse.lines), 0.8 * parse.confidence, unknown=parse.unknown)
        several = bool(values) and has_phrase(words, "one of", "two of", "three of", "1 of", "2 of", "3 of", "half of")
        of = number if several and number is not None else None
        quantity = number if number is not None and of is None and "one" not in words and meant.how != "all" else None
        if quantity is None and number is not None and has_phrase(words, "just one", "only one", "it one", "that one"):
            quantity = number if not values and has_phrase(words, "just one", "only one", "make it one") else None
        edits: list[tuple[int, Change]] = []
        for target in targets:
            put, drop = self._options(elements, order[target])
            if put or drop or quantity is not None or note:
                limit = of if of is not None and of < order[target].quantity else None
                edits.append((target, Change(target, quantity, put, drop, limit, note)))
        if not edits:
            return Reading(unknown=_unknown(elements), confidence=0.1 if _unknown(elements) else 0.0)
        if len(edits) > 1 and meant.how != "all":
            if meant.how == "nothing" and edits[-1][0] == len(order) - 1 and _same_lines(order, [t for t, _ in edits]):
                return Reading((edits[-1][1],), 0.7, unknown=_unknown(elements))
            return Reading((), 0.5, self._which(order, [(t, (e,)) for t, e in edits]), _unknown(elements))
        return Reading(tuple(e for _, e in edits), 0.9, unknown=_unknown(elements))

    def _options(
        self, elements: Sequence[Element], line: Line
    ) -> tuple[tuple[Option, ...], tuple[tuple[str, str], ...]]:
        """What the words put on this line and what they drop from it."""
        draft = Draft((line.item,))
        marks = self._mark(elements)
        self._builder.fill_line(draft, [(e, m) for e, m in zip(elements, marks) if e.is_value])
        put, drop = [], []
        for option in draft.line().options:
            if option.amount == NONE and any((o.group, o.value) == (option.group, option.value) for o in line.options):
                drop.append((option.group, option.value))
                put.append(option)
            else:
                put.append(option)
        for element, mark in zip(elements, marks):
            if mark.amount in (NONE, NOT_EXTRA) and element.match:
                for sense in element.match.values:
                    has = any((o.group, o.value) == (sense.group, sense.id) for o in line.options)
                    if has and sense.group and (sense.group, sense.id) not in [(o.group, o.value) for o in put]:
                        drop.append((sense.group, sense.id))
        kept = [o for o in put if (o.group, o.value) not in drop or o.amount == NONE]
        return tuple(o for o in kept if (o.group, o.value) not in drop), tuple(dict.fromkeys(drop))

    # ---- remove

    def _remove(self, clause: Clause, order: tuple[Line, ...]) -> Reading:
        elements, words = clause.elements, clause.words
        named = [
            e
            for e in elements
            if e.is_item and e.match and any(line.item == s.id for s in e.match.items for line in order)
        ]
        values = [e for e in elements if e.is_value and e not in named]
        number = next((e.number for e in elements if e.number is not None and e.number > 0), None)
        if clause.has("everything except", "everything but", "all except", "all but", "everything besides"):
            kept = {i for e in named for i in lines_meant([e], order, self._menu).lines}
            return Reading(tuple(Remove(i) for i in range(len(order)) if i not in kept), 0.9) if kept else Reading()
        if values and not (named and not self._value_first(elements)):
            meant = lines_meant(elements, order, self._menu)
            targets = [t for t in (meant.lines or range(len(order))) if self._carries(order[t], values)]
            if not targets:
                targets = [t for t in (meant.lines or self._takers(values, order)[-1:])]
            return self._without(values, order, targets, meant)
        if named:
            edits: list[Edit] = []
            for element in named:
                meant = lines_meant([e for e in elements if e not in named] + [element], order, self._menu)
                some = (
                    number if number is not None and (clause.has("of the", "of those", "of my") or number > 0) else None
                )
                some = 1 if some is None and self._singular(elements, element) else some
                if len(meant.lines) > 1 and meant.how != "all":
                    choices = [
                        (t, (Remove(t, some if some and some < order[t].quantity else None),)) for t in meant.lines
                    ]
                    return Reading((), 0.5, self._which(order, choices), _unknown(elements))
                for target in meant.lines:
                    limit = some if some is not None and some < order[target].quantity else None
                    edits.append(Remove(target, limit))
            return Reading(tuple(edits), 0.95, unknown=_unknown(elements))
        meant = lines_meant(elements, order, self._menu)
        if meant.lines and not any(e.match for e in elements):
            target = meant.lines
            limit = (
                number if number is not None and "last" not in words and number < order[target[0]].quantity else None
            )
            if "one" in words and not clause.has("one of"):
                limit = None
            return Reading(tuple(Remove(t, limit) for t in target), 0.9)
        gone = next((e for e in elements if e.match), None)
        if gone is not None:
            return Reading((), 0.6, Question(f"There is no {gone.text} in your order. What shall I take off?"))
        unknown = _unknown(elements)
        if unknown:
            return Reading(
                (), 0.4, Question(f"There is no {unknown[0]} in your order. What shall I take off?"), unknown
            )
        return Reading()

    def _value_first(self, elements: Sequence[Element]) -> bool:
        """Whether a modifier is what goes ("take the onions off the burger"), and the item only says where."""
        for position, element in enumerate(elements):
            if element.is_value and not element.is_item:
                after = [e.word for e in elements[position + 1 :]]
                return any(word in after for word in ("on", "off", "from", "of", "in"))
            if element.is_item:
                return False
        return False

    def _singular(self, elements: Sequence[Element], item: Element) -> bool:
        place = list(elements).index(item)
        return place > 0 and elements[place - 1].word in ("a", "an") and not item.word.endswith("s")

    def _carries(self, line: Line, values: Sequence[Element]) -> bool:
        has = {(o.group, o.value) for o in line.options if o.amount != NONE}
        return any((s.group, s.id) in has for e in values if e.match for s in e.match.values)

    def _without(
        self, values: Sequence[Element], order: tuple[Line, ...], targets: Sequence[int], meant: Meant
    ) -> Reading:
        edits: list[tuple[int, Change]] = []
        for target in targets:
            line = order[target]
            drop, put = [], []
            for element in values:
                senses = [
                    s for s in (element.match.values if element.match else ()) if self._builder.allows(line.item, s)
                ]
                for sense in senses[:1] if not self._carries(line, [element]) else senses:
                    group = self._menu.groups[sense.group or ""]
                    if any((o.group, o.value) == (group.id, sense.id) for o in line.options):
                        drop.append((group.id, sense.id))
                    elif not self._carries(line, [element]) and NONE in group.amounts:
                        put.append(Option(group.id, sense.id, NONE))
            if drop or put:
                edits.append((target, Change(target, put=tuple(put), drop=tuple(drop))))
        if not edits:
            return Reading((), 0.5, Question(f"There is no {values[0].text} in your order. What shall I take off?"))
        if len(edits) > 1 and meant.how not in ("all", "pronoun"):
            return Reading((), 0.5, self._which(order, [(t, (e,)) for t, e in edits]))
        return Reading(tuple(e for _, e in edits), 0.92)

    # ---- swap and again

    def _swap(self, clause: Clause, order: tuple[Line, ...]) -> Reading:
        """ "swap X for Y", "change X to Y", "Y instead of X"."""
        words = clause.words
        backwards = (
            clause.has("instead of", "rather than", "in place of") or clause.has("substitute", "sub") and "for" in words
        )
        links = (
            ("of", "than")
            if clause.has("instead of", "rather than", "in place of")
            else ("for", "with", "to", "into", "by")
        )
        cut = None
        for position, element in enumerate(clause.elements):
            if element.match is None and element.word in links and any(e.match for e in clause.elements[:position]):
                cut = position
                break
        if cut is None:
            return self._change(clause.elements, order, lines_meant(clause.elements, order, self._menu))
        old, new = clause.elements[:cut], clause.elements[cut + 1 :]
        if backwards:
            old, new = new, old
        if clause.has("substitute", "sub") and not self._in_order(old, order) and self._in_order(new, order):
            old, new = new, old
        if not any(e.match for e in new):
            unknown = _unknown(new)
            return Reading((), 0.3, unknown=unknown) if unknown else Reading()
        meant = lines_meant(old, order, self._menu)
        if any(e.is_item for e in new) and not (
            all(e.is_value for e in new if e.match) and any(e.is_value for e in old)
        ):
            return self._replace(old, new, order, meant)
        olds = [e for e in old if e.is_value and not (e.is_item and meant.how == "name")]
        targets = meant.lines or tuple(t for t, line in enumerate(order) if self._carries(line, olds))
        targets = targets or tuple(self._takers([e for e in new if e.is_value], order)[-1:])
        edits = []
        for target in targets:
            put, _ = self._options(new, order[target])
            drop = tuple(
                (s.group, s.id) for e in olds if e.match for s in e.match.values
                if s.group and any((o.group, o.value) == (s.group, s.id) for o in order[target].options)
            )  # fmt: skip
            if put or drop:
                edits.append((target, Change(target, put=put, drop=drop)))
        if len(edits) > 1 and meant.how != "all":
            return Reading((), 0.5, self._which(order, [(t, (e,)) for t, e in edits]))
        return Reading(tuple(e for _, e in edits), 0.9, unknown=_unknown(new))

    def _in_order(self, elements: Sequence[Element], order: tuple[Line, ...]) -> bool:
        ids = {s.id for e in elements if e.match for s in e.match.senses}
        return any(line.item in ids or any(o.value in ids for o in line.options) for line in order)

    def _replace(
        self, old: Sequence[Element], new: Sequence[Element], order: tuple[Line, ...], meant: Meant
    ) -> Reading:
        parse = self._parse(new)
        if len(parse.lines) != 1:
            return Reading(tuple(Add(line) for line in parse.lines), 0.3, unknown=parse.unknown)
        if not meant.lines:
            gone = next((e.text for e in old if e.match or e.unknown), "that")
            add = (Choice(f"Add {self._menu.by_id[parse.lines[0].item].title}", (Add(parse.lines[0]),)),)
            return Reading((), 0.5, Question(f"There is no {gone} in your order. Shall I add the {_name(new)}?", add))
        counted = any(e.number is not None for e in new)
        number = next((e.number for e in old if e.number is not None and e.number > 0), None)
        options: list[tuple[int, tuple[Edit, ...]]] = []
        for target in meant.lines:
            line = order[target]
            fresh = parse.lines[0]
            if number is not None and number < line.quantity:
                fresh = fresh if counted else replace(fresh, quantity=number)
                options.append((target, (Remove(target, number), Add(self._inherit(fresh, line)))))
                continue
            fresh = fresh if counted else replace(fresh, quantity=line.quantity)
            options.append((target, (Replace(target, self._inherit(fresh, line)),)))
        if len(options) > 1 and meant.how != "all":
            return Reading((), 0.5, self._which(order, options), parse.unknown)
        return Reading(tuple(e for _, es in options for e in es), 0.93, unknown=parse.unknown)

    def _inherit(self, new: Line, old: Line) -> Line:
        """The new line keeps choices of the old one that it can carry in a select-one group ("the large coke")."""
        groups = {group.id: group for group in self._menu.groups_of(new.item)}
        taken = {option.group for option in new.options}
        kept = tuple(
            o for o in old.options if o.group in groups and groups[o.group].select_one and o.group not in taken
        )  # fmt: skip
        return replace(new, options=new.options + kept)

    def _again(self, clause: Clause, order: tuple[Line, ...]) -> Reading:
        elements = clause.elements
        if any(e.is_item and not e.is_value for e in elements):
            meant = lines_meant(elements, order, self._menu)
            if not clause.has("same", "again", "repeat") or not meant.lines:
                return self._added(elements)
        else:
            meant = lines_meant([e for e in elements if e.word not in ("one", "all")], order, self._menu)
        target = meant.lines[-1] if meant.lines else len(order) - 1
        old = order[target]
        number = next((e.number for e in elements if e.number is not None and e.number > 0), None)
        put, drop = self._options(elements, old)
        new = {(o.group, o.value): o for o in old.options if (o.group, o.value) not in drop}
        for option in put:
            if self._menu.groups[option.group].select_one:
                new = {key: o for key, o in new.items() if key[0] != option.group}
            new[option.group, option.value] = option
        line = replace(old, quantity=number or (old.quantity if clause.has("same again", "same order") else 1),
                       options=tuple(new.values()))  # fmt: skip
        return Reading((Add(line),), 0.88, unknown=_unknown(elements))

    def _which(self, order: tuple[Line, ...], options: Sequence[tuple[int, tuple[Edit, ...]]]) -> Question:
        """Which of these lines? One choice each, told apart by what differs."""
        labels = [self._label(order, target) for target, _ in options]
        choices = tuple(Choice(label, edits) for label, (_, edits) in zip(labels, options))
        return Question(f"Which one do you mean: {', '.join(labels[:-1])} or {labels[-1]}?", choices)

    def _label(self, order: tuple[Line, ...], target: int) -> str:
        line = order[target]
        twins = [i for i, other in enumerate(order) if other.item == line.item]
        title = self._menu.by_id[line.item].title if line.item in self._menu.by_id else line.item
        if len(twins) == 1:
            return f"the {title.lower()}"
        said = [self._menu.groups[o.group].by_id[o.value].title for o in line.options if o.amount != NONE]
        same = [order[i].options for i in twins].count(line.options) > 1
        if not said or same:
            return f"the {_ORDINAL[min(twins.index(target), 9)]} {title.lower()}"
        return f"the {title.lower()} with {', '.join(said)}"


_ORDINAL = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def _together(readings: Sequence[Reading]) -> Reading:
    """One reading of all clauses; one doubtful clause makes the whole doubtful."""
    told = [r for r in readings if r.edits or r.question or r.unknown]
    if not told:
        return Reading()
    confidence = 1.0
    for reading in told:
        confidence *= reading.confidence
    question = next((r.question for r in told if r.question), None)
    return Reading(
        tuple(edit for r in told for edit in r.edits),
        round(confidence, 4),
        question,
        tuple(dict.fromkeys(word for r in told for word in r.unknown)),
    )


def _same_lines(order: tuple[Line, ...], targets: Sequence[int]) -> bool:
    return len({order[target].item for target in targets}) == 1 and len({order[t].options for t in targets}) == 1


def _unknown(elements: Sequence[Element]) -> tuple[str, ...]:
    return tuple(element.text for element in elements if element.unknown)


def _name(elements: Sequence[Element]) -> str:
    return next((e.text for e in elements if e.is_item), "other one")
