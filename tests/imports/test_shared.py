"""The files of real offices, faults and all, come in whole."""

from sqlalchemy import func, select

from portal.accounts.models import Body, Person
from portal.congress.models import Committee, Delegation, Seat, Unit
from portal.core.db import db
from portal.imports import actions
from portal.imports.kinds import KINDS
from portal.suggestions.models import ArchiveFacts, Suggestion
from tests.imports.conftest import shared


def bring(office, kind, name, data=None):
    """Import a file whole; returns (batch, preview)."""
    data = data or shared(name)
    kind = KINDS[kind]
    preview = actions.dry(office.clerk, kind, data, name)
    batch = actions.receive(office.clerk, kind, actions.read(kind, data, name), data, name)
    actions.run(office.clerk, batch, preview)
    return batch, preview


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_roster_xlsx(office):
    batch, preview = bring(office, "roster", "roster-300.xlsx")
    assert preview.problems == ()
    assert batch.counts == {"代表团": 6, "账号": 300, "代表": 300}
    assert count(Seat) == 300
    people = db.session.scalars(select(Person).join(Seat, Seat.person_id == Person.id)).all()
    assert not [one.name for one in people if " " in one.name or "\u3000" in one.name]
    assert any(len(one.name.encode("utf-16-le")) > 2 * len(one.name) for one in people), (
        "a name outside the basic plane"
    )
    assert all(len(one.phone.full) == 11 for one in people)
    zhang = next(one for one in people if one.name == "余泽")
    assert zhang.birth_month == "1990-10", "1990.1 typed as a number is October"
    assert sum("按" in str(notice) and "年10月读取" in str(notice) for notice in preview.notices) == 18
    again = db.session.scalars(select(Seat).join(Person).where(Person.name == "贺才")).one()
    assert again.first_term is False, "连任 was said"
    assert {seat.first_term for seat in db.session.scalars(select(Seat))} == {False, None}, "never a default"


def test_the_same_roster_in_another_layout_adds_nobody(office):
    bring(office, "roster", "roster-300.xlsx")
    batch, preview = bring(office, "roster", "roster-300-gbk.csv")
    assert preview.problems == ()
    assert batch.counts == {}
    assert count(Seat) == 300
    assert count(Delegation) == 6


def test_roster_gbk_alone(office):
    batch, preview = bring(office, "roster", "roster-300-gbk.csv")
    assert preview.problems == ()
    assert batch.counts == {"代表团": 6, "账号": 300, "代表": 300}
    assert count(Person, Person.birth_month.is_not(None)) == 0, "the file says nothing of birth months"


def test_units_xls(office):
    batch, preview = bring(office, "units", "units-60.xls")
    assert preview.problems == ()
    assert batch.counts == {"委员会": 6, "承办单位": 60}
    court = db.session.scalars(select(Unit).where(Body.name == "区人民法院")).one()
    assert court.organ == "court"
    assert court.liaison_name == "高和"
    housing = db.session.scalars(select(Unit).where(Body.name == "区住房和城乡建设局")).one()
    assert (housing.organ, housing.short_name, housing.liaison_line) == ("government", "住房和城乡建设局", "80000014")
    assert db.session.get(Committee, housing.committee_id).name == "教科文卫委"


def test_ledger(office):
    bring(office, "units", "units-60.xls")
    batch, preview = bring(office, "ledger", "ledger-real.xlsx")
    assert preview.problems == ()
    assert batch.counts == {"往年建议": 69}
    assert {item.state for item in db.session.scalars(select(Suggestion))} == {"closed"}
    facts = {
        item.title: (item, item.archive) for item in db.session.scalars(select(Suggestion).order_by(Suggestion.id))
    }
    item, kept = facts["关于加强红村社区卫生服务中心建设的建议"]
    assert item.number_text == "第009号(正文写第2019009号)"
    assert (item.session_id, kept.session_text) == (office.sessions[1], "区十八届人大二次会议")
    assert kept.cosigners == 0
    item, kept = facts["关于提高村组干部工资待遇的建议"]
    assert str(item.replied_on) == "2013-08-21"
    assert (item.grade, kept.grade_text, kept.cosigners) == ("A", "A", 11)
    item, kept = facts["关于依法取缔燃煤锅炉的建议"]
    assert (kept.proposer_text, kept.cosigners, kept.session_text, item.replied_on) == (None, None, None, None)
    assert sum(1 for _, kept in facts.values() if kept.cosigners is None) == 5
    assert sum(1 for item, _ in facts.values() if item.replied_on) == 36
    assert all("\n" not in title and title == title.strip() for title in facts)
    assert any(str(notice) == "第73行是合计行，没有导入" for notice in preview.notices)


def test_every_blank_of_the_ledger_stays_blank(office):
    bring(office, "ledger", "ledger-real.xlsx")
    for facts in db.session.scalars(select(ArchiveFacts)):
        assert facts.promise_text is None
        assert facts.rating_text is None
        assert facts.year is None or facts.session_text
