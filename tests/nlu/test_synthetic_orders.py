"""Invented orders: their marks must lead back to their lines, or the tagger learns nonsense."""

from __future__ import annotations

from random import Random

from nlu.builder import Builder
from nlu.elements import elements_of
from nlu.lexicon import Lexicon
from nlu.marks import IN
from nlu.order_lines import canonical
from nlu.synthetic_menus import MenuMaker
from nlu.synthetic_orders import OrderMaker


def test_the_same_seed_invents_the_same_orders() -> None:
    def made(seed: int) -> list[str]:
        random = Random(seed)
        maker = OrderMaker(MenuMaker(random).menu(), random)
        return [maker.sample().text for _ in range(5)]

    assert made(3) == made(3)
    assert made(3) != made(4)


def test_every_mark_covers_the_words_that_it_is_for() -> None:
    random = Random(5)
    maker = OrderMaker(MenuMaker(random).menu(), random)
    for _ in range(50):
        sample = maker.sample()
        for start, end, piece in sample.spans:
            assert 0 <= start <= end <= len(sample.text)
            if piece.role == IN:
                assert sample.text[start:end].strip() == sample.text[start:end]


def test_invented_lines_are_allowed_by_their_menu() -> None:
    for seed in range(10):
        random = Random(seed)
        menu = MenuMaker(random).menu()
        maker = OrderMaker(menu, random)
        for line in (line for _ in range(20) for line in maker.sample().lines):
            for option in line.options:
                assert option.group in menu.by_id[line.item].groups
                assert option.value in menu.groups[option.group].by_id


def test_every_name_on_an_invented_menu_is_found() -> None:
    for seed in range(10):
        menu = MenuMaker(Random(seed)).menu()
        lexicon, builder = Lexicon(menu), Builder(menu)
        for item in menu.items:
            for name in item.names:
                elements = elements_of(name, lexicon)
                assert any(sense.id == item.id for element in elements for sense in element.items), name
        assert builder.item_count == len(menu.items)


def test_marks_of_invented_orders_rebuild_their_lines() -> None:
    torch = __import__("pytest").importorskip("torch")
    assert torch is not None
    from nlu.marks import AMOUNTS, OUT, REGULAR, ROLES, Mark
    from nlu.train_parser import labels, samples

    right = count = 0
    for seed in range(8):
        _, lexicon, builder, orders = samples(seed, 15)
        for order in orders:
            elements = elements_of(order.text, lexicon)
            roles, amounts = labels(elements, order)
            marks = [
                Mark(ROLES[r] if r >= 0 else OUT, AMOUNTS[a] if a >= 0 else REGULAR) for r, a in zip(roles, amounts)
            ]
            built = builder.build(elements, marks)
            right += canonical(draft.line() for draft in built.drafts) == canonical(order.lines)
            count += 1
    assert right / count > 0.75  # the rest are typos beyond repair and words that nobody can know
