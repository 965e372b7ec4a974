"""`flask setup`: makes a production office, by questions or by options, and prints the administrators' slips."""

from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from portal.accounts.permissions import ROLE_LABELS
from portal.congress import rulepacks
from portal.core import clock
from portal.core.db import db, writing_transaction
from portal.core.errors import PortalError
from portal.founding import offices
from portal.founding.offices import Office, Slipped
from portal.imports.commands import import_command

Day = click.DateTime(["%Y-%m-%d"])


@click.command("setup")
@click.option("--name", help="人大的全称，例如：示范区人民代表大会。")
@click.option("--level", type=click.Choice(list(offices.LEVELS)), help="city市级、county县（区）级、township乡镇。")
@click.option("--office-name", help="页面上方的名称，例如：示范区代表履职。")
@click.option("--help-line", help="印在每一页的求助电话。")
@click.option("--term", type=click.IntRange(1, 99), help="第几届。")
@click.option("--term-starts", type=Day, help="本届开始的日期。")
@click.option("--session", type=click.IntRange(1, 30), help="最近一次会议是第几次。")
@click.option("--opens", type=Day, help="那次会议的开幕日期。")
@click.option("--closes", type=Day, help="那次会议的闭幕日期。")
@click.option("--pack", help="规则包代号，如Q、SH、CQ、SD、TW。")
@click.option("--system-admin", help="系统管理员姓名。")
@click.option("--security-admin", help="安全管理员姓名。")
@click.option("--auditor", help="审计管理员姓名。")
@click.option(
    "--units", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="承办单位名单，可以以后导入。"
)
@with_appcontext
@click.pass_context
def setup_command(context: click.Context, units: Path | None, **given: Any) -> None:
    """设立一个正式的办公室：人大、届、会议、规则、日历和三名管理员。没有写的逐项询问。"""
    if offices.exists():
        raise click.ClickException(offices.EXISTS)
    db.session.rollback()
    answers = _asked(given)
    try:
        with writing_transaction():
            congress, slips = offices.found_first(_office(answers), _administrators(answers))
            name = congress.name
    except PortalError as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"{name}已设立，规则包{answers['pack']}，放假安排已装入。")
    _print(slips)
    if units is not None:
        context.invoke(import_command, file=units, name="units", congress="", dry_run=False)


# name of the option, the question, what is meant when the answer is empty
QUESTIONS: tuple[tuple[str, str, Any], ...] = (
    ("name", "人大的全称", None),
    ("level", "层级（city、county、township）", "county"),
    ("office_name", "页面上方的名称", "代表履职"),
    ("help_line", "求助电话", ""),
    ("term", "第几届", None),
    ("term_starts", "本届开始的日期（如2026-01-12）", None),
    ("session", "最近一次会议是第几次", 1),
    ("opens", "开幕日期", None),
    ("closes", "闭幕日期", None),
    ("pack", "规则包", "Q"),
    ("system_admin", "系统管理员姓名", None),
    ("security_admin", "安全管理员姓名", None),
    ("auditor", "审计管理员姓名", None),
)
KINDS: dict[str, Any] = {
    "level": click.Choice(list(offices.LEVELS)),
    "pack": click.Choice(list(rulepacks.shipped())),
    "term": click.IntRange(1, 99),
    "session": click.IntRange(1, 30),
    **dict.fromkeys(("term_starts", "opens", "closes"), Day),
}


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    """The options, and by questions what they left open."""
    answers = dict(given)
    for name, question, default in QUESTIONS:
        if answers.get(name) is None:
            kind = KINDS.get(name, str)
            answers[name] = click.prompt(question, default=default, type=kind, show_default=bool(default))
    if answers["pack"] not in rulepacks.shipped():
        raise click.ClickException(f"没有名为{answers['pack']}的规则。可用的有：{'、'.join(rulepacks.shipped())}。")
    return answers


def _office(answers: dict[str, Any]) -> Office:
    opens, closes = _day(answers["opens"]), _day(answers["closes"])
    return Office(
        name=answers["name"],
        level=answers["level"],
        office_name=answers["office_name"],
        help_line=answers["help_line"],
        term=answers["term"],
        term_starts=_day(answers["term_starts"]),
        sessions=((answers["session"], opens, closes),),
        pack=answers["pack"],
    )


def _administrators(answers: dict[str, Any]) -> list[str]:
    return [answers[name] for name in ("system_admin", "security_admin", "auditor")]


def _day(moment: Any) -> date:
    return moment.date()


def _print(slips: list[Slipped]) -> None:
    click.echo(f"三名管理员的一次性口令单（{clock.today():%Y-%m-%d}起24小时内有效，登录后要改密码）：")
    for slip in slips:
        click.echo(f"  {ROLE_LABELS[slip.role]}　{slip.name}　用户名 {slip.username}　口令 {slip.code}")
    click.echo("请分别交给本人，不要拍照或转发。接下来请系统管理员给工作人员开账号，由安全管理员批准。")


COMMANDS = (setup_command,)
