from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nlu.located_yaml import FileError, Node, read

ANY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "owner.yml"


def load(path: Path, text: str) -> Node:
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_every_value_knows_its_line_and_stays_a_text(path: Path) -> None:
    root = load(path, "a: no\nb:\n- 5.50\n- {c: 0123}\n")
    keys = root.mapping("file")
    assert (keys["a"].text("a"), keys["a"].line) == ("no", 1)
    first, second = keys["b"].items("b")
    assert (first.text("b"), first.line) == ("5.50", 3)
    assert (second.mapping("x")["c"].text("c"), second.mapping("x")["c"].line) == ("0123", 4)


@ANY
@given(content=st.binary(max_size=60) | st.text("ab:-{}[]\"'&*#|>!%@ \n\t1", max_size=40).map(str.encode))
@example(content=b"")
@example(content=b"\x00")
@example(content=b"a: &x [*x]")
@example(content=b"? [a]\n: b")
@example(content=b"a: *missing")
@example(content=b"--- a\n--- b")
def test_any_bytes_are_a_file_or_an_error_that_names_the_file(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        assert isinstance(read(path), Node)
    except FileError as error:
        assert str(error).startswith(str(path))
        assert error.problem


@pytest.mark.parametrize(
    "text, line, words",
    [
        ("a: 1\na: 2\n", 2, "stands twice"),
        ("a: [1, 2\nb: 3\n", None, "not valid YAML"),
        ("a: b: c\n", 1, "not valid YAML"),
        ("a: &x\n  b: *x\n", None, "refers to itself"),
        ("? [a]\n: b\n", 1, "a plain word"),
        ("# nothing\n", None, "is empty"),
    ],
)
def test_a_broken_file_is_told_with_its_line(path: Path, text: str, line: int | None, words: str) -> None:
    with pytest.raises(FileError, match=words) as error:
        load(path, text)
    assert line is None or error.value.line == line


def test_a_missing_file_and_one_in_another_encoding_are_told(path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        read(path)
    path.write_bytes("name: Café".encode("latin-1"))
    with pytest.raises(FileError, match="save it as UTF-8"):
        read(path)


def test_an_anchor_may_be_used_twice(path: Path) -> None:
    keys = load(path, "a: &sizes [small, large]\nb: *sizes\n").mapping("file")
    assert keys["a"].texts("a") == keys["b"].texts("b") == ("small", "large")


def test_a_misspelt_key_names_those_that_exist_and_a_missing_one_itself(path: Path) -> None:
    root = load(path, "nmae: x\n")
    with pytest.raises(FileError, match="has no key 'nmae': write one of name, price"):
        root.fields("an item", required={"name"}, optional={"price"})
    with pytest.raises(FileError, match="needs the key 'price'"):
        load(path, "name: x\n").fields("an item", required={"name", "price"}, optional=set())


@ANY
@given(text=st.text("-+0123456789.e_ ", min_size=1, max_size=30) | st.integers().map(str))
@example(text="--5")
@example(text="٣")
@example(text="9" * 500)
def test_a_whole_number_is_within_its_bounds_or_told(text: str) -> None:
    node = Node(Path("f.yml"), 7, text)
    try:
        number = node.integer("count", least=1, most=60)
    except FileError as error:
        assert error.line == 7
    else:
        assert 1 <= number <= 60 and int(text) == number


def test_a_flag_is_true_or_false_in_plain_words() -> None:
    def flag(text: str) -> bool:
        return Node(Path("f.yml"), 1, text).flag("sold_out")

    assert flag("true") and flag("Yes") and not flag("false") and not flag("no")
    with pytest.raises(FileError, match="true or false, not 'maybe'"):
        flag("maybe")


@pytest.mark.parametrize("text", ["a: [1]\n", "a: {b: c}\n", "a: ''\n", "a:\n"])
def test_what_is_no_text_is_told_so(path: Path, text: str) -> None:
    with pytest.raises(FileError, match="a must be a text"):
        load(path, text).mapping("file")["a"].text("a")


def test_a_list_and_a_mapping_are_not_taken_for_each_other(path: Path) -> None:
    root = load(path, "a: b\n")
    with pytest.raises(FileError, match="must be a list"):
        root.items("items")
    with pytest.raises(FileError, match="must have keys"):
        root.mapping("file")["a"].mapping("a")
