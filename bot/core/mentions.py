"""Words that name dishes and order none: questions about them, what was eaten before, what may be had later."""

from __future__ import annotations

import re

from bot.core import answers
from bot.core.turn import Turn

_LEAD = r"^((and|so|oh|ok(ay)?|well|hm+|u[hm]+|wait|hi|hello|hey|hold on|btw|by the way|sorry|also|but)\b[,.!]* *)*"
_ORDERS = re.compile(
    r"\b((i|we)('?ll| will| would|'d) (have|take|get|go|do|try|like)|"
    r"(can|could|may) ((i|we) (please )?(get|have|order|add)|you (please )?(add|get me|give me|make me))|"
    r"(i|we) (want|need)\b|(give|get|bring) (me|us)|gimme|add|let (me|us) (get|have)|(i'm|we're) having|for me)\b"
)
_UNDECIDED = re.compile(
    r"\b(not sure (if|whether|about)|unsure|can'?t decide|undecided|thinking (about|of)|torn between|"
    r"wondering (about|if|whether)(?! (i|we) (might|could|can|may) (order|have|get|place|put in)\b))\b"
)
_LATER = re.compile(r"\b(maybe|perhaps|possibly|might)\b.*\b(later|another time|next time|afterwards?)\b")
_TOLD = re.compile(
    _LEAD
    + r"(i|we|my \w+) (('?ve|have|had) )?(heard|read|had|ate|eaten|tried|loved|saw|hated|remember)\b(?! (enough|better)\b)"
)
_ABOUT = re.compile(
    _LEAD
    + r"(how (big|large|small|many|much|spicy|hot|fresh|sweet|filling|is|are|do|does|come)|would (the|that|your|my)|"
    r"should (i|we)|why|who|when|does|has|was|were|is (the|your|that|this|it(?! (ok|okay|fine|alright|possible)\b))|are (the|your|they|these)|(what|which) would you|"
    r"(can|could|may|should) (kids|children|toddlers|babies|vegans|vegetarians|people|pregnant \w+|my (dog|baby|toddler))|"
    r"do (kids|people|you (make|bake|cook|use|put|fry|peel)))\b"
)
_EITHER = re.compile(r"^(the |a |an )?[\w' ]+\bor\b[^?]*\?\s*$")
_DONE = re.compile(
    _LEAD
    + r"(did (i|we|you) (already |also |actually |really )?(order|add|get|put|take|have|include|note|remove|forget)|"
    r"have (i|we|you) (already |also )?(ordered|added|got|put|taken|included|noted|removed))\b"
)
_BRINGS = re.compile(
    _LEAD
    + r"(can|could|may|are|is it (ok|okay|fine|possible|allowed)|would it be (ok|okay|fine))\b.{0,20}\b(i|we)\b.{0,12}\bbring\b"
)
HOW_LONG = re.compile(r"\b(how long|how soon|be ready|take long)\b")
_REFUSES = re.compile(r"\b(can'?t|cannot|can not|do not|don'?t|never|mustn'?t) (eat|have|touch|do|tolerate)\b")
_OF_ALLERGY = re.compile(
    r"(\b(and|but|because|since|as) )*(\b(i'?m|i am|i have|i've|we have|we are|(my|our|her|his) \w+ (is|has|have|are)|"
    r"(one|some|two) of us (is|are|has|have)|there is|with)\b[^,.;!?]*?)?"
    r"\b(allerg\w*|intoleran\w*|coeliac\w*|celiac\w*)\b[^,.;!?]*?(?=\bso\b|[,.;!?]|$)"
)
_COUNTED = re.compile(r"\bplease\b|(^|[,.;!] ?|\b(and|so) )(a|an|one|two|three|four|five|six|\d+) ")
_ALLERGIC_ASKS = re.compile(r"\b(can|could|may|is|are|does|do|safe|ok(ay)?)\b")


def orders(turn: Turn) -> str | None:
    """Words that speak of an allergy but plainly want a dish too, without the allergy: "a burger please, I'm allergic to
    sesame" wants a burger, and no sesame on it. None for all others."""
    text = _OF_ALLERGY.sub(" ", turn.lower)
    wanted = answers.find_items(text, turn.house.menu) and not _REFUSES.search(text)
    return text if wanted and any(words.search(text) for words in (_ORDERS, _COUNTED)) else None


def meant(turn: Turn) -> str | None:
    """The intent of words that order nothing although they may look like an order; None for all others."""
    text = turn.lower
    if _BRINGS.search(text):
        return "ask_faq"
    if turn.lines and _DONE.search(text):
        return "show_order"
    if not answers.find_items(text, turn.house.menu):
        return None
    if answers.ALLERGY.search(text) and _ALLERGIC_ASKS.search(text):
        return "allergy"
    if _UNDECIDED.search(text):
        return "ask_item"
    if _ORDERS.search(text):
        return None
    if _LATER.search(text):
        return "later"
    if _DONE.search(text):
        return "order_status"
    if _ABOUT.search(text):
        return "ask_wait" if HOW_LONG.search(text) else "ask_item"
    either = turn.conversation.expecting is None and _EITHER.search(text)
    return "ask_item" if either or _TOLD.search(text) else None
