"""Finds the words of each booking slot with a learned span tagger on ONNX Runtime.

Several models score every stretch of words for every slot, and "not there" for every slot; what is likeliest in their
mean wins. Slots may share words ("in an hour" is a date and a time). ``nlu.train_slots`` made them; torch is not
imported here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

MODEL = Path(__file__).parent.parent / "data" / "models" / "slot_tagger.onnx"
SLOTS = ("people", "date", "time", "first_name", "last_name")
CHARACTERS = "\0\1abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?'’\"/\\-–()&+@#$%éèáàíóöüñç"
CHARACTER_IDS: Mapping[str, int] = {character: index for index, character in enumerate(CHARACTERS)}
LETTERS = 16  # characters of a word that are looked at: the first twelve and the last four
SHAPES = 10
LONGEST_SPAN = 16  # words
MOST_WORDS = 200
UNKNOWN = "<unknown>"
CAUTION = 2.7
"""How many times likelier than its absence a slot must be that was not asked for: the invented sentences of training
hold more slots than guests' do. Chosen on a tenth of restaurant8k's training part, where 1.6 to 4.5 do alike."""
_NAMES = ("first_name", "last_name")

_WORD = re.compile(r"\d+|[^\W\d_]+|[^\w\s]|_")

Ids = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


def tokens(text: str) -> list[tuple[int, int]]:
    """(start, end) of words, numbers and single other signs: "7:30pm" is four."""
    return [match.span() for match in _WORD.finditer(text)][:MOST_WORDS]


def key_of(word: str) -> str:
    """The word as the vocabulary knows it: numbers by their size and length."""
    if word.isdecimal():
        return word.lstrip("0") or "0" if len(word) <= 2 else f"<{min(len(word), 5)} digits>"
    return word.lower()


def featurise(
    text: str, words: Sequence[tuple[int, int]], requested: Sequence[str], vocabulary: Mapping[str, int]
) -> tuple[Ids, Ids, Floats]:
    """Word ids (T,), characters (T, LETTERS) and numbers between 0 and 1 (T, SHAPES + slots)."""
    ids = np.zeros(len(words), np.int64)
    letters = np.zeros((len(words), LETTERS), np.int64)
    numbers = np.zeros((len(words), SHAPES + len(SLOTS)), np.float32)
    for slot in requested:
        numbers[:, SHAPES + SLOTS.index(slot)] = 1
    for row, (start, end) in enumerate(words):
        word = text[start:end]
        ids[row] = vocabulary.get(key_of(word), vocabulary[UNKNOWN])
        seen = word if len(word) <= LETTERS else word[: LETTERS - 4] + word[-4:]
        letters[row, : len(seen)] = [CHARACTER_IDS.get(character, 1) for character in seen]
        number = int(word) if word.isdecimal() and len(word) <= 4 else -1
        numbers[row, :SHAPES] = (
            word[:1].isupper(),
            word.isupper() and len(word) > 1,
            word.isdecimal(),
            1 <= number <= 12,
            13 <= number <= 31,
            32 <= number <= 59,
            not word[:1].isalnum(),
            start > 0 and not text[start - 1].isspace(),
            row == 0,
            row == len(words) - 1,
        )
    return ids, letters, numbers


def allowed(count: int) -> npt.NDArray[np.bool_]:
    """Which stretches of ``count`` words a slot can be, (first, last)."""
    length = np.arange(count)[None, :] - np.arange(count)[:, None]
    return (length >= 0) & (length < LONGEST_SPAN)


class SlotTagger:
    """The model at ``path``.

    Raises:
        FileNotFoundError: there is none.
    """

    def __init__(self, path: Path = MODEL) -> None:
        import onnxruntime

        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: python -m nlu train-slots makes it")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        words = self._session.get_modelmeta().custom_metadata_map["vocabulary"].split("\n")
        self._vocabulary = {word: index for index, word in enumerate(words)}

    def spans(self, text: str, requested: Sequence[str]) -> dict[str, tuple[int, int]]:
        """(start, end) in the text of each slot that is there. Of a long text only the first 200 words are read."""
        words = tokens(text)
        if not words:
            return {}
        ids, letters, numbers = featurise(text, words, requested, self._vocabulary)
        inputs = {"words": ids[None], "letters": letters[None], "numbers": numbers[None]}
        spans, absent = self._session.run(None, inputs)  # (M, S, T, T), (M, S) of M models
        return _as_asked(best_spans(words, requested, spans, absent), requested, text)


def _as_asked(found: dict[str, tuple[int, int]], requested: Sequence[str], text: str) -> dict[str, tuple[int, int]]:
    """A name alone is the one that was asked for (first): in itself "Denver" may be either."""
    names = [slot for slot in requested if slot in _NAMES]
    (only, span), *more = found.items() if found else [("", (0, 0))]
    if more or only not in _NAMES or not names or text[: span[0]].strip() or text[span[1] :].strip(" .!?"):
        return found
    if len(set(names)) == 1 or names[0] == "last_name":
        return {names[0]: span}
    return found


def best_spans(
    words: Sequence[tuple[int, int]], requested: Sequence[str], spans: Floats, absent: Floats
) -> dict[str, tuple[int, int]]:
    """The likeliest stretch of each slot that is likelier than its absence, ``CAUTION`` times if it was not asked for.

    ``spans`` is (M, S, T, T): model, slot, first and last word; ``absent`` is (M, S). The models' chances are averaged.
    """
    stretches = np.where(allowed(len(words)), spans, -np.inf).reshape(*absent.shape, -1)
    scores = np.concatenate((stretches, absent[..., None]), axis=2)  # (M, S, T² + 1)
    chances = np.exp(scores - scores.max(axis=2, keepdims=True))
    mean = (chances / chances.sum(axis=2, keepdims=True)).mean(axis=0)  # (S, T² + 1)
    asked = {*requested, *(_NAMES if set(_NAMES) & set(requested) else ())}  # either name may be given for the other
    found = {}
    for slot, chance in zip(SLOTS, mean):
        best = int(chance[:-1].argmax())
        if chance[best] > chance[-1] * (1 if slot in asked else CAUTION):
            first, last = divmod(best, len(words))
            found[slot] = (words[first][0], words[last][1])
    return found
