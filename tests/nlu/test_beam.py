"""Beam search finds what trying everything finds, when the beam is wide enough."""

from itertools import product

import numpy as np

from nlu.beam import beam_search

BEGIN, END, WORDS, LONGEST = 0, 1, 4, 4


def chain(seed):
    """Log chances that depend on the last token and on how many came before it."""
    table = np.random.default_rng(seed).normal(size=(LONGEST + 1, WORDS, WORDS))
    return table - np.log(np.exp(table).sum(-1, keepdims=True))


def search(table, width, power):
    def step(previous, state):
        (count,) = state
        return table[count[:, 0], previous], [count + 1]

    state = [np.zeros((1, 1), dtype=int)]
    return beam_search(step, state, BEGIN, END, width=width, longest=LONGEST, length_power=power)


def everything(table, power):
    found = []
    for length in range(LONGEST):
        for words in product([w for w in range(WORDS) if w != END], repeat=length):
            tokens = [BEGIN, *words, END]
            total = sum(table[i, a, b] for i, (a, b) in enumerate(zip(tokens, tokens[1:])))
            found.append((total / (length + 1) ** power, list(words)))
    return max(found)


def test_a_wide_beam_equals_trying_everything():
    for seed in range(10):
        for power in (0.0, 1.0):
            table = chain(seed)
            score, tokens = search(table, 200, power)[0]
            best, words = everything(table, power)
            assert tokens == words and abs(score - best) < 1e-9


def test_hypotheses_come_best_first_and_none_twice():
    found = search(chain(3), 5, 1.0)
    assert [score for score, _ in found] == sorted((score for score, _ in found), reverse=True)
    assert len({tuple(tokens) for _, tokens in found}) == len(found)
