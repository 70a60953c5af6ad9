"""/insights over HTTP: for staff only, safe downloads, questions answered into the FAQ file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from bot.database.store import Transaction
from bot.database.tables import open_questions
from bot.insights.feedback import POSITIVE, Feedback, Remark
from bot.insights.pages import TABLES
from nlu import located_yaml
from tests.bot.parts import EVENING, place_order, serving

FAQ = """# Our own comment stays.
- id: dogs
  questions: [can I bring my dog]
  answer: Yes, on the terrace.
"""
STAFF = {"X-Requested-With": "staff"}
Served = tuple[TestClient, Any, Path]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    faq = tmp_path / "faq.yml"
    faq.write_text(FAQ, encoding="utf-8")
    with serving(tmp_path, faq=faq) as (client, rasa):
        client.post("/staff/login", data={"password": "open sesame"})
        yield client, rasa, faq


def store(rasa: Any, write: Any) -> None:
    with rasa.turns.store.transaction() as tx:
        write(tx)


def ask(rasa: Any, *texts: str) -> None:
    def write(tx: Transaction) -> None:
        for text in texts:
            tx.db.execute(open_questions.insert().values(text=text, status="open", created=EVENING.isoformat()))

    store(rasa, write)


def remark(rasa: Any, text: str) -> None:
    store(rasa, lambda tx: Feedback(tx.db).add(text, Remark(POSITIVE, 0.9, ["food"]), "text", EVENING, place="harbour"))


@pytest.mark.parametrize("path", ["/insights/data.json", "/insights/map.json", "/insights/feedback.csv"])
def test_a_stranger_sees_nothing(served: Served, path: str) -> None:
    client = served[0]
    client.cookies.clear()
    assert client.get(path).status_code == 401
    assert client.get("/insights").headers["location"] == "/staff/login"
    assert client.post("/insights/questions/answer", json={}, headers=STAFF).status_code == 401
    assert client.post("/staff/forget", json={}, headers=STAFF).status_code == 401


def test_another_sites_form_can_change_nothing(served: Served) -> None:
    for path in ("/insights/questions/answer", "/insights/questions/ignore", "/staff/forget"):
        assert served[0].post(path, json={"ids": [1], "phone": "+12075550142"}).status_code == 400


@pytest.mark.parametrize(
    "query", ["first=yesterday", "first=2026-11-21&last=2026-11-01", "first=1990-01-01", "place=nowhere"]
)
def test_an_impossible_period_is_refused_in_words(served: Served, query: str) -> None:
    for path in ("/insights/data.json", "/insights/map.json", "/insights/days.csv"):
        answer = served[0].get(f"{path}?{query}")
        assert answer.status_code == 400 and answer.json()["error"]


def test_every_table_can_be_downloaded(served: Served) -> None:
    client, rasa, _ = served
    remark(rasa, "great lasagna")
    ask(rasa, "is there a swing")
    for table in TABLES:
        answer = client.get(f"/insights/{table}.csv")
        assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(client.get("/insights/feedback.csv").content.decode("utf-8-sig"))))
    assert [(row["text"], row["topics"]) for row in rows] == [("great lasagna", "food")]
    assert client.get("/insights/secrets.csv").status_code == 404


@pytest.mark.parametrize("evil", ["=HYPERLINK(1)", "+1+1", "-2", "@SUM(A1)", "\t=1", "  =1", "|calc"])
def test_a_download_holds_no_formula(served: Served, evil: str) -> None:
    client, rasa, _ = served
    remark(rasa, evil)
    [row] = csv.DictReader(io.StringIO(client.get("/insights/feedback.csv").content.decode("utf-8-sig")))
    assert row["text"] == f"'{evil}"


def test_an_answered_question_goes_into_the_faq_and_from_the_page(served: Served) -> None:
    client, rasa, faq = served
    ask(rasa, "Is the terrace heated?", "is the terrace heated")
    [question] = client.get("/insights/data.json").json()["questions"]
    body = {"ids": question["ids"], "question": question["text"], "answer": "Yes: until ten, “every” night."}
    assert client.post("/insights/questions/answer", json=body, headers=STAFF).status_code == 204
    assert client.get("/insights/data.json").json()["questions"] == []
    text = faq.read_text(encoding="utf-8")
    assert text.startswith(FAQ)
    entries = located_yaml.read(faq).items("the FAQ")
    assert entries[1].mapping("x")["answer"].text("x") == "Yes: until ten, “every” night."
    assert client.post("/insights/questions/answer", json=body, headers=STAFF).status_code == 409


def test_a_question_can_be_put_aside(served: Served) -> None:
    client, rasa, faq = served
    ask(rasa, "do you sell the moon")
    [question] = client.get("/insights/data.json").json()["questions"]
    assert client.post("/insights/questions/ignore", json={"ids": question["ids"]}, headers=STAFF).status_code == 204
    assert client.get("/insights/data.json").json()["questions"] == []
    assert faq.read_text(encoding="utf-8") == FAQ


@pytest.mark.parametrize(
    "body",
    [
        {"ids": [1], "question": "is there a swing", "answer": "call {nobody}"},
        [],
        {"ids": []},
        {"ids": ["1"]},
        {"ids": [True]},
        {"ids": [1]},
        {"ids": [1], "question": "q", "answer": " "},
    ],
)
def test_a_bad_answer_is_refused_and_changes_nothing(served: Served, body: Any) -> None:
    client, rasa, faq = served
    ask(rasa, "is there a swing")
    assert client.post("/insights/questions/answer", json=body, headers=STAFF).status_code in (400, 409)
    assert faq.read_text(encoding="utf-8") == FAQ


def test_a_faulty_faq_file_is_left_alone_and_the_question_stays(served: Served) -> None:
    client, rasa, faq = served
    faq.write_text("- {id: [broken", encoding="utf-8")
    ask(rasa, "is there a swing")
    [question] = client.get("/insights/data.json").json()["questions"]
    body = {"ids": question["ids"], "question": "is there a swing", "answer": "Yes."}
    assert client.post("/insights/questions/answer", json=body, headers=STAFF).status_code == 409
    assert faq.read_text(encoding="utf-8") == "- {id: [broken"
    assert len(client.get("/insights/data.json").json()["questions"]) == 1


def test_staff_can_delete_a_guests_data(served: Served) -> None:
    client, rasa, _ = served
    place_order(client, rasa)
    answer = client.post("/staff/forget", json={"phone": "(207) 555-0123"}, headers=STAFF)
    assert answer.json()["deleted"]["orders"] >= 1
    with rasa.turns.store.transaction() as tx:
        assert [(row["name"], row["phone"]) for row in tx.order_rows()] == [(None, None)]
    assert client.post("/staff/forget", json={"phone": "nobody"}, headers=STAFF).status_code == 400
