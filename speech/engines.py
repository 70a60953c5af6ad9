"""Which recogniser is used: ours, or another offline engine behind the same interface (``SPEECH_ENGINE``)."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np

from speech import language, sentences
from speech.audio import resample
from speech.decoder import Hypothesis, Word
from speech.features import SAMPLE_RATE_HZ
from speech.language import Context, Phrases, WordModel
from speech.recogniser import STREAMING, Engine, Recogniser, Transcript
from speech.sentences import ONES, TENS

ENGINES = ("deepspeech", "streaming", "pocketsphinx")
UNSURE = 0.5  # the first pass of PocketSphinx gives no posterior


def load_engine(name: str | None = None) -> Engine:
    """The engine of that name, or of ``SPEECH_ENGINE``, or ours.

    Raises:
        ValueError: no engine has that name, or it is not installed.
    """
    name = name or os.environ.get("SPEECH_ENGINE") or "deepspeech"
    if name == "deepspeech":
        return Recogniser()
    if name == "streaming":
        return Recogniser(STREAMING)
    if name == "pocketsphinx":
        return PocketSphinx()
    raise ValueError(f"no speech engine is called {name!r}: use {' or '.join(ENGINES)}")


class PocketSphinx:
    """CMU PocketSphinx (16 kHz US English models of its package) with a grammar made of what is expected."""

    RATE_HZ = 16_000

    def __init__(self) -> None:
        try:
            import pocketsphinx
        except ImportError:
            raise ValueError("the engine pocketsphinx is not installed: pip install pocketsphinx") from None
        self._library = pocketsphinx
        self._models = Path(pocketsphinx.get_model_path()) / "en-us"
        with (self._models / "cmudict-en-us.dict").open(encoding="utf-8") as lines:
            self._pronounced = {line.split(maxsplit=1)[0] for line in lines}
        self._decoders: dict[int, Any] = {}
        self._grammars: dict[int, str | None] = {}
        self._lock = threading.Lock()

    def context(self, expect: str = "anything", menu: Path | Phrases | None = None) -> Context:
        """A grammar for orders from the menu, digits, or yes and no; the engine's own language model for anything."""
        if expect not in language.EXPECTATIONS:
            raise ValueError(f"nothing called {expect!r} can be expected: use {', '.join(language.EXPECTATIONS)}")
        phrases = language.menu_phrases(menu) if isinstance(menu, Path) else menu or Phrases()
        context = Context([(WordModel(), 1.0)])
        self._grammars[id(context)] = self._grammar(expect, phrases)
        self._decoders[id(context)] = (context, self._decoder(self._grammars[id(context)]))
        return context

    def _grammar(self, expect: str, phrases: Phrases) -> str | None:
        if expect == "digits":
            digits = " | ".join((*ONES[:10], "oh", "double", "hundred", *ONES[10:], *TENS[2:]))
            return f"#JSGF V1.0; grammar g; public <g> = ({digits})+ ;"
        if expect == "confirm":
            said = {text for text in sentences.phrases("yes, no, yeah, yep, nope, sure, okay, right, correct, wrong, yes please, no thank you, that's right, that's wrong")}  # fmt: skip
            return f"#JSGF V1.0; grammar g; public <g> = {' | '.join(sorted(said))} ;"
        if not phrases.items:
            return None

        def one_of(names: tuple[str, ...]) -> str:
            known = [name for name in dict.fromkeys(names) if all(word in self._pronounced for word in name.split())]
            return "(" + " | ".join(known) + ")"

        openers = tuple(opener for opener in sentences.OPENERS)
        return (
            "#JSGF V1.0; grammar g; "
            f"<open> = {one_of(openers)}; <item> = {one_of(phrases.items)}; <part> = {one_of(phrases.modifiers)}; "
            "<line> = [a | an | one | two | three | four | five] <part>* <item> [with] [a] <part>* ((and | with) [a] <part>)*; "
            "public <g> = [hi | hello] [<open>] <line> (and <line>)* [please | thanks | thank you] ;"
        )

    def _decoder(self, grammar: str | None) -> Any:
        # Its lattice search takes minutes for grammars of this size, so the first pass decides.
        options: dict[str, Any] = {"samprate": float(self.RATE_HZ), "loglevel": "FATAL", "bestpath": False}
        options |= {"hmm": str(self._models / "en-us"), "dict": str(self._models / "cmudict-en-us.dict")}
        if grammar is None:
            return self._library.Decoder(lm=str(self._models / "en-us.lm.bin"), **options)
        decoder = self._library.Decoder(lm=None, **options)
        decoder.add_jsgf_string("expected", grammar)
        decoder.activate_search("expected")
        return decoder

    def transcribe(
        self, samples: np.ndarray, sample_rate_hz: int = SAMPLE_RATE_HZ, context: Context | None = None
    ) -> Transcript:
        samples = np.asarray(samples, np.float32)
        seconds = len(samples) / sample_rate_hz
        wide = resample(samples, sample_rate_hz, self.RATE_HZ)
        with self._lock:
            if context is None or id(context) not in self._decoders:
                context = self.context()
            decoder = self._decoders[id(context)][1]
            decoder.start_utt()
            decoder.process_raw(np.int16(np.clip(wide, -1, 1) * 32767).tobytes(), full_utt=True)
            decoder.end_utt()
            found, heard = decoder.hyp(), []
            for part in (decoder.seg() if found else None) or ():
                if part.word[0] not in "<[(":
                    word = part.word.split("(")[0]
                    heard.append(Word(word, part.start_frame / 100, part.end_frame / 100, UNSURE))
        text = " ".join(word.text for word in heard)
        confidence = UNSURE if heard else 1.0
        hypotheses = (Hypothesis(text, 0.0, 0.0),) if text else ()
        return Transcript(text, tuple(heard), confidence, hypotheses, round(seconds, 3))

    def session(self, context: Context | None = None, sample_rate_hz: int = SAMPLE_RATE_HZ) -> PocketSphinxSession:
        return PocketSphinxSession(self, context, sample_rate_hz)


class PocketSphinxSession:
    """Collects the utterance and reads it at the end; partial texts are empty."""

    def __init__(self, engine: PocketSphinx, context: Context | None, sample_rate_hz: int) -> None:
        self._engine, self._context, self._rate = engine, context, sample_rate_hz
        self._chunks = [np.zeros(0, np.float32)]

    def accept(self, samples: np.ndarray) -> None:
        self._chunks.append(np.asarray(samples, np.float32))

    def partial(self) -> str:
        return ""

    def finish(self) -> Transcript:
        return self._engine.transcribe(np.concatenate(self._chunks), self._rate, self._context)
