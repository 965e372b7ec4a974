"""gunicorn as we run it: what it refuses by itself, what it sends beside each answer, how files travel."""

import shutil
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from portal import assets
from tests.support.browser import Office, serving

JUNK = {
    "no request line": (b"\x00\x01\x02 nonsense\r\n\r\n", 400),
    "a line that is too long": (b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "a header of 64 kB": (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: " + b"a" * 65536 + b"\r\n\r\n", 431),
    "a hundred headers": (b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(100)) + b"\r\n", 431),
    "a folded header": (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n 2\r\n\r\n", 400),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", 400),
    "length and chunks": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "an unknown transfer": (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", 501),
}  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Office]:
    """One running portal for all tests of this file, which change nothing."""
    data = tmp_path_factory.mktemp("served")
    shutil.copyfile(sqlite_template, data / "portal.db")
    with serving(data) as running:
        yield running


def send(office: Office, request: bytes) -> bytes:
    address = urlsplit(office.url)
    with socket.create_connection((address.hostname, address.port), timeout=5) as wire:
        wire.sendall(request)
        pieces = []
        try:
            while piece := wire.recv(65536):
                pieces.append(piece)
        except ConnectionResetError:
            pass
    return b"".join(pieces)


def test_unreadable_requests_are_refused_in_our_own_words(office: Office) -> None:
    for name, (request, status) in JUNK.items():
        head, _, body = send(office, request).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 %d " % status), (name, head[:200])
        assert b"default-src 'none'" in head and b"nosniff" in head, name
        assert "请求无法识别" in body.decode() and b"nonsense" not in body, name
    assert office.process.poll() is None


def test_no_answer_names_a_version(office: Office) -> None:
    answer = urllib.request.urlopen(office.url + "/healthz", timeout=5)
    assert answer.headers["Server"] == "portal"


def test_files_travel_packed_and_for_ever(office: Office) -> None:
    address = office.url + assets.PREFIX + assets.manifest()["bootstrap.min.css"]
    request = urllib.request.Request(address, headers={"Accept-Encoding": "br"})
    answer = urllib.request.urlopen(request, timeout=5)
    assert answer.headers["Content-Encoding"] == "br"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert len(answer.read()) < 30_000


def test_no_folder_lies_open(office: Office) -> None:
    for path in ("/assets/", "/assets/manifest.json/..", "/static/css/theme.css", "/assets/../portal/config.py"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(office.url + path, timeout=5)
        assert refused.value.code == 404, path
