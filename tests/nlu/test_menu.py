from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.located_yaml import FileError, Node
from nlu.menu import Hours, Menu, load_menu, parse_hours, price_cents

ROOT = Path(__file__).resolve().parents[2]
SMALL = """name: Corner
currency: EUR
items:
- id: soup
  price: "4.50"
  groups: [size]
- {id: tea, kind: drink, names: [Tea, cup of tea], price: "2", hours: {mon-fri: "08:00-11:00"}, upsell: soup}
groups:
  size:
    select: one
    min: 1
    amounts: [extra]
    values:
    - {id: cup, names: [cup]}
    - {id: bowl, price: "1.25"}
    - {id: any, names: [some], any_of: [cup, bowl]}
"""
Load = Callable[[str], Menu]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def loaded(text: str) -> Menu:
        path = tmp_path / "menu.yml"
        path.write_text(text, encoding="utf-8")
        return load_menu(path)

    return loaded


def test_a_menu_is_read_with_prices_in_cents_and_what_is_left_out_filled_in(load: Load) -> None:
    menu = load(SMALL)
    soup, tea = menu.items
    assert (soup.price_cents, soup.names, soup.kind, soup.title) == (450, ("soup",), "main", "Soup")
    assert (tea.price_cents, tea.names, tea.upsell) == (200, ("tea", "cup of tea"), "soup")
    (size,) = menu.groups_of("soup")
    assert (size.most, size.least, size.select_one, size.title) == (1, 1, True, "size")
    assert [value.price_cents for value in size.values] == [0, 125, 0]
    assert menu.kinds == ("main", "drink") and menu.currency == "EUR"
    assert menu.groups_of("tea") == ()


@pytest.mark.parametrize(
    "old, new, line, words",
    [
        ("name: Corner", "title: Corner", 1, "no key 'title'"),
        ('price: "4.50"', 'price: "4,50"', 5, "must look like 5.50, not '4,50'"),
        ('price: "4.50"', 'price: "-1"', 5, "must look like 5.50"),
        ('price: "4.50"', "prise: 1", 5, "no key 'prise'"),
        ('  price: "4.50"\n', "", 4, "needs the key 'price'"),
        ("groups: [size]", "groups: [sise]", 6, "uses group 'sise', which is not under groups"),
        ("id: tea", "id: soup", 7, "stands already in line 4"),
        ("upsell: soup", "upsell: cake", 7, "no item 'cake' to offer"),
        ("mon-fri", "mon-fry", 7, "is not a day"),
        ("names: [Tea, cup of tea]", "names: []", 7, "at least one name"),
        ("select: one", "select: two", 10, "one or many, not 'two'"),
        ("min: 1", "min: 2", 11, "min 2 is more than max 1"),
        ("min: 1", "min: some", 11, "a whole number"),
        ("min: 1", "default: mug", 11, "default 'mug' is not a value"),
        ("{id: cup, names: [cup]}", "{id: bowl}", 14, "stands twice"),
        ("{id: cup, names: [cup]}", "{id: cup, item: cake}", None, "stands for item 'cake', which is not on the menu"),
        ("any_of: [cup, bowl]", "any_of: [cup, mug]", 16, "any_of names 'mug'"),
    ],
)
def test_a_fault_is_told_with_its_line_and_the_cure(
    load: Load, old: str, new: str, line: int | None, words: str
) -> None:
    assert old in SMALL
    with pytest.raises(FileError, match=words) as error:
        load(SMALL.replace(old, new, 1))
    assert error.value.line is not None
    assert line is None or error.value.line == line


def test_a_menu_and_a_group_need_at_least_one_entry(load: Load) -> None:
    with pytest.raises(FileError, match="at least one item"):
        load("name: x\nitems: []\n")
    with pytest.raises(FileError, match="at least one value"):
        load("name: x\nitems:\n- {id: a, price: 1}\ngroups: {size: {values: []}}\n")


def node(text: str) -> Node:
    return Node(Path("menu.yml"), 3, text)


@given(st.integers(0, 99_999_999))
def test_a_written_price_is_read_back_to_the_cent(cents: int) -> None:
    assert price_cents(node(f"{cents // 100}.{cents % 100:02d}")) == cents


@given(st.text(max_size=12))
def test_any_other_text_is_a_price_in_cents_or_told(text: str) -> None:
    try:
        cents = price_cents(node(text))
    except FileError as error:
        assert error.line == 3
    else:
        assert 0 <= cents < 10**8


def hours(days: str, when: str) -> tuple[Hours, ...]:
    return parse_hours(Node(Path("menu.yml"), 3, {days: node(when)}))


@pytest.mark.parametrize(
    "days, wanted",
    [
        ("daily", {0, 1, 2, 3, 4, 5, 6}), ("mon", {0}), ("mon-fri", {0, 1, 2, 3, 4}), ("fri-mon", {4, 5, 6, 0}),
        ("sat,sun", {5, 6}), ("Tuesday - Thursday", {1, 2, 3}),
    ],
)  # fmt: skip
def test_days_are_single_ranges_or_lists_and_may_wrap_around_the_week(days: str, wanted: set[int]) -> None:
    assert hours(days, "10:00-11:00")[0].days == wanted


def test_several_spans_of_a_day_are_separated_by_commas_and_closed_has_none() -> None:
    assert [(span.start_min, span.end_min) for span in hours("mon", "11:00-14:30, 17:00-22:00")] == [
        (660, 870),
        (1020, 1320),
    ]
    assert hours("mon", "closed") == ()


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 6), st.integers(0, 6), st.integers(0, 1439))
def test_a_span_that_ends_before_it_starts_lasts_into_the_next_day(
    start: int, end: int, day: int, at_day: int, at: int
) -> None:
    text = f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}"
    weekday = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day]
    if start == end:
        with pytest.raises(FileError, match="is empty"):
            hours(weekday, text)
        return
    (span,) = hours(weekday, text)
    length = (end - start) % 1440
    since = ((at_day - day) * 1440 + at - start) % (7 * 1440)
    assert ((at_day, at) in span) is (since < length)


@pytest.mark.parametrize(
    "text", ["", "noon", "9-5", "25:00-26:00", "10:60-11:00", "10:00-24:30", "10:00", "10:00-11:00,"]
)
def test_a_strange_span_is_told_with_its_line(text: str) -> None:
    with pytest.raises(FileError) as error:
        hours("mon", text)
    assert error.value.line == 3


def test_the_demo_menu_is_full_and_its_parts_fit_together() -> None:
    menu = load_menu(ROOT / "data" / "menu.yml")
    assert len(menu.items) >= 40 and len(menu.kinds) >= 6
    assert {group for item in menu.items for group in item.groups} == menu.groups.keys()
    assert any(item.hours for item in menu.items) and any(item.upsell for item in menu.items)
    assert all(item.price_cents > 0 and item.title for item in menu.items)
    names = [name for item in menu.items for name in item.names]
    assert len(names) == len(set(names)), "two dishes share a name"
