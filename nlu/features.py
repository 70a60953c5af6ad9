"""What the tagger sees of an utterance: function words, and for menu names only how they fit each other.

No name of a menu reaches the model, so a new menu needs no training.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from nlu.builder import Builder
from nlu.elements import Element
from nlu.words import COMMON, DESCRIPTORS

PUNCTUATION = "% , . ; : ! ? /".split()
VOCABULARY: tuple[str, ...] = ("<pad>", "<item>", "<value>", "<both>", "<number>", "<unknown>", "<other>",
                               *PUNCTUATION, *sorted(COMMON | DESCRIPTORS))  # fmt: skip
WORD_IDS: Mapping[str, int] = {word: index for index, word in enumerate(VOCABULARY)}
SIZE = 46
"""How many numbers describe an element."""

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


def featurise(
    elements: Sequence[Element], builder: Builder, word_ids: Mapping[str, int] = WORD_IDS
) -> tuple[Ids, Floats]:
    """Word ids (T,) and numbers (T, SIZE), each between 0 and 1. ``word_ids`` is the vocabulary of the model."""
    rows = np.zeros((len(elements), SIZE), np.float32)
    ids = np.zeros(len(elements), np.int64)
    items = [i for i, e in enumerate(elements) if e.is_item]
    slot_of: list[int] = []  # how many items came before
    slots: list[dict[str, list[int]]] = [{} for _ in range(len(items) + 1)]  # select-one groups said in each slot
    count = 0
    for position, element in enumerate(elements):
        slot_of.append(count)
        for group in builder.one_groups(element):
            slots[count].setdefault(group, []).append(position)
        count += element.is_item
    matches = [i for i, e in enumerate(elements) if e.match is not None]
    before = {i: matches[n - 1] if n else None for n, i in enumerate(matches)}
    after = {i: matches[n + 1] if n + 1 < len(matches) else None for n, i in enumerate(matches)}
    named: set[str] = set()
    for position, element in enumerate(elements):
        row = rows[position]
        slot = slot_of[position]
        last = elements[items[slot - 1]] if slot else None
        ahead = slot + element.is_item
        next_ = elements[items[ahead]] if ahead < len(items) else None
        ids[position] = _word_id(element, word_ids)
        row[0], row[1], row[2] = element.is_item, element.is_value, element.number is not None
        row[3] = element.unknown
        row[4], row[5] = last is not None, next_ is not None
        if element.number is not None:
            row[6], row[7], row[8] = element.number == 1, 1 < element.number <= 12, element.number > 12
            row[9] = element.word[0].isdigit()
        match = element.match
        if match is None:
            continue
        row[10], row[11], row[12] = match.partial, min(match.cost, 1.0), len(match.senses) > 1
        row[13] = min(match.end - match.start, 4) / 4
        previous = elements[b] if (b := before[position]) is not None else None
        following = elements[a] if (a := after[position]) is not None else None
        row[14] = b is not None and b == position - 1
        row[15] = a is not None and a == position + 1
        if element.is_value:
            carriers = builder.carriers(match.values)
            ones = builder.one_groups(element)
            row[16] = bool(ones)
            row[17] = builder.has_amounts(element)
            row[18] = len(carriers) == 1
            row[19] = len(carriers) / builder.item_count
            row[20] = len(carriers) == builder.item_count
            row[21] = last is not None and _allows(last, carriers)
            row[22] = next_ is not None and _allows(next_, carriers)
            row[23] = any(p < position for g in ones for p in slots[slot].get(g, ()))
            row[24] = slot > 0 and any(g in slots[slot - 1] for g in ones)
            row[25] = any(p > position for g in ones for p in slots[slot].get(g, ()))
            row[26] = slot + 1 < len(slots) and any(g in slots[slot + 1] for g in ones)
            if previous is not None:
                row[27] = _shares_group(previous, element)
                row[28] = previous.is_value and _alone(builder, previous) == carriers and len(carriers) == 1
            if following is not None:
                row[29] = _shares_group(following, element)
                row[30] = following.is_value and _alone(builder, following) == carriers and len(carriers) == 1
            row[31] = last is not None and len(carriers) == 1 and _allows(last, carriers)
            row[32] = next_ is not None and len(carriers) == 1 and _allows(next_, carriers)
            row[33] = len(match.values) > 1
        if element.is_item:
            own = {sense.id for sense in match.items}
            row[34] = last is not None and _same_item(last, own)
            row[35] = last is not None and bool(builder.kinds(last) & builder.kinds(element))
            row[36] = not any(builder.groups_of(i) for i in own)
            row[37] = element.word.endswith("s")
            row[38] = builder.is_head(element)
            row[39] = previous is not None and previous.is_value and bool(own & builder.carriers(previous.values))
            row[40] = following is not None and following.is_value and bool(own & builder.carriers(following.values))
            row[41] = bool(own & named)
            row[42] = any(builder.has_own_group(i) for i in own)
            row[43] = next_ is not None and _same_item(next_, own)
            row[44] = len(match.items) > 1
            named |= own
        row[45] = element.word in COMMON
    return ids, rows


def _word_id(element: Element, ids: Mapping[str, int]) -> int:
    if element.match is not None:
        kind = "<both>" if element.is_item and element.is_value else "<item>" if element.is_item else "<value>"
    elif element.number is not None:
        return ids["<number>"]
    else:
        kind = "<unknown>" if element.unknown else "<other>"
    return ids.get(element.word, ids[kind])


def _allows(item: Element, carriers: frozenset[str]) -> bool:
    return any(sense.id in carriers for sense in item.items)


def _alone(builder: Builder, element: Element) -> frozenset[str]:
    return builder.carriers(element.values)


def _shares_group(one: Element, other: Element) -> bool:
    return bool({s.group for s in one.values} & {s.group for s in other.values})


def _same_item(element: Element, own: set[str]) -> bool:
    return any(sense.id in own for sense in element.items)
