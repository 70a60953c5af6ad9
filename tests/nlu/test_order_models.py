"""The shipped tagger and confidence, and that they belong together."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from nlu.builder import Builder
from nlu.confidence import EVIDENCE, WEIGHTS, Confidence, shipped_confidence
from nlu.elements import elements_of
from nlu.features import SIZE, featurise
from nlu.lexicon import Lexicon
from nlu.marks import BEGIN, IN, NONE, OUT
from nlu.menu import load_menu
from nlu.tagger import LONGEST, MODEL, Tagger, shipped_tagger

MENU = load_menu(Path(__file__).parent / "diner.yml")
LEXICON, BUILDER = Lexicon(MENU), Builder(MENU)


def test_the_cards_name_the_tagger_that_is_shipped() -> None:
    digest = hashlib.sha256(MODEL.read_bytes()).hexdigest()
    assert json.loads(MODEL.with_suffix(".json").read_text())["sha256"] == digest
    assert json.loads(WEIGHTS.read_text())["tagger_sha256"] == digest


def test_evidence_can_only_lower_the_confidence() -> None:
    sure = shipped_confidence().chance([0.0] * len(EVIDENCE))
    assert sure > 0.9
    for number in range(len(EVIDENCE)):
        doubt = [0.0] * len(EVIDENCE)
        doubt[number] = 1.0
        assert shipped_confidence().chance(doubt) <= sure


def test_confidence_is_a_chance_whatever_the_evidence() -> None:
    for value in (-1e9, 0.0, 1e9):
        assert 0 <= Confidence([1.0], 0.0).chance([value]) <= 1


def test_features_are_small_numbers_and_known_words() -> None:
    elements = elements_of("two burgers with bacon, no onions and a glorbat", LEXICON)
    words, numbers = featurise(elements, BUILDER)
    assert words.shape == (len(elements),)
    assert numbers.shape == (len(elements), SIZE)
    assert numbers.min() >= 0 and numbers.max() <= 1


def test_the_same_order_with_other_names_looks_the_same_to_the_tagger() -> None:
    one = featurise(elements_of("a hamburger with bacon", LEXICON), BUILDER)
    other = featurise(elements_of("a hamburger with pickles", LEXICON), BUILDER)
    assert np.array_equal(one[0], other[0])
    assert np.array_equal(one[1], other[1])


def test_marks_open_lines_and_negate() -> None:
    elements = elements_of("please get me two burgers without onions and a coke", LEXICON)
    marks = dict(zip((element.word for element in elements), shipped_tagger().mark(elements, BUILDER)))
    assert (marks["please"].role, marks["2" if "2" in marks else "two"].role) == (OUT, BEGIN)
    assert (marks["burgers"].role, marks["onions"].amount, marks["coke"].role) == (IN, NONE, BEGIN)


@pytest.mark.parametrize("count", [0, 1, LONGEST - 1, LONGEST, LONGEST + 1, 3 * LONGEST])
def test_every_element_gets_a_mark_however_many_there_are(count: int) -> None:
    elements = elements_of("burger " * count, LEXICON)
    assert len(Tagger().mark(elements, BUILDER)) == count == len(elements)
