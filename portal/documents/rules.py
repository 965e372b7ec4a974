"""What may be attached: kinds, names, limits, and the sentence for each refusal. No database, no files."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from portal.core.errors import Invalid, PortalError, TooLarge, TooMany, WrongType
from portal.documents.inspector import verdict
from portal.documents.inspector.marks import has_secret_mark

MEGABYTE = 1024 * 1024
MOST_FILE_BYTES = 20 * MEGABYTE
MOST_FILES_A_SUBMIT = 10
MOST_SUBMIT_BYTES = 50 * MEGABYTE
MOST_BYTES_A_DAY = 500 * MEGABYTE
LONGEST_NAME = 180

PAPER = "paper"
PICTURE = "picture"
SOUND = "sound"
"""Voice recordings: taken only where a page says so."""


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is sent as, the endings its name may have, which inspector looks into it."""

    media_type: str
    endings: tuple[str, ...]
    family: str = PAPER


KINDS: Mapping[str, Kind] = {
    "docx": Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",)),
    "xlsx": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",)),
    "pdf": Kind("application/pdf", ("pdf",)),
    "ofd": Kind("application/ofd", ("ofd",)),
    "jpeg": Kind("image/jpeg", ("jpg", "jpeg"), PICTURE),
    "png": Kind("image/png", ("png",), PICTURE),
    "webp": Kind("image/webp", ("webp",), PICTURE),
    "heic": Kind("image/heic", ("heic", "heif"), PICTURE),
    "webm": Kind("audio/webm", ("webm", "weba"), SOUND),
    "ogg": Kind("audio/ogg", ("ogg", "oga", "opus"), SOUND),
    "m4a": Kind("audio/mp4", ("m4a", "mp4", "aac", "3gp"), SOUND),
    "mp3": Kind("audio/mpeg", ("mp3",), SOUND),
    "wav": Kind("audio/wav", ("wav",), SOUND),
    "amr": Kind("audio/amr", ("amr",), SOUND),
}
ENDINGS = {ending: kind for kind in KINDS.values() for ending in kind.endings if kind.family != SOUND}
SOUND_ENDINGS = {ending: kind for kind in KINDS.values() for ending in kind.endings if kind.family == SOUND}
ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)

REFUSALS: Mapping[str, tuple[type[PortalError], str]] = {
    "empty": (Invalid, "文件是空的，请检查后重新上传。"),
    "too_large": (TooLarge, "文件超过20MB，请压缩或分开上传。"),
    verdict.WRONG_TYPE: (WrongType, "文件内容与格式不符，不能上传。可上传：docx、xlsx、pdf、ofd、jpg、png。"),
    verdict.ACTIVE: (Invalid, "文件中含有宏、嵌入程序或外部链接，不能上传，请另存为普通文档后再传。"),
    verdict.UNREADABLE: (Invalid, "文件已加密或损坏，无法检查，请去除密码或重新导出后上传。"),
    verdict.BOMB: (Invalid, "文件展开后过大，不能上传，请精简内容后重试。"),
    verdict.MARKED: (
        Invalid,
        "发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。",
    ),
    "too_many": (Invalid, f"一次最多上传{MOST_FILES_A_SUBMIT}个文件，请分次上传。"),
    "submit_too_large": (TooLarge, f"一次上传的文件合计不能超过{MOST_SUBMIT_BYTES // MEGABYTE}MB，请分次上传。"),
    "day_too_large": (TooMany, f"您一天内上传的文件已超过{MOST_BYTES_A_DAY // MEGABYTE}MB，请明天再传。"),
}

_UNSEEN = re.compile("[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_PROGRAMS = re.compile(
    r"\.(?:exe|com|scr|pif|bat|cmd|ps1|vbs?|vbe|jse?|wsf|hta|html?|svg|lnk|url|jar|msi|dll|cpl|reg|php|jsp|aspx?)\.",
    re.IGNORECASE,
)


def refusal(reason: str) -> PortalError:
    """The error for a reason of the inspector's or of the limits; its `code` is stable for programs."""
    error, sentence = REFUSALS[reason]
    return error(sentence, code=f"file_{reason}")


def tidy_name(name: str) -> str:
    """The file's own name as data: without folders, composed (NFC), at most 180 characters, its ending kept.

    Raises WrongType for names that pretend: unseen or direction-changing characters, device names, two endings of
    which the first is a program's.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1]).lstrip()
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or _UNSEEN.search(name) or _PROGRAMS.search(name) or _DEVICES.fullmatch(stem.strip()):
        raise refusal(verdict.WRONG_TYPE)
    if has_secret_mark(stem):
        raise refusal(verdict.MARKED)
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def claimed_family(name: str, sound: bool = False) -> str:
    """PAPER or PICTURE by the name's ending, SOUND where that is taken. Raises WrongType for every other ending."""
    ending = name.rpartition(".")[2].lower()
    kind = ENDINGS.get(ending) or (SOUND_ENDINGS.get(ending) if sound else None)
    if kind is None:
        raise refusal(verdict.WRONG_TYPE)
    return kind.family


def agrees(name: str, kind: Kind) -> bool:
    """Whether the name's ending fits what the content is.

    Phones call WebP and HEIC photographs .jpg; all photographs are written anew, so any picture's ending will do.
    Recordings are called by whatever the phone's maker likes, and are only ever played.
    """
    if kind.family == SOUND:
        return name.rpartition(".")[2].lower() in SOUND_ENDINGS
    return kind.family == PICTURE or name.rpartition(".")[2].lower() in kind.endings
