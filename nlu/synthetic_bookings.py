"""Invented sentences of guests who book, with their slots: names, dates and times in more phrasings than one set has."""

from __future__ import annotations

import re
from random import Random

from nlu.data_sets import BookingSentence
from nlu.train_spacy import FIRST_NAMES, LAST_NAMES

_ENDINGS = "son man sen berg stein ton ley ford well worth wood ski ova ez ini elli etti ard eau mann feld ham by kar pour oglu yan".split()
_STARTS = "Har Mar Bel Gold Win Ash Bren Cal Dun El Fair Gar Hol Jen Kor Lam Mor Nor Ol Pem Quin Ros Stan Tor Vas Wes Yar Zim Abra Kow Pet Iva Fern Dom Sal Ric Ber".split()
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
_FRIENDS = ("friends", "people", "others", "kids", "children", "colleagues", "guests", "cousins", "mates", "adults")
_RELATIONS = (
    "wife",
    "husband",
    "partner",
    "girlfriend",
    "boyfriend",
    "mother",
    "dad",
    "boss",
    "sister",
    "brother",
    "son",
)

_WHOLE = (
    "I'd like to book a table for {people} {date} at {time}", "table for {people} at {time} {date}", "a table for {people}, {date}, {time}",
    "can we come {date} at {time}? there are {people} of us", "{people} {date} at {time} under {first} {last}",
    "could you squeeze us in at {time} on {date}, party of {people}", "do you have space for {people} on {date}",
    "anything free {date} around {time}", "is {date} possible", "what about {date} at {time}", "how about {time} instead",
    "make it {time}", "make it {people} please", "let's do {date}", "we'd rather come on {date}", "push it to {time}",
    "reservation for {people}, name is {first} {last}", "booking under {last} for {date}", "it's under {first} {last}",
    "this is {first} {last}, I booked for {date} at {time}", "my name's {first}", "my last name is {last}", "first name {first}, last name {last}",
    "{first} {last} here, we are running late for our {time} table", "please cancel the table of {first} {last} {date}",
    "two margheritas please, and a table for {people} at {time}", "hi, dinner for {people} {date} please", "we will be {people} at {time}",
    "hello I want to reserve for {date}, we are {people}", "lunch on {date} for {people}, {time} if possible", "surname is {last}",
    "the reservation is for {date}", "could it be {time} on {date}", "put me down for {time}", "it'll be {people}", "there'll be {people} of us {date}",
    "we're {people} and would like to eat at {time}", "it is for {people}", "the name would be {first} {last}", "you can call me {first}",
    "book it under {last} please", "{date} works for us, say {time}", "not {time0}, {time} please", "sorry I meant {date}",
    "we need seats for {people} at {time}, {first} {last} is the name", "a table outside for {people}", "yes, {time} is fine", "ok {date} then",
    "can you change my booking to {people}", "one more person, so {people} in total", "I would like to come by {date}, is {time} okay",
    "got anything at {time}", "earliest you have {date}?", "{time}, {people}, {first}", "{first}, {people}, {date} {time}",
)  # fmt: skip
_PLAIN = (
    "do you have outdoor seating", "two large pizzas with extra cheese", "is there parking nearby", "i want to cancel my order", "no thank you",
    "can I get 2 cokes and 3 garlic breads", "what is in the carbonara", "how much is the lasagna", "we would like to sit by the window",
    "is the kitchen still open", "do you deliver to 04199", "my number is 207 555 0123", "a medium pepperoni with mushrooms", "that's all, thanks",
    "I have a nut allergy", "are kids welcome", "can we bring our dog", "is there gluten in the soup", "yes please", "hello there",
    "it took 40 minutes to get our food", "we have 20 percent off, right?", "the bill was 45 dollars", "can I speak to the manager",
)  # fmt: skip
_ANSWERS = {
    "people": ("{people}", "{people} please", "we are {people}", "just {people}", "{people} I think", "for {people}", "um {people}", "{people} of us", "party of {people}", "should be {people}"),
    "date": ("{date}", "{date} please", "on {date}", "{date} I guess", "for {date}", "could we do {date}", "um {date}", "{date} if you can"),
    "time": ("{time}", "{time} please", "at {time}", "around {time}", "{time} would be great", "let's say {time}", "maybe {time}", "for {time}"),
    "first_name": ("{first}", "it's {first}", "{first} please", "I'm {first}", "that would be {first}"),
    "last_name": ("{last}", "it's {last}", "{last} is my last name", "Mr {last}", "Ms {last}"),
    "names": ("{first} {last}", "it's {first} {last}", "{first} {last} please", "I'm {first} {last}", "under {first} {last}", "name is {first} {last}", "{first}", "for {first} {last}"),
}  # fmt: skip


def invented(random: Random) -> BookingSentence:
    """One sentence, sometimes an answer to a question, sometimes one without any slot."""
    kind = random.random()
    requested: tuple[str, ...] = ()
    if kind < 0.45:
        pattern = random.choice(_WHOLE)
    elif kind < 0.57:
        pattern = random.choice(_PLAIN)
        requested = random.choice(((), (), ("people",), ("time",), ("first_name", "last_name")))
    else:
        asked = random.choice(tuple(_ANSWERS))
        requested = ("first_name", "last_name") if asked == "names" else (asked,)
        pattern = random.choice(_ANSWERS[asked])
        if asked in ("people", "time", "date") and random.random() < 0.2:
            pattern = random.choice(_WHOLE)
    return _filled(pattern, requested, random)


def first_name(random: Random) -> str:
    return random.choice(FIRST_NAMES)


def last_name(random: Random) -> str:
    if random.random() < 0.4:
        return random.choice(_STARTS) + random.choice(_ENDINGS)
    return random.choice(LAST_NAMES)


def _filled(pattern: str, requested: tuple[str, ...], random: Random) -> BookingSentence:
    makers = {"people": people, "date": day, "time": clock, "time0": clock, "first": first_name, "last": last_name}
    slots = {"first": "first_name", "last": "last_name"}
    text, spans = "", []
    for piece in re.split(r"({\w+})", pattern):
        if not piece.startswith("{"):
            text += piece
            continue
        name = piece[1:-1]
        said = makers[name](random)
        if name == "people" and re.match(r".*(\bof us\b|\bparty of\b)", pattern) and " " in said:
            said = random.choice(_NUMBERS)
        if name != "time0":
            spans.append((len(text), len(text) + len(said), slots.get(name, name)))
        text += said
    if random.random() < 0.3:
        text = text.lower()
    elif random.random() < 0.5:
        text = text[0].upper() + text[1:]
    if random.random() < 0.3:
        text += random.choice(".!?")
    return BookingSentence(text, requested, tuple(sorted(spans)))


def people(random: Random) -> str:
    number = random.choice(_NUMBERS) if random.random() < 0.5 else str(random.randint(1, random.choice((9, 20, 60))))
    kind = random.random()
    if kind < 0.5:
        return number
    if kind < 0.65:
        return f"{number} {random.choice(_FRIENDS)}"
    if kind < 0.8:
        return random.choice((
            f"me and {number} {random.choice(_FRIENDS)}", f"me and my {random.choice(_RELATIONS)}", f"my {random.choice(_RELATIONS)} and I",
            f"myself and {number} {random.choice(_FRIENDS)}", f"me, my {random.choice(_RELATIONS)} and {number} {random.choice(_FRIENDS)}",
        ))  # fmt: skip
    if kind < 0.9:
        return f"{number} adults and {random.choice(_NUMBERS[:5])} {random.choice(('kids', 'children', 'babies', 'toddlers'))}"
    return random.choice(
        (
            "a couple",
            "half a dozen",
            "a dozen",
            "two couples",
            "just me",
            "4 or 5",
            "six to eight people",
            "four or five",
        )
    )


def day(random: Random) -> str:
    number = random.randint(1, 31)
    ordinal = f"{number}{'th' if 4 <= number % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
    month, weekday = random.choice(_MONTHS), random.choice(_DAYS)
    short = random.random() < 0.25
    month, weekday = (month[:3], weekday[:3]) if short else (month, weekday)
    year = f"{random.choice((' ', ', '))}{random.randint(2018, 2030)}" if random.random() < 0.2 else ""
    return random.choice((
        "today", "tonight", "tomorrow", "this evening", "the day after tomorrow", weekday, weekday, f"next {weekday}", f"this {weekday}",
        f"{month} {number}{year}", f"{month} {ordinal}{year}", f"{ordinal} of {month}{year}", f"{number} {month}{year}", ordinal,
        f"{weekday} the {ordinal}", f"{weekday}, {month} {ordinal}{year}", f"in {random.choice(_NUMBERS)} days", f"in {number} days", "in a week",
        f"{number} days from now", f"{random.randint(1, 12)}/{number}", f"{random.randint(1, 12):02}/{number:02}/{random.randint(2018, 2030)}",
        f"{random.randint(2018, 2030)}-{random.randint(1, 12):02}-{number:02}", f"{weekday} next week", "a week from today", "Christmas Eve",
        "New Year's Eve", "Valentine's day", f"{weekday} week", f"a week on {weekday}", "tomorrow night",
    ))  # fmt: skip


def clock(random: Random) -> str:
    hour, minute = random.randint(1, 12), random.choice((0, 15, 30, 45, random.randint(0, 59)))
    word = _NUMBERS[hour - 1]
    half = random.choice(("pm", " pm", "am", " p.m.", " PM", "PM", ""))
    return random.choice((
        f"{hour}{half}", f"{hour}:{minute:02}{half}", f"{hour}.{minute:02}{half}", f"{random.randint(0, 23)}:{minute:02}", f"{hour}", word,
        f"half past {word}", f"half past {hour}", f"quarter to {hour}", f"quarter past {word}", f"ten to {word}", f"half {word}", "noon", "midday",
        f"{word} thirty", f"{word} fifteen", f"{word} forty five", f"{word} o'clock", f"{hour} o'clock", f"{hour}ish", f"{hour} in the evening",
        f"{word} in the afternoon", f"{random.randint(11, 23)}{minute:02}", f"{hour}:{minute:02}{half}", f"{word} thirty pm", f"{word} p.m.",
        f"{hour} {minute:02}", f"a quarter past {hour}",
    ))  # fmt: skip
