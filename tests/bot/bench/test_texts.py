"""The measurement of the outbox, small: two processes beside each other, a provider in trouble, everything counted."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from bot.bench import texts as bench_texts


def test_every_text_is_sent_once_and_the_table_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_texts, "REPORT", tmp_path / "texts.md")
    arguments = argparse.Namespace(texts=12, kill_every=1e6, limit=120.0, worker=None)
    monkeypatch.setattr(bench_texts, "TROUBLES", bench_texts.TROUBLES | {"cut_after": 0.2, "slow": 0.0})
    assert bench_texts.run(arguments) == 0
    printed = capsys.readouterr().out
    report = (tmp_path / "texts.md").read_text()
    assert "| Sent exactly once, seen from the provider | 12 |" in report
    assert "| Lost: never taken by the provider | 0 |" in report and "Lost" in printed
