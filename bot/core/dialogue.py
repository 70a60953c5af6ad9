"""One turn of a conversation: what the guest said goes in, the changed order and a reply plan come out.

Chat and phone share this function. Rasa has already decided what kind of turn it is (the intent and the action);
here the words are held against what was asked, the order is changed, and the next open question is put.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bot.core import answers, booking, booking_draft, care, checkout, mentions, ordering
from bot.core.describing import asked_for
from bot.core.follow_ups import follow_up, remember
from bot.core.order import Refused, describe, on_menu
from bot.core.turn import Said, Turn
from bot.core.when import wants_asap
from bot.core.wording import listed
from nlu.order_lines import Remove

_EMERGENCY = re.compile(
    r"(can'?t|cannot|can not|not|isn'?t|stopped|unable to|trouble) breath|\bchok(ing|ed)\b|heart attack|unconscious|"
    r"passed out|call (an |the )?(ambulance|911|police|fire)|need (an )?ambulance|\b911\b|anaphyla|epi ?pen|seizure|"
    r"bleeding|overdos|gas leak|(there'?s|there is) a fire|\bon fire\b|having a stroke|collapsed|"
    r"kill (my|him|her)self|suicid"
)
_IDIOM = re.compile(r"\bfire (away|it (off|over|up))\b|\bat the door\b")  # sounds like one to the intent model
_AS_SOON = re.compile(r"\b(soon|fast|quick|quickly|early) as\b|\basap\b")
_SO_NO = re.compile(r"\b(so|says?|said) no( thanks?| thank you)*[.!]*$")
# Words of these kinds are never taken for an order, whatever dishes they name.
_NEVER_ORDERS = {
    "emergency", "human", "cancel_order", "other_guest", "free_food", "complaint", "order_status", "rude",
    "card_number", "allergy", "bot_challenge", "book_table", "manage_booking", "join_waitlist", "repeat",
}  # fmt: skip
# Asked like this, cancelling is a matter that the guest wants to know about, and nothing to be done now.
_ASKS_RULES = re.compile(
    r"^(and |so |ok(ay)?,? |but |hi,? |hello,? |sorry,? )*(what|how|when|until|is there|are there|do you|does|will (you|i|we)|which|"
    r"(can|could|may|am|are) (i|we|you|people|guests)\b.*\b(an?|the|any) (order|booking|reservation|table)s?\b.*\b(after|if|once|when|later|free|without|still))"
)
_OWN = re.compile(r"\b(my|our|mine|this|that|number \d+|\d{4,})\b")
_QUESTION = re.compile(
    r"^((hi|hello|hey|so|and|oh|ok|okay|um|uh|well|sorry|yeah|mhm|mm+|hm+|right|good (morning|afternoon|evening))[,.!]? )*"
    r"(what|which|is|are|does|do you|have you|you got|how much|any|anything)\b"
    r"(?! else (oh|uh|um|er|ah|yeah|yes|ok|okay|hm+|let me)\b)"  # "what else, oh yeah, six waters" asks itself
)
# Cut into sentences, a message keeps these whole.
_WHOLE = _NEVER_ORDERS - {"cancel_order", "book_table", "manage_booking", "join_waitlist", "order_status", "repeat"}
_IT = re.compile(r"\b(it|that|them|the (order|food))\b")
_OPENS_QUESTION = re.compile(r"^(and |also |oh |but |,)*(what|which|is|are|does|do you|have you|how)\b")
_FACTS = ("ask_faq", "ask_hours", "ask_location", "ask_delivery", "ask_payment")
_TABLES = ("book_table", "manage_booking", "join_waitlist")
_FREE_WORDS = ("name", "address")  # asked for these, words of any language are an answer
_NOTE = re.compile(r"\b(add|make|leave|put) (a |down a )?note\b|\bnote (that|down)\b")
_TO_ORDER = re.compile(
    r"\b(place|make|start|put in) (an|my|our|the) order\b|\b(to|can i|could i|like to) (pre-?)?order\b"
)
_COUNTED = re.compile(r"\b(a|an|one|two|three|four|five|six|\d+)\b")
_SHOWS = re.compile(r"\b(show|tell|list|see|hear|read|menu)\b")
_SURE_PART = 0.5
_SURE_READING = 0.5
_SURE_QUESTION = 0.5
_SURE_ORDER = 0.8
_MADE_NOTHING_OF = (care.FALLBACK, "out_of_scope", "small_talk", "help", "inform")
_UNSURE = (care.FALLBACK, "inform", "out_of_scope", "small_talk", "ask_faq", "help")

_HANDLERS: dict[str, Callable[[Turn], None]] = (
    ordering.HANDLERS | checkout.HANDLERS | answers.HANDLERS | booking.HANDLERS | care.HANDLERS
)
_AWAITED: dict[str, Callable[[Turn], bool]] = ordering.ANSWERS | checkout.ANSWERS | care.ANSWERS


def take_turn(turn: Turn) -> None:
    """Answer one message, in place. The caller stores the outcome, or throws the turn away whole."""
    turn.conversation.turns += 1
    _drop_vanished(turn)
    whole = turn.said
    for said in _businesses(turn) or [whole]:
        turn.hear(said)
        try:
            _answer(turn)
        except Refused as refusal:
            turn.plan.say("refusal", sentence=refusal.sentence)
            turn.plan.offer(refusal.buttons)
    if not turn.settled and not ordering.ask_open(turn) and not booking.ask_next(turn):
        checkout.ask_next(turn)


def _answer(turn: Turn) -> None:
    """What was asked is answered, or else the words are what their intent says."""
    conversation = turn.conversation
    if _only_asks_about_cancelling(turn):
        turn.hear(replace(turn.said, intent="ask_faq"))
    intent = _intent(turn)
    going_on = None
    if (intent not in _WHOLE or intent == "other_guest") and booking.meant(turn):
        going_on = "manage_booking"
    elif intent not in _WHOLE and (about_waiting := booking.about_waiting(turn)):
        going_on = about_waiting
    elif intent not in _WHOLE and not booking.speaks_of_table(turn) and checkout.moves_placed(turn):
        going_on = "move_placed"
    elif intent not in _NEVER_ORDERS and not conversation.pending.get("form"):
        going_on = follow_up(turn) or mentions.meant(turn) or ("at_place" if checkout.names_only_place(turn) else None)
    if going_on is None and intent not in _WHOLE and checkout.asks_total(turn):
        going_on = "show_order"
    intent = going_on or intent
    if intent == "emergency":
        care.emergency(turn)
    elif turn.said.card_removed:
        turn.plan.say("card_masked")
    elif conversation.expecting not in _FREE_WORDS and care.other_language(turn):
        pass
    elif going_on is None and _awaited(turn):
        conversation.misunderstood = 0
    else:
        told = intent in (*_MADE_NOTHING_OF, "ask_faq")
        telling = told and (not answers.asks(turn) or _NOTE.search(turn.lower))
        if telling and not turn.lines and booking.wish(turn):
            conversation.misunderstood = 0
            return
        if intent in _MADE_NOTHING_OF and answers.in_faq(turn):
            intent = "ask_faq"
        if (intent == "order" and booking.wants_table(turn)) or (told and booking.tells_table(turn)):
            intent = "book_table"
        if intent not in care.NOT_UNDERSTOOD:
            conversation.misunderstood = 0
        _HANDLERS.get(intent, care.fallback)(turn)
        if intent == "order" and not booking.speaks_of_table(turn):
            checkout.note_details(turn)
        remember(turn, intent)


def _only_asks_about_cancelling(turn: Turn) -> bool:
    """ "What is your cancellation policy?", "can I cancel an order once it is placed?": a question is no command."""
    cancels = turn.said.intent == "cancel_order" or (turn.said.intent in _TABLES and booking.cancels(turn))
    return cancels and _ASKS_RULES.search(turn.lower) is not None and not _OWN.search(turn.lower)


def _awaited(turn: Turn) -> bool:
    conversation = turn.conversation
    if conversation.pending.get("form") == booking_draft.FORM:
        return booking.answer(turn)
    times = _names_time_of_order(turn)  # "can you do quarter to eight?"
    if turn.said.intent in _TABLES and turn.said.confidence >= _SURE_QUESTION and not times:
        return False
    if conversation.checkout and (checkout.answer_other_place(turn) or checkout.readdressed(turn)):
        return True
    return conversation.expecting in _AWAITED and _AWAITED[conversation.expecting](turn)


def _businesses(turn: Turn) -> list[Said]:
    """The sentences of a message that holds several businesses (an order, a question, a table); none when it is one.

    Sentences that are plainly neither a question of facts nor about a table stay with what stands before them.
    """
    said = turn.said
    if said.card_removed or said.intent in _WHOLE or _EMERGENCY.search(turn.lower) or len(said.parts) < 2:
        return []
    groups: list[tuple[str | None, Said]] = []
    for part in said.parts:
        business = _business(turn, part)
        if groups and (business is None or business == groups[-1][0] or groups[-1][0] is None):
            before, first = groups[-1]
            surer = part if before is None and business else first
            groups[-1] = (before or business, replace(surer, text=f"{first.text} {part.text}"))
        else:
            groups.append((business, part))
    return [part for _, part in groups] if len(groups) > 1 else []


def _business(turn: Turn, part: Said) -> str | None:
    if part.confidence >= _SURE_PART and part.intent in (*_FACTS, *_TABLES):
        return part.intent if part.intent in _FACTS else "table"
    turn.hear(part)
    if part.intent == "ask_item" and part.confidence >= _SURE_PART and _OPENS_QUESTION.search(turn.lower):
        return "dish"
    orders = bool(turn.reading.edits) and turn.reading.confidence >= _SURE_READING
    return "order" if orders and answers.find_items(turn.lower, turn.house.menu) else None


def _drop_vanished(turn: Turn) -> None:
    """Take off the order what the owner has taken off the menu since."""
    menu = turn.house.menu
    gone = [line for line in turn.lines if not on_menu(line, menu)]
    if gone:
        turn.update(lines=tuple(p for p in turn.cart.lines if on_menu(p.line, menu)), history=())
        turn.plan.say("off_menu", items=listed([describe(line, menu) for line in gone]))
        if turn.conversation.expecting in ("option", "choice", "check"):
            turn.expect(None)


def _names_time_of_order(turn: Turn) -> bool:
    """Whether words that may ask for a table answer when an order is wanted: "could you make it eight pm", "no, at
    eight"."""
    asked = turn.conversation.expecting
    mends = asked is None and turn.lines and _IT.search(turn.lower)  # "I'd like it at eight"
    told = asked == "time" or (asked == "confirm" and turn.conversation.checkout) or mends
    return bool(told) and not booking.speaks_of_table(turn)


def _no_emergency(turn: Turn) -> bool:
    """Whether words that only sound like an emergency to the intent model are none: an idiom, "as fast as you can" to
    the question when, or "so no" to "anything else?"."""
    hurries = turn.conversation.expecting == "time" and _AS_SOON.search(turn.lower) and wants_asap(turn.lower)
    refuses = ordering.refuses_more(turn) and _SO_NO.search(turn.lower)
    return bool(hurries or refuses or _IDIOM.search(turn.lower))


def _only_sounds_asked(turn: Turn) -> bool:
    """Whether words that the intent model takes for a question about the menu ask nothing, but change the order:
    "forget about the drinks", "anything to drink, hmm, a lemonade"."""
    edits = turn.reading.edits
    counted = _COUNTED.search(turn.lower) and answers.find_items(turn.lower, turn.house.menu)
    plain = all(isinstance(edit, Remove) for edit in edits) or (counted and not _SHOWS.search(turn.lower))
    return bool(edits and plain) and not answers.asks(turn)


def _intent(turn: Turn) -> str:
    """Rasa's intent, unless the words are plainly something else: an emergency, or an order in other clothes."""
    said = turn.said
    if _EMERGENCY.search(turn.lower) or (said.intent == "emergency" and not _no_emergency(turn)):
        return "emergency"
    unplaced = bool(turn.lines) and turn.placed is None
    if (unplaced or turn.conversation.expecting in ("confirm", "check")) and said.intent == "complaint":
        if checkout.missed(turn) or (turn.reading.edits and turn.reading.confidence >= _SURE_READING):
            return "order"  # of what was heard or read back, and not of what was eaten
        if unplaced and _QUESTION.search(turn.lower):
            return "ask_item"  # "you got root beer"
    if said.intent == "emergency":
        return "deny" if ordering.refuses_more(turn) else "nlu_fallback"
    told = said.intent in ("order_status", "repeat") or (said.intent.startswith("ask_") and not answers.asks(turn))
    if told and turn.lines and ordering.closes(turn):
        return "checkout"
    if said.intent in _TABLES and checkout.names_time(turn) and _names_time_of_order(turn):
        return "inform"
    if said.intent == "book_table" and _TO_ORDER.search(turn.lower) and not booking.speaks_of_table(turn):
        return "order"
    if said.intent == "order_status" and turn.placed is None and mentions.HOW_LONG.search(turn.lower):
        return "ask_wait"
    if said.intent == "ask_delivery" and turn.lines and checkout.wants_type(turn):
        return "inform"
    sure_order = bool(turn.reading.edits) and turn.reading.confidence >= _SURE_ORDER
    if said.intent == "card_number" and sure_order and answers.find_items(turn.lower, turn.house.menu):
        return "order"  # "10000 lasagnas": digits alone make no card
    if said.intent == "ask_menu" and _only_sounds_asked(turn):
        return "order"
    if said.intent not in _NEVER_ORDERS and (described := asked_for(turn)):
        return described
    if said.intent in (*_UNSURE, *_MADE_NOTHING_OF, "ask_menu", "free_food") and ordering.refuses_more(turn):
        return "deny"
    question = said.intent.startswith("ask_") and said.confidence >= _SURE_QUESTION
    if question and not _QUESTION.search(turn.lower) and "?" not in turn.text:
        question = not sure_order
    if said.intent in _NEVER_ORDERS or question:
        return said.intent
    if turn.order is not None and ordering.closes(turn):
        return "checkout"
    details = checkout.names_clock_time(turn) or checkout.tells_details(turn)
    if turn.conversation.checkout and details and not answers.find_items(turn.lower, turn.house.menu):
        return "inform"
    if said.intent == "order" and ordering.only_implied(turn) and answers.names_kind(turn):
        return "ask_menu"  # "I want, hmm, what's good for vegetarians"
    if said.intent in ("order", "checkout"):
        return said.intent
    if _QUESTION.search(turn.lower) and answers.names_food(turn):
        return "ask_item"
    if said.intent in _UNSURE and len(turn.lower.split()) <= 2 and answers.names_kind(turn) and not turn.reading.edits:
        return "ask_menu"
    if turn.reading.edits and turn.reading.confidence >= _SURE_READING and not ordering.only_implied(turn):
        return "order"
    left_out = turn.reading.unfit or (said.intent == care.FALLBACK and turn.reading.unknown)
    if said.intent in _UNSURE and turn.lines and left_out:
        return "order"
    return said.intent
