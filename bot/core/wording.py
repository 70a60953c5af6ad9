"""The words for each point of a reply plan. Several forms of one point take turns; all of them hold every fact."""

from __future__ import annotations

from collections.abc import Sequence

from bot.core.reply import Plan

FORMS: dict[str, tuple[str, ...]] = {
    "refusal": ("{sentence}",),
    "question": ("{sentence}",),
    # ordering
    "changed": ("{changes} Your order comes to {subtotal}.",),
    "cleared": ("Your order is empty again. What would you like?",),
    "order_empty": ("There is nothing in your order yet. What would you like?",),
    "anything_else": ("Anything else?", "What else can I get you?", "Would you like anything else?"),
    "unknown": ("I could not find {words} on our menu, so I left that out.",),
    "what_to_order": ("Gladly! What would you like?",),
    "nothing_found": ("I did not find anything from our menu in that. You can ask what we have, or name a dish.",),
    "check": ("Did I get that right?",),
    "check_wrong": ("Sorry, I took that back. Please say it once more, in other words.",),
    "choice_dropped": ("I left the rest of that out for now; just say it again.",),
    "which_option": ("Which {group} for the {item}: {choices}?", "What {group} would you like for the {item}: {choices}?"),
    "which_several": ("The {item} comes with {count} {group}. Which would you like: {choices}?",),
    "which_of": ("Which {value} for the {item}: {choices}?",),
    "note_added": ("I put “{note}” on the order for the kitchen.",),
    "order_lines": ("You have:{lines}\n\n{totals}",),
    "upsell": ("Would you like to add {item} for {price}?",),
    "upsell_no": ("No problem.", "Fine."),
    # checkout
    "ask_place": ("Which of our places is it for: {places}?",),
    "place_set": ("{place} it is.",),
    "place_lost": ("{place} can't make all of it: {reason} I took it off your order.",),
    "ask_type": ("Will you pick it up, or shall we deliver it?", "Pickup or delivery?"),
    "pickup_only": ("{place} does pickup only.",),
    "delivery_only": ("{place} only delivers.",),
    "ask_address": ("What address shall we deliver to? House number, street and zip code, please.",),
    "address_bad": ("I need a house number, a street and a five-digit zip code.",),
    "out_of_area": ("Sorry, {zip} is outside our delivery area ({zips}). You can pick it up at {address}.",),
    "below_minimum": ("Delivery starts at {minimum}; your order is {subtotal}. Add something, or pick it up instead.",),
    "ask_time": ("When would you like it? As soon as possible would be about {ready}.",),
    "ask_time_closed": ("{place} is closed now. The earliest would be {ready}. Shall I plan it for then, or for another time?",),
    "time_bad": ("I did not get the time. You can say “as soon as possible” or a time such as 18:30.",),
    "time_past": ("That time has passed.",),
    "time_too_early": ("We can't have it ready by {wanted}. The earliest is {ready}.",),
    "time_closed": ("{place} is closed at {wanted}. The earliest I can offer is {ready}.",),
    "time_too_late": ("I can plan orders up to {days} days ahead.",),
    "no_opening": ("{place} has no opening hours in the coming days, so I can't take an order for it.",),
    "ask_name": ("What name shall I put on the order?", "Under what name?"),
    "name_bad": ("Sorry, what name shall we call out?",),
    "ask_phone": ("And a phone number, in case we need to reach you?", "What's a phone number we can reach you at?"),
    "phone_bad": ("That does not look like a complete phone number. With the area code, please, such as 207 555 0100.",),
    "confirm": ("Let me read it back:{lines}\n\n{totals} {how}, for {name}, phone {phone}.{note} Shall I place the order?",),
    "confirm_no": ("All right, nothing is placed. What shall I change?",),
    "changed_since": ("Your order has changed since I read it back.",),
    "placed": (
        "Thank you, {name}! Your order number is **{number}**. {when} The total is {total}, to be paid {pay}.",
    ),
    # after the order
    "status_none": ("I don't see an order of yours in this chat. If you ordered elsewhere, please call us: {phone}.",),
    "status_cart": ("Your order is not placed yet. Say “that's all” when you are done.",),
    "status_confirmed": ("Order {number} is with the kitchen and planned for {due}.",),
    "status_preparing": ("Order {number} is being made. It should be ready at {due}.",),
    "status_ready": ("Order {number} is ready. Enjoy!",),
    "status_done": ("Order {number} has been handed over.",),
    "status_cancelled": ("Order {number} was cancelled.",),
    "late": ("Sorry, order {number} is taking longer than we promised. The kitchen knows.",),
    "off_menu": ("{items}: that is no longer on our menu, so I took it off your order.",),
    "new_order": ("Order {number} is placed already, so this starts a new one.",),
    "ask_cancel": ("Shall I cancel order {number}?",),
    "ask_drop": ("Shall I throw away the order so far? It is not placed yet.",),
    "cancelled": ("Order {number} is cancelled. Nothing to pay.",),
    "dropped": ("Done, your order is empty. Nothing was placed.",),
    "kept": ("All right, it stays.",),
    "cancel_too_late": ("The kitchen has already started order {number}, so I can't cancel it here. I can get a person for you.",),
    "cancel_nothing": ("There is no order to cancel.",),
    # facts
    "hours": ("{place} is {state}. Today: {today}. {week}",),
    "hours_day": ("{place} on {day}: {hours}.",),
    "location": ("{place}: {address}, phone {phone}.",),
    "delivery_facts": ("{place} delivers to {zips} from {minimum}, for {fee}. Pickup is free.",),
    "payment": ("You pay when you get the food: at pickup or at the door. I never ask for card numbers.",),
    "card_masked": ("Please don't send card numbers; I removed it and did not keep it. You pay at pickup or at the door.",),
    "wait": ("An order placed now at {place} would be ready at about {ready}.",),
    "wait_closed": ("{place} is closed now and opens {opens}.",),
    "menu_kinds": ("We have {kinds}. What would you like to see?",),
    "menu_kind": ("{kind}: {items}.",),
    "menu_diet": ("Marked {diet} on our menu: {items}.",),
    "menu_none": ("Nothing on our menu is marked {diet}.",),
    "item_price": ("{item} is {price}{more}.",),
    "item_about": ("{item}: {description}.",),
    "item_diet": ("{item} is marked: {diet}.",),
    "item_not_diet": ("{item} is not marked {diet} on our menu.",),
    "item_allergens": ("According to our menu, {item} contains {allergens}.",),
    "item_no_allergens": ("Our menu lists no declared allergens for {item}.",),
    "item_contains": ("Yes, according to our menu {item} contains {allergen}.",),
    "item_contains_not": ("Our menu does not list {allergen} for {item}.",),
    "allergy_caution": (
        "Everything is made in one kitchen, so I can't promise that there are no traces; please ask our staff as well.",
    ),
    "item_available": ("Yes, we have {item}, for {price}{more}.",),
    "item_unavailable": ("Sorry, {item} is {why}.",),
    "item_which": ("Which dish do you mean?",),
    "allergy_noted": ("I noted the allergy ({allergens}) for the kitchen.",),
    "allergy_in_order": ("In your order, according to our menu: {items}.",),
    "not_answered": ("I don't know that one, sorry. Our staff do: {phone}. I can also get a person into this chat.",),
    "booking_by_phone": ("I can't book tables in this chat. Our staff can: {phone}, or I get a person for you here.",),
    # care
    "emergency": (
        "**Please call 911 now**, or your local emergency number. I have alerted our staff; if you are in the restaurant, call out to them.",
    ),
    "person": ("I have asked a person to join this chat. You can go on here meanwhile.",),
    "person_waiting": ("A person has been asked already and will answer here.",),
    "person_here": ("A person from our team has this chat and will answer here.",),
    "free_food": ("I can't give discounts or free food myself. I have asked a person to look at it.",),
    "complaint": ("I am sorry about that. I have told our staff and asked a person to join this chat.",),
    "other_guest": ("I can only speak about your own order in this chat, not about other guests.",),
    "fallback_first": ("Sorry, I did not understand that. You can name a dish, ask for the menu, or say “that's all”.",),
    "fallback_second": ("Sorry, I still don't get it. Shall I bring in a person?",),
    "empty": ("I did not get any words there. What can I do for you?",),
    "too_long": ("That was more than I can take in at once. Please say it in at most {limit} characters.",),
    "ok": ("All right.", "OK."),
    "repeat": ("{text}",),
}  # fmt: skip


def word(plan: Plan, variant: int) -> str:
    """The plan in sentences; ``variant`` picks among equal forms, so that the same words don't come twice in a row."""
    sentences = []
    for point in plan.points:
        forms = FORMS[point.kind]
        sentences.append(forms[variant % len(forms)].format(**point.facts))
    return " ".join(sentences)


def listed(words: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else list(words))
