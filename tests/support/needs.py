"""Things a bare machine may lack: their tests are skipped loudly, or fail where PORTAL_TEST_REQUIRE names them."""

import os

import pytest

REQUIRED = frozenset(os.environ.get("PORTAL_TEST_REQUIRE", "").replace(" ", "").split(",")) - {""}


def lacking(name: str, sentence: str) -> None:
    """Skip the test at hand because `name` (browser or pg) is missing; fail where it was promised."""
    if name in REQUIRED:
        pytest.fail(f"{sentence}（PORTAL_TEST_REQUIRE 要求 {name}）", pytrace=False)
    pytest.skip(sentence)
