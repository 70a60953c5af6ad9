"""Of what may have been heard, the reading that the menu allows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bot.hearing import choose
from nlu.menu import load_menu
from nlu.parser import OrderParser
from speech.decoder import Hypothesis
from speech.recogniser import Transcript
from tests.conftest import ROOT

MENU = ROOT / "data" / "menu.yml"


@pytest.fixture(scope="module")
def parser() -> OrderParser:
    return OrderParser(load_menu(MENU))


def heard(*texts: str) -> Transcript:
    hypotheses = tuple(Hypothesis(text, -float(rank), 0.0) for rank, text in enumerate(texts))
    return Transcript(texts[0] if texts else "", (), 0.9, hypotheses, 2.0)


def test_a_likelier_text_that_makes_no_order_gives_way_to_one_that_does(parser: OrderParser) -> None:
    choice = choose(heard("two mar he readers", "two margheritas"), parser)
    assert choice.text == "two margheritas"
    assert [(line.item, line.quantity) for line in choice.parse.lines] == [("margherita", 2)]


def test_without_an_order_the_first_text_stands(parser: OrderParser) -> None:
    choice = choose(heard("good evening to you", "good even in to you"), parser)
    assert (choice.text, choice.parse.lines) == ("good evening to you", ())


def test_silence_is_no_order_and_no_error(parser: OrderParser) -> None:
    assert choose(heard(), parser).parse.lines == ()


def test_the_command_prints_a_line_for_each_file_and_an_error_in_place_of_a_bad_one(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "silence.wav", np.zeros(8000), 8000)
    (tmp_path / "text.wav").write_text("not audio")
    command = [sys.executable, "-m", "bot", "hear", "--menu", str(MENU), "silence.wav", "text.wav", "none.wav"]
    command[-3:] = [str(tmp_path / name) for name in command[-3:]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert rows[0]["order"] == {"lines": []} and rows[0]["text"] == ""
    assert "error" in rows[1] and "error" in rows[2]
    assert "Traceback" not in done.stderr


def test_a_menu_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "hear", "--menu", str(tmp_path / "no.yml"), "x.wav"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and len(done.stderr.strip().splitlines()) == 1
