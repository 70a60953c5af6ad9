"""The learned part: which element opens a line, goes on with it, is taken back, and in which amount it is meant.

Served by ONNX Runtime from ``data/models/order_tagger.onnx``; trained by ``python -m nlu train-parser``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlu.builder import Builder
from nlu.elements import Element
from nlu.features import featurise
from nlu.marks import AMOUNTS, REGULAR, ROLES, Mark

MODEL = Path(__file__).parent.parent / "data" / "models" / "order_tagger.onnx"
LONGEST = 400
"""Elements read at once; longer texts are read in pieces of this length."""

Chances = npt.NDArray[np.float32]


class Tagger:
    """Marks elements with the model at ``path``."""

    def __init__(self, path: Path = MODEL) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        words = self._session.get_modelmeta().custom_metadata_map["vocabulary"].split("\n")
        self._word_ids = {word: index for index, word in enumerate(words)}

    def chances(self, elements: Sequence[Element], builder: Builder) -> tuple[Chances, Chances]:
        """Chances of the roles (T, len(ROLES)) and of the amounts (T, len(AMOUNTS))."""
        ids, numbers = featurise(elements, builder, self._word_ids)
        roles, amounts = [], []
        for start in range(0, len(elements), LONGEST):
            piece = slice(start, start + LONGEST)
            role, amount = self._session.run(None, {"words": ids[None, piece], "numbers": numbers[None, piece]})
            roles.append(role[0])
            amounts.append(amount[0])
        return np.concatenate(roles), np.concatenate(amounts)

    def mark(self, elements: Sequence[Element], builder: Builder) -> list[Mark]:
        if not elements:
            return []
        roles, amounts = self.chances(elements, builder)
        marks = []
        for element, role, amount in zip(elements, roles, amounts):
            if element.match is None and element.number is None and not element.unknown:
                marks.append(Mark())
                continue
            r = int(role.argmax())
            a = int(amount.argmax()) if element.is_value else AMOUNTS.index(REGULAR)
            marks.append(Mark(ROLES[r], AMOUNTS[a], float(role[r]), float(amount[a]) if element.is_value else 1.0))
        return marks


@lru_cache(maxsize=1)
def shipped_tagger() -> Tagger:
    return Tagger()
