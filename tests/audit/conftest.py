"""What the tests of the log stand on."""

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Somebody:
    person_id: int | None = 7
    name: str = "𠮷田·买买提"
    label: str = "代表工委工作人员"
    capacity_id: int | None = 3
    on_behalf_of: str = ""


@pytest.fixture
def somebody() -> Somebody:
    return Somebody()
