"""Words facts: the network's sentences, best first, then a template; the first that says the facts and no others wins.

Served by ONNX Runtime from ``data/models/responder_encoder.onnx`` and ``responder_step.onnx``; trained by
``python -m nlu train-describe`` (``nlu/responder_model.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from nlu.beam import Step, beam_search
from nlu.fact_check import check
from nlu.fact_ids import Vocabulary, fact_ids
from nlu.facts import KINDS, Facts, kind_of
from nlu.surface import sentence_from
from nlu.templates import template

MODELS = Path(__file__).parent.parent / "data" / "models"
WIDTH = 6
LENGTH_POWER = 1.0
LONGEST = 70
VARIETY = 3
"""How many of the sentences that pass take turns."""
MODEL, TEMPLATE = "model", "template"
# Some references run two sentences into one, and now and then so does the network.
_RUN_ON = re.compile(r"(?<! and)(?<! but)(?<![,:;.]) it (?:is|has|serves) ")


@dataclass(frozen=True)
class Described:
    """``raw`` is the network's best sentence, whatever the check said of it; ``source`` is model or template."""

    text: str
    source: str
    raw: str


def candidates(
    step: Step,
    state: Sequence[Any],
    facts: Facts,
    vocabulary: Vocabulary,
    width: int = WIDTH,
    power: float = LENGTH_POWER,
) -> list[str]:
    """The network's sentences for the facts, best first."""
    found = beam_search(step, state, vocabulary.begin, vocabulary.end, width=width, longest=LONGEST, length_power=power)
    return list(dict.fromkeys(sentence_from(vocabulary.tokens(ids), facts) for _, ids in found))


class Network:
    """The two graphs: facts into a state, and one word on."""

    def __init__(self, folder: Path = MODELS) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        load = [str(folder / f"responder_{part}.onnx") for part in ("encoder", "step")]
        sessions = [onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"]) for path in load]
        self._encoder, self._step = sessions
        self.vocabulary = Vocabulary(self._step.get_modelmeta().custom_metadata_map["words"].split("\n"))
        self._inputs = [each.name for each in self._step.get_inputs()]

    def sentences(self, facts: Facts) -> list[str]:
        slots, values = (np.array([ids], dtype=np.int64) for ids in fact_ids(facts))  # (1, N)
        memory, *state = self._encoder.run(None, {"slots": slots, "values": values})

        def step(previous: Any, state: Sequence[Any]) -> tuple[Any, list[Any]]:
            seen = [np.repeat(array, len(previous), axis=0) for array in (memory, slots)]
            chances, *after = self._step.run(None, dict(zip(self._inputs, [*seen, previous, *state])))
            return chances, after

        return candidates(step, state, facts, self.vocabulary)


class Responder:
    """Without a network, or where its sentences fail the check, templates speak."""

    def __init__(self, network: Network | None = None) -> None:
        self._network = network

    def words(self, facts: Facts, variant: int = 0) -> str:
        """A sentence that says every fact and no other; another one for another ``variant`` where there are several."""
        passing = [sentence for sentence in self._sentences(facts) if sayable(facts, sentence)][:VARIETY]
        return passing[variant % len(passing)] if passing else template(facts)

    def describe(self, facts: Facts) -> Described:
        """A sentence that says every fact and no other.

        Raises:
            FactsError: the facts came unchecked and cannot be worded.
        """
        sentences = self._sentences(facts)
        raw = sentences[0] if sentences else ""
        for sentence in sentences:
            if sayable(facts, sentence):
                return Described(sentence, MODEL, raw)
        return Described(template(facts), TEMPLATE, raw)

    def _sentences(self, facts: Facts) -> list[str]:
        # The network has learnt sentences about something that has a name, and says more of it than that.
        known = self._network and len(facts) > 1 and KINDS[kind_of(facts)][0] in facts
        return self._network.sentences(facts) if known else []


def sayable(facts: Facts, sentence: str) -> bool:
    """Whether a sentence of the network may be said: every fact, no other, and no sentence run into the next."""
    return check(facts, sentence).ok and not _RUN_ON.search(sentence)


@lru_cache(maxsize=1)
def shipped_responder() -> Responder:
    """The one responder of this process; templates alone when the model's files are not there."""
    return Responder(Network() if (MODELS / "responder_step.onnx").exists() else None)
