"""A page of what was misheard on held-out speakers: audio, reference, hypothesis. It holds data set audio: var/ only."""

from __future__ import annotations

import html
from pathlib import Path

import soundfile

from speech.bench import CAFE, OrderReader, chosen_orders, digits_only, slots_of, telephone
from speech.corpus import MissingSet, recordings
from speech.features import SAMPLE_RATE_HZ
from speech.recogniser import Recogniser, Transcript
from speech.scores import word_errors


def write_page(data: Path, bench: Path, out: Path) -> Path:
    """Transcribe the held-out recordings and write ``out``/index.html; sets that are missing are left out."""
    out.mkdir(parents=True, exist_ok=True)
    recogniser = Recogniser()
    sections = []
    for name, expect in (("coffee", "order"), ("an4", "anything"), ("so762", "anything"), ("fsdd", "digits")):
        try:
            found = [r for r in recordings(data, name) if r.part == "test"]
        except MissingSet as error:
            sections.append(f"<h2>{name}</h2><p>{html.escape(str(error))}</p>")
            continue
        context = recogniser.context(expect, bench / CAFE if name == "coffee" else None)
        heard = [(recording, telephone(recording)) for recording in found]
        transcripts = [recogniser.transcribe(samples, context=context) for _, samples in heard]
        orders = chosen_orders(transcripts, OrderReader(bench / CAFE)) if name == "coffee" else []
        rows = []
        for at, ((recording, samples), transcript) in enumerate(zip(heard, transcripts)):
            if name == "coffee":
                missed = [slot for slot in recording.slots.items() if slot not in slots_of(orders[at])]
                reference = ", ".join(f"{slot}: {value}" for slot, value in sorted(recording.slots.items()))
                badness = float(len(missed))
            elif name == "fsdd":
                reference = recording.text or ""
                badness = float(digits_only(transcript.text) != digits_only(reference))
            else:
                reference = recording.text or ""
                badness = word_errors(reference, transcript.text) / max(1, len(reference.split()))
            if badness > 0:
                file = f"{name}-{recording.audio.stem}.wav"
                soundfile.write(out / file, samples, SAMPLE_RATE_HZ, subtype="PCM_16")
                rows.append((badness, _row(file, recording.speaker, reference, transcript)))
        rows.sort(key=lambda pair: -pair[0])
        sections.append(
            f"<h2>{name}: {len(rows)} of {len(found)} misheard</h2><table><tr><th>audio<th>speaker<th>said<th>heard"
            f"<th>confidence<th>other readings</tr>{''.join(row for _, row in rows)}</table>"
        )
    page = out / "index.html"
    page.write_text(
        "<!doctype html><meta charset=utf-8><title>Misheard</title><style>body{font:15px sans-serif;margin:2em}"
        "td,th{padding:.3em .8em;text-align:left;vertical-align:top}tr:nth-child(even){background:#f4f4f4}</style>"
        "<h1>Misheard, worst first (held-out speakers, 8 kHz mu-law)</h1>" + "".join(sections),
        encoding="utf-8",
    )
    return page


def _row(file: str, speaker: str, reference: str, transcript: Transcript) -> str:
    others = "<br>".join(html.escape(h.text) for h in transcript.n_best[1:4])
    return (
        f'<tr><td><audio controls preload=none src="{html.escape(file)}"></audio><td>{html.escape(speaker)}'
        f"<td>{html.escape(reference)}<td>{html.escape(transcript.text)}<td>{transcript.confidence:.2f}<td>{others}</tr>"
    )
