"""Several job runners on one database, killed at random; and the waiting for a dead one's leases, cut short."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask, cli
from sqlalchemy import func, or_, select, update

from portal import config
from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.jobs import queries
from portal.jobs.models import Job, Lease

WORK = (sys.executable, "-m", "flask", "--app", "wsgi", "work")
PATIENCE_SECONDS = 240
STALLED_SECONDS = 1.0


@dataclass
class Runners:
    """Processes that take jobs. `command` starts one; `hits` counts the kills that met a job or a night under way."""

    app: Flask
    environment: Mapping[str, str]
    command: tuple[str, ...] = WORK
    number: int = 4
    alive: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: int = 0
    hits: int = 0

    def start(self) -> None:
        """As many as there should be."""
        while len(self.alive) < self.number:
            with open(os.devnull, "wb") as away:
                own = {"cwd": config.ROOT, "env": dict(self.environment), "stdout": away, "stderr": away}
                self.alive.append(subprocess.Popen(self.command, **own))

    def kill(self, chance: random.Random, pid: int = 0) -> None:
        """Kill one of them, or the one with this number, at once and with its whole group; start another."""
        chosen = next((one for one in self.alive if one.pid == pid), None) or chance.choice(self.alive)
        self.hits += bool(pid) or self._under_way() > 0
        os.kill(chosen.pid, signal.SIGKILL)
        chosen.wait()
        self.kills += 1
        self.alive.remove(chosen)
        self.start()

    def stop(self) -> None:
        for one in self.alive:
            one.terminate()
        for one in self.alive:
            try:
                one.wait(timeout=10)
            except subprocess.TimeoutExpired:
                one.kill()
        self.alive.clear()

    def settle(self, nights_until: str = "") -> bool:
        """Wait until nothing is left to do (and the night of that day is done); whether that came to pass."""
        began, seen, since = time.monotonic(), None, time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            state = self._state()
            if state[0] == 0 and state[2] >= nights_until:
                return True
            if state != seen:
                seen, since = state, time.monotonic()
            elif time.monotonic() - since > STALLED_SECONDS:
                self.as_if_time_had_passed()
                since = time.monotonic()
            time.sleep(0.1)
        return False

    def as_if_time_had_passed(self) -> None:
        """Leases are over and what waits for another try is due."""
        past = clock.real() - timedelta(seconds=1)
        open_one = Job.done_at.is_(None) & Job.parked_at.is_(None)
        with writing_transaction():
            db.session.execute(update(Job).where(open_one).values(leased_until=None, due_at=past))
            db.session.execute(update(Lease).where(Lease.name == queries.NIGHTLY).values(until=past))

    def night_holder(self, day: str) -> int:
        """The process that is at a night up to `day` right now; 0 when none is."""
        columns = Lease.holder, Lease.note
        row = db.session.execute(select(*columns).where(Lease.name == queries.NIGHTLY)).one_or_none()
        db.session.rollback()
        pid = int(row.holder.rpartition(":")[2] or 0) if row and (row.note or "") < day else 0
        return pid if pid in {one.pid for one in self.alive} else 0

    def _state(self) -> tuple[int, int, str]:
        here = or_(Job.not_before.is_(None), Job.not_before <= clock.now())
        waiting = select(func.count(), func.coalesce(func.sum(Job.tries), 0)).where(
            Job.done_at.is_(None), Job.parked_at.is_(None), here
        )
        left, tries = db.session.execute(waiting).one()
        note = db.session.scalar(select(Lease.note).where(Lease.name == queries.NIGHTLY)) or ""
        db.session.rollback()
        return left, tries, note

    def _under_way(self) -> int:
        held = Job.leased_until > clock.real(), Job.done_at.is_(None)
        count = db.session.scalar(select(func.count()).select_from(Job).where(*held)) or 0
        db.session.rollback()
        return count


@contextmanager
def running(app: Flask, environment: Mapping[str, str], command: tuple[str, ...] = WORK) -> Iterator[Runners]:
    """Four runners until the block ends. Needs an app context."""
    pool = Runners(app, environment, command)
    pool.start()
    try:
        yield pool
    finally:
        pool.stop()


def careless(module: str) -> tuple[str, ...]:
    """The command of a runner in which `careless()` of that module has first removed the guard."""
    return (sys.executable, "-c", f"from {module} import careless; careless()")


def work() -> None:
    """What `flask work` does, in this process."""
    sys.argv = ["flask", "--app", "wsgi", "work"]
    cli.main()
