"""What a turn answers: a plan of facts that must be said, buttons and cards; words come last, in ``wording``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Point:
    """One thing to say: a kind that ``wording`` has sentences for, and the facts that go into it."""

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Button:
    title: str
    say: str


@dataclass(frozen=True)
class Card:
    title: str
    text: str
    price_cents: int
    tags: tuple[str, ...]
    say: str


@dataclass
class Plan:
    """``responses`` are names of Rasa responses (``utter_...``) that come before the points; ``facts`` go with them."""

    points: list[Point] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    responses: list[str] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    def say(self, kind: str, /, **facts: Any) -> None:
        self.points.append(Point(kind, facts))

    def offer(self, titles: Iterable[str]) -> None:
        """Quick replies that say their own title; the newest question's replace older ones."""
        self.buttons = [Button(title, title) for title in titles]
