"""From the inbox line to the letter: wishes, quiet hours, a digest a day, receipts, and what trouble leaves behind."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from portal import commands
from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.jobs import night, worker
from portal.jobs import queries as jobs
from portal.jobs.actions import again
from portal.jobs.models import Job
from portal.notifications import actions, courier, nightly, queries
from portal.notifications.channels import Unsure
from portal.notifications.models import Delivery, Wish
from tests.suggestions.living import Life
from tests.support.gateways import MailServer, gateway, mail_server

ADDRESS = "gao@example.cn"
OUTSIDE = actions.Outside("十八届一次第37号有新情况，请登录查看。")


@pytest.fixture
def mail(app: Flask) -> Iterator[MailServer]:
    before = app.config["SETTINGS"]
    with mail_server() as server:
        app.config["SETTINGS"] = replace(before, **server.settings())
        yield server
    app.config["SETTINGS"] = before


@pytest.fixture
def clerk(life: Life, app: Flask) -> Iterator[int]:
    """The clerk's id, on the morning of Monday 2 March 2026."""
    with app.app_context():
        yield life.people["clerk"]
        db.session.rollback()


def wish(person: int, **chosen: object) -> None:
    with writing_transaction():
        db.session.add(Wish(person_id=person, **{"mail_address": ADDRESS, "mail": "all", **chosen}))


def told(person: int, effect: str = "note:1", **more: object) -> None:
    with writing_transaction():
        outside = more.pop("outside", OUTSIDE)
        actions.tell([person], "note.send", "《关于某事的建议》：退回补充", "/suggestions/x", effect, outside=outside)
    worker.run_all(commands.HANDLERS)


def all_due() -> None:
    with writing_transaction():
        for job in db.session.scalars(select(Job)):
            job.due_at = clock.real()
    worker.run_all(commands.HANDLERS)


def test_a_line_leaves_with_number_and_link_only(clerk: int, mail: MailServer) -> None:
    wish(clerk)
    told(clerk)
    [(to, letter)] = mail.letters
    assert to == ADDRESS
    assert "十八届一次第37号有新情况" in str(letter["Subject"]) and "/suggestions/x" in letter.get_content()
    assert "某事" not in letter.as_string() + letter.get_content()
    assert queries.line(clerk, "note:1").mailed_at is not None


def test_nobody_without_wishes_gets_mail(clerk: int, mail: MailServer) -> None:
    told(clerk)
    assert not mail.letters and queries.unread(clerk) == 1


def test_a_line_without_words_for_outside_stays_inside(clerk: int, mail: MailServer) -> None:
    wish(clerk)
    told(clerk, outside=None)
    assert not mail.letters and queries.unread(clerk) == 1


@pytest.mark.parametrize("moment, leaves", [
    ("2026-03-02T19:59", "2026-03-02T19:59"), ("2026-03-02T20:00", "2026-03-03T08:00"),
    ("2026-03-06T22:00", "2026-03-09T08:00"), ("2026-03-07T10:00", "2026-03-09T08:00"),
    ("2026-03-03T07:00", "2026-03-03T08:00"), ("2026-02-28T10:00", "2026-02-28T10:00"),
])  # fmt: skip
def test_quiet_hours_and_rest_days(
    clerk: int, mail: MailServer, set_clock: Callable[[str], None], moment: str, leaves: str
) -> None:
    """28 February 2026 is a Saturday on which offices work."""
    wish(clerk)
    set_clock(moment)
    told(clerk)
    assert len(mail.letters) == (moment == leaves)
    if moment != leaves:
        minute = int(leaves[-1:])
        set_clock(leaves[:-5] + "07:59" if minute == 0 else leaves)
        all_due()
        assert not mail.letters
    set_clock(leaves)
    all_due()
    assert len(mail.letters) == 1


def test_reminders_only_means_reminders_only(clerk: int, mail: MailServer) -> None:
    wish(clerk, mail="reminders")
    told(clerk)
    assert not mail.letters
    told(clerk, "remind:1", outside=actions.Outside("十八届一次第37号：还有7天。", clock.now()))
    assert len(mail.letters) == 1


def test_the_digest_is_one_mail_a_working_day(
    clerk: int, mail: MailServer, set_clock: Callable[[str], None]
) -> None:
    wish(clerk, mail="digest")
    for number in range(3):
        told(clerk, f"note:{number}", outside=actions.Outside(f"第{number}号有新情况，请登录查看。"))
    assert not mail.letters
    for day in ("2026-03-03", "2026-03-04"):
        set_clock(f"{day}T00:05")
        for _ in range(2):
            list(night.run((nightly.digest,), date.fromisoformat(day)))
        worker.run_all(commands.HANDLERS)
        assert len(mail.letters) == (day != "2026-03-03")
        set_clock(f"{day}T09:00")
        worker.run_all(commands.HANDLERS)
    [(_, letter)] = mail.letters
    assert letter["Subject"] == "您有3条未读消息"
    assert all(f"第{number}号" in letter.get_content() for number in range(3)) and "某事" not in letter.get_content()


def test_what_was_read_before_nine_is_not_mailed(
    clerk: int, mail: MailServer, set_clock: Callable[[str], None]
) -> None:
    wish(clerk, mail="digest")
    told(clerk)
    set_clock("2026-03-03T00:05")
    list(night.run((nightly.digest,), date(2026, 3, 3)))
    with writing_transaction():
        actions.mark_read(clerk)
    set_clock("2026-03-03T09:00")
    worker.run_all(commands.HANDLERS)
    assert not mail.letters and jobs.load().waiting == 0


def test_a_refusal_is_tried_again_and_parked_after_five(clerk: int, mail: MailServer) -> None:
    wish(clerk)
    mail.refuse = "450"
    told(clerk)
    for _ in range(5):
        all_due()
    assert jobs.load().parked == 1 and not mail.letters
    [failed] = queries.failures()
    assert (failed.tries, failed.trouble) == (5, "SMTPResponseException 450")
    mail.refuse = ""
    with writing_transaction():
        from_parked = jobs.parked()[0]
        actions.try_again(from_parked.payload)
        again(from_parked.id)
    worker.run_all(commands.HANDLERS)
    assert len(mail.letters) == 1 and not queries.failures()


def test_a_doubt_is_parked_at_once_and_never_sent_again_by_itself(clerk: int, mail: MailServer) -> None:
    wish(clerk)
    mail.vanish = True
    told(clerk)
    mail.vanish = False
    for _ in range(6):
        all_due()
    assert len(mail.letters) == 1 and jobs.load().parked == 1
    assert queries.failures()[0].unsure_at is not None


def test_a_receipt_keeps_a_repeated_job_from_sending(clerk: int, mail: MailServer) -> None:
    wish(clerk)
    told(clerk)
    with writing_transaction():
        for job in db.session.scalars(select(Job).where(Job.kind == "send")):
            job.done_at, job.leased_until, job.tries = None, None, 0
            job.payload = {"person": clerk, "channel": "mail", "effect": "note:1"}
        queries.line(clerk, "note:1").mailed_at = None  # as if the runner had died before it could say so
    all_due()
    assert len(mail.letters) == 1 and jobs.load().waiting == 0


def test_a_claim_that_nobody_finished_is_a_doubt(clerk: int, mail: MailServer) -> None:
    """The courier itself died, as in a power cut: younger claims are waited for, older ones are told of."""
    sent: list[int] = []
    with writing_transaction():
        db.session.add(Delivery(effect="e", channel="mail", person_id=clerk, begun_at=clock.real(), tries=1))
    with pytest.raises(courier.NotDelivered):
        courier.deliver("e", "mail", clerk, lambda: sent.append(1))
    with writing_transaction():
        queries.delivery("e").begun_at = clock.real().replace(year=2020)
    for _ in range(2):
        with pytest.raises(courier.Unknown):
            courier.deliver("e", "mail", clerk, lambda: sent.append(1))
    assert not sent


def test_the_outcome_of_an_unsure_send_is_told(clerk: int) -> None:
    def broken() -> None:
        raise Unsure("TimeoutError")

    with pytest.raises(courier.Unknown, match="TimeoutError"):
        courier.deliver("u", "sms", clerk, broken)


def test_short_messages_go_to_the_number_on_record(clerk: int, app: Flask) -> None:
    before = app.config["SETTINGS"]
    wish(clerk, mail="none", mail_address=None, sms="all", wecom="all")
    with gateway() as there:
        urls = {"sms_url": f"{there.url}/sms", "wecom_url": f"{there.url}/robot"}
        app.config["SETTINGS"] = replace(before, sms_key="k", **urls)
        told(clerk)
        assert there.posts == [], "no number is known"
        with writing_transaction():
            db.session.get(commands.sending.queries.Person, clerk).phone = "13800000001"
        told(clerk, "note:2")
    app.config["SETTINGS"] = before
    assert [(address, said.get("to")) for address, _, (said, _) in there.posts] == [
        ("/sms", "13800000001"), ("/robot", None),
    ]  # fmt: skip


def test_jobs_hold_no_address(clerk: int, mail: MailServer, set_clock: Callable[[str], None]) -> None:
    wish(clerk)
    set_clock("2026-03-02T23:00")
    told(clerk)
    [job] = db.session.scalars(select(Job).where(Job.kind == "send")).all()
    assert job.payload == {"person": clerk, "channel": "mail", "effect": "note:1"}
