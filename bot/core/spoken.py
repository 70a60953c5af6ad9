"""Written answers as a voice should read them: prices, times, phone numbers and lists in words an ear can follow."""

from __future__ import annotations

import re

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
_DIGITS = ("oh", *_ONES[1:10])
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
_DAYS = {
    "Mon": "Monday", "Tue": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Fri": "Friday", "Sat": "Saturday",
    "Sun": "Sunday",
}  # fmt: skip
_MONTHS = {
    "Jan": "January", "Feb": "February", "Mar": "March", "Apr": "April", "Jun": "June", "Jul": "July",
    "Aug": "August", "Sep": "September", "Sept": "September", "Oct": "October", "Nov": "November", "Dec": "December",
}  # fmt: skip
_MONEY = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny")}
_LONGEST_PIECE = 160  # characters read without a mark in between


def number(value: int) -> str:
    """Any whole number in words."""
    if value < 0:
        return f"minus {number(-value)}"
    if value < 20:
        return _ONES[value]
    if value < 100:
        return _TENS[value // 10] + (f" {_ONES[value % 10]}" if value % 10 else "")
    for size, name in ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if value >= size:
            rest = value % size
            joint = " and " if rest and rest < 100 else " "
            return f"{number(value // size)} {name}" + (f"{joint}{number(rest)}" if rest else "")
    raise AssertionError("not reached")


def digits(written: str) -> str:
    """Digit by digit: "0142" is "oh one four two"."""
    return " ".join(_DIGITS[int(digit)] for digit in written if digit.isdecimal())


def phone(written: str) -> str:
    """A phone number in groups with a pause after each; a leading +1 is left out, as people do."""
    bare = "".join(digit for digit in written if digit.isdecimal())
    if len(bare) == 11 and bare.startswith("1"):
        bare = bare[1:]
    groups = (
        [bare[:3], bare[3:6], bare[6:]] if len(bare) == 10 else [bare[at : at + 3] for at in range(0, len(bare), 3)]
    )
    return ", ".join(digits(group) for group in groups if group)


def price(sign: str, whole: int, cents: int) -> str:
    """ "$12.50" is "twelve dollars fifty"."""
    unit, small = _MONEY[sign]
    small_ones = f"{number(cents)} {small if cents == 1 else 'pence' if small == 'penny' else small + 's'}"
    if not whole and cents:
        return small_ones
    words = f"{number(whole)} {unit}{'' if whole == 1 else 's'}"
    return f"{words} {number(cents)}" if cents >= 10 else f"{words} and {small_ones}" if cents else words


def clock(hour: int, minute: int, half: str | None) -> str:
    """ "6:40 pm" is "six forty p m"; without am or pm the 24 hours are said as twelve."""
    half = half or ("pm" if hour >= 12 else "am")
    words = number(hour % 12 or 12)
    if minute:
        words += f" {'oh ' if minute < 10 else ''}{number(minute)}"
    return f"{words} {half[0]} m"


def ordinal(value: int) -> str:
    """The day of a month: "twenty sixth"."""
    *front, last = number(value).split()
    word = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join([*front, word])


def plain(text: str) -> str:
    """The text as it is read: no marks, no lists, no figures; sentences end with a stop."""
    text = re.sub(r"\*\*|__|`", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"[“”\"]", "", text.replace("’", "'"))
    text = re.sub(r"[ \t]*\n[ \t]*-[ \t]+([^\n]*)", lambda line: f"\n{_line(line[1])}.", text)
    text = re.sub(r":(?=\s*\n)", ".", text)
    text = re.sub(r"\s*\n\s*", " ", text)
    text = re.sub(r"(\d+) × ", lambda match: f"{number(int(match[1]))} ", text)
    text = re.sub(r"(?<![\w.])([$€£])(\d[\d,]*)(?:\.(\d{1,2}))?(?!\d)", _price, text)
    text = re.sub(
        r"(?<!\w)\+\d[\d ().\-]{6,}\d|(?<![\w-])(?:\d{3}[ .\-]\d{3}[ .\-]\d{4}|\d{10,11})(?!\d)", _phone, text
    )
    text = re.sub(r"\b(\d{4})-(\d\d)-(\d\d)\b", _date, text)
    text = re.sub(r"(?<=\d)\s*[–-]\s*(?=\d{1,2}:\d\d)", " to ", text)
    text = re.sub(rf"\b({'|'.join(_DAYS)})[–-](?=({'|'.join(_DAYS)})\b)", r"\1 to ", text)
    text = re.sub(r"\b(\d{1,2}):(\d\d)(?:\s*([ap])(?:\.m\.|m\b))?", _clock, text, flags=re.I)
    text = re.sub(
        r"\b(\d{1,2})\s*([ap])(?:\.m\.|m\b)", lambda m: clock(int(m[1]) % 24, 0, m[2].lower() + "m"), text, flags=re.I
    )
    text = re.sub(rf"\b({'|'.join(_DAYS)})\b\.?", lambda match: _DAYS[match[1]], text)
    text = re.sub(rf"\b({'|'.join(_MONTHS)})\b\.?(?= \d)", lambda match: _MONTHS[match[1]], text)
    text = re.sub(rf"\b({'|'.join(sorted({*_MONTHS.values(), 'May'}))}) (\d{{1,2}})\b", _day, text)
    text = re.sub(r"\b(\d{1,3})(?:st|nd|rd|th)\b", lambda match: ordinal(int(match[1])), text)
    text = re.sub(r"(?i)\b(number|order|code|zip)s? (\d{3,6})\b", lambda m: f"{m[1]} {digits(m[2])}", text)
    text = re.sub(r"(?<!\d)\d{5}(?!\d)", lambda match: digits(match[0]), text)
    text = re.sub(r"(\d)\s*%", r"\1 percent", text)
    text = re.sub(r"(?<=\d)[–-](?=\d)", " to ", text)
    text = re.sub(r"\d{1,3}(?:,\d{3})+(?!\d)", lambda match: number(int(match[0].replace(",", ""))), text)
    text = re.sub(r"(\d+)\.(\d+)", lambda m: f"{number(int(m[1]))} point {digits(m[2])}", text)
    text = re.sub(r"\d+", lambda match: number(int(match[0])) if len(match[0]) < 10 else digits(match[0]), text)
    text = re.sub(r"\(([^()]*)\)", r", \1,", text)
    text = text.replace("&", " and ").replace("@", " at ").replace("×", " times ").replace("…", ".")
    text = re.sub(r"[*_#|<>\[\]{}()~^=+\\/$€£•]", " ", text)
    text = re.sub(r"\s+([,.;:?!])", r"\1", re.sub(r"\s+", " ", text))
    text = re.sub(r"[,;:]+(?=[.?!])|,(?=,)", "", text)
    text = re.sub(r"([.?!])(?:\s*\.)+", r"\1", text)
    return text.strip(" ,;:")


def pieces(text: str) -> list[str]:
    """The text as read, cut where one may be interrupted: sentences and the lines of an order, each fairly short."""
    found = []
    for sentence in re.split(r"(?<=[.?!]) +", plain(text)):
        while len(sentence) > _LONGEST_PIECE:
            cut = sentence.rfind(", ", 40, _LONGEST_PIECE)
            cut = cut + 1 if cut > 0 else sentence.rfind(" ", 40, _LONGEST_PIECE)
            if cut <= 0:
                break
            found.append(sentence[:cut].strip())
            sentence = sentence[cut:].strip()
        if sentence:
            found.append(sentence)
    return found


def _line(line: str) -> str:
    """One line of an order: "2 × Margherita (large, no onion)" is "two Margherita, large, no onion"."""
    return re.sub(r"\s*\((.*)\)\s*$", r", \1", line.strip()).rstrip(".")


def _price(match: re.Match[str]) -> str:
    cents = match[3] or "0"
    return price(match[1], int(match[2].replace(",", "") or 0), int(cents) * (10 if len(cents) == 1 else 1))


def _phone(match: re.Match[str]) -> str:
    return phone(match[0])


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    if hour > 24 or minute > 59:
        return f"{number(hour)} {number(minute)}"
    half = match[3]
    return clock(hour % 24, minute, half.lower() + "m" if half else None)


def _day(match: re.Match[str]) -> str:
    return f"{match[1]} {ordinal(int(match[2]))}"


def _date(match: re.Match[str]) -> str:
    month, day = int(match[2]), int(match[3])
    months = list(dict.fromkeys(_MONTHS.values()))
    names = [*months[:4], "May", *months[4:]]
    return f"{names[month - 1]} {day}" if 1 <= month <= 12 and 1 <= day <= 31 else match[0]
