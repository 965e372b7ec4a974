"""Every act on a suggestion, without a page, on both engines: what the log says of it stands in the same transaction,
and goes with it. One row for each step of each table, and one for each act that is no step."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.congress.models import Seat
from portal.core.db import db
from portal.documents.actions import Received
from portal.suggestions import actions, handling_actions
from portal.suggestions.models import Signature, Suggestion
from portal.suggestions.reworking import reopen_rating
from tests.suggestions import test_bad_decisions as begun
from tests.suggestions.living import JOINT, LETTER, SOLE, Life
from tests.support.office import stand

DAY, IN_SESSION, WINDOW_OVER = "2026-03-02T09:00", "2026-02-25T10:00", "2026-04-02T09:00"
WHY = "两家单位职责已经调整，按新的分工办理。"


@pytest.fixture
def life(both_engines_session: Any, set_clock: Callable[[str], None]) -> Life:
    set_clock(DAY)
    made = Life(stand())
    made.on = set_clock  # type: ignore[attr-defined]
    return made


def entries(suggestion: Suggestion) -> list[str]:
    """The codes of everything in the item's log, oldest first."""
    subject = AuditEntry.subject == suggestion.audit_subject
    return list(db.session.scalars(select(AuditEntry.code).where(subject).order_by(AuditEntry.seq)))


# --- drafts and signatures -------------------------------------------------------------------------------------------


def invited(life: Life) -> Suggestion:
    suggestion = life.draft()
    actions.invite(life.actor("zhang"), suggestion, [db.session.get_one(Seat, life.seats["li"])])
    return suggestion


def signed(life: Life, name: str = "li") -> Signature:
    return life.signed_by(life.draft(), name)[0]


def joined(life: Life) -> Suggestion:
    suggestion = life.draft()
    actions.join_by_link(life.actor("wang"), suggestion)
    return suggestion


def answered(life: Life, name: str) -> Suggestion:
    suggestion = invited(life)
    data = {"text_hash": suggestion.text_hash}
    actions.take_signature(life.actor("li"), suggestion.signatures[0], name, data)
    return suggestion


def voided(life: Life) -> Suggestion:
    suggestion: Suggestion = signed(life).suggestion
    values = {"title": suggestion.title, "situation": suggestion.situation, "request": "换一个请求，写得更长一些。"}
    actions.save_draft(life.actor("zhang"), suggestion, values, None)
    return suggestion


def removed(life: Life) -> Suggestion:
    signature = signed(life)
    suggestion: Suggestion = signature.suggestion
    actions.remove_signature(life.actor("zhang"), signature)
    return suggestion


def attached(life: Life) -> Suggestion:
    return life.draft(photos=[Received("现场.pdf", "application/pdf", 10, "0" * 64)])


def detached(life: Life) -> Suggestion:
    suggestion = attached(life)
    db.session.flush()
    actions.drop_attachment(life.actor("zhang"), suggestion, suggestion.attachments[0].document_id)
    db.session.flush()
    assert suggestion.attachments == []
    return suggestion


def discarded(life: Life) -> Suggestion:
    suggestion = life.draft()
    actions.discard(life.actor("zhang"), suggestion)
    return suggestion


def checked(life: Life) -> Suggestion:
    life.on(IN_SESSION)  # type: ignore[attr-defined]
    return life.take("delegation1", life.take("zhang", life.draft(), "submit"), "check", note="无误")


# --- merging and dividing --------------------------------------------------------------------------------------------


def gone_along(life: Life) -> Suggestion:
    """The merged item, assigned because its main item was."""
    member = begun.merged(life)
    life.take("clerk", db.session.get_one(Suggestion, member.merged_into_id), "assign", units=life.rows(SOLE))
    return member


def split(life: Life) -> Suggestion:
    item = life.draft(points=("设一个受理窗口", "改造供水立管"))
    life.signed_by(item, "li")
    life.take("clerk", life.take("zhang", item, "submit"), "admit", category="0101")
    off = {"title": "关于改造供水立管的建议", "request": "请水务局改造供水立管。", "points": ["2"], "reason": WHY}
    return life.take("clerk", item, "split", **off)


def divided_off(life: Life) -> Suggestion:
    other = split(life).facts_of("division")[0].record["other"]
    return db.session.scalars(select(Suggestion).where(Suggestion.public_id == other)).one()


# --- units at work ---------------------------------------------------------------------------------------------------


def task(life: Life, unit: str, step: str, **data: Any) -> Suggestion:
    suggestion = life.assigned(JOINT)
    part = life.task(suggestion, unit)
    if step != "receive":
        life.act(unit, part, "receive")
    life.act(unit, part, step, **data)
    return suggestion


def by(
    who: str, make: Callable[[Life], Suggestion], step: str, unit: str = "housing", **data: Any
) -> Callable[[Life], Suggestion]:
    """The step of the unit's part, taken by `who` on what `make` has begun."""

    def done(life: Life) -> Suggestion:
        suggestion = make(life)
        life.act(who, life.task(suggestion, unit), step, **data)
        return suggestion

    return done


def passed_on(life: Life) -> Suggestion:
    suggestion = begun.return_asked(life)
    life.act("clerk", life.task(suggestion), "approve_return", unit=life.bodies["education"])
    return suggestion


def confirmed(life: Life) -> Suggestion:
    suggestion = life.assigned()
    part = life.contacted(life.task(suggestion))
    life.act("zhang", part, "confirm_contact", contact=part.contacts[0].public_id, answer="true")
    return suggestion


def rated(life: Life) -> Suggestion:
    suggestion = life.assigned()
    life.rated(life.replied(life.task(suggestion)))
    return suggestion


def handed_to(life: Life) -> Suggestion:
    suggestion = life.assigned()
    handling_actions.hand_to(life.actor("housing"), life.task(suggestion), None)
    return suggestion


# --- after the reply -------------------------------------------------------------------------------------------------


def not_rated(life: Life) -> Suggestion:
    suggestion = life.assigned()
    life.replied(life.task(suggestion))
    life.on(WINDOW_OVER)  # type: ignore[attr-defined]
    return suggestion


def lapsed(life: Life) -> Suggestion:
    suggestion = not_rated(life)
    handling_actions.follow(suggestion)
    return suggestion


def reopened(life: Life) -> Suggestion:
    suggestion = not_rated(life)
    reopen_rating(life.actor("clerk"), life.task(suggestion), "代表住院，请求补评。")
    return suggestion


def reworked(life: Life) -> Suggestion:
    suggestion = begun.dissatisfied(life)
    return life.take("clerk", suggestion, "rehandle", task=life.task(suggestion).public_id, text="请当面听取。", unit=None)


def explained(life: Life) -> Suggestion:
    suggestion = begun.dissatisfied(life)
    text = "受国家标准限制，本期不能改造。"
    return life.take("clerk", suggestion, "explain", task=life.task(suggestion).public_id, text=text)


CONTACT = {"form": "phone", "who": "王科长", "summary": "电话里商定了方案。"}
OPINION = {"text": "同意由住建局牵头，费用列入年度计划。"}
DECIDED = {"minutes": "召集两家单位听取了意见。", "decision": "由水务局办理。"}
NO_ADMISSION = {"disposition": "letter", "explanation": "属于个人诉求，作来信处理。"}
ACTS: dict[str, Callable[[Life], Suggestion]] = {
    "suggestion.begin": lambda life: actions.begin(life.actor("zhang")),
    "suggestion.discard": discarded,
    "suggestion.attach": attached,
    "suggestion.detach": detached,
    "suggestion.submit": lambda life: life.take("zhang", life.draft(), "submit"),
    "suggestion.check": checked,
    "suggestion.send_back": lambda life: life.take("clerk", life.submitted(), "send_back", reason="请写清具体地点。"),
    "suggestion.not_admit": lambda life: life.take("clerk", life.submitted(), "not_admit", **NO_ADMISSION),
    "suggestion.admit": lambda life: life.admitted(),
    "suggestion.assign": lambda life: life.assigned(),
    "suggestion.merge": begun.merged,
    "suggestion.unmerge": lambda life: life.take("clerk", begun.merged(life), "unmerge", reason=WHY),
    "suggestion.go_along": gone_along,
    "suggestion.split": split,
    "suggestion.divide_off": divided_off,
    "suggestion.adjust": lambda life: life.take(
        "clerk", life.assigned(), "adjust", unit=life.bodies["education"], role="assist", reason=WHY
    ),
    "suggestion.open_coordination": begun.coordinating,
    "suggestion.decide_coordination": lambda life: life.take(
        "govoffice", begun.coordinating(life), "decide_coordination", **DECIDED
    ),
    "suggestion.request_withdrawal": begun.withdrawing,
    "suggestion.consent_withdrawal": lambda life: life.take(
        "li", begun.withdrawing(life), "consent_withdrawal", answer="agreed"
    ),
    "suggestion.withdraw": lambda life: life.take("zhang", life.assigned(), "request_withdrawal", reason=WHY),
    "suggestion.all_replied": by("housing-signer", begun.drafted, "sign_reply"),
    "suggestion.all_rated": rated,
    "suggestion.feedback_lapsed": lapsed,
    "suggestion.rehandle": reworked,
    "suggestion.explain": explained,
    "suggestion.dissatisfied_again": begun.twice,
    "suggestion.convene": begun.convened,
    "suggestion.close": lambda life: life.take(
        "clerk", begun.convened(life), "close", text="请单位继续跟踪，年底报告。", reported_on=begun.clock.today()
    ),
    "signature.invite": invited,
    "signature.confirm": lambda life: answered(life, "confirm"),
    "signature.decline": lambda life: answered(life, "decline"),
    "signature.void": voided,
    "signature.remove": removed,
    "signature.sign_along": divided_off,
    "unit_task.dispatch": by("govoffice", Life.assigned, "dispatch"),
    "unit_task.receive": lambda life: task(life, "housing", "receive"),
    "unit_task.request_return": begun.return_asked,
    "unit_task.approve_return": passed_on,
    "unit_task.refuse_return": by("clerk", begun.return_asked, "refuse_return", reason=WHY),
    "unit_task.log_contact": lambda life: task(life, "housing", "log_contact", **CONTACT),
    "unit_task.confirm_contact": confirmed,
    "unit_task.request_extension": begun.extension_asked,
    "unit_task.grant_extension": by("clerk", begun.extension_asked, "grant_extension"),
    "unit_task.refuse_extension": by("clerk", begun.extension_asked, "refuse_extension", reason=WHY),
    "unit_task.give_opinion": lambda life: task(life, "water", "give_opinion", **OPINION),
    "unit_task.bounce_opinion": by("housing", begun.opinion_given, "bounce_opinion", "water", reason=WHY),
    "unit_task.draft_reply": lambda life: task(life, "housing", "draft_reply", **LETTER),
    "unit_task.bounce_reply": by("housing-signer", begun.drafted, "bounce_reply", reason="请补写完成日期。"),
    "unit_task.check_reply": by("govoffice", begun.drafted, "check_reply"),
    "unit_task.sign_reply": by("housing-signer", begun.drafted, "sign_reply"),
    "unit_task.rate": rated,
    "unit_task.reopen_rating": reopened,
    "unit_task.urge": by("clerk", begun.handling, "urge", text="请于本周内联系代表。"),
    "unit_task.hand_to": handed_to,
}


@pytest.mark.parametrize("code", ACTS)
def test_every_act_is_in_the_log_and_dies_with_its_transaction(life: Life, code: str) -> None:
    suggestion = ACTS[code](life)
    subject = suggestion.audit_subject
    assert code in entries(suggestion)
    db.session.rollback()
    left = db.session.scalar(select(func.count()).where(AuditEntry.subject == subject))
    assert left == 0, "the log must not outlive the act"
    assert db.session.scalar(select(func.count()).select_from(Suggestion)) == 0


def test_every_step_of_every_table_is_among_the_acts() -> None:
    flows = (actions.SIGNATURE, handling_actions.SUGGESTION, handling_actions.UNIT_TASK)
    assert {f"{flow.name}.{name}" for flow in flows for name in flow.steps} <= set(ACTS)
