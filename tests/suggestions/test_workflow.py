"""Who may do what in which state, compared with tables written by hand from design §6 and domain §2.3; the refusals;
how tasks drive their suggestion; what a misspelt table says."""

from datetime import date, timedelta
from itertools import product
from types import SimpleNamespace as Thing
from typing import Any

import pytest

from portal.accounts import permissions as p
from portal.accounts.actor import ANYBODY, SYSTEM, Actor
from portal.core import clock
from portal.core.errors import Conflict, NotAllowed, OutOfTurn, Stale
from portal.core.workflow import Step, Workflow
from portal.suggestions import handling_actions
from portal.suggestions.workflow import DRIVEN, SIGNATURE, SUGGESTION, UNIT_TASK

CONGRESS, OTHER_CONGRESS, DELEGATION, UNIT, OTHER_UNIT, SECTION = 1, 2, 11, 21, 22, 31
LEAD_SEAT, COSIGNER_SEAT, STRANGER_SEAT = 101, 102, 103


def someone(role: str, **more: Any) -> Actor:
    return Actor(person_id=7, name="某人", role=role, congress_id=more.pop("congress_id", CONGRESS), **more)


PEOPLE = {
    "lead": someone(p.DEPUTY, capacity_id=LEAD_SEAT),
    "lead, seat not active": someone(p.DEPUTY, capacity_id=LEAD_SEAT, seat_active=False),
    "co-signer": someone(p.DEPUTY, capacity_id=COSIGNER_SEAT),
    "co-signer, seat not active": someone(p.DEPUTY, capacity_id=COSIGNER_SEAT, seat_active=False),
    "other deputy": someone(p.DEPUTY, capacity_id=STRANGER_SEAT),
    "clerk": someone(p.CLERK, capacity_id=LEAD_SEAT),
    "clerk elsewhere": someone(p.CLERK, congress_id=OTHER_CONGRESS),
    "delegation": someone(p.DELEGATION, body_id=DELEGATION),
    "other delegation": someone(p.DELEGATION, body_id=DELEGATION + 1),
    "government office": someone(p.GOV_OFFICE),
    "handler": someone(p.HANDLER, unit_id=UNIT, body_id=UNIT),
    "signer": someone(p.SIGNER, unit_id=UNIT, body_id=UNIT),
    "section": someone(p.SECTION, unit_id=UNIT, body_id=SECTION),
    "other section": someone(p.SECTION, unit_id=UNIT, body_id=SECTION + 1),
    "handler elsewhere": someone(p.HANDLER, unit_id=OTHER_UNIT, body_id=OTHER_UNIT),
    "signer elsewhere": someone(p.SIGNER, unit_id=OTHER_UNIT, body_id=OTHER_UNIT),
    "leader": someone(p.LEADER),
    "member": someone(p.SC_MEMBER),
    "committee": someone(p.COMMITTEE),
    "station": someone(p.STATION),
    "system administrator": someone(p.SYSTEM_ADMIN),
    "security administrator": someone(p.SECURITY_ADMIN),
    "auditor": someone(p.AUDITOR),
    "no capacity": someone(""),
    "nobody": ANYBODY,
    "time": SYSTEM,
}

# Everything that stands here is open; everything that does not is not, for everybody.
OPEN_SUGGESTION = {
    ("lead", "draft"): {"submit"},
    ("delegation", "submitted"): {"check"},
    ("clerk", "submitted"): {"send_back", "not_admit", "admit"},
    ("clerk", "admitted"): {"assign"},
}
OPEN_SIGNATURE = {
    ("co-signer", "invited"): {"confirm", "decline"},
    ("lead", "void"): {"invite"},
}
OPEN_ANSWERING_TASK = {
    ("handler", "pending"): {"receive"},
    ("handler", "handling"): {"log_contact", "draft_reply"},
    ("handler", "reply_drafted"): {"log_contact"},
    ("section", "pending"): {"receive"},
    ("section", "handling"): {"log_contact", "draft_reply"},
    ("section", "reply_drafted"): {"log_contact"},
    ("signer", "reply_drafted"): {"bounce_reply", "sign_reply"},
    ("lead", "handling"): {"confirm_contact"},
    ("lead", "reply_drafted"): {"confirm_contact"},
    ("lead", "replied"): {"confirm_contact", "rate"},
    ("lead", "done"): {"confirm_contact"},
}
OPEN_ASSISTING_TASK = {
    ("handler", "pending"): {"receive"},
    ("handler", "handling"): {"give_opinion"},
    ("section", "pending"): {"receive"},
    ("section", "handling"): {"give_opinion"},
}


def suggestion(state: str, **more: Any) -> Thing:
    """A session item of our congress that waits to be checked."""
    facts = {
        **{"congress_id": CONGRESS, "lead_seat_id": LEAD_SEAT, "delegation_id": DELEGATION, "session_id": 5},
        **{"checked_at": None, "signatures": [], "tasks": [], "version": 1},
        "lead_seat": Thing(id=LEAD_SEAT, vacated=False),
    }
    return Thing(state=state, **{**facts, **more})


def signature(state: str | None, **more: Any) -> Thing:
    facts = {"seat_id": COSIGNER_SEAT, "suggestion": suggestion("draft"), "by_link": False, "version": 1}
    return Thing(state=state, **{**facts, **more})


def task(state: str, role: str = "lead", **more: Any) -> Thing:
    facts = {
        **{"role": role, "answers": role != "assist", "unit_id": UNIT, "section_id": SECTION, "version": 1},
        **{"suggestion": suggestion("assigned"), "contacts": [], "ratings": [], "siblings": [], "handling_id": 1},
    }
    return Thing(state=state, **{**facts, **more})


def names(steps: list[Step]) -> set[str]:
    return {step.name for step in steps}


@pytest.mark.parametrize(
    ("flow", "item", "table"),
    [
        pytest.param(SUGGESTION, suggestion, OPEN_SUGGESTION, id="suggestion"),
        pytest.param(SIGNATURE, signature, OPEN_SIGNATURE, id="signature"),
        pytest.param(UNIT_TASK, task, OPEN_ANSWERING_TASK, id="answering task"),
        pytest.param(UNIT_TASK, lambda state: task(state, "assist"), OPEN_ASSISTING_TASK, id="assisting task"),
    ],
)
def test_open_to_everybody_in_every_state(flow, item, table):
    found = {
        (who, state): names(flow.open_to(actor, item(state))) for who, actor in PEOPLE.items() for state in flow.states
    }
    assert {key: steps for key, steps in found.items() if steps} == table


@pytest.mark.parametrize("role", ["sole", "lead", "separate"])
def test_every_answering_role_answers(role):
    assert names(UNIT_TASK.open_to(PEOPLE["handler"], task("handling", role))) == {"log_contact", "draft_reply"}


def test_what_was_not_handed_to_a_section_is_not_its():
    assert UNIT_TASK.open_to(PEOPLE["section"], task("pending", section_id=None)) == []


def test_only_unchecked_session_items_are_checked():
    between = suggestion("submitted", session_id=None)
    assert SUGGESTION.open_to(PEOPLE["delegation"], between) == []
    done = suggestion("submitted", checked_at=clock.now())
    assert SUGGESTION.open_to(PEOPLE["delegation"], done) == []


def test_the_link_lets_a_deputy_ask_for_their_own_signature_only():
    by_link = signature("void", by_link=True)
    assert names(SIGNATURE.open_to(PEOPLE["co-signer"], by_link)) == {"invite"}
    assert SIGNATURE.open_to(PEOPLE["other deputy"], by_link) == []


def test_a_new_signature_is_asked_for_by_the_lead():
    assert SIGNATURE.checked(PEOPLE["lead"], signature(None), "invite").end == "invited"
    with pytest.raises(NotAllowed):
        SIGNATURE.checked(PEOPLE["other deputy"], signature(None), "invite")


# --- refusals -----------------------------------------------------------------------------------------------------


def items_of(flow: Workflow) -> Any:
    return {"suggestion": suggestion, "signature": signature, "unit_task": task}[flow.name]


@pytest.mark.parametrize("flow", [SUGGESTION, SIGNATURE, UNIT_TASK], ids=lambda flow: flow.name)
def test_strangers_get_404_whatever_the_state(flow):
    for who, state, name in product(("other deputy", "nobody", "auditor", "member"), flow.states, flow.steps):
        with pytest.raises(NotAllowed) as refused:
            flow.checked(PEOPLE[who], items_of(flow)(state), name)
        assert refused.value.status == 404, (who, state, name)


@pytest.mark.parametrize(
    ("flow", "who", "item", "name", "told"),
    [
        (SUGGESTION, "lead", suggestion("submitted"), "submit", "当前状态为“已提交”，不能提交。"),
        (SUGGESTION, "clerk", suggestion("assigned"), "admit", "当前状态为“已交办”，不能立案并编号。"),
        (SUGGESTION, "clerk", suggestion("replied"), "send_back", "当前状态为“已答复”，不能退回补充。"),
        (SUGGESTION, "clerk", suggestion("closed"), "assign", "当前状态为“已办结”，不能交办。"),
        (SUGGESTION, "clerk", suggestion("draft"), "not_admit", "当前状态为“草稿”，不能不予立案。"),
        (SIGNATURE, "co-signer", signature("declined"), "confirm", "当前状态为“不联名”，不能确认联名。"),
        (SIGNATURE, "lead", signature("confirmed"), "invite", "当前状态为“已确认”，不能邀请联名。"),
        (UNIT_TASK, "handler", task("handling"), "receive", "当前状态为“办理中”，不能签收。"),
        (UNIT_TASK, "handler", task("replied"), "draft_reply", "当前状态为“已答复”，不能送签。"),
        (UNIT_TASK, "signer", task("handling"), "sign_reply", "当前状态为“办理中”，不能签发答复。"),
        (
            UNIT_TASK,
            "handler",
            task("opinion_given", "assist"),
            "give_opinion",
            "当前状态为“已交意见”，不能交会办意见。",
        ),
        (UNIT_TASK, "lead", task("done"), "rate", "当前状态为“已评价”，不能评价答复。"),
    ],
)
def test_a_step_out_of_turn_is_told_in_chinese(flow, who, item, name, told):
    with pytest.raises(OutOfTurn) as refused:
        flow.checked(PEOPLE[who], item, name)
    assert (refused.value.status, refused.value.message) == (409, told)


def test_an_old_page_is_told_before_the_state():
    with pytest.raises(Stale) as refused:
        SUGGESTION.checked(PEOPLE["clerk"], suggestion("assigned", version=3), "admit", expected_version=2)
    assert refused.value.status == 409


def test_unknown_steps_do_not_exist():
    with pytest.raises(NotAllowed):
        SUGGESTION.checked(PEOPLE["clerk"], suggestion("submitted"), "make_tea")


def contact(answer: str | None) -> Thing:
    return Thing(answer=answer)


def assisting(state: str, due: date) -> Thing:
    return Thing(state=state, role="assist", due=due, unit=Thing(called="区水务局"))


TODAY = clock.today()
NO_CONTACT = "还没有与代表联系过，或代表说没有联系过。请先联系代表，登记后再签发。"
WAITING = "区水务局的会办意见还没有到，也没有逾期，请等意见到齐再签发。"


@pytest.mark.parametrize(
    ("flow", "who", "item", "name", "told"),
    [
        (
            *(SUGGESTION, "lead", suggestion("draft", signatures=[Thing(state="invited"), Thing(state="invited")])),
            *("submit", "还有2位联名代表未确认，请等待确认，或移除后再提交。"),
        ),
        (
            *(SUGGESTION, "lead", suggestion("draft", signatures=[Thing(state="void"), Thing(state="invited")])),
            *("submit", "内容已修改，原有联名确认已失效，请重新邀请确认。"),
        ),
        (
            SUGGESTION,
            "lead",
            suggestion("draft", signatures=[Thing(state="confirmed"), Thing(state="declined")]),
            "submit",
            None,
        ),
        (SUGGESTION, "clerk", suggestion("submitted"), "admit", "这件会上建议还没有经代表团核对，核对后才能立案。"),
        (SUGGESTION, "clerk", suggestion("submitted", checked_at=clock.now()), "admit", None),
        (SUGGESTION, "clerk", suggestion("submitted", session_id=None), "admit", None),
        (
            *(SIGNATURE, "co-signer", signature("invited", suggestion=suggestion("submitted"))),
            *("confirm", "这件建议已经提交，不能再联名。"),
        ),
        (UNIT_TASK, "lead", task("handling"), "confirm_contact", "单位还没有登记新的联系。"),
        (
            UNIT_TASK,
            "lead",
            task("handling", contacts=[contact("true")]),
            "confirm_contact",
            "单位还没有登记新的联系。",
        ),
        (UNIT_TASK, "lead", task("handling", contacts=[contact("true"), contact(None)]), "confirm_contact", None),
        (UNIT_TASK, "signer", task("reply_drafted"), "sign_reply", NO_CONTACT),
        (
            UNIT_TASK,
            "signer",
            task("reply_drafted", contacts=[contact("untrue"), contact("none")]),
            "sign_reply",
            NO_CONTACT,
        ),
        (UNIT_TASK, "signer", task("reply_drafted", contacts=[contact(None)]), "sign_reply", None),
        (
            *(UNIT_TASK, "signer"),
            task("reply_drafted", contacts=[contact("true")], siblings=[assisting("handling", TODAY)]),
            *("sign_reply", WAITING),
        ),
        (
            *(UNIT_TASK, "signer"),
            task(
                "reply_drafted", contacts=[contact("true")], siblings=[assisting("handling", TODAY - timedelta(days=1))]
            ),
            *("sign_reply", None),
        ),
        (
            *(UNIT_TASK, "signer"),
            task("reply_drafted", contacts=[contact("true")], siblings=[assisting("opinion_given", TODAY)]),
            *("sign_reply", None),
        ),
    ],
)
def test_what_stands_in_the_way_says_so(flow, who, item, name, told):
    if told is None:
        assert flow.checked(PEOPLE[who], item, name).name == name
        return
    with pytest.raises(Conflict) as refused:
        flow.checked(PEOPLE[who], item, name)
    assert (refused.value.status, refused.value.message) == (409, told)
    waiting = names(flow.waiting(PEOPLE[who], item))
    assert name not in waiting, "what nobody can do yet waits for nobody"


# --- children drive the parent -------------------------------------------------------------------------------------


def rated(attitude: str, result: str) -> list[Thing]:
    return [Thing(attitude=attitude, result=result)]


ANSWERS = {
    "pending": ("lead", "pending", []),
    "handling": ("lead", "handling", []),
    "drafted": ("lead", "reply_drafted", []),
    "replied": ("lead", "replied", []),
    "satisfied": ("lead", "done", rated("satisfied", "satisfied")),
    "basically": ("lead", "done", rated("satisfied", "basically")),
    "result bad": ("lead", "done", rated("satisfied", "dissatisfied")),
    "attitude bad": ("lead", "done", rated("dissatisfied", "satisfied")),
    "bad, then good": ("lead", "done", rated("dissatisfied", "dissatisfied") + rated("basically", "satisfied")),
    "good, then bad": ("lead", "done", rated("satisfied", "satisfied") + rated("basically", "dissatisfied")),
    "assist pending": ("assist", "pending", []),
    "assist handling": ("assist", "handling", []),
    "assist given": ("assist", "opinion_given", []),
}
SENT = {"replied", "satisfied", "basically", "result bad", "attitude bad", "bad, then good", "good, then bad"}
CONTENT = {"satisfied", "basically", "bad, then good"}
COMBINATIONS = [combination for size in (1, 2, 3) for combination in product(ANSWERS, repeat=size)]


def oracle(start: str, combination: tuple[str, ...]) -> str:
    """Answered when every answering unit has; closed when, besides, every last form is not 不满意."""
    owed = [one for one in combination if not one.startswith("assist")]
    if not owed:
        return start
    state = start
    if state == "assigned" and set(owed) <= SENT:
        state = "replied"
    if state == "replied" and set(owed) <= CONTENT:
        state = "closed"
    return state


def driven(start: str, combination: tuple[str, ...], monkeypatch: Any) -> str:
    """The state after the portal's own driving."""
    parent = suggestion(start)
    parent.tasks = [task(ANSWERS[one][1], ANSWERS[one][0], ratings=ANSWERS[one][2]) for one in combination]

    def take(actor: Actor, item: Thing, name: str, _data: Any) -> None:
        step = SUGGESTION.checked(actor, item, name)
        vars(item).update(state=step.end)

    monkeypatch.setattr(handling_actions, "take", take)
    monkeypatch.setattr(handling_actions, "db", Thing(session=Thing(flush=lambda: None)))
    handling_actions._drive(Thing(item=Thing(suggestion=parent)))
    return parent.state


@pytest.mark.parametrize("start", ["assigned", "replied"])
def test_all_combinations_of_up_to_three_tasks(start, monkeypatch):
    assert len(COMBINATIONS) == 13 + 13**2 + 13**3
    wrong = [c for c in COMBINATIONS if driven(start, c, monkeypatch) != oracle(start, c)]
    assert wrong == []


@pytest.mark.parametrize("start", sorted(set(SUGGESTION.states) - {"assigned", "replied"}))
def test_tasks_drive_nothing_else(start, monkeypatch):
    assert driven(start, ("satisfied", "satisfied"), monkeypatch) == start


def test_tasks_of_earlier_rounds_do_not_count(monkeypatch):
    parent = suggestion("assigned")
    parent.tasks = [task("handling"), task("replied", handling_id=2)]
    assert [one.state for one in handling_actions.answering(parent)] == ["replied"]


def test_driven_rows_name_steps_that_only_time_may_take():
    for row in DRIVEN:
        step = SUGGESTION.steps[row.step]
        assert step.by_itself and row.start in step.start and step.who(SYSTEM, None)
