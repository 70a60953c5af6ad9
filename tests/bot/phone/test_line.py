"""The phone line over real sockets: an order by phone, and whatever else may come in."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from twilio.request_validator import RequestValidator

from bot.__main__ import main
from bot.phone.grading import stored
from bot.phone.line import NoPhone
from bot.phone.vad import Silero
from tests.bot.phone.parts import QUIET, SPEECH, Handset, Served, media_frame, phone_line, start_frame

TOKEN = "a secret token"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with phone_line(tmp_path_factory.mktemp("line"), max_calls=6) as line:
        yield line


@pytest.fixture(autouse=True)
def free_line(served: Served) -> Iterator[None]:
    """No call of one test is there in the next."""
    yield
    served.wait(lambda: not served.line.calls, "calls are left over")


def rows(served: Served, sid: str) -> dict[str, Any]:
    turns = served.app.state.turns
    return stored(turns.store, turns.keeper.house, f"call-{sid}")


def order_lasagna(served: Served, sid: str, **said: str) -> Handset:
    """A call up to the question whether the order shall be placed."""
    served.rasa.intents |= {"pickup": "inform", "as soon as possible": "inform", "anna": "inform"}
    phone = Handset(served, sid, **said)
    phone.until("ask:order")
    phone.says("a lasagna")
    phone.until("ask:order")
    for words, then in (("that's all", "ask:any"), ("pickup", "ask:time"), ("as soon as possible", "ask:name")):
        phone.says(words)
        phone.until(then)
    phone.says("anna")
    return phone


def finish(served: Served, phone: Handset, digits: str = "2075550123") -> dict[str, Any]:
    served.rasa.intents["207 555 0123"] = "inform"
    phone.until("ask:phone")
    for digit in digits:
        phone.send({"event": "dtmf", "dtmf": {"digit": digit}})
    phone.sound(QUIET, 3)
    phone.until("ask:confirm")
    phone.says("yes")
    phone.until("ask:any")
    return rows(served, phone.sid)["orders"][0]


def test_what_the_web_offers_as_buttons_the_phone_takes_as_keys(served: Served) -> None:
    served.rasa.intents |= {"Pickup": "inform", "As soon as possible": "inform"}
    phone = Handset(served, "buttons")
    phone.until("ask:order")
    phone.says("a lasagna")
    phone.until("ask:order")
    phone.says("that's all")
    for question, then in (("ask:any", "ask:time"), ("", "ask:name")):
        phone.until(question) if question else None
        for key in "1#":
            phone.send({"event": "dtmf", "dtmf": {"digit": key}})
        phone.until(then)
    order = rows(served, "buttons")["orders"][0]
    assert order["type"] == "pickup"
    phone.send({"event": "stop"})


def test_an_order_by_phone_is_in_the_database(served: Served) -> None:
    phone = order_lasagna(served, "order")
    order = finish(served, phone)
    assert order["status"] == "confirmed" and order["channel"] == "phone" and order["place"] == "harbour"
    assert order["guest"] == {"name": "Anna", "phone": "+12075550123"}
    assert any("Let me read it back" in text for text in phone.captions)
    phone.send({"event": "stop"})
    assert phone.ended()
    record = served.wait(lambda: served.line.records.get("call-order"), "the call was not written down")
    assert record["outcome"] == "hung up" and len(record["timeline"]["utterances"]) >= 6
    assert not record["recorded"] and served.line.records.sound("call-order") is None


def test_a_known_caller_is_not_asked_for_the_number(served: Served) -> None:
    phone = order_lasagna(served, "known", **{"from": "+1 207 555 0199"})
    phone.until("ask:confirm")
    phone.says("yes")
    phone.until("ask:any")
    assert rows(served, "known")["orders"][0]["guest"]["phone"] == "+12075550199"
    phone.socket.close()


def test_a_caller_who_hangs_up_anywhere_leaves_the_line_free(served: Served) -> None:
    for at in ("start", "greeting", "speech"):
        phone = Handset(served, f"gone-{at}")
        if at != "start":
            phone.until("ask:order")
        if at == "speech":
            phone.sound(SPEECH, 20)
        phone.socket.close()
    served.wait(lambda: not served.line.calls, "calls are left over")
    assert served.line.records.get("call-gone-speech")


def test_bad_frames_are_left_out_and_the_call_goes_on(served: Served) -> None:
    phone = Handset(served, "bad")
    phone.until("ask:order")
    for frame in (
        "", "no json", "[1]", "{}", '{"event": "dance"}', '{"event": 7}', '{"event": "media"}', "null", "[" * 3000,
        {"event": "media", "media": {"payload": "!!!"}}, {"event": "media", "media": {"payload": ""}},
        {"event": "media", "media": {"payload": "A" * 60_000}}, {"event": "media", "media": {"payload": 7}},
        {"event": "dtmf", "dtmf": {"digit": "12"}}, {"event": "mark", "mark": {"name": 5}}, "x" * 70_000,
        start_frame("another"), {"event": "media", "media": {"track": "outbound", "payload": "AAAA"}},
    ):  # fmt: skip
        phone.send(frame)
    phone.socket.send_binary(b"\x00\xff")
    phone.says("a lasagna")
    phone.until("ask:order")
    assert rows(served, "bad")["orders"]
    assert "call-another" not in served.line.calls
    phone.socket.close()


def test_chunks_that_come_late_or_twice_are_left_out(served: Served) -> None:
    phone = Handset(served, "late")
    phone.until("ask:order")
    phone.sound(QUIET, 20)
    for _ in range(40):
        phone.send(media_frame(SPEECH, 3))
    phone.says("a lasagna")
    phone.until("ask:order")
    assert len(rows(served, "late")["orders"]) == 1
    phone.socket.close()


def test_too_much_nonsense_ends_that_call_only(served: Served) -> None:
    good = Handset(served, "good")
    good.until("ask:order")
    bad = Handset(served, "nonsense")
    for _ in range(80):
        try:
            bad.send("nonsense")
        except (OSError, ConnectionError):
            break
    assert bad.ended()
    good.says("a lasagna")
    good.until("ask:order")
    assert rows(served, "good")["orders"]
    good.socket.close()


def test_no_start_is_no_call(served: Served) -> None:
    phone = Handset(served, "nostart", start=False)
    phone.sound(QUIET, 60)
    assert phone.ended()
    served.wait(lambda: not served.line.calls, "calls are left over")


def test_the_same_call_cannot_be_started_twice(served: Served) -> None:
    first = Handset(served, "twice")
    first.until("ask:order")
    second = Handset(served, "twice")
    assert second.ended()
    first.says("a lasagna")
    first.until("ask:order")
    first.socket.close()


def test_more_calls_than_the_line_takes_hear_that_it_is_busy(served: Served) -> None:
    phones = [Handset(served, f"many-{at}") for at in range(6)]
    for phone in phones:
        phone.until("ask:order")
    assert Handset(served, "one-too-many").ended()
    busy = httpx.post(served.url("/twilio/voice"), data={"CallSid": "CA1"}, trust_env=False)
    assert "busy" in busy.text and "<Connect" not in busy.text
    assert httpx.post(served.url("/call/session"), trust_env=False).status_code == 503
    for phone in phones:
        phone.socket.close()
    served.wait(lambda: not served.line.calls, "calls are left over")


def test_a_hundred_sockets_that_say_nothing_do_not_disturb_a_call(served: Served) -> None:
    with ThreadPoolExecutor(20) as pool:
        silent = list(pool.map(lambda _: served.phone(), range(100)))
    phone = order_lasagna(served, "among-the-silent")
    assert finish(served, phone)["status"] == "confirmed"
    phone.socket.close()
    for connection in silent:
        connection.close()


def test_a_socket_that_reads_nothing_does_not_hold_up_others(served: Served) -> None:
    stalled = Handset(served, "stalled")
    stalled.socket.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    served.ears.words.extend(["a lasagna"])
    stalled.sound(SPEECH, 30)
    stalled.sound(QUIET, 100)
    served.wait(lambda: rows(served, "stalled")["orders"], "its order was not taken")
    phone = Handset(served, "beside")
    phone.until("ask:order")
    phone.says("a tiramisu")
    phone.until("ask:order")
    assert rows(served, "beside")["orders"]
    phone.socket.close()
    stalled.socket.close()
    served.wait(lambda: not served.line.calls, "calls are left over")


def test_a_turn_that_fails_is_said_and_the_caller_may_try_again(served: Served) -> None:
    phone = Handset(served, "fails")
    phone.until("ask:order")
    served.rasa.failures = ["before"]
    phone.says("a lasagna")
    phone.until("again:order")
    phone.says("a lasagna")
    phone.until("ask:order")
    assert rows(served, "fails")["orders"]
    phone.socket.close()


def test_the_webhook_connects_the_call_to_the_media_socket(served: Served) -> None:
    form = {"CallSid": "CA1", "From": "+12075550123", "To": "+1 207 555 0142"}
    answer = httpx.post(served.url("/twilio/voice"), data=form, trust_env=False)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/xml")
    assert f'<Stream url="ws://127.0.0.1:{served.port}/twilio/media">' in answer.text
    assert '<Parameter name="from" value="+12075550123"/>' in answer.text
    wild = httpx.post(served.url("/twilio/voice"), data={"From": '"><Dial>900</Dial>'}, trust_env=False)
    assert "<Dial>" not in wild.text


def test_a_browser_needs_a_permit_of_ours(served: Served) -> None:
    for token in ("", "forged", "x" * 3000):
        with pytest.raises(Exception, match="403"):
            served.phone(f"/call/media?token={token}")
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert httpx.post(served.url("/call/session"), headers=elsewhere, trust_env=False).status_code == 403
    permit = httpx.post(served.url("/call/session?place=mill"), trust_env=False).json()["token"]
    phone = served.phone(f"/call/media?token={permit}")
    phone.send(json.dumps(start_frame("whatever")))
    assert json.loads(phone.recv())["event"] in ("caption", "media")
    (call,) = served.line.calls.values()
    assert call.caller.place == "mill" and call.caller.id.startswith("call-web-")
    phone.close()


def test_with_a_token_webhook_and_socket_must_be_signed(tmp_path: Path) -> None:
    with phone_line(tmp_path, twilio_auth_token=TOKEN, public_url="https://tables.example") as served:
        signer, form = RequestValidator(TOKEN), {"CallSid": "CA1", "From": "+12075550123"}
        good = signer.compute_signature("https://tables.example/twilio/voice", form)
        url = served.url("/twilio/voice")
        for headers in ({}, {"X-Twilio-Signature": "wrong"}, {"X-Twilio-Signature": good + "x"}):
            assert httpx.post(url, data=form, headers=headers, trust_env=False).status_code == 403
        changed = form | {"From": "+12075550199"}
        assert httpx.post(url, data=changed, headers={"X-Twilio-Signature": good}, trust_env=False).status_code == 403
        answer = httpx.post(url, data=form, headers={"X-Twilio-Signature": good}, trust_env=False)
        assert "wss://tables.example/twilio/media" in answer.text
        for headers in ({}, {"X_Twilio_Signature": "wrong"}):
            with pytest.raises(Exception, match="403"):
                served.phone(**headers)
        signed = signer.compute_signature("wss://tables.example/twilio/media", {})
        phone = served.phone(X_Twilio_Signature=signed)
        phone.send(json.dumps(start_frame("signed")))
        assert json.loads(phone.recv())["event"] == "media"
        phone.close()


def test_recording_is_off_unless_switched_on_and_then_it_is_announced(tmp_path: Path) -> None:
    with phone_line(tmp_path, record_calls=True) as served:
        phone = Handset(served, "kept")
        phone.until("ask:order")
        assert any("recorded" in text for text in phone.captions)
        phone.sound(QUIET, 20)
        phone.send({"event": "stop"})
        assert phone.ended()
        served.wait(lambda: served.line.records.sound("call-kept"), "no recording")


def test_a_person_is_dialled_after_the_stream_where_one_is_set(tmp_path: Path) -> None:
    with phone_line(tmp_path, transfer_to="+12075550000") as served:
        served.rasa.intents["a person please"] = "human"
        phone = Handset(served, "CA7")
        phone.until("ask:order")
        phone.says("a person please")
        phone.until("bye")
        phone.sound(QUIET, 5)
        assert phone.ended()
        served.wait(lambda: served.line.records.get("call-CA7"), "the call was not written down")
        answer = httpx.post(served.url("/twilio/after"), data={"CallSid": "CA7"}, trust_env=False)
        assert "<Dial>+12075550000</Dial>" in answer.text
        other = httpx.post(served.url("/twilio/after"), data={"CallSid": "CA8"}, trust_env=False)
        assert "<Hangup/>" in other.text


def test_without_a_voice_the_line_says_so_and_the_rest_works(tmp_path: Path) -> None:
    with phone_line(tmp_path) as served:

        async def no_voice() -> None:
            raise NoPhone("no voice is installed")

        served.line.ready = no_voice
        answer = httpx.post(served.url("/twilio/voice"), data={"CallSid": "CA1"}, trust_env=False)
        assert "not available" in answer.text and "<Connect" not in answer.text
        assert httpx.post(served.url("/call/session"), trust_env=False).status_code == 503
        assert httpx.get(served.url("/health"), trust_env=False).status_code == 200


def test_only_the_staff_see_calls(served: Served) -> None:
    for path in ("/staff/calls/data.json", "/staff/calls/call-order/data.json", "/staff/calls/call-order/sound.wav"):
        assert httpx.get(served.url(path), trust_env=False).status_code == 401
    assert httpx.get(served.url("/staff/calls"), trust_env=False).status_code == 303
    with httpx.Client(base_url=served.url(""), trust_env=False) as staff:
        assert staff.post("/staff/login", data={"password": "open sesame"}).status_code == 303
        assert staff.get("/staff/calls/data.json").json()["calls"]
        call = staff.get("/staff/calls/call-order/data.json").json()
        assert call["stored"]["orders"][0]["status"] == "confirmed"
        assert staff.get("/staff/calls/call-nobody/data.json").status_code == 404
        assert staff.get("/staff/calls/call-order/sound.wav").status_code == 404


SCRIPT = """
caller: {voice: "espeak:en-us+f4", snr_db: 20, noise: pink}
turns:
- {when: order, say: "a lasagna please"}
- {when: order, dtmf: "5"}
- {hangup: true}
expect:
  orders: [{status: STATUS, channel: phone, place: harbour, lines: ["1 lasagna"]}]
"""


@pytest.mark.parametrize(("status", "exit_status"), [("cart", 0), ("confirmed", 1)])
def test_a_scripted_caller_speaks_over_the_socket_and_is_graded(
    status: str, exit_status: int, served: Served, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    script = tmp_path / "lasagna.yml"
    script.write_text(SCRIPT.replace("STATUS", status))
    served.ears.words.append("a lasagna")
    monkeypatch.setattr(served.line, "listener", Silero().listener)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{served.folder / 'bot.db'}")
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    url = f"ws://127.0.0.1:{served.port}/twilio/media"
    monkeypatch.setattr(
        "sys.argv", ["bot", "call", str(script), "--url", url, "--speed", "4", "--keep", str(tmp_path / "a.wav")]
    )
    assert main() == exit_status
    *turns, result = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert result["passed"] == (exit_status == 0) and bool(result["misses"]) == (exit_status == 1)
    assert [turn["text"] for turn in turns if turn["who"] == "understood"][:1] == ["a lasagna"]
    assert (tmp_path / "a.wav").stat().st_size > 10_000


def test_a_socket_without_frames_is_given_up(served: Served, monkeypatch: Any) -> None:
    monkeypatch.setattr("bot.phone.line._STALLED_S", 0.3)
    monkeypatch.setattr("bot.phone.twilio._START_WITHIN_S", 0.3)
    silent = served.phone()
    phone = Handset(served, "no-frames")
    phone.until("ask:order")
    assert phone.ended()
    record = served.wait(lambda: served.line.records.get("call-no-frames"), "the call was not written down")
    assert record["outcome"] == "stalled"
    assert silent.recv() == ""


def test_a_caller_who_takes_no_sound_is_given_up(served: Served, monkeypatch: Any) -> None:
    async def never(self: Any, text: str) -> None:
        await asyncio.sleep(60)

    monkeypatch.setattr("bot.phone.twilio._SEND_WITHIN_S", 0.2)
    monkeypatch.setattr("starlette.websockets.WebSocket.send_text", never)
    Handset(served, "deaf")
    served.wait(lambda: served.line.records.get("call-deaf"), "the call was not given up")
