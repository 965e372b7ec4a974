"""What is said about a file: a problem stops the import, a notice tells what will be done all the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHOWN_IN_SUMMARY = 50
NAMED_ROWS = 30


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


def grouped(findings: Iterable[Finding]) -> list[str]:
    """第6、9、12行届次没有登记: what is said of many rows alike, said once; for notices, problems keep a line each."""
    rows: dict[str, list[int]] = {}
    for finding in findings:
        rows.setdefault(finding.sentence, []).append(finding.row)
    return [_of_rows(numbers, sentence) for sentence, numbers in rows.items()]


def _of_rows(numbers: Sequence[int], sentence: str) -> str:
    if numbers == [0]:
        return sentence
    named = "、".join(map(str, numbers[:NAMED_ROWS]))
    return f"第{named}{f'等{len(numbers)}' if len(numbers) > NAMED_ROWS else ''}行{sentence}"


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By row, each said once."""
    return tuple(sorted(set(findings)))
