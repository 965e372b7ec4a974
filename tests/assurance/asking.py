"""Asking a portal as a plain program would, over the wire or inside the process, and reading what it said."""

import http.client
import io
import socket
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """One answer with its headers as they came, in order, doubled ones twice."""

    status: int
    headers: Headers
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name: str) -> str:
        """The header's value, or nothing."""
        return next(iter(self.all(name)), "")


# method, path, headers, body
Ask = Callable[..., Answer]


def over_wire(url: str) -> Ask:
    """Ask a running portal; the path goes out as it is."""
    address = urlsplit(url)

    def ask(method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            sent = {"Host": address.netloc, "Content-Length": str(len(body)), **(headers or {})}
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(body or None)
            said = connection.getresponse()
            return Answer(said.status, said.getheaders(), said.read())
        finally:
            connection.close()

    return ask


def raw(url: str, sent: bytes) -> Answer | None:
    """Send these very bytes; None when nothing that can be read came back."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as line:
        with suppress(OSError):
            line.sendall(sent)
        said = http.client.HTTPResponse(line)
        try:
            said.begin()
            return Answer(said.status, said.getheaders(), said.read())
        except (OSError, http.client.HTTPException):
            return None


def in_process(app: Any) -> Ask:
    """Ask a WSGI application directly, so that a test may have patched its inside."""

    def ask(method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        address, _, query = path.partition("?")
        sent = {"Host": "127.0.0.1", **(headers or {})}
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": unquote(address, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **{_cgi(name): value for name, value in sent.items()},
        }
        began: list[tuple[str, Headers]] = []
        pieces: Iterable[bytes] = app(environ, lambda status, given, error=None: began.append((status, given)))
        content = b"".join(pieces)
        getattr(pieces, "close", lambda: None)()
        status, given = began[-1]
        return Answer(int(status.split()[0]), given, content)

    return ask


def _cgi(name: str) -> str:
    plain = name.upper().replace("-", "_")
    return plain if plain in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{plain}"
