"""Sentences that people say to a restaurant, invented: orders on made-up menus, edits, bookings, names, numbers.

A sentence is lower case without punctuation, as a transcript is, but for spelled letters: those are upper case, so
that a synthesiser can be told to read ``A`` as the letter and ``a`` as the article.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from speech import patterns

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()
ORDINALS = {
    1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth", 20: "twentieth",
    30: "thirtieth",
}  # fmt: skip
MONTHS = "january february march april may june july august september october november december".split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()


_COMMON = {"coffee": 6, "italian": 8, "grill": 6}  # how often a kitchen is drawn; twice for the others
_ASKED = {"start": 3, "more": 6, "questions": 2, "confirm": 3, "time": 2, "option": 2, "table": 2}  # and a question


def words(text: str) -> list[str]:
    return text.split()


def phrases(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


@dataclass(frozen=True)
class Kitchen:
    """What menus of one kind of place are invented from."""

    items: list[str]
    sizes: list[str]
    extras: list[str]
    styles: list[str]


CUPS = phrases("small, medium, large, extra large, regular, tall, eight ounce, ten ounce, twelve ounce, sixteen ounce, twenty ounce, twenty four ounce")  # fmt: skip
KITCHENS = {
    "coffee": Kitchen(
        phrases(
            "coffee, latte, cappuccino, espresso, americano, mocha, iced mocha, iced coffee, house coffee, drip coffee, macchiato, flat white, cold brew, cortado, chai latte, hot chocolate, green tea, black tea, iced latte, vanilla latte, iced americano, decaf coffee, frappe, lemonade, croissant, blueberry muffin, bagel, scone, cinnamon roll, matcha latte, steamer"
        ),  # fmt: skip
        CUPS,
        phrases(
            "milk, whole milk, skim milk, soy milk, almond milk, oat milk, coconut milk, cream, sugar, brown sugar, sweetener, honey, vanilla syrup, caramel, whipped cream, cinnamon, foam, ice, half and half"
        ),  # fmt: skip
        phrases(
            "single shot, double shot, triple shot, light roast, medium roast, dark roast, decaf, iced, hot, extra hot, to go"
        ),  # fmt: skip
    ),
    "burger": Kitchen(
        phrases(
            "cheeseburger, hamburger, double cheeseburger, bacon burger, veggie burger, chicken sandwich, fish sandwich, chicken nuggets, french fries, curly fries, onion rings, milkshake, chocolate shake, strawberry shake, hot dog, chili dog, corn dog, mushroom swiss burger, turkey burger, tater tots, side salad, apple pie, mozzarella sticks, spicy chicken sandwich, combo meal, kids meal"
        ),  # fmt: skip
        phrases("small, medium, large, regular, junior, jumbo"),
        phrases(
            "cheese, american cheese, cheddar, swiss, pepper jack, lettuce, tomato, onion, onions, pickles, ketchup, mustard, mayo, mayonnaise, bacon, avocado, jalapenos, barbecue sauce, ranch, grilled onions, mushrooms, special sauce, relish, hot sauce"
        ),  # fmt: skip
        phrases("well done, medium rare, rare, on a gluten free bun, on a sesame bun, cut in half, no bun, plain"),
    ),
    "pizza": Kitchen(
        phrases(
            "pizza, pepperoni pizza, cheese pizza, hawaiian pizza, veggie pizza, margherita, meat lovers pizza, supreme pizza, calzone, stromboli, garlic bread, garlic knots, bread sticks, chicken wings, buffalo wings, caesar salad, greek salad, lasagna, spaghetti and meatballs, baked ziti, cannoli, tiramisu, white pizza, deep dish pizza, sausage pizza, pizza slice"
        ),  # fmt: skip
        phrases(
            "small, medium, large, extra large, personal, party size, ten inch, twelve inch, fourteen inch, sixteen inch, family size"
        ),  # fmt: skip
        phrases(
            "pepperoni, sausage, mushrooms, green peppers, onions, black olives, olives, anchovies, ham, pineapple, bacon, extra cheese, mozzarella, parmesan, spinach, artichokes, fresh basil, tomatoes, roasted garlic, feta cheese, chicken, banana peppers, ricotta, balsamic glaze, pesto, tuna, dried tomatoes, arugula"
        ),  # fmt: skip
        phrases(
            "thin crust, thick crust, stuffed crust, deep dish, gluten free crust, hand tossed, new york style, chicago style, sicilian style, half and half, well done"
        ),  # fmt: skip
    ),
    "mexican": Kitchen(
        phrases(
            "burrito, burrito bowl, chicken burrito, steak burrito, taco, tacos, soft taco, hard shell taco, fish taco, quesadilla, nachos, enchiladas, tamales, fajitas, chips and salsa, chips and guacamole, chips and queso, churros, horchata, taco salad, tostada, chimichanga, carne asada fries, elote, breakfast burrito"
        ),  # fmt: skip
        phrases("small, large, regular, kids, mini, half"),
        phrases(
            "black beans, pinto beans, beans, white rice, brown rice, cilantro lime rice, guacamole, sour cream, salsa, mild salsa, hot salsa, corn salsa, salsa verde, pico de gallo, queso, cheese, lettuce, fajita vegetables, fajita veggies, jalapenos, chicken, steak, carnitas, barbacoa, chorizo, sofritas, shredded pork"
        ),  # fmt: skip
        phrases(
            "on a flour tortilla, on a corn tortilla, on a whole wheat tortilla, in a bowl, on the side, spicy, mild"
        ),  # fmt: skip
    ),
    "asian": Kitchen(
        phrases(
            "fried rice, chicken fried rice, lo mein, chow mein, orange chicken, general tso's chicken, kung pao chicken, sweet and sour pork, egg rolls, spring rolls, wonton soup, hot and sour soup, dumplings, pot stickers, pad thai, green curry, red curry, tom yum soup, pho, ramen, udon, california roll, salmon roll, tuna roll, spicy tuna roll, miso soup, edamame, teriyaki chicken, bibimbap, bulgogi, mongolian beef, crab rangoon, sesame chicken, bubble tea, banh mi"
        ),  # fmt: skip
        phrases("small, large, pint, quart, lunch size, dinner size, regular"),
        phrases(
            "shrimp, beef, chicken, tofu, pork, soy sauce, peanuts, cashews, broccoli, bean sprouts, scallions, wasabi, ginger, hoisin sauce, sriracha, steamed rice, brown rice, noodles, egg, mushrooms, bok choy"
        ),  # fmt: skip
        phrases("mild, medium spicy, extra spicy, not too spicy, steamed, gluten free, vegetarian"),
    ),
    "indian": Kitchen(
        phrases(
            "chicken tikka masala, butter chicken, lamb vindaloo, samosas, naan, garlic naan, palak paneer, saag paneer, chana masala, vegetable biryani, chicken biryani, tandoori chicken, dal, mango lassi, raita, pakora, lamb korma, aloo gobi, basmati rice, roti, gulab jamun, chicken curry"
        ),  # fmt: skip
        phrases("small, large, half, full, family"),
        phrases(
            "rice, chutney, mint chutney, yogurt, paneer, chickpeas, potatoes, peas, onions, cilantro, green chilies"
        ),  # fmt: skip
        phrases("mild, medium, hot, extra hot, vegan, without nuts"),
    ),
    "deli": Kitchen(
        phrases(
            "turkey club, blt, reuben, ham and cheese, tuna melt, italian sub, meatball sub, grilled cheese, chicken salad sandwich, egg salad sandwich, roast beef sandwich, pastrami on rye, philly cheesesteak, turkey sandwich, veggie wrap, chicken wrap, tomato soup, chicken noodle soup, clam chowder, cobb salad, potato salad, coleslaw, bag of chips, chocolate chip cookie, brownie"
        ),  # fmt: skip
        phrases("half, whole, six inch, twelve inch, footlong, cup of, bowl of, small, large"),
        phrases(
            "lettuce, tomato, mayo, mustard, honey mustard, provolone, swiss cheese, pickles, onions, cucumbers, sprouts, avocado, oil and vinegar, hot peppers, bacon, dijon"
        ),  # fmt: skip
        phrases("on rye, on white, on wheat, on sourdough, on a roll, toasted, not toasted, open faced"),
    ),
    "diner": Kitchen(
        phrases(
            "pancakes, waffles, french toast, scrambled eggs, fried eggs, omelette, western omelette, eggs benedict, hash browns, home fries, bacon, sausage links, oatmeal, biscuits and gravy, meatloaf, pot roast, mashed potatoes, mac and cheese, fried chicken, chicken tenders, country fried steak, chicken pot pie, grilled salmon, fish and chips, ribeye steak, new york strip, pork chops, baby back ribs, pulled pork, brisket, cornbread, baked beans, cheesecake, key lime pie, ice cream sundae, apple crisp, orange juice, apple juice, toast, english muffin, house salad, soup of the day, shrimp cocktail, crab cakes"
        ),  # fmt: skip
        phrases("small, large, short stack of, full stack of, side of, half order of, kids, double"),
        phrases(
            "butter, maple syrup, gravy, blueberries, strawberries, bananas, chocolate chips, sour cream, ranch dressing, blue cheese dressing, italian dressing, hollandaise, tartar sauce, lemon, steak sauce, croutons"
        ),  # fmt: skip
        phrases(
            "over easy, over medium, sunny side up, medium rare, medium well, well done, on the side, gluten free"
        ),  # fmt: skip
    ),
    "italian": Kitchen(
        phrases(
            "margherita, marinara, pepperoni, diavola, funghi, hawaiian, capricciosa, quattro formaggi, four cheese pizza, quattro stagioni, ortolana, prosciutto, calzone, napoli, primavera, bianca, focaccia, garlic bread, bruschetta, arancini, rice balls, calamari, fried calamari, burrata, caprese, caprese salad, carpaccio, antipasto, prosciutto and melon, mozzarella sticks, warm olives, minestrone, tomato soup, roasted tomato soup, carbonara, spaghetti carbonara, bolognese, spaghetti bolognese, lasagna, lasagne, penne arrabbiata, arrabbiata, penne alla vodka, rigatoni, fettuccine alfredo, linguine with clams, cacio e pepe, amatriciana, puttanesca, gnocchi, pesto gnocchi, ravioli, tortellini, cannelloni, orecchiette, pappardelle, tagliatelle, risotto, mushroom risotto, seafood risotto, osso buco, saltimbocca, veal piccata, chicken parmesan, chicken marsala, eggplant parmesan, polenta, tiramisu, panna cotta, cannoli, gelato, affogato, lemon sorbet, sorbet, zabaglione, biscotti, espresso, cappuccino, limoncello, special, mushroom pizza, veggie pizza, vegetable pizza, mushrooms"
        ),  # fmt: skip
        phrases(
            "small, medium, large, big, regular, half, full, nine inch, twelve inch, sixteen inch, main size, starter, large portion of, bowl of, cup of, slice of, plate of"
        ),  # fmt: skip
        phrases(
            "mozzarella, vegan cheese, parmesan, ricotta, gorgonzola, pecorino, ham, cooked ham, fennel sausage, italian sausage, spicy salami, salami, bacon, pancetta, chicken, grilled chicken, salmon, shrimp, anchovies, tuna, mushrooms, red onion, onions, garlic, peppers, roasted peppers, jalapenos, green olives, black olives, capers, pineapple, sweetcorn, spinach, basil, fresh basil, rocket, arugula, artichokes, cherry tomatoes, zucchini, eggplant, pesto, chilli, olive oil, balsamic, croutons, feta, garlic mayo, aioli, ketchup, ranch, marinara sauce, caramel, berries, chocolate sauce, vanilla, pistachio, strawberry, hazelnut, stracciatella, lemon"
        ),  # fmt: skip
        phrases(
            "on thin crust, thin crust, deep dish, deep pan, gluten free base, gluten free crust, well done, extra crispy, uncut, lightly baked, al dente, not too spicy"
        ),  # fmt: skip
    ),
    "grill": Kitchen(
        phrases(
            "burger, beef burger, chicken burger, bean burger, veggie burger, vegan burger, lamb burger, steak, rump steak, sirloin, ribs, smoked ribs, rack of ribs, spare ribs, pulled pork sandwich, grilled salmon, salmon, sea bass, trout, swordfish, grilled chicken, half chicken, kebab, skewers, halloumi, fries, french fries, chips, sweet potato fries, onion rings, coleslaw, slaw, broccoli, charred broccoli, corn on the cob, asparagus, green beans, mashed potatoes, baked potato, caesar salad, greek salad, garden salad, green salad, side salad, house salad, nicoise salad, hummus, pita bread, falafel, moussaka, gyros, souvlaki, tzatziki, baklava, shakshuka, quiche, ratatouille, french onion soup, mussels, oysters, croque monsieur, creme brulee, chocolate mousse, chocolate cake, carrot cake, lemon tart, brownie, ice cream, apple pie, bread pudding, lunch combo, lunch special, family feast, family meal, kids menu, cola, coke, diet cola, lemonade, homemade lemonade, iced tea, peach iced tea, ginger beer, orange juice, apple juice, still water, sparkling water, bottle of water, soda water, tonic water, milkshake, smoothie, mocktail, house red, prosecco"
        ),  # fmt: skip
        phrases(
            "small, medium, large, regular, big, single, double, half rack of, full rack of, half a rack of, side of, bottle of, can of, glass of, pint of, basket of, portion of"
        ),  # fmt: skip
        phrases(
            "smoked cheddar, blue cheese, halloumi, bacon, lettuce, tomato, pickles, onions, red onions, caramelised onions, mushrooms, avocado, fried egg, chilli, jalapenos, mustard, mayo, ketchup, garlic mayo, barbecue sauce, hot sauce, ranch, honey mustard, caesar dressing, vinaigrette, balsamic, croutons, anchovies, lemon, ice, milk, oat milk, soy milk, sugar, cream, gravy, butter, salt"
        ),  # fmt: skip
        phrases(
            "rare, medium rare, medium, well done, on the side, gluten free, without ice, no bun, to share, extra hot"
        ),
    ),
}
DRINKS = phrases("coke, diet coke, pepsi, diet pepsi, sprite, seven up, root beer, ginger ale, iced tea, sweet tea, unsweetened tea, lemonade, water, bottled water, sparkling water, orange soda, doctor pepper, mountain dew, fanta, beer, glass of red wine, glass of white wine, milk, fruit punch, coke zero, cherry coke, san pellegrino")  # fmt: skip
PLACES = phrases("harbour, harbor, downtown, old port, the mall, market square, the waterfront, east side, the mill, the station, riverside, midtown, west end, the beach, airport")  # fmt: skip
TOPICS = phrases("nuts, peanuts, tree nuts, gluten, wheat, dairy, milk, lactose, eggs, egg, fish, shellfish, shrimp, soy, sesame, meat, pork, beef, alcohol, onions, garlic, cheese, sugar, mustard, celery")  # fmt: skip
OPENERS = phrases("can i get, can i have, could i get, could i have, may i have, may i get, i'd like, i would like, i'll have, i'll take, i want, i wanna get, i need, let me get, let me have, give me, get me, we'd like, we'll have, i'd like to order, i want to order, i would like to order, can i order, could i please have, can i please get, could you get me, make me, bring me, i'll get, please give me, how about, can we get, i think i'll have, i will have, order me, i'm looking for, can you make me, could you make me, do you have")  # fmt: skip
GREETINGS = phrases("hi, hello, hey, good morning, good evening, hi there, okay, um, uh, yeah, yes, so, alright, well, hey there, good afternoon")  # fmt: skip
CLOSERS = phrases("please, thanks, thank you, to go, for here, and that's it, that's all, for pickup, for delivery, please and thank you, if you can, and that will be all")  # fmt: skip
AMOUNTS = phrases("extra, light, a little, a little bit of, a bit of, some, a lot of, lots of, no, double, easy, just a little, a splash of, a touch of, plenty of, more, less, not too much, a side of")  # fmt: skip
FIRST_NAMES = words("james mary robert patricia john jennifer michael linda david elizabeth william barbara richard susan joseph jessica thomas sarah charles karen chris lisa daniel nancy matthew betty anthony sandra mark ashley donald emily steven kimberly paul donna andrew michelle joshua carol kenneth amanda kevin melissa brian deborah george stephanie tim rebecca ronald laura jason sharon jeff cynthia ryan kathleen jacob amy gary angela nick shirley eric anna jonathan emma steve ruth larry brenda justin pamela scott nicole brandon katherine ben samantha greg christine sam rachel frank olivia alex victoria ray kelly patrick joyce jack lauren dennis martha jerry judith tyler maria aaron grace jose isabella adam sophia nathan chloe henry zoe doug mia peter ava zach carlos luis wei mei raj priya ahmed fatima omar leila hiroshi yuki ivan olga pierre claire lars ingrid marcus samuel felix philip phil diane monica rosa bruno sofia elena victor vincent vince alice hannah oscar graham martin simon adrian alan albert alexander alicia allison amber amelia andrea angel anita ann anne antonio april arthur audrey austin barry bella bernard beth bethany beverly bill billy blake bob bobby bonnie brad bradley brent bruce bryan caleb cameron carl carla carly caroline casey cassie cathy chad charlie charlotte chelsea cheryl chuck cindy claudia clara cody colin connor craig crystal curtis daisy dale dan dana danielle darren dave dawn dean debbie derek diana dominic don doris douglas duane dylan earl eddie edward edith edwin eileen elaine eleanor eli ella ellen elliot ellie erica erin esther ethan eugene eva eve evelyn faith finn fiona florence frances francis fred freddie gabriel gabriela gail gavin gene georgia gerald gina gloria gordon greta gus gwen harold harriet harry harvey hazel heather heidi helen holly hope howard hugh hugo ian irene iris isaac ivy jade jake jane janet janice jasmine jay jean jeffrey jenna jenny jeremy jerome jesse jess jill jim jimmy joan joanna joe joel joey jordan josie josh joy juan juanita judy julia julian julie june karl kate katie kathy katrina kayla kaylee keith ken kenny kim kirk kristen kurt kyle lance laurie lawrence leah lee leo leon leonard leslie lewis liam lillian lily liz logan lois lori louis louise lucas lucy luke lydia lynn mabel madison maggie malcolm marcia margaret marge marie marilyn mario marion marjorie marlene marshall martina marvin mason mateo matt maureen maurice max maya megan melanie mike mildred miles milo miranda miriam mitchell molly morgan nadia naomi natalie nate neil nelson nina noah nora norma norman oliver otis owen paige pam pat patty paula pauline pearl peggy penny percy perry phoebe phyllis polly quinn ralph ramona randy raymond rebekah reggie regina renee rex rhonda rick ricky rita rob robbie robin roger roland ron rose ross roy ruby russell sadie sal sally sasha sean seth shane shannon sheila shelby sheldon sherry sid sienna silvia sonia sophie spencer stacy stan stella stuart sue sylvia tamara tanya tara ted teresa terry tess theo theresa tiffany tina todd tom tommy tony tracy travis trevor trish troy valerie vanessa vera vernon veronica vic vicky violet virginia vivian wade wallace walter wanda warren wayne wendy wesley willa wilma winnie yolanda yvonne")  # fmt: skip
LAST_NAMES = words("smith johnson williams brown jones garcia miller davis rodriguez martinez hernandez lopez gonzalez wilson anderson thomas taylor moore jackson martin lee perez thompson white harris sanchez clark ramirez lewis robinson walker young allen king wright scott torres nguyen hill flores green adams nelson baker hall rivera campbell mitchell carter roberts gomez phillips evans turner diaz parker cruz edwards collins reyes stewart morris morales murphy cook rogers gutierrez ortiz morgan cooper peterson bailey reed kelly howard ramos kim cox ward richardson watson brooks chavez wood james bennett gray mendoza ruiz hughes price alvarez castillo sanders patel myers long ross foster jimenez powell jenkins perry russell sullivan chen wong singh kumar khan tanaka sato ivanov muller schmidt rossi costa novak kowalski andersen dubois moreau o'brien o'connor mcdonald fitzgerald")  # fmt: skip
STREETS = phrases("main, oak, maple, cedar, park, elm, washington, lake, hill, pine, walnut, church, spring, forbes, fifth, second, third, chestnut, broadway, lincoln, highland, sunset, river, jefferson, madison, franklin, mill, center, spruce, market, valley, union, meadow, north main, south park, west end, east river, king, college, penn, murray, liberty, adams, alder, apple, arch, arlington, ash, aspen, atlantic, autumn, bay, bayview, beach, beacon, bedford, beech, belmont, birch, birchwood, blackberry, bluff, brackett, bridge, brighton, bristol, brook, brookside, brown, bay view, cambridge, canal, canterbury, capitol, carlton, carriage, casco, castle, chapel, charles, cherry, chestnut hill, clark, clay, clearwater, clinton, clover, cobb, college hill, colonial, columbia, commerce, commercial, concord, congress, cooper, coral, cottage, court, cove, crescent, cross, cumberland, cypress, daisy, dale, danforth, dartmouth, deer run, depot, division, dock, dogwood, douglas, dover, durham, eagle, east, eastern, edgewood, elmwood, emerson, essex, evergreen, exchange, fairview, farm, fern, ferry, field, first, fisher, forest, fore, fort, fountain, fourth, fox run, free, front, garden, gardner, garfield, gate, george, glen, glenwood, grand, granite, grant, green, greenwood, grove, gull, hamilton, hancock, harbor, harbour, harbor view, harrison, hawthorne, hazel, henry, heritage, heron, hickory, high, hillcrest, hillside, holly, hudson, india, iris, island, ivy, jackson, james, john, juniper, kennedy, kent, kings, knoll, lafayette, lakeside, lakeview, lancaster, larch, laurel, lawrence, lexington, lighthouse, lilac, linden, lobster, locust, long, magnolia, marginal, mariner, marion, marsh, mason, meadowlark, mechanic, mercer, merrill, middle, milk, mill pond, monroe, monument, morning, mountain, myrtle, neptune, new, newbury, ninth, north, northern, norwood, ocean, ocean view, old county, old mill, orchard, orange, osprey, oxford, pacific, pearl, pebble, penny, perkins, pilot, pinecrest, pleasant, pleasant hill, plum, pond, poplar, portland, prospect, quarry, quarry hill, quince, railroad, raven, redwood, ridge, riverside, robin, rock, rocky hill, rose, salem, sandy, school, sea, seaside, shaker, shepherd, sherman, shore, short, silver, sixth, smith, somerset, south, spring hill, stanley, star, state, stone, stonewall, stony brook, summer, summit, sumner, swan, sycamore, temple, thomas, thompson, tower, tremont, tulip, tyler, union hill, upper, vaughan, vernon, victoria, view, village, vine, violet, walker, wall, warren, water, waterfront, wave, webster, west, western, wharf, white, william, willow, wilson, winding, windsor, winter, winthrop, wood, woodland, woodside, york")  # fmt: skip
STREET_KINDS = words(
    "street avenue road drive lane boulevard court place way circle terrace hill point park square row crescent parkway highway walk trail"
)
CITIES = phrases("pittsburgh, springfield, chicago, boston, new york, seattle, portland, denver, austin, houston, dallas, san francisco, los angeles, san diego, phoenix, atlanta, miami, cleveland, columbus, detroit, philadelphia, baltimore, nashville, memphis, oakland, brooklyn, queens, salem, arlington, fairview, greenville, bristol, clinton, madison, georgetown, pennsylvania, ohio, california, texas, new jersey, florida, virginia, oregon, washington")  # fmt: skip


def cardinal(number: int) -> str:
    """How a whole number below ten thousand is said."""
    if number < 20:
        return ONES[number]
    if number < 100:
        return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")
    if number < 1000:
        return f"{ONES[number // 100]} hundred" + (f" {cardinal(number % 100)}" if number % 100 else "")
    return f"{cardinal(number // 1000)} thousand" + (f" {cardinal(number % 1000)}" if number % 1000 else "")


def ordinal(number: int) -> str:
    """How a day of the month is said."""
    if number in ORDINALS:
        return ORDINALS[number]
    if number > 20:
        return f"{TENS[number // 10]} {ordinal(number % 10)}"
    return ONES[number].removesuffix("t") + "th"


def spelled(name: str) -> str:
    """``al`` to ``A L``."""
    return " ".join(letter.upper() for letter in name if letter.isalpha())


def chance(rng: random.Random, probability: float) -> bool:
    return rng.random() < probability


def digits(rng: random.Random, count: int) -> str:
    """``count`` digits as people say them: one by one, with "oh" and "double", or in pairs."""
    said: list[str] = []
    plain = [rng.randrange(10) for _ in range(count)]
    style = rng.choices(["single", "double", "pairs"], [6, 2, 2])[0]
    oh = rng.choice(["zero", "oh", "O"]) if chance(rng, 0.7) else "zero"
    at = 0
    while at < count:
        digit = plain[at]
        if style == "double" and at + 1 < count and chance(rng, 0.3):
            said.append(f"double {ONES[digit] if digit else oh}")
            at += 2
        elif style == "pairs" and at + 1 < count and digit and chance(rng, 0.6):
            said.append(cardinal(10 * digit + plain[at + 1]))
            at += 2
        else:
            said.append(ONES[digit] if digit else oh)
            at += 1
    return " ".join(said)


def phone_number(rng: random.Random) -> str:
    number = digits(rng, rng.choice([10, 10, 10, 7, 7, 4, 3]))
    return rng.choices(
        [
            number,
            f"my number is {number}",
            f"my phone number is {number}",
            f"it's {number}",
            f"area code {digits(rng, 3)} {digits(rng, 7)}",
            f"{rng.choice(['eight', 'nine', 'six', 'five'])} hundred {digits(rng, 7)}",
            f"you can reach me at {number}",
            f"sure it's {number}",
            f"no it's {digits(rng, 3)} {digits(rng, 4)}",
            f"the last four digits are {digits(rng, 4)}",
        ],
        [8, 2, 2, 2, 1, 1, 1, 1, 1, 1],
    )[0]


def call(rng: random.Random) -> str:
    """What a guest says on the phone: a pattern of ``data/said.yml``, with the dishes of some kitchen."""
    said = patterns.load()
    asked = rng.choices(list(said), [_ASKED.get(asked, 1) for asked in said])[0]
    kitchen = KITCHENS[_kitchen(rng)]
    return patterns.filled(patterns.draw(rng, rng.choice(said[asked])), lambda slot: _filling(rng, kitchen, slot))


def _filling(rng: random.Random, kitchen: Kitchen, slot: str) -> str:
    if slot in ("dish", "dishes"):
        dish = rng.choice(DRINKS if chance(rng, 0.12) else kitchen.items)
        return dish if slot == "dish" or dish.endswith("s") else f"{dish}s"
    if slot == "choice":
        return rng.choice(rng.choice([kitchen.sizes, kitchen.extras, kitchen.extras, kitchen.styles]))
    if slot == "number":
        return ONES[min(12, int(rng.expovariate(0.3)) + 1)]
    fillings: dict[str, Callable[[], str]] = {
        "size": lambda: rng.choice(kitchen.sizes),
        "ordinal": lambda: ordinal(rng.randint(1, 31)),
        "time": lambda: clock(rng).lower(),
        "day": lambda: date(rng),
        "weekday": lambda: rng.choice(WEEKDAYS),
        "name": lambda: rng.choice(FIRST_NAMES),
        "last": lambda: rng.choice(LAST_NAMES),
        "street": lambda: f"{rng.choice(STREETS)} {rng.choice(STREET_KINDS)}",
        "house": lambda: rng.choice([cardinal(rng.randint(1, 999)), digits(rng, rng.choice([2, 3, 4]))]),
        "zip": lambda: digits(rng, 5),
        "town": lambda: rng.choice(CITIES),
        "place": lambda: rng.choice(PLACES),
        "topic": lambda: rng.choice(TOPICS),
        "phone": lambda: digits(rng, 10),
    }
    return fillings[slot]()


def modifiers(rng: random.Random, kitchen: Kitchen) -> list[str]:
    """The parts after "with"."""
    parts = []
    for extra in rng.sample(kitchen.extras, rng.choice([0, 1, 1, 2, 2, 3])):
        parts.append(f"{rng.choice(AMOUNTS)} {extra}" if chance(rng, 0.55) else extra)
    if chance(rng, 0.3):
        parts.append(rng.choice(["a ", ""]) + rng.choice(kitchen.styles))
    rng.shuffle(parts)
    return parts


def _kitchen(rng: random.Random) -> str:
    return rng.choices(list(KITCHENS), [_COMMON.get(name, 2) for name in KITCHENS])[0]


def one_item(rng: random.Random, kitchen: Kitchen) -> str:
    quantity = rng.choices(["a", "an", "one", "two", "three", "four", "five", "six", "ten", "a dozen", "the", "another", ""], [30, 4, 8, 8, 4, 2, 1, 1, 1, 1, 2, 1, 8])[0]  # fmt: skip
    item = rng.choice(kitchen.items)
    if chance(rng, 0.15):
        item = rng.choice(DRINKS)
    if quantity in ("two", "three", "four", "five", "six", "ten", "a dozen") and not item.endswith("s"):
        item += "s"
    front = [quantity]
    if chance(rng, 0.5):
        front.append(rng.choice(kitchen.sizes))
    if chance(rng, 0.3):
        front.append(rng.choice(kitchen.styles))
    rng.shuffle(tail := front[1:])
    said = " ".join([quantity, *tail, item])
    parts = modifiers(rng, kitchen)
    if parts:
        glue = rng.choice([" and ", " and ", " ", " with "])
        said += rng.choice([" with ", " with ", " with ", " ", " and ", " no ", " made with "]) + glue.join(parts)
    if chance(rng, 0.08):
        said += f" {rng.choice(['hold the', 'without', 'no', 'but no', 'without any'])} {rng.choice(kitchen.extras)}"
    return said


def order(rng: random.Random) -> str:
    kitchen = KITCHENS[_kitchen(rng)]
    lines = [one_item(rng, kitchen) for _ in range(rng.choice([1, 1, 1, 1, 1, 2]))]
    said = rng.choice([" and ", " and ", " and also ", " plus ", " and then ", " "]).join(lines)
    if chance(rng, 0.85):
        said = f"{rng.choice(OPENERS)} {said}"
    if chance(rng, 0.2):
        said = f"{rng.choice(GREETINGS)} {said}"
    if chance(rng, 0.3):
        said = f"{said} {rng.choice(CLOSERS)}"
    return said


def edit(rng: random.Random) -> str:
    kitchen = rng.choice(list(KITCHENS.values()))
    item, other = rng.sample(kitchen.items, 2)
    extra, size = rng.choice(kitchen.extras), rng.choice(kitchen.sizes)
    return rng.choice(
        [
            f"actually make that {rng.choice(ONES[1:8])}",
            f"can you make the {item} a {size}",
            f"remove the {item}",
            f"take off the {extra}",
            f"no {extra} on the {item} please",
            f"change the {item} to a {other}",
            f"instead of the {item} i'd like a {other}",
            f"cancel the {item}",
            f"add {extra} to the {item}",
            f"add a {item} to my order",
            f"wait no i meant {size}",
            f"scratch that i want the {other}",
            f"and one more {item}",
            f"can you add {rng.choice(AMOUNTS)} {extra}",
            f"the {rng.choice(['first', 'second', 'last', 'other'])} one with {extra}",
            f"make both of them {size}",
            "that's everything",
            "what do i have so far",
            "start over please",
            f"i'd rather have the {size} one",
            f"never mind the {extra}",
            f"two of those with {extra}",
            f"and could you {rng.choice(['cut it in half', 'put the dressing on the side', 'wrap it separately'])}",
        ]
    )


def clock(rng: random.Random) -> str:
    hour = ONES[rng.randint(1, 12)]
    minute = rng.choice(["", "", "fifteen", "thirty", "thirty", "forty five", "oh five", "twenty", "ten", "fifty"])
    half = rng.choice(["", "", "P M", "P M", "A M", "o'clock", "in the evening", "tonight"])
    if chance(rng, 0.15):
        return f"{rng.choice(['half past', 'quarter past', 'quarter to', 'around', 'about'])} {hour}"
    if chance(rng, 0.05):
        return rng.choice(["noon", "midnight", "in an hour", "in twenty minutes", "in half an hour"])
    return " ".join(part for part in (hour, minute, half if minute == "" or half != "o'clock" else "") if part)


def date(rng: random.Random) -> str:
    month, day, weekday = rng.choice(MONTHS), rng.randint(1, 31), rng.choice(WEEKDAYS)
    year = rng.choice(["nineteen", "nineteen", "twenty"]) + " " + cardinal(rng.randint(10, 99))
    return rng.choice(
        [
            "today", "tonight", "tomorrow", "tomorrow night", "the day after tomorrow", weekday, f"next {weekday}",
            f"this {weekday}", f"{weekday} night", f"{month} {ordinal(day)}", f"{month} {ordinal(day)}",
            f"the {ordinal(day)} of {month}", f"{weekday} {month} {ordinal(day)}", f"the {ordinal(day)}",
            f"{month} {cardinal(day)} {year}", f"{month} {ordinal(day)} {year}", "this weekend", f"a week from {weekday}",
        ]
    )  # fmt: skip


def booking(rng: random.Random) -> str:
    people = ONES[rng.randint(1, 12)]
    party = rng.choice([f"for {people}", f"for {people} people", f"for a party of {people}", f"table for {people}"])
    when = rng.choice([f"{date(rng)} at {clock(rng)}", f"at {clock(rng)} {date(rng)}", date(rng), f"at {clock(rng)}"])
    name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
    return rng.choice(
        [
            f"i'd like to book a table {party} {when}",
            f"can i make a reservation {party} {when}",
            f"i need a table {party} {when}",
            f"do you have anything available {party} {when}",
            f"reservation {party} under {name}",
            f"there will be {people} of us",
            f"{people} people",
            f"{party} please",
            f"it's under {name}",
            f"my name is {name}",
            f"name is {name}",
            f"can we change it to {clock(rng)}",
            f"i want to cancel my reservation {when}",
            f"we're running late can you hold the table until {clock(rng)}",
            f"how long is the wait {party}",
            f"put me on the waitlist {party}",
            f"book a table {when} {party} the name is {rng.choice(FIRST_NAMES)}",
            f"{when} {party}",
        ]
    )


def when_said(rng: random.Random) -> str:
    return rng.choice([date, clock, lambda r: f"{date(r)} at {clock(r)}"])(rng)


def name_spelled(rng: random.Random) -> str:
    if chance(rng, 0.35):  # letter strings that are no name keep the recogniser from guessing words
        name = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(1, 8)))
        return spelled(name)
    name = rng.choice(rng.choice([FIRST_NAMES, LAST_NAMES, [street.replace(" ", "") for street in STREETS]]))
    return rng.choice(
        [
            spelled(name),
            spelled(name),
            f"{name} {spelled(name)}",
            f"{rng.choice(FIRST_NAMES)} {name} {spelled(name)}",
            f"it's spelled {spelled(name)}",
            f"that's {spelled(name)}",
            f"{spelled(name[:1])} as in {name}",
            f"{spelled(name[:2])} {cardinal(rng.randint(1, 99))}",
        ]
    )


def address(rng: random.Random) -> str:
    number = rng.choice([cardinal(rng.randint(1, 999)), digits(rng, rng.choice([2, 3, 4, 4, 5]))])
    street = f"{rng.choice(STREETS)} {rng.choice(STREET_KINDS)}"
    return rng.choice(
        [
            f"{number} {street}",
            f"{number} {street}",
            f"{number} {street} apartment {rng.choice([digits(rng, 2), spelled(rng.choice('abcdef'))])}",
            f"{number} {street} {rng.choice(CITIES)}",
            f"i live at {number} {street}",
            f"deliver it to {number} {street} please",
            f"{rng.choice(CITIES)} {digits(rng, 5)}",
            f"the zip code is {digits(rng, 5)}",
            f"{digits(rng, 5)}",
            rng.choice(CITIES),
            street,
        ]
    )


def yes_or_no(rng: random.Random) -> str:
    return rng.choice(
        phrases(
            "yes, yes, yes, no, no, no, yeah, yep, yup, nope, nah, sure, okay, right, correct, wrong, yes please, no thank you, no thanks, that's right, that's correct, that is correct, that's wrong, that's not right, not quite, yes that's right, yes it is, no it isn't, sounds good, perfect, exactly, of course, absolutely, definitely, go ahead, please do, i don't think so, not really, never mind, uh huh, mm hmm, yes ma'am, yes sir, yeah that's fine, that's fine, no that's wrong, no not that one, i said no, cancel that, stop, help, repeat, repeat that please, go back, start over, say that again, what, pardon, hello, goodbye, bye, thank you, thanks a lot, thank you very much, erase, enter, that will be all, that's it, nothing else, i'm good, wait, hold on, one second, just a minute, confirm, all good, looks good"
        )  # fmt: skip
    )


def question(rng: random.Random) -> str:
    kitchen = rng.choice(list(KITCHENS.values()))
    item = rng.choice(kitchen.items)
    return rng.choice(
        [
            f"how much is the {item}",
            f"how much does a {rng.choice(kitchen.sizes)} {item} cost",
            f"does the {item} have {rng.choice(['nuts', 'gluten', 'dairy', 'eggs', 'soy', 'shellfish', 'peanuts'])} in it",
            f"what comes on the {item}",
            f"is the {item} {rng.choice(['vegetarian', 'vegan', 'gluten free', 'spicy', 'halal', 'kosher'])}",
            f"what time do you {rng.choice(['open', 'close', 'stop serving', 'start serving breakfast'])} on {rng.choice(WEEKDAYS)}",
            f"are you open {date(rng)}",
            "do you deliver",
            f"do you deliver to {rng.choice(STREETS)} {rng.choice(STREET_KINDS)}",
            "where are you located",
            f"do you have {rng.choice(['parking', 'outdoor seating', 'high chairs', 'wifi', 'a kids menu', 'a happy hour', 'gift cards', 'wheelchair access'])}",
            "can i bring my dog",
            "do you take credit cards",
            "what are the specials today",
            "how long will it take",
            "can i pay with cash",
            f"what sizes does the {item} come in",
            "is there a delivery fee",
            f"do you still have the {item}",
            f"what kind of {rng.choice(['milk', 'cheese', 'bread', 'dressings', 'sauces', 'beer', 'tea', 'desserts'])} do you have",
            "can i talk to a person please",
            "can i speak to a manager",
            "what do you recommend",
        ]
    )


KINDS: dict[str, tuple[Callable[[random.Random], str], float]] = {
    "order": (order, 40),
    "call": (call, 10),
    "edit": (edit, 7),
    "booking": (booking, 6),
    "when": (when_said, 4),
    "name": (name_spelled, 9),
    "address": (address, 6),
    "phone": (phone_number, 10),
    "yes_or_no": (yes_or_no, 3),
    "question": (question, 5),
}
CALLS = {  # the kinds of what is said to the telephone
    "order": 30, "call": 60, "edit": 6, "booking": 4, "when": 3, "name": 2, "address": 4, "phone": 4, "yes_or_no": 1,
    "question": 4,
}  # fmt: skip
TEXT_SETS = ("hwu64", "clinc150", "restaurant8k", "snips")
_BEFORE_VOWEL = re.compile(r"\ba (?=[aeiou](?!ne\b|ni))")
_PLAIN = re.compile(r"[a-z' ]+")


def plain(text: str) -> str | None:
    """A sentence as a transcript, or None where it holds digits or foreign letters whose reading is unsure."""
    text = re.sub(r"[.,!?;:\"()-]", " ", text.lower().replace("\u2019", "'"))
    text = " ".join(text.split())
    return text if _PLAIN.fullmatch(text) and 3 <= len(text.split()) <= 16 else None


def general_english(data: Path) -> list[str]:
    """Sentences of the freely licensed text sets, sorted; an empty list where the folder has none."""
    found: set[str] = set()
    for name in TEXT_SETS:
        for path in sorted((data / name).glob("train*.json")):
            for text in _texts(name, json.loads(path.read_text(encoding="utf-8", errors="replace"))):
                said = plain(text)
                if said:
                    found.add(said)
    return sorted(found)


def _texts(name: str, content: Any) -> Iterator[str]:
    """The sentences of one file in its publisher's form."""
    if name == "hwu64":
        yield from (row["text"] for row in content["rasa_nlu_data"]["common_examples"])
    elif name == "clinc150":
        yield from (text for part in content.values() for text, _ in part)
    elif name == "restaurant8k":
        yield from (row["userInput"]["text"] for row in content)
    else:
        yield from ("".join(bit["text"] for bit in row["data"]) for rows in content.values() for row in rows)


def sentences(
    rng: random.Random, english: Sequence[str] = (), english_share: float = 0.2, shares: Mapping[str, int] = {}
) -> Iterator[tuple[str, str]]:
    """An endless stream of (kind, sentence); ``shares``: how often each kind comes, if not as in ``KINDS``."""
    makers = {kind: maker for kind, (maker, _) in KINDS.items()}
    weights = [shares.get(kind, 0) if shares else weight for kind, (_, weight) in KINDS.items()]
    while True:
        if english and chance(rng, english_share):
            yield "english", rng.choice(english)
            continue
        kind = rng.choices(list(makers), weights)[0]
        yield kind, _BEFORE_VOWEL.sub("an ", " ".join(makers[kind](rng).split()))
