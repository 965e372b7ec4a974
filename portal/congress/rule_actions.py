"""Preparing rules of the office's own: copy, edit, propose, approve by a second person, drop. Nothing commits."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from portal.accounts.actor import Actor
from portal.accounts.permissions import KEEP_RULES
from portal.audit.actions import record_step
from portal.congress import rule_changes, rule_parts, rule_queries
from portal.congress.models import Congress
from portal.congress.pack_models import RuleAdoption, RuleDraft, RulePack, RulePackVersion
from portal.congress.rule_workflow import RULE_DRAFT
from portal.congress.rulepacks import digest_of, version_of
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed
from portal.notifications.actions import tell_step

CODE = re.compile(r"[A-Z][A-Z0-9]{1,9}")
WRONG_CODE = "代号是2到10个大写字母或数字，以字母开头。"
TAKEN_CODE = "这个代号已经有了，请换一个。"
BOTH = "自立一套规则的，名称和代号都要写。"
ONE_AT_A_TIME = "已经有一稿正在改，办完那一稿再改新的。"
UNCHANGED = "和现行的规则没有差别，不用批准。"
NO_DAY = "请先填写从哪天起用。"
NOT_AHEAD = "起用日期要晚于今天，新的一天从零点起用新规则。"
BEFORE_LAST = "{day}起用的一版已经批准，起用日期不能早于这一天。"
LAST_GRADE = "至少要留一项。"


def begin(actor: Actor, congress: Congress, base: RulePackVersion, name: str, code: str) -> RuleDraft:
    """A draft copied from `base`: a new version of the same rules, or with `name` and `code` rules of the office's own.

    Raises Conflict while another draft is open, Invalid for a code that is wrong or taken.
    """
    if not actor.may(KEEP_RULES):
        raise NotAllowed()
    if rule_queries.open_draft(congress.id) is not None:
        raise Conflict(ONE_AT_A_TIME)
    content = dict(base.content)
    if name or code:
        _check_code(name, code)
        content |= {"name": name, "code": code}
    draft = RuleDraft(congress_id=congress.id, base=base, base_id=base.id, content=content)
    db.session.add(draft)
    take(actor, draft, "begin", {"base": rule_queries.called(base)})
    return draft


def _check_code(name: str, code: str) -> None:
    if not (name and code):
        raise Invalid(fields={"code" if name else "name": BOTH})
    if not CODE.fullmatch(code):
        raise Invalid(fields={"code": WRONG_CODE})
    if db.session.scalar(select(RulePack.id).where(RulePack.code == code)) is not None:
        raise Invalid(fields={"code": TAKEN_CODE})


def write(actor: Actor, draft: RuleDraft, part: str, key: str, row: Mapping[str, Any], expected: int | None) -> bool:
    """Change or add one entry; whether anything changed.

    What is wrong with the entry itself is refused (Invalid by field name); where it does not fit another entry yet,
    the draft is kept, and says so until it is mended. Raises Stale for an old page.
    """
    RULE_DRAFT.checked(actor, draft, "edit", expected)
    content = rule_parts.put(draft.content, part, key, row)
    own = _own_faults(content, part, key)
    if own:
        raise Invalid(fields=own)
    if content == draft.content:
        return False
    _edit(actor, draft, part, key, content, expected)
    return True


def _own_faults(content: Mapping[str, Any], part: str, key: str) -> dict[str, str]:
    """The sentences about one entry, by the name of its field."""
    place = str(rule_parts.keys(content, part).index(key)) if part in rule_parts.LISTED else key
    front = {rule_parts.ABOUT: "", "ladder": "ladder."}.get(part, f"{part}.{place}.")
    found = {}
    for path, sentence in rule_queries.faults_of(content):
        if part in ("limits", "policies") and path == f"{part}.{key}":
            path = f"{path}.value"  # the schema calls the fault of a value by its entry alone
        name = path.removeprefix(front)
        if part == rule_parts.ABOUT:
            name = name.replace("words.", "word_")
            if name not in ("name", "legal_note") and not name.startswith("word_"):
                continue
        elif not path.startswith(front):
            continue
        found[name.partition(".")[0]] = sentence
    return found


def take_away(actor: Actor, draft: RuleDraft, part: str, key: str, expected: int | None) -> None:
    """Take one entry out of a list. Raises Conflict for the last one."""
    if len(rule_parts.keys(draft.content, part)) == 1:
        raise Conflict(LAST_GRADE)
    _edit(actor, draft, part, key, rule_parts.without(draft.content, part, key), expected)


def move_up(actor: Actor, draft: RuleDraft, part: str, key: str, expected: int | None) -> None:
    """Put one entry of a list a place further up."""
    _edit(actor, draft, part, key, rule_parts.raised(draft.content, part, key), expected)


def _edit(actor: Actor, draft: RuleDraft, part: str, key: str, content: dict[str, Any], expected: int | None) -> None:
    kept = content if rule_parts.entry(content, part, key) is not None else draft.content
    what = f"{rule_parts.PART_LABELS[part]}·{rule_parts.label(kept, part, key)}"
    said = rule_parts.words(content, part, key)[0] or "去掉"
    RULE_DRAFT.checked(actor, draft, "edit", expected)
    draft.content = content
    take(actor, draft, "edit", {"what": what, "words": said})


def set_start(actor: Actor, draft: RuleDraft, day: date, reason: str, expected: int | None) -> None:
    """From which day new items begin under it, and why. Raises Invalid for a day that is not ahead."""
    RULE_DRAFT.checked(actor, draft, "edit", expected)
    _check_day(draft, day)
    words = f"{day.year}年{day.month}月{day.day}日，{reason}"
    draft.effective_from, draft.reason = day, reason
    take(actor, draft, "edit", {"what": "起用日期", "words": words})


def _check_day(draft: RuleDraft, day: date) -> None:
    if day <= clock.today():
        raise Invalid(fields={"effective_from": NOT_AHEAD})
    last = rule_queries.last_adopted(_congress(draft))[1]
    if last is not None and day < last:
        said = BEFORE_LAST.format(day=f"{last.year}年{last.month}月{last.day}日")
        raise Invalid(fields={"effective_from": said})


def _congress(draft: RuleDraft) -> Congress:
    return db.session.get_one(Congress, draft.congress_id)


def _on_propose(actor: Actor, draft: RuleDraft, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    _ready(draft)
    draft.proposed_by_id = actor.person_id
    return {"day": draft.effective_from}


def _ready(draft: RuleDraft) -> RulePackVersion:
    """The version it follows. Raises Conflict saying what is missing."""
    followed, _ = rule_queries.last_adopted(_congress(draft))
    if draft.effective_from is None:
        raise Conflict(NO_DAY)
    if not rule_changes.changes(followed.content, draft.content) and followed.pack.code == draft.content["code"]:
        raise Conflict(UNCHANGED)
    wrong = rule_queries.faults(draft)
    if wrong:
        raise Conflict(f"还有{len(wrong)}处要改：{wrong[0][1]}")
    try:
        _check_day(draft, draft.effective_from)
    except Invalid as refusal:
        raise Conflict(refusal.fields["effective_from"]) from None
    return followed


def _on_approve(actor: Actor, draft: RuleDraft, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    _ready(draft)
    version = _known(draft) or _new_version(actor, draft)
    db.session.flush()
    adoption = RuleAdoption(
        congress_id=draft.congress_id,
        version_id=version.id,
        draft_id=draft.id,
        starts_on=draft.effective_from,
        reason=draft.reason,
        entered_by_id=draft.proposed_by_id,
        approved_by_id=actor.person_id,
    )
    db.session.add(adoption)
    db.session.flush()
    return {"day": draft.effective_from, "version": version.public_id}


def _known(draft: RuleDraft) -> RulePackVersion | None:
    """The version that says exactly this already: rules that ship are adopted as they are."""
    return db.session.scalar(
        select(RulePackVersion)
        .join(RulePackVersion.pack)
        .where(RulePack.code == draft.content["code"], RulePackVersion.digest == digest_of(draft.content))
        .limit(1)
    )


def _new_version(actor: Actor, draft: RuleDraft) -> RulePackVersion:
    content = draft.content
    pack = db.session.scalar(select(RulePack).where(RulePack.code == content["code"]))
    pack = pack or RulePack(code=content["code"], name=content["name"], level=content["level"])
    db.session.add(pack)
    db.session.flush()
    last = db.session.scalar(select(func.max(RulePackVersion.number)).where(RulePackVersion.pack_id == pack.id)) or 0
    version = version_of(pack, content, last + 1, draft.effective_from or clock.today())
    version.entered_by_id, version.approved_by_id = draft.proposed_by_id, actor.person_id
    db.session.add(version)
    return version


def _keepers(draft: RuleDraft) -> list[int]:
    return rule_queries.keepers(draft.congress_id)


def _witness(taken: Any) -> None:
    db.session.flush()
    record_step(taken)


take = RULE_DRAFT.taker({"propose": _on_propose, "approve": _on_approve}, (_witness, tell_step({"keepers": _keepers})))
