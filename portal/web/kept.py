"""Keeping what was typed when a request is refused, and putting it back on the form.

Every form carries a token that names, signed, the person and the page it was rendered for. A refused POST (expired
session, foreign token, stale version) is stored encrypted under that person; the same person finds it again on the
same page with ?kept=….
"""

import json
import secrets
from collections.abc import Mapping

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from portal.core import clock, personal
from portal.core.db import db
from portal.core.once import KeptInput
from portal.web.access import actor

SKIPPED = ("csrf_token", "once", "expected_version", "password", "old", "new", "again")
LONGEST = 60_000


def form_token() -> str:
    """A fresh idempotency key bound to the person and page at hand."""
    return _signer().dumps([secrets.token_urlsafe(12), actor().person_id, request.full_path.rstrip("?")])


def owner_of(token: str) -> tuple[int, str] | None:
    """(person id, page address) of a form token that this deployment signed for somebody; None otherwise."""
    try:
        _, person_id, path = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return (person_id, path) if person_id else None


def keep(files: Mapping[str, list[str]]) -> str | None:
    """Store the refused form in a transaction of its own, with the tokens of its kept `files` by field; the address
    that shows it again, or None."""
    owner = owner_of(request.form.get("once", ""))
    typed = {name: request.form.getlist(name) for name in request.form if name not in SKIPPED}
    typed = {name: values for name, values in typed.items() if any(v.strip() for v in values)} | dict(files)
    sealed = json.dumps(typed, ensure_ascii=False)
    if owner is None or not typed or len(sealed) > LONGEST:
        return None
    person_id, path = owner
    token = secrets.token_urlsafe(12)
    with db.engine.begin() as connection:
        row = {"token": token, "person_id": person_id, "path": path[:400], "at": clock.real()}
        connection.execute(KeptInput.__table__.insert().values(sealed=personal.seal(sealed), **row))
    return f"{path}{'&' if '?' in path else '?'}kept={token}"


def kept_values() -> dict[str, list[str]] | None:
    """What this person had typed into this page before it was refused."""
    token = request.args.get("kept")
    if not token or not actor().person_id:
        return None
    row = db.session.scalar(select(KeptInput).where(KeptInput.token == token, KeptInput.person_id == actor().person_id))
    return json.loads(personal.unseal(row.sealed)) if row else None


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="form")
