from pathlib import Path

import pytest

from nlu.faq import load_faq
from nlu.located_yaml import FileError

GOOD = "- {id: parking, questions: [can I park, car park], answer: 'Behind the house, {phone}.'}\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "faq.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_entries_are_read_with_questions_and_topic(tmp_path: Path) -> None:
    (entry,) = load_faq(write(tmp_path, "- {id: wifi, topic: house, questions: [is there wifi], answer: Yes.}"))
    assert (entry.id, entry.questions, entry.answer, entry.topic) == ("wifi", ("is there wifi",), "Yes.", "house")


@pytest.mark.parametrize(
    "text, line, hint",
    [
        ("- {id: a, questions: [x], answer: 'Call {fone}.'}", 1, "no fact {fone}: write one of phone"),
        ("- {id: a, questions: [x], answer: 'Call {phone.'}", 1, "a brace is not closed"),
        ("- {id: a, questions: [x], answer: 'Call {0.__class__}.'}", 1, "no fact"),
        ("- {id: a, questions: [x], answer: 'Call {}.'}", 1, "no fact"),
        (GOOD + "- {id: parking, questions: [y], answer: z}", 2, "stands in line 1 already"),
        (GOOD + "- id: b\n  questions:\n  - Can I  park?\n  answer: No.", 4, "under 'parking' (line 1) as well"),
        (GOOD + "- id: b\n  questions:\n  - x\n  - X!\n  answer: z", 5, "twice"),
        ("- {id: a, questions: [], answer: z}", 1, "at least one question"),
        ("- {id: a, questions: ['??'], answer: z}", 1, "needs words"),
        ("- {id: a, questions: [x], answer: ''}", 1, "answer must be a text"),
        ("- {id: a, questions: [x]}", 1, "needs the key 'answer'"),
        ("- {id: a, question: [x], answer: z}", 1, "no key 'question'"),
        ("id: a", 1, "must be a list"),
        ("[]", 1, "has no answers"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused_with_its_line_and_what_to_write(
    tmp_path: Path, text: str, line: int, hint: str
) -> None:
    with pytest.raises(FileError) as error:
        load_faq(write(tmp_path, text), {"phone"})
    assert error.value.line == line and hint in str(error.value), str(error.value)


def test_without_known_facts_any_name_may_stand_in_braces(tmp_path: Path) -> None:
    (entry,) = load_faq(write(tmp_path, "- {id: a, questions: [x], answer: '{whatever} {{so}}'}"))
    assert entry.answer == "{whatever} {{so}}"
