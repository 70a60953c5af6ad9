"""Patterns say what their brackets allow, and the shipped file can be read."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from speech.patterns import SLOTS, PatternError, draw, filled, load, parse


def drawn(pattern: str) -> set[str]:
    rng, sequence = random.Random(0), parse(pattern)
    return {" ".join(draw(rng, sequence)) for _ in range(100)}


def test_what_stands_in_brackets_may_be_left_out_and_one_of_a_choice_is_said() -> None:
    assert drawn("[hi] (can|could) i get a {dish}") == {
        "can i get a {dish}", "could i get a {dish}", "hi can i get a {dish}", "hi could i get a {dish}",
    }  # fmt: skip


def test_choices_stand_in_choices() -> None:
    assert drawn("no [(that's|it is) all]") == {"no", "no that's all", "no it is all"}


def test_slots_are_filled_by_name() -> None:
    assert filled(["the", "{dish}", "please"], {"dish": "lasagna"}.__getitem__) == "the lasagna please"


@pytest.mark.parametrize("wrong", ["(can|could i", "can) i", "[please", "a {starship}", "two 2s", "a (b]"])
def test_a_pattern_that_cannot_be_read_is_named(wrong: str) -> None:
    with pytest.raises(PatternError, match="."):
        parse(wrong)


def test_a_file_that_is_no_list_of_patterns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "said.yml").write_text("start: hello")
    with pytest.raises(PatternError, match="list of patterns"):
        load(tmp_path / "said.yml")
    (tmp_path / "other.yml").write_text('start: ["hello [there"]')
    with pytest.raises(PatternError, match=r"other.yml.*brackets"):
        load(tmp_path / "other.yml")


def test_the_shipped_patterns_answer_every_question_with_known_slots() -> None:
    rng = random.Random(0)
    for asked, said in load().items():
        assert len(said) >= 15, asked
        for pattern in said:
            assert all(word[1:-1] in SLOTS for word in draw(rng, pattern) if word[0] == "{")
