"""The same on SQLite and on PostgreSQL: in, through the worker, out again."""

from sqlalchemy import func, select

from portal.accounts.models import Body, Person
from portal.commands import HANDLERS
from portal.congress.models import Seat
from portal.core.db import db
from portal.imports import actions
from portal.imports.kinds import KINDS
from portal.imports.models import ImportBatch
from portal.jobs import worker
from portal.suggestions.models import Suggestion
from tests.imports.conftest import found_office, shared

FILES = (("units", "units-60.xls"), ("roster", "roster-300.xlsx"), ("ledger", "ledger-real.xlsx"))


def counts():
    db.session.rollback()
    models = (Person, Body, Seat, Suggestion)
    return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


def test_in_by_the_worker_and_out_again(both_engines_app, set_clock):
    set_clock("2026-03-01T09:00")
    with both_engines_app.app_context():
        office = found_office()
        db.session.commit()
        before = counts()
        for name, file in FILES:
            kind = KINDS[name]
            batch = actions.receive(office.clerk, kind, actions.read(kind, shared(file), file), shared(file), file)
            actions.confirm(office.clerk, batch)
            db.session.commit()
        assert worker.run_all(HANDLERS) == 3
        people, bodies, seats, suggestions = before
        assert counts() == [people + 300, bodies + 60 + 6 + 6, seats + 300, suggestions + 69]
        for batch in db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).all():
            assert batch.stage == "written"
            actions.undo(office.clerk, batch)
            db.session.commit()
        assert counts() == before


def test_a_broken_run_writes_nothing(both_engines_app, set_clock, monkeypatch):
    set_clock("2026-03-01T09:00")
    with both_engines_app.app_context():
        office = found_office()
        kind, file = KINDS["roster"], "roster-300.xlsx"
        batch = actions.receive(office.clerk, kind, actions.read(kind, shared(file), file), shared(file), file)
        actions.confirm(office.clerk, batch)
        db.session.commit()
        before = counts()

        def breaks(*_):
            raise RuntimeError("the power went")

        monkeypatch.setattr(actions, "_remember", breaks)
        assert worker.run_once(HANDLERS)
        assert counts() == before
        monkeypatch.undo()
        assert db.session.scalars(select(ImportBatch)).one().stage == "waiting", "the worker will try again"
