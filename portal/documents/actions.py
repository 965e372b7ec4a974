"""Receiving files and keeping them."""

import logging
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, Protocol

from sqlalchemy import delete

from portal.accounts.actor import Actor
from portal.core import clock
from portal.core.db import db
from portal.core.errors import PortalError
from portal.core.once import KeptFile
from portal.documents import queries
from portal.documents.inspection import Facts, inspect
from portal.documents.models import KEPT_AS, Document
from portal.documents.rules import (
    MOST_BYTES_A_DAY,
    MOST_FILE_BYTES,
    MOST_FILES_A_SUBMIT,
    MOST_SUBMIT_BYTES,
    claimed_family,
    refusal,
    tidy_name,
)
from portal.documents.storage import CHUNK, files

log = logging.getLogger("portal.documents")

DAY = timedelta(days=1)


class Upload(Protocol):
    """What a web framework hands over for one chosen file."""

    filename: str | None
    stream: BinaryIO


@dataclass(frozen=True)
class Received:
    """A file that was looked into and is on the disk, but that no row names yet."""

    name: str
    media_type: str
    size: int
    sha256: str
    original_sha256: str | None = None
    original_media_type: str | None = None
    original_size: int = 0
    width: int | None = None
    height: int | None = None
    token: str = ""
    """Names it while its sheet is refused and sent again (documents.keeping)."""


@dataclass(frozen=True)
class _Spooled:
    name: str
    file: BinaryIO
    size: int
    facts: Facts


def receive(uploads: Sequence[Upload], sound: bool = False) -> list[Received]:
    """Look into the files of one submit and put them on the disk; slow, so call it before the first statement.

    Either all are received or none. Inputs left empty (no name) are passed over; voice recordings are taken with
    `sound` only. Raises Invalid, TooLarge or WrongType
    (messages 31–37); nothing of a refused file stays anywhere.
    """
    chosen = [upload for upload in uploads if upload.filename]
    if len(chosen) > MOST_FILES_A_SUBMIT:
        raise refusal("too_many")
    with ExitStack() as open_files:
        left = MOST_SUBMIT_BYTES
        spooled = []
        for upload in chosen:
            spooled.append(_spool(upload, left, open_files, sound))
            left -= spooled[-1].size
        return [_put(one) for one in spooled]


def store(actor: Actor, upload: Upload | Received) -> Document:
    """A row for one file, in the caller's transaction. The owning domain links it and writes the audit entry.

    Takes what receive() gave, or an upload to be received now. Raises TooMany above 500 MB in 24 hours by one person,
    and whatever receive() raises.
    """
    if isinstance(upload, Received):
        received = upload
    else:
        chosen = receive([upload])
        if not chosen:
            raise refusal("empty")
        received = chosen[0]
    moment = clock.real()
    if actor.person_id is not None:
        if received.token:
            db.session.execute(delete(KeptFile).where(KeptFile.token == received.token))
        sent = queries.bytes_sent(actor.person_id, moment - DAY)
        if sent + received.size + received.original_size > MOST_BYTES_A_DAY:
            raise refusal("day_too_large")
    facts = {name: value for name, value in vars(received).items() if name != "token"}
    document = Document(**facts, uploaded_by_id=actor.person_id, received_at=moment)
    db.session.add(document)
    db.session.flush()
    return document


def _spool(upload: Upload, left: int, open_files: ExitStack, sound: bool) -> _Spooled:
    """The upload in a nameless file on the same disk: it vanishes with its descriptor, whatever happens."""
    name = tidy_name(upload.filename or "")
    claimed_family(name, sound)
    file = open_files.enter_context(tempfile.TemporaryFile(dir=files().incoming))
    size = _copy(upload.stream, file, left)
    try:
        facts = inspect(file, name, sound)
    except PortalError as error:
        # Who and when are in the request's log line; of the content only the reason is written down.
        log.warning("file refused: %s", error.code)
        raise
    if facts.shown:
        open_files.enter_context(facts.shown)
    return _Spooled(name, file, size, facts)


def _copy(source: BinaryIO, target: BinaryIO, left: int) -> int:
    size = 0
    while chunk := source.read(CHUNK):
        size += len(chunk)
        if size > MOST_FILE_BYTES:
            raise refusal("too_large")
        if size > left:
            raise refusal("submit_too_large")
        target.write(chunk)
    if size == 0:
        raise refusal("empty")
    target.flush()
    return size


def _put(one: _Spooled) -> Received:
    one.file.seek(0)
    digest = files().put(one.file)
    facts = one.facts
    if facts.shown is None:
        return Received(one.name, facts.kind.media_type, one.size, digest)
    shown_size = facts.shown.seek(0, 2)
    facts.shown.seek(0)
    shown = files().put(facts.shown)
    return Received(
        one.name, KEPT_AS, shown_size, shown, digest, facts.kind.media_type, one.size, facts.width, facts.height
    )
