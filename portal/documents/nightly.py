"""What is done for stored files without being asked."""

import logging
from datetime import date, timedelta

from portal.core import clock
from portal.documents import queries
from portal.documents.storage import files

log = logging.getLogger("portal.documents")

REQUEST_AT_MOST = timedelta(minutes=10)
"""A file younger than this may belong to a request that has not committed yet."""


def sweep(_today: date | None = None) -> int:
    """Remove files that a refused or broken request left without a row; how many. Harmless to repeat."""
    gone = files().sweep(queries.named, clock.real() - REQUEST_AT_MOST)
    if gone:
        log.info("swept %d files", gone)
    return gone


def check(_today: date | None = None) -> list[str]:
    """The digests whose file is missing or changed; each is an alarm for the system administrator."""
    bad = files().damaged(queries.all_digests())
    for digest in bad:
        log.error("stored file damaged: %s", digest)
    return bad
