"""The closed classes of English that ordering is made of. No word here belongs to any menu."""

from __future__ import annotations

from collections.abc import Sequence

ABBREVIATIONS = {
    "sm": "small", "sml": "small", "med": "medium", "lg": "large", "lrg": "large", "xl": "extra large", "reg": "regular",
    "largest": "large", "biggest": "large", "smallest": "small", "choc": "chocolate", "veg": "vegetable", "oz": "ounce", "lb": "pound", "lbs": "pounds", "pc": "piece",
    "pcs": "pieces", "bbq": "barbecue", "ltr": "liter", "litre": "liter", "litres": "liters", "ml": "milliliter",
    "fl": "fluid", "mayo": "mayonnaise",
}  # fmt: skip

NUMBERS: dict[str, int] = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
}  # fmt: skip

# Number words that need a noun or "of": "a dozen wings", "a couple of cokes", "half a dozen".
COLLECTIVES: dict[str, int] = {"dozen": 12, "couple": 2, "pair": 2}

ARTICLES = frozenset({"a", "an", "the", "another", "some", "any"})

# What a qualifier makes of the modifiers in its scope.
NEGATIVE = frozenset(
    "no not without hold avoid skip minus omit remove exclude except excluding nix lose drop dont don't doesn't never "
    "w/o leave out off forget delete sans neither nor zero scratch cancel".split()
)
MORE = frozenset("extra more additional double triple lots loads plenty heavy tons lotsa loaded".split())
LESS = frozenset(
    "light lite easy little less bit touch drizzle hint splash dash lightly tad tiny sprinkle pinch sparing".split()
)

CORRECTIONS = frozenset("no sorry actually wait scratch rather mean meant instead correction oops make".split())

_COMMON = """
a able about above absolutely actually add added adding additional after afternoon again ago ahead all allergic allergy
almost alone along alright also although always am an and another any anybody anyone anything anyway apart appreciate
are aren't around as ask at ate avoid aw away awesome back bad be bear bearing beautiful because been before begin being believe
below beside best better between big bit both bout bring brings bring buddy but buy by bye call came can can't cannot
cant change check choice choose chose clear clearly come comes coming completely contain containing cool correct could
couldn't couple cup cut cutting day deal dear decide decided definitely delete deliver delivered delivery did didn't
different dining dinner do does doesn't doing don't done dont double dozen drop due each early easy eat eating either
else end enough entire especially evening ever every everybody everyone everything exactly except excuse extra fact
family fancy fast favor favour favorite feel few fill filled filling fillings final finally fine finish first five
folks for forget forgot four fourth friend friends from full further gave get gets getting gimme give given gives
giving glad go goes going gonna good goodbye got gotta great group guess guests guy guys had half hand happy hard has
hasn't have haven't having he heavy hello help her here hey hi him his hmm hold home hope hopefully hour hours how
however hungry husband i i'd i'll i'm i've id if ill im important in include included includes including inside
instead into is isn't it it'd it'll it's its itself ive just keep keeping kid kids kind kindly know lady large
last late later least leave leaving left less let let's lets light like liked likely list listen little long look
looking lot lots love loves lunch ma'am made main make makes making man many matter may maybe me meal meals mean means
meant meet minus minute miss mister mix mixed moment money more morning most mostly much must my myself name near need
needed needing needs never new next nice night no nobody none nope nor normal not nothing now number obviously of off
oh ok okay old on once one ones only onto open option options or order ordered ordering orders original other others
otherwise our out over own pack part party past pay people per perfect perhaps person pick picked pickup piece pieces
place placed places plan plate plain please plus pls plz point possible prefer preferably pretty probably problem put
puts putting question quick quickly quite rather read ready real really reason regular remove replace rest restaurant
right round rush said same saw say saying says scratch second see seems serve served serving servings set several shall
she should show side sides since single sir size sized sizes skip slight small so some somebody someone something
sometimes soon sorry sort sounds special specials standard start started starting stay still stop style substitute sub
such sure swap switch table take taken takes taking talk tell ten than thank thanks thanx that that'd that'll that's
thats the their them then there there's theres these they they'd they'll they're thing things think third this those
though thought three through throw thru thx till time times to today together told tomorrow tonight too took top
topped topping toppings total totally toward tried tries try trying turn twice two type uh uhh um umm under undo
unless until up upon us use used using usual usually very wait wanna want wanted wanting wants was wasn't way we we'd
we'll we're we've week welcome well went were what what's whatever when where whether which while who whole whose why
wife will wish with within without won't wonder wonderful wondering word work works would wouldn't wow wrong yeah year
years yep yes yesterday yet yo you you'd you'll you're you've your yours yourself yum
anyways basically beverage beverages drink drinks food foods item items dish dishes appetizer appetizers dessert
desserts menu meal combo snack breakfast bunch quantity amount amounts medium meds sizes kinds flavor flavored
favour bigger smaller larger lighter darker hotter colder longer shorter thicker thinner cheaper faster biggest smallest
anymore mind minds cancel canceled cancelled cancelling undo remove removed edit edits changed changes changing swapped
switched switch substitute substituted exchange update updated instead restart reset clear cleared empty cart basket bag
total bill pay tip receipt delivery address street road avenue phone email booking reservation reserve table tables seat
seats wait waitlist line queue parking wifi restroom bathroom located location directions closed closing opening hours
manager staff human person agent operator speak complaint refund late cold missing horrible terrible amazing excellent
vegan vegetarian gluten dairy nut nuts peanuts allergy allergies halal kosher calories ingredients spicy popular
recommend recommendation suggestion suggest favourite cheapest price prices cost costs charge discount coupon deal deals
monday tuesday wednesday thursday friday saturday sunday weekend january tonight noon midnight pm oclock half quarter
hurry rush soon later ready birthday anniversary friend coworkers office son daughter mom dad mother father husband wife
brother sister girlfriend boyfriend boss baby child children gentleman sir madam buddy dude folks sounds works fine
correct confirm confirmed confirming checkout finalize finished done complete submit send sent text message call calling
called hello hiya howdy greetings morning cheers ta bye goodnight goodnight lol omg haha btw fyi idk tbh asap
whoops oops ugh meh nah yup yea ya yah ok okey okie k alrighty righto certainly indeed absolutely gladly lovely
wondering curious asking question questions answer describe explain difference between mention mentioned forgot forget
forgotten remember remind repeat again said saying spell spelled speaking talking hearing hear heard understand
hang hanging bump bumping upgrade upsize downsize scrap axe bin dump toss chuck sorted settled ring friend's wife's husband's doctor's
horse starving famished supper mate's son's daughter's mom's mum's dad's court lane road
cash card down kill doordash pick-up takeout takeaway carryout curbside eat-in dine thing stuff else's
"""
COMMON = frozenset(_COMMON.split()) | frozenset(NUMBERS) | frozenset(COLLECTIVES)
"""Words of ordering speech: never a misspelt menu word, never food that the menu lacks."""

_FOODS = """
ale almond almonds anchovy apple apples apricot artichoke asparagus aubergine avocado bacon bagel bagels banana bananas
basil bean beans beef beer beers beet beets berries berry biscuit biscuits bread brownie brownies bun buns burger burrito
burritos butter cabbage cake cakes candy caramel carrot carrots cashew caviar celery champagne cheese cheesecake cherries
cherry chestnut chicken chili chips chocolate chop chops chowder churros cider clam clams cocktail cocktails cocoa coconut
cod coffee coke cookie cookies corn couscous crab cracker crackers cranberry cream crepe crepes crisps croissant cucumber
cupcake curry custard date dates donut donuts doughnut duck dumpling dumplings eel egg eggplant eggs fajita fajitas
falafel fig figs fish fries fruit garlic gin ginger goat goose grape grapefruit grapes gravy guacamole gyro gyros haddock
halibut ham hash hazelnut herring honey hummus jam jelly juice kale kebab kebabs ketchup kimchi kiwi lager lamb latte leek
leeks lemon lemonade lentil lentils lettuce lime limes liver lobster mackerel mango maple margarine matcha mayonnaise
melon milk milkshake mimosa mint mocha mojito muffin muffins mushroom mushrooms mussel mussels mustard mutton naan nachos
noodle noodles nuggets nutmeg oatmeal octopus olive olives omelet omelette onion onions orange oranges oyster oysters
pancake pancakes paneer papaya parsley parsnip pasta pastry pea peach peaches peanut pear pears peas pecan pepper peppers
pesto pheasant pickle pickles pies pineapple pistachio pizza plum plums pork porridge porter potato potatoes prawn prawns
pretzel prosecco prune prunes pudding pumpkin quesadilla quiche quinoa rabbit radish raisin raisins ramen raspberry relish
rhubarb ribs rice risotto rolls rum rye saffron salad salads salami salmon salsa sandwich sardines sauce sausage sausages
scallop scallops schnitzel scone scones seafood seaweed shake shallots shellfish sherbet shrimp shrimps slaw smoothie soda
sole sorbet souffle soup soups soy spaghetti spinach sprouts squash squid steak steaks stew stout strawberries strawberry
strudel sushi swordfish syrup taco tacos tamales tart tarts tea tequila toast tofu tomato tomatoes tonic tortilla trout
truffle truffles tuna turkey turnip vanilla veal venison vinegar vodka waffle waffles walnut walnuts water watermelon
whiskey whisky wine wines wings wrap wraps yam yams yoghurt yogurt zucchini
"""
FOODS = frozenset(_FOODS.split())
"""Food and drink that means itself: where the menu lacks it, "beer" is no slip for "beef"."""

OCCASIONS = frozenset("lunch dinner breakfast party family kid kids personal individual sharing".split())
"""Common words that nevertheless may stand for a whole name ("a lunch pizza" is one of lunch size)."""

DESCRIPTORS = frozenset(
    """
    hot cold iced ice frozen fresh chilled warm grilled fried roasted roast baked toasted crispy smoked steamed boiled raw
    dried pulled shredded chopped crushed sliced stuffed spicy mild sweet sour salty bitter creamy chunky soft hard crunchy
    black white red green yellow brown pink golden dark blue thin thick big little mini jumbo baby whole half low fat
    high free skinny lean diet plain simple original classic traditional special super royal house wild country organic
    """.split()
)
"""Words that describe food of any kind: alone they name nothing, unless a shared head follows ("black and pinto beans")."""


def has_phrase(words: Sequence[str], *phrases: str) -> bool:
    """Whether any of the phrases stands in a row of words."""
    text = " " + " ".join(words) + " "
    return any(f" {phrase} " in text for phrase in phrases)
