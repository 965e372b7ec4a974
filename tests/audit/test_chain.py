"""One chain per subject: appended in the act's transaction, found out when rewritten, never rewritten by the app."""

import threading
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from portal.audit import actions, queries
from portal.audit.models import AuditEntry
from portal.audit.verify import verify
from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.core.fields import Field
from portal.core.personal import Secret
from portal.core.workflow import Step, Taken, Workflow

FLOW = Workflow(
    "paper",
    "文稿",
    {"draft": "草稿", "sent": "已发出"},
    [
        Step("write", (), "draft", lambda a, i: True, "起草", "起草了文稿"),
        Step(
            "send",
            ("draft",),
            "sent",
            lambda a, i: True,
            "发出",
            "{when}发给{to}{note}",
            fields=(Field("when", "日期", "date"), Field("to", "收件人"), Field("pin", "口令", "secret")),
        ),
    ],
)


class Paper:
    audit_subject = "paper:1"


def fill(somebody, subjects=3, each=4):
    with writing_transaction():
        for number in range(subjects):
            for turn in range(each):
                actions.record(somebody, f"paper:{number}", "paper.send", {"turn": turn}, f"第{turn}次发出")


def test_chains_and_reads_back(session, somebody):
    fill(somebody)
    lines = queries.history("paper:1")
    assert [line.seq for line in lines] == [1, 2, 3, 4]
    assert lines[0].actor_name == somebody.name and lines[2].said == "第2次发出"
    report = verify()
    assert report.ok and report.entries == 12, report


def test_no_act_without_its_entry(session, somebody):
    with pytest.raises(RuntimeError), writing_transaction():
        actions.record(somebody, "paper:1", "paper.send", {}, "发出")
        raise RuntimeError("the act did not happen")
    assert queries.history("paper:1") == []


def test_parallel_appends_to_one_chain_all_find_a_place(both_engines_app, somebody):
    def append():
        with both_engines_app.app_context():
            for _ in range(10):
                fill(somebody, 1, 1)

    threads = [threading.Thread(target=append) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with both_engines_app.app_context():
        assert [line.seq for line in queries.history("paper:0")] == list(range(1, 61))
        assert verify().ok


def test_steps_are_told_without_secrets(session, somebody):
    data = {"when": date(2026, 5, 8), "to": Secret("13800138000"), "pin": "123456", "note": None}
    with writing_transaction():
        actions.record_step(Taken(FLOW, FLOW.steps["send"], somebody, Paper(), data, "draft", {"copies": (1, 2)}))
    line = queries.history("paper:1")[0]
    assert line.code == "paper.send"
    assert line.said == "2026年5月8日发给138****8000"
    assert line.data == {"when": "2026-05-08", "to": "138****8000", "note": None, "copies": [1, 2]}
    assert queries.log()[0].act == "文稿：发出" and queries.log()[0].said == ""


def test_blanked_words_keep_the_chain_whole(session, somebody):
    fill(somebody, 1)
    with writing_transaction():
        actions.blank(somebody, "paper:0", 2, "当事人申请删除")
    assert queries.history("paper:0")[1].said == ""
    report = verify()
    assert report.ok and report.blanked == 1


@pytest.mark.parametrize(
    ("tamper", "subject", "seq"),
    [
        ("UPDATE audit_entries SET person_id = 9 WHERE subject = 'paper:1' AND seq = 2", "paper:1", 2),
        ("UPDATE audit_payloads SET said = '改了' WHERE entry_id = 6", "paper:1", 2),
        ("DELETE FROM audit_payloads WHERE entry_id = 6", "paper:1", 2),
        ("DELETE FROM audit_entries WHERE subject = 'paper:1' AND seq = 2", "paper:1", 2),
        ("DELETE FROM audit_entries WHERE subject = 'paper:1' AND seq = 4", "2026-05-08", 0),
        ("UPDATE audit_entries SET previous = hash WHERE subject = 'paper:2' AND seq = 3", "paper:2", 3),
        ("UPDATE audit_heads SET entries = 11", "2026-05-08", 0),
    ],
)
def test_tampering_is_found_and_named(session, somebody, tamper, subject, seq):
    fill(somebody)
    with writing_transaction():
        actions.write_head(date(2026, 5, 8), until=clock.real() + timedelta(seconds=1))
    assert verify().ok
    with db.engine.begin() as raw:
        raw.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for name in raw.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            raw.exec_driver_sql(f"DROP TRIGGER {name}")
        raw.exec_driver_sql("COMMIT")
        raw.exec_driver_sql("PRAGMA foreign_keys=OFF")
        raw.exec_driver_sql(tamper)
        raw.exec_driver_sql("BEGIN")
    report = verify()
    assert (report.subject, report.seq) == (subject, seq), report


def test_the_head_is_written_once_a_day(session, somebody):
    fill(somebody)
    later = clock.real() + timedelta(seconds=1)
    with writing_transaction():
        assert actions.write_head(date(2026, 5, 8), until=later).entries == 12
        assert actions.write_head(date(2026, 5, 8), until=later) is None
        assert actions.write_head(date(2026, 5, 9), until=later).entries == 0
    assert verify().heads == 2


@pytest.mark.parametrize(
    "rewriting",
    [
        "UPDATE audit_entries SET code = 'x'",
        "DELETE FROM audit_entries",
        "INSERT OR REPLACE INTO audit_entries (id, subject, seq, code, at, office_at, payload_hash, previous, hash) "
        "SELECT id, subject, seq, 'x', at, office_at, payload_hash, previous, hash FROM audit_entries LIMIT 1",
        "INSERT OR REPLACE INTO audit_entries (subject, seq, code, at, office_at, payload_hash, previous, hash) "
        "SELECT subject, seq, 'x', at, office_at, payload_hash, previous, hash FROM audit_entries LIMIT 1",
    ],
)
def test_the_database_refuses_to_rewrite(session, somebody, rewriting):
    fill(somebody, 1)
    with pytest.raises(DatabaseError), writing_transaction():
        session.execute(text(rewriting))
    assert session.scalar(db.select(db.func.count()).select_from(AuditEntry).where(AuditEntry.code != "x")) == 4
