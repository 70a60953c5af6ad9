"""What a remark is about, learnt from a few examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlu.encoder import shared_encoder
from nlu.located_yaml import FileError
from nlu.topics import TOPICS, Topics, clauses, load_examples, shared_topics


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("The pizza was cold", ["food"]),
        ("our waitress was very rude", ["service"]),
        ("we waited an hour for a table", ["wait"]),
        ("far too expensive", ["price"]),
        ("the music was too loud", ["place"]),
        ("dirty restrooms", ["cleanliness"]),
        ("great pizza but our waiter was rude", ["food", "service"]),
        ("thank you", []),
        ("", []),
        ("👍👍", []),
    ],
)
def test_the_topics_of_plain_remarks_are_found(text: str, topics: list[str]) -> None:
    assert shared_topics().of(text) == topics


def test_a_long_remark_is_cut_into_its_clauses() -> None:
    text = (
        "The pasta was lovely, and the staff were kind; but the long wait in the cold street before that was not nice."
    )
    assert len(clauses(text)) > 2
    assert len(clauses("and so on. " * 3000)) <= 8


def test_other_examples_make_other_topics() -> None:
    examples = {"dogs": ["a dog barked", "our dog was welcome", "the puppy got water"], "other": ["thank you", "hello"]}
    assert Topics(examples, shared_encoder()).of("the dog at the next table barked") == ["dogs"]


def test_the_examples_file_holds_every_topic() -> None:
    assert set(TOPICS) <= load_examples().keys()


def test_a_missing_topic_is_named(tmp_path: Path) -> None:
    file = tmp_path / "topics.yml"
    file.write_text("food: [good pizza]\n", encoding="utf-8")
    with pytest.raises(FileError, match="cleanliness"):
        load_examples(file)
