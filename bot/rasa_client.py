"""The way to the Rasa servers: one message in, the texts of the answer out.

A Rasa server works on one core, one turn at a time. With several, a conversation always goes to the same one, which
remembers its form.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Sequence
from typing import Any

import httpx

PATIENCE_S = 300.0  # a slow machine takes minutes to load the dialogue model
_ANSWER_TIMEOUT_S = 20.0
_AT_ONCE = 8  # turns that one server has in hand: it works on one, the others wait for their actions


class RasaUnavailable(Exception):
    """Rasa did not answer in time."""


class RasaClient:
    """Waits while Rasa starts again after a crash; turns are safe to send twice, they are applied once."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = [url.rstrip("/") for url in urls]
        # Turns wait here rather than in the connection pool, which looks through all it holds at every request.
        self._room = [asyncio.Semaphore(_AT_ONCE) for _ in self.urls]
        self._http = httpx.AsyncClient(timeout=_ANSWER_TIMEOUT_S, trust_env=False)
        self._reached = [False for _ in self.urls]

    def reached(self, sender: str) -> bool:
        """Whether the guest's server was there when it was last asked: an answer can be expected within moments."""
        return self._reached[self._server(sender)]

    def _server(self, sender: str) -> int:
        return zlib.crc32(sender.encode()) % len(self.urls)

    async def say(self, sender: str, text: str, metadata: dict[str, Any], patience_s: float = PATIENCE_S) -> list[str]:
        """The texts Rasa answers with; empty when one of its actions failed.

        Raises:
            RasaUnavailable: not reached within the patience, or no answer in time.
        """
        server = self._server(sender)
        async with self._room[server]:
            return await self._say(server, {"sender": sender, "message": text, "metadata": metadata}, patience_s)

    async def _say(self, server: int, body: dict[str, Any], patience_s: float) -> list[str]:
        deadline = time.monotonic() + patience_s
        while True:
            try:
                response = await self._http.post(f"{self.urls[server]}/webhooks/turns/webhook", json=body)
                response.raise_for_status()
                self._reached[server] = True
                return [part["text"] for part in response.json() if part.get("text")]
            except (httpx.TransportError, httpx.HTTPStatusError) as error:
                self._reached[server] &= isinstance(error, httpx.ReadTimeout)
                if isinstance(error, httpx.ReadTimeout) or time.monotonic() > deadline:
                    raise RasaUnavailable(type(error).__name__) from error
                await asyncio.sleep(0.3)

    async def state(self) -> str:
        """ "ready" when all are; "no model" when one is up and could not load its model; "starting" otherwise."""
        states = await asyncio.gather(*map(self._state, range(len(self.urls))))
        return next((state for state in ("no model", "starting") if state in states), "ready")

    async def _state(self, server: int) -> str:
        try:
            response = await self._http.get(f"{self.urls[server]}/status", timeout=3)
        except httpx.HTTPError:
            return "starting"
        self._reached[server] |= response.status_code == 200
        return {200: "ready", 409: "no model"}.get(response.status_code, "starting")

    async def close(self) -> None:
        await self._http.aclose()
