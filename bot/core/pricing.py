"""What an order costs: every price, tax and total of the product is worked out here, in integer cents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.core.restaurant import Place
from nlu.menu import Group, Menu
from nlu.order_lines import Line, Option


@dataclass(frozen=True)
class PricedLine:
    """A line that was accepted, with the price of one piece as it was at that moment."""

    line: Line
    unit_cents: int

    @property
    def total_cents(self) -> int:
        return self.unit_cents * self.line.quantity


@dataclass(frozen=True)
class Totals:
    subtotal_cents: int
    delivery_cents: int
    tax_cents: int

    @property
    def total_cents(self) -> int:
        return self.subtotal_cents + self.delivery_cents + self.tax_cents


def takes_off(amount: str) -> bool:
    """Whether this amount leaves the option out of the food ("none", "not_extra")."""
    return amount == "none" or amount.startswith("not_")


def price_line(menu: Menu, line: Line) -> PricedLine:
    unit = menu.by_id[line.item].price_cents
    unit += sum(_option_cents(menu.groups[option.group], option) for option in line.options)
    return PricedLine(line, unit)


def _option_cents(group: Group, option: Option) -> int:
    if takes_off(option.amount):
        return 0
    factor = group.extra_factor if option.amount == "extra" else 1
    return group.by_id[option.value].price_cents * factor


def totals(lines: Iterable[PricedLine], place: Place | None, order_type: str | None) -> Totals:
    """Subtotal, delivery fee and tax; tax is rounded half up once, on the sum."""
    subtotal = sum(line.total_cents for line in lines)
    fee = place.delivery.fee_cents if place and place.delivery and order_type == "delivery" and subtotal else 0
    tax = ((subtotal + fee) * place.tax_bp + 5000) // 10_000 if place else 0
    return Totals(subtotal, fee, tax)


def money(cents: int, currency: str = "USD") -> str:
    sign = {"USD": "$", "EUR": "€", "GBP": "£"}.get(currency, f"{currency} ")
    return f"{sign}{cents // 100}.{cents % 100:02d}"
