"""File names that somebody may have given: ordinary, odd and hostile ones. `names()` are more than 200."""

PLAIN = [
    "建议.docx",
    "关于 电梯 的建议.pdf",
    "附件（１）.xlsx",
    "𠮷田.pdf",
    "欧阳·买买提.jpg",
    "a.pdf",
    "Ünïcödé.pdf",
    "😀.png",
]
SIGNS = [
    "\r\n", "\r", "\n", "\x00", "\t", "\x0b", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u2029", '"', "'",
    "\\", ";", ",", "%",
    "%0d%0a", "%00", "../", "..\\", "/", "/etc/passwd", "C:\\", "\u202e", "\u2066", "\u200b", "\ufeff",
    "<script>", "&", "*",
    "|", "?", "=?utf-8?B?eA==?=", "\ud800", "．．／", "＂", "\u00ad", "\udcff", "{{7*7}}", "${x}", "`id`", "$(id)",
]  # fmt: skip
WHOLE = [
    "",
    ".",
    "..",
    " ",
    "　",
    "CON.pdf",
    "nul",
    "com1.docx",
    "." * 300,
    "建" * 500 + ".docx",
    "\u202e",
    "\r\n\r\n<html>",
    "-rf.pdf",
]
SPLITS = [
    "a.pdf\r\nSet-Cookie: x=1", "a.pdf\r\n\r\n<script>alert(1)</script>", "a\nContent-Type: text/html",
    'a"; filename="b.exe',
    "a.pdf\"\r\nX-Evil: 1", "a.pdf; filename*=UTF-8''evil.exe", "a\u560d\u560aX: 1", "a嘊嘍X: 1",
]  # fmt: skip


def names() -> list[str]:
    """All of them."""
    forms = ("{}a.pdf", "a{}b.pdf", "a.pdf{}", "建{}议.docx", "{0}{0}{0}.jpg")
    around = [form.format(sign) for sign in SIGNS if "{" not in sign for form in forms]
    return [*PLAIN, *around, *WHOLE, *SPLITS, *(sign for sign in SIGNS)]
