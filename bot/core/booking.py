"""Tables: from "a table for two" to a booking's number; looking it up, moving and cancelling it; and the waitlist.

What a guest has said of a booking so far is a ``Draft`` in the conversation, beside the order: either can wait for
the other. Nothing is booked, moved or cancelled without a yes to exactly what was read back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from bot.core import answers, checkout, guest_details, ordering
from bot.core.booking_draft import (
    BOOK,
    CANCEL,
    FIND,
    FORM,
    LATE,
    LEAVE,
    MOVE,
    NOTES,
    WAIT,
    Draft,
    find_name,
    keep,
    moment_of,
    notes_of,
    open_draft,
    place_of,
    read_changes,
    take_details,
    without_impossible,
)
from bot.core.floor import (
    CONFIRMED,
    Booking,
    Problem,
    TableTaken,
    end_of,
    free_tables,
    moment_problem,
    most_seated,
    near_times,
    next_days,
)
from bot.core.phone_number import ConfirmedNumber
from bot.core.restaurant import Place
from bot.core.table_words import clock_words, day_words, grouped_phone, people_words, wait_words, when_words
from bot.core.turn import Turn, agrees
from bot.core.wording import listed
from nlu.moment_words import AM_PM, DAY, NOON, PAST_TO

_OWN = (MOVE, CANCEL, FIND, LATE)  # what is done with a booking that exists
_TRIES = 3  # at naming a booking; then a person helps
_DAYS_AHEAD = 8  # of which holds are looked at when another day must be offered

_CANCELS = re.compile(
    r"\b(cancel\w*|call(ing)? off|delete|remove|drop|can'?t (make|come)|not (able|going) to (make|come)|won'?t (make|come|be able))\b"
)
_LATE = re.compile(r"\b(running|minutes|be|bit|little) late\b|\bdelayed\b|\bstuck in traffic\b")
_MOVES = re.compile(
    r"\b(chang\w*|mov(e|ing)|re ?schedul\w*|postpone|push|shift|switch|make (it|our|my|that)|instead|earlier|later|"
    r"different|another (day|time)|one more|add|update|edit|\d+ more|we('ll| will) be|now we'?re)\b"
)  # fmt: skip
_LEAVES = re.compile(
    r"\b(off (of )?(the|your) (wait\w*|list|queue)|leav(e|ing)|don'?t want to wait|not wait|remove (me|us)|cancel)\b"
)
_ASKS_FACT = re.compile(r"^(and |so |ok(ay)?,? )?(how|what|which|when|where|who|why|is|are|do|does)\b")
_WANTS_TABLE = re.compile(
    r"\b(a|the) (table|reservation|booking) for (\d+|two|three|four|five|six|seven|eight|nine|ten|tonight|tomorrow|me|us)\b|"
    r"\b(book|reserve) (a|us a|me a|the) table\b"
)
_TAKES_OFF = re.compile(r"\btake (me|us) off\b")
_WHEN = re.compile(
    rf"\b({NOON}|o'clock|\d{{1,2}}[:.]\d\d|(at|to|for|do|make it) ({PAST_TO} )?(\d{{1,2}}|six|seven|eight|nine|{NOON})\b"
    rf"|{DAY}|hours?|minutes)\b|(\b|\d ?){AM_PM}"
)
_CORRECTS = re.compile(
    r"\b(i (really )?(meant|said|asked for|wanted)|(should|ought to) (be|have been|read|say)|(that|it)'?s (supposed|meant) to|not \w+ing?)\b|^(no|sorry|oh),? ((no|sorry),? )?(it|that|we)('?s|'?re| is)\b"
)
_GIVES_UP = re.compile(
    r"\b(never ?mind|forget (it|about it|the (booking|table|reservation|waitlist))|(no|don'?t (need|want)) (a |the |any )?"
    r"(table|booking|reservation)|stop (it|that|the booking)|cancel (that|it|this)|changed my mind)\b"
)  # fmt: skip
_ABOUT_TABLES = re.compile(
    r"\b(table|seat(ed)?|sit|party|walk in|queue|line|waitlist|list|at (the|your) (door|entrance)|outside your door)\b|"
    r"\b(wait|how long) for (\d+|two|three|four|five|six|seven|eight)( of us| people| persons)?\s*[?.!]*$"
)
_PEOPLE = re.compile(
    r"\b(\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|more|fewer|less) "
    r"(more |fewer |less )?(people|persons?|guests?|of us)\b"
)
_ARE_NOW = re.compile(
    r"\b((we|there)('ll| will) (only |just |now )*be|(now|actually|sorry|no),? (we're|we are|there are)) (only |just |now )*"
    r"(\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?! ?(am|pm|o'clock|minutes|hours|:))"
)
_COMES_TO_EAT = re.compile(
    r"\b(birthday|anniversary|graduation|celebrat\w+)\b|\b(come|coming|bring|bringing|take|taking|treat) ((him|her|them|\w+ \w+|my|the \w+) )?(in|out|over)\b|"
    r"\b(eat|dine|sit) (in|there|with you)\b"
)
# To "for which day?", "Sunday lunchtime" and "is Saturday free?" are answers; these are questions of their own.
_ASKS_HOURS = re.compile(
    r"\b(what|which) (time|hours|days?)\b|\b(when|how late|are you|do you (open|close)|opening|closing)\b"
)
_COURTESIES = ("thanks", "greet", "goodbye", "small_talk")
_WANTS_NEW = re.compile(
    r"\b(an?|any|another) ((nice|quiet|new|big) )?(reservation|booking|table|booth)\b|^((a|hi|hello),? )*(reservation|booking|table)( please)?[.!]*$"
)
_FIELDS = {"people": "people", "date": "day", "time": "at"}
_NAMED = {
    slot: re.compile(rf"\b(another|different|other|wrong|change|the) (the )?({names})\b")
    for slot, names in (("date", "day|date"), ("time", "time|hour"), ("people", "number|people|party|size"))
}
_HAS_ONE = re.compile(r"\b(my|our|under|already|booked|made|existing|(?<!can )(?<!could )(i|we)( have|'ve))\b")
_TABLE_NAMED = re.compile(
    r"\b(table|book|reserv|wait(?=list|ing)|the wait)"
)  # what such words want, their intent tells
_ASKS_OWN = re.compile(r"\b(what|when|where|which|how many)\b.*\b(did|have) (i|we) (just )?(book|reserv)")
# With one of these the guest turns to something else, whatever was asked.
_ELSEWHERE_SURE = 0.5
_ANSWERS = {
    "inform", "affirm", "deny", "order", "book_table", "manage_booking", "join_waitlist", "nlu_fallback",
    "out_of_scope", "small_talk", "ask_wait", "cancel_order", "ask_menu", "ask_item",
}  # fmt: skip


# What guests begin.


def book(turn: Turn) -> None:
    """A table, and the order that the same words may hold: "... and two margheritas for pickup"."""
    draft = open_draft(turn)
    if draft is None or draft.task not in (BOOK, MOVE):
        draft = _new(turn, BOOK)
    draft = take_details(turn, draft, ())
    keep(turn, draft)
    if _names_food(turn) and not _ASKS_FACT.search(turn.lower):
        ordering.change(turn)
    if ordering.open_gap(turn) is not None:  # a question about the order stands first
        turn.plan.say("table_noted", what=_so_far(turn, draft))


def manage(turn: Turn) -> None:
    """ "Change my reservation", "cancel our table", "what time did I book for?"."""
    text = turn.lower
    task = (
        CANCEL
        if _CANCELS.search(text)
        else LATE
        if _LATE.search(text)
        else MOVE
        if _MOVES.search(text) or _ARE_NOW.search(text)
        else FIND
    )
    draft = open_draft(turn)
    own = _own_bookings(turn)
    if draft is None and not own and task == FIND and _WANTS_NEW.search(text) and not _HAS_ONE.search(text):
        book(turn)
        return
    if draft is not None and draft.task == BOOK and not own:  # nothing is booked yet: it is this one that is meant
        if task == CANCEL:
            _drop(turn)
        else:
            keep(turn, take_details(turn, draft, ()))
        return
    draft = Draft(task)
    if len(own) == 1:
        draft = _about(draft, own[0])
    elif len(own) > 1:
        named = [b for b in own if re.search(rf"\b{b.number}\b", text)]
        draft = _about(draft, named[0]) if named else draft
    if draft.booking is None:
        identified = _identity(turn, draft)
        if identified is None:
            return
        draft = identified
    if task == MOVE and draft.booking is not None:
        draft = read_changes(turn, draft, ())
    keep(turn, draft)


def meant(turn: Turn) -> bool:
    """Whether words that are no answer to a question about a table are about the guest's booking nonetheless.

    "Make it 4 people" changes the booking and no dish, "what did I book?" asks for it, whatever else was asked.
    """
    if turn.conversation.pending.get("form") == FORM or answers.find_items(turn.lower, turn.house.menu):
        return False
    words = turn.lower
    other = (
        _PEOPLE.search(words)
        or _ARE_NOW.search(words)
        or (not turn.lines and turn.placed is None and _WHEN.search(words))
    )
    changes = other and (_MOVES.search(words) or _ARE_NOW.search(words)) and not _TABLE_NAMED.search(words)
    if changes and (bare := _ARE_NOW.search(words)) and not _PEOPLE.search(words):  # "we'll be 7": of people
        turn.hear(replace(turn.said, text=f"{turn.text[: bare.end()]} people{turn.text[bare.end() :]}"))
    return bool(changes or _ASKS_OWN.search(words)) and (open_draft(turn) is not None or bool(_own_bookings(turn)))


def about_waiting(turn: Turn) -> str | None:
    """The intent of words that who waits for a table says of the waiting: "how long now?", "take us off"."""
    if turn.lines or turn.placed is not None or _waiting(turn) is None or turn.conversation.expecting:
        return None
    if turn.said.intent != "manage_booking" and _LEAVES.search(turn.lower) or _TAKES_OFF.search(turn.lower):
        return "join_waitlist"
    return "ask_wait" if turn.said.intent == "order_status" else None


def wants_table(turn: Turn) -> bool:
    """Whether an order's words also ask for a table that is not under way yet."""
    return open_draft(turn) is None and _WANTS_TABLE.search(turn.lower) is not None


def tells_table(turn: Turn) -> bool:
    """Whether words at the start of a conversation name a party and when it comes, and so want a table though none is
    spoken of: "Friday at eight, six of us", "it's my mother's birthday on Sunday and we'd like to bring her in"."""
    if turn.lines or turn.placed or turn.conversation.expecting or turn.conversation.booking or _own_bookings(turn):
        return False
    if turn.reading.edits or answers.find_items(turn.lower, turn.house.menu) or _ASKS_FACT.search(turn.lower):
        return False
    read = turn.house.slots.read(turn.text, (), turn.any_place.local(turn.now))
    party = read.people is not None or _PEOPLE.search(turn.lower) or _COMES_TO_EAT.search(turn.lower)
    return bool(party) and (read.date is not None or read.time is not None)


def cancels(turn: Turn) -> bool:
    return _CANCELS.search(turn.lower) is not None


def speaks_of_table(turn: Turn) -> bool:
    """Whether a table is under way or spoken of, so that a time may be the table's."""
    return open_draft(turn) is not None or _TABLE_NAMED.search(turn.lower) is not None


def join(turn: Turn) -> None:
    """ "Put us on the waitlist", "take us off the list"."""
    mine = _waiting(turn)
    if _LEAVES.search(turn.lower) or _TAKES_OFF.search(turn.lower):
        if mine is None and _joining(turn):
            _drop(turn)
        elif mine is None:
            turn.plan.say("wait_none")
        else:
            keep(turn, Draft(LEAVE, booking=mine))
    elif mine is not None:
        wait_status(turn)
    else:
        draft = open_draft(turn)
        draft = replace(draft, task=WAIT) if draft and draft.task == BOOK else _new(turn, WAIT)
        draft = take_details(turn, draft, ())
        keep(turn, replace(draft, people=draft.people or _party_asked_about(turn)))


def _party_asked_about(turn: Turn) -> int | None:
    """How many the guest has just asked the wait for."""
    asked = turn.conversation.asked
    if not asked or asked["intent"] != "ask_wait" or turn.conversation.turns - asked["turn"] > 1:
        return None
    return turn.house.slots.read(asked["text"], ("people",), turn.any_place.local(turn.now)).people


def wait(turn: Turn) -> None:
    """ "How long is the wait?": for a table when that is said or waited for, else for food."""
    if _waiting(turn) is not None:
        wait_status(turn)
    elif (_ABOUT_TABLES.search(turn.lower) or _joining(turn)) and not turn.lines:
        for place in [turn.place] if turn.place else turn.house.restaurant.places:
            if place.open_at(turn.now):
                read = turn.house.slots.read(turn.text, ("people",), place.local(turn.now))
                people = read.people if read.people and read.people <= most_seated(place) else 2
                quote = turn.live.desk.quote(place, people, turn.now)
                turn.plan.say("wait_now", place=place.name, wait=wait_words(quote.ahead, quote.low_min, quote.high_min))
                turn.plan.offer(["Put us on the waitlist", "Book a table"])
            else:
                turn.plan.say("wait_closed", place=place.name, opens=checkout.clock(place.next_opening(turn.now), turn))
    else:
        answers.wait(turn)


def wait_status(turn: Turn) -> None:
    for row in turn.live.waitlist.rows():
        if row["conversation"] == turn.conversation.id:
            place = turn.house.restaurant.place(row["place"])
            ahead = [other["id"] for other in turn.live.waitlist.rows(row["place"])].index(row["id"])
            waited = int((turn.now - datetime.fromisoformat(row["created"])).total_seconds() // 60)
            low, high = max(0, row["quoted_low"] - waited), max(5, row["quoted_high"] - waited)
            if row["status"] == "notified":
                turn.plan.say("wait_ready", place=place.name if place else "")
            else:
                turn.plan.say("wait_place", people=people_words(row["people"]), wait=wait_words(ahead, low, high))


def wish(turn: Turn) -> bool:
    """ "We need a high chair too": a note to the one booking that the guest has."""
    own, notes = _own_bookings(turn), [note for note in NOTES if note in turn.lower]
    if len(own) != 1 or not notes:
        return False
    note = "; ".join(dict.fromkeys([*filter(None, own[0].note.split("; ")), *notes]))
    turn.live.desk.set_note(own[0].id, note, turn.now)
    turn.plan.say("wish_noted", note=listed(notes), number=own[0].number)
    return True


# What is open is asked one thing at a time.


def ask_next(turn: Turn) -> bool:
    """Put the next open question about a table; whether there is one."""
    draft = open_draft(turn)
    if draft is None:
        return False
    if draft.task in _OWN and draft.booking is None:
        return _ask_identity(turn, draft)
    if draft.task in (CANCEL, FIND, LATE, LEAVE):
        return _settle(turn, draft)
    place = place_of(turn, draft)
    if place is None:
        names = [place.name for place in turn.house.restaurant.places]
        turn.plan.say("table_place", places=listed(names, "or"))
        return _ask(turn, "place", names)
    draft = without_impossible(turn, draft, place)
    if open_draft(turn) is None:  # a person takes over
        return False
    keep(turn, draft)
    if draft.task == WAIT:
        return _ask_wait(turn, draft, place)
    for slot in ("people", "date", "time"):
        if getattr(draft, _FIELDS[slot]) is None:
            return _ask_for(turn, draft, slot, place)
    if draft.task == MOVE and _unchanged(turn, draft):
        turn.plan.say("table_move_to", number=draft.number)
        return _ask(turn, "any", ["Another time", "Another day"])
    moment = moment_of(draft, place)
    assert moment is not None, "a time that does not exist was taken out before"
    if moment_problem(place, moment, turn.now) is Problem.TOO_SOON and draft.task == BOOK:
        return _offer_waitlist(turn, draft, place)
    if _free(turn, draft, place, moment) is None:
        return _offer_times(turn, draft, place, moment, "table_full")
    return _ask_guest(turn, draft) or _ask_confirm(turn, draft, place, moment)


def _ask_for(turn: Turn, draft: Draft, slot: str, place: Place) -> bool:
    if slot == "people":
        turn.plan.say("table_people")
        return _ask(turn, slot, ["2", "3", "4", "5", "6"])
    if slot == "date":
        turn.plan.say("table_day")
        return _ask(turn, slot, ["Today", "Tomorrow"])
    assert draft.day is not None, "the day is asked for before the time"
    turn.plan.say("table_time", day=day_words(date.fromisoformat(draft.day), turn.now, place))
    return _ask(turn, slot, [])


def _ask(turn: Turn, slot: str, buttons: Sequence[str], **details: object) -> bool:
    turn.plan.offer(buttons)
    turn.expect(slot, form=FORM, **details)
    return True


def _ask_guest(turn: Turn, draft: Draft) -> bool:
    if not draft.name:
        turn.plan.say("table_name")
        return _ask(turn, "name", [])
    if not draft.phone:
        turn.plan.say("table_phone")
        return _ask(turn, "phone", [])
    return False


def _ask_confirm(turn: Turn, draft: Draft, place: Place, moment: datetime) -> bool:
    people, when = people_words(draft.people), when_words(moment, turn.now, place)
    if draft.task == MOVE:
        turn.plan.say("table_confirm_move", number=draft.number, people=people, place=place.name, when=when)
        return _ask(turn, "confirm", ["Yes, move it", "No"], do=MOVE, read=_digest(draft))
    note = f" Noted: {notes_of(draft)}." if notes_of(draft) else ""
    phone = grouped_phone(draft.phone)
    turn.plan.say(
        "table_confirm", people=people, place=place.name, when=when, name=draft.name, phone=phone, note=note
    )  # fmt: skip
    return _ask(turn, "confirm", ["Yes, book it", "Change something"], do=BOOK, read=_digest(draft))


def _ask_wait(turn: Turn, draft: Draft, place: Place) -> bool:
    if not place.open_at(turn.now):
        turn.plan.say("waitlist_closed", place=place.name, opens=checkout.clock(place.next_opening(turn.now), turn))
        turn.plan.offer(["Book a table"])
        keep(turn, None)
        return False
    if draft.people is None:
        turn.plan.say("table_people")
        return _ask(turn, "people", ["2", "3", "4", "5", "6"])
    if _ask_guest(turn, draft):
        return True
    quote = turn.live.desk.quote(place, draft.people, turn.now)
    turn.plan.say(
        "wait_confirm", place=place.name, people=people_words(draft.people), name=draft.name, phone=grouped_phone(draft.phone),
        wait=wait_words(quote.ahead, quote.low_min, quote.high_min),
    )  # fmt: skip
    return _ask(turn, "confirm", ["Yes, please", "No, thanks"], do=WAIT, read=_digest(draft))


def _offer_waitlist(turn: Turn, draft: Draft, place: Place) -> bool:
    """Within minutes no table is booked: who comes now waits, or comes later."""
    moment = moment_of(draft, place)
    assert moment is not None and draft.people is not None
    if not place.open_at(turn.now):
        return _offer_times(turn, draft, place, moment, "table_soon")
    quote = turn.live.desk.quote(place, draft.people, turn.now)
    wait = wait_words(quote.ahead, quote.low_min, quote.high_min)
    turn.plan.say("table_soon_wait", minutes=place.bookings.notice_min, wait=wait)
    return _ask(turn, "confirm", ["Yes, the waitlist", "A later time"], do="to_wait", read=_digest(draft))


def _offer_times(turn: Turn, draft: Draft, place: Place, moment: datetime, why: str) -> bool:
    """Say that this time cannot be had and which free ones are nearest."""
    assert draft.people is not None
    busy = _busy(turn, draft, place, moment)
    near = near_times(place, draft.people, moment, busy, turn.now)
    people, when = people_words(draft.people), when_words(moment, turn.now, place)
    if near:
        labels = [clock_words(slot) for slot in near]
        turn.plan.say(why, people=people, place=place.name, when=when, times=listed(labels, "or"))
    else:
        near = next_days(place, draft.people, moment, busy, turn.now, _DAYS_AHEAD - 1)
        labels = [when_words(slot, turn.now, place) for slot in near]
        if not near:
            turn.plan.say("table_none", people=people, place=place.name, when=when, phone=place.phone)
            keep(turn, replace(draft, day=None, at=None))
            return _ask(turn, "date", ["Talk to a person"])
        turn.plan.say("table_day_full", people=people, place=place.name, when=when, times=listed(labels, "or"))
    return _ask(turn, "time", labels, offered=[[slot.isoformat(), label] for slot, label in zip(near, labels)])


def _ask_identity(turn: Turn, draft: Draft) -> bool:
    own = _own_bookings(turn)
    if len(own) > 1 and draft.number is None and draft.phone is None:
        turn.plan.say("table_which", bookings="; ".join(f"{b.number}: {_what(b, turn)}" for b in own))
        return _ask(turn, "phone", [str(booking.number) for booking in own])
    if draft.number is None and draft.phone is None:
        if draft.task == FIND and turn.conversation.expecting is None:
            turn.plan.say("table_none_here")
        turn.plan.say("table_identity")
        return _ask(turn, "phone", [])
    if not draft.name:
        turn.plan.say("table_identity_name")
        return _ask(turn, "name", [])
    turn.plan.say("table_identity_last_four")
    return _ask(turn, "last_four", [])


def _settle(turn: Turn, draft: Draft) -> bool:
    """What needs no more questions: say it, or ask for the yes."""
    if draft.task == LEAVE:
        turn.plan.say("wait_leave")
        return _ask(turn, "confirm", ["Yes, take us off", "No, we stay"], do=LEAVE, read=_digest(draft))
    found = turn.live.desk.get(draft.booking or "")
    place = turn.house.restaurant.place(found.place) if found else None
    if found is None or place is None or found.status != CONFIRMED:
        turn.plan.say("table_gone")
        keep(turn, None)
        return False
    if draft.task == CANCEL:
        turn.plan.say("table_confirm_cancel", number=found.number, what=_what(found, turn))
        return _ask(turn, "confirm", ["Yes, cancel it", "No, keep it"], do=CANCEL, read=_digest(draft))
    if draft.task == LATE:
        turn.live.desk.set_note(found.id, f"{found.note}; running late".strip("; "), turn.now)
        turn.plan.say("table_late", minutes=place.bookings.no_show_min, when=when_words(found.start, turn.now, place))
    else:
        turn.plan.say("table_found", number=found.number, what=_what(found, turn), name=found.name)
        turn.plan.offer(["Change my booking", "Cancel my booking"])
    keep(turn, None)
    return False


# Answers.


def answer(turn: Turn) -> bool:
    """The words as an answer to what was asked about a table; False: they are about something else."""
    conversation, said = turn.conversation, turn.said
    draft, asked = open_draft(turn), conversation.expecting
    if draft is None:
        turn.expect(None)
        return False
    if asked == "confirm" and conversation.pending.get("do") in (CANCEL, LEAVE) and not turn.says_no():
        if _CANCELS.search(turn.lower) or _LEAVES.search(turn.lower):  # "yes, cancel it"
            turn.hear(replace(said, intent="affirm"))
            return _answer_confirm(turn, draft)
    if _GIVES_UP.search(turn.lower) or (said.intent == "cancel_order" and not turn.lines):
        _drop(turn)
        return True
    identifying = draft.task in _OWN and draft.booking is None
    if identifying and re.search(r"\d{4}", turn.text):  # digits alone have no intent of their own
        return _answer_identity(turn, draft)
    if asked == "confirm" and (_CORRECTS.search(turn.lower) or agrees(turn.lower)) and not _names_food(turn):
        return _answer_confirm(turn, draft)
    if asked == "name" and said.intent in _COURTESIES and guest_details.find_name(turn.text):  # "Ty"
        return _tells(turn, draft, "name")
    when = (
        asked in ("date", "time") and said.intent in ("ask_hours", "free_food") and not _ASKS_HOURS.search(turn.lower)
    )
    if (said.intent not in _ANSWERS and said.confidence >= _ELSEWHERE_SURE and not when) or _names_food(turn):
        return identifying and _let_go(turn, draft)
    if asked == "confirm":
        return _answer_confirm(turn, draft)
    if identifying:
        return _answer_identity(turn, draft)
    if asked == "place":
        return _answer_place(turn, draft)
    offered = conversation.pending.get("offered") or []
    at = ordering.pick(turn.lower, [label for _, label in offered])
    if at is None and len(offered) == 1 and turn.says_yes():
        at = 0
    changed = draft
    if at is not None:
        moment = datetime.fromisoformat(offered[at][0])
        changed = replace(draft, day=moment.date().isoformat(), at=moment.time().isoformat("minutes"))
    elif _tells(turn, draft, asked or ""):
        return True
    if changed != draft:
        keep(turn, changed)
        return True
    if said.intent in ("ask_wait", "ask_menu", "ask_item", "manage_booking", "join_waitlist", "book_table"):
        return False
    if turn.plan.points:  # what was wrong with it has been said
        return True
    named = next((slot for slot, words in _NAMED.items() if asked == "any" and words.search(turn.lower)), None)
    if named and (place := place_of(turn, draft)):  # "another day": what it shall be is asked next
        turn.settled = True
        return _ask_for(turn, draft, named, place)
    if turn.says_no() and asked in ("time", "any"):
        _drop(turn)
        return True
    turn.plan.say(
        {"people": "people_bad", "date": "day_bad", "time": "hour_bad", "name": "name_bad", "phone": "phone_bad"}.get(
            asked or "", "table_change"
        )
    )
    turn.settled = True
    return True


def _tells(turn: Turn, draft: Draft, asked: str) -> bool:
    """Whether the words tell something of the booking that was not known."""
    changed = read_changes(turn, draft, (asked,))
    if changed == draft:
        return False
    keep(turn, changed)
    return True


def _answer_place(turn: Turn, draft: Draft) -> bool:
    """The place, and what else is said with it or instead of it: "harbour, five people at seven thirty"."""
    place = turn.house.restaurant.place_named(turn.text)
    named, words = draft, turn.text
    if place is not None:
        _set_place(turn, draft, place)
        named = replace(draft, place=place.id)
        for name in sorted({place.name.lower(), *place.names}, key=len, reverse=True):
            words = re.sub(rf"(?i)(\b(at|in) )?(\bthe )?\b{re.escape(name)}\b", " ", words)
    words = words.strip(" ,.;")
    if len(words) > 2:
        turn.hear(replace(turn.said, text=words))
        told = read_changes(turn, named, ())
        if told != named:
            keep(turn, told)
            return True
    return place is not None or checkout.names_no_place(turn)


def _answer_confirm(turn: Turn, draft: Draft) -> bool:
    what = turn.conversation.pending.get("do")
    if what in (BOOK, MOVE, WAIT, "to_wait"):
        changed = read_changes(turn, draft, ())
        if changed != draft:
            keep(turn, changed)
            return True
    if turn.says_yes():
        if turn.conversation.pending.get("read") == _digest(draft):
            turn.expect(None)
            _DO[str(what)](turn, draft)
        return True
    if turn.says_no() or re.search(r"\b(change|later|make (it|that))\b", turn.lower):
        if what in (CANCEL, LEAVE):
            turn.plan.say("table_kept")
            keep(turn, None)
        elif what == "to_wait":
            keep(turn, replace(draft, at=None))
        elif what == WAIT:
            _drop(turn)
        else:
            turn.plan.say("table_change")
            _ask(turn, "any", ["Another time", "Another day", "Another number of people", "Forget the booking"])
            turn.settled = True
        return True
    return False


def _let_go(turn: Turn, draft: Draft) -> bool:
    """Who turns to something else need not name the booking any more; between moving or cancelling it and the naming
    a question may come. Always False: the words are no answer."""
    if draft.task == FIND or not turn.said.intent.startswith("ask_"):
        keep(turn, None)
        turn.expect(None)
    return False


def _answer_identity(turn: Turn, draft: Draft) -> bool:
    given = _identity(turn, draft)
    if given is None:
        return True
    if given == draft:
        if turn.said.intent not in ("inform", "nlu_fallback", "out_of_scope", "manage_booking"):
            return _let_go(turn, draft)
        bad = {"name": "name_bad", "last_four": "table_identity_last_four_bad"}
        turn.plan.say(bad.get(turn.conversation.expecting or "", "table_identity_bad"))
        turn.settled = True
        return True
    keep(turn, given)
    return True


# What a yes does.


def _do_book(turn: Turn, draft: Draft) -> None:
    place = place_of(turn, draft)
    moment = moment_of(draft, place) if place else None
    if place is None or moment is None or draft.people is None or moment_problem(place, moment, turn.now):
        turn.plan.say("changed_since")
        return
    tables = _free(turn, draft, place, moment)
    try:
        if tables is None:
            raise TableTaken
        booked = turn.live.desk.book(
            Booking(
                uuid4().hex, place.id, draft.people, moment, end_of(place, draft.people, moment), tables, draft.name,
                draft.phone, notes_of(draft), conversation=turn.conversation.id, channel=turn.conversation.channel,
            ),
            turn.now,
        )  # fmt: skip
    except TableTaken:
        _offer_times(turn, draft, place, moment, "table_just_taken")
        turn.settled = True
        return
    _finish(turn, draft, booked)
    turn.plan.say(
        "table_booked", number=booked.number, what=_what(booked, turn), minutes=place.bookings.no_show_min,
        address=place.address,
    )  # fmt: skip
    _back_to_order(turn, ["Change my booking", "Cancel my booking"])


def _do_move(turn: Turn, draft: Draft) -> None:
    found, place = turn.live.desk.get(draft.booking or ""), place_of(turn, draft)
    moment = moment_of(draft, place) if place else None
    if found is None or found.status != CONFIRMED or place is None or moment is None or draft.people is None:
        turn.plan.say("table_gone")
        keep(turn, None)
        return
    tables = _free(turn, draft, place, moment)
    try:
        if tables is None:
            raise TableTaken
        end = end_of(place, draft.people, moment)
        moved = turn.live.desk.move(replace(found, people=draft.people, start=moment, end=end, tables=tables), turn.now)
    except TableTaken:
        _offer_times(turn, draft, place, moment, "table_just_taken")
        turn.settled = True
        return
    _finish(turn, draft, moved)
    turn.plan.say("table_moved", number=moved.number, what=_what(moved, turn))
    _back_to_order(turn, [])


def _do_cancel(turn: Turn, draft: Draft) -> None:
    try:
        cancelled = turn.live.desk.cancel(draft.booking or "", turn.now)
        turn.plan.say("table_cancelled", number=cancelled.number)
    except ValueError:
        turn.plan.say("table_gone")
    keep(turn, None)
    _back_to_order(turn, [])


def _do_wait(turn: Turn, draft: Draft) -> None:
    place = place_of(turn, draft)
    if place is None or draft.people is None or not draft.phone:
        turn.plan.say("changed_since")
        return
    row = turn.live.waitlist.join(
        uuid4().hex, place, draft.people, turn.conversation.channel, turn.now, name=draft.name,
        phone=ConfirmedNumber(draft.phone), conversation=turn.conversation.id,
    )  # fmt: skip
    ahead = [other["id"] for other in turn.live.waitlist.rows(place.id)].index(row["id"])
    turn.plan.say("wait_joined", wait=wait_words(ahead, row["quoted_low"], row["quoted_high"]), name=draft.name)
    _finish(turn, draft, None)
    _back_to_order(turn, ["How long is the wait?", "Take us off the waitlist"])


def _do_to_wait(turn: Turn, draft: Draft) -> None:
    keep(turn, replace(draft, task=WAIT, day=None, at=None))


def _do_leave(turn: Turn, draft: Draft) -> None:
    try:
        turn.live.waitlist.set_status(draft.booking or "", "gone", turn.now)
        turn.plan.say("wait_left")
    except ValueError:
        turn.plan.say("wait_none")
    keep(turn, None)


_DO: dict[str, Callable[[Turn, Draft], None]] = {
    BOOK: _do_book, MOVE: _do_move, CANCEL: _do_cancel, WAIT: _do_wait, "to_wait": _do_to_wait, LEAVE: _do_leave,
}  # fmt: skip


def _finish(turn: Turn, draft: Draft, booked: Booking | None) -> None:
    keep(turn, None)
    if booked and booked.id not in turn.conversation.bookings_known:
        turn.conversation.bookings_known.append(booked.id)
    if turn.order is not None:  # who has booked need not say the name again for the order
        turn.update(name=turn.order.name or draft.name, phone=turn.order.phone or draft.phone)


def _back_to_order(turn: Turn, buttons: list[str]) -> None:
    if turn.lines and not turn.conversation.checkout:
        turn.plan.say("table_then_order", items=ordering.lines_in_words(turn, turn.cart))
        turn.plan.offer(["That's all", "Show my order"])
    elif buttons:
        turn.plan.offer(buttons)


def _drop(turn: Turn) -> None:
    draft = open_draft(turn)
    task = draft.task if draft else BOOK
    turn.plan.say("table_kept" if task in _OWN else "wait_dropped" if task == WAIT else "table_dropped")
    keep(turn, None)
    _back_to_order(turn, [])


# What the words say.


def _unchanged(turn: Turn, draft: Draft) -> bool:
    found = turn.live.desk.get(draft.booking or "")
    return found is not None and _about(draft, found) == replace(draft, wish="", note="", closed=None)


def _identity(turn: Turn, draft: Draft) -> Draft | None:
    """Who knows the booking's number, its name and the end of its phone number may see and change it; so may who knows
    the name and the whole phone number, or calls from it. Which of them was wrong is not said, and after a few tries
    nothing is looked up any more in this conversation: None, a person takes over."""
    asked = str(turn.conversation.expecting) if turn.conversation.pending.get("form") == FORM else ""
    phone = guest_details.find_phone(turn.text)
    groups = [] if phone else re.findall(r"(?<![\d+])\d{4,6}(?!\d)", guest_details.spoken_digits(turn.text))
    if draft.number is not None:
        groups = [str(draft.number), *groups]
    last_four = next((group for group in groups[1:] if len(group) == 4), None)
    draft = replace(
        draft,
        phone=phone or draft.phone,
        number=int(groups[0]) if groups else draft.number,
        last_four=(phone or "")[-4:] or last_four or draft.last_four,
        name=find_name(turn, [asked]) or draft.name,
    )
    own = [booking for booking in _own_bookings(turn) if booking.number == draft.number]
    if own:
        return _about(draft, own[0])
    calling = turn.conversation.phone if turn.conversation.channel == "phone" else ""
    if not draft.name or not (draft.phone or (draft.number and (draft.last_four or calling))):
        return draft
    tries_left = turn.conversation.not_found < _TRIES
    claimed = _claimed(turn, draft, calling) if tries_left else []
    found = [b for b in claimed if b.status == CONFIRMED and b.end > turn.now]
    if found:
        turn.conversation.bookings_known += [b.id for b in found if b.id not in turn.conversation.bookings_known]
        return _about(draft, found[0])
    if calling and not draft.phone and not draft.last_four:  # the booking was made from another phone
        return draft
    turn.conversation.not_found += 1
    if turn.conversation.not_found >= _TRIES:
        turn.plan.say("table_not_found_person")
        turn.conversation.handoff = turn.conversation.handoff or "waiting"
        keep(turn, None)
        return None
    turn.plan.say("table_not_found")
    return Draft(draft.task)


def _claimed(turn: Turn, draft: Draft, calling: str) -> list[Booking]:
    """The bookings about which everything that was given is right."""
    desk = turn.live.desk
    numbered = desk.numbered(draft.number) if draft.number is not None else None
    bookings = [numbered] if numbered else desk.of_phone(draft.phone, turn.now) if draft.phone else []
    return [
        booking
        for booking in bookings
        if _same_name(draft.name or "", booking.name)
        and booking.phone
        and (booking.phone == calling or booking.phone == draft.phone or booking.phone[-4:] == draft.last_four)
    ]


def _same_name(said: str, stored: str | None) -> bool:
    return bool(stored) and set(_words(said)) <= set(_words(stored or "")) and bool(_words(said))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def _names_food(turn: Turn) -> bool:
    return (
        bool(turn.reading.edits)
        and turn.reading.confidence >= 0.5
        and bool(answers.find_items(turn.lower, turn.house.menu))
    )


# What can be had.


def _busy(turn: Turn, draft: Draft, place: Place, moment: datetime) -> dict[str, set[int]]:
    since, until = moment - timedelta(days=1), moment + timedelta(days=_DAYS_AHEAD)
    return turn.live.desk.busy(place.id, since, until, draft.booking)


def _free(turn: Turn, draft: Draft, place: Place, moment: datetime) -> tuple[str, ...] | None:
    return free_tables(place, draft.people or 1, moment, _busy(turn, draft, place, moment), draft.wish)


# The draft and what is known.


def _new(turn: Turn, task: str) -> Draft:
    known = turn.order or turn.placed
    place = turn.house.restaurant.place_named(turn.text) or turn.place
    return Draft(
        task,
        place.id if place else None,
        name=known.name if known else None,
        phone=(known.phone if known else None) or turn.conversation.phone or None,
    )


def _about(draft: Draft, booking: Booking) -> Draft:
    """The draft filled with a booking as it stands."""
    return Draft(
        draft.task, booking.place, booking.people, booking.start.date().isoformat(),
        booking.start.time().isoformat("minutes"), booking.name, booking.phone, booking=booking.id,
        number=booking.number,
    )  # fmt: skip


def _own_bookings(turn: Turn) -> list[Booking]:
    desk, conversation = turn.live.desk, turn.conversation
    own = {booking.id: booking for booking in desk.of_conversation(conversation.id, turn.now)}
    for booking_id in conversation.bookings_known:
        booking = desk.get(booking_id)
        if booking and booking.status == CONFIRMED and booking.end > turn.now:
            own[booking.id] = booking
    return sorted(own.values(), key=lambda booking: booking.start)


def _joining(turn: Turn) -> bool:
    """On the way to the waitlist."""
    draft = open_draft(turn)
    return draft is not None and draft.task == WAIT


def _waiting(turn: Turn) -> str | None:
    rows = turn.live.waitlist.rows()
    return next((str(row["id"]) for row in rows if row["conversation"] == turn.conversation.id), None)


def _set_place(turn: Turn, draft: Draft, place: Place) -> None:
    if turn.conversation.place is None and not turn.lines:
        turn.conversation.place = place.id
    keep(turn, replace(draft, place=place.id))


def _digest(draft: Draft) -> list[object]:
    return [draft.task, draft.place, draft.people, draft.day, draft.at, draft.name, draft.phone, draft.booking]


# Words.


def _what(booking: Booking, turn: Turn) -> str:
    place = turn.house.restaurant.place(booking.place)
    assert place is not None
    return f"a table for {people_words(booking.people)} at {place.name}, {when_words(booking.start, turn.now, place)}"


def _so_far(turn: Turn, draft: Draft) -> str:
    place = place_of(turn, draft)
    words = f"a table for {people_words(draft.people)}" if draft.people else "a table"
    moment = moment_of(draft, place) if place else None
    if place and moment:
        return f"{words} {when_words(moment, turn.now, place)}"
    return f"{words} at {clock_words(time.fromisoformat(draft.at))}" if draft.at else words


HANDLERS: dict[str, Callable[[Turn], None]] = {
    "book_table": book,
    "manage_booking": manage,
    "join_waitlist": join,
    "ask_wait": wait,
}
