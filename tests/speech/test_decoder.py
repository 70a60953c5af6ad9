"""The beam search finds what enumerating every path finds."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from speech import alphabet, decoder
from speech.decoder import Weights, align, beam_search, greedy
from speech.language import END, Context, WordModel

EVERYTHING = Weights(language=0.7, word=0.4, beam=100_000, least_symbol=-1e9, width=1e9)


def few_symbols(rng: np.random.Generator, frames: int, symbols: list[int]) -> np.ndarray:
    """Random log-probabilities over a few symbols; the others are impossible."""
    log_probs = np.full((frames, len(alphabet.SYMBOLS)), -1e30)
    scores = rng.standard_normal((frames, len(symbols))) * 2
    log_probs[:, symbols] = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return log_probs


def brute_force(log_probs: np.ndarray, symbols: list[int]) -> dict[str, float]:
    """ln P(text) by adding up every path; spaces at the ends and beside spaces write nothing."""
    totals: dict[str, float] = {}
    for path in itertools.product(symbols, repeat=len(log_probs)):
        written = [s for at, s in enumerate(path) if s != alphabet.BLANK and (at == 0 or path[at - 1] != s)]
        text = alphabet.decode(written)
        if text.startswith(" ") or "  " in text:
            continue
        score = sum(log_probs[t, s] for t, s in enumerate(path))
        text = text.strip()
        totals[text] = np.logaddexp(totals.get(text, -np.inf), score)
    return totals


@pytest.mark.parametrize("seed", range(5))
def test_without_language_the_beam_equals_brute_force(seed: int) -> None:
    symbols = [alphabet.BLANK, *alphabet.encode(" ab")]
    log_probs = few_symbols(np.random.default_rng(seed), 6, symbols)
    expected = brute_force(log_probs, symbols)
    # Impossible symbols are left out of the search by the threshold, all others are tried.
    found = {h.text: h.sound for h in beam_search(log_probs, None, EVERYTHING, best=10_000)}
    best = max(expected, key=lambda text: expected[text])
    assert max(found, key=lambda text: found[text]) == best
    for text, score in sorted(expected.items(), key=lambda pair: -pair[1])[:20]:
        assert found[text] == pytest.approx(score, abs=1e-6), text


@pytest.mark.parametrize("seed", range(5))
def test_with_language_the_beam_equals_brute_force(seed: int) -> None:
    symbols = [alphabet.BLANK, *alphabet.encode(" ab")]
    log_probs = few_symbols(np.random.default_rng(seed), 5, symbols)
    model = WordModel()
    for sentence in ("a b", "ab a", "ba", "a a b"):
        model.add(sentence)
    context = Context([(model, 1.0)])

    def with_language(text: str, sound: float) -> float:
        history: tuple[str, ...] = ()
        score = sound
        for word in text.split():
            score += EVERYTHING.language * context.log_probability(history, word) + EVERYTHING.word
            history = (*history, word)[-2:]
        return score + EVERYTHING.language * context.log_probability(history, END)

    expected = {text: with_language(text, sound) for text, sound in brute_force(log_probs, symbols).items()}
    found = beam_search(log_probs, context, EVERYTHING, best=5)
    ranked = sorted(expected, key=lambda text: -expected[text])
    assert [h.text for h in found] == ranked[:5]
    assert found[0].score == pytest.approx(expected[ranked[0]], abs=1e-6)


def one_hot(text: str, frames_each: int = 2) -> np.ndarray:
    rows = []
    for symbol in alphabet.encode(text):
        for number in [symbol] * frames_each + [alphabet.BLANK]:
            row = np.full(len(alphabet.SYMBOLS), math.log(0.1 / 28))
            row[number] = math.log(0.9)
            rows.append(row)
    return np.array(rows)


def test_a_clear_sound_is_written_without_any_language() -> None:
    assert greedy(one_hot("two lattes")) == "two lattes"
    assert beam_search(one_hot("two lattes"), None, Weights())[0].text == "two lattes"


def test_words_are_placed_where_they_were_said() -> None:
    words = align(one_hot("a latte"), "a latte", 0.03)
    assert [word.text for word in words] == ["a", "latte"]
    assert words[0].start_s == 0 and words[1].start_s == pytest.approx(0.18)
    assert all(word.confidence == pytest.approx(0.9, abs=0.01) for word in words)


def test_nothing_is_aligned_where_there_are_too_few_frames() -> None:
    assert align(one_hot("a"), "a long sentence", 0.03) == []


def test_decoder_reads_nothing_from_no_frames() -> None:
    assert decoder.beam_search(np.zeros((0, len(alphabet.SYMBOLS))), None, Weights())[0].text == ""


def test_in_a_closed_context_only_words_of_the_vocabulary_are_heard() -> None:
    symbols = [alphabet.BLANK, *alphabet.encode(" ab")]
    model = WordModel()
    for sentence in ("a b", "ab a", "ba"):
        model.add(sentence)
    for seed in range(20):
        log_probs = few_symbols(np.random.default_rng(seed), 6, symbols)
        opened = {h.text for h in beam_search(log_probs, Context([(model, 1.0)]), EVERYTHING, best=10_000)}
        closed = {h.text for h in beam_search(log_probs, Context([(model, 1.0)], closed=True), EVERYTHING, best=10_000)}
        assert closed == {text for text in opened if set(text.split()) <= model.vocabulary}
