"""Templates: for every combination of slots a sentence that the checker finds nothing wrong with."""

from itertools import combinations
from random import Random

from nlu.fact_check import check
from nlu.facts import KINDS
from nlu.templates import article, template

VALUES = {
    "name": ["The Eagle", "Olive & Ember"], "eatType": ["pub", "coffee shop", "restaurant"],
    "food": ["Italian", "Fast food", "English"], "near": ["Burger King", "The Six Bells"], "familyFriendly": ["yes", "no"],
    "priceRange": ["cheap", "moderate", "high", "less than £20", "£20-25", "more than £30", "£10-15"],
    "customer rating": ["low", "average", "high", "1 out of 5", "4 out of 5"],
    "area": ["riverside", "city centre", "harbour"],
    "dish": ["Garlic Bread"], "special": ["Sea Bass"], "description": ["Four crisp rice balls"], "price": ["$5.50"],
    "ingredients": ["Basil, San Marzano tomato and mint", "Salt"], "diet": ["vegan, gluten free", "vegan"],
    "items": ["2 Margherita (large) and 1 Cola"], "way": ["pickup"], "time": ["18:30"], "total": ["$24.00"],
}  # fmt: skip


def test_every_combination_of_slots_has_a_sentence_with_exactly_its_facts():
    random = Random(1)
    for kind, slots in KINDS.items():
        for size in range(1, len(slots) + 1):
            for chosen in combinations(slots, size):
                if kind == "restaurant" or slots[0] in chosen:
                    facts = {slot: random.choice(VALUES[slot]) for slot in chosen}
                    said = template(facts)
                    assert check(facts, said).ok, (facts, said, check(facts, said))


def test_articles_follow_the_sound():
    assert [article(word) for word in ("English", "pub", "average", "university bar")] == ["an", "a", "an", "a"]
