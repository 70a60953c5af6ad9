"""Order lines from marked elements: only what the menu allows, every doubt counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from nlu.elements import Element
from nlu.lexicon import Sense
from nlu.marks import ALL, BACK, BEGIN, EXTRA, IN, LIGHT, NONE, NOT_EXTRA, OUT, UNKNOWN, Mark
from nlu.menu import Group, Menu
from nlu.order_lines import REGULAR, Line, Option, Unfit
from nlu.tokens import key_of, name_keys
from nlu.words import CORRECTIONS, has_phrase

_THEM = frozenset("them em those these".split())
_PLAIN = frozenset("plain black without normal standard regular neither no not nothing just".split())
_ENDING = frozenset(", . and plus also then please thanks with".split())
_LINKING = frozenset("and plus also then & another add".split())
_REST = frozenset("other others rest".split())
_EVERY = frozenset("both all each".split())
_RESAID = ("make it", "make that", "make them", "actually", "sorry", "i mean", "i meant", "instead", "rather")
_SAME_WITH = frozenset("but with without except only again thing for , in and".split())
_FEWEST_HALVED = 4  # "two pizzas half ham half cheese" are two halves of each; of a dozen wings six are meant
_NUMBERING = frozenset("number at for of table than".split())  # "the number 3", "at seven"
_SURELY_OUT = 0.98
_SHARING = frozenset("with without having no".split())
_MOST_SHARING = 6  # lines that wait for an item said after all of them
_MOST_HOMES = 2  # groups; a word of more ("large", "cheese") tells nothing of which item goes unsaid
LONGEST = 400  # elements built at once
_SURE = 0.9  # from this chance on, a mark that opens a line is believed though the line before could go on
_AGAIN, _PLAINLY = "again", "plainly"
"""Roles that the builder gives itself: a line said by reference, and the plain rest of a line of several."""

_Part = list[tuple[Element, Mark]]


@dataclass
class Draft:
    """A line in the making. ``items``: the items it may be, best first, when the words leave more than one."""

    items: tuple[str, ...]
    quantity: int = 1
    counted: bool = False
    options: dict[tuple[str, str], str] = field(default_factory=dict)
    unsaid: bool = False  # opened by a value that only this item carries
    unsettled: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # an option and what it may be
    of_them: bool = False  # "two of them with bacon": some of the line before
    choices: int = 0  # values that had two places on this line
    dropped: list[Element] = field(default_factory=list)  # values that found their place taken
    again: bool = False  # the item of the line before, not said again
    linked: bool = False  # "and one with ham": behind a word that adds
    article: bool = False  # "a burger": said as one of them, not as what the counts behind it share

    @property
    def item(self) -> str:
        return self.items[0]

    def line(self) -> Line:
        return Line(self.item, self.quantity, tuple(Option(g, v, a) for (g, v), a in self.options.items()))


class Left(NamedTuple):
    """A name that its item, if there is one, does not take."""

    element: Element
    amount: str
    item: str | None


@dataclass
class Built:
    """What came out, and what the words held that no line could take."""

    drafts: list[Draft] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    of_them: set[int] = field(default_factory=set)  # where numbers with "of them" behind them start
    spurned: int = 0  # names marked as not meant though some line would take them
    fixes: int = 0  # how often the menu overruled the marks
    guesses: int = 0  # words that had to be given a meaning by a rule of thumb

    @property
    def unfit(self) -> tuple[Unfit, ...]:
        """What was wanted of an item that cannot have it."""
        left = [(e, item) for e, amount, item in self.left if amount not in (NONE, NOT_EXTRA)]
        left += [(e, draft.item) for draft in self.drafts for e in draft.dropped if e.match and not e.match.partial]
        return tuple(dict.fromkeys(Unfit(e.text, item) for e, item in sorted(left, key=lambda some: some[0].start)))

    def __iadd__(self, other: Built) -> Built:
        self.drafts += other.drafts
        self.left += other.left
        self.of_them |= other.of_them
        self.spurned += other.spurned
        self.fixes += other.fixes
        self.guesses += other.guesses
        return self


class Builder:
    def __init__(self, menu: Menu) -> None:
        self._menu = menu
        self._groups = {item.id: frozenset(item.groups) for item in menu.items}
        self._heads = frozenset(keys[-1] for i in menu.items for n in i.names if len(keys := name_keys(n)) > 1)
        self._carriers: dict[str, list[str]] = {}
        for item in menu.items:
            for group in item.groups:
                self._carriers.setdefault(group, []).append(item.id)

    def allows(self, item: str, sense: Sense) -> bool:
        return sense.group in self._groups[item]

    def carriers(self, senses: Sequence[Sense]) -> frozenset[str]:
        """The items that take at least one of these values."""
        return frozenset(item for sense in senses if sense.group for item in self._carriers.get(sense.group, ()))

    @property
    def item_count(self) -> int:
        return len(self._groups)

    def groups_of(self, item: str) -> frozenset[str]:
        return self._groups[item]

    def has_own_group(self, item: str) -> bool:
        return any(len(self._carriers[group]) == 1 for group in self._groups[item])

    def one_groups(self, element: Element) -> frozenset[str]:
        """The select-one groups that a value may belong to."""
        return frozenset(s.group for s in element.values if s.group and self._menu.groups[s.group].select_one)

    def has_amounts(self, element: Element) -> bool:
        return any(self._menu.groups[s.group].amounts for s in element.values if s.group)

    def kinds(self, element: Element) -> frozenset[str]:
        return frozenset(self._menu.by_id[s.id].kind for s in element.items)

    def is_head(self, element: Element) -> bool:
        """Whether an item's name is the last word of other items' names ("coffee" beside "drip coffee")."""
        return (
            element.match is not None
            and element.match.end - element.match.start == 1
            and (key_of(element.word.split()[-1]) in self._heads)
        )

    def build(self, elements: Sequence[Element], marks: Sequence[Mark]) -> Built:
        """Lines from marks; a text beyond all orders is built in pieces, each cut before a line."""
        built = Built()
        while len(elements) > LONGEST:
            cut = next((i for i in range(LONGEST, 0, -1) if marks[i].role == BEGIN), LONGEST)
            built += self._build(elements[:cut], marks[:cut])
            elements, marks = elements[cut:], marks[cut:]
        built += self._build(elements, marks)
        return built

    def _build(self, elements: Sequence[Element], marks: Sequence[Mark]) -> Built:
        elements, marks = self._choices_taken(elements, marks)
        built = Built()
        elements, marks = _halved(elements, marks, built)
        marks = self._resaid(elements, self._kept_items(elements, marks, built), built)
        marks = self._sizes_kept(elements, _counted_anew(elements, _recounted(elements, marks)), built)
        shares: set[int] = set()  # numbers that count some of the line before: "two of them", "one with ..."
        for position, element in enumerate(elements[:-2]):
            after = elements[position + 1].word
            if element.number and after == "of" and elements[position + 2].word in _THEM:
                named = elements[position + 3 : position + 4]
                if not (named and named[0].is_item and not named[0].elided):  # "two of those pies"
                    built.of_them.add(element.start)
            elif element.number and elements[position + 1].match is None and after in _SHARING:
                shares.add(element.start)
        parts: list[_Part] = []
        part: _Part = []
        repeating = False  # behind "the same but"
        for position, (element, mark) in enumerate(zip(elements, marks)):
            count = _count(part) or 0
            if element.elided:
                mark = replace(mark, role=BEGIN if any(e.is_item for e, _ in part) else IN)
            if element.start in built.of_them and count > (element.number or 0):
                mark = replace(mark, role=BEGIN)
            elif (
                element.start in built.of_them and mark.role == BEGIN and not count and any(e.is_item for e, _ in part)
            ):
                mark = replace(mark, role=IN)  # "wings, ten of them"
            elif element.start in shares and mark.role != BEGIN and count > (element.number or 0):
                mark = replace(mark, role=BEGIN)
            elif mark.role == BEGIN and self._counts_value(part, elements, position):
                built.guesses += 1
                continue
            elif mark.role == IN and element.is_value and not element.is_item and _is_rest(elements, position):
                mark = replace(mark, role=BEGIN)
            elif mark.role == IN and element.is_value and parts and count < 2 and _is_every(elements, position):
                mark = replace(mark, role=ALL)
            elif mark.role == BEGIN and element.match is not None and _is_counted(elements, marks, position):
                parts += [part] if part else []  # "two ranch, one blue cheese": the number belongs to the name
                part = [(elements[position - 1], mark)]
                mark = replace(mark, role=IN)
            elif (part or parts) and _is_same(elements, position):
                parts += [part] if part else []
                part, repeating = [(element, replace(mark, role=_AGAIN))], True
                continue
            elif _is_plain_share(elements, position) and (part or parts):
                parts += [part] if part else []
                parts.append([(element, replace(mark, role=_PLAINLY))])
                if elements[position + 1].word == "without":
                    parts[-1].append((elements[position + 1], mark))
                part = []
                continue
            if mark.role in (OUT, UNKNOWN):
                continue
            if repeating and mark.role == BEGIN and element.is_value and not element.is_item:
                mark = replace(mark, role=IN)
            repeating = False
            if mark.role == BEGIN and part and _said_twice(elements[position - 1], element):
                mark = replace(mark, role=IN)
            elif mark.role == BEGIN and part and self._goes_on(part, elements, position):
                mark = replace(mark, role=IN)
                built.guesses += 1
            elif mark.role == IN and self._is_second(part, element):
                built.fixes += 1
                if part[-1][0] is elements[position - 1] and self._is_echo(part[-1][0], element):
                    continue
                if self._is_served_as(part[-1][0], element, elements[max(0, position - 3) : position]):
                    value, its = part.pop()
                    parts += [part] if part else []
                    part = [(value, replace(its, role=BEGIN))]
                else:
                    mark = replace(mark, role=BEGIN)
            again = mark.role == BACK and any(e.is_item and not e.is_value for e, _ in part)
            if part and (again or mark.role in (BEGIN, ALL)):
                parts.append(part)
                part = []
            part.append((element, mark))
        parts += [part] if part else []
        words = {element.start: before.word for before, element in zip(elements, elements[1:])}
        for number, some in enumerate(parts):
            before = words.get(some[0][0].start)
            count = len(built.drafts)
            self._part(some, built, self._item_ahead(parts, number), article=before in ("a", "an", "the", "another"))
            for draft in built.drafts[count:]:
                draft.linked = before in _LINKING
        _share_out(built.drafts, self._groups)
        built.spurned = sum(
            mark.role == OUT and any(self._could_take(draft, element) for draft in built.drafts)
            for element, mark in zip(elements, marks)
        )
        return built

    def _item_ahead(self, parts: Sequence[_Part], number: int) -> Element | None:
        """ "one tuna and one salmon nigiri": the item behind, where both choose from one group that it takes."""
        values = [e for e, m in parts[number] if e.is_value and m.role in (BEGIN, IN)]
        if not values or len(values) < sum(e.match is not None for e, _ in parts[number]):
            return None
        ones = frozenset().union(*(self.one_groups(e) for e in values))
        for part in parts[number + 1 : number + 1 + _MOST_SHARING]:
            if not ones & frozenset().union(*(self.one_groups(e) for e, _ in part if e.is_value and not e.is_item)):
                return None
            item = next((e for e, m in part if e.is_item and m.role != BACK), None)
            if item is not None:
                return item if all(self._taken_by([item], e) for e in values) else None
        return None

    def _resaid(self, elements: Sequence[Element], marks: Sequence[Mark], built: Built) -> Sequence[Mark]:
        """ "a large coke, actually make it a small": the choice said later takes the place of the one before."""
        kept = list(marks)
        for position, element in enumerate(elements):
            ones = self.one_groups(element)
            if not ones or element.is_item or any(e.is_item for e in elements[position + 1 : position + 3]):
                continue
            before = next((i for i in reversed(range(position)) if elements[i].match or elements[i].number), None)
            said = [e.word for e in elements[0 if before is None else before + 1 : position]]
            after = elements[position + 1].word if position + 1 < len(elements) else ""
            if before is None or not (has_phrase(said, *_RESAID) or after == "instead"):
                continue
            for i in range(before, -1, -1):
                begins = kept[i].role == BEGIN
                if not elements[i].is_item and ones & self.one_groups(elements[i]) and kept[i].role in (BEGIN, IN):
                    item = next((n for n in range(i + 1, position) if elements[n].is_item), None)
                    if begins and item is not None:
                        kept[item] = replace(kept[item], role=BEGIN)
                    kept[i] = replace(kept[i], role=OUT)
                    kept[position] = replace(kept[position], role=IN)
                    built.guesses += 1
                if begins:
                    break
        return kept

    def _kept_items(self, elements: Sequence[Element], marks: Sequence[Mark], built: Built) -> Sequence[Mark]:
        """ "a large coke, no wait, medium": an item is taken back only for another; where a modifier or a number of it
        follows the correction, the item stays."""
        kept = list(marks)
        for position, element in enumerate(elements):
            if kept[position].role != IN or element.is_item or not _is_detail(element):
                continue
            last = next((i for i in reversed(range(position)) if elements[i].match or elements[i].number), 0)
            item = next((i for i in range(last, -1, -1) if elements[i].is_item or kept[i].role != OUT), 0)
            end = next((i for i in range(position, len(kept)) if kept[i].role == BEGIN), len(kept))
            corrected = {e.word for e in elements[last + 1 : position]} & CORRECTIONS
            back = elements[item].is_item and all(mark.role == OUT for mark in kept[item : last + 1])
            if not corrected or not back or any(e.is_item for e in elements[position:end]):
                continue
            first = item
            while first and kept[first - 1].role == OUT and _is_detail(elements[first - 1]):
                first -= 1
            ones = self.one_groups(element)
            stays = [
                i
                for i in range(first, last + 1)
                if i == item
                or (elements[i].number and not element.number)
                or (elements[i].is_value and not ones & self.one_groups(elements[i]) and (ones or i < last))
            ]
            for i in stays:
                kept[i] = replace(kept[i], role=BEGIN if i == stays[0] else IN)
            built.guesses += 1
        return kept

    def _could_take(self, draft: Draft, element: Element) -> bool:
        """Whether a name that was left out would have had its place on this line."""
        return any(self.allows(draft.item, s) and not self._filled(draft, s) for s in element.values)

    def _choices_taken(
        self, elements: Sequence[Element], marks: Sequence[Mark]
    ) -> tuple[Sequence[Element], Sequence[Mark]]:
        """What is an item and a choice both fills a choice that the item before it still needs: "the combo and a cola"."""
        if not any(element.is_item and element.is_value for element in elements):
            return elements, marks
        elements, marks = list(elements), list(marks)
        needed: dict[str, int] = {}
        for position, (element, mark) in enumerate(zip(elements, marks)):
            if mark.role in (OUT, UNKNOWN) or element.match is None:
                continue
            if element.is_item and not element.is_value:
                groups = self._groups[element.items[0].id] if len(element.items) == 1 else frozenset()
                count = next((e.number for e in reversed(elements[:position]) if e.number or e.is_item), None) or 1
                needed = {g: count * least for g in groups if (least := self._menu.groups[g].least) > 0}
                continue
            fits = tuple(sense for sense in element.values if needed.get(sense.group or "", 0) > 0)
            number = elements[position - 1].number if position else None
            if fits and number in (None, 1):
                needed[fits[0].group or ""] -= 1
                elements[position] = replace(element, match=replace(element.match, senses=fits))
                marks[position] = replace(mark, role=BEGIN if _of_the_rest(elements, position) else IN)
                if number == 1:
                    marks[position - 1] = replace(marks[position - 1], role=OUT)
        return elements, marks

    def _sizes_kept(self, elements: Sequence[Element], marks: Sequence[Mark], built: Built) -> Sequence[Mark]:
        """A choice of one ("half") right before the item that takes it is meant, whatever its mark says."""
        kept = list(marks)
        for position, (element, mark) in enumerate(zip(elements[:-1], marks)):
            item, its = elements[position + 1], marks[position + 1]
            if mark.role != OUT or not element.is_value or element.is_item or its.role not in (BEGIN, IN):
                continue
            groups = {s.group for i in item.items for s in element.values if self.allows(i.id, s)}
            groups &= self.one_groups(element)
            near = elements[max(0, position - 3) : position]
            later = elements[
                position + 2 : next((i for i in range(position + 2, len(marks)) if marks[i].role == BEGIN), None)
            ]
            others = [*near, *(other for other in later if not other.is_item)]
            if groups and not any(groups & {sense.group for sense in other.values} for other in others):
                kept[position] = replace(mark, role=its.role)
                kept[position + 1] = replace(its, role=IN)
                built.fixes += 1
        return kept

    def _counts_value(self, part: _Part, elements: Sequence[Element], position: int) -> bool:
        """ "a coffee with cream and two sugars": the number says how much of a modifier, and opens no line."""
        number = elements[position].number
        if not number or not part or position + 1 == len(elements) or number <= max(1, _count(part) or 1):
            return False
        value, home = elements[position + 1], next((e for e, _ in part if e.is_item), None)
        if home is None or value.is_item or not self._taken_by([home], value) or self.one_groups(value):
            return False
        before = elements[position - 1].word
        listed = before in ("and", ",") and part[-1][0] is elements[position - 2] and not self.one_groups(part[-1][0])
        return before == "with" or (listed and part[-1][0].is_value and not part[-1][0].is_item)

    def _goes_on(self, part: _Part, elements: Sequence[Element], position: int) -> bool:
        """ "a plate with brisket and ribs": ribs are a dish too, but stand in a row with a choice of the plate."""
        element, before = elements[position], elements[max(0, position - 2) : position]
        if not (element.is_item and element.is_value) or part[-1][0] not in before:
            return False
        home = next((e for e, _ in part if e.is_item and not e.is_value), None)
        if home is None or any(e.word not in ("and", ",", "plus") for e in before if e is not part[-1][0]):
            return False
        many = {s.group for i in home.items for s in element.values if self.allows(i.id, s)} - self.one_groups(element)
        return bool(many & {s.group for s in part[-1][0].values})

    def _is_second(self, part: Sequence[tuple[Element, Mark]], element: Element) -> bool:
        """Whether an item stands in a part that has another one already: a part is one line, so it must open its own.

        A word that is both a dish and a modifier ("fries") is a modifier only where the part's item takes it.
        """
        if not element.is_item or element.elided:
            return False
        others = [e for e, m in part if e.is_item and m.role != BACK]
        if element.is_value:
            others = [e for e in others if not e.is_value or not self._taken_by(others, e)]
            return bool(others) and not self._taken_by(others, element)
        others = [e for e in others if not e.is_value]
        return bool(others) and all(not _items(e) & _items(element) for e in others)

    def _is_served_as(self, value: Element, item: Element, words: Sequence[Element]) -> bool:
        """ "guacamole on the side": the item names how the modifier right before it comes."""
        link = {e.word for e in words if e.match is None}
        fits = any(self.allows(i.id, v) for i in item.items for v in value.values)
        return fits and value in words and bool(link & {"on", "as"})

    def _is_echo(self, before: Element, element: Element) -> bool:
        """ "americano coffee": a general word for the item right before it."""
        return before.is_item and self.is_head(element) and bool(self.kinds(before) & self.kinds(element))

    def fill_line(self, draft: Draft, values: Sequence[tuple[Element, Mark]]) -> list[Element]:
        """Put values on one line; returns those that it cannot take."""
        takes = [(e, m) for e, m in values if any(self.allows(draft.item, s) for s in e.values)]
        self._fill(draft, takes, Built())
        return [e for e, _ in values if all(e is not other for other, _ in takes)]

    def _part(self, part: _Part, built: Built, ahead: Element | None, *, article: bool) -> None:
        if part[0][1].role in (_AGAIN, _PLAINLY):
            self._repeated(part, built)
            return
        home = next((e for e, _ in part if e.is_item and not e.is_value), None)
        home = home or next((e for e, _ in part if e.is_item), None)
        named = [
            (e, m)
            for e, m in part
            if e.is_item and (e is home or not e.is_value or home is None or not self._taken_by([home], e))
        ]
        said = {id(e) for e, _ in named}
        values = [(e, m) for e, m in part if e.is_value and id(e) not in said]
        count = _count(part)
        role = part[0][1].role

        if role == ALL and built.drafts:
            everyone = list(built.drafts)
            for element, mark in values:
                takers = [d for d in everyone if any(self.allows(d.item, s) for s in element.values)]
                for draft in takers:
                    self._put(draft, element, mark.amount)
                if not takers:
                    built.left.append(Left(element, mark.amount, everyone[-1].item))
            return
        back = [e for e, m in named if m.role == BACK]
        if back:
            wanted = {s.id for s in back[0].items}
            earlier = next((d for d in reversed(built.drafts) if d.item in wanted), None)
            if earlier is not None:
                self._fill(earlier, values, built)
                return
        if named:
            number = 1 if count is None else count
            draft = Draft(self._which_item(named, values), number, count is not None, article=article)
            if named[0][0].elided and built.drafts:
                self._vary(built, draft, values, of_them=part[0][0].start in built.of_them)
                return
            built.drafts.append(draft)
            self._fill(draft, values, built)
            return
        before = len(built.drafts)
        last = built.drafts[-1] if built.drafts else None
        if ahead is not None and not (
            last and all(any(self.allows(last.item, s) for s in e.values) for e, _ in values)
        ):
            built.drafts.append(Draft(self._which_item([(ahead, part[0][1])], values), count or 1, count is not None))
            self._fill(built.drafts[-1], values, built)
            return
        self._without_item(values, count, built)
        if any(e.start in built.of_them for e, _ in part if e.number is not None):
            for draft in built.drafts[before:]:
                draft.of_them = draft.again

    def _repeated(self, part: _Part, built: Built) -> None:
        """A line like the one before: "the same but with skim milk", or the plain rest of several: "one without"."""
        if not built.drafts:
            return
        last, mark = built.drafts[-1], part[0][1]
        built.guesses += 1
        if mark.role == _PLAINLY:
            count = part[0][0].number or _left_over(built.drafts)
            first = next((d for d in reversed(built.drafts) if not d.again), last)
            if not 0 < count <= _left_over(built.drafts) or count >= first.quantity:
                return
            draft = Draft(first.items, count, True, again=True)
            if last.again and len(part) > 1:
                draft.options = {key: NONE for key in last.options if NONE in self._menu.groups[key[0]].amounts}
            built.drafts.append(draft)
            return
        draft = Draft(last.items, _count(part[1:]) or 1, options=dict(last.options))
        built.drafts.append(draft)
        for element, its in part[1:]:
            senses = [s for s in element.values if self.allows(draft.item, s)]
            if any((s.group, s.id) in draft.options for s in senses) and its.amount == NONE:
                draft.options = {
                    k: a for k, a in draft.options.items() if not any(k == (s.group, s.id) for s in senses)
                }
                continue
            ones = self.one_groups(element)
            draft.options = {key: a for key, a in draft.options.items() if key[0] not in ones}
            if senses:
                self._put(draft, element, its.amount)

    def _vary(self, built: Built, other: Draft, values: _Part, *, of_them: bool) -> None:
        """Another item in place of the line before, or of some of it: "six colas, two of them diet"."""
        built.guesses += 1
        last = built.drafts[-1]
        if other.counted or other.article:
            other.again, other.of_them = True, of_them
            built.drafts.append(other)
        else:  # "a cola, make it diet"
            groups = self._groups[other.item]
            last.items, last.options = other.items, {key: a for key, a in last.options.items() if key[0] in groups}
            other = last
        self._fill(other, values, built)

    def _taken_by(self, items: Sequence[Element], value: Element) -> bool:
        return any(self.allows(s.id, v) for e in items for s in e.items for v in value.values)

    def _which_item(self, named: list[tuple[Element, Mark]], values: list[tuple[Element, Mark]]) -> tuple[str, ...]:
        candidates = [sense.id for sense in named[0][0].items]
        if len(candidates) == 1:
            return (candidates[0],)
        fits = {c: sum(any(self.allows(c, s) for s in e.values) for e, _ in values) for c in candidates}
        also = {s.id for e, _ in named[1:] for s in e.items}
        best = max((fits[c], c in also) for c in candidates)
        return tuple(c for c in candidates if (fits[c], c in also) == best)

    def _without_item(self, values: list[tuple[Element, Mark]], count: int | None, built: Built) -> None:
        if not values:
            return
        wanted = [(e, m) for e, m in values if m.amount not in (NONE, NOT_EXTRA)]
        last = built.drafts[-1] if built.drafts else None
        fits: dict[str, int] = {}
        for element, _ in values:
            for item in self.carriers(element.values):
                fits[item] = fits.get(item, 0) + 1
        most = max(fits.values(), default=0)
        best = [item for item in self._groups if fits.get(item) == most]
        if len(best) > 1 and (last is None or last.item not in best):
            best = self._of_its_own(best, [e for e, _ in wanted], built)
        only = len(best) == 1 and bool(wanted) and self._only(wanted[0][0])
        if last is not None and last.item in best:
            fresh = only and values[0][1].role_chance > _SURE
            if count is not None or last.again or fresh or any(self._conflicts(last, e) for e, _ in wanted):
                left = 1 if last.unsaid and not last.again else _left_over(built.drafts)
                first = next((d for d in reversed(built.drafts) if not d.again), last)
                last = Draft(
                    first.items if first.item in best else last.items,
                    count or left,
                    count is not None,
                    unsaid=last.unsaid,
                    again=True,
                )
                built.drafts.append(last)
            self._fill(last, values, built)
        elif len(best) == 1 and wanted:
            more = (
                last is not None and last.item == best[0] and (last.again or (last.quantity > 1 and not last.options))
            )
            number = count or (_left_over(built.drafts) if more else 1)
            for some in self._one_each(best[0], values):
                draft = Draft((best[0],), number, count is not None, unsaid=True, again=more)
                built.drafts.append(draft)
                self._fill(draft, some, built)
                number = 1
        else:
            for element, mark in values:
                built.left.append(Left(element, mark.amount, last.item if last else None))

    def _of_its_own(self, items: list[str], wanted: Sequence[Element], built: Built) -> list[str]:
        """Of several items that take these values, the one that most likely goes unsaid.

        It has a group that no other item has for one of them, and the fewest choices and lowest price beside.
        """
        owners = [
            item
            for item in items
            if any(s.group in self._groups[item] and len(self._carriers[s.group or ""]) == 1
                   for e in wanted if len({s.group for s in e.values}) <= _MOST_HOMES
                   for s in e.values if not (e.match and e.match.partial))
        ]  # fmt: skip
        if not owners:
            return items
        built.guesses += 1
        return sorted(owners, key=lambda i: (len(self._groups[i]), self._menu.by_id[i].price_cents))[:1]

    def _one_each(self, item: str, values: _Part) -> list[_Part]:
        """Values of an unsaid item, a line for each where they choose twice from one group: "ranch and blue cheese"."""
        lines: list[_Part] = [[]]
        taken: set[str] = set()
        for element, mark in values:
            groups = {g for g in self.one_groups(element) if g in self._groups[item]}
            if groups & taken and mark.amount not in (NONE, NOT_EXTRA):
                lines.append([])
                taken = set()
            taken |= groups
            lines[-1].append((element, mark))
        return lines

    def _only(self, element: Element) -> bool:
        return len(self.carriers(element.values)) == 1

    def _conflicts(self, draft: Draft, element: Element) -> bool:
        """Whether every sense that the line takes sits in a select-one group that holds another value."""
        senses = [s for s in element.values if self.allows(draft.item, s)]
        return bool(senses) and all(self._filled(draft, s) for s in senses)

    def _filled(self, draft: Draft, sense: Sense) -> bool:
        group = self._menu.groups[sense.group or ""]
        return group.select_one and any(g == group.id and v != sense.id for g, v in draft.options)

    def _fill(self, draft: Draft, values: list[tuple[Element, Mark]], built: Built) -> None:
        """Put values on the line; one that the line cannot take opens the item that alone carries it."""
        current = draft
        placed: list[tuple[Draft, Element, Mark]] = []
        for element, mark in values:
            takes = any(self.allows(current.item, s) for s in element.values)
            if not takes and current is not draft and any(self.allows(draft.item, s) for s in element.values):
                current, takes = draft, True
            if not takes:
                carriers = self.carriers(element.values)
                if len(carriers) == 1 and mark.amount not in (NONE, NOT_EXTRA):
                    current = Draft(tuple(carriers), unsaid=True)
                    built.drafts.append(current)
                    built.fixes += 1
                else:
                    built.left.append(Left(element, mark.amount, draft.item))
                    continue
            placed.append((current, element, mark))
        for sure in (True, False):  # the ambiguous ones take what the others leave
            for line, element, mark in placed:
                if (sum(self.allows(line.item, s) for s in element.values) == 1) == sure:
                    self._put(line, element, mark.amount)

    def _put(self, draft: Draft, element: Element, amount: str) -> None:
        senses = [s for s in element.values if self.allows(draft.item, s)]
        free = [s for s in senses if not self._filled(draft, s)]
        if not free:
            chosen = {value for _, value in draft.options}
            if any(chosen & set(self._menu.groups[s.group or ""].by_id[s.id].any_of) for s in senses):
                return  # "pepper jack cheese": a word for what is chosen already
            draft.dropped += [element] if amount not in (NONE, NOT_EXTRA) else []
            return
        sense = free[0]
        draft.choices += len({s.group for s in free}) > 1
        group = self._menu.groups[sense.group or ""]
        word = amount_in(group, amount)
        if word is None:
            return
        if element.match is not None and element.match.partial:  # "cheese" where there are only kinds of cheese
            kinds = tuple(s for s in free if s.group == sense.group)
            if word == NONE and key_of(element.word) in name_keys(f"{group.id.replace('_', ' ')} {group.title}"):
                return  # "no sauce" of all sauces, though only one has the word in its name
            if len(kinds) > 1 and word == NONE:
                return
            if len(kinds) > 1:
                draft.unsettled[group.id, sense.id] = tuple(s.id for s in kinds)
        value = group.by_id[sense.id]
        members = {v for g, v in draft.options if g == group.id}
        if value.any_of and members & set(value.any_of):
            return
        for other in members:
            if sense.id in group.by_id[other].any_of:
                del draft.options[group.id, other]
        if (group.id, sense.id) not in draft.options or word != REGULAR:
            draft.options[group.id, sense.id] = word


def _is_detail(element: Element) -> bool:
    return element.is_value or bool(element.number)


def _is_counted(elements: Sequence[Element], marks: Sequence[Mark], position: int) -> bool:
    """Whether a number that the marks leave out, none too surely, stands right before a name."""
    if not position or not elements[position - 1].number or marks[position - 1].role != OUT:
        return False
    named = position > 1 and elements[position - 2].word in _NUMBERING
    return not named and marks[position - 1].role_chance < _SURELY_OUT


def _is_rest(elements: Sequence[Element], position: int) -> bool:
    """ "three of them mild and the rest hot": what comes right behind "the rest" is a share of its own."""
    before = [e.word for e in elements[max(0, position - 3) : position]]
    rest = next((i for i, word in enumerate(before) if word in ("rest", "others")), None)
    return rest is not None and rest > 0 and before[rest - 1] == "the" and set(before[rest + 1 :]) <= {"with", "in"}


def _is_every(elements: Sequence[Element], position: int) -> bool:
    """ "one diavola, one ortolana, both medium": what comes right behind "both" is of every line before."""
    before = [e.word for e in elements[max(0, position - 3) : position] if e.word not in ("with", "in", "of", "them")]
    return before[-1:] != [] and before[-1] in _EVERY and before[-2:-1] not in (["that's"], ["is"])


def _of_the_rest(elements: Sequence[Element], position: int) -> bool:
    """Whether "the other" or "the rest" stands between the name before and this one."""
    for element in reversed(elements[:position]):
        if element.match is not None:
            return False
        if element.word in _REST:
            return True
    return False


def _is_same(elements: Sequence[Element], position: int) -> bool:
    """ "the same but", "same again", "the same for me"."""
    element = elements[position]
    if element.word != "same" or element.match is not None:
        return False
    return position + 1 == len(elements) or elements[position + 1].word in _SAME_WITH


def _is_plain_share(elements: Sequence[Element], position: int) -> bool:
    """ "two coffees, one with milk, one black": a count, or "the other", that no name of the menu follows."""
    element = elements[position]
    counts = element.number is not None and element.match is None and 0 < element.number < 100
    if not counts and not (element.match is None and element.word in _REST and elements[position - 1].word == "the"):
        return False
    after = elements[position + 1 : position + 5]
    if not after or after[0].match is not None or after[0].word not in _PLAIN:
        return False
    for other in after[1:]:
        if other.number is not None or other.word in _ENDING:
            return True
        if other.match is not None or other.unknown:
            return False
    return len(after) < 4


def _halved(
    elements: Sequence[Element], marks: Sequence[Mark], built: Built
) -> tuple[Sequence[Element], Sequence[Mark]]:
    """ "a dozen wings, half buffalo and half teriyaki": each half counts six of them."""
    halves = [i for i, e in enumerate(elements) if e.word == "half" and e.match is None and e.number is None]
    if len(halves) != 2:
        return elements, marks
    counts = [e.number for e in elements[: halves[0]] if e.number is not None]
    firsts = [next((n for n in range(i + 1, min(i + 5, len(elements))) if elements[n].match), 0) for i in halves]
    follow = all(firsts) and firsts[0] < halves[1]
    if not counts or not counts[-1] or counts[-1] % 2 or counts[-1] < _FEWEST_HALVED or not follow:
        return elements, marks
    elements, marks = list(elements), list(marks)
    for half, first in zip(halves, firsts):
        elements[half] = replace(elements[half], number=counts[-1] // 2)
        marks[half] = replace(marks[half], role=BEGIN)
        marks[first] = replace(marks[first], role=IN)
    built.guesses += 1
    return elements, marks


def _said_twice(before: Element, element: Element) -> bool:
    """ "pizza pie": an item's other name right behind it."""
    return before.is_item and element.is_item and bool(_items(before) & _items(element))


def _count(part: Sequence[tuple[Element, Mark]]) -> int | None:
    """The number of a line: said before its item, or after it ("a burger, make that two")."""
    numbers = [(i, e.number) for i, (e, _) in enumerate(part) if e.number is not None and e.number > 0]
    item = next((i for i, (e, _) in enumerate(part) if e.is_item), None)
    later = [number for i, number in numbers if item is not None and i > item]
    if not numbers and item and part[item - 1][0].number == 0:
        return 0  # "0 colas", "-2 colas": a number of dishes that must be asked about
    return later[-1] if later else numbers[0][1] if numbers else None


def _counted_anew(elements: Sequence[Element], marks: Sequence[Mark]) -> Sequence[Mark]:
    """ "a bottle of water, make it two waters": a number with the same item behind a correction counts the one before."""
    kept = list(marks)
    for position in range(1, len(elements)):
        number, item = elements[position - 1], elements[position]
        if not number.number or not item.is_item or kept[position].role == OUT:
            continue
        last = next((i for i in reversed(range(position - 1)) if elements[i].match or elements[i].number), None)
        if last is None or not _items(elements[last]) & _items(item) or kept[last].role == OUT:
            continue
        if {element.word for element in elements[last + 1 : position - 1]} & CORRECTIONS:
            kept[position - 1] = replace(kept[position - 1], role=IN)
            kept[position] = replace(kept[position], role=OUT)
    return kept


def _recounted(elements: Sequence[Element], marks: Sequence[Mark]) -> Sequence[Mark]:
    """ "two burgers, no wait, three": a number that nothing follows, behind a correction, counts the item before."""
    last = next((i for i in reversed(range(len(elements))) if elements[i].match or elements[i].number), None)
    if last is None or elements[last].number is None:
        return marks
    item = next((i for i in reversed(range(last)) if elements[i].match is not None), None)
    if item is None or not elements[item].is_item:
        return marks
    between = {element.word for element in elements[item + 1 : last]}
    if not between & CORRECTIONS:
        return marks
    kept = list(marks)
    if kept[item].role == OUT:
        kept[item] = replace(kept[item], role=BEGIN)
    kept[last] = replace(kept[last], role=IN)
    return kept


def _left_over(drafts: Sequence[Draft]) -> int:
    """How many of the newest counted line its "one with ..., the other with ..." have not spoken of."""
    shared = 0
    for draft in reversed(drafts):
        if not draft.again:
            return max(1, draft.quantity - shared)
        shared += draft.quantity
    return 1


def _share_out(drafts: list[Draft], groups_of: Mapping[str, frozenset[str]]) -> None:
    """ "two pizzas, one with ham and one with mushrooms" is two lines of one, not three lines."""
    for position, draft in enumerate(drafts):
        rest = []
        for other in drafts[position + 1 :]:
            if not other.again:
                break
            rest.append(other)
        shared = sum(other.quantity for other in rest)
        listed = (
            len(rest) > 1 and not (draft.counted or draft.article or draft.options) and all(o.counted for o in rest)
        )
        if listed and not draft.again and min(other.quantity for other in rest) > 1:  # "boneless, 10 mild and 10 hot"
            drafts.remove(draft)
            return
        whole = len(rest) > 1 and shared == draft.quantity
        groups = {group for group, _ in draft.options}
        one_of = len(rest) == 1 and rest[0].counted and not rest[0].linked
        one_of = one_of and not groups & {group for group, _ in rest[0].options}  # "two colas, one without ice"
        some = (any(other.of_them for other in rest) or one_of) and shared < draft.quantity
        if draft.quantity > 1 and not draft.again and (whole or some):
            for other in rest:
                kept = {key: amount for key, amount in draft.options.items() if key[0] in groups_of[other.item]}
                other.options = {**kept, **other.options}
            draft.quantity -= shared
            if whole:
                drafts.remove(draft)
            return


def amount_in(group: Group, amount: str) -> str | None:
    """The group's word for an amount; None where the value is then better left away."""
    if amount == REGULAR or amount in group.amounts:
        return amount
    if amount == NOT_EXTRA:
        return amount if EXTRA in group.amounts else None
    if amount == NONE:
        return None
    return REGULAR if amount in (EXTRA, LIGHT) else None


def _items(element: Element) -> set[str]:
    return {sense.id for sense in element.items}
