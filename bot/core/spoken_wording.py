"""The words for a caller: shorter than in the chat, and without what only a screen can show."""

from __future__ import annotations

from bot.core.reply import Plan
from bot.core.wording import FORMS

SPOKEN_FORMS: dict[str, tuple[str, ...]] = {
    "changed": ("{changes}",),
    "anything_else": ("Anything else?", "What else?"),
    "nothing_found": ("I did not find anything from our menu in that. What would you like?",),
    "ask_type": ("Pickup or delivery?", "Will you pick it up, or shall we deliver it?"),
    "ask_address": ("What address? House number, street and zip code, please.",),
    "ask_time": ("When would you like it? The earliest is about {ready}.",),
    "time_bad": ("I did not get the time. You can say as soon as possible, or a time such as half past six.",),
    "ask_name": ("What name shall I put on it?", "Under what name?"),
    "ask_phone": ("What number can we reach you at? You can also type it.",),
    "phone_bad": ("That was not a whole number. With the area code, please, or type it on your keys.",),
    "confirm": ("Let me read it back.{lines}\n\n{totals} {how}. The name is {name}. The number is {phone}.{note} Shall I place the order?",),
    "placed": ("Thank you, {name}. Your order number is {number}. {when} The total is {total}.",),
    "status_none": ("I do not see an order of yours from this call. Our staff can look: {phone}.",),
    "not_answered": ("I do not know that one, sorry. Say, a person please, and I will get somebody for you.",),
    "person": ("I will get somebody for you.",),
    "person_waiting": ("Somebody has been asked already.",),
    "complaint": ("I am sorry about that. I have told our staff, and I will get somebody for you.",),
    "free_food": ("I cannot give discounts or free food myself. I will get somebody for you.",),
    "other_guest": ("I can only speak about your own order, not about other guests.",),
    "fallback_first": ("Sorry, I did not understand that. What would you like?",),
    "fallback_second": ("Sorry, I still do not get it. Shall I get a person?",),
    "card_masked": ("Please do not tell me card numbers, I did not keep it. You pay at pickup or at the door.",),
    "emergency": ("Please hang up and call 911 now. I have alerted our staff.",),
}  # fmt: skip


def word_aloud(plan: Plan, variant: int) -> str:
    """The plan in sentences for the ear; ``bot.core.spoken`` makes them readable. Every fact of the plan is in them,
    but for running subtotals, which are told at the end."""
    sentences = []
    for point in plan.points:
        forms = SPOKEN_FORMS.get(point.kind) or FORMS[point.kind]
        sentences.append(forms[variant % len(forms)].format(**point.facts))
    return " ".join(sentences)
