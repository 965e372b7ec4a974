"""`flask demo`: the demonstration district by hand, and the list of its accounts."""

from pathlib import Path

import click
import flask_migrate
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select, text

from portal.accounts.models import Person
from portal.core import clock
from portal.core.db import db
from portal.demo.accounts import lines
from portal.demo.loading import load

NOT_HERE = "正式环境不能装入示范区。要试用，请另设PORTAL_DATA并用PORTAL_PROFILE=demo启动。"
NOT_EMPTY = "数据库里已经有人员，没有装入。要清空重来，请加--force（原有数据全部删除）。"


@click.command("demo")
@click.option("--accounts", is_flag=True, help="列出示范区的账号和密码。")
@click.option("--force", is_flag=True, help="清空数据库，重新装入。")
@with_appcontext
def demo_command(accounts: bool, force: bool) -> None:
    """装入示范区：一个区、四个乡镇，两年里约两百件建议。"""
    if current_app.config["SETTINGS"].production:
        raise click.ClickException(NOT_HERE)
    inhabited = bool(db.session.scalar(select(func.count()).select_from(Person)))
    db.session.rollback()
    if accounts and inhabited and not force:
        _print()
        return
    if inhabited and not force:
        raise click.ClickException(NOT_EMPTY)
    if force:
        _empty()
    began = clock.ticks()
    count = load(clock.now())
    click.echo(f"示范区已装入：{count}件建议，用时{clock.ticks() - began:.1f}秒。")
    if accounts:
        _print()


def _print() -> None:
    for line in lines():
        click.echo(line)


def _empty() -> None:
    """Throw the database away and make its tables again by the migrations: the log cannot be deleted row by row."""
    db.session.remove()
    if db.engine.dialect.name == "postgresql":
        with db.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    db.engine.dispose()
    if db.engine.dialect.name == "sqlite":
        Path(db.engine.url.database or "").unlink(missing_ok=True)
    flask_migrate.upgrade()


COMMANDS = (demo_command,)
