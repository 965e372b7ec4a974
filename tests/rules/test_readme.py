"""What README.md says of the life cycles is what the tables say: `flask workflow --write README.md` keeps it so."""

import pytest
from click import ClickException

from portal.suggestions import commands
from portal.suggestions.workflow import DRIVEN, FLOWS
from tests.rules.sources import ROOT

README = ROOT / "README.md"


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
