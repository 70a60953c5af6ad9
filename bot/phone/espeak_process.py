"""eSpeak NG in a process of its own: JSON lines with texts in, 16-bit samples out.

The library (GPL-3, carried by the package espeakng-loader) is loaded by this process only; the bot talks to it
through pipes and can do without it.
"""

from __future__ import annotations

import ctypes
import json
import struct
import sys
from collections.abc import Callable
from typing import Any

_SYNCHRONOUS, _UTF8, _RATE, _PITCH = 2, 1, 1, 3


class Library:
    """eSpeak NG, initialised. ``rate_hz`` is the rate of its samples."""

    def __init__(self) -> None:
        import espeakng_loader

        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self.rate_hz = self._library.espeak_Initialize(_SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
        if self.rate_hz <= 0:
            raise RuntimeError("eSpeak NG does not start")
        self._samples: list[bytes] = []
        callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
        self._callback = callback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)

    def _collect(self, samples: ctypes._Pointer[ctypes.c_short], count: int, _events: int) -> int:
        if samples and count > 0:
            self._samples.append(ctypes.string_at(samples, 2 * count))
        return 0

    def say(self, text: str, voice: str, words_per_minute: int, pitch: int) -> bytes:
        """Little-endian 16-bit samples at ``rate_hz``.

        Raises:
            ValueError: no voice of that name.
        """
        # "en-gb" is what the program calls British English; the library's own name for it is "en".
        names = (voice, voice.replace("en-gb", "en", 1))
        if all(self._library.espeak_SetVoiceByName(name.encode()) != 0 for name in names):
            raise ValueError(f"no voice is called {voice!r}")
        self._library.espeak_SetParameter(_RATE, words_per_minute, 0)
        self._library.espeak_SetParameter(_PITCH, pitch, 0)
        self._samples.clear()
        encoded = text.encode()
        self._library.espeak_Synth(encoded, len(encoded) + 1, 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        return b"".join(self._samples)


def serve(rate_hz: int, say: Callable[[dict[str, Any]], bytes]) -> None:
    """Until standard input closes. Each answer: status byte, rate, length, then samples or an error's text."""
    answer = sys.stdout.buffer
    for line in sys.stdin:
        try:
            status, payload = 0, say(json.loads(line))
        except Exception as error:
            status, payload = 1, str(error).encode()
        answer.write(struct.pack("<BII", status, rate_hz, len(payload)) + payload)
        answer.flush()


def main() -> None:
    library = Library()
    serve(
        library.rate_hz,
        lambda wanted: library.say(wanted["text"], wanted["voice"], wanted["rate"], wanted["pitch"]),
    )


if __name__ == "__main__":
    main()
