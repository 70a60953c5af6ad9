from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.bench.scripted_guests import Outcome, Script, load_scripts, play, report
from tests.bot.parts import ROOT, FakeRasa, serving

TO_THE_END = ("a lasagna", "that's all", "pickup", "asap", "Anna", "207 555 0123", "yes")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[TestClient, FakeRasa]]:
    with serving(tmp_path) as served:
        served[1].intents |= {"pickup": "inform", "asap": "inform", "anna": "inform", "207 555 0123": "inform"}
        yield served


def outcome(served: tuple[TestClient, FakeRasa], script: Script) -> Outcome:
    turns = served[1].turns
    assert turns is not None
    return play(script, served[0], turns.store, turns.keeper.house)


GOOD = Script("good", TO_THE_END, orders=({"status": "confirmed", "name": "Anna", "lines": ["1 lasagna"]},))


def test_a_script_that_ends_as_written_has_no_misses(served: tuple[TestClient, FakeRasa]) -> None:
    done = outcome(served, GOOD)
    assert done.misses == []
    assert [said for said, _ in done.heard] == list(TO_THE_END)


@pytest.mark.parametrize(
    "script",
    [
        replace(GOOD, orders=()),
        replace(GOOD, orders=({"status": "cart"},)),
        replace(GOOD, orders=({"lines": ["2 lasagna"]},)),
        replace(GOOD, orders=({"lines": ["1 lasagna", "1 cola"]},)),
        replace(GOOD, person=True),
        replace(GOOD, alerts=("emergency",)),
        replace(GOOD, hears=("bon appétit",)),
        replace(GOOD, never=("LASAGNA",)),
    ],
)
def test_any_difference_from_the_script_is_a_miss(served: tuple[TestClient, FakeRasa], script: Script) -> None:
    done = outcome(served, script)
    assert len(done.misses) == 1
    assert "0 of 1" in report([done]) and done.misses[0] in report([done])


def test_a_turn_without_an_answer_is_a_miss(served: tuple[TestClient, FakeRasa]) -> None:
    served[1].failures = ["before"]
    assert "503" in outcome(served, Script("s", ("a lasagna",))).misses[0]


def test_there_are_at_least_forty_scripts_with_names_of_their_own() -> None:
    scripts = load_scripts(ROOT / "data" / "guests")
    assert len({script.name for script in scripts}) == len(scripts) >= 40
    assert all(script.say for script in scripts)
