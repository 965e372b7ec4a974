"""The pack's ladder, lived night by night: who is told on which day, in the inbox and by mail (S4, A14, A75)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import commands
from portal.congress import rulepacks
from portal.congress.pack_models import CalendarDay
from portal.core import clock
from portal.core.db import db
from portal.jobs import night, worker
from portal.notifications.models import Notification, Wish
from portal.suggestions.models import Suggestion
from portal.suggestions.nightly import remind
from tests.suggestions.living import JOINT, SOLE, Life
from tests.support.gateways import MailServer, mail_server

DUE = date(2026, 6, 2)


@pytest.fixture
def mail(app: Flask) -> Iterator[MailServer]:
    before = app.config["SETTINGS"]
    with mail_server() as server:
        app.config["SETTINGS"] = replace(before, **server.settings())
        yield server
    app.config["SETTINGS"] = before


@pytest.fixture
def office(life: Life, app: Flask, mail: MailServer) -> Iterator[Life]:
    """The office on 2 March 2026 with mail for the people who are told; 6 April is a rest day, as in the scenarios."""
    with app.app_context():
        for name in ("housing", "housing-signer", "clerk", "govoffice", "zhang"):
            db.session.add(Wish(person_id=life.people[name], mail_address=f"{name}@example.cn", mail="reminders"))
        db.session.commit()
        yield life
        db.session.rollback()


def live_until(last: date, set_clock: Callable[[str], None], first: date) -> None:
    """Every night at 00:05 and every morning at 9:00 of each day, as the worker would."""
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for moment in ("00:05", "09:00"):
            set_clock(f"{day}T{moment}")
            if moment == "00:05":
                list(night.run((remind,), day))
            worker.run_all(commands.HANDLERS)


def told(life: Life, who: str, kind: str = "unit_task.remind") -> list[tuple[str, str]]:
    """(day, how much is left) of the person's reminders, from the inbox."""
    mine = Notification.person_id == life.people[who], Notification.kind == kind
    lines = db.session.scalars(select(Notification).where(*mine).order_by(Notification.at))
    return [(clock.office(line.at).strftime("%m-%d"), line.title.rpartition("，")[2]) for line in lines]


def subjects(mail: MailServer, who: str) -> list[str]:
    """The subjects of the person's letters."""
    return [str(letter["Subject"]) for letter in mail.to(f"{who}@example.cn")]


def assigned(life: Life) -> Suggestion:
    suggestion = life.assigned(SOLE)
    db.session.commit()
    assert life.task(suggestion).due == DUE
    worker.run_all(commands.HANDLERS)
    return suggestion


def test_the_ladder_of_s4(office: Life, mail: MailServer, set_clock: Callable[[str], None]) -> None:
    """S4: reminders 18, 26, 30 May and 2 June; 3 June red, overdue 1 day. 30 May is a Saturday: mail on 1 June."""
    suggestion = assigned(office)
    office.contacted(office.task(suggestion))
    db.session.commit()
    worker.run_all(commands.HANDLERS)
    mail.letters.clear()
    live_until(date(2026, 6, 5), set_clock, date(2026, 5, 10))
    ladder = [("05-18", "还有15天"), ("05-26", "还有7天"), ("05-30", "还有3天"), ("06-02", "今天到期")]
    late = [("06-03", "逾期1天"), ("06-04", "逾期2天"), ("06-05", "逾期3天")]
    assert told(office, "housing") == ladder + late
    assert told(office, "clerk") == told(office, "govoffice") == late
    assert told(office, "housing-signer") == told(office, "water") == []
    number = suggestion.number_text
    wanted = [f"{number}：{words}，请登录办理。" for _, words in ladder + late]
    assert subjects(mail, "housing") == wanted
    assert all("加装电梯" not in letter.as_string() + letter.get_content() for _, letter in mail.letters)
    assert f"/suggestions/{suggestion.public_id}" in mail.to("housing@example.cn")[0].get_content()


def test_mail_waits_for_the_working_morning(office: Life, mail: MailServer, set_clock: Callable[[str], None]) -> None:
    assigned(office)
    mail.letters.clear()
    set_clock("2026-05-30T00:05")  # a Saturday
    list(night.run((remind,), date(2026, 5, 30)))
    for moment in ("2026-05-30T12:00", "2026-05-31T12:00", "2026-06-01T08:59"):
        set_clock(moment)
        worker.run_all(commands.HANDLERS)
        assert told(office, "housing") == [("05-30", "还有3天")] and not mail.letters
    set_clock("2026-06-01T09:00")
    worker.run_all(commands.HANDLERS)
    assert len(subjects(mail, "housing")) == 1


def test_a_jump_of_days_tells_each_in_the_inbox_and_mails_the_last(
    office: Life, mail: MailServer, set_clock: Callable[[str], None]
) -> None:
    """A75: the worker was away from 10 May to 4 June."""
    assigned(office)
    mail.letters.clear()
    set_clock("2026-05-10T09:00")
    assert night.run_due((remind,)) == 1
    set_clock("2026-06-04T10:00")
    assert night.run_due((remind,)) == 25
    worker.run_all(commands.HANDLERS)
    days = [day for day, _ in told(office, "housing")]
    assert days == ["05-18", "05-26", "05-30", "06-02", "06-03", "06-04"]
    assert [words[-12:] for words in subjects(mail, "housing")] == ["：逾期2天，请登录办理。"]


def test_repeating_a_night_says_nothing_twice(office: Life, mail: MailServer, set_clock: Callable[[str], None]) -> None:
    assigned(office)
    mail.letters.clear()
    set_clock("2026-05-18T09:00")
    for _ in range(3):
        list(night.run((remind,), date(2026, 5, 18)))
        worker.run_all(commands.HANDLERS)
    assert len(told(office, "housing")) == 1 and len(mail.letters) == 1


def test_what_is_with_the_signer_reminds_the_signer_too(office: Life, set_clock: Callable[[str], None]) -> None:
    suggestion = assigned(office)
    office.drafted(office.task(suggestion))
    db.session.commit()
    live_until(date(2026, 5, 26), set_clock, date(2026, 5, 26))
    assert told(office, "housing-signer") == told(office, "housing") == [("05-26", "还有7天")]


def test_an_answered_task_is_left_in_peace(office: Life, set_clock: Callable[[str], None]) -> None:
    suggestion = assigned(office)
    office.replied(office.task(suggestion))
    db.session.commit()
    live_until(date(2026, 6, 4), set_clock, date(2026, 5, 17))
    assert told(office, "housing") == []


def test_assist_opinions_have_their_own_ladder(office: Life, set_clock: Callable[[str], None]) -> None:
    office.assigned(JOINT)
    db.session.commit()
    worker.run_all(commands.HANDLERS)
    live_until(date(2026, 4, 3), set_clock, date(2026, 3, 10))
    assert told(office, "water") == [
        ("03-18", "还有15天"), ("03-26", "还有7天"), ("03-30", "还有3天"), ("04-02", "今天到期"), ("04-03", "逾期1天"),
    ]  # fmt: skip
    assert told(office, "clerk") == [("04-03", "逾期1天")]


def test_first_contact_is_warned_of_on_its_last_day_and_after(office: Life, set_clock: Callable[[str], None]) -> None:
    """A22: 20 working days from 2 March are 30 March 2026."""
    assigned(office)
    live_until(date(2026, 4, 2), set_clock, date(2026, 3, 20))
    days = [day for day, _ in told(office, "housing", "unit_task.first_contact")]
    assert days == ["03-30", "03-31"]
    assert [day for day, _ in told(office, "clerk", "unit_task.first_contact")] == ["03-31"]


def test_the_deputy_is_urged_once_before_the_time_to_rate_ends(
    office: Life, mail: MailServer, set_clock: Callable[[str], None]
) -> None:
    """A19: S0's reply of 20 May gives until 10 June; three working days before is 5 June."""
    suggestion = assigned(office)
    set_clock("2026-05-20T10:00")
    office.replied(office.task(suggestion))
    db.session.commit()
    worker.run_all(commands.HANDLERS)
    assert office.task(suggestion).feedback_due == date(2026, 6, 10)
    mail.letters.clear()
    live_until(date(2026, 6, 12), set_clock, date(2026, 6, 1))
    assert [day for day, _ in told(office, "zhang", "unit_task.urge_rating")] == ["06-05"]
    assert len(subjects(mail, "zhang")) == 1


def test_clerks_hear_of_what_is_to_be_assigned(office: Life, set_clock: Callable[[str], None]) -> None:
    office.admitted()
    office.submitted(by="li")
    db.session.commit()
    due = db.session.scalars(select(Suggestion.assign_due)).first()
    assert due == date(2026, 3, 9)
    live_until(date(2026, 3, 11), set_clock, date(2026, 3, 3))
    mine = Notification.person_id == office.people["clerk"], Notification.kind == "suggestion.remind"
    lines = db.session.scalars(select(Notification).where(*mine).order_by(Notification.at)).all()
    assert [line.title.partition("：")[2] for line in lines] == ["3天后到期2件", "今天到期2件", "已逾期2件", "已逾期2件"]


def test_a_dry_run_says_what_would_be_told(office: Life, app: Flask, set_clock: Callable[[str], None]) -> None:
    assigned(office)
    set_clock("2026-05-26T08:00")
    said = app.test_cli_runner().invoke(args=["nightly", "--dry-run"]).output
    assert "区住建局　2026-06-02到期，还有7天" in said and "（未执行）" in said
    assert told(office, "housing") == []


def test_no_line_bears_a_moment_to_come(office: Life, set_clock: Callable[[str], None]) -> None:
    assigned(office)
    set_clock("2026-05-17T23:00")
    list(night.run((remind,), date(2026, 5, 18)))
    worker.run_all(commands.HANDLERS)
    line = db.session.scalars(select(Notification).where(Notification.kind == "unit_task.remind")).first()
    assert line.at <= datetime(2026, 5, 17, 23, 0, tzinfo=clock.OFFICE_ZONE)


def test_a_rest_day_of_the_calendar_counts(office: Life, mail: MailServer, set_clock: Callable[[str], None]) -> None:
    assigned(office)
    mail.letters.clear()
    for day in (date(2026, 5, 18),):
        db.session.add(CalendarDay(day=day, year=2026, working=False, name="放假", source="本办公室"))
    db.session.commit()
    rulepacks._calendar = None
    live_until(date(2026, 5, 18), set_clock, date(2026, 5, 18))
    assert told(office, "housing") == [("05-18", "还有15天")] and not mail.letters
    live_until(date(2026, 5, 19), set_clock, date(2026, 5, 19))
    assert len(subjects(mail, "housing")) == 1


def test_of_a_closed_item_nobody_is_reminded(office: Life, set_clock: Callable[[str], None]) -> None:
    """An opinion that never came: the lead answered without it, the deputy has rated, the item is closed."""
    suggestion = office.assigned(JOINT)
    set_clock("2026-04-07T09:00")
    task = office.drafted(office.task(suggestion))
    office.act("housing-signer", task, "sign_reply", missing_opinions_note="区水务局的会办意见逾期未交。")
    office.rated(task)
    db.session.commit()
    assert suggestion.state == "closed" and office.task(suggestion, "water").state == "pending"
    live_until(date(2026, 4, 10), set_clock, date(2026, 4, 8))
    assert told(office, "water") == [] == told(office, "clerk")
