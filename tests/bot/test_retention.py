"""Personal data goes when it is old, and everywhere when its owner asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.core.phone_number import ConfirmedNumber
from bot.core.turn import Alert, Conversation
from bot.database.outbox import DROPPED, Texts
from bot.database.store import Store
from bot.database.tables import bookings, calls, metadata, open_questions, opt_outs, orders, waitlist
from bot.insights.feedback import NEGATIVE, Feedback, Remark
from bot.retention import e164, expire, forget
from tests.bot.parts import EVENING

PHONE, OTHER = "+12075550142", "+12075550199"
SECRETS = ("Anna", "12 Elm Street", "2075550142", "no onions for my son", "my number is")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    kept = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    kept.migrate()
    yield kept
    kept.close()


def fill(store: Store, when: datetime = EVENING, phone: str = PHONE, tag: str = "a") -> None:
    """A guest who left something in every table."""
    stamp = when.isoformat()
    talk = f"web-{tag}"
    with store.transaction() as tx:
        tx.save_conversation(Conversation(talk, pending={"candidate": phone}, allergies="Anna: nuts"), when)
        tx.save_conversation(Conversation(f"text:{phone}", "text"), when)
        tx.add_message(talk, "guest", "my number is 207 555 0142, I am Anna", when, message_id=f"m{tag}")
        tx.add_message(f"text:{phone}", "guest", "it was fine, Anna", when, message_id=f"t{tag}")
        tx.add_alert(Alert("complaint", f"Anna ({phone}) is unhappy"), talk, when)
        line = {"item": "lasagna", "quantity": 1, "options": [], "unit_cents": 1400, "note": "no onions for my son"}
        tx.db.execute(orders.insert().values(
            id=f"o{tag}", number=None, conversation=talk, channel="chat", place="harbour", status="done",
            lines=[line], history=[[line]], pieces=1, subtotal_cents=1400, delivery_cents=0, tax_cents=0,
            total_cents=1400, type="delivery", address="12 Elm Street", asap=True, name="Anna", phone=phone,
            note="ring for Anna", allergy_note="Anna: nuts", upsell_offered=True, late_told=False, created=stamp,
            updated=stamp, placed=stamp,
        ))  # fmt: skip
        tx.db.execute(bookings.insert().values(
            id=f"b{tag}", number=len(tag) * 100 + ord(tag[0]), place="harbour", conversation=talk, channel="chat",
            status="done", people=2, start=stamp, end=stamp, tables=["W1"], name="Anna", phone=phone, note="Anna",
            created=stamp, updated=stamp,
        ))  # fmt: skip
        tx.db.execute(waitlist.insert().values(
            id=f"w{tag}", place="harbour", conversation=talk, channel="pad", status="seated", people=2,
            quoted_low=5, quoted_high=10, tables=["W1"], name="Anna", phone=phone, created=stamp, seated=stamp,
            updated=stamp,
        ))  # fmt: skip
        Texts(tx.db).enqueue(ConfirmedNumber(phone), "feedback", f"order:o{tag}", "Anna, how was it?", when)
        remark = Remark(NEGATIVE, 0.1, ["food"])
        Feedback(tx.db).add("Anna here, it was cold", remark, "text", when, phone=phone, message_id=f"f{tag}")
        tx.db.execute(open_questions.insert().values(
            place=None, conversation=talk, text="does Anna get a discount", status="open", created=stamp,
        ))  # fmt: skip
        tx.db.execute(calls.insert().values(
            id=talk, place="harbour", caller=phone, dialled=None, started=stamp, seconds=3, outcome="hung up",
            recorded=True, timeline={"length_ms": 3000, "utterances": [{"text": "I am Anna"}], "events": []},
        ))  # fmt: skip
        tx.db.execute(opt_outs.insert().values(phone=phone, since=stamp))


def everything(store: Store) -> str:
    with store.transaction() as tx:
        rows = {t.name: [dict(row) for row in tx.db.execute(t.select()).mappings()] for t in metadata.tables.values()}
    return json.dumps(rows)


def test_a_number_that_is_forgotten_is_nowhere_any_more(store: Store, tmp_path: Path) -> None:
    fill(store)
    (tmp_path / "web-a.wav").write_bytes(b"I am Anna")
    counts = forget(store, PHONE, tmp_path)
    left = everything(store)
    assert [secret for secret in SECRETS if secret in left] == []
    assert {name for name, count in counts.items() if count == 0} == set()
    assert not (tmp_path / "web-a.wav").exists()
    on_disk = b"".join(path.read_bytes() for path in tmp_path.glob("bot.db*"))
    assert b"2075550142" not in on_disk and b"12 Elm Street" not in on_disk


def test_what_was_ordered_and_felt_stays_in_the_books(store: Store, tmp_path: Path) -> None:
    fill(store)
    forget(store, PHONE, tmp_path)
    with store.transaction() as tx:
        [order] = tx.order_rows()
        [remark] = Feedback(tx.db).rows()
    assert (order["lines"][0]["item"], order["total_cents"]) == ("lasagna", 1400)
    assert (remark["label"], remark["topics"]) == (NEGATIVE, ["food"])


def test_other_guests_keep_theirs(store: Store, tmp_path: Path) -> None:
    fill(store)
    fill(store, phone=OTHER, tag="z")
    with store.transaction() as tx:
        tx.db.exec_driver_sql("UPDATE messages SET text='my number is 207 555 0199, I am Zoe' WHERE message_id='mz'")
        tx.db.exec_driver_sql("UPDATE alerts SET text='Zoe is unhappy' WHERE conversation='web-z'")
    forget(store, PHONE, tmp_path)
    with store.transaction() as tx:
        kept = [row for row in tx.order_rows() if row["phone"] == OTHER]
        assert [row["name"] for row in kept] == ["Anna"]
        assert tx.messages_after("web-z", 0)[0]["text"].endswith("Zoe")


def test_a_text_that_still_waits_is_not_sent_to_a_forgotten_number(store: Store, tmp_path: Path) -> None:
    fill(store)
    with store.transaction() as tx:
        tx.db.execute(opt_outs.delete())
        Texts(tx.db).enqueue(ConfirmedNumber(PHONE), "table_ready", "waitlist:wa", "ready", EVENING)
    forget(store, PHONE, tmp_path)
    with store.transaction() as tx:
        assert {row["status"] for row in Texts(tx.db).rows()} == {DROPPED}


def test_forgetting_twice_or_a_stranger_does_nothing(store: Store, tmp_path: Path) -> None:
    fill(store)
    forget(store, PHONE, tmp_path)
    before = everything(store)
    assert set(forget(store, PHONE, tmp_path).values()) == {0}
    assert set(forget(store, OTHER, tmp_path).values()) == {0}
    assert everything(store) == before


def test_what_is_older_than_the_days_is_deleted_and_the_rest_is_not(store: Store, tmp_path: Path) -> None:
    fill(store, EVENING - timedelta(days=100))
    fill(store, EVENING - timedelta(days=10), OTHER, "z")
    expire(store, 90, EVENING, tmp_path)
    with store.transaction() as tx:
        assert {row["id"]: row["phone"] for row in tx.order_rows()} == {"oa": None, "oz": OTHER}
        assert [row["text"] for row in Feedback(tx.db).rows()] == ["[deleted]", "Anna here, it was cold"]
        assert tx.messages_after("web-a", 0)[0]["text"] == "[deleted]"
        assert tx.messages_after("web-z", 0)[0]["text"] != "[deleted]"
        assert tx.conversation("web-a").allergies == ""  # type: ignore[union-attr]


def test_an_old_order_that_is_still_open_keeps_its_guest(store: Store, tmp_path: Path) -> None:
    fill(store, EVENING - timedelta(days=100))
    with store.transaction() as tx:
        tx.db.execute(orders.update().values(status="ready"))
    expire(store, 90, EVENING, tmp_path)
    with store.transaction() as tx:
        assert tx.order_rows()[0]["phone"] == PHONE


@pytest.mark.parametrize(
    ("written", "number"),
    [("+1 207 555 0142", PHONE), ("(207) 555-0142", PHONE), ("hello", None), ("12", None), ("", None)],
)
def test_numbers_are_understood_as_people_write_them(written: str, number: str | None) -> None:
    assert e164(written) == number


def test_the_command_tells_what_it_deleted_and_refuses_what_is_no_number(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(store)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'bot.db'}")
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["bot", "forget", "(207) 555-0142"])
    assert main() == 0
    assert json.loads(capsys.readouterr().out)["deleted"]["orders"] == 1
    monkeypatch.setattr("sys.argv", ["bot", "forget", "nobody"])
    assert main() == 2
    told = capsys.readouterr()
    assert told.out == "" and len(told.err.splitlines()) == 1
