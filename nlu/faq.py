"""The owner's answers: a list of ``{id, questions, answer}``; an answer may name facts in braces, as {phone}."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from nlu import located_yaml
from nlu.located_yaml import Node


@dataclass(frozen=True)
class Entry:
    id: str
    questions: tuple[str, ...]
    answer: str
    topic: str = ""


def load_faq(path: Path, facts: Collection[str] | None = None) -> tuple[Entry, ...]:
    """Read and check a FAQ file. ``facts`` are the names that may stand in braces; None: any.

    Raises:
        FileError: with file, line and what to write instead.
    """
    entries: list[Entry] = []
    asked: dict[str, tuple[str, int]] = {}
    lines: dict[str, int] = {}
    for node in located_yaml.read(path).items("a FAQ"):
        keys = node.fields("an answer", required={"id", "questions", "answer"}, optional={"topic"})
        name = keys["id"].text("id")
        if name in lines:
            raise keys["id"].error(f"the id {name!r} stands in line {lines[name]} already: write another one")
        lines[name] = keys["id"].line
        questions = keys["questions"].texts("questions")
        if not questions:
            raise keys["questions"].error("an answer needs at least one question: write '- how guests ask it'")
        for question in keys["questions"].items("questions"):
            plain = _plain(question.text("a question"))
            other, line = asked.setdefault(plain, (name, question.line))
            if not plain:
                raise question.error("a question needs words")
            if line != question.line:
                where = (
                    "twice" if other == name else f"under {other!r} (line {line}) as well: keep it under one of them"
                )
                raise question.error(f"the question {question.text('a question')!r} stands {where}")
        topic = keys["topic"].text("topic") if "topic" in keys else ""
        entries.append(Entry(name, questions, _answer(keys["answer"], facts), topic))
    if not entries:
        raise located_yaml.FileError(path, 1, "has no answers: write '- id: ...', 'questions: [...]', 'answer: ...'")
    return tuple(entries)


def names_in(answer: str) -> list[str]:
    """The facts in braces."""
    return [name for _, name, _, _ in Formatter().parse(answer) if name is not None]


def _answer(node: Node, facts: Collection[str] | None) -> str:
    text = node.text("answer")
    try:
        names = names_in(text)
    except ValueError:
        raise node.error("a brace is not closed: write {phone}, or {{ for a brace itself") from None
    for name in names:
        if not re.fullmatch(r"[a-z_]+", name) or (facts is not None and name not in facts):
            known = f": write one of {', '.join(sorted(facts))}" if facts else ": write a name such as {phone}"
            raise node.error(f"there is no fact {{{name}}}{known}")
    return text


def _plain(question: str) -> str:
    return " ".join(re.findall(r"\w+", question.lower()))
