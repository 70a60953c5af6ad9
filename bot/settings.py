"""Settings from environment variables and a ``.env`` file."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it."""


@dataclass(frozen=True)
class Settings:
    """``clock_start`` lets demos and tests begin at another time; the clock runs on from there."""

    host: str = "127.0.0.1"
    port: int = 8000
    database_url: str = ""
    menu: Path = ROOT / "data" / "menu.yml"
    restaurant: Path = ROOT / "data" / "restaurant.yml"
    faq: Path = ROOT / "data" / "faq.yml"
    staff_password: str = ""
    rest_token: str = ""
    secret_key: str = ""
    rasa_urls: tuple[str, ...] = ()  # none: servers of our own
    rasa_processes: int = 1
    actions_token: str = ""
    pad_token: str = ""
    public_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_from: str = ""
    twilio_api_url: str = ""
    voice: str = ""  # none: the phone line's own default
    max_calls: int = 8  # at once; others hear that the line is busy
    transfer_to: str = ""  # the number of a person whom calls are put through to
    record_calls: bool = False
    rasa_model: Path = ROOT / "var" / "rasa" / "model.tar.gz"
    var: Path = ROOT / "var"
    clock_start: datetime | None = None

    @staticmethod
    def from_environment() -> Settings:
        """Read the environment; ``.env`` fills in what it lacks.

        Raises:
            SettingsError: a value that makes no sense.
        """
        env = {key: value for key, value in dotenv_values(ROOT / ".env").items() if value is not None} | dict(
            os.environ
        )
        var = Path(env.get("VAR_DIR") or ROOT / "var")
        port = _whole_number(env, "PORT", 8000)
        clock = env.get("CLOCK_START")
        try:
            clock_start = datetime.fromisoformat(clock) if clock else None
        except ValueError:
            raise SettingsError(f"CLOCK_START must look like 2026-11-20T18:00:00-05:00, not {clock!r}") from None
        if clock_start is not None and clock_start.tzinfo is None:
            clock_start = clock_start.replace(tzinfo=timezone.utc)
        return Settings(
            host=env.get("HOST") or "127.0.0.1",
            port=port,
            database_url=env.get("DATABASE_URL") or f"sqlite:///{var / 'bot.db'}",
            menu=Path(env.get("MENU") or ROOT / "data" / "menu.yml"),
            restaurant=Path(env.get("RESTAURANT") or ROOT / "data" / "restaurant.yml"),
            faq=Path(env.get("FAQ") or ROOT / "data" / "faq.yml"),
            staff_password=env.get("STAFF_PASSWORD") or "",
            rest_token=env.get("REST_TOKEN") or "",
            secret_key=env.get("SECRET_KEY") or _kept_secret(var / "secret_key"),
            rasa_urls=tuple(url.strip() for url in (env.get("RASA_URL") or "").split(",") if url.strip()),
            rasa_processes=max(1, _whole_number(env, "RASA_PROCESSES", 2 if (os.cpu_count() or 1) >= 4 else 1)),
            actions_token=env.get("ACTIONS_TOKEN") or "",
            pad_token=env.get("PAD_TOKEN") or "",
            public_url=(env.get("PUBLIC_URL") or "").rstrip("/"),
            twilio_account_sid=env.get("TWILIO_ACCOUNT_SID") or "",
            twilio_auth_token=env.get("TWILIO_AUTH_TOKEN") or "",
            twilio_from=env.get("TWILIO_FROM") or "",
            voice=env.get("VOICE") or "",
            max_calls=max(1, _whole_number(env, "MAX_CALLS", 8)),
            transfer_to=env.get("TRANSFER_TO") or "",
            record_calls=(env.get("RECORD_CALLS") or "").lower() in ("1", "true", "yes", "on"),
            twilio_api_url=(env.get("TWILIO_API_URL") or "").rstrip("/"),
            rasa_model=Path(env.get("RASA_MODEL") or var / "rasa" / "model.tar.gz"),
            var=var,
            clock_start=clock_start,
        )


def _whole_number(env: dict[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name) or default)
    except ValueError:
        raise SettingsError(f"{name} must be a number, not {env[name]!r}") from None


def _kept_secret(path: Path) -> str:
    """A random key that stays the same from start to start, readable by this user only."""
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        key = secrets.token_urlsafe(32)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(key)
        return key
