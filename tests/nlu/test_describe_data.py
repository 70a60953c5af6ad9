"""Training pairs: the split is fixed, and what a sentence does not say is not taught."""

import json
from collections import Counter
from pathlib import Path

from nlu.data_sets import hash_of
from nlu.describe_data import DEVELOPMENT, HELD_OUT, TRAIN, cleaned, part_of
from nlu.surface import sentence_from

MR = "name[The Elm], eatType[coffee shop], food[Thai], priceRange[cheap], familyFriendly[no], near[Oak House]"
FULL = "The Elm is a cheap Thai coffee shop near Oak House. It is not family friendly."


def test_the_split_names_hashes_only():
    rows = [json.loads(line) for line in Path("data/splits/e2e.jsonl").read_text().splitlines()]
    assert Counter(row["part"] for row in rows) == {HELD_OUT: 113, DEVELOPMENT: 50}
    assert all(set(row) == {"hash", "part"} and len(row["hash"]) == 12 for row in rows)
    assert part_of("name[No such place]") == TRAIN and len(hash_of("x")) == 12


def test_a_pair_is_taught_with_marks_for_the_values_that_are_copied():
    pair = cleaned([(MR, FULL)] * 4)[0]
    assert pair.tokens[:9] == ("<name>", "is", "a", "cheap", "<food>", "<eatType>", "near", "<near>", ".")
    assert sentence_from(pair.tokens, pair.facts) == FULL


def test_a_fact_that_the_sentence_leaves_out_is_taken_from_the_facts():
    pair = cleaned([(MR, "The Elm is a Thai coffee shop near Oak House.")] * 4)[0]
    assert set(pair.facts) == {"name", "eatType", "food", "near"}


def test_praise_and_wrong_names_are_not_taught():
    for sentence in (
        "The Elm is a lovely Thai coffee shop near Oak House.",
        "The Oak is a Thai coffee shop near Elm House.",
    ):
        assert cleaned([(MR, sentence)] * 4) == []


def test_a_shorter_pair_comes_from_leaving_out_a_later_sentence():
    shorter = [pair for pair in cleaned([(MR, FULL)] * 4) if "familyFriendly" not in pair.facts]
    assert shorter and all(pair.tokens[-1] == "." and len(pair.tokens) == 9 for pair in shorter)
