"""What the provider's answers and silences mean, against a server that behaves as Twilio's API does."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.database.outbox import DELIVERED, FAILED, SENT
from bot.settings import Settings, SettingsError
from bot.texts.transports import (
    Busy,
    InDoubt,
    LocalTransport,
    NotTaken,
    Rejected,
    TwilioTransport,
    error_in_words,
    transport_from,
)
from tests.bot.fake_twilio import ACCOUNT, SENDER, TOKEN, FakeTwilio, Troubles
from tests.conftest import free_port

ROW = {"id": "a1", "to": "+12075550123", "body": "Your table is ready."}


def nothing(ids: list[str]) -> set[str]:
    return set()


@pytest.fixture(scope="module")
def server() -> Iterator[FakeTwilio]:
    fake = FakeTwilio().start()
    yield fake
    fake.stop()


@pytest.fixture
def twilio(server: FakeTwilio) -> FakeTwilio:
    server.troubles, server.unsubscribed = Troubles(), set()
    return server


@pytest.fixture
def transport(twilio: FakeTwilio) -> TwilioTransport:
    return TwilioTransport(ACCOUNT, TOKEN, SENDER, api_url=twilio.url, timeout_s=5)


def test_a_taken_text_has_its_id_there_and_can_be_asked_about(twilio: FakeTwilio, transport: TwilioTransport) -> None:
    told = transport.send(ROW)
    assert told.status == SENT and told.provider_id.startswith("SM")
    end = time.monotonic() + 10
    while (status := transport.look(told.provider_id).status) == SENT:
        assert time.monotonic() < end
    assert status == DELIVERED


@pytest.mark.parametrize(
    ("trouble", "error", "taken"),
    [
        ("busy", Busy, 0),
        ("error_before", InDoubt, 0),
        ("error_after", InDoubt, 1),
        ("cut_before", InDoubt, 0),
        ("cut_after", InDoubt, 1),
    ],
)
def test_after_a_trouble_it_is_known_whether_the_text_may_have_been_taken(
    twilio: FakeTwilio, transport: TwilioTransport, trouble: str, error: type[Exception], taken: int
) -> None:
    row = ROW | {"body": f"through {trouble}"}
    twilio.troubles = Troubles(**{trouble: 1.0})
    with pytest.raises(error):
        transport.send(row)
    twilio.troubles = Troubles()
    assert twilio.bodies(ROW["to"]).count(row["body"]) == taken
    assert (transport.find(row, nothing) is not None) == bool(taken)


def test_no_answer_in_time_leaves_it_in_doubt(twilio: FakeTwilio) -> None:
    twilio.troubles = Troubles(slow=1.0, slow_s=1.0)
    with pytest.raises(InDoubt):
        TwilioTransport(ACCOUNT, TOKEN, SENDER, api_url=twilio.url, timeout_s=0.05).send(ROW)


def test_a_busy_provider_says_for_how_long(twilio: FakeTwilio, transport: TwilioTransport) -> None:
    twilio.troubles = Troubles(busy=1.0)
    with pytest.raises(Busy) as busy:
        transport.send(ROW)
    assert busy.value.retry_after_s == 1.0


def test_where_nobody_listens_nothing_was_taken() -> None:
    with pytest.raises(NotTaken):
        TwilioTransport(ACCOUNT, TOKEN, SENDER, api_url=f"http://127.0.0.1:{free_port()}").send(ROW)


def test_with_a_wrong_password_nothing_was_taken(twilio: FakeTwilio) -> None:
    with pytest.raises(NotTaken, match="TWILIO_AUTH_TOKEN"):
        TwilioTransport(ACCOUNT, "wrong", SENDER, api_url=twilio.url).send(ROW)


def test_a_refusal_is_told_in_words(twilio: FakeTwilio, transport: TwilioTransport) -> None:
    with pytest.raises(Rejected, match="no phone number"):
        transport.send(ROW | {"to": "nobody"})
    twilio.unsubscribed = {ROW["to"]}
    with pytest.raises(Rejected, match="no texts") as refused:
        transport.send(ROW)
    assert refused.value.opted_out


def test_a_lost_text_is_told_from_others_with_the_same_words(transport: TwilioTransport) -> None:
    row = ROW | {"body": "the same words"}
    first, second = transport.send(row), transport.send(row)
    found = transport.find(row, lambda ids: {first.provider_id})
    assert found is not None and found.provider_id == second.provider_id
    assert transport.find(row, set) is None
    assert transport.find(row | {"body": "other words"}, nothing) is None


def test_no_number_and_no_words_are_logged(transport: TwilioTransport, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        transport.send(ROW)
        transport.find(ROW, nothing)
    assert "5550123" not in caplog.text and ROW["body"] not in caplog.text


def test_without_an_account_texts_stay_in_the_house() -> None:
    local = transport_from(Settings())
    assert isinstance(local, LocalTransport) and local.send(ROW).status == DELIVERED


def test_half_an_account_is_told_at_the_start() -> None:
    with pytest.raises(SettingsError, match="TWILIO_AUTH_TOKEN and TWILIO_FROM"):
        transport_from(Settings(twilio_account_sid=ACCOUNT))


@pytest.mark.parametrize("code", [None, "", "x", 30003, "30005", 99999])
def test_an_error_code_has_words(code: Any) -> None:
    assert bool(error_in_words(code)) == bool(code and code != "x")
    assert FAILED not in error_in_words(code)
