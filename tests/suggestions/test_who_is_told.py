"""Who hears of a suggestion: a township's congress lies below the district's, and its clerk is told nothing of it."""

from datetime import date
from typing import Any

from portal.accounts import permissions as p
from portal.core.db import db
from portal.founding.offices import Office, found
from portal.suggestions.audiences import AUDIENCES
from tests.suggestions.living import Life
from tests.support.office import stand

TOWN = Office(*("清河镇人民代表大会", "township", "清河镇代表履职"), term=20, term_starts=date(2026, 1, 10), pack="TW")


def test_a_township_below_hears_nothing_of_the_districts_suggestions(both_engines_session: Any, set_clock: Any):
    """Red while a body below counted as a part of the one above: the town's clerk was among those told."""
    set_clock("2026-03-02T09:00")
    office = stand()
    office.post("town", "镇人大秘书", p.CLERK, found(TOWN, superior=office.congress))
    db.session.commit()
    told = AUDIENCES["clerks"](Life(office).submitted())
    assert set(told) == {office.people["clerk"].id, office.people["clerk2"].id}
