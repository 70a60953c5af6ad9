"""Which of the readings a question allows, and which language the recogniser listens for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.core.turn import House
from bot.phone.call import Situation
from bot.phone.ears import Ears, does_without, reading
from bot.phone.expected_words import SHARE, Known, with_answers
from nlu.parser import OrderParser
from speech.alphabet import BLANK, SYMBOLS, encode
from speech.decoder import Hypothesis, Weights
from speech.grammar import PhraseNetwork
from speech.language import Context, WordModel
from speech.recogniser import Recogniser, Transcript
from tests.bot.parts import MENU, RESTAURANT, ROOT

HOUSE = House(RESTAURANT, MENU, OrderParser(MENU), None)  # type: ignore[arg-type]
DEMO = ROOT / "data" / "menu.yml"
SOUND = np.full(8000, 0.1, np.float32)


def transcript(*texts: str) -> Transcript:
    return Transcript(texts[0], (), 0.7, tuple(Hypothesis(text, 0.0, 0.0) for text in texts), 1.0)


class Engine:
    """Says which contexts it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def context(self, expect: str = "anything", menu: Any = None) -> str:
        self.asked.append(expect)
        return expect

    def session(self, context: Any, rate: int) -> Engine:
        self.listens_for = context
        return self

    def accept(self, samples: np.ndarray) -> None:
        return None

    def finish(self) -> Transcript:
        return transcript("one lasagna")


def test_of_several_readings_the_one_that_answers_is_taken() -> None:
    assert reading(transcript("a long yeah", "a lasagna"), "order", HOUSE) == "a lasagna"
    assert reading(transcript("two oh seven", "two oh seven five five five oh one two three"), "phone", HOUSE).endswith(
        "three"
    )
    assert reading(transcript("under", "anna"), "name", HOUSE) == "anna"
    assert reading(transcript("yes", "no"), "confirm", HOUSE) == "yes"
    assert reading(Transcript("", (), 1.0, (), 0.5), "order", HOUSE) == ""


@pytest.mark.parametrize(
    ("expecting", "context"), [(None, "order"), ("phone", "digits"), ("confirm", "confirm"), ("time", "anything")]
)
def test_the_question_decides_what_is_listened_for(expecting: str | None, context: str) -> None:
    engine = Engine()
    ears = Ears(engine, Path("menu.yml"))  # type: ignore[arg-type]
    assert ears.hear(SOUND, expecting, HOUSE).text == "one lasagna"
    assert engine.listens_for == context
    ears.hear(SOUND, expecting, HOUSE)
    assert engine.asked == [context]


def test_a_new_menu_makes_new_contexts() -> None:
    engine = Engine()
    ears = Ears(engine, Path("menu.yml"))  # type: ignore[arg-type]
    for house in (HOUSE, HOUSE, House(RESTAURANT, MENU, HOUSE.reader, None)):  # type: ignore[arg-type]
        ears.hear(SOUND, None, house)
    assert engine.asked == ["order", "order"]


def test_silence_is_never_recognised() -> None:
    engine = Engine()
    assert Ears(engine, Path("menu.yml")).hear(SOUND * 1e-4, None, HOUSE).text == ""  # type: ignore[arg-type]
    assert engine.asked == []


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("time", "as soon as possible"),
        ("type", "pickup please"),
        ("order", "that's all"),
        ("people", "four people"),
        ("place", "the harbour"),
        ("name", "my name is anna"),
        ("date", "tomorrow"),
    ],
)
def test_answers_to_the_question_are_likelier_than_without_it(kind: str, words: str) -> None:
    base = WordModel()
    for sentence in ("two spaghetti bolognese please", "four peppers", "as possible as my name is", "that's fall"):
        base.add(sentence)
    plain = Context([(base, 1.0)])
    known = Known(places=("the harbour",), dishes=("lasagna",))
    assert score(with_answers(plain, kind, known, None), words) > score(plain, words)
    assert kind in SHARE and with_answers(plain, "confirm", known, None).network is None


def score(context: Context, text: str) -> float:
    """ln P of the words."""
    history: tuple[str, ...] = ("<s>", "<s>")
    total = 0.0
    for word in (*text.split(), "</s>"):
        total += context.log_probability(history, word)
        history = (*history[1:], word)
    return total


class Told(Recogniser):
    """Hears the log-probabilities that it is told: one for each sound, as it is and with its noise suppressed."""

    def __init__(self, *heard: np.ndarray) -> None:
        self.weights = Weights(network_blank=0.0)
        self._heard = [sound for sound in heard for _ in range(2)]

    def context(self, expect: str = "anything", menu: Any = None) -> Context:
        model = WordModel()
        model.add("pickup")
        return Context([(model, 1.0)], network=PhraseNetwork().also(["a lasagna"], 1.0))

    def log_probs(self, frames: np.ndarray) -> np.ndarray:
        return self._heard.pop(0)


class ToldOrders(Told):
    """The same, with the demo restaurant's menu for its language."""

    def __init__(self, *heard: np.ndarray) -> None:
        super().__init__(*heard)
        self._contexts, self._general = {}, WordModel()

    def context(self, expect: str = "anything", menu: Any = None) -> Context:
        return Recogniser.context(self, expect, DEMO)


def said(text: str, sure: float, other: str = "") -> np.ndarray:
    """Log-probabilities of a text's letters, blanks between; the other text of the same length has half of the rest."""
    rows = []
    for letter, instead in zip(encode(text), encode(other or text)):
        for symbol, second in ((letter, instead), (BLANK, BLANK)):
            row = np.full(len(SYMBOLS), (1 - sure) / 2 / len(SYMBOLS))
            row[second] += (1 - sure) / 2
            row[symbol] += sure
            rows.append(row)
    return np.log(np.array(rows, np.float32))


def test_a_clear_answer_is_sure_and_one_that_could_be_another_is_not() -> None:
    clear = Ears(Told(said("friday", 0.95)), DEMO).hear(SOUND, "date", HOUSE)
    blurred = Ears(Told(said("friday", 0.4, "monday")), DEMO).hear(SOUND, "date", HOUSE)
    assert clear.text == blurred.text == "friday"
    assert clear.confidence > blurred.confidence + 0.05


def test_a_number_said_twice_is_what_both_hearings_like_best() -> None:
    number, other = (f"two oh seven {last} five five two one two three" for last in ("five", "nine"))
    first, second = said(number, 0.5, other), said(other, 0.4, number)
    assert Ears(ToldOrders(second), DEMO).hear(SOUND, "phone", HOUSE).text == other
    assert Ears(ToldOrders(first, second), DEMO).hear(SOUND, "phone", HOUSE, Situation((SOUND,))).text == number


def test_what_is_said_the_second_time_stands_for_itself() -> None:
    assert Ears(Told(said("friday", 0.9)), DEMO).hear(SOUND, "date", HOUSE, Situation((SOUND,))).text == "friday"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (None, "a lasagna"), (None, "that's all thanks"), (None, "how much is the tiramisu"), ("time", "seven thirty"),
        (None, "a table for two tomorrow"), ("type", "i'll pick it up"), ("time", "as soon as possible"),
        ("option", "the large one"), ("upsell", "pickup"), ("people", "four people"), ("place", "harbour street"),
        ("dish", "a tiramisu please"), ("dish", "two large colas"), ("dish", "a table"), ("dish", "that's all"),
        ("name", "my name is anna"), ("address", "nine mill road oh four one nine eight"), ("upsell", "no thank you"),
        ("time", "how much is the tiramisu"), ("type", "that's all"),
        (None, "that's all pickup as soon as possible my name is ben"), ("type", "nine mill road oh four one nine eight"),
        ("start", "good evening i would like to order some food please"), ("type", "as soon as possible"),
        (None, "actually make it two"), (None, "actually never mind"), ("address", "pickup then"),
        (None, "does the tiramisu have nuts"), (None, "are there eggs in the lasagna"), (None, "how much is delivery"),
    ],
)  # fmt: skip
def test_what_callers_say_to_a_question_is_heard_as_said(asked: str | None, words: str) -> None:
    assert Ears(Told(said(words, 0.9)), DEMO).hear(SOUND, asked, HOUSE).text == words


@pytest.mark.parametrize(
    "words",
    ["okay then the lasagna", "no cheese on one of them", "replace them with two tiramisu", "actually a lasagna"],
)
def test_orders_and_changes_of_them_are_heard_however_they_begin(words: str) -> None:
    assert Ears(ToldOrders(said(words, 0.9)), DEMO).hear(SOUND, None, HOUSE).text == words


def test_ways_to_say_the_same_take_no_certainty_from_each_other() -> None:
    assert Ears(Told(said("as soon as possible", 0.9)), DEMO).hear(SOUND, "time", HOUSE).confidence > 0.8


def test_what_is_in_the_order_is_likelier_taken_off_than_what_is_not() -> None:
    def heard(ordered: str) -> str:
        sound = said("remove the risotto", 0.34, "remove the lasagna")
        return Ears(ToldOrders(sound), DEMO).hear(SOUND, None, HOUSE, Situation(ordered=(ordered,))).text

    assert heard("mushroom_risotto") == "remove the risotto"
    assert heard("lasagna") == "remove the lasagna"


@pytest.mark.parametrize(
    ("words", "ordered", "without"),
    [
        ("no cheese on one of them", "ember_burger", True),
        ("no mushrooms", "margherita", True),
        ("no a lasagna", "ember_burger", False),
        ("no lasagna", "lasagna", False),
        ("no the salmon", "caesar_salad", False),
        ("no wait two", "lasagna", True),
        ("no hang on make that three", "garlic_bread", True),
        ("sorry i meant medium", "funghi", True),
        ("wait she wants a sorbet too", "lasagna", True),
        ("sorry i was asking my wife that's all", "lasagna", True),
        ("no i'm only feeding myself", "lasagna", True),
        ("no it's just me tonight", "lasagna", True),
        ("no that's wrong", "lasagna", False),
        ("wait better make the lasagna two", "lasagna", True),
    ],
)
def test_a_no_to_a_change_or_an_addition_is_told_from_one_to_what_was_added(
    words: str, ordered: str, without: bool
) -> None:
    assert does_without(words, HOUSE, [ordered]) is without


def test_what_was_said_back_and_not_meant_is_not_heard_again() -> None:
    sound = said("a tiramisu please", 0.9)
    assert (
        Ears(ToldOrders(sound), DEMO).hear(SOUND, None, HOUSE, Situation((), ("a tiramisu",))).text
        != "a tiramisu please"
    )
    assert (
        Ears(ToldOrders(sound), DEMO).hear(SOUND, None, HOUSE, Situation((), ("a lasagna",))).text
        == "a tiramisu please"
    )


def test_a_no_to_what_was_just_added_means_something_else_but_more_of_it_may_be_ordered() -> None:
    added = ("no a tiramisu please",)
    objection, order = said("no a tiramisu", 0.9), said("a tiramisu", 0.9)
    assert Ears(ToldOrders(objection), DEMO).hear(SOUND, None, HOUSE, Situation((), added)).text != "no a tiramisu"
    assert Ears(ToldOrders(order), DEMO).hear(SOUND, None, HOUSE, Situation((), added)).text == "a tiramisu"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (None, "no three tiramisus"),
        ("mend", "no remove the tiramisu"),
        ("mend", "no at seven thirty"),
        ("mend", "no two oh seven five five five oh one two three"),
        ("confirm", "no swap the tiramisu for a lasagna"),
        ("confirm table", "no for four people"),
        ("confirm table", "no tomorrow"),
        ("confirm", "yes that's right"),
    ],
)
def test_who_was_misunderstood_is_heard_when_they_say_so(asked: str | None, words: str) -> None:
    assert Ears(ToldOrders(said(words, 0.9)), DEMO).hear(SOUND, asked, HOUSE).text == words


def test_an_unclear_number_is_likelier_one_of_the_neighbourhood_and_one_that_can_be_dialled() -> None:
    def heard(words: str, other: str) -> str:
        return Ears(ToldOrders(said(words, 0.5, other)), DEMO).hear(SOUND, "phone", HOUSE).text

    tail = "five five five two one two three"
    assert heard(f"six oh seven {tail}", f"two oh seven {tail}") == f"two oh seven {tail}"
    assert heard(f"six oh six {tail}", f"six oh six {tail}") == f"six oh six {tail}"


@pytest.mark.parametrize(
    ("asked", "words", "digresses"),
    [
        ("time", "a table", True), ("time", "get me a tiramisu", True), ("time", "as soon as possible", False),
        ("order", "i want a table please", True), ("start", "i want a table please", False), ("people", "a table for four", False), ("start", "a tiramisu", False),
    ],
)  # fmt: skip
def test_words_that_want_something_else_than_was_asked_are_told(asked: str, words: str, digresses: bool) -> None:
    assert Ears(ToldOrders(said(words, 0.95)), DEMO).hear(SOUND, asked, HOUSE).digression is digresses


def test_table_openers_that_want_the_same_table_are_no_rivals() -> None:
    def sure(other: str) -> float:
        return Ears(ToldOrders(said("book a table for four", 0.5, other)), DEMO).hear(SOUND, "start", HOUSE).confidence

    assert sure("want a table for four") > sure("book a table for five")


def test_how_many_dishes_an_order_has_is_told() -> None:
    def dishes(words: str, asked: str | None = "start") -> int:
        return Ears(ToldOrders(said(words, 0.95)), DEMO).hear(SOUND, asked, HOUSE).dishes

    assert [dishes("a tiramisu"), dishes("a tiramisu and two colas"), dishes("that's all", None)] == [1, 2, 0]


def test_a_choice_that_the_question_names_is_likelier_than_others() -> None:
    def heard(question: str) -> str:
        return (
            Ears(ToldOrders(said("small", 0.3, "salmi")), DEMO)
            .hear(SOUND, "option", HOUSE, Situation(question=question))
            .text
        )

    assert heard("What size would you like for the Margherita: small, medium or large?") == "small"
    unclear = Ears(ToldOrders(said("basil", 0.35, "small")), DEMO)
    assert (
        unclear.hear(SOUND, "option", HOUSE, Situation(question="What size: small, medium or large?")).text == "small"
    )
