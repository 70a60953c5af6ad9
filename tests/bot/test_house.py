import os
import shutil
from pathlib import Path

import pytest

from bot.house import HouseKeeper
from nlu.located_yaml import FileError
from tests.bot.parts import ROOT


@pytest.fixture
def keeper(tmp_path: Path) -> HouseKeeper:
    for name in ("menu.yml", "restaurant.yml"):
        shutil.copy(ROOT / "data" / name, tmp_path / name)
    return HouseKeeper(tmp_path / "menu.yml", tmp_path / "restaurant.yml")


def write(path: Path, text: str) -> None:
    """A change that no file system's clock is too coarse for."""
    before = path.stat().st_mtime_ns
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))


def test_a_changed_price_is_in_use_without_a_restart(keeper: HouseKeeper) -> None:
    seen: list[int] = []
    keeper.refresh(lambda: seen.append(1))
    assert seen == []
    text = keeper.menu.read_text(encoding="utf-8")
    old = keeper.house.menu.by_id["lasagna"].price_cents
    write(keeper.menu, text.replace('price: "14.00", groups: [pasta_extra]', 'price: "99.00", groups: [pasta_extra]'))
    keeper.refresh(lambda: seen.append(1))
    assert (old, keeper.house.menu.by_id["lasagna"].price_cents, seen) == (1400, 9900, [1])


def test_a_faulty_file_leaves_the_old_one_in_use_until_it_is_mended(keeper: HouseKeeper) -> None:
    seen: list[int] = []
    good, house = keeper.restaurant.read_text(encoding="utf-8"), keeper.house
    write(keeper.restaurant, good.replace("tax_percent", "tax_percentage", 1))
    keeper.refresh(lambda: seen.append(1))
    assert keeper.house is house
    assert keeper.problem is not None and "restaurant.yml:" in keeper.problem and "tax_percentage" in keeper.problem
    keeper.refresh(lambda: seen.append(1))
    assert seen == [1]
    write(keeper.restaurant, good)
    keeper.refresh(lambda: seen.append(1))
    assert keeper.problem is None and keeper.house is not house and seen == [1, 1]


def test_a_deleted_file_is_a_problem_and_no_crash(keeper: HouseKeeper) -> None:
    keeper.menu.unlink()
    keeper.refresh(lambda: None)
    assert keeper.problem is not None and "cannot be read" in keeper.problem
    assert "lasagna" in keeper.house.menu.by_id


def test_at_the_start_a_faulty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "menu.yml").write_text("name: x\n")
    with pytest.raises(FileError, match="menu.yml:1: a menu needs the key 'items'"):
        HouseKeeper(tmp_path / "menu.yml", ROOT / "data" / "restaurant.yml")


def test_a_new_answer_is_in_use_without_a_restart_and_a_faulty_one_is_not(tmp_path: Path) -> None:
    faq = tmp_path / "faq.yml"
    faq.write_text("- {id: wifi, questions: [is there wifi], answer: 'Yes, ask {phone}.'}\n", encoding="utf-8")
    keeper = HouseKeeper(ROOT / "data" / "menu.yml", ROOT / "data" / "restaurant.yml", faq)

    def found(question: str) -> str | None:
        assert keeper.house.answers is not None
        entry = keeper.house.answers.find(question).entry
        return entry.id if entry else None

    assert found("is there wifi") == "wifi"
    write(faq, faq.read_text(encoding="utf-8") + "- {id: piano, questions: [is there a piano], answer: 'Yes.'}\n")
    keeper.refresh(lambda: None)
    assert (found("is there a piano"), keeper.problem) == ("piano", None)
    write(faq, "- {id: wifi, questions: [is there wifi], answer: 'Call {fone}.'}\n")
    keeper.refresh(lambda: None)
    assert found("is there a piano") == "piano" and "faq.yml:1: there is no fact {fone}" in str(keeper.problem)
