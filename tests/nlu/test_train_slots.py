from pathlib import Path
from random import Random

import pytest

from nlu.data_sets import BookingSentence
from nlu.slot_tagger import SLOTS, UNKNOWN, SlotTagger, best_spans, featurise, tokens
from nlu.synthetic_bookings import invented

torch = pytest.importorskip("torch")

from nlu.train_slots import Settings, SpanModel, example, export, finder, joined, loss_of, score, swapped  # noqa: E402

SENTENCES = (
    BookingSentence("a table for 2 at 7pm", (), ((12, 13, "people"), (17, 18, "time"))),
    BookingSentence("John Smith, tomorrow", ("date",), ((0, 4, "first_name"), (5, 10, "last_name"), (12, 20, "date"))),
    BookingSentence("in an hour", (), ((0, 10, "date"), (0, 10, "time"))),
    BookingSentence("hello", ("people",), ()),
)
VALUES = {slot: ["noon", "seven thirty", "4 people", "Ann", "O'Brien", "8:30 pm."] for slot in SLOTS}
WORDS = {word: row for row, word in enumerate([UNKNOWN, "a", "table", "for", "2", "at", "7", "pm", "john", "smith"])}


def test_invented_and_swapped_sentences_keep_their_spans_on_words() -> None:
    random = Random(3)
    for turn in range(600):
        sentence = swapped(invented(random) if turn % 3 else random.choice(SENTENCES), VALUES, random)
        pieces = tokens(sentence.text)
        for start, end, slot in sentence.spans:
            said = sentence.text[start:end]
            assert said.strip() and slot in SLOTS
            assert start in {a for a, _ in pieces} and start + len(said.rstrip()) in {b for _, b in pieces}, sentence


def test_a_few_sentences_can_be_learnt_by_heart_overlapping_spans_too() -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)
    model = SpanModel(Settings(width=16, dropout=0.0), torch.randn(len(WORDS), 8))
    optimiser = torch.optim.Adam(model.parameters(), 0.02)
    data = [example(sentence, WORDS) for sentence in SENTENCES]
    for _ in range(40):
        loss = torch.zeros(())
        for made in data:
            inputs = (torch.from_numpy(part).unsqueeze(0) for part in (made.words, made.letters, made.numbers))
            loss = loss + loss_of(*model(*inputs), torch.tensor([made.targets]))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert score(finder(model.eval(), WORDS), SENTENCES)[0] == 1.0


def test_joined_models_find_what_the_mean_of_their_chances_finds(tmp_path: Path) -> None:
    torch.manual_seed(4)
    models = [SpanModel(Settings(width=8), torch.randn(len(WORDS), 4)).eval() for _ in range(3)]
    parts = [tmp_path / f"{row}.onnx" for row in range(len(models))]
    for model, part in zip(models, parts):
        export(model, list(WORDS), part)
    joined(parts, tmp_path / "all.onnx")
    text = "a table for 2 at 7pm, please"
    pieces = tokens(text)
    inputs = [torch.from_numpy(array).unsqueeze(0) for array in featurise(text, pieces, (), WORDS)]
    with torch.no_grad():
        spans, absent = (torch.cat(outputs).numpy() for outputs in zip(*(model(*inputs) for model in models)))
    found = best_spans(pieces, SLOTS, spans, absent)
    assert found and SlotTagger(tmp_path / "all.onnx").spans(text, SLOTS) == found
