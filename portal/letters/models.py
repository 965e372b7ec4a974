"""The templates that offices have put in the place of those that ship."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.db import Identified, Stamped, db
from portal.documents.models import Document


class LetterTemplate(Identified, Stamped, db.Model):
    """One office's own template of one kind (letters.kinds); without a row the one that ships is used."""

    __tablename__ = "letter_templates"
    __table_args__ = (UniqueConstraint("congress_id", "kind"),)

    congress_id: Mapped[int] = mapped_column(ForeignKey("bodies.id"))
    kind: Mapped[str] = mapped_column(String(24))
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))

    document: Mapped[Document] = relationship(lazy="joined")
