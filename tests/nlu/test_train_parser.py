"""Choosing and calibrating: what is fitted can only doubt, and phrases to choose by are not trained on."""

from __future__ import annotations

from random import Random

import pytest

pytest.importorskip("torch")

from nlu.bench_parser import CORRECTNESS
from nlu.confidence import Confidence
from nlu.synthetic_menus import MenuMaker
from nlu.synthetic_orders import OrderMaker
from nlu.synthetic_phrases import WILL
from nlu.train_parser import Read, fit_confidence, scores, threshold

READS = [
    Read((float(n % 3), float(n % 2)), n % 3 < 1 or n % 7 == 0, by_hand=n % 2 == 0, empty=False) for n in range(300)
]


def test_weights_are_never_positive_and_doubt_lowers_the_chance() -> None:
    fitted = fit_confidence(READS, ("odd", "harmless"))
    assert all(weight <= 0 for weight in fitted["weights"].values())
    assert fitted["weights"]["odd"] < fitted["weights"]["harmless"] <= 0


def test_orders_by_hand_weigh_as_much_as_all_invented_ones() -> None:
    few_by_hand = [Read((0.0,), right=False, by_hand=True, empty=False)]
    many = [Read((0.0,), right=True, by_hand=False, empty=False)] * 99
    fitted = fit_confidence([*few_by_hand, *many], ("nothing",))
    assert Confidence([0.0], fitted["bias"]).chance([0.0]) == pytest.approx(0.5, abs=0.02)


def test_from_the_threshold_on_nearly_everything_is_right() -> None:
    confidence = Confidence([-2.0, 0.0], 3.0)
    least = threshold(READS, confidence)
    accepted = [read.right for read in READS if confidence.chance(read.evidence) >= least]
    assert accepted and sum(accepted) >= CORRECTNESS * len(accepted)


def test_there_is_no_threshold_where_the_surest_are_wrong() -> None:
    assert threshold([Read((0.0,), False, True, False)], Confidence([0.0], 1.0)) == 1.0


def test_scores_tell_orders_by_hand_from_invented_ones() -> None:
    assert scores([Read((), True, True, False), Read((), False, False, False)]) == (1.0, 0.0)


@pytest.mark.parametrize("withheld", [True, False])
def test_phrases_to_choose_by_are_never_trained_on(withheld: bool) -> None:
    maker = OrderMaker(MenuMaker(Random(1)).menu(), Random(2), withheld=withheld)
    other = OrderMaker(MenuMaker(Random(1)).menu(), Random(2), withheld=not withheld)
    mine, theirs = ({one._pick(WILL) for _ in range(500)} for one in (maker, other))
    assert mine and theirs and not mine & theirs
