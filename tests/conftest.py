"""A running restaurant for tests that need the real thing: bot and Rasa, started once, on their own database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import hypothesis
import pytest

# The same examples at each run; HYPOTHESIS_PROFILE=search looks for new ones.
hypothesis.settings.register_profile("steady", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "a password for tests"
# A Friday evening at which both places are open.
CLOCK = "2026-11-20T18:00:00-05:00"


@dataclass
class Running:
    """``python -m bot serve`` on a port and a database of its own. It can be killed and started again."""

    folder: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)
    staff_password: str = PASSWORD
    process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.folder / 'bot.db'}"

    def start(self, patience_s: float = 600, page: str = "/health") -> None:
        """Until ``page`` is there: ``/health`` is once guests are answered."""
        env = os.environ | {
            "PORT": str(self.port),
            "DATABASE_URL": self.database_url,
            "STAFF_PASSWORD": PASSWORD,
            "CLOCK_START": CLOCK,
            "VAR_DIR": str(self.folder),
            "RASA_PROCESSES": "1",
            "RASA_MODEL": str(ROOT / "var" / "rasa" / "model.tar.gz"),
            "LOG_LEVEL": "WARNING",
        }
        log = (self.folder / "log").open("ab")
        command = [sys.executable, "-m", "bot", "serve"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=env | self.env, stdout=log, stderr=log)
        end = time.monotonic() + patience_s
        while True:
            try:
                if httpx.get(self.base_url + page, timeout=3).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise AssertionError(f"the bot did not start: {(self.folder / 'log').read_text()[-3000:]}")
            time.sleep(0.3)

    def kill(self, *, child: bool = False) -> None:
        """kill -9 of the bot, or of its Rasa server."""
        assert self.process is not None
        if child:
            os.kill(self.rasa_pid(), signal.SIGKILL)
            return
        self.process.kill()
        self.process.wait()

    def rasa_pid(self) -> int:
        assert self.process is not None
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "nlu.rasa_server"], capture_output=True, text=True, check=True
        )
        return int(found.stdout.split()[0])

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The demo restaurant on a Friday evening."""
    assert (ROOT / "var" / "rasa" / "model.tar.gz").exists(), "no dialogue model: run make setup"
    bot = Running(tmp_path_factory.mktemp("bot"), free_port())
    bot.start()
    yield bot
    bot.stop()


@pytest.fixture
def opening(tmp_path: Path) -> Iterator[Running]:
    """One whose pages are there since a moment and whose dialogue server, at ``RASA_URL``, is not."""
    bot = Running(tmp_path, free_port(), {"RASA_URL": f"http://127.0.0.1:{free_port()}"})
    bot.start(page="/staff/login")
    yield bot
    bot.stop()


@pytest.fixture(scope="module")
def own_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Another one, which a module's tests may kill."""
    bot = Running(tmp_path_factory.mktemp("own"), free_port())
    bot.start()
    yield bot
    bot.stop()
