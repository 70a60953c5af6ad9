"""Rasa's side of a turn: a REST channel that hands the bot's metadata on to pipeline and actions, and a tracker store
that forgets. The database of the bot holds whatever must last, so Rasa may be killed at any moment.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from rasa.core.channels.rest import RestInput
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic.request import Request

_CONVERSATIONS = 20_000
_TURNS = 6


class TurnChannel(RestInput):
    """``POST /webhooks/turns/webhook`` with ``{"sender", "message", "metadata"}``."""

    @classmethod
    def name(cls) -> str:
        return "turns"

    def get_metadata(self, request: Request) -> dict[str, Any] | None:
        metadata = (request.json or {}).get("metadata")
        return metadata if isinstance(metadata, dict) else None


class ShortMemory(InMemoryTrackerStore):
    """The last turns of the latest conversations: what a turn costs does not grow with the conversation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.store: OrderedDict[str, str] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        await super().save(_shortened(tracker))
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > _CONVERSATIONS:
            self.store.popitem(last=False)


def _shortened(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """The tracker with its last turns only; slots and the form that is on carry over."""
    events = list(tracker.events)
    starts = [index for index, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(starts) <= _TURNS:
        return tracker
    # A turn begins with the action_listen before the guest's message.
    kept = events[max(0, starts[-_TURNS] - 1) :]
    before = DialogueStateTracker.from_events(
        tracker.sender_id, events[: len(events) - len(kept)], slots=tracker.slots.values()
    )
    carried: list[Any] = [SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.value is not None]
    if before.active_loop_name:
        carried.append(ActiveLoop(before.active_loop_name))
    return DialogueStateTracker.from_events(tracker.sender_id, carried + kept, slots=tracker.slots.values())
