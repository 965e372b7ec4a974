"""Where the floors are joined that may not know each other: the frame's surroundings, files, assets, commands."""

from typing import Any

from flask import Flask
from sqlalchemy import inspect, select

from portal import assets, chain, commands
from portal.accounts import appointments
from portal.accounts.models import Account
from portal.congress import handover, rule_queries
from portal.congress.importing import ROSTER
from portal.congress.importing_units import UNITS
from portal.congress.models import Congress
from portal.congress.rulepacks import calendar, pack_of_version, shipped_pack
from portal.contacts import queries as contacts
from portal.contacts import vacancies as contact_vacancies
from portal.core.db import db
from portal.core.errors import Misconfigured
from portal.documents import actions as documents
from portal.documents import keeping
from portal.imports import kinds
from portal.matters import seams
from portal.notifications import hours
from portal.overview import queries as overview
from portal.stations import leaving as station_leaving
from portal.stations.importing import STATIONS
from portal.suggestions import handling_actions, leaving, recomputing, words
from portal.suggestions.importing import LEDGER
from portal.web import access, frame, headers, kept, uploads


def install(app: Flask) -> None:
    """Join what only the assembly may see."""
    frame.surroundings(app).look = lambda who: frame.Around(*overview.around(who))
    uploads.install(app, _Files())
    app.context_processor(_words)
    assets.install(app)
    headers.install(app)
    kinds.register(ROSTER, UNITS, LEDGER, STATIONS)
    appointments.HANDOVERS[:] = [handling_actions.hand_over]
    rule_queries.OPEN_ITEMS[:] = [recomputing.open_by_rules]
    chain.install()
    seams.ORIGINS["contact"] = contacts.origin
    handover.LAPSES[:] = [leaving.lapse, station_leaving.lapse]
    handover.SHEETS[:] = [leaving.sheet, contact_vacancies.sheet, station_leaving.sheet]
    handover.LEFT_OVERS[:] = [leaving.left_over]
    hours.OFFICE.works, hours.OFFICE.mail_hour = lambda day: calendar().is_working(day), _mail_hour
    commands.register(app)


def _mail_hour() -> int:
    """The hour of the morning's mail under the rules of the deployment's first congress."""
    first = db.session.scalar(select(Congress).order_by(Congress.id).limit(1))
    version = first.pack_version if first else None
    return (pack_of_version(version) if version else shipped_pack("Q")).ladder.mail_hour


class _Files:
    """What the web floor asks of documents."""

    receive = staticmethod(documents.receive)
    keep = staticmethod(keeping.keep)
    kept = staticmethod(keeping.kept)
    check_together = staticmethod(keeping.check_together)


def refuse_demo_accounts() -> None:
    """Raise Misconfigured when the database holds accounts whose password everybody knows."""
    if inspect(db.engine).has_table(Account.__tablename__) and db.session.scalar(
        select(Account.id).where(Account.demo).limit(1)
    ):
        raise Misconfigured("数据库里有演示账号：正式环境请换一个空的数据目录，用 flask setup 设立办公室。")
    db.session.rollback()


def _words() -> dict[str, Any]:
    """What templates may say without being told: who is looking, and the words of the field."""
    return {"me": access.actor(), "form_key": kept.form_token, **words.WORDS}
