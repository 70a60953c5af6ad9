"""A network of all that can be made of a list of patterns: what guests say in words that nobody foresaw exactly.

Words that often stand together are joined to units (byte pair encoding of words; Gage 1994); which unit follows which
is an interpolated bigram (Witten and Bell 1991), so that "take the lasagna off" is understood who has seen "take the
cola off" and "take the lasagna away". Slots are filled with the names that the caller's menu has.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from speech import patterns
from speech.grammar import END, START, PhraseNetwork

_DRAWS = 24  # of each pattern
_SURE = 3.0  # how often each pattern is taken to have been heard
_JOINED = 150  # units of several words
_LEAST = 0.25  # of a pattern's weight: from which on words are joined
_ANY = "any"

Said = tuple[str, ...]


def wordings_network(
    weighted: Iterable[tuple[patterns.Sequence, float]],
    names: Mapping[str, Sequence[str]],
) -> PhraseNetwork:
    """``weighted``: patterns and how often each is said; ``names``: what fills each slot. Patterns with other slots are
    left out."""
    sentences = _sentences(weighted, names)
    followers: dict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for said, weight in _joined(sentences):
        for unit, following in zip((START, *said), (*said, END)):
            followers[unit][following] += weight
    network = PhraseNetwork()
    alone: Counter[str] = Counter()
    for unit, counts in followers.items():
        kinds, total = len(counts), sum(counts.values()) * _SURE
        for following, count in counts.items():
            network.skip(unit, _before(following), count * _SURE / (total + kinds))
            alone[following] += 1
        network.skip(unit, _ANY, kinds / (total + kinds))
    parts = {word for unit in followers for word in unit.split() if unit[0] != "{"} - {START, *followers}
    for word in parts:  # of units; none of them ever stands alone
        network.skip(word, _ANY)
        alone[word] += 1
    for following, count in alone.items():
        network.skip(_ANY, _before(following), count / alone.total())
    for unit in alone.keys() - {END}:
        network.say(_before(unit), names[unit[1:-1]] if unit[0] == "{" else [unit], unit)
    return network


def _before(unit: str) -> str:
    return unit if unit == END else f"before {unit}"


def _sentences(
    weighted: Iterable[tuple[patterns.Sequence, float]], names: Mapping[str, Sequence[str]]
) -> list[tuple[Said, float]]:
    """Different ways to say each pattern, which share its weight."""
    rng, known = random.Random(0), {f"{{{slot}}}" for slot, said in names.items() if said}
    found: list[tuple[Said, float]] = []
    for pattern, weight in weighted:
        ways = sorted({tuple(patterns.draw(rng, pattern)) for _ in range(_DRAWS)} - {()})
        usable = [way for way in ways if all(word[0] != "{" or word in known for word in way)]
        found += [(way, weight / len(usable)) for way in usable]
    return found


def _joined(sentences: list[tuple[Said, float]]) -> list[tuple[Said, float]]:
    """The sentences with the words that most often stand together made one unit, again and again."""
    joined = list(sentences)
    weights: defaultdict[tuple[str, str], float] = defaultdict(float)
    holding: defaultdict[tuple[str, str], set[int]] = defaultdict(set)  # which sentences hold a pair

    def count(at: int, times: float) -> None:
        said, weight = joined[at]
        for pair in zip(said, said[1:]):
            if pair[0][0] != "{" and pair[1][0] != "{":
                weights[pair] += times * weight
                holding[pair].add(at)

    for at in range(len(joined)):
        count(at, 1.0)
    for _ in range(_JOINED):
        best = max(weights, key=lambda pair: (weights[pair], pair), default=None)
        if best is None or weights[best] < _LEAST:
            break
        for at in sorted(holding[best]):
            count(at, -1.0)
            joined[at] = (_merged(joined[at][0], best), joined[at][1])
            count(at, 1.0)
    return joined


def _merged(said: Said, pair: tuple[str, str]) -> Said:
    made: list[str] = []
    for word in said:
        if made and (made[-1], word) == pair:
            made[-1] = f"{made[-1]} {word}"
        else:
            made.append(word)
    return tuple(made)
