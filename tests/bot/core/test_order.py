from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.core.order import (
    CART,
    NEXT_STATUS,
    UNDO_DEPTH,
    Order,
    Refused,
    describe,
    first_gap,
    option_words,
)
from bot.core.pricing import PricedLine, price_line, takes_off
from nlu.order_lines import Add, Change, Clear, Edit, Line, Option, Remove, Replace, Undo
from tests.bot.parts import HARBOUR, MENU, RESTAURANT, add, shelf

ITEMS = sorted(MENU.by_id)
SHELF = shelf("tiramisu", "espresso")


def ordered(*edits: Edit) -> Order:
    return Order("order").edited(edits, SHELF)


@st.composite
def options(draw: st.DrawFn, item: str) -> Option:
    """Mostly a group of the item, now and then any group of the menu, in an amount that may not exist."""
    own = MENU.by_id[item].groups
    group = MENU.groups[draw(st.sampled_from([*own] * 4 + sorted(MENU.groups)))]
    value = draw(st.sampled_from(group.values))
    return Option(group.id, value.id, draw(st.sampled_from(["regular", "regular", "none", *group.amounts, "heaps"])))


@st.composite
def lines(draw: st.DrawFn) -> Line:
    item = draw(st.sampled_from([*ITEMS, "unicorn"]))
    chosen = draw(st.lists(options(item), max_size=4)) if item in MENU.by_id else []
    return Line(item, draw(st.integers(-1, 26)), tuple(chosen))


@st.composite
def edits(draw: st.DrawFn) -> Edit:
    target = draw(st.integers(-1, 6))
    count = draw(st.none() | st.integers(-2, 30))
    kind = draw(st.sampled_from([Add, Add, Add, Remove, Change, Change, Replace, Clear]))
    if kind is Add:
        return Add(draw(lines()))
    if kind is Replace:
        return Replace(target, draw(lines()))
    if kind is Remove:
        return Remove(target, count)
    if kind is Clear:
        return Clear()
    put = tuple(draw(st.lists(options(draw(st.sampled_from(ITEMS))), max_size=2)))
    drop = tuple((o.group, o.value) for o in draw(st.lists(options(draw(st.sampled_from(ITEMS))), max_size=2)))
    return Change(target, count, put, drop, draw(st.none() | st.integers(-1, 5)), draw(st.sampled_from(["", "crispy"])))


class OrderMachine(RuleBasedStateMachine):
    """Guests say anything, in any sequence; ``before`` remembers what undo must bring back."""

    def __init__(self) -> None:
        super().__init__()
        self.order = Order("order")
        self.before: list[tuple[PricedLine, ...]] = []

    @rule(wishes=st.lists(edits(), min_size=1, max_size=3))
    def wish(self, wishes: list[Edit]) -> None:
        old, copy = self.order, replace(self.order)
        try:
            self.order = old.edited(wishes, SHELF)
        except Refused as refusal:
            assert refusal.sentence and refusal.sentence[0].isupper()
            assert self.order == copy
            return
        if self.order.lines != copy.lines:
            self.before.append(copy.lines)

    @rule()
    def undo(self) -> None:
        if not self.order.history:
            with pytest.raises(Refused, match="nothing to take back"):
                self.order.edited([Undo()], SHELF)
            return
        self.order = self.order.edited([Undo()], SHELF)
        assert self.order.lines == self.before.pop()

    @rule(wish=edits())
    def undo_mixed_with_a_wish_is_refused(self, wish: Edit) -> None:
        with pytest.raises(Refused):
            self.order.edited([wish, Undo()], SHELF)

    @invariant()
    def totals_add_up(self) -> None:
        for kind in (None, "pickup", "delivery"):
            totals = replace(self.order, type=kind).totals(HARBOUR)
            assert totals.subtotal_cents == sum(p.unit_cents * p.line.quantity for p in self.order.lines)
            assert totals.delivery_cents == (350 if kind == "delivery" and totals.subtotal_cents else 0)
            taxed = totals.subtotal_cents + totals.delivery_cents
            assert abs(totals.tax_cents * 10_000 - taxed * HARBOUR.tax_bp) <= 5_000
            assert totals.total_cents == taxed + totals.tax_cents

    @invariant()
    def every_line_can_be_sold_and_has_its_price(self) -> None:
        for priced in self.order.lines:
            line = priced.line
            assert not SHELF.why_not(line.item)
            assert 1 <= line.quantity <= SHELF.cap(line.item)
            assert priced.unit_cents == price_line(MENU, line).unit_cents > 0
            for group in MENU.groups_of(line.item):
                taken = [o for o in line.options if o.group == group.id and not takes_off(o.amount)]
                assert group.most is None or len(taken) <= group.most
            assert {o.group for o in line.options} <= set(MENU.by_id[line.item].groups)

    @invariant()
    def the_order_stays_within_its_cap(self) -> None:
        assert self.order.pieces <= RESTAURANT.policies.max_items

    @invariant()
    def the_history_is_bounded_and_true(self) -> None:
        assert len(self.order.history) <= UNDO_DEPTH
        assert list(self.order.history) == self.before[len(self.before) - len(self.order.history) :]

    @invariant()
    def the_order_can_be_said(self) -> None:
        for line in self.order.wanted:
            assert describe(line, MENU).startswith(f"{line.quantity} × ")


TestOrderMachine = OrderMachine.TestCase
TestOrderMachine.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


def complete(item: str) -> Line:
    """The item with the first choice of everything that must be chosen."""
    chosen = [
        Option(group.id, value.id)
        for group in MENU.groups_of(item)
        if group.default is None
        for value in SHELF.choices(group)[: group.least]
    ]
    return Line(item, 1, tuple(chosen))


@pytest.mark.parametrize("item", ITEMS)
def test_everything_on_the_menu_has_a_price_with_each_of_its_options(item: str) -> None:
    base = price_line(MENU, complete(item)).unit_cents
    assert base > 0
    for group in MENU.groups_of(item):
        for value in group.values:
            for amount in ("regular", "none", *group.amounts):
                line = Line(item, 1, (Option(group.id, value.id, amount),))
                assert price_line(MENU, line).unit_cents >= MENU.by_id[item].price_cents


@pytest.mark.parametrize("item", [item for item in ITEMS if not SHELF.why_not(item)])
def test_everything_that_is_sold_can_be_ordered_with_nothing_left_open(item: str) -> None:
    order = ordered(Add(complete(item)))
    assert first_gap(order.wanted, SHELF) is None
    assert order.totals(HARBOUR).total_cents > 0


def test_a_large_one_costs_more_than_a_small_one() -> None:
    small, large = (ordered(add("margherita", pizza_size=size)).totals(None) for size in ("small", "large"))
    assert (small.subtotal_cents, large.subtotal_cents) == (1000, 1500)


def test_a_change_with_one_impossible_part_changes_nothing() -> None:
    order = ordered(add("lasagna"))
    with pytest.raises(Refused, match="sold out"):
        order.edited([add("cola"), add("tiramisu")], SHELF)
    assert order == ordered(add("lasagna"))


def test_a_sold_out_dish_is_refused_with_what_there_is_instead() -> None:
    with pytest.raises(Refused) as refusal:
        ordered(add("tiramisu"))
    assert "sold out today" in refusal.value.sentence
    assert refusal.value.buttons
    for title in refusal.value.buttons:
        assert title in refusal.value.sentence
        assert next(item for item in MENU.items if item.title == title).kind == "dessert"


def test_a_dish_outside_its_hours_is_refused_with_the_hours() -> None:
    with pytest.raises(Refused, match="only served Mon–Fri 11:00–15:00"):
        ordered(add("lunch_combo"))


def test_more_than_the_cap_goes_to_a_person() -> None:
    for wish in (add("cola", 25), add("lasagna", 21), add("family_feast", 6)):
        with pytest.raises(Refused) as refusal:
            ordered(wish)
        assert "Talk to a person" in refusal.value.buttons
    with pytest.raises(Refused, match="61 items"):
        ordered(add("lasagna", 20), add("carbonara", 20), add("funghi", 20, pizza_size="small"), add("cola"))


def test_an_order_over_the_cap_may_still_shrink() -> None:
    full = Order(
        "order", lines=tuple(price_line(MENU, Line(item, 20)) for item in ("lasagna", "caprese", "ribs", "cola"))
    )
    assert full.edited([Remove(0, 5)], SHELF).pieces == 75


def test_one_of_several_can_be_made_different_and_the_line_is_split() -> None:
    order = ordered(add("margherita", 3, pizza_size="small"))
    order = order.edited([Change(0, put=(Option("pizza_size", "large"),), of=1)], SHELF)
    assert [(line.quantity, option_words(line, MENU)) for line in order.wanted] == [(2, ["small"]), (1, ["large"])]


def test_a_size_replaces_the_old_size_and_a_topping_joins_the_others() -> None:
    order = ordered(add("margherita", pizza_size="small", pizza_topping="basil"))
    put = (Option("pizza_size", "large"), Option("pizza_topping", "garlic"))
    words = option_words(order.edited([Change(0, put=put)], SHELF).wanted[0], MENU)
    assert sorted(words) == ["basil", "garlic", "large"]


def test_the_amount_of_a_topping_is_changed_and_not_doubled() -> None:
    order = ordered(add("margherita", pizza_size="small", pizza_topping="basil"))
    order = order.edited([Change(0, put=(Option("pizza_topping", "basil", "extra"),))], SHELF)
    toppings = [option for option in order.wanted[0].options if option.group == "pizza_topping"]
    assert toppings == [Option("pizza_topping", "basil", "extra")]


def test_a_size_asked_for_twice_over_is_a_question() -> None:
    with pytest.raises(Refused) as refusal:
        ordered(Add(Line("margherita", 1, (Option("pizza_size", "small"), Option("pizza_size", "large")))))
    assert refusal.value.buttons == ("small", "large")


def test_an_accepted_line_keeps_its_price_when_fewer_are_wanted() -> None:
    dear = PricedLine(Line("lasagna", 3), 9_999)
    order = Order("order", lines=(dear,)).edited([Remove(0, 1)], shelf("lasagna"))
    assert order.lines == (PricedLine(Line("lasagna", 2), 9_999),)


def test_removing_all_of_a_line_or_more_takes_the_line_away() -> None:
    for wish in (Remove(0), Remove(0, 2), Remove(0, 5), Change(0, quantity=0)):
        assert ordered(add("lasagna", 2)).edited([wish], SHELF).lines == ()


def test_a_line_that_is_not_there_is_asked_about() -> None:
    for wish in (Remove(1), Remove(-1), Change(3), Replace(2, Line("cola"))):
        with pytest.raises(Refused, match="Which one do you mean"):
            ordered(add("lasagna")).edited([wish], SHELF)


def test_several_edits_count_lines_as_they_were_before_the_first() -> None:
    order = ordered(add("lasagna"), add("cola"), add("caprese"))
    order = order.edited([Remove(0), Replace(1, Line("lemonade")), Remove(2)], SHELF)
    assert [line.item for line in order.wanted] == ["lemonade"]


def test_a_required_choice_and_an_ambiguous_one_are_gaps_and_defaults_are_not() -> None:
    gap = first_gap(ordered(add("funghi")).wanted, SHELF)
    assert gap is not None and gap.group.id == "pizza_size" and len(gap.choices) == 3
    olives = Option("pizza_topping", "or:black_olives|green_olives")
    gap = first_gap(ordered(Add(Line("funghi", 1, (Option("pizza_size", "small"), olives)))).wanted, SHELF)
    assert gap is not None and gap.of is not None
    assert [value.id for value in gap.choices] == ["black_olives", "green_olives"]
    assert first_gap(ordered(add("tomato_soup")).wanted, SHELF) is None


def test_a_choice_that_is_left_out_does_not_fill_a_required_group() -> None:
    gap = first_gap(ordered(add("family_feast", feast_pizza="feast_ortolana")).wanted, SHELF)
    assert gap is not None and gap.group.id == "feast_pizza"


def test_an_option_that_is_not_of_the_dish_is_refused() -> None:
    for options in (Option("pizza_size", "small"), Option("dip", "nothing"), Option("nothing", "x")):
        with pytest.raises(Refused, match="We can't make"):
            ordered(Add(Line("fries", 1, (options,))))


def test_a_choice_of_a_combo_is_sold_out_with_its_dish() -> None:
    with pytest.raises(Refused, match="fries is sold out today. We have") as refusal:
        Order("order").edited([add("family_feast", combo_side="combo_fries")], shelf("fries"))
    assert "fries" not in refusal.value.buttons


def test_a_dish_that_left_the_menu_can_still_be_said() -> None:
    gone = Line("mammoth_steak", 2, (Option("sauce", "tar_pit", "extra"),))
    assert describe(gone, MENU) == "2 × mammoth steak (extra tar pit)"
    changed = Line("lasagna", 1, (Option("pasta_extra", "gold_leaf"), Option("lava", "hot")))
    assert describe(changed, MENU) == "1 × Lasagna (gold leaf, hot)"
    assert first_gap([gone, changed], SHELF) is None


def test_no_status_leads_back_and_a_finished_order_stays_finished() -> None:
    rank = {status: rank for rank, status in enumerate(NEXT_STATUS)}
    for status, following in NEXT_STATUS.items():
        assert all(rank[after] > rank[status] for after in following)
        assert CART not in following
    assert NEXT_STATUS["done"] == NEXT_STATUS["cancelled"] == set()


def test_what_is_added_as_it_is_there_already_makes_one_line_of_more() -> None:
    order = Order("o").edited([add("cola"), add("lasagna")], shelf()).edited([add("cola")], shelf())
    assert [(line.item, line.quantity) for line in order.wanted] == [("lasagna", 1), ("cola", 2)]
    order = order.edited([add("cola", drink_size="large")], shelf()).edited([Undo()], shelf())
    assert [(line.item, line.quantity) for line in order.wanted] == [("lasagna", 1), ("cola", 2)]
