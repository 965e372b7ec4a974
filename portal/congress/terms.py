"""Questions about the change of term: the term that follows, what is still drafted, and the computed checklist."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts.actor import Actor
from portal.congress import handover
from portal.congress.models import Group, NumberSeries, Seat, Session, Term, TermDraft
from portal.congress.rules import day_words, numeral, term_words
from portal.core.db import db
from portal.core.errors import NotFound

KINDS = {"delegations": "代表团", "deputies": "代表名册", "groups": "代表小组"}
COUNTED = {"delegations": "个", "deputies": "名", "groups": "个"}


@dataclass(frozen=True)
class Check:
    """One line of the checklist: done or open, in words, with the page where it is done."""

    done: bool
    words: str
    url: str = ""


def term(actor: Actor, public_id: str) -> Term:
    """One term of the actor's congress; NotFound otherwise."""
    found = db.session.scalar(select(Term).where(Term.public_id == public_id, Term.congress_id == actor.congress_id))
    if found is None:
        raise NotFound()
    return found


def next_of(old: Term) -> Term | None:
    """The term that follows, when it has been opened."""
    return db.session.scalar(select(Term).where(Term.congress_id == old.congress_id, Term.number == old.number + 1))


def before(new: Term) -> Term | None:
    """The term before."""
    return db.session.scalar(select(Term).where(Term.congress_id == new.congress_id, Term.number == new.number - 1))


def drafts(new: Term) -> list[TermDraft]:
    """Everything drafted for the term, decided or not."""
    loaded = (
        joinedload(TermDraft.body),
        joinedload(TermDraft.seat).joinedload(Seat.person),
        joinedload(TermDraft.seat).joinedload(Seat.delegation),
    )
    return list(db.session.scalars(select(TermDraft).where(TermDraft.term_id == new.id).options(*loaded)))


def open_drafts(new: Term) -> list[TermDraft]:
    """What the clerk has not decided; a deputy whom the new roster brought in is decided by that."""
    seated = set(db.session.scalars(select(Seat.person_id).where(Seat.term_id == new.id)))
    undecided = [one for one in drafts(new) if one.kept is None]
    return [one for one in undecided if one.seat is None or one.seat.person_id not in seated]


def kind_of(draft: TermDraft) -> str:
    """delegations, deputies or groups."""
    if draft.seat is not None:
        return "deputies"
    return "groups" if isinstance(draft.body, Group) else "delegations"


def name_of(draft: TermDraft) -> str:
    """The deputy's or the body's name."""
    return draft.seat.person.name if draft.seat is not None else draft.body.name if draft.body is not None else ""


def checklist(actor: Actor, new: Term) -> list[Check]:
    """What a change of term asks for, each worked out from what is stored now."""
    old = before(new)
    here = f"/terms/{new.public_id}"
    checks = [_begun(new), *_drafted(new, here), _roster(new)]
    if old is not None:
        checks += [_left(part, f"{here}/left-overs") for part in handover.left_overs(actor, old)]
        checks.append(_reading(old))
    return [*checks, _numbering(new)]


def _begun(new: Term) -> Check:
    first = db.session.scalar(select(Session).where(Session.term_id == new.id, Session.number == 1))
    opened = f"，第一次会议{day_words(first.opens_on)}开幕" if first else "，还没有登记第一次会议"
    return Check(first is not None, f"第{term_words(new)}从{day_words(new.starts_on)}开始{opened}", "/terms")


def _drafted(new: Term, here: str) -> list[Check]:
    everything, undecided = drafts(new), open_drafts(new)
    checks = []
    for kind, label in KINDS.items():
        all_of = sum(1 for one in everything if kind_of(one) == kind)
        left = sum(1 for one in undecided if kind_of(one) == kind)
        unit = COUNTED[kind]
        said = f"{label}：{all_of}{unit}里还有{left}{unit}没有决定是否沿用" if left else f"{label}：{all_of}{unit}都已决定"
        checks.append(Check(not left, said, f"{here}/drafts"))
    return checks


def _roster(new: Term) -> Check:
    number = db.session.scalar(select(func.count(Seat.id)).where(Seat.term_id == new.id)) or 0
    said = (
        f"第{term_words(new)}名册已有{number}名代表" if number else f"第{term_words(new)}名册还是空的，可以导入名册文件"
    )
    return Check(number > 0, said, "/imports")


def _left(part: handover.Part, url: str) -> Check:
    return Check(not part.total, f"{part.title}：{part.total}件" if part.total else f"{part.title}：没有", url)


def _reading(old: Term) -> Check:
    last = db.session.scalar(select(func.max(Seat.reads_until)).where(Seat.term_id == old.id))
    if last is None:
        return Check(True, "离任代表不再查看本人建议")
    return Check(True, f"离任代表可以查看本人提过的建议，到{day_words(last)}为止")


def _numbering(new: Term) -> Check:
    first = db.session.scalar(select(Session).where(Session.term_id == new.id, Session.number == 1))
    used = db.session.scalar(select(NumberSeries.next).where(NumberSeries.key == f"session:{first.id}")) if first else 1
    words = f"{term_words(new)}{numeral(first.number)}次" if first else term_words(new)
    return Check(first is not None, f"{words}会议的建议从第1号编起，下一件是第{used or 1}号")
