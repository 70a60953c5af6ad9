"""Turns that need care: emergencies, allergies, guests who want a person, words not understood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.core import allergens, answers, checkout, guest_details, languages, mentions, ordering
from bot.core.turn import Alert, Turn
from bot.core.wording import listed
from nlu.words import COMMON

FALLBACK = "nlu_fallback"
NOT_UNDERSTOOD = (FALLBACK, "out_of_scope")
# Answered by Rasa's own responses (domain.yml).
_SMALL_TALK = ("greet", "goodbye", "thanks", "bot_challenge", "rude", "small_talk", "help")


def emergency(turn: Turn) -> None:
    turn.plan.say("emergency")
    turn.alerts.append(Alert("emergency", turn.text))
    call_person(turn, "an emergency")
    turn.settled = True


def person(turn: Turn) -> None:
    turn.plan.say("person_waiting" if turn.conversation.handoff else "person")
    call_person(turn, "asked for a person")


def complaint(turn: Turn) -> None:
    turn.plan.say("complaint")
    turn.alerts.append(Alert("complaint", turn.text))
    call_person(turn, "a complaint")


def free_food(turn: Turn) -> None:
    turn.plan.say("free_food")
    call_person(turn, "asked for free food")


def other_guest(turn: Turn) -> None:
    turn.plan.say("other_guest")


def card_number(turn: Turn) -> None:
    turn.plan.say("payment")


def allergy(turn: Turn) -> None:
    """Note it for the kitchen, say what the menu file lists, promise nothing."""
    named = allergens.allergens_named(turn.lower, turn.house.menu)
    note = listed(named) if named else turn.text[:200]
    notes = [turn.conversation.allergies] if turn.conversation.allergies else []
    turn.conversation.allergies = "; ".join([*notes, note] if note not in notes else notes)
    if turn.order is not None:
        turn.order = replace(turn.order, allergy_note=turn.conversation.allergies)
    turn.plan.say("allergy_noted", allergens=note)
    allergens.warn(turn, turn.lines, named)
    if named and answers.asks_for_dishes(turn):
        answers.menu(turn)
        return
    for dish in answers.find_items(turn.lower, turn.house.menu)[:3]:
        answers.say_allergens(turn, dish, named)
    turn.plan.say("allergy_caution")
    wanted = mentions.orders(turn)
    if wanted is not None:
        turn.hear(replace(turn.said, text=wanted))
        if turn.reading.edits:
            ordering.change(turn)


def other_language(turn: Turn) -> bool:
    """Words of another language are no order: say so in that language too, and offer what needs none."""
    menu = turn.house.menu
    names = [*(item.names for item in menu.items), *(v.names for group in menu.groups.values() for v in group.values)]
    english = COMMON | {word for some in names for name in some for word in name.lower().split()}
    code = languages.other_language(turn.text, english)
    if code is None:
        return False
    turn.plan.say("english_only", sorry=languages.SORRY[code])
    turn.plan.offer(["Show me the menu", "Talk to a person"])
    turn.settled = True
    return True


def repeat(turn: Turn) -> None:
    if turn.conversation.last_text:
        turn.plan.say("repeat", text=turn.conversation.last_text)
        turn.settled = True
    else:
        turn.plan.responses.append("utter_help")


def inform(turn: Turn) -> None:
    """A bare detail that nobody asked for just now."""
    if turn.lines and checkout.take_details(turn, None):
        turn.conversation.checkout = True
        turn.plan.say("ok")
    elif turn.reading.edits:
        ordering.change(turn)
    elif not turn.lines and turn.placed is None and guest_details.find_type(turn.text):  # before anything is ordered
        checkout.note_details(turn)
        turn.plan.say("order_empty")
        turn.plan.offer(["Show me the menu"])
    elif not turn.conversation.checkout:
        fallback(turn)


def fallback(turn: Turn) -> None:
    """Not understood: say what can be said; the second time offer a person."""
    conversation = turn.conversation
    conversation.misunderstood += 1
    if conversation.misunderstood < 2:
        turn.plan.say("fallback_first")
        turn.plan.offer(["Show me the menu", "That's all"] if turn.lines else ["Show me the menu", "Opening hours"])
    else:
        turn.plan.say("fallback_second")
        turn.plan.offer(["Yes, a person please", "No, thanks"])
        if conversation.expecting is None:
            turn.expect("person")


def out_of_scope(turn: Turn) -> None:
    """Not our business; said twice it may be our misunderstanding."""
    if turn.conversation.misunderstood:
        fallback(turn)
    else:
        turn.conversation.misunderstood = 1
        turn.plan.responses.append("utter_out_of_scope")


def answer_person(turn: Turn) -> bool:
    turn.expect(None)
    if turn.says_yes():
        person(turn)
        return True
    if turn.says_no():
        turn.plan.say("ok")
        return True
    return False


def call_person(turn: Turn, reason: str) -> None:
    """Put the guest among those who wait for a person; the board shows the first reason."""
    if turn.conversation.handoff is None:
        turn.conversation.handoff, turn.conversation.handoff_reason = "waiting", reason


def _respond(name: str) -> Callable[[Turn], None]:
    def handler(turn: Turn) -> None:
        turn.plan.responses.append(f"utter_{name}")

    return handler


HANDLERS: dict[str, Callable[[Turn], None]] = {
    "emergency": emergency,
    "human": person,
    "complaint": complaint,
    "free_food": free_food,
    "other_guest": other_guest,
    "card_number": card_number,
    "allergy": allergy,
    "repeat": repeat,
    FALLBACK: fallback,
    "out_of_scope": out_of_scope,
    "inform": inform,
} | {name: _respond(name) for name in _SMALL_TALK}
ANSWERS: dict[str, Callable[[Turn], bool]] = {"person": answer_person}
