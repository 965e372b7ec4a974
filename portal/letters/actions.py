"""Putting an office's own template in the place of the one that ships, and going back."""

from typing import Any

from portal.accounts.actor import Actor
from portal.audit import actions as audit
from portal.core.db import db
from portal.core.errors import Conflict
from portal.documents.actions import Received, store
from portal.documents.storage import files
from portal.letters import queries
from portal.letters.kinds import Kind
from portal.letters.models import LetterTemplate
from portal.letters.rendering import MEDIA_TYPE, checked, fault


def subject(congress_id: int | None) -> str:
    """The audit chain of an office's templates."""
    return f"letters:{congress_id}"


def check(kind: Kind, upload: Received) -> None:
    """Read the template and fill it in with the sample; slow, so call it before the first statement.

    Raises Invalid with a sentence that names the field or quotes the place.
    """
    if upload.media_type != MEDIA_TYPE:
        raise fault("模板要用Word文档（docx），请另存为docx后再传。")
    with files().open(upload.sha256) as file:
        checked(file.read(), kind)


def replace(actor: Actor, kind: Kind, upload: Received) -> LetterTemplate:
    """Use this template, which check() has found sound, from now on."""
    document = store(actor, upload)
    own = queries.own_template(actor.congress_id, kind)
    if own is None:
        own = LetterTemplate(congress_id=actor.congress_id, kind=kind.name)
        db.session.add(own)
    own.document = document
    db.session.flush()
    _record(actor, "replace", {"kind": kind.name, "sha256": upload.sha256}, f"换了{kind.label}的模板：{document.name}")
    return own


def go_back(actor: Actor, kind: Kind) -> None:
    """Use the template that ships again. Raises Conflict when it is used already."""
    own = queries.own_template(actor.congress_id, kind)
    if own is None:
        raise Conflict(f"{kind.label}用的已经是平台自带的模板。")
    data = {"kind": kind.name, "sha256": own.document.sha256}
    db.session.delete(own)
    _record(actor, "go_back", data, f"{kind.label}改用平台自带的模板")


def _record(actor: Actor, code: str, data: dict[str, Any], said: str) -> None:
    audit.record(actor, subject(actor.congress_id), f"letter_template.{code}", data, said)
