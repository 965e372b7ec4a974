"""H1: whoever rewrites the log directly in the database is found out, and the first bad entry is named.

Wave 1: edit, delete, insert, exchange, and an edit whose links are patched up. The app's own connection cannot rewrite
at all. Full form: 500 tampers, 100 clean runs, 20,000 entries for the speed.
"""

import hashlib
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.actor import SYSTEM
from portal.audit import actions, rules, triggers
from portal.audit.verify import Report, verify
from portal.core import clock
from portal.core.db import db, writing_transaction
from tests.assurance.harness import application

SUBJECTS, EACH = 12, 20
LEAST_PER_SECOND = 20_000
DAY = date(2026, 5, 8)
ENTRY_COLUMNS = ("code", "person_id", "capacity_id", "payload_hash", "previous", "hash")
PAYLOAD_COLUMNS = ("said", "actor_name", "actor_label", "salt")


@dataclass(frozen=True)
class Place:
    """One entry of the log as it was written."""

    id: int
    subject: str
    seq: int


Named = set[tuple[str, int]]
Tamper = Callable[[Connection, random.Random, list[Place]], Named]


def run(engine: str, quick: bool, seed: int) -> tuple[str, bool]:
    tampers, clean = (100, 10) if quick else (500, 100)
    with application(engine):
        places = write(SUBJECTS, EACH)
        false_alarms = sum(not verify().ok for _ in range(clean))
        found, named = tampered(places, tampers, seed)
        refused = refusals()
        speed = per_second(4_000 if quick else 20_000)
    figure = (
        f"{found}/{tampers} tampers found, {named} named, {false_alarms}/{clean} false alarms, "
        f"{refused}/{len(REWRITING)} rewritings refused, {speed:,.0f} entries/s"
    )
    whole = found == named == tampers and not false_alarms and refused == len(REWRITING)
    return figure, whole and speed >= LEAST_PER_SECOND


def write(subjects: int, each: int) -> list[Place]:
    """A log of so many chains, sealed by a daily head."""
    with writing_transaction():
        for turn in range(each):
            for number in range(subjects):
                data = {"turn": turn, "text": "请尽快修复人行道。" * 8}
                actions.record(SYSTEM, f"paper:{number}", "paper.send", data, f"第{turn}次发出")
        actions.write_head(DAY, until=clock.real() + timedelta(seconds=1))
    rows = db.session.execute(text("SELECT id, subject, seq FROM audit_entries ORDER BY id")).all()
    db.session.rollback()
    return [Place(*row) for row in rows]


def tampered(places: list[Place], count: int, seed: int) -> tuple[int, int]:
    """How many of `count` random tampers were found, and how many of them named rightly. Each is undone."""
    chance, found, named = random.Random(seed), 0, 0
    with unguarded() as connection:
        for number in range(count):
            point = connection.begin_nested()
            expected = TAMPERS[number % len(TAMPERS)](connection, chance, places)
            report = verify(connection)
            point.rollback()
            found += not report.ok
            named += (report.subject, report.seq) in expected
    return found, named


@contextmanager
def unguarded() -> Iterator[Connection]:
    """A connection on which the guards are gone, as for an administrator of the database; all is undone at the end."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys=ON"))
            for table in ("audit_entries", "audit_heads"):
                triggers.uninstall(connection, table)
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        connection.rollback()


def _change(connection: Connection, table: str, key: str, id: int, **values: Any) -> None:
    listed = ", ".join(f"{name} = :{name}" for name in values)
    connection.execute(text(f"UPDATE {table} SET {listed} WHERE {key} = :id"), {"id": id, **values})


def edit_entry(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    place, column = chance.choice(places), chance.choice(ENTRY_COLUMNS)
    value: Any = chance.randrange(1000, 2000) if column.endswith("_id") else chance.randbytes(16).hex()
    _change(connection, "audit_entries", "id", place.id, **{column: value})
    return {(place.subject, place.seq)}


def edit_words(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    place = chance.choice(places)
    _change(
        connection,
        "audit_payloads",
        "entry_id",
        place.id,
        **{chance.choice(PAYLOAD_COLUMNS): chance.randbytes(8).hex()},
    )
    return {(place.subject, place.seq)}


def edit_data(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    place = chance.choice(places)
    _change(connection, "audit_payloads", "entry_id", place.id, data=f'{{"turn": {chance.randrange(1000, 2000)}}}')
    return {(place.subject, place.seq)}


def backdate(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    place, column = chance.choice(places), chance.choice(("at", "office_at"))
    other = clock.real() - timedelta(days=chance.randrange(1, 400))
    value: Any = other if connection.dialect.name == "postgresql" else other.isoformat(sep=" ")[:26]
    _change(connection, "audit_entries", "id", place.id, **{column: value})
    return {(place.subject, place.seq)}


def delete(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    place = chance.choice(places)
    for table, key in (("audit_payloads", "entry_id"), ("audit_entries", "id")):
        connection.execute(text(f"DELETE FROM {table} WHERE {key} = :id"), {"id": place.id})
    # The end of a chain leaves no gap: the day's head is what tells.
    return {(place.subject, place.seq)} if place.seq < EACH else {(DAY.isoformat(), 0)}


def delete_words(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    place = chance.choice(places)
    connection.execute(text("DELETE FROM audit_payloads WHERE entry_id = :id"), {"id": place.id})
    return {(place.subject, place.seq)}


def insert(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    """An entry in the middle, everything after it moved along."""
    place = chance.choice(places)
    later = [each for each in places if each.subject == place.subject and each.seq >= place.seq]
    for each in sorted(later, key=lambda one: -one.seq):
        _change(connection, "audit_entries", "id", each.id, seq=each.seq + 1)
    _insert(connection, place, place.seq, chance.randbytes(32).hex())
    return {(place.subject, place.seq)}


def append(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    """An entry at the end, rightly computed, for a day that is sealed."""
    place = chance.choice([each for each in places if each.seq == EACH])
    _insert(connection, place, EACH + 1, None)
    return {(DAY.isoformat(), 0)}


def _insert(connection: Connection, near: Place, seq: int, hashed: str | None) -> None:
    like = connection.execute(text("SELECT * FROM audit_entries WHERE id = :id"), {"id": near.id}).mappings().one()
    with_times = db.session.execute(
        db.select(actions.AuditEntry.at, actions.AuditEntry.office_at).where(actions.AuditEntry.id == near.id)
    ).one()
    db.session.rollback()
    words = {"salt": "0" * 32, "actor_name": "", "actor_label": "", "said": "加上的", "data": "{}"}
    commitment = rules.commitment(**words)
    right = rules.chained(
        like["subject"], seq, "paper.send", with_times.at, with_times.office_at, None, None, commitment, like["hash"]
    )
    row = {**like, "id": 10**6, "seq": seq, "code": "paper.send", "person_id": None, "capacity_id": None}
    row |= {"payload_hash": commitment, "previous": like["hash"], "hash": hashed or right}
    columns = ", ".join(row)
    connection.execute(
        text(f"INSERT INTO audit_entries ({columns}) VALUES ({', '.join(':' + name for name in row)})"), row
    )
    connection.execute(
        text(
            "INSERT INTO audit_payloads (entry_id, salt, actor_name, actor_label, said, data) "
            "VALUES (1000000, :salt, '', '', :said, '{}')"
        ),
        {"salt": words["salt"], "said": words["said"]},
    )


def exchange(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    """Two entries of one chain change places."""
    one = chance.choice(places)
    other = chance.choice([each for each in places if each.subject == one.subject and each.seq != one.seq])
    _change(connection, "audit_entries", "id", one.id, seq=-1)
    _change(connection, "audit_entries", "id", other.id, seq=one.seq)
    _change(connection, "audit_entries", "id", one.id, seq=other.seq)
    return {(one.subject, min(one.seq, other.seq))}


def exchange_words(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    one, other = chance.sample(places, 2)
    _change(connection, "audit_payloads", "entry_id", one.id, entry_id=-1)
    _change(connection, "audit_payloads", "entry_id", other.id, entry_id=one.id)
    _change(connection, "audit_payloads", "entry_id", -1, entry_id=other.id)
    first = min((one, other), key=lambda each: (each.subject, each.seq))
    return {(first.subject, first.seq)}


def relink(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    """New words, entry and link computed anew, the entries after it left as they were."""
    place = chance.choice([each for each in places if each.seq < EACH - 1])
    entry = db.session.get(actions.AuditEntry, place.id)
    assert entry is not None and entry.payload is not None
    words = {"salt": entry.payload.salt, "actor_name": "", "actor_label": "", "said": "改过的", "data": "{}"}
    commitment = rules.commitment(**words)
    hashed = rules.chained(
        entry.subject, entry.seq, entry.code, entry.at, entry.office_at, entry.person_id, entry.capacity_id,
        commitment, entry.previous,
    )  # fmt: skip
    db.session.rollback()
    _change(connection, "audit_entries", "id", place.id, payload_hash=commitment, hash=hashed)
    _change(connection, "audit_payloads", "entry_id", place.id, actor_name="", actor_label="", said="改过的", data="{}")
    connection.execute(
        text("UPDATE audit_entries SET previous = :hash WHERE subject = :subject AND seq = :seq"),
        {"hash": hashed, "subject": place.subject, "seq": place.seq + 1},
    )
    return {(place.subject, place.seq + 1)}


def edit_head(connection: Connection, chance: random.Random, places: list[Place]) -> Named:
    column = chance.choice(("tips_hash", "previous", "hash", "entries"))
    value: Any = chance.randrange(10**6) if column == "entries" else chance.randbytes(32).hex()
    connection.execute(text(f"UPDATE audit_heads SET {column} = :value"), {"value": value})
    return {(DAY.isoformat(), 0)}


TAMPERS: tuple[Tamper, ...] = (
    edit_entry, edit_words, edit_data, backdate, delete, delete_words, insert, append, exchange, exchange_words,
    relink, edit_head,
)  # fmt: skip

REWRITING = (
    "UPDATE audit_entries SET code = 'x'",
    "DELETE FROM audit_entries",
    "UPDATE audit_heads SET entries = 0",
    "DELETE FROM audit_heads",
)


def refusals() -> int:
    """How many ways of rewriting the application's own connection is refused."""
    refused = 0
    with db.engine.begin() as connection:
        if not _guarded(connection):
            for table in ("audit_entries", "audit_heads"):
                triggers.install(
                    connection, table, (("id",), ("subject", "seq")) if table == "audit_entries" else (("id",),)
                )
    for statement in REWRITING:
        try:
            with writing_transaction():
                db.session.execute(text(statement))
        except DBAPIError:
            refused += 1
    return refused


def _guarded(connection: Connection) -> bool:
    # Until the migrations are there the tables come straight from the models, without their guards.
    names = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'audit_entries_%'",
    }
    return bool(connection.execute(text(names[connection.dialect.name])).scalar())


def per_second(entries: int) -> float:
    """Entries checked per second of processor time, so that a busy machine does not decide."""
    with writing_transaction():
        for number in range(entries):
            actions.record(SYSTEM, f"speed:{number % 200}", "paper.send", {"turn": number, "text": "建议" * 20}, "发出")
    verify()
    began = time.process_time()
    report: Report = verify()
    return report.entries / max(time.process_time() - began, 1e-9)


def negative_control() -> str:
    """Hashes that do not cover the one before."""
    whole = rules.chained

    def without_previous(*columns: Any, **named: Any) -> str:
        if named:
            named["previous"] = ""
        else:
            columns = (*columns[:-1], "")
        return hashlib.sha256(whole(*columns, **named).encode()).hexdigest()

    rules.chained = without_previous  # type: ignore[assignment]
    try:
        with application("sqlite"):
            places = write(4, EACH)
            chance = random.Random(1)
            with unguarded() as connection:
                relink(connection, chance, places)
                report = verify(connection)
    finally:
        rules.chained = whole
    assert report.ok, "the tamper was found all the same"
    return f"words rewritten and relinked, and the check says: {report.said}"
