"""Invented orders on invented menus, with the mark of every word: what the tagger is trained on.

A small grammar of how people order: openers, lines with modifiers before and after the item or without it, lists with
and without links, qualifiers and their scope, corrections, parts that hold for every line, items named again, words
that the menu lacks, chatter; then slips of the keyboard and of the ear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from nlu.marks import ALL, BACK, EXTRA, IN, LIGHT, NONE, NOT_EXTRA, OUT, REGULAR, UNKNOWN
from nlu.menu import Group, Item, Menu, Value
from nlu.order_lines import Line, Option
from nlu.synthetic_menus import plural, word
from nlu.synthetic_phrases import (
    ABOUT_IT,
    AND,
    AS_A,
    BEFORE_OPENER,
    CAN,
    CLOSERS,
    EXTRA_FRAMES,
    FOR_ALL,
    GREETINGS,
    HESITATIONS,
    LIGHT_FRAMES,
    LINKS,
    LONG_LINKS,
    MAKE_THAT,
    NO_RATHER,
    NONE_FRAMES,
    NONE_LINKS,
    NOT_EXTRA_FRAMES,
    NOT_FOOD,
    NOT_ORDERS,
    NOTHING_ELSE,
    OF_LEFT,
    OF_THEM,
    ON_IT,
    ONTO,
    PLAIN_FRAMES,
    PLAINLY,
    QUALIFIERS,
    REGULAR_WORDS,
    RESAID,
    RUN_LINKS,
    SAME,
    SAME_FOR,
    SAME_WITHOUT,
    SERVINGS,
    SHARES,
    SIZE_FRAMES,
    SMALL_TALK,
    STRAY_ADJECTIVES,
    TAKE_BACK,
    TO,
    WILL,
    WITH,
)
from nlu.synthetic_text import STYLES, Piece, Sample, written

_ASIDES = ("", "", "please ", "just ", "also ")
_GETTING = ("get", "have", "order", "grab", "do", "please have")
_LONG_LIST, _ONE_IN = 14, 8  # of a list of this length, one phrase in eight is withheld
NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()


@dataclass
class _Line:
    """A line in the making. ``options``: (group, value, amount)."""

    item: Item
    quantity: int = 1
    options: list[tuple[Group, Value, str]] = field(default_factory=list)
    unsaid: bool = False


class OrderMaker:
    """Orders on one menu.

    ``withheld``: of every longer list of phrases, those that orders to train on never use; they are for choosing
    between models and for fitting the confidence.
    """

    def __init__(self, menu: Menu, random: Random, *, withheld: bool = False) -> None:
        self._withheld = withheld
        self.menu = self._menu = menu
        self._r = random
        self._part = 0
        self._carriers: dict[str, int] = {}
        for item in menu.items:
            for group in item.groups:
                self._carriers[group] = self._carriers.get(group, 0) + 1
        self._favourites = random.sample(menu.items, min(len(menu.items), 6))

    def _pick(self, phrases: Sequence[str]) -> str:
        if len(phrases) >= _LONG_LIST:
            phrases = [p for i, p in enumerate(phrases) if (i % _ONE_IN == _ONE_IN - 1) == self._withheld]
        return self._r.choice(phrases)

    # ---- whole orders

    def sample(self) -> Sample:
        r = self._r
        if r.random() < 0.03:
            return self._no_order()
        count = r.choices((1, 2, 3, 4, 5), (46, 30, 14, 7, 3))[0]
        self._style = r.choices(STYLES, (3, 5, 2))[0]
        pieces: list[Piece] = []
        lines: list[_Line] = []
        self._chatter(pieces, 0.12, GREETINGS)
        if r.random() < 0.06:
            self._chatter(pieces, 1.0, SMALL_TALK)
        if self._style != "terse" or r.random() < 0.3:
            pieces += self._words(self._opener())
        for number in range(count):
            if number:
                pieces += self._words(self._link())
            if r.random() < 0.025:  # a line taken back
                start = len(pieces)
                self._line([], pieces)
                for piece in pieces[start:]:
                    piece.role, piece.amount = OUT, REGULAR
                pieces += self._words(self._pick(TAKE_BACK))
            self._line(lines, pieces)
        if len(lines) > 1 and r.random() < 0.08:
            self._for_all(lines, pieces)
        if r.random() < 0.05:
            self._again(lines, pieces)
        if r.random() < 0.05:
            pieces += self._words(r.choice(("and ", ", ", "with ", "but ")) + self._pick(NOTHING_ELSE))
        if r.random() < 0.03:
            item = r.choice(self._menu.items)
            if all(line.item is not item for line in lines):
                pieces += self._words(r.choice(("no ", "and no ", "without any ", "but no ", "i don't need any ")))
                pieces.append(Piece(plural(item.names[0]), OUT, said=True))
        if r.random() < 0.35:
            pieces += self._words(self._pick(CLOSERS))
        return self._written(pieces, lines)

    def _no_order(self) -> Sample:
        """Talk of items that orders nothing."""
        r = self._r
        self._style = "spoken"
        pieces: list[Piece] = []
        if r.random() < 0.35:
            before, after = self._pick(NOT_FOOD).split("{}")
            pieces += self._words(before)
            for _ in range(r.choice((1, 1, 2))):
                pieces.append(Piece(word(r) + " ", OUT, said=True))
            pieces += self._words(after)
            return self._written(pieces, [])
        before, after = self._pick(NOT_ORDERS).split("{}")
        pieces += self._words(before)
        item = r.choice(self._menu.items)
        pieces.append(Piece(r.choice(item.names), OUT, said=True))
        if item.groups and r.random() < 0.3:
            pieces += self._words(r.choice((" with ", " without ", " have ")))
            group = self._menu.groups[r.choice(item.groups)]
            pieces.append(Piece(r.choice(r.choice(group.values).names), OUT, said=True))
        pieces += self._words(after)
        return self._written(pieces, [])

    def _line(self, lines: list[_Line], pieces: list[Piece]) -> None:
        r = self._r
        if r.random() < 0.03:
            self._unknown_food(pieces)
            return
        if r.random() < 0.05 and self._split(lines, pieces):
            return
        if r.random() < 0.025 and self._item_last(lines, pieces):
            return
        if lines and r.random() < 0.025 and self._same(lines, pieces):
            return
        if lines and r.random() < 0.06 and lines[-1].item.groups and not lines[-1].unsaid:
            self._ellipsis(lines, pieces)
            return
        item = r.choice(self._favourites if r.random() < 0.8 else self._menu.items)
        only = [self._menu.groups[g] for g in item.groups if self._carriers[g] == 1]
        line = _Line(item)
        self._part += 1
        if only and r.random() < 0.12 and not any(self._carriers[g] == 1 for o in lines[-1:] for g in o.item.groups):
            self._choose(line, least=1, among=only, most=3)
            sizes = [g for g in (self._menu.groups[g] for g in item.groups) if self._is_size(g) and g not in only]
            if sizes:
                line.options.insert(0, (sizes[0], r.choice(sizes[0].values), REGULAR))
            line.unsaid = True
            self._said(line, pieces)
        elif only and r.random() < 0.45:
            line.unsaid = True
            self._choose(line, least=1, among=only, most=3)
            self._unsaid(line, pieces)
        else:
            self._choose(line)
            self._said(line, pieces)
        lines.append(line)
        if line.quantity > 1 and not line.unsaid and r.random() < 0.05:  # "two pizzas both with ham and mushrooms"
            self._for_all([line], pieces)

    def _choose(self, line: _Line, least: int = 0, among: Sequence[Group] | None = None, most: int = 9) -> None:
        r = self._r
        groups = [self._menu.groups[g] for g in line.item.groups] if among is None else list(among)
        r.shuffle(groups)
        for group in groups:
            if r.random() < 0.35 and len(line.options) >= least:
                continue
            number = 1 if group.select_one else r.choices((1, 2, 3, 4, 5), (8, 9, 6, 3, 1))[0]
            for value in r.sample(group.values, min(number, len(group.values))):
                if len(line.options) >= most:
                    return
                members = {v.id for g, v, _ in line.options if g is group}
                if value.any_of and members & set(value.any_of):
                    continue
                if any(value.id in v.any_of for g, v, _ in line.options if g is group):
                    continue
                amount = REGULAR
                if group.amounts and among is None:
                    amount = r.choices((REGULAR, EXTRA, LIGHT, NONE, NOT_EXTRA), (70, 9, 5, 13, 3))[0]
                line.options.append((group, value, amount))

    # ---- one line, with its item

    def _said(self, line: _Line, pieces: list[Piece]) -> None:
        r = self._r
        front = [o for o in line.options if o[2] == REGULAR and r.random() < (0.9 if self._is_size(o[0]) else 0.4)]
        front.sort(key=lambda option: not self._is_size(option[0]) or r.random() < 0.15)
        if r.random() < 0.12:
            odd = [o for o in line.options if o[2] in (NONE, EXTRA, LIGHT)][:1]
            front = front + odd if r.random() < 0.5 else odd + front
        front = front[:4]
        back = [o for o in line.options if o not in front]
        r.shuffle(back)
        if (
            r.random() < 0.04 and back and all(o[2] == REGULAR for o in line.options)
        ):  # modifiers first, then "in a pie"
            sizes = [o for o in line.options if self._is_size(o[0])]
            self._list([o for o in back + front if o not in sizes], pieces)
            pieces += self._words(self._pick(ONTO))
            for size in sizes:
                self._value(size, pieces, " ")
            self._name(line.item, 1, pieces)
            return
        self._quantity(line, pieces, bool(front))
        self._front(front, pieces)
        if front and self._is_size(front[-1][0]) and r.random() < (0.5 if line.unsaid else 0.06):  # "a bowl of soup"
            pieces += self._words("of ")
        if r.random() < 0.05:
            self._odd_size(line, pieces)
        if r.random() < 0.02:  # "a two topping pizza"
            pieces.append(Piece(r.choice(NUMBER_WORDS[1:6]) + " ", OUT, said=True))
            pieces += self._words(r.choice(("topping ", "item ", "ingredient ", "piece ", "way ")))
        if r.random() < 0.03:
            pieces += self._words(self._pick(STRAY_ADJECTIVES) + " ")
        if r.random() < 0.02:
            self._wrong_item(line, pieces)
        if not line.unsaid:
            self._name(line.item, line.quantity, pieces)
        if r.random() < 0.03 and not line.unsaid:  # "pizza pie"
            self._name(line.item, line.quantity, pieces)
        if r.random() < 0.02:
            pieces += self._words(" " + r.choice(("meal", "meals", "thing", "order", "one", "dish", "special")))
        if r.random() < 0.03 and not back:
            pieces += self._words(
                " " + r.choice(("please", "to drink", "for my drink", "as well", "to go with it", "too"))
            )
        self._back(line, back, pieces)
        if line.options and not line.unsaid and r.random() < 0.02:
            self._resaid(line, pieces)
        elif line.quantity == 1 and r.random() < 0.04:
            line.quantity = r.choice((2, 2, 3, 4))
            pieces += self._words(self._pick(MAKE_THAT))
            self._number(line.quantity, pieces)
            if r.random() < 0.4:
                pieces += self._words(r.choice(("of them", "of those", "of these", "please", "of em")))

    def _is_size(self, group: Group) -> bool:
        return group.title == "size"

    def _quantity(self, line: _Line, pieces: list[Piece], front: bool) -> None:
        r = self._r
        line.quantity = r.choices((1, 2, 3, 4, 5, 6, 8, 10, 12), (60, 14, 8, 4, 3, 3, 1, 1, 1))[0]
        if line.quantity == 1:
            form = r.random()
            if form < 0.55:
                pieces += self._words("an " if r.random() < 0.1 else "a ")
            elif form < 0.75:
                self._number(1, pieces)
            elif form < 0.83:
                pieces += self._words(self._pick(SERVINGS))
            elif form < 0.88:
                pieces += self._words(r.choice(("the ", "just a ", "some ", "my ", "your ", "another ", "only a ")))
            return
        if r.random() < 0.04:
            self._corrected_number(line.quantity, pieces)
        elif line.quantity == 2 and r.random() < 0.12:
            self._mention(r.choice(("a couple", "a couple of", "a pair of", "couple of", "couple")), pieces)
        elif line.quantity in (6, 12) and r.random() < 0.35:
            forms = (
                ("half a dozen", "half dozen", "a half dozen")
                if line.quantity == 6
                else ("a dozen", "one dozen", "dozen")
            )
            self._mention(r.choice(forms), pieces)
        else:
            self._number(line.quantity, pieces)
            if r.random() < 0.04:
                pieces += self._words(self._pick(OF_THEM))

    def _number(self, number: int, pieces: list[Piece]) -> None:
        spelt = number < len(NUMBER_WORDS) and self._r.random() < 0.75
        self._mention(NUMBER_WORDS[number] if spelt else str(number), pieces)

    def _corrected_number(self, number: int, pieces: list[Piece]) -> None:
        wrong = self._r.choice([n for n in range(1, 9) if n != number])
        pieces.append(Piece(NUMBER_WORDS[wrong] + " ", OUT, said=True))
        pieces += self._words(self._pick(NO_RATHER))
        self._number(number, pieces)

    def _odd_size(self, line: _Line, pieces: list[Piece]) -> None:
        """A size said for an item that has none: said, but nothing that the menu allows."""
        groups = [g for g in self._menu.groups.values() if self._is_size(g) and g.id not in line.item.groups]
        if groups:
            value = self._r.choice(self._r.choice(groups).values)
            pieces.append(Piece(value.names[0] + " ", OUT, said=True))

    def _wrong_item(self, line: _Line, pieces: list[Piece]) -> None:
        wrong = self._r.choice(self._menu.items)
        if wrong is not line.item:
            pieces.append(Piece(self._r.choice(wrong.names) + " ", OUT, said=True))
            pieces += self._words(self._pick(NO_RATHER))

    def _front(self, options: Sequence[tuple[Group, Value, str]], pieces: list[Piece]) -> None:
        r = self._r
        for number, option in enumerate(options):
            if number and not self._is_size(options[number - 1][0]) and r.random() < 0.45:
                pieces += self._words(r.choice(("and ", "and ", "and ", ", ", "& ")))
            if option[2] != REGULAR:
                pieces += self._words({NONE: "no ", EXTRA: "extra ", LIGHT: "light "}[option[2]])
            elif r.random() < 0.02 and len(option[0].values) > 1:
                self._corrected_value(option, pieces)
            self._value(option, pieces, " ")
            if self._is_size(option[0]) and r.random() < 0.06:
                pieces += self._words(r.choice(("size ", "sized ", "- ")))

    def _corrected_value(self, option: tuple[Group, Value, str], pieces: list[Piece]) -> None:
        wrong = self._r.choice([value for value in option[0].values if value is not option[1]])
        pieces.append(Piece(self._r.choice(wrong.names) + " ", OUT, said=True))
        pieces += self._words(self._pick(NO_RATHER))

    def _back(self, line: _Line, options: list[tuple[Group, Value, str]], pieces: list[Piece]) -> None:
        """Modifiers after the item, in runs of one amount each."""
        r = self._r
        sizes = [o for o in options if self._is_size(o[0])]
        rest = [o for o in options if o not in sizes]
        for option in sizes:
            frame = self._pick(SIZE_FRAMES)
            self._framed(frame, [option], pieces)
        runs: list[list[tuple[Group, Value, str]]] = []
        plain = [o for o in rest if o[2] == REGULAR]
        marked = [o for o in rest if o[2] != REGULAR]
        if plain and r.random() < 0.2 and len(plain) > 1:
            cut = r.randint(1, len(plain) - 1)
            runs += [plain[:cut], plain[cut:]]
        elif plain:
            runs.append(plain)
        nots = [o for o in marked if o[2] == NONE]
        if len(nots) > 1 and r.random() < 0.5:
            runs.append(nots)
            marked = [o for o in marked if o[2] != NONE]
        runs += [[o] for o in marked]
        if r.random() < 0.5:
            r.shuffle(runs)
        if r.random() < 0.35:  # one list of all: "with ham extra cheese no onions and olives"
            mixed = [o for run in runs for o in run]
            r.shuffle(mixed)
            if mixed:
                pieces += self._words(self._pick(WITH))
                self._list(mixed, pieces, mixed=True)
            return
        for number, run in enumerate(runs):
            if number and r.random() < 0.5:
                pieces += self._words(self._pick(RUN_LINKS))
            self._run(run, pieces)

    def _run(self, run: list[tuple[Group, Value, str]], pieces: list[Piece]) -> None:
        amount = run[0][2]
        if amount == REGULAR:
            self._framed(self._pick(PLAIN_FRAMES), run, pieces)
        elif amount == NONE:
            self._framed(self._pick(NONE_FRAMES), run, pieces, link=self._pick(NONE_LINKS))
        elif amount == EXTRA:
            self._framed(self._pick(EXTRA_FRAMES), run, pieces)
        elif amount == LIGHT:
            self._framed(self._pick(LIGHT_FRAMES), run, pieces)
        else:
            self._framed(self._pick(NOT_EXTRA_FRAMES), run, pieces)

    def _framed(
        self, frame: str, options: list[tuple[Group, Value, str]], pieces: list[Piece], link: str | None = None
    ) -> None:
        before, after = frame.split("{}")
        them = self._r.choice(("it", "it", "that", "there", "them", "this", "the top", "top"))
        title = self._r.choice((options[0][0].title, options[0][0].title + "s"))
        pieces += self._words(before.replace("IT", them).replace("GROUP", title))
        self._list(options, pieces, link=link)
        pieces += self._words(after.replace("IT", them).replace("GROUP", title))

    def _list(
        self,
        options: Sequence[tuple[Group, Value, str]],
        pieces: list[Piece],
        link: str | None = None,
        mixed: bool = False,
    ) -> None:
        r = self._r
        style = r.choices(("bare", "commas", "ands", "last and"), (3, 2, 2, 5))[0]
        for number, option in enumerate(options):
            last = number == len(options) - 1
            if number:
                if link is not None:
                    pieces += self._words(link)
                elif style == "commas":
                    pieces += self._words(", ")
                elif style == "ands" or (last and style == "last and"):
                    pieces += self._words(self._pick(AND))  # fmt: skip
                else:
                    pieces += self._words(" ")
            if mixed and option[2] != REGULAR:
                pieces += self._words(r.choice(QUALIFIERS[option[2]]))
            elif option[2] == REGULAR and r.random() < 0.05:
                pieces += self._words(self._pick(REGULAR_WORDS))
            elif link is None and option[2] == REGULAR and r.random() < 0.015 and len(option[0].values) > 1:
                self._corrected_value(option, pieces)
            if r.random() < 0.02:
                pieces += self._words(self._pick(STRAY_ADJECTIVES) + " ")
            if r.random() < 0.012:
                self._part_unknown(pieces)
            elif r.random() < 0.012:
                self._not_on_it(option[0], pieces)
            if option[1].item is not None and r.random() < 0.5:
                pieces += self._words(r.choice(("a ", "the ", "a side of ", "some ")))
            shared = self._shared_head(option, options, number)
            if shared and r.random() < 0.3:
                self._mention(shared, pieces, option[2])
            else:
                self._value(option, pieces, "")

    def _part_unknown(self, pieces: list[Piece]) -> None:
        """Something to put on it that the menu lacks."""
        pieces.append(Piece(word(self._r) + " ", UNKNOWN, self._part, said=True))
        pieces += self._words(self._r.choice(("and ", ", ", "", "")))

    def _not_on_it(self, group: Group, pieces: list[Piece]) -> None:
        """Something of the menu that this item cannot have: marked as meant, for the builder to refuse."""
        carried = {g for item in self._menu.items if group.id in item.groups for g in item.groups}
        others = [g for g in self._menu.groups.values() if g.id not in carried and self._carriers.get(g.id, 0) > 1]
        if others:
            value = self._r.choice(self._r.choice(others).values)
            pieces.append(Piece(self._r.choice(value.names), IN, self._part, said=True))
            pieces += self._words(self._r.choice((" and ", ", ", " ")))

    def _shared_head(
        self, option: tuple[Group, Value, str], options: Sequence[tuple[Group, Value, str]], number: int
    ) -> str | None:
        """ "black and pinto beans": the name without the word that it shares with the next one's."""
        if number + 1 >= len(options) or options[number + 1][2] != option[2]:
            return None
        mine, other = option[1].names[0].split(), options[number + 1][1].names[0].split()
        return " ".join(mine[:-1]) if len(mine) > 1 and len(other) > 1 and mine[-1] == other[-1] else None

    # ---- lines without their item, and parts that speak of lines

    def _unsaid(self, line: _Line, pieces: list[Piece]) -> None:
        """A line of an item like "side": its values say it all, and its own name may come first or last."""
        r = self._r
        name = r.choice(line.item.names)
        form = r.random()
        if form < 0.2:
            if r.random() < 0.7:
                pieces += self._words(r.choice(("a ", "one ", "an ")))
            self._mention(line.item.names[0], pieces)
            pieces += self._words(r.choice((" of ", " of ", " order of ", " ", " with ")))
            self._list(line.options, pieces, link=r.choice((" and ", " with ", " and ", None)))
        elif form < 0.4:
            self._list(line.options, pieces, link=r.choice((" and ", " with ", " and ", None)))
            pieces += self._words(self._pick(AS_A))
            self._mention(name, pieces)
        elif form < 0.5:
            self._value(line.options[0], pieces, " ")
            pieces += self._words(r.choice(("on the ", "as a ")))
            self._mention(name, pieces)
            if len(line.options) > 1:
                pieces += self._words(r.choice((" with ", " and ")))
                self._list(line.options[1:], pieces)
        else:
            pieces += self._words(r.choice(("a ", "", "", "some ", "an order of ", "the ", "some ", "one ")))
            self._list(line.options, pieces, link=r.choice((" and ", " with ", " and ", None)))

    def _ellipsis(self, lines: list[_Line], pieces: list[Piece]) -> None:
        """ "... and a small with mushrooms": the same item, not said again; the number or a size shows it is a new one."""
        r = self._r
        old = lines[-1]
        sizes = [self._menu.groups[g] for g in old.item.groups if self._is_size(self._menu.groups[g])]
        line = _Line(old.item)
        self._part += 1
        if not sizes:
            self._said_plain(line, pieces)
            lines.append(line)
            return
        size = (sizes[0], r.choice(sizes[0].values), REGULAR)
        others = [self._menu.groups[g] for g in old.item.groups if g != sizes[0].id]
        self._choose(line, among=others, most=2)
        back = list(line.options)
        line.options.insert(0, size)
        if not any(o[0].id == sizes[0].id for o in old.options):
            line.quantity = r.choice((1, 2, 3))
            self._number(line.quantity, pieces)
        else:
            self._quantity(line, pieces, True)
        self._value(size, pieces, " ")
        if r.random() < 0.4:
            pieces += self._words("one " if line.quantity == 1 else "ones ")
        if back:
            self._framed(r.choice((" with {}", " with {}", " and {} on IT")), back, pieces)
        lines.append(line)

    def _split(self, lines: list[_Line], pieces: list[Piece]) -> bool:
        """ "two pizzas, one with ham and one with mushrooms", "a dozen wings half mild half hot", "... and one plain"."""
        r = self._r
        item = r.choice(self._favourites)
        groups = [group for g in item.groups if len((group := self._menu.groups[g]).values) > 1]
        groups = [group for group in groups if not any(value.any_of or value.item for value in group.values)]
        if not groups:
            return False
        group = r.choice(groups)
        number = r.choice((2, 2, 3, 3, 4, 5, 6, 8, 10, 12, 20, 30))
        shares = [n := r.randint(1, number - 1), number - n]
        if r.random() < 0.25 and shares[1] > 1:
            shares[1:] = [n := r.randint(1, shares[1] - 1), shares[1] - n]
        if r.random() < 0.4 and number % 2 == 0:
            shares = [number // 2, number // 2]
        if len(group.values) < len(shares):
            return False
        values = r.sample(group.values, len(shares))
        self._part += 1
        shared: list[tuple[Group, Value, str]] = []
        sizes = [g for g in (self._menu.groups[g] for g in item.groups) if self._is_size(g) and g is not group]
        item_first = r.random() < 0.12 and min(shares) > 1
        if not item_first:
            self._count(number, pieces)
            if sizes and r.random() < 0.3:
                shared = [(sizes[0], r.choice(sizes[0].values), REGULAR)]
                self._value(shared[0], pieces, " ")
        self._name(item, number, pieces)
        halves = len(shares) == 2 and shares[0] == shares[1] and number >= 4 and not item_first and r.random() < 0.4
        with_ = "" if halves or item_first or self._is_size(group) else r.choice(("with ", "", "having ", "with "))
        pieces += self._words(self._pick(SHARES) if r.random() < 0.8 else " and ")
        for place, (share, value) in enumerate(zip(shares, values)):
            last = place == len(shares) - 1
            if place:
                pieces += self._words(r.choice((" and ", ", ", " ", " and ", ", and ")))
            self._part += 1
            line = _Line(item, share, [*shared])
            amount = NONE if NONE in group.amounts and with_ and place and r.random() < 0.25 else REGULAR
            if halves:
                pieces.append(Piece(r.choice(("half ", "half ", "half ", "half of them ")), OUT))
            elif last and not item_first and r.random() < 0.2:
                pieces += self._words(self._pick(OF_LEFT))
            else:
                self._number(share, pieces)
                if r.random() < 0.12:
                    pieces += self._words(r.choice(("of them ", "of those ")))
            if last and not item_first and not halves and r.random() < 0.2:
                plainly = self._pick(PLAINLY)
                pieces += self._words(plainly)
                back = lines[-1].options[-1] if plainly == "without" else None
                if back is not None and NONE in back[0].amounts and back[2] == REGULAR:
                    line.options.append((back[0], back[1], NONE))
            else:
                line.options.append((group, value, amount))
                pieces += self._words(with_ if amount == REGULAR else r.choice(("without ", "with no ", "no ")))
                self._value(line.options[-1], pieces, "")
            lines.append(line)
        return True

    def _count(self, number: int, pieces: list[Piece]) -> None:
        if number in (6, 12) and self._r.random() < 0.5:
            self._mention("half a dozen" if number == 6 else "a dozen", pieces)
        else:
            self._number(number, pieces)

    def _item_last(self, lines: list[_Line], pieces: list[Piece]) -> bool:
        """ "a small and a large coke", "one ham one cheese two egg rolls": the item is said after all of its lines."""
        r = self._r
        item = r.choice(self._favourites)
        groups = [g for g in (self._menu.groups[g] for g in item.groups) if g.select_one and len(g.values) > 1]
        if not groups or (lines and any(groups[0].id in line.item.groups for line in lines[-1:])):
            return False
        group = groups[0]
        values = r.sample(group.values, min(len(group.values), r.choice((2, 2, 3))))
        for place, value in enumerate(values):
            if place:
                pieces += self._words(r.choice((" and ", " ", ", ")))
            self._part += 1
            line = _Line(item, r.choice((1, 1, 1, 2, 3)), [(group, value, REGULAR)])
            if line.quantity == 1 and r.random() < 0.4:
                pieces += self._words("a ")
            else:
                self._number(line.quantity, pieces)
            self._value(line.options[0], pieces, " ")
            lines.append(line)
        self._name(item, lines[-1].quantity, pieces)
        return True

    def _same(self, lines: list[_Line], pieces: list[Piece]) -> bool:
        """ "... and the same but with mushrooms"."""
        r = self._r
        old = lines[-1]
        if old.unsaid or not old.item.groups:
            return False
        group = self._menu.groups[r.choice(old.item.groups)]
        value = r.choice(group.values)
        had = [o for o in old.options if o[0] is group]
        if value.any_of or any(o[1] is value or value.id in o[1].any_of for o in had):
            return False
        self._part += 1
        line = _Line(old.item, 1, list(old.options))
        plain = [o for o in had if o[2] == REGULAR and not group.select_one]
        pieces += self._words(self._pick(SAME_FOR))
        if plain and r.random() < 0.4:
            before, after = self._pick(SAME_WITHOUT).split("{}")
            pieces += self._words(before)
            self._value((group, plain[0][1], NONE), pieces, after)
            line.options.remove(plain[0])
        else:
            before, after = self._pick(SAME).split("{}")
            pieces += self._words(before)
            self._value((group, value, REGULAR), pieces, after)
            if group.select_one:
                line.options = [o for o in line.options if o[0] is not group]
            line.options.append((group, value, REGULAR))
        lines.append(line)
        return True

    def _resaid(self, line: _Line, pieces: list[Piece]) -> None:
        """ "a large coke, actually make it a small": what was said first is taken back."""
        r = self._r
        ones = [o for o in line.options if o[0].select_one and o[2] == REGULAR and len(o[0].values) > 1]
        if not ones:
            return
        group, said, _ = r.choice(ones)
        if any(o[1] is not said and o[0] is group for o in line.options):
            return
        other = r.choice([value for value in group.values if value is not said])
        for piece in pieces:
            if piece.part == self._part and piece.role == IN and piece.text in said.names:
                piece.role, piece.amount = OUT, REGULAR
        pieces += self._words(self._pick(RESAID))
        self._value((group, other, REGULAR), pieces, "")
        line.options = [(g, other if g is group else v, a) for g, v, a in line.options]

    def _said_plain(self, line: _Line, pieces: list[Piece]) -> None:
        self._quantity(line, pieces, False)
        self._name(line.item, line.quantity, pieces)

    def _for_all(self, lines: list[_Line], pieces: list[Piece]) -> None:
        """ "... both with extra cheese": holds for every line so far; after one line of several it goes on with it."""
        r = self._r
        if not lines or (len(lines) < 2 and lines[0].quantity < 2):
            return
        groups = [self._menu.groups[g] for g in lines[0].item.groups if all(g in line.item.groups for line in lines)]
        groups = [g for g in groups if not (g.select_one and any(o[0] is g for line in lines for o in line.options))]
        if not groups:
            return
        group = r.choice(groups)
        said = {id(o[1]) for line in lines for o in line.options}
        general = {v for line in lines for o in line.options for v in o[1].any_of}
        free = [v for v in group.values if id(v) not in said and v.id not in general and not v.any_of]
        number = 1 if group.select_one else r.choice((1, 1, 2, 3))
        values = r.sample(free, min(number, len(free)))
        if not values:
            return
        amount = r.choices((REGULAR, EXTRA, NONE), (6, 2, 2))[0] if group.amounts and len(values) == 1 else REGULAR
        two = len(lines) == 2 or (len(lines) == 1 and lines[0].quantity == 2)
        everyone = "both" if two else r.choice(("all", "all of them", "each"))
        if r.random() < 0.65:
            before, after = self._pick(FOR_ALL).replace("{}", everyone if everyone != "all of them" else "all"), " "
        else:
            before, after = r.choice((" with ", " and ", ", ", " and i'd like ", " and put ")), f" on {everyone} "
        pieces += self._words(before + {REGULAR: "", EXTRA: "extra ", NONE: "no "}[amount])
        if len(lines) > 1:
            self._part += 1
        for place, value in enumerate(values):
            if place:
                pieces += self._words(r.choice((" and ", " ", ", ")))
            role = ALL if len(lines) > 1 else IN
            pieces.append(Piece(r.choice(value.names), role, self._part, amount, said=True))
            for line in lines:
                line.options.append((group, value, amount))
        pieces += self._words(after)

    def _again(self, lines: list[_Line], pieces: list[Piece]) -> None:
        """ "... no onions on the burger": an item named again, with something more for it."""
        r = self._r
        items = [line.item.id for line in lines]
        able = [line for line in lines if line.item.groups and items.count(line.item.id) == 1 and not line.unsaid]
        if not able:
            return
        line = r.choice(able)
        group = self._menu.groups[r.choice(line.item.groups)]
        if group.select_one and any(o[0] is group for o in line.options):
            return
        value = r.choice(group.values)
        if value.any_of or any(o[1] is value or value.id in o[1].any_of for o in line.options):
            return
        amount = r.choices((REGULAR, EXTRA, NONE), (5, 2, 4))[0] if group.amounts else REGULAR
        self._part += 1
        option = (group, value, amount)
        qualifier = r.choice(QUALIFIERS[amount]) if amount != REGULAR else r.choice(("", "", "some "))
        if r.random() < 0.6:
            pieces += self._words(
                r.choice((" and ", " ", ", ", " oh and ", ". "))
                + r.choice(("", "", "please put ", "i want ", "add ", "with "))
                + qualifier
            )
            self._value(option, pieces, "")
            pieces += self._words(self._pick(ON_IT))
            pieces.append(Piece(r.choice(line.item.names) + " ", BACK, self._part, said=True))
        else:
            pieces += self._words(r.choice((" and ", " ", ". ", " oh and ")) + self._pick(ABOUT_IT))
            pieces.append(Piece(r.choice(line.item.names) + " ", BACK, self._part, said=True))
            pieces += self._words(
                r.choice(("", "", "with ", "should have ", "should be ", "i'd like ", "i want ")) + qualifier
            )
            self._value(option, pieces, " ")
        line.options.append(option)

    def _unknown_food(self, pieces: list[Piece]) -> None:
        r = self._r
        pieces += self._words(r.choice(("a ", "some ", "two ", "an order of ", "the ", "one ", "")))
        name = " ".join(word(r) for _ in range(r.choice((1, 1, 2))))
        self._part += 1
        for part in name.split():
            pieces.append(Piece(part + " ", UNKNOWN, self._part, said=True))

    # ---- words

    def _name(self, item: Item, quantity: int, pieces: list[Piece]) -> None:
        r = self._r
        name = r.choice(item.names)
        if quantity > 1 and name in item.names[: max(1, len(item.names) // 2)] and r.random() < 0.7:
            name = name if name.endswith("s") else plural(name)
        if len(name.split()) > 1 and r.random() < 0.04:
            name = " ".join(name.split()[1:]) if r.random() < 0.5 else name.split()[0]
        self._mention(name, pieces)

    def _value(self, option: tuple[Group, Value, str], pieces: list[Piece], after: str) -> None:
        r = self._r
        name = r.choice(option[1].names)
        if r.random() < 0.012:  # a word for it that the menu does not list: nobody can know, but one can be unsure
            pieces.append(Piece(word(r), UNKNOWN, self._part, said=True))
            pieces += self._words(after)
            return
        parts = name.split()
        if len(parts) > 1 and r.random() < 0.06 and not self._is_size(option[0]):
            name = " ".join(parts[:-1]) if r.random() < 0.6 else " ".join(parts[1:])
        self._mention(name, pieces, option[2], after)

    def _mention(self, name: str, pieces: list[Piece], amount: str = REGULAR, after: str = " ") -> None:
        pieces.append(Piece(name, IN, self._part, amount, said=True))
        pieces += self._words(after)

    def _words(self, text: str) -> list[Piece]:
        return [Piece(text)] if text else []

    def _opener(self) -> str:
        r = self._r
        if r.random() < 1 / 3:
            asks = r.choice(("can", "could", "may", "might")), r.choice(("i", "we"))
            opener = (
                self._pick(CAN) if r.random() < 0.08 else f"{' '.join(asks)} {r.choice(_ASIDES)}{r.choice(_GETTING)} "
            )
        else:
            opener = self._pick(r.choice((WILL, TO)))
        return self._pick(HESITATIONS) + opener if r.random() < 0.12 else opener

    def _link(self) -> str:
        r = self._r
        if r.random() < 0.62:
            return self._pick(LINKS)
        return self._pick(BEFORE_OPENER) + self._opener() if r.random() < 0.3 else self._pick(LONG_LINKS)

    def _chatter(self, pieces: list[Piece], chance: float, among: Sequence[str]) -> None:
        if self._r.random() < chance:
            pieces += self._words(self._r.choice(among))

    def _written(self, pieces: list[Piece], lines: list[_Line]) -> Sample:
        return written(pieces, tuple(map(_as_line, lines)), self._style, self._r)


def _as_line(line: _Line) -> Line:
    options = tuple(Option(group.id, value.id, amount) for group, value, amount in line.options)
    return Line(line.item.id, line.quantity, options)
