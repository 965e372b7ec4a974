"""What stands around every page: the office's name, who is acting, the menu with its counts, the notes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from flask import Flask, current_app, g, get_flashed_messages, request

from portal.accounts import permissions as p
from portal.accounts.actor import ANYBODY, Actor
from portal.accounts.queries import Standing
from portal.core import clock
from portal.web.access import actor, capacities, standing


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
    links: Mapping[str, str]


@dataclass(frozen=True)
class Around:
    """What must be asked of the database for every page: name and telephone of the office, unread lines, the desks."""

    office: str = "代表履职"
    phone: str = ""
    unread: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


Menu = tuple[tuple[str, str, str, str], ...]

# label, endpoint, icon, key of the count
DEPUTY_MENU: Menu = (
    ("首页", "overview.home", "house-door", ""),
    ("建议", "suggestions.index", "file-text", ""),
    ("写建议", "suggestions.new", "plus-circle", ""),
    ("消息", "notifications.index", "bell", "unread"),
    ("我的", "accounts.me", "person", ""),
)
HOME = ("首页", "overview.home", "house-door", "")
# Not for a capacity that rests (代表法 61) or is over: it reads.
SIGNING = ("suggestions.new",)
MENUS: Mapping[str, Menu] = {
    p.DEPUTY: DEPUTY_MENU,
    p.CLERK: (
        ("审查", "desk.screening", "inbox", "screening"),
        ("交办", "desk.assigning", "send", "assigning"),
        ("办理", "suggestions.index", "hourglass-split", "handling"),
        ("刚刚逾期", "desk.late", "exclamation-triangle", "just_late"),
        ("待决定", "desk.deciding", "question-circle", "deciding"),
        ("待研究", "desk.reviewing", "arrow-repeat", "reviewing"),
        ("退办情况", "figures.returns", "bar-chart", ""),
        ("群众意见", "matters.index", "chat-dots", "matters"),
        ("双联系", "contacts.home", "person-lines-fill", ""),
        ("履职档案", "dossier.index", "journal-check", ""),
        ("培训和活动", "activities.index", "calendar-event", ""),
        ("通知公告", "notices.index", "megaphone", ""),
        ("联络站", "stations.kept", "geo-alt", ""),
        ("代表", "congress.deputies", "people", ""),
        ("单位", "congress.units", "building", ""),
        ("导入", "imports.index", "upload", ""),
        ("办法与日历", "congress.rules", "calendar3", ""),
    ),
    p.DELEGATION: (
        HOME,
        ("会上建议", "suggestions.index", "inbox", ""),
        ("活动", "activities.index", "calendar-event", ""),
        ("双联系", "contacts.home", "person-lines-fill", ""),
    ),
    p.GOV_OFFICE: (
        HOME,
        ("政府系统建议", "suggestions.index", "hourglass-split", ""),
        ("刚刚逾期", "desk.late", "exclamation-triangle", "just_late"),
        ("退办情况", "figures.returns", "bar-chart", ""),
    ),
    p.HANDLER: (
        HOME,
        ("承办的建议", "suggestions.index", "hourglass-split", ""),
        ("群众意见", "matters.index", "chat-dots", ""),
        ("双联系", "contacts.home", "person-lines-fill", ""),
    ),
    p.SIGNER: (
        HOME,
        ("承办的建议", "suggestions.index", "hourglass-split", ""),
        ("群众意见", "matters.index", "chat-dots", ""),
        ("双联系", "contacts.home", "person-lines-fill", ""),
    ),
    p.SECTION: (HOME, ("承办的建议", "suggestions.index", "hourglass-split", "")),
    p.LEADER: (
        HOME,
        ("代表建议", "suggestions.index", "file-text", ""),
        ("群众意见", "matters.index", "chat-dots", ""),
        ("活动", "activities.index", "calendar-event", ""),
        ("通知", "notices.index", "megaphone", ""),
        ("双联系", "contacts.home", "person-lines-fill", ""),
    ),
    p.SC_MEMBER: (
        HOME,
        ("代表建议", "suggestions.index", "file-text", ""),
        ("活动", "activities.index", "calendar-event", ""),
        ("通知", "notices.index", "megaphone", ""),
        ("双联系", "contacts.home", "person-lines-fill", ""),
    ),
    p.COMMITTEE: (
        HOME,
        ("对口建议", "suggestions.index", "file-text", ""),
        ("活动", "activities.index", "calendar-event", ""),
        ("通知", "notices.index", "megaphone", ""),
        ("双联系", "contacts.home", "person-lines-fill", ""),
    ),
    p.STATION: (
        HOME,
        ("群众留言", "messages.index", "inbox", "messages"),
        ("群众意见", "matters.index", "chat-dots", "matters"),
        ("联络站", "stations.kept", "geo-alt", ""),
    ),
    p.SYSTEM_ADMIN: (("账号", "accounts.index", "people", ""), ("运行情况", "overview.system", "activity", "")),
    p.SECURITY_ADMIN: (("账号", "accounts.index", "shield-lock", ""),),
    p.AUDITOR: (("日志", "audit.index", "journal-text", ""),),
}


@dataclass
class Surroundings:
    """Filled by the assembly: who looks around, in one statement."""

    look: Callable[[Actor], Around] = field(default=lambda _: Around())
    paths: dict[str, str] = field(default_factory=dict)


LINKS = (
    ("home", "overview.home"),
    ("notices", "notifications.index"),
    ("search", "suggestions.index"),
    ("large", "accounts.large"),
    ("theme", "accounts.theme"),
    ("switch", "accounts.switch"),
    ("sign_out", "accounts.sign_out"),
    ("sign_in", "accounts.sign_in"),
    ("me", "accounts.me"),
)
# Whoever is not signed in gets no form in the frame: its token would need a session and a cookie.
ANYBODYS_LINKS = frozenset({"home", "sign_in"})


def surroundings(app: Flask) -> Surroundings:
    """This application's own surroundings."""
    return app.extensions.setdefault("portal.surroundings", Surroundings())


def build() -> Frame:
    """The frame for the request at hand, built once."""
    if "frame" not in g:
        g.frame = _build(actor(), standing())
    return g.frame


def build_public() -> Frame:
    """The frame of a page that is the same for everybody, so that anybody's cache may keep it: nobody is signed in."""
    return replace(_build(ANYBODY, None), theme="light")


def _build(who: Actor, known: Standing | None) -> Frame:
    settings = current_app.config["SETTINGS"]
    around = surroundings(current_app).look(who)
    return Frame(
        office=around.office,
        layout=_layout(who, known is not None),
        person=known.name if known else None,
        capacity=who.label if known else "",
        capacities=_capacities(who) if known else (),
        menu=_menu(who, {"unread": around.unread, **around.counts}) if known else (),
        unread=around.unread,
        notes=list(get_flashed_messages(with_categories=True)) if known else [],  # type: ignore[arg-type]
        phone=around.phone or settings.help_line,
        theme=known.theme if known else "auto",
        large=known.large_type if known else False,
        demo=settings.demo,
        today=clock.today(),
        links={
            name: _address(endpoint)
            for name, endpoint in LINKS
            if _opens(who, endpoint) and (known or name in ANYBODYS_LINKS)
        },
    )


def _capacities(who: Actor) -> tuple[tuple[str, str, bool], ...]:
    return tuple((one.id, one.label, one.key == who.capacity_id) for one in capacities())


def _layout(who: Actor, signed_in: bool) -> str:
    if not signed_in:
        return "layouts/plain.html"
    return "layouts/deputy.html" if who.role == p.DEPUTY else "layouts/desk.html"


def _menu(who: Actor, counts: Mapping[str, int]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for label, endpoint, icon, key in MENUS.get(who.role, (HOME,)):
        if _opens(who, endpoint) and (who.seat_active or endpoint not in SIGNING):
            entries.append(Entry(label, _address(endpoint), icon, counts.get(key, 0), endpoint == _here(who)))
    return tuple(entries)


def _opens(who: Actor, endpoint: str) -> bool:
    """Whether the door behind a link is there and opens to this actor; nobody is shown a door that says 404."""
    access = getattr(current_app.view_functions.get(endpoint), "access", None)
    return access is not None and (not access.permissions or any(who.may(one) for one in access.permissions))


def _address(endpoint: str) -> str:
    """url_for() of a page without parameters, looked up once: a frame names some twenty."""
    paths = surroundings(current_app).paths
    if endpoint not in paths:
        paths[endpoint] = current_app.url_map.bind("").build(endpoint)
    return f"{request.script_root}{paths[endpoint]}"


def _here(who: Actor) -> str:
    """The menu entry that the page at hand belongs to: its own, the one above its address, else one of its domain."""
    offered = [row[1] for row in MENUS.get(who.role, (HOME,))]
    if request.endpoint in offered:
        return request.endpoint
    above = (
        one for one in offered if one in current_app.view_functions and request.path.startswith(f"{_address(one)}/")
    )
    if found := next(above, ""):
        return found
    called = request.blueprint or ""
    domain = {"tasks": "suggestions", "sheets": "suggestions", "activity_desk": "activities"}.get(called, called)
    return next((endpoint for endpoint in offered if endpoint.split(".")[0] == domain), "")
