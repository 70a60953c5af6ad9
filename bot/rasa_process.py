"""Keeps a Rasa server running beside the bot, and starts it again when it dies."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys
from pathlib import Path
from typing import BinaryIO

from bot.settings import ROOT

log = logging.getLogger(__name__)
_PAUSE_S = (0.5, 1, 2, 5, 10)


class RasaProcess:
    """``port`` is free and on the loopback interface only."""

    def __init__(self, model: Path, actions_url: str, actions_token: str, menu: Path, log_file: Path) -> None:
        self.model, self.log_file, self.port = model, log_file, _free_port()
        self._env = os.environ | {
            "ACTIONS_URL": actions_url,
            "ACTIONS_TOKEN": actions_token,
            "MENU": str(menu.resolve()),
            "SANIC_ACCESS_LOG": "false",
            "RASA_TELEMETRY_ENABLED": "false",
            "OMP_NUM_THREADS": "1",
        }
        self._task: asyncio.Task[None] | None = None
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self.process and self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), 5)
            except asyncio.TimeoutError:
                self.process.kill()

    async def _keep_running(self) -> None:
        failures = 0
        while True:
            began = asyncio.get_running_loop().time()
            with self.log_file.open("ab") as output:
                self.process = await self._spawn(output)
            code = await self.process.wait()
            lived = asyncio.get_running_loop().time() - began
            failures = 0 if lived > 60 else failures + 1
            log.error(
                "the Rasa server ended with %s after %.0f s and is started again; see %s", code, lived, self.log_file
            )
            await asyncio.sleep(_PAUSE_S[min(failures, len(_PAUSE_S) - 1)])

    async def _spawn(self, output: BinaryIO) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "nlu.rasa_server", "run", "--model", str(self.model.resolve())),
            *("--interface", "127.0.0.1", "--port", str(self.port), "--enable-api"),
            *("--endpoints", str(ROOT / "endpoints.yml"), "--credentials", str(ROOT / "credentials.yml")),
            cwd=ROOT,
            env=self._env,
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
