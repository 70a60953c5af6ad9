"""When a caller begins and ends: any chunking, any question."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phone.endpointing import BARGE_IN_MS, LONGEST_MS, PATIENCE, Endpointer, Event, patience_ms
from bot.phone.vad import WINDOW, WINDOW_MS, Energy, Silero

WINDOW_OF_NOTHING = np.zeros(WINDOW, np.float32)


def events(end: Endpointer, probabilities: list[float], start_ms: int = 64) -> list[Event]:
    return [e for p in probabilities if (e := end.hear(WINDOW_OF_NOTHING, p, start_ms)) is not None]


def test_speech_starts_pauses_and_goes_on() -> None:
    end = Endpointer()
    assert events(end, [0.1] * 10 + [0.9] * 10) == [Event.STARTED]
    assert events(end, [0.1] * 10) == [Event.PAUSED]
    assert events(end, [0.9] * 3) == [Event.RESUMED]
    assert end.silence_ms == 0


def test_a_cough_does_not_interrupt_the_bot() -> None:
    cough = [0.9] * (BARGE_IN_MS // WINDOW_MS - 2)
    assert events(Endpointer(), [0.0] * 5 + cough + [0.0] * 30, BARGE_IN_MS) == []
    assert events(Endpointer(), [0.0] * 5 + [0.9] * 20, BARGE_IN_MS) == [Event.STARTED]


def test_the_utterance_holds_what_came_just_before_it() -> None:
    end = Endpointer()
    for at in range(40):
        end.hear(np.full(WINDOW, at, np.float32), 0.9 if at >= 30 else 0.0)
    kept = end.utterance()
    assert kept[0] <= 30 - 8 and kept[-1] == 39
    end.close()
    assert len(end.utterance()) == 0


@given(st.lists(st.floats(0, 1), max_size=400))
def test_whatever_is_heard_memory_is_bounded_and_events_alternate(probabilities: list[float]) -> None:
    end = Endpointer()
    for event in events(end, probabilities):
        assert event in Event
    assert len(end.utterance()) <= (LONGEST_MS / WINDOW_MS + 40) * WINDOW


def test_one_who_never_stops_is_stopped() -> None:
    assert Event.TOO_LONG in events(Endpointer(), [0.9] * (LONGEST_MS // WINDOW_MS + 5))


@pytest.mark.parametrize(
    ("expecting", "longer", "shorter"),
    [
        ("phone", "two oh seven", "two oh seven five five five oh one two three"),
        ("address", "forty four pine street", "forty four pine street oh four one nine eight"),
        (None, "a margherita and", "a margherita please"),
        (None, "a margherita with", "that's all"),
        ("confirm", "um", "yes"),
        ("confirm", "well i think", "yes please"),
    ],
)
def test_complete_words_end_a_turn_sooner(expecting: str | None, longer: str, shorter: str) -> None:
    assert patience_ms(expecting, shorter) < patience_ms(expecting, longer)


def test_numbers_and_addresses_wait_longer_than_yes() -> None:
    assert PATIENCE["confirm"].usual < PATIENCE["phone"].usual < PATIENCE["address"].usual


def test_breaths_before_count_towards_a_whole_number() -> None:
    assert patience_ms("phone", "oh one two three", ("two oh seven five five five",)) == PATIENCE["phone"].complete
    assert patience_ms("phone", "oh one two three") == PATIENCE["phone"].hanging


@pytest.mark.parametrize("detector", [Silero(), Energy()])
def test_any_chunking_gives_the_same_probabilities(detector: Silero | Energy) -> None:
    samples = np.random.default_rng(1).standard_normal(8000).astype(np.float32) * 0.1
    whole = detector.listener().hear(samples)
    listener, parts = detector.listener(), []
    for at in range(0, len(samples), 160):
        parts += listener.hear(samples[at : at + 160])
    assert len(whole) == len(samples) // WINDOW
    assert np.allclose(whole, parts, atol=1e-5)


def test_long_noise_does_not_make_the_network_deaf() -> None:
    """What comes after a long time without speech is heard as by a listener that has just begun."""
    rng = np.random.default_rng(4)
    noise = rng.normal(0, 0.02, 64 * WINDOW).astype(np.float32)
    later = rng.normal(0, 0.2, 4 * WINDOW).astype(np.float32)
    long, fresh = Silero().listener(), Silero().listener()
    long.hear(noise)
    fresh._pending = noise[-32:]  # what the network wants to see before a window
    np.testing.assert_allclose(long.hear(later), fresh.hear(later), atol=1e-3)


def test_talk_in_the_background_is_not_forgotten() -> None:
    """Noise that rises and falls leaves the network its memory, in which only the nearer voice is speech."""
    rng = np.random.default_rng(5)
    swell = np.repeat(10 ** (rng.normal(0, 5, 64) / 20), WINDOW)
    talk = (rng.normal(0, 0.02, 64 * WINDOW) * swell).astype(np.float32)
    listener, fresh = Silero().listener(), Silero().listener()
    listener.hear(talk)
    assert np.abs(listener._state - fresh._state).max() > 0.1
