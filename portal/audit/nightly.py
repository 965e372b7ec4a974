"""The log's part of the night: seal the day, check everything."""

import logging
from collections.abc import Iterator
from datetime import date, timedelta

from portal.accounts.actor import SYSTEM
from portal.audit.actions import record, write_head
from portal.audit.verify import Report, verify
from portal.audit.wording import CHECKED, OWN
from portal.core import clock
from portal.jobs.actions import Errand

logger = logging.getLogger("portal.audit")


def seal(day: date) -> Iterator[Errand]:
    """Write the head of the day that has just ended; on the present day also check the log and record the result.

    Days made up for after a jump of the clock are sealed one by one, but one check answers for all of them.
    """
    ended = day - timedelta(days=1)
    yield Errand(f"封存{ended.isoformat()}的日志", lambda: write_head(ended))
    if day >= clock.today():
        yield Errand("核对全部日志", lambda: note(verify()))


def note(report: Report) -> None:
    """Put the result of a check on record; an alarm goes to the program's log as well."""
    if not report.ok:
        logger.error("the audit log does not verify: %s %s", report.subject, report.seq)
    found = {"entries": report.entries, "heads": report.heads, "subject": report.subject, "seq": report.seq}
    record(SYSTEM, f"{OWN}:log", CHECKED, found, report.said)
