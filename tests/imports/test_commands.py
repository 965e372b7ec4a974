"""flask import: dry run, writing, refusal; nothing but the file and the database."""

import pytest
from sqlalchemy import func, select

from portal.congress.models import Seat, Unit
from portal.core.db import db
from tests.imports import making
from tests.imports.conftest import DATA


@pytest.fixture
def flask(app, office):
    db.session.commit()

    def run(*words):
        db.session.rollback()
        return app.test_cli_runner().invoke(args=["import", *map(str, words)])

    return run


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def test_dry_run_writes_nothing(flask):
    answer = flask(DATA / "roster-300.xlsx", "--kind", "roster", "--dry-run")
    assert answer.exit_code == 0, answer.output
    assert "联系电话 → 手机号" in answer.output
    assert "提示：第18行出生年月按1969年10月读取。" in answer.output
    assert "检查了300行，没有问题，没有写入。" in answer.output
    assert count(Seat) == 0


def test_writing(flask):
    answer = flask(DATA / "units-60.xls", "--kind", "units")
    assert answer.exit_code == 0, answer.output
    assert "已导入60行：委员会6、承办单位60。" in answer.output
    assert count(Unit) == 60
    again = flask(DATA / "units-60.xls", "--kind", "units")
    assert again.exit_code == 1
    assert "这份文件已于3月1日导入过" in again.output


def test_refusal(flask, tmp_path):
    rows = making.roster(20)
    rows[4][3] = "1380"
    file = tmp_path / "名册.xlsx"
    file.write_bytes(making.workbook(rows))
    answer = flask(file, "--kind", "roster")
    assert answer.exit_code == 1
    assert "问题：第5行手机号不正确。" in answer.output
    assert "共1处问题，未导入任何数据。" in answer.output
    assert count(Seat) == 0


def test_words_that_mean_nothing(flask, tmp_path):
    assert "--kind只能是roster、units、ledger、stations。" in flask(DATA / "units-60.xls", "--kind", "words").output
    empty = tmp_path / "空.csv"
    empty.touch()
    answer = flask(empty, "--kind", "roster")
    assert answer.exit_code == 1
    assert "文件是空的" in answer.output
    assert (
        "请用--congress写明是哪一级人大：示范区人民代表大会。"
        in flask(DATA / "units-60.xls", "--kind", "units", "--congress", "别处").output
    )
