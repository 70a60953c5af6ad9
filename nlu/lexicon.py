"""The menu's names, found in a text: exact, plural, misspelt, joined or split, or in part ("tomato" for tomato salsa).

One cover of the text comes out: matches that do not overlap, chosen by dynamic programming so that long and faithful
matches win. A match keeps every sense that fits its words equally well; the builder decides between them by context.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from nlu.menu import Menu
from nlu.tokens import Token, key_of, name_keys, sound_of, tokenise
from nlu.words import ABBREVIATIONS, ARTICLES, COMMON, DESCRIPTORS, FOODS, NUMBERS, OCCASIONS

_GLUE = frozenset({"of", "and", "with", "in", "a", "an", "the", "on", "or", "to", "for"})
_GLUE_COUNTS = 0.5  # so that "half rack of ribs" is a half rack and ribs, and not a rack of ribs
_MEASURED = frozenset({"size", "sized", "portion"})  # "a large portion" of what only knows "large"
_PRONOUNS = frozenset("it that them those these".split())
_SUBJECTS = frozenset("i you we u ya she he they my".split())
_MOST_SENSES = 6  # a word part of more names than this names none of them
_LEAST_COVERAGE = 0.3
_SHORTEST_REPAIR = 4
_NO_SLIPS = COMMON | FOODS
_TWINS_FROM = 6  # a menu word of this length may also be a slip for another one ("expresso" where both are listed)
_SHORTEST_SOUND = 4


@dataclass(frozen=True)
class Sense:
    """What a name stands for: an item, or a value of a modifier group."""

    id: str
    group: str | None = None  # None for an item

    @property
    def is_item(self) -> bool:
        return self.group is None


@dataclass(frozen=True)
class Match:
    """``tokens[start:end]`` names ``senses`` (best first); ``cost`` grows from 0 with what was missing or misspelt."""

    start: int
    end: int
    senses: tuple[Sense, ...]
    cost: float = 0.0
    partial: bool = False
    elided: bool = False  # what the name lacks was said before: "six colas, two of them diet"

    @cached_property
    def items(self) -> tuple[Sense, ...]:
        return tuple(sense for sense in self.senses if sense.is_item)

    @cached_property
    def values(self) -> tuple[Sense, ...]:
        return tuple(sense for sense in self.senses if not sense.is_item)


@dataclass
class _Node:
    """A node of the trie over the keys of names."""

    next: dict[str, _Node] = field(default_factory=dict)
    senses: list[Sense] = field(default_factory=list)


class Lexicon:
    """All names of one menu, ready to be found in texts; ``exact``: only in full and without slips (the baseline)."""

    def __init__(self, menu: Menu, *, exact: bool = False) -> None:
        self.exact = exact
        self._root = _Node()
        self._joined: dict[str, tuple[str, ...]] = {}
        self._holders: dict[str, set[Sense]] = {}
        self._names: dict[Sense, list[tuple[str, ...]]] = {}
        self._groups = {item.id: item.groups for item in menu.items}
        self._canonical: dict[Sense, tuple[str, ...]] = {}
        self._spelt: dict[Sense, set[tuple[str, ...]]] = {}
        self._repairs: dict[str, tuple[tuple[str, float], ...]] = {}
        for item in menu.items:
            self._learn(Sense(item.id), item.names)
        for group in menu.groups.values():
            for value in group.values:
                self._learn(Sense(value.id, group.id), value.names)
        self._heads = self._shared_heads()
        self._weight = {key: math.log(1 + len(self._names) / len(holders)) for key, holders in self._holders.items()}
        self._by_length: dict[int, list[str]] = {}
        self._by_sound: dict[str, list[str]] = {}
        for key in self._vocabulary:
            if not key[0].isdigit() and len(key) >= _SHORTEST_REPAIR:
                self._by_length.setdefault(len(key), []).append(key)
                if len(sound := sound_of(key)) >= _SHORTEST_SOUND:
                    self._by_sound.setdefault(sound, []).append(key)
        self.group_words = frozenset(
            key for group in menu.groups.values() for key in name_keys(group.id.replace("_", " ") + " " + group.title)
        )

    def _learn(self, sense: Sense, names: Iterable[str]) -> None:
        self._canonical[sense] = name_keys(sense.id.replace("_", " "))
        for name in names:
            keys = name_keys(name)
            if not keys:
                continue
            self._spelt.setdefault(sense, set()).add(tuple(token.word for token in tokenise(name)))
            node = self._root
            for key in keys:
                node = node.next.setdefault(key, _Node())
            if sense not in node.senses:
                node.senses.append(sense)
                self._names.setdefault(sense, []).append(keys)
            joined = key_of(name.replace(" ", "").replace("-", "").lower())
            if len(joined) >= 5:
                self._joined.setdefault(joined, keys)
            for key in keys:
                if key not in _GLUE:
                    self._holders.setdefault(key, set()).add(sense)

    def _shared_heads(self) -> dict[str, tuple[Sense, ...]]:
        """Last words of several items' names, with these items."""
        holders: dict[str, dict[Sense, None]] = {}
        for sense, names in self._names.items():
            for keys in names:
                if sense.is_item and len(keys) > 1 and not keys[-1][0].isdigit() and keys[-1] not in _GLUE:
                    holders.setdefault(keys[-1], {})[sense] = None
        return {key: tuple(senses) for key, senses in holders.items() if len(senses) > 1}

    @property
    def _vocabulary(self) -> Iterable[str]:
        return self._holders.keys()

    def knows(self, key: str) -> bool:
        return key in self._holders

    def parts_of(self, word: str) -> tuple[str, str] | None:
        """The two words of a compound with an item's one-word name at its end: the cheese and burger of a cheeseburger."""
        if self.exact or word in _NO_SLIPS or self.knows(key_of(word)):
            return None
        for cut in range(len(word) - _SHORTEST_REPAIR, _SHORTEST_REPAIR - 1, -1):
            first, last = word[:cut], word[cut:]
            named = self._root.next.get(key_of(last))
            if named and any(s.is_item for s in named.senses) and self.knows(key_of(first)):
                return first, last
        return None

    def head(self, sense: Sense) -> frozenset[str]:
        """The last words of the sense's names: what is left when two names share one ("black and pinto beans")."""
        return frozenset(keys[-1] for keys in self._names[sense])

    def find(self, tokens: Sequence[Token], ordered: Iterable[str] = ()) -> list[Match]:
        """The best cover of the text by names, in order; ``ordered`` are items that were named before the text."""
        readings = [self._readings(token) for token in tokens]
        for position, token in enumerate(tokens[:-1]):
            if token.word == "can" and tokens[position + 1].word in _SUBJECTS:  # "can I", not a can of something
                readings[position] = ()
            if token.word == "half" and {"dozen"} & {other.word for other in tokens[position + 1 : position + 3]}:
                readings[position] = ()  # "half a dozen", not a half of something
        cover = self._cover(tokens, readings)
        homes = {sense.id for match in cover for sense in match.items}.union(ordered)
        if astray := {(m.start, m.end) for m in cover if self._is_astray(m, homes, tokens)}:
            cover = self._cover(tokens, readings, astray)
        found: list[Match] = []
        for number, match in enumerate(cover):
            later = cover[number + 1 :]
            alone = not (later and later[0].start == match.end) and not self.exact
            variant = self._variant(match, found, ordered, tokens) if alone else None
            if variant is not None or self._stands(match, later, tokens):
                found.append(variant or match)
        return found

    def _is_astray(self, match: Match, homes: Collection[str], tokens: Sequence[Token]) -> bool:
        """Whether a choice that names an item at its end ("bottle of lemonade") is of none of the items in sight."""
        named = self._root.next.get(tokens[match.end - 1].key)
        if match.end - match.start < 2 or match.items or named is None or not any(s.is_item for s in named.senses):
            return False
        taken = {group for home in homes if home in self._groups for group in self._groups[home]}
        return not any(sense.group in taken for sense in match.values)

    def _cover(
        self,
        tokens: Sequence[Token],
        readings: Sequence[tuple[tuple[str, float], ...]],
        barred: Collection[tuple[int, int]] = (),
    ) -> list[Match]:
        """The best row of matches, but for those at ``barred`` places."""
        best: list[tuple[float, Match | None]] = [(0.0, None)] * (len(tokens) + 1)
        for start in range(len(tokens) - 1, -1, -1):
            best[start] = (best[start + 1][0], None)
            for match in self._at(start, tokens, readings):
                if (match.start, match.end) in barred:
                    continue
                covered = sum(_GLUE_COUNTS if t.word in _GLUE else 1.0 for t in tokens[match.start : match.end])
                gain = covered - match.cost - 0.05 + best[match.end][0]
                if gain > best[start][0] + 1e-9:
                    best[start] = (gain, match)
        cover, position = [], 0
        while position < len(tokens):
            chosen = best[position][1]
            if chosen is None:
                position += 1
            else:
                cover.append(chosen)
                position = chosen.end
        return cover

    def _variant(
        self, match: Match, before: Sequence[Match], ordered: Iterable[str], tokens: Sequence[Token]
    ) -> Match | None:
        """The item that a word makes of another one ("six colas, two of them diet", "make it diet"); None where it is
        an item by itself or something that the other one takes."""
        last = next((one.items for one in reversed(before) if one.items), ())
        words = [token.word for token in tokens[max(0, match.start - 2) : match.start]]
        of_them = words[:1] == ["of"] and words[-1] in _PRONOUNS
        counted = bool(last and words) and (words[-1] in ARTICLES | NUMBERS.keys() or words[-1].isdigit())
        if not of_them and (match.values or not (counted or words[-1:] and words[-1] in _PRONOUNS)):
            return None
        named = last or tuple(Sense(item) for item in ordered if Sense(item) in self._names)
        taken = {group for sense in named for group in self._groups[sense.id]}
        if (match.items and not match.partial) or any(sense.group in taken for sense in match.values):
            return None
        heads = {head for sense in named for head in self.head(sense)}
        keys = {token.key for token in tokens[match.start : match.end]}
        if keys <= heads:  # "that pizza" is the one that was named
            return None
        senses = tuple(
            sense
            for sense, names in self._names.items()
            if sense.is_item and sense not in named and any(name[-1] in heads and keys < set(name) for name in names)
        )
        return replace(match, senses=senses, elided=True) if senses else None

    def _stands(self, match: Match, later: Sequence[Match], tokens: Sequence[Token]) -> bool:
        """Whether a part of a name may stand for it: not as a measure ("a shot of honey"), not as an adjective."""
        if not match.partial:
            return True
        following = later[0] if later else None
        gap = [token.word for token in tokens[match.end : following.start]] if following else []
        if following is not None and gap == ["of"]:
            return False
        words = tokens[match.start : match.end]
        if all(token.word in DESCRIPTORS or token.key[0].isdigit() for token in words):
            shares = following is not None and any(
                self.head(one) & self.head(other) for one in match.senses for other in following.senses
            )
            return shares and len(gap) <= 1 and all(word in ("and", "or", ",") for word in gap)
        return True

    def _readings(self, token: Token) -> tuple[tuple[str, float], ...]:
        """The keys that a word may stand for, with the cost of the change."""
        if token.is_punctuation:
            return ()
        if token.key in _GLUE or (token.key in self._holders and (len(token.word) < _TWINS_FROM or self.exact)):
            return ((token.key, 0.0),)
        if token.key in self._holders:
            if token.key not in self._repairs:
                near = tuple((key, cost) for key, cost in self._repair(token, most=1) if key != token.key)
                self._repairs[token.key] = ((token.key, 0.0), *near)
            return self._repairs[token.key]
        if token.word in ABBREVIATIONS and not self.exact:
            long = key_of(ABBREVIATIONS[token.word])
            if long in self._holders:
                return ((long, 0.05),)
        if token.word in _NO_SLIPS or len(token.word) < _SHORTEST_REPAIR or token.word[0].isdigit():
            return ((token.key, 0.0),)
        if token.key not in self._repairs:
            self._repairs[token.key] = self._repair(token)
        return self._repairs[token.key]

    def _repair(self, token: Token, most: int | None = None) -> tuple[tuple[str, float], ...]:
        key = token.key
        if self.exact or len(key) > 30:
            return ((key, 0.0),)
        for ending in ("ed", "ing", "d"):
            if key.endswith(ending) and key_of(key[: -len(ending)]) in self._holders:
                return ((key_of(key[: -len(ending)]), 0.1),)
        most = most or (1 if len(key) < 6 else 2 if len(key) < 10 else 3)
        near = [
            (other, int(distance))
            for length in range(len(key) - most, len(key) + most + 1)
            for other, distance, _ in extract(
                key, self._by_length.get(length, ()), scorer=OSA.distance, score_cutoff=most, limit=3
            )
        ]
        near = [(other, distance) for other, distance in near if distance == 1 or (distance and other[0] == key[0])]
        if not near:
            alike = self._by_sound.get(sound_of(key), ())
            return tuple((other, 0.3) for other in alike) if 0 < len(alike) < 3 else ((key, 0.0),)
        least = min(distance for _, distance in near)
        return tuple((other, 0.15 * distance) for other, distance in near if distance == least)

    def _at(
        self, start: int, tokens: Sequence[Token], readings: Sequence[tuple[tuple[str, float], ...]]
    ) -> Iterable[Match]:
        found: dict[int, Match] = {}
        stack = [(self._root, start, 0.0)]
        while stack:
            node, end, cost = stack.pop()
            if node.senses and (end not in found or cost < found[end].cost):
                found[end] = Match(start, end, self._ordered(node.senses, tokens[start:end]), cost)
            if end < len(tokens):
                for key, penalty in readings[end]:
                    if key in node.next:
                        stack.append((node.next[key], end + 1, cost + penalty))
        if self.exact:
            return found.values()
        if (kind := self._kind_at(start, tokens)) is not None:
            known = found.get(start + 1)
            if known is None or not known.items:
                senses = (*(known.senses if known else ()), *kind)
                found[start + 1] = Match(start, start + 1, senses, 0.05 if known else 0.3, partial=known is None)
        for match in self._joined_at(start, tokens):
            found.setdefault(match.end, match)
        for match in self._part_at(start, tokens, readings):
            if match.end not in found:
                found[match.end] = match
        return [self._measured(match, found.get(match.end - 1), tokens) for match in found.values()]

    def _measured(self, match: Match, shorter: Match | None, tokens: Sequence[Token]) -> Match:
        """A name with "size" or "portion" at its end means also what it means without."""
        if shorter is None or shorter.partial or tokens[match.end - 1].word not in _MEASURED:
            return match
        own = () if match.partial else match.senses
        return replace(match, senses=tuple(dict.fromkeys((*own, *shorter.senses))), partial=False)

    def _kind_at(self, start: int, tokens: Sequence[Token]) -> tuple[Sense, ...] | None:
        """The items that a bare head word may mean ("pizza" where there are only kinds of pizza)."""
        return self._heads.get(tokens[start].key)

    def _ordered(self, senses: Sequence[Sense], tokens: Sequence[Token]) -> tuple[Sense, ...]:
        """Senses spelt just so come first ("veggies", not "veggie"), then those whose id is these very words."""
        keys, words = tuple(token.key for token in tokens), tuple(token.word for token in tokens)
        return tuple(sorted(senses, key=lambda s: (words not in self._spelt[s], self._canonical[s] != keys)))

    def _joined_at(self, start: int, tokens: Sequence[Token]) -> Iterable[Match]:
        """Words written apart or together: "cheese burger", "cocacola"."""
        text = ""
        for end in range(start + 1, min(start + 4, len(tokens)) + 1):
            if tokens[end - 1].is_punctuation:
                return
            text += tokens[end - 1].word
            keys = self._joined.get(key_of(text))
            if keys is not None and (end - start > 1 or len(keys) > 1) and tokens[start].word not in _GLUE:
                node = self._root
                for key in keys:
                    node = node.next[key]
                yield Match(start, end, self._ordered(node.senses, tokens[start:end]), 0.1)

    def _part_at(
        self, start: int, tokens: Sequence[Token], readings: Sequence[tuple[tuple[str, float], ...]]
    ) -> Iterable[Match]:
        """Spans whose words all belong to one sense's names, though they are none of them in full."""
        senses: set[Sense] | None = None
        words: list[str] = []
        cost = 0.0
        for end in range(start + 1, min(start + 5, len(tokens)) + 1):
            options = [(key, penalty) for key, penalty in readings[end - 1] if key in self._holders]
            if not options:
                return
            fits = [(k, p) for k, p in options if senses is None or senses & self._holders[k]]
            if not fits or fits[0][0] in words:
                return
            key, penalty = fits[0]
            senses = self._holders[key] if senses is None else senses & self._holders[key]
            cost += penalty
            words.append(key)
            common = tokens[start].word in COMMON and tokens[start].word not in OCCASIONS
            if len(words) == 1 and (common or key[0].isdigit()):
                continue
            if len(senses) > 60:
                continue
            covered = {sense: max(self._covers(words, name) for name in self._names[sense]) for sense in senses}
            best = max(covered.values())
            kept = sorted((s for s in senses if covered[s] >= 0.9 * best), key=lambda s: (-covered[s], s.id))
            if best >= _LEAST_COVERAGE and len(kept) <= _MOST_SENSES:
                yield Match(start, end, tuple(kept), cost + 0.3 + 0.5 * (1 - best), partial=True)

    def _covers(self, words: Sequence[str], name: Sequence[str]) -> float:
        whole = sum(self._weight.get(key, 0.0) for key in name)
        return sum(self._weight[key] for key in words if key in name) / whole if whole else 0.0
