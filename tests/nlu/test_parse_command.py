"""``python -m nlu parse`` as other people's scripts use it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

MENU = Path(__file__).parent / "diner.yml"


def run(data: bytes, menu: Path = MENU) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "nlu", "parse", "--menu", str(menu)], input=data, capture_output=True, check=False
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def test_every_line_gets_one_line_and_a_bad_one_an_error() -> None:
    status, lines, _ = run(b"two burgers\n\n\xff\xfe\na coke with no ice\r\nhello")
    assert status == 1
    assert lines[0] == {
        "text": "two burgers",
        "order": {"lines": [{"item": "hamburger", "quantity": 2, "options": []}]},
        "confidence": lines[0]["confidence"],
        "question": None,
    }
    assert lines[1] == {"text": "", "order": {"lines": []}, "confidence": 0.0, "question": None}
    assert list(lines[2]) == ["error"]
    assert lines[3]["text"] == "a coke with no ice"
    assert lines[3]["order"]["lines"][0]["options"] == [{"group": "ice", "value": "ice", "amount": "none"}]
    assert lines[4]["order"] == {"lines": []}
    assert len(lines) == 5


def test_a_menu_that_is_missing_is_one_line_of_error(tmp_path: Path) -> None:
    status, lines, errors = run(b"hello\n", tmp_path / "none.yml")
    assert (status, lines) == (1, [])
    assert errors.count("\n") == 1 and "cannot be read" in errors
