"""What README.md says of the life cycles is what the tables say: `flask workflow --write README.md` keeps it so."""

from importlib import import_module

import pytest
from click import ClickException

from portal.core.workflow import Workflow
from portal.suggestions import commands
from portal.suggestions.workflow import DRIVEN, FLOWS
from tests.rules.sources import ROOT

README = ROOT / "README.md"


@pytest.fixture(autouse=True)
def the_portals_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Life cycles that other tests made for themselves in this process are none of the portal's."""
    files = [path.relative_to(ROOT).with_suffix("") for path in ROOT.glob("portal/*/*workflow.py")]
    made = [one for file in files for one in vars(import_module(".".join(file.parts))).values()]
    own = {one.name: one for one in made if isinstance(one, Workflow)}
    monkeypatch.setattr(commands, "ALL_FLOWS", own)


def test_the_generated_part_is_current():
    text = README.read_text(encoding="utf-8")
    assert commands.BEGIN in text, "README.md has no place for the tables"
    assert commands.renewed(text) == text, "run: flask --app wsgi workflow --write README.md"


def test_the_tables_name_every_state_and_step():
    said = commands.tables()
    for flow in FLOWS:
        assert all(f"`{name}` {label}" in said for name, label in flow.states.items())
        assert all(f"| `{name}` | {step.button} |" in said for name, step in flow.steps.items())
    assert all(f"| `{row.step}` |" in said for row in DRIVEN)


def test_only_what_stands_between_the_markers_changes():
    text = f"before\n{commands.BEGIN}\nold\n{commands.END}\nafter\n"
    assert commands.renewed(text) == f"before\n{commands.BEGIN}\n{commands.tables()}\n{commands.END}\nafter\n"
    assert commands.renewed(commands.renewed(text)) == commands.renewed(text)


@pytest.mark.parametrize("text", ["", commands.BEGIN, f"{commands.END} {commands.BEGIN}"])
def test_a_document_without_markers_is_refused(text):
    with pytest.raises(ClickException):
        commands.renewed(text)
