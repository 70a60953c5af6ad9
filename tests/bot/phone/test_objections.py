"""A scripted caller objects to what is said back wrongly, in its own words, and to nothing else."""

from __future__ import annotations

import pytest

from bot.core.turn import House
from bot.phone.caller import ScriptedCaller
from bot.phone.objections import Wishes
from bot.phone.scenario import Move, Scenario, load_scenario
from nlu.parser import OrderParser
from tests.bot.parts import MENU, RESTAURANT, ROOT

HOUSE = House(RESTAURANT, MENU, OrderParser(MENU), None)  # type: ignore[arg-type]
SCRIPTS = ROOT / "data" / "calls"
READ = (
    "Let me read it back. one Margherita, small. The total is ten dollars. Pickup at Harbour Street, about six thirty p m. "
    "The name is Anna. The number is two oh seven, five five five, oh one two three. Shall I place the order?"
)
TABLE = (
    "Let me read it back: a table for four people at Harbour Street, tomorrow, Saturday, November twenty first at seven p m, "
    "for Anna, phone two oh seven, five five five, oh one two three. Shall I book it?"
)


def wishes(script: str) -> Wishes:
    return Wishes(load_scenario(SCRIPTS / f"{script}.yml"), HOUSE)


@pytest.mark.parametrize(
    ("right", "read", "said"),
    [
        ("one Margherita, small", "one Margherita, small", None),
        ("one Margherita, small", "one Margherita, large", "no a small margherita"),
        ("one Margherita, small", "two Margherita, small", "no a small margherita"),
        ("one Margherita, small", "one Lasagna", "no swap the lasagna for a small margherita"),
        ("one Margherita, small", "one Margherita, small. one Cola", "no remove the cola"),
        ("Pickup at", "Delivery from", "no pickup"),
        ("two oh seven", "two one seven", "no two oh seven five five five oh one two three"),
        ("Let me read it back. ", "", None),
    ],
)
def test_what_is_read_back_is_held_against_the_order_that_is_wanted(right: str, read: str, said: str | None) -> None:
    assert wishes("margherita").objection(READ.replace(right, read)) == said


@pytest.mark.parametrize(
    ("right", "read", "said"),
    [
        ("four people", "four people", None),
        ("four people", "five people", "no for four people"),
        ("November twenty first", "November twentieth", "no tomorrow"),
        ("seven p m", "eleven p m", "no at seven p m"),
    ],
)
def test_what_is_read_back_is_held_against_the_table_that_is_wanted(right: str, read: str, said: str | None) -> None:
    assert wishes("booking").objection(TABLE.replace(right, read)) == said


def test_another_dish_in_answer_to_an_order_is_objected_to_and_the_same_is_not() -> None:
    caller = wishes("margherita")
    order = Move("say", "a small margherita please", "order")
    again = "no a small margherita please"
    assert caller.contradiction(order, "Added one Lasagna. What else?") == again
    assert caller.contradiction(order, "Added two Margherita, small. What else?") == again
    assert caller.contradiction(order, "Added one Margherita, small. What else?") is None
    assert caller.contradiction(Move("say", "that's all", "order"), "Added one Lasagna. What else?") is None
    several = Move("say", "fries, coleslaw and a lemonade", "order")
    heard = "Added one Fries. Added one Cola. Added one Homemade Lemonade. What else?"
    assert caller.contradiction(several, heard) == "no swap the cola for a coleslaw"
    assert caller.unheard(order, "How many of you will there be?")
    assert not caller.unheard(Move("say", "how much is the tiramisu", "order"), "The Tiramisu is seven dollars.")


@pytest.mark.parametrize(
    ("said", "quoted", "right"),
    [
        ("a lasagna please", "i want a lasagna", True),
        ("a lasagna please", "a person please", False),
        ("a lasagna please", "two lasagnas please", False),
        ("that's all", "that is all", True),
        ("pickup", "take out", True),
        ("pickup", "delivery", False),
        ("as soon as possible", "right away", True),
        ("as soon as possible", "a table", False),
        ("can I talk to a person please", "a person please", True),
        ("at eight pm", "at eight p m", True),
        ("four people", "for people please", False),
    ],
)
def test_words_that_are_said_back_are_right_when_they_mean_the_same(said: str, quoted: str, right: bool) -> None:
    for asked in (f"I heard: {quoted}. Is that right?", f"Do you mean: {quoted}? Yes or no, or press one or two."):
        assert wishes("margherita").means(Move("say", said), asked) is right


def test_a_dish_that_is_asked_about_is_not_objected_to_and_one_that_is_not_named_is_added() -> None:
    several = Move("say", "fries, coleslaw and a lemonade", "order")
    before = "Added one Fries. Added one Homemade Lemonade. What else? Added one Cola. What else?"
    assert wishes("remove_one").contradiction(several, "Added one Cola. What else?", before) == (
        "no swap the cola for a coleslaw"
    )
    asked = "Added one Margherita. What size would you like for the Margherita: small, medium or large?"
    assert wishes("margherita").contradiction(Move("say", "a small margherita please", "order"), asked) is None
    several = Move("say", "fries, coleslaw and a lemonade", "order")
    assert wishes("remove_one").forgotten(several, "Added one Fries. Added one Coleslaw. What else?") == (
        "add a lemonade"
    )
    both = "Added one Fries. Added one Coleslaw. What else? Added one Homemade Lemonade. Anything else?"
    assert wishes("remove_one").forgotten(several, both) is None
    swap = Move("say", "swap the tiramisu for a chocolate cake", "order")
    assert wishes("swap").forgotten(swap, "Swapped the Tiramisu for one Chocolate Cake. Anything else?") is None


def test_a_question_that_the_script_does_not_foresee_is_answered_from_what_is_wanted() -> None:
    caller = wishes("margherita")
    assert caller.answer("What size would you like for the Margherita: small, medium or large?", "any") == "small"
    assert caller.answer("Pickup or delivery?", "any") == "pickup"
    assert caller.answer("Fine. Will you pick it up, or shall we deliver it?", "any") == "pickup"
    assert caller.answer("What else?", "order") == "that's all"
    assert wishes("all_at_once").answer("When would you like it?", "time") == "as soon as possible"
    table = wishes("eight_in_december")
    assert table.answer("For how many people?", "people") == "eight people"
    assert table.answer("On which day?", "date") == "December fifth"
    assert caller.answer("Under what name?", "name") == "Anna"
    assert caller.answer("Added one Margherita, small. Would you like to add Garlic Bread?", "any") == "no thank you"
    assert caller.answer("Which table?", "any") is None


def test_who_is_asked_for_one_dish_says_one_and_nothing_besides() -> None:
    caller = wishes("margherita")
    order = Move("say", "hi can i get two large margherita with mushrooms and a lemonade please", "order")
    assert caller.briefly(order) == "two large margherita"
    assert caller.briefly(Move("say", "no that's it for me", "order")) in ("that's all", None)
    assert caller.briefly(Move("say", "is it spicy", "order")) is None


def test_who_is_not_asked_for_what_they_have_told_goes_on_to_what_is_asked() -> None:
    moves = [Move("say", f"the {when}", when) for when in ("people", "date", "time", "name", "confirm")]
    caller = ScriptedCaller(Scenario("table", tuple(moves)), [None] * 5, 1.0)
    for asked, at in (("date", 1), ("name", 3), ("people", 3), ("confirm", 4)):
        caller._asked.append(asked)
        caller._skip_what_nobody_asks()
        assert caller._at == at


def test_who_has_said_yes_says_so_again_when_asked_again_but_not_to_what_is_wrong() -> None:
    script = load_scenario(SCRIPTS / "margherita.yml")
    caller = ScriptedCaller(script, [None] * len(script.moves), 1.0, Wishes(script, HOUSE))
    caller._at, caller._question = len(script.moves), True
    caller._asked.append("confirm")
    caller._read_back = READ
    assert caller._wanted_again() and not caller._what_is_wrong()
    caller._read_back = READ.replace("Margherita", "Lasagna")
    assert not caller._wanted_again() and caller._what_is_wrong() is not None


@pytest.mark.parametrize("path", sorted(SCRIPTS.glob("*.yml")), ids=lambda path: path.stem)
def test_every_script_knows_its_dishes_as_the_bot_names_them(path: object) -> None:
    scenario = load_scenario(path)  # type: ignore[arg-type]
    wanted = [line for row in scenario.expect.get("orders") or () for line in row.get("lines", ())]
    assert len(Wishes(scenario, HOUSE)._lines) == len(wanted)
    for line in Wishes(scenario, HOUSE)._lines:
        assert Wishes(scenario, HOUSE)._dish(line)[0] == line.quantity


@pytest.mark.parametrize("yes", ["yes", "aye yes", "yup", "that's it yes", "well yes i believe it is"])
def test_a_yes_in_any_words_is_not_said_to_what_is_wrong(yes: str) -> None:
    script = load_scenario(SCRIPTS / "margherita.yml")
    caller = ScriptedCaller(script, [None] * len(script.moves), 1.0, Wishes(script, HOUSE))
    caller._read_back = READ.replace("Margherita, small", "Lasagna")
    assert caller._would_agree_to_what_is_wrong(Move("say", yes, "confirm"))


@pytest.mark.parametrize(("dish", "meek", "agrees"), [("Lasagna", False, False), ("Lasagna", True, True)])
def test_nobody_who_objects_says_yes_to_what_is_wrong(dish: str, meek: bool, agrees: bool) -> None:
    script = load_scenario(SCRIPTS / "margherita.yml")
    caller = ScriptedCaller(script, [None] * len(script.moves), 1.0, Wishes(script, HOUSE, meek))
    caller._read_back = READ.replace("Margherita, small", dish)
    assert caller._would_agree_to_what_is_wrong(script.moves[-1]) is not agrees
    caller._read_back = READ
    assert not caller._would_agree_to_what_is_wrong(script.moves[-1])


def test_a_recording_of_an_order_means_what_the_call_wants() -> None:
    order = Move("audio", "order.wav", "order", transcript="what is ordered")
    script = Scenario("real", (order,), expect={"orders": [{"lines": ["1 lasagna"]}]})
    assert Wishes(script, HOUSE).contradiction(order, "Added one Tiramisu. What else?") == "no what is ordered"
    assert Wishes(script, HOUSE).contradiction(order, "Added one Lasagna. What else?") is None


LETTERS = "Type the first four letters of the dish on your keys, or one for that's all."
SIZES = "For small press one, for medium press two, for large press three."


@pytest.mark.parametrize(
    ("script", "prompt", "asked", "said", "typed"),
    [
        ("margherita", LETTERS, "order", "a lasagna please", "5272"),
        ("margherita", LETTERS, "order", "that's all", "1"),
        ("margherita", SIZES, "any", "the small one", "1"),
        ("margherita", "For margherita press one, for marinara press two.", "order", "a marinara", "2"),
        ("margherita", "For pickup press one, for delivery press two.", "any", "i'll come by", "1"),
        ("margherita", "Type hour and minutes. For as soon as possible press one.", "time", "whenever", "1"),
        ("margherita", "For yes, please press one, for no, thanks press two.", "any", "nah", "2"),
        ("margherita", "For extra crispy press one, for soggy press two.", "any", "whatever", ""),
        ("booking", "Please type how many people you are.", "people", "us four", "4"),
        ("booking", "Type hour and minutes on your keys, like seven three zero.", "time", "at seven", "700"),
        ("booking", "Type month and day on your keys, like one one two five.", "date", "tomorrow", "1121"),
    ],
)
def test_who_is_asked_for_keys_types_what_is_wanted(
    script: str, prompt: str, asked: str, said: str, typed: str
) -> None:
    assert wishes(script).keys(prompt, asked, Move("say", said, asked)) == typed


def test_what_was_wrong_with_a_table_is_chosen_by_its_key() -> None:
    caller = wishes("booking")
    assert caller.objection(TABLE.replace("four people", "five people")) == "no for four people"
    prompt = "For another time press one, for another day press two, for another number of people press three."
    assert caller.keys(prompt, "any", Move("say", "for four people")) == "3"
