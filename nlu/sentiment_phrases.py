"""Own restaurant remarks, put together at random: what guests text, with negations, contrasts and understatement.

They teach what film phrases lack: cold food, long waits, wrong orders, and that "not bad" is praise.
"""

from __future__ import annotations

import random

from nlu.sentiment_data import Example

_THINGS = {
    "food": "the food|the pizza|my burger|the pasta|the soup|the salad|the steak|our starters|the fries|the chicken|"
    "the fish|the sauce|the dessert|the coffee|the crust|my order|everything we ate|the meal|the curry|the bread",
    "service": "the service|our waiter|our waitress|the staff|the hostess|the manager|the server|the man at the bar|"
    "the girl on the phone|the delivery driver|the team",
    "place": "the place|the atmosphere|the room|the terrace|the music|our table|the view|the restrooms|the patio|"
    "the whole place|the bar",
    "price": "the price|the bill|the value|the portion for the price|what we paid",
}  # fmt: skip
_GOOD = {
    "food": "delicious|tasty|fresh|hot and crisp|cooked perfectly|full of flavor|amazing|excellent|wonderful|superb|"
    "really good|great|spot on|seasoned just right|the best in town|worth the drive|incredible|lovely|yummy",
    "service": "friendly|attentive|quick|helpful|kind|very welcoming|great|on top of everything|polite|wonderful|"
    "fast|patient with our kids|so sweet|professional|charming|excellent",
    "place": "cozy|lovely|clean|beautiful|relaxed|charming|spotless|great|warm and inviting|perfect for a date|fun|"
    "comfortable",
    "price": "fair|reasonable|very good|more than fair|great|a bargain|totally worth it",
}
_BAD = {
    "food": "cold|bland|overcooked|undercooked|stale|greasy|dry|burnt|soggy|too salty|tasteless|disgusting|awful|"
    "raw in the middle|lukewarm|disappointing|mediocre|rubbery|terrible|inedible|wrong|a joke|nothing special|gross",
    "service": "rude|slow|terrible|inattentive|unfriendly|awful|arrogant|clueless|lazy|nowhere to be seen|horrible|"
    "impatient|dismissive|a disgrace|useless|careless",
    "place": "dirty|loud|freezing|sticky|cramped|filthy|a mess|too noisy|shabby|smelly|run down|depressing",
    "price": "ridiculous|a rip off|way too high|outrageous|not justified|insane|an insult",
}
_PLAIN_GOOD = "good|great|fresh|hot|friendly|clean|tasty|nice|special|impressive|helpful|worth it|enjoyable|memorable"
_PLAIN_BAD = "bad|slow|dirty|rude|cold|bland|expensive|greasy|noisy|disappointing|boring|salty|dry"
_RAISED = "|very |really |so |just |absolutely |pretty |"
_DOERS = "I|we|my wife|my husband|my friends and I|the kids|my family|my mom"
_WHOLE_GOOD = (
    "will definitely come back|can't wait to come back|couldn't have been better|never disappoints|10 out of 10|"
    "we had a great time|loved every bite|thank you for a lovely evening|highly recommended|no complaints at all|"
    "could not be happier with our dinner|I have never had a better {dish}|can't fault anything|nothing but praise|"
    "our new favorite spot|without a doubt the best {dish} around|we'll be back|made my day|so glad we came|"
    "never had a bad meal here|you can't go wrong with the {dish}|wouldn't change a thing|it doesn't get better|"
    "five stars|keep it up|you guys rock|perfect from start to finish|nothing to complain about|hands down the best|"
    "exceeded our expectations|I don't usually like {dish} but this one was amazing|worth every penny|"
    "no wait at all and seated right away|our {dish} came out fast and hot|I could eat that {dish} every day|"
    "they went out of their way for us|I wasn't expecting much but wow|not a single thing to criticize|"
    "don't hesitate to try the {dish}|best night out in ages|you won't regret it|hardly any wait even on a Friday"
)
_WHOLE_BAD = (
    "won't be back|never again|we waited {n} minutes for our {dish}|nobody came to take our order|"
    "they got our order wrong|I want my money back|no one apologized|I would not recommend it to anyone|"
    "there was a hair in my {dish}|found a hair in the {dish}|we sat there for {n} minutes without even water|"
    "half of the order was missing|the {dish} never came|I got sick after the {dish}|what a waste of money|"
    "save your money and go somewhere else|not worth the wait|couldn't finish my {dish}|I expected better|"
    "they forgot our {dish}|our table wasn't even wiped|they charged us twice|could not get anyone's attention|"
    "hardly any meat on the {dish}|I have had better {dish} at a gas station|it took {n} minutes just to get the check|"
    "worst {dish} I have ever had|one star is too many|this used to be good but not anymore|left hungry|"
    "the {dish} tasted like cardboard|they lost our reservation|no apology and no refund|where is my refund|"
    "you should be ashamed|I will never order from here again|zero stars|they ignored us|don't bother|"
    "the {dish} didn't taste of anything|I had to send the {dish} back|ended up walking out|go elsewhere|"
    "never have I been treated like that|we left without eating|nothing tasted fresh|the text said ten minutes and we "
    "waited {n}|delivery was {n} minutes late and the {dish} was cold|lacked any flavor|lacks flavor|needs more salt|"
    "the {dish} made me ill|there was a bug in my {dish}|how hard can it be to make a {dish}|wouldn't feed this to a dog"
)
_DISHES = "pizza|burger|pasta|soup|salad|steak|lasagna|calzone|tiramisu|fries|chicken|risotto|sandwich|coffee|fish"


def remarks(count: int, seed: int = 8) -> list[Example]:
    """``count`` remarks, half of them positive."""
    rng = random.Random(seed)
    return [Example(_finish(_remark(i % 2 == 0, rng), rng), i % 2 == 0) for i in range(count)]


def _remark(positive: bool, rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.25:
        return _simple(positive, rng)
    if kind < 0.40:
        return _negated(positive, rng)
    if kind < 0.55:  # what comes after "but" is what counts
        return f"{_simple(not positive, rng)} {_pick('but|, but|, however', rng)} {_remark_after_but(positive, rng)}"
    if kind < 0.62:
        return f"{_simple(positive, rng)} and {_simple(positive, rng)}"
    if kind < 0.70:
        verb = "loved|really enjoyed|was happy with|liked|could not fault|had no problem with"
        worse = "didn't like|hated|wasn't happy with|did not enjoy|never got|couldn't eat|was not impressed by"
        thing = _pick(_THINGS[_pick("food|service|place", rng)], rng)
        return f"{_pick(_DOERS, rng)} {_pick(verb if positive else worse, rng)} {thing}"
    return _whole(positive, rng)


def _remark_after_but(positive: bool, rng: random.Random) -> str:
    return rng.choice((_simple, _negated, _whole))(positive, rng)


def _simple(positive: bool, rng: random.Random) -> str:
    about = rng.choice(list(_THINGS))
    thing, quality = _pick(_THINGS[about], rng), _pick((_GOOD if positive else _BAD)[about], rng)
    verb = "were" if thing.endswith("s") and thing[-2] not in "su" and about != "price" else "was"
    return f"{thing} {verb} {_pick(_RAISED, rng)}{quality}"


def _negated(positive: bool, rng: random.Random) -> str:
    thing = _pick(_THINGS[rng.choice(list(_THINGS))], rng)
    if positive:
        form = "was not {bad} at all|wasn't {bad}|was never {bad}|was anything but {bad}|was hardly {bad}|was not bad"
        return f"{thing} {_pick(form, rng).format(bad=_pick(_PLAIN_BAD, rng))}"
    form = (
        "was not {good}|wasn't {good}|was not very {good}|was hardly {good}|was never {good}|was anything but {good}|"
        "could have been more {good}|isn't {good}|was not as {good} as last time|was neither {good} nor {other}|"
        "is no longer {good}|wasn't {good} or {other}"
    )
    return f"{thing} {_pick(form, rng).format(good=_pick(_PLAIN_GOOD, rng), other=_pick(_PLAIN_GOOD, rng))}"


def _whole(positive: bool, rng: random.Random) -> str:
    words = _pick(_WHOLE_GOOD if positive else _WHOLE_BAD, rng)
    return words.format(dish=_pick(_DISHES, rng), n=rng.choice((20, 25, 30, 40, 45, 50, 60, 90)))


def _finish(text: str, rng: random.Random) -> str:
    text = text.replace(" ,", ",").strip()
    if rng.random() < 0.7:
        text = text[0].upper() + text[1:]
    return text + rng.choice((".", ".", "!", "", "!!", "..."))


def _pick(words: str, rng: random.Random) -> str:
    return rng.choice(words.split("|"))
