"""Texts to guests: what each says, which may wait until morning, until when it is worth sending; what replies mean.

Our own command words are "on my way", "late" and "give up" (or 1, 2, 3). The carrier's words for leaving (STOP and its
like, also CANCEL, END, QUIT) and for coming back (START, and YES after leaving) are only ever understood as those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.core.restaurant import Place, Policies, Restaurant

TABLE_READY, RUNNING_LATE, ORDER_READY, ORDER_LEAVES, REMINDER, FEEDBACK = (
    "table_ready", "running_late", "order_ready", "order_leaves", "booking_reminder", "feedback",
)  # fmt: skip
STAFF = "staff"  # a person's own words
MAX_CHARS, STAFF_CHARS = 600, 500  # of a whole text, of what a person writes in one


@dataclass(frozen=True)
class Template:
    """``waits`` for the morning when it is night at the place; after ``good_for`` it is not sent any more."""

    form: str
    good_for: timedelta
    waits: bool = False


_SOON, _TODAY = timedelta(minutes=45), timedelta(hours=20)
TEMPLATES = {
    TABLE_READY: Template(
        "{house}: {name}your table for {people} is ready. Please come to the host within {hold} minutes. "
        "Reply 1 on my way, 2 ten minutes late, 3 give up the place. Opt out: STOP",
        _SOON,
    ),
    RUNNING_LATE: Template(
        "{house}: {name}sorry, your table takes longer than we said: about {minutes} minutes more. "
        "Reply 3 to give up the place. Opt out: STOP",
        _SOON,
    ),
    ORDER_READY: Template(
        "{house}: {name}order {number} is ready for you at {address}. Opt out: STOP", timedelta(hours=2)
    ),
    ORDER_LEAVES: Template(
        "{house}: {name}order {number} is ready and on its way to you. Opt out: STOP", timedelta(hours=1)
    ),
    REMINDER: Template(
        "{house}: {name}see you {day} at {time}, table for {people}. "
        "Reply 1 to say you are coming, 3 to give up the table. Opt out: STOP",
        timedelta(hours=6),
        waits=True,
    ),
    FEEDBACK: Template(
        "{house}: {name}thank you for coming. How was it? Just reply in your own words. Opt out: STOP",
        timedelta(hours=36),
        waits=True,
    ),
    "reply_coming": Template("{house}: Great, we keep your table. See you in a moment!", _SOON),
    "reply_coming_booking": Template("{house}: Great, we look forward to seeing you {day} at {time}.", _TODAY),
    "reply_late": Template("{house}: Thank you, we keep your table ten minutes longer.", _SOON),
    "reply_given_up": Template(
        "{house}: Your place is given up, thank you for telling us. If that was a mistake, call {phone}.", _TODAY
    ),
    "reply_help": Template(
        "{house}: 1 on my way, 2 ten minutes late, 3 give up the place. A person: {phone}. "
        "Message and data rates may apply. Opt out: STOP",
        _TODAY,
    ),
    "reply_nothing": Template("{house}: We have no table or booking under this number now. Call {phone}.", _TODAY),
    "reply_thanks": Template("{house}: Thank you for telling us. We read every word.", _TODAY),
    STAFF: Template("{house}: {words}", _TODAY),
}

_NAME = re.compile(r"[^\W\d_]+(?:[ '’\-][^\W\d_]+)*")


def body(
    template: str, restaurant: Restaurant, place: Place | None, *, name: str | None = None, **facts: object
) -> str:
    """The words of a text. A name is used as far as it is letters: nothing in it can be a link."""
    known = _NAME.match((name or "").strip())
    house = restaurant.name if place is None or len(restaurant.places) == 1 else f"{restaurant.name}, {place.name}"
    greeted = f"{known.group()[:30]}, " if known else ""
    text = TEMPLATES[template].form.format(
        house=house, name=greeted, phone=place.phone if place else restaurant.places[0].phone, **facts
    )
    return re.sub(r"\s+", " ", text).strip()[:MAX_CHARS]


def day_in_words(start: datetime, now: datetime) -> str:
    """ "today", "tomorrow", "on Saturday": both moments local to the place."""
    days = (start.date() - now.date()).days
    return "today" if days == 0 else "tomorrow" if days == 1 else f"on {start:%A}"


def hour_in_words(moment: datetime) -> str:
    return f"{moment.hour % 12 or 12}:{moment:%M} {'am' if moment.hour < 12 else 'pm'}"


def send_at(template: str, place: Place | None, policies: Policies, now: datetime) -> datetime:
    """When it may be sent: now, or at the end of the place's quiet hours for what can wait."""
    if not TEMPLATES[template].waits or place is None:
        return now
    local = place.local(now)
    if policies.text_from_hour <= local.hour < policies.text_until_hour:
        return now
    day = local.date() + timedelta(days=1 if local.hour >= policies.text_until_hour else 0)
    return datetime.combine(day, time(policies.text_from_hour), place.zone)


def is_stale(template: str, created: datetime, now: datetime) -> bool:
    """Too late to be of any use."""
    return now - created > TEMPLATES[template].good_for


# What a guest's text means

OPT_OUT, OPT_IN, HELP, COMING, LATE, GIVE_UP, OTHER = (
    "opt_out", "opt_in", "help", "coming", "late", "give_up", "other",
)  # fmt: skip
_LEAVING = {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "opt-out"}
_BACK = {"start", "unstop"}
_SORRY, _THANKS, _WE = r"(sorry )?", r"( sorry| please| thanks| thank you)*", r"(i'?m |we'?re |we are |i am )"
_SOME_MINUTES = r"(a few|some|5|10|15|five|ten|fifteen) ?(more )?min(ute)?s?"
_PLACE = r"(my|our|the) (place|table|spot|booking|reservation)"
_STOP_TEXTS = re.compile(
    r"(please )?((stop|quit)( (sending|texting|messaging|contacting))?|(do not|don'?t) (send|text|message|contact)|no more "
    r"(texts?|messages?))( me| us)?( any| these| your)?( more)?( texts?| messages?| sms)?( again| anymore)?" + _THANKS
    + r"|(please )?unsubscribe( me| us)?" + _THANKS
)  # fmt: skip
_GIVE_UP = re.compile(
    rf"3|three|(please )?((i |we )?(want to |would like to |have to |need to |must )?(give up|give away|cancel|release|drop) {_PLACE}|"
    rf"{_SORRY}{_WE}?(not coming|leaving)|{_SORRY}(i|we) (can'?t|cannot|can not|won'?t|will not) (come|make it)|"
    rf"give up|take (me|us) off the list)( any ?more| tonight| today| after all)?{_THANKS}"
)
_LATE = re.compile(
    rf"2|two|{_SORRY}({_WE}|(we|i) will be |(we|i)'?ll be )?(running )?((about |around |maybe )?(a bit|a little|{_SOME_MINUTES}) )?"
    rf"late{_THANKS}|{_SORRY}(about |in |need |give (me|us) |we need |i need )?{_SOME_MINUTES}( more)?{_THANKS}"
)
_COMING = re.compile(
    rf"1|one|(ok |okay |great |thanks |thank you |perfect |yes |yep |sure )*({_WE}?(on (my|our|the) way|omw|coming|almost there|"
    r"nearly there|heading over|walking over|be right there|here)|(i'?ll|we'?ll|i will|we will) be (right )?(there|back)( soon)?)"
    rf"( now| back| in a minute)?{_THANKS}( see you( soon)?)?"
)


def read_reply(text: str, *, opted_out: bool = False) -> str:
    """What a whole text says. Only a text that is nothing else than one of these is taken as a command."""
    words = re.sub(r"[.!?,;:\"“”()\s]+", " ", text.lower().replace("’", "'")).strip()
    if len(words) > 80:
        return OTHER
    if words in _LEAVING or _STOP_TEXTS.fullmatch(words):
        return OPT_OUT
    if words in _BACK or (opted_out and words == "yes"):
        return OPT_IN
    if words in ("help", "info"):
        return HELP
    for meaning, pattern in ((GIVE_UP, _GIVE_UP), (LATE, _LATE), (COMING, _COMING)):
        if pattern.fullmatch(words):
            return meaning
    return OTHER
