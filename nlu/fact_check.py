"""Holds a sentence against the facts it was to word: which are right, missing, said wrongly, or invented.

Plain rules. A value counts as right only when the sentence pins it down: "highly rated" is not ``5 out of 5``.
Validated against references labelled by hand (``tests/nlu/e2e_labels.jsonl``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from nlu.facts import Facts, kind_of, list_of
from nlu.synthetic_descriptions import plain_words

Values = dict[str, list[str]]


@dataclass(frozen=True)
class Verdict:
    """``wrong`` and ``invented`` hold what the sentence says instead; every fact is right, missing or wrong."""

    right: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    wrong: dict[str, str] = field(default_factory=dict)
    invented: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not (self.missing or self.wrong or self.invented)

    @property
    def errors(self) -> int:
        return len(self.missing) + len(self.wrong) + len(self.invented)


def check(facts: Facts, sentence: str) -> Verdict:
    """What ``sentence`` does to each of ``facts``, and what it adds."""
    return _check_restaurant(facts, sentence) if kind_of(facts) == "restaurant" else _check_own(facts, sentence)


# ---------------------------------------------------------------- restaurants

_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_N = r"([1-5]|one|two|three|four|five)"
_20, _25, _30 = r"(?:20|twenty)", r"(?:25|twenty[- ]five)", r"(?:30|thirty)"
_MONEY = r"(?: ?(?:gbp|pounds?|euros?|dollars?))?"
_OVER = (
    r"(?:more than|over|above|at least|upwards? of|exceed\w*|in excess of|higher than|greater than|from|start\w* at)"
)
_UNDER = r"(?:less than|under|below|lower than|cheaper than|no more than|up to|at most|less then|beneath)"
_PRICES = (
    ("less than £20", rf"{_UNDER} ?(?:than )?[£€$]? ?{_20}\b"),
    ("£20-25", rf"[£€$]? ?{_20}{_MONEY} ?(?:-|–|to|and|through) ?[£€$]? ?{_25}\b"),
    ("more than £30", rf"{_OVER} ?[£€$]? ?{_30}\b|[£€$] ?{_30} ?(?:\+|or more|plus|and (?:up|over|above))"),
    ("cheap", r"\b(?:not|in|less|un)[- ]?expensive|\bcheap(?:ly|er)?\b|\baffordabl[ey]\b|\bbudget\b|\blow[- ]?cost\b"),
    (
        "moderate",
        r"\bmid(?:dle)?[- ]?(?:range[ds]?|priced?)\b|\b(?:reasonabl[ye]|fair(?:ly)?|decent(?:ly)?)[- ]pric\w*",
    ),
    ("high", r"(?<!not )(?<!not too )(?<!in)(?<!un)(?<!less )\bexpensive\b|\bpric(?:e)?y\b|\bupscale\b|\bcostly\b"),
)
_RATINGS = (
    rf"\b{_N} ?(?:out of|out|of|/|in|from|over) ?(?:a possible )?(?:5|five)\b",
    rf"\b{_N}[- ]?stars?\b|\brat(?:ed|ing)s?(?: is| of| at| as| it)?(?: a| only)? {_N}\b(?! ?(?:out|of|/))",
)
# Words of degree count for the price or for the rating, whichever they stand next to.
_DEGREES = {
    **dict.fromkeys(("high", "highly", "higher", "highest"), "high"),
    **dict.fromkeys(("excellent", "great", "good", "top", "well", "positive", "best", "fantastic"), "good"),
    **dict.fromkeys(("low", "lowly", "lower", "lowest"), "low"),
    **dict.fromkeys(("poor", "poorly", "bad", "badly", "negative", "terrible"), "bad"),
    **dict.fromkeys(("average", "averagely", "averaged", "averaging", "mediocre", "medium"), "average"),
    **dict.fromkeys(("moderate", "moderately"), "moderate"),
}
_PRICE_HEAD = re.compile(r"^(?:pric(?:e|es|ed|ing)|prizes?|costs?|costing|range[ds]?)$")
_RATING_HEAD = re.compile(
    r"^(?:rat(?:e|es|ed|ing|ings)|reviews?|reviewed|customers?|satisfaction|scores?|recommended)$"
)
_AS_PRICE = {"high": "high", "low": "cheap", "average": "moderate", "moderate": "moderate"}
_AS_RATING = {"high": "high", "good": "high", "low": "low", "bad": "low", "average": "average", "moderate": "average"}
_COPULA = {"is", "are", "was", "of", "be", "been", "being", "remains", "as", "at", "it", "them"}
_PASSED_OVER = {
    "a",
    "an",
    "the",
    "very",
    "rather",
    "quite",
    "fairly",
    "pretty",
    "only",
    "somewhat",
    "relatively",
    "just",
}

_AREAS = (
    ("riverside", r"\briver[- ]?(?:side|front|bank)?\b|\bwaterfront\b"),
    ("city centre", r"\b(?:city|town)(?:'s)?[- ]?(?:cent(?:re|er)|core)\b|\bcent(?:re|er) of (?:the )?(?:city|town)\b|"
     r"\bdowntown\b|\b(?:heart|middle) of (?:the )?(?:city|town)\b|\bcent(?:re|er)\b|\bcentrally\b"),
)  # fmt: skip
_EAT_TYPES = (
    ("coffee shop", r"\bcoffee[- ]?(?:shop|house|bar|place|store)s?\b|\bcaf[eé]s?\b"),
    ("pub", r"\bpubs?\b|\bpublic houses?\b|\btaverns?\b"),
    ("restaurant", r"\brestaurants?\b"),
    ("hotel", r"\bhotels?\b"),
    ("bistro", r"\bbistros?\b"),
    ("bar", r"(?<!coffee )(?<!coffee-)\bbars?\b"),
    ("fast food", r"\btake[- ]?aways?\b"),
)
_GENERIC_TYPES = {"restaurant"}
_FOODS = (
    *((name, rf"\b{name.lower()}\b") for name in (
        "Chinese", "Italian", "French", "Japanese", "Indian", "Thai", "Mexican", "American", "Spanish", "Greek",
        "Turkish", "Korean", "Vietnamese", "Mediterranean", "Asian", "fast food", "seafood", "vegetarian", "vegan",
    )),
    ("English", r"\benglish\b|\bbritish\b|\bbritain\b|\bfish (?:and|&|n) chips\b"),
    ("other food", r"\bbreakfasts?\b|\bpasta\b|\bpizzas?\b|\bsushi\b|\bburgers?\b|\bsandwich\w*|\bmuffins?\b|"
     r"\bcurry\b|\bnoodles?\b|\bdim sum\b|\bwines?\b|\bcheeses?\b|\bbeers?\b|\bdesserts?\b|\btea\b"),
)  # fmt: skip
_FAMILY = r"\b(?:famil(?:y|ies)|kids?'?s?|child(?:ren)?'?s?|youngsters?)\b"
_GAP = r"(?:[\s'’-]+(?!but\b|and\b|however\b|though\b|has\b|with\b|yet\b)[\w£]+){0,5}?[\s'’-]+"
_NOT = r"\b(?:not|no|non|none|bad|never|without|unsuitable|inappropriate|discourage[sd]?|prohibit\w*|lacks?|un|cannot|isnt|dont)\b"
_NO_FAMILY = re.compile(
    rf"(?:{_NOT}|n['’]t\b){_GAP}{_FAMILY}|"
    rf"{_FAMILY}[\s-]*(?:\w+[\s-]+){{0,2}}?(?:are |is )?(?:not\b|unfriendly|unwelcome|prohibited|n['’]t\b)|"
    rf"\b(?:is|are|were)n['’]t\b{_GAP}{_FAMILY}|{_FAMILY}[\s\w]{{0,12}}\bn['’]t\b|\bchildless\b|\bchild[- ]free\b|"
    r"\badults?\b|\bfriendly:? no\b|\bunfriendly\b"
)
_YES_FAMILY = re.compile(_FAMILY)
_NEAR = (
    r"(?:near(?:by|s|est)?|close|next|by|beside|besides|adjacent|across|opposite|alongside|vicinity|around|round|"
    r"proximity|neighbou?r\w*|from|far|distance|along|door|outside|to|at|nearness|off|against|with|and|not)"
)
_NEARBY = re.compile(
    r"\b(?:near(?: to)?|close to|next to|beside|adjacent to|across from|opposite|by|next door to) (?:the |a )?"
    r"(?!Riverside|City|Centre|Center|River|Town|English|Chinese|NAME|NEAR)((?:[A-Z][\w’'é]+ ?)+)"
)
_NAME, _OTHER = "NAME", "NEAR"
# A vague word beside the exact value does not contradict it.
_AGREE = {
    ("less than £20", "cheap"), ("£20-25", "moderate"), ("more than £30", "high"),
    ("5 out of 5", "high"), ("4 out of 5", "high"), ("3 out of 5", "average"), ("1 out of 5", "low"),
    ("2 out of 5", "low"),
}  # fmt: skip


def plain(text: str) -> str:
    """Without accents and with simple quotes and spaces; letters keep their case."""
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(text.replace("’", "'").replace("‘", "'").replace("–", "-").split())


def said(facts: Facts, sentence: str) -> Values:
    """Everything that the sentence says about a restaurant: the values of each slot, in any order."""
    text, name_at, near_at = _masked(facts, plain(sentence))
    lower = text.lower()
    values: Values = {}
    if "name" in facts and name_at:
        values["name"] = [facts["name"]]
    if near_at:
        values["near"] = [facts["near"]]
    elif found := _NEARBY.search(text):
        values["near"] = [found[1].strip()]
    values["priceRange"] = [value for value, pattern in _PRICES if re.search(pattern, lower)]
    values["customer rating"] = []
    rest = lower
    for pattern in _RATINGS:
        for match in re.finditer(pattern, rest):
            number = next(group for group in match.groups() if group)
            values["customer rating"].append(f"{_NUMBERS.get(number, number)} out of 5")
        rest = re.sub(pattern, " ", rest)
    for slot, value in _degrees(lower):
        values[slot].append(value)
    inside = re.sub(r"\boutside (?:of )?(?:the )?city cent(?:re|er)\b", " ", lower)
    values["area"] = [value for value, pattern in _AREAS if re.search(pattern, inside)]
    values["eatType"] = [value for value, pattern in _EAT_TYPES if re.search(pattern, lower)]
    values["food"] = [value for value, pattern in _FOODS if re.search(pattern, lower)]
    if _NO_FAMILY.search(lower):
        values["familyFriendly"] = ["no"]
    elif _YES_FAMILY.search(lower):
        values["familyFriendly"] = ["yes"]
    for slot in ("priceRange", "customer rating", "area", "eatType", "food"):
        if slot in facts and facts[slot].lower() not in _DEGREES and _holds(inside, facts[slot]):
            values[slot].insert(0, facts[slot])
    return {slot: list(dict.fromkeys(found)) for slot, found in values.items() if found}


def _check_restaurant(facts: Facts, sentence: str) -> Verdict:
    right, missing, wrong, invented = [], [], {}, {}
    found = said(facts, sentence)
    for slot, value in facts.items():
        others = [other for other in found.get(slot, []) if not _same(value, other) and not _agrees(slot, value, other)]
        if any(_same(value, other) for other in found.get(slot, [])) and not others:
            right.append(slot)
        elif not others and not found.get(slot):
            missing.append(slot)
        else:
            vague = [other for other in found[slot] if not _same(value, other)]
            if slot == "eatType" and set(vague) <= _GENERIC_TYPES:
                missing.append(slot)
            else:
                wrong[slot] = ", ".join(others or vague)
    for slot, values in found.items():
        if slot not in facts and not (slot == "eatType" and set(values) <= _GENERIC_TYPES):
            invented[slot] = ", ".join(values)
    return Verdict(tuple(right), tuple(missing), wrong, invented)


def _same(value: str, other: str) -> bool:
    return _spelt_alike(value) == _spelt_alike(other)


def _spelt_alike(value: str) -> str:
    return plain(value).lower().replace("center", "centre")


def _agrees(slot: str, value: str, other: str) -> bool:
    return (value.lower(), other) in _AGREE or (slot == "eatType" and other in _GENERIC_TYPES)


def _holds(text: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(plain(value).lower())}(?!\w)", text) is not None


def _masked(facts: Facts, text: str) -> tuple[str, bool, bool]:
    """The text with the two proper names made neutral, and whether each stands in its own role."""
    roles = {}
    # The longer name first: one may be part of the other.
    for slot, mark in sorted((("name", _NAME), ("near", _OTHER)), key=lambda pair: -len(facts.get(pair[0], ""))):
        if slot in facts:
            name = re.escape(plain(facts[slot]))
            article = r"(?:the )?" if name.lower().startswith("the\\ ") else ""
            text = re.sub(rf"(?i)(?<!\w){article}{name}(?!\w)", mark, text)
            roles[slot] = mark in text
    if roles.get("near"):
        beside = (
            rf"(?i)\b{_NEAR}\b['\"\s]*(?:the |a |to |its |local |of |called |located |on |riverside )*['\"]?{_OTHER}"
        )
        roles["near"] = re.search(beside, text) is not None or roles["near"] and "NEAR has" not in text and (
            re.search(rf"{_OTHER} (?:is (?:near|close|next)|nearby)|in (?:the )?{_OTHER}|where {_OTHER}", text) is not None
        )  # fmt: skip
    if roles.get("name") and re.search(rf"\b(?:near|close to|next to|beside) (?:the )?{_NAME}\b", text):
        roles["name"] = len(re.findall(_NAME, text)) > 1
    return text, roles.get("name", False), roles.get("near", False)


def _degrees(text: str) -> list[tuple[str, str]]:
    """(priceRange or customer rating, value) for each word of degree."""
    found = []
    for clause in re.split(r"[.;!?]|, (?:and|but) | but | while | although | though | yet ", text):
        words = re.findall(r"[\w£']+|,", clause.replace("-", " "))
        for at, word in enumerate(words):
            if word not in _DEGREES:
                continue
            slot = _left(words, at) or _right(words, at) or _far_left(words, at)
            table = _AS_PRICE if slot == "priceRange" else _AS_RATING
            if slot and _DEGREES[word] in table:
                found.append((slot, table[_DEGREES[word]]))
    return found


def _head(word: str) -> str | None:
    return "priceRange" if _PRICE_HEAD.match(word) else "customer rating" if _RATING_HEAD.match(word) else None


def _left(words: list[str], at: int) -> str | None:
    """The head before a copula: "its price range is high", "rated average"."""
    before = at - 1
    while before >= 0 and words[before] in _PASSED_OVER:
        before -= 1
    if before < 0:
        return None
    if words[before] == "rated" and not (at + 1 < len(words) and _head(words[at + 1])):
        return "customer rating"
    if words[before] not in _COPULA:
        return None
    steps = range(before - 1, max(before - 5, -1), -1)
    if at + 1 < len(words) and _head(words[at + 1]):
        return None
    return next((head for step in steps if (head := _head(words[step]))), None)


def _right(words: list[str], at: int) -> str | None:
    for step in range(at + 1, min(at + 5, len(words))):
        if words[step] == "," or words[step] in _DEGREES and step > at + 2:
            return None
        if words[step] in ("and", "in", "with", "near", "is") and step > at + 1:
            return None
        if head := _head(words[step]):
            follows = words[step + 1] if step + 1 < len(words) else ""
            if words[step] == "customer" and follows == "service":
                return None
            return head
    return None


def _far_left(words: list[str], at: int) -> str | None:
    for step in range(at - 1, max(at - 4, -1), -1):
        if words[step] in (",", "and"):
            return None
        if head := _head(words[step]):
            return head
    return None


# ---------------------------------------------------------------- dishes, specials, summaries


def _check_own(facts: Facts, sentence: str) -> Verdict:
    """Open values must stand there word for word; every other word must be one that promises nothing."""
    text = plain(sentence).lower()
    right, missing, invented = [], [], {}
    # The longest value first: one may be part of another.
    for slot, value in sorted(facts.items(), key=lambda pair: -len(pair[1])):
        parts = [plain(part).lower() for part in (list_of(value) if slot in ("ingredients", "diet") else [value])]
        rest, whole = text, True
        for part in sorted(parts, key=len, reverse=True):
            taken, count = re.subn(rf"(?<![\w£$€]){re.escape(part)}(?!\w)", " ", rest, count=1)
            rest, whole = taken, whole and count == 1
        if whole:
            right.append(slot)
            text = rest
        else:
            missing.append(slot)
    known = plain_words(kind_of(facts))
    strange = [word for word in re.findall(r"[^\W_]+(?:'[a-z]+)?|[£$€%]", text) if word not in known]
    if strange and not missing:
        invented["words"] = " ".join(strange)
    elif strange and (numbers := [word for word in strange if any(c.isdigit() for c in word)]):
        invented["words"] = " ".join(numbers)
    order = list(facts)
    return Verdict(tuple(sorted(right, key=order.index)), tuple(missing), {}, invented)
