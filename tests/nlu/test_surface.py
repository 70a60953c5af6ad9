"""Words become sentences: values in their places, articles, capitals, spaces."""

from nlu.surface import sentence_from, tokens_of


def test_a_sentence_is_written_as_people_write():
    tokens = tokens_of("the <name> is a <food> <eatType> near the <near> . it has a <customer rating> rating .")
    facts = {
        "name": "The Eagle",
        "food": "Italian",
        "eatType": "pub",
        "near": "Six Bells",
        "customer rating": "5 out of 5",
    }
    assert sentence_from(tokens, facts) == "The Eagle is an Italian pub near the Six Bells. It has a 5 out of 5 rating."


def test_food_is_not_said_twice():
    assert (
        sentence_from(tokens_of("<name> serves <food> food ."), {"name": "A", "food": "Fast food"})
        == "A serves fast food."
    )


def test_ingredients_are_listed_and_names_among_them_keep_their_capital():
    said = sentence_from(
        tokens_of("<dish> has <ingredients> in it ."), {"dish": "Pizza", "ingredients": "Basil, San Marzano tomato"}
    )
    assert said == "Pizza has basil and San Marzano tomato in it."


def test_text_becomes_the_words_that_the_network_learns():
    assert tokens_of("<name>, a kid-friendly place, costs £20-25.") == [
        "<name>", ",", "a", "kid-friendly", "place", ",", "costs", "£20", "-", "25", ".",
    ]  # fmt: skip
