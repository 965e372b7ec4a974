"""`flask backup`, `flask restore`, `flask drill`."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask, current_app

from portal.accounts.actor import SYSTEM
from portal.audit.actions import record
from portal.audit.wording import DRILLED, OWN
from portal.backup import actions
from portal.backup.archive import Unreadable
from portal.backup.engines import Unsound
from portal.config import Settings
from portal.core.db import db, writing_transaction
from portal.jobs import leases

LOAD_PAUSE_SECONDS = 0.02


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


@click.command("backup")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="放在哪个文件夹，默认数据目录下的 backups")
def backup(to: Path | None) -> None:
    """做一份加密备份，不用停机。密钥不在备份里，请另外保管。"""
    try:
        path, manifest = actions.backup(_settings(), to)
    except Unsound as reason:
        raise click.ClickException(str(reason)) from reason
    with writing_transaction():
        found = {"digest": manifest.digest, "rows": manifest.row_count, "files": len(manifest.files)}
        record(
            SYSTEM, f"{OWN}:backup", "backup.made", found, f"备份：{manifest.row_count}行、{len(manifest.files)}个文件"
        )
    click.echo(f"{path}\n{manifest.row_count}行、{len(manifest.files)}个文件，校验值 {manifest.digest}")
    if manifest.missing:
        raise click.ClickException(
            f"有{len(manifest.missing)}个文件在磁盘上找不到，备份里没有它们：{manifest.missing[0]}…"
        )


@click.command("restore")
@click.argument("archive", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--live", is_flag=True, help="恢复后照常发送；不写备份文件时，让已恢复的副本开始发送")
def restore(archive: Path | None, live: bool) -> None:
    """从备份恢复。先全部核对，再动数据；恢复出来的副本不发送任何消息，直到加上 --live。"""
    db.session.remove()
    db.engine.dispose()
    if archive is None:
        if not live:
            raise click.UsageError("请写明备份文件。")
        click.echo("已开始发送。" if actions.go_live(_settings()) else "这里没有被停发，不用再启用。")
        return
    try:
        manifest = actions.restore(archive, _settings(), live)
    except (Unsound, Unreadable, RuntimeError) as reason:
        raise click.ClickException(str(reason)) from reason
    with writing_transaction():
        record(
            SYSTEM, f"{OWN}:backup", "backup.restored", {"digest": manifest.digest}, f"从{manifest.made_at}的备份恢复"
        )
    click.echo(f"已恢复：{manifest.row_count}行、{len(manifest.files)}个文件，校验值一致 {manifest.digest}")
    if not live:
        click.echo("这份副本不会发送任何消息。确认无误后运行 flask restore --live。")


@click.command("drill")
def drill() -> None:
    """恢复演练：在有人使用时备份，恢复到旁边的空处，比对校验值，记入日志。"""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    try:
        with _load(app):
            done = actions.drill(_settings())
    except (Unsound, Unreadable) as reason:
        raise click.ClickException(str(reason)) from reason
    with writing_transaction():
        found = {"digest": done.after, "ok": done.ok, "seconds": round(done.seconds, 1)}
        record(SYSTEM, f"{OWN}:backup", DRILLED, found, done.said)
    click.echo(f"备份时 {done.before}\n恢复后 {done.after}\n{done.said}")
    if not done.ok:
        raise SystemExit(1)


@contextmanager
def _load(app: Flask) -> Iterator[None]:
    """Somebody goes on writing meanwhile."""
    enough = threading.Event()

    def write() -> None:
        with app.app_context():
            while not enough.wait(LOAD_PAUSE_SECONDS):
                with writing_transaction():
                    leases.show("drill", 1)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    try:
        yield
    finally:
        enough.set()
        writer.join()


COMMANDS = (backup, restore, drill)
