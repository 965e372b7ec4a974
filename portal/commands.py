"""The command line: the order of the night, the jobs' handlers, and every domain's commands."""

import importlib
from pathlib import Path

import click
from flask import Flask

from portal.accounts.nightly import forget_expired
from portal.activities import actions as activities
from portal.audit.nightly import seal
from portal.congress.calendar_nightly import warn_of_calendar
from portal.congress.nightly import turn_seats
from portal.core import once
from portal.core.errors import Misconfigured
from portal.documents import nightly as documents
from portal.imports import nightly as imports
from portal.imports import work as import_work
from portal.jobs import commands as jobs
from portal.jobs import nightly as jobs_nightly
from portal.notifications import nightly as notifications
from portal.notifications import sending
from portal.stations import message_nightly
from portal.stations import nightly as stations
from portal.suggestions import lapsing_nightly, recomputing
from portal.suggestions import nightly as suggestions

HERE = Path(__file__).parent
for life in sorted(HERE.glob("*/*workflow.py")):  # every life cycle is known, whoever asks: the log's words, the README
    importlib.import_module(f"portal.{life.parent.name}.{life.stem}")
NIGHTLY = (
    seal,
    warn_of_calendar,
    turn_seats,
    lapsing_nightly.lapse,
    suggestions.remind,
    stations.tend,
    message_nightly.forget_phones,
    notifications.digest,
    forget_expired,
    imports.forget,
    once.forget,
    jobs_nightly.clear,
    documents.sweep,
    documents.check,
)
HANDLERS = {**sending.HANDLERS, **import_work.HANDLERS, **recomputing.HANDLERS, **activities.HANDLERS}
KEEPERS = ("audit", "accounts", "congress", "imports", "backup", "founding", "demo", "suggestions")


def register(app: Flask) -> None:
    """Add every command to `flask`."""
    app.cli.add_command(migrations)
    for command in jobs.commands(HANDLERS, NIGHTLY):
        app.cli.add_command(command)
    app.cli.add_command(prepare)
    for name in KEEPERS:
        if (HERE / name / "commands.py").exists():
            module = importlib.import_module(f"portal.{name}.commands")
            for command in getattr(module, "COMMANDS", ()):
                app.cli.add_command(command)


@click.command("db", context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def migrations(ctx: click.Context, words: tuple[str, ...]) -> None:
    """数据库迁移：upgrade、downgrade、current、check、revision。"""
    borrowed = importlib.import_module("flask_migrate.cli").db
    borrowed.main(args=list(words), prog_name="flask db", obj=ctx.obj)


@click.command("prepare")
def prepare() -> None:
    """准备运行：建表或升级，空库时装入示范区，核对静态文件。"""
    try:
        importlib.import_module("portal.preparing").prepare(click.echo)
    except Misconfigured as reason:
        raise click.ClickException(str(reason)) from reason
