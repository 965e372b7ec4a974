"""What is said about a file: a problem stops the import, a notice tells what will be done all the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN_IN_SUMMARY = 50


@dataclass(frozen=True, order=True)
class Finding:
    """A sentence about one row; `row` is the number the office sees in its own table, 0 means the whole file."""

    row: int
    sentence: str

    def __str__(self) -> str:
        return f"第{self.row}行{self.sentence}" if self.row else self.sentence


def summary(problems: Sequence[Finding]) -> str:
    """The one sentence of a refused import (security bar, message 38); long lists are cut, the count is not."""
    told = "；".join(str(problem) for problem in problems[:SHOWN_IN_SUMMARY])
    more = "……" if len(problems) > SHOWN_IN_SUMMARY else ""
    return f"{told}{more}。共{len(problems)}处问题，未导入任何数据。"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By row, each said once."""
    return tuple(sorted(set(findings)))
