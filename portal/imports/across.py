"""Looking across the rows of one file."""

from collections.abc import Callable, Hashable, Iterable, Iterator

from portal.imports.findings import Finding
from portal.imports.kinds import Prepared


def repeated(
    rows: Iterable[Prepared], key: Callable[[Prepared], Hashable | None]
) -> Iterator[tuple[Prepared, Prepared]]:
    """(row, the first row with the same key) for every row that repeats one; rows whose key is None are unlike all."""
    first: dict[Hashable, Prepared] = {}
    for row in rows:
        value = key(row)
        if value is None:
            continue
        if value in first:
            yield row, first[value]
        else:
            first[value] = row


def unsaid(rows: Iterable[Prepared], name: str, label: str) -> list[Finding]:
    """One notice for a mapped column that some rows leave empty: unknown stays unknown."""
    empty = sum(1 for row in rows if name in row.texts and row.texts[name] is None)
    return [Finding(0, f"有{empty}行没有写{label}，留空")] if empty else []
