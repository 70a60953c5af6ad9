"""Adds an answer to the FAQ file: the owner's own lines stay as they are, and a faulty file never takes their place."""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import yaml

from nlu import located_yaml
from nlu.faq import load_faq
from nlu.located_yaml import FileError

_lock = threading.Lock()


def add_answer(path: Path, question: str, answer: str, check: Callable[[Path], object] = load_faq) -> str:
    """Append an entry; its id.

    ``check`` loads the new file before it replaces the old one.

    Raises:
        FileError: the file, or what it would become, cannot be used; nothing is changed then.
    """
    question, answer = " ".join(question.split()), " ".join(answer.split())
    with _lock:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        entries = located_yaml.read(path).items("the FAQ") if text.strip() else []
        taken = {node.mapping("an answer")["id"].text("id") for node in entries}
        entry_id = _free_id(question, taken)
        block = yaml.safe_dump(
            [{"id": entry_id, "questions": [question], "answer": answer}],
            allow_unicode=True, sort_keys=False, default_flow_style=False, width=110,
        )  # fmt: skip
        _replace(path, (text.rstrip("\n") + "\n" if text.strip() else "") + block, check)
    return entry_id


def _free_id(question: str, taken: set[str]) -> str:
    words = re.findall(r"[a-z0-9]+", question.lower())[:6]
    base = "_".join(words) or "answer"
    number = 1
    while (name := base if number == 1 else f"{base}_{number}") in taken:
        number += 1
    return name


def _replace(path: Path, text: str, check: Callable[[Path], object]) -> None:
    """Write beside the file, check what was written, and put it in place in one step."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        check(fresh)
        if path.exists():
            fresh.chmod(path.stat().st_mode & 0o777)
        else:
            fresh.chmod(0o644)
        os.replace(fresh, path)
    except FileError as error:
        raise FileError(path, error.line, error.problem) from None
    finally:
        fresh.unlink(missing_ok=True)
