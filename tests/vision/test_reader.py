"""Reading: right on clear numbers, unmoved by place and scale, and a refusal where there is no number."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision import pages, strokes
from vision.__main__ import read
from vision.reader import MODELS, Reader, String, choose, combine, load_reader, numbering_plan

pytestmark = pytest.mark.skipif(
    not (MODELS / "digit_reader.onnx").exists(), reason="data/models/digit_reader.onnx is not built"
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def written(number: str, seed: int, kind: str = "plain") -> np.ndarray:
    return (235 - 180 * pages.own_page(number, np.random.default_rng(seed), kind).ink).astype(np.uint8)


def test_most_clear_numbers_are_read_right(reader: Reader) -> None:
    rng = np.random.default_rng(8)
    right = 0
    for seed in range(20):
        number = "".join(map(str, rng.integers(0, 10, 10)))
        right += reader.read_image(written(number, seed)).digits == number
    assert right >= 17


def test_place_scale_and_polarity_do_not_change_the_digits(reader: Reader) -> None:
    seen = written("2025550143", 3)
    first = reader.read_image(seen)
    assert first.digits == "2025550143"
    larger = np.asarray(Image.fromarray(seen).resize((seen.shape[1] * 2, seen.shape[0] * 2), Image.Resampling.BICUBIC))
    moved = np.pad(seen, ((90, 10), (5, 200)), constant_values=235)
    for other in (larger, moved, 255 - seen):
        again = reader.read_image(np.ascontiguousarray(other))
        assert again.digits == first.digits
        assert abs(again.confidence - first.confidence) < 0.3


def test_strokes_read_as_the_number_that_was_drawn(reader: Reader) -> None:
    rng, paths = np.random.default_rng(2), []
    for place, digit in enumerate("2025550143"):
        for path in strokes.sketch(strokes.DIGITS[int(digit)][0], rng, 0.02):
            paths.append([(x * 60 + place * 80 + 20, y * 80 + 30, 0.0) for x, y in path])
    assert reader.read_strokes(paths).digits == "2025550143"


@pytest.mark.parametrize("drawn", [[], [[]], [[(5.0, 5.0, 0.0)]], [[(0.0, 0.0, 0.0), (float("nan"), 1.0, 0.0)]]])
def test_strokes_that_are_no_number_are_refused(reader: Reader, drawn: list) -> None:
    assert reader.read_strokes(drawn).decision == "rewrite"


def face() -> list[np.ndarray]:
    t = np.linspace(0, 2 * np.pi, 60)
    round_ = np.stack([np.cos(t), np.sin(t)], 1)
    smile = np.stack([np.linspace(220, 380, 20), 380 + 30 * np.sin(np.linspace(0, np.pi, 20))], 1)
    return [round_ * 200 + 300, round_ * 20 + [230, 240], round_ * 20 + [370, 240], smile]


def cheque() -> np.ndarray:
    """Boxes, rules, words and an amount: more than a number."""
    seen = np.full((400, 900), 230, np.uint8)
    seen[20:24, 20:880] = seen[370:374, 20:880] = seen[20:374, 20:24] = seen[20:374, 876:880] = 60
    rng = np.random.default_rng(4)
    for row, word in enumerate(("PAWTHNE", "MKFRWTEHA", "CHEXRK")):
        for place, letter in enumerate(word):
            paths = [p * 45 + [60 + 60 * place, 60 + 100 * row] for p in strokes.sketch(strokes.SIGNS[letter], rng)]
            seen = np.minimum(seen, (230 - 180 * strokes.draw(paths, seen.shape, 5)).astype(np.uint8))
    return seen


def test_what_is_no_number_is_to_be_written_again(reader: Reader) -> None:
    rng = np.random.default_rng(6)
    drawings = [np.full((300, 600), 240, np.uint8), rng.integers(0, 256, (300, 600)).astype(np.uint8), cheque()]
    drawings.append((255 - 255 * strokes.draw(face(), (600, 600), 6)).astype(np.uint8))
    for _ in range(5):
        paths = [path * [400, 200] + 50 for path in strokes.scribble(rng)]
        drawings.append((255 - 255 * strokes.draw(paths, (300, 500), 6)).astype(np.uint8))
    for seen in drawings:
        reading = reader.read_image(seen)
        assert reading.decision == "rewrite"
        assert "please write again" in reading.reason


@pytest.mark.parametrize("number", ["7", "5550143", "202555014355512"])
def test_too_few_or_too_many_digits_are_never_accepted(reader: Reader, number: str) -> None:
    assert reader.read_image(written(number, 12)).decision == "rewrite"


def test_the_numbering_plan_hints_and_does_not_overrule(reader: Reader) -> None:
    assert numbering_plan("2025550143", "US") == (True, True)
    assert numbering_plan("1115550143", "US")[1] is False
    reading = reader.read_image(written("1115550143", 4))
    assert reading.digits == "1115550143" and not reading.plausible


def test_a_string_that_can_be_a_number_is_chosen_only_when_nearly_as_good() -> None:
    short, whole = String(-1.0, "202555014", -1.0, ()), String(-2.0, "2025550143", -1.0, ())
    assert choose([short, whole], "US") is whole
    assert choose([short, String(-20.0, "2025550143", -1.0, ())], "US") is short
    assert choose([whole, String(-2.1, "2025550148", -1.0, ())], "US") is whole


def test_a_one_in_front_of_a_whole_number_is_asked_about(reader: Reader) -> None:
    readings = [reader.read_image(written("12025550143", seed)) for seed in range(6)]
    assert "12025550143" in {reading.digits for reading in readings}
    assert all(reading.decision != "accept" for reading in readings)


def test_lines_are_put_together_best_first() -> None:
    above = [String(-1.0, "202", -1.0, ()), String(-3.0, "207", -3.0, ())]
    below = [String(-0.5, "5550143", -0.5, ()), String(-1.0, "555014", -1.0, ())]
    together = combine([above, below])
    assert [string.text for string in together] == ["2025550143", "202555014", "2075550143", "207555014"]
    assert together[0].score == -1.5


def test_the_command_prints_a_line_for_every_image(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    Image.fromarray(written("2025550143", 3)).save(good)
    bad.write_bytes(b"no image")
    assert read([str(good), str(bad), str(tmp_path / "absent.png"), str(good)], "US") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [("error" in line) for line in lines] == [False, True, True, False]
    assert set(lines[0]) >= {"image", "digits", "confidence", "decision", "per_digit"}
    assert set(lines[0]["per_digit"][0]) >= {"digit", "confidence", "inpainted"}
