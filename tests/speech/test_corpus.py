"""Nobody who is reported on is trained on, and the split file says so."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from speech.corpus import SPEECH_SETS, MissingSet, recordings
from speech.scores import bootstrap_ratio, edit_distance, wilson

ROOT = Path(__file__).parents[2]
ROWS = [json.loads(line) for line in (ROOT / "data/splits/speech.jsonl").read_text().splitlines()]


def test_the_split_holds_out_the_promised_numbers_of_speakers() -> None:
    held_out = Counter(row["set"] for row in ROWS if row["part"] == "test")
    assert {name: held_out[name] for name in SPEECH_SETS} == {"an4": 10, "fsdd": 2, "coffee": 5, "so762": 10}
    assert held_out["noise"] > 0


def test_no_speaker_stands_twice() -> None:
    assert max(Counter((row["set"], row.get("speaker", row.get("clip"))) for row in ROWS).values()) == 1


def test_a_missing_set_is_named_with_licence_and_publisher(tmp_path: Path) -> None:
    with pytest.raises(MissingSet, match="an4.*licence.*Carnegie"):
        recordings(tmp_path, "an4")


def test_errors_and_intervals() -> None:
    assert edit_distance("a b c".split(), "a x c d".split()) == 2
    low, high = wilson(95, 100)
    assert low == pytest.approx(0.888, abs=0.001) and high == pytest.approx(0.978, abs=0.001)
    low, high = bootstrap_ratio([(1, 10)] * 50)
    assert low == high == pytest.approx(0.1)
