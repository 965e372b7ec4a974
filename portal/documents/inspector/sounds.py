"""Voice recordings: what a phone or a browser records, known by its first bytes and its tracks. Only ever played."""

from typing import Any, BinaryIO

from .verdict import ACTIVE, UNREADABLE, WRONG_TYPE, Refused

HEAD_BYTES = 4096
LEAST_BYTES = 64
MP4_BRANDS = (b"M4A ", b"M4B ", b"mp41", b"mp42", b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"3gp4", b"3gp5")
MPEG1_RATES = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
MPEG2_RATES = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
PAGES = (b"<script", b"<html", b"<!doctype", b"<svg")


def inspect_sound(data: bytes, _shown: BinaryIO) -> dict[str, Any]:
    """{"kind": "webm" | "ogg" | "m4a" | "mp3" | "wav" | "amr"}. Raises Refused for anything else, for a film, and for
    a recording that is a page as well."""
    kind = _sniffed(data)
    if len(data) < LEAST_BYTES:
        raise Refused(UNREADABLE, "too short")
    lowered = data[:HEAD_BYTES].lower()
    if any(sign in lowered for sign in PAGES):
        raise Refused(ACTIVE, "a page")
    return {"kind": kind}


def _sniffed(data: bytes) -> str:
    head = data[:HEAD_BYTES]
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return _only_sound("webm", b"A_OPUS" in head or b"A_VORBIS" in head, b"V_VP" in head or b"V_AV" in head)
    if head.startswith(b"OggS"):
        voice = any(codec in head[:512] for codec in (b"OpusHead", b"\x01vorbis", b"Speex", b"\x7fFLAC"))
        return _only_sound("ogg", voice, b"theora" in head[:512])
    if head[4:8] == b"ftyp" and head[8:12] in MP4_BRANDS:
        return _only_sound("m4a", b"soun" in data, b"vide" in data)
    if head.startswith(b"RIFF") and head[8:16] == b"WAVEfmt ":
        return "wav"
    if head.startswith((b"#!AMR\n", b"#!AMR-WB\n")):
        return "amr"
    if _is_mp3(data):
        return "mp3"
    raise Refused(WRONG_TYPE, "no recording")


def _only_sound(kind: str, sound: bool, film: bool) -> str:
    if film or not sound:
        raise Refused(WRONG_TYPE, "a film" if film else "no sound in it")
    return kind


def _is_mp3(data: bytes) -> bool:
    """Two frames in a row, behind the tag if there is one."""
    at = 0
    if data[:3] == b"ID3" and len(data) > 10:
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
    length = _frame(data, at)
    return length > 0 and _frame(data, at + length) > 0


def _frame(data: bytes, at: int) -> int:
    """The length of the MPEG layer III frame at this place; 0 when there is none."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE6 != 0xE2:
        return 0
    version, rate, sample = data[at + 1] >> 3 & 3, data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version not in SAMPLES or rate in (0, 15) or sample == 3:
        return 0
    kilobits = (MPEG1_RATES if version == 3 else MPEG2_RATES)[rate]
    return (144 if version == 3 else 72) * kilobits * 1000 // SAMPLES[version][sample] + (data[at + 2] >> 1 & 1)
