"""One call without sockets, threads or clocks: turn taking, barge-in, marks, keys, silence, leaving."""

from __future__ import annotations

from collections import deque
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.phone.call import Ask, Call, Clear, HangUp, Heard, NeedPerson, Recognise, Reply, Say, Timing, take
from bot.phone.vad import WINDOW, WINDOW_MS

QUIET = np.zeros(WINDOW, np.float32)
PIECE_MS = 960  # how long each piece of the bot takes to play


class Phone:
    """A telephone and a dialogue for a call: it plays what the bot says and hears what the test says."""

    def __init__(self, **more: Any) -> None:
        self.call = Call(Reply("Olive and Ember. What would you like?"), **more)
        self.buffer: deque[list[Any]] = deque()  # [text, mark, ms left]
        self.heard: list[str] = []  # pieces played whole
        self.marks: list[str] = []
        self.asked: list[str] = []
        self.persons: list[NeedPerson] = []
        self.hung_up: HangUp | None = None
        self.cleared = 0
        self.words = ""
        self.confidence = 0.9
        self.digresses = self.without = False
        self.dishes = 0
        self.before: list[int] = []  # how many earlier hearings each recognition was given
        self.replies: deque[Reply] = deque()
        self.pending: list[Recognise] = []
        self.recognises = True
        self.sends_marks = True
        self.call.start()
        self._carry_out()

    def _carry_out(self) -> None:
        while commands := take(self.call):
            for command in commands:
                if isinstance(command, Say):
                    for piece in command.pieces:
                        self.buffer.append([piece.text, piece.mark, PIECE_MS])
                        self.call.spoken(piece.mark, PIECE_MS)
                elif isinstance(command, Clear):
                    self.cleared += 1
                    flushed = [mark for _, mark, _ in self.buffer]
                    self.buffer.clear()
                    for mark in flushed:
                        self.call.mark(mark)
                elif isinstance(command, Recognise):
                    self.pending.append(command)
                    self.before.append(len(command.situation.before))
                    if self.recognises:
                        self.call.transcript(command.id, self._hearing())
                elif isinstance(command, Ask):
                    self.asked.append(command.text)
                    if self.replies:
                        self.call.reply(command.id, self.replies.popleft())
                    else:
                        self.call.reply(command.id, Reply(f"You said {command.text}. Anything else?"))
                elif isinstance(command, NeedPerson):
                    self.persons.append(command)
                elif isinstance(command, HangUp):
                    self.hung_up = command

    def _hearing(self) -> Heard:
        sure = self.confidence if self.words else 1.0
        return Heard(self.words, sure, digression=self.digresses, does_without=self.without, dishes=self.dishes)

    def _window(self, probability: float) -> None:
        if self.buffer:
            self.buffer[0][2] -= WINDOW_MS
            if self.buffer[0][2] <= 0:
                text, mark, _ = self.buffer.popleft()
                self.heard.append(text)
                if self.sends_marks:
                    self.marks.append(mark)
                    self.call.mark(mark)
        self.call.hear(QUIET, probability)
        self._carry_out()

    def silent(self, ms: int) -> None:
        for _ in range(ms // WINDOW_MS):
            self._window(0.0)

    def talks(self, words: str, ms: int = 640) -> None:
        """Speech that will be recognised as ``words``, without the silence after it."""
        self.words = words
        for _ in range(ms // WINDOW_MS):
            self._window(1.0)

    def says(self, words: str, ms: int = 640) -> None:
        self.talks(words, ms)
        self.silent(1600)

    def listens(self) -> None:
        """Until the bot has said all it wanted to."""
        for _ in range(2000):
            if not self.buffer:
                return
            self._window(0.0)

    def keys(self, digits: str) -> None:
        for digit in digits:
            self.call.key(digit)
            self._carry_out()

    def asks(self, text: str, expecting: str | None, **more: Any) -> None:
        """The dialogue's next answer."""
        self.replies.append(Reply(text, expecting, checkout=True, **more))


def at_question(text: str, expecting: str | None, **more: Any) -> Phone:
    phone = Phone()
    phone.listens()
    phone.asks(text, expecting, **more)
    phone.says("something")
    return phone


READ_BACK = "Let me read it back. One lasagna. The total is ten dollars. Shall I place the order?"


def test_the_first_words_go_out_at_once_and_the_question_has_a_mark() -> None:
    phone = Phone()
    assert phone.buffer[0][0] == "Olive and Ember."
    phone.listens()
    assert phone.marks[-1] == "ask:order"


def test_words_become_a_turn_when_the_pause_is_long_enough() -> None:
    phone = Phone()
    phone.listens()
    phone.talks("a lasagna please")
    phone.silent(320)
    assert phone.asked == []
    phone.silent(800)
    assert phone.asked == ["a lasagna please"]


def test_a_short_pause_is_no_end_and_what_was_recognised_in_it_is_forgotten() -> None:
    phone = Phone()
    phone.listens()
    phone.talks("a margherita and")
    phone.silent(800)
    phone.talks("a margherita and a cola please")
    phone.silent(1600)
    assert phone.asked == ["a margherita and a cola please"]


def test_recognition_starts_long_before_the_turn_ends() -> None:
    phone = Phone()
    phone.listens()
    phone.talks("a lasagna")
    phone.silent(256)
    assert len(phone.pending) == 1 and phone.asked == []


def test_a_transcript_that_comes_late_still_counts_and_one_that_never_comes_is_given_up() -> None:
    phone = Phone()
    phone.listens()
    phone.recognises = False
    phone.says("a lasagna")
    assert phone.asked == []
    phone.call.transcript(phone.pending[-1].id, Heard("a lasagna"))
    phone._carry_out()
    assert phone.asked == ["a lasagna"]
    phone.listens()
    phone.says("lost")
    phone.silent(8000)
    phone.recognises = True
    phone.listens()
    phone.says("a cola")
    assert phone.asked[-1] == "a cola"


def test_a_caller_who_speaks_interrupts_the_bot() -> None:
    phone = Phone()
    phone.silent(300)
    phone.says("a lasagna please")
    assert phone.cleared == 1
    assert phone.asked == ["a lasagna please"]
    assert "What would you like?" not in phone.heard


def test_noise_that_interrupts_lets_the_bot_go_on_where_it_was() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.silent(PIECE_MS + 200)
    before = list(phone.heard)
    assert before[-1].startswith("One lasagna") or before[-1].startswith("Let me")
    phone.says("", 500)
    phone.listens()
    assert phone.cleared == 1
    assert phone.heard.count("The total is ten dollars.") == 1
    assert phone.heard[-1] == "Shall I place the order?"
    assert phone.heard.count("Let me read it back.") == 1


def test_uh_huh_does_not_stop_a_read_back() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.silent(PIECE_MS + 200)
    asked = len(phone.asked)
    phone.says("uh huh", 500)
    phone.listens()
    assert len(phone.asked) == asked
    assert phone.heard[-1] == "Shall I place the order?"


def test_an_early_yes_confirms_nothing_and_the_question_is_still_put() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.silent(300)
    asked = len(phone.asked)
    phone.says("yes", 400)
    assert len(phone.asked) == asked
    phone.listens()
    assert phone.marks[-1] == "ask:confirm"
    phone.says("yes", 400)
    assert phone.asked[-1] == "yes"


def test_a_yes_while_the_question_itself_is_read_was_not_heard_whole() -> None:
    phone = at_question(READ_BACK, "confirm")
    while phone.heard[-1] != "The total is ten dollars.":
        phone.silent(WINDOW_MS)
    asked = len(phone.asked)
    phone.says("yes", 300)
    assert len(phone.asked) == asked


def test_a_change_in_the_middle_of_the_read_back_is_taken() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.silent(300)
    phone.says("no wait add a cola")
    assert phone.asked[-1] == "no wait add a cola"


def test_a_number_in_groups_with_long_pauses_is_put_together() -> None:
    phone = at_question("What number?", "phone")
    phone.listens()
    for group in ("two oh seven", "five five five", "oh one two three"):
        phone.says(group)
        phone.silent(1600)
        phone.listens()
    assert phone.asked[-1] == "207 555 0123"
    assert "two oh seven. Go on." in phone.heard


def test_a_whole_number_does_not_wait() -> None:
    phone = at_question("What number?", "phone")
    phone.listens()
    phone.talks("two oh seven five five five oh one two three")
    phone.silent(600)
    assert phone.asked[-1] == "207 555 0123"


def test_keys_are_taken_at_any_time() -> None:
    phone = at_question("What number?", "phone")
    phone.keys("207556*2075550123")
    assert phone.asked[-1] == "207 555 0123"
    assert phone.cleared == 1
    phone = Phone()
    phone.keys("2075550123#")
    assert phone.asked[-1] == "207 555 0123"


def test_a_key_confirms_only_what_was_heard() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.silent(300)
    asked = len(phone.asked)
    phone.keys("1#")
    assert len(phone.asked) == asked
    phone.listens()
    phone.keys("1#")
    assert phone.asked[-1] == "yes"


@pytest.mark.parametrize("yes", ["yes", "yes it is", "yup", "that's right", "aye yes"])
def test_a_yes_in_any_words_confirms_only_what_was_heard(yes: str) -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.silent(300)
    phone.says(yes)
    assert phone.asked == ["something"]
    phone.dishes = 1
    phone.says("yes and a cola")  # it adds something, and confirms nothing
    assert phone.asked[-1] == "yes and a cola"


def test_who_only_thinks_has_said_nothing() -> None:
    phone = at_question("What else?", None)
    phone.confidence = 0.3
    phone.says("um uh")
    assert phone.asked == ["something"] and not phone.marks[-1].startswith("again")


def test_zero_wants_a_person() -> None:
    phone = Phone()
    phone.keys("0")
    phone.silent(4000)
    assert phone.asked == ["a person please"]


def test_silence_is_asked_about_twice_and_then_the_call_ends() -> None:
    phone = Phone()
    phone.silent(60_000)
    assert phone.marks.count("ask:order") == 1 and phone.marks.count("still:order") == 2
    assert phone.hung_up == HangUp("silence")


def test_a_person_is_put_through_where_one_can_be_reached() -> None:
    phone = Phone(transfer=True)
    phone.listens()
    phone.replies.append(Reply("I will get somebody.", person=True))
    phone.says("a person please")
    phone.listens()
    phone.silent(100)
    assert phone.persons and phone.hung_up == HangUp("transfer", transfer=True)


def test_without_a_person_the_known_number_is_rung_back() -> None:
    phone = Phone(number="+12075550123")
    phone.listens()
    phone.replies.append(Reply("I will get somebody.", person=True))
    phone.says("a person please")
    phone.listens()
    phone.silent(100)
    assert phone.persons == [NeedPerson("asked for a person", "+12075550123")]
    assert phone.hung_up == HangUp("callback")


def test_an_unknown_number_is_asked_for() -> None:
    phone = Phone()
    phone.listens()
    phone.replies.append(Reply("I will get somebody.", person=True))
    phone.says("a person please")
    phone.listens()
    assert phone.marks[-1] == "ask:phone"
    phone.says("two oh seven five five five oh one two three")
    phone.listens()
    phone.silent(100)
    assert phone.persons[-1].number == "+12075550123"
    assert phone.hung_up == HangUp("callback")


def test_an_emergency_ends_the_call_so_that_911_can_be_called() -> None:
    phone = Phone()
    phone.listens()
    phone.replies.append(Reply("Please hang up and call 911 now.", person=True, emergency=True))
    phone.says("he is choking")
    phone.listens()
    phone.silent(100)
    assert phone.hung_up == HangUp("emergency")


def test_the_same_question_again_and_again_goes_to_a_person() -> None:
    phone = Phone(number="+12075550123")
    phone.listens()
    for _ in range(3):
        phone.asks("Which size, small or large?", "option")
        phone.says("blue")
        phone.listens()
    assert phone.persons and phone.persons[0].number == "+12075550123"


def test_after_the_order_a_farewell_ends_the_call() -> None:
    phone = at_question("Thank you.", None)
    phone.listens()
    phone.replies.append(Reply("Thank you. Your number is 101.", done=True))
    phone.says("yes")
    phone.listens()
    phone.says("no thank you goodbye")
    phone.listens()
    phone.silent(100)
    assert phone.hung_up == HangUp("done")


def test_a_call_of_an_hour_ends_politely() -> None:
    phone = Phone(timing=Timing(longest_ms=5_000))
    phone.listens()
    for _ in range(4):
        phone.says("and another thing", 1000)
    phone.listens()
    phone.silent(200)
    assert phone.hung_up == HangUp("too long")
    assert phone.heard[-1] == "Please call again."


def test_lost_marks_do_not_stop_the_call_but_nothing_counts_as_heard() -> None:
    phone = Phone()
    phone.sends_marks = False
    phone.silent(30_000)
    phone.asks(READ_BACK, "confirm")
    phone.says("a lasagna")
    phone.silent(12_000)
    asked = len(phone.asked)
    phone.says("yes")
    assert len(phone.asked) == asked


def test_a_failed_turn_is_said_and_the_third_goes_to_a_person() -> None:
    phone = Phone(number="+12075550123")
    for id in (1, 2, 3):
        phone.call._thinking = id
        phone.call.failed(id)
    assert any(isinstance(command, NeedPerson) for command in take(phone.call))


steps = st.lists(
    st.one_of(
        st.tuples(st.just("talk"), st.sampled_from(["", "yes", "uh huh", "two oh seven", "a person please", "no"])),
        st.tuples(st.just("silent"), st.integers(0, 9000)),
        st.tuples(st.just("key"), st.sampled_from("0123456789*#x")),
        st.tuples(st.just("mark"), st.sampled_from(["ask:order", "ask:confirm", "1.0", "", "bye"])),
        st.tuples(
            st.just("reply"),
            st.builds(
                Reply,
                st.sampled_from(["", "Which?", READ_BACK]),
                st.sampled_from([None, "confirm", "phone", "name", "option"]),
                person=st.booleans(),
                done=st.booleans(),
            ),
        ),
    ),
    max_size=14,
)


@given(steps)
def test_whatever_happens_a_call_goes_on_or_ends_and_confirms_nothing_unheard(script: list[tuple[str, Any]]) -> None:
    phone = Phone(timing=Timing(longest_ms=120_000))
    for what, value in script:
        if phone.hung_up:
            break
        unheard = phone.call.expecting == "confirm" and phone.call._heard < len(phone.call._prompt)
        asked = len(phone.asked)
        if what == "talk":
            phone.says(value)
        elif what == "silent":
            phone.silent(value)
        elif what == "key":
            phone.keys(value)
        elif what == "mark":
            phone.call.mark(value)
        else:
            phone.replies.append(value)
        if unheard and what == "talk" and value == "yes" and len(phone.asked) > asked:
            assert phone.heard[-1] == "Shall I place the order?"
    phone.silent(130_000)
    assert phone.hung_up is not None


NUMBER = "two oh seven five five five oh one two three"


def test_what_is_unclear_is_wanted_again_and_kept_until_it_is_understood() -> None:
    phone = at_question("Pickup or delivery?", "type")
    phone.confidence = 0.2
    phone.says("big cup")
    phone.listens()
    assert phone.marks[-1] == "again:any" and phone.asked == ["something"]
    phone.confidence = 0.9
    phone.says("pickup")
    assert phone.asked == ["something", "pickup"]
    assert phone.before[-2:] == [0, 1]
    phone.says("and a cola")
    assert phone.before[-1] == 0


def test_an_order_of_several_dishes_is_taken_with_less_certainty_than_one() -> None:
    for dishes, taken in ((1, False), (2, True), (5, True)):
        phone = at_question("What else?", None)
        phone.confidence, phone.dishes = 0.6, dishes
        phone.says("a soup and a salad")
        assert ("a soup and a salad" in phone.asked) is taken


def test_a_no_that_belongs_to_a_part_of_a_dish_takes_nothing_back() -> None:
    phone = at_question("Added two burgers. Anything else?", None, dishes=("burger",), changed=True)
    phone.without = True
    phone.says("no cheese on one of them")
    assert phone.asked[-1] == "no cheese on one of them" and "undo that" not in phone.asked


def test_recognition_knows_the_question_and_what_is_in_the_order() -> None:
    phone = at_question("Added one lasagna. Which size: small or large?", "option", dishes=("lasagna",))
    phone.says("small")
    situation = phone.pending[-1].situation
    assert (situation.question, situation.ordered) == ("Which size: small or large?", ("lasagna",))


def test_what_is_probably_understood_is_said_back_and_taken_after_a_yes() -> None:
    for answer in ("says", "keys"):
        phone = at_question("Pickup or delivery?", "type")
        phone.listens()
        phone.confidence = 0.5
        phone.says("pickup")
        phone.listens()
        assert phone.marks[-1] == "check:any" and "I heard: pickup." in phone.heard
        assert phone.asked == ["something"]
        phone.confidence = 0.9
        if answer == "says":
            phone.says("yes")
        else:
            phone.keys("1")
        assert phone.asked == ["something", "pickup"]


def test_after_a_no_what_was_said_back_is_not_heard_again() -> None:
    phone = at_question("What else?", None)
    phone.listens()
    phone.confidence = 0.5
    phone.says("a person please")
    phone.listens()
    phone.confidence = 0.9
    phone.says("no")
    phone.listens()
    assert phone.marks[-1] == "again:any" and phone.asked == ["something"]
    phone.says("a lasagna please")
    assert phone.pending[-1].situation.wrong == ("a person please",)
    assert phone.asked == ["something", "a lasagna please"]
    phone.says("and a cola")
    assert phone.pending[-1].situation.wrong == ("a person please",)  # nothing has come of it so far
    phone.asks("Added one Cola. What else?", None, changed=True)
    phone.says("and a cola")
    phone.says("a lasagna")
    assert phone.pending[-1].situation.wrong == ("no and a cola",)


def test_an_answer_to_what_is_said_back_that_is_no_yes_and_no_no_is_what_was_meant() -> None:
    phone = at_question("What else?", None)
    phone.listens()
    phone.confidence = 0.5
    phone.says("a person please")
    phone.listens()
    phone.confidence = 0.7
    phone.says("a lasagna please")
    phone.listens()
    assert phone.marks[-1] == "check:any" and phone.asked == ["something"]
    assert phone.heard[-2:] == ["I heard: a person please.", "Please press one for yes, or two for no."]
    phone.confidence = 0.9
    phone.says("a lasagna please")
    assert phone.asked == ["something", "a lasagna please"]


def test_a_no_to_what_was_just_added_takes_it_back() -> None:
    phone = at_question("Added one Still Water. What else?", None, changed=True)
    phone.listens()
    phone.says("no a lasagna please")
    assert phone.pending[-1].situation.wrong == ("no something",)
    assert phone.asked == ["something", "undo that", "a lasagna please"]
    phone.says("no two lasagnas")
    assert phone.pending[-1].situation.wrong == ("something",)
    phone.says("that's all")
    assert phone.pending[-1].situation.wrong == ()


def test_a_no_takes_nothing_back_that_was_not_just_added_or_where_it_is_no_objection() -> None:
    for words, more in (
        ("no a lasagna please", {}),
        ("no that's all", {"changed": True}),
        ("no make that two", {"changed": True}),
        ("no no", {"changed": True}),
        ("no pickup", {"changed": True}),
        ("no thanks", {"changed": True}),
    ):
        phone = at_question("What else?", None, **more)
        phone.listens()
        phone.says(words)
        assert phone.asked == ["something", words]


def test_a_number_that_was_read_back_wrongly_is_typed_unless_another_is_sure() -> None:
    for confidence, number, asked in ((0.95, NUMBER, ["207 555 0123"]), (0.7, NUMBER, []), (0.95, NUMBER[:-6], [])):
        phone = at_question(READ_BACK, "confirm")
        phone.listens()
        phone.confidence = confidence
        phone.says(f"no {number}")
        phone.listens()
        assert phone.asked == ["something", *asked]
        if not asked:
            assert phone.marks[-1] == "keys:phone"
            phone.keys("2075550123#")
            assert phone.asked == ["something", "207 555 0123"]


def test_after_a_no_to_the_read_back_any_part_of_it_may_be_put_right() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.listens()
    phone.asks("All right. What shall I change?", None)
    phone.says("no")
    phone.listens()
    phone.says("at eight p m")
    assert phone.pending[-1].expecting == "mend"


def test_an_answer_that_is_heard_but_not_understood_twice_can_be_typed() -> None:
    phone = at_question("I did not get that. When?", "time")
    phone.listens()
    phone.asks("I did not get that. When?", "time", choices=("As soon as possible",))
    phone.says("when the cows come home")
    phone.listens()
    assert phone.heard[-1] == "For as soon as possible press one." and phone.marks[-1] == "keys:time"
    phone.keys("730#")
    assert phone.asked[-1] == "7:30"


def test_a_name_that_is_not_understood_twice_is_left_out() -> None:
    phone = at_question("What name is it?", "name")
    phone.listens()
    phone.asks("What name is it?", "name")
    phone.asks("What is your number?", "phone")
    phone.says("the dog ate it")
    assert phone.asked[-1] == "Guest" and not phone.persons


def test_what_is_never_understood_leads_to_a_person_and_to_nothing_stored() -> None:
    phone = at_question("What else?", None)
    phone.confidence = 0.01
    for _ in range(5):
        phone.says("a lasagna")
        phone.listens()
    assert phone.asked == ["something"]
    assert [need.reason for need in phone.persons] == ["could not be understood"]


def test_who_wants_it_repeated_is_in_no_loop() -> None:
    phone = at_question("Added one Cola. What else?", None)
    for words in ("can you say that again", "could you repeat that please", "pardon"):
        phone.listens()
        phone.asks("Added one Cola. What else?", None)
        phone.says(words)
    assert not phone.persons and phone.asked[-1] == "pardon"


def test_words_that_are_no_name_are_heard_twice_and_then_it_is_left_out() -> None:
    phone = at_question("What name is it?", "name")
    phone.confidence = 0.95
    for question in ("What name is it, please?", "Under what name?", "What is your number?"):
        phone.listens()
        phone.asks(question, "phone" if "number" in question else "name")
        phone.says("i think so")
    assert phone.asked == ["something", "i think so", "i think so", "Guest"]


def test_of_an_order_that_is_not_understood_one_dish_is_wanted() -> None:
    phone = at_question("What else?", None)
    phone.listens()
    phone.confidence = 0.1
    for kind in ("again", "dish"):
        phone.says("a lasagna and a soup")
        phone.listens()
        assert phone.marks[-1].startswith(f"{kind}:")
    phone.confidence = 0.9
    phone.says("a lasagna")
    assert phone.pending[-1].expecting == "dish" and phone.asked == ["something", "a lasagna"]
    phone.says("and a soup")
    assert phone.pending[-1].expecting != "dish"


def test_a_yes_that_stays_unclear_is_wanted_as_a_key_and_never_taken() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.listens()
    phone.confidence = 0.2
    for mark in ("again:confirm", "keys:confirm"):
        phone.says("yes")
        phone.listens()
        assert phone.marks[-1] == mark
    phone.keys("1")
    phone.silent(5000)
    assert phone.asked == ["something", "yes"]


def test_an_answer_to_the_read_back_that_stays_unclear_is_wanted_as_a_key() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.listens()
    phone.confidence = 0.2
    for mark in ("again:confirm", "keys:confirm"):
        phone.says("yes a caprese")
        phone.listens()
        assert phone.marks[-1] == mark
    phone.keys("1")
    phone.silent(5000)
    assert phone.asked == ["something", "yes"]


@pytest.mark.parametrize(
    ("expecting", "choices", "keys", "answer"),
    [
        ("option", ("half rack", "full rack"), "2#", "full rack"),
        ("type", ("Pickup", "Delivery"), "1#", "Pickup"),
        ("time", ("As soon as possible",), "1#", "As soon as possible"),
        ("time", ("As soon as possible",), "645#", "6:45"),
        ("date", ("Today", "Tomorrow"), "1125#", "November 25"),
        ("people", ("2", "4"), "7#", "7"),
    ],
)
def test_who_is_not_understood_twice_types_the_answer(
    expecting: str, choices: tuple[str, ...], keys: str, answer: str
) -> None:
    phone = at_question("Which one?", expecting, choices=choices)
    phone.listens()
    phone.confidence = 0.01
    for mark in (f"again:{expecting}", f"keys:{expecting}"):
        phone.says("mumble mumble")
        phone.listens()
        assert phone.marks[-1].partition(":")[0] == mark.partition(":")[0]
    phone.keys(keys)
    assert phone.asked == ["something", answer]


SPELLED = {dish: (dish.capitalize(), dish) for dish in ("margherita", "marinara", "tiramisu")}


def not_understood_at_all(**more: Any) -> Phone:
    """A call in which a dish was not understood, not even alone."""
    phone = Phone(menu=SPELLED, **more)
    phone.confidence = 0.01
    for _ in range(3):
        phone.listens()
        phone.says("mumble")
    phone.listens()
    return phone


def test_a_dish_that_is_not_understood_is_spelled_on_the_keys() -> None:
    phone = not_understood_at_all()
    assert "first four letters" in phone.heard[-1] and phone.marks[-1] == "keys:order"
    phone.keys("8472")
    assert phone.asked == ["add one Tiramisu"]


def test_of_dishes_that_begin_alike_one_is_chosen_by_key() -> None:
    phone = not_understood_at_all()
    phone.keys("6274")
    phone.listens()
    assert phone.heard[-1] == "For margherita press one, for marinara press two."
    phone.keys("2#")
    assert phone.asked == ["add one Marinara"]


def test_a_dish_that_is_heard_as_another_twice_is_spelled() -> None:
    phone = Phone(menu=SPELLED)
    phone.listens()
    for _ in range(2):
        phone.asks("Added one marinara. Anything else?", None, changed=True)
        phone.says("no a marinara" if phone.asked else "a marinara")
        phone.listens()
        phone.asks("OK, I took that back. Anything else?", None)
    phone.says("no a marinara")
    phone.listens()
    assert phone.asked == ["a marinara", "undo that", "a marinara", "undo that"]
    assert phone.heard[-2] == "Sorry." and phone.marks[-1].startswith("keys:")
    phone.keys("8472")
    assert phone.asked[-1] == "add one Tiramisu"


@pytest.mark.parametrize(("key", "meant"), [("1", "add one Tiramisu"), ("2", "remove the Tiramisu")])
def test_of_a_dish_that_is_ordered_there_can_be_another_or_none(key: str, meant: str) -> None:
    phone = Phone(menu=SPELLED)
    phone.listens()
    phone.asks("Added one tiramisu. Anything else?", None, dishes=("tiramisu",))
    phone.says("a tiramisu")
    phone.confidence = 0.01
    for _ in range(3):
        phone.listens()
        phone.says("mumble")
    phone.keys("8472")
    phone.listens()
    assert phone.heard[-1] == "For another tiramisu press one, for no tiramisu press two."
    phone.keys(f"{key}#")
    assert phone.asked == ["a tiramisu", meant]


def test_what_was_read_back_is_put_right_by_letters_too() -> None:
    phone = Phone(menu=SPELLED)
    phone.listens()
    phone.asks(READ_BACK, "confirm")
    phone.says("that's all")
    phone.listens()
    phone.asks("What shall I change?", "any")
    phone.says("no")
    phone.confidence = 0.01
    for _ in range(2):
        phone.listens()
        phone.says("mumble")
    phone.listens()
    assert "first four letters" in phone.heard[-1]
    phone.keys("8472")
    assert phone.asked[-1] == "add one Tiramisu"


def test_letters_of_no_dish_are_wanted_again() -> None:
    phone = not_understood_at_all()
    phone.keys("9999")
    phone.listens()
    assert not phone.asked and phone.marks[-1] == "keys:order"
    phone.keys("8472")
    assert phone.asked == ["add one Tiramisu"]


def test_a_number_that_is_typed_later_is_not_spelled() -> None:
    phone = not_understood_at_all()
    phone.confidence = 0.9
    phone.asks("What number can we reach you at?", "phone")
    phone.says("a lasagna")
    phone.listens()
    phone.keys("2075550123")
    assert phone.asked[-1] == "207 555 0123"


def test_who_wants_no_dish_presses_one_and_who_wants_a_person_zero() -> None:
    phone = not_understood_at_all()
    phone.keys("1")
    assert phone.asked == ["that's all"]
    phone = not_understood_at_all()
    phone.keys("0#")
    assert phone.asked == ["a person please"]


def test_where_keys_were_needed_once_they_are_asked_for_at_once() -> None:
    phone = not_understood_at_all()
    phone.asks("Pickup or delivery?", "type", choices=("Pickup", "Delivery"))
    phone.keys("8472")
    phone.listens()
    phone.says("mumble")
    phone.listens()
    assert phone.heard[-1] == "For pickup press one, for delivery press two."


def test_no_key_chooses_what_was_not_offered() -> None:
    phone = at_question("Which one?", "option", choices=("small", "large"))
    phone.listens()
    phone.keys("3#")
    assert phone.asked[-1] == "3"


def test_an_unclear_correction_of_what_was_read_back_is_said_back() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.listens()
    phone.confidence = 0.5
    phone.says("no add a tiramisu")
    phone.listens()
    assert phone.marks[-1] == "check:confirm"
    phone.confidence = 0.9
    phone.says("yes")
    assert phone.asked == ["something", "no add a tiramisu"]


def test_who_cannot_be_understood_gets_a_person() -> None:
    phone = at_question("What number can we reach you at?", "phone")
    phone.listens()
    phone.confidence = 0.1
    for _ in range(3):
        phone.says(NUMBER)
        phone.listens()
    assert [need.reason for need in phone.persons] == ["could not be understood"]


def test_a_doubtful_number_is_said_back_and_a_no_leads_to_the_keys() -> None:
    phone = at_question("What number can we reach you at?", "phone")
    phone.listens()
    phone.confidence = 0.5
    phone.says(NUMBER)
    phone.listens()
    assert phone.marks[-1] == "check:phone" and phone.asked == ["something"]
    assert "I have two oh seven, five five five, oh one two three." in phone.heard
    phone.confidence = 0.9
    phone.says("no")
    phone.listens()
    assert phone.marks[-1] == "keys:phone"
    phone.keys("2075550124")
    assert phone.asked == ["something", "207 555 0124"]


def test_a_doubtful_number_is_taken_after_a_yes_in_words_or_by_key() -> None:
    for answer in ("says", "keys"):
        phone = at_question("What number can we reach you at?", "phone")
        phone.listens()
        phone.confidence = 0.5
        phone.says(NUMBER)
        phone.listens()
        phone.confidence = 0.9
        if answer == "says":
            phone.says("yes that's right")
        else:
            phone.keys("1")
            phone.silent(5000)
        assert phone.asked == ["something", "207 555 0123"]


def test_an_unclear_word_into_the_read_back_lets_it_go_on() -> None:
    phone = at_question(READ_BACK, "confirm")
    phone.confidence = 0.2
    phone.silent(1200)
    phone.says("yes")
    phone.listens()
    assert phone.marks[-1] == "ask:confirm" and phone.asked == ["something"]


def test_a_person_is_called_only_for_who_is_surely_asking_for_one() -> None:
    phone = at_question("What else?", None)
    phone.listens()
    phone.confidence = 0.85
    phone.says("a person please")
    phone.listens()
    assert phone.marks[-1] == "check:any" and phone.asked == ["something"]
    phone.confidence = 0.95
    phone.says("yes")
    assert phone.asked == ["something", "a person please"]


def test_what_does_not_answer_the_question_must_be_said_clearly() -> None:
    phone = at_question("When would you like it?", "time")
    phone.listens()
    phone.confidence, phone.digresses = 0.8, True
    phone.says("a table")
    phone.listens()
    assert phone.marks[-1] == "check:time" and phone.asked == ["something"]


def test_no_order_fails_for_a_name_that_cannot_be_heard() -> None:
    phone = at_question("Under what name?", "name")
    phone.listens()
    for words, confidence in (("seven eight", 0.5), ("anna", 0.1)):
        assert phone.asked == ["something"]
        phone.confidence = confidence
        phone.says(words)
        phone.listens()
    assert phone.asked == ["something", "Guest"]
