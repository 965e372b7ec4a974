"""What an import has written, whether anybody has acted on it since, and how to take it out again.

Works from the schema alone: every foreign key that points at an imported thing counts as somebody's act, so that a
domain added later is covered without a word here.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, Text, delete, insert, inspect, select, type_coerce
from sqlalchemy.orm import Mapper

from portal.core.db import Base, db

# Under the number of variables that the oldest SQLite in use allows in one statement.
AT_ONCE = 900


def mapper_of(subject: str) -> Mapper[Any]:
    """The mapped class whose own table is called `subject`."""
    return next(mapper for mapper in Base.registry.mappers if _own_table(mapper).name == subject)


def subject_of(model: type) -> str:
    """How a mapped class is called in the record of what was written."""
    return _own_table(inspect(model)).name


def inserted(model: type[Any], rows: Iterable[dict[str, Any]]) -> list[int]:
    """Write many rows of one mapped class (inherited tables included); their keys in the order given.

    All rows must have the same columns. Empty ones are written as such: left out, they would split ten thousand rows
    into thousands of statements.
    """
    rows = list(rows)
    if not rows:
        return []
    statement = insert(model).returning(model.id, sort_by_parameter_order=True)
    return list(db.session.scalars(statement, rows, execution_options={"render_nulls": True}))


def digests(subject: str, ids: Iterable[int]) -> dict[int, str]:
    """Of everything that stands in the rows now, inherited tables included; a row that is gone is missing.

    Encrypted columns count as stored, so that nothing is opened for the comparison.
    """
    mapper = mapper_of(subject)
    tables = [table for table in mapper.tables if isinstance(table, Table)]
    found: dict[int, list[str]] = defaultdict(list)
    for table in sorted(tables, key=lambda one: one.name):
        key = _key(table)
        stored = [type_coerce(column, Text) if _is_personal(column) else column for column in table.columns]
        for some in _portions(ids):
            for row in db.session.execute(select(key, *stored).where(key.in_(some))):
                found[row[0]].append(repr(tuple(row[1:])))
    return {
        id: hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
        for id, parts in found.items()
        if len(parts) == len(tables)
    }


def referred_to(subject: str, ids: Sequence[int], own: Mapping[str, set[int]]) -> set[int]:
    """Those of `ids` at which something points that is not itself among `own` (table name to keys of the batch)."""
    targets = {_key(table) for table in mapper_of(subject).tables if isinstance(table, Table)}
    referred: set[int] = set()
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column in targets for key in column.foreign_keys):
                referred |= _pointing(table, column, ids, own.get(table.name, set()))
    return referred


def _pointing(table: Table, column: Column, ids: Sequence[int], own: set[int]) -> set[int]:
    keys = list(table.primary_key.columns)
    found = set()
    for some in _portions(ids):
        for row in db.session.execute(select(column, *keys).where(column.in_(some))):
            if not (len(keys) == 1 and row[1] in own):
                found.add(row[0])
    return found


def own_keys(things: Iterable[tuple[str, int]]) -> dict[str, set[int]]:
    """(subject, key) pairs as table name to keys, the tables inherited from included."""
    own: dict[str, set[int]] = defaultdict(set)
    for subject, id in things:
        for table in mapper_of(subject).tables:
            if isinstance(table, Table):
                own[table.name].add(id)
    return own


def remove(own: Mapping[str, set[int]]) -> None:
    """Delete the rows, what points before what is pointed at."""
    for table in reversed(db.metadata.sorted_tables):
        for some in _portions(sorted(own.get(table.name, ()), reverse=True)):
            db.session.execute(delete(table).where(_key(table).in_(some)))
    db.session.expire_all()


def _own_table(mapper: Mapper[Any]) -> Table:
    table = mapper.local_table
    if not isinstance(table, Table):
        raise TypeError(f"{mapper} has no table of its own")
    return table


def _key(table: Table) -> Column:
    return next(iter(table.primary_key.columns))


def _is_personal(column: Column) -> bool:
    return type(column.type).__name__ == "Personal"


def _portions(ids: Iterable[int]) -> Iterator[list[int]]:
    all_ids = list(ids)
    for start in range(0, len(all_ids), AT_ONCE):
        yield all_ids[start : start + AT_ONCE]
