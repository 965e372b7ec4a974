"""What `flask prepare` does before the server starts: schema, assets, the demo district in an empty demo."""

from collections.abc import Callable

import flask_migrate
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal import assets, demo
from portal.accounts.models import Person
from portal.core import clock, durability
from portal.core.db import db
from portal.core.errors import Misconfigured

Say = Callable[[str], None]


def prepare(say: Say) -> None:
    """Bring everything to where the server can start; one line per step, with its seconds.

    Raises Misconfigured when the database cannot be reached or does not promise what it must.
    """
    try:
        say(durability.check(db.engine))
    except OperationalError as reason:
        raise Misconfigured("数据库连不上：请核对 DATABASE_URL，或看数据目录能不能写。") from reason
    _step(say, "数据库表已是最新", flask_migrate.upgrade)
    _step(say, "静态文件已就绪", assets.build)
    if current_app.config["SETTINGS"].demo and not db.session.scalar(select(func.count()).select_from(Person)):
        _step(say, "示范区已装入", _load_demo)
    db.session.rollback()


def _load_demo() -> None:
    demo.load(clock.now())


def _step(say: Say, words: str, work: Callable[[], object]) -> None:
    began = clock.ticks()
    work()
    say(f"{words}（{clock.ticks() - began:.1f}秒）")
