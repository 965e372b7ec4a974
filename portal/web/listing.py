"""Reading a list's address: where the page starts, which words are looked for."""

from collections.abc import Mapping

from portal.core.errors import Invalid

LONGEST_WORDS = 60


def page_of(arguments: Mapping[str, str]) -> int | None:
    """The key after which the page starts, or None for the first page; raises Invalid for anything else."""
    text = arguments.get("after", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Invalid("请求有误：“after”应为页面给出的数字。")
    return int(text)


def words_of(arguments: Mapping[str, str]) -> str:
    """The words looked for, without what nobody can see or type."""
    return "".join(sign for sign in arguments.get("q", "") if sign.isprintable()).strip()[:LONGEST_WORDS]
