"""Adding an answer never harms the owner's file."""

from __future__ import annotations

from pathlib import Path
from threading import Thread

import pytest

from bot.insights.faq_file import add_answer
from nlu.faq import load_faq
from nlu.located_yaml import FileError

OWN = '# a comment of the owner\n- {id: dogs, questions: [can I bring my dog], answer: "Yes: outside."}\n'


@pytest.fixture
def faq(tmp_path: Path) -> Path:
    path = tmp_path / "faq.yml"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is there a swing?", "Yes."),
        ("- id: [evil", "answer: {{x}} # no comment"),
        ("¿Tienen “tapas”? 🍤", "No: 'sorry' \"friends\"\n\n- id: second"),
        ("no", "null"),
    ],
)
def test_whatever_is_written_comes_back_as_it_was_and_the_rest_stays(faq: Path, question: str, answer: str) -> None:
    name = add_answer(faq, question, answer)
    assert faq.read_text(encoding="utf-8").startswith(OWN)
    entries = {entry.id: entry for entry in load_faq(faq)}
    assert entries[name].questions == (" ".join(question.split()),)
    assert entries[name].answer == " ".join(answer.split())
    assert entries["dogs"].answer == "Yes: outside."


def test_the_first_answer_makes_the_file(tmp_path: Path) -> None:
    add_answer(tmp_path / "new.yml", "Is there a swing?", "Yes.")
    assert len(load_faq(tmp_path / "new.yml")) == 1


@pytest.mark.parametrize(
    ("question", "answer"), [("Can I bring my dog?", "No."), ("a swing", "call {phone"), ("???", "yes")]
)
def test_what_the_file_cannot_hold_is_refused_and_nothing_changes(faq: Path, question: str, answer: str) -> None:
    with pytest.raises(FileError) as caught:
        add_answer(faq, question, answer)
    assert str(faq) in str(caught.value)
    assert faq.read_text(encoding="utf-8") == OWN
    assert [path.name for path in faq.parent.iterdir()] == ["faq.yml"]


def test_two_owners_at_once_lose_nothing(faq: Path) -> None:
    threads = [Thread(target=add_answer, args=(faq, f"question number {n}", "Yes.")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(load_faq(faq)) == 9


def test_equal_beginnings_get_different_ids(faq: Path) -> None:
    first = add_answer(faq, "do you have a table for my dog today", "Yes.")
    second = add_answer(faq, "do you have a table for my dog tomorrow", "Yes.")
    assert first != second
