"""`python -m bench [--rounds N]`: what a page costs beside a bare handler, in one run, in processor milliseconds.

"Bare" is a view of a plain Flask application that reads fifty rows by raw SQL from the same database and fills a small
template: the limit of the stack, without sessions, permissions, forms or audit. Wall times on a shared machine say
little; ratios within one run do. Writes bench/RESULTS.md.
"""

import argparse
import contextlib
import sqlite3
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, render_template

from portal import create_app, demo
from portal.core import clock
from portal.core.db import db
from portal.demo.people import PASSWORD
from tests.support.html import Page

HERE = Path(__file__).parent
ROWS = "SELECT title, state, number_text FROM suggestions ORDER BY id DESC LIMIT 50"
PAGES = (
    ("deputy01", "start page of a deputy", "/home"),
    ("deputy01", "own list", "/suggestions"),
    ("clerk", "desk: queue and item", "/desk/screening"),
    ("clerk", "list, 50 rows", "/suggestions"),
    ("clerk", "item with its history", "item"),
    ("housing", "start page of a unit", "/home"),
    ("", "sign-in page", "/sign-in"),
)


def milliseconds(ask: Callable[[], object], rounds: int) -> float:
    """The median processor time of one call."""
    ask()
    spent = []
    for _ in range(rounds):
        began = time.process_time()
        ask()
        spent.append((time.process_time() - began) * 1000)
    return statistics.median(spent)


def bare(database: Path) -> Flask:
    """The plain application."""
    app = Flask("bare", template_folder=str(HERE))

    @app.get("/")
    def rows() -> str:
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return render_template("rows.html", rows=connection.execute(ROWS).fetchall())

    return app


def signed_in(app: Flask, username: str) -> object:
    """A test client of one person."""
    client = app.test_client()
    if username:
        form = Page(client.get("/sign-in").text).form("sign-in")
        client.post("/sign-in", data={**form.fields, "username": username, "password": PASSWORD})
    return client


def measured(rounds: int) -> list[tuple[str, str, float, float]]:
    """(who, what, milliseconds, ratio to the bare handler) of every page."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"profile": "demo", "data": Path(folder)})
        with app.app_context():
            db.create_all()
            demo.load(clock.now())
            db.session.commit()
        plain = bare(Path(folder) / "portal.db").test_client()
        floor = milliseconds(lambda: plain.get("/"), rounds)
        found = [("", "bare handler", floor, 1.0)]
        for who, what, path in PAGES:
            client = signed_in(app, who)
            if path == "item":
                links = Page(client.get("/suggestions?state=closed").text).links  # type: ignore[attr-defined]
                path = next(one for one in links if one.startswith("/suggestions/") and len(one) > 30)
            spent = milliseconds(lambda c=client, p=path: c.get(p), rounds)  # type: ignore[misc]
            found.append((who, what, spent, spent / floor))
        return found


def report(lines: list[tuple[str, str, float, float]], rounds: int) -> str:
    """The results as Markdown."""
    words = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(words, cwd=HERE.parent, capture_output=True, text=True).stdout.strip()
    head = f"# What a page costs\n\nProcessor time per view in process, median of {rounds}, SQLite, demo district, "
    table = ["| page | as | ms | × bare |", "|---|---|---|---|"]
    table += [f"| {what} | {who or '—'} | {spent:.2f} | {ratio:.1f} |" for who, what, spent, ratio in lines]
    return (
        f"{head}commit {commit or 'unknown'}, {clock.real():%Y-%m-%d}. Run again with `make bench`.\n\n"
        + "\n".join(table)
        + "\n"
    )


def main() -> None:
    """Measure, print, write down."""
    asked = argparse.ArgumentParser(prog="bench", description="What a page costs beside a bare handler.")
    asked.add_argument("--rounds", type=int, default=60)
    rounds = asked.parse_args().rounds
    text = report(measured(rounds), rounds)
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
