"""Scripted guests through the running restaurant, each graded on what the database holds at the end."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from bot.bench.scripted_guests import Script, load_scripts, play, report
from bot.database.store import Store
from tests.bot.parts import ROOT, Visitor
from tests.conftest import Running

SCRIPTS = load_scripts(ROOT / "data" / "guests")


@pytest.fixture(scope="module")
def http(running: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.base_url, timeout=60, trust_env=False) as http:
        yield http


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_guest_ends_with_exactly_what_was_wanted(script: Script, http: httpx.Client, running: Running) -> None:
    store = Store(running.database_url)
    outcome = play(script, http, store, Visitor().house)
    store.close()
    assert not outcome.misses, report([outcome])
