"""The layers that tell questions apart: what they learn, and what they must not have learnt."""

from collections.abc import Iterator

import pytest
import torch

from nlu import tune_questions
from nlu.bench_answers import INTENTS
from nlu.encoder import shared_encoder


def test_the_loss_falls_when_sentences_of_one_intent_come_together() -> None:
    near = torch.nn.functional.normalize(torch.tensor([[1, 0.1], [1, -0.1], [-0.1, 1], [0.1, 1]]), dim=-1)
    together, apart = torch.tensor([0, 0, 1, 1]), torch.tensor([0, 1, 0, 1])
    assert tune_questions.contrast(near, together) < tune_questions.contrast(near, apart)


def test_padding_does_not_change_a_mean() -> None:
    states = torch.randn(1, 5, 8)
    padded = torch.cat((states, torch.full((1, 2, 8), 9.0)), dim=1)
    mask = torch.tensor([[1, 1, 1, 1, 1, 0, 0]])
    torch.testing.assert_close(
        tune_questions.pooled(padded, mask), tune_questions.pooled(states, torch.ones(1, 5, dtype=torch.long))
    )


def test_sentences_that_are_measured_on_are_not_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    def clinc150() -> Iterator[tuple[str, str, str]]:
        yield "Any tables?", INTENTS[0], "train"
        yield "Freeze it", "freeze_account", "train"
        yield "freeze mine", "freeze_account", "val"
        yield "What is love", "oos", "oos_train"
        yield "tell a joke", "tell_joke", "train"

    monkeypatch.setattr(tune_questions, "clinc150", clinc150)
    monkeypatch.setattr(tune_questions, "hwu64", lambda: iter([("wake me", "alarm_set", []), ("hush", "mute", [])]))
    monkeypatch.setattr(tune_questions, "split_of", lambda _, text: "test" if text == "hush" else "train")
    own, others = tune_questions.learnt_sentences(left_out=["tell_joke"])
    assert own == {"alarm_set": ["wake me"]} and others == {"freeze_account": ["freeze it"]}


def test_the_shipped_layers_bring_paraphrases_together() -> None:
    asked = ("how do i get to your place", "could you give me directions", "i need to change my password")
    _, (a, b, c) = shared_encoder().encode_questions(asked)
    assert a @ b > a @ c + 0.2
