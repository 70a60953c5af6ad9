import ast
import string

from hypothesis import given
from hypothesis import strategies as st

from bot.core.order import NEXT_STATUS
from bot.core.reply import Plan
from bot.core.wording import FORMS, listed, word
from tests.bot.parts import ROOT


def _fields(form: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(form) if name}


def _said() -> list[tuple[str, set[str], str]]:
    """Every ``plan.say("kind", fact=...)`` of the core: its kind, its facts and where it stands."""
    calls = []
    for path in sorted((ROOT / "bot" / "core").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                where = f"{path.name}:{node.lineno}"
                facts = {keyword.arg for keyword in node.keywords if keyword.arg}
                kinds = node.args[0] if node.args else None
                for kind in [kinds.body, kinds.orelse] if isinstance(kinds, ast.IfExp) else [kinds]:
                    if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                        calls.append((kind.value, facts, where))
    return calls


def test_every_form_of_a_point_holds_the_same_facts() -> None:
    for kind, forms in FORMS.items():
        assert len({frozenset(_fields(form)) for form in forms}) == 1, kind


def test_every_point_that_is_said_has_words_and_all_the_facts_they_need() -> None:
    said = _said()
    assert len(said) > 60
    for kind, facts, where in said:
        assert kind in FORMS, where
        assert _fields(FORMS[kind][0]) <= facts, where


def test_no_fact_is_given_that_no_form_says() -> None:
    for kind, facts, where in _said():
        assert facts <= _fields(FORMS[kind][0]), where


def test_every_status_of_a_placed_order_can_be_said() -> None:
    assert {f"status_{status}" for status in NEXT_STATUS} <= FORMS.keys()


def test_equal_forms_take_turns() -> None:
    plan = Plan()
    plan.say("anything_else")
    assert len({word(plan, turn) for turn in range(3)}) == len(FORMS["anything_else"])


def test_points_are_said_in_their_order() -> None:
    plan = Plan()
    plan.say("dropped")
    plan.say("payment")
    assert word(plan, 0) == f"{FORMS['dropped'][0]} {FORMS['payment'][0]}"


@given(st.text(), st.integers(0, 10))
def test_whatever_a_guest_wrote_is_said_back_as_it_is(text: str, turn: int) -> None:
    plan = Plan()
    plan.say("note_added", note=text)
    plan.say("repeat", text=text)
    assert word(plan, turn).count(text) >= 2 or not text


@given(st.lists(st.text("abc", min_size=1), max_size=5))
def test_a_list_is_said_with_its_last_word_joined(words: list[str]) -> None:
    said = listed(words, "or")
    assert said.count(" or ") == (len(words) > 1)
    assert said.replace(" or ", ", ").split(", ") == (words or [""])
