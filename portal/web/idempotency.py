"""A double tap, or a repeat after a lost answer, is answered as the first time and done once.

Every form carries a key made when it was rendered. The row is inserted before the work, in the same transaction: a
parallel twin waits for it (SQLite: the one writer; PostgreSQL: the unique index), then finds the answer.
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from flask import flash, g, request
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.db import db
from portal.core.errors import Invalid
from portal.core.once import Submission
from portal.web.access import actor

View = TypeVar("View", bound=Callable[..., Any])
UNLIKE = "本次内容与刚才提交的不一致，请刷新页面后重新提交。"


def repeatable(view: View) -> View:
    """Mark a view that may be posted again and again with one form key (autosave)."""
    view.repeatable = True  # type: ignore[attr-defined]
    return view


def keep_work() -> None:
    """Commit this request although its answer is a refusal: what was saved before the refusal stays saved."""
    g.keep_work = True


def once(view: Callable[..., Any], work: Callable[[], Response]) -> Response:
    """Run `work` unless this person already submitted this form; then repeat the earlier answer."""
    key = request.form.get("once", "")
    person_id = actor().person_id
    if not key or person_id is None or getattr(view, "repeatable", False):
        return work()
    key = hashlib.sha256(key.encode()).hexdigest()
    earlier = _earlier(person_id, key)
    if earlier is not None:
        return _again(earlier)
    row = Submission(person_id=person_id, key=key, route=request.endpoint or "", body=_body_digest(), at=clock.real())
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:
        db.session.rollback()
        earlier = _earlier(person_id, key)
        if earlier is None:
            raise
        return _again(earlier)
    response = work()
    if response.status_code >= 400:
        db.session.delete(row)  # a refused form may be sent again, changed
    row.location = response.headers.get("Location", "")[:400]
    return response


def _earlier(person_id: int, key: str) -> Submission | None:
    return db.session.scalar(select(Submission).where(Submission.person_id == person_id, Submission.key == key))


def _again(earlier: Submission) -> Response:
    if earlier.body != _body_digest():
        raise Invalid(UNLIKE, code="key_reused")
    flash("您已提交过，没有重复创建。", "info")
    return redirect(earlier.location or request.path, 303)


def _body_digest() -> str:
    digest = hashlib.sha256(request.path.encode())
    for name, values in sorted(request.form.lists()):
        if name != "csrf_token":
            digest.update(repr((name, values)).encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: (pair[0], pair[1].filename or "")):
        content = file.stream.read()
        file.stream.seek(0)
        digest.update(repr((name, file.filename, hashlib.sha256(content).hexdigest())).encode())
    return digest.hexdigest()
