"""What may be done in one place only: assign a state, ask the time, end a transaction."""

import ast
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import PurePosixPath

import pytest

from tests.rules.sources import called, dotted, findings, is_text, python_files

ENGINE = "portal/core/workflow.py"
CLOCK = "portal/core/clock.py"
CLOCK_READERS = frozenset(
    "datetime.now datetime.utcnow datetime.today date.today datetime.datetime.now datetime.datetime.utcnow "
    "datetime.datetime.today datetime.date.today time.time time.time_ns time.monotonic time.monotonic_ns "
    "time.perf_counter time.localtime time.gmtime time.strftime func.now func.current_timestamp "
    "func.current_date func.localtimestamp sa.func.now".split()
)
TIME_NAMES = frozenset("time monotonic perf_counter localtime gmtime time_ns strftime".split())
# Where a transaction may end: the request, the helper for short ones, and the edges without a request.
COMMIT_FILES = frozenset({"portal/__init__.py", "portal/core/db.py", "portal/commands.py"})
COMMIT_NAMES = frozenset({"commands", "nightly", "night", "worker"})
COMMIT_ROOMS = frozenset({"backup", "demo", "founding"})
LOW_NAMES = frozenset({"models", "rules", "workflow", "permissions", "actions", "queries", "forms", "schemas"})


# --- state ------------------------------------------------------------------------------------------------------

@lru_cache(maxsize=1)
def models_with_state() -> frozenset[str]:
    """Names of the tables' classes that declare a column called state."""
    return frozenset(
        node.name
        for path, text in python_files("portal")
        if PurePosixPath(path).stem.endswith("models")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(line, ast.AnnAssign) and dotted(line.target) == "state" for line in node.body)
    )


def state_assignments(path: str, text: str, models: frozenset[str] | None = None) -> Iterator[str]:
    """Everything but the engine that puts a value into a column called state."""
    if path == ENGINE:
        return
    known = models_with_state() if models is None else models
    for node in ast.walk(ast.parse(text)):
        if _assigns_state(node) or (isinstance(node, ast.Call) and _call_sets_state(node, known)):
            yield f"{path}:{node.lineno} assigns a state; only {ENGINE} does"  # type: ignore[attr-defined]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _sql_sets_state(node.value):
            yield f"{path}:{node.lineno} assigns a state in SQL"


def _assigns_state(node: ast.AST) -> bool:
    if isinstance(node, ast.Assign):
        targets = [one for target in node.targets for one in ast.walk(target)]
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    else:
        return False
    stored = (one for one in targets if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Store))
    return any(one.attr == "state" for one in stored)


def _call_sets_state(node: ast.Call, models: frozenset[str]) -> bool:
    name = called(node)
    if name in ("setattr", "set_attribute", "set_committed_value") and any(is_text(a, "state") for a in node.args):
        return True
    if name in ("values", "update", *models) and any(keyword.arg == "state" for keyword in node.keywords):
        return True
    given = [key for one in node.args if isinstance(one, ast.Dict) for key in one.keys]
    return name in ("values", "update") and any(is_text(key, "state") or _is_state_column(key) for key in given)


def _is_state_column(key: ast.AST | None) -> bool:
    return isinstance(key, ast.Attribute) and key.attr == "state"


def _sql_sets_state(text: str) -> bool:
    words = text.lower().replace("=", " = ").split()
    after = words[words.index("update") :] if "update" in words else []
    return any(pair == ("state", "=") for pair in pairwise(after))


# --- time -------------------------------------------------------------------------------------------------------

def clock_readers(path: str, text: str) -> Iterator[str]:
    """Everything but the clock that asks what time it is."""
    if path == CLOCK:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Attribute) and dotted(node) in CLOCK_READERS:
            yield f"{path}:{node.lineno} asks the time by {dotted(node)}; use portal.core.clock"
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            if any(alias.name in TIME_NAMES for alias in node.names):
                yield f"{path}:{node.lineno} imports the time; use portal.core.clock"


# --- commit -----------------------------------------------------------------------------------------------------

def commits(path: str, text: str) -> Iterator[str]:
    """Every end of a transaction outside the edges."""
    place = PurePosixPath(path)
    low = place.stem in LOW_NAMES or place.stem.rsplit("_", 1)[-1] in LOW_NAMES
    room_of_edges = place.parts[1] in COMMIT_ROOMS
    edge = path in COMMIT_FILES or place.stem in COMMIT_NAMES or room_of_edges
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Attribute) and node.func.attr == "commit" and not edge:
            yield f"{path}:{node.lineno} commits; the request, the worker and the commands do"
        elif _opens_transaction(node) and low and not room_of_edges:
            yield f"{path}:{node.lineno} opens a transaction of its own below the faces"


def _opens_transaction(node: ast.Call) -> bool:
    return called(node) == "writing_transaction" or (isinstance(node.func, ast.Attribute) and node.func.attr == "begin")


def test_one_assignment_of_state() -> None:
    found = findings(state_assignments, "portal")
    assert not found, "\n".join(found)


def test_one_clock() -> None:
    found = findings(clock_readers, "portal")
    assert not found, "\n".join(found)


def test_transactions_end_at_the_edges() -> None:
    found = findings(commits, "portal")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "line",
    [
        "item.state = 'closed'",
        "item.task.state: str = 'done'",
        "a, item.state = 1, 'closed'",
        "setattr(item, 'state', 'closed')",
        "query.update({'state': 'closed'})",
        "query.update({Suggestion.state: 'closed'})",
        "update(Suggestion).values(state='closed')",
        "update(Suggestion).values({'state': 'closed'})",
        "Suggestion(title='x', state='closed')",
        "execute(text('UPDATE suggestion SET version = 1, state = :s'))",
    ],
)
def test_a_planted_assignment_is_found(line: str) -> None:
    assert list(state_assignments("portal/suggestions/actions.py", line, frozenset({"Suggestion"})))
    assert not list(state_assignments(ENGINE, line, frozenset({"Suggestion"})))


def test_reading_a_state_is_no_assignment() -> None:
    text = "View(state=item.state)\nselect(S).where(S.state == 'closed')\nif item.state == 'draft': pass"
    assert not list(state_assignments("portal/suggestions/queries.py", text, frozenset({"Suggestion"})))


@pytest.mark.parametrize(
    "line",
    ["datetime.now(UTC)", "date.today()", "datetime.datetime.utcnow()", "time.time()", "from time import time",
     "column(default=datetime.now)", "func.now()"],
)  # fmt: skip
def test_a_planted_question_for_the_time_is_found(line: str) -> None:
    assert list(clock_readers("portal/suggestions/rules.py", line))


@pytest.mark.parametrize(
    "line",
    ["db.session.commit()", "connection.commit()", "with writing_transaction(): pass", "with db.engine.begin(): pass"],
)
def test_a_planted_commit_is_found(line: str) -> None:
    assert list(commits("portal/suggestions/actions.py", line))
    assert not list(commits("portal/commands.py", line))
