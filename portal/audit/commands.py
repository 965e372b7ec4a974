"""`flask audit verify` and `flask audit head`: checking the log and printing its seal by hand."""

from datetime import datetime

import click

from portal.audit.nightly import note
from portal.audit.queries import heads
from portal.audit.verify import verify
from portal.core.db import writing_transaction


@click.group("audit", help="日志：核对与日封。")
def audit() -> None:
    pass


@audit.command("verify")
@click.option("--quiet", is_flag=True, help="只核对，不把结果记入日志")
def run_verify(quiet: bool) -> None:
    """逐条核对日志；有改动时指出第一处，退出码为1。"""
    report = verify()
    if not quiet:
        with writing_transaction():
            note(report)
    rate = report.entries / report.seconds if report.seconds else 0
    click.echo(f"{report.said}（{report.seconds:.1f}秒，每秒{rate:,.0f}条）")
    if not report.ok:
        raise SystemExit(1)


@audit.command("head")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="只列这一天")
def print_heads(day: datetime | None) -> None:
    """列出日封，供打印或抄存到系统之外。"""
    for head in reversed(heads()):
        if day is None or head.day == day.date():
            click.echo(f"{head.day.isoformat()}  {head.entries}条  {head.hash}")


COMMANDS = (audit,)
