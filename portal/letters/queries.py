"""Which template an office uses, and letters made from it."""

from sqlalchemy import select

from portal.core.db import db
from portal.core.errors import NotFound
from portal.letters import shipped
from portal.letters.kinds import KINDS, Kind, Values
from portal.letters.models import LetterTemplate
from portal.letters.rendering import Letter, filled


def kind_called(name: str) -> Kind:
    """The kind of that name; raises NotFound."""
    if name not in KINDS:
        raise NotFound()
    return KINDS[name]


def own_templates(congress_id: int | None) -> dict[str, LetterTemplate]:
    """The office's own templates, by kind."""
    found = db.session.scalars(select(LetterTemplate).where(LetterTemplate.congress_id == congress_id))
    return {one.kind: one for one in found}


def own_template(congress_id: int | None, kind: Kind) -> LetterTemplate | None:
    """The office's own template of the kind, or None while it uses the one that ships."""
    return db.session.scalars(
        select(LetterTemplate).where(LetterTemplate.congress_id == congress_id, LetterTemplate.kind == kind.name)
    ).one_or_none()


def template(congress_id: int | None, kind: Kind) -> bytes:
    """The template in use."""
    own = own_template(congress_id, kind)
    if own is None:
        return shipped.template(kind.name)
    with own.document.open() as file:
        return file.read()


def letter(congress_id: int | None, kind: Kind, values: Values, about: str) -> Letter:
    """The letter as a Word file called after its kind and what it is about; raises Invalid when the template is bad."""
    return Letter(f"{kind.label}-{about}.docx", filled(template(congress_id, kind), kind, values))
