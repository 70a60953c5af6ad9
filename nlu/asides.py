"""What guests say beside an order ("you know what", "my wife is on a diet"): it changes nothing and raises no doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from nlu.elements import Element
from nlu.words import FOODS

_NAMED, _NUMBER = "_", "#"  # stand for a name of the menu and for a number
_WHO = (
    r"(?:wife|husband|partner|son|daughter|brother|sister|mom|mum|mother|dad|father|friend|boss|roommate|boyfriend|girlfriend|"
    r"kids?|boys?|girls?|little one|other half|colleague|neighbou?r|grandma|grandpa|mate|buddy)"
)
_UM = "(?:oh|ooh|um|uh|er|erm|hm+|ah|gosh)"
_ASIDE = re.compile(
    rf"\b(?:^(?:{_UM} )*{_UM}(?= )|(?:do )?you know what|(?:no )?(?:i )?tell a lie|(?:i )?tell you what|(?:now (?:that )?)?(?:i )?come to think of it|"
    r"now (?:that )?i think (?:of|about) it|bear with me|let me (?:think|see)(?: for a (?:sec|second|minute|moment))?|what else|"
    r"(?:hang|hold) on(?: a (?:sec|second|minute|moment))?|one (?:more|last|other) thing|by the way|before i forget|"
    r"(?:mate|love|dear|darling|buddy|bud|pal|man|sweetheart|guys|sir|ma'am)(?= $)|(?:(?:can|could|will|would) you )?do me(?= (?:an?|the|#|some) )|"
    r"for (?:dessert|pudding|afters|starters?|mains?|drinks)(?= (?:i|we|he|she|they|can|could|let|and|,|_|#|a|an|the|some)\b)|"
    r"(?<!the )(?<!my )(?<!your )(?<!that )(?<!this )(?<!very )(?:first|second|third|fourth|last|next)(?:ly)?(?: of all| off| up)?(?= (?:a|an|#|some) )|"  # of a list
    r"(?:i|we|he|she|they)(?: really| quite| do| all| both)* fancy|(?<=_ )(?:sounds?|looks?) (?:really |so |very )?(?:good|nice|great|lovely|perfect|delicious)(?= (?:i|we|so|let))|"
    r"(?<=_ )(?:i|we) (?:haven't|love|loved|always|never|used to|remember)(?: [a-z']+)*?(?= (?:so |then )*(?:let's|i'll|we'll|i'd|we'd|can|could|give))|"
    r"i (?:almost|nearly|just|clean)? ?forgot(?: to (?:say|mention|add))?|if (?:you (?:can|could|would|don't mind)|possible|"
    r"that's (?:ok|okay|alright|all right|fine|possible))|would you(?= (?:mate|love|dear|please)|$)|how about|what about|"
    rf"(?:and )?(?:for )?(?:my|the|our) (?:{_WHO} )+(?:(?:just|also|said|says|he|she|they|now) )*"
    r"(?:wants?|needs?|(?:would|'d) (?:like|love)|will have|is having|fancies|has decided on)|"
    r"(?:everything(?:'s| is)|(?:it|that)(?:'s| is)(?: all)?|all) (?:right|fine|good|correct|great|perfect) (?:except|but|apart from)(?: for| that)?|"
    r"(?:yes|yeah|yep) (?:but|except)|almost|nearly|sorry(?= $)|(?<=# )(?:lots?|orders?|portions?|servings?|helpings?|plates?|rounds?) of(?= _)|there(?:'s| are| is) (?:only |just |about )?# of us)\b"
)
# Behind all that is named, a sentence of its own tells why, unless it says itself what is to be done.
_REASON = re.compile(
    r"(?: off| away| out| too| then| please)*(?P<why>(?: and| and then| so| but)? (?:because|cause|since|i'm|i|we're|we|he's|he|she's|she|it's|they're|they|there's|there are|that's|my|our|[a-z]+'s)(?: [a-z'.,!]+)+) $"
)
_ACTS = frozenset(
    "add also another anymore cancel change didn't don't drop dont extra get give had have hold instead less light lose make "
    "meant mean more need order ordered other please put remove replace said same side swap switch take too two want "
    "wanted with without won't should would could can will like love rather much off out away again each both all".split()
)


def without_asides(elements: Sequence[Element]) -> Sequence[Element]:
    """The elements without such words; all of them where nothing that is named would be left."""
    spoken = [_sign(element) for element in elements]
    text = "".join(f"{word} " for word in spoken)
    starts = [0, *accumulate(len(word) + 1 for word in spoken)][:-1]
    spans = [(match.start(), match.end()) for match in _ASIDE.finditer(text)]
    last = max((at for at, element in enumerate(elements) if element.match or element.number is not None), default=-1)
    if last >= 0:
        behind = starts[last] + len(spoken[last])
        why = _REASON.fullmatch(text, behind)
        if why and not set(why["why"].split()) & (_ACTS | FOODS):
            spans.append((why.start("why"), len(text)))
    left = [e for e, start in zip(elements, starts) if not any(begin <= start < end for begin, end in spans)]
    lost = len(left) < len(elements) and not any(element.match or element.number is not None for element in left)
    return elements if lost and "#" not in text[spans[0][0] : spans[0][1]] else left


def _sign(element: Element) -> str:
    if element.match is not None:
        return _NAMED
    return _NUMBER if element.number is not None else element.word
