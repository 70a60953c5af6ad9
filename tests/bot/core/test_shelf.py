from dataclasses import replace
from datetime import datetime

import pytest

from bot.core.shelf import Shelf, hours_in_words
from nlu.menu import Hours
from tests.bot.parts import EVENING, HARBOUR, MENU, MILL, RESTAURANT, shelf

NOON_FRIDAY = EVENING.replace(hour=12)


def test_what_staff_mark_as_sold_out_is_not_available() -> None:
    assert shelf().why_not("cola") == ""
    assert shelf("cola").why_not("cola") == "sold out today"
    assert "cola" not in [item.id for item in shelf("cola").available()]


def test_an_item_marked_sold_out_in_the_file_is_sold_out() -> None:
    items = tuple(replace(item, sold_out=item.id == "ribs") for item in MENU.items)
    closed = replace(shelf(), menu=replace(MENU, items=items))
    assert closed.why_not("ribs") == "sold out today"
    assert closed.why_not("cola") == ""


def test_what_a_place_does_not_sell_or_nobody_sells_is_not_on_the_menu() -> None:
    place = replace(MILL, not_sold=frozenset({"ribs"}))
    mill = Shelf(MENU, RESTAURANT.policies, (), place, EVENING)
    assert mill.why_not("ribs") == mill.why_not("unicorn") == "not on our menu"


@pytest.mark.parametrize(
    "moment, sold",
    [
        (NOON_FRIDAY, True),
        (EVENING, False),
        (NOON_FRIDAY.replace(hour=15), False),
        (NOON_FRIDAY.replace(day=21), False),
    ],
)
def test_a_lunch_dish_is_sold_at_lunch_on_weekdays_only(moment: datetime, sold: bool) -> None:
    assert (shelf(moment=moment).why_not("lunch_combo") == "") is sold


def test_a_choice_is_gone_with_the_dish_that_it_stands_for() -> None:
    group = MENU.groups["combo_side"]
    assert [value.id for value in shelf("fries").choices(group)] == ["combo_soup", "combo_salad"]
    assert len(shelf().choices(group)) == 3


def test_an_ambiguous_value_is_no_choice() -> None:
    assert all(not value.any_of for value in shelf().choices(MENU.groups["pizza_topping"]))


def test_the_cap_is_the_item_s_own_or_the_house_s() -> None:
    assert shelf().cap("family_feast") == 5
    assert shelf().cap("lasagna") == RESTAURANT.policies.max_quantity


def test_everything_that_is_available_can_be_had() -> None:
    now = shelf("cola", moment=NOON_FRIDAY)
    available = now.available()
    assert available
    assert all(not now.why_not(item.id) for item in available)
    assert len(available) < len(MENU.items)


def test_hours_are_said_with_their_days() -> None:
    def said(days: range | list[int], start: int, end: int) -> str:
        return hours_in_words((Hours(frozenset(days), start, end),))

    assert said(range(5), 660, 900) == "Mon–Fri 11:00–15:00"
    assert said(range(7), 1020, 1440) == "17:00–00:00"
    assert said([0, 2], 600, 660) == "Mon, Wed 10:00–11:00"
    assert said([6], 600, 1500) == "Sun 10:00–01:00"


def test_the_moment_decides_and_not_the_place_s_own_hours() -> None:
    assert HARBOUR.open_at(EVENING)
    assert shelf(moment=EVENING).why_not("ember_special") == ""
    assert shelf(moment=NOON_FRIDAY).why_not("ember_special") == "only served 17:00–00:00"
