"""Every step of every life cycle is taken by at least one test through its page (system steps: by what drives them)."""

import ast
from collections.abc import Iterator

from portal.activities.workflow import FLOWS as ACTIVITY_FLOWS
from portal.contacts.workflow import FLOWS as CONTACT_FLOWS
from portal.notices.workflow import FLOWS as NOTICE_FLOWS
from portal.stations.workflow import FLOWS as STATION_FLOWS
from portal.suggestions.workflow import FLOWS as SUGGESTION_FLOWS
from tests.rules.sources import ROOT, python_files

FLOWS = (*SUGGESTION_FLOWS, *ACTIVITY_FLOWS, *NOTICE_FLOWS, *CONTACT_FLOWS, *STATION_FLOWS)

# Steps whose page is not called after them: the form of writing submits, the form of inviting invites.
OWN_ROUTES = {
    "suggestion.submit": "submit",  # the button's name in the posted form: act=submit
    "signature.invite": "/signatures",
    "activity.plan": "/activities/new",
    "sign_up.sign_up": "/sign-ups",
}
PAGES = {"suggestion": "/suggestions/", "unit_task": "/tasks/", "signature": "/signatures/"}
ASKING = frozenset({"submit", "post", "page", "get", "step"})
FOLDERS = tuple(
    f"tests/{one}"
    for one in ("suggestions", "web", "journeys", "overview", "activities", "notices", "contacts", "stations")
)


def texts_of_page_tests() -> Iterator[str]:
    """Every string, f-strings with {} for what is filled in, of the test files that send forms."""
    for path, source in python_files(*(folder for folder in FOLDERS if (ROOT / folder).exists())):
        if ".submit(" not in source and ".post(" not in source:
            continue
        for node in ast.walk(ast.parse(source, path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                yield "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)


def taken(flow_name: str, step_name: str, texts: frozenset[str]) -> bool:
    """Whether some test's address or button takes this step."""
    own = OWN_ROUTES.get(f"{flow_name}.{step_name}")
    if own and any(text == own or text.endswith(own) for text in texts):
        return True
    return any(text.endswith(f"/steps/{step_name}") for text in texts)


def test_every_step_is_taken_by_a_page_test():
    texts = frozenset(texts_of_page_tests())
    steps = [(flow.name, step) for flow in FLOWS for step in flow.steps.values() if not step.by_itself]
    missing = [f"{flow}.{step.name}" for flow, step in steps if not taken(flow, step.name, texts)]
    assert missing == [], "no page test takes these steps"


def test_a_step_nobody_takes_would_be_found():
    assert not taken("suggestion", "make_tea", frozenset(texts_of_page_tests()))
