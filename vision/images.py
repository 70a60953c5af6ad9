"""Decoding what someone sent as an image, with bounds on time and memory."""

from __future__ import annotations

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Gray = NDArray[np.uint8]

MAX_BYTES = 30 * 2**20
MAX_PIXELS = 25_000_000  # decoded; a JPEG may be larger, it is decoded at a fraction of its size
MAX_SIDE = 2000  # what is read, in pixels; a digit needs about 20
MIN_SIDE = 8
_ORIENTATION = 0x0112  # of EXIF
_TURNS = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_270, 8: Image.Transpose.ROTATE_90}
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM")


class ImageError(ValueError):
    """The bytes are not an image this program reads; the message says why in one line."""


def decode(data: bytes) -> Gray:
    """Bytes of a PNG, JPEG, WebP, BMP, GIF, TIFF or PPM file → gray levels (H, W), at most 2000 pixels a side.

    Raises ImageError for anything else, for damaged files and for too many pixels.
    """
    if len(data) > MAX_BYTES:
        raise ImageError(f"the file has {len(data) / 2**20:.0f} MiB, at most {MAX_BYTES / 2**20:.0f} can be read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns about sizes that are checked below
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                return _gray(image)
    except ImageError:
        raise
    except Image.DecompressionBombError as error:
        raise ImageError("the image has too many pixels") from error
    except Exception as error:  # decoders raise many kinds on damaged files
        raise ImageError("not an image that can be read (PNG, JPEG, WebP, BMP, GIF, TIFF, PPM)") from error


def _gray(image: Image.Image) -> Gray:
    if min(image.size) < MIN_SIDE:
        raise ImageError(f"the image is {image.size[0]}x{image.size[1]} pixels, too small to hold a number")
    image.draft("L", (MAX_SIDE, MAX_SIDE))  # JPEG only: decodes at 1/2, 1/4 or 1/8
    if image.size[0] * image.size[1] > MAX_PIXELS:
        raise ImageError(f"the image has {image.size[0] * image.size[1] / 1e6:.0f} megapixels, too many to read")
    turn = image.getexif().get(_ORIENTATION, 1)
    clear = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    if image.mode.startswith(("I", "F")):
        levels = np.asarray(image, np.float32)
        low, high = float(levels.min()), float(levels.max())
        image = Image.fromarray(((levels - low) * (255 / max(high - low, 1e-6))).astype(np.uint8))
    seen = image.convert("RGBA" if clear else "L")
    if max(seen.size) > MAX_SIDE:
        seen = seen.reduce(-(-max(seen.size) // MAX_SIDE))
    if clear:
        seen = _on_contrast(seen).convert("L")
    if turn in _TURNS:
        seen = seen.transpose(_TURNS[turn])
    return np.asarray(seen, np.uint8)


def _on_contrast(image: Image.Image) -> Image.Image:
    """Put drawing on a transparent ground onto white, or onto black if it was drawn in a light colour."""
    pixels = np.asarray(image)
    solid = pixels[..., 3] > 127
    light = bool(solid.any()) and float(pixels[..., :3][solid].mean()) > 160 and float(solid.mean()) < 0.6
    ground = Image.new("RGBA", image.size, (0, 0, 0, 255) if light else (255, 255, 255, 255))
    return Image.alpha_composite(ground, image)
