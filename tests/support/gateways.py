"""Other people's servers for tests, on this machine: a mail server and a gateway over HTTP. Both only listen and count;
neither knows anything of effects or repeats.

    with mail_server() as mail: ...   mail.letters, mail.port, mail.refuse = "550", mail.vanish = True
    with gateway() as there: ...      there.posts, there.url, there.status = 500, there.answer = {"errcode": 310000}
"""

import email
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class MailServer:
    """What came in. `refuse`: the code for every recipient, if set; `refused`: addresses that never are taken;
    `vanish`: hang up instead of acknowledging; `slow`: seconds between having a letter and acknowledging it."""

    port: int = 0
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuse: str = ""
    vanish: bool = False
    slow: float = 0
    refused: set[str] = field(default_factory=set)
    sign_ins: list[str] = field(default_factory=list)

    def settings(self) -> dict[str, Any]:
        """As config.Settings takes them."""
        sender = "portal@example.gov.cn"
        return {"smtp_host": "127.0.0.1", "smtp_port": self.port, "smtp_tls": "none", "smtp_sender": sender}

    def environment(self) -> dict[str, str]:
        """As a process takes them."""
        return {f"PORTAL_{name.upper()}": str(value) for name, value in self.settings().items()}

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for to, letter in self.letters if to == address]


class _Mail(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as smtplib needs."""

    state: MailServer

    def handle(self) -> None:
        with suppress(OSError):  # a caller that was killed
            self._talk()

    def _talk(self) -> None:
        self._say("220 here")
        to = ""
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if verb == "EHLO":
                self._say("250-here\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                self.state.sign_ins.append(line)
                self._say("235 welcome")
            elif verb == "RCPT":
                to = line.partition("<")[2].rstrip(">")
                code = self.state.refuse or ("550" if to in self.state.refused else "")
                self._say(f"{code} no" if code else "250 ok")
            elif verb == "DATA":
                if not self._take(to):
                    return
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _take(self, to: str) -> bool:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if line == b"":
            return False  # cut off before the end: nothing was handed over
        letter = email.message_from_bytes(b"".join(lines), policy=default)
        self.state.letters.append((to, letter))  # type: ignore[arg-type]
        if self.state.vanish:
            return False
        time.sleep(self.state.slow)
        self._say("250 taken")
        return True

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class _Threading(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, request_queue_size = True, True, 128


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server that takes everything, until the block ends."""
    state = MailServer()
    handler = type("Mail", (_Mail,), {"state": state})
    with _running(_Threading(("127.0.0.1", 0), handler)) as port:
        state.port = port
        yield state


@dataclass
class Gateway:
    """What was posted: (address with query, headers, JSON)."""

    port: int = 0
    status: int = 200
    answer: Any = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})
    vanish: bool = False
    posts: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway or robot that answers what it is told to, until the block ends."""
    state = Gateway()

    class Posts(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.posts.append((self.path, headers, (json.loads(body), body)))
            if state.vanish:
                return
            said = json.dumps(state.answer).encode()
            self.send_response(state.status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *words: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Posts)
    server.daemon_threads = True
    with _running(server) as port:
        state.port = port
        yield state


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]  # type: ignore[index,misc]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
