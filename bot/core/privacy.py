"""Keeping secrets out of what is stored and logged: payment cards are masked, phone numbers shortened."""

from __future__ import annotations

import re

_LONG_NUMBER = re.compile(r"(?<!\d)\+?\d(?:[ .\-]?\d){12,}(?!\d)")
_SECURITY_CODE = re.compile(r"(?i)\b(cvv2?|cvc2?|security code|card code)(\W{0,3}(?:is\W{1,3})?)\d{3,4}\b")
CARD_MASK = "[card number removed]"


def mask_cards(text: str) -> tuple[str, bool]:
    """The text without payment card numbers and security codes, and whether there were any."""
    found = False

    def masked(match: re.Match[str]) -> str:
        nonlocal found
        if not _holds_card(match.group()):
            return match.group()
        found = True
        return CARD_MASK

    text = _LONG_NUMBER.sub(masked, text)
    text, codes = _SECURITY_CODE.subn(r"\1\2[removed]", text)
    return text, found or codes > 0


def mask_phone(number: str) -> str:
    """``+12075550142`` as ``+1…42``: enough to recognise, not to dial."""
    return f"{number[:2]}…{number[-2:]}" if len(number) > 6 else "…"


def _holds_card(written: str) -> bool:
    """Whether some of the groups of digits are a card. Sixteen and more never are a phone number, so a mistyped card
    counts too; fewer after a plus sign are one."""
    groups = re.findall(r"\d+", written)
    if written.startswith("+") and sum(map(len, groups)) < 16:
        return False
    for start in range(len(groups)):
        run = ""
        for group in groups[start:]:
            run += group
            if len(run) > 19:
                break
            if len(run) >= 16 or (len(run) >= 13 and _passes_luhn(run)):
                return True
    return False


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number
    return total % 10 == 0
