"""Decoding is bounded, and says in one line what is wrong."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from vision.images import MAX_SIDE, ImageError, decode


def encoded(image: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def png_header(wide: int, high: int) -> bytes:
    """A PNG that claims a size and holds a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"%PDF-1.7\n", b"<svg/>", png_header(50, 50), encoded(Image.new("L", (90, 90)))[:60]]
)
def test_what_is_no_whole_image_is_an_image_error(data: bytes) -> None:
    with pytest.raises(ImageError):
        decode(data)


@pytest.mark.parametrize("size", [(50_000, 50_000), (8_000, 7_000)])
def test_too_many_pixels_are_refused_before_decoding(size: tuple[int, int]) -> None:
    with pytest.raises(ImageError, match="pixels"):
        decode(png_header(*size))


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 2)])
def test_tiny_images_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ImageError, match="too small"):
        decode(encoded(Image.new("L", size)))


def test_large_images_come_out_small() -> None:
    seen = decode(encoded(Image.new("L", (5_000, 3_000), 200), "JPEG"))
    assert max(seen.shape) <= MAX_SIDE


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16"])
def test_every_pixel_mode_becomes_gray(mode: str) -> None:
    image = Image.new(mode, (40, 30))
    seen = decode(encoded(image, "TIFF"))
    assert seen.dtype == np.uint8 and seen.shape == (30, 40)


def test_ink_on_a_transparent_ground_stays_visible() -> None:
    for colour in (0, 255):
        drawn = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
        drawn.paste((colour, colour, colour, 255), (10, 10, 20, 30))
        assert np.ptp(decode(encoded(drawn)).astype(int)) > 200
