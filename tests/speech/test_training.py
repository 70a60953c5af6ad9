"""Training: what an epoch holds, how batches are made, how rate and augmentation follow the clock."""

from __future__ import annotations

import dataclasses
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="training needs torch; serving does not")

from speech.alphabet import BLANK, encode  # noqa: E402
from speech.features import BANDS  # noqa: E402
from speech.model import Config, DeepSpeech  # noqa: E402
from speech.packs import Pack, PackWriter  # noqa: E402
from speech.training import (  # noqa: E402
    Plan,
    average,
    epoch_items,
    greedy,
    keep_some,
    learning_rate,
    settle_norms,
    steps_of,
    text_of,
)

PLAN = Plan(packs=(), dev_packs=(), data="", out="", minutes=10.0, processes=2, batch_seconds=4.0, digit_strings=20)


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """Forty sentences of growing length, and single digits of two voices."""
    with PackWriter(tmp_path / "pack") as writer:
        for at in range(40):
            writer.add(np.zeros(2000 + 200 * at, np.int16), f"sentence {at}", "order", "someone")
        for voice in ("one", "two"):
            for digit in ("one", "two", "three"):
                writer.add(np.zeros(3000, np.int16), digit, "digit", voice)
    return Pack(tmp_path / "pack")


def test_a_pack_is_used_as_often_as_the_plan_says(pack: Pack) -> None:
    items = epoch_items(PLAN, [(pack, 2.5)], random.Random(0))
    said = [text_of(entries) for _, entries in items if entries[0].kind == "order"]
    assert len(said) == 100
    assert all(2 <= said.count(f"sentence {at}") <= 3 for at in range(40))


def test_single_digits_are_joined_to_numbers_of_one_voice_and_never_stand_for_sentences(pack: Pack) -> None:
    numbers = [entries for _, entries in epoch_items(PLAN, [(pack, 1.0)], random.Random(0)) if len(entries) > 1]
    assert numbers
    for entries in numbers:
        assert len({entry.voice for entry in entries}) == 1
        assert {entry.kind for entry in entries} == {"digit"}


def test_every_process_gets_a_batch_of_utterances_alike_in_length(pack: Pack) -> None:
    items = epoch_items(PLAN, [(pack, 3.0)], random.Random(0))
    steps = steps_of(items, PLAN, random.Random(0), by_length=False)
    assert steps
    for batches in steps:
        assert len(batches) == PLAN.processes
        for batch in batches:
            longest = max(sum(entry.seconds for entry in entries) + 0.4 for _, entries in batch)
            assert len(batch) == 1 or longest * len(batch) <= PLAN.batch_seconds + 1e-6


def test_the_first_pass_goes_from_short_to_long(pack: Pack) -> None:
    items = epoch_items(PLAN, [(pack, 1.0)], random.Random(0))
    steps = steps_of(items, PLAN, random.Random(0), by_length=True)
    lengths = [sum(entry.samples for entry in entries) for step in steps for batch in step for _, entries in batch]
    assert lengths == sorted(lengths)


@given(st.floats(0, 1.2))
def test_the_learning_rate_stays_between_nothing_and_its_peak(progress: float) -> None:
    assert 0 < learning_rate(PLAN, progress) <= PLAN.peak_rate * 1.0001


def test_the_learning_rate_rises_for_a_tenth_of_the_time_and_falls_to_almost_nothing() -> None:
    rates = [learning_rate(PLAN, at / 100) for at in range(101)]
    assert rates.index(max(rates)) in (9, 10)
    assert rates[-1] < 0.01 * PLAN.peak_rate


def test_augmentation_scaled_to_nothing_leaves_a_recording_as_it_is() -> None:
    assert set(dataclasses.asdict(PLAN.recipe.scaled(0.0)).values()) == {0.0}


def test_the_best_path_drops_blanks_and_repeats() -> None:
    path = [BLANK, *encode("o") * 2, BLANK, *encode("oh"), BLANK]
    log_probs = torch.full((len(path), 29), -9.0)
    log_probs[torch.arange(len(path)), torch.tensor(path)] = 0.0
    assert greedy(log_probs) == "ooh"


def test_one_process_alone_averages_to_itself() -> None:
    tensors = [torch.arange(6.0).view(2, 3), torch.ones(2)]
    assert average(tensors, 0.25) == pytest.approx(0.25)
    assert torch.equal(tensors[0], torch.arange(6.0).view(2, 3))


def test_settled_normalisations_hold_the_statistics_of_all_batches() -> None:
    torch.manual_seed(0)
    model = DeepSpeech(Config(channels=2, hidden=8, layers=1, dropout=0.0))
    frames = torch.rand(6, 60, BANDS) * 8
    lengths, targets = torch.full((6,), 60), torch.tensor([1])
    batches = [(frames[at : at + 2], lengths[:2], targets, targets) for at in (0, 2, 4)]
    settle_norms(model, batches)
    norm = model.convolutions[0].norm
    with torch.inference_mode():
        maps = model.convolutions[0].convolution(
            torch.nn.functional.pad(frames[:, None], model.convolutions[0].padding)
        )
    torch.testing.assert_close(norm.running_mean, maps.mean((0, 2, 3)), atol=1e-3, rtol=1e-3)
    assert norm.momentum == torch.nn.BatchNorm1d(1).momentum
    assert not model.training


def test_final_weights_keep_the_share_asked_for_of_those_they_began_with() -> None:
    model, before = (DeepSpeech(Config(channels=2, hidden=8, layers=1)) for _ in range(2))
    after = [weight.clone() for weight in model.parameters()]
    keep_some(model, before, 0.25)
    for mixed, new, old in zip(model.parameters(), after, before.parameters(), strict=True):
        torch.testing.assert_close(mixed, 0.75 * new + 0.25 * old)
