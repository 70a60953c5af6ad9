"""How people put it: the turns of phrase that invented orders are made of.

``{}`` stands for the modifiers (or the item), ``IT`` for a pronoun, ``GROUP`` for the name of a modifier group.
"""

from __future__ import annotations

from nlu.marks import EXTRA, LIGHT, NONE, NOT_EXTRA

WILL = (  # opens an order
    "i'd like ", "i would like ", "i want ", "i'll have ", "i'll take ", "i need ", "i'll get ", "i will have ",
    "i'll go with ", "i'm going to have ", "i'm gonna get ", "we'd like ", "we'll have ", "i think i'll have ",
    "i wanted ", "i'd love ", "i'll try ", "i'll do ", "lemme get ", "let me get ", "let me have ", "give me ",
    "get me ", "gimme ", "bring me ", "order me ", "send me ", "make me ", "i was hoping for ", "i prefer ", "just ",
    "put me down for ", "i'm looking for ", "looking for ", "how about ", "hit me with ", "i wish to have ",
)  # fmt: skip
TO = (  # opens an order with "order"
    "i'd like to order ", "i would like to get ", "i want to order ", "i'd like to have ", "i need to order ",
    "i wanna get ", "i'm trying to order ", "i'd like to place an order for ", "can i place an order for ",
    "place an order for ", "start an order for ", "put in an order for ", "my order is ", "this order is for ",
    "i want to try ", "all i want is ", "i am ordering ", "order ", "let's do ", "i'd like to start with ",
    "for today i need ", "tonight i want ", "that will be ", "we want to get ", "i'd like to put in an order for ",
)  # fmt: skip
CAN = (  # opens an order as a question
    "can you get me ", "could you make me ", "would you bring us ", "can you do ", "do you think i could get ",
    "would it be possible to get ", "could i possibly have ", "can you please give me ",
)  # fmt: skip
HESITATIONS = (  # before the opening
    "um ", "uh ", "ok ", "okay ", "so ", "yeah ", "yes ", "well ", "hmm ", "alright ", "oh ", "and ", "also ",
)  # fmt: skip
LINKS = (  # between two lines
    " and ", " and ", " and ", " and ", ", ", ", ", " ", " ", ", and ", " plus ", " with ", " & ", ". ",
)  # fmt: skip
BEFORE_OPENER = (  # between two lines that both open
    " and ", ". ", " ", " then ", ", ",
)  # fmt: skip
LONG_LINKS = (  # between two lines, at more length
    " and also ", " along with ", " as well as ", " and then ", " also ", " oh and ", ". also ",
    " and i'll also have ", " and i'd like ", " and can i also get ", " then ", " and maybe ", " together with ",
    " and to drink ", " to drink ", " for my drink ", " and for the drink i want ", " next ", " followed by ",
    " and finally ", " and uh ", " and um ", ", um ", " and for my son ", " and for her ", " and for me ",
    " and the other one is ", " i also want ", " i also need ", " include ", " and include ", " and add ", " add ",
    " to go with that ", " and let me get ", " and another ", " on top of that ", " in addition ",
    " and one more thing ", " and a side order of ", " for a drink ", " as a starter ", " to start ", " with it ",
    " and with that ", " plus also ", " and besides that ", " and give me ", " and get me ", " and i will take ",
)  # fmt: skip
NOT_ORDERS = (  # Talk of an item that orders nothing
    "how much is the {}", "how much does the {} cost", "do you have {}", "what comes on the {}", "what's in the {}",
    "is the {} spicy", "tell me about the {}", "how big is the {}", "are the {} any good",
    "does the {} come with anything", "my {} was cold last time", "the {} i had yesterday was great",
    "is there gluten in the {}", "what kind of {} do you have", "can you tell me what is in the {}",
    "what's the difference between the {} and the other one", "i had the {} last week and got sick",
    "where is my {}", "do you still sell {}", "how many calories are in the {}", "how long does the {} take",
    "is the {} vegetarian", "what do you recommend with the {}", "you forgot my {}", "is {} available today",
    "what sizes does the {} come in", "is your {} fresh", "i loved the {}", "which {} is the best",
)  # fmt: skip
NOT_FOOD = (  # Talk with words that nobody knows, and no food
    "my name is {}", "this is {} calling", "i live on {} street", "is there parking near {}",
    "can i book a table under {}", "hi {}", "thanks {}", "do you know {}", "my email is {}", "i'm {}", "it's for {}",
    "can i speak to {}", "you are {}", "that is {}", "what is {}", "are you near {}", "i found you on {}",
    "put it under the name {}", "deliver it to {} avenue", "{} told me about you", "can i pay with {}", "{}",
    "i'm from {}", "we were there on {}", "how do i get to {} from here", "the name's {}", "is this {}",
    "do you deliver to {}", "what time does {} open",
)  # fmt: skip
GREETINGS = (  # Before everything
    "hi ", "hello ", "hey ", "good evening ", "hi there ", "hey there, ", "good morning. ", "hello, ", "yes hi ",
    "hiya ",
)  # fmt: skip
SMALL_TALK = (  # Before the order
    "how are you today ", "i'm ready to order ", "we're really hungry ", "it's my first time here ",
    "this is for pickup ", "i'd like to place an order ", "i need to make an order for delivery ",
    "okay i'm all set ", "do me a favor ", "for here please ", "there are four of us ", "my name is sam ",
    "we need this at seven thirty ", "let's see ", "let me think ", "i have a question first ", "i'm in a hurry ",
    "it's for two people ", "this is a rush order ",
)  # fmt: skip
CLOSERS = (  # Behind the order
    " please", " thanks", " thank you", " please and thank you", ", please.", ". thanks!", " that's all",
    " that's it", " that is all for today", " that'll be it", " and that's it", " thanks a lot", " for pickup",
    " to go", " for here", " i think that's everything", " have a great day", " i appreciate it",
    " and that will be all", " if you can", " if that's possible", " for me", " for my wife", " thanks so much",
    " i guess that's all", " and how long will it take", " how much is that", " what's the total", " asap",
    " for delivery", " ok",
)  # fmt: skip
NOTHING_ELSE = (  # What is not wanted beside the order
    "nothing else", "no drinks", "nothing to drink", "no sides", "no dessert", "i won't need drinks with this order",
    "no toppings", "nothing on it", "no extras", "no napkins", "no utensils", "no sauce packets",
    "that's all no drinks", "no other toppings",
)  # fmt: skip
TAKE_BACK = (  # A whole line is taken back
    " scratch that ", " no wait ", " actually no ", " actually forget that ", ", no, sorry, ",
    " never mind i'll have ", " no make that ", " wait no i want ", " sorry i meant ", " actually make that ",
    " cancel that ", " hmm no actually ", " on second thought ", " wait actually ", ". Scratch that, ",
    " sorry scratch that give me ",
)  # fmt: skip
NO_RATHER = (  # The last word is taken back
    "no ", ", no, ", "sorry ", ", sorry, ", "i mean ", "no i mean ", "actually ", "actually make that ", "no wait ",
    "or rather ", "no make that ", "wait no ", "uh no ", "oh sorry ", "make that ", "no sorry ", "i meant ",
    "no actually ", "er ", "excuse me ", "correction ",
)  # fmt: skip
SERVINGS = (  # Before an item, as one of it
    "an order of ", "one order of ", "a plate of ", "a serving of ", "a portion of ", "the ", "a single ",
    "a glass of ", "a bag of ", "one of your ", "one of the ", "a nice ", "one of those ", "a cup of ",
    "a piece of ", "an ",
)  # fmt: skip
STRAY_ADJECTIVES = (  # Words that change nothing
    "delicious", "homemade", "organic", "tasty", "local", "nice", "famous", "yummy", "authentic",
    "lovely", "standard", "normal", "chilled", "premium", "japanese", "caribbean", "artisan", "gourmet",
    "belgian", "ripe", "tasty",
)  # fmt: skip
WITH = (  # Before a list of modifiers
    " with ", " with ", " with ", " with ", " ", " ", ", ", " topped with ", " and ", " along with ", " that has ",
    " including ",
)  # fmt: skip
PLAIN_FRAMES = (  # Modifiers in a regular amount
    " and i like {}", " i like the {}", " and i love the {}", " i'd love {} on IT", " with a {}", " and a {}", " on a {}", " and i'd like a {}",
    " with {}", " with {}", " with {}", " with {}", " with {}", " with {} on IT", " {}", " {}", ", {}",
    " topped with {}", " top with {}", " and add {}", " add {}", " with {} added", " that has {} on IT",
    " that comes with {}", " having {}", " including {}", " along with {}", " and for GROUP {}",
    " for the GROUP i'd like {}", " for GROUP let me have {}", " for GROUP i think i'll go for {}",
    " the GROUP will be {}", " the only GROUP i'll take is {}", " and i'd like {} on IT", " can you put {} on IT",
    " i want {} on IT", " and put {} on IT", " i'd like {}", " please add {} to IT", " with {} inside",
    " filled with {}", " {} inside of IT", " and {} too", " and i want IT topped with {}", " in {}", " with {} only",
    " with just {}", " with only {}", " let me also get {} on IT", " and {} as well", " adding {} in IT",
    " with {} in IT", " on {}", " plus {}", " made with {}", " and i love {}", " and i need {} on IT",
    " and i'll try {}", " along with the {}", " with the {}", " i would also like {}", " also {}", " also add {}",
    " and also {}", " over {}", " served with {}", " and make IT {}", " but with {}", " that is {}", " {} style",
    " {} please", " GROUP {}", " flavored with {}", " in that {} would be great", " sprinkled with {}",
    " can i have {}", " can i get {} on IT", " then {}", " together with {}",
)  # fmt: skip
NONE_FRAMES = (  # Modifiers that are not wanted
    " without a {}", " without an {}", " but not a {}", " and i do not want any {} on IT", " and do not want {}",
    " no {}", " no {}", " no {}", " no {}", " without {}", " without {}", " without any {}", " without the {}",
    " hold the {}", " hold {}", " but no {}", " with no {}", " minus the {}", " minus {}", " skip the {}",
    " leave off the {}", " leave the {} off", " leave out the {}", " don't put any {} on IT",
    " but don't add any {}", " do not add {}", " i don't want any {}", " but i don't want {} on IT", " not the {}",
    " avoid {}", " but please avoid {}", " and no {} please", " with {} left off", " make sure there's no {}",
    " make sure IT doesn't have {}", " i definitely do not want {}", " excluding {}", " except {}", " nix the {}",
    " lose the {}", " take off the {}", " but hold on the {}", " everything but {}", " and without adding {}",
    " and please no {}", " no {} on IT", " with everything except {}", " i'm allergic to {} so leave IT out",
    " and make sure IT's not {}", " i can't have {}", " don't want any {}", " but skip the {} though",
    " do me a favor and leave off the {}", " not {}", " but not {}", " keep the {} off", " and hold the {} please",
    " i'd rather not have {}", " just no {}", " i need to avoid {}", " IT's important you leave off the {}",
    " never {}", " with zero {}", " {} free", " forget the {}", " sans {}", " omit the {}", " instead of {}",
    " instead of the {}", " in place of the {}", " and i don't want IT on {}", " but i don't want IT with {}",
    " don't make IT {}", " IT should not have {}", " i don't like {}",
)  # fmt: skip
EXTRA_FRAMES = (  # More of it
    " extra {}", " with extra {}", " with extra {}", " with extra {}", " and extra {}", " add extra {}",
    " with more {}", " more {}", " with additional {}", " double {}", " with double {}", " lots of {}",
    " with lots of {}", " a lot of {}", " plenty of {}", " heavy on the {}", " with some extra {}", " {} extra",
    " and add some extra {}", " and put some extra {} on IT", " extra extra {}", " load up on the {}",
    " loaded with {}", " and i'd like extra {} on there", " and make IT extra {}", " with an extra helping of {}",
    " extra on the {}", " go heavy on the {}",
)  # fmt: skip
LIGHT_FRAMES = (  # Less of it
    " light {}", " with light {}", " light on the {}", " easy on the {}", " go easy on the {}", " a little {}",
    " with a little {}", " with a little bit of {}", " just a little {}", " with a touch of {}", " with a bit of {}",
    " a hint of {}", " not too much {}", " less {}", " with less {}", " with a drizzle of {}",
    " and a tiny bit of {}", " a dash of {}", " with a splash of {}", " lightly {}", " but not a lot of {}",
    " {} on the light side", " lite {}", " just a touch of {}", " and only a little {}", " a sprinkle of {}",
    " a small amount of {}", " not much {}", " only a bit of {}",
)  # fmt: skip
NOT_EXTRA_FRAMES = (  # Not more of it than usual
    " no extra {}", " without extra {}", " with no extra {}", " but no extra {}", " hold the extra {}",
    " without the extra {}", " don't add extra {}", " but make sure no extra {}", " not extra {}",
    " i don't want extra {}", " no additional {}", " and skip the extra {}", " and no extra {} please",
    " but please do not add any extra {}", " leave off the extra {}", " avoid extra {}",
)  # fmt: skip
QUALIFIERS = {  # Before one modifier in a list of all kinds
    NONE: (
        "no ", "no ", "no ", "without ", "hold the ", "but no ", "minus ", "no ",
    ),
    EXTRA: (
        "extra ", "extra ", "extra ", "more ", "lots of ", "double ", "additional ",
    ),
    LIGHT: (
        "light ", "a little ", "a little bit of ", "easy on the ", "a bit of ", "just a little ", "splash of ",
        "a splash of ", "a touch of ", "light on the ", "not too much ", "a dash of ", "just a touch of ", "go easy on the ",
    ),
    NOT_EXTRA: (
        "no extra ", "without extra ", "no extra ",
    ),
}  # fmt: skip
REGULAR_WORDS = (  # Before a modifier in a regular amount
    "some ", "some ", "the ", "a ", "regular ", "normal ", "my ", "one pump of ", "a shot of ", "one layer of ",
    "a scoop of ", "a slice of ", "an ", "two shots of ", "one shot of ", "a piece of ", "that ", "your ",
)  # fmt: skip
SIZE_FRAMES = (  # A size behind its item
    " {}", " {}", ", {}", " in {}", " in a {}", " make it {}", " and make it {}", " make it a {}", " {} size",
    " in {} size", " that is {}", " that's {}", " size {}", " with {} size", " the {} one", " in the {} size",
    " {} please", " and i want them all {} size", " {} sized", " which is {} in size",
    " and i only need the {} size", " a {} one", " and i want it {}", " can you make that {}",
)  # fmt: skip
FILLERS = (  # Thinking aloud
    "um ", "uh ", "like ", "you know ", "let's see ", "maybe ", "i guess ", "hmm ", "er ", "please ", "um yeah ",
    "uh let me think ", "well ", "erm ",
)  # fmt: skip
FOR_ALL = (  # before what holds for every line so far
    ", {} with ", " {} with ", " {} of them with ", " {} ", ", make {} of them ", " and make them {} ", " and {} with ",
    " {} topped with ", " and {} of those with ", " i want {} of them with ", " {} having ",
)  # fmt: skip
ONTO = (  # between modifiers and the item that they are for
    " in ", " on ", " in a ", " on a ", " with a ", " for a ", " along with ", " with ", " to go on a ",
)  # fmt: skip
ON_IT = (  # between a modifier and an item named again
    " on the ", " on the ", " in the ", " on that ", " on my ", " for the ", " on all of those ", " on those ",
    " on all the ", " on each of the ", " in both ",
)  # fmt: skip
ABOUT_IT = (  # before an item named again
    "make the ", "the ", "on the ", "for the ", "put the ", "on all of those ", "also on all of the ",
    "on each of those ", "for all the ", "make all the ", "make those ", "on top of the ", "on both ",
)  # fmt: skip
MAKE_THAT = (  # between an item and its number
    " x ", " times ", " make that ", " make it ", " actually make it ", ", ", " and make that ", " and ", ", i want ",
    " for the kids, ", " please, ", ", let's say ", " ", ". ", " for my friends, ", ", we need ",
)  # fmt: skip
RESAID = (  # between a line and the choice that takes the place of one in it
    " actually make it a ", ", actually make it ", " no make that a ", ", make that a ", " on second thought make it ",
    ", sorry, i meant ", " sorry i mean a ", " wait make it ", ", actually ", " or rather a ", " hmm make that ",
)  # fmt: skip
SAME = (  # a line like the one before
    "the same but with {}", "the same with {}", "the same but {}", "the same thing but with {}",
    "the same thing with {}", "the same again but with {}", "same but with {}", "same thing but {}",
    "the same except with {}", "one more the same but with {}", "the same one but with {}", "same again with {}",
)  # fmt: skip
SAME_WITHOUT = (
    "the same but no {}", "the same without {}", "the same but without the {}", "same thing but no {}",
    "the same thing without {}", "same but hold the {}",
)  # fmt: skip
SAME_FOR = (  # before these
    " and ", " and for my friend ", ", and ", " and for my wife ", " and then ", ". ", ", for him ", " and for me ",
    " plus ", " and another one, ", " and also ",
)  # fmt: skip
NONE_LINKS = (  # between two modifiers that are not wanted
    " or ", " or ", " and ", ", ", " and no ", " and the ", " or the ", " nor ", " and the ", " and also no ", " no ",
)  # fmt: skip
SHARES = (  # between a number of items and what some of them are
    ", ", " ", ": ", " - ", ". ", ", i want ", " and i'd like ", ", make ", ", please do ",
)  # fmt: skip
OF_LEFT = (  # the last of several
    "the other ", "the other with ", "the rest ", "the rest with ", "the others ", "and the others with ", "the last ",
)  # fmt: skip
PLAINLY = (  # one of several with nothing on it
    "plain", "without", "plain please", "with nothing on it", "regular", "normal", "just plain", "black",
)  # fmt: skip
AND = (  # between two modifiers
    " and ", " and ", " and ", " & ", ", and ", " and also ", " plus ", " with ", " as well as ", " along with ",
    " and then ",
)  # fmt: skip
OF_THEM = (  # behind a number
    "orders of ", "x ", "of the ", "of your ", "servings of ", "of those ",
)  # fmt: skip
AS_A = (  # between modifiers and the unsaid item that they make
    " on the ", " on the ", " as a ", " for a ", " on a ", " as my ", " in a ",
)  # fmt: skip
RUN_LINKS = (  # between two runs of modifiers
    " and", " but", ",", " and please", " also", ", and", " then", " but please",
)  # fmt: skip
