"""Edits of an existing order out of one utterance: add, remove, change, swap, repeat, take back.

Every edit's ``target`` counts the lines of the order as it was before the utterance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from nlu.asides import without_asides
from nlu.builder import LONGEST, Draft
from nlu.changes import read_again, read_change, read_shares, read_swap
from nlu.clauses import Act, Clause, clauses_of, whole_command, without_retraction
from nlu.confidence import Confidence, edit_evidence
from nlu.edit_kit import Kit, Order, number_in, together
from nlu.elements import Element
from nlu.lexicon import Sense
from nlu.order_lines import Add, Asked, Change, Clear, Edit, Line, Option, Question, Reading, Remove, Replace, Undo
from nlu.references import Meant
from nlu.removals import read_removal
from nlu.requests import in_words, split_requests
from nlu.tokens import key_of, name_keys

_ABOUT = frozenset("on in for from to of with off".split())
_POINTING = frozenset("the that my this those these both each".split())
_ORDERING = frozenset(
    "add get have want like need order another also plus include take try gimme give bring do".split()
)
_CORRECTING = (
    "no",
    "sorry",
    "i said",
    "i meant",
    "i mean",
    "i wanted",
    "i asked for",
    "it was",
    "should be",
    "just",
    "only",
    "supposed",
    "not",
    "wrong",
)
_POINTED = frozenset("it that them those".split())
_FILLERS = frozenset("and so yeah yes but except hmm hm um uh oh ok okay wait ah well , .".split())
_POLITE = frozenset("ok okay please up can you could and just actually then thanks yes , . !".split())
_MORE = frozenset("also too another more additional plus extra".split())
_VAGUE = frozenset(map(key_of, "a an the one ones with in of and or no not please size kind any some".split()))
_BIGGER = frozenset("bigger larger upsize supersize upsized".split())
_SMALLER = frozenset("smaller downsize".split())
_ASKS = frozenset("is are how what which do does".split())
_NEAR = 60  # elements on each side that tell whether a word is the dish or the modifier
_WITH = re.compile(r"\bwith( (extra|some|more|light|a bit of|a little))?$")
_EMPTY = Question("There is nothing in your order yet. What would you like?")


def _doubled(elements: Sequence[Element], order: Order) -> tuple[Edit, ...]:
    """ "Double it", "double the fries", "double everything": twice as many; none where the words hold more."""
    words = [element.word for element in elements if element.word not in _POLITE]
    if len(words) not in (2, 3) or words[0] != "double" or not order:
        return ()
    named = [n for n, line in enumerate(order) if any(s.id == line.item for e in elements for s in e.items)]
    if words[1:] in (["everything"], ["all"], ["the", "order"], ["my", "order"]):
        named = list(range(len(order)))
    elif words[1:] in (["it"], ["that"], ["this"], ["them"], ["those"]):
        named = [len(order) - 1]
    elif words[1] != "the" or len(words) != 3:
        return ()
    return tuple(Change(n, order[n].quantity * 2) for n in named)


def _adds(element: Element) -> bool:
    """Whether it names a value; "a bigger portion" names none."""
    return element.is_value and not element.is_item and element.word not in ("portion", "size", "sized")


def _resized(elements: Sequence[Element], order: Order, kit: Kit) -> tuple[Edit, ...]:
    """ "Upsize the lemonade", "make it bigger": the next size of what is named, or of the newest line that has sizes."""
    words = [element.word for element in elements]
    step = 1 if set(words) & _BIGGER else -1 if set(words) & _SMALLER else 0
    named = [n for n, line in enumerate(order) if any(s.id == line.item for e in elements for s in e.items)]
    if not step or words[0] in _ASKS or any(e.number or _adds(e) for e in elements):
        return ()
    if any(e.is_item for e in elements) and not named:
        return ()
    for n in reversed(named or range(len(order))):
        group = next(
            (
                g
                for g in kit.menu.groups_of(order[n].item)
                if g.select_one and any("large" in v.names for v in g.values)
            ),
            None,
        )
        if group is None:
            continue
        now = next((o.value for o in order[n].options if o.group == group.id), group.default)
        sizes = [value.id for value in sorted(group.values, key=lambda v: ("large" in v.names) - ("small" in v.names))]
        at = sizes.index(now) + step if now in sizes else -1
        return (Change(n, put=(Option(group.id, sizes[at]),)),) if 0 <= at < len(sizes) else ()
    return ()


def opens_list(elements: Sequence[Element], place: int) -> bool:
    """Whether a name with an article opens a list: "the salmon, a greek salad", where the salmon is a dish of its own."""
    counts = [element.number is not None or element.word in ("a", "an", "the") for element in elements]
    after = place + 1
    while after < len(elements) and elements[after].word in (",", "and"):
        after += 1
    first = not any(element.is_item for element in elements[:place])
    return first and place > 0 and counts[place - 1] and counts[after : after + 1] == [True]


class EditReader:
    """Reads utterances against an order."""

    def __init__(self, kit: Kit, confidence: Confidence) -> None:
        self._kit = kit
        self._confidence = confidence

    def read(self, elements: Sequence[Element], order: Order, asked: Asked | None) -> Reading:
        elements = without_asides(elements)
        reading = self._read(elements, order, asked)
        if not order or not reading.edits or all(isinstance(edit, (Clear, Undo)) for edit in reading.edits):
            return reading
        chance = self._confidence.chance(edit_evidence(elements, self._kit.mark(elements), reading))
        return replace(reading, confidence=round(min(chance, reading.confidence), 4))  # a rule's own doubt is a cap

    def _read(self, elements: Sequence[Element], order: Order, asked: Asked | None) -> Reading:
        if not any(e.match or e.unknown or e.number is not None for e in elements):
            command = whole_command(elements)
            if command is None and not order:
                return Reading()
        # "Scratch that, the pepperoni": what is taken back has no toppings.
        standing = order[:-1] if without_retraction(elements) is not None else order
        elements = [
            self._one_kind(element, elements[max(0, place - _NEAR) : place + _NEAR], standing, asked)
            for place, element in enumerate(elements)
        ]
        command = whole_command(elements)
        if command is not None:
            edit = Clear() if command is Act.CLEAR else Undo()
            return Reading((edit,), 0.96) if order else Reading()
        doubled = _doubled(elements, order)
        doubled = doubled or _resized(elements, order, self._kit)
        if doubled:
            return Reading(doubled, 0.9)
        shares = read_shares(elements[:LONGEST], order, self._kit, asked.line if asked else None)
        if shares is not None:
            return shares
        if asked is not None:
            answer = self._answer(elements, order, asked)
            if answer is not None:
                return answer
        if not order or len(elements) > LONGEST:
            return self._first(elements)
        rest = without_retraction(elements)
        if rest is not None:
            if not any(clause.act is Act.REMOVE or self._refuses(clause, order) for clause in clauses_of(rest)):
                return self._instead(rest, order)
            elements = rest  # "on second thought, no fries": it says itself what goes
        readings = [self._clause(clause, order) for clause in self._joined(clauses_of(elements), order)]
        return together(readings)

    def _one_kind(self, element: Element, elements: Sequence[Element], order: Order, asked: Asked | None) -> Element:
        """A name that is an item and a value both ("fries", alone and in a combo) is made one of them."""
        if element.match is None or not element.is_item:
            return element
        if asked is None and (own := self._pointed_out(element, elements, order)):
            return replace(element, match=replace(element.match, senses=own))
        if not element.is_value:
            return element
        counted = self._is_counted(element, elements, order)
        if asked is None and (counted or opens_list(elements, elements.index(element))):
            return replace(element, match=replace(element.match, senses=element.items))
        ordered = any(line.item == s.id for s in element.items for line in order)
        before = " ".join(other.word for other in elements if other.start < element.start)
        behind = [other.word for other in elements if other.start > element.start][:2]
        put_on = behind in (["on", "it"], ["on", "that"], ["on", "them"], ["on", "top"]) and "put" in before.split()
        led = bool(_WITH.search(before)) or put_on  # "a caesar with salmon", where either may be a dish or a part
        beside = {s.id for e in elements if e is not element and (led or not e.is_value) for s in e.items}
        homes = {line.item for line in order} | beside
        as_value = not ordered and any(self._kit.builder.allows(h, s) for h in homes for s in element.values)
        senses = element.values if as_value else element.items
        return replace(element, match=replace(element.match, senses=senses))

    def _pointed_out(self, element: Element, elements: Sequence[Element], order: Order) -> tuple[Sense, ...]:
        """ "The burger" of who has ordered a chicken burger: the ordered items whose names end in the word."""
        before = [other.word for other in elements if other.start < element.start]
        about = {word for word in before[-3:] if word in _ABOUT}
        wants = bool(set(before) & (_ORDERING | {"i'd", "i'll"})) and not about  # "I'd like the burger"
        if not set(before[-1:]) & _POINTING or wants or any(line.item == s.id for s in element.items for line in order):
            return ()
        ends = (f" {element.word}", f" {element.word.removesuffix('s')}")
        items = [self._kit.menu.by_id[line.item] for line in order if line.item in self._kit.menu.by_id]
        ordered = [item.id for item in items if any(name.endswith(ends) for name in item.names)]
        return tuple(Sense(item) for item in dict.fromkeys(ordered))

    def _is_counted(self, element: Element, elements: Sequence[Element], order: Order) -> bool:
        """Whether an article or a number leads to the name ("a large pepperoni"), and no combo in sight holds such a
        dish."""
        groups = self._kit.menu.groups
        held = [sense for sense in element.values if sense.group and groups[sense.group].by_id[sense.id].item]
        homes = {line.item for line in order} | {s.id for e in elements if e is not element for s in e.items}
        if any(self._kit.builder.allows(home, sense) for home in homes for sense in held):
            return False
        for other in sorted((e for e in elements if e.start < element.start), key=lambda e: -e.start):
            if other.number is not None or other.word in ("a", "an"):
                return True
            if other.is_item or not other.is_value:
                return False
        return False

    # ---- an answer to what was asked

    def _answer(self, elements: Sequence[Element], order: Order, asked: Asked) -> Reading | None:
        """A change of the asked line, and whatever else was said after it; None when it is no answer."""
        line = order[asked.line]
        if asked.group not in self._kit.menu.groups:
            return None
        place = self._answering(elements, line.item, asked.group)
        if place is None:
            return self._part_answer(elements, line, asked)
        rest_at = self._rest(elements, place + 1, line.item)
        said, rest = elements[:rest_at], elements[rest_at:]
        fitting = []
        for element, mark in zip(said, self._kit.mark(said)):
            senses = self._fitting(element, line.item, asked.group)
            if element.match is not None and senses:
                fitting.append((replace(element, match=replace(element.match, senses=senses)), mark))
        draft = Draft((line.item,))
        self._kit.builder.fill_line(draft, fitting)
        put = draft.line().options
        if not put:
            return None
        sure = sum(sense.group == asked.group for sense in elements[place].values) == 1
        change = Change(asked.line, put=put, drop=self._kit.settled(put, line))
        unfit = self._kit.unfit(said, order, (asked.line,))
        answer = Reading((change,), 0.97 if sure else 0.6, None, self._kit.unknown(said), unfit)
        if any(e.match or e.unknown for e in rest):
            return together([answer, self._read(rest, order, None)])
        return answer

    def _part_answer(self, elements: Sequence[Element], line: Line, asked: Asked) -> Reading | None:
        """ "the red one": a word that only one value of the asked group has in its name, and nothing else is named."""
        if any(element.match for element in elements):
            return None
        group = self._kit.menu.groups[asked.group]
        open_ = {v for o in line.options if o.group == group.id for v in group.by_id[o.value].any_of}
        words = {key_of(element.word) for element in elements} - _VAGUE
        fits = [
            value.id
            for value in group.values
            if not value.any_of
            and (not open_ or value.id in open_)
            and any(words & set(name_keys(name)) for name in value.names)
        ]
        if len(fits) != 1:
            return None
        put = (Option(group.id, fits[0]),)
        return Reading((Change(asked.line, put=put, drop=self._kit.settled(put, line)),), 0.9)

    def _answering(self, elements: Sequence[Element], item: str, group: str) -> int | None:
        """Where a value of the asked group is said, before any other item."""
        for position, element in enumerate(elements):
            if element.match is None:
                continue
            if any(s.group == group for s in element.values):
                return position
            if any(s.id != item for s in element.items):
                return None
        return None

    def _fitting(self, element: Element, item: str, group: str) -> tuple[Sense, ...]:
        """The element's senses on this line: those of the asked group if it has any."""
        senses = tuple(s for s in element.values if self._kit.builder.allows(item, s))
        return tuple(s for s in senses if s.group == group) or senses

    def _rest(self, elements: Sequence[Element], start: int, item: str) -> int:
        """Where the answer ends: before the words that lead up to another item."""
        for position in range(start, len(elements)):
            items = elements[position].items
            if items and all(s.id != item for s in items):
                begin = position
                while begin > start and elements[begin - 1].word not in ("and", ",", ".", "also", "plus"):
                    begin -= 1
                return begin
        return len(elements)

    # ---- clauses

    def _joined(self, clauses: list[Clause], order: Order) -> list[Clause]:
        """A clause that speaks of "it" or of nothing goes with the addition before it: "a pizza, and make it large"."""
        joined: list[Clause] = []
        for clause in clauses:
            before = joined[-1] if joined else None
            if before is not None and before.act is Act.REMOVE and clause.has("instead") and clause.act is Act.CHANGE:
                clause = Clause(Act.ADD, clause.elements)  # what goes has been said: this only comes
            if before is not None and before.act is Act.ADD and self._opens_item(before.elements, order):
                meant = self._kit.meant(clause.elements, order)
                own = clause.act in (Act.CHANGE, Act.REMOVE) and meant.how in ("nothing", "pronoun")
                own = own or (
                    clause.act is Act.ADD and meant.how == "pronoun" and not self._opens_item(clause.elements, order)
                )
                if (clause.act is Act.ADD and self._about(clause.elements, order) is None) or own:
                    joined[-1] = Clause(Act.ADD, before.elements + clause.elements)
                    continue
            joined.append(clause)
        return joined

    def _opens_item(self, elements: Sequence[Element], order: Order) -> bool:
        return any(e.is_item for e in elements) and self._about(elements, order) is None

    def _clause(self, clause: Clause, order: Order) -> Reading:
        if clause.act is Act.REMOVE or self._refuses(clause, order):
            return read_removal(clause, order, self._kit)
        if clause.act is Act.SWAP:
            return read_swap(clause, order, self._kit)
        if clause.act is Act.AGAIN:
            return read_again(clause, order, self._kit) or self._first(clause.elements)
        if clause.act is Act.CHANGE and self._adds_before(clause, order):
            return self._first(clause.elements)
        if clause.act is Act.CHANGE:
            return read_change(clause.elements, order, self._kit)
        about = self._about(clause.elements, order)
        if about is not None:
            told, new = self._told_of(clause.elements, order)
            change = read_change(told, order, self._kit, about)
            return together([change, self._add(Clause(Act.ADD, new), order)]) if new else change
        return self._add(clause, order)

    def _adds_before(self, clause: Clause, order: Order) -> bool:
        """ "A funghi, make it large": what is made so was wanted just before, and is not of the order."""
        pairs = zip(clause.words, clause.words[1:])
        place = next((i for i, (verb, what) in enumerate(pairs) if verb == "make" and what in _POINTED), 0)
        named = [s.id for e in clause.elements[:place] if e.is_item and not e.is_value for s in e.items]
        return bool(named) and not {line.item for line in order} & set(named)

    def _told_of(self, elements: tuple[Element, ...], order: Order) -> tuple[tuple[Element, ...], tuple[Element, ...]]:
        """What is said of the ordered item, and what is added behind it: "pineapple on the pizza | and a coke"."""
        place = next((i for i, e in enumerate(elements) if any(x.item == s.id for s in e.items for x in order)), None)
        if place is None:
            return elements, ()
        item = next(s.id for s in elements[place].items if any(line.item == s.id for line in order))
        cut = self._rest(elements, place + 1, item)
        linked = place + 1 < cut < len(elements) and elements[cut - 1].match is None
        other = not any(line.item == s.id for e in elements[cut:] for s in e.items for line in order)
        return (elements[:cut], elements[cut:]) if linked and other else (elements, ())

    def _refuses(self, clause: Clause, order: Order) -> bool:
        """ "no fries": an ordered item right behind a "no" is not wanted any more."""
        for before, element in zip(clause.elements, clause.elements[1:]):
            ordered = any(line.item == s.id for s in element.items for line in order)
            if ordered and not element.is_value and before.word in ("no", "without", "minus", "hold", "skip"):
                return True
        return False

    def _about(self, elements: Sequence[Element], order: Order) -> Meant | None:
        """The lines that an addition speaks of, when it adds to them and not to the order."""
        elements, notes = split_requests(elements, self._kit.own_phrases)
        words = [element.word for element in elements]
        ordered = [i for i, e in enumerate(elements) if any(x.item == s.id for s in e.items for x in order)]
        telling = bool(notes) or any(e.is_value or e.elided or e.number is not None for e in elements)
        for place in ordered:
            pointed = place > 0 and words[place - 1] in _POINTING
            to = place - 2 if words[place - 2 : place - 1] not in (["both"], ["all"], ["each"]) else place - 3
            if pointed and to >= 0 and words[to] in _ABOUT and any(e.is_value for e in elements[:to]):
                return self._kit.meant(elements, order)
            after = notes or [e for e in elements[place + 1 :] if e.is_value or e.number is not None]
            if pointed and not set(words[:place]) & _ORDERING and after:
                return self._kit.meant(elements, order)
            sized = words[place + 1 : place + 2] == ["in"] and any(e.is_value for e in elements[place + 2 : place + 4])
            if words[place - 1 : place] == ["the"] and sized and not _MORE & set(words):  # "I want the coke in large"
                return self._kit.meant(elements, order)
        first = next((e.word for e in elements if not e.match and e.word not in _FILLERS), "")
        counted = any(e.number and other.is_item for e, other in zip(elements, elements[1:]))
        corrected = any(Clause(Act.ADD, tuple(elements)).has(phrase) for phrase in _CORRECTING)
        corrected = corrected or (first == "actually" and counted and not _MORE & set(words))  # "actually 2 cokes"
        denied = any(e.word == "not" and other.number is not None for e, other in zip(elements, elements[1:]))
        if len(ordered) == 1 and corrected and not set(words) & (_ORDERING - {"want", "like", "have"}):
            opened = first in ("no", "sorry", "i", "just", "only", "not", "actually")
            if telling and (opened or "should" in words or denied):  # "two garlic breads, not three"
                return self._kit.meant(elements, order)
        if not any(e.is_item and not e.is_value and not e.elided for e in elements):
            meant = self._kit.meant([e for e in elements if not e.elided], order)
            if meant.how in ("place", "all", "pronoun") and telling:
                return meant
        return None

    # ---- additions

    def _first(self, elements: Sequence[Element]) -> Reading:
        """What the utterance adds, read as a fresh order."""
        opening = [e.word for e in elements[:2]]
        if set(opening) & {"remove", "cancel", "delete", "minus"} and any(e.match for e in elements):
            return Reading((), 0.6, _EMPTY)
        parse = self._kit.parse(elements)
        question = parse.question if parse.question and parse.confidence <= 0.5 else None
        return Reading(tuple(Add(line) for line in parse.lines), parse.confidence, question, parse.unknown, parse.unfit)

    def _add(self, clause: Clause, order: Order) -> Reading:
        elements, notes = split_requests(clause.elements, self._kit.own_phrases)
        values = [e for e in elements if e.is_value]
        if any(e.is_item for e in elements):
            return self._first(clause.elements)
        if notes and not values:
            return Reading((Change(len(order) - 1, note=in_words(notes)),), 0.8)
        if values:
            takers = self._kit.takers(values, order)
            first = None if takers else self._first(elements)
            return first if first and first.edits else read_change(clause.elements, order, self._kit, Meant(takers))
        number = number_in(elements)
        if (
            number is not None
            and len(elements) <= 6
            and clause.has("actually", "sorry", "no", "rather", "i said", "i meant", "i mean", "make")
        ):
            return Reading((Change(len(order) - 1, quantity=number),), 0.8)
        return self._first(elements)

    def _instead(self, elements: Sequence[Element], order: Order) -> Reading:
        """ "scratch that, a lemonade": the newest line goes, and what follows comes in its place."""
        last = len(order) - 1
        parse = self._kit.parse(elements)
        items = {s.id for e in elements for s in e.items}
        if not items:
            return read_change(elements, order, self._kit, Meant((last,), "pronoun"))
        if len(parse.lines) == 1:
            return Reading((Replace(last, parse.lines[0]),), 0.8, None, parse.unknown, parse.unfit)
        adds: tuple[Add, ...] = tuple(Add(line) for line in parse.lines)
        return Reading((Remove(last), *adds), 0.6, None, parse.unknown, parse.unfit)
