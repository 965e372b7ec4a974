"""Files of a refused sheet, kept so that nobody has to choose them again; no document yet, and nobody else's to see."""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import select

from portal.core import clock, personal
from portal.core.db import db
from portal.core.once import KeptFile
from portal.documents import queries
from portal.documents.actions import DAY, Received
from portal.documents.rules import MOST_BYTES_A_DAY, MOST_FILES_A_SUBMIT, MOST_SUBMIT_BYTES, refusal


def keep(person_id: int, field: str, one: Received) -> None:
    """Note the file under its token; above 500 MB in 24 hours it is let go. In the caller's transaction."""
    size, moment = one.size + one.original_size, clock.real()
    if queries.bytes_sent(person_id, moment - DAY) + size > MOST_BYTES_A_DAY:
        return
    digests = {"sha256": one.sha256, "original_sha256": one.original_sha256}
    sealed = personal.seal(json.dumps(asdict(one), ensure_ascii=False))
    row = KeptFile(token=one.token, person_id=person_id, field=field, sealed=sealed, size=size, at=moment, **digests)
    db.session.add(row)


def kept(person_id: int, field: str, tokens: Sequence[str]) -> list[Received]:
    """What of these this person has kept for the field; a foreign or forged token is nothing."""
    mine = KeptFile.person_id == person_id, KeptFile.field == field, KeptFile.token.in_(list(tokens))
    rows = db.session.scalars(select(KeptFile).where(*mine).order_by(KeptFile.id)).all()
    return [replace(Received(**json.loads(personal.unseal(row.sealed))), token=row.token) for row in rows]


def check_together(all_of_them: Sequence[Received]) -> None:
    """Raise Invalid or TooLarge when kept and new files together are more than one submit may hold."""
    if len(all_of_them) > MOST_FILES_A_SUBMIT:
        raise refusal("too_many")
    if sum(one.original_size or one.size for one in all_of_them) > MOST_SUBMIT_BYTES:
        raise refusal("submit_too_large")
