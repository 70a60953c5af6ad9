"""The guest's name, phone, address and way of getting the food, taken from the words of an answer."""

from __future__ import annotations

import re
from collections.abc import Collection

import phonenumbers

from nlu.spoken_numbers import as_digits

_RELATED = r"(?:wife|husband|partner|son|daughter|brother|sister|mom|mum|mother|dad|father|friend|boss|roommate|boyfriend|girlfriend)"
_FILLERS = (
    r"(?:(?:uh|um|er|oh|ah|ok|okay|yes|yeah|yep|sure|hi|hello|hey|well|so|right|just|sorry|hm+|alright)[,.!]?\s+)*"
)
_NAMES = (
    r"(?:(?:(?:in|under|by|to|with|for)\s+)?(?:(?:my|the|our|his|her|a|first|last|full|sur|booking|order'?s?)\s+)*(?:sur)?name(?:'?s| is| of|:)?"
    r"(?:\s+(?:in|under|of|is|will be|would be))?|"
    r"it is|it'?s|it'?ll be|it will be|it would be|that'?s|that'?ll be|that'?d be|that would be|this(?: here)? is|(?:i am |i'?m )?called|i go by|on the name of|everyone knows me as|i said|i am|i'?m|they call me|"
    r"(?:everyone|everybody|people|(?:my )?friends) calls? me|(?:you can |just )*call me|we'?re the|"
    r"(?:(?:you can|you could|you may|can you|could you|please|just|go ahead and|we'?ll|i'?ll|let'?s|i said|ask)\s+)*"
    r"(?:put|stick|write|use|say|said|make|have|do|book|leave|go|mark|ask)(?:\s+(?:it|that|this|me|us|down|be))*(?:\s+(?:under|as|for|in|to|with))?|"
    rf"under|for|as|by|from|(?:my|our)\s+{_RELATED}(?:'s name)?)"
)
_NAME_LEAD = re.compile(rf"(?i)^{_FILLERS}(?:{_NAMES}\s+)*{_FILLERS}")
_NAME_WITHIN = re.compile(
    r"(?i).*\b(?:name'?s|name is|name of|i'?m|i am|this is|it'?s|(?:just |you can )?(?:put|say)(?: (?:it|me|down))*(?: under| as)?|under|call me|calls me)\s+"
)
_NAME_TAIL = re.compile(
    r"(?i)(?:'s (?:fine|good|ok|okay|(?:my|the) name)|[\s,]+(?:please|i (?:said|told you|say)|(?:just |now |and )?(?:hurry|quick(?:ly)?|be quick)\b.*|"
    r"(?:that'?s|it'?s|that is) (?:my|the|me) ?(?:name)?|(?:family|household|down|yeah|got it)|(?:you |do you )?want (?:me )?to .*|(?:everybody|everyone) does|i (?:come|was|am|have|use|always)\b.*|(?:from|at) (?:the )?[^\W\d_]{3,}(?: [^\W\d_]+){0,2}|thanks|thank you|ta|cheers|here|speaking|again|ok|okay|then|on (?:it|that|there|the order)|"
    r"is (?:my|the) name|(?:that'?s|it'?s|is) me|(?:is|'s|that'?s|will be|'ll be|would be) (?:fine|good|ok|okay|great|perfect)|will do(?: fine| nicely)?|"
    rf"(?:is |'s |will |'ll |is going to |is gonna )?(?:be )?(?:pick|collect|com|get|fetch|grab)(?:ing)?\b.*|(?:is )?(?:my|the) {_RELATED}|"
    r"i (?:think|guess|suppose|believe)|for short|man|sir|ma'?am|dear|love|mate|bud|buddy|pal|darling|party|"
    r"(?:like|with (?:an?|one|two|no|double|the)|as in|but|spelled|spelt|short for|because|cause|since|that'?s (?:[a-z]\.? )+[a-z])\b.*|not [^\W\d_]+|(?:[a-z]\.? ){2,}[a-z]\.?))+[.!]*$"
)
_LONGEST = 200  # characters of an answer in which a name is looked for
_FIRST_AND_LAST = re.compile(
    r"(?i)\bfirst name(?:'s| is)?,? (\w+),?(?: and)?(?: my| the)? (?:last|sur|second) ?name(?:'s| is)?,? ([\w'’-]+)"
)
_FAMILY = re.compile(r"(?i)\bthe ([^\W\d_]+) (?:family|household|party)\b")
_NO_TO = re.compile(r"(?i)^(?:no|nope|sorry)[,.]? (?=[^\W\d_]+,? not\b)")  # "no Ruth not Rose"
_DOING = re.compile(r"(?i)\b(?:i'?m|i am|it'?s|we'?re|this is)\s+[a-z]{3,}ing\b")  # "I'm driving"
_NAME = re.compile(r"[^\W\d_][^\W\d_'’.\-]*(?:[ '’.\-]+[^\W\d_]+[^\W\d_'’.\-]*){0,3}\.?")
_NOT_NAMES = frozenset(
    "yes no yeah yep nope ok okay sure what why who when how which where pickup delivery order cancel nothing none thanks thank "
    "please wait stop help hello hi hey pizza change remove add undo later now asap maybe skip actually instead people table "
    "us our tonight tomorrow is are was were can could does did do would should will it that this these those there we you they "
    "he she me my your his her at to of with about if in on by from and or but the a an i i'm it's that's what's name number "
    "not so very too just still only also some any all both one two three four five six seven eight nine ten "
    "good great fine lovely wonderful perfect brilliant nice cool correct wrong right alright sorry ready done busy back "
    "problem second sec minute moment time hold hang don't know forgot repeat again phone call calling said say put rather "
    "never mind loud noisy hard want need have get got been usual same before already soon under easier harder go let's that'd whose does mine whatever possible quick quickly fast "
    "bye goodbye calling speaking i'd i'll i've we'd we'll we're that'll there's".split()
)
_DIGIT_WORDS = {
    "zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_REPEAT = {"double": 2, "triple": 3, "treble": 3}
_IT = r"(it|that|this|them|those|everything|the (food|order|lot)|(my|our) (food|order|stuff|dinner|lunch|pizzas?))"
_ROUND = r"(over|round|around|by|down|up|in|out|past|along|across|there)"
_DELIVERY = re.compile(
    rf"(?i)\b(deliver(y|ed|s|ing)?|(bring|drop|send|run|fetch) {_IT} (to|over|round|around|here|out|off|up|by|down|along)|"
    rf"bring {_IT}|(bring|drop|send|run) (over|round|off) {_IT}|dropped off|brought (over|round|to|out)|"
    r"to (my|our|the|her|his|their) (own )?(front )?(house|home|place|door|office|apartment|flat|address|hotel|room|work|work ?place)|"
    r"at (my|our|the) (front )?door|ship(ped)?)\b"
)
_PICKUP = re.compile(
    rf"(?i)\b(pick(ing|s|ed)?[ -]?({_IT} )?up|pickup|take[ -]?(away|out)|to take (home|away|with (me|us))|to go|"
    rf"collect(s|ion|ing|ed)?|carry[ -]?out|curb ?side|com(e|ing) {_ROUND}( and)?( to)? (get|grab|fetch)|com(e|ing) (and |to |on )?(get|by|for {_IT})|take {_IT} with (me|us)|"
    rf"(fetch|grab|collect|get)(ing)? {_IT} (myself|ourselves|in person|on (my|our|the|his|her) way)|fetch {_IT}(?! (to|over|round|here))|"
    rf"(i|we|he|she|they)'?(ll| will| can|m going to|re going to|s going to)? ?(just )?fetch|for (me|us|him|her) to (fetch|get|grab)|"
    rf"(i'?ll|we'?ll|i will|we will|i can|we can|gonna|going to) (just )?(get|grab) it(?! (with|in|without|for))|"
    rf"(swing|pop|pull|nip|drop|stop|run|head|walk|drive|dash|come|cycle|bike|stroll|go|be)(p?ing|n?ing|e?s)? (on )?{_ROUND} "
    rf"((to|and) )?(get|grab|fetch|collect|pick|for) ?{_IT}?|"
    rf"(send|sending) (someone|somebody|my \w+|our \w+|the \w+|him|her) ({_ROUND} )?((to|and) )?(get|grab|fetch|pick|for) ?{_IT}?)\b"
)
# Who asks "pickup or delivery?" may be told by a guest who only says that somebody comes.
_COMES = re.compile(
    r"(?i)\b(i|we|he|she|they|my \w+|someone|somebody)('?ll|'?m|'?re|'?s| will| can| could| would| am| are| is)?( (just|rather|gonna|going to))* "
    rf"(swing|pop|pull|nip|drop|stop|run|head|walk|driv|dash|com|cycl|bik|stroll)(e|p|n)?(ing|s)? (on |right |back )?{_ROUND}\b|"
    rf"^((yeah|yes|well|oh|um|just|be) )*(swing|pop|pull|nip|drop|stop|run|head|walk|driv|dash|com)(p|n)?ing (on |right |back )?{_ROUND}\b"
)
_TO_GUEST = re.compile(r"(?i)\bto (me|us|mine|ours)\b|\bto (my|our|the) door\b")
_REFUSED = re.compile(
    r"(?i)\b(not|don'?t (want|need)|instead of|rather than|isn'?t|never said) (for |a |the |any |to )*"
    r"(deliver(y|ed)?|pick(ing)?[ -]?(it )?up|pickup|take[ -]?(away|out)|collection|carry[ -]?out)\b"
)


_NO_LEAD = re.compile(r"(?i)^\W*(?:no\b\W*)*")
_CORRECTED = re.compile(r"(?i)\b(?:no,? wait|wait,? no|no,? sorry|actually|sorry|i mean|make (?:it|that))\b")


_NONE_OF = re.compile(r"(?i)\bno (delivery|pick[ -]?up|collection|carry[ -]?out|take[ -]?out)\b")


def find_name(text: str) -> str | None:
    """A name as it would be called out, or None when the words are no name; of two the one that corrects the other."""
    text = text.strip()[:_LONGEST]
    *before, last = _CORRECTED.split(text)
    return (_find_name(_NO_LEAD.sub("", last)) if before else None) or _find_name(text)


def name_at_start(text: str) -> str | None:
    """The name with which the words begin: "Patricia I'd like to ..." """
    words: list[str] = []
    for word in text.split()[:4]:
        if re.search(r"\d", word) or word.lower().strip(",.;!?") in _NOT_NAMES:
            break
        words.append(word)
        if word[-1] in ",.;!?":
            break
    return find_name(" ".join(words).strip(",.;!? "))


def _find_name(text: str) -> str | None:
    if both := _FIRST_AND_LAST.search(text):
        return _as_called(f"{both[1]} {both[2]}")
    if _DOING.search(text):
        return None
    text = _NAME_TAIL.sub("", _NO_TO.sub("", _FAMILY.sub(r"\1", text)))
    return _as_called(_NAME_LEAD.sub("", text, count=1)) or _as_called(_NAME_WITHIN.sub("", text, count=1), most=2)


def _as_called(words: str, most: int = 4) -> str | None:
    words = words.strip(" .,!")
    if len(words) > 40 or not _NAME.fullmatch(words) or len(words.split()) > most:
        return None
    if any(word in _NOT_NAMES for word in words.lower().split()):
        return None
    if words == words.upper():
        return words.title()
    return " ".join(word.title() if word == word.lower() else word for word in words.split())


def find_phone(text: str, region: str = "US") -> str | None:
    """The first possible phone number in the words, in E.164; digits may be spoken ("five five five double oh")."""
    written = spoken_digits(re.sub(r"(?<=\w)[,;]\s+", " ", text))
    for match in phonenumbers.PhoneNumberMatcher(written, region, leniency=phonenumbers.Leniency.POSSIBLE):
        if phonenumbers.is_possible_number(match.number) and len(str(match.number.national_number)) >= 7:
            if len(re.sub(r"\D", "", match.raw_string)) >= 10 or match.raw_string.startswith("+"):
                return str(phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164))
    return None


def corrected_phone(known: str | None, text: str) -> str | None:
    """The known number with the part that the words put right: "it ends in five three", "the area code is six one
    seven", "it's four two not two four"; None when they put nothing right."""
    if known is None or not re.fullmatch(r"\+1\d{10}", known):
        return None
    words, digits = re.sub(r"(?<=\d)[ -]+(?=\d)", "", spoken_digits(as_digits(text))), known[2:]
    if said := _PHONE_END.search(words):
        end = said["end"] or said["at_end"]
        fixed = digits[: -len(end)] + end
    elif said := _AREA_CODE.search(words):
        fixed = said["area"] + digits[3:]
    elif (said := _NOT_DIGITS.search(words)) and len(said["right"]) == len(said["wrong"]) and said["wrong"] in digits:
        at = digits.rfind(said["wrong"])
        fixed = digits[:at] + said["right"] + digits[at + len(said["wrong"]) :]
    else:
        return None
    return f"+1{fixed}" if fixed != digits else None


_PHONE_END = re.compile(
    r"\b(?:end(?:s|ing)?(?: up)? (?:in|with|on)|last (?:\w+ )?(?:digits?|numbers?|ones?)(?:'?s| is| are| should be| was| were)*) (?P<end>\d{1,7})\b"
    r"|(?<!\d)(?P<at_end>\d{1,7}) (?:at|on|in) the end\b"
)
_AREA_CODE = re.compile(r"\barea code(?:'?s| is| should be)*(?: actually)? (?P<area>\d{3})\b(?!\d)")
_NOT_DIGITS = re.compile(r"(?<!\d)(?P<right>\d{2,7}),? (?:and )?not (?P<wrong>\d{2,7})(?!\d)")


def count_digits(text: str) -> int:
    """How many digits the words hold, written or spoken: a bad number is told what is wrong."""
    return len(re.sub(r"\D", "", spoken_digits(text)))


def spoken_digits(text: str) -> str:
    """ "oh two double seven" → "0277"; other words stay."""
    tokens = re.findall(r"[A-Za-z]+|[^A-Za-z]+", text)
    out: list[str] = []
    repeat = 1
    for at, token in enumerate(tokens):
        word = token.lower()
        if word in _REPEAT:
            repeat = _REPEAT[word]
        elif word in _DIGIT_WORDS and (word not in ("oh", "o") or _among_digits(tokens, at)):
            if out and out[-1].isspace() and len(out) > 1 and out[-2].isdigit():
                out.pop()
            out.append(_DIGIT_WORDS[word] * repeat)
            repeat = 1
        elif repeat > 1 and token.isspace():
            continue
        else:
            if repeat > 1 and (digit := re.match(r"\s*(\d)(?!\d)", token)):
                token = digit[1] * repeat + token[digit.end() :]
            out.append(token)
            repeat = 1
    return "".join(out)


def _among_digits(tokens: list[str], at: int) -> bool:
    """Whether a digit stands beside the word: "oh, sure" is no zero."""
    beside = [token.lower() for token in tokens[max(0, at - 2) : at + 3] if token is not tokens[at]]
    return any(token in _DIGIT_WORDS or token in _REPEAT or re.search(r"\d", token) for token in beside)


def find_type(text: str, asked: bool = False) -> str | None:
    """ "pickup" or "delivery", when exactly one of them is said, or said last ("delivery, no wait, pickup"); who is
    ``asked`` may only say that somebody comes."""
    text = text.replace("’", "'")
    *before, last = _CORRECTED.split(text)
    return _type_said(text, asked) or (_type_said(last, asked) if before else None)


def _type_said(text: str, asked: bool) -> str | None:
    text = _REFUSED.sub(" ", text)
    if _DELIVERY.search(text) and _PICKUP.search(text):
        text = _NONE_OF.sub(" ", text)  # "no delivery, I'll come and get it"
    delivery, pickup = _DELIVERY.search(text), _PICKUP.search(text)
    if asked and not delivery and not pickup:
        delivery, pickup = _TO_GUEST.search(text), _COMES.search(text)
    if bool(delivery) == bool(pickup):
        return None
    return "delivery" if delivery else "pickup"


_TO = r"(?i)^(?:(?:(?:i'?m|we'?re|i live|we live|that'?s|it'?ll be)(?: over| up| down)? (?:at|on)|it'?s|my address is|the address is|address is|address:?|deliver (?:it )?to|to|at)\s+)+"


def find_street(text: str) -> str | None:
    """A house number and a street without a zip code: "22 Pine Street"."""
    street = re.sub(_TO, "", text.strip()).strip(" .!")
    return street[:200] if re.match(r"(?i)\d{1,5}[a-z]? +[a-z]{3}|\d{1,5}[a-z]? +[nsew]\b", street) else None


STREET = (
    r"(?:st|street|rd|road|ave|avenue|lane|ln|drive|dr|close|court|ct|way|place|pl|boulevard|blvd|square|terrace|row|hill|"
    r"park|parkway|circle|highway|point|landing|wharf)"
)
_WITHIN = re.compile(
    rf"(?i)(?P<lead>(?:\b(?:(?:please )?(?:deliver(?:ed|y)?|sen[dt]|br(?:ing|ought)|drop(?:ped)?|go(?:ing)?)(?: (?:it|that|this|them|off|over|all))*|address(?: is)?|to|at|for)[ ,:]+)*)"
    rf"(?P<address>(?:(?:apartment|apt|flat|unit|suite) \w+,? )?\b\d{{1,5}}[a-z]? (?:[a-z.']+ ){{1,4}}?{STREET}\b[^.!?]*?\b\d{{5}})\b"
)


def address_within(text: str) -> str | None:
    """The address that a longer text holds: house number, street and zip code."""
    found = _WITHIN.search(text)
    return found["address"] if found else None


def without_details(text: str) -> str:
    """The words of an order without an address and the hour when it is wanted, whose numbers are none of dishes."""
    return re.sub(r"  +", " ", _READY_AT.sub(" ", _WITHIN.sub(" ", text))).strip() or text


_READY_AT = re.compile(
    r"(?i)(?:\b(?:ready|done|there|here) )?(?:\bfor (?:me|us) )?\b(?:at|by|around) (?:about )?(?:(?:half|quarter) (?:past|to|after) )?"
    r"(?:\d{1,2}(?:[:.]\d\d)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:fifteen|thirty|forty five|15|30|45))?"
    r"(?:(?: ?(?:o'?clock|ish|[ap]\.?m\b\.?))+|(?= *(?:$|[,.!?;]|(?:and|for|please|tonight|tomorrow|today|this|if|then|but|or|so|thanks|thank|i)\b)))"
)


def find_address(text: str, zips: Collection[str]) -> tuple[str, str] | None:
    """(address, zip code) when the words hold a house number, a street and a five-digit code."""
    codes = re.findall(r"(?<!\d)\d{5}(?!\d)", text)
    if not codes:
        return None
    code = next((code for code in codes if code in zips), codes[-1])
    address = re.sub(_TO, "", text.strip()).strip(" .!")
    street = address.replace(code, "")
    if not re.search(r"\d", street) or not re.search(r"[^\W\d_]{3}", street):
        return None
    return address[:200], code
