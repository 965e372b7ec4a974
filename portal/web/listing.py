"""Reading a list's address: where the page starts."""

from collections.abc import Mapping

from portal.core.errors import Invalid


def page_of(arguments: Mapping[str, str]) -> int | None:
    """The key after which the page starts, or None for the first page; raises Invalid for anything else."""
    text = arguments.get("after", "")
    if not text:
        return None
    if not text.isdecimal() or len(text) > 18:
        raise Invalid("请求有误：“after”应为页面给出的数字。")
    return int(text)
