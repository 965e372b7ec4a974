"""`flask workflow`: the transition tables as Markdown, printed or put between their markers in a document."""

from collections.abc import Iterator
from pathlib import Path

import click

from portal.core.workflow import FLOWS as ALL_FLOWS
from portal.core.workflow import NEW, Step, Workflow
from portal.suggestions.workflow import DRIVEN, FLOWS, SUGGESTION

BEGIN, END = "<!-- workflow:begin -->", "<!-- workflow:end -->"


@click.command("workflow")
@click.option("--write", "document", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="写进文件的标记之间")
def workflow(document: Path | None) -> None:
    """列出每种事项的状态和步骤（Markdown表格）。"""
    if document is None:
        click.echo(tables())
        return
    document.write_text(renewed(document.read_text(encoding="utf-8")), encoding="utf-8")
    click.echo(f"已写入{document}。")


def renewed(text: str) -> str:
    """The document with the tables between its markers as they are now; raises ClickException without markers."""
    if BEGIN not in text or END not in text.partition(BEGIN)[2]:
        raise click.ClickException(f"文件里没有 {BEGIN} 和 {END} 两个标记。")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{tables()}\n{END}{rest.partition(END)[2]}"


def tables() -> str:
    """All life cycles, one table each, and the table by which tasks drive their suggestion."""
    others = [flow for _, flow in sorted(ALL_FLOWS.items()) if flow not in FLOWS]
    return "\n\n".join([*(table(flow) for flow in FLOWS), driven(), *(table(flow) for flow in others)])


def table(flow: Workflow) -> str:
    """One life cycle: its states in order, then a row per step."""
    states = " · ".join(f"`{name}` {label}" for name, label in flow.states.items())
    head = "| Step | 中文 | From | To | Who | Tells |\n|---|---|---|---|---|---|"
    rows = "\n".join("| " + " | ".join(_cells(flow, step)) + " |" for step in flow.steps.values())
    return f"### {flow.label} (`{flow.name}`)\n\n{states}\n\n{head}\n{rows}"


def driven() -> str:
    """When the answering tasks stand so, the suggestion takes the step by itself."""
    rows = "\n".join(f"| `{row.step}` | {_states(row.start)} | {row.words} |" for row in DRIVEN)
    return f"### 任务带动建议\n\n| Step | While | When the answering tasks are |\n|---|---|---|\n{rows}"


def _cells(flow: Workflow, step: Step) -> Iterator[str]:
    yield f"`{step.name}`"
    yield step.button
    yield " / ".join(f"`{state}`" if state != NEW else "new" for state in step.start)
    yield f"`{step.end}`" if step.end else "stays"
    yield "by itself" if step.by_itself else _first_line(step)
    yield ", ".join(step.tell)


def _first_line(step: Step) -> str:
    return (step.who.__doc__ or step.who.__name__).strip().splitlines()[0].rstrip(".").replace("|", "/")


def _states(names: tuple[str, ...]) -> str:
    return "、".join(SUGGESTION.states[name] for name in names)


COMMANDS = (workflow,)
