"""Invented menus, as many as wanted: random shapes and made-up names, so that nothing can be learnt about real ones."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from nlu.menu import Group, Item, Menu, Value
from nlu.words import COMMON

_ONSETS = "b br bl c ch cr cl d dr f fl fr g gl gr h j k kr l m n p pl pr qu r s sh sl sp st t tr v w z th".split()
_VOWELS = "a e i o u ai ea ee oo ou ia io".split()
_CODAS = "n r l s t m k p d sh ch nd rt st ll ng ck lm rk".split() + [""] * 9
_DESCRIPTORS = (
    "red green black white brown yellow hot cold iced frozen spicy sweet sour smoked grilled fried roasted baked crispy "
    "fresh dried wild house classic special super royal baby mini jumbo double triple chunky creamy whole half dark light "
    "thin thick stuffed plain simple original country garden mountain ocean river golden silver summer winter low high "
    "free fat skinny diet zero regular loaded pulled crushed sliced hard soft big little extra"
).split()
_SHAPES = (
    "roll bowl cake wrap bread sauce soup salad pie plate dip cream shake juice mix stick bar ball leaf stew".split()
)
_SIZES = (
    ("small", "medium", "large"),
    ("small", "regular", "large", "extra large"),
    ("regular", "large"),
    ("short", "tall", "grande"),
    ("kids", "adult"),
    ("personal", "medium", "family size"),
    ("half", "full"),
    ("single", "double", "triple"),
    ("six inch", "twelve inch"),
    ("8 ounce", "12 ounce", "16 ounce"),
    ("cup", "bowl"),
    ("can", "bottle", "two liter"),
)
_FIXED = ("{0} and {1}", "{0} with {1}", "{0} in {1}", "{0} of {1}", "seven {0} {1}", "no {0} {1}", "{0} n {1}", "5 {0} {1}",
          "{0} without {1}", "the {0}", "{0} on a {1}")  # fmt: skip


def word(random: Random) -> str:
    """A made-up word of one to three syllables."""
    while True:
        count = random.choices((1, 2, 3), (2, 6, 3))[0]
        made = "".join(random.choice(_ONSETS) + random.choice(_VOWELS) for _ in range(count)) + random.choice(_CODAS)
        if len(made) > 3 and made not in COMMON:
            return made


def plural(name: str) -> str:
    if name.endswith(("s", "x", "z", "ch", "sh")):
        return name + "es"
    return name[:-1] + "ies" if name.endswith("y") else name + "s"


class MenuMaker:
    def __init__(self, random: Random) -> None:
        self._random = random
        self._nouns = [word(random) for _ in range(random.randint(30, 160))] + random.sample(_SHAPES, 8)
        self._used: set[str] = set()

    def menu(self) -> Menu:
        r = self._random
        groups: dict[str, Group] = {}
        for number in range(r.randint(0 if r.random() < 0.1 else 1, 7)):
            group = self._group(number)
            groups[group.id] = group
        ids = list(groups)
        items: list[Item] = []
        families = [
            (word(r), r.sample(ids, r.randint(0 if r.random() < 0.3 else 1, min(len(ids), 5))) if ids else [])
            for _ in range(r.randint(1, 5))
        ]
        for _ in range(r.choice((2, 3, 5, 8, 12, 20, 40))):
            kind, carried = r.choice(families)
            if r.random() < 0.15 and carried:
                carried = carried[:-1]
            names = self._names(head=kind if r.random() < 0.25 else None)
            items.append(Item(self._id(names[0], items), kind, names, 100, tuple(carried)))
        if ids and r.random() < 0.45:  # an item like "side": its own group says what it is
            own = self._group(99, many=True)
            groups[own.id] = own
            names = self._plurals((r.choice(("side", "extra", "snack", word(r), word(r))),))
            items.append(Item(self._id("own " + names[0], items), "side", names, 100, (own.id, *ids[-1:])))
        if len(items) > 5 and r.random() < 0.25:  # a combo: its choices are items of the menu
            chosen = r.sample(items, r.randint(2, 4))
            values = tuple(Value(f"with_{item.id}", item.names, item=item.id) for item in chosen)
            groups["combo"] = Group("combo", values, True, title="side")
            base = next((i for i, item in enumerate(items) if item not in chosen), 0)
            items[base] = replace(items[base], groups=(*items[base].groups, "combo"))
        return Menu("invented", "USD", tuple(items), groups)

    def _id(self, name: str, items: list[Item]) -> str:
        taken = {item.id for item in items}
        base = name.replace(" ", "_")
        return base if base not in taken else f"{base}_{len(items)}"

    def _group(self, number: int, many: bool = False) -> Group:
        r = self._random
        sized = number == 0 and r.random() < 0.75
        select_one = not many and (sized or r.random() < 0.35)
        amounts = () if sized or many or r.random() < 0.3 else ("light", "extra", "none")
        values: list[Value] = []
        if sized:
            for size in r.choice(_SIZES):
                said = [size, "medium"] if size == "regular" and r.random() < 0.3 else [size]
                said += [f"{size} size", f"{size} sized"] if r.random() < 0.3 else []
                values.append(Value(size.replace(" ", "_"), tuple(said)))
        else:
            head = self._noun() if r.random() < 0.5 else None
            shared: list[str] = []
            for _ in range(r.choice((2, 3, 4, 6, 10, 20, 40))):
                names = self._names(head=head if r.random() < 0.7 else None, modifier=r.random() < 0.6)
                value_id = names[0].replace(" ", "_")
                if any(value.id == value_id for value in values):
                    continue
                if r.random() < 0.15 and len(names[0].split()) == 2:
                    names = (*names, names[0].split()[0])
                values.append(Value(value_id, names))
                if head and head in names[0].split():
                    shared.append(value_id)
            if head and len(shared) >= 2 and r.random() < 0.4:
                pair = shared[:2]
                values.insert(0, Value(f"or:{pair[0]}|{pair[1]}", self._plurals((head,)), any_of=tuple(pair)))
        return Group(f"group{number}", tuple(values), select_one, amounts, title=self._title(sized))

    def _title(self, sized: bool) -> str:
        return (
            "size"
            if sized
            else self._random.choice(("topping", "style", "filling", "sauce", "option", "base", "roast"))
        )

    def _names(self, head: str | None = None, modifier: bool = False) -> tuple[str, ...]:
        r = self._random
        for _ in range(20):
            if r.random() < 0.05:
                name = r.choice(_FIXED).format(self._noun(), self._noun())
            else:
                count = r.choices((0, 1, 2), (5, 5, 1) if not head else (1, 8, 2))[0]
                front = [r.choice(_DESCRIPTORS) if r.random() < 0.5 else self._noun() for _ in range(count)]
                if modifier and not head and not front and r.random() < 0.1:
                    name = r.choice(_DESCRIPTORS)
                else:
                    name = " ".join([*front, head or self._noun()])
            if name not in self._used or r.random() < 0.03:
                break
        self._used.add(name)
        names = [name]
        if r.random() < 0.15:
            names.append(self._noun())
        if len(name.split()) == 3 and r.random() < 0.4 and not set(name.split()) & COMMON:
            names.append(" ".join(name.split()[1:]))
        return self._plurals(tuple(names)) if r.random() < 0.7 else tuple(names)

    def _plurals(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return (*names, *(plural(name) for name in names))

    def _noun(self) -> str:
        return self._random.choice(self._nouns)
