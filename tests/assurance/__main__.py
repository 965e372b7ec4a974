"""`python -m tests.assurance [--id A2] [--engine sqlite|pg] [--quick] [--seed N] [--control] [--record]`.

Runs one row of the safety bar, or all there are but the long ones (`--id YEAR`), and prints `ID <figure>
PASS|FAIL|NOT-RUN` last; the exit code is 1 when any row failed. `--control` runs the negative controls instead;
`--record` writes the result into docs/assurance.md.
"""

import argparse
import importlib
import re
import sys
import time
import traceback
from pathlib import Path

from portal.core import clock
from tests.assurance.harness import NotRun

HERE = Path(__file__).parent
RECORD = HERE.parent.parent / "docs" / "assurance.md"
ROW = re.compile(r"[a-k]\d{1,2}")
LONG = ("year",)
"""Rows that take many minutes: run by their name only."""
HEADING = """# Last figures of the safety bar

Written by `python -m tests.assurance --record`; what each row promises stands in its module under `tests/assurance/`.

| Row | Engine | Form | Figure | Result | On |
|---|---|---|---|---|---|
"""


def rows() -> list[str]:
    """The ids of all rows there are, in order."""
    found = [path.stem for path in HERE.glob("*.py") if ROW.fullmatch(path.stem)]
    return sorted(found, key=lambda name: (name[0], int(name[1:])))


def judge(name: str, engine: str, quick: bool, seed: int) -> tuple[str, str]:
    """One row's (figure, PASS|FAIL|NOT-RUN)."""
    module = importlib.import_module(f"tests.assurance.{name}")
    try:
        figure, ok = module.run(engine, quick, seed)
    except NotRun as reason:
        return str(reason), "NOT-RUN"
    except Exception as trouble:
        traceback.print_exc()
        return f"{type(trouble).__name__}: {trouble}".splitlines()[0], "FAIL"
    return figure, "PASS" if ok else "FAIL"


def control(name: str) -> tuple[str, str]:
    """One row's negative control: PASS when the row went red without its guard."""
    module = importlib.import_module(f"tests.assurance.{name}")
    try:
        return f"without its guard: {module.negative_control()}", "PASS"
    except NotRun as reason:
        return str(reason), "NOT-RUN"
    except AssertionError as green:
        return f"stays green without its guard: {green}", "FAIL"


def record(name: str, engine: str, form: str, figure: str, result: str) -> None:
    """Put one result into docs/assurance.md, in the place of the last one of its kind."""
    text = RECORD.read_text(encoding="utf-8") if RECORD.exists() else HEADING
    key = f"| {name.upper()} | {engine} | {form} |"
    line = f"{key} {figure.replace('|', '/')} | {result} | {clock.real():%Y-%m-%d} |"
    kept = [each for each in text.rstrip().splitlines() if not each.startswith(key)]
    start = next(number for number, each in enumerate(kept) if each.startswith("|---")) + 1
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text("\n".join([*kept[:start], *sorted([*kept[start:], line])]) + "\n", encoding="utf-8")


def main(words: list[str]) -> int:
    """Run what was asked for; the exit code."""
    asked = argparse.ArgumentParser(prog="tests.assurance", description="The figures of the safety bar.")
    asked.add_argument("--id", default="", help="one row, such as A2; all without it")
    asked.add_argument("--engine", choices=("sqlite", "pg"), default="sqlite")
    asked.add_argument("--quick", action="store_true", help="the short form, at most a minute a row")
    asked.add_argument("--seed", type=int, default=20260101)
    asked.add_argument("--control", action="store_true", help="the negative controls")
    asked.add_argument("--record", action="store_true", help="write the result into docs/assurance.md")
    chosen = asked.parse_args(words)
    names = [chosen.id.lower()] if chosen.id else rows()
    if missing := [name for name in names if name not in (*rows(), *LONG)]:
        print(f"{missing[0].upper()} there is no such row here NOT-RUN")
        return 1
    lines, form = [], "control" if chosen.control else "quick" if chosen.quick else "full"
    for name in names:
        began = time.monotonic()
        figure, result = control(name) if chosen.control else judge(name, chosen.engine, chosen.quick, chosen.seed)
        if chosen.record:
            record(name, chosen.engine, form, figure, result)
        lines.append(f"{name.upper()} {figure} {result}")
        if len(names) > 1:
            print(f"{lines[-1]} ({time.monotonic() - began:.0f} s)", flush=True)
    print("\n".join(lines if len(names) > 1 else lines[-1:]))
    return 1 if any(line.endswith("FAIL") for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
