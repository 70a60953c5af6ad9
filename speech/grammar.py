"""What one expectation lets a guest say, as a network of phrases, and the exact search for the likeliest way through.

The beam search of ``decoder`` hears any words; a network hears only whole phrases in an order that makes sense, which
is what noise leaves to go by. It is a weighted finite-state acceptor over phrases, searched with CTC's topology by
token passing (Young et al. 1989; Viterbi): every frame moves the letters of all phrases at once but for hopeless ones.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

import numpy as np
from numpy.typing import NDArray

from speech.alphabet import SPACE, encode
from speech.token_passing import NEVER, pass_tokens

_WIDTH = 22.0  # nats: what is so much worse than the best is not followed further
_BESIDE = 4  # frames by which the end of a phrase may be off that of another in its place
START, END = "start", "end"


class PhraseNetwork:
    """Nodes joined by phrases (or by nothing), each with the share of the guests at its first node that go that way."""

    def __init__(self) -> None:
        self._nodes: dict[str, int] = {START: 0, END: 1}
        self._phrases: list[tuple[int, int, str, float]] = []  # from, to, phrase, ln share
        self._skips: list[tuple[int, int, float]] = []
        self._search: _Search | None = None

    def say(self, start: str, phrases: Iterable[str], end: str, share: float = 1.0) -> None:
        """From ``start`` a phrase leads to ``end``; the share is divided evenly among the different phrases."""
        different = sorted({phrase for phrase in phrases if phrase})
        for phrase in different:
            weight = math.log(share / len(different))
            self._phrases.append((self._node(start), self._node(end), phrase, weight))
        self._search = None

    def skip(self, start: str, end: str, share: float = 1.0) -> None:
        """From ``start`` nothing need be said to stand at ``end``."""
        self._skips.append((self._node(start), self._node(end), math.log(share)))
        self._search = None

    def also(self, phrases: Iterable[str], share: float) -> PhraseNetwork:
        """A network that allows one of these phrases, and nothing else, as well."""
        wider = PhraseNetwork()
        wider._nodes, wider._phrases, wider._skips = dict(self._nodes), list(self._phrases), list(self._skips)
        wider.say(START, phrases, END, share)
        return wider

    def either(self, other: PhraseNetwork, share: float) -> PhraseNetwork:
        """A network that allows what ``other`` allows, with that share, as well as what this one does."""
        return self.also((), 1.0)._with(other, START, math.log(share))

    def without(self, start: str, ends: Collection[str]) -> PhraseNetwork:
        """A network in which nothing leads from ``start`` straight to any of ``ends``."""
        narrower = self.also((), 1.0)
        first, last = self._nodes.get(start), {self._nodes.get(end) for end in ends}
        narrower._phrases = [way for way in self._phrases if way[0] != first or way[1] not in last]
        narrower._skips = [way for way in self._skips if way[0] != first or way[1] not in last]
        return narrower

    def likelier(self, start: str, ends: Collection[str], times: float) -> PhraseNetwork:
        """A network in which what leads from ``start`` straight to any of ``ends`` is so many times as likely."""
        other = self.also((), 1.0)
        first, last, more = self._nodes.get(start), {self._nodes.get(end) for end in ends}, math.log(times)

        def weight(begun: int, ended: int, known: float) -> float:
            return known + more if begun == first and ended in last else known

        other._phrases = [(a, b, phrase, weight(a, b, share)) for a, b, phrase, share in other._phrases]
        other._skips = [(a, b, weight(a, b, share)) for a, b, share in other._skips]
        return other

    def after(self, leads: Iterable[str], other: PhraseNetwork, share: float) -> PhraseNetwork:
        """A network that allows one of ``leads`` and then what ``other`` allows, with that share, as well."""
        wider = self.also((), 1.0)
        begun = f"led {len(wider._nodes)}"
        wider.say(START, leads, begun, share)
        return wider._with(other, begun, 0.0)

    def best_path(self, log_probs: NDArray[np.float32], scale: float) -> tuple[str, float] | None:
        """The likeliest text of (T, symbols) log-probabilities, and ln of its share; ``scale`` weighs shares.

        None where the frames are too few for anything that may be said.
        """
        found = self.readings(log_probs, scale, 1)
        return found[0] if found else None

    def readings(
        self, log_probs: NDArray[np.float32], scale: float, most: int = 200, without: Collection[str] = ()
    ) -> list[tuple[str, float]]:
        """The likeliest text and, after it, texts that differ from it in one phrase, with ln of their shares.

        ``without``: phrases that were not said.
        """
        if self._search is None:
            self._search = _Search(len(self._nodes), self._phrases, self._skips)
        found = self._search.run(log_probs, scale, most, without, _WIDTH)
        return found or self._search.run(log_probs, scale, most, without, math.inf)

    @property
    def phrases(self) -> frozenset[str]:
        return frozenset(phrase for _, _, phrase, _ in self._phrases)

    def _with(self, other: PhraseNetwork, begun: str, more: float) -> PhraseNetwork:
        """This network, with ``other`` between the node ``begun`` and the end; ``more`` is ln of the share to begin it."""
        at = len(self._nodes)

        def place(name: str) -> str:
            return {START: begun, END: END}.get(name, f"{name} {at}")

        names = {number: place(name) for name, number in other._nodes.items()}
        for start, end, phrase, weight in other._phrases:
            extra = more if start == 0 else 0.0
            self._phrases.append((self._node(names[start]), self._node(names[end]), phrase, weight + extra))
        for start, end, weight in other._skips:
            extra = more if start == 0 else 0.0
            self._skips.append((self._node(names[start]), self._node(names[end]), weight + extra))
        return self

    def _node(self, name: str) -> int:
        return self._nodes.setdefault(name, len(self._nodes))


class _Search:
    """The network in flat arrays: the letters of all phrases (S,), ordered by the node that a phrase leads to.

    Of the nodes two kinds count: places, the first node and those that phrases lead to; and doors, those that phrases
    begin at and the last node.
    """

    def __init__(
        self, nodes: int, phrases: list[tuple[int, int, str, float]], skips: list[tuple[int, int, float]]
    ) -> None:
        phrases = sorted(phrases, key=lambda phrase: phrase[1])
        self.phrases = phrases
        begin, lead = (np.array([phrase[at] for phrase in phrases]) for at in (0, 1))
        doors, places = np.unique([1, *begin]), np.unique([0, *lead])  # nodes 0 and 1 are the first and the last
        self.came_from, self.goes_to = np.searchsorted(doors, begin), np.searchsorted(places, lead)
        self.end = int(np.searchsorted(doors, 1))
        self.share = np.array([phrase[3] for phrase in phrases], np.float32)
        letters = [[SPACE, *encode(phrase[2])] for phrase in phrases]  # the space is skipped where speech begins
        lengths = np.array([len(part) for part in letters])
        self.last = np.cumsum(lengths) - 1
        self.first = self.last - lengths + 1
        self.symbols = np.concatenate([np.array(part) for part in letters])
        # A letter may follow its like only after a blank.
        self.doubled = np.concatenate([self.symbols[1:] == self.symbols[:-1], [False]])
        # Standing at one node is standing at all that can be reached from it in silence: max-plus closure.
        reach = np.full((nodes, nodes), NEVER, np.float32)
        np.fill_diagonal(reach, 0)
        for start, end, weight in skips:
            reach[start, end] = max(reach[start, end], weight)
        for by_way in sorted({start for start, _, _ in skips} & {end for _, end, _ in skips}):
            before, behind = (np.flatnonzero(row > NEVER / 2) for row in (reach[:, by_way], reach[by_way]))
            around = np.ix_(before, behind)
            reach[around] = np.maximum(reach[around], reach[before, by_way, None] + reach[by_way, behind])
        self.reach = reach[np.ix_(places, doors)]

    def run(
        self, log_probs: NDArray[np.float32], scale: float, most: int, without: Collection[str], width: float
    ) -> list[tuple[str, float]]:
        share, reach = scale * self.share, np.maximum(scale * self.reach, NEVER)
        if without:
            share = np.where([phrase[2] in without for phrase in self.phrases], NEVER, share)
        ends, since, came, standing = pass_tokens(
            log_probs,
            self.symbols,
            self.doubled,
            self.first,
            self.last,
            self.came_from,
            self.goes_to,
            share.astype(np.float32),
            reach.astype(np.float32),
            np.float32(width),
        )
        if len(log_probs) == 0 or standing[self.end] <= NEVER / 2:
            return []
        said, over, language = self._trace(ends, since, came)
        text = self._text(said)
        others = self._varied(said, over, language, ends, most)
        return [(text, language), *(other for other in others if other[0] != text)][:most]

    def _text(self, said: list[int]) -> str:
        return " ".join(self.phrases[phrase][2] for phrase in said)

    def _varied(
        self, said: list[int], over: list[int], language: float, ends: NDArray[np.float32], most: int
    ) -> list[tuple[str, float]]:
        """With one phrase in the place of another, every phrase in turn: those first that sound most like it.

        ``over`` holds the frame with which each phrase ended; another may end a few frames beside it.
        """
        rows: list[tuple[float, str, float]] = []
        for at, phrase in enumerate(said if most > 1 else ()):
            before = self.goes_to[said[at - 1]] if at else 0
            behind = self.came_from[said[at + 1]] if at + 1 < len(said) else self.end
            into, out = self.reach[before, self.came_from], self.reach[self.goes_to, behind]
            fits = np.flatnonzero((into > NEVER / 2) & (out > NEVER / 2) & (ends.max(axis=0) > NEVER / 2))
            near = ends[max(0, over[at] - _BESIDE) : over[at] + _BESIDE + 1]
            like = near[:, fits].max(axis=0) - near[:, phrase].max()
            gained = (self.share + into + out)[fits] - (self.share + into + out)[phrase]
            for other in np.argsort(-like)[: most + 1]:
                if fits[other] != phrase:
                    text = self._text([*said[:at], int(fits[other]), *said[at + 1 :]])
                    rows.append((-float(like[other]), text, language + float(gained[other])))
        shares: dict[str, float] = {}
        for _, text, share in sorted(rows):
            shares[text] = max(share, shares.get(text, -math.inf))
        return list(shares.items())[:most]

    def _trace(
        self, ends: NDArray[np.float32], since: NDArray[np.int32], came: NDArray[np.int32]
    ) -> tuple[list[int], list[int], float]:
        """Back from the end: which phrase led there, when it was begun, and from where: the phrases of the way, the
        frame each ended with, and ln of the way's share."""
        said: list[int] = []
        over: list[int] = []
        language, door, t = 0.0, self.end, len(ends) - 1
        while True:
            before = int(came[t, door])
            language += float(self.reach[before, door])
            leading = np.flatnonzero(self.goes_to == before)
            phrase = int(leading[ends[t, leading].argmax()])
            door = int(self.came_from[phrase])
            said.append(phrase)
            over.append(t)
            language += float(self.share[phrase])
            begun = int(since[t, phrase])
            if begun < 0:  # nothing was said before it
                return said[::-1], over[::-1], language + float(self.reach[0, door])
            t = begun - 1
