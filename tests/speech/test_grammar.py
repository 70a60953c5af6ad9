"""A network's best way is what trying every path finds, and only what the network allows is heard."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from speech.alphabet import BLANK, SYMBOLS, decode, encode
from speech.grammar import END, START, PhraseNetwork

Spoken = Callable[[str], np.ndarray]


def small_network() -> PhraseNetwork:
    network = PhraseNetwork()
    network.skip(START, "line", 0.6)
    network.say(START, ["b"], "line", 0.4)
    network.say("line", ["a", "ab"], "line", 0.3)
    network.say("line", ["aa", "ba"], "done", 0.5)
    network.skip("done", END, 0.7)
    network.say("done", ["b"], END, 0.3)
    return network


def texts_of_small_network() -> dict[str, float]:
    """Every text of at most three phrases that the network allows, with ln of its share."""
    found: dict[str, float] = {}
    for lead, middle, tail in itertools.product(
        [("", 0.6), ("b", 0.4)], [("", 1.0), ("a", 0.15), ("ab", 0.15)], [("", 0.7), ("b", 0.3)]
    ):
        for item in ("aa", "ba"):
            text = " ".join(part for part in (lead[0], middle[0], item, tail[0]) if part)
            share = float(np.log(lead[1] * middle[1] * 0.25 * tail[1]))
            found[text] = max(found.get(text, -np.inf), share)
    return found


def best_by_force(log_probs: np.ndarray, texts: dict[str, float], scale: float) -> tuple[str, float]:
    """The text whose likeliest CTC path, with its share, scores best."""
    symbols = [BLANK, *encode(" ab")]
    best: tuple[float, str, float] = (-np.inf, "", 0.0)
    for path in itertools.product(symbols, repeat=len(log_probs)):
        written = decode([s for at, s in enumerate(path) if s != BLANK and (at == 0 or path[at - 1] != s)])
        if written in texts:
            score = float(sum(log_probs[t, s] for t, s in enumerate(path)))
            best = max(best, (score + scale * texts[written], written, texts[written]))
    return best[1], best[2]


@pytest.mark.parametrize("seed", range(8))
def test_the_search_finds_what_trying_every_path_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    log_probs = np.full((7, len(SYMBOLS)), -1e3, np.float32)
    scores = rng.standard_normal((7, 4)) * 2
    log_probs[:, [BLANK, *encode(" ab")]] = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    text, share = best_by_force(log_probs, texts_of_small_network(), 0.8)
    found = small_network().best_path(log_probs, 0.8)
    assert found is not None
    assert (found[0], pytest.approx(found[1], abs=1e-4)) == (text, share)


def test_a_misheard_phrase_is_heard_as_the_nearest_one_allowed(spoken: Spoken) -> None:
    assert small_network().best_path(spoken("b ab bba"), 1.0) == (
        "b ab ba",
        pytest.approx(np.log(0.4 * 0.15 * 0.25 * 0.7)),
    )


def test_too_few_frames_for_any_phrase_are_nothing(spoken: Spoken) -> None:
    assert small_network().best_path(spoken("a")[:1], 1.0) is None
    assert small_network().best_path(np.zeros((0, len(SYMBOLS)), np.float32), 1.0) is None


def test_a_wider_network_leaves_the_first_as_it_was(spoken: Spoken) -> None:
    network = small_network()
    wider = network.also(["bb b"], 0.2)
    assert wider.best_path(spoken("bb b"), 1.0) == ("bb b", pytest.approx(np.log(0.2)))
    narrow = network.best_path(spoken("bb b"), 1.0)
    assert narrow is not None and narrow[0] in texts_of_small_network()


def test_two_networks_side_by_side_hear_what_either_hears(spoken: Spoken) -> None:
    other = PhraseNetwork()
    other.say(START, ["bb"], "line")  # the same name as a node of the first: they stay apart
    other.skip("line", END)
    both = small_network().either(other, 0.1)
    assert both.best_path(spoken("bb"), 1.0) == ("bb", pytest.approx(np.log(0.1)))
    for text, share in texts_of_small_network().items():
        assert both.best_path(spoken(text), 1.0) == (text, pytest.approx(share))
    heard = both.best_path(spoken("bb ba"), 1.0)
    assert heard is not None and heard[0] != "bb ba"


def test_readings_are_the_best_way_and_what_differs_from_it_in_one_phrase(spoken: Spoken) -> None:
    network = PhraseNetwork()
    network.say(START, ["one", "two", "three"], "counted")
    network.say("counted", ["tea", "pie"], END)
    first, *others = network.readings(spoken("two tea"), 1.0)
    assert first == ("two tea", pytest.approx(np.log(1 / 6)))
    assert {text for text, _ in others} == {"one tea", "three tea", "two pie"}
    assert all(share == pytest.approx(np.log(1 / 6)) for _, share in others)
    assert len(network.readings(spoken("two tea"), 1.0, 2)) == 2
    assert network.readings(np.zeros((0, len(SYMBOLS)), np.float32), 1.0) == []


def test_a_phrase_may_be_replaced_by_any_that_fits_between_its_neighbours(spoken: Spoken) -> None:
    network = PhraseNetwork()
    network.skip(START, "cold", 0.5)
    network.skip(START, "hot", 0.5)
    network.say("cold", ["pie"], "served")
    network.say("hot", ["pot", "tea"], "served")
    network.say("served", ["please"], END)
    first, *others = network.readings(spoken("pot please"), 1.0)
    assert first[0] == "pot please"
    assert set(dict(others)) == {"pie please", "tea please"}
    assert dict(others)["pie please"] == pytest.approx(np.log(0.5))


def test_what_was_not_said_is_not_heard(spoken: Spoken) -> None:
    network = small_network()
    assert network.readings(spoken("ba"), 1.0, 1, {"ba"})[0][0] == "aa"
    assert network.readings(spoken("ba"), 1.0, 1)[0][0] == "ba"
    assert {"a", "ab", "aa", "ba", "b"} == network.phrases


def test_a_network_may_follow_upon_a_lead(spoken: Spoken) -> None:
    other = PhraseNetwork()
    other.say(START, ["bb"], "line")
    other.skip("line", END)
    led = small_network().after(["ab ab"], other, 0.1)
    assert led.best_path(spoken("ab ab bb"), 1.0) == ("ab ab bb", pytest.approx(np.log(0.1)))
    heard = led.best_path(spoken("bb"), 1.0)
    assert heard is not None and heard[0] != "bb"


def test_a_way_that_is_closed_is_not_taken(spoken: Spoken) -> None:
    closed = small_network().without(START, ["line"])
    assert closed.best_path(spoken("ba"), 1.0) is None
    assert small_network().without("done", ["line"]).best_path(spoken("ba"), 1.0) is not None
    loop = small_network().without("line", ["line"]).best_path(spoken("a ba"), 1.0)
    assert loop is not None and loop[0] != "a ba"


def test_the_likeliest_text_keeps_its_share_though_another_way_to_say_it_is_rarer(spoken: Spoken) -> None:
    network = PhraseNetwork()
    network.say(START, ["aa"], END, 0.9)
    network.say(START, ["aa", "ba"], END, 0.1)
    found = network.readings(spoken("aa"), 1.0, 10)
    assert dict(found)["aa"] == pytest.approx(np.log(0.9))
