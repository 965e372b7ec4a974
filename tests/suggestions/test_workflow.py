"""Who may do what in which state, compared with tables written by hand from design §6 and domain §2.3."""

from itertools import product
from types import SimpleNamespace as Thing
from typing import Any

import pytest

from portal.core import clock
from portal.core.errors import NotAllowed
from portal.core.workflow import Workflow
from portal.suggestions.workflow import SIGNATURE, SUGGESTION, UNIT_TASK
from tests.suggestions.fakes import (
    COSIGNER_SEAT,
    OTHER_UNIT,
    PEOPLE,
    Rules,
    fact,
    names,
    signature,
    suggestion,
    task,
    with_part,
)

# Everything that stands here is open; everything that does not is not, for everybody.
CLERK = {
    ("clerk", "submitted"): {"send_back", "not_admit", "admit"},
    ("clerk", "admitted"): {"assign", "merge", "unmerge", "split"},
    ("clerk", "assigned"): {
        *("merge", "unmerge", "adjust", "open_coordination", "decide_coordination"),
        "rehandle",  # a part of its own may be 不满意 while others are still at work (S10)
    },
    ("clerk", "rehandling"): {"adjust", "open_coordination", "decide_coordination", "rehandle"},
    ("clerk", "replied"): {"rehandle", "explain"},
    ("clerk", "second_dissatisfied"): {"convene", "close"},
    ("clerk", "closed"): {"rehandle", "explain"},  # a form that came after the lapse, by reopening (A19)
}
# Packs that rework by themselves (A20).
TIME = {("time", state): {"rehandle"} for state in ("assigned", "replied", "rehandling", "closed")}
OPEN_SUGGESTION = {
    ("lead", "draft"): {"submit"},
    **{("lead", state): {"request_withdrawal"} for state in ("submitted", "admitted", "assigned")},
    ("delegation", "submitted"): {"check"},
    **CLERK,
    **TIME,
}
COORDINATING = ("assigned", "rehandling")
OPEN_WITH_A_PART = {
    **OPEN_SUGGESTION,
    **{("government office", state): {"open_coordination", "decide_coordination"} for state in COORDINATING},
    **{(who, state): {"open_coordination"} for who in ("handler", "section") for state in COORDINATING},
}
OPEN_WHILE_WITHDRAWING = {
    **OPEN_SUGGESTION,
    **{("co-signer", state): {"consent_withdrawal"} for state in ("submitted", "admitted", "assigned")},
}
OPEN_SIGNATURE = {
    ("co-signer", "invited"): {"confirm", "decline"},
    ("lead", "void"): {"invite"},
}
UNIT_AT_WORK = {
    (who, state): steps
    for who in ("handler", "section")
    for state, steps in {
        "pending": {"receive", "request_return"},
        "handling": {"log_contact", "draft_reply", "request_return", "request_extension"},
        "reply_drafted": {"log_contact", "request_extension"},
    }.items()
}
OPEN_TO_SIGNER_AND_LEAD = {
    ("signer", "reply_drafted"): {"bounce_reply", "sign_reply"},
    ("lead", "handling"): {"confirm_contact"},
    ("lead", "reply_drafted"): {"confirm_contact"},
    ("lead", "replied"): {"confirm_contact", "rate"},
    ("lead", "done"): {"confirm_contact"},
    ("time", "pending"): {"receive"},  # deemed received (A12)
}
OPEN_ANSWERING_TASK = {
    **UNIT_AT_WORK,
    **OPEN_TO_SIGNER_AND_LEAD,
    ("clerk", "pending"): {"urge"},
    ("clerk", "handling"): {"urge", "grant_extension", "refuse_extension"},
    ("clerk", "reply_drafted"): {"urge", "grant_extension", "refuse_extension"},
    ("clerk", "return_requested"): {"approve_return", "refuse_return"},
    ("government office", "pending"): {"dispatch", "urge"},
    ("government office", "handling"): {"urge"},
    ("government office", "reply_drafted"): {"urge", "check_reply", "bounce_reply"},
    ("government office", "return_requested"): {"approve_return", "refuse_return"},
}
OPEN_OUTSIDE_GOVERNMENT = {key: steps for key, steps in OPEN_ANSWERING_TASK.items() if key[0] != "government office"}
ASSIST_STATES = ("pending", "handling", "return_requested", "returned", "opinion_given")
OPEN_ASSISTING_TASK = {
    ("handler", "pending"): {"receive", "request_return"},
    ("handler", "handling"): {"give_opinion", "request_return"},
    ("section", "pending"): {"receive", "request_return"},
    ("section", "handling"): {"give_opinion", "request_return"},
    ("time", "pending"): {"receive"},
    ("handler elsewhere", "opinion_given"): {"bounce_opinion"},  # of the unit that leads
    **{("clerk", state): {"urge"} for state in ("pending", "handling")},
    ("clerk", "return_requested"): {"approve_return", "refuse_return"},
    ("government office", "pending"): {"dispatch", "urge"},
    ("government office", "handling"): {"urge"},
    ("government office", "return_requested"): {"approve_return", "refuse_return"},
}


def withdrawing(state: str, **more: Any) -> Any:
    """The lead asks; one co-signer was asked and has not answered."""
    signed = [Thing(seat_id=COSIGNER_SEAT, state="confirmed")]
    return suggestion(state, asked_to_withdraw=fact("withdrawal", 3), signatures=signed, **more)


def outside(state: str) -> Any:
    """A court's part."""
    return task(state, unit=Thing(organ="court", called="区法院"))


def assisting(state: str) -> Any:
    """Our unit assists another one."""
    return task(state, "assist", siblings=[task("handling", "lead", unit_id=OTHER_UNIT, section_id=None)])


@pytest.mark.parametrize(
    ("flow", "item", "states", "table"),
    [
        pytest.param(SUGGESTION, suggestion, SUGGESTION.states, OPEN_SUGGESTION, id="suggestion"),
        pytest.param(SUGGESTION, with_part, SUGGESTION.states, OPEN_WITH_A_PART, id="suggestion, a unit has it"),
        pytest.param(SUGGESTION, withdrawing, SUGGESTION.states, OPEN_WHILE_WITHDRAWING, id="suggestion, withdrawing"),
        pytest.param(SIGNATURE, signature, SIGNATURE.states, OPEN_SIGNATURE, id="signature"),
        pytest.param(UNIT_TASK, task, UNIT_TASK.states, OPEN_ANSWERING_TASK, id="answering task"),
        pytest.param(UNIT_TASK, outside, UNIT_TASK.states, OPEN_OUTSIDE_GOVERNMENT, id="outside government"),
        pytest.param(UNIT_TASK, assisting, ASSIST_STATES, OPEN_ASSISTING_TASK, id="assisting task"),
    ],
)
def test_open_to_everybody_in_every_state(flow, item, states, table):
    found = {(who, state): names(flow.open_to(actor, item(state))) for who, actor in PEOPLE.items() for state in states}
    assert {key: steps for key, steps in found.items() if steps} == table


@pytest.mark.parametrize("role", ["sole", "lead", "separate", "assist"])
def test_a_part_that_ended_is_nobodys(role):
    open_to = {
        (who, state)
        for who, actor in PEOPLE.items()
        for state in UNIT_TASK.states
        if UNIT_TASK.open_to(actor, task(state, role, live=False))
    }
    assert open_to == set()


@pytest.mark.parametrize("role", ["sole", "lead", "separate"])
def test_every_answering_role_answers(role):
    found = names(UNIT_TASK.open_to(PEOPLE["handler"], task("handling", role)))
    assert found == {"log_contact", "draft_reply", "request_return", "request_extension"}


def test_what_was_not_handed_to_a_section_is_not_its():
    assert UNIT_TASK.open_to(PEOPLE["section"], task("pending", section_id=None)) == []


def test_what_was_passed_on_is_not_passed_on_again():
    sent = task("pending", dispatched_on=clock.today())
    assert names(UNIT_TASK.waiting(PEOPLE["government office"], sent)) == set()
    assert UNIT_TASK.steps["dispatch"].guard(PEOPLE["government office"], sent) == "这件已经转交。"


@pytest.mark.parametrize(
    ("approver", "organ", "who"),
    [
        ("commission", "government", "clerk"),
        ("commission", "court", "clerk"),
        ("presidium", "government", "clerk"),  # of a township: the presidium's staff
        ("government_office", "government", "government office"),
        ("government_office", "court", "clerk"),
    ],
)
def test_who_decides_on_an_extension_by_the_pack(approver, organ, who):
    item = suggestion("assigned", pack=Rules(extension_approver=approver))
    part = task("handling", suggestion=item, unit=Thing(organ=organ, called="某单位"))
    deciding = {name for name, one in PEOPLE.items() if "grant_extension" in names(UNIT_TASK.open_to(one, part))}
    assert deciding == {who}


@pytest.mark.parametrize("answered", ["agreed", "refused"])
def test_a_cosigner_answers_a_withdrawal_once(answered):
    given = fact("consent", 4, by_id=COSIGNER_SEAT, verdict=answered)
    assert SUGGESTION.open_to(PEOPLE["co-signer"], withdrawing("assigned", facts=(given,))) == []


def test_an_answer_to_an_earlier_request_does_not_count():
    earlier = fact("consent", 2, by_id=COSIGNER_SEAT, verdict="refused")
    assert names(SUGGESTION.open_to(PEOPLE["co-signer"], withdrawing("assigned", facts=(earlier,)))) == {
        "consent_withdrawal"
    }


@pytest.mark.parametrize("state", ["invited", "declined", "void"])
def test_who_did_not_sign_is_not_asked(state):
    item = withdrawing("assigned")
    item.signatures = [Thing(seat_id=COSIGNER_SEAT, state=state)]
    assert SUGGESTION.open_to(PEOPLE["co-signer"], item) == []


def test_the_lead_of_another_round_has_no_word_about_an_opinion():
    assert UNIT_TASK.open_to(PEOPLE["handler elsewhere"], task("opinion_given", "assist")) == []


def test_only_unchecked_session_items_are_checked():
    between = suggestion("submitted", session_id=None)
    assert SUGGESTION.open_to(PEOPLE["delegation"], between) == []
    done = suggestion("submitted", checked_at=clock.now())
    assert SUGGESTION.waiting(PEOPLE["delegation"], done) == []
    assert SUGGESTION.steps["check"].guard(PEOPLE["delegation"], done) == "这件已经核对过。"


def test_the_link_lets_a_deputy_ask_for_their_own_signature_only():
    by_link = signature("void", by_link=True)
    assert names(SIGNATURE.open_to(PEOPLE["co-signer"], by_link)) == {"invite"}
    assert SIGNATURE.open_to(PEOPLE["other deputy"], by_link) == []


def test_a_new_signature_is_asked_for_by_the_lead():
    assert SIGNATURE.checked(PEOPLE["lead"], signature(None), "invite").end == "invited"
    with pytest.raises(NotAllowed):
        SIGNATURE.checked(PEOPLE["other deputy"], signature(None), "invite")


def items_of(flow: Workflow) -> Any:
    return {"suggestion": with_part, "signature": signature, "unit_task": task}[flow.name]


@pytest.mark.parametrize("flow", [SUGGESTION, SIGNATURE, UNIT_TASK], ids=lambda flow: flow.name)
def test_strangers_get_404_whatever_the_state(flow):
    for who, state, name in product(("other deputy", "nobody", "auditor", "member"), flow.states, flow.steps):
        with pytest.raises(NotAllowed) as refused:
            flow.checked(PEOPLE[who], items_of(flow)(state), name)
        assert refused.value.status == 404, (who, state, name)


def test_unknown_steps_do_not_exist():
    with pytest.raises(NotAllowed):
        SUGGESTION.checked(PEOPLE["clerk"], suggestion("submitted"), "make_tea")
