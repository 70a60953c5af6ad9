"""From "that's all" to an order number: what is still open is asked one thing at a time, then read back and placed."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core import describing, guest_details, ordering
from bot.core.order import CANCELLED, CONFIRMED, PREPARING, Order, Refused, describe
from bot.core.pricing import money
from bot.core.restaurant import Place
from bot.core.table_words import grouped_phone
from bot.core.turn import Turn
from bot.core.when import leaves_time_open, parse_when, time_ahead, wants_asap
from bot.core.wording import listed
from nlu.moment_words import AM_PM, DAY, NEAR_DAY, NOON, PAST_TO
from nlu.order_lines import Add, Change, Edit, Line, Replace
from nlu.spoken_numbers import as_digits

_TOTAL = re.compile(
    r"\b(total|how much|what'?s the (damage|price|cost)|what do (i|we) owe|what (does|will|would|did) (that|it|this|everything|the order|my order) "
    r"(all )?(come|run|cost|add up)( (to|out to|out at|me|us))?|what('?s| is) (that|it|this|everything) (come|coming) to)\b"
)
_ASKS_TOTAL = re.compile(
    r"^((and|so|ok|okay|um|oh|hmm?|well|wait|actually),? )*(what (does|will|would|did) (that|it|this|everything|the order|my order) "
    r"(all )?(come (out )?to|run( me| us)?|add up to)|what do (i|we) owe( you)?|what'?s the damage|"
    r"(what'?s|what is|how much is) (the|my) total)( so far| then| now| please| altogether| in total)*[?.!]*$"
)
_EARLIER = re.compile(r"\b(change|add|remove|instead|actually|wait)\b")
_LATER_THAN_SAID_MIN = 10
_PLACE_MAY_CHANGE = ("upsell", "type", "time", "phone", "confirm")
_SURE_QUESTION = 0.5
_SURE_ORDER = 0.5
_ZIP = re.compile(r"\d{5}")
_SOMEBODY = r"(you|y'?all|you guys|i|we|he|she|they|someone|somebody|one of you|the driver|your driver)"
_WANTS_TYPE = re.compile(
    rf"\b(can|could|will|would|may|might) {_SOMEBODY} (please |just |possibly |maybe |also |be (so|very) kind( as)? to |be able to )*"
    r"(deliver|bring|drop|send|run|pick|collect|fetch|come|swing|(get|have) (it|that|this|them|the food|everything|my order|our order) "
    r"(delivered|brought|dropped|sent))\b|"
    rf"\b(would|do) you mind (deliver|bring|dropp|send)ing\b|\bis it possible (to|for)\b|\b(any|is there a) chance {_SOMEBODY}\b"
)
_GLADLY = re.compile(r"(oh |ooh |ok(ay)? |well )*(yes|yeah|yep|yup|sure|please|go on)\b")
_OF_THOSE = re.compile(r"\b(of (those|them|these)|(make|do) (it|that)|just (the )?one)\b")
_RATHER = re.compile(r"\b(but|instead|rather|i'?(ll|d) (have|take|like)|give me|get me)\b")
_DECLINES = re.compile(
    r"\bi'?ll (pass|skip|leave (it|that))\b|\b(i|we)('ve| have) (already )?(got )?(some|that|those|plenty|enough)\b|\bnot (for (me|us)|today|tonight|"
    r"this time)\b|\b(i'?m|we'?re) (good|okay|ok|fine|alright|all right|full|stuffed|on a diet)\b|\b(maybe )?(next|another) time\b|\bbetter not\b|"
    r"\b(says?|said) no\b|\bno (i'?m|we'?re|thanks?|thank you|let'?s)\b|\bbut (i|we) (can'?t|shouldn'?t|mustn'?t|won'?t)\b"
)
_BUT_YES = re.compile(r"\bbut (yes|yeah|ok(ay)?|sure|al(l )?right|go on)\b")  # "I shouldn't, but yes"
_TEMPTED = re.compile(
    r"\b(talked me into|twisted my arm|why not|go on|might as well|can'?t say no|(throw|stick|add|put|chuck|pop|bung) (it|that|them|one|some) (in|on)|"
    r"(that'?d|that would|that'?ll|that will|those would) be (nice|great|lovely|good|perfect|wonderful|delicious))\b"
)
_RENAMES = re.compile(
    r"(?:\b(?:it'?s|it is|name'?s|name is|it should be|should be|make (?:it|that)|no|sorry)[, ]+)?(?P<name>[^\W\d_]+(?: [^\W\d_]+)?)"
    r"(?: is (?:the|my) (?:last |first |sur)?name)?,? (?:and )?not (?P<old>[^\W\d_]+)[.!]*$"
)
_NOT_BUT = re.compile(r"\bnot (?P<old>[^\W\d_]+),? (?:but |it'?s |it is )+(?P<name>[^\W\d_]+(?: [^\W\d_]+)?)[.!]*$")
_MISSED = re.compile(
    r"\b(you|you'?ve|you have) (missed|forgot|forgotten|left (out|off)|didn'?t (get|add|put|include|take)( down| in)?)\b"
)
_MAKE_IT_AT = re.compile(
    r"((no|actually|sorry|oh|well|wait|or|rather|hm+|um|let'?s|can we|could we|you know what),? )*(make it|say|let'?s say) (at )?"
    rf"(?P<time>({PAST_TO} )?\d{{1,2}}( \d\d)?( ?{AM_PM}| o'?clock)?)( please| instead| then| rather)*[.!]*"
)
_RETIMES = re.compile(
    r"\b(make|change|move|push|put|bump|switch|instead|rather|later|earlier|sooner|(come|pick|get|be|have|do)\b.*\b(at|by|for|till|until))\b"
)
_EATS_IN = re.compile(
    r"\b(eat(ing)?|din(e|ing)|sit(ting)?|have) ((it|that|this|them) )?(in|there|here|at (the|your) (place|restaurant))\b|\b(dine|eat|sit)[ -]in\b|"
    r"\b(for|stay(ing)?) here\b"
)
_MAKE_IT = re.compile(r"\b(make|have|get|change|switch) (it|that|this)\b")
_HOUSE = re.compile(
    r"\b(house|street|door|building) ?number('?s| is| should be| was)? (supposed to be )?(?P<number>\d{1,5})\b(?! \d)"
)
_SHIFT = re.compile(
    r"\b(?P<much>(a )?half (an )?hour|(an?|\d+) hours?|\d{1,2} min(ute)?s?|(a )?quarter of an hour|a (little )?bit|a little) (?P<way>later|earlier|sooner)\b"
)
_ASKS_FACT = re.compile(
    r"\b(how (much|long|far|soon|late)|(fee|charge|cost|minimum|price)s?|do (you|y'?all|you guys) (deliver|do|offer|have)|which is|"
    r"what's|is it)\b(?!.*\b(delivery|pick ?up|collection|takeaway|takeout)( please| then| thanks)*[.!]*$)"
)
_OBJECTS = re.compile(r"\b(but|except|no|not|wait|wrong|actually|apart from|done with)\b")
_FIRST, _SECOND = (re.compile(rf"\bthe {place} (one|way|thing|option)\b") for place in ("first", "(second|last)"))
_EITHER = re.compile(
    r"\beither (one|way|is|works|will do)?\b|\beither'?s\b|\bwhichever\b|\b(don'?t|doesn'?t|do not|does not) (mind|care|matter)\b"
)
_ASKS = re.compile(r"\?|^(and |so |ok(ay)?,? )?(who|what|when|where|why|how|which|is|are|does|do|can|could|has|have)\b")


def begin(turn: Turn) -> None:
    """ "That's all": take along what the same words add to the order or tell about the guest."""
    if turn.reading.edits and turn.reading.confidence >= 0.5 and not ordering.only_closes(turn):
        ordering.change(turn)
    if not turn.lines:
        turn.plan.say("order_empty")
        turn.plan.offer(["Show me the menu"])
        return
    turn.conversation.checkout = True
    if place := _other_place(turn):
        _choose_place(turn, place)
    else:
        take_details(turn, None)


def affirm(turn: Turn) -> None:
    """A yes to nothing in particular: after "anything else?" it wants the menu of choices, or is content."""
    if turn.lines and not turn.conversation.checkout and ordering.is_content(turn):
        begin(turn)
    elif turn.lines and not turn.conversation.checkout:
        turn.plan.say("anything_else")
        turn.plan.offer(["That's all", "Show me the menu"])
    elif not turn.conversation.checkout:
        turn.plan.responses.append("utter_help")


def deny(turn: Turn) -> None:
    """A no to "anything else?" ends the ordering."""
    if turn.lines and not turn.conversation.checkout:
        begin(turn)
    else:
        turn.plan.say("ok")


def ask_next(turn: Turn) -> None:
    """In checkout, put the next open question about the order."""
    if not turn.conversation.checkout:
        return
    if not turn.lines:
        turn.conversation.checkout = False
        turn.expect(None)
        return
    for step in (_ask_place, _ask_upsell, _ask_type, _ask_address, _ask_time, _ask_name, _ask_phone, _ask_confirm):
        if step(turn):
            return


# What each question asks: a step returns whether it asked.


def _ask_place(turn: Turn) -> bool:
    restaurant = turn.house.restaurant
    booked = {booking.place for booking in turn.live.desk.of_conversation(turn.conversation.id, turn.now)}
    if turn.place is None and len(booked) == 1 and (place := restaurant.place(booked.pop())):
        turn.plan.say("place_booked", place=place.name)
        _take_place(turn, place)
        if not turn.lines:
            return True
    if turn.place is not None:
        if turn.cart.place != turn.place.id:
            turn.update(place=turn.place.id)
        return False
    names = [place.name for place in restaurant.places]
    turn.plan.say("ask_place", places=listed(names, "or"))
    turn.plan.offer(names)
    turn.expect("place")
    return True


def _ask_upsell(turn: Turn) -> bool:
    order = turn.cart
    if order.upsell_offered:
        return False
    menu, shelf = turn.house.menu, turn.shelf()
    kinds = {menu.by_id[line.item].kind for line in turn.lines}
    for line in turn.lines:
        offer = menu.by_id[line.item].upsell
        if offer and menu.by_id[offer].kind not in kinds and not shelf.why_not(offer):
            item = menu.by_id[offer]
            turn.update(upsell_offered=True)
            turn.plan.say("upsell", item=item.title, price=money(item.price_cents, menu.currency))
            turn.plan.offer(["Yes, please", "No, thanks"])
            turn.expect("upsell", item=offer)
            return True
    return False


def _ask_type(turn: Turn) -> bool:
    place = _place(turn)
    if place.delivery is None and turn.cart.type != "pickup":
        if turn.cart.type == "delivery":
            turn.plan.say("pickup_only", place=place.name)
        turn.update(type="pickup", address=None)
    elif not place.pickup and turn.cart.type != "delivery":
        if turn.cart.type == "pickup":
            turn.plan.say("delivery_only", place=place.name)
        turn.update(type="delivery")
    if turn.cart.type is None:
        turn.plan.say("ask_type")
        turn.plan.offer(["Pickup", "Delivery"])
        turn.expect("type")
        return True
    subtotal = turn.cart.totals(place).subtotal_cents
    if turn.cart.type == "delivery" and place.delivery and subtotal < place.delivery.minimum_cents:
        currency = turn.house.menu.currency
        turn.plan.say(
            "below_minimum",
            minimum=money(place.delivery.minimum_cents, currency),
            subtotal=money(subtotal, currency),
        )
        turn.plan.offer(["Pickup", "Show me the menu"])
        turn.expect("type")
        return True
    return False


def _ask_address(turn: Turn) -> bool:
    if turn.cart.type != "delivery" or turn.cart.address:
        return False
    turn.plan.say("ask_address")
    turn.plan.buttons = []
    turn.expect("address")
    return True


def _ask_time(turn: Turn) -> bool:
    place = _place(turn)
    ready = earliest(turn)
    if ready is None:
        turn.plan.say("no_opening", place=place.name)
        turn.conversation.checkout = False
        turn.expect(None)
        return True
    order = turn.cart
    if order.asap and not place.open_at(turn.now):
        turn.update(asap=False, due=None)
    elif order.due and not order.asap and order.due < ready:
        turn.plan.say("time_too_early", wanted=clock(order.due, turn), ready=clock(ready, turn))
        turn.update(due=None)
    if turn.cart.asap or turn.cart.due:
        return False
    words = clock(ready, turn)
    if place.open_at(turn.now):
        turn.plan.say("ask_time", ready=words)
        turn.plan.offer(["As soon as possible"])
    else:
        turn.plan.say("ask_time_closed", place=place.name, ready=words)
        turn.plan.offer(["Yes, then", "Another time"])
    turn.expect("time")
    return True


def _ask_name(turn: Turn) -> bool:
    if turn.cart.name:
        return False
    turn.plan.say("ask_name")
    turn.plan.buttons = []
    turn.expect("name")
    return True


def _ask_phone(turn: Turn) -> bool:
    if turn.cart.phone:
        return False
    turn.plan.say("ask_phone")
    turn.plan.buttons = []
    turn.expect("phone")
    return True


def _ask_confirm(turn: Turn) -> bool:
    order, place = turn.cart, _place(turn)
    ready = earliest(turn)
    if order.asap and ready:
        turn.update(due=ready)
        order = turn.cart
    assert order.due is not None
    how = f"Pickup at {place.name}" if order.type == "pickup" else f"Delivery from {place.name} to {order.address}"
    notes = [f" For the kitchen: {order.note}." if order.note else ""]
    notes += [f" Allergy note: {order.allergy_note}." if order.allergy_note else ""]
    turn.plan.say(
        "confirm",
        lines=ordering.lines_in_list(turn, order),
        totals=ordering.totals_in_words(turn, order),
        how=f"{how}, {'about ' if order.asap else ''}{clock(order.due, turn)}",
        name=order.name,
        phone=grouped_phone(order.phone),
        note="".join(notes),
    )
    turn.plan.offer(["Yes, place the order", "Change something"])
    turn.expect("confirm", digest=_digest(turn, order))
    return True


# Answers to these questions: each returns whether the words answered it.


def answer_place(turn: Turn) -> bool:
    place = turn.house.restaurant.place_named(turn.text)
    if place is None:
        return names_no_place(turn)
    _choose_place(turn, place)
    return True


def names_no_place(turn: Turn) -> bool:
    """Whether the words are a mere yes to the question of the place, which names none: then say what there is."""
    if turn.said.intent not in ("affirm", "inform", "nlu_fallback") or turn.reading.edits or not turn.says_yes():
        return False
    places = turn.house.restaurant.places
    turn.plan.say("place_bad", places=listed([f"{place.name} ({place.address})" for place in places], "or"))
    turn.plan.offer([place.name for place in places])
    turn.settled = True
    return True


def answer_other_place(turn: Turn) -> bool:
    """ "No, at the Old Mill", at any question of the checkout but those whose answers may hold a street or a name."""
    place = _other_place(turn)
    if place is None or turn.conversation.expecting not in _PLACE_MAY_CHANGE or turn.reading.edits:
        return False
    _choose_place(turn, place)
    return True


def names_only_place(turn: Turn) -> bool:
    """Whether the words of who has dishes in the order are the name of one of our places: "harbour street, please"."""
    rest = " ".join(re.findall(r"[a-z']+", turn.lower))
    for place in turn.house.restaurant.places if turn.lines and turn.conversation.expecting is None else ():
        for name in sorted({place.name.lower(), *place.names}, key=len, reverse=True):
            if re.fullmatch(
                rf"(it'?s |from |at |for |the |in |this is |to )*{re.escape(name)}( one| place| please| then)*", rest
            ):
                return True
    return False


def take_named_place(turn: Turn) -> None:
    place = turn.house.restaurant.place_named(turn.text)
    if place is not None:
        _choose_place(turn, place)
    if turn.lines and not turn.conversation.checkout:
        turn.plan.say("anything_else")
        turn.plan.offer(["That's all", "Show my order"])


def _other_place(turn: Turn) -> Place | None:
    """A place that the words want instead of the one so far; a question or an address only mentions it."""
    place = turn.house.restaurant.place_named(turn.text)
    mentioned = _ZIP.search(turn.text) or guest_details.find_type(turn.text) == "delivery"
    alone = any(
        turn.house.restaurant.place_named(part) and len(part.split()) < 4 for part in re.split("[,;.!]", turn.text)
    )
    return None if place == turn.place or _ASKS.search(turn.lower) or (mentioned and not alone) else place


def _from_place(turn: Turn) -> Place | None:
    """The other place from which the words of an order want it: "to pick up at the Old Mill"."""
    place = turn.house.restaurant.place_named(turn.text)
    if place is None or place == turn.place or _ZIP.search(turn.text):
        return None
    names = "|".join(map(re.escape, (place.name.lower(), *place.names)))
    return place if re.search(rf"\b(from|at|by) (the |your |our |you guys at )*({names})\b", turn.lower) else None


def _choose_place(turn: Turn, place: Place) -> None:
    turn.plan.say("place_set", place=place.name)
    _take_place(turn, place)
    if turn.lines:
        take_details(turn, None)


def _take_place(turn: Turn, place: Place) -> None:
    """The order is for this place; what cannot be had there is taken off and told."""
    turn.conversation.place = place.id
    shelf = turn.shelf()
    kept = []
    for priced in turn.cart.lines:
        why = shelf.why_not(priced.line.item)
        if why:
            reason = f"{turn.house.menu.by_id[priced.line.item].title} is {why}."
            turn.plan.say("place_lost", place=place.name, reason=reason)
        else:
            kept.append(priced)
    due = turn.cart.due
    turn.update(place=place.id, lines=tuple(kept), address=None, due=due if due and place.open_at(due) else None)
    turn.expect(None)
    if not kept:
        turn.conversation.checkout = False
        turn.plan.say("order_empty")


def answer_upsell(turn: Turn) -> bool:
    offer = str(turn.conversation.pending["item"])
    edits = [_of_offer(edit, offer, turn) for edit in turn.reading.edits]
    other = [e for e in edits if not (isinstance(e, Add) and e.line.item == offer)]
    if other and edits == list(turn.reading.edits) and (not turn.says_no() or _RATHER.search(turn.lower)):
        return False
    declined = _DECLINES.search(turn.lower) and not edits
    but_yes = _BUT_YES.search(turn.lower)
    if not but_yes and (
        turn.says_no()
        or declined
        or ((turn.said.intent == "checkout" or ordering.closes(turn)) and not _GLADLY.match(turn.lower))
    ):
        turn.plan.say("upsell_no")
    elif but_yes or turn.says_yes() or edits or _TEMPTED.search(turn.lower):
        turn.order = turn.cart.edited(list(edits) or [Add(_offered(turn, offer))], turn.shelf())
        turn.plan.say(
            "changed",
            changes=f"Added {describe(turn.lines[-1], turn.house.menu)}.",
            subtotal=money(turn.cart.totals(None).subtotal_cents, turn.house.menu.currency),
        )
    else:
        if turn.said.intent.startswith("ask_"):  # "what do they cost?": the offer stands
            turn.update(upsell_offered=False)
        turn.expect(None)
        return False
    turn.expect(None)
    return True


def _offered(turn: Turn, offer: str) -> Line:
    """What is offered, as a yes wants it: "go on then, a large one"."""
    wanted = next((e for e in turn.house.reader.edits(turn.text, [Line(offer)]).edits if isinstance(e, Change)), None)
    return Line(offer, wanted.quantity or 1, wanted.put) if wanted else Line(offer)


def _of_offer(edit: Edit, offer: str, turn: Turn) -> Edit:
    """What an edit means in answer to an offer: "two of those", "just the one" and "a large one" are of what is
    offered, and what is wanted "instead" comes instead of the offer and not of what is ordered."""
    if isinstance(edit, Replace) and not ordering.names_ordered(turn):
        return Add(replace(edit.line, quantity=1) if edit.line.quantity > 1 else edit.line)
    if not isinstance(edit, Change) or ordering.names_ordered(turn):
        return edit
    if edit.quantity and (not edit.put or _OF_THOSE.search(turn.lower)):
        return Add(Line(offer, edit.quantity))
    fitting = {group.id for group in turn.house.menu.groups_of(offer)}
    wanted = tuple(option for option in edit.put if option.group in fitting)
    return Add(Line(offer, 1, wanted)) if wanted else edit


def wants_type(turn: Turn) -> bool:
    """Whether words that mention delivery or pickup wish for it, though nothing was asked, and do not ask about it."""
    asks = _ASKS.search(turn.lower) or _ASKS_FACT.search(turn.lower)
    wished = _MAKE_IT.search(turn.lower) or not asks
    return wished and guest_details.find_type(turn.text) is not None


def answer_type(turn: Turn) -> bool:
    question = turn.said.intent.startswith("ask_") and turn.said.confidence >= _SURE_QUESTION
    asks = _ASKS.search(turn.lower) or _ASKS_FACT.search(turn.lower)
    if question and asks and not _WANTS_TYPE.search(turn.lower):  # "what's the delivery fee?"
        return False
    if "type" in take_details(turn, "type"):
        return True
    if kind := _either_type(turn):
        turn.update(type=kind)
        return True
    if _EATS_IN.search(turn.lower):
        turn.plan.say("eat_in")
        return True
    place = _place(turn)
    found = guest_details.find_address(turn.text, place.delivery.zips) if place.delivery else None
    if found is None:
        return False
    turn.update(type="delivery", address=found[0] if place.delivery and found[1] in place.delivery.zips else None)
    return True


def _either_type(turn: Turn) -> str | None:
    """The first or the second of the two ways; pickup, which costs nothing, where either will do."""
    if _EITHER.search(turn.lower) or (_FIRST.search(turn.lower) and not turn.reading.edits):
        return "pickup"
    return "delivery" if _SECOND.search(turn.lower) and not turn.reading.edits else None


def answer_address(turn: Turn) -> bool:
    place = _place(turn)
    if guest_details.find_type(turn.text) == "pickup":
        turn.update(type="pickup", address=None)
        return True
    if "address" in take_details(turn, "address"):
        return True
    if turn.said.intent in ("inform", "nlu_fallback", "out_of_scope") or re.search(r"\d", turn.text):
        found = guest_details.find_address(turn.text, place.delivery.zips if place.delivery else ())
        known = str(turn.conversation.pending.get("street", ""))
        if not found and known and (code := _ZIP.search(turn.text)):  # "22 Pine Street", and then "04198"
            turn.hear(replace(turn.said, text=f"{known} {code[0]}"))
            return answer_address(turn)
        if found and place.delivery:
            zips = listed(list(place.delivery.zips))
            turn.plan.say("out_of_area", zip=found[1], zips=zips, address=place.address)
            turn.plan.offer(["Pickup"])
        elif not known and (street := guest_details.find_street(turn.text)):
            turn.plan.say("ask_zip", street=street)
            turn.expect("address", street=street)
        else:
            turn.plan.say("address_bad")
        turn.settled = True
        return True
    return False


def answer_time(turn: Turn) -> bool:
    place = _place(turn)
    ready = earliest(turn)
    if ready is None or any(not isinstance(edit, Change) for edit in turn.reading.edits):
        return False
    closed = not place.open_at(turn.now)
    words = _without_phone(turn.text)
    wanted = parse_when(words, turn.now, place) or _later_than_offered(words, ready)
    if wants_asap(words) or (wanted is None and (turn.says_yes() or leaves_time_open(words))):
        turn.update(asap=not closed, due=ready)
    elif wanted is None:
        if take_details(turn, None):  # something else that is wanted too: the time is asked for again
            turn.plan.say("ok")
            turn.expect(None)
            return True
        if turn.reading.edits or turn.said.intent not in ("inform", "nlu_fallback", "deny", "out_of_scope"):
            return False
        turn.plan.say("time_bad")
        turn.settled = True
        return True
    else:
        problem = _time_problem(turn, place, wanted, ready)
        if problem and not closed and time_ahead(words):  # "ten minutes": as soon as can be
            turn.update(asap=True, due=ready)
        elif problem:
            turn.settled = True
            turn.plan.offer([f"{clock(ready, turn)}" if closed else "As soon as possible"])
            return True
        else:
            turn.update(asap=False, due=wanted)
    take_details(turn, "time")
    turn.expect(None)
    return True


def answer_name(turn: Turn) -> bool:
    if _sooner_or_later(turn):
        return True
    if turn.said.intent == "order" and turn.reading.edits and turn.reading.confidence >= _SURE_ORDER:
        return False
    if take_details(turn, "name"):
        return True
    if turn.said.intent in ("inform", "nlu_fallback", "out_of_scope") and not turn.reading.edits:
        turn.plan.say("name_bad")
        turn.settled = True
        return True
    return False


def _sooner_or_later(turn: Turn) -> bool:
    """ "Let's make it eight", of the time that was settled last: a number there is none of dishes."""
    said, place = _MAKE_IT_AT.fullmatch(as_digits(turn.lower)), _place(turn)
    wanted, ready = parse_when(f"at {said['time']}", turn.now, place) if said else None, earliest(turn)
    if wanted is None or ready is None or turn.cart.asap:
        return False
    _move_to(turn, wanted, ready)
    return True


def _move_to(turn: Turn, wanted: datetime, ready: datetime, asap: bool = False) -> None:
    """Put the order off to another time, or say why it cannot be had then. ``ready``: the earliest."""
    if not _time_problem(turn, _place(turn), wanted, ready):
        turn.update(asap=asap, due=wanted)
        turn.plan.say("ok")


def answer_phone(turn: Turn) -> bool:
    if take_details(turn, "phone"):
        return True
    digits = guest_details.count_digits(turn.text)
    if digits >= 5 or (digits >= 3 and not turn.reading.edits):
        turn.plan.say("phone_bad")
        turn.settled = True
        return True
    return False


def answer_confirm(turn: Turn) -> bool:
    """Only a yes to exactly what was read back places the order."""
    if _renamed(turn) or readdressed(turn) or _renumbered(turn) or _put_off(turn) or _retimed(turn):
        return True
    if names_clock_time(turn):
        return bool(take_details(turn, None))
    if _TOTAL.search(turn.lower):
        show(turn)
        return True
    if turn.says_no() or (turn.said.intent != "affirm" and _EARLIER.search(turn.lower) and not turn.reading.edits):
        if turn.reading.edits:
            return False
        if take_details(turn, None):
            return True
        turn.conversation.checkout = False
        turn.expect(None)
        turn.plan.say("confirm_no")
        turn.settled = True
        return True
    content = turn.says_yes() or (ordering.says_all(turn.lower) and not _OBJECTS.search(turn.lower))
    if not content or turn.reading.edits:
        return not turn.reading.edits and bool(take_details(turn, None))
    if any(name in turn.lower for item in turn.house.menu.items for name in item.names):  # more than a yes
        return False
    if turn.conversation.pending.get("digest") != _digest(turn, turn.cart):
        turn.plan.say("changed_since")
        return True
    _place_order(turn)
    return True


def _renamed(turn: Turn) -> bool:
    """ "It's Ruth, not Rose": the name that was read back is put right."""
    said = _RENAMES.search(turn.text) or _NOT_BUT.search(turn.text)
    if said is None or said["old"].lower() not in (turn.cart.name or "").lower().split():
        return False
    name = guest_details.find_name(said["name"])
    if name is None:
        return False
    turn.update(name=name)
    turn.plan.say("ok")
    return True


def _renumbered(turn: Turn) -> bool:
    """ "It ends in five three": the phone number that was read back is put right."""
    fixed = guest_details.corrected_phone(turn.cart.phone, turn.text)
    if fixed is None:
        return False
    turn.update(phone=fixed)
    turn.plan.say("ok")
    return True


def readdressed(turn: Turn) -> bool:
    """ "The house number is forty, not fourteen", "it's 42 Beacon Street": the address that was read back is put right."""
    known = re.match(r"(\D*)(\d{1,5}[a-z]?)\b(.*)", turn.cart.address or "")
    if known is None or turn.cart.type != "delivery" or guest_details.find_phone(turn.text):
        return False
    words, place = as_digits(turn.lower), _place(turn)
    zips = place.delivery.zips if place.delivery else ()
    codes = _ZIP.findall(re.sub(r"(?<=\d) (?=\d)", "", guest_details.spoken_digits(turn.lower)))
    known_code = _ZIP.search(turn.cart.address or "")
    if codes and known_code and codes[-1] in zips and not re.search(r"\d", turn.text.replace(codes[-1], "")):
        if codes[-1] == known_code[0]:
            return False
        turn.update(address=(turn.cart.address or "").replace(known_code[0], codes[-1]))
        turn.plan.say("ok")
        return True
    said = _HOUSE.search(words)
    number = said["number"] if said else None
    if number is None and (other := re.search(r"\b(\d{1,5}) not (\d{1,5})\b", words)) and other[2] == known[2]:
        number = other[1]
    street = re.match(r" *([a-z]+)", known[3].lower())
    if number is None and street and (other := re.search(rf"\b(\d{{1,5}}) {street[1]}\b", words)):
        number = other[1]
    if number is None or number == known[2] or turn.cart.address is None:
        return False
    turn.update(address=f"{known[1]}{number}{known[3]}")
    turn.plan.say("ok")
    return True


def _put_off(turn: Turn) -> bool:
    """ "Half an hour later": the time that was read back is moved."""
    shift, order = _shift(turn.lower), turn.cart
    if shift is None or order.due is None:
        return False
    wanted = order.due + shift
    place, ready = _place(turn), earliest(turn)
    if ready is None or not _time_problem(turn, place, wanted, ready):
        turn.update(asap=False, due=wanted)
        turn.plan.say("ok")
    return True


def _retimed(turn: Turn) -> bool:
    """ "No, at eight", "eight thirty p m": the time that was read back is put right; what else is told is noted."""
    words = as_digits(_without_phone(turn.lower))
    if not _SAID_TIME.search(words) or not all(_only_counts(edit) for edit in turn.reading.edits):
        return False
    ready, soon = earliest(turn), wants_asap(words)
    wanted = ready if soon else parse_when(words, turn.now, _place(turn))
    if wanted is None or ready is None:
        return False
    _move_to(turn, wanted, ready, soon)
    take_details(turn, None, "")
    return True


def _only_counts(edit: Edit) -> bool:
    """Whether all that an edit changes is how many: the hour of a time looks like it."""
    return isinstance(edit, Change) and not edit.put and not edit.drop


def _shift(text: str) -> timedelta | None:
    """How much later (or, below zero, sooner) lower-case words want it than was said."""
    shift = _SHIFT.search(as_digits(text))
    if shift is None:
        return None
    words = shift["much"]
    number = re.search(r"\d+", words)
    count = int(number[0]) if number else 1
    minutes = 30 if "half" in words else 15 if "quarter" in words or "bit" in words or "little" in words else 0
    minutes = minutes or count * (1 if "min" in words else 60)
    return timedelta(minutes=minutes if shift["way"] == "later" else -minutes)


def _later_than_offered(words: str, ready: datetime) -> datetime | None:
    """ "Half an hour later", of who has been told the earliest time."""
    shift = _shift(words.lower())
    return ready + shift if shift and shift > timedelta() else None


def missed(turn: Turn) -> bool:
    """ "You forgot the fries", of an order that is not placed yet: the turn then hears that they are added."""
    found = _MISSED.search(turn.lower) if turn.lines else None
    if found is None:
        return False
    turn.hear(replace(turn.said, text=f"add {turn.text[found.end() :].strip()}", intent="order"))
    return bool(turn.reading.edits)


def _place_order(turn: Turn) -> None:
    order, place = turn.cart, _place(turn)
    shelf = turn.shelf()
    for priced in order.lines:
        if why := shelf.why_not(priced.line.item):
            title = turn.house.menu.by_id[priced.line.item].title
            turn.conversation.checkout = False
            turn.expect(None)
            turn.settled = True
            raise Refused(f"Sorry, the {title} is {why}. Shall I take it off, or would you like something else?")
    ready = earliest(turn)
    due = order.due
    assert ready is not None and due is not None
    if order.asap:
        if ready - due > timedelta(minutes=_LATER_THAN_SAID_MIN) or not place.open_at(turn.now):
            turn.plan.say("changed_since")
            return
        due = ready
    elif due < ready - timedelta(minutes=_LATER_THAN_SAID_MIN):
        turn.plan.say("changed_since")
        return
    number = turn.live.next_number()
    placed = replace(order, status=CONFIRMED, number=number, due=due, history=())
    turn.placed, turn.order = placed, None
    turn.conversation.checkout = False
    turn.expect(None)
    turn.settled = True
    ready_at = clock(due, turn)
    about = "about " if placed.asap else ""
    at_door = placed.type == "delivery"
    when = (
        f"It should be with you at {about}{ready_at}."
        if at_door
        else f"It will be ready at {about}{ready_at} at {place.address}."
    )
    total = money(placed.totals(place).total_cents, turn.house.menu.currency)
    pay = "at the door" if at_door else "at pickup"
    turn.plan.say("placed", name=placed.name, number=number, when=when, total=total, pay=pay)
    turn.plan.offer(["Where is my order?"])


# Looking at the order, before and after it is placed.


def show(turn: Turn) -> None:
    if turn.lines and turn.conversation.channel == "phone":
        total = money(turn.cart.totals(turn.place).total_cents, turn.house.menu.currency)
        turn.plan.say("described", sentence=describing.order_in_words(turn, turn.lines, total))
    elif turn.lines:
        lines = ordering.lines_in_list(turn, turn.cart)
        turn.plan.say("order_lines", lines=lines, totals=ordering.totals_in_words(turn, turn.cart))
    elif turn.placed:
        status(turn)
    else:
        turn.plan.say("order_empty")


def asks_total(turn: Turn) -> bool:
    """ "What does that come to?" of who has dishes in the order."""
    return bool(turn.lines) and _ASKS_TOTAL.search(turn.lower) is not None


def _takes_back(turn: Turn) -> bool:
    return re.search(r"\bnever ?mind\b|\bforget it\b", turn.lower) is not None


def status(turn: Turn) -> None:
    placed = turn.placed
    if placed is None:
        if turn.lines:
            turn.plan.say("status_cart")
        else:
            turn.plan.say("status_none", phone=turn.any_place.phone)
        return
    due = clock(placed.due, turn) if placed.due else ""
    turn.plan.say(f"status_{placed.status}", number=placed.number, due=due)


def cancel(turn: Turn) -> None:
    placed = turn.placed
    if turn.lines:
        turn.plan.say("ask_drop")
        turn.expect("drop")
    elif placed and placed.status == CONFIRMED:
        turn.plan.say("ask_cancel", number=placed.number)
        turn.expect("cancel", number=placed.number)
    elif placed and placed.status in (PREPARING, "ready", "done"):
        turn.plan.say("cancel_too_late", number=placed.number)
        turn.plan.offer(["Talk to a person"])
        return
    else:
        turn.plan.say("ok" if _takes_back(turn) else "cancel_nothing")
        return
    turn.plan.offer(["Yes, cancel it", "No, keep it"])
    turn.settled = True


def answer_cancel(turn: Turn) -> bool:
    yes = turn.says_yes() or turn.said.intent == "cancel_order"
    if yes and not turn.says_no() and turn.placed and turn.placed.number == turn.conversation.pending.get("number"):
        if turn.placed.status == CONFIRMED:
            turn.placed = replace(turn.placed, status=CANCELLED)
            turn.plan.say("cancelled", number=turn.placed.number)
        else:
            turn.plan.say("cancel_too_late", number=turn.placed.number)
    elif turn.says_no():
        turn.plan.say("kept")
    else:
        turn.expect(None)
        return False
    turn.expect(None)
    return True


def answer_drop(turn: Turn) -> bool:
    if turn.says_no():
        turn.plan.say("kept")
    elif turn.says_yes() or turn.said.intent == "cancel_order":
        turn.update(status=CANCELLED)
        turn.conversation.checkout = False
        turn.plan.say("dropped")
        turn.settled = True
    else:
        turn.expect(None)
        return False
    turn.expect(None)
    return True


def moves_placed(turn: Turn) -> bool:
    """Whether words want an order that is placed, and not begun yet, at another time: "can you make that half seven?" """
    placed = turn.placed
    if turn.lines or placed is None or placed.status != CONFIRMED or placed.due is None or turn.conversation.booking:
        return False
    if turn.conversation.pending.get("form") or turn.live.desk.of_conversation(turn.conversation.id, turn.now):
        return False
    told = names_time(turn) or _shift(turn.lower) is not None or _MAKE_IT_AT.fullmatch(as_digits(turn.lower))
    return bool(told and _RETIMES.search(turn.lower) and not _names_dish(turn))


def move_placed(turn: Turn) -> None:
    """Put a placed order off, or say why it cannot be had then."""
    placed = turn.placed
    assert placed is not None and placed.due is not None
    place = turn.house.restaurant.place(placed.place) or _place(turn)
    said, shift = _MAKE_IT_AT.fullmatch(as_digits(turn.lower)), _shift(turn.lower)
    words = f"at {said['time']}" if said else _without_phone(turn.lower)
    wanted = placed.due + shift if shift else parse_when(words, turn.now, place)
    ready = earliest(turn, place, placed)
    if wanted is None or ready is None:
        turn.plan.say("time_bad")
    elif not _time_problem(turn, place, wanted, ready):
        turn.placed = replace(placed, due=wanted, asap=False)
        turn.plan.say("placed_moved", number=placed.number, due=clock(wanted, turn))


def _names_dish(turn: Turn) -> bool:
    return any(re.search(rf"\b{re.escape(n)}\b", turn.lower) for item in turn.house.menu.items for n in item.names)


def earliest(turn: Turn, place: Place | None = None, order: Order | None = None) -> datetime | None:
    """When this order could be ready, rounded up to five minutes; after the next opening when the place is closed."""
    place, order = place or _place(turn), order or turn.order
    start: datetime | None = place.local(turn.now)
    if not place.open_at(turn.now):
        start = place.next_opening(turn.now)
    if start is None:
        return None
    minutes = place.kitchen.minutes_for(max(1, order.pieces if order else 1), turn.live.queued_items(place.id))
    if order and order.type == "delivery" and place.delivery:
        minutes += place.delivery.minutes
    ready = start + timedelta(minutes=minutes)
    late = timedelta(minutes=-ready.minute % 5, seconds=-ready.second, microseconds=-ready.microsecond)
    return ready + late


def _time_problem(turn: Turn, place: Place, wanted: datetime, ready: datetime) -> bool:
    """Say why the time cannot be had; False when it can."""
    days = turn.house.restaurant.policies.order_ahead_days
    if wanted < place.local(turn.now):
        turn.plan.say("time_past")
    elif wanted > place.local(turn.now) + timedelta(days=days):
        turn.plan.say("time_too_late", days=days)
    elif not place.open_at(wanted):
        turn.plan.say("time_closed", place=place.name, wanted=clock(wanted, turn), ready=clock(ready, turn))
    elif wanted < ready - timedelta(minutes=5):
        turn.plan.say("time_too_early", wanted=clock(wanted, turn), ready=clock(ready, turn))
    else:
        return False
    return True


def note_details(turn: Turn) -> None:
    """Keep what an order says about its guest besides: "two lasagnas for pickup at 7:30, I'm on 207 555 0123"."""
    expecting = turn.conversation.expecting
    if turn.lines and (place := _from_place(turn)):
        turn.plan.say("place_set", place=place.name)
        _take_place(turn, place)
    said = _SAID_TIME.search(_OTHER_HOUR.sub(" ", _without_phone(turn.lower)))
    day = re.search(rf"\b{DAY}\b", turn.lower)
    take_details(turn, None, f"{day[0] if day else ''} {as_digits(said[0])}" if said else "")
    turn.conversation.expecting = expecting


def take_details(turn: Turn, asked: str | None, timed: str | None = None) -> set[str]:
    """Note every detail that the words hold; the asked one may come bare, others need their own cue.

    ``timed`` is the part of the words that may hold a time, where numbers of dishes stand beside it.
    """
    place, order = turn.place, turn.cart
    if timed is None:
        timed = _without_phone(turn.lower)  # "call me at 207.555.0161" names no time
    got: dict[str, object] = {}
    if kind := guest_details.find_type(turn.text, asked == "type"):
        got["type"] = kind
    zips = place.delivery.zips if place and place.delivery else ()
    if asked == "address" or (_ZIP.search(turn.text) and kind != "pickup"):  # who fetches it may name our own address
        told = turn.text if asked == "address" else guest_details.address_within(turn.text) or turn.text
        found = guest_details.find_address(_DELIVER_TO.split(told)[-1], zips)
        if found and found[1] in zips:
            got |= {"type": "delivery", "address": found[0]}
    if phone := guest_details.find_phone(turn.text) or guest_details.corrected_phone(order.phone, turn.text):
        got["phone"] = phone
    if asked == "name" and (name := guest_details.find_name(re.split(r"[,;]?\s*[\d+(]", turn.text)[0])):
        got["name"] = name
    elif _NAME_CUE.search(turn.text) and (name := guest_details.name_at_start(_NAME_CUE.split(turn.text)[-1])):
        got["name"] = name
    cued = (
        _TIME_CUE.search(timed) or _AT_HOUR.search(as_digits(timed))
    ) and asked != "address"  # "flat two at forty one pine street" names no time
    if place and asked != "time" and (wants_asap(timed) or cued or _clock_named(timed)):
        ready = earliest(turn)
        wanted = parse_when(timed, turn.now, place)
        if wants_asap(timed) and place.open_at(turn.now):
            got |= {"asap": True, "due": ready}
        elif wanted and ready and wanted >= ready - timedelta(minutes=5) and place.open_at(wanted):
            got |= {"asap": False, "due": wanted}
    if got:
        turn.order = replace(order, **got)  # type: ignore[arg-type]
        if turn.conversation.expecting in got:
            turn.expect(None)
    return set(got)


_NAME_CUE = re.compile(
    r"(?i)\b(?:my name is|my name's|the name is|(?:under|in) the name(?: of)?|name is|name's|name of|call me|name:?(?= (?-i:[A-Z])))\s+"
)
_DELIVER_TO = re.compile(r"(?i)\b(?:deliver\w*|bring|send|address)(?: (?:it|that|this|them|is|all))* to:? ")
_SAID_TIME = re.compile(
    rf"\b(at|by|around|about) (about )?({PAST_TO} )?(\d{{1,2}}([:.]\d\d)?|{NOON}|five|six|seven|eight|nine|ten)\b"
    rf"( fifteen| thirty| forty five| 15| 30| 45)?( ?{AM_PM})?(?! (\w+ ){{1,3}}{guest_details.STREET}\b)|\b\w+ o'?clock\b|\b\d{{1,2}}([:.]\d\d)? ?{AM_PM}|\bin \w+ (minutes|hours?)\b|\bas soon as possible\b|\basap\b"
)
# "I get off at nine": the hour of something else.
_OTHER_HOUR = re.compile(
    r"\b(gets?|getting|am|i'?m|is|are|we'?re) (off|out|home|done|back)\b( \w+){0,2} (at|by|around)\b|"
    r"\b(finish|clos|leav|start|open|end|arriv)(e|es|s|ing)?\b( \w+){0,2} (at|by|around)\b"
)
_AT_HOUR = re.compile(
    rf"\b(at|by) (about |around )?1?\d\b(?!\d| ?(people|of|inch|dollars|bucks)\b| (\w+ ){{1,3}}{guest_details.STREET}\b)"
)
_PHONE_LIKE = re.compile(r"\+?\d[\d\-(). ]{6,}\d")
_TIME_CUE = re.compile(
    rf"\b(at|for|by|around) (about )?\w+( thirty| fifteen| o'clock)?\b.*?(\d|{AM_PM}|{NOON}|o'clock|{NEAR_DAY})|"
    rf"\bin \w+ (minutes|hours?)\b|\bat {NOON}\b"
)


def _without_phone(words: str) -> str:
    """The words without a phone number, whose digits may be spoken."""
    return _PHONE_LIKE.sub(" ", guest_details.spoken_digits(words) if guest_details.find_phone(words) else words)


def tells_details(turn: Turn) -> bool:
    """Whether the words are a phone number, or an address where we deliver, whose numbers are none of dishes."""
    delivery = turn.any_place.delivery
    found = guest_details.find_address(turn.text, delivery.zips) if delivery else None
    return guest_details.find_phone(turn.text) is not None or bool(found and delivery and found[1] in delivery.zips)


def names_clock_time(turn: Turn) -> bool:
    """Whether the words hold a plain time of day ("8 pm", "six forty five"), which is never a number of dishes."""
    return _clock_named(turn.lower)


def names_time(turn: Turn) -> bool:
    """ "8 pm", and the hour alone: "at eight"."""
    return names_clock_time(turn) or _AT_HOUR.search(as_digits(turn.lower)) is not None


def _clock_named(words: str) -> bool:
    return bool(
        _CLOCK_TIME.search(words)
        or _CLOCK_TIME.search(as_digits(words))
        or _SPOKEN_TIME.search(as_digits(_without_phone(words)))
    )


_CLOCK_TIME = re.compile(rf"\b\d{{1,2}}([:.]\d\d)? ?{AM_PM}|\bo'clock\b|\b{PAST_TO}\b")
_SPOKEN_TIME = re.compile(r"(?<!\d )\b1?\d (10|15|20|30|40|45|50)\b(?! ?(\d|inch))|\b\d{1,2} (past|to) 1?\d\b(?! \d)")


def _digest(turn: Turn, order: Order) -> str:
    """A mark of everything that was read back, except the minute at which "as soon as possible" falls."""
    said = [
        [line.as_json() for line in order.wanted],
        order.totals(turn.place).total_cents,
        [order.place, order.type, order.address, order.name, order.phone, order.note, order.allergy_note],
        None if order.asap or order.due is None else order.due.isoformat(),
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def clock(moment: datetime | None, turn: Turn) -> str:
    """ "6:40 pm", with the day when it is not today."""
    if moment is None:
        return "a time we can't name yet"
    place = turn.any_place
    local, today = place.local(moment), place.local(turn.now).date()
    words = f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"
    if local.date() == today:
        return words
    if local.date() == today + timedelta(days=1):
        return f"{words} tomorrow"
    return f"{words} on {local:%A}, {local:%b} {local.day}"


def _place(turn: Turn) -> Place:
    assert turn.place is not None, "the place is settled before anything that depends on it"
    return turn.place


HANDLERS: dict[str, Callable[[Turn], None]] = {
    "checkout": begin,
    "deny": deny,
    "affirm": affirm,
    "show_order": show,
    "at_place": take_named_place,
    "move_placed": move_placed,
    "order_status": status,
    "cancel_order": cancel,
}
ANSWERS: dict[str, Callable[[Turn], bool]] = {
    "place": answer_place,
    "upsell": answer_upsell,
    "type": answer_type,
    "address": answer_address,
    "time": answer_time,
    "name": answer_name,
    "phone": answer_phone,
    "confirm": answer_confirm,
    "cancel": answer_cancel,
    "drop": answer_drop,
}
