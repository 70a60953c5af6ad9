import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from nlu.__main__ import main
from nlu.answers import AnswerFinder, answer_finder
from nlu.encoder import shared_encoder
from nlu.faq import Entry

FAQ = (
    Entry("parking", ("where can I park", "is there a car park", "do you have parking"), "Behind the house."),
    Entry("dogs", ("can I bring my dog", "are dogs allowed", "do you allow pets"), "On the terrace."),
    Entry("wifi", ("do you have wifi", "what is the wifi password", "is there internet"), "Yes."),
    Entry("jobs", ("are you hiring", "how do I apply for a job"), "Call us."),
)


@pytest.fixture(scope="module")
def finder() -> AnswerFinder:
    return AnswerFinder(FAQ, shared_encoder())


@pytest.mark.parametrize(
    "question, found",
    [
        ("where do I leave my car?", "parking"),
        ("may my puppy come along", "dogs"),
        ("WIFI???", "wifi"),
        ("do you need waiters at the moment, I am looking for work", "jobs"),
        ("who won the world cup in 1998", None),
        ("what is the capital of france", None),
        ("", None),
        ("   ", None),
    ],
)
def test_other_words_find_the_answer_and_other_questions_find_none(
    finder: AnswerFinder, question: str, found: str
) -> None:
    entry = finder.find(question).entry
    assert (entry.id if entry else None) == found


def test_known_questions_find_their_own_answer_with_or_without_the_encoder(finder: AnswerFinder) -> None:
    for made in (finder, AnswerFinder(FAQ, None)):
        for entry in FAQ:
            for question in entry.questions:
                assert made.find(question).entry == entry


def test_several_questions_find_what_each_finds_alone(finder: AnswerFinder) -> None:
    questions = ["is there a place to park", "", "and pets?", "x" * 5000]
    assert [found.entry for found in finder.find_all(questions)] == [finder.find(q).entry for q in questions]
    assert all(0 <= found.confidence <= 1 for found in finder.find_all(questions))


def test_a_single_answer_is_found_by_likeness() -> None:
    finder = AnswerFinder(FAQ[:1], shared_encoder())
    assert finder.find("can I park here").entry == FAQ[0]
    assert finder.find("tell me a story about dragons").entry is None


def test_without_the_encoders_files_words_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise FileNotFoundError("no model")

    monkeypatch.setattr("nlu.answers.shared_encoder", missing)
    made = answer_finder((*FAQ, Entry("only_here", ("a question of this test alone",), "x")))
    assert made.find("are dogs allowed").entry == FAQ[1]


def test_the_command_prints_a_line_for_each_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "faq.yml"
    path.write_text("- {id: wifi, questions: [is there wifi], answer: 'Ask {phone}.'}\n", encoding="utf-8")
    given = b"is there wifi\n\nwho is the king of spain\n\xff\n"
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given)))
    status = main(["answer", "--faq", str(path)])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("id") for line in lines[:3]] == ["wifi", None, None]
    assert lines[0]["answer"] == "Ask {phone}." and lines[1]["text"] == ""
    assert "error" in lines[3] and status == 1


def test_a_missing_file_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["answer", "--faq", "no.yml"]) == 1
    assert capsys.readouterr().err == "no.yml: cannot be read: No such file or directory\n"
