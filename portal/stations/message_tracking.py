"""Following a message by its tracking code: tries are counted in a transaction of their own, because a refusal rolls
back (security-bar E1, E4)."""

from datetime import timedelta

from sqlalchemy import select

from portal.accounts import tries
from portal.core.db import db, writing_transaction
from portal.core.errors import TooMany
from portal.stations import message_rules as rules
from portal.stations.message_models import Message

TRIED_TOO_OFTEN = "试的次数太多，请1小时后再试，或打站里电话问。"
TRACKING = ((10, timedelta(hours=1)),)


def track(typed: str, address: str) -> Message | None:
    """The message behind a tracking code; None for every other code. A right one is not counted as a try.

    Raises TooMany after ten wrong ones in an hour from one address.
    """
    with writing_transaction():
        row = tries.spend(tries.key_of("tracking", address), TRACKING)
    if row is None:
        raise TooMany(TRIED_TOO_OFTEN, code="tracked_too_often")
    code = rules.fingerprint(rules.plain_code(typed))
    known = db.session.scalar(select(Message.id).where(Message.code_hash == code))
    if known is None:
        return None
    with writing_transaction():
        tries.give_back(row)
    return db.session.get(Message, known)
