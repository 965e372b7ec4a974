"""What was uploaded and never confirmed is forgotten after a week; everything else stays."""

from datetime import date

from portal.core.db import db
from portal.imports import actions, nightly
from portal.imports.kinds import KINDS
from portal.jobs import night
from tests.imports.conftest import shared


def received(office, name):
    kind = KINDS["units"]
    data = shared("units-60.xls") + name.encode()
    return actions.receive(office.clerk, kind, actions.read(kind, shared("units-60.xls"), name), data, name)


def test_old_uploads_are_forgotten(office, set_clock):
    old, confirmed = received(office, "旧.xls"), received(office, "已确认.xls")
    actions.confirm(office.clerk, confirmed)
    set_clock("2026-03-08T09:00")
    young = received(office, "新.xls")
    db.session.commit()
    assert list(nightly.forget(date(2026, 3, 8))) == []
    said = list(night.run([nightly.forget], date(2026, 3, 9)))
    assert said == ["忘掉没有确认的导入文件“旧.xls”"]
    assert (old.stage, old.content) == ("dropped", None)
    assert young.content and confirmed.content
    assert list(night.run([nightly.forget], date(2026, 3, 9))) == []
