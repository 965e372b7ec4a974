"""The figures of a drive and the entries of a dossier are the same on both engines."""

from datetime import date

from flask import Flask

from portal.contacts import actions, campaigns, pairing_actions, proposing, queries
from portal.contacts.ratios import shipped
from portal.core.db import db
from portal.dossier import queries as dossiers
from portal.dossier.models import Correction
from portal.matters import actions as matters
from portal.matters.models import Matter
from tests.contacts.conftest import Contacts


def test_figures_and_entries_on_both_engines(both_engines_app: Flask, set_clock):
    set_clock("2026-03-02T09:00")
    with both_engines_app.app_context():
        contacts = Contacts(both_engines_app)
        clerk, zhang, member = (contacts.actor(name) for name in ("clerk", "zhang", "member1"))
        ratio = shipped()["two_to_three"]
        assert pairing_actions.adopt(clerk, ratio, proposing.propose(clerk, ratio).digest) == 4
        told = {"name": "走访月", "starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)}
        drive = pairing_actions.save_campaign(clerk, None, told)
        visit = {"form": "visit", "topic": "走访", "persons": 9, "campaign": drive.public_id}
        problems = [{"said": "路灯不亮"}, {"said": "路不平", "answered": "当场答复"}]
        actions.file(zhang, actions.save(zhang, None, {**visit, "problems": problems}))
        record = actions.save(member, None, {"form": "visit", "topic": "意见", "deputy": contacts.seats["zhang"]})
        actions.file(member, record)
        actions.take(zhang, record, "confirm")
        matter = db.session.scalars(db.select(Matter).order_by(Matter.id)).first()
        assert matter is not None
        matters.take(clerk, matter, "triage", {"title": matter.title})
        matters.take(clerk, matter, "answer", {"text": "修好了。", "outcome": "solved"})
        db.session.flush()
        assert campaigns.figures(drive.id, date(2026, 3, 2)) == campaigns.Figures(1, 1, 9, 2, 1)
        assert campaigns.figures(drive.id, date(2026, 3, 1)) == campaigns.Figures(0, 0, 0, 0, 0)
        assert [len(campaigns.behind(drive.id, date(2026, 3, 2), one)) for one in campaigns.LISTS] == [1, 1, 2, 1]
        seat = dossiers.seat(clerk, contacts.seats["zhang"])
        made = {"seat_id": seat.id, "by_id": clerk.capacity_id, "reason": "表彰决定"}
        db.session.add(Correction(act="add", kind="award", day=date(2026, 2, 1), title="优秀代表", **made))
        db.session.flush()
        assert dossiers.dossier(seat, 2026).counts == {"voters": 1, "contacted": 1, "matter": 2, "award": 1}
        assert len(queries.coverage(clerk)) == 4 and queries.next_visits(clerk)[1] == 4
        assert len(dossiers.dossiers(clerk, 2026)) == 4
        assert len(queries.listed(clerk, queries.Wanted(words="走访"))) == 1
        db.session.rollback()
