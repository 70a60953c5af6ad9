"""Single digits cut out of longer recordings, to be joined to numbers like those that people say digit by digit.

Few people were recorded saying single digits; many more say digits in dates, addresses and numbers. A network that
is good enough to align what was said with the sound shows where each word lies (CTC segmentation; Kürzinger et al.
2020, arXiv:2007.09127).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torchaudio.functional import forced_align

from speech.alphabet import BLANK, encode
from speech.features import SAMPLE_RATE_HZ, log_mel
from speech.model import STRIDE, DeepSpeech
from speech.packs import Pack, PackWriter
from speech.sentences import ONES

DIGITS = {*ONES[:10], "oh"}
_FRAME = SAMPLE_RATE_HZ // 100 * STRIDE  # samples of an output frame
_SHORTEST_S, _LONGEST_S = 0.12, 0.9
_VARIED = 6  # different digits of a speaker, for numbers worth training on


def word_spans(model: DeepSpeech, samples: np.ndarray, text: str) -> list[tuple[int, int]]:
    """First and last sample of each word: cut where it is quietest between the letters of two words."""
    with torch.inference_mode():
        log_probs = model.whole(torch.from_numpy(log_mel(samples)))
    path, _ = forced_align(log_probs[None], torch.tensor([encode(text)]), blank=BLANK)
    symbols = path[0].numpy()
    starts = np.flatnonzero((symbols != BLANK) & (symbols != np.concatenate([[-1], symbols[:-1]])))
    letters, at = [], 0
    for word in text.split():
        letters.append((starts[at], starts[at + len(word) - 1]))
        at += len(word) + 1
    cuts = [0]
    for (_, before), (after, _) in zip(letters, letters[1:]):
        cuts.append(quietest(samples, before * _FRAME, (after + 1) * _FRAME))
    cuts.append(len(samples))
    return list(zip(cuts, cuts[1:]))


def quietest(samples: np.ndarray, start: int, stop: int, span: int = SAMPLE_RATE_HZ // 50) -> int:
    """The middle of the quietest ``span`` samples between two places."""
    power = np.convolve(samples[start:stop].astype(np.float64) ** 2, np.ones(span), "valid")
    return start + span // 2 + int(np.argmin(power)) if len(power) else (start + stop) // 2


def cut(pack: Pack, model: DeepSpeech, out: Path) -> int:
    """Write a pack of the single digits in another one, of speakers with enough different ones; returns how many."""
    said: dict[str, set[str]] = {}
    for entry in pack.entries:
        said.setdefault(entry.voice, set()).update(DIGITS & set(entry.text.split()))
    with PackWriter(out) as digits:
        for entry in pack.entries:
            if len(said[entry.voice]) < _VARIED or not DIGITS & set(entry.text.split()):
                continue
            samples = pack.audio(entry)
            for word, (start, stop) in zip(entry.text.split(), word_spans(model, samples, entry.text), strict=True):
                if word in DIGITS and _SHORTEST_S < (stop - start) / SAMPLE_RATE_HZ < _LONGEST_S:
                    digits.add(samples[start:stop], word, "digit", entry.voice)
        return digits.count
