"""Digits cut out of longer recordings: at the pause between two words, of speakers who say enough different ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs torch; serving does not")

from speech.alphabet import BLANK, encode  # noqa: E402
from speech.features import SAMPLE_RATE_HZ  # noqa: E402
from speech.model import STRIDE  # noqa: E402
from speech.packs import Pack, PackWriter  # noqa: E402
from speech.single_digits import cut, quietest, word_spans  # noqa: E402

FRAME = SAMPLE_RATE_HZ // 100 * STRIDE
WORDS = "one two three four five six".split()


class Hears:
    """A network that hears the words of a text one after the other, each where ``recording`` has a tone."""

    def __init__(self, text: str) -> None:
        self.text = text

    def whole(self, frames: Any) -> Any:
        heard = torch.full((12 * len(self.text.split()) + 2, 29), -20.0)
        heard[:, BLANK] = 0.0
        for at, word in enumerate(self.text.split()):
            symbols = encode(word) if at == 0 else encode(" " + word)
            for place, symbol in enumerate(symbols):
                frame = 12 * at + 2 + place - (at > 0)
                heard[frame, symbol], heard[frame, BLANK] = 0.0, -20.0
        return heard.log_softmax(-1)


def recording(words: int) -> np.ndarray:
    """A tone of nine frames and a pause of three for each word."""
    tone = np.sin(np.arange(9 * FRAME)).astype(np.float32) / 2
    return np.concatenate([np.concatenate([tone, np.zeros(3 * FRAME, np.float32)])] * words)


def test_the_quietest_place_is_in_the_pause() -> None:
    samples = recording(2)
    place = quietest(samples, 4 * FRAME, 15 * FRAME)
    assert 9 * FRAME < place < 12 * FRAME


def test_words_are_cut_in_the_pauses_between_them() -> None:
    text = " ".join(WORDS[:3])
    spans = word_spans(Hears(text), recording(3), text)  # type: ignore[arg-type]
    assert [start for start, _ in spans][0] == 0 and spans[-1][1] == 36 * FRAME
    for at, (_, stop) in enumerate(spans[:-1]):
        assert (12 * at + 9) * FRAME < stop < (12 * at + 12) * FRAME


def test_only_digits_of_speakers_who_say_enough_different_ones_are_kept(tmp_path: Path) -> None:
    text = " ".join(WORDS)
    with PackWriter(tmp_path / "said") as pack:
        pack.add(recording(6), text, "an4", "many")
        pack.add(recording(6), "one one one one one one", "an4", "few")
    assert cut(Pack(tmp_path / "said"), Hears(text), tmp_path / "digits") == 6  # type: ignore[arg-type]
    assert [(e.text, e.voice) for e in Pack(tmp_path / "digits").entries] == [(word, "many") for word in WORDS]
