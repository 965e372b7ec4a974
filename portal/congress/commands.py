"""`flask deadline explain` and `flask packs check`: the engine on one case or a file of them; a pack file's faults."""

import json
import tomllib
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from portal.congress import rulepacks
from portal.congress.deadlines import Deadline, deadline, explain
from portal.congress.pack import Pack
from portal.congress.pack_schema import check
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid, NotFound
from portal.core.workdays import Calendar

COUNTED_BACK = ("feedback_urge",)

cli = AppGroup("deadline", help="期限怎么算：按规则包和办公日历。")
packs_cli = AppGroup("packs", help="规则包：随产品提供的和办公室自己的。")
COMMANDS = (cli, packs_cli)


@packs_cli.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_command(file: Path) -> None:
    """检查一个规则包文件，逐处说明要改什么。"""
    try:
        own = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        _refuse(f"{file.name}不是TOML文件。")
    base = own.get("inherits")
    if base is not None and base not in rulepacks.shipped():
        _refuse(f"没有名为{base}的规则可以沿用。")
    try:
        check(rulepacks.resolved(own, rulepacks.shipped()[base] if base else None))
    except Invalid as refusal:
        for path, sentence in refusal.fields.items():
            click.echo(f"{path}：{sentence}")
        _refuse(f"共{len(refusal.fields)}处要改。")
    click.echo("没有问题。")


@cli.command("explain")
@click.option("--pack", "code", default="Q", show_default=True, help="规则包代号，如Q、SH、CQ、SD、TW。")
@click.option("--rule", default="reply", show_default=True, help="期限代号，如assign、reply、feedback。")
@click.option("--start", help="起算事件的日期，如2026-03-02；带时区的时刻按北京时间取日期。")
@click.option("--json", "as_json", is_flag=True, help="输出JSON。")
@click.option(
    "--file", "cases", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="一组案例的JSON文件。"
)
def explain_command(code: str, rule: str, start: str | None, as_json: bool, cases: Path | None) -> None:
    """算出期限并逐项说明；--file给出一组{pack, rule, start}，按原顺序回答。"""
    office = _office()
    if cases is not None:
        answers = [_answer(one) for one in _each(cases, office)]
        click.echo(json.dumps(answers))
        return
    if start is None:
        _refuse("请用--start写明起算日期，或者用--file给出案例文件。")
    one = _computed({"pack": code, "rule": rule, "start": start}, office)
    if as_json:
        click.echo(json.dumps(_answer(one) | _reasons(one), ensure_ascii=False, indent=2))
        return
    click.echo(f"{one.label}期限说明单")
    for label, sentence in explain(one):
        click.echo(f"{label}：{sentence}")


Office = tuple[Calendar, Callable[[str], list[tuple[date, Pack]]]]


def _office() -> Office:
    """The office's calendar and packs; before it is set up, those that ship."""
    try:
        calendar = rulepacks.calendar()
        packs: Callable[[str], list[tuple[date, Pack]]] = rulepacks.in_force
        packs("Q")
    except (OperationalError, ProgrammingError):  # no tables yet
        db.session.rollback()
        return rulepacks.shipped_calendar(), cache(lambda code: [(date.min, rulepacks.shipped_pack(code))])
    return calendar if calendar.years else rulepacks.shipped_calendar(), cache(packs)


def _each(file: Path, office: Office) -> list[Deadline]:
    try:
        cases = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, UnicodeDecodeError):
        _refuse(f"{file.name}不是JSON文件。")
    if not isinstance(cases, list):
        _refuse(f"{file.name}应是一列案例，每项写明pack、rule和start。")
    answers = []
    for place, case in enumerate(cases, 1):
        try:
            answers.append(_computed(case, office))
        except click.ClickException as refusal:
            _refuse(f"第{place}项：{refusal.message}")
    return answers


def _computed(case: Mapping[str, Any], office: Office) -> Deadline:
    if not isinstance(case, dict) or not {"pack", "rule", "start"} <= set(case):
        _refuse("要写明pack、rule和start。")
    calendar, packs = office
    start = _day(str(case["start"]))
    try:
        versions = packs(str(case["pack"]))
    except NotFound as unknown:
        _refuse(unknown.message)
    # An item keeps the version it began under: the last that was in force on the day it starts.
    pack = next((known for begins, known in reversed(versions) if begins <= start), versions[0][1])
    rule = str(case["rule"])
    if rule not in pack.periods or rule in COUNTED_BACK:
        _refuse(
            f"没有名为{rule}的期限。可用的有：{'、'.join(key for key in pack.periods if key not in COUNTED_BACK)}。"
        )
    return deadline(pack, rule, start, calendar)


def _day(text: str) -> date:
    """A day, or the office's day of a moment with a zone."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _refuse(f"日期{text}不存在或写法不对，请写成2026-03-02。")
    return (clock.office(moment) if moment.tzinfo else moment).date()


def _answer(one: Deadline) -> dict[str, Any]:
    return {
        "start": one.start.isoformat(),
        "unmoved": one.unmoved.isoformat(),
        "due": one.due.isoformat(),
        "provisional": one.provisional,
        "days": one.days,
    }


def _reasons(one: Deadline) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "label": one.label,
        "amount": one.amount,
        "unit": one.unit,
        "skipped": [day.isoformat() for day in one.skipped],
        "counted": [day.isoformat() for day in one.counted],
        "basis": one.basis,
        "explanation": [{"label": label, "sentence": sentence} for label, sentence in explain(one)],
    }


def _refuse(sentence: str) -> NoReturn:
    raise click.ClickException(sentence)
