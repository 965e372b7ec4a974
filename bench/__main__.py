"""`python -m bench [--views N]`: what a page costs beside a bare handler, in processor milliseconds of the server.

Portal and bare handler (bench/bare.py) are served by the same gunicorn settings on the same SQLite file and asked in
turn, signed in, over one connection, without compression; what counts is the processor time of the serving processes.
Wall times on a shared machine say little; ratios within one run do. Measured with 1,000 and with 100,000 suggestions.
Writes bench/RESULTS.md.
"""

import argparse
import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from bench.filling import fill, lengthen
from portal import config, create_app, demo
from portal.congress.models import Congress
from portal.core import clock
from portal.core.db import db
from portal.demo.people import PASSWORD
from portal.suggestions.handling_models import UnitTask
from portal.suggestions.models import Suggestion
from tests.support.html import Page

HERE = Path(__file__).parent
SIZES = (1_000, 100_000)
EVENTS = 30
COOKIE = "__Host-portal"
BLOCK = 20  # views in a row before the next page has its turn
TICK = os.sysconf("SC_CLK_TCK")
# who, what, path, the bare handler beside it, and what performance asks at least: floor and aim as shares of bare
PAGES = (
    ("clerk", "list, 50 rows", "/suggestions", "list", (0.12, 0.30)),
    ("clerk", "list, one state", "/suggestions?state=assigned", "list", (0.12, 0.30)),
    ("clerk", f"item, {EVENTS} events, all tasks", "item", "item", (0.10, 0.25)),
    ("clerk", "desk: queue and item", "/desk/screening", "item", None),
    ("deputy01", "own list", "/suggestions", "list", None),
    ("deputy01", "start page of a deputy", "/home", "list", None),
    ("housing", "start page of a unit", "/home", "list", None),
    ("", "sign-in page", "/sign-in", "list", None),
)


@dataclass
class Served:
    """One gunicorn: views are asked over one connection, their processor time read from the kernel."""

    process: subprocess.Popen[bytes]
    port: int
    spent: dict[str, float] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)

    def ask(self, path: str, cookie: str, many: int, name: str) -> None:
        """`many` views, added up under `name`; the first one is not counted."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        _view(line, path, cookie)
        began = self._ticks()
        for _ in range(many):
            _view(line, path, cookie)
        self.spent[name] = self.spent.get(name, 0) + (self._ticks() - began) * 1000 / TICK
        self.views[name] = self.views.get(name, 0) + many
        line.close()

    def cost(self, name: str) -> float:
        """Processor milliseconds of one view."""
        return self.spent[name] / self.views[name]

    def _ticks(self) -> int:
        """User and system time of the master and its workers, in the kernel's ticks."""
        master = self.process.pid
        workers = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="ascii").split()
        found = 0
        for number in (master, *workers):
            numbers = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            found += int(numbers[11]) + int(numbers[12])
        return found


def _view(line: http.client.HTTPConnection, path: str, cookie: str) -> None:
    line.request("GET", path, headers={"Cookie": f"{COOKIE}={cookie}"} if cookie else {})
    answer = line.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise SystemExit(f"{path}: {answer.status}")


@contextlib.contextmanager
def served(application: str, data: Path) -> Iterator[Served]:
    """The application under the portal's gunicorn settings, ended afterwards."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = {"PORTAL_PROFILE": "demo", "PORTAL_DATA": str(data), "PORT": str(port), "DATABASE_URL": ""}
    environment = {**os.environ, **own, "BENCH_DATABASE": str(data / "portal.db")}
    words = [sys.executable, "-m", "gunicorn", "-c", str(config.ROOT / "portal" / "gunicorn.py"), application]
    process = subprocess.Popen(words, cwd=config.ROOT, env=environment)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        yield Served(process, port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def token(app: Flask, username: str) -> str:
    """The session cookie of one person, signed in."""
    client = app.test_client()
    form = Page(client.get("/sign-in").text).form("sign-in")
    client.post("/sign-in", data={**form.fields, "username": username, "password": PASSWORD})
    cookie = client.get_cookie(COOKIE)
    if cookie is None:
        raise SystemExit(f"{username} could not sign in")
    return cookie.value


def longest() -> str:
    """The demonstration's answered suggestion with the most tasks, its history brought to EVENTS entries."""
    most = select(UnitTask.suggestion_id).group_by(UnitTask.suggestion_id).order_by(func.count().desc()).limit(1)
    found = db.session.scalars(select(Suggestion.public_id).where(Suggestion.id == most.scalar_subquery())).one()
    lengthen(found, EVENTS)
    return found


def measured(app: Flask, data: Path, views: int) -> list[tuple[float, float]]:
    """(milliseconds, times the bare handler) of every page."""
    with app.app_context():
        item, congress = longest(), db.session.scalars(select(Congress.id).order_by(Congress.id)).first()
        db.session.remove()
    cookies = {who: token(app, who) if who else "" for who, *_ in PAGES}
    bare_paths = {"list": f"/list?congress={congress}", "item": f"/item/{item}"}
    with served("wsgi:app", data) as portal, served("bench.bare:app", data) as bare:
        for _ in range(max(1, views // BLOCK)):
            for name, path in bare_paths.items():
                bare.ask(path, cookies["clerk"], 2 * BLOCK, name)
            for who, what, path, *_ in PAGES:
                portal.ask(f"/suggestions/{item}" if path == "item" else path, cookies[who], BLOCK, what)
        costs = [(portal.cost(what), bare.cost(beside)) for _, what, _, beside, _ in PAGES]
        return [(spent, spent / limit) for spent, limit in costs]


def report(found: dict[int, list[tuple[float, float]]], views: int) -> str:
    """The results as Markdown."""
    words = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(words, cwd=HERE.parent, capture_output=True, text=True).stdout.strip() or "unknown"
    small, large = SIZES
    lines = [
        "# What a page costs\n",
        f"Processor milliseconds of the server per view, {views} views each, gunicorn, SQLite, signed in, without "
        f"compression; commit {commit}, {clock.real():%Y-%m-%d}. Run again with `make bench`. Bare is bench/bare.py; a "
        "page is compared with the bare list or the bare item, whichever is like it. Floor and aim are the most that "
        "is wished for.\n",
        f"| page | as | {small:,}: ms | × bare | floor | aim | {large:,}: ms | growth |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for number, (who, what, _, beside, bounds) in enumerate(PAGES):
        (spent, ratio), (later, _) = (found[size][number] for size in SIZES)
        floor, aim = (f"{1 / bound:.1f}" for bound in bounds) if bounds else ("—", "—")
        row = (what, who or "—", f"{spent:.2f}", f"{ratio:.1f} ({beside})", floor, aim, f"{later:.2f}")
        lines.append(f"| {' | '.join(row)} | {later / spent:.2f} |")
    bare = [f"{name} {found[SIZES[0]][at][0] / found[SIZES[0]][at][1]:.2f}" for name, at in (("list", 0), ("item", 2))]
    return "\n".join([*lines, f"\nBare, {small:,}: {', '.join(bare)} ms."]) + "\n"


def main() -> None:
    """Measure, print, write down."""
    asked = argparse.ArgumentParser(prog="bench", description="What a page costs beside a bare handler.")
    asked.add_argument("--views", type=int, default=200)
    views = asked.parse_args().views
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        app = create_app({"profile": "demo", "data": data})
        with app.app_context():
            db.create_all()
            demo.load(clock.now())
            db.session.commit()
        for size in SIZES:
            with app.app_context():
                fill(size)
                db.session.remove()
            found[size] = measured(app, data, views)
    text = report(found, views)
    (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
