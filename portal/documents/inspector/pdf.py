"""PDF 1.0–2.0: no script, no launching, no embedded file, no encryption; object streams are opened and looked into."""

import re
import zlib

from .verdict import ACTIVE, BOMB, UNREADABLE, WRONG_TYPE, Refused

MOST_OBJECT_STREAM_BYTES = 64 * 1024 * 1024
HEADER_WITHIN = 1024
DICTIONARY_WITHIN = 4096

_ACTIVE = {
    b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"FileAttachment", b"RichMedia", b"XFA", b"SubmitForm",
    b"ImportData", b"GoToE", b"Rendition", b"RichMediaExecute",
}  # fmt: skip
_ACTIVE_SHORT = _ACTIVE | {b"JS", b"EF"}
_LONG_NAME = re.compile(rb"/(?:" + b"|".join(sorted(_ACTIVE, reverse=True)) + rb")(?![A-Za-z0-9#])")
_ESCAPED_NAME = re.compile(rb"/[!-~]{0,40}?#[0-9A-Fa-f]{2}[^\s()<>\[\]{}/%]{0,60}")
_NAME = re.compile(rb"/([^\s()<>\[\]{}/%\0]{1,60})")
_STREAM = re.compile(rb"stream\r?\n")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_BLANK = b" \t\r\n\f\0"


def inspect_pdf(data: bytes) -> str:
    """ "pdf"; raises Refused otherwise."""
    _judge_frame(data)
    if re.search(rb"/Encrypt(?![A-Za-z0-9])", data):
        raise Refused(UNREADABLE, "encrypted")
    # Long names never occur in packed bytes by chance, so they are looked for everywhere; short ones outside streams.
    if _LONG_NAME.search(data) or any(_plain(found[1:]) in _ACTIVE for found in _ESCAPED_NAME.findall(data)):
        raise Refused(ACTIVE, "an active name")
    left = MOST_OBJECT_STREAM_BYTES
    reached = 0
    for start in _STREAM.finditer(data):
        if start.start() < reached:
            continue
        _judge_names(data[reached : start.start()])
        end = data.find(b"endstream", start.end())
        if end < 0:
            raise Refused(UNREADABLE, "a stream without end")
        left -= _judge_object_stream(data, start.start(), start.end(), end, left)
        reached = end + len(b"endstream")
    _judge_names(data[reached:])
    return "pdf"


def _judge_frame(data: bytes) -> None:
    before, header, _ = data[:HEADER_WITHIN].partition(b"%PDF-")
    if not header or before.strip(_BLANK + b"\xef\xbb\xbf"):
        raise Refused(WRONG_TYPE, "something before the header")
    end = data.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in data[max(0, end - HEADER_WITHIN) : end]:
        raise Refused(UNREADABLE, "no end")
    behind = data[end + 5 :].strip(_BLANK)
    if b"<" in behind or b"PK" in behind:
        raise Refused(WRONG_TYPE, "something behind the end")


def _judge_names(region: bytes) -> None:
    for name in _NAME.findall(region):
        if _plain(name) in _ACTIVE_SHORT:
            raise Refused(ACTIVE, "an active name")


def _plain(name: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), name) if b"#" in name else name


def _judge_object_stream(data: bytes, head: int, start: int, end: int, left: int) -> int:
    """How many bytes the object stream unpacked to; 0 for streams of another kind."""
    region = data[max(0, head - DICTIONARY_WITHIN) : head]
    dictionary = region[region.rfind(b" obj") + 1 :]
    names = [_plain(name) for name in _NAME.findall(dictionary)]
    if b"ObjStm" not in names:
        return 0
    filters = [name for name in names if name.endswith(b"Decode") or name in (b"Fl", b"LZW", b"AHx", b"A85", b"RL")]
    if filters not in ([], [b"FlateDecode"]) or b"Predictor" in names:
        raise Refused(UNREADABLE, "an object stream that cannot be opened")
    content = _unpacked(data[start:end], left) if filters else data[start:end]
    _judge_names(content)
    return len(content)


def _unpacked(packed: bytes, left: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        content = machine.decompress(packed, left)
    except zlib.error as error:
        raise Refused(UNREADABLE, "an object stream that cannot be opened") from error
    if machine.unconsumed_tail:
        raise Refused(BOMB, "object streams")
    if not machine.eof:
        raise Refused(UNREADABLE, "an object stream that is cut off")
    return content
