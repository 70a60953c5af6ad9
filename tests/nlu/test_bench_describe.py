"""The bench of wording: its sums are sacrebleu's, and it says so where the data set is not there."""

from types import SimpleNamespace

import pytest

from nlu import bench_describe, data_sets
from nlu.bench_describe import report
from nlu.responder import Responder


def test_counts_of_single_sentences_add_up_to_the_corpus_score():
    sacrebleu = pytest.importorskip("sacrebleu", reason="sacrebleu belongs to the training install")
    said = ["The Elm is a Thai pub near Oak House.", "The Oak serves French food in the old town area."]
    refs = [["The Elm is a pub near Oak House serving Thai food.", "Near Oak House is the Thai pub The Elm."], ["The Oak serves French food."]]  # fmt: skip
    columns = [[each[i] if i < len(each) else None for each in refs] for i in range(2)]
    parts = [bench_describe._bleu_counts(text, each) for text, each in zip(said, refs)]
    assert bench_describe._bleu(parts) == pytest.approx(sacrebleu.corpus_bleu(said, columns).score)


def test_the_report_counts_facts_and_fallbacks():
    pytest.importorskip("sacrebleu", reason="sacrebleu belongs to the training install")
    asked = {"name[The Elm], food[Thai], area[riverside]": ["The Elm serves Thai food on the riverside."]}
    text = "\n".join(report(Responder(), asked, "development"))
    assert "1 meaning representations, 3 slots, 1 references" in text
    assert "(0 of 3)" in text and "fall back to a template: 1/1 = 100.0%" in text


def test_without_the_data_set_it_names_licence_and_publisher_and_exits_3(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(data_sets, "UNPACKED", tmp_path)
    monkeypatch.setenv("DATA", str(tmp_path / "nowhere"))
    assert bench_describe.run(SimpleNamespace(development=False)) == 3
    assert "E2E (Novikova et al. 2017, CC BY-SA 4.0, Heriot-Watt University)" in capsys.readouterr().err
