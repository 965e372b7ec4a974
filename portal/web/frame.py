"""What stands around every page: the office's name, who is acting, the menu with its counts, the notes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import current_app, g, get_flashed_messages, request, url_for

from portal.accounts import permissions as p
from portal.accounts.actor import ANYBODY, Actor
from portal.core import clock
from portal.web.access import actor


@dataclass(frozen=True)
class Entry:
    """One menu entry; `count` is what waits behind it."""

    label: str
    url: str
    icon: str
    count: int = 0
    current: bool = False


@dataclass(frozen=True)
class Frame:
    office: str
    layout: str
    person: str | None
    capacity: str
    capacities: tuple[tuple[str, str, bool], ...]
    menu: tuple[Entry, ...]
    unread: int
    notes: list[tuple[str, str]]
    phone: str
    theme: str
    large: bool
    demo: bool
    today: date


Menu = tuple[tuple[str, str, str, str], ...]
Counts = Callable[[Actor], Mapping[str, int]]

# label, endpoint, icon, key of the count
DEPUTY_MENU: Menu = (
    ("首页", "overview.home", "house-door", ""),
    ("建议", "suggestions.index", "file-text", ""),
    ("写建议", "suggestions.new", "plus-circle", ""),
    ("消息", "notifications.index", "bell", "unread"),
    ("我的", "accounts.me", "person", ""),
)
HOME = ("首页", "overview.home", "house-door", "")
MENUS: Mapping[str, Menu] = {
    p.DEPUTY: DEPUTY_MENU,
    p.CLERK: (
        ("审查", "desk.screening", "inbox", "screening"),
        ("交办", "desk.assigning", "send", "assigning"),
        ("办理", "suggestions.index", "hourglass-split", "handling"),
        ("待研究", "desk.reviewing", "arrow-repeat", "reviewing"),
        ("代表", "congress.deputies", "people", ""),
        ("单位", "congress.units", "building", ""),
        ("导入", "imports.index", "upload", ""),
        ("办法与日历", "congress.rules", "calendar3", ""),
    ),
    p.DELEGATION: (HOME, ("会上建议", "suggestions.index", "inbox", "")),
    p.GOV_OFFICE: (HOME, ("政府系统建议", "suggestions.index", "hourglass-split", "")),
    p.HANDLER: (HOME, ("承办的建议", "suggestions.index", "hourglass-split", "")),
    p.SIGNER: (HOME, ("承办的建议", "suggestions.index", "hourglass-split", "")),
    p.SECTION: (HOME, ("承办的建议", "suggestions.index", "hourglass-split", "")),
    p.LEADER: (HOME, ("代表建议", "suggestions.index", "file-text", "")),
    p.SC_MEMBER: (HOME, ("代表建议", "suggestions.index", "file-text", "")),
    p.COMMITTEE: (HOME, ("对口建议", "suggestions.index", "file-text", "")),
    p.STATION: (HOME,),
    p.SYSTEM_ADMIN: (("账号", "accounts.index", "people", ""), ("运行情况", "overview.system", "activity", "")),
    p.SECURITY_ADMIN: (("账号", "accounts.index", "shield-lock", ""),),
    p.AUDITOR: (("日志", "audit.index", "journal-text", ""),),
}


@dataclass
class Surroundings:
    """Filled by the assembly: who counts what waits, who lists capacities, what the office is called."""

    counts: Counts = field(default=lambda _: {})
    office: Callable[[Actor], str] = field(default=lambda _: "代表履职")
    unread: Callable[[Actor], int] = field(default=lambda _: 0)
    capacities: Callable[[Actor], tuple[tuple[str, str, bool], ...]] = field(default=lambda _: ())
    wishes: Callable[[Actor], tuple[str, bool]] = field(default=lambda _: ("auto", False))


def surroundings() -> Surroundings:
    """This application's own surroundings."""
    return current_app.extensions.setdefault("portal.surroundings", Surroundings())


def build() -> Frame:
    """The frame for the request at hand, built once."""
    if "frame" not in g:
        g.frame = _build(actor())
    return g.frame


def _build(who: Actor) -> Frame:
    settings = current_app.config["SETTINGS"]
    around = surroundings()
    signed_in = who is not ANYBODY and who.person_id is not None
    theme, large = around.wishes(who) if signed_in else ("auto", False)
    return Frame(
        office=around.office(who),
        layout=_layout(who, signed_in),
        person=who.name if signed_in else None,
        capacity=who.label if signed_in else "",
        capacities=around.capacities(who) if signed_in else (),
        menu=_menu(who, around.counts(who)) if signed_in else (),
        unread=around.unread(who) if signed_in else 0,
        notes=[(kind, text) for kind, text in get_flashed_messages(with_categories=True)],
        phone=settings.help_line,
        theme=theme,
        large=large,
        demo=settings.demo,
        today=clock.today(),
    )


def _layout(who: Actor, signed_in: bool) -> str:
    if not signed_in:
        return "layouts/plain.html"
    return "layouts/deputy.html" if who.role == p.DEPUTY else "layouts/desk.html"


def _menu(who: Actor, counts: Mapping[str, int]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for label, endpoint, icon, key in MENUS.get(who.role, (HOME,)):
        if endpoint not in current_app.view_functions:
            continue
        current = request.endpoint == endpoint
        entries.append(Entry(label, url_for(endpoint), icon, counts.get(key, 0), current))
    return tuple(entries)


