import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.message import MAX_CHARS
from bot.core.turn import Conversation
from bot.database.store import Store
from bot.house import HouseKeeper
from bot.hub import Hub
from bot.turns import ONE_MOMENT, Answer, TooFast, TurnFailed, Turns
from bot.views import message_view
from nlu.menu import load_menu
from tests.bot.parts import ROOT, Clock, FakeRasa


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest.fixture(scope="module")
def keeper() -> HouseKeeper:
    return HouseKeeper(ROOT / "data" / "menu.yml", ROOT / "data" / "restaurant.yml")


@pytest.fixture
def turns(tmp_path: Path, rasa: FakeRasa, keeper: HouseKeeper) -> Iterator[Turns]:
    store = Store(f"sqlite:///{tmp_path / 'bot.db'}")
    store.migrate()
    rasa.turns = Turns(store, keeper, rasa, Hub(), Clock())  # type: ignore[arg-type]
    yield rasa.turns
    store.close()


@pytest.fixture
def frames(turns: Turns) -> Iterator["asyncio.Queue[dict[str, object] | None]"]:
    with turns.hub.guest("guest") as queue:
        yield queue


async def say(turns: Turns, text: str, message_id: str | None = None, sender: str = "guest") -> Answer:
    return await turns.say(sender, message_id or f"id-{text[:20]}", text, place="harbour")


def same(one: Answer, other: Answer) -> bool:
    return [message_view(row) for row in one.messages] == [message_view(row) for row in other.messages]


def stored(turns: Turns, sender: str = "guest") -> list[tuple[str, str]]:
    with turns.store.transaction() as tx:
        return [(row["sender"], row["text"]) for row in tx.messages_after(sender, 0)]


def cart(turns: Turns, sender: str = "guest") -> list[tuple[str, int]]:
    with turns.store.transaction() as tx:
        order = tx.cart(sender)
    return [(line.item, line.quantity) for line in order.wanted] if order else []


async def test_a_whole_conversation_ends_in_one_placed_order(turns: Turns, rasa: FakeRasa) -> None:
    rasa.intents |= {"pickup": "inform", "asap": "inform", "anna": "inform", "207 555 0123": "inform"}
    for text in ("a lasagna and two colas", "that's all", "pickup", "asap", "Anna", "207 555 0123", "yes"):
        answer = await say(turns, text)
        assert len(answer.messages) == 1 and answer.messages[0]["text"]
    with turns.store.transaction() as tx:
        (row,) = tx.order_rows()
    assert (row["status"], row["number"], row["name"], row["phone"]) == ("confirmed", 101, "Anna", "+12075550123")
    assert row["total_cents"] == row["subtotal_cents"] + row["tax_cents"] == 1400 + 560 + 157
    assert [sender for sender, _ in stored(turns)] == ["guest", "bot"] * 7


async def test_the_same_message_twice_is_applied_once_and_answered_the_same(turns: Turns, rasa: FakeRasa) -> None:
    first = await say(turns, "a lasagna", "m1")
    again = await say(turns, "a lasagna", "m1")
    assert again == first and cart(turns) == [("lasagna", 1)] and len(rasa.heard) == 1
    assert len(stored(turns)) == 2


async def test_the_same_message_many_times_at_once_is_applied_once(turns: Turns) -> None:
    answers = await asyncio.gather(*(say(turns, "a lasagna", "m1") for _ in range(8)))
    assert len({answer.messages[0]["seq"] for answer in answers}) == 1
    assert cart(turns) == [("lasagna", 1)] and len(stored(turns)) == 2


async def test_the_same_action_called_twice_at_once_is_applied_once(turns: Turns) -> None:
    with turns.store.transaction() as tx:
        tx.save_conversation(Conversation("guest"), turns.clock())
        tx.add_message("guest", "guest", "a lasagna", turns.clock(), message_id="m1", answered=False)
    latest = {"intent": {"name": "order", "confidence": 1.0}, "metadata": {"message_id": "m1"}}
    results = await asyncio.gather(
        *(asyncio.to_thread(turns.act, "validate_order_form", "guest", latest) for _ in range(4))
    )
    assert all(result == results[0] for result in results)
    assert cart(turns) == [("lasagna", 1)]


async def test_two_messages_at_the_same_instant_are_both_applied_one_after_the_other(turns: Turns) -> None:
    await asyncio.gather(say(turns, "a lasagna"), say(turns, "a caprese"), say(turns, "two colas"))
    assert sorted(cart(turns)) == [("caprese", 1), ("cola", 2), ("lasagna", 1)]
    assert [sender for sender, _ in stored(turns)] == ["guest", "bot"] * 3


async def test_many_guests_at_once_get_their_own_orders(turns: Turns) -> None:
    await asyncio.gather(*(say(turns, f"{n} colas", sender=f"g{n}") for n in range(2, 14)))
    for n in range(2, 14):
        assert cart(turns, f"g{n}") == [("cola", n)]


@pytest.mark.parametrize("failure", ["before", "unreachable"])
async def test_a_turn_that_fails_before_its_action_changes_nothing_and_may_be_sent_again(
    turns: Turns, rasa: FakeRasa, failure: str
) -> None:
    rasa.failures = [failure]
    with pytest.raises(TurnFailed):
        await say(turns, "a lasagna", "m1")
    assert cart(turns) == [] and stored(turns) == [("guest", "a lasagna")]
    await say(turns, "a lasagna", "m1")
    assert cart(turns) == [("lasagna", 1)] and len(stored(turns)) == 2


async def test_a_rasa_that_dies_after_the_action_was_stored_loses_nothing(turns: Turns, rasa: FakeRasa) -> None:
    rasa.failures = ["after"]
    answer = await say(turns, "a lasagna", "m1")
    assert "Lasagna" in answer.messages[0]["text"]
    assert await say(turns, "a lasagna", "m1") == answer
    assert cart(turns) == [("lasagna", 1)]


async def test_an_error_inside_the_action_changes_nothing(turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr("bot.turns._save_orders", fails)
        with pytest.raises(ZeroDivisionError):
            await say(turns, "a lasagna", "m1")
    assert cart(turns) == [] and stored(turns) == [("guest", "a lasagna")]
    await say(turns, "a lasagna", "m1")
    assert cart(turns) == [("lasagna", 1)]


async def test_rasa_s_own_words_are_stored_as_the_answer(turns: Turns, rasa: FakeRasa) -> None:
    answer = await say(turns, "hello")
    assert answer.messages[0]["text"] == "(utter_greet)"
    assert same(await say(turns, "hello"), answer) and len(rasa.heard) == 1


async def test_what_was_left_unanswered_at_the_last_stop_is_answered_at_the_start(turns: Turns, rasa: FakeRasa) -> None:
    rasa.failures = ["before"]
    with pytest.raises(TurnFailed):
        await say(turns, "a lasagna", "m1")
    await turns.resume()
    assert cart(turns) == [("lasagna", 1)]
    await turns.resume()
    assert cart(turns) == [("lasagna", 1)] and len(stored(turns)) == 2


async def test_what_was_left_unanswered_long_ago_stays_so(turns: Turns, rasa: FakeRasa) -> None:
    rasa.failures = ["before"]
    with pytest.raises(TurnFailed):
        await say(turns, "a lasagna", "m1")
    turns.clock.passes(minutes=11)  # type: ignore[attr-defined]
    await turns.resume()
    assert cart(turns) == []


@pytest.mark.parametrize("text", ["", "   ", "😀😀", "?!", "\x00\x07\u200b", "/", "\n\t"])
async def test_no_words_are_answered_without_asking_rasa(turns: Turns, rasa: FakeRasa, text: str) -> None:
    answer = await say(turns, text, "m1")
    assert "did not get any words" in answer.messages[0]["text"]
    assert rasa.heard == [] and same(await say(turns, text, "m1"), answer)


async def test_ten_thousand_characters_are_refused_and_kept_short(turns: Turns, rasa: FakeRasa) -> None:
    await say(turns, "a lasagna")
    answer = await say(turns, "a lasagna and " * 720, "long")
    assert f"{MAX_CHARS} characters" in answer.messages[0]["text"]
    assert max(len(text) for _, text in stored(turns)) <= MAX_CHARS
    assert rasa.heard == ["a lasagna"] and cart(turns) == [("lasagna", 1)]


async def test_the_longest_message_is_taken(turns: Turns) -> None:
    await say(turns, ("a lasagna, please" + " please" * 300)[:MAX_CHARS])
    assert cart(turns) == [("lasagna", 1)]


async def test_rasa_never_gets_a_command_or_a_control_character(turns: Turns, rasa: FakeRasa) -> None:
    await say(turns, "/restart", "a")
    await say(turns, " / /session_start\x00", "b")
    await say(turns, "<script>alert(1)</script>", "c")
    assert rasa.heard == ["restart", "session_start", "<script>alert(1)</script>"]


async def test_a_card_number_is_neither_stored_nor_sent_on_nor_logged(
    turns: Turns, rasa: FakeRasa, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level("DEBUG")
    answer = await say(turns, "a lasagna, my card is 4111 1111 1111 1111", "m1")
    assert "removed it" in answer.messages[0]["text"] and cart(turns) == []
    assert "4111" not in str(rasa.heard) + caplog.text
    turns.store.close()
    for path in tmp_path.glob("bot.db*"):
        assert b"4111" not in path.read_bytes()


async def test_a_person_who_takes_the_chat_gets_the_messages_and_the_bot_is_quiet(turns: Turns, rasa: FakeRasa) -> None:
    await say(turns, "a lasagna")
    with turns.store.transaction() as tx:
        conversation = tx.conversation("guest")
        assert conversation is not None
        conversation.handoff = "taken"
        tx.save_conversation(conversation, turns.clock())
    for _ in range(2):
        answer = await say(turns, "a cola", "m2")
        assert answer.handed_off and answer.messages == []
    assert rasa.heard == ["a lasagna"] and cart(turns) == [("lasagna", 1)]
    await turns.resume()
    assert stored(turns)[-1] == ("guest", "a cola") and len(stored(turns)) == 3


async def test_more_at_once_than_one_person_can_mean_is_too_fast_and_the_rest_is_whole(turns: Turns) -> None:
    answers = await asyncio.gather(*(say(turns, "a cola", f"m{n}") for n in range(12)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, TooFast)]
    assert len(refused) == 4 and sum(quantity for _, quantity in cart(turns)) == 8
    await say(turns, "a lasagna")
    assert ("lasagna", 1) in cart(turns)


async def test_an_action_for_nobody_and_for_no_message_does_nothing(turns: Turns) -> None:
    await say(turns, "a lasagna", "m1")
    nothing = {"events": [], "responses": []}
    assert turns.act("action_greet", "nobody", {"metadata": {"message_id": "m1"}}) == nothing
    for latest in ({}, {"metadata": None}, {"metadata": {"message_id": "other"}}, {"intent": None}):
        assert turns.act("validate_order_form", "guest", latest) == nothing
    assert cart(turns) == [("lasagna", 1)]


async def test_an_open_chat_sees_message_typing_answer_and_cart_in_their_order(
    turns: Turns, frames: "asyncio.Queue[dict[str, object] | None]"
) -> None:
    await say(turns, "a lasagna", "m1")
    seen = [frames.get_nowait() for _ in range(frames.qsize())]
    assert [(f["type"], f.get("from"), f.get("on")) for f in seen if f] == [
        ("message", "guest", None),
        ("typing", "bot", True),
        ("typing", "bot", False),
        ("message", "bot", None),
        ("cart", None, None),
    ]
    assert seen[-1] is not None and seen[-1]["cart"]["total_cents"] == 1512  # type: ignore[index]


async def test_the_typing_sign_ends_when_a_turn_fails(
    turns: Turns, rasa: FakeRasa, frames: "asyncio.Queue[dict[str, object] | None]"
) -> None:
    rasa.failures = ["unreachable"]
    with pytest.raises(TurnFailed):
        await say(turns, "a lasagna")
    seen = [frames.get_nowait() for _ in range(frames.qsize())]
    assert [frame["on"] for frame in seen if frame and frame["type"] == "typing"] == [True, False]


async def test_a_dish_that_leaves_the_menu_file_leaves_the_order_and_the_chat_goes_on(
    turns: Turns, tmp_path: Path
) -> None:
    await say(turns, "a lasagna and a cola")
    lines = (ROOT / "data" / "menu.yml").read_text(encoding="utf-8").splitlines(keepends=True)
    menu = tmp_path / "menu.yml"
    menu.write_text("".join(line for line in lines if not line.startswith("- {id: lasagna,")), encoding="utf-8")
    assert "lasagna" not in load_menu(menu).by_id
    turns.keeper = HouseKeeper(menu, ROOT / "data" / "restaurant.yml")
    view = turns.cart("guest")
    assert view is not None and [line["title"] for line in view["lines"]] == ["lasagna", "Cola"]
    answer = await say(turns, "a caprese")
    assert "no longer on our menu" in answer.messages[0]["text"]
    assert cart(turns) == [("cola", 1), ("caprese", 1)]


async def test_a_question_leaves_no_empty_order_behind(turns: Turns, rasa: FakeRasa) -> None:
    rasa.intents["how long is the wait"] = "ask_wait"
    await say(turns, "how long is the wait")
    with turns.store.transaction() as tx:
        assert tx.order_rows() == []


async def test_quick_replies_stay_with_words_that_rasa_chose(turns: Turns) -> None:
    for text in ("two colas", "that's all", "no"):
        before = await say(turns, text)
    answer = await say(turns, "hello")
    buttons = before.messages[0]["extras"]["buttons"]
    assert buttons and answer.messages[0]["extras"]["buttons"] == buttons
    assert answer.messages[0]["text"].startswith("(utter_greet)")


async def test_who_writes_while_rasa_starts_is_told_at_once_and_answered_in_order_when_it_is_there(
    turns: Turns,
    rasa: FakeRasa,
    frames: "asyncio.Queue[dict[str, object] | None]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rasa.started.clear()
    delays = iter((0.1, 0.0))  # the first message takes longer to store
    take_in = turns._take_in

    def slowly(*message: Any) -> Any:
        time.sleep(next(delays, 0.0))
        return take_in(*message)

    monkeypatch.setattr(turns, "_take_in", slowly)
    early = [asyncio.create_task(say(turns, text)) for text in ("a lasagna", "a cola")]
    told: list[dict[str, object] | None] = []
    while len([frame for frame in told if frame and frame["type"] == "message"]) < 2:
        told.append(await asyncio.wait_for(frames.get(), 5))
    assert {"type": "waiting", "text": ONE_MOMENT} in told
    assert stored(turns) == [("guest", "a lasagna"), ("guest", "a cola")]
    rasa.started.set()
    first, second = await asyncio.gather(*early)
    assert "Lasagna" in first.messages[0]["text"] and "Cola" in second.messages[0]["text"]
    assert cart(turns) == [("lasagna", 1), ("cola", 1)]


async def test_no_one_is_told_to_wait_when_rasa_is_there(
    turns: Turns, frames: "asyncio.Queue[dict[str, object] | None]"
) -> None:
    await say(turns, "a lasagna")
    assert all(frame and frame["type"] != "waiting" for frame in (frames.get_nowait() for _ in range(frames.qsize())))
