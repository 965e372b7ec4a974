"""The printed list of the demonstration accounts."""

from collections.abc import Iterator
from itertools import groupby

from portal.accounts import queries
from portal.accounts.permissions import ROLE_LABELS
from portal.demo.people import PASSWORD


def lines() -> Iterator[str]:
    """One line per account, under a heading per role; the password once on top."""
    known = queries.demo_accounts()
    yield f"示范区共{len({username for username, *_ in known})}个账号，密码都是 {PASSWORD}"
    order = list(ROLE_LABELS)
    for role, rows in groupby(sorted(known, key=lambda row: order.index(row[2])), key=lambda row: row[2]):
        yield f"\n{ROLE_LABELS[role]}"
        yield from (f"  {username:<28}{name}　{body}" for username, name, _, body in rows)
