"""The networks: one step at a time equals all at once, padding changes nothing, a batch can be learnt by heart."""

import pytest

torch = pytest.importorskip("torch", reason="torch belongs to the training install")

from nlu.responder_model import NETWORKS, Sizes  # noqa: E402

SIZES = Sizes(words=12, slots=6, values=5, width=32, hidden=48, dropout=0.0, heads=2, layers=1)
SLOTS = torch.tensor([[1, 3, 5, 0], [2, 4, 6, 1]])
VALUES = torch.tensor([[1, 2, 3, 0], [1, 1, 4, 2]])
TOKENS = torch.tensor([[0, 5, 12, 7, 14], [0, 13, 6, 15, 2]])


@pytest.fixture(params=NETWORKS)
def network(request):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    return NETWORKS[request.param](SIZES).eval()


@torch.no_grad()
def test_word_by_word_equals_the_whole_sentence(network):
    whole = network(SLOTS, VALUES, TOKENS)
    memory, *state = network.encode(SLOTS, VALUES)
    for position, previous in enumerate(TOKENS.unbind(1)):
        chances, *state = network.step(memory, SLOTS, previous, *state)
        assert torch.allclose(chances, whole[:, position], atol=1e-5)


@torch.no_grad()
def test_chances_add_up_and_only_facts_that_are_there_can_be_copied(network):
    chances = network(SLOTS, VALUES, TOKENS).exp()
    assert torch.allclose(chances.sum(-1), torch.ones(2, 5), atol=1e-5)
    copied = chances[0, :, SIZES.words :]
    assert (copied[:, [1, 3, 5]] == 0).all() and (copied[:, [0, 2, 4]] > 0).all()


@torch.no_grad()
def test_facts_of_another_sentence_in_the_batch_change_nothing(network):
    alone = network(SLOTS[:1, :3], VALUES[:1, :3], TOKENS[:1])
    assert torch.allclose(network(SLOTS, VALUES, TOKENS)[:1], alone, atol=1e-5)


def test_one_batch_is_learnt_by_heart(network):
    network.train()
    after = torch.tensor([[5, 12, 7, 14, 1], [13, 6, 15, 2, 1]])
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(150):
        loss = -network(SLOTS, VALUES, TOKENS).gather(-1, after[..., None]).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.05
    assert (network(SLOTS, VALUES, TOKENS).argmax(-1) == after).all()
