"""One phone call as a state machine: sound, keys and marks go in, commands come out; no sockets, threads or clocks.

Time is the caller's own audio, so a call behaves the same at any speed. What the bot says goes out in pieces, each
with a mark; only a piece whose mark came back was heard. When the caller speaks, what waits is cleared; when that was
a cough, noise or an "uh-huh", the bot goes on with the first piece that was not heard.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bot.core import spoken
from bot.core.guest_details import find_name, find_phone
from bot.core.turn import agrees
from bot.phone import keypad
from bot.phone.dictation import COMPLETE, dictated, is_address, written_address
from bot.phone.endpointing import BARGE_IN_MS, START_MS, Endpointer, Event, kind_of, patience_ms
from bot.phone.vad import WINDOW_MS

CALLBACK = "callback"  # what a call expects when a person shall ring back
NO_NAME = "Guest"
_UNCLEAR = 0.6  # confidence below which the caller is asked to say it again
_UNCLEAR_OTHERWISE = {"phone": 0.25, "name": 0.65, "order": 0.7, "address": 0.5}
_UNCLEAR_GRAVE, _UNCLEAR_DIGRESSION = 0.9, 0.85
# Of several dishes one is put right more easily than all are said again: confidence by how many there are.
_UNCLEAR_DISHES = {2: 0.55, 3: 0.4}
# What must not happen by mistake.
_GRAVE = re.compile(r"\b(person|human|somebody|start over|cancel|undo)\b")
_LIKELY, _POSSIBLE = 0.4, 0.05  # confidence from which on unclear words are said back: at once, and the second time
_TRIES = 4  # to understand the same words
_SURE_NUMBER = 0.8  # confidence below which a number is said back before it is taken
_MOST_OF_A_NUMBER = 7
# What is typed instead of said; a question with a few answers tells the key of each.
_TYPED = {
    "phone": "Please type the number on your keys.",
    "confirm": "Please press one for yes, or two for no.",
    "people": "Please type how many people you are.",
    "time": "Type hour and minutes on your keys, like seven three zero.",
    "date": "Type month and day on your keys, like one one two five.",
}
_TYPED_ALONE = ("phone", "confirm", "people")
_BAD_LINE = "I am sorry, the line is not good."
_MARKS = {name: name for name in ("phone", "name", "people", "date", "time", "confirm")} | {CALLBACK: "phone"}
_YES = re.compile(
    r"(uh |um |oh )?(yes|yeah|yep|yup|sure|ok|okay|correct|right|that's (right|correct)|go ahead|perfect|please do)"
    r"( (yes|yeah|please|thanks|thank you|that's (right|correct|fine|it)|correct|go ahead|sounds good))*"
)
_NO = re.compile(
    r"(no|nope|nah|wrong)\b( (no|nope|thanks|thank you|wait|not (that|quite|today)|nothing|it isn't|it's not|"
    r"that('s| is) (wrong|not (right|it))|(i want to )?change (it|something)))*"
)
_BACKCHANNEL = re.compile(
    r"(uh ?huh|mm ?hmm?|mhm|hm+|ah|oh|um|uh|okay|ok|right|i see|all ?right|yeah|yep|sure|got it|good|hello|hi)"
    r"( (uh ?huh|okay|ok|right|yeah|good|hello))*"
)
# "No, a lasagna" takes back what was just added; a change of it names what it changes.
_OBJECTION = re.compile(
    r"(?:(?:no|nope|sorry|wait|i (?:said|meant|want|wanted)|it's) )+"
    r"(?!(?:no|wait|okay|thanks?|that|nothing|more|yes|and|also|can|could|did|scratch|strike|make|change|add|remove|take|takeout|drop|swap|replace|cancel|"
    r"without|hold|skip|forget|pick|pickup|deliver|delivery|to|for|i'm|we're|please)\b)(?P<instead>.+)"
)
_FILLER = re.compile(r"(?!mm+ hm+$)(uh|um|er|erm|hm+|mm+)( (uh|um|er|erm|hm+|mm+))*")  # who thinks has not spoken yet
_FAREWELL = re.compile(
    r"(no|nope|bye|goodbye|good bye|that's (all|it)|that is all|nothing else|thanks|thank you|great|perfect|okay|ok)"
    r"( (no|thanks|thank you|bye|goodbye|good bye|that's (all|it)|very much|that is all|that'll be all|so much))*"
)
_SAY_AGAIN = re.compile(r"\b(again|repeat|pardon|what was that|what did you say|come again)\b")
_NUMBER_EXPECTED = {"phone", CALLBACK}


@dataclass(frozen=True)
class Timing:
    """How patient a call is; ms of the caller's audio."""

    reprompt_ms: int = 6_000
    reprompt_number_ms: int = 9_000  # people look numbers up
    farewell_ms: int = 5_000  # after the order is placed
    keypad_ms: int = 3_500  # after the last key
    recognition_ms: int = 5_000  # a transcript that takes longer is given up
    play_slack_ms: int = 3_000  # a mark that comes so much later than its sound is lost
    longest_ms: int = 3_600_000
    reprompts: int = 2
    repeats: int = 3  # the same question so often in a row is a loop


@dataclass(frozen=True)
class Piece:
    """Something to say that is heard whole or not at all."""

    text: str
    mark: str


@dataclass(frozen=True)
class Say:
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Clear:
    """Throw away what was sent but not played."""


@dataclass(frozen=True)
class Situation:
    """What a call knows, when something is said, of what that may be.

    ``before``: what was said earlier to the same question and not understood; hearings of a number count together. ``wrong``: what was
    heard and said back, and is not what the caller meant; with a no before it, it is not what a no may mean.
    ``question``: in the bot's words; choices that it names are likelier than others. ``ordered``: ids of the dishes in
    the order, which are those that may be taken off.
    """

    before: tuple[np.ndarray, ...] = ()
    wrong: tuple[str, ...] = ()
    question: str = ""
    ordered: tuple[str, ...] = ()


NOTHING_BEFORE = Situation()


@dataclass(frozen=True)
class Recognise:
    id: int
    samples: np.ndarray
    expecting: str | None
    situation: Situation = NOTHING_BEFORE


@dataclass(frozen=True)
class Ask:
    """A turn of the dialogue with the caller's words."""

    id: int
    text: str


@dataclass(frozen=True)
class NeedPerson:
    """Put the call on the staff board; ``number`` is where to ring back, as far as it is known."""

    reason: str
    number: str | None = None


@dataclass(frozen=True)
class HangUp:
    """``transfer``: the caller goes on to a person."""

    reason: str
    transfer: bool = False


Command = Say | Clear | Recognise | Ask | NeedPerson | HangUp


@dataclass(frozen=True)
class Heard:
    """What recognition made of an utterance."""

    text: str
    confidence: float = 1.0
    decode_ms: float = 0.0
    digression: bool = False  # no answer to what was asked: an order or a table where a time was wanted
    does_without: bool = False  # the no in it takes nothing back: it is a wish ("no cheese") or to "anything else?"
    dishes: int = 0  # how many lines of an order are in it


@dataclass(frozen=True)
class Reply:
    """What the dialogue answered."""

    text: str
    expecting: str | None = None
    checkout: bool = False
    person: bool = False  # somebody of the staff must take over
    emergency: bool = False
    done: bool = False  # an order or a booking was made; the caller may go
    ordered: bool = True  # there is something in the order that could be closed
    dishes: tuple[str, ...] = ()  # ids of what is in the order
    changed: bool = False  # the turn changed what is ordered
    choices: tuple[str, ...] = ()  # answers to the question at its end, if they are few

    @property
    def mark(self) -> str:
        """Of the question at its end: order, name, phone, people, date, time, confirm or any."""
        if self.expecting is None:
            return "ask:any" if self.checkout or self.done else "ask:order"
        return f"ask:{_MARKS.get(self.expecting, 'any')}"


@dataclass
class _Sent:
    piece: Piece
    prompt: int  # of which prompt it is a piece
    index: int
    flushed: bool = False
    length_ms: float = 0.0


@dataclass
class Utterance:
    """The timeline's row of one thing that the caller said; ms of the caller's audio."""

    start_ms: int
    end_ms: int
    endpoint_ms: int  # silence waited out
    text: str = ""
    asked: str | None = None  # what the dialogue expected
    confidence: float = 0.0
    use: str = "turn"  # turn, noise, backchannel, early yes, part of a number, unclear
    stages: dict[str, float] = field(default_factory=dict)  # decode, late (recognition after the wait), dialogue, ...
    reply: str = ""


class Call:
    """Feed it with ``start``, ``hear``, ``key``, ``mark``, ``transcript``, ``reply``; carry out ``commands``."""

    def __init__(
        self,
        greeting: Reply,
        *,
        transfer: bool = False,
        number: str | None = None,
        timing: Timing | None = None,
        menu: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """``transfer``: a person can be put through; ``number``: the caller's own, where it is known; ``menu``: ids of
        dishes with all their names, the title first, for callers who have to spell them on their keys."""
        self.commands: list[Command] = []
        self.timing = timing or Timing()
        self.utterances: list[Utterance] = []
        self.events: list[dict[str, Any]] = []  # bot speech, barge-ins, keys: for the call's picture
        self.over = False
        self.expecting: str | None = None
        self._greeting, self._transfer, self._number = greeting, transfer, number
        self._menu = menu or {}
        self._end = Endpointer()
        self._done = False
        self._ordered, self._dishes = greeting.ordered, greeting.dishes
        self._prompt: list[Piece] = []
        self._question = ""  # the last piece of the newest answer: what a silent caller is asked again
        self._prompt_id = 0
        self._heard = 0  # pieces of the prompt that were played
        self._sent: deque[_Sent] = deque()
        self._ends_ms = 0.0  # when all that was sent should have been played
        self._interrupted = False
        self._ids = 0
        self._recognising: int | None = None
        self._found: Heard | None = None
        self._thinking: int | None = None
        self._waiting_texts: list[str] = []
        self._quiet_since = 0
        self._reprompts = 0
        self._unclear = 0  # times in a row that something was not understood
        self._one_dish = False  # after that, the name of one dish was asked for
        self._sound: np.ndarray | None = None  # of the utterance being recognised
        self._not_understood: list[np.ndarray] = []
        self._failures = 0
        self._last_reply = ""
        self._repeats = 0
        self._at_name = 0  # times that something was said when the name was asked for
        self._breaths: list[str] = []  # of a phone number that is not complete yet
        self._surest = 1.0  # confidence of the unsurest of them
        self._checking: str | None = None  # a number that the caller was asked about: is it right?
        self._said_back: str | None = None  # … or words
        self._wrong: list[str] = []  # what was said back since the last turn that led on, and was not meant
        self._contradicted: list[str] = []  # what was added and, by a no, taken back
        self._misheard_twice = False  # the next answer is that it was taken back: then the dish is typed
        self._changed_by = ""  # the words that changed the order in the last turn
        self._asked_text = ""  # of the last turn
        self._last_number = ""  # that the dialogue was told
        self._checkout = greeting.checkout
        self._mending = False  # what was read back is not right, and is being changed
        self._keys = ""
        self._last_key_ms = 0
        self._choices: dict[str, str] = {}  # what keys are for, in their order, and the words that each stands for
        self._spelling = False  # the letters of a dish are typed
        self._bad_line = False  # keys were needed: they are asked for sooner
        self._leaving: HangUp | None = None

    # What comes in

    @property
    def now_ms(self) -> int:
        return self._end.now_ms

    @property
    def _listens_for(self) -> str | None:
        if self._checking is not None or self._said_back is not None:
            return "confirm"
        if self._one_dish:
            return "dish"
        if self._mending or self.expecting == "confirm":
            what = "mend" if self._mending else "confirm"
            return what if self._checkout else f"{what} table"
        return "start" if self.expecting is None and not self._ordered else self.expecting

    @property
    def speaking(self) -> bool:
        """Whether something that was sent has not been played yet, as far as marks tell."""
        return any(not sent.flushed for sent in self._sent)

    def start(self) -> None:
        self._answer(self._greeting)

    def hear(self, window: np.ndarray, probability: float) -> None:
        """The next 32 ms of the caller's sound."""
        if self.over:
            return
        event = self._end.hear(window, probability, BARGE_IN_MS if self.speaking else START_MS)
        if self.now_ms > self.timing.longest_ms and not self._leaving:
            self.give_up("too long")
        if event is Event.STARTED:
            self._begins()
        elif event is Event.RESUMED:
            self._recognising = self._found = None
        elif event is Event.PAUSED:
            self._recognise()
        if self._end.speaking:
            self._maybe_ended(too_long=event is Event.TOO_LONG)
        else:
            self._watch()

    def key(self, digit: str) -> None:
        """A key of the caller's phone."""
        if self.over or digit not in "0123456789*#":
            return
        self._note("key", digit=digit)
        if self._said_back is None:
            self._understood()
        self._stop_talking()
        self._last_key_ms = self.now_ms
        self._quiet_since, self._reprompts = self.now_ms, 0
        if digit == "*":
            self._keys = ""
            self._breaths.clear()
        elif digit == "#":
            self._keys_done()
        elif len(self._keys) < 20:
            self._keys += digit
            if self._said_back is not None and self._keys in ("1", "2"):
                self._keys_done()
            elif self._spelling:
                if self._keys == "1" or len(self._keys) == keypad.LETTERS:
                    self._keys_done()
            elif self.expecting in _NUMBER_EXPECTED and len(self._keys) == COMPLETE and not self._keys.startswith("1"):
                self._keys_done()
            elif self.expecting in _NUMBER_EXPECTED and len(self._keys) > COMPLETE:
                self._keys_done()

    def mark(self, name: str) -> None:
        """A mark came back: its piece was played, unless it had been cleared."""
        if all(sent.piece.mark != name for sent in self._sent):
            return
        while True:
            sent = self._sent.popleft()
            if sent.piece.mark == name:
                break
        if sent.flushed or self.over:
            return
        if sent.prompt == self._prompt_id:
            self._heard = max(self._heard, sent.index + 1)
        if not self.speaking:
            self._quiet_since = self.now_ms
            if self._leaving:
                self._hang_up()

    def spoken(self, mark: str, length_ms: float) -> None:
        """The sound of a piece was sent; it will take that long to play."""
        self._ends_ms = max(self._ends_ms, self.now_ms) + length_ms
        for sent in self._sent:
            if sent.piece.mark == mark and not sent.length_ms:
                sent.length_ms = length_ms
                break
        self._note("bot", length_ms=length_ms, mark=mark)

    def dropped(self, mark: str) -> None:
        """A piece was cleared before any of it was sent: its mark will never come back."""
        for sent in self._sent:
            if sent.piece.mark == mark and not sent.length_ms:
                self._sent.remove(sent)
                return

    def transcript(self, id: int, heard: Heard) -> None:
        """Recognition's answer to ``Recognise``; one that was overtaken by further speech is ignored."""
        if id == self._recognising and not self.over:
            self._found = heard
            self._maybe_ended()

    def reply(self, id: int, reply: Reply) -> None:
        """The dialogue's answer to ``Ask``."""
        if id != self._thinking or self.over:
            return
        self._thinking = None
        if self._waiting_texts:
            # The caller went on before the answer came: what they said last counts.
            self._apply(reply)
            self._ask(" ".join(self._waiting_texts))
            self._waiting_texts.clear()
            return
        self._answer(reply)

    def failed(self, id: int) -> None:
        """The dialogue could not answer; nothing was changed."""
        if id == self._thinking and not self.over:
            self._thinking = None
            self._waiting_texts.clear()
            self._failures += 1
            if self._failures >= self.timing.repeats:
                self._need_person("the assistant did not work")
            else:
                self._say(["Sorry, something went wrong on our side.", "Please say that again."], self._mark("again"))

    def give_up(self, reason: str) -> None:
        """End the call for a reason of the line's: shut down, too long, no voice."""
        if not self.over:
            self._leave(["I have to end this call now.", "Please call again."], HangUp(reason))

    # The caller speaks

    def _begins(self) -> None:
        self._recognising = self._found = None
        if self.speaking:
            self._note("barge-in")
            self._stop_talking()

    def _stop_talking(self) -> None:
        if self.speaking and not self._leaving:
            for sent in self._sent:
                sent.flushed = True
            self._ends_ms = self.now_ms
            self._interrupted = True
            self.commands.append(Clear())

    def _recognise(self) -> None:
        self._ids += 1
        self._recognising, self._found = self._ids, None
        self._sound = self._end.utterance()
        if self._said_back is not None:  # a yes or a no
            self.commands.append(Recognise(self._ids, self._sound, self._listens_for))
            return
        wrong = (*self._contradicted, *self._wrong, *([f"no {self._changed_by}"] if self._changed_by else []))
        situation = Situation(tuple(self._not_understood), wrong, self._question, self._dishes)
        self.commands.append(Recognise(self._ids, self._sound, self._listens_for, situation))

    def _maybe_ended(self, too_long: bool = False) -> None:
        silence = self._end.silence_ms
        if too_long:
            if self._recognising is None:
                self._recognise()
            silence = self.timing.recognition_ms if self._found is None else silence
        elif self._recognising is None:
            return
        if self._found is None:
            if silence < self.timing.recognition_ms + 2000:
                return
            self._found = Heard("", 0.0)
        text = self._found.text if self._found else None
        patience = patience_ms(self._listens_for, text, tuple(self._breaths))
        if not too_long and silence < patience:
            return
        found, self._found, self._recognising = self._found, None, None
        row = Utterance(
            self._end.start_ms, self._end.last_speech_ms, min(silence, patience), found.text, self._listens_for
        )
        row.confidence = found.confidence
        row.stages["decode"] = found.decode_ms
        row.stages["late"] = max(0, silence - patience - WINDOW_MS)
        self._end.close()
        self.utterances.append(row)
        self._quiet_since = self.now_ms if found.text else self._quiet_since
        self._took(found, row)

    def _took(self, heard: Heard, row: Utterance) -> None:
        """What an utterance means for the call; most become a turn of the dialogue."""
        text = heard.text.strip()
        unheard = self._heard < len(self._prompt)
        if self._leaving:
            row.use = "noise"
            return
        if not text or _FILLER.fullmatch(text):
            row.use = "noise"
            if self._interrupted and unheard:
                self._resume()
            return
        kind = kind_of(self._listens_for)
        if self._interrupted and unheard and _BACKCHANNEL.fullmatch(text) and self._heard < len(self._prompt) - 1:
            row.use = "backchannel"
            self._resume()
            return
        if (
            kind == "confirm"
            and unheard
            and self._prompt
            and (_YES.fullmatch(text) or (agrees(text) and not heard.dishes))
        ):
            # Nobody confirms what they have not heard.
            row.use = "early yes"
            self._resume()
            return
        sure = heard.confidence
        if kind == "name" and sure < _UNCLEAR_GRAVE and (find_name(text) is None or dictated([text])):
            sure = 0.0
        self._at_name = self._at_name + 1 if self.expecting == "name" else 0
        if self._at_name > 2 and find_name(text) is None:
            self._understood()
            self._ask(NO_NAME, row)  # no order fails for its name: the number tells whose it is
            return
        if self._said_back is not None:
            if self._words_checked(text, sure, row):
                return
        elif sure < max(_UNCLEAR_DIGRESSION * heard.digression, self._sure_enough(kind, heard)):
            self._asks_again(kind, text, sure, row)
            return
        self._understood()
        self._reprompts = 0
        if self._checking is not None and self._checked(text, row):
            return
        if self.expecting in _NUMBER_EXPECTED and self._takes_digits(text, row, heard.confidence):
            return
        if self._done and _FAREWELL.fullmatch(text):
            self._leave(["Thank you for calling.", "Goodbye!"], HangUp("done"))
            return
        if (self._mending or self.expecting == "confirm") and len(dictated([text])) >= _MOST_OF_A_NUMBER:
            self._takes_number_instead(dictated([text]), sure, row)
            return
        objection = _OBJECTION.fullmatch(text)
        if kind == "order" and self._changed_by and objection and not heard.does_without:
            self._contradicted.append(self._changed_by)
            self._ask("undo that", row)
            if len(self._contradicted) > 1 and self._menu:
                self._misheard_twice = True
            else:
                self._waiting_texts.append(objection["instead"])
            return
        self._contradicted.clear()
        self._ask(written_address(text) if kind == "address" or is_address(text) else text, row)

    def _sure_enough(self, kind: str, heard: Heard) -> float:
        """Confidence from which on words are taken."""
        if _GRAVE.search(heard.text):
            return _UNCLEAR_GRAVE
        enough = _UNCLEAR_OTHERWISE.get(kind, _UNCLEAR)
        return min(enough, _UNCLEAR_DISHES[min(heard.dishes, 3)]) if kind == "order" and heard.dishes > 1 else enough

    def _asks_again(self, kind: str, text: str, sure: float, row: Utterance) -> None:
        """Have something unclear said again or typed, or say it back; at last there is a person."""
        row.use = "unclear"
        if kind == "confirm" and self._heard < len(self._prompt) and self._interrupted:
            self._resume()  # they talked into what is to be confirmed: it is read on
            return
        if kind == "name" and self._unclear:
            self._understood()
            self._ask(NO_NAME, row)  # no order fails for its name: the number tells whose it is
            return
        self._unclear += 1
        if self._sound is not None:
            self._not_understood.append(self._sound)
        typed = kind == "phone" or (kind == "confirm" and bool(_YES.fullmatch(text) or _NO.fullmatch(text)))
        orders = self._listens_for in (None, "start", "dish")
        # An address is said back rather than again: the streets of the neighbourhood are many, and alike.
        likely = _POSSIBLE if kind == "address" else _LIKELY
        if self._unclear > (2 if typed else _TRIES):
            self._understood()
            self._need_person("could not be understood")
        elif not typed and kind != "name" and sure >= likely:
            self._said_back = text
            self._say([f"I heard: {text}.", "Is that right? Yes or no, or press one or two."], self._mark("check"))
        elif self._unclear == 1 and not self._bad_line:
            self._say(["Sorry, I did not catch that.", "Could you say it again?"], self._mark("again"))
        elif typed or kind == "confirm":
            self._say([_BAD_LINE, _TYPED[kind]], self._mark("keys"))
        elif orders and not self._one_dish and not self._bad_line:
            self._one_dish = True
            self._say([_BAD_LINE, f"Say just one dish, or: {self._instead_of_dishes}."], self._mark("dish"))
        elif not self._has_typed():
            self._one_dish = False  # it may be none: whatever they want is listened for again
            self._say([_BAD_LINE, "Once more, please?"], self._mark("again"))

    @property
    def _instead_of_dishes(self) -> str:
        return "that's all" if self._ordered else "a table"

    def _has_typed(self, lead: str = _BAD_LINE) -> bool:
        """Whether the answer to the open question can be typed; then that is what the caller is asked for."""
        how = []
        spelling = bool(self._menu) and self._listens_for in (None, "start", "dish", "mend")
        if spelling:
            how.append(f"Type the first four letters of the dish on your keys, or one for {self._instead_of_dishes}.")
        elif self.expecting in _TYPED:
            how.append(_TYPED[self.expecting])
        if self._choices and not spelling and self.expecting not in _TYPED_ALONE:
            how.append(keypad.menu_of(tuple(self._choices)))
        if how:
            self._bad_line, self._one_dish = True, False
            self._say([lead, *how], self._mark("keys"))
            self._spelling = spelling
        return bool(how)

    def _words_checked(self, text: str, sure: float, row: Utterance) -> bool:
        """Whether the words say that those said back are right, or that they are not."""
        words = self._said_back
        assert words is not None
        answers = _YES.fullmatch(text) or _NO.fullmatch(text)
        if sure < (_UNCLEAR if answers else _UNCLEAR_DIGRESSION):
            row.use = "unclear"
            self._say([f"I heard: {words}.", _TYPED["confirm"]], self._mark("check"))
        elif _YES.fullmatch(text):
            self._words_right(row)
        elif _NO.fullmatch(text):
            self._words_wrong()
        else:
            self._said_back = None
            self._wrong.append(words)
            return False
        return True

    def _words_right(self, row: Utterance | None = None) -> None:
        words, self._said_back = self._said_back or "", None
        address = kind_of(self.expecting) == "address" or is_address(words)
        self._understood()
        self._ask(written_address(words) if address else words, row)

    def _words_wrong(self) -> None:
        self._wrong.append(self._said_back or "")
        self._said_back = None
        if not (len(self._wrong) > 1 or self._bad_line) or not self._has_typed("Sorry."):
            self._say(["Sorry.", "Once more, please?"], self._mark("again"))

    def _takes_number_instead(self, number: str, sure: float, row: Utterance) -> None:
        """Another number than the one read back, if it is sure; one that was misheard once is better typed."""
        if len(number) == COMPLETE and number != self._last_number and sure >= _SURE_NUMBER:
            self._number_said(number, row)
        else:
            row.use = "number to be typed"
            self._say(["I am sorry.", _TYPED["phone"]], "keys:phone")

    def _understood(self) -> None:
        self._unclear, self._one_dish = 0, False
        self._not_understood.clear()

    def _takes_digits(self, text: str, row: Utterance, confidence: float) -> bool:
        """Put a number together over several breaths; whether that is all there is to do with the words."""
        number = dictated([*self._breaths, text])
        alone = dictated([text])
        if not alone:
            return False
        if len(number) < COMPLETE and len(number) < 3 and not self._breaths and len(text.split()) > 4:
            return False  # "two more of those": no number
        self._surest = min(confidence, self._surest if self._breaths else 1.0)
        self._breaths.append(text)
        if len(number) < COMPLETE:
            row.use = "part of a number"
            if len(self._breaths) >= 5:
                self._breaths.clear()
                self._say(["Let us start again.", "The whole number, please, or type it on your keys."], self._mark())
            else:
                self._say([f"{spoken.digits(alone)}. Go on."], self._mark())
            return True
        self._breaths.clear()
        if self._surest < _SURE_NUMBER:
            row.use = "number to be checked"
            self._checking = number
            self._say(
                [f"I have {spoken.phone(number)}.", "Is that right? Yes or no, or press one or two."], "check:phone"
            )
        else:
            self._number_said(number, row)
        return True

    def _checked(self, text: str, row: Utterance | None = None) -> bool:
        """Whether the words say that the number is right, or that it is not."""
        number, self._checking = self._checking, None
        if number is not None and _YES.fullmatch(text):
            self._number_said(number, row)
        elif _NO.match(text) and not dictated([text]):
            self._say(["Sorry.", _TYPED["phone"]], "keys:phone")
        else:
            return False
        return True

    def _number_said(self, number: str, row: Utterance | None = None) -> None:
        grouped = f"{number[:3]} {number[3:6]} {number[6:]}"
        self._last_number = number
        if self.expecting == CALLBACK:
            self._number = find_phone(grouped)
            if self._number is None:
                self._say(["That number is not complete.", "With the area code, please."], "ask:phone")
            else:
                self._promise_callback()
            return
        self._ask(grouped, row)

    # Keys

    def _keys_done(self) -> None:
        keys, self._keys = self._keys, ""
        if self._said_back is not None and keys in ("1", "2"):
            self._words_right() if keys == "1" else self._words_wrong()
            return
        self._said_back = None
        if self._checking is not None and keys in ("1", "2") and self._checked("yes" if keys == "1" else "no"):
            return
        self._checking = None
        if self.expecting == "name":
            self._ask(NO_NAME)  # letters cannot be typed: a key leaves the name out
            return
        if not keys:
            return
        if self._spelling and keys != "0":
            self._spelled(keys)
        elif len(keys) >= 7 or self.expecting in _NUMBER_EXPECTED:
            if len(keys) == COMPLETE + 1 and keys.startswith("1"):
                keys = keys[1:]
            if len(keys) != COMPLETE:
                self._say(["That number is not complete.", "Please type it with the area code."], self._mark())
            else:
                self._number_said(keys)
        elif keys == "0":
            self._ask("a person please")
        elif kind_of(self.expecting) == "confirm" and keys in ("1", "2"):
            if keys == "1" and self.expecting == "confirm" and self._heard < len(self._prompt):
                self._resume()
            else:
                self._ask("yes" if keys == "1" else "no")
        elif self.expecting not in _TYPED_ALONE and 1 <= int(keys) <= len(self._choices):
            self._ask(list(self._choices.values())[int(keys) - 1])
        else:
            self._ask(keypad.moment_of(keys, self.expecting or "") or keys)

    def _spelled(self, keys: str) -> None:
        """The first letters of a dish, or the key that says that there is none."""
        found = keypad.spelled(keys, self._menu)
        titles = [self._menu[dish][0] for dish in found]
        if keys == "1":
            self._ask(self._instead_of_dishes)
        elif len(found) == 1 and found[0] not in self._dishes:
            self._ask(f"add one {titles[0]}")
        elif 0 < len(found) <= keypad.MOST_CHOICES:
            self._choices = {}
            for dish, title in zip(found, titles):
                ordered = dish in self._dishes
                self._choices[f"another {title}" if ordered else title] = f"add one {title}"
                self._choices |= {f"no {title}": f"remove the {title}"} if ordered else {}
            self._say([keypad.menu_of(tuple(self._choices))], self._mark("keys"))
        else:
            self._say(["No dish begins like that.", "The first four letters again, please."], self._mark("keys"))
            self._spelling = True

    # The bot speaks

    def _ask(self, text: str, row: Utterance | None = None) -> None:
        self._interrupted = False
        if self._thinking is not None:
            self._waiting_texts.append(text)
            return
        self._ids += 1
        self._thinking = self._ids
        self._asked_text = text
        if row is None:
            self.utterances.append(Utterance(self.now_ms, self.now_ms, 0, text, self.expecting, 1.0))
        self.commands.append(Ask(self._ids, text))

    def _apply(self, reply: Reply) -> None:
        self._failures = 0
        if reply.changed or reply.expecting != self.expecting or reply.ordered != self._ordered:
            self._wrong.clear()  # until then the same words are still wanted
        self._checking = self._said_back = None
        self._changed_by = self._asked_text if reply.changed else ""
        if self.expecting == "confirm":
            self._mending = reply.expecting in (None, "any") and not reply.done
        else:
            self._mending = self._mending and reply.expecting in (None, "any")
        if not self._mending:
            self._checkout = reply.checkout
        if reply.expecting != self.expecting:
            self._breaths.clear()
        self.expecting, self._done = reply.expecting, reply.done
        few = reply.expecting is not None and len(reply.choices) <= keypad.MOST_CHOICES
        self._choices = dict(zip(reply.choices, reply.choices)) if few else {}
        self._ordered, self._dishes = reply.ordered, reply.dishes

    def _answer(self, reply: Reply) -> None:
        self._apply(reply)
        misheard_twice, self._misheard_twice = self._misheard_twice, False
        if self.utterances:
            self.utterances[-1].reply = reply.text
        asked_for = _SAY_AGAIN.search(self._asked_text) is not None
        stuck = reply.text == self._last_reply and not reply.changed and not asked_for
        self._repeats = self._repeats + 1 if stuck else 0
        self._last_reply = reply.text
        pieces = spoken.pieces(reply.text) or ["All right."]
        if reply.emergency:
            self._leave(pieces, HangUp("emergency"))
        elif reply.person:
            self._need_person("asked for a person", pieces)
        elif misheard_twice and self._has_typed("Sorry."):
            return
        elif self._repeats >= self.timing.repeats - 1:
            self._need_person("the same question again and again")
        elif self._repeats and self.expecting == "name":
            self._ask(NO_NAME)
        elif self._repeats and self.expecting is None and self._ordered:
            self._said_back = "that's all"  # the same answer twice to what was added: it may have been the end
            self._say(
                [*pieces[:-1], "Do you mean: that's all?", "Yes or no, or press one or two."], self._mark("check")
            )
        elif not (self._repeats and self.expecting is not None and self._has_typed("Sorry.")):
            if reply.done:
                pieces = [*pieces, "Is there anything else?"]
            self._question = pieces[-1]
            self._say(pieces, reply.mark)

    def _mark(self, kind: str = "ask") -> str:
        """The mark of the question that is open.

        ``again``: the last words are wanted once more; ``dish``: one dish of them; ``keys``: typed; ``still``: nothing
        was heard.
        """
        asked = self._prompt[-1].mark.partition(":")[2] if self._prompt else ""
        return f"{kind}:{asked or 'any'}"

    def _say(self, texts: list[str], last_mark: str) -> None:
        self._spelling = False
        self._prompt_id += 1
        self._prompt = [Piece(text, f"{self._prompt_id}.{at}") for at, text in enumerate(texts[:-1])]
        self._prompt.append(Piece(texts[-1], last_mark))
        self._heard = 0
        self._interrupted = False
        if self._end.speaking and not self._leaving:
            self._interrupted = True  # they talk already: it waits until that turns out to be nothing
            return
        self._send(0)

    def _resume(self) -> None:
        self._note("resume", piece=self._heard)
        self._interrupted = False
        self._send(min(self._heard, len(self._prompt) - 1))

    def _send(self, first: int) -> None:
        pieces = self._prompt[first:]
        for at, piece in enumerate(pieces, first):
            self._sent.append(_Sent(piece, self._prompt_id, at))
        self._ends_ms = max(self._ends_ms, self.now_ms)
        self._quiet_since = self.now_ms
        self.commands.append(Say(tuple(pieces)))

    # Nobody speaks

    def _watch(self) -> None:
        timing = self.timing
        if self._keys and self.now_ms - self._last_key_ms > timing.keypad_ms:
            self._keys_done()
            return
        if self.speaking:
            if self.now_ms > self._ends_ms + timing.play_slack_ms and all(
                sent.flushed or sent.length_ms for sent in self._sent
            ):
                # Its marks were lost: time goes on, but it does not count as heard.
                for sent in self._sent:
                    sent.flushed = True
                self._quiet_since = self.now_ms
            return
        if self._leaving:
            self._hang_up()
            return
        if self._thinking is not None or self._keys:
            return
        if self._interrupted and self._heard < len(self._prompt) and self.now_ms - self._quiet_since > 1500:
            self._resume()
            return
        wait = timing.reprompt_number_ms if self.expecting in _NUMBER_EXPECTED else timing.reprompt_ms
        if self._done:
            wait = timing.farewell_ms
        if self.now_ms - self._quiet_since >= wait:
            self._silent()

    def _silent(self) -> None:
        self._note("silence")
        if self._done:
            self._leave(["Thank you for calling.", "Goodbye!"], HangUp("done"))
        elif self._reprompts >= self.timing.reprompts:
            self._leave(["I cannot hear you, so I will hang up.", "Please call again. Goodbye!"], HangUp("silence"))
        else:
            self._reprompts += 1
            spelling = self._spelling
            lead = "Are you still there?" if self._reprompts == 1 else "I did not hear anything."
            tail = ["Please say the number, or type it on your keys."]
            self._say([lead, *(tail if self.expecting in _NUMBER_EXPECTED else [self._question])], self._mark("still"))
            self._spelling = spelling

    # Leaving

    def _need_person(self, reason: str, pieces: list[str] | None = None) -> None:
        lead = pieces or ["I am sorry, I do not seem to get this right.", "Let me get a person for you."]
        if self._transfer:
            self.commands.append(NeedPerson(reason, self._number))
            self._leave(lead, HangUp("transfer", transfer=True))
        elif self._number:
            self.commands.append(NeedPerson(reason, self._number))
            self._leave(
                [*lead, f"We will ring you back at {spoken.phone(self._number)}.", "Goodbye!"], HangUp("callback")
            )
        else:
            self.commands.append(NeedPerson(reason))
            self.expecting, self._checking = CALLBACK, None
            self._breaths.clear()
            self._say([*lead, "What number can we ring you back at?"], "ask:phone")

    def _promise_callback(self) -> None:
        self.commands.append(NeedPerson("rings back", self._number))
        assert self._number is not None
        texts = [f"Thank you. We will ring you back at {spoken.phone(self._number)}.", "Goodbye!"]
        self._leave(texts, HangUp("callback"))

    def _leave(self, texts: list[str], hang_up: HangUp) -> None:
        self._stop_talking()
        self._leaving = hang_up
        self._done = False
        self._say(texts, "bye")

    def _hang_up(self) -> None:
        assert self._leaving is not None
        self.over = True
        self.commands.append(self._leaving)

    def _note(self, what: str, **details: Any) -> None:
        if len(self.events) < 2000:
            self.events.append({"at_ms": self.now_ms, "what": what, **details})


def take(call: Call) -> list[Command]:
    """The commands that have come up since the last time."""
    commands, call.commands = call.commands, []
    return commands


__all__ = ["WINDOW_MS", "Call", "Heard", "Reply", "Timing", "take"]
