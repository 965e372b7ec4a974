"""`flask work` and `flask nightly`: the loop behind the web, and the night by hand."""

import logging
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

import click
from flask import Flask, current_app

from portal.core import clock
from portal.core.db import writing_transaction
from portal.jobs import leases, night, queries, worker
from portal.jobs.actions import Handler

logger = logging.getLogger("portal.jobs")

PAUSE_SECONDS = 0.5
SHOWN_EVERY_SECONDS = 20
ALIVE_SECONDS = 60
NIGHT_EVERY_SECONDS = 2


def commands(handlers: Mapping[str, Handler], nightly: Sequence[night.Work]) -> list[click.Command]:
    """The two commands, bound to the assembly's handlers and to the order of the night."""

    @click.command("work")
    def work() -> None:
        """取后台任务，并在每日零点过五分做当日例行事项。"""
        loop(current_app._get_current_object(), handlers, nightly)  # type: ignore[attr-defined]

    @click.command("nightly")
    @click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="办公日期，默认今天")
    @click.option("--dry-run", is_flag=True, help="只列出将要做的事，不做")
    def run_nightly(day: datetime | None, dry_run: bool) -> None:
        """做一次每日例行事项；重复做没有害处。"""
        chosen: date = day.date() if day else clock.today()
        count = 0
        for said in night.run(nightly, chosen, dry_run):
            click.echo(said)
            count += 1
        click.echo(f"{chosen.isoformat()}：{count}项{'（未执行）' if dry_run else ''}")

    return [work, run_nightly]


def loop(app: Flask, handlers: Mapping[str, Handler], nightly: Sequence[night.Work]) -> None:
    """Work until SIGTERM or SIGINT, or until the process that started us is gone."""
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stopping.append(number))
    parent = os.getppid()
    beats = _Beat(SHOWN_EVERY_SECONDS), _Beat(NIGHT_EVERY_SECONDS)
    while not stopping and os.getppid() == parent:
        if not _turn(app, handlers, nightly, *beats):
            time.sleep(PAUSE_SECONDS)


def _turn(
    app: Flask, handlers: Mapping[str, Handler], nightly: Sequence[night.Work], show: "_Beat", look: "_Beat"
) -> bool:
    """One round; True when there may be more to do at once. Trouble with the database is waited out."""
    try:
        with app.app_context():
            show.when_due(_show)
            look.when_due(lambda: None if queries.outbox_off() else night.run_due(nightly))
            return worker.run_once(handlers)
    except Exception:
        logger.exception("the worker stumbled")
        return False


def _show() -> None:
    with writing_transaction():
        leases.show(queries.WORKER, ALIVE_SECONDS)


class _Beat:
    """Something to be done every so many seconds."""

    def __init__(self, seconds: float):
        self.seconds, self.next = seconds, 0.0

    def when_due(self, do: Callable[[], object]) -> None:
        if clock.ticks() >= self.next:
            do()
            self.next = clock.ticks() + self.seconds
