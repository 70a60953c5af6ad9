"""The baseline of the slot tagger: patterns of numbers, dates and clock times; a bare answer is what was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlu.moment_words import AM_PM, MONTH, NEAR_DAY, PAST_TO, SHORT_WEEKDAY

_NUMBER = (
    r"(?:\d{1,3}|(?:twenty|thirty)[- ](?:one|two|three|four|five|six|seven|eight|nine)|one|two|three|four|five|six|seven|eight|"
    r"nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty)"
)
_PATTERNS = {
    "people": rf"\b\d{{4,6}} (?:people|persons?|guests?)|\b(?:me|myself) and (?:my )?(?:{_NUMBER} )?\w+|\b{_NUMBER} (?:people|persons?|adults?|guests?)(?: and {_NUMBER} \w+)?|"
    rf"(?:(?<=for )|(?<=of )){_NUMBER}\b(?! ?(?::|{AM_PM}))|\b{_NUMBER}(?= of us)",
    "date": rf"\b(?:next |this )?{SHORT_WEEKDAY},? (?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? ?{MONTH}?|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {MONTH}(?:,? \d{{4}})?|"
    rf"\b(?:{SHORT_WEEKDAY},? )?{MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|\b(?:next |this )?{SHORT_WEEKDAY}\b|\b\d{{4}}[-/]\d\d?[-/]\d\d?|\b\d\d?/\d\d?(?:/\d{{2,4}})?|"
    rf"\b(?:{NEAR_DAY}|this evening)\b|\bin \w+ (?:days?|weeks?)\b|\b\w+ (?:days?|weeks?) from (?:now|today)|\b\d{{1,2}}(?:st|nd|rd|th)\b",
    "time": rf"\b\d{{1,2}}[:.]\d\d ?(?:[ap]\.?m\.?)?|\b\d{{1,4}} ?{AM_PM}\.?|\b{PAST_TO} {_NUMBER}|\b(?:noon|midday|midnight)\b|(?<=at ){_NUMBER}\b|\b{_NUMBER} o'?clock",
}
_NAME = re.compile(
    r"\b(?:name(?:'s| is| of)?|under|i'?m|i am|this is|call me|it'?s)\s+(?:the name of )?([^\W\d_]+)(?:\s+([^\W\d_'-]+))?",
    re.I,
)
_BARE_NAME = re.compile(r"\s*([^\W\d_'-]+)(?:\s+([^\W\d_'-]+))?[\s.]*$")


class RuleFinder:
    """Finds spans by patterns alone."""

    def spans(self, text: str, requested: Sequence[str]) -> dict[str, tuple[int, int]]:
        found = {}
        for slot, pattern in _PATTERNS.items():
            if match := re.search(pattern, text, re.IGNORECASE):
                found[slot] = match.span()
        whole = (len(text) - len(text.lstrip()), len(text.rstrip()))
        for slot in requested:
            if slot in _PATTERNS and re.fullmatch(rf"(?:at |for |the )?{_NUMBER}\W*", text.strip(), re.IGNORECASE):
                found = {slot: whole}
        if names := _NAME.search(text) or (
            _BARE_NAME.match(text) if {"first_name", "last_name"} & set(requested) else None
        ):
            if names[2]:
                found |= {"first_name": names.span(1), "last_name": names.span(2)}
            else:
                found["last_name" if list(requested) == ["last_name"] else "first_name"] = names.span(1)
        return found
