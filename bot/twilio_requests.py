"""Requests that come from Twilio: their form, and the proof that they are Twilio's.

https://www.twilio.com/docs/usage/security: the signature covers the public URL with its query and all parameters.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.requests import HTTPConnection, Request
from twilio.request_validator import RequestValidator

from bot.chat import read_body
from bot.settings import Settings

_LOOPBACK = ("127.0.0.1", "::1", "testclient")
_FORM_BYTES = 64_000
_MAX_FIELDS = 200


class NotTwilio(Exception):
    """A request without a good signature; without an auth token, one that comes from elsewhere than loopback."""


class BadForm(Exception):
    """A body that no form of Twilio's can be."""


async def signed_form(request: Request, settings: Settings) -> dict[str, str]:
    """The form's fields.

    Raises:
        NotTwilio, BadForm
    """
    body = await read_body(request, _FORM_BYTES)
    try:
        parsed = parse_qs(
            (body or b"").decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=_MAX_FIELDS
        )
    except ValueError:
        raise BadForm("send an application/x-www-form-urlencoded form") from None
    if any(len(values) > 1 for values in parsed.values()):
        raise BadForm("a field stands twice")
    fields = {name: values[0].replace("\x00", "") for name, values in parsed.items()}
    require_twilio(request, settings, {name: values[0] for name, values in parsed.items()})
    return fields


def require_twilio(connection: HTTPConnection, settings: Settings, fields: dict[str, str]) -> None:
    """For a webhook's form, or for the upgrade request of a media stream (no fields).

    Raises:
        NotTwilio: it is not signed by our account.
    """
    if not settings.twilio_auth_token:
        if connection.client is None or connection.client.host not in _LOOPBACK:
            raise NotTwilio("set TWILIO_AUTH_TOKEN to take requests from outside")
        return
    shown = connection.headers.get("x-twilio-signature", "")
    if not RequestValidator(settings.twilio_auth_token).validate(_signed_url(connection, settings), fields, shown):
        raise NotTwilio("the signature is not right")


def _signed_url(connection: HTTPConnection, settings: Settings) -> str:
    """The URL as Twilio knows it: behind a proxy our own host and scheme differ."""
    url = connection.url
    base = settings.public_url or f"{url.scheme}://{url.netloc}"
    if url.scheme in ("ws", "wss"):
        base = "ws" + base.removeprefix("http") if base.startswith("http") else base
    return f"{base}{url.path}{'?' + url.query if url.query else ''}"
