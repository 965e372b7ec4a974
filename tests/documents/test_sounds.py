"""Voice recordings: what phones and browsers record is taken where a page says so; everything else is refused."""

import io
import struct
import tempfile
import wave

import pytest

from portal.core.errors import PortalError
from portal.documents.inspection import inspect
from portal.documents.rules import SOUND
from tests.documents import corpus


def wav() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(8000)
        writer.writeframes(b"\0\0" * 800)
    return made.getvalue()


def mp3(tag: bool = False) -> bytes:
    frame = b"\xff\xfb\x90\x00" + b"\0" * 413  # 128 kbit/s, 44.1 kHz: 417 bytes
    return (b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 if tag else b"") + frame * 3


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def m4a(handler: bytes = b"soun", brand: bytes = b"M4A ") -> bytes:
    track = box(b"moov", box(b"hdlr", b"\0" * 8 + handler + b"\0" * 12))
    return box(b"ftyp", brand + b"\0\0\0\0isom") + track + box(b"mdat", b"\0" * 200)


def webm(codec: bytes = b"A_OPUS") -> bytes:
    return b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"\0" * 40 + b"\x86\x86" + codec + b"\0" * 200


GOOD = {
    "录音.wav": wav(),
    "录音.mp3": mp3(),
    "带标签.mp3": mp3(tag=True),
    "录音.m4a": m4a(),
    "安卓.3gp": m4a(brand=b"3gp4"),
    "录音.webm": webm(),
    "录音.ogg": b"OggS" + b"\0" * 24 + b"OpusHead" + b"\0" * 200,
    "录音.amr": b"#!AMR\n" + b"\x3c" * 200,
    "名字不对.mp3": m4a(),
}
BAD = {
    "film.mp4": m4a(handler=b"vide"),
    "film.webm": webm(b"V_VP8"),
    "page.mp3": mp3(tag=True) + b"<script>alert(1)</script>",
    "page.webm": webm() + b"<html>",
    "one-frame.mp3": mp3()[:417],
    "zip.m4a": corpus.word(),
    "picture.wav": corpus.picture(),
    "short.amr": b"#!AMR\n",
    "empty-head.ogg": b"OggS" + b"\0" * 300,
    "program.exe": wav(),
}


def looked_into(name: str, content: bytes, sound: bool = True) -> object:
    with tempfile.TemporaryFile() as real:
        real.write(content)
        real.flush()
        return inspect(real, name, sound)


@pytest.mark.parametrize("name", GOOD)
def test_recordings_are_taken(name: str) -> None:
    found = looked_into(name, GOOD[name])
    assert found.kind.family == SOUND  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", BAD)
def test_what_is_none_is_refused(name: str) -> None:
    with pytest.raises(PortalError):
        looked_into(name, BAD[name])


@pytest.mark.parametrize("name", GOOD)
def test_nowhere_else(name: str) -> None:
    with pytest.raises(PortalError):
        looked_into(name, GOOD[name], sound=False)
