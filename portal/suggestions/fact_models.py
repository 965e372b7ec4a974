"""What is on record about a suggestion and its units' tasks: official facts in one append-only table.

A fact is never changed, only followed by another one (refused by triggers). One table for all kinds, so that a page
reads an item's whole record in one statement.
"""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import Appointment, Body
from portal.core.db import Identified, Known, Stamped, db
from portal.documents.models import Document
from portal.suggestions.models import Suggestion
from portal.suggestions.rules import level


def _only(condition: str) -> dict[str, Any]:
    """A partial unique index, said for both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Fact(Identified, Known, Stamped, db.Model):
    """One official fact about a suggestion or, with `task`, about one unit's part of it.

    `happened_on` is the day the act happened, `created_at` when it was recorded; cut-off reports go by the second
    (settled A55). `about_id` is the fact that this one answers; one answer each. `verdict` is what an answer says:
    granted or refused, of a consent agreed or refused; `asked` a day that is asked for, `unit` a unit that is named.
    """

    __tablename__ = "task_facts"
    __table_args__ = (
        Index("ix_task_facts_task", "task_id", "id"),
        Index("ix_task_facts_suggestion", "suggestion_id", "id"),
        Index("uq_task_facts_about", "kind", "about_id", unique=True, **_only("about_id IS NOT NULL")),
        CheckConstraint("kind <> 'reply' OR publicity = 'full' OR why <> ''", name="publicity_needs_reason"),
        CheckConstraint("kind <> 'reply' OR grade IS NOT NULL", name="reply_has_grade"),
        CheckConstraint("kind <> 'rating' OR (attitude IS NOT NULL AND result IS NOT NULL)", name="rating_whole"),
    )
    __mapper_args__ = {"polymorphic_on": "kind"}

    kind: Mapped[str] = mapped_column(String(10))
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"))
    task_id: Mapped[int | None] = mapped_column(ForeignKey("unit_tasks.id"))
    happened_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id"))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("task_facts.id"))
    round: Mapped[int | None]
    text: Mapped[str] = mapped_column(default="")
    why: Mapped[str] = mapped_column(default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    verdict: Mapped[str | None] = mapped_column(String(10))
    asked: Mapped[date | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    place: Mapped[str | None] = mapped_column(String(80))
    who: Mapped[str | None] = mapped_column(String(80))
    record: Mapped[dict | None] = mapped_column(JSON)

    suggestion: Mapped[Suggestion] = relationship(back_populates="facts")
    task: Mapped[Any] = relationship("UnitTask")
    document: Mapped[Document | None] = relationship(lazy="joined")
    unit: Mapped[Body | None] = relationship()
    by: Mapped[Appointment | None] = relationship()

    def __init__(self, **values: Any):
        task = values.get("task")
        super().__init__(**values, **({"suggestion": task.suggestion} if task is not None else {}))

    def followed_by(self, kind: str) -> Any:
        """The fact of that kind that answers this one, or None."""
        return next((one for one in self.suggestion.facts if one.kind == kind and one.about_id == self.id), None)


class DueDate(Fact):
    """A due date and why it is that day (期限说明单); a change is a new row with its reason (`why`).

    `happened_on` is the day the clock starts from, `record` the whole Deadline (congress.deadlines.recorded).
    """

    __mapper_args__ = {"polymorphic_identity": "due"}

    rule: Mapped[str | None] = mapped_column(String(20))
    due: Mapped[date | None]


class ContactEvent(Fact):
    """What the unit says: when and how it spoke with the deputy before answering (代表法 51)."""

    __mapper_args__ = {"polymorphic_identity": "contact"}

    form: Mapped[str | None] = mapped_column(String(12))

    @property
    def reply(self) -> "ContactAnswer | None":
        """What the deputy says of it; None while unanswered."""
        return self.followed_by("answer")

    @property
    def answer(self) -> str | None:
        """true, untrue or none; None while unanswered."""
        return self.reply.answer if self.reply else None


class ContactAnswer(Fact):
    """What the deputy says of a contact (`about_id`): 属实 (true), 不属实 (untrue), 没联系过 (none)."""

    __mapper_args__ = {"polymorphic_identity": "answer"}

    answer: Mapped[str | None] = mapped_column(String(8))


class Opinion(Fact):
    """会办意见: what an assisting unit tells the lead unit, never the deputy. Each version is a row."""

    __mapper_args__ = {"polymorphic_identity": "opinion"}


class OpinionBounce(Fact):
    """The lead unit sends an opinion (`about_id`) back as empty; `text` says why (settled `assist_redo`)."""

    __mapper_args__ = {"polymorphic_identity": "bounce"}


class Reply(Fact):
    """答复函, signed and sent. `number` counts the versions of one task; a new one never replaces an old one.

    `text` is the letter, `why` the reason for publishing less than the whole, `happened_on` the day of signing.
    """

    __mapper_args__ = {"polymorphic_identity": "reply"}

    number: Mapped[int | None]
    grade: Mapped[str | None] = mapped_column(String(8))
    document_number: Mapped[str | None] = mapped_column(String(60))
    contact_person: Mapped[str | None] = mapped_column(String(60))
    contact_line: Mapped[str | None] = mapped_column(String(40))
    publicity: Mapped[str | None] = mapped_column(String(8))
    missing_opinions_note: Mapped[str | None]
    late_reason: Mapped[str | None]

    @property
    def scans(self) -> list["Scan"]:
        """The sealed papers that came after signing, each about the one before it."""
        found: list[Scan] = []
        while (one := (found[-1] if found else self).followed_by("scan")) is not None:
            found.append(one)
        return found

    @property
    def sealed(self) -> Document | None:
        """The sealed scan as it stands: the latest, or the one that the draft had."""
        return self.scans[-1].document if self.scans else self.document

    @property
    def is_sealed(self) -> bool:
        """Whether there is one; without reading it."""
        return self.document_id is not None or bool(self.scans)

    @property
    def voices(self) -> list["Voice"]:
        """What co-signers said of it."""
        return [one for one in self.suggestion.facts_of("voice") if one.record["reply"] == self.public_id]


class Scan(Fact):
    """The sealed paper of a signed reply, added later: about the reply, or about the scan that it follows."""

    __mapper_args__ = {"polymorphic_identity": "scan"}


class Voice(Fact):
    """A co-signer's own word on a reply (`record`: reply, attitude, result); the lead's form alone counts."""

    __mapper_args__ = {"polymorphic_identity": "voice"}

    @property
    def level(self) -> str:
        """The worse of attitude and result."""
        said = self.record or {}
        return level(said["attitude"], said["result"])


class Cutting(Fact):
    """诉求点 that the commission cut for the deputy: `record` has them and the fingerprint of the text they cut."""

    __mapper_args__ = {"polymorphic_identity": "points"}


Index("uq_task_facts_reply", Fact.task_id, Reply.number, unique=True, **_only("number IS NOT NULL"))


class Rating(Fact):
    """征询意见表: the lead deputy's word on one reply (`about_id`), attitude and result; `text` is the reason."""

    __mapper_args__ = {"polymorphic_identity": "rating"}

    attitude: Mapped[str | None] = mapped_column(String(14))
    result: Mapped[str | None] = mapped_column(String(14))


class ReturnRequest(Fact):
    """退办申请: the unit says that the matter is not its own (`text`) and whose it is (`unit`)."""

    __mapper_args__ = {"polymorphic_identity": "return"}


class ReturnDecision(Fact):
    """The decision on a return; granted, it names the new unit; the item's second one bears a leader's decision."""

    __mapper_args__ = {"polymorphic_identity": "returned"}

    leader_decision: Mapped[str | None]


class ExtensionRequest(Fact):
    """延期申请: until `asked`, because (`text`)."""

    __mapper_args__ = {"polymorphic_identity": "extension"}


class ExtensionDecision(Fact):
    """The decision on an extension (`about_id`); `asked` is the date that was granted."""

    __mapper_args__ = {"polymorphic_identity": "extended"}


class Urge(Fact):
    """催办 by hand; `text` is what was said."""

    __mapper_args__ = {"polymorphic_identity": "urge"}


class Rework(Fact):
    """The decision to handle again what a rating (`about_id`) was 不满意 with; `text` is what the unit is asked."""

    __mapper_args__ = {"polymorphic_identity": "rework"}


class Explanation(Fact):
    """Rework refused after a rating (`about_id`): what the deputy was told."""

    __mapper_args__ = {"polymorphic_identity": "explained"}


class Convening(Fact):
    """Both sides brought together after a second 不满意: `who` was there, `place`, and what was said (`text`)."""

    __mapper_args__ = {"polymorphic_identity": "convened"}


class Conclusion(Fact):
    """What the commission concluded after convening (`text`); `asked` is the day it was reported to the chairpersons'
    meeting, where the pack asks for that."""

    __mapper_args__ = {"polymorphic_identity": "concluded"}


class Coordination(Fact):
    """协调单 opened because units disagree (`text`), or by an item's second return (`why` = "return")."""

    __mapper_args__ = {"polymorphic_identity": "coord"}


class CoordinationDecision(Fact):
    """What came of a coordination (`about_id`): `text` the minutes, `why` the decision, the sheet as document."""

    __mapper_args__ = {"polymorphic_identity": "decided"}


class WithdrawalRequest(Fact):
    """撤回申请 of the lead deputy; `text` is the reason."""

    __mapper_args__ = {"polymorphic_identity": "withdrawal"}


class WithdrawalConsent(Fact):
    """A co-signer's own answer to the latest request for withdrawal; `by` is the seat that answered."""

    __mapper_args__ = {"polymorphic_identity": "consent"}


class Merger(Fact):
    """并案, kept on both items: `record` names the other one and, on the one merged in, what it left behind."""

    __mapper_args__ = {"polymorphic_identity": "merger"}


class Unmerger(Fact):
    """A merger (`about_id`) undone; `text` says why."""

    __mapper_args__ = {"polymorphic_identity": "unmerger"}


class Division(Fact):
    """拆分, kept on both items: `record` names the other one and the points that moved."""

    __mapper_args__ = {"polymorphic_identity": "division"}

