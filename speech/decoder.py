"""CTC prefix beam search with a word language model (Hannun et al. 2014, arXiv:1408.2873), in plain Python.

Words are kept to a tree of letters with the language model's best score below each letter as a look-ahead. Where the
context is open a word that its vocabulary does not hold can still be written, at a price.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from speech.alphabet import BLANK, SPACE, SYMBOLS
from speech.language import END, UNKNOWN_LOG_PROBABILITY, Context, LetterNode

_NEVER = -math.inf


@dataclass(frozen=True)
class Weights:
    """How much language counts against sound; tuned on recordings that no figure is reported on."""

    language: float = 0.8  # times ln P(words)
    word: float = 1.0  # added for each word, against the language model's liking for few
    beam: int = 32
    least_symbol: float = -7.0  # ln of the least probability for which a symbol is tried
    width: float = 14.0  # prefixes this much worse than the best are dropped
    blank: float = 0.0  # taken off ln P(blank), which is too likely in noise
    network_blank: float = 2.0  # the same, for the search of a phrase network
    network: float = 1.0  # how much the shares of a phrase network count against sound
    doubt: float = 1.0  # nats a letter that the best way through a network may cost against any letters


@dataclass(frozen=True)
class Hypothesis:
    text: str
    score: float  # sound and language together
    sound: float  # ln P(text | audio) of CTC alone


class _Prefix:
    """A written prefix: its two CTC scores, its language score, and where its last word stands in the letter tree."""

    __slots__ = (
        "after_blank",
        "after_symbol",
        "history",
        "language",
        "last",
        "letters",
        "next",
        "node",
        "parent",
        "word",
    )

    def __init__(self, parent: _Prefix | None, last: int, history: tuple[str, ...], word: str) -> None:
        self.parent, self.last, self.history, self.word = parent, last, history, word
        self.next: dict[int, _Prefix] = {}
        self.after_blank = self.after_symbol = _NEVER
        self.language = 0.0
        self.letters = 0.0  # look-ahead of the unfinished word
        self.node: LetterNode | None = None

    @property
    def sound(self) -> float:
        return _add(self.after_blank, self.after_symbol)

    def text(self) -> str:
        symbols = []
        prefix: _Prefix | None = self
        while prefix is not None and prefix.last != BLANK:
            symbols.append(SYMBOLS[prefix.last])
            prefix = prefix.parent
        return "".join(reversed(symbols)).strip()


def _add(a: float, b: float) -> float:
    """ln(e^a + e^b)."""
    if a < b:
        a, b = b, a
    return a if b == _NEVER else a + math.log1p(math.exp(b - a))


def greedy(log_probs: np.ndarray) -> str:
    """The text of the likeliest symbol of each frame."""
    best = log_probs.argmax(axis=1)
    changed = np.flatnonzero(np.diff(best, prepend=-1))
    return "".join(SYMBOLS[symbol] for symbol in best[changed] if symbol != BLANK).strip()


def beam_search(log_probs: np.ndarray, context: Context | None, weights: Weights, best: int = 10) -> list[Hypothesis]:
    """(T, symbols) log-probabilities to the ``best`` likeliest texts, best first; without a context, sound alone."""
    root = _Prefix(None, BLANK, (), "")
    root.after_blank = 0.0
    root.node = context.root if context else None
    beam = [root]
    candidates = log_probs > weights.least_symbol
    candidates[:, BLANK] = False
    tried = [np.flatnonzero(row).tolist() for row in candidates]
    rows = log_probs.tolist()
    for row, symbols in zip(rows, tried):
        blank = row[BLANK]
        if not symbols:  # silence, or the middle of a sound: nothing new can be written
            for prefix in beam:
                prefix.after_blank, prefix.after_symbol = prefix.sound + blank, _NEVER
            continue
        scores: dict[_Prefix, list[float]] = {}
        for prefix in beam:
            sound = prefix.sound
            _gain(scores, prefix, 0, sound + blank)
            if prefix.last != BLANK:
                _gain(scores, prefix, 1, prefix.after_symbol + row[prefix.last])
            for symbol in symbols:
                if symbol == SPACE and (prefix.last == SPACE or prefix.last == BLANK):
                    continue  # a space before or beside a space writes nothing
                gained = (prefix.after_blank if symbol == prefix.last else sound) + row[symbol]
                if gained == _NEVER:
                    continue
                longer = prefix.next.get(symbol)
                if longer is None:
                    longer = _extend(prefix, symbol, context, weights)
                _gain(scores, longer, 1, gained)
        ranked = []
        for prefix, (after_blank, after_symbol) in scores.items():
            ranked.append((_add(after_blank, after_symbol) + prefix.language + prefix.letters, id(prefix), prefix))
        ranked.sort(reverse=True)
        floor = ranked[0][0] - weights.width
        for old in beam:
            old.after_blank = old.after_symbol = _NEVER
        beam = []
        for score, _, prefix in ranked[: weights.beam]:
            if score < floor:
                break
            prefix.after_blank, prefix.after_symbol = scores[prefix]
            beam.append(prefix)
    if context is not None and context.closed:  # a word that was cut off is none, unless nothing else was heard
        whole = [prefix for prefix in beam if not prefix.word or prefix.word in context.vocabulary]
        beam = whole or beam
    found: dict[str, Hypothesis] = {}
    for prefix in beam:
        text, sound = prefix.text(), prefix.sound
        language = prefix.language + (_finished(prefix, context, weights) if context else 0.0)
        before = found.get(text)
        if before is not None:  # the same words with and without a space at the end
            sound = _add(sound, before.sound)
            language = max(language, before.score - before.sound)
        found[text] = Hypothesis(text, sound + language, sound)
    return sorted(found.values(), key=lambda hypothesis: -hypothesis.score)[:best]


def without_silence(log_probs: np.ndarray, blank: float) -> np.ndarray:
    """(T, symbols) with ``blank`` taken off the blank's log-probability."""
    lowered = log_probs.copy()
    lowered[:, BLANK] -= blank
    return lowered


def _gain(scores: dict[_Prefix, list[float]], prefix: _Prefix, which: int, log_probability: float) -> None:
    pair = scores.get(prefix)
    if pair is None:
        pair = scores[prefix] = [_NEVER, _NEVER]
    pair[which] = _add(pair[which], log_probability)


def _extend(prefix: _Prefix, symbol: int, context: Context | None, weights: Weights) -> _Prefix:
    """The prefix with one more symbol, with what the language model says to it."""
    if context is None:
        longer = _Prefix(prefix, symbol, (), "")
    elif symbol == SPACE:
        longer = _Prefix(prefix, symbol, (*prefix.history, prefix.word)[-2:], "")
        longer.language = prefix.language + _word_score(prefix, context, weights)
        if context.closed and prefix.word not in context.vocabulary:
            longer.language = _NEVER
        longer.node = context.root
    else:
        letter = SYMBOLS[symbol]
        longer = _Prefix(prefix, symbol, prefix.history, prefix.word + letter)
        longer.language = prefix.language
        longer.node = prefix.node.next.get(letter) if prefix.node is not None else None
        if longer.node is None and context.closed:
            longer.language = _NEVER
        elif longer.node is not None:
            longer.letters = weights.language * context.trust * longer.node.best
        else:
            longer.letters = weights.language * context.trust * (UNKNOWN_LOG_PROBABILITY - 0.7 * len(longer.word))
    prefix.next[symbol] = longer
    return longer


def _word_score(prefix: _Prefix, context: Context, weights: Weights) -> float:
    return weights.language * context.trust * context.log_probability(prefix.history, prefix.word) + weights.word


def _finished(prefix: _Prefix, context: Context, weights: Weights) -> float:
    """The last word and the end of the sentence."""
    score, history = 0.0, prefix.history
    if prefix.word:
        score = _word_score(prefix, context, weights)
        history = (*history, prefix.word)[-2:]
    return score + weights.language * context.trust * context.log_probability(history, END)


@dataclass(frozen=True)
class Word:
    """A recognised word, when it was said, and how sure the sound alone is of its letters (0..1)."""

    text: str
    start_s: float
    end_s: float
    confidence: float


def align(log_probs: np.ndarray, text: str, frame_s: float) -> list[Word]:
    """Place each word of ``text`` on the frames by the likeliest CTC path (Viterbi)."""
    number = {symbol: at for at, symbol in enumerate(SYMBOLS)}
    letters = [number[character] for character in text]
    if not letters or len(log_probs) == 0:
        return []
    path = [BLANK]
    for letter in letters:
        path += [letter, BLANK]
    states = np.array(path)
    emitted = log_probs[:, states]  # (T, S)
    may_skip = np.zeros(len(states), bool)
    may_skip[2:] = (states[2:] != BLANK) & (states[2:] != states[:-2])
    score = np.full(len(states), -np.inf)
    score[:2] = emitted[0, :2]
    came = np.zeros(emitted.shape, np.int8)
    for t in range(1, len(emitted)):
        one = np.concatenate([[-np.inf], score[:-1]])
        two = np.where(may_skip, np.concatenate([[-np.inf, -np.inf], score[:-2]]), -np.inf)
        choices = np.stack([score, one, two])
        came[t] = choices.argmax(axis=0)
        score = choices.max(axis=0) + emitted[t]
    state = len(states) - 1 if score[-1] >= score[-2] else len(states) - 2
    if not np.isfinite(score[state]):
        return []
    frames: dict[int, list[int]] = {}
    for t in range(len(emitted) - 1, -1, -1):
        if state % 2:
            frames.setdefault(state // 2, []).append(t)
        state -= int(came[t, state])
    words, at = [], 0
    for word in text.split(" "):
        spans = [frames[at + offset] for offset in range(len(word)) if at + offset in frames]
        # The sharpest frame of each letter says how sure the network was of it.
        peaks = [max(float(log_probs[t, letters[at + i]]) for t in span) for i, span in enumerate(spans)]
        start, end = min(min(span) for span in spans), max(max(span) for span in spans)
        confidence = math.exp(sum(peaks) / len(peaks))
        words.append(Word(word, round(start * frame_s, 3), round((end + 1) * frame_s, 3), round(confidence, 3)))
        at += len(word) + 1
    return words
