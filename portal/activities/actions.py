"""What is done with activities and sign-ups. Places are given in `placing`, every step is taken here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.accounts import tries
from portal.accounts.actor import SYSTEM, Actor
from portal.accounts.models import Body
from portal.activities import placing, rules
from portal.activities.audiences import AUDIENCES
from portal.activities.models import Activity, ActivityPaper, Quota, SignUp
from portal.activities.workflow import ACTIVITY, SIGN_UP
from portal.audit import actions as audit
from portal.congress import audience
from portal.congress.models import Seat
from portal.core import clock
from portal.core.db import db
from portal.core.errors import Conflict, Invalid, NotAllowed, OutOfTurn, TooMany
from portal.core.times import moment_of
from portal.core.workflow import Taken
from portal.documents.actions import store
from portal.documents.inspector.marks import has_secret_mark
from portal.jobs.actions import enqueue
from portal.notifications.actions import tell_step

WITNESSES = (audit.record_step, tell_step(AUDIENCES))
SECRET_FOUND = "发现国家秘密标志。本系统不得处理涉密内容，本次内容未保存，请按保密规定线下办理。"  # noqa: S105
BAD_TIME = "请写成9:00这样的时间。"
MOST_PLACES = 100_000
TOO_MANY = "签到码输错的次数太多，请15分钟后再试，或者请工作人员登记。"
TEXTS = ("title", "kind", "body", "place", "contact", "order_key", "requirement")


def plan(actor: Actor, values: Mapping[str, Any]) -> Activity:
    """A new activity as planned. Raises NotAllowed, Invalid with a sentence per field."""
    activity = Activity(congress_id=actor.congress_id)
    _take(actor, activity, "plan", values)
    return activity


def edit(actor: Actor, activity: Activity, values: Mapping[str, Any], expected_version: int | None) -> None:
    """Change a plan before it is approved. Raises NotAllowed, Conflict, Invalid."""
    if not rules.runs(actor, activity):
        raise NotAllowed()
    if activity.state != "planned":
        raise OutOfTurn(f"当前状态为“{ACTIVITY.states[activity.state]}”，不能再改计划。")
    if expected_version is not None and expected_version != activity.version:
        raise Conflict()
    _write(actor, activity, values)
    audit.record(actor, activity.audit_subject, "activity.edited", {"title": activity.title}, "改了活动计划")


def _plan(actor: Any, activity: Activity, data: Mapping[str, Any]) -> None:
    activity.planned_by_id = actor.capacity_id
    _write(actor, activity, data)


def _write(actor: Actor, activity: Activity, values: Mapping[str, Any]) -> None:
    if has_secret_mark("\n".join(values.get(name) or "" for name in ("title", "body", "place"))):
        raise Invalid(SECRET_FOUND, code="secret_mark")
    times, quotas = _times(values), _quotas(actor, values)
    for name in TEXTS:
        setattr(activity, name, values.get(name) or "")
    for name, moment in times.items():
        setattr(activity, name, moment)
    activity.places = values.get("places")
    activity.hours = values.get("hours") or 0
    activity.requirement = activity.requirement or activity.title[:80]
    activity.waiting_list, activity.releases = bool(values.get("waiting_list")), bool(values.get("releases"))
    with db.session.no_autoflush:
        activity.audience = audience.save(actor, activity.audience, values)
        activity.audience_id = activity.audience.id
        activity.quotas = quotas
    db.session.add(activity)
    db.session.flush()
    keep_papers(actor, activity, values.get("papers") or (), after=False)


def keep_papers(actor: Actor, activity: Activity, files: Sequence[Any], after: bool) -> None:
    """Attach what was received."""
    for file in files:
        activity.papers.append(ActivityPaper(document=store(actor, file), after=after))


def _times(values: Mapping[str, Any]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    wrong: dict[str, str] = {}
    last = values.get("ends_on") or values["starts_on"]
    asked = (
        ("starts_at", "begins", values["starts_on"]),
        ("ends_at", "ends", last),
        ("sign_up_until", "until", values["until_on"]),
    )
    for name, field, day in asked:
        moment = moment_of(day, values[field])
        if moment is None:
            wrong[field] = BAD_TIME
        else:
            found[name] = moment
    if not wrong and found["ends_at"] < found["starts_at"]:
        wrong["ends"] = "结束时间不能早于开始时间。"
    if not wrong and found["sign_up_until"] > found["starts_at"]:
        wrong["until_on"] = "报名截止不能晚于活动开始。"
    if wrong:
        raise Invalid(fields=wrong)
    return found


def _quotas(actor: Actor, values: Mapping[str, Any]) -> list[Quota]:
    places, rows = values.get("places"), values.get("quotas") or []
    if places is not None and not 0 < places <= MOST_PLACES:
        raise Invalid(fields={"places": f"名额应为1到{MOST_PLACES}之间的整数。"})
    if values.get("hours") is not None and not 0 <= values["hours"] <= 999:
        raise Invalid(fields={"hours": "学时应为0到999之间的整数。"})
    chosen = [row["delegation"] for row in rows]
    if len(set(chosen)) != len(chosen) or not all(chosen) or any(row["places"] is None for row in rows):
        raise Invalid(fields={"quotas": "每行选一个代表团，填它的名额；一个代表团只填一行。"})
    if any(row["places"] < 0 for row in rows):
        raise Invalid(fields={"quotas": "名额不能是负数。"})
    total = sum(row["places"] for row in rows)
    if rows and places is not None and total > places:
        raise Invalid(fields={"quotas": f"各代表团名额合计{total}个，超过总名额{places}个。"})
    here = Body.public_id.in_(chosen), Body.kind == "delegation", Body.congress_id == actor.congress_id
    ids = {one.public_id: one.id for one in db.session.scalars(select(Body).where(*here))}
    return [Quota(delegation_id=ids[row["delegation"]], places=row["places"]) for row in rows]


def _publish(_actor: Any, activity: Activity, _data: Mapping[str, Any]) -> None:
    activity.published_at = clock.now()
    enqueue(
        "close_sign_up",
        {"activity": activity.id},
        once=f"close_sign_up:{activity.id}",
        not_before=clock.office(activity.sign_up_until),
    )


def _release(_actor: Any, activity: Activity, _data: Mapping[str, Any]) -> None:
    activity.released_at = clock.now()


def _hold(_actor: Any, activity: Activity, _data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Whoever was to come and was not noted is absent; leave is answered first, so that it is explicit (代表法 62)."""
    listed = db.session.scalars(select(SignUp).where(SignUp.activity_id == activity.id, SignUp.state.in_(rules.TAKING)))
    found = list(listed)
    asked = sum(one.state == "leave_requested" for one in found)
    if asked:
        raise Conflict(f"还有{asked}人的请假没有答复，请先答复。")
    for one in found:
        if one.state == "confirmed":
            _take_sign_up(SYSTEM, one, "mark_absent", {})
    states = [one.state for one in found]
    return {"came": states.count("attended"), "leave": states.count("on_leave"), "absent": states.count("absent")}


def _summarise(actor: Any, activity: Activity, data: Mapping[str, Any]) -> None:
    if has_secret_mark(data["summary"]):
        raise Invalid(SECRET_FOUND, code="secret_mark")
    activity.summary = data["summary"]
    keep_papers(actor, activity, data.get("papers") or (), after=True)


def _call_off(_actor: Any, activity: Activity, data: Mapping[str, Any]) -> None:
    activity.called_off_because = data["reason"]


def _give_what_is_free(taken: Taken) -> None:
    if taken.step.name in ("close_sign_up", "release_quota"):
        db.session.flush()
        placing.fill(taken.item, lambda one: _take_sign_up(SYSTEM, one, "promote", {}))


_take = ACTIVITY.taker(
    {
        **{"plan": _plan, "publish": _publish, "release_quota": _release},
        **{"hold": _hold, "summarise": _summarise, "call_off": _call_off},
    },
    (*WITNESSES, _give_what_is_free),
)


def take(
    actor: Actor,
    activity: Activity,
    name: str,
    data: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> Taken:
    """Take a step of an activity, one at a time with the steps of its sign-ups."""
    return _take(actor, placing.lock(activity.id), name, data, expected_version)


def close_sign_up(payload: Mapping[str, Any]) -> None:
    """The job at the deadline: sign-up closes and, where the plan says so, unused quota is given on."""
    activity = db.session.get(Activity, payload["activity"])
    if activity is None or placing.lock(activity.id).state != "published":
        return
    _take(SYSTEM, activity, "close_sign_up", {})
    if activity.quotas and activity.releases:
        _take(SYSTEM, activity, "release_quota", {})


def sign_up(actor: Actor, activity: Activity, data: Mapping[str, Any]) -> SignUp:
    """Sign the actor up, or put them on the waiting list if they want it (messages 29 and 30).

    The caller has made sure that the activity is addressed to them. Raises NotAllowed, OutOfTurn, Conflict.
    """
    activity = placing.lock(activity.id)
    mine = SignUp.activity_id == activity.id, SignUp.person_id == actor.person_id
    known = db.session.scalars(select(SignUp).where(*mine).execution_options(populate_existing=True)).one_or_none()
    if known is not None and known.state != "cancelled":
        raise OutOfTurn("您已经报过名了，没有重复登记。")
    found = known or SignUp(activity=activity, person_id=actor.person_id)
    found.capacity_id = actor.capacity_id  # type: ignore[assignment]
    _take_sign_up(actor, found, "sign_up", data)
    return found


def _sign_up(actor: Any, found: SignUp, data: Mapping[str, Any]) -> None:
    activity = found.activity
    seat = db.session.get(Seat, actor.capacity_id)
    with db.session.no_autoflush:
        found.delegation_id = seat.delegation_id if seat else None
        found.first_term = bool(seat and seat.first_term)
        here = placing.room(activity)
        if here.left_for(found.delegation_id) < 1 and not placing.waits_for_deadline(activity):
            _full(activity, here, found, bool(data.get("wait")))
        found.order, found.asked_at = placing.next_order(activity), clock.now()
    db.session.add(found)
    db.session.flush()


def _full(activity: Activity, here: placing.Room, found: SignUp, wants_to_wait: bool) -> None:
    """Message 29."""
    if wants_to_wait and activity.waiting_list:
        return
    whose = "您代表团的名额" if activity.divided and here.left > 0 else "名额"
    limit, taken = here.limit_for(found.delegation_id), here.taken_for(found.delegation_id)
    if activity.divided and here.left <= 0:
        limit, taken = activity.places or 0, here.total
    more = "您可以登记候补。" if activity.waiting_list else ""
    raise Conflict(f"{whose}已满（{taken}/{limit}）。{more}", code="full")


def _cancel(_actor: Any, found: SignUp, _data: Mapping[str, Any]) -> None:
    found.leave_reason = found.leave_answer = ""


def _promote(actor: Any, found: SignUp, _data: Mapping[str, Any]) -> None:
    """By hand the clerk may also give the place of somebody on leave (settled A64)."""
    if rules.is_system(actor, found):
        return
    taking = tuple(state for state in rules.TAKING if state != "on_leave")
    if placing.room(found.activity, taking).left < 1:
        raise Conflict("名额已满，没有空出来的名额可以给。")


def _request_leave(_actor: Any, found: SignUp, data: Mapping[str, Any]) -> None:
    found.leave_reason, found.leave_answer = data["reason"], ""


def _answer_leave(_actor: Any, found: SignUp, data: Mapping[str, Any]) -> None:
    found.leave_answer = data.get("answer") or ""


def _check_in(actor: Any, found: SignUp, data: Mapping[str, Any]) -> Mapping[str, Any]:
    if actor.capacity_id == found.capacity_id:
        _right_code(found, data.get("code") or "")
        found.by_code, found.came_at, found.late_reason = True, clock.now(), ""
        return {"how": "，本人签到"}
    activity, today = found.activity, clock.today()
    first, last = clock.office(activity.starts_at).date(), clock.office(activity.ends_at).date()
    day = data.get("happened_on") or min(today, last)
    if not first <= day <= min(today, last):
        raise Invalid(fields={"happened_on": "到会日期应在活动的日子里，不能晚于今天。"})
    if today > last and not data.get("late_reason"):
        raise Invalid(fields={"late_reason": "活动已过，补记到会请写明原因。"})
    found.by_code, found.late_reason = False, data.get("late_reason") or ""
    began = clock.office(activity.starts_at)
    found.came_at = clock.now() if day == today else datetime.combine(day, began.time(), clock.OFFICE_ZONE)
    return {"how": "，补记" if found.late_reason else "，工作人员登记", "day": day}


def _right_code(found: SignUp, typed: str) -> None:
    """Six digits can be guessed by whoever may try for long, so the tries are counted as those of signing in are."""
    own, other = (tries.key_of(kind, found.public_id) for kind in ("check-in", "check-in-again"))
    try:
        row = tries.count(own, other)
    except TooMany as reason:
        raise TooMany(TOO_MANY) from reason
    if not rules.is_code(found.activity.public_id, "".join(typed.split()), clock.real()):
        raise Invalid(fields={"code": "签到码不对，或者已经换了，请看屏幕重新输入。"})
    tries.forgive(own, row)


def _mark_absent(_actor: Any, found: SignUp, _data: Mapping[str, Any]) -> None:
    found.came_at, found.by_code = None, False


def _places_move(taken: Taken) -> None:
    """Who has just signed up takes a free place at once; a place given back goes to whoever is next."""
    name, found = taken.step.name, taken.item
    if name not in ("sign_up", "cancel"):
        return
    db.session.flush()

    def give(one: SignUp) -> Any:
        return _take_sign_up(SYSTEM, one, "take_place" if one is found else "promote", {})

    placing.fill(found.activity, give)


_take_sign_up = SIGN_UP.taker(
    {
        **{"sign_up": _sign_up, "cancel": _cancel, "promote": _promote, "request_leave": _request_leave},
        **{"approve_leave": _answer_leave, "refuse_leave": _answer_leave},
        **{"check_in": _check_in, "mark_absent": _mark_absent},
    },
    (*WITNESSES, _places_move),
)


def take_sign_up(
    actor: Actor, found: SignUp, name: str, data: Mapping[str, Any] | None = None, expected_version: int | None = None
) -> Taken:
    """Take a step of a sign-up, one at a time for each activity; whoever waited looks again at how it stands."""
    placing.lock(found.activity_id)
    db.session.refresh(found)
    return _take_sign_up(actor, found, name, data, expected_version)


HANDLERS = {"close_sign_up": close_sign_up}
