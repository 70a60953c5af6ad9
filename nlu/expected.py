"""Whether a message looks like the answer that was just asked for: a bare "four" or "rose" means nothing by itself.

``expecting`` is what the channel puts into a message's metadata: one of ``YES_NO``, ``CHOICES``, ``name``,
``phone`` or a key of ``_SHAPES``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from nlu.intents import Ranked
from nlu.moment_words import DAY, MONTH, NOON, SHORT_WEEKDAY

YES_NO = frozenset({"confirm", "check", "cancel", "drop", "person", "upsell"})
CHOICES = frozenset({"choice", "option", "place"})
# A message with one of these intents is no mere answer, even when it is short.
_ALWAYS = frozenset(
    {"emergency", "human", "card_number", "bot_challenge", "rude", "cancel_order", "repeat", "complaint"}
)
_SURE, _SURE_ENOUGH = 0.75, 0.45
_PHONE_DIGITS = 15  # of the longest number that E.164 allows

_NUMBER = r"(?:\d+|zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a\s+couple|a\s+dozen)"
_DAY = rf"{DAY}|weekend|{SHORT_WEEKDAY}\b"
_STREET = (
    r"\b(?:st|street|rd|road|ave|avenue|lane|ln|drive|dr|close|court|ct|way|place|pl|boulevard|blvd|square|apt|"
    r"apartment|flat|floor|suite|unit)\b"
)
_QUESTION = re.compile(
    r"^(?:(?:wait|and|but|so|ok(?:ay)?|um+|hm+|oh|hey|sorry|actually|no)[, ]+)*(?:(?:what|when|where|who|why|how)(?:'?s|'?re)?|which|do|does|did|is|are|can|could|will|would|have|has)\b|\?\s*$",
    re.IGNORECASE,
)
_INTRODUCES = re.compile(
    r"^(?:(?:hi|hello|hey|sure|yes|yeah|ok|okay)[, ]+)?(?:my\s+(?:first\s+|last\s+|full\s+)?name(?:'?s|\s+is)|"
    r"(?:the|first|last)\s+name(?:'?s|\s+is)?|name'?s?|put\s+it\s+under|(?:it'?s\s+)?(?:under|for)|it'?s|it\s+is|this\s+is|i'?m|i\s+am|call\s+me)\s+"
    r"(?P<name>[^\d?]{2,50})$",
    re.IGNORECASE,
)
_BARE_NAME = re.compile(r"^[^\W\d_]{2,20}(?:[-'’. ]+[^\W\d_]{1,20}){0,3}(?:\s+please)?[.!]?$")
_PHONE = re.compile(
    r"(?:(?:\+?\d|\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|hundred)\b)[\s\-().,]*){5,}",
    re.IGNORECASE,
)
_SHAPES = {
    "address": re.compile(rf"\b\d+\w?\b.*[^\W\d_]{{2,}}|[^\W\d_]{{2,}}.*\b\d+|{_STREET}", re.IGNORECASE),
    "time": re.compile(
        rf"\b\d{{1,2}}(?:[:.h]\d{{2}})?\s*(?:am|pm|a\.m\.|p\.m\.|o'?\s?clock|ish)?\b|\b{_NUMBER}\b|{NOON}|midnight|"
        r"\b(?:now|asap|soon|straight\s+away|right\s+away|whenever|immediately|earliest|lunch\s?time|evening|morning)\b|"
        rf"half|quarter|{_DAY}",
        re.IGNORECASE,
    ),
    "date": re.compile(
        rf"{_DAY}|\b{MONTH}\b|\b\d{{1,2}}(?:st|nd|rd|th)?\b|\b(?:next|this|coming)\s+week|\w+(?:th|first|second|third)\b",
        re.IGNORECASE,
    ),
    "people": re.compile(
        rf"\b{_NUMBER}\b|\b(?:just|only)\s+(?:me|us)|\bme\s+and\b|\bmyself\b|couple|\bboth\s+of\s+us|\bthirteen|\w+teen\b|twenty",
        re.IGNORECASE,
    ),
    "type": re.compile(
        r"pick(?:ing|ed)?[\s-]*(?:it\s+)?up|deliver|collect|take\s*-?(?:away|out)|carry\s*-?out|to\s+go|eat\s+in|dine\s+in|"
        r"for\s+here|\bbring\s+it|come\s+(?:and\s+)?(?:get|by)|\bdrive",
        re.IGNORECASE,
    ),
}  # fmt: skip
_MOST_WORDS = {"address": 25, "time": 12, "date": 12, "people": 12, "type": 12}
_YES = re.compile(
    r"^\W*(?:y|ye[sahp]+s?|yup|sure|ok(?:ay)?|k|correct|right|perfect|exactly|fine|great|good|confirm(?:ed)?|absolutely|"
    r"definitely|please(?:\s+do)?|go\s+(?:ahead|for\s+it)|do\s+it|sounds\s+\w+|looks\s+\w+(?:\s+to\s+me)?|"
    r"(?:yes\s+)?that'?s\s+(?:it|right|correct|fine|good)|that\s+is\s+(?:it|right|correct))\b\W*(?:please|thanks|thank\s+you|yes)?\W*$",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:n|no+|nope|nah|naw|never|wrong|incorrect|not\s+(?:yet|now|really|quite|right|correct|that)|don'?t|"
    r"that'?s\s+(?:wrong|not\s+\w+)|i\s+don'?t\s+think\s+so|"
    r"no[, ]+(?:thanks|thank\s+you|wrong|it\s+isn'?t|that'?s\s+wrong))\W*$",
    re.IGNORECASE,
)


def as_answer(
    expecting: str | None, text: str, ranking: Sequence[Ranked], found: Collection[str] = frozenset()
) -> str | None:
    """``inform``, ``affirm`` or ``deny`` when ``text`` looks like the awaited answer; None: the ordinary intent holds.

    Args:
        expecting: what the assistant asked for; None and unknown words change nothing.
        ranking: the ordinary intents, likeliest first, at least one.
        found: labels of what spaCy found in ``text``: PERSON, DATE, TIME.
    """
    first = ranking[0]
    words = len(text.split())
    if expecting is None or not words:
        return None
    if expecting == "phone" and _PHONE.search(text) and len(re.sub(r"\D", "", text)) <= _PHONE_DIGITS:
        return None if first.intent == "order" and first.confidence >= _SURE else "inform"
    if first.intent in _ALWAYS and first.confidence >= _SURE_ENOUGH:
        return None
    if expecting in YES_NO:
        return "affirm" if _YES.match(text) else "deny" if _NO.match(text) else None
    other = first.intent not in ("inform", "affirm", "deny", "out_of_scope", "small_talk")
    if expecting == "name":
        introduced = _INTRODUCES.match(text.strip())
        if introduced and len(introduced["name"].split()) <= 4:
            return "inform"
        bare = ("PERSON" in found or _BARE_NAME.match(text.strip())) and words <= 8 and not _QUESTION.search(text)
        sure = 0.97 if "PERSON" in found or not other else _SURE if words <= 2 else _SURE_ENOUGH
        return "inform" if bare and (first.intent == "inform" or first.confidence < sure) else None
    if expecting in CHOICES:
        brief = words <= 6 and not _QUESTION.search(text)
        return "inform" if brief and not (other and first.intent != "order" and first.confidence >= _SURE) else None
    shape = _SHAPES.get(expecting)
    if shape is None or words > _MOST_WORDS.get(expecting, 0) or text.rstrip().endswith("?"):
        return None
    if not shape.search(text) and expecting.upper() not in found:
        return None
    if _QUESTION.search(text) or (other and first.confidence >= _SURE):
        return None
    return "inform"
