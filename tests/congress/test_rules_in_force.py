"""An item keeps the rules it was submitted under: one before the day and one after it, side by side (settled A26)."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from portal.congress.models import Congress
from portal.congress.rule_actions import begin, set_start, take, write
from portal.congress.rule_queries import items_under, last_adopted
from portal.core.db import db
from tests.suggestions.living import JOINT, Life, life

__all__ = ["life"]


def adopt(life: Life, months: int, day: date) -> int:
    """From `day` on `months` to reply, by the real actions of two clerks; the number of the version."""
    one, other = life.actor("clerk"), life.actor("clerk2")
    congress = db.session.get_one(Congress, one.congress_id)
    draft = begin(one, congress, last_adopted(congress)[0], "", "")
    row = {**draft.content["periods"]["reply"], "amount": months}
    assert write(one, draft, "periods", "reply", row, None)
    set_start(one, draft, day, "本区办法修订。", None)
    take(one, draft, "propose", {})
    take(other, draft, "approve", {})
    db.session.commit()
    return last_adopted(congress)[0].number


@pytest.mark.parametrize("moment", ["2026-03-31T23:59", "2026-04-01T00:00"])
def test_submitted_before_and_after_the_day(
    app: Flask, life: Life, set_clock: Callable[[str], None], moment: str
) -> None:
    with app.app_context():
        assert adopt(life, 2, date(2026, 4, 1)) == 2
        old = life.admitted()
        set_clock(moment)
        db.session.expire_all()  # the next request begins with a session of its own
        new = life.submitted(title="关于增设停车位的建议")
        life.take("clerk", new, "admit", category="0101")
        set_clock("2026-04-01T09:00")
        for one in (old, new):
            life.take("clerk", one, "assign", units=life.rows(JOINT))
        lead = [life.task(one).due for one in (old, new)]
        after = moment.startswith("2026-04-01")
        assert lead == [date(2026, 7, 1), date(2026, 6, 1) if after else date(2026, 7, 1)]
        assert [one.pack.period("reply").amount for one in (old, new)] == [3, 2 if after else 3]


def test_a_draft_written_before_follows_the_rules_of_the_day_it_is_submitted(
    app: Flask, life: Life, set_clock: Callable[[str], None]
) -> None:
    with app.app_context():
        adopt(life, 2, date(2026, 4, 1))
        draft = life.draft()
        assert draft.pack.period("reply").amount == 3
        set_clock("2026-04-02T09:00")
        db.session.expire_all()
        assert life.take("zhang", draft, "submit").pack.period("reply").amount == 2


def test_what_is_sent_back_keeps_the_rules_it_was_first_submitted_under(
    app: Flask, life: Life, set_clock: Callable[[str], None]
) -> None:
    with app.app_context():
        adopt(life, 2, date(2026, 4, 1))
        item = life.submitted()
        life.take("clerk", item, "send_back", reason="请写明小区名称和楼栋。")
        set_clock("2026-04-02T09:00")
        assert life.take("zhang", item, "submit").pack.period("reply").amount == 3


def test_open_items_are_counted_for_the_second_person(app: Flask, life: Life) -> None:
    with app.app_context():
        open_one, closed = life.assigned(), life.closed()
        counted = items_under(life.actor("clerk").congress_id or 0)
        assert counted == {open_one.pack_version_id: 1}
        assert closed.state == "closed"
