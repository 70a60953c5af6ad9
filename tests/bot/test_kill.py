"""Whichever process is killed in the middle of a turn: the turn is applied once, and the guest goes on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from bot.database.store import Store, order_from_row
from tests.conftest import Running


def send(bot: Running, text: str, message_id: str, sender: str) -> httpx.Response:
    body = {"sender": sender, "message": text, "metadata": {"message_id": message_id, "place": "harbour"}}
    return httpx.post(bot.base_url + "/webhooks/rest/webhook", json=body, timeout=120, trust_env=False)


def send_until_answered(bot: Running, text: str, message_id: str, sender: str) -> str:
    """As a guest's page does: the same message again until there is an answer."""

    def answered() -> httpx.Response | None:
        try:
            response = send(bot, text, message_id, sender)
        except httpx.TransportError:
            return None
        return response if response.status_code == 200 else None

    (part,) = wait_for(answered, "an answer").json()
    return str(part["text"])


def wait_for(look: Callable[[], Any], what: str, seconds: float = 600) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"did not happen: {what}"
        time.sleep(0.05)
    return found


def taken_in(bot: Running, sender: str, message_id: str) -> bool:
    store = Store(bot.database_url)
    try:
        with store.transaction() as tx:
            return tx.guest_message(sender, message_id) is not None
    finally:
        store.close()


def stored(bot: Running, sender: str) -> tuple[list[tuple[str, int]], list[str]]:
    """The cart's lines, and who said the conversation's messages."""
    store = Store(bot.database_url)
    try:
        with store.transaction() as tx:
            order = tx.cart(sender)
            lines = [(line.item, line.quantity) for line in order.wanted] if order else []
            return lines, [row["sender"] for row in tx.messages_after(sender, 0)]
    finally:
        store.close()


def test_rasa_killed_in_the_middle_of_a_turn_loses_and_doubles_nothing(own_running: Running) -> None:
    bot = own_running
    send_until_answered(bot, "a lasagna", "m1", "rasa-dies")
    child = bot.rasa_pid()
    os.kill(child, signal.SIGSTOP)  # so that the turn is surely in its middle when the end comes
    with ThreadPoolExecutor(1) as pool:
        turn = pool.submit(send, bot, "a caprese", "m2", "rasa-dies")
        wait_for(lambda: taken_in(bot, "rasa-dies", "m2"), "the message is taken in")
        os.kill(child, signal.SIGKILL)
        turn.exception(timeout=120)
    assert "Caprese" in send_until_answered(bot, "a caprese", "m2", "rasa-dies")
    assert bot.rasa_pid() != child
    send_until_answered(bot, "two colas", "m3", "rasa-dies")
    assert stored(bot, "rasa-dies") == ([("lasagna", 1), ("caprese", 1), ("cola", 2)], ["guest", "bot"] * 3)


def placed(bot: Running, sender: str) -> list[tuple[str, list[tuple[str, int]]]]:
    store = Store(bot.database_url)
    try:
        with store.transaction() as tx:
            orders = [order_from_row(row) for row in tx.order_rows() if row["conversation"] == sender]
            return [(order.status, [(line.item, line.quantity) for line in order.wanted]) for order in orders]
    finally:
        store.close()


def test_the_bot_killed_in_the_middle_of_turns_goes_on_where_the_last_answers_ended(own_running: Running) -> None:
    bot = own_running
    send_until_answered(bot, "a lasagna", "m1", "bot-dies")
    steps = ("a lasagna", "that's all", "pickup", "as soon as possible", "Anna", "207 555 0123")
    for number, text in enumerate(steps):
        answer = send_until_answered(bot, text, f"p{number}", "places")
    assert "Shall I place the order?" in answer
    child = bot.rasa_pid()
    os.kill(child, signal.SIGSTOP)
    with ThreadPoolExecutor(2) as pool:
        turns = [
            pool.submit(send, bot, "a caprese", "m2", "bot-dies"), pool.submit(send, bot, "yes", "yes", "places")
        ]  # fmt: skip
        wait_for(lambda: taken_in(bot, "bot-dies", "m2") and taken_in(bot, "places", "yes"), "both are taken in")
        bot.kill()
        assert all(isinstance(turn.exception(timeout=120), httpx.TransportError) for turn in turns)
    os.kill(child, signal.SIGCONT)
    assert stored(bot, "bot-dies") == ([("lasagna", 1)], ["guest", "bot", "guest"])
    assert placed(bot, "places") == [("cart", [("lasagna", 1)])]
    wait_for(lambda: not alive(child), "the Rasa server ends with its parent")
    bot.start()
    assert "Caprese" in send_until_answered(bot, "a caprese", "m2", "bot-dies")
    send_until_answered(bot, "two colas", "m3", "bot-dies")
    assert stored(bot, "bot-dies") == ([("lasagna", 1), ("caprese", 1), ("cola", 2)], ["guest", "bot"] * 3)
    thanks = send_until_answered(bot, "yes", "yes", "places")
    assert "order number" in thanks and send_until_answered(bot, "yes", "yes", "places") == thanks
    assert placed(bot, "places") == [("confirmed", [("lasagna", 1)])]


def alive(pid: int) -> bool:
    """Running, and no zombie that waits for its parent."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
