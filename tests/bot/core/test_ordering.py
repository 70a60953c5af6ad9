import pytest

from bot.core import ordering
from nlu.order_lines import Add, Change, Choice, Clear, Line, Option, Question, Remove, Replace, Undo, Unfit
from tests.bot.parts import MENU, Visitor, add


@pytest.fixture
def guest() -> Visitor:
    return Visitor()


def test_an_added_dish_is_named_with_the_new_subtotal(guest: Visitor) -> None:
    heard = guest.orders(add("lasagna", 2))
    assert guest.cart() == {("lasagna", 2): 1}
    assert "2 × Lasagna" in heard.words and "$28.00" in heard.words
    assert "That's all" in heard.buttons


def test_each_kind_of_change_is_said(guest: Visitor) -> None:
    guest.orders(add("lasagna", 3), add("cola"))
    assert "Removed 1 × Lasagna" in guest.orders(Remove(0, 1)).words
    assert "Now 4 × Cola" in guest.orders(Change(1, quantity=4)).words
    assert "Swapped the Cola for 1 × Iced Tea" in guest.orders(Replace(1, Line("iced_tea"))).words
    assert "took the last change back" in guest.orders(Undo()).words
    assert "Removed the Lasagna" in guest.orders(Remove(0)).words
    assert guest.cart() == {("cola", 4): 1}
    assert "empty again" in guest.orders(Clear()).words
    assert guest.cart() == {}


def test_undo_survives_between_turns_and_ends_at_the_beginning(guest: Visitor) -> None:
    guest.orders(add("lasagna"))
    guest.orders(add("cola"))
    guest.orders(Undo())
    assert guest.cart() == {("lasagna", 1): 1}
    guest.orders(Undo())
    assert guest.cart() == {}
    assert "nothing to take back" in guest.orders(Undo()).words


def test_a_refused_wish_leaves_the_order_and_says_why(guest: Visitor) -> None:
    guest.orders(add("lasagna"))
    guest.kitchen.out = {"tiramisu"}
    heard = guest.orders(add("cola"), add("tiramisu"))
    assert guest.cart() == {("lasagna", 1): 1}
    assert heard.kinds[0] == "refusal" and "sold out" in heard.words


def test_words_that_are_not_on_the_menu_are_named_back(guest: Visitor) -> None:
    heard = guest.says("a unicorn steak and a lasagna", "order", add("lasagna"), unknown=("unicorn steak",))
    assert "“unicorn steak”" in heard.words
    assert guest.cart() == {("lasagna", 1): 1}


def test_what_a_dish_cannot_have_is_named_back_with_it(guest: Visitor) -> None:
    unfit = (Unfit("pineapple", "lasagna"), Unfit("basil", None))
    heard = guest.says("a lasagna with pineapple and basil", "order", add("lasagna"), unfit=unfit)
    assert heard.kinds[:3] == ["changed", "unfit", "unfit_anywhere"]
    assert "“pineapple” for the Lasagna" in heard.words and "“basil”" in heard.words
    alone = guest.says("put pineapple on it", "nlu_fallback", unfit=unfit[:1])
    assert alone.kinds[0] == "unfit"
    assert guest.says("with unicorn dust", "nlu_fallback", unknown=("unicorn dust",)).kinds[0] == "unknown"
    assert guest.cart() == {("lasagna", 1): 1}


def test_an_answer_to_a_question_names_back_what_cannot_be_had(guest: Visitor) -> None:
    guest.orders(add("margherita"))
    large = Change(0, put=(Option("pizza_size", "large"),))
    heard = guest.says("large unicorn dust", "inform", large, unknown=("unicorn dust",))
    assert "“unicorn dust”" in heard.words
    assert guest.order and Option("pizza_size", "large") in guest.order.wanted[0].options


def test_nothing_read_is_said_so(guest: Visitor) -> None:
    assert guest.says("the usual", "order").kinds[0] == "nothing_found"
    assert not guest.cart()


def test_a_required_choice_is_asked_for_and_its_answer_fills_the_line(guest: Visitor) -> None:
    heard = guest.orders(add("funghi"))
    assert "size" in heard.words
    assert [title.lower() for title in heard.buttons] == ["small", "medium", "large"]
    guest.says("medium")
    assert guest.order is not None and "medium" in str(guest.order.wanted[0].options)
    assert guest.conversation.expecting is None


@pytest.mark.parametrize(
    "text, value", [("large", "large"), ("the second one", "medium"), ("whatever", "small"), ("the last", "large")]
)
def test_a_choice_is_answered_by_name_by_place_or_left_to_us(guest: Visitor, text: str, value: str) -> None:
    guest.orders(add("funghi"))
    guest.says(text)
    assert guest.order is not None
    assert Option("pizza_size", value) in guest.order.wanted[0].options


@pytest.mark.parametrize("text", ["anything for kids?", "do you have any beer", "what sizes do you have?"])
def test_a_question_is_no_answer_to_a_choice(guest: Visitor, text: str) -> None:
    guest.orders(add("funghi"))
    heard = guest.says(text, "small_talk")
    assert guest.order is not None and "pizza_size" not in str(guest.order.wanted[0].options)
    assert heard.kinds[-1] == "which_option"


def test_the_last_value_counts_when_a_guest_corrects_the_answer(guest: Visitor) -> None:
    guest.orders(add("funghi"))
    small = Change(0, put=(Option("pizza_size", "small"),))
    guest.says("small... no medium", "inform", small)
    assert guest.order is not None and Option("pizza_size", "medium") in guest.order.wanted[0].options


@pytest.mark.parametrize("text", ["i'll pick it up at 8:30", "no, the time is wrong, 9 pm"])
def test_a_doubtful_reading_of_other_words_is_no_answer_to_a_choice(guest: Visitor, text: str) -> None:
    guest.orders(add("lasagna"), add("funghi"))
    guest.says(text, "inform", Change(0, quantity=8), confidence=0.1)
    assert guest.cart() == {("lasagna", 1): 1, ("funghi", 1): 1}


@pytest.mark.parametrize("text", ["who won the world cup?", "make it large"])
def test_words_that_order_nothing_add_no_dish_that_only_a_modifier_names(guest: Visitor, text: str) -> None:
    for intent in ("out_of_scope", "order"):
        heard = guest.says(text, intent, add("tomato_soup", soup_size="cup"))
        assert not guest.cart(), heard.words


def test_a_dish_in_a_question_may_be_misspelt(guest: Visitor) -> None:
    guest.says("is a large margarita possible", "order", add("margherita", pizza_size="large"))
    assert guest.cart() == {("margherita", 1): 1}


def test_what_comes_with_several_is_asked_for_with_their_number_and_then_with_what_is_chosen(guest: Visitor) -> None:
    assert "comes with two pizzas." in guest.orders(add("family_feast")).words
    heard = guest.says("margherita")
    assert heard.kinds[-1] == "which_other" and "has margherita so far" in heard.words


def test_several_required_choices_are_asked_one_after_another(guest: Visitor) -> None:
    guest.orders(add("family_feast"))
    for answer in ("margherita", "pepperoni", "fries", "cola"):
        assert guest.conversation.expecting == "option"
        guest.says(answer)
    assert guest.order is not None
    assert len(guest.order.wanted[0].options) == 4
    assert guest.conversation.expecting is None


def test_an_ambiguous_topping_is_asked_about_and_replaced_by_the_answer(guest: Visitor) -> None:
    olives = Option("pizza_topping", "or:black_olives|green_olives", "extra")
    heard = guest.orders(Add(Line("funghi", 1, (Option("pizza_size", "small"), olives))))
    assert "green olives" in heard.words and "black olives" in heard.words
    guest.says("green")
    assert guest.order is not None
    toppings = [option for option in guest.order.wanted[0].options if option.group == "pizza_topping"]
    assert toppings == [Option("pizza_topping", "green_olives", "extra")]


def test_a_question_in_place_of_the_answer_is_answered_and_the_choice_asked_again(guest: Visitor) -> None:
    guest.orders(add("funghi"))
    heard = guest.says("what are your opening hours", "ask_hours")
    assert heard.kinds == ["hours", "which_option"]
    guest.says("small")
    assert guest.conversation.expecting is None


def which(guest: Visitor) -> None:
    burgers = tuple(Choice(MENU.by_id[i].title, (add(i),)) for i in ("ember_burger", "bean_burger"))
    heard = guest.says("a burger", "order", question=Question("Which burger?", burgers))
    assert heard.buttons == ["Ember Burger", "Bean Burger"]
    assert not guest.cart()


@pytest.mark.parametrize(
    "text, item", [("the bean one", "bean_burger"), ("Ember Burger", "ember_burger"), ("the second", "bean_burger")]
)
def test_the_parser_s_question_is_answered_by_one_of_its_choices(guest: Visitor, text: str, item: str) -> None:
    which(guest)
    guest.says(text)
    assert guest.cart() == {(item, 1): 1}


@pytest.mark.parametrize("text", ["the spicy one", "two of those"])
def test_a_number_in_other_words_is_no_place_in_the_list(guest: Visitor, text: str) -> None:
    which(guest)
    heard = guest.says(text)
    assert not guest.cart() and heard.kinds[-1] == "question"


def test_no_to_the_parser_s_question_orders_nothing(guest: Visitor) -> None:
    which(guest)
    guest.says("no", "deny")
    assert not guest.cart() and guest.conversation.expecting is None


def test_another_order_in_place_of_the_answer_asks_once_more_and_then_lets_go(guest: Visitor) -> None:
    which(guest)
    heard = guest.says("a lasagna then", "order", add("lasagna"))
    assert guest.cart() == {("lasagna", 1): 1} and heard.kinds[-1] == "question"
    heard = guest.says("and a cola", "order", add("cola"))
    assert "choice_dropped" in heard.kinds and guest.conversation.expecting is None


def test_an_uncertain_reading_is_checked_and_no_takes_it_back(guest: Visitor) -> None:
    heard = guest.says("mumble", "order", add("lasagna"), confidence=0.4)
    assert heard.kinds[-1] == "check"
    guest.says("no", "deny")
    assert not guest.cart() and guest.conversation.expecting is None


def test_an_uncertain_reading_stays_when_the_guest_says_yes(guest: Visitor) -> None:
    guest.says("mumble", "order", add("lasagna"), confidence=0.4)
    guest.says("yes", "affirm")
    assert guest.cart() == {("lasagna", 1): 1} and guest.conversation.expecting is None


def test_an_order_after_the_placed_one_is_a_new_one(guest: Visitor) -> None:
    guest.reaches_confirmation()
    guest.says("yes", "affirm")
    heard = guest.orders(add("cola"))
    assert heard.kinds[0] == "new_order"
    assert guest.placed is not None and [line.item for line in guest.placed.wanted] == ["lasagna"]
    assert guest.cart() == {("cola", 1): 1}


def test_a_combo_without_anything_left_to_choose_is_refused(guest: Visitor) -> None:
    guest.kitchen.out = {"fries", "tomato_soup", "garden_salad"}
    heard = guest.says("a family feast", "order", add("family_feast", feast_drink="bottle_cola"))
    assert heard.kinds == ["refusal"] and not guest.cart()


def test_a_dish_taken_off_the_menu_leaves_the_order_and_the_guest_is_told(guest: Visitor) -> None:
    guest.orders(add("lasagna"), add("cola"), add("funghi"))
    assert guest.conversation.expecting == "option"
    items = tuple(item for item in MENU.items if item.id not in ("lasagna", "funghi"))
    menu = type(MENU)(MENU.name, MENU.currency, items, MENU.groups)
    guest.house = type(guest.house)(**vars(guest.house) | {"menu": menu})
    heard = guest.says("show my order", "show_order")
    assert heard.kinds[:2] == ["off_menu", "order_lines"]
    assert guest.cart() == {("cola", 1): 1}
    assert "nothing to take back" in guest.orders(Undo()).words


def test_a_question_with_one_choice_does_nothing_before_the_yes(guest: Visitor) -> None:
    both = Question("Shall I put both on one?", (Choice("yes", (add("margherita", pizza_size="large"),)),))
    guest.says("half ham half corn", "order", add("margherita", pizza_size="large"), confidence=0.5, question=both)
    assert guest.cart() == {}
    guest.says("yes", "affirm")
    assert guest.cart() == {("margherita", 1): 1}


def test_an_answer_may_say_more_than_the_choice(guest: Visitor) -> None:
    which = Question("Which one?", (Choice("Funghi", (add("funghi", 2),)), Choice("Hawaiian", (add("hawaiian", 2),))))
    guest.says("two pizzas", "order", confidence=0.5, question=which)
    guest.says("hawaiian, large", "inform", add("hawaiian", pizza_size="large"))
    assert guest.cart() == {("hawaiian", 2): 1}
    assert guest.order is not None and Option("pizza_size", "large") in guest.order.wanted[0].options


def test_closing_words_answer_the_check_and_close(guest: Visitor) -> None:
    guest.says("a lasagna", "order", add("lasagna"), confidence=0.5)
    assert guest.conversation.expecting == "check"
    guest.says("that's it", "affirm")
    assert guest.conversation.checkout


def test_an_added_dish_with_a_noted_allergen_is_said_so(guest: Visitor) -> None:
    guest.says("I'm allergic to nuts", "allergy")
    assert "allergy_in_order" in guest.orders(add("pesto_gnocchi")).kinds
    assert "allergy_in_order" not in guest.orders(add("cola")).kinds


def test_what_is_changed_and_what_is_added_are_each_said_once(guest: Visitor) -> None:
    guest.orders(add("cola", 3))
    heard = guest.says("actually 2 colas and a lasagna", "order", Change(0, quantity=2), add("lasagna"))
    assert heard.words.count("Lasagna") == 1 and "Now 2 × Cola" in heard.words


def test_taking_the_first_one_away_picks_no_choice() -> None:
    assert ordering.pick("remove the first one", ["red", "green"]) is None
    assert ordering.pick("the first one", ["red", "green"]) == 0
    assert ordering.pick("the first one", ["yes"]) is None


@pytest.mark.parametrize(
    "text",
    [
        "right that's me sorted", "i shan't need anything more", "that'll do", "that's the lot thanks love", "nah that's yer lot", "we're finished",
        "that's us thanks", "we're good thanks", "that does me just fine", "nope that covers it", "ring it up",
        "i've got everything i need", "that should be plenty dear",
    ],
)  # fmt: skip
def test_an_order_is_closed_in_many_words(guest: Visitor, text: str) -> None:
    guest.orders(add("lasagna", 2))
    guest.says(text, "thanks")
    assert guest.conversation.expecting == "type"


@pytest.mark.parametrize(
    "text", ["that's all wrong", "no more onions please", "i want everything on it", "what does that do"]
)
def test_words_that_only_resemble_closing_ones_close_nothing(guest: Visitor, text: str) -> None:
    guest.orders(add("lasagna", 2))
    guest.says(text, "thanks")
    assert guest.conversation.expecting is None


def test_just_what_is_ordered_already_closes_the_order(guest: Visitor) -> None:
    guest.orders(add("lasagna", 2))
    guest.says("no just the lasagna", "order", add("lasagna"))
    assert guest.conversation.expecting == "type" and guest.cart() == {("lasagna", 2): 1}


@pytest.mark.parametrize(
    "words, size",
    [("the biggest you do", "large"), ("huge", "large"), ("the little one", "small"), ("the cheapest one", "small"),
     ("the middle one please", "medium"), ("in between", "medium"), ("the normal one", "medium"), ("the usual", "medium")],
)  # fmt: skip
def test_a_size_is_found_by_its_place_among_the_others(words: str, size: str) -> None:
    guest = Visitor()
    guest.orders(add("funghi"))
    guest.says(words)
    assert guest.order is not None
    assert {option.group: option.value for option in guest.order.wanted[0].options}["pizza_size"] == size


@pytest.mark.parametrize("words", ["how big is the small", "what's the difference between small and large"])
def test_a_question_about_the_choices_chooses_none(words: str) -> None:
    guest = Visitor()
    guest.orders(add("funghi"))
    heard = guest.says(words, "inform", Change(0, put=(Option("pizza_size", "small"),)))
    assert guest.conversation.expecting == "option" and "which_option" in heard.kinds


def test_the_same_size_is_that_of_the_line_before_or_of_what_was_taken_back(guest: Visitor) -> None:
    guest.orders(add("margherita", pizza_size="medium"), add("funghi"))
    guest.says("the same size please")
    assert guest.order and Option("pizza_size", "medium") in guest.order.wanted[-1].options
    guest.orders(Clear())
    guest.orders(add("pepperoni_pizza"))
    guest.says("same size yes")
    assert guest.order and Option("pizza_size", "medium") in guest.order.wanted[-1].options
