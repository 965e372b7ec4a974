"""Walking an item through the pages as the people of the small office, under any pack, on either engine.

    walk = walking(app, set_clock, "CQ", reassign_keeps_due=False)
    item = walk.begin(lambda life: life.assigned(JOINT))
    walk.submit("housing", f"/tasks/{item.task('housing')}/steps/receive")
"""

import json
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal import commands
from portal.accounts.models import Body
from portal.audit.queries import history
from portal.congress import rulepacks
from portal.core import clock
from portal.core.db import db
from portal.jobs import worker
from portal.notifications.models import Notification
from portal.suggestions.models import Suggestion
from tests.suggestions.living import Life
from tests.support.html import Page
from tests.support.inspecting import InspectingClient, signed_in_as
from tests.support.office import stand

DAY = "2026-03-02T09:00"
CONTACT = {"form": "face", "who": "王科长", "summary": "当面听取意见，商定方案。"}


class Walk:
    """One office seen through its pages; `submit` fills in the page's form, `press` sends without having seen it."""

    def __init__(self, app: Flask, life: Life):
        self.app, self.life = app, life
        self._clients: dict[str, InspectingClient] = {}

    def client(self, who: str) -> InspectingClient:
        if who not in self._clients:
            self._clients[who] = signed_in_as(self.app, who)
        return self._clients[who]

    def begin(self, make: Callable[[Life], Suggestion]) -> "Item":
        """What was made by actions, without a page."""
        with self.app.app_context():
            public_id = make(self.life).public_id
            db.session.commit()
            db.session.remove()
        return Item(self, public_id)

    def page(self, who: str, path: str, status: int = 200) -> Page:
        return self.client(who).page(path, status)

    def submit(self, who: str, path: str, status: int = 303, /, **values: Any) -> Page:
        """Open the page that asks, fill in, send; the page that answers, after a redirect the one it leads to."""
        answer = self.client(who).submit(path, values, action=path)
        page = Page(answer.text)
        assert answer.status_code == status, f"{path}: {answer.status_code} {page.text[:400]}"
        if status != 303:
            return page
        again = self.client(who).get(answer.location)
        return Page(again.text)

    def press(self, who: str, path: str, status: int = 303, /, once: str = "", **values: Any) -> Page:
        """Send without the page: as an old page, a second tap or a program would."""
        csrf = self.page(who, "/me").form().fields["csrf_token"]
        sent = {"csrf_token": csrf, "once": once or secrets.token_urlsafe(16), **values}
        answer = self.client(who).post(path, data=sent, headers={"Referer": f"http://localhost{path}"})
        page = Page(answer.text)
        assert answer.status_code == status, f"{path}: {answer.status_code} {page.text[:400]}"
        return page

    def told(self, who: str) -> str:
        """The person's inbox, newest first, as one text."""
        with self.app.app_context():
            worker.run_all(commands.HANDLERS)
            mine = Notification.person_id == self.life.people[who]
            lines = db.session.scalars(select(Notification.title).where(mine).order_by(Notification.id.desc()))
            return "\n".join(lines)


class Item:
    """One suggestion: its places, and what is on record about it now."""

    def __init__(self, walk: Walk, public_id: str):
        self.walk, self.id = walk, public_id
        self.address = f"/suggestions/{public_id}"

    def see(self, read: Callable[[Suggestion], Any]) -> Any:
        """What `read` finds out about the suggestion as it stands in the database."""
        with self.walk.app.app_context():
            return read(db.session.scalars(select(Suggestion).where(Suggestion.public_id == self.id)).one())

    def task(self, unit: str, live: bool = True) -> str:
        """The public id of the unit's latest live (or ended) part."""
        wanted = self.walk.life.bodies[unit]
        mine = self.see(lambda s: [t.public_id for t in s.tasks if t.unit.public_id == wanted and t.live == live])
        assert mine, f"{unit} has no {'live' if live else 'ended'} part"
        return str(mine[-1])

    def part(self, unit: str, name: str) -> Any:
        """One attribute of the unit's live part."""
        wanted = self.task(unit)
        return self.see(lambda s: next(getattr(t, name) for t in s.tasks if t.public_id == wanted))

    @property
    def state(self) -> str:
        return str(self.see(lambda s: s.state))

    @property
    def closed_as(self) -> str | None:
        return self.see(lambda s: s.closed_as)  # type: ignore[no-any-return]

    @property
    def units(self) -> list[tuple[str, str, str, date | None]]:
        """(unit, role, state, due) of the live parts."""
        live = self.see(lambda s: [(t.unit.name, t.role, t.state, t.due) for t in s.tasks if t.live])
        return sorted(live)

    @property
    def said(self) -> str:
        """The whole history, newest first, as one text."""
        return str(self.see(lambda s: "\n".join(line.said for line in reversed(history(s.audit_subject)))))

    # The ordinary way, by actions: what these tests are not about.

    def replied(self, unit: str = "housing", grade: str = "A") -> None:
        self._act(lambda life, task: life.replied(task, unit, grade), unit)

    def drafted(self, unit: str = "housing") -> None:
        self._act(lambda life, task: life.drafted(task, unit), unit)

    def received(self, unit: str = "housing") -> None:
        self._act(lambda life, task: life.act(unit, task, "receive"), unit)

    def rated(self, unit: str = "housing", level: str = "satisfied", reason: str = "没有解决。") -> None:
        self._act(lambda life, task: life.rated(task, level, reason=reason), unit)

    def _act(self, do: Callable[[Life, Any], Any], unit: str) -> None:
        wanted = self.task(unit)
        with self.walk.app.app_context():
            item = db.session.scalars(select(Suggestion).where(Suggestion.public_id == self.id)).one()
            do(self.walk.life, next(t for t in item.tasks if t.public_id == wanted))
            db.session.commit()
            db.session.remove()


def walking(app: Flask, set_clock: Callable[[str], None], pack: str = "Q", **flags: Any) -> Walk:
    """The small office on 2 March 2026 under a pack with some policies changed; one unit more, outside government."""
    set_clock(DAY)
    with app.app_context():
        office = stand(pack)
        office.unit("court", "区法院", organ="court")
        if flags:
            office.congress.pack_version_id = _changed(pack, flags).id
        life = Life(office)
        db.session.commit()
        db.session.remove()
    return Walk(app, life)


def _changed(pack: str, flags: dict[str, Any]) -> Any:
    shipped = rulepacks.current_version(pack, clock.today())
    assert shipped is not None
    content = json.loads(json.dumps(shipped.content))
    for key, value in flags.items():
        content["policies"][key]["value"] = value
    version = rulepacks.version_of(shipped.pack, content, 2, rulepacks.SHIPPED_FROM)
    db.session.add(version)
    db.session.flush()
    return version


def unit_name(walk: Walk, unit: str) -> str:
    """What the unit is called on pages."""
    with walk.app.app_context():
        found = db.session.scalars(select(Body.name).where(Body.public_id == walk.life.bodies[unit])).one()
        return str(found)
