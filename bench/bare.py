"""The limit of the stack: Flask, raw SQL, a small template and a session look-up, on the portal's own SQLite file,
without ORM, permissions, forms, frame or audit. Served by the portal's own gunicorn settings."""

import contextlib
import hashlib
import os
import sqlite3
from pathlib import Path

from flask import Flask, abort, render_template, request

SESSION = "SELECT person_id FROM web_sessions WHERE digest = ? AND expires_at > datetime('now')"
ROWS = """SELECT s.public_id, s.number_text, s.title, s.state, p.name,
    (SELECT group_concat(coalesce(b.short_name, b.name), '、') FROM unit_tasks t JOIN bodies b ON b.id = t.unit_id
     WHERE t.suggestion_id = s.id),
    (SELECT min(t.due) FROM unit_tasks t WHERE t.suggestion_id = s.id)
    FROM suggestions s LEFT JOIN appointments a ON a.id = s.lead_seat_id LEFT JOIN persons p ON p.id = a.person_id
    WHERE s.congress_id = ? AND s.state <> 'draft' ORDER BY s.id DESC LIMIT 50"""
ITEM = "SELECT id, title, number_text, situation, cause, request FROM suggestions WHERE public_id = ?"
TASKS = """SELECT b.name, t.role, t.state, t.due FROM unit_tasks t JOIN bodies b ON b.id = t.unit_id
    WHERE t.suggestion_id = ? ORDER BY t.id"""
FACTS = """SELECT f.kind, f.happened_on, f.text FROM task_facts f JOIN unit_tasks t ON t.id = f.task_id
    WHERE t.suggestion_id = ? ORDER BY f.id"""
HISTORY = """SELECT e.office_at, p.actor_name, p.said FROM audit_entries e JOIN audit_payloads p ON p.entry_id = e.id
    WHERE e.subject = ? ORDER BY e.seq DESC"""

app = Flask("bare", template_folder=str(Path(__file__).parent))


@contextlib.contextmanager
def signed_in():  # type: ignore[no-untyped-def]
    """A connection, for somebody whose session is in the table."""
    with contextlib.closing(sqlite3.connect(os.environ["BENCH_DATABASE"])) as connection:
        digest = hashlib.sha256(request.cookies.get("__Host-portal", "").encode()).hexdigest()
        if connection.execute(SESSION, (digest,)).fetchone() is None:
            abort(401)
        yield connection


@app.get("/list")
def rows() -> str:
    with signed_in() as connection:
        return render_template("rows.html", rows=connection.execute(ROWS, (int(request.args["congress"]),)).fetchall())


@app.get("/item/<id>")
def item(id: str) -> str:
    with signed_in() as connection:
        one = connection.execute(ITEM, (id,)).fetchone()
        tasks, facts = (connection.execute(ask, one[:1]).fetchall() for ask in (TASKS, FACTS))
        told = connection.execute(HISTORY, (f"suggestion:{one[0]}",)).fetchall()
        return render_template("item.html", one=one, tasks=tasks, facts=facts, told=told)
