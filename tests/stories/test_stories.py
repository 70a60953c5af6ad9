"""``rasa test``: every story under this folder, NLU and dialogue together, on the model that serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_story_fails(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rasa", "test", "core", "--stories", "tests/stories", "--e2e", "--no-plot"]
    command += ["--model", "var/rasa/model.tar.gz", "--out", str(tmp_path)]
    env = os.environ | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
    ran = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr[-3000:]
    failed = tmp_path / "failed_test_stories.yml"
    assert "story:" not in failed.read_text(), failed.read_text()
    stories = sum(path.read_text().count("- story:") for path in Path(__file__).parent.glob("test_*.yml"))
    assert stories >= 30
