"""A link that is passed on leads to this portal, whatever host a request claims."""

from types import SimpleNamespace

import pytest
from flask import Flask

from portal.web.addresses import full_address


@pytest.mark.parametrize(
    ("origin", "host", "address"),
    [
        ("https://portal.example.gov.cn", "evil.example", "https://portal.example.gov.cn/a"),
        ("", "127.0.0.1:8000", "http://127.0.0.1:8000/a"),
        ("", "localhost:8000", "http://localhost:8000/a"),
        ("", "evil.example", "http://127.0.0.1/a"),
        ("", "127.0.0.1.evil.example", "http://127.0.0.1/a"),
    ],
)
def test_host_is_not_believed(origin, host, address):
    app = Flask(__name__)
    app.config["SETTINGS"] = SimpleNamespace(origin=origin)
    with app.test_request_context(base_url=f"http://{host}/"):
        assert full_address("/a") == address
