"""Neutral words in place of a menu's own, so that one intent model fits every menu without being trained again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from nlu.located_yaml import FileError
from nlu.menu import Menu, load_menu
from nlu.tokens import key_of, name_keys, tokenise

DISH, EXTRA = "dish", "topping"
# Names of sizes, styles and answers that are ordinary words: they carry intent and stay.
ORDINARY = frozenset(
    "a all any bag big black board both bottle bowl box can cold cup cut double extra for full glass go half here hot "
    "ice iced in jumbo kids large less light little lunch dinner breakfast mild medium more mini no none normal on out "
    "plain plate please rare regular side single slice small special spicy standard tall the thank thanks the thin "
    "thick to total triple two three four five six well white whole with without yes one menu order table drink drinks "
    "food time person free card done deal combo number name main house home gift party water mixed".split()
)
_ORDINARY_KEYS = frozenset(map(key_of, ORDINARY))


class MenuWords:
    """Longest-match replacement of dish names and modifier values.

    ``words("two large margheritas with olives")`` is "two large dish with topping" on a pizzeria's menu.
    """

    def __init__(self, menu: Menu | None, foods: Iterable[str] = ()) -> None:
        names: dict[tuple[str, ...], str] = {}
        values = [] if menu is None else [value for group in menu.groups.values() for value in group.values]
        for word, texts in (
            (DISH, foods),
            (EXTRA, (name for value in values for name in value.names)),
            (DISH, (name for item in menu.items for name in item.names) if menu else ()),
        ):
            for text in texts:
                key = name_keys(text)
                if key and not _ORDINARY_KEYS.issuperset(key):
                    names[key] = word
        self._names = names
        self._longest = max(map(len, names), default=0)

    def words(self, text: str) -> str:
        """``text`` in lower case with every mention replaced; neighbouring mentions of one kind become one."""
        lower = text.lower()
        tokens = [token for token in tokenise(lower) if not token.is_punctuation]
        keys = [token.key for token in tokens]
        parts: list[str] = []
        position = at = 0
        while at < len(tokens):
            for length in range(min(self._longest, len(tokens) - at), 0, -1):
                word = self._names.get(tuple(keys[at : at + length]))
                if word:
                    between = lower[position : tokens[at].start]
                    if not (parts and parts[-1] == word and not between.strip()):
                        parts += [between, word]
                    position = tokens[at + length - 1].end
                    at += length
                    break
            else:
                at += 1
        return "".join(parts) + lower[position:]


class LiveMenuWords:
    """The words of the file that the environment names as MENU, read again whenever it has been saved."""

    def __init__(self, foods: Iterable[str] = ()) -> None:
        self._foods = tuple(foods)
        self._read_at: tuple[str, int] | None = None
        self._current = MenuWords(None, self._foods)

    def words(self, text: str) -> str:
        """As ``MenuWords.words``; while the file is missing or has errors, with the words read before."""
        path = Path(os.environ.get("MENU", "data/menu.yml"))
        try:
            stamp = (str(path), path.stat().st_mtime_ns)
            if stamp != self._read_at:
                self._read_at = stamp
                self._current = MenuWords(load_menu(path), self._foods)
        except (OSError, FileError):
            pass
        return self._current.words(text)
