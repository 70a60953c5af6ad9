"""The owner's files in use: loaded at start, loaded again when they change; a faulty file leaves the old one in use."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from bot.core.facts import FACTS
from bot.core.restaurant import load_restaurant
from bot.core.turn import House
from nlu.answers import answer_finder
from nlu.faq import load_faq
from nlu.located_yaml import FileError
from nlu.menu import load_menu
from nlu.parser import OrderParser
from nlu.responder import shipped_responder
from nlu.slots import load_slot_reader

log = logging.getLogger(__name__)


class HouseKeeper:
    """Keeps ``house`` in step with the menu, restaurant and FAQ files; without a FAQ nothing is answered from one."""

    def __init__(self, menu: Path, restaurant: Path, faq: Path | None = None) -> None:
        """Load the files.

        Raises:
            FileError: one of them cannot be used.
        """
        self.menu, self.restaurant, self.faq = menu, restaurant, faq
        self.problem: str | None = None
        self.house = self._load()
        self._seen = self._stamps()

    def refresh(self, changed: Callable[[], None]) -> None:
        """Look at the files once; ``changed`` is called when something is new, good or bad."""
        stamps = self._stamps()
        if stamps == self._seen:
            return
        self._seen = stamps
        try:
            self.house = self._load()
            self.problem = None
            log.info("menu, restaurant and FAQ loaded again")
        except FileError as error:
            self.problem = str(error)
            log.error("not loaded, the old file stays in use: %s", error)
        changed()

    def _load(self) -> House:
        menu = load_menu(self.menu)
        restaurant = load_restaurant(self.restaurant)
        answers = answer_finder(load_faq(self.faq, FACTS)) if self.faq else None
        return House(restaurant, menu, OrderParser(menu), load_slot_reader(), shipped_responder(), answers)

    def _stamps(self) -> tuple[int, ...]:
        return tuple(_stamp(path) for path in (self.menu, self.restaurant, self.faq) if path)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
