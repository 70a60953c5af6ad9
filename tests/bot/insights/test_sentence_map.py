"""The map of remarks and words: kept without their texts, shown with the present ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.insights.feedback import NEGATIVE, NOT_JUDGED, POSITIVE
from bot.insights.sentence_map import SentenceMap, make_map

TEXTS = (
    "the lasagna was great", "great lasagna again", "we loved the lasagna", "the pizza was cold", "cold pizza",
    "our pizza came cold", "the waiter was kind", "a kind waiter", "such a kind waiter", "dirty tables", "lovely evening",
)  # fmt: skip


def remarks(texts: tuple[str, ...] = TEXTS) -> list[dict[str, Any]]:
    return [
        {"id": f"r{i}", "text": text, "label": NEGATIVE if "cold" in text or "dirty" in text else POSITIVE,
         "topics": ["food"], "day": "2026-11-20"}
        for i, text in enumerate(texts)
    ]  # fmt: skip


def test_every_remark_and_each_common_word_has_a_spot_and_the_same_each_time() -> None:
    made = make_map(remarks())
    assert [spot[0] for spot in made["remarks"]] == [f"r{i}" for i in range(len(TEXTS))]
    words = {word: (count, share) for word, _, _, count, share in made["words"]}
    assert words["lasagna"] == (3, 1.0) and words["cold"] == (3, 0.0) and "the" not in words
    assert all(-1.1 <= x <= 1.1 and -1.1 <= y <= 1.1 for _, x, y, *_ in made["remarks"] + made["words"])
    assert make_map(remarks()) == made


def test_the_kept_map_holds_no_remarks_and_forgets_with_the_database(tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    kept = SentenceMap(file)
    assert not kept.points(remarks())["ready"]
    kept.refresh(remarks())
    assert "loved" not in file.read_text()
    shown = kept.points(remarks())
    assert shown["ready"] and len([p for p in shown["points"] if p["kind"] == "remark"]) == len(TEXTS)
    fewer = remarks()[1:]
    after = kept.points(fewer)
    assert not after["ready"] and TEXTS[0] not in [point["text"] for point in after["points"]]


def test_too_few_remarks_make_no_map(tmp_path: Path) -> None:
    few = remarks(TEXTS[:4]) + [{"id": "x", "text": "👍", "label": NOT_JUDGED, "topics": [], "day": "2026-11-20"}]
    kept = SentenceMap(tmp_path / "map.json")
    kept.refresh(few)
    assert kept.points(few) == {"points": [], "enough": False, "ready": True}


def test_a_broken_file_is_no_map(tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text("{broken")
    assert SentenceMap(tmp_path / "map.json").points(remarks())["points"] == []
