"""Words for recordings of which only the slots are known: our own network listens, the slots say what must be there."""

from __future__ import annotations

from pathlib import Path

from speech.audio import read_audio
from speech.corpus import recordings
from speech.decoder import Weights, beam_search
from speech.features import log_mel
from speech.language import Context, Group, Kind, Phrases, menu_phrases, order_model


def holds_all(text: str, slots: dict[str, str]) -> bool:
    return all(f" {value} " in f" {text} " for value in slots.values())


def label_orders(data: Path, menu: Path, checkpoint: Path) -> dict[str, str]:
    """Transcripts by file name, of the training speakers' orders that contain all their slots.

    The language model of each recording is made of the phrases of its own slots, so the search mostly chooses their
    order and the words around them.
    """
    import torch

    from speech.export import load

    model = load(checkpoint)
    everything = menu_phrases(menu)
    texts = {}
    for recording in recordings(data, "coffee"):
        if recording.part != "train":
            continue
        item = recording.slots.get("coffeeDrink", "")
        rest = tuple(value for slot, value in recording.slots.items() if slot != "coffeeDrink")
        own = order_model(Phrases((Kind((item,), (Group(rest or everything.modifiers[:1]),)),)), count=1500)
        context = Context([(own, 1.0)])
        with torch.inference_mode():
            log_probs = model.whole(torch.from_numpy(log_mel(read_audio(recording.audio)))).numpy()
        for hypothesis in beam_search(log_probs, context, Weights(language=1.0, beam=48), best=48):
            if holds_all(hypothesis.text, recording.slots):
                texts[recording.audio.name] = hypothesis.text
                break
    return texts
