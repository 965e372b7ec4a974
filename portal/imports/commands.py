"""`flask import FILE --kind roster|units|ledger|stations [--dry-run]`: the same import as on the page, in one go."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from portal.accounts.actor import Actor
from portal.accounts.models import Body
from portal.accounts.permissions import CLERK
from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.core.errors import PortalError
from portal.imports import actions, headings, queries
from portal.imports.actions import Preview
from portal.imports.kinds import KINDS, Kind
from portal.imports.preparing import prepare
from portal.imports.reading import Sheet


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--kind", "name", required=True, help="导入什么：roster代表名册、units承办单位、ledger往年建议台账、stations联络站。")
@click.option("--congress", default="", help="哪一级人大；只有一级时不用写。")
@click.option("--dry-run", is_flag=True, help="只检查，逐行说明问题，不写入。")
@with_appcontext
def import_command(file: Path, name: str, congress: str, dry_run: bool) -> None:
    """从.xlsx、.xls、.csv文件导入；有一处问题就一行也不写入。"""
    if name not in KINDS:
        _refuse(f"--kind只能是{'、'.join(KINDS)}。")
    kind, actor, started = KINDS[name], _actor(congress), clock.ticks()
    db.session.rollback()
    try:
        data = file.read_bytes()
        sheet = actions.read(kind, data, file.name)
        _import(actor, kind, sheet, data, file.name, dry_run)
    except PortalError as refusal:
        _refuse(refusal.message)
    click.echo(f"用时{clock.ticks() - started:.1f}秒。")


def _import(actor: Actor, kind: Kind, sheet: Sheet, data: bytes, file_name: str, dry_run: bool) -> None:
    matches = headings.guess(kind.columns, sheet.headings, [row.cells for row in sheet.rows])
    for match in matches:
        if match.heading:
            means = kind.column(match.column).label if match.column else "（没有对应）"
            click.echo(f"{match.heading} → {means}")
    found = prepare(kind, sheet, headings.mapping_of(matches), lambda done: _told(done, len(sheet.rows)))
    digest = hashlib.sha256(data).hexdigest()
    if dry_run:
        _say(actions.examined(actor, kind, found, digest))
        db.session.rollback()
        click.echo(f"检查了{len(sheet.rows)}行，没有问题，没有写入。")
        return
    with writing_transaction():
        preview = actions.examined(actor, kind, found, digest)
        _say(preview)
        batch = actions.receive(actor, kind, sheet, data, file_name)
        actions.run(actor, batch, preview)
        click.echo(f"已导入{len(sheet.rows)}行：{queries.told_counts(batch)}。")


def _told(done: int, total: int) -> None:
    if done:
        click.echo(f"已读取{done}/{total}行")


def _say(preview: Preview) -> None:
    """Every notice and problem on a line of its own; ends the command when there are problems."""
    for notice in preview.notices:
        click.echo(f"提示：{notice}。")
    if preview.problems:
        for problem in preview.problems:
            click.echo(f"问题：{problem}。", err=True)
        _refuse(f"共{len(preview.problems)}处问题，未导入任何数据。")


def _actor(congress: str) -> Actor:
    """The office of the congress named, or of the only one that has no congress above it."""
    found = db.session.scalars(select(Body).where(Body.kind == "congress").order_by(Body.id)).all()
    chosen = [one for one in found if congress in (one.name, one.short_name)] if congress else _uppermost(found)
    if len(chosen) != 1:
        names = "、".join(one.name for one in found)
        _refuse(f"请用--congress写明是哪一级人大：{names}。" if names else "还没有登记人大，请先运行flask setup。")
    return Actor(
        person_id=None,
        name="命令行",
        role=CLERK,
        body_id=chosen[0].id,
        body_kind="congress",
        body_name=chosen[0].called,
        congress_id=chosen[0].id,
    )


def _uppermost(found: Sequence[Body]) -> list[Body]:
    keys = {one.id for one in found}
    return [one for one in found if one.superior_id not in keys]


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(1)


COMMANDS = (import_command,)
