"""The demonstration district itself: congresses, bodies, people and accounts, before anything is suggested."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from portal.accounts import permissions as p
from portal.accounts.models import Body
from portal.congress.models import Committee, Congress, Delegation, Group, GroupMember, Seat, Session, Term, Unit
from portal.congress.queries import current_term
from portal.congress.rulepacks import shipped_calendar
from portal.core.db import db
from portal.core.workdays import Calendar
from portal.demo.people import Deputy, Household, deputies, table
from portal.founding.offices import Office, found

SEED = 20260512
HELP_LINE = "0000-8812345"
LEADERS = ("主任", "副主任", "副主任", "副主任", "副主任")
# How many days before today the sessions open, and how long each sits: a past year, a running year, a short extra one.
SESSIONS = ((1, 470, 4), (2, 105, 4), (3, 10, 2))


@dataclass
class Letters:
    """The running numbers of the units' letters, by unit and year, and which task got which."""

    last: dict[tuple[str, int], int] = field(default_factory=dict)
    given: dict[int, str] = field(default_factory=dict)


@dataclass
class District:
    """What the lives of the suggestions need to know."""

    now: datetime
    chance: random.Random
    calendar: Calendar
    household: Household
    congress: Congress
    term: Term
    sessions: list[Session] = field(default_factory=list)
    delegations: dict[str, Delegation] = field(default_factory=dict)
    committees: dict[str, Committee] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    sections: dict[str, list[Unit]] = field(default_factory=dict)
    towns: list[Congress] = field(default_factory=list)
    town_units: dict[int, list[str]] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    areas: dict[str, list[str]] = field(default_factory=dict)
    letters: Letters = field(default_factory=Letters)

    @property
    def today(self) -> date:
        """The office's day on which the district is made."""
        return self.now.date()

    def working(self, day: date) -> date:
        """The day itself, or the next one on which offices work."""
        return self.calendar.next_working(day)


def settle(now: datetime) -> District:
    """Everybody and everything of the district, as of `now`."""
    today = now.date()
    chance = random.Random(SEED)  # noqa: S311 - the same district every time
    calendar = shipped_calendar()
    dates = _session_dates(today, calendar)
    since = dates[0][1]
    congress = found(
        Office("示范区人民代表大会", "county", "示范区代表履职", 18, since, dates, "示范区人大", HELP_LINE)
    )
    term = current_term(congress.id, today)
    district = District(now, chance, calendar, Household(chance, since), congress, term)  # type: ignore[arg-type]
    district.sessions = list(
        db.session.query(Session).filter_by(term_id=district.term.id).order_by(Session.number).all()
    )
    _bodies(district)
    _deputies(district)
    _groups(district)
    _office(district)
    _units(district)
    _townships(district)
    db.session.flush()
    return district


def _session_dates(today: date, calendar: Calendar) -> list[tuple[int, date, date]]:
    dates = []
    for number, before, sits in SESSIONS:
        opens = calendar.previous_working(today - timedelta(days=before))
        closes = calendar.add_working_days(opens, sits - 1)
        # The extra session must be over: what a visitor submits today was made between sessions.
        dates.append((number, opens, min(closes, today - timedelta(days=2))))
    return dates


def _bodies(district: District) -> None:
    listed, congress = table("bodies"), district.congress
    inside = {"congress_id": congress.id, "superior_id": congress.id}
    for order, name in enumerate(listed["delegations"], 1):
        district.delegations[name[:2]] = Delegation(
            name=f"{name}代表团", short_name=name, order=order, term_id=district.term.id, **inside
        )
    for order, row in enumerate(listed["committee"], 1):
        district.committees[row["code"]] = Committee(
            name=f"示范区人大{row['name']}", short_name=row["short"], order=order, **inside
        )
    db.session.add_all([*district.delegations.values(), *district.committees.values()])
    db.session.flush()
    for order, (code, (name, short, organ, committee, _mark)) in enumerate(listed["units"].items(), 1):
        unit = Unit(
            name=name, short_name=short, organ=organ, order=order, congress_id=congress.id,
            committee_id=district.committees[committee].id, liaison_line=f"0000-8812{300 + order}",
        )  # fmt: skip
        district.units[code] = unit
    db.session.add_all(district.units.values())
    db.session.flush()
    for code, names in listed["sections"].items():
        district.sections[code] = [
            Unit(name=name, order=n, organ="government", congress_id=congress.id, superior_id=district.units[code].id)
            for n, name in enumerate(names, 1)
        ]
        db.session.add_all(district.sections[code])
    db.session.flush()


def _deputies(district: District) -> None:
    for number, deputy in enumerate(deputies(), 1):
        username = f"deputy{number:02d}"
        _seat(district, username, deputy, district.congress, district.term, district.delegations[deputy.area].id)
        district.areas.setdefault(deputy.area, []).append(username)


def _seat(
    district: District, username: str, deputy: Deputy, congress: Congress, term: Term, delegation_id: int | None
) -> None:
    household = district.household
    person = household.persons.get(username) or household.add(
        username, deputy.name, sex=deputy.sex, nation=deputy.nation, post=deputy.post, **household.facts()
    )
    seat = Seat(
        person=person, role=p.DEPUTY, body_id=congress.id, starts_on=term.starts_on, term_id=term.id,
        delegation_id=delegation_id, constituency=f"{deputy.area}第{district.chance.randint(1, 6)}选区",
        card_number=f"{term.number}{len(district.seats) + 1:04d}", first_term=district.chance.random() < 0.6,
    )  # fmt: skip
    db.session.add(seat)
    if congress is district.congress:
        district.seats[username] = seat


def _groups(district: District) -> None:
    db.session.flush()
    for order, (name, professional) in enumerate(table("bodies")["groups"].items(), 1):
        group = Group(
            name=name, professional=professional, order=order,
            congress_id=district.congress.id, superior_id=district.congress.id,
        )  # fmt: skip
        db.session.add(group)
        db.session.flush()
        members = _members(district, name, professional)
        for place, username in enumerate(members):
            seat = district.seats[username]
            db.session.add(GroupMember(group_id=group.id, seat_id=seat.id, convener=place == 0))


def _members(district: District, name: str, professional: bool) -> list[str]:
    if not professional:
        return district.areas[name[:2]]
    words = ("校", "教师", "教育") if name.startswith("教育") else ("医", "卫生", "护士")
    return [
        username for username, seat in district.seats.items() if any(word in (seat.person.post or "") for word in words)
    ]


def _office(district: District) -> None:
    household, congress = district.household, district.congress
    for number, title in enumerate(LEADERS, 1):
        household.appoint(f"leader{number}", p.LEADER, congress, f"常委会{title}")
    for number in range(1, 26):
        household.appoint(f"member{number:02d}", p.SC_MEMBER, congress, "常委会委员")
    household.appoint("clerk", p.CLERK, congress, "代表工作委员会主任", "高明远")
    household.appoint("clerk2", p.CLERK, congress, "代表工作委员会干部")
    for number, delegation in enumerate(district.delegations.values(), 1):
        household.appoint(f"delegation{number}", p.DELEGATION, delegation, "代表团联络员")
    for code, committee in district.committees.items():
        household.appoint(f"committee-{code}", p.COMMITTEE, committee, "办公室主任")
    household.appoint("govoffice", p.GOV_OFFICE, congress, "区政府督查室副主任")
    household.add("station01", post="清河街道代表联络站站长")  # appointed when the station is there
    for role, username in ((p.SYSTEM_ADMIN, "system"), (p.SECURITY_ADMIN, "security"), (p.AUDITOR, "auditor")):
        household.appoint(username, role, congress, p.ROLE_LABELS[role])
    # One person, two capacities: the first deputy also sits on a committee.
    household.appoint("deputy01", p.COMMITTEE, district.committees["social"], "委员")


def _units(district: District) -> None:
    household = district.household
    for code, unit in district.units.items():
        handler = household.appoint(code, p.HANDLER, unit, "办公室主任")
        signer = household.appoint(f"{code}-signer", p.SIGNER, unit, _head(unit))
        unit.leader_name, unit.liaison_name = signer.name, handler.name
    household.appoint("housing2", p.HANDLER, district.units["housing"], "办公室副主任")
    for code, sections in district.sections.items():
        for number, section in enumerate(sections, 1):
            household.appoint(f"{code}-section{number}", p.SECTION, section, "科长")


def _head(unit: Unit) -> str:
    heads: Mapping[str, str] = {"court": "院长", "procuratorate": "检察长", "company": "总经理"}
    if unit.organ == "town":
        return "镇长" if "镇" in unit.name else "主任"
    if unit.organ == "party":
        return "部长" if unit.name.endswith("部") else "理事长"
    return heads.get(unit.organ, "局长")


def _townships(district: District) -> None:
    for number, (name, units) in enumerate(table("bodies")["towns"].items(), 1):
        opens = district.working(district.household.since - timedelta(days=20))
        town = found(
            Office(
                name=f"{name}人民代表大会", short_name=f"{name}人大", level="township", office_name=f"{name}代表履职",
                term=20, term_starts=opens, sessions=((1, opens, opens),), help_line=HELP_LINE, pack="TW",
            ),
            superior=district.congress,
        )  # fmt: skip
        district.towns.append(town)
        district.household.appoint(f"township{number}", p.CLERK, town, "人大主席团秘书")
        _town_people(district, number, town, units, name[:2])


def _town_people(district: District, number: int, town: Congress, units: list[str], area: str) -> None:
    term = current_term(town.id, district.today)
    for username in district.areas[area][:5]:
        deputy = deputies()[int(username.removeprefix("deputy")) - 1]
        _seat(district, username, deputy, town, term, None)  # type: ignore[arg-type]
    codes = [f"township{number}-unit{n}" for n in range(1, len(units) + 1)]
    for order, (code, name) in enumerate(zip(codes, units, strict=True), 1):
        unit: Body = Unit(name=name, organ="town", order=order, congress_id=town.id)
        db.session.add(unit)
        db.session.flush()
        district.units[code] = unit  # type: ignore[assignment]
        district.household.appoint(code, p.HANDLER, unit, "办公室主任")
        district.household.appoint(f"{code}-signer", p.SIGNER, unit, "副镇长" if "镇" in name else "副乡长")
    district.town_units[number] = codes
