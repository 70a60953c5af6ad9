"""Synthetic speech: voices kept for measuring never train, silence is trimmed, tempo does not depend on the vocal tract."""

from __future__ import annotations

import random
import shutil

import numpy as np
import pytest

from speech.synthesis import HELD_OUT_VOICES, Voice, draw_voice, read_aloud, spoken_form, trim, written_form


def test_voices_held_out_are_never_drawn() -> None:
    rng = random.Random(0)
    assert not {str(draw_voice(rng)) for _ in range(3000)} & set(HELD_OUT_VOICES)


def test_lone_capitals_are_read_as_letters_and_written_small() -> None:
    assert spoken_form("my name is A N N") == "my name is ay N N"
    assert written_form("my name is A N N") == "my name is a n n"


def test_silence_at_both_ends_is_trimmed_to_what_is_kept() -> None:
    samples = np.concatenate([np.zeros(5000), np.ones(1000), np.zeros(7000)]).astype(np.float32)
    assert len(trim(samples, keep=100)) == pytest.approx(1200, abs=2)
    assert len(trim(np.zeros(300, np.float32))) == 300


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="espeak-ng is not installed")
def test_the_vocal_tract_changes_the_sound_and_not_the_tempo() -> None:
    short, long = (
        trim(read_aloud("two large pizzas and a coke please", Voice("espeak", "en-us+m1", vocal_tract=tract)))
        for tract in (1.2, 0.85)
    )
    assert len(short) == pytest.approx(len(long), rel=0.15)


def test_an_unknown_synthesiser_is_a_clear_error() -> None:
    with pytest.raises(RuntimeError, match="no synthesiser"):
        read_aloud("hello", Voice("nobody", "x"))
