"""The owner's numbers: counted by day and place, with honest intervals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.turn import House
from bot.database.store import Store, Transaction
from bot.database.tables import conversations, open_questions, orders, waitlist
from bot.insights.feedback import NEGATIVE, NOT_JUDGED, POSITIVE, Feedback, Remark
from bot.insights.made_up import make_traffic, remove_traffic
from bot.insights.summary import Period, insights, wilson
from tests.bot.parts import EVENING, MENU, RESTAURANT, Visitor

HOUSE: House = Visitor().house
TODAY = EVENING.date()
WEEK = Period(TODAY - timedelta(days=6), TODAY)


@pytest.fixture
def tx(tmp_path: Path) -> Iterator[Transaction]:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.migrate()
    with store.transaction(RESTAURANT) as transaction:
        yield transaction
    store.close()


def say(
    tx: Transaction, text: str, label: str = POSITIVE, days: float = 0, place: str = "harbour", **more: Any
) -> None:
    score = {POSITIVE: 0.9, NEGATIVE: 0.1, NOT_JUDGED: None}[label]
    remark = Remark(label, more.pop("score", score), more.pop("topics", []))
    Feedback(tx.db).add(text, remark, "text", EVENING - timedelta(days=days), place=place, **more)


def seen(tx: Transaction, period: Period = WEEK) -> dict[str, Any]:
    return insights(tx, HOUSE, period, EVENING)


def test_an_empty_house_has_empty_numbers(tx: Transaction) -> None:
    found = seen(tx)
    assert found["remarks"]["share"] is None
    assert len(found["days"]) == 7 and found["made_up"] == {"shown": 0, "real": 0}
    assert found["topics"] == found["best"] == found["worst"] == found["questions"] == []


def test_remarks_count_on_their_day_and_those_not_judged_do_not_count_in_the_share(tx: Transaction) -> None:
    say(tx, "lovely")
    say(tx, "awful", NEGATIVE)
    say(tx, "🍕", NOT_JUDGED)
    say(tx, "long ago", days=20)
    found = seen(tx)
    today = found["days"][-1]
    assert (today["positive"], today["negative"], today["not_judged"]) == (1, 1, 1)
    assert found["remarks"]["share"] == 0.5
    assert today["low"] < 0.5 < today["high"]


def test_a_late_evening_belongs_to_the_places_own_day(tx: Transaction) -> None:
    late = EVENING.replace(hour=23, minute=30)  # the next day in UTC
    Feedback(tx.db).add("lovely", Remark(POSITIVE, 0.9), "text", late, place="harbour")
    assert seen(tx)["days"][-1]["positive"] == 1


def test_a_place_can_be_looked_at_alone(tx: Transaction) -> None:
    say(tx, "lovely")
    say(tx, "awful", NEGATIVE, place="mill")
    assert seen(tx, Period(WEEK.first, WEEK.last, "mill"))["remarks"]["negative"] == 1
    assert [row["share"] for row in seen(tx)["by_place"]] == [1.0, 0.0]


def test_topics_and_dishes_are_counted_by_feeling(tx: Transaction) -> None:
    say(tx, "The lasagna was great and the fries too", topics=["food"])
    say(tx, "cold lasagna", NEGATIVE, topics=["food", "wait"])
    found = seen(tx)
    assert [(row["topic"], row["positive"], row["negative"]) for row in found["topics"]] == [
        ("food", 1, 1),
        ("wait", 0, 1),
    ]
    assert [(row["id"], row["positive"], row["negative"]) for row in found["dishes"]] == [
        ("lasagna", 1, 1),
        ("fries", 1, 0),
    ]


def test_quotes_are_the_surest_and_deleted_ones_are_not_shown(tx: Transaction) -> None:
    say(tx, "a fine evening with friends", score=0.8)
    say(tx, "simply the best pizza here", score=0.99)
    say(tx, "[deleted]", score=0.999)
    assert [row["text"] for row in seen(tx)["best"]] == ["simply the best pizza here", "a fine evening with friends"]


def test_waits_are_held_against_the_promise(tx: Transaction) -> None:
    for number, waited in enumerate((8, 12, 25)):
        tx.db.execute(waitlist.insert().values(
            id=f"w{number}", place="harbour", channel="pad", status="seated", people=2, quoted_low=5, quoted_high=15,
            tables=[], created=EVENING.isoformat(), seated=(EVENING + timedelta(minutes=waited)).isoformat(),
            updated=EVENING.isoformat(),
        ))  # fmt: skip
    waits = seen(tx)["waits"]
    assert (waits["kept"], waits["all"], waits["median_waited"], waits["median_late"]) == (2, 3, 12, 10)


def test_an_abandoned_order_is_known_by_the_question_at_which_it_broke_off(tx: Transaction) -> None:
    for number, (minutes, expecting) in enumerate(((300, "phone"), (300, "phone"), (300, None), (20, "name"))):
        stamp = (EVENING - timedelta(minutes=minutes)).isoformat()
        tx.db.execute(conversations.insert().values(
            id=f"c{number}", channel="chat", state={"expecting": expecting}, created=stamp, updated=stamp,
        ))  # fmt: skip
        tx.db.execute(orders.insert().values(
            id=f"o{number}", conversation=f"c{number}", channel="chat", place="harbour", status="cart",
            lines=[{"item": "fries", "quantity": 1, "options": [], "unit_cents": 400}], history=[], pieces=1,
            subtotal_cents=400, delivery_cents=0, tax_cents=32, total_cents=432, asap=True, note="", allergy_note="",
            upsell_offered=False, late_told=False, created=stamp, updated=stamp,
        ))  # fmt: skip
    found = seen(tx)["abandoned"]
    assert [(row["step"], row["count"]) for row in found["steps"]] == [("phone", 2), ("dishes", 1)]
    assert found["lost_cents"] == 3 * 432


def test_the_same_question_is_one_row(tx: Transaction) -> None:
    for text in ("Is the terrace heated?", "is the terrace heated", "do you have swings"):
        tx.db.execute(open_questions.insert().values(text=text, status="open", created=EVENING.isoformat()))
    tx.db.execute(open_questions.insert().values(text="old", status="answered", created=EVENING.isoformat()))
    rows = seen(tx)["questions"]
    assert [(row["count"], len(row["ids"])) for row in rows] == [(2, 2), (1, 1)]


def test_the_interval_is_wilsons() -> None:
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson(0, 0) == (0.0, 1.0)


def judge(text: str) -> Remark:
    return Remark(NEGATIVE if "cold" in text or "not" in text else POSITIVE, 0.9, ["food"])


def test_made_up_traffic_is_marked_the_same_each_time_and_goes_without_a_trace(tx: Transaction) -> None:
    say(tx, "a real remark about the soup")
    made = make_traffic(tx, HOUSE, judge, 7, EVENING)
    first = seen(tx)
    assert make_traffic(tx, HOUSE, judge, 7, EVENING) == made
    assert seen(tx) == first
    assert first["made_up"]["real"] == 1 and first["made_up"]["shown"] > 200
    assert all(day["positive"] + day["negative"] for day in first["days"] if date.fromisoformat(day["day"]) < TODAY)
    assert first["waits"]["points"] and first["abandoned"]["carts"] and first["questions"] and first["dishes"]
    assert remove_traffic(tx.db) == made
    assert seen(tx)["made_up"] == {"shown": 0, "real": 1}


def test_made_up_traffic_is_none_of_the_boards_business(tx: Transaction) -> None:
    make_traffic(tx, HOUSE, judge, 2, EVENING)
    assert tx.order_rows(["confirmed", "preparing", "ready"]) == []
    assert tx.handoffs() == tx.open_alerts() == []
    assert {row["number"] for row in tx.order_rows()} == {None}
    assert all(line["item"] in MENU.by_id for row in tx.order_rows() for line in row["lines"])
