import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.app import clock_from
from bot.settings import Settings, SettingsError
from tests.bot.parts import EVENING, settings

NAMES = "PORT DATABASE_URL MENU RESTAURANT STAFF_PASSWORD REST_TOKEN SECRET_KEY RASA_URL RASA_PROCESSES RASA_MODEL CLOCK_START HOST TWILIO_ACCOUNT_SID".split()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setattr("bot.settings.ROOT", tmp_path)


def test_without_any_setting_everything_has_a_default(tmp_path: Path) -> None:
    made = Settings.from_environment()
    assert (made.port, made.host, made.clock_start) == (8000, "127.0.0.1", None)
    assert made.database_url == f"sqlite:///{tmp_path / 'bot.db'}"


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9000\nREST_TOKEN=file\n")
    monkeypatch.setenv("REST_TOKEN", "environment")
    made = Settings.from_environment()
    assert (made.port, made.rest_token) == (9000, "environment")


def test_an_empty_setting_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert Settings.from_environment().port == 8000


@pytest.mark.parametrize("name, value", [("PORT", "eighty"), ("RASA_PROCESSES", "many"), ("CLOCK_START", "yesterday")])
def test_a_setting_that_makes_no_sense_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} must .*{value}"):
        Settings.from_environment()


def test_several_rasa_servers_are_named_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_URL", "http://one:5005, http://two:5005,")
    assert Settings.from_environment().rasa_urls == ("http://one:5005", "http://two:5005")


def test_the_secret_key_stays_the_same_and_is_private(tmp_path: Path) -> None:
    key = Settings.from_environment().secret_key
    assert len(key) >= 32 and Settings.from_environment().secret_key == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_clock_that_starts_elsewhere_runs_on_from_there(tmp_path: Path) -> None:
    clock = clock_from(settings(tmp_path))
    first, second = clock(), clock()
    assert EVENING <= first <= second < EVENING + timedelta(minutes=10)
    assert clock_from(settings(tmp_path, clock_start=None))() > datetime(2024, 1, 1, tzinfo=first.tzinfo)


def test_the_account_for_texts_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://table.example/")
    monkeypatch.setenv("TWILIO_API_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PAD_TOKEN", "tablet")
    made = Settings.from_environment()
    assert (made.public_url, made.twilio_api_url) == ("https://table.example", "http://127.0.0.1:9")
    assert (made.pad_token, made.twilio_account_sid) == ("tablet", "")
