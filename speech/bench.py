"""The recogniser's figures on real speakers that no training has heard, all through 8 kHz mu-law, with intervals."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from speech.audio import read_audio
from speech.augment import add_noise, mu_law, piece
from speech.corpus import MissingSet, Recording, noise_clips, recordings
from speech.features import SAMPLE_RATE_HZ
from speech.language import as_digits
from speech.recogniser import Engine, Recogniser, Transcript
from speech.scores import bootstrap_ratio, wilson, word_errors
from speech.sentences import ONES

CAFE = Path("menus/cafe.yml")
RATIOS_DB = (24, 15, 6)
REPORT = Path("data/reports/speech.md")
CHUNK = 160  # samples, the 20 ms of a telephone stream


def telephone(recording: Recording) -> np.ndarray:
    """The recording as a telephone line delivers it."""
    return mu_law(read_audio(recording.audio))


def noisy(samples: np.ndarray, ratio_db: float, clips: Sequence[np.ndarray], seed: int) -> np.ndarray:
    """Held-out noise, ``ratio_db`` below the loudest 2,048 samples, then the telephone."""
    rng = np.random.default_rng(seed)
    mixed = add_noise(samples, piece(rng, clips[rng.integers(len(clips))], len(samples)), ratio_db)
    return mu_law(mixed / max(1.0, float(np.abs(mixed).max())))


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    value: str
    interval: str
    size: str
    target: str = ""


def share(what: str, right: int, total: int, target: str = "") -> Row:
    low, high = wilson(right, total)
    return Row(
        what, f"{100 * right / max(1, total):.1f} %", f"{100 * low:.1f} to {100 * high:.1f}", f"n = {total}", target
    )


def rate(what: str, pairs: Sequence[tuple[float, float]], target: str = "") -> Row:
    """Errors over words; the interval draws whole utterances."""
    low, high = bootstrap_ratio(pairs)
    value = sum(a for a, _ in pairs) / max(1.0, sum(b for _, b in pairs))
    size = f"{len(pairs)} utterances, {int(sum(b for _, b in pairs))} words"
    return Row(what, f"{100 * value:.1f} %", f"{100 * low:.1f} to {100 * high:.1f}", size, target)


def digits_only(text: str) -> str:
    return "".join(character for character in as_digits(text) if character.isdigit())


def spelled_rows(engine: Engine, data: Path, part: str = "test") -> list[Row]:
    """an4: word errors, and its strings of seven and ten digits with the digit context."""
    found = [r for r in recordings(data, "an4") if r.part == part]
    anything, digits = engine.context("anything"), engine.context("digits")
    pairs: list[tuple[float, float]] = []
    right = total = 0
    for recording in found:
        samples = telephone(recording)
        text = recording.text or ""
        pairs.append((word_errors(text, engine.transcribe(samples, context=anything).text), len(text.split())))
        wanted = [word for word in text.split() if word in ONES[:10] or word == "oh"]
        if len(wanted) == len(text.split()) and len(wanted) in (7, 10):
            total += 1
            right += digits_only(engine.transcribe(samples, context=digits).text) == digits_only(text)
    return [
        rate("an4, word errors", pairs, "at most 10 %"),
        share("an4, strings of 7 and 10 digits entirely right", right, total, "for the record"),
    ]


def accent_rows(engine: Engine, data: Path, part: str = "test") -> list[Row]:
    found = [r for r in recordings(data, "so762") if r.part == part]
    context = engine.context("anything")
    pairs = []
    for recording in found:
        heard = engine.transcribe(telephone(recording), context=context).text
        pairs.append((word_errors(recording.text or "", heard), len((recording.text or "").split())))
    return [rate("so762, word errors (Mandarin accents)", pairs, "for the record")]


def phone_numbers(data: Path, part: str = "test", each: int = 60) -> list[tuple[str, np.ndarray]]:
    """Ten-digit numbers joined from single spoken digits of one speaker, with short pauses."""
    voices: dict[str, dict[str, list[Recording]]] = {}
    for recording in recordings(data, "fsdd"):
        if recording.part == part:
            voices.setdefault(recording.speaker, {}).setdefault(recording.text or "", []).append(recording)
    made = []
    for speaker in sorted(voices):
        rng = random.Random(f"numbers {speaker}")
        for _ in range(each):
            number = [rng.randrange(10) for _ in range(10)]
            parts = []
            for digit in number:
                parts.append(read_audio(rng.choice(voices[speaker][ONES[digit]]).audio))
                parts.append(np.zeros(int(rng.uniform(0.05, 0.25) * SAMPLE_RATE_HZ), np.float32))
            made.append(("".join(map(str, number)), mu_law(np.concatenate(parts))))
    return made


def number_rows(engine: Engine, data: Path, name: str = "") -> list[Row]:
    numbers = phone_numbers(data)
    context = engine.context("digits")
    right = sum(
        digits_only(best_number(engine.transcribe(samples, context=context))) == number for number, samples in numbers
    )
    return [share(f"{name}fsdd, ten-digit numbers entirely right", right, len(numbers), "95 %")]


def best_number(transcript: Transcript) -> str:
    """The likeliest reading with as many digits as a telephone number has, else the likeliest."""
    for hypothesis in transcript.n_best:
        if len(digits_only(hypothesis.text)) == 10:
            return hypothesis.text
    return transcript.text


class OrderReader:
    """Transcripts to slots through the order parser's command, one process for all (the packages stay apart)."""

    def __init__(self, menu: Path) -> None:
        self._menu = menu

    def read(self, texts: Sequence[str]) -> list[dict]:
        """One parsed order for each text.

        Raises:
            ValueError: the parser fails.
        """
        command = [sys.executable, "-m", "nlu", "parse", "--menu", str(self._menu)]
        lines = "".join(" ".join(text.split()) + "\n" for text in texts)
        done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        if len(rows) != len(texts):
            raise ValueError(f"the order parser gave {len(rows)} lines for {len(texts)} texts: {done.stderr[-200:]}")
        return rows


def slots_of(order: dict) -> list[tuple[str, str]]:
    """(group, value) of every line; the item's group is ``coffeeDrink``."""
    found = []
    for line in order["lines"]:
        found.append(("coffeeDrink", line["item"]))
        if line["quantity"] != 1:
            found.append(("quantity", str(line["quantity"])))
        found += [(option["group"], option["value"]) for option in line["options"]]
    return sorted(found)


def chosen_orders(transcripts: Sequence[Transcript], reader: OrderReader) -> list[dict]:
    """Of each n-best list the first hypothesis in which the parser finds an order with conviction, else the first."""
    texts = [h.text for transcript in transcripts for h in (transcript.n_best or ())]
    rows = iter(reader.read(texts))
    orders = []
    for transcript in transcripts:
        mine = [next(rows) for _ in transcript.n_best]
        convincing = [row for row in mine if row["order"]["lines"] and row["confidence"] >= 0.5]
        orders.append((convincing or mine or [{"order": {"lines": []}}])[0]["order"])
    return orders


def order_rows(
    engine: Engine, data: Path, bench: Path, name: str, part: str = "test", quick: bool = False
) -> list[Row]:
    """Spoken coffee orders, clean and in noise: all slots right, and of those none added."""
    menu = bench / CAFE
    if not menu.is_file():
        raise MissingSet(f"bench case {CAFE} is missing (licence: Apache-2.0; publisher: Picovoice)")
    found = [r for r in recordings(data, "coffee") if r.part == part]
    clips = [read_audio(clip) for clip in noise_clips(data, "test")]
    context, reader = engine.context("order", menu), OrderReader(menu)
    rows, in_noise = [], (0, 0)
    for ratio in (None, *(() if quick else RATIOS_DB)):
        transcripts = []
        for at, recording in enumerate(found):
            samples = read_audio(recording.audio)
            heard = mu_law(samples) if ratio is None else noisy(samples, ratio, clips, seed=1000 * ratio + at)
            transcripts.append(engine.transcribe(heard, context=context))
        right = exact = 0
        for recording, order in zip(found, chosen_orders(transcripts, reader)):
            got, wanted = slots_of(order), sorted(recording.slots.items())
            right += all(slot in got for slot in wanted)
            exact += got == wanted
        where = "clean" if ratio is None else f"{ratio} dB of noise"
        rows.append(
            share(
                f"{name}: coffee orders, {where}, all slots right", right, len(found), "95 %" if ratio is None else ""
            )
        )
        rows.append(share(f"{name}: coffee orders, {where}, and none added", exact, len(found)))
        if ratio is not None:
            in_noise = (in_noise[0] + right, in_noise[1] + len(found))
    if not quick:
        rows.append(
            share(
                f"{name}: coffee orders, mean of {', '.join(map(str, RATIOS_DB))} dB, all slots right",
                *in_noise,
                "90 %",
            )
        )
    return rows


def speed_rows(engine: Recogniser, data: Path, bench: Path, model: Path) -> list[Row]:
    """One thread: share of real time, delay of the final transcript, and whether a stream reads what a file reads."""
    found = [r for r in recordings(data, "coffee") if r.part == "test"][:40]
    context = engine.context("order", bench / CAFE)
    engine.transcribe(telephone(found[0]), context=context)
    spent = heard = 0.0
    delays, differing, words = [], 0, 0
    for recording in found:
        samples = telephone(recording)
        before = time.process_time()
        whole = engine.transcribe(samples, context=context)
        spent += time.process_time() - before
        heard += whole.seconds
        session = engine.session(context)
        for start in range(0, len(samples), CHUNK):
            session.accept(samples[start : start + CHUNK])
        before = time.process_time()
        final = session.finish()
        delays.append(1000 * (time.process_time() - before))
        differing += word_errors(whole.text, final.text)
        words += len(whole.text.split())
    delays.sort()
    return [
        Row(
            "processor time for a second of audio",
            f"{spent / heard:.3f} s",
            "",
            f"{heard:.0f} s of audio, 1 thread",
            "at most 0.05 s",
        ),
        Row(
            "final transcript after the last chunk",
            f"{delays[len(delays) // 2]:.0f} ms",
            f"95 %: {delays[int(0.95 * len(delays))]:.0f} ms",
            f"{len(delays)} orders, mean {heard / len(found):.1f} s",
            "at most 120 ms",
        ),  # fmt: skip
        Row(
            "words that differ, stream and whole file",
            f"{100 * differing / max(1, words):.2f} %",
            "",
            f"{words} words",
            "at most 1 %",
        ),
        Row("model file", f"{model.stat().st_size / 1e6:.1f} MB", "", "", "25 MB"),
    ]


def run(data: Path, bench: Path, model: Path) -> int:
    """Print the table, write it as markdown and to the model's card; 3 where a data set is missing."""
    from speech.engines import PocketSphinx
    from speech.export import write_card
    from speech.recogniser import STREAMING

    ours = Recogniser(model)
    parts: list[Callable[[], list[Row]]] = [
        lambda: spelled_rows(ours, data),
        lambda: order_rows(ours, data, bench, "ours"),
        lambda: number_rows(ours, data),
        lambda: accent_rows(ours, data),
        lambda: speed_rows(ours, data, bench, model),
    ]
    if model.name != STREAMING.name:
        parts.insert(2, lambda: order_rows(PocketSphinx(), data, bench, "PocketSphinx, grammar"))
        parts.insert(4, lambda: number_rows(PocketSphinx(), data, "PocketSphinx, grammar: "))
    rows: list[Row] = []
    status = 0
    for part in parts:
        try:
            added = part()
        except MissingSet as error:
            print(f"speech: {error}", file=sys.stderr)
            status = 3
            continue
        except ValueError as error:
            print(f"speech: row skipped: {error}", file=sys.stderr)
            continue
        for row in added:
            print(f"{row.what:72} {row.value:>8}  [{row.interval}]  {row.size}  {row.target}", flush=True)
        rows += added
    if rows and not status:
        lines = [
            "| what (held-out real speakers, 8 kHz mu-law) | measured | 95 % interval | size | target |",
            "|---|---|---|---|---|",
        ]
        lines += [f"| {row.what} | {row.value} | {row.interval} | {row.size} | {row.target} |" for row in rows]
        REPORT.with_stem(model.stem.replace("recogniser", "speech")).write_text(
            "\n".join(lines) + "\n", encoding="utf-8"
        )
        measured = [
            {"what": row.what, "value": row.value, "interval": row.interval, "size": row.size}
            for row in rows
            if "PocketSphinx" not in row.what
        ]
        write_card(model, measured=measured)
    return status


def bench_folder() -> Path:
    return Path(os.environ.get("BENCH", "../shared/bench"))
