"""国家秘密标志: the mark that 保密法实施条例 and 国家秘密定密管理 put on a classified paper (密级★保密期限)."""

import re
import unicodedata

_LEVEL = r"(?:[绝絕][密宻]|[机機][密宻]|[秘祕][密宻])"
_STAR = "[★☆⭐✩✪✫✬✭✮✯✰⭑⭒🌟]"
_BEFORE = r"(?<!商业)(?<!商業)(?<!工作)(?<!企业)(?<!个人)"
_JOINT = r"[ \-_·・.:()\[\]【】〔〕]{0,3}"
_PERIOD = r"(?:长期|長期|解密|[\d〇零一二三四五六七八九十]{1,3}[年个個月天日]|\d{4}年|至)"
_MARK = re.compile(
    f"{_BEFORE}{_LEVEL}{_JOINT}{_STAR}"
    # A star or asterisk apart from the level (next line, or typed as *) only counts with a period behind it.
    f"|{_BEFORE}{_LEVEL}[\\s\\-_·・.:()\\[\\]【】〔〕]{{0,6}}(?:{_STAR}|\\*)\\s*{_PERIOD}"
)
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_BLANKS = re.compile(r"[^\S\n]+")


def has_secret_mark(text: str) -> bool:
    """Whether `text` bears a state-secret mark such as 秘密★, 机密★20年 or 绝 密 ★ 长期.

    Full-width forms, blanks and invisible characters between the signs make no difference. 商业秘密 and 工作秘密 are
    not state secrets. Plain talk about secrecy (涉及国家秘密的事项) is no mark.
    """
    if "密" not in text and "宻" not in text:
        return False
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return bool(_MARK.search(_BLANKS.sub("", plain)))
