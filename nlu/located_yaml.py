"""Owner-edited YAML files, read so that every error can name its line.

Scalars stay strings: in YAML 1.1 an item called ``no`` would turn into a boolean and a price of ``5.50`` into a float.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class FileError(ValueError):
    """An owner's file that cannot be used. The message names file, line and what to write instead."""

    def __init__(self, path: Path, line: int | None, problem: str) -> None:
        self.path, self.line, self.problem = path, line, problem
        super().__init__(f"{path}:{line}: {problem}" if line else f"{path}: {problem}")


@dataclass(frozen=True)
class Node:
    """A YAML value and where it stands. ``raw`` is a str, a list of nodes, or a dict of str to node."""

    path: Path
    line: int
    raw: str | list[Node] | dict[str, Node]

    def error(self, problem: str) -> FileError:
        return FileError(self.path, self.line, problem)

    def text(self, what: str) -> str:
        if not isinstance(self.raw, str) or not self.raw.strip():
            raise self.error(f"{what} must be a text")
        return self.raw.strip()

    def items(self, what: str) -> list[Node]:
        if not isinstance(self.raw, list):
            raise self.error(f"{what} must be a list: write one '- ' line for each entry")
        return self.raw

    def texts(self, what: str) -> tuple[str, ...]:
        return tuple(node.text(f"each entry of {what}") for node in self.items(what))

    def mapping(self, what: str) -> dict[str, Node]:
        if not isinstance(self.raw, dict):
            raise self.error(f"{what} must have keys: write 'key: value' lines")
        return self.raw

    def fields(self, what: str, *, required: set[str], optional: set[str]) -> dict[str, Node]:
        """The mapping, once its keys are known to be complete and none misspelt."""
        mapping = self.mapping(what)
        for key, node in mapping.items():
            if key not in required | optional:
                known = ", ".join(sorted(required | optional))
                raise node.error(f"{what} has no key {key!r}: write one of {known}")
        for key in sorted(required - mapping.keys()):
            raise self.error(f"{what} needs the key {key!r}")
        return mapping

    def integer(self, what: str, *, least: int = 0, most: int = 1_000_000_000) -> int:
        text = self.text(what)
        if not re.fullmatch(r"-?[0-9]+", text):
            raise self.error(f"{what} must be a whole number, not {text!r}")
        number = int(text[:20])
        if not least <= number <= most:
            raise self.error(f"{what} must be between {least} and {most}, not {text[:20]}")
        return number

    def flag(self, what: str) -> bool:
        text = self.text(what).lower()
        if text not in ("true", "false", "yes", "no"):
            raise self.error(f"{what} must be true or false, not {text!r}")
        return text in ("true", "yes")


def read(path: Path) -> Node:
    """The file's content with its line numbers.

    Raises:
        FileError: the file is missing, is not UTF-8 or not YAML, or has a key twice.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(path, None, f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FileError(path, None, "is not UTF-8 text: save it as UTF-8") from None
    try:
        root = yaml.compose(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise FileError(path, line, f"is not valid YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise FileError(path, None, f"is not valid YAML: {error}") from None
    if root is None:
        raise FileError(path, None, "is empty")
    return _located(path, root, frozenset())


def _located(path: Path, node: Any, above: frozenset[int]) -> Node:
    line = node.start_mark.line + 1
    if id(node) in above:
        raise FileError(path, line, "refers to itself: write the values out")
    above = above | {id(node)}
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Node] = {}
        for key, value in _pairs(path, node):
            if key in mapping:
                raise FileError(path, value.start_mark.line + 1, f"the key {key!r} stands twice")
            mapping[key] = _located(path, value, above)
        return Node(path, line, mapping)
    if isinstance(node, yaml.SequenceNode):
        return Node(path, line, [_located(path, entry, above) for entry in node.value])
    return Node(path, line, str(node.value))


def _pairs(path: Path, node: Any) -> Iterator[tuple[str, Any]]:
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise FileError(path, key.start_mark.line + 1, "a key must be a plain word")
        yield str(key.value), value
