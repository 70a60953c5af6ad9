"""Who is listening right now: chat sockets by conversation, and staff boards. Nothing here outlives the process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Frame = dict[str, Any]
_QUEUE_FRAMES = 200


class Hub:
    """Frames to sockets. A socket that does not keep up loses frames and is told to resume by its queue's end."""

    def __init__(self) -> None:
        self._guests: dict[str, set[asyncio.Queue[Frame | None]]] = defaultdict(set)
        self._boards: set[asyncio.Event] = set()

    @contextmanager
    def guest(self, conversation_id: str) -> Iterator[asyncio.Queue[Frame | None]]:
        queue: asyncio.Queue[Frame | None] = asyncio.Queue(_QUEUE_FRAMES)
        self._guests[conversation_id].add(queue)
        try:
            yield queue
        finally:
            self._guests[conversation_id].discard(queue)
            if not self._guests[conversation_id]:
                del self._guests[conversation_id]

    @contextmanager
    def board(self) -> Iterator[asyncio.Event]:
        changed = asyncio.Event()
        self._boards.add(changed)
        try:
            yield changed
        finally:
            self._boards.discard(changed)

    def listens(self, conversation_id: str) -> bool:
        return conversation_id in self._guests

    def tell(self, conversation_id: str, *frames: Frame) -> None:
        for queue in list(self._guests.get(conversation_id, ())):
            for frame in frames:
                if queue.full():
                    while not queue.empty():
                        queue.get_nowait()
                    queue.put_nowait(None)
                    break
                queue.put_nowait(frame)

    def board_changed(self) -> None:
        for changed in self._boards:
            changed.set()
