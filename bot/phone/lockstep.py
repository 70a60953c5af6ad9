"""A scripted caller and the line in one process, in step: no network, no waiting, the same call as over a socket.

The caller's next 20 ms begin when all that the last ones led to is done, so recognition and dialogue take no time of
the call; how long they take is measured over sockets (``bench``). A call takes seconds instead of minutes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from bot.phone.caller import Played, ScriptedCaller
from bot.phone.line import Line, RunningCall
from bot.phone.objections import Wishes
from bot.phone.scenario import Scenario
from bot.phone.twilio import caller_of, parse


class _Socket:
    """Where the caller sends its frames: each is dealt with, and what the bot answers received, before the next."""

    def __init__(self, line: Line, caller: ScriptedCaller) -> None:
        self._line, self._caller = line, caller
        self._frames: list[dict[str, Any]] = []
        self.running: RunningCall | None = None

    async def send(self, text: str) -> None:
        frame = parse(text)
        event = frame["event"]
        if event == "start":
            self.running = RunningCall(self._line, caller_of(frame, self._line), frame["stream"], self._answer)
            await self.running.begin()
            await self.running.step()
        elif self.running is not None and not self.running.call.over and event != "stop":
            await self.running.step((event, frame["audio"] if event == "media" else frame["value"]))
        while self._frames:
            await self._caller.received(self, self._frames.pop(0))
        if self.running is not None and self.running.call.over:
            self._caller.hung_up_by_bot()

    async def _answer(self, frame: dict[str, Any]) -> None:
        self._frames.append(frame)


async def play_in_step(
    scenario: Scenario,
    line: Line,
    dialled: str,
    sounds: list[np.ndarray | None],
    watch: Callable[[Played], None] | None = None,
    wishes: Wishes | None = None,
) -> Played:
    """Make the call, in the event loop that the line's dialogue runs in.

    Raises:
        NoPhone: the line has no voice or no recogniser.
    """
    caller = ScriptedCaller(scenario, sounds, math.inf, wishes)
    if watch:
        watch(caller.played)
    socket = _Socket(line, caller)
    try:
        await caller.talk(socket, dialled)
    finally:
        if socket.running is not None:
            await socket.running.finish()
    return caller.played
