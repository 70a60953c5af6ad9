"""What a scripted caller makes of what the bot says back: whether that is what it wants, and what it says if not.

It goes by what it hears, the bot's words, and by what it wants, its script; of the bot's insides it knows nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.core import spoken
from bot.core.guest_details import find_type
from bot.core.order import describe
from bot.core.turn import House, agrees, refuses
from bot.core.when import wants_asap
from bot.phone import keypad
from bot.phone.certainty import content
from bot.phone.dictation import COMPLETE, dictated
from bot.phone.scenario import Move, Scenario
from nlu.order_lines import Add, Line, Option
from nlu.parser import OrderParser

READ_BACK = "read it back"
_NUMBER_READ = re.compile(
    r"\b(?:number is|phone) ((?:(?:oh|zero|one|two|three|four|five|six|seven|eight|nine)\b[ ,]*)+)"
)
_YES = re.compile(r"(yes|yeah|yep|yup|aye|correct|perfect|that's (right|it|fine|correct)|1$|$)\b")
_CLOSES = re.compile(r"(no )?(that('s| is|'ll be| will be) (all|it|everything)|nothing else)\b.*|no")
_JUST = re.compile(r"(no|nope|nah),? (just|only)\b")  # what there is, and no more
_REFUSES = re.compile(r"no\b.*|not\b.*|nothing\b.*|nah|nope|don't\b.*")
_ASKS = re.compile(
    r"((hi|hello|hey|so|and|um|good (morning|afternoon|evening)),? )*(how|what|which|when|where|is|are|do|does)\b"
)
_QUOTED = re.compile(r"(I heard|Do you mean): (?P<words>.*?)[.?] (Is that right|Please press|Yes or no)")
_CHANGES = re.compile(
    r"\b(swap|change|replace|switch|instead|rather than|remove|cancel|take (off|.+ (off|away|out))|lose|drop|scrap|scratch|skip|"
    r"leave (off|out)|hold the|bump|make (it|that|the)|add .+ to|forget|get rid of|upsize|bigger|smaller|larger|not (one|two|three|four|five|six|seven|eight|nine|ten)|"
    r"(only|just) (the )?(one|two|three|four|five) \w+ not)\b|^no \w+ on\b|^(and |no |actually |hang on |wait |oh )*(only|just) (one|two|three|four|five)\b|"
    r"\bput .+ on\b|\bthe \w+ one\b"
)
_OFFERS = re.compile(r"\bWhich one would you like\b")
_CORRECTS_ITSELF = re.compile(r" (no|sorry|wait) ")
_NAMES_DISH = re.compile(r"^(added|now|swapped the .* for) ")
_COUNT = {spoken.number(count): count for count in range(1, 100)}
ONE_ANSWER = ("name", "phone", "people", "date", "time")  # questions that have one answer, whenever they are put

Dish = tuple[int, str, frozenset[str]]  # how many, its title, its options in words


class Wishes:
    """What a script's caller wants, and how it says so."""

    def __init__(self, scenario: Scenario, house: House, meek: bool = False) -> None:
        """``meek``: answers what it is asked about its own words, and objects to nothing."""
        self._house, self._moves, self.meek = house, scenario.moves, meek
        defaults = (group.by_id[group.default] for group in house.menu.groups.values() if group.default)
        self._defaults = {value.title.lower() for value in defaults}
        self._titles = {spoken.plain(item.title).lower(): item.names[0] for item in house.menu.items}
        orders, bookings = (scenario.expect.get(kind) or [{}] for kind in ("orders", "bookings"))
        self._order, self._booking = orders[0], bookings[0]
        # What is lacking and what is not wanted, by the words that were to put it right.
        self._wrong_about = ""  # what of a read-back was to be put right last
        self.still_lacking = ""  # in place of a dish that was taken off by key
        self._amiss: dict[str, tuple[Dish | None, Dish | None]] = {}
        self._lines = [_line(line) for line in self._order.get("lines") or ()]
        said = [move.words for move in self._moves if move.when == "phone" and move.words]
        keys = next((move.keys for move in self._moves if move.when == "phone" and move.keys), "")
        typed = next((move.value for move in self._moves if move.when == "phone" and move.action == "dtmf"), "")
        self.number = keys or dictated(said) or str(typed).strip("#")[-COMPLETE:]

    def contradiction(self, move: Move, answer: str, before: str = "") -> str | None:
        """What is said when the bot's answer to the order of a move names something else; None when it does not.

        ``before``: its earlier answers to the same order.
        """
        meant, named = Counter(self._ordered(move)), Counter(self._dishes(answer))
        if not meant or not named - meant or self.choice(answer):
            return None
        if len(meant) == 1:
            plain = self._in_words(next(iter(meant)))
            return f"no {plain if _CORRECTS_ITSELF.search(move.words) else move.words}"
        return f"no {self._difference(meant - (Counter(self._dishes(before)) - named), named)}"

    def forgotten(self, move: Move, answers: str) -> str | None:
        """What is said when all the bot's answers to the order of a move name only some of its dishes."""
        meant, named = Counter(self._ordered(move)), Counter(self._dishes(answers))
        if " ... " in move.words or not meant & named or not meant - named:
            return None
        return f"add {self._in_words(next(iter(meant - named)))}"

    def briefly(self, move: Move) -> str | None:
        """One dish of a move's order and no more, or what else the move wants, in few words."""
        if self.closes(move):
            return "that's all"
        if dishes := self._ordered(move):
            count, title, options = dishes[0]
            return self._in_words((count, title, frozenset(filter(self._is_size, options))))
        return "a table" if self._booking and move.when == "order" else None

    def unheard(self, move: Move, answer: str) -> bool:
        """Whether the bot's answer to an order names nothing that was ordered."""
        asks = _ASKS.match(move.words.lower())
        offered = _OFFERS.search(answer) is not None
        return bool(self._ordered(move)) and not asks and not offered and not self._dishes(answer)

    def only_agrees(self, move: Move) -> bool:
        """Whether a yes adds and changes nothing ("yes, but a garlic bread too" does)."""
        return not _CHANGES.search(move.words.lower()) and not self._meant(move.words)

    def objection(self, read_back: str) -> str | None:
        """What is wrong with the order or booking as it is read back, one thing at a time; None when it is right."""
        if READ_BACK not in read_back:
            return None
        dishes = Counter(map(self._dish, self._lines)), Counter(self._dishes(read_back))
        found = self._difference(*dishes) or self._wrong_detail(read_back)
        return f"no {found}" if found else None

    def means(self, move: Move, quoted: str) -> bool:
        """Whether what the bot says it has heard, or the number, is what was said."""
        words = _QUOTED.search(quoted)
        if words is None:
            return number_said(quoted) == self.number
        heard, said = words["words"], move.words.lower()
        if meant := self._ordered(move):
            return Counter(self._meant(heard)) == Counter(meant)
        if any(sense(heard) and sense(said) for sense in (_CLOSES.fullmatch, wants_asap)):
            return True
        if _CLOSES.fullmatch(heard) and self.closes(move):
            return True
        if wants_asap(heard) and move.when == "time":
            return bool(self._order) and not self._order.get("due")
        if find_type(heard) or find_type(said):
            return find_type(heard) == (self._order.get("type") or find_type(said))
        if _REFUSES.fullmatch(heard) and not _CHANGES.search(said):
            return _REFUSES.match(said) is not None
        return set() < set(content(heard)) <= set(content(said.replace(" pm", " p m")))

    def answer(self, question: str, asked: str) -> str | None:
        """What is said to a question that the script does not foresee, if anything."""
        if asked in ONE_ANSWER:
            return self._said_to(asked) or self._expected(asked)
        lower = question.lower()
        if "right?" in lower:
            return "yes"
        if asked == "order":
            return next((move.words for move in self._moves if self.closes(move)), None)
        if "would you like to add" in lower:
            return "no thank you"
        if "the first" in lower and "the second" in lower:
            return "the second one"
        return self.choice(question)

    def keys(self, prompt: str, asked: str, move: Move) -> str:
        """What is typed to a prompt for keys, of what was said last; nothing where none of the keys fits."""
        start = self._booking.get("start")
        lacking, unwanted = self._amiss.get(move.words.removeprefix("no "), (None, None))
        if lacking and unwanted and lacking[1:] == unwanted[1:] and lacking[0] > unwanted[0]:
            unwanted = None  # more of the same
        meant = [dish for dish in (unwanted, lacking) if dish] or self._meant(move.words) or self._ordered(move)
        if "letters" in prompt:
            if meant:
                return keypad.keys_of(meant[0][1])[: keypad.LETTERS]
            closes = any(self.closes(other) and other.words == move.words for other in (move, *self._moves))
            return "1" if closes or (self._booking and move.when == "order") else ""
        if asked == "people":
            return str(self._booking.get("people", ""))
        if asked == "date" and start:
            return f"{datetime.fromisoformat(start):%m%d}"
        if asked == "time" and (due := start or self._order.get("due")):
            return f"{datetime.fromisoformat(due):%I%M}".lstrip("0")
        if unwanted:
            wanted = [f"no {unwanted[1]}"]
            self.still_lacking = f"add {self._in_words(lacking)}" if lacking else ""
        else:
            wanted = [option for line in self._lines for option in self._dish(line)[2]]
            wanted += [named for dish in meant[:1] for named in (dish[1], f"another {dish[1]}")]
        for choice, key in re.findall(r"\bfor ([^.]+?) press (\w+)", prompt.lower()):
            if choice in wanted or self._comes_to(choice, move.words.lower()):
                return str(_COUNT[key])
        return ""

    def _comes_to(self, choice: str, said: str) -> bool:
        """Whether a choice is what was said, or what the order is to be."""
        if wants_asap(choice):
            return wants_asap(said) or (bool(self._order) and not self._order.get("due"))
        if sense := next((sense for sense in (agrees, refuses) if sense(choice)), None):
            return sense(said)
        return choice in (self._order.get("type"), f"another {self._wrong_about}") or choice in said

    def choice(self, answer: str) -> str | None:
        """The one of the choices in the question at the end that is wanted."""
        question = re.split(r"(?<=[.!]) +", answer.lower())[-1]
        wanted = [option for line in self._lines for option in self._dish(line)[2]]
        if "pick" in question and "deliver" in question and self._order.get("type"):
            return str(self._order["type"])
        return next((option for option in wanted if option and re.search(rf"\b{re.escape(option)}\b", question)), None)

    def closes(self, move: Move) -> bool:
        """Whether the move ends the order: it says so, or is the last answer to what else is wanted and names nothing."""
        if move.when != "order" or _CLOSES.fullmatch(move.words.lower()):
            return move.when == "order"
        others = [other for other in self._moves if other.when == "order"]
        ends = _JUST.match(move.words.lower()) or not self._names_dish(move.words)
        return len(others) > 1 and move == others[-1] and bool(self._lines) and bool(ends)

    def _names_dish(self, words: str) -> bool:
        reader = self._house.reader
        return isinstance(reader, OrderParser) and bool(reader.parse(words.lower()).lines)

    def _difference(self, wanted: Counter[Dish], named: Counter[Dish]) -> str | None:
        """The words that put right the first of the dishes that are not as wanted."""
        lacking, unwanted = list(wanted - named), list(named - wanted)
        words = self._put_right(lacking, unwanted)
        if words:
            self._amiss[words] = (lacking[0] if lacking else None, unwanted[0] if unwanted else None)
        return words

    def _put_right(self, lacking: Sequence[Dish], unwanted: Sequence[Dish]) -> str | None:
        same = next((dish for dish in lacking if any(dish[1] == other[1] for other in unwanted)), None)
        if same:
            return self._in_words(same)
        if lacking and unwanted:
            one = self._in_words(lacking[0])
            if unwanted[0][0] > lacking[0][0] == 1:  # "a" instead of "seven" could be taken for one each
                one = re.sub("^an? ", "one ", one)
            return f"swap the {self._titles[unwanted[0][1]]} for {one}"
        if lacking:
            return f"add {self._in_words(lacking[0])}"
        return f"remove the {self._titles[unwanted[0][1]]}" if unwanted else None

    def _wrong_detail(self, read_back: str) -> str | None:
        number = _NUMBER_READ.search(read_back)
        if number and self.number and dictated([number[1].replace(",", "")]) != self.number:
            said = [move.words for move in self._moves if move.when == "phone" and move.words]
            return said[0] if len(said) == 1 else spoken.digits(self.number)
        wanted = str(self._order.get("type") or "")
        if wanted and f"{wanted} at" not in read_back.lower() and f"{wanted} from" not in read_back.lower():
            return wanted
        if (people := self._booking.get("people")) and f"{spoken.number(people)} people" not in read_back:
            self._wrong_about = "number of people"
            return f"for {spoken.number(people)} people"
        start = self._booking.get("start")
        if start and _day(start) not in read_back:
            self._wrong_about = "day"
            corrected = any(move.when == "confirm" and not _YES.match(move.words.lower()) for move in self._moves)
            return (not corrected and self._said_to("date")) or f"on {_day(start)}"
        due = start or self._order.get("due")
        if due and _clock(due) not in read_back:
            self._wrong_about = "time"
            return f"at {_clock(due)}"
        return None

    def _expected(self, asked: str) -> str | None:
        """What was told along with something else, and is asked for nonetheless."""
        start = self._booking.get("start")
        if asked == "people" and (people := self._booking.get("people")):
            return f"{spoken.number(people)} people"
        if asked == "date" and start:
            return _day(start)
        if asked == "time" and (due := start or self._order.get("due")):
            return f"at {_clock(due)}"
        return "as soon as possible" if asked == "time" and self._order else None

    def _said_to(self, asked: str) -> str | None:
        return next((move.words for move in self._moves if move.when == asked and move.words), None)

    def _ordered(self, move: Move) -> list[Dish]:
        """The dishes that a move orders, and does not merely change; a recording orders what the whole call does."""
        if move.action == "audio":
            return [] if move.when != "order" or self.closes(move) else [self._dish(line) for line in self._lines]
        return [] if _CHANGES.search(move.words.lower()) else self._meant(move.words)

    def _meant(self, words: str) -> list[Dish]:
        """The dishes that are ordered in so many words."""
        reader = self._house.reader
        if not words or not isinstance(reader, OrderParser):
            return []
        edits = reader.edits(words.replace(" ... ", " ").lower(), []).edits
        return [self._dish(edit.line) for edit in edits if isinstance(edit, Add)]

    def _dish(self, line: Line) -> Dish:
        return self._dishes(f"Added {spoken.plain(describe(line, self._house.menu))}.")[0]

    def _dishes(self, text: str) -> list[Dish]:
        """The dishes that the bot names as ordered."""
        found = []
        for sentence in re.split(r"(?<=[.?!]) +", text.lower()):
            count, _, named = _NAMES_DISH.sub("", sentence).rstrip(".").partition(" ")
            title, *options = named.split(", ")
            if count in _COUNT and title in self._titles:
                found.append((_COUNT[count], title, frozenset(options) - self._defaults))
        return found

    def _in_words(self, dish: Dish) -> str:
        """As one orders it: "two large margherita with mushrooms and no basil"."""
        count, title, options = dish
        sizes = [option for option in sorted(options) if " " not in option and self._is_size(option)]
        extras = [option for option in sorted(options) if option not in sizes]
        named = " ".join([*sizes, self._titles[title]])
        one = "an" if named[0] in "aeiou" else "a"
        named = f"{one if count == 1 else spoken.number(count)} {named}"
        return f"{named} with {' and '.join(extras)}" if extras else named

    def _is_size(self, option: str) -> bool:
        groups = [group for group in self._house.menu.groups.values() if group.id.endswith("size")]
        return any(option == name for group in groups for value in group.values for name in value.names)


def number_said(prompt: str) -> str:
    """The digits of a number that the bot says it has; what it says of the keys after that is no part of it."""
    return dictated([prompt.partition(".")[0]])


def _line(written: Any) -> Line:
    """A line as scripts expect it: "2 margherita crust=thin pizza_topping=basil:none", or as in ``bot list``."""
    if not isinstance(written, str):
        return Line.from_json(written)
    count, item, *options = written.split()
    parts = [re.split("[=:]", option) for option in options]
    return Line(item, int(count), tuple(Option(group, value, *amount) for group, value, *amount in parts))


def _day(moment: str) -> str:
    day = datetime.fromisoformat(moment)
    return f"{day:%B} {spoken.ordinal(day.day)}"


def _clock(moment: str) -> str:
    time = datetime.fromisoformat(moment)
    return spoken.clock(time.hour, time.minute, None)
