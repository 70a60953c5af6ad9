"""How many people a guest means: "4", "me and four friends", "half a dozen", "2 adults and a baby", "four or five"."""

from __future__ import annotations

import re

from nlu.spoken_numbers import as_digits

MOST = 100_000
_COLLECTIVES = {"couple": 2, "couples": 2, "pair": 2, "pairs": 2, "dozen": 12, "dozens": 12, "duo": 2, "trio": 3}
# Plural words that say how many there are.
_KNOWN_GROUPS = {
    "parents": 2, "grandparents": 2, "in-laws": 2, "inlaws": 2, "twins": 2, "triplets": 3, "quadruplets": 4, "folks": 2,
}  # fmt: skip
_SPEAKER = re.compile(r"\b(me|i|myself|i'll|i'm)\b")
_ALONE = re.compile(
    r"\b(just|only) (for )?(me|myself|1|one)\b|\b(solo|alone|by myself|on my own|single (person|diner|guest|seat))\b|^my ?self$|^(me|i)$"
)
_RANGE = re.compile(
    r"(\d+)(?: (?:people|of us|guests|persons|pax))?\s*(?:-|–|/|\bto\b|,? ?\bor maybe\b|,? ?\bmaybe\b|,? ?\bor\b)\s*(\d+)"
)
_VAGUE = re.compile(r"\b(few|several|some|many|lots?|bunch|handful|group|crowd|everyone|everybody)\b")
# What comes after these words is part of the number that was said already.
_INCLUDED = re.compile(
    r"(\b(and|with) )?(\b\d+ )?\bof (them|those|which|whom)\b.*|\b(includ\w*|incl|inclusive|counting|in total|total|altogether)\b.*"
)
_GENERIC = re.compile(
    r"^(a |the |party |table |group |for |of |us |we |are |be |there |will |'ll )*\d+( (people|persons?|guests?|diners?|pax|seats?|of us|in all))?\W*$"
)
_CORRECTED = re.compile(r"\b(?:no|sorry|actually|i mean|i meant|make (?:that|it)|or rather|wait)\b")
# What was counted up before is summed up: "my mum, my dad, my sister and me, so four".
_IN_THE_END = re.compile(
    r"\b(?:so|yeah|let'?s say|call it|plan on|now it'?s|but now) (\d+)(?: of us| people| then| please| now)*\W*$"
)
_SPLIT = re.compile(
    r"\s*(?:,|;|&|\+|/|:|\(|\)|\band\b|\bplus\b|\bwith\b|\bas well as\b|\balong with\b|\btogether with\b)\s*"
)
_NO_PERSON = re.compile(r"\b(chairs?|prams?|strollers?|wheelchairs?|dogs?|o'clock|pm|am)\b")


def count_people(text: str) -> int | None:
    """The number of people, the speaker among them where they say so; the larger end of a range. None: not said."""
    words = re.sub(r"\s+", " ", as_digits(text)).strip()
    words = re.sub(r"\bnot (?:for )?\d+\b", " ", words)  # "not four, five"
    if match := _IN_THE_END.search(words):
        return _sane(int(match[1][:9]))
    words = next((said for said in reversed(_CORRECTED.split(words)) if re.search(r"\d", said)), words)
    words = re.sub(r"\bhalf a dozen\b", "6", words)
    words = re.sub(r"\b(?:a|1) baker'?s dozen\b", "13", words)
    words = re.sub(r"\b(\d+) dozen\b", lambda m: str(int(m[1][:6]) * 12), words)
    if re.search(r"-\s*\d|\d[.,]\d", re.sub(r"\d\s*-\s*\d", "", words)):
        return None
    if re.search(r"\bboth of us\b", words):
        return 2
    if match := re.search(r"\bbetween (\d+) and (\d+)\b", words) or _RANGE.search(words):
        return _sane(max(int(match[1][:9]), int(match[2][:9])))
    cut = _INCLUDED.sub("", words).strip() or words
    cut = re.sub(r"\b(me|myself|i) (?=(my|our|his|her|\d) ?)", r"\1, ", cut)
    parts = [part for part in _SPLIT.split(cut) if part.strip()]
    counts = [_count(part) for part in parts]
    if (
        len(parts) > 1
        and counts[0]
        and re.search(r"[a-z]", parts[0] + parts[1])
        and _GENERIC.match(parts[0])
        and None not in counts
        and counts[0] == sum(count or 0 for count in counts[1:])
    ):
        return _sane(counts[0])  # "4 people, 2 adults and 2 kids"
    counts = [count for part, count in zip(parts, counts) if count is not None or not _empty(part)]
    if _ALONE.search(words) and sum(count or 0 for count in counts) <= 1:
        return 1
    if not counts or None in counts:
        return None
    if sum(bool(_SPEAKER.fullmatch(part.strip())) for part in parts) > 1:  # "me, myself and I"
        counts = [count for part, count in zip(parts, counts) if not _SPEAKER.fullmatch(part.strip())] + [1]
    return _sane(sum(count for count in counts if count is not None))


def _count(part: str) -> int | None:
    part = part.strip()
    if match := re.search(r"(?<![\w.])(\d+)(?!\d)(?!th\b)\s*(\w+)?(?: (\w+))?", part):
        if _NO_PERSON.search(part):
            return 0
        several = re.findall(r"(?<![\w.])(\d+) (?!more\b)[a-z]+", part)
        if len(several) > 1:  # "3 adults 1 senior"
            return sum(int(number[:9]) for number in several)
        number = int(match[1][:9])
        if match[2] in ("couples", "pairs", "couple", "pair", "sets") or match[3] in ("couples", "pairs"):
            return number * 2
        return number + (
            1 if re.search(r"\b(besides|except for|apart from|in addition to|other than) me\b", part) else 0
        )
    if match := re.search(r"\b(couples?|pairs?|dozens?|duo|trio)\b", part):
        return _COLLECTIVES[match[1]]
    for word, count in _KNOWN_GROUPS.items():
        if re.search(rf"\b{word}\b", part):
            return count
    if _VAGUE.search(part) or _NO_PERSON.search(part):
        return None if _VAGUE.search(part) else 0
    if _SPEAKER.search(part):
        return 1
    if re.search(r"\b(us|we|they|you|all)\b", part):
        return None
    if match := re.search(r"\b(?:my|a|an|the|his|her|our|their|another|1|one)\s+(?:\w+\s+)*?(\w+)$", part):
        return 1 if _singular(match[1]) else None
    return 1 if re.fullmatch(r"[a-z'-]+", part) and _singular(part) and part in _RELATIONS else None


_RELATIONS = frozenset(
    "wife husband hubby partner girlfriend boyfriend friend mother father mom mum dad mommy daddy son daughter baby "
    "toddler child kid brother sister boss colleague coworker grandmother grandfather grandma grandpa granny fiance "
    "fiancee spouse aunt uncle cousin nephew niece sibling guest infant adult senior boy girl man woman".split()
)


def _singular(word: str) -> bool:
    return word in ("boss",) or not (word.endswith("s") or word in ("people", "children", "men", "women", "kiddos"))


def _empty(part: str) -> bool:
    """Words around a count that name nobody themselves ("maybe", "i think")."""
    return (
        not re.search(r"\w", part)
        or re.fullmatch(
            r"(so|um+|uh+|well|hi|hello|yes|yeah|please|thanks?|thank you|maybe|probably|actually|sorry|no)\W*", part
        )
        is not None
    )


def _sane(number: int) -> int | None:
    return number if 0 <= number <= MOST else None
