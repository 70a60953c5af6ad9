"""Which voice speaks, and what is said when it cannot."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.phone.voice import Espeak, Pico, VoiceError, load_voice


def test_a_voice_that_is_not_installed_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(VoiceError, match="pip install ttspico"):
        load_voice("pico")
    with pytest.raises(VoiceError, match="pip install espeakng-loader"):
        load_voice("espeak")
    with pytest.raises(VoiceError, match="no such voice"):
        load_voice("nobody:Nothing")


def test_pico_speaks_from_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ttspico.py").write_text(
        "import array, math\n"
        "class TtsEngine:\n"
        "    def __init__(self, language):\n"
        "        self.pitch = {'en-US': 3, 'en-GB': 5}[language]\n"
        "    def speak(self, text):\n"
        "        return array.array('h', [int(9000 * math.sin(n / self.pitch)) for n in range(400 * len(text))]).tobytes()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    voice: Any = load_voice("pico")
    try:
        assert isinstance(voice, Pico) and voice.name == "pico:en-US"
        said = voice.say("hello there")
        assert said.dtype == np.float32 and abs(len(said) - 2200) < 100  # 16 kHz becomes 8 kHz
    finally:
        voice.close()
    wrong: Any = load_voice("pico:xx")
    try:
        with pytest.raises(VoiceError, match="xx"):
            wrong.say("hello")
    finally:
        wrong.close()


def test_voices_of_different_settings_are_told_apart() -> None:
    assert Espeak("en-us").name != Espeak("en-us", 180).name != Espeak("en-gb", 180).name
    assert "bot.phone.pico_process" not in sys.modules
