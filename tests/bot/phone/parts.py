"""A running phone line for tests: real sockets, the demo restaurant, a fake Rasa, ears that are told what they hear."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
import websocket

from bot.app import create_app
from bot.phone import audio
from bot.phone.call import Heard
from bot.phone.vad import WINDOW
from tests.bot.parts import FakeRasa, settings

SPEECH = audio.encode(np.tile(np.array([0.3, -0.3], np.float32), 80))  # 20 ms that the test's detector takes for speech
QUIET = bytes([audio.SILENCE]) * 160


class LevelDetector:
    """Loud is speech."""

    def __init__(self) -> None:
        self._pending = np.zeros(0, np.float32)

    def hear(self, samples: np.ndarray) -> list[float]:
        pending = np.concatenate([self._pending, samples])
        usable = len(pending) // WINDOW * WINDOW
        self._pending = pending[usable:]
        return [float(np.abs(window).mean() > 0.1) for window in pending[:usable].reshape(-1, WINDOW)]


class ToldEars:
    """Each utterance is the next of ``words``."""

    def __init__(self) -> None:
        self.words: deque[str] = deque()

    def prepare(self, house: Any) -> None:
        return None

    def hear(self, samples: np.ndarray, expecting: str | None, house: Any, *more: Any) -> Heard:
        return Heard(self.words.popleft() if self.words else "", 0.9)


class ShortVoice:
    """Every text is 100 ms of tone."""

    name = "short"

    def say(self, text: str) -> np.ndarray:
        return np.sin(np.arange(800) / 3).astype(np.float32) * 0.3


class Served:
    def __init__(self, app: Any, port: int, rasa: FakeRasa, ears: ToldEars, folder: Path) -> None:
        self.app, self.port, self.rasa, self.ears, self.folder = app, port, rasa, ears, folder
        self.line = app.state.line

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def phone(self, path: str = "/twilio/media", **headers: str) -> websocket.WebSocket:
        shown = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        return websocket.create_connection(f"ws://127.0.0.1:{self.port}{path}", timeout=10, header=shown)

    def wait(self, look: Any, what: str) -> Any:
        end = time.monotonic() + 20
        while not (value := look()):
            assert time.monotonic() < end, what
            time.sleep(0.02)
        return value


class Handset:
    """One call: sends sound as fast as it goes, answers marks at once."""

    def __init__(self, served: Served, sid: str, *, start: bool = True, to: str = "+12075550142", **said: str) -> None:
        self.served, self.sid = served, sid
        self.socket = served.phone()
        self.marks: list[str] = []
        self.captions: list[str] = []
        self.cleared = 0
        self.chunk = 0
        self.send({"event": "connected"})
        if start:
            self.send(start_frame(sid, to=to, captions="yes", **said))

    def send(self, frame: Any) -> None:
        self.socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    def sound(self, frame: bytes, count: int) -> None:
        for _ in range(count):
            self.chunk += 1
            self.send(media_frame(frame, self.chunk))

    def until(self, mark: str) -> None:
        """Take what comes, playing at once, until that mark."""
        while True:
            frame = json.loads(self.socket.recv())
            if frame["event"] == "mark":
                name = frame["mark"]["name"]
                self.marks.append(name)
                self.send({"event": "mark", "mark": {"name": name}})
                if name == mark:
                    return
            elif frame["event"] == "caption":
                self.captions.append(frame["caption"]["text"])
            elif frame["event"] == "clear":
                self.cleared += 1

    def says(self, words: str) -> None:
        self.served.ears.words.append(words)
        self.sound(SPEECH, 30)
        self.sound(QUIET, 110)

    def ended(self) -> bool:
        """Whether the bot closes the call."""
        try:
            while True:
                if self.socket.recv() == "":
                    return True
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            return True
        except websocket.WebSocketTimeoutException:
            return False


def start_frame(sid: str, **parameters: str) -> dict[str, Any]:
    start = {"callSid": sid, "streamSid": f"stream-{sid}", "customParameters": parameters}
    return {"event": "start", "streamSid": f"stream-{sid}", "start": start}


def media_frame(sound: bytes, chunk: int) -> dict[str, Any]:
    return {"event": "media", "media": {"payload": base64.b64encode(sound).decode(), "chunk": str(chunk)}}


@contextmanager
def phone_line(folder: Path, **changes: Any) -> Iterator[Served]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    rasa, ears = FakeRasa(), ToldEars()
    app = create_app(settings(folder, port=port, **changes), rasa=rasa)  # type: ignore[arg-type]
    rasa.turns = app.state.turns
    line = app.state.line
    line.hear_with(ears)
    line.speak_with(ShortVoice())
    line.listener = LevelDetector
    server = uvicorn.Server(uvicorn.Config(app, port=port, ws="wsproto", log_level="critical", ws_max_size=1_000_000))
    server.install_signal_handlers = lambda: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    served = Served(app, port, rasa, ears, folder)
    served.wait(lambda: server.started, "the server did not start")
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join(10)
