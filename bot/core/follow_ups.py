"""Questions that lean on the one before: "and on Sunday?", "is that one vegan?", "what about the other place?"."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core import answers
from bot.core.ordering import says_all
from bot.core.turn import Turn
from nlu.menu import Item
from nlu.moment_words import DAY
from nlu.order_lines import Add

_OPENING = re.compile(r"(ok(ay)?,? |oh,? |hm+,? )*(and|what about|how about|what of)\b")
_OTHER_PLACE = re.compile(r"\bother (place|one|branch|location|restaurant|site)s?\b")
_DAY = re.compile(rf"\b({DAY}s?|christmas|the weekend)\b")
_OF_PLACES = ("ask_hours", "ask_location", "ask_delivery", "ask_wait", "ask_faq", "ask_payment")
_MOST_WORDS = 7
_TAKES = re.compile(
    r"((o?k+|okay|yes|great|cool|sure|good|then|perfect|alright|fine|oh|lovely|"
    r"(that'?s|sounds) (very |really |quite )?(reasonable|fine|good|great|nice|okay|lovely|perfect|not bad|cheap))[,.!]? )*"
    r"((i'?ll|i will|we'?ll|we will|let me|can i|could i|i'?d like to|i want to|i would like to|let'?s) (take|have|get|try|order|do)|(give|get) me|gimme|i want|i'?d like|add)? ?"
    r"(a |an |the )?(?P<count>it|that|this|one|two|three|four|\d{1,2})( one| of (those|them|that|these))?( then)?( please)?"
    r"(?P<rest>,? (and|plus|with) .+)?[.!]*"
)
_COUNT = r"(one|two|three|four|five|six|(a )?couple|\d{1,2})"
_WANTS = re.compile(
    r"\b((i|we)('ll|'d| will| would)? (please |just |also |both |all )*(have|take|get|try|do|go|like|want|need)|"
    r"(put|get|give|make|bring|do) (me|us)|go (with|for)|(let me|let'?s|can (i|we)|could (i|we)|may i) (please |also |maybe )*"
    r"(have|take|get|try|do|go|order)|gimme|add|order)\b(?! to (?!have\b|get\b|try\b|order\b))|"
    rf"\b(yes|yeah|sure|great|okay|ok|lovely|perfect),? (please,? )?(?={_COUNT} )"
)
_REFERS = re.compile(
    rf"\b((?P<count>{_COUNT}|a) )?((more )?of )?(those|them|these|that one|this one|(that|it)(?!'))\b|"
    rf"\b(?P<alone>{_COUNT})\b(?! (sec|second|minute|moment|people|person))"
)
_ASKS = re.compile(
    r"((and|so|oh|ok|okay|well|hm+)[,.!]? )*(what|which|who|where|when|why|how|is|are|do|does|did|would|should|has|have)\b"
)
_NEXT = re.compile(r",|\b(?:and|plus|with|but)\b")


def _takes(turn: Turn) -> str | None:
    """The words as an order of the dish just asked about, where they want it without naming it."""
    asked, menu = turn.conversation.asked, turn.house.menu
    dish = menu.by_id.get(str(asked.get("item")))
    if asked["intent"] != "ask_item" or dish is None or turn.conversation.expecting not in (None, "choice"):
        return None
    taken = _TAKES.fullmatch(turn.lower)  # "is the risotto good?" "I'll have that one"
    if taken:
        count = taken["count"] if taken["count"] not in ("it", "that", "this") else "one"
        return f"{count} {_as_asked(turn, dish)}{taken['rest'] or ''}"
    wants = _WANTS.search(turn.lower)
    refers = _REFERS.search(turn.lower, wants.end()) if wants else None
    if (
        refers is None
        or dish.id in {line.item for line in turn.lines}
        or _ASKS.match(turn.lower)
        or says_all(turn.lower)
    ):
        return None
    behind = _NEXT.split(turn.lower[refers.end() :])[0]  # "one of those bean burgers" names its dish
    if answers.find_items(turn.lower[: refers.end()] + behind, menu):
        return None
    count = refers["count"] or refers["alone"] or "one"
    return f"{turn.lower[: refers.start()]}{count} {_as_asked(turn, dish)}{turn.lower[refers.end() :]}"


def _as_asked(turn: Turn, dish: Item) -> str:
    """The dish in words, with the size that it was asked about in."""
    groups = turn.house.menu.groups
    read = turn.house.reader.edits(turn.conversation.asked["text"], []).edits
    options = next((e.line.options for e in read if isinstance(e, Add) and e.line.item == dish.id), ())
    sizes = [groups[o.group].by_id[o.value].names[0] for o in options if groups[o.group].select_one]
    return " ".join([*sizes, dish.names[0]])


def follow_up(turn: Turn) -> str | None:
    """The intent of a question that goes on with the last one; the turn then hears the question in full."""
    asked, conversation = turn.conversation.asked, turn.conversation
    if asked and conversation.turns - asked["turn"] <= 1 and (words := _takes(turn)):
        turn.expect(None)
        turn.hear(replace(turn.said, text=words, intent="order"))
        return "order"
    if not asked or conversation.turns - asked["turn"] > 1 or len(turn.lower.split()) > _MOST_WORDS:
        return None
    opens = _OPENING.match(turn.lower) is not None
    if opens and asked["intent"] == "ask_delivery" and re.search(r"(?<!\d)\d{5}(?!\d)", turn.text):
        return "ask_delivery"
    place = turn.house.restaurant.place_named(turn.text)
    if asked["intent"] in _OF_PLACES and (_OTHER_PLACE.search(turn.lower) or (opens and place)):
        named = turn.house.restaurant.place_named(asked["text"])
        before = asked["text"].lower()
        for name in (named.name.lower(), *named.names) if named else ():
            before = re.sub(rf"\b{re.escape(name)}\b", " ", before)
        turn.hear(replace(turn.said, text=f"{before} {turn.text}", intent=asked["intent"]))
        return str(asked["intent"])
    if opens and asked["intent"] == "ask_hours" and _DAY.search(turn.lower):
        return "ask_hours"
    dishes = answers.find_items(turn.lower, turn.house.menu)
    if opens and asked["intent"] == "ask_item" and dishes:
        before = asked["text"].lower()
        for dish in answers.find_items(before, turn.house.menu):
            before = re.sub("|".join(map(re.escape, sorted(dish.names, key=len, reverse=True))), " ", before)
        turn.hear(replace(turn.said, text=f"{before} {turn.text}", intent="ask_item"))
        return "ask_item"
    return None


def remember(turn: Turn, intent: str) -> None:
    """Keep what was asked, for the next turn; anything but a question leaves the dish that was spoken of."""
    conversation, asked = turn.conversation, turn.conversation.asked
    if intent == "order" and turn.lines:  # the newest dish is the one spoken of
        conversation.asked = asked | {
            "intent": intent,
            "text": "",
            "turn": conversation.turns,
            "item": turn.lines[-1].item,
        }
        return
    if not intent.startswith("ask_"):
        return
    dishes = answers.find_items(turn.lower, turn.house.menu)
    place = turn.house.restaurant.place_named(turn.text)
    conversation.asked = {
        "intent": intent,
        "text": turn.text[:200],
        "turn": conversation.turns,
        "item": dishes[-1].id if dishes else asked.get("item"),
        "place": place.id if place else conversation.place,
    }
