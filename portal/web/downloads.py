"""Sending a stored file. Whether this reader may have it was asked before, by the route of the thing it hangs on."""

import re
import unicodedata
from typing import BinaryIO, Protocol
from urllib.parse import quote

from flask import Response

CHUNK = 256 * 1024
SHOWN_IN_PLACE = ("image/jpeg",)
SANDBOX = "default-src 'none'; base-uri 'none'; object-src 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
NAMELESS = "附件"
LONGEST_NAME = 150

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_TROUBLESOME = re.compile(r'[/\\:*?"<>|;]')
_DEVICE = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)


class Sendable(Protocol):
    """What a document has to know about itself."""

    @property
    def shown_name(self) -> str: ...
    @property
    def media_type(self) -> str: ...
    @property
    def size(self) -> int: ...
    def open(self) -> BinaryIO: ...


def send(document: Sendable, inline: bool = False) -> Response:
    """The file as a download; with `inline`, a photograph may be shown in the page (nothing else ever is).

    The type is the one found by inspection, never the sender's; a browser is told not to guess, to run nothing and to
    keep no copy. Raises NotFound when the file is missing.
    """
    in_place = inline and document.media_type in SHOWN_IN_PLACE
    file = document.open()
    response = Response(iter(lambda: file.read(CHUNK), b""), mimetype=document.media_type)
    response.call_on_close(file.close)
    response.headers["Content-Disposition"] = disposition(document.shown_name, in_place)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Download-Options"] = "noopen"
    response.content_length = document.size
    return response


def disposition(name: str, in_place: bool = False) -> str:
    """Content-Disposition with the name in UTF-8 (RFC 8187) and, for old programs, in plain ASCII (RFC 6266).

    >>> disposition("建议 2.docx")
    "attachment; filename=\\"__ 2.docx\\"; filename*=UTF-8''%E5%BB%BA%E8%AE%AE%202.docx"
    """
    name = safe_name(name)
    plain = "".join(sign if " " <= sign <= "~" and sign != "%" else "_" for sign in name)
    return f"{'inline' if in_place else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def safe_name(name: str) -> str:
    """A name that every system can store: no folders, unseen signs, quotes or device names; never empty."""
    text = _UNSEEN.sub("", unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode()))
    text = _DEVICE.sub(r"_\1", _TROUBLESOME.sub("_", text).strip(". \u3000"))
    stem, dot, ending = text.rpartition(".")
    if len(text) > LONGEST_NAME:
        text = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 10 else text[:LONGEST_NAME]
    return text or NAMELESS
