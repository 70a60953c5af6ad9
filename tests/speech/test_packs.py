"""Audio packs: what is written is read back, also while the pack still grows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speech.packs import Pack, PackWriter


@given(st.lists(st.lists(st.integers(-32767, 32767), min_size=1, max_size=30), min_size=1, max_size=5))
def test_what_is_written_is_read_back(tmp_path_factory: object, utterances: list[list[int]]) -> None:
    path = tmp_path_factory.mktemp("packs") / "pack"  # type: ignore[attr-defined]
    with PackWriter(path) as pack:
        for at, samples in enumerate(utterances):
            pack.add(np.array(samples, np.int16), f"text {at}", "kind", "voice")
        assert pack.count == len(utterances)
    read = Pack(path)
    for entry, samples in zip(read.entries, utterances, strict=True):
        assert (np.rint(read.audio(entry) * 32768) == samples).all()


def test_a_growing_pack_shows_what_was_flushed_and_no_more(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "pack") as pack:
        pack.add(np.full(10, 0.5, np.float32), "one", "kind", "voice")
        pack.flush()
        pack.add(np.full(10, 0.5, np.float32), "two", "kind", "voice")
        read = Pack(tmp_path / "pack")
        assert [entry.text for entry in read.entries] == ["one"]
        assert np.allclose(read.audio(read.entries[0]), 0.5, atol=1e-4)


def test_an_empty_pack_can_be_opened(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "pack"):
        pass
    assert Pack(tmp_path / "pack").entries == []
