"""Photographs: opened by one decoder each, turned upright, made smaller and written anew without their metadata."""

import io
import warnings
from typing import Any, BinaryIO

from pi_heif import register_heif_opener
from PIL import Image, ImageOps

from .verdict import BOMB, MOST_PIXELS, SHOWN_EDGE_PIXELS, UNREADABLE, WRONG_TYPE, Refused

QUALITY = 85
FORMATS = {"jpeg": ("JPEG", "MPO"), "png": ("PNG",), "webp": ("WEBP",), "heic": ("HEIF",)}
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
register_heif_opener()


def inspect_picture(data: bytes, shown: BinaryIO) -> dict[str, Any]:
    """{"kind": "jpeg" | "png" | "webp" | "heic", "width": …, "height": …} of the copy written to `shown`.

    The copy is a JPEG, upright, its longest edge ≤ 2000 px. Whatever trails behind the picture, and every tag (place,
    time, camera), stays behind. Raises Refused.
    """
    kind = _sniffed(data)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused(BOMB, "pixels")
            copy = _shrunk(picture)
        copy.save(shown, "JPEG", quality=QUALITY, optimize=True)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise Refused(BOMB, "pixels") from error
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, IndexError, OverflowError) as error:
        raise Refused(UNREADABLE, f"picture {error}") from error
    return {"kind": kind, "width": copy.width, "height": copy.height}


def _sniffed(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return "heic"
    raise Refused(WRONG_TYPE, "no photograph")


def _shrunk(picture: Image.Image) -> Image.Image:
    # thumbnail first: a JPEG is then decoded at a fraction of its size
    picture.thumbnail((SHOWN_EDGE_PIXELS, SHOWN_EDGE_PIXELS))
    try:
        picture = ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001, S110 - damaged tags are common and are thrown away anyhow
        pass
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        paper = Image.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture.convert("RGBA"))
        picture = paper
    plain = Image.new("RGB", picture.size)
    plain.paste(picture.convert("RGB"))
    return plain
