"""What the portal needs is in both locks, in the same version: the tests run on what an office runs."""

import re

from tests.rules.sources import ROOT

PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def pinned(path: str) -> set[tuple[str, str]]:
    return set(PINNED.findall((ROOT / path).read_text(encoding="utf-8")))


def test_the_lock_of_the_tests_holds_the_lock_of_the_portal():
    lacking = pinned("requirements.txt") - pinned("tests/requirements.txt")
    assert pinned("requirements.txt") and not lacking, f"compile tests/requirements.in again: {sorted(lacking)}"
