"""Turns that change the order or answer a question about one of its lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from bot.core import allergens
from bot.core.order import Gap, Order, describe, first_gap
from bot.core.pricing import money
from bot.core.turn import Turn
from bot.core.wording import listed
from nlu.menu import Value
from nlu.order_lines import (
    Add,
    Change,
    Clear,
    Edit,
    Line,
    Option,
    Question,
    Reading,
    Remove,
    Replace,
    Undo,
    edit_as_json,
    edit_from_json,
)  # fmt: skip

_WANTS = re.compile(r"\border(ing)?\b|\b(something|food|eat|hungry)\b")
# Closing words end the order whatever else the sentence holds ("that's all, pickup at seven").
_CLOSING = re.compile(
    r"\b(that|this)('?s| is| was| will be|'?ll be| would be| should be| must be|'?d be) (really |quite |about |pretty much |now )*"
    r"(the only thing|all(?! (wrong|mixed|messed))|it|everything|(the|your|yer) lot|plenty|enough|(my|our|the) (whole |full |entire )?order|(me|us) (done|sorted|finished|set|good|all set))\b|"
    r"\bthat('?s| is) (me|us)( then| thanks| thank you| cheers| now)*[.!]*$|"
    r"\b(that|this)(('?ll| will| should|'?d| would) do( it| me| us| nicely| fine| for (me|us|now|today|tonight))*|"
    r" does( it| me| us| nicely| fine)+)( just fine| thanks| thank you| then| cheers)*[.!]*$|"
    r"\bthat (should |about |pretty much |just about |will |would )*covers? (it|us|me|everything)\b|"
    r"\bnothing (else|more|further)\b|\bno more( food| dishes| orders)?( for (me|us)| thanks?| thank you| please| than that)*[.!]*$|\bcheck ?out\b|"
    r"\b(i|we) (shan't|won't|don't|do not|will not|shouldn't)( be)? (need|want|have|think of|needing|wanting|having) (anything( else| more| further)\b|any ?more( thanks?| thank you| please)*[.!]*$)|"
    r"\b(can'?t|cannot|couldn'?t) think of (anything|nothing)\b|\bis all (i|we)('?m|'?re)?\b|\b(stop|leave it|call it) (there|at that|a day)\b|"
    r"\b(i|we)('?ve| have) (got )?(everything|all) (i|we) (need|want)\b|"
    r"\b(i'?m|we'?re|i am|we are) (all |both )?(done|finished|sorted|set|good|through)( (here|now|for now|thanks|thank you|then|to go|cheers|\w+))?[.!]*$|"
    r"\b(i'?m|we'?re|i am|we are) (all )?(done|finished|sorted)\b|\b(ring|wrap) (it|that|this|me|us) up\b|"
    r"^(ok(ay)?,? |yes,? |great,? |sure,? )*(please )?"
    r"(go ahead( and (place|order|submit) it)?|(place|submit|send) (it|the order|my order)|ready to (order|pay)|let'?s order)"
    r"( then| please| now)*[.!]*$"
)
_ONLY = re.compile(
    r"(no|nope|nah|yeah|yes|ok|okay|it's|[,.!\s])*\b((just|only) (the|that|those|my)\b(?! (one|same)\b)[^\d]+|"
    r"(the|my) [^\d]+ (is|are|'?s) (all|the only thing) [^\d]+)"
)
_CONTENT = re.compile(
    r"((yes|yeah|yep|no|ok|okay|oh|um|and|then),? )*(i'?m|we'?re|it'?s|that'?s|it is|that is|i am|we are)? ?"
    r"(all (good|fine|set|done|sorted)|(?<= )(fine|good|grand|cool)|plenty|sorted)"
    r"( (thanks?|thank you|cheers|ta|then|for now|here|over here|love|dear|mate|really|(just )?(as it is|like that|that way)))*[.!]*"
)
_NO_MORE = re.compile(
    r"^((uh|um|oh|hm+|well|ah),? )*(no|nope|nah|nada|negative)\b|\b(so|said|says|it'?s an?) no( thanks?| thank you)*[.!]*$|"
    r"\b(i|we) (shouldn'?t|better not|mustn'?t)\b"
)
# A no to something else than "anything else?": what was added is wrong, or the guest is not done.
_NOT_RIGHT = re.compile(
    r"\b(wrong|incorrect|not (right|what|that|it|yet|the)|isn'?t|wasn'?t|didn'?t|never|wait|hold on|hang on|mean|meant|said (?!no\b)|"
    r"instead|actually|what|when|where|how|which|who|can|could|is there|are there|do you|mistake|mixed)\b"
)
_CHECK_BELOW = 0.6
_SURE_ANSWER = 0.5  # below, words that name none of the values asked for are about something else
_ANY = re.compile(
    r"\b(any(thing)?( (of (them|those)|one|size|kind|is (fine|ok(ay)?|good)|works|will do))*( please)?[.!]*$|whatever|"
    r"you choose|you pick|surprise me|up to you|i'?m (easy|not (fussy|fussed|bothered))|not bothered|(don'?t|doesn'?t) (care|mind|matter))\b"
)
_ASKS_ABOUT = re.compile(
    r"^((um|uh|oh|well|and|so|hm+),? )*(how (big|many|much|large)\b|what'?s the difference|will (a|an|the|that|it)\b|"
    r"(is|does) (the|that|there|a|it)\b|do you (do|have)\b)"
)
_SMALLEST = re.compile(r"\b(smallest|littlest|tiniest|cheapest|cheaper|little|tiny|smaller)\b")
_BIGGEST = re.compile(r"\b(biggest|largest|huge|massive|giant|bigger|as big as)\b")
_MIDDLE = re.compile(r"\b(middle|in between|mid(dle)?[- ]?sized?)\b")
_NORMAL = re.compile(r"\b(normal(ly)?|standard|usual|as it comes|however it comes|comes with it)\b")
_SAME = re.compile(r"\bthe same\b|\bsame (size|one|again|as|kind|thing)\b|^same\b")
_TAKES_AWAY = re.compile(r"\b(remove|delete|cancel|drop|take (off|out)|get rid of)\b")
_ORDINALS = (("first|former", "one|1"), ("second", "two|2"), ("third", "three|3"), ("fourth", "four|4"))
_ASKS_BACK = re.compile(
    r"^(and |so |ok(ay)?,? )?(what|which)\b.*\b(sizes?|options?|choices?|kinds?|types?|flavou?rs?)\b"
)
_CORRECTS = re.compile(r"\b(no|actually|wait|sorry|rather|i mean(t)?|make (it|that))\b")
_FEW_WORDS = 6
_NUMBERS = ("two", "three", "four", "five", "six", "2", "3", "4", "5", "6")
_QUESTION = re.compile(
    r"(^|[,;:.!?] *((hm+|u[hm]+|so|and|but|well|ok(ay)?)[, ]+)*)(who|what|when|where|why|how|which|is|are|does|did|will|has)\b"
)
_REFERS = re.compile(r"\b(make|turn|change|get) (it|that|this|them|those)\b")


def change(turn: Turn) -> None:
    """Apply what the words say about the order; ask or name back what they leave open."""
    reading = turn.reading
    question = reading.question
    edits: Sequence[Edit] = [] if only_implied(turn) else reading.edits
    if question and len(question.choices) == 1:  # nothing is done without the yes
        edits = []
    elif question and question.choices and not _names_several_values(turn, question):
        # Each choice is a whole reading of the words; what they share is sure.
        edits = [edit for edit in question.choices[0].edits if all(edit in c.edits for c in question.choices)]
    else:
        question = question if question and not edits else None
    unsure = bool(edits) and reading.confidence < _CHECK_BELOW
    if edits:
        _apply(turn, edits, last=False)
    _name_left_out(turn, reading)
    if unsure and not question and open_gap(turn) is None:
        turn.plan.say("check")
        turn.expect("check")
        turn.plan.offer(["Yes", "No"])
        turn.settled = True
    elif edits and not question and not unsure and not turn.settled:
        _ask_on(turn)
    if question:
        _put_question(turn, question, edits)
    elif not edits and not reading.unknown and not reading.unfit:
        turn.plan.say("what_to_order" if _WANTS.search(turn.lower) else "nothing_found")
        turn.plan.offer(["Show me the menu"])


def _name_left_out(turn: Turn, reading: Reading) -> None:
    """Say what was wanted and cannot be had: nothing is left out in silence."""
    if reading.unknown:
        turn.plan.say("unknown", words=_quoted(reading.unknown))
    for item in dict.fromkeys(unfit.item for unfit in reading.unfit):
        words = _quoted([unfit.words for unfit in reading.unfit if unfit.item == item])
        if item is None:
            turn.plan.say("unfit_anywhere", words=words)
        else:
            turn.plan.say("unfit", words=words, item=turn.house.menu.by_id[item].title)


def _quoted(words: Sequence[str]) -> str:
    return listed([f"“{word}”" for word in words])


def closes(turn: Turn) -> bool:
    """Whether closing words end the order."""
    return says_all(turn.lower) or names_only_ordered(turn)


def says_all(text: str) -> bool:
    """Whether lower-case words say that nothing more is wanted."""
    return _CLOSING.search(text) is not None


def names_only_ordered(turn: Turn) -> bool:
    """ "Just the pizza", which is ordered already: nothing more is wanted."""
    ordered = {line.item for line in turn.lines}
    edits = turn.reading.edits
    return (
        _ONLY.fullmatch(turn.lower) is not None
        and bool(edits)
        and all(isinstance(edit, Add) and edit.line.item in ordered and edit.line.quantity == 1 for edit in edits)
    )


def only_closes(turn: Turn) -> bool:
    """Whether closing words that read like an edit change nothing: they name what is ordered already, or take away
    something that they do not name ("no more than that")."""
    nameless = all(isinstance(edit, (Remove, Clear)) for edit in turn.reading.edits) and not _names_food(turn)
    return names_only_ordered(turn) or (nameless and not _TAKES_AWAY.search(turn.lower))


def _names_food(turn: Turn) -> bool:
    return any(_named(turn.lower, item.names) for item in turn.house.menu.items)


def names_ordered(turn: Turn) -> bool:
    """Whether the words name a dish that is in the order."""
    by_id = turn.house.menu.by_id
    return any(_named(turn.lower, by_id[line.item].names) for line in turn.lines if line.item in by_id)


def is_content(turn: Turn) -> bool:
    """ "All good", "that's fine": to "anything else?" it says no more than a no would."""
    return _CONTENT.fullmatch(turn.lower) is not None


def refuses_more(turn: Turn) -> bool:
    """Whether "anything else?" is answered with a no and its reason ("no, I'm only feeding myself")."""
    open_question = turn.conversation.expecting is None and not turn.conversation.checkout
    no = declines_more(turn.lower)
    return bool(turn.lines) and open_question and no and not turn.reading.edits and not turn.reading.question


def declines_more(text: str) -> bool:
    """Whether lower-case words refuse something that they do not name, and object to nothing."""
    return _NO_MORE.search(text) is not None and _NOT_RIGHT.search(text) is None


def only_implied(turn: Turn) -> bool:
    """Whether the words, read as an order, name dishes by a modifier alone though they order nothing: "who won the
    cup?", or "make it large" before anything is ordered."""
    edits = turn.reading.edits
    if not edits or not (_QUESTION.search(turn.lower) or (not turn.lines and _REFERS.search(turn.lower))):
        return False
    by_id = turn.house.menu.by_id
    marks = {word for item in turn.house.menu.items for mark in item.diet for word in (mark, f"{mark}s")}
    words = [word for word in re.findall(r"\w+", turn.lower) if word not in marks]  # "vegetarians" is no veggie burger
    return all(isinstance(edit, Add) and not _resembles(words, by_id[edit.line.item].names) for edit in edits)


def _resembles(words: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a word is one of the names' words, or nearly one."""
    own = {word for name in names for word in re.findall(r"\w{3,}", name.lower())} - {"the", "and", "with", "for"}
    return any(get_close_matches(word, own, 1, 0.75) for word in words if len(word) > 2)


def _names_several_values(turn: Turn, question: Question) -> bool:
    """Whether the choices differ in a modifier only: the line is taken as it is and its gap is asked about."""
    first, *others = question.choices
    items = [edit.line.item for edit in first.edits if isinstance(edit, Add)]
    return bool(items) and all(
        items == [edit.line.item for edit in choice.edits if isinstance(edit, Add)] for choice in others
    )


def answer_choice(turn: Turn) -> bool:
    """An answer to the parser's question: one of its choices by name, number or order."""
    pending = turn.conversation.pending
    choices: list[dict[str, Any]] = pending.get("choices", [])
    labels = [str(choice["label"]) for choice in choices]
    picked = pick(turn.lower, labels)
    told = turn.reading.edits
    offered = {e["line"]["item"] for c in choices for e in c["edits"] if "line" in e}
    more = len(told) > 1 or any(isinstance(e, Add) and (e.line.quantity > 1 or e.line.options) for e in told)
    if more and all(isinstance(e, Add) and e.line.item in offered for e in told):  # "two of them large, one small"
        turn.expect(None)
        if len(told) == 1 and isinstance(told[0], Add) and told[0].line.quantity == 1:
            _apply(turn, _with_options(choices, told[0].line))
        else:
            change(turn)
        return True
    if picked is None and choices and turn.says_no():
        turn.expect(None)
        turn.plan.say("ok")
        return True
    if picked is None and len(choices) == 1 and turn.says_yes():
        picked = 0
    if picked is None:
        # Something else was said: the question stands once more, then it is let go.
        if pending.get("again"):
            turn.expect(None)
            turn.plan.say("choice_dropped")
        else:
            turn.expect("choice", **pending, again=True)
        return False
    edits = choices[picked]["edits"]
    turn.expect(None)
    _apply(turn, [edit_from_json(edit) for edit in edits])
    return True


def _with_options(choices: Sequence[dict[str, Any]], said: Line) -> list[Edit]:
    """The choice of the item that was said, as many as were wanted, with the options said now."""
    choice = next(c for c in choices if any(e.get("line", {}).get("item") == said.item for e in c["edits"]))
    edits = [edit_from_json(edit) for edit in choice["edits"]]
    groups = {option.group for option in said.options}
    return [
        Add(replace(e.line, options=(*(o for o in e.line.options if o.group not in groups), *said.options)))
        if isinstance(e, Add) and e.line.item == said.item
        else e
        for e in edits
    ]


def answer_option(turn: Turn) -> bool:
    """An answer to "What size?" for one line."""
    gap = open_gap(turn)
    if gap is None:
        turn.expect(None)
        return False
    if _ASKS_BACK.search(turn.lower):  # they are listed with the question
        return True
    if _ASKS_ABOUT.search(turn.lower):  # "how big is the small?" chooses none
        return not (turn.said.intent.startswith("ask_") and turn.said.confidence >= _SURE_ANSWER)
    said = [value for value in gap.choices if _named(turn.lower, value.names)]
    value = said[0] if said else None
    several = len(said) > 1
    if several and _CORRECTS.search(turn.lower) and len(turn.lower.split()) <= _FEW_WORDS:  # "small, no, medium"
        value, several = max(said, key=lambda each: _last_place(turn.lower, each.names)), False
        return _fill(turn, gap, value)
    if not said and (described := _described(turn.lower, gap) or _as_before(turn, gap)):
        return _fill(turn, gap, described)
    if value is None and gap.choices and _ANY.search(turn.lower):
        value = gap.choices[0]
    edits = turn.reading.edits if value or turn.reading.confidence >= _SURE_ANSWER else ()
    if value is None and not edits:
        picked = pick(turn.lower, [choice.title for choice in gap.choices])
        value = gap.choices[picked] if picked is not None else None
    left_out = turn.reading.unknown or turn.reading.unfit
    if edits and (several or value is None or left_out or len(turn.lower.split()) > 3):
        change(turn)
        return True
    return value is not None and _fill(turn, gap, value)


def _described(text: str, gap: Gap) -> Value | None:
    """The choice that words describe by its place among the others: "the biggest you do", "the middle one", "the usual"."""
    by_price = sorted(gap.choices, key=lambda value: value.price_cents)
    if _NORMAL.search(text):
        usual = next((value for value in gap.choices if {"regular", "medium", "standard"} & set(value.names)), None)
        return next((value for value in gap.choices if value.id == gap.group.default), usual)
    if len({value.price_cents for value in by_price}) < 2:
        return None
    if _SMALLEST.search(text):
        return by_price[0]
    if _BIGGEST.search(text):
        return by_price[-1]
    return by_price[len(by_price) // 2] if _MIDDLE.search(text) and len(by_price) % 2 else None


def _as_before(turn: Turn, gap: Gap) -> Value | None:
    """ "The same size": the choice of the newest line that has one, in the order or as it was."""
    if not _SAME.search(turn.lower):
        return None
    lines = [line for priced in turn.cart.history for line in (p.line for p in priced)] + turn.lines
    chosen = (option for line in reversed(lines) for option in line.options if option.group == gap.group.id)
    return next((gap.group.by_id[option.value] for option in chosen), None)


def _fill(turn: Turn, gap: Gap, value: Value) -> bool:
    drop = ((gap.group.id, gap.of.id),) if gap.of else ()
    amount = next((o.amount for o in turn.lines[gap.index].options if gap.of and o.value == gap.of.id), "regular")
    _apply(turn, [Change(gap.index, put=(Option(gap.group.id, value.id, amount),), drop=drop)])
    return True


def answer_check(turn: Turn) -> bool:
    """ "Did I get that right?" after an uncertain reading."""
    turn.expect(None)
    if closes(turn):
        return False
    if turn.says_no():
        _apply(turn, [Undo()], quiet=True)
        if turn.order is not None and turn.reread().edits:
            change(turn)
        else:
            turn.plan.say("check_wrong")
        return True
    if turn.says_yes() and not turn.reading.edits:
        turn.plan.say("anything_else")
        turn.plan.offer(["That's all", "Show my order"])
        turn.settled = not turn.conversation.checkout
        return True
    return False


def ask_open(turn: Turn) -> bool:
    """Put the open question about the order's lines; whether there is one."""
    if turn.conversation.expecting == "choice":
        ask_choice(turn)
    if turn.conversation.expecting in ("choice", "check", "cancel", "drop"):
        return True
    gap = open_gap(turn)
    if gap is not None:
        ask_gap(turn, gap)
    elif turn.conversation.expecting == "option":
        turn.expect(None)
    return gap is not None


def _goes_on(turn: Turn) -> bool:
    """Whether other questions follow anyway."""
    return turn.conversation.checkout or bool(turn.conversation.booking)


def open_gap(turn: Turn) -> Gap | None:
    return first_gap(turn.lines, turn.shelf()) if turn.lines else None


def ask_gap(turn: Turn, gap: Gap) -> None:
    item = turn.house.menu.by_id[turn.lines[gap.index].item].title
    titles = [value.title for value in gap.choices]
    choices = listed(titles, "or")
    if gap.of:
        turn.plan.say("which_of", value=gap.of.title, item=item, choices=choices)
    elif gap.group.least > 1:
        line = turn.lines[gap.index]
        chosen = [gap.group.by_id[option.value].title for option in line.options if option.group == gap.group.id]
        if chosen:
            turn.plan.say("which_other", item=item, chosen=listed(chosen), choices=choices)
        else:
            turn.plan.say("which_several", item=item, group=_counted(gap), choices=choices)
    else:
        turn.plan.say("which_option", group=gap.group.title, item=item, choices=choices)
    turn.plan.offer(titles[:8])
    turn.expect("option", line=gap.index, group=gap.group.id)


def _counted(gap: Gap) -> str:
    """ "2 sauces"; a title that says how many, "two pizzas", as it is."""
    title = gap.group.title
    return title if title.split()[0].lower() in _NUMBERS else f"{gap.group.least} {title}"


def lines_in_words(turn: Turn, order: Order) -> str:
    return listed([describe(line, turn.house.menu) for line in order.wanted])


def lines_in_list(turn: Turn, order: Order) -> str:
    return "".join(f"\n- {describe(line, turn.house.menu)}" for line in order.wanted)


def totals_in_words(turn: Turn, order: Order) -> str:
    totals = order.totals(turn.place)
    currency = turn.house.menu.currency
    fee = f"delivery {money(totals.delivery_cents, currency)}, " if totals.delivery_cents else ""
    if turn.place is None:
        return f"That is {money(totals.subtotal_cents, currency)} before tax."
    return f"The total is {money(totals.total_cents, currency)} ({fee}tax {money(totals.tax_cents, currency)})."


def _apply(turn: Turn, edits: Sequence[Edit], *, quiet: bool = False, last: bool = True) -> None:
    """Change the order and say what changed.

    Raises:
        Refused: nothing was changed.
    """
    fresh = turn.order is None and turn.placed is not None and turn.placed.status != "cancelled"
    before = turn.cart
    after = before.edited(edits, turn.shelf())
    turn.order = after
    if turn.conversation.expecting != "choice":
        turn.conversation.expecting = None
    if quiet:
        return
    if fresh and turn.placed:
        turn.plan.say("new_order", number=turn.placed.number)
    if not after.lines:
        turn.plan.say("cleared")
        turn.conversation.checkout = False
        turn.settled = True
        return
    added = [edit.line for edit in edits if isinstance(edit, Add)]
    changed = [line for line in after.wanted if line not in before.wanted and line not in added]
    words = " ".join(dict.fromkeys(_edit_in_words(edit, before, changed, turn) for edit in edits))
    subtotal = money(after.totals(None).subtotal_cents, turn.house.menu.currency)
    turn.plan.say("changed", changes=words, subtotal=subtotal)
    if turn.conversation.allergies:
        named = allergens.allergens_named(turn.conversation.allergies.lower(), turn.house.menu)
        allergens.warn(turn, [line for line in after.wanted if line not in before.wanted], named)
    if last:
        _ask_on(turn)


def _ask_on(turn: Turn) -> None:
    """ "Anything else?", when nothing else is open."""
    if turn.conversation.expecting is None and not _goes_on(turn) and open_gap(turn) is None:
        turn.plan.say("anything_else")
        turn.plan.offer(["That's all", "Show my order"])


def _edit_in_words(edit: Edit, before: Order, changed: Sequence[Line], turn: Turn) -> str:
    menu = turn.house.menu
    if isinstance(edit, Add):
        return f"Added {describe(edit.line, menu)}."
    if isinstance(edit, Undo):
        return "I took the last change back."
    if isinstance(edit, Clear):
        return "I emptied your order."
    title = menu.by_id[before.wanted[edit.target].item].title
    if isinstance(edit, Remove):
        left = before.wanted[edit.target].quantity - edit.quantity if edit.quantity is not None else 0
        return f"Removed {edit.quantity} × {title}." if left > 0 else f"Removed the {title}."
    if isinstance(edit, Replace):
        return f"Swapped the {title} for {describe(edit.line, menu)}."
    if not changed and edit.quantity == 0:
        return f"Removed the {title}."
    return f"Now {listed([describe(line, menu) for line in changed])}." if changed else f"The {title} stays as it is."


def _put_question(turn: Turn, question: Question, applied: Sequence[Edit]) -> None:
    """Ask, and keep with each choice the edits that are not made yet."""
    choices = [
        {"label": choice.label, "edits": [edit_as_json(edit) for edit in choice.edits if edit not in applied]}
        for choice in question.choices
    ]
    turn.expect("choice", text=question.text, choices=choices)
    ask_choice(turn)


def ask_choice(turn: Turn) -> None:
    pending = turn.conversation.pending
    turn.plan.say("question", sentence=pending["text"])
    labels = [choice["label"] for choice in pending["choices"]]
    turn.plan.offer(["Yes", "No"] if labels == ["yes"] else labels[:8])
    turn.settled = True


def pick(text: str, labels: Sequence[str]) -> int | None:
    """Which label the words name: fully, by words that no other label has, or by its place in the list."""
    full = [index for index, label in enumerate(labels) if _named(text, [label.lower()])]
    if len(full) == 1:
        return full[0]
    words = [set(re.findall(r"\w+", label.lower())) for label in labels]
    said = set(re.findall(r"\w+", text))
    own = [
        index
        for index, mine in enumerate(words)
        if said & mine - set().union(*(other for at, other in enumerate(words) if at != index))
    ]
    if len(own) == 1:
        return own[0]
    if len(labels) < 2 or _TAKES_AWAY.search(text):  # "remove the first one" speaks of the order
        return None
    for index, (ordinal, number) in enumerate(_ORDINALS[: len(labels)]):
        # "the spicy one" and "two of those" name no place in the list.
        if re.search(rf"\b({ordinal})\b|^(number |option |no\.? ?|the )?({number})( please)?[.!]*$", text):
            return index
    if re.search(r"\b(last|latter)\b", text) and labels:
        return len(labels) - 1
    return None


def _last_place(text: str, names: Sequence[str]) -> int:
    return max(text.rfind(name) for name in names)


def _named(text: str, names: Sequence[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names)


def later(turn: Turn) -> None:
    """ "Maybe a tiramisu later": nothing yet."""
    turn.plan.say("ok")


HANDLERS = {"order": change, "later": later}
ANSWERS = {"choice": answer_choice, "option": answer_option, "check": answer_check}
