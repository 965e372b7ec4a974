"""Where the floors are joined that may not know each other: the frame's surroundings, files, assets, commands."""

from flask import Flask

from portal import assets, commands
from portal.accounts import permissions as p
from portal.accounts.actor import Actor
from portal.congress.importing import ROSTER
from portal.congress.importing_units import UNITS
from portal.documents import actions as documents
from portal.imports import kinds
from portal.notifications import queries as notifications
from portal.overview import queries as overview
from portal.suggestions.importing import LEDGER
from portal.web import frame, headers, uploads


def install(app: Flask) -> None:
    """Join what only the assembly may see."""
    around = frame.surroundings(app)
    around.counts = _counts
    around.office = overview.office_name
    around.unread = lambda who: notifications.unread(who.person_id) if who.person_id else 0
    uploads.receive_with(app, documents.receive)
    assets.install(app)
    headers.install(app)
    kinds.register(ROSTER, UNITS, LEDGER)
    commands.register(app)


def _counts(who: Actor) -> dict[str, int]:
    return overview.desk_counts(who) if who.role == p.CLERK else {}
