"""`flask setup` and `flask demo`."""

from flask import Flask

from portal.accounts.models import Account
from portal.congress.models import Congress, Session, Term
from portal.core import clock
from portal.core.db import db

OPTIONS = {
    "--name": "示范区人民代表大会", "--level": "county", "--office-name": "示范区代表履职", "--help-line": "0000-1",
    "--term": "18", "--term-starts": "2026-01-12", "--session": "1", "--opens": "2026-01-12",
    "--closes": "2026-01-15", "--pack": "Q", "--system-admin": "张一", "--security-admin": "李二", "--auditor": "王三",
}  # fmt: skip


def words(**changed: str) -> list[str]:
    options = {**OPTIONS, **{f"--{name.replace('_', '-')}": value for name, value in changed.items()}}
    return ["setup", *(word for pair in options.items() for word in pair)]


def test_setup_makes_an_office_with_three_administrators(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=words())
    assert done.exit_code == 0, done.output
    assert all(f"用户名 {name}" in done.output for name in ("system", "security", "auditor"))
    with app.app_context():
        congress = db.session.query(Congress).one()
        assert congress.pack_version is not None and congress.pack_version.pack.code == "Q"
        assert db.session.query(Term).one().number == 18 and db.session.query(Session).one().number == 1
        assert all(one.must_change and one.password_hash is None for one in db.session.query(Account))


def test_setup_refuses_a_second_time(app: Flask) -> None:
    app.test_cli_runner().invoke(args=words())
    again = app.test_cli_runner().invoke(args=["setup"])
    assert again.exit_code == 1 and "已经有一级人大" in again.output


def test_setup_refuses_one_person_in_two_offices(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=words(auditor="张一"))
    assert done.exit_code == 1 and "三员不能由同一人担任" in done.output
    with app.app_context():
        assert db.session.query(Congress).count() == 0


def test_setup_asks_for_what_was_not_said(app: Flask) -> None:
    answers = "\n".join(value for name, value in OPTIONS.items() if name != "--name")
    done = app.test_cli_runner().invoke(args=["setup", "--name", "示范区人民代表大会"], input=answers + "\n")
    assert done.exit_code == 0, done.output


def test_the_demo_stays_out_of_a_database_with_people(app: Flask) -> None:
    app.test_cli_runner().invoke(args=words())
    done = app.test_cli_runner().invoke(args=["demo"])
    assert done.exit_code == 1 and "没有装入" in done.output


def test_demo_force_starts_anew_and_prints_the_accounts(app: Flask) -> None:
    app.test_cli_runner().invoke(args=words())
    done = app.test_cli_runner().invoke(args=["demo", "--force", "--accounts"])
    assert done.exit_code == 0, done.output
    assert "deputy01" in done.output and "Demo-2026-portal" in done.output and clock.today().year
