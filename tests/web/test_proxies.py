"""Whose address is counted behind a proxy: the one the nearest trusted proxies saw, never what a sender claims."""

from collections.abc import Callable

import pytest
from flask import Flask, request

from portal.web import access


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9"), (2, "198.51.100.7")])
def test_the_address_is_read_as_far_as_proxies_are_trusted(
    make_app: Callable[..., Flask], proxies: int, seen: str
) -> None:
    app = make_app(trusted_proxies=proxies)
    app.add_url_rule("/who", "who", access.public(lambda: {"seen": request.remote_addr}))
    answer = app.test_client().open("/who", headers={"X-Forwarded-For": "192.0.2.1, 198.51.100.7, 203.0.113.9"})
    assert answer.json == {"seen": seen}
