"""What each kind of training data and of augmentation is worth: short trainings from the same weights, one thing left out.

Judged on the tuning speakers, whom no training hears and no figure reports on.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import torch

from speech.audio import read_audio
from speech.bench import CAFE, OrderReader, noisy, slots_of, telephone
from speech.corpus import noise_clips, recordings
from speech.decoder import Weights, greedy, without_silence
from speech.expected import order_network
from speech.export import load
from speech.features import log_mel
from speech.language import menu_phrases
from speech.model import DeepSpeech
from speech.scores import bootstrap_ratio, wilson, word_errors
from speech.training import Plan, run

NOISE_DB = (None, 15, 15, 15)  # each order clean, and in three noises


def _without(*names: str) -> Callable[[Plan], Plan]:
    def leave_out(plan: Plan) -> Plan:
        return dataclasses.replace(plan, packs=tuple(pack for pack in plan.packs if Path(pack[0]).name not in names))

    return leave_out


def _never(**likely: float) -> Callable[[Plan], Plan]:
    return lambda plan: dataclasses.replace(plan, recipe=dataclasses.replace(plan.recipe, **likely))


VARIANTS: dict[str, Callable[[Plan], Plan]] = {
    "everything": lambda plan: plan,
    "no synthetic speech": _without("synthetic", "synthetic-digits", "neural", "neural-digits"),
    "no neural voices": _without("neural", "neural-digits"),
    "no digits cut out of an4": _without("an4-digits"),
    "no spoken orders": _without("coffee-train"),
    "no so762": _without("so762-train"),
    "no noise and babble": _never(noise=0.0, babble=0.0),
    "no rooms, handsets, clipping, codec": _never(room=0.0, band=0.0, clip=0.0, codec=0.0),
    "no change of speed and vocal tract": _never(speed=0.0, warp=0.0),
    "no SpecAugment": lambda plan: dataclasses.replace(plan, spec_augment=False),
}


def row(name: str, plan: Plan, data: Path, bench: Path) -> str:
    """Train the variant in a folder of its own below ``plan.out`` and measure it: a line of the table."""
    out = Path(plan.out) / name.replace(" ", "-").replace(",", "")
    run(load(Path(plan.start_from)).config, dataclasses.replace(VARIANTS[name](plan), out=str(out), dev_packs=()))
    return f"| {name} | {' | '.join(measured(load(out / 'last.pt'), data, bench))} |"


HEADER = [
    "| training | an4, word errors (no language model) | orders, clean, all slots right | orders, 15 dB of noise |",
    "|---|---|---|---|",
]


@torch.inference_mode()
def measured(model: DeepSpeech, data: Path, bench: Path) -> list[str]:
    """Word errors on an4, and orders understood clean and in noise, each with its 95 % interval."""
    pairs = []
    for recording in recordings(data, "an4"):
        if recording.part == "dev":
            heard = greedy(model.whole(torch.from_numpy(log_mel(telephone(recording)))).numpy())
            pairs.append((float(word_errors(recording.text or "", heard)), float(len((recording.text or "").split()))))
    clips = [read_audio(clip) for clip in noise_clips(data, "train")]
    network, reader = order_network(menu_phrases(bench / CAFE)), OrderReader(bench / CAFE)
    said, texts = [], []
    for at, recording in enumerate(recording for recording in recordings(data, "coffee") if recording.part == "dev"):
        for take, ratio in enumerate(NOISE_DB):
            clean = read_audio(recording.audio)
            samples = telephone(recording) if ratio is None else noisy(clean, ratio, clips, seed=10 * at + take)
            log_probs = model.whole(torch.from_numpy(log_mel(samples))).numpy()
            path = network.best_path(without_silence(log_probs, Weights().network_blank), Weights().network)
            said.append((ratio, recording))
            texts.append(path[0] if path else "-")
    right: dict[int | None, list[bool]] = {}
    for (ratio, recording), order in zip(said, reader.read(texts)):
        got = slots_of(order["order"])
        right.setdefault(ratio, []).append(all(slot in got for slot in recording.slots.items()))
    low, high = bootstrap_ratio(pairs)
    rate = sum(errors for errors, _ in pairs) / sum(words for _, words in pairs)
    cells = [f"{100 * rate:.1f} % ({100 * low:.1f} to {100 * high:.1f})"]
    for found in right.values():
        low, high = wilson(sum(found), len(found))
        cells.append(f"{100 * sum(found) / len(found):.1f} % ({100 * low:.1f} to {100 * high:.1f})")
    return cells
