"""``python -m nlu describe``: one JSON line for each line, also for those that cannot be worded."""

import io
import json
import sys
from types import SimpleNamespace

import pytest

from nlu import describe_command


@pytest.fixture
def describe(monkeypatch, capsys):
    def run(text):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(text)))
        status = describe_command.run(SimpleNamespace())
        return status, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return run


def test_each_line_gets_its_sentence(describe):
    status, lines = describe(b"name[Blue Spice], eatType[pub], area[riverside]\r\nname[Zizzi], food[French]\n")
    assert status == 0 and [set(line) for line in lines] == [{"mr", "text", "source", "raw"}] * 2
    assert lines[0]["mr"] == "name[Blue Spice], eatType[pub], area[riverside]"
    assert "Blue Spice" in lines[0]["text"] and "Zizzi" in lines[1]["text"] and "French" in lines[1]["text"]


def test_a_line_that_cannot_be_worded_takes_its_place_as_an_error_and_the_others_still_come(describe):
    bad = [b"", b"name[A], colour[red]", b"name[A", b"\xff\xfe", b"x" * 10_000, b"name[A], food[B], food[C]"]
    status, lines = describe(b"\n".join([*bad, b"name[Zizzi], food[French]"]))
    assert status == 1 and len(lines) == 7
    assert all(set(line) == {"error"} for line in lines[:6])
    assert "Zizzi" in lines[6]["text"]


def test_nothing_in_is_nothing_out(describe):
    assert describe(b"") == (0, [])
