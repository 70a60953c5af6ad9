"""How a text leaves the house: Twilio's REST API through its official client, or nowhere (the staff board shows it)."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from bot.database.outbox import DELIVERED, FAILED, SENT, Row
from bot.settings import Settings, SettingsError

REQUEST_TIMEOUT_S = 10.0
_LOOK_BACK = 40  # messages to one number, newest first, among which a lost one is looked for
_UNSUBSCRIBED = 21610  # Twilio's code for a number that has opted out
_STATUS = {
    "accepted": SENT, "scheduled": SENT, "queued": SENT, "sending": SENT, "sent": SENT, "delivered": DELIVERED,
    "read": DELIVERED, "undelivered": FAILED, "failed": FAILED, "canceled": FAILED,
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What the provider says of a text: its id there, our status, an error in words."""

    provider_id: str
    status: str
    error: str = ""


class Rejected(Exception):
    """The provider will never take this text."""

    def __init__(self, why: str, *, opted_out: bool = False) -> None:
        super().__init__(why)
        self.opted_out = opted_out


class Busy(Exception):
    """Too many texts for the provider; surely not taken. Try again after so many seconds."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__("the provider is busy")
        self.retry_after_s = retry_after_s


class NotTaken(Exception):
    """Surely not taken: there was no connection, or our account was refused."""


class InDoubt(Exception):
    """Taken or not: the answer was lost, or spoke of an error on the provider's side."""


class Transport(Protocol):
    def send(self, row: Row) -> Told:
        """Hand one text over. Raises Rejected, Busy, NotTaken or InDoubt."""

    def find(self, row: Row, known: Any) -> Told | None:
        """Look for a text that may have been taken; ``known(ids)`` names those that are other texts' already."""

    def look(self, provider_id: str) -> Told:
        """What became of it."""


class LocalTransport:
    """Delivers at once, to the staff board and ``bot list texts`` only."""

    def send(self, row: Row) -> Told:
        return Told(f"local-{row['id']}", DELIVERED)

    def find(self, row: Row, known: Any) -> Told | None:
        return self.send(row)

    def look(self, provider_id: str) -> Told:
        return Told(provider_id, DELIVERED)


class TwilioTransport:
    """Twilio's Programmable Messaging. Another server with the same API can be named."""

    def __init__(
        self, account_sid: str, auth_token: str, sender: str, *, api_url: str = "", public_url: str = "",
        timeout_s: float = REQUEST_TIMEOUT_S,
    ) -> None:  # fmt: skip
        from twilio.http.http_client import TwilioHttpClient
        from twilio.rest import Client

        class HttpClient(TwilioHttpClient):
            """Tells what the client's own errors do not: how long to wait, and whether anything was sent."""

            def request(self, *args: Any, **kwargs: Any) -> Any:
                return _guarded(super().request, *args, **kwargs)

        # The client logs whole requests, with numbers and words in them.
        quiet = logging.getLogger("bot.twilio")
        quiet.disabled = True
        logging.getLogger("urllib3").setLevel(logging.WARNING)
        http = HttpClient(timeout=timeout_s, logger=quiet)
        if api_url and urlsplit(api_url).hostname in ("127.0.0.1", "::1", "localhost"):
            http.session.trust_env = False
        self._client = Client(account_sid, auth_token, http_client=http)
        if api_url:
            self._client.api.base_url = api_url
        self._messages = self._client.api.v2010.account.messages
        self._sender, self._public_url = sender, public_url

    def send(self, row: Row) -> Told:
        from twilio.base.exceptions import TwilioRestException

        more = {"status_callback": f"{self._public_url}/twilio/status?text={row['id']}"} if self._public_url else {}
        own = "messaging_service_sid" if self._sender.startswith("MG") else "from_"
        try:
            return _told(self._messages.create(to=row["to"], body=row["body"], **{own: self._sender}, **more))
        except TwilioRestException as error:
            raise Rejected(_in_words(error), opted_out=error.code == _UNSUBSCRIBED) from None

    def find(self, row: Row, known: Any) -> Told | None:
        """A message to this number with these words that belongs to no other text of ours."""
        from twilio.base.exceptions import TwilioRestException

        try:
            there = self._messages.list(to=row["to"], limit=_LOOK_BACK, page_size=_LOOK_BACK)
        except TwilioRestException as error:
            raise InDoubt(_in_words(error)) from None
        same = [message for message in there if message.body == row["body"] and message.direction != "inbound"]
        taken: Collection[str] = known([message.sid for message in same]) if same else ()
        ours = [message for message in same if message.sid not in taken]
        return _told(ours[-1]) if ours else None

    def look(self, provider_id: str) -> Told:
        from twilio.base.exceptions import TwilioRestException

        try:
            return _told(self._messages(provider_id).fetch())
        except TwilioRestException as error:
            raise InDoubt(_in_words(error)) from None


def transport_from(settings: Settings) -> Transport:
    """Twilio when an account is set, the board alone when not.

    Raises:
        SettingsError: the account is set in part only.
    """
    names = ("twilio_account_sid", "twilio_auth_token", "twilio_from")
    missing = [name.upper() for name in names if not getattr(settings, name)]
    if "TWILIO_ACCOUNT_SID" in missing:
        return LocalTransport()
    if missing:
        raise SettingsError(f"TWILIO_ACCOUNT_SID is set: set {' and '.join(missing)} too")
    return TwilioTransport(
        settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_from,
        api_url=settings.twilio_api_url, public_url=settings.public_url,
    )  # fmt: skip


def our_status(provider_status: str) -> str | None:
    """Our word for a status of the provider's; None for one that says nothing."""
    return _STATUS.get(provider_status)


def error_in_words(code: str | int | None) -> str:
    """A delivery error by Twilio's number, for a person at the host stand."""
    known = {
        21610: "the guest has asked for no texts",
        21211: "this is no phone number",
        21614: "this number cannot get texts",
        30003: "the phone is switched off or out of reach",
        30004: "the phone has blocked us",
        30005: "no such phone number",
        30006: "a landline, or a carrier that cannot be reached",
        30007: "the carrier took it for spam",
    }
    number = int(code) if str(code or "").isdecimal() else 0
    return known.get(number, f"error {number}" if number else "")


def _guarded(request: Any, *args: Any, **kwargs: Any) -> Any:
    from requests import exceptions
    from urllib3.exceptions import NewConnectionError

    try:
        response = request(*args, **kwargs)
    except exceptions.ConnectTimeout:
        raise NotTaken("no connection to the provider") from None
    except exceptions.ConnectionError as error:
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(reason, NewConnectionError):
            raise NotTaken("no connection to the provider") from None
        raise InDoubt("the connection broke") from None
    except exceptions.RequestException as error:
        raise InDoubt(f"no answer ({type(error).__name__})") from None
    if response.status_code in (401, 403):
        raise NotTaken("the provider does not know our account: look at TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")
    if response.status_code == 429:
        raise Busy(_seconds(response.headers.get("Retry-After")))
    if response.status_code >= 500:
        raise InDoubt(f"the provider answered {response.status_code}")
    return response


def _seconds(retry_after: str | None) -> float:
    try:
        return min(max(float(retry_after or 1), 0.1), 600.0)
    except ValueError:
        return 1.0


def _told(message: Any) -> Told:
    return Told(message.sid, our_status(str(message.status)) or SENT, error_in_words(message.error_code))


def _in_words(error: Any) -> str:
    return error_in_words(error.code) or f"the provider refused it ({error.status})"
