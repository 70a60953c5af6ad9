"""One turn of a conversation: what the guest said goes in, the changed order and a reply plan come out.

Chat and phone share this function. Rasa has already decided what kind of turn it is (the intent and the action);
here the words are held against what was asked, the order is changed, and the next open question is put.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.core import answers, care, checkout, ordering
from bot.core.order import Refused, describe, on_menu
from bot.core.turn import Turn
from bot.core.wording import listed

_EMERGENCY = re.compile(
    r"(can'?t|cannot|can not|not|isn'?t|stopped|unable to|trouble) breath|\bchok(ing|ed)\b|heart attack|unconscious|"
    r"passed out|call (an |the )?(ambulance|911|police|fire)|need (an )?ambulance|\b911\b|anaphyla|epi ?pen|seizure|"
    r"bleeding|overdos|gas leak|(there'?s|there is) a fire|\bon fire\b|having a stroke|collapsed|"
    r"kill (my|him|her)self|suicid"
)
# Words of these kinds are never taken for an order, whatever dishes they name.
_NEVER_ORDERS = {
    "emergency", "human", "cancel_order", "other_guest", "free_food", "complaint", "order_status", "rude",
    "card_number", "allergy", "bot_challenge", "book_table", "manage_booking", "join_waitlist", "repeat",
}  # fmt: skip
# Closing words end the order whatever else the sentence holds ("that's all, pickup at seven").
_CLOSING = re.compile(
    r"\b(that'?s|that is|that will be|that'?ll be|thats) (all|it|everything)\b|\bnothing else\b|\bcheck ?out\b|"
    r"\b(i'?m|we'?re|i am|we are) (done|finished)\b"
)
_QUESTION = re.compile(r"^(what|which|is|are|does|do you|have you|how much|any|anything)\b")
_SURE_READING = 0.5
_SURE_QUESTION = 0.5
_SURE_ORDER = 0.8
_UNSURE = (care.FALLBACK, "inform", "out_of_scope", "small_talk", "ask_faq", "help")

_HANDLERS: dict[str, Callable[[Turn], None]] = ordering.HANDLERS | checkout.HANDLERS | answers.HANDLERS | care.HANDLERS
_AWAITED: dict[str, Callable[[Turn], bool]] = ordering.ANSWERS | checkout.ANSWERS | care.ANSWERS


def take_turn(turn: Turn) -> None:
    """Answer one message, in place. The caller stores the outcome, or throws the turn away whole."""
    conversation = turn.conversation
    conversation.turns += 1
    _drop_vanished(turn)
    try:
        intent = _intent(turn)
        if intent == "emergency":
            care.emergency(turn)
        elif turn.said.card_removed:
            turn.plan.say("card_masked")
        elif conversation.expecting in _AWAITED and _AWAITED[conversation.expecting](turn):
            conversation.misunderstood = 0
        else:
            if intent not in care.NOT_UNDERSTOOD:
                conversation.misunderstood = 0
            _HANDLERS.get(intent, care.fallback)(turn)
    except Refused as refusal:
        turn.plan.say("refusal", sentence=refusal.sentence)
        turn.plan.offer(refusal.buttons)
    if not turn.settled:
        checkout.ask_next(turn)


def _drop_vanished(turn: Turn) -> None:
    """Take off the order what the owner has taken off the menu since."""
    menu = turn.house.menu
    gone = [line for line in turn.lines if not on_menu(line, menu)]
    if gone:
        turn.update(lines=tuple(p for p in turn.cart.lines if on_menu(p.line, menu)), history=())
        turn.plan.say("off_menu", items=listed([describe(line, menu) for line in gone]))
        if turn.conversation.expecting in ("option", "choice", "check"):
            turn.expect(None)


def _intent(turn: Turn) -> str:
    """Rasa's intent, unless the words are plainly something else: an emergency, or an order in other clothes."""
    said = turn.said
    if said.intent == "emergency" or _EMERGENCY.search(turn.lower):
        return "emergency"
    question = said.intent.startswith("ask_") and said.confidence >= _SURE_QUESTION
    if question and not _QUESTION.search(turn.lower) and "?" not in turn.text:
        question = not (turn.reading.edits and turn.reading.confidence >= _SURE_ORDER)
    if said.intent in _NEVER_ORDERS or question:
        return said.intent
    if turn.order is not None and _CLOSING.search(turn.lower):
        return "checkout"
    if turn.conversation.checkout and checkout.names_clock_time(turn):
        return "inform"
    if said.intent in ("order", "checkout"):
        return said.intent
    if _QUESTION.search(turn.lower) and answers.names_food(turn):
        return "ask_item"
    if said.intent in _UNSURE and len(turn.lower.split()) <= 2 and answers.names_kind(turn) and not turn.reading.edits:
        return "ask_menu"
    if turn.reading.edits and turn.reading.confidence >= _SURE_READING:
        return "order"
    return said.intent
