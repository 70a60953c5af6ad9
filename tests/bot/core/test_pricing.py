from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.pricing import PricedLine, money, price_line, takes_off, totals
from nlu.order_lines import Line, Option
from tests.bot.parts import HARBOUR, MENU, MILL


def test_options_add_their_price_extra_its_factor_and_none_nothing() -> None:
    def cents(*options: Option) -> int:
        return price_line(MENU, Line("margherita", 1, (Option("pizza_size", "small"), *options))).unit_cents

    assert cents() == 1000
    assert cents(Option("pizza_topping", "basil")) == 1050
    assert cents(Option("pizza_topping", "basil", "extra")) == 1100
    assert cents(Option("pizza_topping", "basil", "light")) == 1050
    assert cents(Option("pizza_topping", "basil", "none")) == 1000
    assert cents(Option("pizza_topping", "basil", "not_extra")) == 1000


def test_extra_costs_once_where_the_group_has_no_factor() -> None:
    line = Line("ember_burger", 1, (Option("burger_topping", "bacon", "extra"),))
    assert price_line(MENU, line).unit_cents == 1250 + 180


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 60)), max_size=20), st.integers(0, 5000))
def test_tax_is_rounded_once_on_the_sum_and_half_a_cent_goes_up(prices: list[tuple[int, int]], tax_bp: int) -> None:
    lines = [PricedLine(Line("lasagna", quantity), unit) for unit, quantity in prices]
    due = totals(lines, replace(HARBOUR, tax_bp=tax_bp), "pickup")
    exact = due.subtotal_cents * tax_bp
    assert -5_000 < due.tax_cents * 10_000 - exact <= 5_000
    assert due.total_cents == due.subtotal_cents + due.tax_cents


def test_half_a_cent_of_tax_is_rounded_up() -> None:
    half = [PricedLine(Line("lasagna"), 50)]
    assert totals(half, replace(HARBOUR, tax_bp=100), None).tax_cents == 1
    assert totals(half, replace(HARBOUR, tax_bp=99), None).tax_cents == 0


def test_the_delivery_fee_is_for_deliveries_with_something_in_them() -> None:
    lines = [PricedLine(Line("lasagna"), 1400)]
    assert totals(lines, HARBOUR, "delivery").delivery_cents == 350
    assert totals(lines, HARBOUR, "delivery").tax_cents == 140
    assert totals(lines, HARBOUR, "pickup").delivery_cents == 0
    assert totals([], HARBOUR, "delivery").total_cents == 0
    assert totals(lines, MILL, "delivery").delivery_cents == 0


def test_without_a_place_there_is_no_tax_yet() -> None:
    assert totals([PricedLine(Line("lasagna", 2), 1400)], None, None).total_cents == 2800


@pytest.mark.parametrize("amount, off", [("none", True), ("not_extra", True), ("extra", False), ("light", False)])
def test_none_and_not_leave_an_option_out(amount: str, off: bool) -> None:
    assert takes_off(amount) is off


@given(st.integers(0, 10**9))
def test_money_reads_back_as_the_same_cents(cents: int) -> None:
    written = money(cents)
    assert written.startswith("$")
    assert int(written[1:].replace(".", "")) == cents
    assert len(written.partition(".")[2]) == 2


def test_other_currencies_have_their_sign_or_their_code() -> None:
    assert money(505, "EUR") == "€5.05"
    assert money(505, "CHF") == "CHF 5.05"
