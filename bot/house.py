"""The owner's files in use: loaded at start, loaded again when they change; a faulty file leaves the old one in use."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from bot.core.restaurant import load_restaurant
from bot.core.turn import House
from nlu.located_yaml import FileError
from nlu.menu import load_menu
from nlu.parser import OrderParser
from nlu.responder import shipped_responder
from nlu.slots import load_slot_reader

log = logging.getLogger(__name__)


class HouseKeeper:
    """Keeps ``house`` in step with the menu and restaurant files."""

    def __init__(self, menu: Path, restaurant: Path) -> None:
        """Load the files.

        Raises:
            FileError: one of them cannot be used.
        """
        self.menu, self.restaurant = menu, restaurant
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
            log.info("menu and restaurant loaded again")
        except FileError as error:
            self.problem = str(error)
            log.error("not loaded, the old file stays in use: %s", error)
        changed()

    def _load(self) -> House:
        menu = load_menu(self.menu)
        return House(load_restaurant(self.restaurant), menu, OrderParser(menu), load_slot_reader(), shipped_responder())

    def _stamps(self) -> tuple[int, int]:
        return _stamp(self.menu), _stamp(self.restaurant)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
